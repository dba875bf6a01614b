"""The terms of a scenario: the rows that rules read, and what of them has to be computed.

What follows from one field of the schema is derived in `smpsim.world.parameters`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from smpsim.scenario.copula import joint_scores
from smpsim.scenario.places import EmployerGroup, Poisson
from smpsim.scenario.programmes import Entrants, Programme
from smpsim.scenario.quantities import Distribution, median
from smpsim.scenario.schema import Scenario
from smpsim.scenario.waits import expected_visa_delay, training_waited_for, wait_before_visa
from smpsim.vocabulary import (
    LEVELS,
    NONE,
    OWN_ITEMS,
    PARTIES,
    SHARED_ITEMS,
    SHARING_PARTIES,
    CostUnit,
    SharingParty,
    place,
)
from smpsim.world.parameters import (
    BEHAVIOUR,
    EMPLOYER_TERMS,
    GOVERNMENT_TERMS,
    INSTITUTION_TERMS,
    LANE_TERMS,
    OWN_COST,
    PROGRAMME_TERMS,
)
from smpsim.world.tabulated import Quantiles

LONGEST = 1e6
"""Months that no run lasts."""

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


def people_at_first(scenario: Scenario) -> int:
    """Return for how many people a world has rows before it meets any response or growth."""
    total = 0
    for programme in scenario.programmes:
        intakes = programme.intakes
        possible = math.ceil(scenario.months / intakes.every_months)
        total += seats_at_first(programme) * min(intakes.number, possible)
    # one for the applicant who is looked at
    return total + 1


def intake_at_first(scenario: Scenario, programme: Programme) -> int:
    """Return the applicants of one intake whom who selects looks at, without any growth."""
    return math.ceil(seats_at_first(programme) * looked_at_per_seat(scenario, programme))


def looked_at_per_seat(scenario: Scenario, programme: Programme) -> float:
    """Return the most applicants a seat whom who selects looks at."""
    longest = scenario.behaviour.applying.longest_list
    reached = applicants_per_seat(scenario, programme)
    return reached if longest is None else min(reached, longest)


def seats_at_first(programme: Programme) -> int:
    """Return the seats of one intake of a programme without any growth."""
    # one more for a carried fraction
    return math.floor(programme.intakes.seats) + 1


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
        "selection": costs.selection * looked_at_per_seat(scenario, programme),
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


def entrants_of(scenario: Scenario, programme: Programme) -> Entrants:
    """Return who applies to a programme: its own entrants, where it names none those of all."""
    people, own = scenario.behaviour.people, programme.entrants
    missing = [name for name, value in own if value is None]
    return own.model_copy(update={name: getattr(people, name) for name in missing})


def vary(distributions: Sequence[Distribution | None]) -> bool:
    """Return whether people differ in any of some attributes."""
    return any(d is not None and d.kind != "constant" for d in distributions)


def programme_values(scenario: Scenario, programme: Programme) -> dict[str, object]:
    """Return what is computed of the terms of a programme whose entrants are complete."""
    governments = list(scenario.governments)
    g = governments.index(programme.destination)
    people, entrants = scenario.behaviour.people, programme.entrants
    contract, wages = programme.contract, programme.wages
    setup, _, domestic = origin_terms(scenario, programme)
    costs = unit_costs(scenario, programme)
    trainee = cost_of(costs, programme, "trainee")
    own = sum(trainee[item] for item in BEFORE_ARRIVAL)
    total = sum(costs[item] for item in BEFORE_ARRIVAL)
    wait = wait_before_visa(scenario, programme)
    ratio = log_ratio(wages.destination, wages.origin)
    net_wage = wages.destination * (1.0 - wages.tax)
    varied = (people.aptitude, entrants.age, people.motivation)
    households = (
        *(entrants.prior_wage, entrants.schooling, entrants.language_aptitude, entrants.savings),
        *(entrants.credit, entrants.attachment, entrants.impatience),
    )
    return {
        "months_to_set_up": programme.setup_months + setup,
        "applicants_per_seat": applicants_per_seat(scenario, programme),
        "people_vary": vary(varied) or bool(entrants.prior_employment or people.correlations),
        "households_vary": vary(households)
        or bool(entrants.women or entrants.dependants or people.correlations),
        "government": g,
        "lane": lanes_of(scenario).index((g, programme.visa_lane)),
        "months_to_arrive": months_to_arrive(scenario, programme, wait),
        "contract_months": (contract.months or 0) if contract.kind != "permanent" else 0,
        "mandated_share": domestic,
        **language_of_work(scenario, programme),
        "domestic_share": max(programme.domestic_track_share, domestic),
        "wait_before_visa": wait,
        "trainee_cost_share": own / total if total > 0 else 0.0,
        "trainee_cost": own,
        "log_wage_ratio": ratio,
        "log_wage_outside": 0.0
        if wages.outside is None
        else log_ratio(wages.destination, wages.outside),
        "log_net_wage_ratio": log_ratio(net_wage, wages.origin),
        "net_wage": net_wage,
        "months_to_target": months_to_target(scenario, wages.origin, net_wage),
        "wage_at_home": wages.origin,
        **expected_by_people(scenario, programme),
        "gross_wage": wages.destination,
        "tax": wages.tax * wages.destination,
        "remittances": wages.remitted * wages.destination,
    }


def months_to_target(scenario: Scenario, wage_at_home: float, net_wage: float) -> float:
    """Return after how many months abroad a worker has saved what the journey was for (E14)."""
    retention = scenario.behaviour.retention
    saved = retention.saved_share * net_wage
    if retention.savings_target is None or saved <= 0:
        return LONGEST
    return min(retention.savings_target * wage_at_home / saved, LONGEST)


def months_to_arrive(scenario: Scenario, programme: Programme, wait: float) -> int:
    """Return after how many months from its start funders expect an intake to have arrived."""
    if programme.renewal.arrival_months is not None:
        return programme.renewal.arrival_months
    training = programme.training.months_before_departure - training_waited_for(programme)
    return math.ceil(training + wait + expected_visa_delay(scenario, programme))


def language_of_work(scenario: Scenario, programme: Programme) -> dict[str, float]:
    """Return the level that the work needs, and the hours to each level of the language (E7)."""
    training = programme.training
    target = float(LEVELS.index(training.language_target))
    needed = target
    if training.language_needed is not None:
        needed = float(LEVELS.index(training.language_needed))
    elif training.language != "other":
        needed = max(target, scenario.behaviour.readiness.language_needed)
    name = "level_hours" if training.language == "other" else f"{training.language}_hours"
    hours = getattr(scenario.behaviour.training, name)
    return {
        "language_needed": needed,
        **{f"level_hours_{n}": value for n, value in enumerate(hours, 1)},
    }


def expected_by_people(scenario: Scenario, programme: Programme) -> dict[str, float]:
    """Return what is computed of the terms that decide whether people go (E5)."""
    applying, wages, contract = scenario.behaviour.applying, programme.wages, programme.contract
    destination = scenario.governments[programme.destination]
    prices = applying.price_level if wages.price_level is None else wages.price_level
    abroad = wages.destination * (1.0 - wages.tax) / prices
    trained = wages.trained
    if trained is None:
        # half of what a trained worker adds is paid out (assumption)
        trained = wages.origin + 0.5 * wages.skilled_output
    months = float(applying.months_abroad)
    if contract.kind != "permanent" and contract.months is not None:
        months = min(months, float(contract.months))
    ties = 1.0 - applying.diaspora * programme.diaspora
    if destination.family_work_rights:
        ties *= 1.0 - applying.family_rights
    before = float(applying.offer_months + programme.training.months_after_offer)
    if programme.recognition == "before_departure":
        before += median(destination.recognition.months)
    living = wages.living_cost
    if living is None:
        living = scenario.behaviour.training.living_share * wages.origin
    return {
        "trained_wage": trained,
        "living_cost": living,
        "wage_abroad": abroad,
        "idle_income": applying.chance_at_home * wages.origin,
        "home_income": applying.chance_at_home * trained,
        "clause_burden": applying.clause * abroad,
        "ties": ties,
        "months_abroad": months,
        "months_before_visa": before,
        "months_after_visa": float(programme.departure_months),
        "wait_after_offer": before - applying.offer_months,
    }


def employer_values(scenario: Scenario, hiring: EmployerGroup) -> dict[str, object]:
    """Return what is computed of the terms of a group of employers."""
    opening = hiring.vacancies_per_year
    yearly = opening.poisson if isinstance(opening, Poisson) else opening
    # of several programmes the one whose occupation fits most vacancies decides (Action 1)
    matches = [p.occupation_match for p in scenario.programmes if hiring.name in p.employers]
    return {
        "government": list(scenario.governments).index(hiring.country),
        "large": hiring.size == "large",
        "vacancies_per_month": yearly / 12.0 * max(matches, default=1.0),
        "random_vacancies": isinstance(opening, Poisson),
        # the chance of an event in a month from its hazard
        "local_fill_chance": -math.expm1(-hiring.local_fill),
    }


def log_ratio(value: float, base: float) -> float:
    """Return log(value / base), 0 where one of them is 0."""
    if value <= 0 or base <= 0:
        return 0.0
    ratio = value / base
    # of amounts so far apart that their ratio is infinite or zero, the logarithms still differ
    usable = 0 < ratio < math.inf
    return math.log(ratio) if usable else math.log(value) - math.log(base)


def funding_table(scenario: Scenario) -> np.ndarray:
    """Return shares by programme, shared item and party."""
    table = np.zeros((len(scenario.programmes), len(SHARED_ITEMS), len(SHARING_PARTIES)))
    for p, programme in enumerate(scenario.programmes):
        for n, item in enumerate(SHARED_ITEMS):
            for party, value in programme.payers_of(item).items():
                table[p, n, place(party, SHARING_PARTIES)] = value
    return table


def own_items(scenario: Scenario) -> dict[str, str]:
    """Return the costs that a scenario adds, by name, with their payees, in their places."""
    return {
        name: str(one.payee)
        for programme in scenario.programmes
        for name, one in programme.own_costs.items()
    }


def own_cost_table(scenario: Scenario) -> np.ndarray:
    """Return the costs that a scenario adds, by programme and place."""
    table = np.zeros((len(scenario.programmes), len(OWN_ITEMS)), OWN_COST)
    table["per"] = NONE
    for p, programme in enumerate(scenario.programmes):
        for place_of, name in enumerate(own_items(scenario)):
            one = programme.own_costs.get(name)
            if one is None:
                continue
            row = table[p, place_of]
            row["per"] = place(one.per, CostUnit)
            row["amount"] = one.amount
            row["payee"] = place(one.payee, PARTIES)
            for party, share in programme.payers_of_own(one).items():
                row["shares"][place(party, SHARING_PARTIES)] = share
    return table


def build_terms(scenario: Scenario, q: Quantiles) -> dict[str, np.ndarray]:
    """Return the terms of one segment of a scenario's timeline."""
    names = list(scenario.governments)
    governments = list(scenario.governments.values())
    behaviour = scenario.behaviour
    programmes = [
        programme.model_copy(update={"entrants": entrants_of(scenario, programme)})
        for programme in scenario.programmes
    ]
    lanes = [(g, governments[g].visa.lanes[name]) for g, name in lanes_of(scenario)]
    scores = joint_scores(behaviour.people.correlations)
    off = scores - np.diag(np.diag(scores))
    computed = {
        "retention_clause_factor": math.exp(-behaviour.retention.inside_clause),
        "people_joined": sum(1 << int(k) for k in np.flatnonzero(off.any(axis=1))),
        "people_scores": scores.ravel(),
    }
    return {
        "behaviour": BEHAVIOUR.table([behaviour], q, [computed]),
        "programme_terms": PROGRAMME_TERMS.table(
            programmes, q, [programme_values(scenario, programme) for programme in programmes]
        ),
        "institution_terms": INSTITUTION_TERMS.table(
            scenario.institutions,
            q,
            [{"government": names.index(group.origin)} for group in scenario.institutions],
        ),
        "employer_terms": EMPLOYER_TERMS.table(
            scenario.employers,
            q,
            [employer_values(scenario, hiring) for hiring in scenario.employers],
        ),
        "government_terms": GOVERNMENT_TERMS.table(governments, q),
        "lane_terms": LANE_TERMS.table(
            [lane for _, lane in lanes], q, [{"government": g} for g, _ in lanes]
        ),
        "funding": funding_table(scenario),
        "own_costs": own_cost_table(scenario),
    }
