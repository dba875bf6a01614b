"""An intake: committed seats, applications, selection, enrolment (E5)."""

from __future__ import annotations

from smpsim.agents.programme import (
    COMMITTED_SEATS,
    application_response,
    renewed_factor,
)
from smpsim.agents.trainee import (
    APPLICANT,
)
from smpsim.compiled import rule
from smpsim.vocabulary import NONE
from smpsim.world.commitments import commit_seats, release_seats
from smpsim.world.selection import apply, enrol, select
from smpsim.world.state import (
    behaviour,
    headcount,
    programme_row,
    programme_terms,
)


@rule
def renew(w, p):
    """Grow, keep or end a programme at its renewal dates (E17)."""
    terms = programme_terms(w, p)
    record = programme_row(w, p)
    month = w.month - terms.months_to_set_up
    if terms.renewal_every_months == 0 or month <= 0 or month % terms.renewal_every_months != 0:
        return
    planned = terms.renewal_planned_per_month * month
    record.factor = renewed_factor(behaviour(w), record.factor, record.placed, planned)
    if record.factor == 0.0:
        record.running = 0


@rule
def open_intake(w, p):
    """Open the intake that is due, if the programme runs and has the money (E5)."""
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    if not record.running or record.opened >= terms.intakes_number or w.month < record.next_intake:
        return
    if terms.intakes_budget != NONE and record.spent >= terms.intakes_budget:
        record.running = 0
        return
    record.carried += terms.intakes_seats * record.factor
    seats = int(record.carried + 1e-9)
    record.carried -= seats
    intake = record.opened
    record.next_intake = w.month + terms.intakes_every_months
    if terms.demand == COMMITTED_SEATS:
        seats = commit_seats(w, p, seats)
    record.opened += 1
    placement_rate = record.placed / record.graduated if record.graduated > 0 else 0.0
    response = application_response(
        behaviour(w),
        placement_rate,
        terms.log_wage_ratio,
        terms.trainee_cost_share,
        terms.job_guarantee,
    )
    applicants = int(seats * terms.applicants_per_seat * response + 1e-9)
    if w.people + applicants > w.row_count:
        w.failure = 2
        return
    record.applicants += applicants
    record.new_applicants += applicants
    start = w.people
    w.people += applicants
    headcount(w, p, APPLICANT).value += applicants
    if applicants <= seats and behaviour(w).people_savings == NONE:
        for n in range(applicants):
            apply(w, start + n, p, intake, n)
            enrol(w, start + n)
    else:
        for n in range(applicants):
            apply(w, start + n, p, intake, n)
        select(w, p, start, applicants, seats)
    if terms.demand == COMMITTED_SEATS:
        release_seats(w, p)
