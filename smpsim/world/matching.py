"""Matching: employers choose in turn from the pools (E10)."""

from __future__ import annotations

import numpy as np

from smpsim.agents.employer import takes_part
from smpsim.agents.trainee import GRADUATE_POOL
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import GRADES
from smpsim.world.beliefs import trust_in
from smpsim.world.channels import channel_open
from smpsim.world.decisions_of_employers import matching_of, perceived_by
from smpsim.world.layout import POOL_LOST
from smpsim.world.queues import NOBODY, TRANSIT_DUE, drop_first, first, first_pool_list, schedule
from smpsim.world.state import (
    behaviour,
    employer_row,
    partner_of,
    partnership_row,
    passed_over_cell,
    programme_row,
    site_row,
    trainee_row,
)
from smpsim.world.transit import accept_offer, seek_recognition
from smpsim.world.turns import next_turn, take_turn, turn_again_first
from smpsim.world.waiting import decline, declines, leave_pool


@inlined
def take_best(w, s):
    """Take the graduate who has waited longest in the best grade of site s out of its pool."""
    pool = first_pool_list(w) + s * GRADES + site_row(w, s).top
    i = first(w, pool)
    # those who left while waiting are forgotten when met
    while i != NOBODY and trainee_row(w, i).stage != GRADUATE_POOL:
        drop_first(w, pool)
        i = first(w, pool)
    if i == NOBODY:
        # counts and list of a pool can part only after an overrun
        w.failure = POOL_LOST
        return i
    drop_first(w, pool)
    leave_pool(w, i)
    return i


@rule
def best_site(w, e):
    """Return the site whose best graduate employer e values most, or -1 (E10)."""
    b = behaviour(w)
    best = -1
    best_value = -1.0
    unseen = w.available
    for p in range(w.programme_count):
        k = partner_of(w, p, e)
        if k < 0 or not takes_part(partnership_row(w, k).state) or not channel_open(w, p):
            continue
        record = programme_row(w, p)
        for s in range(record.first_site, record.first_site + record.sites):
            site = site_row(w, s)
            grade = site.top
            if grade < 0:
                continue
            unseen -= site.waiting
            trust = trust_in(w, k, s)
            perceived = perceived_by(w, b, e, s, (grade + 0.5) * (1.0 / GRADES), trust)
            value = matching_of(w, b, e, s, perceived, trust)
            if value >= 0.0 and value > best_value:
                best_value = value
                best = s
            if unseen == 0:
                return best
    return best


@rule
def match(w):
    """Let employers choose in turn from the pools until nobody can be matched (E10)."""
    passed = 0
    while w.available > 0 and w.turn_count > 0:
        e = next_turn(w)
        if employer_row(w, e).open_vacancies <= 0:
            continue
        s = best_site(w, e)
        if s < 0:
            passed_over_cell(w, passed).value = e
            passed += 1
            continue
        i = take_best(w, s)
        if i == NOBODY:
            return
        if declines(w, i):
            decline(w, i)
            turn_again_first(w, e)
            continue
        accept_offer(w, i, e)
        if trainee_row(w, i).due == w.month:
            seek_recognition(w, i)
        else:
            schedule(w, TRANSIT_DUE, trainee_row(w, i).due, i)
        take_turn(w, e)
    for j in range(passed - 1, -1, -1):
        turn_again_first(w, np.int64(passed_over_cell(w, j).value))
