"""Work abroad: arrival, adaptation, quits and the ends of contracts (E14).

A worker's next event is dated once and met in that month.
"""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.programme import AFTER_ARRIVAL
from smpsim.agents.trainee import (
    ADAPTING,
    EMPLOYED,
    EMPLOYED_ELSEWHERE,
    JUDGED,
    LATE,
    NEVER,
    ON_OWN,
    PARTLY_RECOGNISED,
    RETURNED,
    language_factor,
    months_until_quit,
)
from smpsim.compiled import inlined, rule
from smpsim.world.cycle import reopen_place
from smpsim.world.decisions_of_offices import recognition_of
from smpsim.world.decisions_of_people import (
    converted_of,
    monthly_quit,
    monthly_return,
    quit_of,
    rehired_of,
    return_of,
    stay_of,
)
from smpsim.world.experience import judge, meet_delay
from smpsim.world.growth import cohort_of
from smpsim.world.luck import (
    AFTER_QUIT,
    CONTRACT_END,
    FURTHER_CONTRACT,
    RECOGNITION,
    RETURN,
    threshold,
    unit,
)
from smpsim.world.people import luck_of, move, whole_months
from smpsim.world.queues import WORK_DUE, schedule
from smpsim.world.state import (
    behaviour,
    employer_row,
    employer_terms,
    institution_row,
    programme_row,
    programme_terms,
    site_row,
    trainee_row,
)


@rule
def arrive(w, i):
    """Let person i arrive; with a sponsor this is the placement."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    record = programme_row(w, p)
    month = w.month
    record.migrated += 1
    person.arrived = month
    if person.marks & ON_OWN:
        work_elsewhere(w, i)
        return
    terms = programme_terms(w, p)
    b = behaviour(w)
    employer = employer_row(w, person.employer)
    group = employer_terms(w, employer.group)
    record.placed += 1
    cohort_of(w, person).placed += 1
    record.new_placed += 1
    if group.large == 0:
        record.new_placed_small += 1
    record.margin += group.margin_per_month
    employer.workers += 1
    institution_row(w, site_row(w, person.site).institution).placements += 1
    late = month > person.promised
    if late:
        person.marks |= LATE
    # an intervention may lengthen the journey of those who are on it
    meet_delay(w, i, max(month - terms.departure_months - person.applied, 0), late)
    if terms.recognition == AFTER_ARRIVAL:
        record.recognitions += 1
        alignment = institution_row(w, site_row(w, person.site).institution).alignment
        if luck_of(w, person, RECOGNITION) >= recognition_of(w, b, person, alignment):
            person.marks |= PARTLY_RECOGNISED
    if b.waiting_language_decay > 0.0 and terms.training_language_target > 0.0:
        # what was learned fades between the exam and the first day at work
        target, elasticity = terms.training_language_target, b.readiness_language_elasticity
        left = person.language * math.exp(-b.waiting_language_decay * (month - person.graduated))
        before = language_factor(person.language, target, elasticity)
        after = language_factor(left, target, elasticity)
        # without a word of the language there is nothing that could fade
        person.readiness *= after / before if before > 0.0 else 1.0
    person.contract_end = NEVER
    if terms.contract_months > 0:
        person.contract_end = min(month + terms.contract_months, NEVER)
    move(w, i, ADAPTING if adaptation_months(w, i) > 0 else EMPLOYED)
    person.since = month
    person.hazard_first = 0.0
    date_quit(w, i)
    date_work(w, i)
    if b.trust_observation_months == 0:
        judge(w, i, True)


@inlined
def adaptation_months(w, i):
    """Return the months of training after arrival, more after a partial recognition (E11)."""
    person = trainee_row(w, i)
    months = programme_terms(w, person.programme).training_months_after_arrival
    if person.marks & PARTLY_RECOGNISED:
        months += behaviour(w).recognition_partial_months
    return months


@inlined
def date_quit(w, i):
    """Date the quit of a sponsored worker from what is left of the threshold (E14)."""
    person = trainee_row(w, i)
    if monthly_quit():
        person.quits = NEVER
        return
    b = behaviour(w)
    terms = programme_terms(w, person.programme)
    group = employer_terms(w, employer_row(w, person.employer).group)
    hazard = quit_of(w, b, person, terms, group)
    if hazard == 0.0:
        person.quits = NEVER
        return
    start = person.since - person.arrived
    left = threshold(unit(person.luck_quit)) - person.hazard_first
    months = months_until_quit(
        hazard, b.retention_clause_factor, terms.contract_retention_clause_months, start, left
    )
    person.quits = min(np.int64(person.since) + whole_months(months), NEVER)


@inlined
def date_work(w, i):
    """Put the next event of a sponsored worker in the calendar."""
    person = trainee_row(w, i)
    month = w.month
    due = min(person.quits, person.contract_end)
    if person.stage == ADAPTING:
        due = min(due, person.arrived + adaptation_months(w, i))
    if person.marks & JUDGED == 0:
        judged = person.arrived + behaviour(w).trust_observation_months
        if judged > month:
            due = min(due, judged)
    person.due = max(due, month + 1)
    schedule(w, WORK_DUE, person.due, i)


@rule
def work_event(w, i):
    """Meet a sponsored worker in the month of the next event (E13, E14)."""
    person = trainee_row(w, i)
    month = w.month
    if person.quits == month:
        leave_employer(w, i)
        return
    if person.marks & JUDGED == 0 and (
        month >= person.arrived + behaviour(w).trust_observation_months
    ):
        judge(w, i, True)
    if person.contract_end == month:
        judge(w, i, True)
        if not prolong(w, i):
            end_work(w, i)
            return_home(w, i)
            return
    if person.stage == ADAPTING and month >= person.arrived + adaptation_months(w, i):
        move(w, i, EMPLOYED)
    date_work(w, i)


@rule
def prolong(w, i):
    """Return whether a worker whose contract ends is rehired or gets a permanent permit (E14)."""
    person = trainee_row(w, i)
    if not programme_terms(w, person.programme).contract_renewable:
        return False
    b = behaviour(w)
    record = programme_row(w, person.programme)
    decision = CONTRACT_END
    if person.contracts > 0:
        decision = FURTHER_CONTRACT + int(person.contracts)
    u = luck_of(w, person, decision)
    rehired = rehired_of(w, b, person)
    if u < rehired:
        # a byte: a chance below one ends a chain of contracts long before
        person.contracts = min(person.contracts + 1, 255)
        length = max(1, programme_terms(w, person.programme).contract_months)
        person.contract_end = min(w.month + length, NEVER)
        record.rehired += 1
        return True
    if u < rehired + converted_of(w, b, person):
        person.contract_end = NEVER
        record.converted += 1
        return True
    return False


@inlined
def end_work(w, i):
    """Take a sponsored worker off the employer's books."""
    person = trainee_row(w, i)
    employer = employer_row(w, person.employer)
    employer.workers -= 1
    person.left = w.month
    programme_row(w, person.programme).margin -= employer_terms(w, employer.group).margin_per_month


@rule
def leave_employer(w, i):
    """Let a worker quit: a failure if not yet judged, perhaps a refund, then work or home (E14)."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    judge(w, i, False)
    if terms.refund_share > 0.0 and w.month - person.arrived < terms.refund_months:
        programme_row(w, person.programme).refunds += 1
    end_work(w, i)
    reopen_place(w, i)
    stay = stay_of(w, behaviour(w), person)
    if stay > 0.0 and luck_of(w, person, AFTER_QUIT) < stay:
        work_elsewhere(w, i)
    else:
        return_home(w, i)


@rule
def work_elsewhere(w, i):
    """Let person i work for another employer of the destination, perhaps to return later."""
    person = trainee_row(w, i)
    move(w, i, EMPLOYED_ELSEWHERE)
    person.employer = -1
    person.since = w.month
    person.hazard_first = 0.0
    date_return(w, i)


@rule
def date_return(w, i):
    """Date the return of a person employed elsewhere in the destination (E14)."""
    person = trainee_row(w, i)
    person.due = -1
    hazard = 0.0 if monthly_return() else return_of(w, behaviour(w), person)
    if hazard > 0.0:
        left = threshold(luck_of(w, person, RETURN)) - person.hazard_first
        person.due = min(np.int64(person.since) + whole_months(left / hazard), NEVER)
        schedule(w, WORK_DUE, person.due, i)


@rule
def return_home(w, i):
    """Let person i return to the origin, with what reintegration the programme gives."""
    programme_row(w, trainee_row(w, i).programme).returnees += 1
    trainee_row(w, i).employer = -1
    move(w, i, RETURNED)
