"""The business cycle of sectors, and jobs that reopen (E18)."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run

from smpsim.agents import employer
from smpsim.vocabulary import ITEMS
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World

FIRMS = {"name": "firms", "country": "destination", "sector": "care", "initial_vacancies": 200}


def shocks(sd=0.3, persistence=0.9, months=400, sectors=("care", "care", "food")):
    """Return the factor of each group's sector by month."""
    cycle = {"sd": sd, "persistence": persistence}
    groups = [
        {**FIRMS, "name": f"firms {n}", "sector": sector, "cycle": cycle}
        for n, sector in enumerate(sectors)
    ]
    names = [group["name"] for group in groups]
    scenario = bare({"programmes.pilot.employers": names}, employers=groups, months=months)
    world = World(blueprint(scenario, 1))
    world.advance(0, 1, 0)
    found = []
    for _ in range(months):
        world.advance(1)
        found.append(world.employer_groups["factor"].copy())
    return np.array(found)


def test_firms_of_a_sector_share_their_shocks_and_others_do_not():
    care, same, food = shocks().T
    assert np.array_equal(care, same)
    assert not np.array_equal(care, food)
    assert abs(np.corrcoef(np.log(care), np.log(food))[0, 1]) < 0.3


def test_the_cycle_is_a_first_order_autoregression_with_mean_one():
    found = np.concatenate([shocks(sectors=(f"sector {n}",))[:, 0] for n in range(6)])
    assert found.mean() == pytest.approx(1.0, abs=0.06)
    shock = np.log(found) + 0.5 * 0.3**2
    assert shock.std() == pytest.approx(0.3, rel=0.15)
    assert np.corrcoef(shock[1:], shock[:-1])[0, 1] == pytest.approx(0.9, abs=0.04)


def test_expectations_return_to_the_long_run_mean():
    expected = employer.factor_expected
    by_hand = np.mean([1 + 0.5 * 0.9**month for month in range(24)])
    assert expected(1.5, 0.9, 24) == pytest.approx(by_hand)
    assert expected(1.5, 0.0, 10) == pytest.approx(1.05)
    assert expected(1.0, 0.9, 24) == 1.0


def test_vacancies_and_margins_move_with_the_cycle():
    cycle = {"employers.firms.cycle": {"sd": 0.6, "persistence": 0.98}}
    rest = {
        "employers.firms.vacancies_per_year": {"poisson": 12},
        "employers.firms.margin_per_month": 100,
        "employers.firms.count": 20,
    }
    calm, moving = (ensemble(bare({**rest, **c}, months=100), 60) for c in ({}, cycle))

    def opened(found):
        return (found.last("vacancies_open") + found.last("vacancies_filled")) - 20_000

    assert opened(moving).std() > 3 * opened(calm).std()
    assert opened(moving).mean() == pytest.approx(opened(calm).mean(), rel=0.25)
    margins = [
        found.runs.ledger[:, :, :, ITEMS.index("employer_margin"), :].sum(axis=(1, 2, 3))
        for found in (calm, moving)
    ]
    assert margins[0].std() < 1e-6 * margins[0].mean()
    assert margins[1].std() > 0.05 * margins[1].mean()
    assert margins[1].mean() == pytest.approx(margins[0].mean(), rel=0.25)


def test_without_a_shock_nothing_moves():
    world = one_run(bare({"employers.firms.vacancies_per_year": 12}))
    assert (world.employer_groups["factor"] == 1.0).all()


def test_a_downturn_keeps_employers_from_engaging():
    def share(margin):
        changes = {
            "employers.firms.count": 200,
            "employers.firms.margin_per_month": margin,
            "behaviour.participation": {"steepness": 1.0, "scale": 2000, "alternative_value": 8000},
        }
        return ensemble(bare(changes, months=1), 5).last("employers_engaged").mean() / 200

    assert share(400) > share(300) > share(100)


def test_jobs_of_those_who_quit_reopen():
    quits = {
        "behaviour.retention.quit": 0.05,
        "employers.firms.initial_vacancies": 25,
        "institutions.schools.count": 2,
    }
    world = one_run(bare(quits))
    again = one_run(bare({**quits, "behaviour.vacancies.reopened": 0.5}))
    left = int((again.people["left"] >= 0).sum())
    opened = again.employers["opened"].sum() - world.employers["opened"].sum()
    assert left == (world.people["left"] >= 0).sum() > 60
    assert opened == pytest.approx(left / 2, abs=3 * np.sqrt(left) / 2)
    held = again.employers["open_vacancies"] + again.employers["hired"]
    assert np.array_equal(held + again.employers["filled_locally"], again.employers["opened"])
