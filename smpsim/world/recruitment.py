"""What employers do in a month: vacancies, awareness, engagement, matching (E1 to E4, E10)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.employer import (
    AWARE,
    ENGAGED,
    UNAWARE,
    WITHDRAWN,
    takes_part,
)
from smpsim.agents.programme import (
    LATE_INVOLVEMENT,
    NO_INVOLVEMENT,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.beliefs import read_reports
from smpsim.world.costs import employers_cost
from smpsim.world.cycle import move_cycle, vacancies_of_month
from smpsim.world.decisions_of_employers import (
    awareness_of,
    own_value,
    participation_of,
    shown_by,
)
from smpsim.world.expectations import alternative_to, cost_to_employer, stake_of, value_of_seat
from smpsim.world.layout import TOGETHER
from smpsim.world.luck import EMPLOYER_MONTH, binomial, four_numbers, poisson_from, unit
from smpsim.world.state import (
    behaviour,
    employer_group,
    employer_row,
    employer_terms,
    neighbour_cell,
    neighbour_start_cell,
    openings_row,
    partner_of,
    partnership_row,
    programme_row,
    programme_terms,
)
from smpsim.world.turns import change_vacancies, take_turn


@rule
def open_vacancies(w):
    """Let vacancies open, and be filled locally, at every employer."""
    for g in range(w.employer_group_count):
        move_cycle(w, g)
        terms = employer_terms(w, g)
        opened = 0 if terms.random_vacancies else evenly_opened(w, g)
        chance = terms.random_vacancies or terms.local_fill_chance > 0.0
        if not chance and opened == 0:
            continue
        mean = vacancies_of_month(w, g)
        none = math.exp(-mean)
        group = employer_group(w, g)
        for e in range(group.first, group.end):
            place = (e - group.first) % TOGETHER
            if chance and place == 0:
                throw_openings(w, e, min(TOGETHER, group.end - e))
            luck = openings_row(w, place)
            if terms.local_fill_chance > 0.0 and employer_row(w, e).open_vacancies > 0:
                fill_locally(w, e, terms.local_fill_chance, luck.filled)
            if terms.random_vacancies:
                opened = poisson_from(none, mean, luck.opened)
            if opened > 0:
                change_vacancies(w, e, opened, 0)
                employer_row(w, e).opened += opened
                take_turn(w, e)


@rule
def throw_openings(w, first, count):
    """Draw the luck of the month for employers who stand together in a group.

    In a loop of its own, where the processor works on the numbers of several at a time.
    """
    employer = employer_row(w, first)
    key, number = np.int64(employer.luck), np.int64(employer.number)
    for n in range(count):
        opened, filled, _, _ = four_numbers(w, EMPLOYER_MONTH, key, number + n, w.month)
        luck = openings_row(w, n)
        luck.opened = unit(opened)
        luck.filled = unit(filled)


@inlined
def fill_locally(w, e, chance, u):
    """Let open vacancies of employer e be filled from the local market."""
    filled = binomial(employer_row(w, e).open_vacancies, chance, u)
    if filled > 0:
        change_vacancies(w, e, 0, filled)
        employer_row(w, e).filled_locally += filled


@rule
def evenly_opened(w, g):
    """Return how many vacancies each employer of a group without chance opens this month."""
    group = employer_group(w, g)
    # the small term keeps 12 twelfths from falling short of one
    carried = group.carried + vacancies_of_month(w, g) + 1e-9
    opened = int(carried)
    group.carried = carried - opened - 1e-9
    return opened


@rule
def hear(w, p):
    """Let employers hear of a programme, from promotion and from those who take part (E1)."""
    terms = programme_terms(w, p)
    b = behaviour(w)
    record = programme_row(w, p)
    members = 0.0
    if terms.association_reach > 0.0:
        members = record.engaged / record.partnerships
    for k in range(record.first_partnership, record.first_partnership + record.partnerships):
        partnership = partnership_row(w, k)
        if partnership.state != UNAWARE:
            continue
        share = 0.0
        if partnership.active_neighbours > 0:
            e = partnership.employer
            links = neighbour_start_cell(w, e + 1).value - neighbour_start_cell(w, e).value
            share = partnership.active_neighbours / links
        partnership.aware_hazard += awareness_of(w, b, partnership, terms, share, members)
        if partnership.aware_hazard >= partnership.luck_aware:
            partnership.state = AWARE
            record.aware += 1
            partnership.decides = w.month
            if b.participation_steepness != NONE and w.month > 0:
                partnership.decides = next_plan(w, partnership.employer, w.month)


@inlined
def next_plan(w, e, month):
    """Return the month of the first staffing plan of employer e from a month on."""
    return month + (employer_row(w, e).plans_in - w.calendar_month - month) % 12


@rule
def change_active(w, p, k, change):
    """Count one more or one fewer employer that takes part, for its neighbours too (E1)."""
    programme_row(w, p).engaged += change
    e = partnership_row(w, k).employer
    for n in range(neighbour_start_cell(w, e).value, neighbour_start_cell(w, e + 1).value):
        other = partner_of(w, p, neighbour_cell(w, n).value)
        if other >= 0:
            partnership_row(w, other).active_neighbours += change


@inlined
def withdraw(w, p, k):
    """Let an employer that takes part withdraw."""
    partnership_row(w, k).state = WITHDRAWN
    partnership_row(w, k).withdrew_in = w.month
    change_active(w, p, k, -1)


@rule
def decide(w, p, k, charged):
    """Let an employer that knows a programme engage, stay or withdraw (E3)."""
    partnership = partnership_row(w, k)
    b = behaviour(w)
    terms = programme_terms(w, p)
    employer = employer_row(w, partnership.employer)
    cost = cost_to_employer(w, k, charged)
    partnership.cost = cost
    alternative, scale = 0.0, 1.0
    if b.participation_steepness != NONE or own_value():
        read_reports(w, p, k)
        partnership.value = value_of_seat(w, p, k, cost)
        alternative = alternative_to(w, b, employer, terms)
        scale = b.participation_scale * stake_of(b, terms)
    partnership.trust_then = partnership.trust
    group = employer_terms(w, employer.group)
    if partnership.founds:
        employer.open_to_it = 1
    chance = participation_of(w, b, partnership, employer, group, cost, alternative, scale)
    if partnership.founds:
        # founders are those who would engage, if anybody would at these terms
        partnership.luck_engage *= chance
        partnership.founds = 0
    if partnership.luck_engage < chance:
        if not takes_part(partnership.state):
            partnership.state = ENGAGED
            change_active(w, p, k, 1)
            take_turn(w, partnership.employer)
    elif takes_part(partnership.state):
        withdraw(w, p, k)
    partnership.decides = next_plan(w, partnership.employer, w.month + 1)


@inlined
def is_invited(w, p):
    """Return whether employers may take part in programme p by now (Action 2)."""
    terms = programme_terms(w, p)
    return terms.employer_involvement != NO_INVOLVEMENT and (
        terms.employer_involvement != LATE_INVOLVEMENT or w.month >= terms.late_from_month
    )


@rule
def decide_partnerships(w, p):
    """Let employers hear of a programme, and let those decide who plan or have news (E1 to E3)."""
    record = programme_row(w, p)
    if record.settled or record.partnerships == 0:
        return
    month = w.month
    if record.aware < record.partnerships:
        hear(w, p)
    invited = is_invited(w, p)
    charged = -1.0
    for k in range(record.first_partnership, record.first_partnership + record.partnerships):
        partnership = partnership_row(w, k)
        if partnership.decides > month or partnership.state == UNAWARE:
            continue
        if invited:
            if charged < 0.0:
                charged = employers_cost(w, p)
            decide(w, p, k, charged)
        elif takes_part(partnership.state):
            withdraw(w, p, k)
    # without a decision by value all who know and can pay take part, for good
    everybody = invited and record.engaged == record.partnerships
    lasting = behaviour(w).participation_steepness == NONE and not w.rules_exchanged
    record.settled = everybody and lasting and record.willing


@rule
def signal_of(w, p):
    """Return the willingness and use that a programme's employers show, 0 to 1 (E16)."""
    record = programme_row(w, p)
    if record.partnerships == 0:
        return 0.0
    shown = 0.0
    for k in range(record.first_partnership, record.first_partnership + record.partnerships):
        shown += shown_by(w, partnership_row(w, k))
    return shown / record.partnerships
