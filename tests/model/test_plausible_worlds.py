"""Runs that draw what is uncertain: each in a world of its own, the same for all designs."""

import numpy as np
import pandas as pd
import pytest

import smpsim
from smpsim.ensemble import simulate
from smpsim.scenario import load
from smpsim.scenario.parameters import parameters
from smpsim.scenario.worlds import Worlds
from smpsim.studies.sweep.sweep import evaluate
from smpsim.world.blueprint import blueprint
from smpsim.world.blueprints import NETWORKS, Blueprints

DROPOUT = "behaviour.training.dropout"
RANGES = {
    DROPOUT: {"low": 0.004, "centre": 0.012, "high": 0.04},
    "behaviour.participation.alternative_value": {"low": 2000, "centre": 4000, "high": 9000},
    "behaviour.people.savings.lognormal.median": {"low": 400, "centre": 800, "high": 1600},
}


@pytest.fixture(scope="module")
def design():
    return load("reference", {"months": 48, **RANGES})


@pytest.fixture(scope="module")
def drawn(design):
    return smpsim.run(design, 12, 5, parameters="likely", threads=1)


def test_each_run_depends_only_on_its_world(design, drawn):
    worlds = Worlds(design, parameters("likely"), 5)
    for number in (0, 7, 11):
        world = worlds.scenario(number)
        plan = blueprint(world, 5 + number % NETWORKS)
        alone = simulate(plan, 5, range(number, number + 1), threads=1)
        assert np.array_equal(alone.trajectories[0], drawn.trajectory_array[number], equal_nan=True)
        assert np.array_equal(alone.ledger[0], drawn.ledger_array[number])


def test_threads_and_more_runs_change_no_number(design, drawn):
    more = smpsim.run(design, 15, 5, parameters="likely", threads=3)
    assert np.array_equal(more.trajectory_array[:12], drawn.trajectory_array, equal_nan=True)
    look = more.second_look[more.second_look["run"] < 12].reset_index(drop=True)
    pd.testing.assert_frame_equal(look, drawn.second_look)


def test_a_sweep_and_a_comparison_have_the_same_worlds(design, drawn):
    table = evaluate(
        design, pd.DataFrame([{}]), replications=12, seed=5, parameters="likely", threads=1
    )
    assert list(table["placed"]) == list(drawn.outcome_table["placed"])
    both = smpsim.compare(
        design,
        replications=12,
        seed=5,
        parameters="likely",
        overrides_b={"discount_rate": 0.1},
        names=("now", "later"),
    )
    assert both.a == drawn
    assert list(both.b.outcome_table["placed"]) == list(drawn.outcome_table["placed"])
    assert "later places more in 0 of 12 worlds, and fewer in 0" in " ".join(both.sentences)


def test_values_set_by_a_design_are_not_drawn(design):
    rows = pd.DataFrame({DROPOUT: [0.0, 0.0]})
    table = evaluate(design, rows, replications=6, seed=5, parameters="likely", threads=1)
    halves = [group["dropped_out"].to_numpy() for _, group in table.groupby("design")]
    assert np.array_equal(*halves)
    other = smpsim.run(design, 6, 5, parameters="likely", overrides={DROPOUT: 0.0})
    assert list(other.outcome_table["dropped_out"]) == list(halves[0])


def test_with_parameters_at_the_centre_ranges_change_nothing(design):
    plain = load("reference", {"months": 48})
    one, other = (smpsim.run(one, 4, 5, parameters="centre") for one in (plain, design))
    assert one == other
    assert other.second_look is None
    assert "chance alone" in " ".join(other.sentences)


def test_the_spread_is_the_sum_of_chance_and_uncertainty(design):
    wide = {DROPOUT: {"low": 0.001, "centre": 0.012, "high": 0.2}}
    found = smpsim.run(load("reference", {"months": 48, **wide}), 60, 5, parameters="likely")
    spread = found.spread().loc[found.programmes[0]]
    dropouts = spread.loc["dropped_out"]
    assert dropouts["unknown"] > 0.8
    assert dropouts["unknown"] + dropouts["chance"] == pytest.approx(1)
    assert dropouts["unknown_low"] < dropouts["unknown"] < dropouts["unknown_high"]
    assert dropouts["worlds"] == 60
    assert "what is not known" in " ".join(found.sentences)
    alone = smpsim.run(design, 10, 5, parameters="centre").spread()
    assert set(alone["chance"].dropna()) == {1.0}


def test_a_stored_result_keeps_its_split_of_the_spread(design, drawn, tmp_path):
    drawn.write(tmp_path)
    again = smpsim.read(tmp_path)
    assert again == drawn
    pd.testing.assert_frame_equal(again.spread(), drawn.spread())


def test_links_between_employers_are_drawn_too(design):
    plans = Blueprints(design, 5, "likely")
    first, second = plans.of(0), plans.of(1)
    assert not np.array_equal(first.neighbours, second.neighbours)
    assert np.array_equal(first.neighbours, plans.of(NETWORKS).neighbours)
