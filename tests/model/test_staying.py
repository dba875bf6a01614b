"""E14: who stays, who quits, who goes home, and who comes back for a further contract."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run, within_three_errors

from smpsim.agents.trainee import chance_at_odds, months_until_quit
from smpsim.vocabulary import ITEMS, STAGES

P, D = "programmes.pilot", "governments.destination"
WAGES = {f"{P}.wages": {"origin": 400, "destination": 2000, "tax": 0.25}}


def kept(changes, runs=60, **top):
    """Return the share still with the sponsor two years after arrival, by run."""
    found = ensemble(bare(changes, **top), runs)
    return found.count("retained_24") / np.maximum(found.count("seen_24"), 1)


QUITS = {**WAGES, "behaviour.retention": {"quit": 0.03}}


def effect(**more):
    return {**WAGES, "behaviour.retention": {"quit": 0.03, **more}}


DIRECTIONS = {
    "wage": (effect(wage=1.0), f"{P}.wages.outside", 2600, 1600),
    "poaching": (
        {**effect(poaching=2.0), f"{P}.entrants.initial_skill": 0.8},
        "employers.firms.poaching",
        1.0,
        0.0,
    ),
    "family": (
        {**effect(family_rights=1.0), "behaviour.people.dependants": 1.0},
        f"{D}.family_work_rights",
        False,
        True,
    ),
    "dependants": (
        {**effect(family_rights=1.0), f"{D}.family_work_rights": True},
        "behaviour.people.dependants",
        0.0,
        1.0,
    ),
    "readiness": (effect(readiness=2.0), f"{P}.entrants.initial_skill", 0.1, 0.9),
    "support": (effect(integration_support=1.0), f"{P}.integration_support", 0.0, 1.0),
    "sector": (QUITS, "employers.firms.quit", 0.05, 0.005),
    "clause": (effect(inside_clause=0.16), f"{P}.contract.retention_clause_months", 0, 36),
    "home_wage": (effect(home=0.02, home_wage=0.6), f"{P}.wages.destination", 600, 4000),
    "home_family": (
        {**effect(home=0.02, home_family=1.0), "behaviour.people.dependants": 1.0},
        f"{D}.family_work_rights",
        False,
        True,
    ),
    "home_target": (
        effect(home=0.02, home_target=1.5, savings_target=8, saved_share=0.25),
        "behaviour.retention.savings_target",
        8,
        500,
    ),
}


@pytest.mark.parametrize("name", DIRECTIONS)
def test_each_reason_to_stay_raises_retention(name):
    context, lever, less, more = DIRECTIONS[name]
    low, high = (kept({**context, lever: value}) for value in (less, more))
    difference = high - low
    assert difference.mean() > 2 * difference.std(ddof=1) / np.sqrt(len(difference))


@pytest.mark.parametrize("months", [36, 120])
def test_a_clause_cuts_quits_by_a_sixth_not_by_half(months):
    clause = {f"{P}.contract.retention_clause_months": months}
    free = -np.log(kept(effect(inside_clause=0.16)).mean())
    bound = -np.log(kept({**effect(inside_clause=0.16), **clause}).mean())
    assert bound / free == pytest.approx(np.exp(-0.16), abs=0.03)


def test_quits_and_going_home_are_competing_hazards():
    rates = {"quit": 0.02, "home": 0.01, "inside_clause": 0.5, "stay_in_destination": 1.0}
    clause = {f"{P}.contract.retention_clause_months": 12}
    found = ensemble(bare({"behaviour.retention": rates, **clause}), 200)
    hazard = 12 * (0.02 * np.exp(-0.5) + 0.01) + 12 * 0.03
    share = found.count("retained_24") / found.count("seen_24")
    assert within_three_errors(share, np.exp(-hazard))
    # of those who left within the clause this part went home
    inside = 0.01 / (0.02 * np.exp(-0.5) + 0.01)
    home = found.column("returned")[:, 5 + 12] / (100 - found.column("employed")[:, 5 + 12])
    assert home.mean() == pytest.approx(inside, abs=0.02)


def test_going_home_falls_with_the_years_and_rises_when_enough_is_saved():
    changes = {
        **WAGES,
        # a fifth of 1,500 a month: sixteen months of 400 are saved in 21.3 months
        "behaviour.retention": {
            "home": 0.02,
            "home_years": -0.5,
            "home_target": 1.0,
            "savings_target": 16,
            "saved_share": 0.2,
        },
    }
    found = ensemble(bare(changes), 200)
    # hazards change at anniversaries: at the second the sum is saved
    hazards = np.array([0.02, 0.02 * np.exp(-0.5), 0.02 * np.exp(-1 + 1), 0.02 * np.exp(-1.5 + 1)])
    met = np.cumsum(12 * hazards)
    for years in (1, 2, 3, 4):
        left = found.column("employed")[:, 5 + 12 * years]
        assert within_three_errors(left, 100 * np.exp(-met[years - 1]))


def test_those_employed_elsewhere_go_home_by_the_same_rule():
    rates = {
        "quit": 5.0,
        "stay_in_destination": 1.0,
        "return_from_elsewhere": 0.02,
        "home_wage": 0.5,
        "home_years": -0.2,
    }
    found = ensemble(bare({**WAGES, "behaviour.retention": rates}), 200)
    ratio = np.exp(-0.5 * np.log(1500 / 400))
    # all quit in the month after their arrival
    hazard = 0.02 * ratio * (11 + 12 * np.exp(-0.2) + 12 * np.exp(-0.4))
    at_home = found.column("returned")[:, 5 + 36]
    assert within_three_errors(at_home, 100 * (1 - np.exp(-hazard)))


def test_indebted_workers_tied_to_an_employer_leave_without_notice():
    rates = {"quit": 0.03, "without_notice": 0.02, "stay_in_destination": 0.5}
    changes = {
        **WAGES,
        "behaviour.retention": rates,
        "behaviour.people": {"savings": 500, "credit": 1e9},
        f"{P}.contract.permit_bound": True,
        f"{P}.costs.travel": 60000,
        f"{P}.funding.travel": {"trainee": 1.0},
    }
    found = ensemble(bare(changes), 100)
    gone = found.count("left_without_notice")
    assert within_three_errors(100 - gone, 100 * np.exp(-0.02 * 54))
    assert found.last("returned").max() == 0
    # without debts the same permit sends home whoever quits
    free = ensemble(bare({**changes, "behaviour.people": {"savings": 1e6}}), 100)
    assert free.count("left_without_notice").max() == 0
    assert within_three_errors(free.last("returned"), 100 * (1 - np.exp(-0.03 * 54)))
    # and a permit that does not bind lets them quit
    loose = ensemble(bare({**changes, f"{P}.contract.permit_bound": False}), 20)
    assert loose.count("left_without_notice").max() == 0
    assert loose.last("employed_elsewhere").min() > 0


def test_debts_are_paid_back_from_the_wage_abroad():
    changes = {
        **WAGES,
        # 1,500 x 0.2 a month pay 3,600 back in a year
        "behaviour.retention": {"quit": 0.0, "without_notice": 0.05, "saved_share": 0.2},
        "behaviour.people": {"savings": 0, "credit": 1e9},
        f"{P}.contract.permit_bound": True,
        f"{P}.costs.travel": 3000,
        f"{P}.funding.travel": {"trainee": 1.0},
    }
    found = ensemble(bare(changes), 100)
    assert within_three_errors(found.last("employed"), 100 * np.exp(-0.05 * 12))


SEASONAL = {
    f"{P}.contract": {"kind": "seasonal", "months": 7, "break_months": 5},
    "behaviour.retention.rehired_after_return": 0.43,
}


def test_seasonal_workers_go_home_and_come_back():
    found = ensemble(bare(SEASONAL), 100)
    arrived = 5
    employed = found.column("employed")
    assert (employed[:, arrived + 6] == 100).all()
    assert (employed[:, arrived + 7 : arrived + 12] == 0).all()
    assert within_three_errors(employed[:, arrived + 12], 43)
    assert within_three_errors(employed[:, arrived + 24], 43 * 0.43)
    world = one_run(bare(SEASONAL))
    assert world.programmes["rehired"][0] > 0
    assert world.employers["workers"].sum() == world.headcount[0][STAGES.index("employed")]


def test_each_season_has_its_own_journey_and_the_vacancy_is_kept_open():
    paid = {**SEASONAL, f"{P}.costs.travel": 100, "employers.firms.margin_per_month": 10}
    found = ensemble(bare(paid), 20)
    back = found.count("rehired")
    ledger = found.runs.ledger.sum(axis=(1, 2, 4))
    travel = ledger[:, ITEMS.index("travel")] / 100
    assert (travel == 100 + back).all()
    worked = found.column("employed").sum(axis=1)
    assert ledger[:, ITEMS.index("employer_margin")] == pytest.approx(10 * worked)
    assert (found.last("vacancies_filled") == 100).all()


def test_sectors_rehire_and_countries_convert_at_their_own_rates():
    circular = {f"{P}.contract": {"kind": "circular", "months": 12}}
    own = {"employers.firms.rehired": 0.5, f"{D}.permit_converted": 0.3}
    found = ensemble(bare({**circular, **own}), 100)
    assert within_three_errors(found.column("returned")[:, 17], 100 * 0.2)


def test_tenure_and_readiness_raise_the_logit_of_a_further_contract():
    circular = {f"{P}.contract": {"kind": "circular", "months": 12}}
    behaviour = {"rehired_after_return": 0.4, "contract_tenure": 0.5}
    found = ensemble(bare({**circular, "behaviour.retention": behaviour}), 100)
    first, second = (1 / (1 + np.exp(-(np.log(0.4 / 0.6) + 0.5 * n))) for n in (1, 2))
    assert within_three_errors(found.column("employed")[:, 17], 100 * first)
    assert within_three_errors(found.column("employed")[:, 29], 100 * first * second)
    assert chance_at_odds(0.4, 0.0) == 0.4


def test_time_until_leaving_inverts_the_hazard():
    for needed in (0.1, 0.5, 2.0):
        months = months_until_quit(0.02, 0.8, 18, 3, needed, 0.01)
        inside = min(months, 15)
        assert 0.026 * inside + 0.03 * (months - inside) == pytest.approx(needed)
    assert months_until_quit(0.0, 0.8, 18, 3, 1.0, 0.0) == np.inf
