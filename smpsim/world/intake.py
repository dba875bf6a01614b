"""An intake: committed seats, applications, selection, enrolment (E5)."""

from __future__ import annotations

from smpsim.agents.programme import COMMITTED_SEATS
from smpsim.agents.trainee import APPLICANT
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.commitments import commit_seats, release_seats
from smpsim.world.decisions_of_employers import renewal_of, response_of
from smpsim.world.growth import begin_cohort, judged_placements, ramp_of_intake
from smpsim.world.layout import ROWS_WANTED, UNSOUND_APPLICANTS
from smpsim.world.people import give_up
from smpsim.world.selection import apply, enrol, select
from smpsim.world.state import (
    behaviour,
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
    if record.factor == 0.0:
        record.running = 0


@rule
def opens_intake(w, p):
    """Return whether an intake of programme p is due and there is one to come."""
    record = programme_row(w, p)
    due = w.month >= record.next_intake and record.opened < programme_terms(w, p).intakes_number
    return record.running != 0 and due


@rule
def applicants_for(w, p, seats):
    """Return how many apply for the seats of an intake of programme p that opens now (E5)."""
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    placement_rate = record.placed / record.graduated if record.graduated > 0 else 0.0
    response = response_of(w, behaviour(w), p, terms, placement_rate)
    applicants = seats * terms.applicants_per_seat * response
    if not applicants >= 0.0:
        give_up(w, p, UNSOUND_APPLICANTS)
        return 0
    return int(min(applicants, MOST_APPLICANTS) + 1e-9)


@rule
def has_rows_for_intakes(w):
    """Return whether the tables have rows for all who may apply this month.

    Asked before the month begins, so that a driver that makes the tables larger can let the
    same month begin again; with less than the seats of the design committed, fewer apply.
    """
    people = w.people
    largest = 0
    for p in range(w.programme_count):
        if opens_intake(w, p):
            share = factor_of_month(w, p) * ramp_of_intake(w, p)
            seats = int(seats_of_intake(w, p, share) + 1e-9)
            applicants = applicants_for(w, p, seats)
            people += applicants
            largest = max(largest, applicants)
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
def open_intake(w, p):
    """Open the intake that is due, if the programme runs and has the money (E5)."""
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    if not opens_intake(w, p):
        return
    if terms.intakes_budget != NONE and record.spent >= terms.intakes_budget:
        record.running = 0
        return
    record.ramp = ramp_of_intake(w, p)
    record.carried = seats_of_intake(w, p, record.factor * record.ramp)
    seats = int(record.carried + 1e-9)
    record.carried -= seats
    intake = record.opened
    begin_cohort(w, p, record.factor * record.ramp)
    record.next_intake = w.month + terms.intakes_every_months
    if terms.demand == COMMITTED_SEATS:
        seats = commit_seats(w, p, seats)
    record.opened += 1
    applicants = applicants_for(w, p, seats)
    record.applicants += applicants
    record.new_applicants += applicants
    start = w.people
    w.people += applicants
    headcount(w, p, APPLICANT).value += applicants
    if applicants <= seats and terms.entrants_savings == NONE:
        for n in range(applicants):
            apply(w, start + n, p, intake, n)
            enrol(w, start + n)
    else:
        for n in range(applicants):
            apply(w, start + n, p, intake, n)
        select(w, p, start, applicants, seats)
    if terms.demand == COMMITTED_SEATS:
        release_seats(w, p)
