"""How a programme grows into its plan, intake by intake, and what funders judge it by (E17)."""

from __future__ import annotations

import numpy as np

from smpsim.agents.programme import grown_ramp, quality_of_growth
from smpsim.compiled import inlined, rule
from smpsim.world.state import behaviour, cohort_row, programme_row, programme_terms


@inlined
def cohort_of(w, person):
    """Return the intake with which a person came."""
    first = programme_row(w, person.programme).first_cohort
    return cohort_row(w, first + np.int64(person.intake))


@inlined
def quality_for(w, person, institution):
    """Return the teaching quality that a person meets: less in an intake that grew fast (E17)."""
    return institution.quality * cohort_of(w, person).quality


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
