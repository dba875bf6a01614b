"""Programmes: how many apply, who is taken, and whether funders go on (E5 and E17)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.view import RowAgent
from smpsim.compiled import rule

BY_EMPLOYER, SHARED, BY_INSTITUTION = range(3)  # who selects
AT_DESIGN, LATE_INVOLVEMENT, NO_INVOLVEMENT = range(3)  # when employers come in
NEW_CHANNEL, EXISTING_CHANNEL, NO_CHANNEL = range(3)
BEFORE_DEPARTURE, AFTER_ARRIVAL, NOT_NEEDED = range(3)  # recognition

PROGRAMME_TERMS = np.dtype(
    [
        ("setup_months", "i8"),  # with the origin's
        ("seats", "f8"),  # per intake
        ("every", "i8"),
        ("intakes", "i8"),
        ("applicants_per_seat", "f8"),  # with the origin's outreach
        ("budget", "f8"),  # inf: no ceiling
        ("age", "i8"),  # distribution; so are the next two
        ("initial_skill", "i8"),
        ("initial_language", "i8"),
        ("prior_employment", "f8"),
        ("people_vary", "i8"),  # 0: all have the same aptitude, age and motivation
        ("training_months", "i8"),
        ("exam", "i8"),  # 0: who finishes training graduates
        ("months_after_offer", "i8"),
        ("months_after_arrival", "i8"),
        ("departure_months", "i8"),
        ("language_target", "f8"),  # CEFR as a number
        ("language_hours", "f8"),  # per month
        ("involvement", "i8"),
        ("late_from", "i8"),
        ("founding_share", "f8"),
        ("selection", "i8"),
        ("committed", "i8"),  # 1: committed seats, 0: pool
        ("forecast_error", "f8"),
        ("guarantee", "i8"),
        ("channel", "i8"),
        ("lane", "i8"),
        ("government", "i8"),  # destination
        ("recognition", "i8"),
        ("contract_months", "i8"),  # 0: permanent
        ("renewable", "i8"),  # 1: a further contract or a permanent permit may follow
        ("clause_months", "i8"),
        ("domestic_share", "f8"),  # with the origin's rule
        ("refund_share", "f8"),
        ("refund_months", "i8"),
        ("wait_before_visa", "f8"),  # months that an employer expects, visa apart (E2)
        ("support", "f8"),
        ("promotion", "f8"),
        ("association_reach", "f8"),
        ("vouching", "i8"),  # -1: the employers' own
        ("fee", "f8"),
        ("trainee_cost_share", "f8"),  # of all costs before departure
        ("trainee_cost", "f8"),  # currency, before departure
        ("employer_cost", "f8"),  # C_employer of E2, currency per recruit
        ("log_wage_ratio", "f8"),
        ("renewal_months", "i8"),
        ("planned_per_month", "f8"),
        ("wage_gain", "f8"),  # per month
        ("tax", "f8"),  # per month
        ("remittances", "f8"),  # per month
        ("skilled_output", "f8"),  # per month
        ("cost", "f8", (12,)),  # unit costs in the order of the shared items
    ]
)

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
        ("next_intake", "i8"),  # month
        ("running", "i8"),  # 1: intakes go on
        ("active", "i8"),  # 1: the programme runs, with intakes to come or people under way
        ("factor", "f8"),  # seats against the terms (E17)
        ("carried", "f8"),  # fraction of a seat
        ("spent", "f8"),  # costs so far, currency
        ("applicants", "i8"),
        ("enrolled", "i8"),
        ("graduated", "i8"),
        ("offers", "i8"),
        ("visas", "i8"),
        ("placed", "i8"),  # arrived at their sponsor
        ("migrated", "i8"),  # arrived in the destination, own search included
        ("domestic", "i8"),  # graduates on the domestic track
        ("rehired", "i8"),  # fixed contracts followed by another
        ("converted", "i8"),  # permits converted to permanent ones
        ("engaged", "i8"),  # employers now engaged, committed or hiring
        ("aware", "i8"),  # employers now aware or further
        ("settled", "i8"),  # 1: nothing can change who takes part until an intervention
        ("vacancies_open", "i8"),  # of all its employers, whatever they are filled with
        ("vacancies_filled", "i8"),
        ("seats_committed", "i8"),  # whose trainees are still in training
        ("trust_changed", "i8"),  # 1: some of these means are to be taken anew
        ("mean_alignment", "f8"),  # of its institutions
        ("trust_total", "f8"),  # mean trusts of all its employers, summed
        ("new_applicants", "i8"),  # counts of this month, from which costs follow
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
        ("margin", "f8"),  # employers' margin a month, summed over sponsored workers
    ]
)


@rule
def application_response(b, placement_rate, log_wage_ratio, cost_share, guaranteed):
    """Return applicants against the base number: record, wage gap, cost, guarantee (E5)."""
    push = b.apply_record * placement_rate + b.apply_wage * log_wage_ratio
    push += b.apply_guarantee * guaranteed - b.apply_cost * cost_share
    # beyond 700 an exponential is infinite
    return min(math.exp(min(push, 700.0)), b.apply_largest)


@rule
def selection_noise(b, selection):
    """Return the error with which aptitude is observed: less, the more employers control (E5)."""
    if selection == BY_EMPLOYER:
        return b.noise_employer
    if selection == SHARED:
        return b.noise_shared
    return b.noise_institution


@rule
def renewed_factor(b, factor, placed, planned):
    """Return the seats against the design after a renewal date; 0 ends the programme (E17)."""
    if planned <= 0.0:
        return factor
    record = placed / planned
    if record < b.end_below:
        return 0.0
    if record >= b.grow_from:
        return min(factor * (1.0 + b.growth), b.largest_growth)
    return factor


class Programme(RowAgent):
    """A programme, with what happened so far."""

    table = "programmes"
    fields = PROGRAMME

    @property
    def name(self) -> str:
        """Name in the scenario."""
        return self.model.scenario.programmes[self.row].name

    @property
    def terms(self) -> np.void:
        """The terms in force, a row that can be written (`PROGRAMME_TERMS`)."""
        return self.model.world.programme_terms[self.row]
