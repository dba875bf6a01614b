"""The loss account: what became of every planned seat, counted where it is decided.

At the end of each month the seats planned so far are the placed, those under way, and the losses
by cause. Whoever leaves the pool of graduates counts for what kept employers from an offer.
"""

from __future__ import annotations

import numpy as np

from smpsim.agents.employer import UNAWARE, takes_part
from smpsim.agents.trainee import (
    CHANGE_OF_MIND,
    GRADUATE_POOL,
    IN_RECOGNITION,
    IN_VISA_QUEUE,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import ACCOUNT, CAUSES, GRADES, place
from smpsim.world.beliefs import trust_in
from smpsim.world.channels import channel_open
from smpsim.world.decisions_of_employers import matching_of, perceived_by
from smpsim.world.recruitment import is_invited
from smpsim.world.state import (
    LINE_COUNT,
    behaviour,
    employer_row,
    employer_terms,
    lost_cell,
    lost_monthly_cell,
    partnership_row,
    programme_row,
    programme_terms,
    site_row,
    trainee_row,
)

BUDGET = place("budget", CAUSES)
RENEWAL = place("renewal", CAUSES)
GROWTH = place("growth", CAUSES)
SET_UP = place("set_up", CAUSES)
UNCOMMITTED_NOT_ASKED = place("uncommitted_not_asked", CAUSES)
UNCOMMITTED_UNAWARE = place("uncommitted_unaware", CAUSES)
UNCOMMITTED_UNWILLING = place("uncommitted_unwilling", CAUSES)
UNCOMMITTED_NO_VACANCY = place("uncommitted_no_vacancy", CAUSES)
TOO_FEW_APPLICANTS = place("applicants", CAUSES)
NO_ROOM = place("no_room", CAUSES)
DROPOUT_LOSS = place("dropout", CAUSES)
EXAM_LOSS = place("exam", CAUSES)
TRACK_LOSS = place("domestic_track", CAUSES)
CLOSED_CHANNEL = place("no_channel", CAUSES)
NOT_ASKED = place("employers_not_asked", CAUSES)
EMPLOYERS_UNAWARE = place("employers_unaware", CAUSES)
EMPLOYERS_UNWILLING = place("employers_unwilling", CAUSES)
NO_VACANCY = place("no_vacancy", CAUSES)
NOT_READY = place("not_ready", CAUSES)
OFFER_CANCELLED = place("offer_cancelled", CAUSES)
RECOGNITION_LOSS = place("recognition", CAUSES)
VISA_REFUSED = place("visa_refused", CAUSES)
VISA_WAIT = place("visa_wait", CAUSES)
QUOTA = place("quota", CAUSES)
HOME_JOB = place("job_at_home", CAUSES)
WITHDRAWAL_LOSS = place("withdrawal", CAUSES)
OWN_WAY = place("own_way", CAUSES)
NOTHING = -1
PLANNED = place("planned_seats", ACCOUNT)


@inlined
def enter_line(w, p, line, people):
    """Add people to a line of the account of programme p, this month and in all."""
    lost_cell(w, p * LINE_COUNT + line).value += people
    lost_monthly_cell(w, (w.month * w.programme_count + p) * LINE_COUNT + line).value += people


@rule
def plan_seats(w, p, seats):
    """Count seats of an intake that is due as planned."""
    programme_row(w, p).planned += seats
    enter_line(w, p, PLANNED, seats)


@rule
def lose_seats(w, p, cause, seats):
    """Count planned seats, or the people on them, as lost to a cause."""
    # the account is that of the horizon, though those who are followed go on
    if seats > 0 and w.month < w.horizon:
        programme_row(w, p).lost += seats
        enter_line(w, p, cause + 1, seats)


@inlined
def lose(w, p, cause):
    """Count one person of programme p as lost to a cause."""
    lose_seats(w, p, cause, 1)


@rule
def lose_uncommitted(w, p, seats):
    """Count seats that no employer has committed: by those who could have, the nearest first.

    Employers who know the programme come before those who do not; what neither have vacancies for
    is for lack of vacancies.
    """
    if seats <= 0:
        return
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    unwilling = 0
    unaware = 0
    for k in range(record.first_partnership, record.first_partnership + record.partnerships):
        partnership = partnership_row(w, k)
        if takes_part(partnership.state):
            continue
        employer = employer_row(w, partnership.employer)
        rate = employer_terms(w, employer.group).vacancies_per_month
        expected = employer.open_vacancies + rate * terms.training_months_before_departure
        could = max(0, int(min(expected, 1e9) + 1e-9) - partnership.committed_seats)
        if partnership.state == UNAWARE:
            unaware += could
        else:
            unwilling += could
    if not is_invited(w, p):
        unwilling = min(unwilling + unaware, seats)
        lose_seats(w, p, UNCOMMITTED_NOT_ASKED, unwilling)
        lose_seats(w, p, UNCOMMITTED_NO_VACANCY, seats - unwilling)
        return
    unwilling = min(unwilling, seats)
    unaware = min(unaware, seats - unwilling)
    lose_seats(w, p, UNCOMMITTED_UNWILLING, unwilling)
    lose_seats(w, p, UNCOMMITTED_UNAWARE, unaware)
    lose_seats(w, p, UNCOMMITTED_NO_VACANCY, seats - unwilling - unaware)


@rule
def what_kept_employers(w, i):
    """Return the cause for which nobody has made graduate i of the pool an offer, or `NOTHING`.

    Asked before the person leaves the pool: the nearest employer with an open vacancy decides.
    Where those who take part have room for all who wait, nothing stood in the way.
    """
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    if not channel_open(w, p):
        return CLOSED_CHANNEL
    b = behaviour(w)
    record = programme_row(w, p)
    s = np.int64(person.site)
    waiting = 0
    for other in range(record.first_site, record.first_site + record.sites):
        waiting += site_row(w, other).waiting
    readiness = (person.grade + 0.5) * (1.0 / GRADES)
    room = 0
    turned_down = False
    unwilling = False
    unaware = False
    for k in range(record.first_partnership, record.first_partnership + record.partnerships):
        partnership = partnership_row(w, k)
        e = partnership.employer
        vacancies = employer_row(w, e).open_vacancies
        if vacancies <= 0:
            continue
        if takes_part(partnership.state):
            trust = trust_in(w, k, s)
            perceived = perceived_by(w, b, e, s, readiness, trust)
            if matching_of(w, b, e, s, perceived, trust) >= 0.0:
                room += vacancies
                if room >= waiting:
                    return NOTHING
            else:
                turned_down = True
        elif partnership.state == UNAWARE:
            unaware = True
        else:
            unwilling = True
    if room == 0 and turned_down:
        return NOT_READY
    if (unwilling or unaware) and not is_invited(w, p):
        return NOT_ASKED
    if unwilling:
        return EMPLOYERS_UNWILLING
    return EMPLOYERS_UNAWARE if unaware else NO_VACANCY


@rule
def cause_of_leaving(w, i, quota_reached):
    """Return for what person i counts, who stops waiting in the pool or with an offer."""
    person = trainee_row(w, i)
    stage = np.int64(person.stage)
    if stage == GRADUATE_POOL:
        if person.cancelled > 0:
            return OFFER_CANCELLED
        cause = what_kept_employers(w, i)
        if cause != NOTHING:
            return cause
    elif stage == IN_RECOGNITION:
        return RECOGNITION_LOSS
    elif stage == IN_VISA_QUEUE:
        return QUOTA if quota_reached else VISA_WAIT
    return WITHDRAWAL_LOSS if person.cause == CHANGE_OF_MIND else HOME_JOB
