"""Robustness: domination, regret, satisficing, compromise and hypervolume, computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from smpsim.results.conditions import Condition
from smpsim.studies.search.archive import goals_of, met_by, violation
from smpsim.studies.search.robustness import (
    compromise,
    fronts,
    hypervolumes,
    nondominated,
    regret,
    regret_summary,
    scaled,
    share_with_interval,
    spread,
)
from smpsim.studies.search.space import worst_instead

INF, NAN = np.inf, np.nan
EVERY = np.ones(3, bool)


def test_domination_is_found():
    goals = np.array([[1, 4], [2, 2], [4, 1], [2, 3], [2, 2], [5, 5]], float)
    # equal designs do not dominate each other
    assert nondominated(goals).tolist() == [True, True, True, False, True, False]
    both = np.stack([goals, -goals])
    assert nondominated(both)[1].tolist() == [False] * 5 + [True]


def test_fronts_are_updated_as_designs_are_added():
    rng = np.random.default_rng(5)
    goals = np.round(rng.random((300, 3)), 1)
    goals[::7] = INF
    ends = [10, 40, 300]
    for front, end in zip(fronts(goals, ends), ends, strict=True):
        expected = nondominated(goals[:end]) & np.isfinite(goals[:end]).all(axis=1)
        assert front.tolist() == np.flatnonzero(expected).tolist()
    assert [len(one) for one in fronts(np.full((4, 2), INF), [2, 4])] == [0, 0]


def test_an_unknown_value_is_the_worst_in_its_own_goal_only():
    goals = np.array([[1.0, INF], [2.0, 100.0], [2.0, INF], [INF, INF]])
    assert nondominated(goals).tolist() == [True, True, False, False]
    told = worst_instead(goals)
    assert np.isfinite(told).all()
    assert (told[[0, 2, 3], 1] > 100.0).all()
    assert told[3, 0] > 2.0
    assert nondominated(told).tolist() == [True, True, False, False]
    # nothing known at all: nobody is told apart
    assert worst_instead(np.full((2, 1), INF)).tolist() == [[0.0], [0.0]]
    assert np.isinf(goals[0, 1])


def test_regret_equals_a_hand_calculation():
    # cost in four worlds: the best is 10, 20, 30, 5
    goals = np.array([[10.0, 25.0, 30.0, 9.0], [12.0, 20.0, 40.0, 5.0], [8.0, 50.0, 31.0, 6.0]])
    choices = np.array([True, True, False])
    found = regret(goals, choices)
    assert found.tolist() == [[0, 5, 0, 4], [2, 0, 10, 0], [0, 30, 1, 1]]
    # the third beats the best choice of the first world, which is no regret
    summary = regret_summary(found)
    assert summary["mean"].tolist() == [2.25, 3.0, 8.0]
    assert summary["max"].tolist() == [5.0, 10.0, 30.0]
    assert regret(goals, EVERY)[0].tolist() == [2.0, 5.0, 0.0, 4.0]


def test_the_90th_percentile_of_regret_is_exceeded_in_one_world_in_ten():
    regrets = np.arange(1.0, 11.0)[None]
    assert regret_summary(regrets)["p90"].tolist() == [9.0]
    one_lost = np.where(regrets == 10.0, INF, regrets)
    assert regret_summary(one_lost)["p90"].tolist() == [9.0]
    two_lost = np.where(regrets >= 9.0, INF, regrets)
    assert regret_summary(two_lost)["p90"].tolist() == [INF]


def test_regret_is_defined_where_an_outcome_is_unknown():
    goals = np.array([[INF, INF, 3.0], [7.0, INF, 4.0]])
    found = regret(goals, np.ones(2, bool))
    # infinite if another design has it, nothing if no design has
    assert found.tolist() == [[INF, 0.0, 0.0], [0.0, 0.0, 1.0]]


def test_the_satisficing_share_has_its_interval():
    met = np.array([[True] * 8 + [False] * 2, [False] * 10])
    found = share_with_interval(met, 0.95)
    assert found[:, 0].tolist() == [0.8, 0.0]
    # Wilson (1927): centre (p + z^2/2n) / (1 + z^2/n), with z = 1.96 and n = 10
    z = 1.959963984540054
    centre = (0.8 + z**2 / 20) / (1 + z**2 / 10)
    half = z / (1 + z**2 / 10) * np.sqrt(0.8 * 0.2 / 10 + z**2 / 400)
    assert found[0, 1:] == pytest.approx([centre - half, centre + half])
    assert found[1, 1] == 0.0
    assert 0 < found[1, 2] < 0.35


def test_conditions_are_met_or_not():
    limit = Condition("shortfall", "<", 60.0)
    values = np.array([59.0, 60.0, 90.0, NAN])
    assert met_by(limit, values).tolist() == [True, False, False, False]
    missed = violation(limit, values)
    assert missed[0] == 0.0
    # a strict bound that is just met is missed; farther is worse; unknown is worst
    assert 0 < missed[1] < missed[2] == pytest.approx(0.5)
    assert missed[3] > missed[2]
    floor = Condition("placement_rate", ">=", 0.3)
    assert met_by(floor, np.array([0.3, 0.29, NAN])).tolist() == [True, False, False]
    assert violation(floor, np.array([0.3, 0.2]))[1] == pytest.approx(0.1)
    # without a placement its cost is above any bound, also above a floor
    dear = Condition("cost_per_placement", ">", 5.0)
    assert met_by(dear, np.array([NAN, 6.0])).tolist() == [False, True]


def test_goals_are_to_be_minimised():
    assert goals_of(np.array([3.0, NAN]), "maximize").tolist() == [-3.0, INF]
    assert goals_of(np.array([3.0, NAN]), "minimize").tolist() == [3.0, INF]


def test_the_compromise_maximises_the_worst_goal():
    goals = np.array([[0.0, 10.0], [1.0, 4.0], [2.0, 0.0], [0.9, 4.0]])
    front = np.array([True, True, True, False])
    # scaled by the front: (0, 1), (0.5, 0.4), (1, 0)
    assert scaled(goals, front)[:3].tolist() == [[0.0, 1.0], [0.5, 0.4], [1.0, 0.0]]
    assert compromise(goals, front) == 1
    assert compromise(goals, np.array([True, False, True, False])) == 0
    assert compromise(goals, np.zeros(4, bool)) is None
    unknown = np.array([[0.0, INF], [9.0, 1.0], [10.0, 0.0]])
    assert compromise(unknown, EVERY) == 2


def test_the_selection_keeps_the_best_design_for_each_goal():
    angles = np.linspace(0, np.pi / 2, 50)
    goals = np.column_stack([1 - np.cos(angles), 1 - np.sin(angles)])
    chosen = spread(goals, 5)
    assert len(set(chosen)) == 5
    assert {0, 49} <= set(chosen)
    gaps = np.diff([angles[one] for one in chosen])
    assert gaps.max() < 2.5 * gaps.min()
    assert spread(goals[:4], 5) == [0, 1, 2, 3]
    with_unknown = np.array([[0.0, INF], [1.0, 1.0], [2.0, 0.0], [1.1, 0.9]])
    assert spread(with_unknown, 2) == [0, 2]
    # of many that are equal in all goals one is enough
    assert spread(np.repeat([[0.0, 1.0], [1.0, 0.0]], 9, axis=0), 5) == [0, 9]


def test_hypervolume_equals_a_hand_calculation():
    # fronts: {(0, 2)}, then with (2, 0), then with (1, 1), which leaves nothing of (1.5, 1.5)
    goals = np.array([[0.0, 2.0], [2.0, 0.0], [1.5, 1.5], [1.0, 1.0], [INF, INF]])
    found = hypervolumes(goals, [1, 2, 4, 5])
    # scaled to (0, 1), (1, 0), (0.5, 0.5) with the reference at (1.1, 1.1)
    one = 1.1 * 0.1
    two = 2 * one - 0.01
    three = two + 0.5 * 0.5
    assert found * 1.21 == pytest.approx([one, two, three, three])
    assert hypervolumes(np.full((3, 2), INF), [1, 3]).tolist() == [0.0, 0.0]
