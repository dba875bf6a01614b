"""Programmes: how many apply, who is taken, and whether funders go on (E5 and E17)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.view import RowAgent
from smpsim.compiled import rule
from smpsim.vocabulary import (
    FOLLOWED,
    Demand,
    Involvement,
    LegalChannel,
    Recognition,
    Selection,
    place,
)

BY_EMPLOYER = place("employer", Selection)
SHARED = place("shared", Selection)
AT_DESIGN = place("design", Involvement)
LATE_INVOLVEMENT = place("late", Involvement)
NO_INVOLVEMENT = place("none", Involvement)
NEW_CHANNEL = place("new", LegalChannel)
NO_CHANNEL = place("none", LegalChannel)
BEFORE_DEPARTURE = place("before_departure", Recognition)
AFTER_ARRIVAL = place("after_arrival", Recognition)
COMMITTED_SEATS = place("committed", Demand)

PROGRAMME = np.dtype(
    [
        ("luck", "i8"),  # key of the luck of its people, from its name
        ("first_partnership", "i8"),
        ("partnerships", "i8"),
        ("first_site", "i8"),
        ("sites", "i8"),
        ("next_site", "i8"),  # round robin of enrolment
        ("next_partner", "i8"),  # round robin of committed seats
        ("opened", "i8"),  # intakes opened
        ("intakes_due", "i8"),  # intakes of the design that were due, opened or not
        ("next_intake", "i8"),  # month
        ("running", "i8"),  # 1: intakes go on
        ("active", "i8"),  # 1: the programme runs, with intakes to come or people under way
        ("first_cohort", "i8"),
        ("factor", "f8"),  # seats against the terms, as funders renewed them (E17)
        ("ramp", "f8"),  # seats against that, as far as the programme has grown (E17)
        ("grown", "f8"),  # seats of the last intake against the terms
        ("carried", "f8"),  # fraction of a seat
        ("carried_plan", "f8"),  # the same of the design's seats
        ("stopped_by", "i8"),  # cause for which no more intakes open (`CAUSES`)
        ("planned", "i8"),  # seats of the intakes that were due
        ("lost", "i8"),  # of these, lost to any cause
        ("spent", "f8"),  # costs so far, currency
        ("applicants", "i8"),
        ("looked", "i8"),  # month for which its prospects hold
        ("believed_placement", "f8"),  # by people: to get an offer and a visa
        ("believed_visa_months", "f8"),  # by people
        ("enrolled", "i8"),
        ("exam_sittings", "i8"),
        ("graduated", "i8"),
        ("offers", "i8"),
        ("offers_cancelled", "i8"),
        ("visas", "i8"),
        ("placed", "i8"),  # arrived at their sponsor
        ("migrated", "i8"),  # arrived in the destination, own search included
        ("domestic", "i8"),  # graduates on the domestic track
        ("rehired", "i8"),  # fixed contracts followed by another
        ("converted", "i8"),  # permits converted to permanent ones
        ("assistants", "i8"),  # abroad now, before their recognition is complete
        ("partly_recognised", "i8"),  # decisions so far, before departure and abroad
        ("unrecognised", "i8"),  # arrived, and not recognised in the end
        ("left_without_notice", "i8"),  # workers whose permit bound them
        ("engaged", "i8"),  # employers now engaged, committed or hiring
        ("aware", "i8"),  # employers now aware or further
        ("settled", "i8"),  # 1: nothing can change who takes part until an intervention
        ("willing", "i8"),  # 1: no employer has a limit of what it pays
        ("successes", "f8"),  # hires who stayed and were found ready
        ("failures", "f8"),  # and those who did not
        ("vacancies_open", "i8"),  # of all its employers, whatever they are filled with
        ("vacancies_filled", "i8"),
        ("seats_committed", "i8"),  # whose trainees are still in training
        ("mean_alignment", "f8"),  # of its institutions
        ("trust_total", "f8"),  # mean trusts of all its employers, summed
        ("new_applicants", "i8"),  # looked at; counts of this month, from which costs follow
        ("training_cost", "f8"),
        ("trainee_months", "i8"),
        ("exams", "i8"),
        ("recognitions", "i8"),
        ("visa_applications", "i8"),
        ("departures", "i8"),
        ("new_placed", "i8"),
        ("new_placed_small", "i8"),  # at small and medium employers
        ("adaptation_months", "i8"),
        ("returnees", "i8"),
        ("refunds", "i8"),
        ("own_cost", "f8"),  # what trainees paid this month for the way abroad
        ("new_migrated", "i8"),
        ("enrolled_before", "i8"),  # up to the end of the last month
        ("margin", "f8"),  # employers' margin a month, summed over the sponsored and followed
        ("first_followed", "i8"),  # first cohort whose window is open
        ("followed", "i4", (len(FOLLOWED),)),  # people of cohorts that are followed
    ]
)


# an intake and what became of its people
COHORT = np.dtype(
    [
        ("opened", "i8"),  # month
        ("planned", "f8"),  # placements that funders expect of it
        ("quality", "f8"),  # factor on teaching quality (E17)
        ("enrolled", "i8"),
        ("graduated", "i8"),
        ("offers", "i8"),  # held, or followed by an arrival
        ("placed", "i8"),
        ("ends", "i8"),  # month in which its gains no longer count, -1: they do not
        ("margin", "f8"),  # its part of the programme's sums
        ("assistants", "i8"),
        ("followed", "i4", (len(FOLLOWED),)),
    ]
)


@rule
def application_response(b, placement_rate, log_wage_ratio, cost_share, guaranteed):
    """Return applicants against the base number: record, wage gap, cost, guarantee (E5)."""
    push = b.selection_placement_record * placement_rate + b.selection_wage_gap * log_wage_ratio
    push += b.selection_job_guarantee * guaranteed - b.selection_cost_share * cost_share
    # beyond 700 an exponential is infinite
    return min(math.exp(min(push, 700.0)), b.selection_largest_response)


@rule
def selection_noise(b, selection):
    """Return the error with which aptitude is observed: less, the more employers control (E5)."""
    if selection == BY_EMPLOYER:
        return b.selection_noise_employer
    if selection == SHARED:
        return b.selection_noise_shared
    return b.selection_noise_institution


@rule
def grown_ramp(b, ramp, offers_per_graduate, months):
    """Return the seats against the plan of an intake some months after the last (E17).

    min(1, ramp (1 + g x offers per graduate)^(months / 12)): a yearly rate, so that growth does
    not hang on how often intakes open.
    """
    growth = 1.0 + b.scaling_ramp * min(max(offers_per_graduate, 0.0), 1.0)
    return min(1.0, ramp * growth ** (months / 12.0))


@rule
def quality_of_growth(b, before, now, months):
    """Return the factor on teaching quality in an intake with more seats than the last (E17).

    exp(-cost x log2 of the growth of a year): teachers are not found as fast as seats.
    """
    if b.scaling_quality_cost == 0.0 or before <= 0.0 or now <= before:
        return 1.0
    doublings = math.log2(now / before) * 12.0 / months
    return min(max(math.exp(-b.scaling_quality_cost * doublings), 0.0), 1.0)


@rule
def renewed_factor(b, factor, placed, planned):
    """Return the seats against the design after a renewal date; 0 ends the programme (E17)."""
    if planned <= 0.0:
        return factor
    record = placed / planned
    if record < b.scaling_end_below:
        return 0.0
    if record >= b.scaling_grow_from:
        return min(factor * (1.0 + b.scaling_growth), b.scaling_largest_growth)
    return factor


class Programme(RowAgent):
    """A programme, with what happened so far."""

    table = "programmes"
    fields = PROGRAMME
    read_only = (
        *("first_partnership", "partnerships", "first_site", "sites", "next_site", "next_partner"),
        *("opened", "applicants"),
    )

    @property
    def name(self) -> str:
        """Name in the scenario."""
        return self.model.scenario.programmes[self.row].name

    @property
    def terms(self) -> np.void:
        """The terms in force, a row that can be written (`PROGRAMME_TERMS`)."""
        return self.model.world.programme_terms[self.row]
