"""An intake: committed seats, applications, selection, enrolment (E5)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.employer import COMMITTED, HIRING, forecast, takes_part
from smpsim.agents.programme import (
    application_response,
    renewed_factor,
    selection_noise,
)
from smpsim.agents.trainee import (
    APPLICANT,
    EMPLOYED_BEFORE,
    ENDED,
    GUARANTEED,
    NEVER,
    NOT_SELECTED,
)
from smpsim.compiled import inlined, rule
from smpsim.world.luck import (
    APTITUDE,
    EMPLOYER_MONTH,
    PERSON,
    SAVINGS,
    SELECTION,
    STANDARD_NORMAL,
    draw,
    four_numbers,
    unit,
)
from smpsim.world.people import luck_of, move
from smpsim.world.state import (
    behaviour,
    employer_row,
    employer_terms,
    entered,
    headcount,
    institution_row,
    institution_terms,
    partnership_row,
    programme_row,
    programme_terms,
    quantile,
    ranking_cell,
    score_cell,
    site_row,
    trainee_row,
)
from smpsim.world.training import start_training


@rule
def renew(w, p):
    """Grow, keep or end a programme at its renewal dates (E17)."""
    terms = programme_terms(w, p)
    record = programme_row(w, p)
    month = w.month - terms.setup_months
    if terms.renewal_months == 0 or month <= 0 or month % terms.renewal_months != 0:
        return
    planned = terms.planned_per_month * month
    record.factor = renewed_factor(behaviour(w), record.factor, record.placed, planned)
    if record.factor == 0.0:
        record.running = 0


@rule
def commit_seats(w, p, seats):
    """Let engaged employers commit seats in turn, up to `seats`; return how many (E3)."""
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    first = record.first_partnership
    count = record.partnerships
    for k in range(first, first + count):
        partnership = partnership_row(w, k)
        partnership.wanted = 0
        if not takes_part(partnership.state):
            continue
        employer = employer_row(w, partnership.employer)
        rate = employer_terms(w, employer.group).vacancies_per_month
        expected = employer.open_vacancies + rate * terms.training_months
        error = 0.0
        if terms.forecast_error > 0.0:
            luck = four_numbers(w, EMPLOYER_MONTH, employer.group, employer.number, w.month)[2]
            error = draw(w, STANDARD_NORMAL, unit(luck))
        wanted = int(forecast(expected, terms.forecast_error, error) + 1e-9)
        partnership.wanted = max(0, wanted - partnership.committed_seats)
    granted = 0
    more = True
    while more and granted < seats:
        more = False
        for offset in range(count):
            # another employer begins at each intake
            partnership = partnership_row(w, first + (offset + record.opened) % count)
            if granted < seats and partnership.wanted > 0:
                partnership.wanted -= 1
                partnership.committed_now += 1
                partnership.committed_seats += 1
                if partnership.state != HIRING:
                    partnership.state = COMMITTED
                record.seats_committed += 1
                granted += 1
                more = True
    return granted


@inlined
def give_seat(w, i):
    """Give person i the next committed seat, and with it the employer."""
    p = np.int64(trainee_row(w, i).programme)
    record = programme_row(w, p)
    for _ in range(record.partnerships):
        partnership = partnership_row(w, record.first_partnership + record.next_partner)
        record.next_partner += 1
        if record.next_partner == record.partnerships:
            record.next_partner = 0
        if partnership.committed_now > 0:
            partnership.committed_now -= 1
            trainee_row(w, i).employer = partnership.employer
            return


@rule
def release_seats(w, p):
    """Give committed seats that nobody took back to their employers."""
    record = programme_row(w, p)
    for k in range(record.first_partnership, record.first_partnership + record.partnerships):
        partnership = partnership_row(w, k)
        partnership.committed_seats -= partnership.committed_now
        record.seats_committed -= partnership.committed_now
        partnership.committed_now = 0


@rule
def open_intake(w, p):
    """Open the intake that is due, if the programme runs and has the money (E5)."""
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    if not record.running or record.opened >= terms.intakes or w.month < record.next_intake:
        return
    if record.spent >= terms.budget:
        record.running = 0
        return
    record.carried += terms.seats * record.factor
    seats = int(record.carried + 1e-9)
    record.carried -= seats
    intake = record.opened
    record.next_intake = w.month + terms.every
    if terms.committed:
        seats = commit_seats(w, p, seats)
    record.opened += 1
    placement_rate = record.placed / record.graduated if record.graduated > 0 else 0.0
    response = application_response(
        behaviour(w),
        placement_rate,
        terms.log_wage_ratio,
        terms.trainee_cost_share,
        terms.guarantee,
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
    if applicants <= seats and behaviour(w).savings < 0:
        for n in range(applicants):
            apply(w, start + n, p, intake, n)
            enrol(w, start + n)
    else:
        for n in range(applicants):
            apply(w, start + n, p, intake, n)
        select(w, p, start, applicants, seats)
    if terms.committed:
        release_seats(w, p)


@inlined
def apply(w, i, p, intake, number):
    """Fill the row of a new applicant: identity, luck and attributes (E5)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    person.programme = p
    person.intake = intake
    person.number = number
    group = p * 1024 + intake
    one, two, three, four = four_numbers(w, PERSON, group, number, 0)
    person.luck_dropout = one
    person.luck_exam = two
    person.luck_visa = three
    person.luck_quit = four
    person.employer = -1
    person.due = -1
    person.leaves = NEVER
    person.quits = NEVER
    person.stage = APPLICANT
    person.marks = 0
    if programme_terms(w, p).guarantee:
        person.marks = GUARANTEED
    person.attempts = 0
    person.contracts = 0
    person.skill = 0.0
    person.language = 0.0
    person.readiness = 0.0
    person.hazard_first = 0.0
    person.hazard_second = 0.0
    person.hazard_third = 0.0
    person.graduated = -1
    person.arrived = -1
    person.enrolled = -1
    person.applied = -1
    person.left = -1
    if w.keep_life:
        for stage in range(ENDED + 1):
            entered(w, i, stage).value = -1
        entered(w, i, APPLICANT).value = w.month
    if b.people_vary:
        one, two, three, four = four_numbers(w, PERSON, group, number, APTITUDE >> 2)
        person.aptitude = draw(w, b.aptitude, unit(one))
        person.age = draw(w, b.age, unit(two))
        person.motivation = draw(w, b.motivation, unit(four))
        if unit(three) < b.prior_employment:
            person.marks |= EMPLOYED_BEFORE
    else:
        person.aptitude = quantile(w, b.aptitude, 1)
        person.age = quantile(w, b.age, 1)
        person.motivation = quantile(w, b.motivation, 1)


@rule
def select(w, p, start, applicants, seats):
    """Take the applicants with the highest observed aptitude who can pay their share (E5)."""
    able = observe(w, p, start, applicants)
    taken = min(seats, able)
    bar = ranked(w, applicants, applicants - taken) if taken > 0 else math.inf
    above = 0
    for n in range(applicants):
        if score_cell(w, n).value > bar:
            above += 1
    # of those level with the bar the first to apply are taken
    level = taken - above
    for n in range(applicants):
        score = score_cell(w, n).value
        if score > bar:
            enrol(w, start + n)
        elif score == bar and level > 0:
            level -= 1
            enrol(w, start + n)
        else:
            move(w, start + n, NOT_SELECTED)


@rule
def observe(w, p, start, applicants):
    """Note the observed aptitude of applicants, and return how many can pay their share (E5)."""
    b = behaviour(w)
    noise = selection_noise(b, programme_terms(w, p).selection)
    own_cost = programme_terms(w, p).trainee_cost
    able = 0
    for n in range(applicants):
        person = trainee_row(w, start + n)
        score = float(person.aptitude)
        if noise > 0.0:
            score += noise * draw(w, STANDARD_NORMAL, luck_of(w, person, SELECTION))
        if b.savings >= 0 and own_cost > 0.0:
            savings = draw(w, b.savings, luck_of(w, person, SAVINGS))
            if savings < own_cost:
                score = -math.inf
        if score > -math.inf:
            able += 1
        score_cell(w, n).value = score
        ranking_cell(w, n).value = score
    return able


@rule
def ranked(w, count, place):
    """Return the score that stands at `place` in rising order (Hoare's quickselect)."""
    low = 0
    high = count - 1
    while low < high:
        pivot = ranking_cell(w, (low + high) // 2).value
        left = low
        right = high
        while left <= right:
            while ranking_cell(w, left).value < pivot:
                left += 1
            while ranking_cell(w, right).value > pivot:
                right -= 1
            if left <= right:
                swapped = ranking_cell(w, left).value
                ranking_cell(w, left).value = ranking_cell(w, right).value
                ranking_cell(w, right).value = swapped
                left += 1
                right -= 1
        if place <= right:
            high = right
        elif place >= left:
            low = left
        else:
            break
    return ranking_cell(w, place).value


@rule
def enrol(w, i):
    """Enrol a selected applicant at the next site with a free seat."""
    person = trainee_row(w, i)
    record = programme_row(w, person.programme)
    for _ in range(record.sites):
        s = record.first_site + record.next_site
        record.next_site += 1
        if record.next_site == record.sites:
            record.next_site = 0
        institution = institution_row(w, site_row(w, s).institution)
        seats = institution_terms(w, institution.group).seats
        if seats < 0 or institution.enrolled < seats:
            if programme_terms(w, person.programme).committed:
                give_seat(w, i)
            start_training(w, i, s)
            return
    move(w, i, NOT_SELECTED)
