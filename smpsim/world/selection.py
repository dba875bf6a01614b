"""Applicants: who they are, and who is taken (E5)."""

from __future__ import annotations

import math

from smpsim.agents.programme import COMMITTED_SEATS
from smpsim.agents.trainee import APPLICANT, ENDED, GUARANTEED, NEVER, NOT_SELECTED
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.commitments import give_seat
from smpsim.world.decisions_of_people import affordable_for, selection_score_of
from smpsim.world.effort import noise_of_selection
from smpsim.world.people import move, numbers_of_applicant
from smpsim.world.persons import give_attributes
from smpsim.world.state import (
    behaviour,
    entered,
    institution_row,
    institution_terms,
    programme_row,
    programme_terms,
    ranking_cell,
    score_cell,
    site_row,
    trainee_row,
)
from smpsim.world.training import start_training


@inlined
def apply(w, i, p, intake, number):
    """Fill the row of a new applicant: identity, luck and attributes (E5)."""
    person = trainee_row(w, i)
    person.programme = p
    person.intake = intake
    person.number = number
    one, two, three, four = numbers_of_applicant(w, p, intake, number, 0)
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
    if programme_terms(w, p).job_guarantee:
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
    person.reconsiders = -1
    person.decides = NEVER
    person.cancelled = 0
    if w.keep_life:
        for stage in range(ENDED + 1):
            entered(w, i, stage).value = -1
        entered(w, i, APPLICANT).value = w.month
    give_attributes(w, person)
    draw_attributes(w, person)


@inlined
def draw_attributes(w, person):
    """Draw no further attributes: a user's own exchange it (`smpsim.world.attributes`)."""


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
    noise = noise_of_selection(w, p)
    own_cost = programme_terms(w, p).trainee_cost
    asked = programme_terms(w, p).entrants_savings != NONE and own_cost > 0.0
    able = 0
    for n in range(applicants):
        person = trainee_row(w, start + n)
        score = selection_score_of(w, b, person, noise)
        means = float(person.savings) + float(person.credit)
        if asked and not affordable_for(w, b, person, means, own_cost):
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
        if seats == NONE or institution.enrolled < seats:
            if programme_terms(w, person.programme).demand == COMMITTED_SEATS:
                give_seat(w, i)
            start_training(w, i, s)
            return
    move(w, i, NOT_SELECTED)
