"""Waiting graduates: the pool, and what ends a wait (E9)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.trainee import (
    CHANGE_OF_MIND,
    GRADUATE_POOL,
    IN_TRAINING,
    JOB_AT_HOME,
    NEVER,
    OWN_SEARCH,
    RETAKING_EXAM,
    WITHDREW,
    accumulated,
    chance_above,
    months_until,
    pressure_to_leave,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import GRADES, NONE
from smpsim.world.decisions_of_people import (
    accepting_of,
    job_of,
    monthly_job,
    monthly_search,
    monthly_withdrawal,
    search_of,
    withdrawal_of,
)
from smpsim.world.losses import WITHDRAWAL_LOSS, lose
from smpsim.world.luck import DECLINE, DOMESTIC_JOB, INDIVIDUAL_SEARCH, WITHDRAWAL, threshold
from smpsim.world.people import luck_of, move, whole_months
from smpsim.world.prospects import (
    believed,
    prospect_of,
    see_offer,
    worth_of_accepting,
    worth_of_waiting,
)
from smpsim.world.queues import TRAINING_DUE, append, first_pool_list, schedule
from smpsim.world.state import (
    behaviour,
    in_grade,
    programme_terms,
    refusal_belief,
    site_row,
    trainee_row,
)


@rule
def enter_pool(w, i):
    """Put a graduate in the pool of the site, by grade of readiness."""
    person = trainee_row(w, i)
    move(w, i, GRADUATE_POOL)
    site = site_row(w, person.site)
    grade = min(int(person.readiness * GRADES), GRADES - 1)
    append(w, first_pool_list(w) + np.int64(person.site) * GRADES + grade, i)
    person.grade = grade
    in_grade(w, person.site, grade).value += 1
    site.grades |= 1 << grade
    site.top = max(site.top, grade)
    site.waiting += 1
    w.available += 1
    date_leaving(w, i, 1.0)


@rule
def weigh_waiting(w, i):
    """Weigh waiting on against a job at home and giving up, at a decision point (E9).

    A job is taken if its wage is above the one at which both are worth the same.
    """
    person = trainee_row(w, i)
    b = behaviour(w)
    chooses = b.waiting_offer_wage_spread != NONE or b.waiting_withdrawal_worth > 0.0
    if b.applying_scale == NONE or not chooses:
        return
    p = np.int64(person.programme)
    prospect = prospect_of(w, person)
    to_wait, chance = prospect.wait, prospect.chance
    if person.employer >= 0 and person.stage != IN_TRAINING and person.stage != RETAKING_EXAM:
        to_wait = max(np.float64(person.promised) - w.month - b.channel_promise_slack_months, 1.0)
        chance = 1.0 - believed(w, refusal_belief(w, p)) if chance > 0.0 else 0.0
    worth, span = worth_of_waiting(w, b, person, to_wait, chance)
    terms = programme_terms(w, p)
    if b.waiting_offer_wage_spread != NONE:
        person.taking = chance_above(worth / span, terms.trained_wage, b.waiting_offer_wage_spread)
    if b.waiting_withdrawal_worth > 0.0:
        lost = terms.home_income * span - worth
        person.tiring = pressure_to_leave(b.waiting_withdrawal_worth, lost, b.applying_scale, 0.0)


@rule
def reconsider_waiting(w, i):
    """Let person i, who waits, decide anew by what going is worth now (E9)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    factor = 1.0
    if person.stage == GRADUATE_POOL:
        if not monthly_search():
            person.hazard_third += (w.month - person.since) * search_of(w, b, person)
    else:
        factor = b.waiting_with_offer
    consume_waiting(w, i, b, factor)
    weigh_waiting(w, i)
    date_leaving(w, i, factor)


@rule
def declines(w, i):
    """Return whether person i declines an offer that is there, as staying is worth more (E10)."""
    b = behaviour(w)
    if not b.waiting_declining or b.applying_scale == NONE:
        return False
    person = trainee_row(w, i)
    worth = worth_of_accepting(w, b, person)
    return luck_of(w, person, DECLINE) >= accepting_of(w, b, person, worth)


@rule
def decline(w, i):
    """Let person i, who is in no pool, decline an offer and go a way of her own (E10)."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    person.employer = -1
    see_offer(w, p, True)
    lose(w, p, WITHDRAWAL_LOSS)
    move(w, i, WITHDREW)


@rule
def date_leaving(w, i, factor):
    """Date the end of waiting by a job at home, a change of mind or an own search (E9)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    month = w.month
    start = month - person.graduated
    soonest = math.inf
    person.cause = JOB_AT_HOME
    hazard = 0.0 if monthly_job() else factor * job_of(w, b, person)
    if hazard > 0.0:
        left = threshold(luck_of(w, person, DOMESTIC_JOB)) - person.hazard_first
        soonest = months_until(hazard, b.waiting_domestic_job_growth, start, left)
    hazard = 0.0 if monthly_withdrawal() else factor * withdrawal_of(w, b, person)
    if hazard > 0.0:
        left = threshold(luck_of(w, person, WITHDRAWAL)) - person.hazard_second
        months = months_until(hazard, b.waiting_withdrawal_growth, start, left)
        if months < soonest:
            soonest = months
            person.cause = CHANGE_OF_MIND
    if person.stage == GRADUATE_POOL:
        hazard = 0.0 if monthly_search() else search_of(w, b, person)
        if hazard > 0.0:
            left = threshold(luck_of(w, person, INDIVIDUAL_SEARCH)) - person.hazard_third
            if left / hazard < soonest:
                soonest = left / hazard
                person.cause = OWN_SEARCH
    leaves = min(month + whole_months(soonest), NEVER)
    if person.stage == GRADUATE_POOL and b.waiting_longest_months != NONE:
        longest = person.graduated + b.waiting_longest_months + 1
        if longest < leaves:
            leaves = max(longest, month + 1)
            person.cause = JOB_AT_HOME
    person.since = month
    if b.waiting_reconsider_months > 0:
        # the date may change by then: only what comes first is booked
        if person.reconsiders <= month:
            person.reconsiders = min(month + b.waiting_reconsider_months, NEVER)
        person.leaves = leaves
        schedule(w, TRAINING_DUE, min(leaves, np.int64(person.reconsiders)), i)
    elif leaves != person.leaves:
        person.leaves = leaves
        schedule(w, TRAINING_DUE, leaves, i)


@rule
def consume_waiting(w, i, b, factor):
    """Book the hazards of waiting that person i has met since the last change (E9).

    `b` are the parameters that held until now.
    """
    person = trainee_row(w, i)
    start = person.since - person.graduated
    end = w.month - person.graduated
    if not monthly_job():
        job = factor * job_of(w, b, person)
        person.hazard_first += accumulated(job, b.waiting_domestic_job_growth, start, end)
    if not monthly_withdrawal():
        withdrawal = factor * withdrawal_of(w, b, person)
        person.hazard_second += accumulated(withdrawal, b.waiting_withdrawal_growth, start, end)


@inlined
def top_grade(grades):
    """Return the number of the highest bit of a set of grades, -1 for an empty set."""
    if grades == 0:
        return -1
    grade = 0
    if grades >= 256:
        grade = 8
    if grades >> (grade + 4) != 0:
        grade += 4
    if grades >> (grade + 2) != 0:
        grade += 2
    if grades >> (grade + 1) != 0:
        grade += 1
    return grade


@inlined
def leave_pool(w, i):
    """Take person i out of the pool's counts; the list forgets lazily."""
    person = trainee_row(w, i)
    site = site_row(w, person.site)
    site.waiting -= 1
    w.available -= 1
    left = in_grade(w, person.site, person.grade)
    left.value -= 1
    if left.value == 0:
        site.grades &= ~(1 << np.int64(person.grade))
        site.top = top_grade(site.grades)
