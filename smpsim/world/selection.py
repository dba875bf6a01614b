"""Applicants: who they are, and who is taken (E5)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.programme import COMMITTED_SEATS
from smpsim.agents.trainee import APPLICANT, ENDED, GUARANTEED, NEVER, cost_of_going
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.commitments import give_seat
from smpsim.world.decisions_of_people import (
    affordable_for,
    applying_of,
    own_selection,
    selection_score_of,
)
from smpsim.world.effort import noise_of_selection
from smpsim.world.layout import TOGETHER
from smpsim.world.losses import NO_ROOM, TOO_FEW_APPLICANTS, lose_seats
from smpsim.world.luck import APPLY
from smpsim.world.people import luck_of, numbers_of_applicant
from smpsim.world.persons import (
    give_aptitude,
    give_attributes,
    give_first_attributes,
    give_means,
    throw_called,
)
from smpsim.world.prospects import look_ahead, prospect_of, worth_at_application
from smpsim.world.state import (
    behaviour,
    called_row,
    entered,
    institution_row,
    institution_terms,
    programme_row,
    programme_terms,
    ranking_cell,
    score_cell,
    shortlist_cell,
    site_row,
    trainee_row,
)
from smpsim.world.training import start_training

MOST_ASKED = 1_000_000  # people of an intake who are asked one by one


@rule
def fill(w, i, p, intake, number):
    """Fill a person's row: identity, luck and attributes (E5)."""
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
    person.worth = 0.0
    person.passed = 0
    person.hours = 0.0
    person.pressure = 1.0
    person.taking = 1.0
    person.tiring = 1.0
    person.decides = NEVER
    person.cancelled = 0
    person.offered = -1
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
def take_in(w, p, intake, reached, seats):
    """Ask those whom the call reaches, take the best who apply, return how many apply (E5)."""
    terms = programme_terms(w, p)
    b = behaviour(w)
    enrolled = programme_row(w, p).enrolled
    if b.applying_scale == NONE and reached <= seats and terms.entrants_savings == NONE:
        programme_row(w, p).new_applicants += reached
        for n in range(reached):
            admit(w, p, intake, n)
        note_empty_seats(w, p, seats, reached, enrolled)
        return reached
    longest = looked_at(b, reached, seats)
    listed, asked = 0, 0
    if b.applying_scale == NONE:
        for n in range(longest):
            shortlist_cell(w, n).value = n
        listed = longest
        asked = reached
        applicants = reached
    else:
        look_ahead(w, p)
        most = min(reached, MOST_ASKED)
        while asked < most and listed < longest:
            place = asked % TOGETHER
            if place == 0 and not own_selection():
                throw_called(w, p, intake, asked, min(TOGETHER, most - asked))
            if applies(w, b, p, intake, asked, called_row(w, place)):
                shortlist_cell(w, listed).value = asked
                listed += 1
            asked += 1
        applicants = listed
        if 0 < asked < reached:
            # those who were not asked are taken to apply as often, to the nearest whole number
            applicants += int((reached - asked) * (listed / asked) + 0.5)
    programme_row(w, p).new_applicants += listed
    taken = select(w, p, intake, listed, seats)
    note_empty_seats(w, p, seats, taken, enrolled)
    return applicants


@rule
def note_empty_seats(w, p, seats, taken, enrolled):
    """Note the seats of an intake for which nobody was taken, or no institution had room."""
    lose_seats(w, p, TOO_FEW_APPLICANTS, seats - taken)
    lose_seats(w, p, NO_ROOM, taken - (programme_row(w, p).enrolled - enrolled))


@inlined
def looked_at(b, reached, seats):
    """Return the most applicants whom those who select look at (E5)."""
    if b.applying_longest_list == NONE:
        return reached
    return min(reached, math.ceil(seats * b.applying_longest_list))


@rule
def sketch(w, p, intake, number):
    """Note in the row behind the last who is looked at; all of it where a user's rules read it."""
    i = w.people
    if own_selection():
        fill(w, i, p, intake, number)
        return
    person = trainee_row(w, i)
    person.programme = p
    person.intake = intake
    person.number = number


@rule
def applies(w, b, p, intake, number, luck):
    """Return whether somebody who is reached applies: by worth, if the own cost can be met (E5)."""
    sketch(w, p, intake, number)
    person = trainee_row(w, w.people)
    terms = programme_terms(w, p)
    if not own_selection():
        give_first_attributes(w, person, luck)
    worth = worth_at_application(w, b, person)
    u = luck_of(w, person, APPLY) if own_selection() else luck.applying
    cost = terms.trainee_cost
    if cost > 0.0:
        if not own_selection():
            # what costs more is worth less: who stays away without the cost does so with it
            if u >= applying_of(w, b, person, worth):
                return False
            give_means(w, person, terms, luck)
        means = float(person.savings) + float(person.credit)
        asked = terms.entrants_savings != NONE
        if asked and not affordable_for(w, b, person, means, cost):
            return False
        worth -= cost_of_going(prospect_of(w, person), cost, float(person.savings))
    return u < applying_of(w, b, person, worth)


@rule
def select(w, p, intake, listed, seats):
    """Take those on the list with the highest observed aptitude, return how many (E5)."""
    able = observe(w, p, intake, listed)
    taken = min(seats, able)
    if taken == 0:
        return 0
    bar = ranked(w, listed, listed - taken)
    above = 0
    for n in range(listed):
        if score_cell(w, n).value > bar:
            above += 1
    # of those level with the bar the first to apply are taken
    level = taken - above
    for n in range(listed):
        score = score_cell(w, n).value
        if score > bar:
            admit(w, p, intake, np.int64(shortlist_cell(w, n).value))
        elif score == bar and level > 0:
            level -= 1
            admit(w, p, intake, np.int64(shortlist_cell(w, n).value))
    return taken


@rule
def observe(w, p, intake, listed):
    """Note the observed aptitude of applicants, and return how many can pay their share (E5)."""
    b = behaviour(w)
    terms = programme_terms(w, p)
    noise = noise_of_selection(w, p)
    own_cost = terms.trainee_cost
    # who decides on applying has asked that already
    asked = b.applying_scale == NONE and terms.entrants_savings != NONE and own_cost > 0.0
    able = 0
    for n in range(listed):
        sketch(w, p, intake, np.int64(shortlist_cell(w, n).value))
        person = trainee_row(w, w.people)
        if not own_selection():
            give_aptitude(w, person)
        score = selection_score_of(w, b, person, noise)
        if asked:
            if not own_selection():
                throw_called(w, p, intake, np.int64(person.number), 1)
                give_means(w, person, terms, called_row(w, 0))
            means = float(person.savings) + float(person.credit)
            if not affordable_for(w, b, person, means, own_cost):
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
def free_site(w, p):
    """Return the next site of a programme with a free seat, in turn; -1 if there is none."""
    record = programme_row(w, p)
    for _ in range(record.sites):
        s = record.first_site + record.next_site
        record.next_site += 1
        if record.next_site == record.sites:
            record.next_site = 0
        institution = institution_row(w, site_row(w, s).institution)
        seats = institution_terms(w, institution.group).seats
        if seats == NONE or institution.enrolled < seats:
            return s
    return -1


@rule
def admit(w, p, intake, number):
    """Give an applicant who is taken a row and a seat at the next site with a free one."""
    s = free_site(w, p)
    if s < 0:
        return
    i = w.people
    w.people += 1
    fill(w, i, p, intake, number)
    if programme_terms(w, p).demand == COMMITTED_SEATS:
        give_seat(w, i)
    start_training(w, i, s)
