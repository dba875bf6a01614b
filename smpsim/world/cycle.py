"""The business cycle: a shock common to the firms of a sector, and places open again (E18)."""

from __future__ import annotations

import numpy as np

from smpsim.agents.employer import cycle_after, cycle_factor, factor_expected
from smpsim.compiled import inlined, rule
from smpsim.world.luck import (
    SECTOR_MONTH,
    STANDARD_NORMAL,
    VACANCY_REOPENED,
    draw,
    four_numbers,
    unit,
)
from smpsim.world.people import luck_of
from smpsim.world.state import (
    behaviour,
    employer_group,
    employer_row,
    employer_terms,
    partnership_row,
    programme_row,
    trainee_row,
)
from smpsim.world.turns import change_vacancies, take_turn


@rule
def begin_cycle(w, g):
    """Draw the state in which a sector's cycle is at the start: any, as often as it comes."""
    group = employer_group(w, g)
    sd = employer_terms(w, g).cycle_sd
    group.shock = 0.0
    group.factor = 1.0
    if sd > 0.0:
        luck = four_numbers(w, SECTOR_MONTH, group.sector_luck, 0, 0)[0]
        group.shock = sd * draw(w, STANDARD_NORMAL, unit(luck))
        group.factor = cycle_factor(group.shock, sd)


@rule
def move_cycle(w, g):
    """Move a sector's cycle on by a month; all groups of a sector meet the same shocks."""
    terms = employer_terms(w, g)
    group = employer_group(w, g)
    if terms.cycle_sd == 0.0:
        group.shock = 0.0
        group.factor = 1.0
        return
    if w.month > 0:
        luck = four_numbers(w, SECTOR_MONTH, group.sector_luck, 0, w.month)[0]
        z = draw(w, STANDARD_NORMAL, unit(luck))
        group.shock = cycle_after(group.shock, terms.cycle_persistence, terms.cycle_sd, z)
        group.factor = cycle_factor(group.shock, terms.cycle_sd)


@inlined
def vacancies_of_month(w, g):
    """Return the mean number of vacancies that each employer of a group opens this month."""
    return employer_terms(w, g).vacancies_per_month * employer_group(w, g).factor


@inlined
def expected_factor(w, g, months):
    """Return the mean factor on margins that employers of a group expect."""
    factor = employer_group(w, g).factor
    if factor == 1.0:
        return 1.0
    return factor_expected(factor, employer_terms(w, g).cycle_persistence, months)


@rule
def margin_factor(w, p):
    """Return the factor on a programme's margins: its sectors', by the workers they have."""
    moving = False
    for g in range(w.employer_group_count):
        moving = moving or employer_group(w, g).factor != 1.0
    if not moving:
        return 1.0
    record = programme_row(w, p)
    total, moved = 0.0, 0.0
    for k in range(record.first_partnership, record.first_partnership + record.partnerships):
        employer = employer_row(w, partnership_row(w, k).employer)
        margin = employer.workers * employer_terms(w, employer.group).margin_per_month
        total += margin
        moved += margin * employer_group(w, employer.group).factor
    return moved / total if total != 0.0 else 1.0


@rule
def reopen_place(w, i):
    """Open the place of a worker who quit again, with the share of places still needed."""
    share = behaviour(w).vacancies_reopened
    person = trainee_row(w, i)
    if share > 0.0 and luck_of(w, person, VACANCY_REOPENED) < share:
        e = np.int64(person.employer)
        change_vacancies(w, e, 1, 0)
        employer_row(w, e).opened += 1
        take_turn(w, e)
