"""Waiting graduates: the pool, and what ends a wait (E9)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.programme import NO_CHANNEL, NO_INVOLVEMENT
from smpsim.agents.trainee import (
    CHANGE_OF_MIND,
    GRADUATE_POOL,
    JOB_AT_HOME,
    NEVER,
    OWN_SEARCH,
    accumulated,
    leaving_hazard,
    months_until,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import GRADES, NONE
from smpsim.world.luck import DOMESTIC_JOB, INDIVIDUAL_SEARCH, WITHDRAWAL, threshold
from smpsim.world.people import luck_of, move, whole_months
from smpsim.world.queues import TRAINING_DUE, append, first_pool_list, schedule
from smpsim.world.state import behaviour, in_grade, programme_terms, site_row, trainee_row


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


@inlined
def job_hazard(b, person):
    """Return the hazard of a job at home in the first month of waiting (E9)."""
    return leaving_hazard(
        b.waiting_domestic_job_base,
        b.waiting_domestic_job_prior_employment,
        b.waiting_domestic_job_age,
        b.waiting_domestic_job_motivation,
        person,
    )


@inlined
def change_of_mind_hazard(b, person):
    """Return the hazard of a change of mind in the first month of waiting (E9)."""
    return leaving_hazard(
        b.waiting_withdrawal_base,
        b.waiting_withdrawal_prior_employment,
        b.waiting_withdrawal_age,
        b.waiting_withdrawal_motivation,
        person,
    )


@rule
def date_leaving(w, i, factor):
    """Date the end of waiting by a job at home, a change of mind or an own search (E9)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    month = w.month
    start = month - person.graduated
    soonest = math.inf
    person.cause = JOB_AT_HOME
    if b.waiting_domestic_job_base > 0.0:
        hazard = factor * job_hazard(b, person)
        left = threshold(luck_of(w, person, DOMESTIC_JOB)) - person.hazard_first
        soonest = months_until(hazard, b.waiting_domestic_job_growth, start, left)
    if b.waiting_withdrawal_base > 0.0:
        hazard = factor * change_of_mind_hazard(b, person)
        left = threshold(luck_of(w, person, WITHDRAWAL)) - person.hazard_second
        months = months_until(hazard, b.waiting_withdrawal_growth, start, left)
        if months < soonest:
            soonest = months
            person.cause = CHANGE_OF_MIND
    if person.stage == GRADUATE_POOL:
        hazard = own_search_hazard(w, np.int64(person.programme))
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
    if leaves != person.leaves:
        person.leaves = leaves
        schedule(w, TRAINING_DUE, leaves, i)


@inlined
def own_search_hazard(w, p):
    """Return the hazard of an own search abroad: only without a channel or employers (E10)."""
    terms = programme_terms(w, p)
    if terms.channel == NO_CHANNEL or terms.employer_involvement == NO_INVOLVEMENT:
        return behaviour(w).waiting_individual_search
    return 0.0


@rule
def consume_waiting(w, i, b, factor):
    """Book the hazards of waiting that person i has met since the last change (E9).

    `b` are the parameters that held until now.
    """
    person = trainee_row(w, i)
    start = person.since - person.graduated
    end = w.month - person.graduated
    job = factor * job_hazard(b, person)
    withdrawal = factor * change_of_mind_hazard(b, person)
    person.hazard_first += accumulated(job, b.waiting_domestic_job_growth, start, end)
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
