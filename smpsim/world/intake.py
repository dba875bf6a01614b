"""An intake: committed seats, applications, selection, enrolment (E5)."""

from __future__ import annotations

from smpsim.agents.programme import COMMITTED_SEATS
from smpsim.agents.trainee import APPLICANT, NOT_SELECTED
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.commitments import commit_seats, release_seats
from smpsim.world.decisions_of_employers import renewal_of, response_of
from smpsim.world.followed import open_window
from smpsim.world.growth import begin_cohort, judged_placements, ramp_of_intake
from smpsim.world.layout import ROWS_WANTED, UNSOUND_APPLICANTS
from smpsim.world.losses import (
    BUDGET,
    GROWTH,
    RENEWAL,
    SET_UP,
    lose_seats,
    lose_uncommitted,
    plan_seats,
)
from smpsim.world.people import give_up
from smpsim.world.selection import looked_at, take_in
from smpsim.world.state import (
    behaviour,
    cohort_row,
    flow,
    headcount,
    programme_row,
    programme_terms,
)

MOST_APPLICANTS = 1e9  # of an intake: far beyond every table, and yet a whole number


@rule
def factor_of_month(w, p):
    """Return the seats of programme p against the design, after a renewal if one is due (E17)."""
    terms = programme_terms(w, p)
    record = programme_row(w, p)
    month = w.month - terms.months_to_set_up
    if terms.renewal_every_months == 0 or month <= 0 or month % terms.renewal_every_months != 0:
        return record.factor
    planned, placed = judged_placements(w, p)
    # before any intake can have arrived there is nothing to judge
    return renewal_of(w, behaviour(w), p, placed, planned) if planned > 0.0 else record.factor


@rule
def renew(w, p):
    """Grow, keep or end a programme at its renewal dates (E17)."""
    record = programme_row(w, p)
    record.factor = factor_of_month(w, p)
    if record.factor == 0.0 and record.running:
        record.running = 0
        record.stopped_by = RENEWAL


@rule
def opens_intake(w, p):
    """Return whether an intake of programme p is due and there is one to come."""
    record = programme_row(w, p)
    due = w.month >= record.next_intake and record.opened < programme_terms(w, p).intakes_number
    return record.running != 0 and due


@rule
def reached_for(w, p, seats):
    """Return how many people the call for the seats of an intake reaches that opens now (E5)."""
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    placement_rate = record.placed / record.graduated if record.graduated > 0 else 0.0
    response = response_of(w, behaviour(w), p, terms, placement_rate)
    reached = seats * terms.applicants_per_seat * response
    if not reached >= 0.0:
        give_up(w, p, UNSOUND_APPLICANTS)
        return 0
    return int(min(reached, MOST_APPLICANTS) + 1e-9)


@rule
def has_rows_for_intakes(w):
    """Return whether the tables have rows for all who may be admitted or listed this month.

    Asked before the month begins, so that a driver that makes the tables larger can let the
    same month begin again; with less than the seats of the design committed, they are fewer.
    """
    # one row is for the applicant who is looked at
    people = w.people + 1
    largest = 0
    for p in range(w.programme_count):
        if opens_intake(w, p):
            share = factor_of_month(w, p) * ramp_of_intake(w, p)
            seats = int(seats_of_intake(w, p, share) + 1e-9)
            reached = reached_for(w, p, seats)
            people += min(reached, seats)
            largest = max(largest, looked_at(behaviour(w), reached, seats))
    if w.failure != 0:
        return False
    if people <= w.row_count and largest <= w.intake_rows:
        return True
    w.failure = ROWS_WANTED
    w.wanted_rows = people
    w.wanted_intake = largest
    return False


@inlined
def seats_of_intake(w, p, share):
    """Return the seats of an intake that opens now, with the fraction carried so far (E17)."""
    opened = programme_terms(w, p).intakes_seats * share
    return min(programme_row(w, p).carried + opened, MOST_APPLICANTS)


@rule
def planned_seats(w, p):
    """Return the seats that the design has for the intake that is due, whole."""
    record = programme_row(w, p)
    record.carried_plan = min(
        record.carried_plan + programme_terms(w, p).intakes_seats, MOST_APPLICANTS
    )
    seats = int(record.carried_plan + 1e-9)
    record.carried_plan -= seats
    return seats


@rule
def plan_beyond_horizon(w, p):
    """Count an intake due this month but for set-up, which moves it beyond the horizon, as lost."""
    terms = programme_terms(w, p)
    before = w.month // terms.intakes_every_months
    due = w.month % terms.intakes_every_months == 0 and before < terms.intakes_number
    if due and w.month + terms.months_to_set_up >= w.horizon:
        each = min(terms.intakes_seats, MOST_APPLICANTS)
        seats = int(each * (before + 1) + 1e-9) - int(each * before + 1e-9)
        plan_seats(w, p, seats)
        lose_seats(w, p, SET_UP, seats)


@rule
def open_intake(w, p):
    """Open the intake that is due, if the programme runs and has the money (E5)."""
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    if terms.months_to_set_up > 0:
        plan_beyond_horizon(w, p)
    if w.month < record.next_intake or record.intakes_due >= terms.intakes_number:
        return
    record.intakes_due += 1
    record.next_intake = w.month + terms.intakes_every_months
    planned = planned_seats(w, p)
    if record.running and terms.intakes_budget != NONE and record.spent >= terms.intakes_budget:
        record.running = 0
        record.stopped_by = BUDGET
    if not record.running:
        plan_seats(w, p, planned)
        lose_seats(w, p, record.stopped_by, planned)
        return
    record.ramp = ramp_of_intake(w, p)
    record.carried = seats_of_intake(w, p, record.factor * record.ramp)
    seats = int(record.carried + 1e-9)
    record.carried -= seats
    # what growth adds to the design is planned too
    plan_seats(w, p, max(planned, seats))
    lose_seats(w, p, GROWTH, planned - seats)
    intake = record.opened
    begin_cohort(w, p, record.factor * record.ramp)
    k = record.first_cohort + record.opened
    open_window(w, cohort_row(w, k), k, terms.training_months_before_departure)
    if terms.demand == COMMITTED_SEATS:
        granted = commit_seats(w, p, seats)
        lose_uncommitted(w, p, seats - granted)
        seats = granted
    record.opened += 1
    enrolled = record.enrolled
    reached = reached_for(w, p, seats)
    # all pass the stage of applicants, though only who is admitted has a row
    applicants = take_in(w, p, intake, reached, seats)
    record.applicants += applicants
    refused = applicants - (record.enrolled - enrolled)
    headcount(w, p, APPLICANT).value += applicants - refused
    headcount(w, p, NOT_SELECTED).value += refused
    flow(w, p, APPLICANT, NOT_SELECTED).value += refused
    if terms.demand == COMMITTED_SEATS:
        release_seats(w, p)
