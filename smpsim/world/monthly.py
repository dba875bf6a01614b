"""Hazards that a user's rules are asked for anew each month, as they follow what changes.

The model's own hazards are constant between interventions, or follow a closed form, so that their
event is dated once. A user's rule may follow the month or the state of the world: each month's
hazard is then met in that month, against the same exponential threshold, so that luck is kept.
"""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.trainee import (
    ADAPTING,
    CHANGE_OF_MIND,
    EMPLOYED,
    EMPLOYED_ELSEWHERE,
    GRADUATE_POOL,
    IN_TRAINING,
    JOB_AT_HOME,
    OWN_SEARCH,
    accumulated,
    quit_accumulated,
)
from smpsim.compiled import inlined, rule
from smpsim.world.decisions_of_people import (
    home_of,
    job_of,
    monthly_dropout,
    monthly_job,
    monthly_quit,
    monthly_return,
    monthly_search,
    monthly_withdrawal,
    quit_of,
    return_of,
    search_of,
    withdrawal_of,
)
from smpsim.world.interventions import is_holding_offer
from smpsim.world.luck import DOMESTIC_JOB, INDIVIDUAL_SEARCH, RETURN, WITHDRAWAL, threshold, unit
from smpsim.world.people import luck_of
from smpsim.world.queues import TRAINING_DUE, WORK_DUE, schedule
from smpsim.world.state import behaviour, employer_row, employer_terms, programme_terms, trainee_row
from smpsim.world.training import meet_dropout


@inlined
def meet_monthly_hazards(w):
    """Do nothing: no rule has to be asked each month. A user's rules exchange it for the next."""


@rule
def meet_hazards_of_month(w):
    """Let everybody under way meet the hazards of the month that begins."""
    b = behaviour(w)
    for i in range(w.people):
        person = trainee_row(w, i)
        stage = np.int64(person.stage)
        if stage == IN_TRAINING:
            if monthly_dropout():
                meet_dropout(w, i)
        elif stage == GRADUATE_POOL:
            meet_leaving(w, i, 1.0)
        elif is_holding_offer(stage):
            meet_leaving(w, i, b.waiting_with_offer)
        elif stage in (ADAPTING, EMPLOYED):
            if monthly_quit():
                meet_quit(w, i)
        elif stage == EMPLOYED_ELSEWHERE and monthly_return():
            person.hazard_first += return_of(w, b, person)
            if person.hazard_first >= threshold(luck_of(w, person, RETURN)):
                person.quits = w.month
                person.due = w.month
                schedule(w, WORK_DUE, w.month, i)


@rule
def meet_leaving(w, i, factor):
    """Let person i meet the hazards of leaving while waiting; the first to strike counts (E9)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    end = w.month - person.graduated
    soonest = math.inf
    cause = JOB_AT_HOME
    if monthly_job():
        hazard = factor * job_of(w, b, person)
        hazard = accumulated(hazard, b.waiting_domestic_job_growth, end - 1, end)
        left = threshold(luck_of(w, person, DOMESTIC_JOB)) - person.hazard_first
        person.hazard_first += hazard
        if hazard > 0.0 and left <= hazard:
            soonest = left / hazard
    if monthly_withdrawal():
        hazard = factor * withdrawal_of(w, b, person)
        hazard = accumulated(hazard, b.waiting_withdrawal_growth, end - 1, end)
        left = threshold(luck_of(w, person, WITHDRAWAL)) - person.hazard_second
        person.hazard_second += hazard
        if hazard > 0.0 and left <= hazard and left / hazard < soonest:
            soonest = left / hazard
            cause = CHANGE_OF_MIND
    if monthly_search() and person.stage == GRADUATE_POOL:
        hazard = search_of(w, b, person)
        left = threshold(luck_of(w, person, INDIVIDUAL_SEARCH)) - person.hazard_third
        person.hazard_third += hazard
        if hazard > 0.0 and left <= hazard and left / hazard < soonest:
            soonest = left / hazard
            cause = OWN_SEARCH
    if soonest < math.inf and person.leaves > w.month:
        person.cause = cause
        person.leaves = w.month
        schedule(w, TRAINING_DUE, w.month, i)


@rule
def meet_quit(w, i):
    """Let a sponsored worker meet the month's hazard of quitting (E14)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    terms = programme_terms(w, person.programme)
    group = employer_terms(w, employer_row(w, person.employer).group)
    worked = w.month - person.arrived
    person.hazard_first += quit_accumulated(
        quit_of(w, b, person, terms, group),
        b.retention_clause_factor,
        terms.contract_retention_clause_months,
        worked - 1,
        worked,
        home_of(w, b, person, terms, b.retention_home),
    )
    if person.hazard_first >= threshold(unit(person.luck_quit)):
        person.quits = w.month
        person.due = w.month
        schedule(w, WORK_DUE, w.month, i)
