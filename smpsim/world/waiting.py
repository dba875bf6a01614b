"""Waiting graduates: the pool, and what ends a wait (E9)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.trainee import (
    CHANGE_OF_MIND,
    GRADUATE_POOL,
    JOB_AT_HOME,
    NEVER,
    OWN_SEARCH,
    accumulated,
    months_until,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import GRADES, NONE
from smpsim.world.decisions_of_people import (
    job_of,
    monthly_job,
    monthly_search,
    monthly_withdrawal,
    search_of,
    withdrawal_of,
)
from smpsim.world.luck import DOMESTIC_JOB, INDIVIDUAL_SEARCH, WITHDRAWAL, threshold
from smpsim.world.people import luck_of, move, whole_months
from smpsim.world.queues import TRAINING_DUE, append, first_pool_list, schedule
from smpsim.world.state import behaviour, in_grade, site_row, trainee_row


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
    if leaves != person.leaves:
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
