"""From the offer to departure: recognition, the visa, the journey (E10 to E12)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.employer import HIRING, WITHDRAWN
from smpsim.agents.programme import BEFORE_DEPARTURE, COMMITTED_SEATS
from smpsim.agents.trainee import (
    CHANGE_OF_MIND,
    GRADUATE_POOL,
    IN_RECOGNITION,
    IN_VISA_QUEUE,
    MOST_CANCELLED,
    NEVER,
    OFFER_HELD,
    ON_OWN,
    OWN_SEARCH,
    PARTLY_RECOGNISED,
    PRE_DEPARTURE,
    REFUSED,
    WITHDREW,
    WORKING_AT_ORIGIN,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import GRADES, NONE
from smpsim.world.decisions_of_employers import cancelled_of
from smpsim.world.decisions_of_offices import bridgeable_for, recognition_of, refusal_of
from smpsim.world.decisions_of_people import (
    monthly_search,
    own_waiting,
    promise_to,
    search_of,
)
from smpsim.world.experience import judge, lose_while_waiting, meet_decision
from smpsim.world.growth import cohort_of
from smpsim.world.losses import RECOGNITION_LOSS, VISA_REFUSED, cause_of_leaving, lose
from smpsim.world.luck import (
    OFFER_CANCELLED,
    RECOGNITION,
    RECOGNITION_MONTHS,
    VISA_MONTHS,
    draw,
    threshold,
    unit,
)
from smpsim.world.people import luck_of, move
from smpsim.world.prospects import see_decision, see_offer
from smpsim.world.queues import TRANSIT_DUE, append, first_pool_list, schedule
from smpsim.world.state import (
    behaviour,
    employer_group,
    employer_row,
    government_row,
    government_terms,
    institution_row,
    lane_row,
    lane_terms,
    partner_of,
    partnership_row,
    programme_row,
    programme_terms,
    site_row,
    trainee_row,
)
from smpsim.world.turns import change_vacancies, take_turn
from smpsim.world.waiting import (
    consume_waiting,
    date_leaving,
    enter_pool,
    leave_pool,
    weigh_waiting,
)
from smpsim.world.work import arrive


@rule
def accept_offer(w, i, e):
    """Let person i accept the offer of employer e, who promises a date (E10)."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    terms = programme_terms(w, p)
    b = behaviour(w)
    partnership = partnership_row(w, partner_of(w, p, e))
    change_vacancies(w, e, 0, 1)
    employer_row(w, e).hired += 1
    programme_row(w, p).offers += 1
    see_offer(w, p, True)
    cohort_of(w, person).offers += 1
    partnership.state = HIRING
    partnership.last_hire = w.month
    person.employer = e
    person.offered = w.month
    waits = b.waiting_domestic_job_base > 0.0 or b.waiting_withdrawal_base > 0.0 or own_waiting()
    if person.stage == GRADUATE_POOL:
        if not monthly_search():
            person.hazard_third += (w.month - person.since) * search_of(w, b, person)
        if waits:
            consume_waiting(w, i, b, 1.0)
    expected = terms.wait_before_visa + partnership.believed_delay
    if terms.demand == COMMITTED_SEATS:
        expected -= terms.training_months_before_departure
    expected = promise_to(w, b, person, partnership, terms, expected)
    month = w.month
    person.promised = min(month + math.ceil(expected), NEVER)
    move(w, i, OFFER_HELD)
    if waits and b.waiting_with_offer > 0.0:
        weigh_waiting(w, i)
        date_leaving(w, i, b.waiting_with_offer)
    else:
        person.leaves = NEVER
    # without further preparation it goes on in this month's phase of transit, which is to come
    person.due = month + terms.training_months_after_offer


@rule
def seek_recognition(w, i):
    """Start the recognition of person i, or go on to the visa where none comes before it."""
    person = trainee_row(w, i)
    if falls_through(w, person):
        cancel_offer(w, i)
        return
    terms = programme_terms(w, person.programme)
    if terms.recognition != BEFORE_DEPARTURE:
        apply_for_visa(w, i)
        return
    move(w, i, IN_RECOGNITION)
    person.due = -1
    if government_terms(w, terms.government).recognition_starts_per_month == NONE:
        begin_procedure(w, i)
    else:
        append(w, recognition_list(w, terms.government), i)


@inlined
def lane_list(w, lane):
    """Return the number of the list of a visa lane."""
    return first_pool_list(w) + w.site_count * GRADES + lane


@inlined
def recognition_list(w, government):
    """Return the number of the list of those who wait for a recognition procedure."""
    return lane_list(w, w.lane_count) + government


@rule
def begin_procedure(w, i):
    """Begin a recognition procedure and date its end (E11)."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    programme_row(w, person.programme).recognitions += 1
    distribution = government_terms(w, terms.government).recognition_months
    months = draw(w, distribution, luck_of(w, person, RECOGNITION_MONTHS))
    # a duration of zero is met later in this month's phase of transit
    whole = max(0, math.ceil(months - 1e-9))
    person.due = min(w.month + whole, NEVER)
    schedule(w, TRANSIT_DUE, person.due, i)


@rule
def end_procedure(w, i):
    """Decide on recognition: full, partial, or not in the project's time (E11)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    alignment = institution_row(w, site_row(w, person.site).institution).alignment
    if not bridgeable_for(w, b, person, alignment):
        judge(w, i, False)
        reopen_vacancy(w, i)
        lose(w, np.int64(person.programme), RECOGNITION_LOSS)
        move(w, i, REFUSED)
        return
    if falls_through(w, person):
        cancel_offer(w, i)
        return
    if luck_of(w, person, RECOGNITION) >= recognition_of(w, b, person, alignment):
        person.marks |= PARTLY_RECOGNISED
        programme_row(w, person.programme).partly_recognised += 1
    apply_for_visa(w, i)


@rule
def apply_for_visa(w, i):
    """Lodge the application of person i with the programme's lane (E12)."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    move(w, i, IN_VISA_QUEUE)
    person.applied = w.month
    programme_row(w, p).visa_applications += 1
    number = programme_terms(w, p).lane
    lane = lane_row(w, number)
    lane.waiting += 1
    delay = lane_terms(w, number).months
    if delay == NONE:
        lane.lodged += 1.0
        person.place_in_line = int(lane.lodged)
        append(w, lane_list(w, number), i)
        return
    months = draw(w, delay, luck_of(w, person, VISA_MONTHS))
    # a delay of zero is met later in this month's phase of transit
    whole = max(0, math.ceil(months - 1e-9))
    person.due = min(w.month + whole, NEVER)
    schedule(w, TRANSIT_DUE, person.due, i)


@rule
def quota_reached(w, g):
    """Return whether a destination has granted this year's quota, adapted by E16 (E12)."""
    quota = government_terms(w, g).visa_quota_per_year
    if quota == NONE:
        return False
    government = government_row(w, g)
    return government.granted_this_year >= math.floor(quota * government.capacity_factor + 1e-9)


@rule
def decide_or_defer(w, i):
    """Decide an application whose fixed delay is over, or defer it to the next quota year (E12)."""
    person = trainee_row(w, i)
    g = lane_terms(w, programme_terms(w, person.programme).lane).government
    if quota_reached(w, g):
        person.due = w.month + 12 - (w.calendar_month + w.month) % 12
        schedule(w, TRANSIT_DUE, person.due, i)
    else:
        decide_visa(w, i)


@rule
def decide_visa(w, i):
    """Decide on the application of person i (E12)."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    number = programme_terms(w, p).lane
    lane = lane_row(w, number)
    lane.waiting -= 1
    lane.wait_sum += w.month - person.applied
    lane.wait_count += 1
    if falls_through(w, person):
        cancel_offer(w, i)
        return
    government = government_row(w, lane_terms(w, number).government)
    refused = unit(person.luck_visa) < refusal_of(w, person, number)
    meet_decision(w, i, refused)
    see_decision(w, p, refused, w.month - person.applied)
    if refused:
        reopen_vacancy(w, i)
        lose(w, p, VISA_REFUSED)
        move(w, i, REFUSED)
        return
    government.granted_this_year += 1
    programme_row(w, p).visas += 1
    person.leaves = NEVER
    depart(w, i)


@rule
def depart(w, i):
    """Let person i travel, after the months of pre-departure."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    if person.marks & ON_OWN == 0:
        programme_row(w, p).departures += 1
    wait = programme_terms(w, p).departure_months
    if wait == 0:
        arrive(w, i)
        return
    move(w, i, PRE_DEPARTURE)
    person.due = w.month + wait
    schedule(w, TRANSIT_DUE, person.due, i)


@rule
def falls_through(w, person):
    """Return whether the employer has taken an offer back by now (E10).

    Who holds it hears of it at the next step, before anything is paid for it.
    """
    partnership = partnership_row(
        w, partner_of(w, np.int64(person.programme), np.int64(person.employer))
    )
    group = employer_row(w, person.employer).group
    downturn = min(max(1.0 - employer_group(w, group).factor, 0.0), 1.0)
    withdrawn = 1.0 if partnership.state == WITHDRAWN else 0.0
    if withdrawn + downturn == 0.0 or person.cancelled >= MOST_CANCELLED:
        return False
    hazard = cancelled_of(w, behaviour(w), partnership, withdrawn, downturn)
    if hazard == 0.0:
        return False
    # a downturn is taken as it is now for as long as the offer is held
    since = max(partnership.withdrew_in, person.offered) if withdrawn > 0.0 else person.offered
    met = hazard * (w.month - since)
    return met >= threshold(luck_of(w, person, OFFER_CANCELLED + np.int64(person.cancelled)))


@rule
def cancel_offer(w, i):
    """Let person i, whose offer was taken back, wait for another one in the pool (E10)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    person.cancelled += 1
    programme_row(w, person.programme).offers_cancelled += 1
    cohort_of(w, person).offers -= 1
    reopen_vacancy(w, i)
    consume_waiting(w, i, b, b.waiting_with_offer)
    person.due = -1
    enter_pool(w, i)


@rule
def reopen_vacancy(w, i):
    """Give the vacancy of person i back to the employer, who waits for a turn again."""
    e = np.int64(trainee_row(w, i).employer)
    change_vacancies(w, e, 0, -1)
    employer_row(w, e).hired -= 1
    take_turn(w, e)
    trainee_row(w, i).employer = -1


@rule
def stop_waiting(w, i):
    """Let person i leave while waiting, for the reason that came first (E9)."""
    person = trainee_row(w, i)
    if person.cause != OWN_SEARCH:
        # an own way abroad ends with the arrival
        g = lane_terms(w, programme_terms(w, person.programme).lane).government
        lose(w, np.int64(person.programme), cause_of_leaving(w, i, quota_reached(w, g)))
    if person.stage == GRADUATE_POOL:
        leave_pool(w, i)
        see_offer(w, np.int64(person.programme), False)
    else:
        if person.stage == IN_VISA_QUEUE:
            lane_row(w, programme_terms(w, person.programme).lane).waiting -= 1
        lose_while_waiting(w, i)
        reopen_vacancy(w, i)
    if person.cause == OWN_SEARCH:
        person.marks |= ON_OWN
        depart(w, i)
    elif person.cause == CHANGE_OF_MIND:
        move(w, i, WITHDREW)
    else:
        move(w, i, WORKING_AT_ORIGIN)
