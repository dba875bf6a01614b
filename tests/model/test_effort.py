"""E19: what institutions are paid for decides how they teach, select and keep a curriculum."""

import numpy as np
import pytest
from worlds import bare, ensemble, one_run

from smpsim.agents import institution

P, S = "programmes.pilot", "institutions.schools"
chosen = institution.chosen_effort
WORKING = {
    f"{S}.quality": 0.6,
    f"{S}.alignment": 0.5,
    f"{P}.training.months_before_departure": 8,
    f"{P}.intakes": {"seats": 40, "every_months": 6, "number": 8, "applicants_per_seat": 3},
    "behaviour.people.aptitude": {"beta": {"mean": 0.5, "sd": 0.2}},
    "behaviour.training": {"skill_rate": 0.15, "aptitude_effect": 1.0},
    "behaviour.exam": {"pass_probability": None, "skill_needed": 0.5, "skill_noise": 0.08},
    "behaviour.selection.noise_institution": 0.5,
    "behaviour.effort": {"quality": 0.6, "selection": 0.5, "alignment": 0.5},
}


class B:
    effort_response = 1.0
    effort_cost = 0.5


def test_effort_solves_the_first_order_condition():
    # pay x dP/de = c e, P logistic
    assert chosen(B, 0, 0.5, 0.5) == 0.0
    assert chosen(B, 1, 0.5, 0.1) == 0.25 / 0.5
    assert chosen(B, 1, 1.0, 0.5) == chosen(B, 1, 0.0, 0.5) == 0.0
    g, place, step = 0.6, 0.7, 1e-6
    odds = [np.log(g / (1 - g)), np.log(place / (1 - place))]
    success = [np.prod([1 / (1 + np.exp(-x - e)) for x in odds]) for e in (0.0, step)]
    assert chosen(B, 2, g, place) == pytest.approx((success[1] - success[0]) / step / 0.5, rel=1e-4)


def test_institutions_do_what_they_are_paid_for():
    rates, gaps = {}, {}
    for paid in (None, "enrolled", "graduate", "placement"):
        world = ensemble(bare({**WORKING, f"{S}.paid_per": paid}, months=72), 60)
        rates[paid] = (world.last("graduated") / world.last("enrolled")).mean()
        gaps[paid] = world.column("mean_alignment")[:, -1].mean()
    assert rates["enrolled"] < rates[None] < rates["graduate"]
    assert rates["enrolled"] < rates["placement"]
    # a curriculum follows the destination only where placements pay
    assert gaps["placement"] > gaps["graduate"] == gaps["enrolled"] == gaps[None] == 0.5


def test_effort_follows_the_record_year_by_year():
    easy = {**WORKING, "behaviour.exam.skill_needed": 0.05, f"{S}.paid_per": "graduate"}
    world = one_run(bare(easy, months=72))
    # where all pass anyway there is nothing to gain
    assert (world.institutions["effort"] < 0.1).all()
    even = one_run(bare({**WORKING, f"{S}.paid_per": "graduate"}, months=72))
    assert (even.institutions["effort"] > 0.3).all()


def test_selection_errors_are_fewer_where_success_is_paid():
    apt = {}
    for paid in ("enrolled", "graduate"):
        world = one_run(bare({**WORKING, f"{S}.paid_per": paid}, months=72), seed=3)
        taken = world.people["enrolled"] >= 0
        apt[paid] = world.people["aptitude"][taken].mean()
    assert apt["graduate"] > apt["enrolled"]


def test_without_performance_pay_effort_changes_nothing():
    plain = {k: v for k, v in WORKING.items() if "effort" not in k}
    one, other = (ensemble(bare(c, months=72), 3) for c in (plain, WORKING))
    np.testing.assert_array_equal(one.runs.trajectories, other.runs.trajectories)
