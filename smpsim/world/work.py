"""Work abroad: arrival, adaptation, quits and the ends of contracts (E14).

A worker's next event is dated once and met in that month.
"""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.trainee import (
    ADAPTING,
    ASSISTANT,
    EMPLOYED,
    EMPLOYED_ELSEWHERE,
    JUDGED,
    LATE,
    NEVER,
    ON_OWN,
    RETURNED,
    language_factor,
    months_until_quit,
    quit_accumulated,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.cycle import reopen_place
from smpsim.world.decisions_of_people import (
    absconds,
    converted_of,
    home_of,
    monthly_quit,
    monthly_return,
    own_home,
    quit_of,
    rehired_of,
    return_of,
    stay_of,
)
from smpsim.world.experience import judge, meet_delay
from smpsim.world.followed import add_assistants, add_margin
from smpsim.world.growth import cohort_of
from smpsim.world.losses import OWN_WAY, lose
from smpsim.world.luck import (
    AFTER_QUIT,
    CONTRACT_END,
    FURTHER_CONTRACT,
    RETURN,
    threshold,
    unit,
)
from smpsim.world.people import luck_of, move, whole_months
from smpsim.world.queues import WORK_DUE, schedule
from smpsim.world.recognition import (
    begin_recognition,
    decide_abroad,
    is_adapting,
    margin_of,
    training_ends,
)
from smpsim.world.state import (
    behaviour,
    employer_row,
    employer_terms,
    government_row,
    institution_row,
    institution_terms,
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
    record.new_migrated += 1
    institution = institution_row(w, site_row(w, person.site).institution)
    government_row(w, institution_terms(w, institution.group).government).gone += 1
    person.arrived = month
    if person.marks & ON_OWN:
        lose(w, p, OWN_WAY)
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
    employer.workers += 1
    institution_row(w, site_row(w, person.site).institution).placements += 1
    late = month > person.promised
    if late:
        person.marks |= LATE
    # an intervention may lengthen the journey of those who are on it
    meet_delay(w, i, max(month - terms.departure_months - person.applied, 0), late)
    begin_recognition(w, i)
    add_margin(w, person, margin_of(w, person))
    if b.waiting_language_decay > 0.0 and terms.language_needed > 0.0:
        # what was learned fades between the exam and the first day at work
        target, elasticity = terms.language_needed, b.readiness_language_elasticity
        left = person.language * math.exp(-b.waiting_language_decay * (month - person.graduated))
        before = language_factor(person.language, target, elasticity)
        after = language_factor(left, target, elasticity)
        # without a word of the language there is nothing that could fade
        person.readiness *= after / before if before > 0.0 else 1.0
    person.contract_end = NEVER
    if terms.contract_months > 0:
        person.contract_end = min(month + terms.contract_months, NEVER)
    move(w, i, ADAPTING if is_adapting(w, person) else EMPLOYED)
    person.since = month
    person.hazard_first = 0.0
    if person.decides == month and not decide_abroad(w, i):
        lose_licence(w, i)
        return
    date_quit(w, i)
    date_work(w, i)
    if b.trust_observation_months == 0:
        judge(w, i, True)


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
    home = home_of(w, b, person, terms, b.retention_home)
    if hazard + home == 0.0:
        person.quits = NEVER
        return
    start = person.since - person.arrived
    left = max(threshold(unit(person.luck_quit)) - person.hazard_first, 0.0)
    months = months_until_quit(
        hazard, b.retention_clause_factor, terms.contract_retention_clause_months, start, left, home
    )
    person.quits = min(np.int64(person.since) + whole_months(months), NEVER)


@rule
def book_quit(w, i):
    """Book the hazard of leaving that a sponsored worker has met by the end of this month (E14)."""
    person = trainee_row(w, i)
    if monthly_quit():
        return
    b = behaviour(w)
    terms = programme_terms(w, person.programme)
    group = employer_terms(w, employer_row(w, person.employer).group)
    start = person.since - person.arrived
    person.hazard_first += quit_accumulated(
        quit_of(w, b, person, terms, group),
        b.retention_clause_factor,
        terms.contract_retention_clause_months,
        start,
        w.month - person.arrived,
        home_of(w, b, person, terms, b.retention_home),
    )


@inlined
def reconsiders(w):
    """Return whether hazards of those abroad change with time, so that anniversaries matter."""
    b = behaviour(w)
    changes = b.retention_home_years != 0.0 or b.retention_savings_target != NONE
    return changes or b.retention_without_notice > 0.0 or own_home()


@inlined
def next_anniversary(w, person):
    """Return the month of the next anniversary of the arrival, `NEVER` where nothing changes."""
    if not reconsiders(w):
        return NEVER
    return person.arrived + 12 * ((w.month - person.arrived) // 12 + 1)


@inlined
def date_work(w, i):
    """Put the next event of a sponsored worker in the calendar."""
    person = trainee_row(w, i)
    month = w.month
    due = min(person.quits, person.contract_end, person.decides, next_anniversary(w, person))
    if person.stage == ADAPTING and month < training_ends(w, person):
        due = min(due, training_ends(w, person))
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
        if person.contract_end != NEVER and (
            programme_terms(w, person.programme).contract_break_months > 0
        ):
            go_on_leave(w, i)
            return
    steps = month >= person.decides
    anniversary = reconsiders(w) and (month - person.arrived) % 12 == 0
    if month > person.since and (steps or anniversary):
        book_quit(w, i)
        person.since = month
        if steps and not decide_abroad(w, i):
            lose_licence(w, i)
            return
        date_quit(w, i)
    if person.stage == ADAPTING and not is_adapting(w, person):
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
def stop_work(w, i):
    """Take a sponsored worker off the employer's books."""
    person = trainee_row(w, i)
    employer = employer_row(w, person.employer)
    employer.workers -= 1
    add_margin(w, person, -margin_of(w, person))


@inlined
def end_work(w, i):
    """Let a sponsored worker leave the employer for good."""
    stop_work(w, i)
    trainee_row(w, i).left = w.month


@rule
def go_on_leave(w, i):
    """Let a worker who has a further contract go home until it begins (E14)."""
    person = trainee_row(w, i)
    book_quit(w, i)
    stop_work(w, i)
    if person.marks & ASSISTANT:
        add_assistants(w, person, -1)
    move(w, i, RETURNED)
    person.quits = NEVER
    person.due = w.month + programme_terms(w, person.programme).contract_break_months
    schedule(w, WORK_DUE, person.due, i)


@rule
def come_back(w, i):
    """Let a worker come back from home to the same employer, for a further contract (E14)."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    record = programme_row(w, person.programme)
    employer = employer_row(w, person.employer)
    record.departures += 1
    employer.workers += 1
    add_margin(w, person, margin_of(w, person))
    if person.marks & ASSISTANT:
        add_assistants(w, person, 1)
    person.contract_end = min(w.month + max(1, terms.contract_months), NEVER)
    person.since = w.month
    move(w, i, ADAPTING if is_adapting(w, person) else EMPLOYED)
    date_quit(w, i)
    date_work(w, i)


@rule
def leave_employer(w, i):
    """Let a worker quit: a failure if not yet judged, perhaps a refund, then work or home (E14)."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    b = behaviour(w)
    group = employer_terms(w, employer_row(w, person.employer).group)
    quits = quit_of(w, b, person, terms, group)
    if w.month - person.arrived <= terms.contract_retention_clause_months:
        quits *= b.retention_clause_factor
    home = home_of(w, b, person, terms, b.retention_home)
    goes_unseen = absconds(w, b, person, terms)
    judge(w, i, False)
    if terms.refund_share > 0.0 and w.month - person.arrived < terms.refund_months:
        programme_row(w, person.programme).refunds += 1
    end_work(w, i)
    reopen_place(w, i)
    # two hazards, one luck: who goes home goes, who quits may stay in the country
    stay = quits / (quits + home) if home > 0.0 else 1.0
    if not goes_unseen:
        stay *= stay_allowed(w, person)
    stays = go_on_without_sponsor(w, i, stay)
    if stays and goes_unseen:
        programme_row(w, person.programme).left_without_notice += 1


@rule
def lose_licence(w, i):
    """End the work of somebody who is not recognised in a regulated occupation (E11)."""
    person = trainee_row(w, i)
    judge(w, i, False)
    end_work(w, i)
    go_on_without_sponsor(w, i, stay_allowed(w, person))


@inlined
def stay_allowed(w, person):
    """Return the chance to stay without the sponsor, with whom a bound permit ends (E14)."""
    if programme_terms(w, person.programme).contract_permit_bound:
        return 0.0
    return stay_of(w, behaviour(w), person)


@rule
def go_on_without_sponsor(w, i, stay):
    """Let person i work elsewhere with a chance, or go home; return whether i stays (E14)."""
    stays = stay > 0.0 and luck_of(w, trainee_row(w, i), AFTER_QUIT) < stay
    if stays:
        work_elsewhere(w, i)
    else:
        return_home(w, i)
    return stays


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
    person.quits = NEVER
    hazard = 0.0 if monthly_return() else return_of(w, behaviour(w), person)
    if hazard > 0.0:
        left = max(threshold(luck_of(w, person, RETURN)) - person.hazard_first, 0.0)
        person.quits = min(np.int64(person.since) + whole_months(left / hazard), NEVER)
    due = person.quits if hazard == 0.0 else min(person.quits, next_anniversary(w, person))
    if due != NEVER:
        person.due = max(due, w.month + 1)
        schedule(w, WORK_DUE, person.due, i)


@rule
def elsewhere_event(w, i):
    """Let a person employed elsewhere go home, or consider it anew at an anniversary (E14)."""
    person = trainee_row(w, i)
    if person.quits <= w.month:
        return_home(w, i)
        return
    person.hazard_first += (w.month - person.since) * return_of(w, behaviour(w), person)
    person.since = w.month
    date_return(w, i)


@rule
def return_home(w, i):
    """Let person i return to the origin, with what reintegration the programme gives."""
    person = trainee_row(w, i)
    programme_row(w, person.programme).returnees += 1
    if person.marks & ASSISTANT:
        add_assistants(w, person, -1)
        person.marks &= 255 ^ ASSISTANT
    person.employer = -1
    person.since = w.month
    move(w, i, RETURNED)
