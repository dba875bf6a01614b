"""From the sections of a scenario to the rows of terms that rules read."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.employer import EMPLOYER_TERMS
from smpsim.agents.government import GOVERNMENT_TERMS, LANE_TERMS
from smpsim.agents.institution import INSTITUTION_TERMS
from smpsim.agents.programme import PROGRAMME_TERMS
from smpsim.scenario.places import Poisson
from smpsim.scenario.programmes import Programme
from smpsim.scenario.quantities import median
from smpsim.scenario.schema import Scenario
from smpsim.vocabulary import (
    SHARED_ITEMS,
    SHARING_PARTIES,
    VOUCHING,
    Involvement,
    LanguageLevel,
    LegalChannel,
    Recognition,
    Selection,
    SharingParty,
    place,
)
from smpsim.world.behaviour_terms import behaviour_row, fill
from smpsim.world.tabulated import Quantiles

# items that fall due before a trainee's departure, so that the trainee's share must be at hand
BEFORE_ARRIVAL = ("training", "language", "exam", "recognition", "visa", "travel")


def lanes_of(scenario: Scenario) -> list[tuple[int, str]]:
    """Return (government, lane name) for each visa lane, in the order of their numbers."""
    return [
        (g, name)
        for g, government in enumerate(scenario.governments.values())
        if government.role == "destination"
        for name in government.visa.lanes
    ]


def most_people(parts: list[Scenario]) -> int:
    """Return the largest possible number of applicants over all segments of a timeline."""
    total = 0
    for p in range(len(parts[0].programmes)):
        largest = max(intake_bound(part, part.programmes[p]) for part in parts)
        programme = parts[0].programmes[p]
        possible = math.ceil(parts[0].months / programme.intakes.every_months)
        total += largest * min(programme.intakes.number, possible)
    return max(total, 1)


def intake_bound(scenario: Scenario, programme: Programme) -> int:
    """Return a bound of the applicants of one intake of a programme."""
    selection = scenario.behaviour.selection
    effects = (selection.placement_record, selection.wage_gap, selection.job_guarantee)
    response = selection.largest_response if any(effects) or selection.cost_share else 1.0
    growth = scenario.behaviour.scaling.largest_growth if scenario.behaviour.scaling.growth else 1.0
    # one more seat for a carried fraction
    seats = math.floor(programme.intakes.seats * growth) + 1
    per_seat = applicants_per_seat(scenario, programme)
    return math.ceil(seats * per_seat * response)


def mean(values: list[float]) -> float:
    """Return the mean of a few numbers, for which numpy takes longer to begin than to add up."""
    return sum(values) / len(values)


def origin_terms(scenario: Scenario, programme: Programme) -> tuple[int, float, float]:
    """Return set-up months, outreach and domestic share of a programme's origins.

    Of several origins the slowest sets up last, outreach is their mean, and the strictest
    domestic share holds.
    """
    groups = [g for g in scenario.institutions if g.name in programme.institutions]
    origins = [scenario.governments[g.origin] for g in groups]
    return (
        max(o.setup_months for o in origins),
        mean([o.outreach for o in origins]),
        max(o.domestic_share for o in origins),
    )


def applicants_per_seat(scenario: Scenario, programme: Programme) -> float:
    """Return applicants per seat with the origin's outreach."""
    return programme.intakes.applicants_per_seat * origin_terms(scenario, programme)[1]


def unit_costs(scenario: Scenario, programme: Programme) -> dict[str, float]:
    """Return expected costs of one recruit by shared item, set-up and overhead apart."""
    groups = [g for g in scenario.institutions if g.name in programme.institutions]
    training = mean([g.cost_per_trainee_month for g in groups])
    costs = programme.costs
    length = programme.training.months_before_departure
    recognised = programme.recognition != "none"
    recognition = scenario.governments[programme.destination].recognition.cost
    return {
        "selection": costs.selection * applicants_per_seat(scenario, programme),
        "training": training * length,
        "language": costs.language * length,
        "stipend": costs.stipend * length,
        "exam": costs.exam if programme.training.exam else 0.0,
        "recognition": recognition if recognised else 0.0,
        "visa": costs.visa,
        "travel": costs.travel,
        "adaptation": costs.adaptation * programme.training.months_after_arrival,
    }


def cost_of(costs: dict[str, float], programme: Programme, party: SharingParty) -> dict[str, float]:
    """Return a party's part of the costs of one recruit by shared item, currency."""
    return {
        item: amount * programme.payers_of(item).get(party, 0.0) for item, amount in costs.items()
    }


def entrant_values(scenario: Scenario, programme: Programme, q: Quantiles) -> dict[str, object]:
    """Return who applies to a programme: its own entrants, else those of all programmes."""
    people, own = scenario.behaviour.people, programme.entrants
    age = people.age if own.age is None else own.age
    skill = people.initial_skill if own.initial_skill is None else own.initial_skill
    hours = own.initial_language_hours
    if hours is None:
        hours = people.initial_language_hours
    employed = people.prior_employment if own.prior_employment is None else own.prior_employment
    varied = (people.aptitude, age, people.motivation)
    return {
        "age": q.number(age, 15.0, 80.0),
        "initial_skill": q.number(skill, 0.0, 1.0),
        "initial_language": q.number(hours, 0.0, 5000.0),
        "prior_employment": employed,
        "people_vary": any(d.kind != "constant" for d in varied) or employed > 0,
    }


def programme_rows(scenario: Scenario, q: Quantiles) -> np.ndarray:
    """Return a row of terms for each programme."""
    rows = np.zeros(len(scenario.programmes), PROGRAMME_TERMS)
    governments = list(scenario.governments)
    lanes = lanes_of(scenario)
    for row, programme in zip(rows, scenario.programmes, strict=True):
        setup, _, domestic = origin_terms(scenario, programme)
        destination = scenario.governments[programme.destination]
        training, contract, wages = programme.training, programme.contract, programme.wages
        costs = unit_costs(scenario, programme)
        trainee = cost_of(costs, programme, "trainee")
        own = sum(trainee[item] for item in BEFORE_ARRIVAL)
        total = sum(costs[item] for item in BEFORE_ARRIVAL)
        wait = float(training.months_after_offer + programme.departure_months)
        if programme.recognition == "before_departure":
            wait += median(destination.recognition.months)
        if programme.demand == "committed":
            wait += training.months_before_departure
        ratio = 0.0
        if wages.origin > 0 and wages.destination > 0:
            ratio = math.log(wages.destination / wages.origin)
        cost = [getattr(programme.costs, item, 0.0) for item in SHARED_ITEMS]
        g = governments.index(programme.destination)
        employer = sum(cost_of(costs, programme, "employer").values())
        fixed = contract.kind != "permanent" and contract.months
        values: dict[str, object] = {
            "setup_months": programme.setup_months + setup,
            "seats": programme.intakes.seats,
            "every": programme.intakes.every_months,
            "intakes": programme.intakes.number,
            "applicants_per_seat": applicants_per_seat(scenario, programme),
            "budget": math.inf if programme.intakes.budget is None else programme.intakes.budget,
            **entrant_values(scenario, programme, q),
            "training_months": training.months_before_departure,
            "exam": training.exam,
            "months_after_offer": training.months_after_offer,
            "months_after_arrival": training.months_after_arrival,
            "departure_months": programme.departure_months,
            "language_target": place(training.language_target, LanguageLevel),
            "language_hours": training.language_hours_per_month,
            "involvement": place(programme.employer_involvement, Involvement),
            "late_from": programme.late_from_month,
            "founding_share": programme.founding_share,
            "selection": place(programme.selection, Selection),
            "committed": programme.demand == "committed",
            "forecast_error": programme.forecast_error,
            "guarantee": programme.job_guarantee,
            "channel": place(programme.channel, LegalChannel),
            "lane": lanes.index((g, programme.visa_lane)),
            "government": g,
            "recognition": place(programme.recognition, Recognition),
            "contract_months": contract.months if fixed else 0,
            "renewable": contract.renewable,
            "clause_months": contract.retention_clause_months,
            "domestic_share": max(programme.domestic_track_share, domestic),
            "refund_share": programme.refund_share,
            "refund_months": programme.refund_months,
            "wait_before_visa": wait,
            "support": programme.integration_support,
            "promotion": programme.promotion,
            "association_reach": programme.association_reach,
            "vouching": -1 if programme.vouching is None else place(programme.vouching, VOUCHING),
            "fee": programme.fee_per_recruit,
            "trainee_cost_share": own / total if total > 0 else 0.0,
            "trainee_cost": own,
            "employer_cost": employer + programme.fee_per_recruit,
            "log_wage_ratio": ratio,
            "renewal_months": programme.renewal.every_months,
            "planned_per_month": programme.renewal.planned_per_month,
            "wage_gain": max(wages.destination - wages.origin, 0.0),
            "tax": wages.tax * wages.destination,
            "remittances": wages.remitted * wages.destination,
            "skilled_output": wages.skilled_output,
            "cost": cost,
        }
        fill(row, values)
    return rows


def funding_table(scenario: Scenario) -> np.ndarray:
    """Return shares by programme, shared item and party; what is left out the donor pays."""
    table = np.zeros((len(scenario.programmes), len(SHARED_ITEMS), len(SHARING_PARTIES)))
    for p, programme in enumerate(scenario.programmes):
        for n, item in enumerate(SHARED_ITEMS):
            for party, value in programme.payers_of(item).items():
                table[p, n, place(party, SHARING_PARTIES)] = value
    return table


def monthly_chance(hazard: float) -> float:
    """Return the chance of an event in a month from its hazard."""
    return -math.expm1(-hazard)


def build_terms(scenario: Scenario, q: Quantiles) -> dict[str, np.ndarray]:
    """Return the terms of one segment of a scenario's timeline."""
    names = list(scenario.governments)
    institutions = np.zeros(len(scenario.institutions), INSTITUTION_TERMS)
    for row, group in zip(institutions, scenario.institutions, strict=True):
        fill(
            row,
            {
                "government": names.index(group.origin),
                "seats": -1 if group.seats is None else group.seats,
                "quality": q.number(group.quality, 0.0, 1.0),
                "alignment": q.number(group.alignment, 0.0, 1.0),
                "cost_per_trainee_month": group.cost_per_trainee_month,
                "language_speed": group.language_speed,
                "mapped": group.mapped,
            },
        )
    employers = np.zeros(len(scenario.employers), EMPLOYER_TERMS)
    for row, hiring in zip(employers, scenario.employers, strict=True):
        opening = hiring.vacancies_per_year
        yearly = opening.poisson if isinstance(opening, Poisson) else opening
        # of several programmes the one whose occupation fits most vacancies decides (Action 1)
        matches = [p.occupation_match for p in scenario.programmes if hiring.name in p.employers]
        fill(
            row,
            {
                "vacancies_per_month": yearly / 12.0 * max(matches, default=1.0),
                "random_vacancies": isinstance(opening, Poisson),
                "large": hiring.size == "large",
                "vouching": place(hiring.vouching, VOUCHING),
                "government": names.index(hiring.country),
                "willingness": q.number(hiring.willingness_to_pay, 0.0, math.inf),
                "patience": q.number(hiring.patience_months, 0.0, math.inf),
                "local_fill": monthly_chance(hiring.local_fill),
                "trust_mean": -1.0 if hiring.trust_prior_mean is None else hiring.trust_prior_mean,
                "margin": hiring.margin_per_month,
                "poaching": hiring.poaching,
                "initial_vacancies": hiring.initial_vacancies,
            },
        )
    governments = np.zeros(len(names), GOVERNMENT_TERMS)
    for row, government in zip(governments, scenario.governments.values(), strict=True):
        quota = government.visa.quota_per_year
        starts = government.recognition.starts_per_month
        fill(
            row,
            {
                "destination": government.role == "destination",
                "quota": -1 if quota is None else quota,
                "recognition_months": q.number(government.recognition.months, 0.0, 600.0),
                "recognition_starts": math.inf if starts is None else starts,
                "recognition_cost": government.recognition.cost,
                "family_work_rights": government.family_work_rights,
                "dialogue": government.dialogue,
                "small_firm_incentive": government.small_firm_incentive,
                "new_channel_months": government.new_channel_months,
                "setup_months": government.setup_months,
                "outreach": government.outreach,
                "domestic_share": government.domestic_share,
                "quality_assurance": government.quality_assurance,
            },
        )
    lane_names = lanes_of(scenario)
    lanes = np.zeros(len(lane_names), LANE_TERMS)
    for row, (g, name) in zip(lanes, lane_names, strict=True):
        lane = scenario.governments[names[g]].visa.lanes[name]
        capacity = lane.decisions_per_month
        fill(
            row,
            {
                "government": g,
                "capacity": math.inf if capacity is None else capacity,
                "minimum": lane.minimum_months,
                "refusal": lane.refusal,
                "background": lane.background_per_month,
                "random_arrivals": lane.random_arrivals,
                "delay": q.number(lane.months, 0.0, 600.0),
            },
        )
    return {
        "behaviour": behaviour_row(scenario, q),
        "programme_terms": programme_rows(scenario, q),
        "institution_terms": institutions,
        "employer_terms": employers,
        "government_terms": governments,
        "lane_terms": lanes,
        "funding": funding_table(scenario),
    }
