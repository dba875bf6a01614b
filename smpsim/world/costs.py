"""What the ledger will charge employers for each arrival, as a programme's reports tell (E2, E15).

A programme says how many of those who came to an end of training graduated, how many of these
arrived, and what files were lodged for that. Each share begins with a prior and follows the report
as it grows, so that the expectation comes to what is charged.
"""

from __future__ import annotations

from smpsim.agents.programme import AFTER_ARRIVAL, BEFORE_DEPARTURE, COMMITTED_SEATS
from smpsim.agents.seat import shrunk
from smpsim.agents.trainee import (
    DROPPED_OUT,
    GRADUATE_POOL,
    IN_RECOGNITION,
    IN_TRAINING,
    IN_VISA_QUEUE,
    OFFER_HELD,
    PRE_DEPARTURE,
    REFUSED,
    RETAKING_EXAM,
    RETURNED,
    WITHDREW,
    WORKING_AT_ORIGIN,
)
from smpsim.compiled import inlined, rule
from smpsim.world.ledger import (
    ADAPTATION,
    EMPLOYER_PARTY,
    EXAM_COST,
    LANGUAGE,
    OVERHEAD,
    OWN_COUNT,
    PER_APPLICANT,
    PER_ARRIVAL,
    PER_ENROLLED,
    PER_MONTH,
    PER_RETURNEE,
    PER_TRAINEE_MONTH,
    RECOGNITION_COST,
    REINTEGRATION,
    SELECTION_COST,
    SETUP,
    STIPEND,
    TRAINING,
    TRAVEL,
    VISA_COST,
)
from smpsim.world.state import (
    behaviour,
    cohort_row,
    flow,
    funding,
    government_terms,
    headcount,
    institution_terms,
    own_cost_row,
    own_share,
    programme_row,
    programme_terms,
    site_row,
    unit_cost,
)

LEAST_YIELD = 0.01  # arrivals for each trainee, below which costs are not told apart


@inlined
def employers_part(w, p, item):
    """Return what employers pay of one unit of a shared item, currency."""
    return funding(w, p, item, EMPLOYER_PARTY) * unit_cost(w, p, item).value


@rule
def graduation_reported(w, p):
    """Return the share of trainees who graduate, of intakes old enough to be through the exam."""
    b = behaviour(w)
    record = programme_row(w, p)
    began = w.month - programme_terms(w, p).training_months_before_departure
    began -= b.exam_retakes * b.exam_retake_months
    enrolled, graduated = 0, 0
    for c in range(record.first_cohort, record.first_cohort + record.opened):
        cohort = cohort_row(w, c)
        if cohort.opened > began:
            break
        enrolled += cohort.enrolled
        graduated += cohort.graduated
    people, prior = b.participation_report_people, b.participation_believed_graduation
    return shrunk(graduated, enrolled, prior, people)


@rule
def arrival_reported(w, p):
    """Return the share of those trained for employers that arrived, those under way apart.

    Where employers commit seats these are all graduates, else those who held an offer: nobody is
    billed for a graduate whom nobody hired.
    """
    b = behaviour(w)
    record = programme_row(w, p)
    if programme_terms(w, p).demand == COMMITTED_SEATS:
        ended = record.graduated
        for stage in (GRADUATE_POOL, OFFER_HELD, IN_RECOGNITION, IN_VISA_QUEUE, PRE_DEPARTURE):
            ended -= headcount(w, p, stage).value
    else:
        ended = record.placed
        for stage in (OFFER_HELD, IN_RECOGNITION, IN_VISA_QUEUE):
            for end in (REFUSED, WITHDREW, WORKING_AT_ORIGIN):
                ended += flow(w, p, stage, end).value
    people, prior = b.participation_report_people, b.participation_believed_arrival
    return shrunk(record.placed, ended, prior, people)


@rule
def own_part(w, p, per):
    """Return what employers pay of the costs that the scenario adds, each time they are due."""
    total = 0.0
    for n in range(OWN_COUNT):
        k = p * OWN_COUNT + n
        cost = own_cost_row(w, k)
        if cost.per == per:
            total += cost.amount * own_share(w, k, EMPLOYER_PARTY).value
    return total


@rule
def training_month_cost(w, p):
    """Return the mean cost of a trainee-month at the programme's sites, currency."""
    record = programme_row(w, p)
    total = 0.0
    for s in range(record.first_site, record.first_site + record.sites):
        total += institution_terms(w, site_row(w, s).group).cost_per_trainee_month
    return total / record.sites


@rule
def cost_of_trainee(w, p):
    """Return what employers pay for one who begins training, currency."""
    b = behaviour(w)
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    people = b.participation_report_people
    dropped = headcount(w, p, DROPPED_OUT).value
    lost = shrunk(dropped, record.enrolled, 0.0, people)
    # who leaves has on average had half of the training
    months = terms.training_months_before_departure * (1.0 - 0.5 * lost)
    monthly = funding(w, p, TRAINING, EMPLOYER_PARTY) * training_month_cost(w, p)
    monthly += employers_part(w, p, LANGUAGE) + employers_part(w, p, STIPEND)
    cost = monthly * months
    applied = shrunk(record.applicants, record.enrolled, terms.applicants_per_seat, people)
    cost += (employers_part(w, p, SELECTION_COST) + own_part(w, p, PER_APPLICANT)) * applied
    cost += own_part(w, p, PER_ENROLLED) + own_part(w, p, PER_TRAINEE_MONTH) * months
    if terms.training_exam:
        sat = record.enrolled - headcount(w, p, IN_TRAINING).value - dropped
        again = shrunk(flow(w, p, IN_TRAINING, RETAKING_EXAM).value, sat, 0.0, people)
        sittings = 1.0 + again * (1.0 + again) if b.exam_retakes > 1 else 1.0 + again
        cost += employers_part(w, p, EXAM_COST) * (1.0 - lost) * sittings
    return cost


@rule
def cost_of_arrival(w, p):
    """Return what employers pay for each who arrives, from the file to support, currency."""
    b = behaviour(w)
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    people = b.participation_report_people
    lost = 0
    for end in (REFUSED, WITHDREW, WORKING_AT_ORIGIN):
        lost += flow(w, p, IN_VISA_QUEUE, end).value
    files = (people + record.visas + lost) / (people + record.visas)
    cost = employers_part(w, p, VISA_COST) * files + employers_part(w, p, TRAVEL)
    if terms.recognition == AFTER_ARRIVAL:
        files = 1.0
    if terms.recognition == AFTER_ARRIVAL or terms.recognition == BEFORE_DEPARTURE:
        fee = government_terms(w, terms.government).recognition_cost
        cost += funding(w, p, RECOGNITION_COST, EMPLOYER_PARTY) * fee * files
    cost += employers_part(w, p, ADAPTATION) * terms.training_months_after_arrival
    returned = shrunk(headcount(w, p, RETURNED).value, record.placed, 0.0, people)
    cost += own_part(w, p, PER_ARRIVAL) + own_part(w, p, PER_RETURNEE) * returned
    return cost + employers_part(w, p, REINTEGRATION) * returned


@rule
def shared_cost(w, p, arrived):
    """Return what employers pay for set-up and overhead for each who arrives, currency.

    `arrived` of those who begin training arrive. Both costs are spread over all who will have
    arrived when the last intake has.
    """
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    setup = employers_part(w, p, SETUP)
    overhead = employers_part(w, p, OVERHEAD) + own_part(w, p, PER_MONTH)
    if setup == 0.0 and overhead == 0.0:
        return 0.0
    every = terms.intakes_every_months
    # the plan as it stands: nobody decides by the month in which a run ends
    intakes = float(max(terms.intakes_number, 1))
    # seats of an intake as filled so far; the plan counts as one intake more
    seats = (terms.intakes_seats + record.enrolled) / (1.0 + record.opened)
    people = max(intakes * seats * arrived, 1.0)
    last = terms.months_to_set_up + (intakes - 1.0) * every + terms.training_months_before_departure
    last += terms.wait_before_visa + behaviour(w).channel_believed_months
    return (setup + overhead * last) / people


@rule
def employers_cost(w, p):
    """Return what employers are charged for each arrival, fees and refunds apart, currency."""
    arrived = max(graduation_reported(w, p) * arrival_reported(w, p), LEAST_YIELD)
    cost = cost_of_trainee(w, p) / arrived + cost_of_arrival(w, p)
    return cost + shared_cost(w, p, arrived)
