"""E17: programmes grow into their plan or fail to, and funders judge only what can have arrived."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run

P = "programmes.pilot"
GROWING = {
    f"{P}.intakes": {"seats": 80, "every_months": 12, "number": 6, "pilot_share": 0.125},
    "behaviour.scaling": {"ramp": 1.0, "offer_months": 6},
}


def seats(scenario):
    """Return how many started in each intake."""
    started = np.diff(ensemble(scenario, 1).column("enrolled")[0], prepend=0)
    return [int(n) for n in started if n > 0]


def test_seats_double_while_every_graduate_has_an_offer():
    # six months of training and six more: the offers of an intake are known when the next opens
    assert seats(bare(GROWING, months=72)) == [10, 20, 40, 80, 80, 80]


def test_growth_is_a_rate_a_year_whatever_the_interval():
    twice = {**GROWING[f"{P}.intakes"], "every_months": 6, "number": 9}
    found = seats(bare({**GROWING, f"{P}.intakes": twice}, months=72))
    assert found[0] == found[1] == 10
    assert found[2] == pytest.approx(10 * 2**0.5, abs=1)
    assert found[4] == pytest.approx(10 * 2**1.5, abs=1)


@pytest.mark.parametrize(
    "missing",
    [
        {"employers.firms.initial_vacancies": 0},
        {f"{P}.channel": "none"},
        {"behaviour.exam.pass_probability": 0},
        {"behaviour.scaling.ramp": 0},
    ],
)
def test_a_programme_without_offers_does_not_grow(missing):
    assert set(seats(bare({**GROWING, **missing}, months=72))) == {10}


def test_with_half_as_many_offers_seats_grow_half_as_fast():
    half = {**GROWING, f"{P}.domestic_track_share": 0.5}
    found = ensemble(bare(half, months=72), 200).column("enrolled")
    second = found[:, 12] - found[:, 11]
    assert second.mean() == pytest.approx(15, abs=0.5)


def test_starting_with_the_whole_plan_changes_nothing():
    plain = {f"{P}.intakes": {"seats": 80, "every_months": 12, "number": 6}}
    ramped = {**plain, "behaviour.scaling": {"ramp": 3.0, "quality_cost": 5.0}}
    one, other = (ensemble(bare(c, months=72), 3) for c in (plain, ramped))
    np.testing.assert_array_equal(one.runs.trajectories, other.runs.trajectories)


def test_growing_fast_costs_quality():
    changes = {
        **GROWING,
        "behaviour.training.skill_rate": 0.1,
        "institutions.schools.quality": 0.8,
        "behaviour.scaling": {"ramp": 1.0, "quality_cost": 0.2},
    }
    world = one_run(bare(changes, months=72))
    taught = world.people[world.people["graduated"] >= 0]
    skill = [taught["skill"][taught["intake"] == k].mean() for k in range(6)]
    assert skill[1] == pytest.approx(1 - (1 - 0.08 * np.exp(-0.2)) ** 6, rel=1e-5)
    assert skill[0] == pytest.approx(1 - (1 - 0.08) ** 6, rel=1e-5)
    # the last two intakes are as large as the one before
    assert skill[3] == pytest.approx(skill[1])
    assert skill[4] == pytest.approx(skill[0])


RENEWED = {
    f"{P}.intakes": {"seats": 20, "every_months": 6, "number": 16},
    f"{P}.training.months_before_departure": 12,
    f"{P}.departure_months": 6,
    "behaviour.scaling": {"end_below": 0.1, "grow_from": 0.8, "growth": 0.5, "largest_growth": 2},
}


@pytest.mark.parametrize("every", [6, 12, 24])
def test_a_renewal_decision_before_anybody_can_have_arrived_ends_nothing(every):
    renewal = {"every_months": every, "planned_per_month": 20 / 6}
    world = one_run(bare({**RENEWED, f"{P}.renewal": renewal}, months=96))
    assert world.programmes["running"][0] == 1
    # 18 months after its start the first intake has arrived as planned
    factors = world.series("seats_factor")[:, 0]
    assert set(factors[:18]) == {1.0}
    assert factors[24] in (1.5, 2.0)
    assert factors[-1] == 2.0


@pytest.mark.parametrize("every", [6, 12, 24])
def test_funders_end_a_programme_that_places_nobody(every):
    renewal = {"every_months": every, "planned_per_month": 20 / 6}
    failing = {**RENEWED, f"{P}.renewal": renewal, f"{P}.channel": "none"}
    world = one_run(bare(failing, months=96))
    assert world.programmes["running"][0] == 0
    assert world.series("seats_factor")[17, 0] == 1.0
    assert world.series("seats_factor")[24, 0] == 0.0


def test_a_pilot_is_judged_against_the_seats_it_had():
    renewal = {"every_months": 12, "planned_per_month": 20 / 6}
    intakes = {**RENEWED[f"{P}.intakes"], "pilot_share": 0.2}
    world = one_run(bare({**RENEWED, f"{P}.renewal": renewal, f"{P}.intakes": intakes}, months=96))
    assert world.programmes["factor"][0] == 2.0
    assert world.programmes["ramp"][0] == 0.2


def test_funders_may_state_when_they_judge():
    renewal = {"every_months": 6, "planned_per_month": 20 / 6, "arrival_months": 40}
    world = one_run(bare({**RENEWED, f"{P}.renewal": renewal, f"{P}.channel": "none"}, months=96))
    factors = world.series("seats_factor")[:, 0]
    assert set(factors[:42]) == {1.0}
    assert factors[42] == 0.0
