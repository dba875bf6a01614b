"""How a programme grows into its plan, intake by intake, and what funders judge it by (E17)."""

from __future__ import annotations

import numpy as np

from smpsim.agents.programme import grown_ramp, quality_of_growth
from smpsim.compiled import inlined, rule
from smpsim.world.state import behaviour, cohort_row, programme_row, programme_terms

SEEN_MONTHS = 24  # for which intakes show a government that its capacity is used (assumption)


@inlined
def cohort_of(w, person):
    """Return the intake with which a person came."""
    first = programme_row(w, person.programme).first_cohort
    return cohort_row(w, first + np.int64(person.intake))


@rule
def ramp_of_intake(w, p):
    """Return the seats against the plan of the intake of programme p that opens now (E17)."""
    terms = programme_terms(w, p)
    record = programme_row(w, p)
    if record.opened == 0 or record.ramp >= 1.0:
        return min(record.ramp, 1.0)
    graduated, offers = 0, 0
    seen = w.month - terms.training_months_before_departure - behaviour(w).scaling_offer_months
    for k in range(record.first_cohort, record.first_cohort + record.opened):
        cohort = cohort_row(w, k)
        if cohort.opened > seen:
            break
        graduated += cohort.graduated
        offers += cohort.offers
    if graduated == 0:
        return record.ramp
    return grown_ramp(behaviour(w), record.ramp, offers / graduated, terms.intakes_every_months)


@rule
def begin_cohort(w, p, share):
    """Note an intake that opens with a share of the seats of the design (E17)."""
    terms = programme_terms(w, p)
    record = programme_row(w, p)
    cohort = cohort_row(w, record.first_cohort + record.opened)
    months = terms.intakes_every_months
    cohort.opened = w.month
    cohort.planned = terms.renewal_planned_per_month * months * share
    cohort.quality = quality_of_growth(behaviour(w), record.grown, share, months)
    cohort.enrolled = 0
    cohort.graduated = 0
    cohort.offers = 0
    cohort.placed = 0
    record.grown = share


@rule
def success_of(w, g):
    """Return placed against expected of a destination's intakes that can have arrived (E16).

    Of the last two years, so that what a government answers to lapses when use ends.
    """
    expected, placed = 0.0, 0
    for p in range(w.programme_count):
        terms = programme_terms(w, p)
        if terms.government != g:
            continue
        record = programme_row(w, p)
        last = w.month - terms.months_to_arrive
        first = last - max(SEEN_MONTHS, terms.intakes_every_months)
        # the latest intakes first
        for k in range(record.first_cohort + record.opened - 1, record.first_cohort - 1, -1):
            cohort = cohort_row(w, k)
            if cohort.opened <= first:
                break
            if cohort.opened <= last:
                expected += cohort.planned if cohort.planned > 0.0 else float(cohort.enrolled)
                placed += cohort.placed
    return min(placed / expected, 1.0) if expected > 0.0 else 0.0


@rule
def judged_placements(w, p):
    """Return placements planned and made of the intakes old enough to have arrived (E17)."""
    record = programme_row(w, p)
    old = w.month - programme_terms(w, p).months_to_arrive
    planned, placed = 0.0, 0
    for k in range(record.first_cohort, record.first_cohort + record.opened):
        cohort = cohort_row(w, k)
        if cohort.opened > old:
            break
        planned += cohort.planned
        placed += cohort.placed
    return planned, placed
