"""E16: destinations respond to placements and public mood, origins to the outflow."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run, within_three_errors

P, D, HOME = "programmes.pilot", "governments.destination", "governments.origin"
TALKS = {
    f"{D}.dialogue": 1.0,
    "behaviour.adaptation": {"responsiveness": 2.0, "lag_months": 6},
    f"{P}.intakes": {"seats": 50, "every_months": 6, "number": 16},
}


def factor(changes, months=96):
    return one_run(bare(changes, months=months)).governments["capacity_factor"].max()


def test_capacity_responds_to_placements_not_to_demand():
    assert factor(TALKS) == pytest.approx(3.0, abs=0.01)
    # employers are as willing, and a third of the visas are granted
    assert factor({**TALKS, f"{D}.visa.lanes.standard.refusal": 0.66}) < 2.0
    assert factor({**TALKS, f"{P}.channel": "none"}) == 1.0
    assert factor({**TALKS, f"{D}.dialogue": 0.0}) == 1.0


def test_capacity_responds_only_once_intakes_can_have_arrived():
    world = one_run(bare({**TALKS, f"{P}.departure_months": 12}, months=17))
    assert world.governments["capacity_factor"].max() == 1.0
    world = one_run(bare({**TALKS, f"{P}.departure_months": 12}, months=24))
    assert world.governments["capacity_factor"].max() > 1.5


LEAVING = {
    "behaviour.retention": {"without_notice": 0.05},
    "behaviour.people": {"savings": 0, "credit": 1e9},
    f"{P}.contract.permit_bound": True,
    f"{P}.costs.travel": 60000,
    f"{P}.funding.travel": {"trainee": 1.0},
    f"{D}.visa.lanes.standard.decisions_per_month": 10,
    f"{P}.intakes": {"seats": 50, "every_months": 6, "number": 16},
    "behaviour.adaptation.lag_months": 6,
}


def test_the_mood_falls_when_people_leave_without_notice():
    calm = one_run(bare(LEAVING, months=96))
    sour = one_run(bare({**LEAVING, f"{D}.mood.without_notice": 2.0}, months=96))
    assert calm.programmes["left_without_notice"][0] > 100
    assert calm.governments["capacity_factor"].max() == 1.0
    row = sour.governments[1]
    gone = sour.programmes["left_without_notice"][0] / sour.programmes["placed"][0]
    assert row["mood"] == pytest.approx(np.exp(-2.0 * gone), rel=0.03)
    assert row["capacity_factor"] < 0.6
    assert sour.programmes["visas"][0] < calm.programmes["visas"][0]


BRAIN = {
    f"{P}.intakes": {"seats": 50, "every_months": 6, "number": 40},
    f"{HOME}.brake": {"stock": 2500, "outflow_from": 0.02, "strength": 0.5},
    "behaviour.adaptation.lag_months": 12,
}


def test_the_origin_keeps_more_people_at_home_while_too_many_leave():
    world = one_run(bare(BRAIN, months=240))
    kept = np.diff(world.series("domestic")[:, 0])
    # a hundred a year may leave at first, twice what is tolerated: later about 67
    late = world.series("migrated")[:, 0]
    yearly = (late[239] - late[119]) / 10
    # at rest d = strength (outflow / 50 - 1) and outflow = 100 (1 - d)
    assert yearly == pytest.approx(100 * 1.5 / 2, rel=0.1)
    assert kept[:6].sum() == 0
    stopped = {**BRAIN, f"{P}.intakes": {"seats": 50, "every_months": 6, "number": 8}}
    world = one_run(bare(stopped, months=240))
    assert world.governments["kept_home"].max() < 1e-3


def test_without_a_stated_stock_nobody_is_kept_at_home():
    plain = {k: v for k, v in BRAIN.items() if "brake" not in k}
    world = one_run(bare(plain, months=120))
    assert world.programmes["domestic"][0] == 0


@pytest.mark.parametrize(("dialogue", "hazard"), [(0.0, 0.02), (1.0, 0.02 + 0.06 * 0.5)])
def test_a_channel_opens_with_a_hazard_that_dialogue_raises(dialogue, hazard):
    changes = {
        f"{P}.channel": "new",
        f"{P}.training.months_before_departure": 0,
        f"{D}.channel_opening": 0.02,
        f"{D}.channel_dialogue": 0.06,
        f"{D}.dialogue": dialogue,
    }
    found = ensemble(bare(changes), 400)
    # willing employers show half of the use
    placed = found.column("placed") > 0
    for month in (10, 30):
        assert within_three_errors(placed[:, month].astype(float), 1 - np.exp(-hazard * month))


def test_a_channel_without_a_hazard_opens_on_its_date():
    changes = {f"{P}.channel": "new", f"{D}.new_channel_months": 20}
    found = ensemble(bare(changes), 3).column("placed")
    assert (found[:, 19] == 0).all()
    assert (found[:, 20] == 100).all()


def test_a_downturn_lowers_the_mood():
    cycle = {"employers.firms.cycle": {"sd": 0.5, "persistence": 0.98}}
    moods = []
    for replication in range(20):
        changes = {**cycle, f"{D}.mood.downturn": 1.0}
        world = one_run(bare(changes, months=24), replication=replication)
        factor = world.employer_groups["factor"][0]
        moods.append((factor, world.governments["mood"][1]))
    factors, found = np.array(moods).T
    np.testing.assert_allclose(found, np.exp(-np.maximum(1 - factors, 0)), rtol=0.3)
    assert found.min() < 0.9
    assert found.max() == 1.0
