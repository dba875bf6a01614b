"""Means of outcomes over runs: what one placement costs is a ratio of means."""

import numpy as np
import pandas as pd
import pytest

import smpsim
from smpsim.results import funnel as funnels
from smpsim.results.estimates import means
from smpsim.results.outcomes import OUTCOMES, discount_factors, ratios, with_parts


def table(cost, placed):
    cost, placed = np.array(cost, float), np.array(placed, float)
    with np.errstate(divide="ignore"):
        each = np.where(placed > 0, cost / placed, np.nan)
    return pd.DataFrame({"cost_total": cost, "placed": placed, "cost_per_placement": each})


def whole(runs):
    """Return mean and standard error over all runs."""
    mean, error, _ = means(runs, [pd.Series(0, index=runs.index)])
    return mean.loc[0], error.loc[0]


def test_runs_that_place_nobody_count_with_their_cost():
    # of at most one run in twenty: with more of them a placement has no cost that is known
    mean, _ = whole(table([100] * 40, [10] * 20 + [5] * 19 + [0]))
    assert mean["cost_per_placement"] == pytest.approx(4000 / 295)
    assert mean["placed"] == 295 / 40
    assert np.isnan(whole(table([100, 100, 100], [10, 5, 0]))[0]["cost_per_placement"])


def test_where_nobody_is_placed_a_placement_has_no_cost():
    mean, error = whole(table([100, 100], [0, 0]))
    assert np.isnan(mean["cost_per_placement"])
    assert np.isnan(error["cost_per_placement"])


def test_without_its_parts_an_outcome_is_the_mean_of_the_runs():
    mean, _ = whole(table([100, 100], [10, 5])[["cost_per_placement"]])
    assert mean["cost_per_placement"] == 15


def test_the_standard_error_of_a_ratio_is_its_spread_over_many_samples():
    rng = np.random.default_rng(1)
    samples = np.repeat(np.arange(2000), 100)
    placed = rng.poisson(40, len(samples))
    costs = 5000 + 30 * placed + rng.normal(0, 300, len(samples))
    # each sample is a group by itself
    mean, error, _ = means(table(costs, placed), [pd.Series(samples)])
    assert len(mean) == 2000
    spread = mean["cost_per_placement"].std()
    assert error["cost_per_placement"].mean() == pytest.approx(spread, rel=0.05)


def test_groups_are_taken_by_themselves():
    runs = table([100, 300, 50, 50, 10], [10, 5, 5, 0, 1])
    group = pd.Series(["b", "a", "b", "a", "a"])
    mean, error, _ = means(runs, [group])
    for name in ("a", "b"):
        one, its_error = whole(runs[group == name].reset_index(drop=True))
        pd.testing.assert_series_equal(mean.loc[name], one, check_names=False)
        pd.testing.assert_series_equal(error.loc[name], its_error, check_names=False)


def test_parts_of_ratios_are_added_once():
    assert with_parts(["cost_per_placement", "placed"]) == [
        "cost_per_placement",
        "placed",
        "cost_total",
    ]
    assert with_parts([]) == []


def test_summaries_take_such_means():
    result = smpsim.run("bare_pipeline", 30, 2)
    runs, mean = result.outcomes(), result.summary()["mean"]["pilot"]
    for name, (top, bottom) in ratios(OUTCOMES).items():
        if runs[bottom].isna().all():
            # nobody is seen for three years in four
            assert np.isnan(mean[name])
            continue
        assert mean[name] == pytest.approx(runs[top].sum() / runs[bottom].sum())
        assert mean[name] != runs[name].mean()


@pytest.mark.parametrize("rate", [0.0, 0.03, 0.08, 0.1])
def test_discount_factors_do_not_depend_on_the_version_of_numpy(rate):
    # Python's own power; NumPy's of arrays differs in the last digit by version and processor
    wanted = [(1.0 + rate) ** (-month / 12.0) for month in range(240)]
    assert discount_factors(240, rate).tolist() == wanted


def test_the_funnel_goes_from_planned_seats_to_people_kept():
    result = smpsim.run("bare_pipeline", 12, 4, overrides={"months": 30})
    steps = result.funnel().loc["pilot"]
    table = result.outcome_table
    # nobody can be seen after 24 or 36 months in 30
    assert list(steps.index) == ["planned_seats", "enrolled", "graduated", "placed", "kept_12"]
    for step in steps.index[:4]:
        assert steps.loc[step, "people"] == pytest.approx(table[step].mean())
    kept = table["placed"] * table["retained_12"]
    assert steps.loc["kept_12", "people"] == pytest.approx(kept.mean())
    assert steps.loc["kept_12", "runs_used"] == 12
    assert steps["share"].iloc[0] == 1.0
    assert steps["people"].is_monotonic_decreasing


@pytest.mark.parametrize(("known", "nobody", "told"), [(3, 0, False), (9, 0, True), (8, 1, True)])
def test_a_step_that_few_runs_can_tell_is_left_out(known, nobody, told):
    """The few runs that place early would let more stay for three years than for two."""
    runs = pd.DataFrame({name: np.full(10, 20.0) for name in funnels.REACHED})
    runs["programme"] = "pilot"
    for name, kept in zip(funnels.KEPT_AS.values(), (15.0, 10.0, 12.0), strict=True):
        runs[name] = kept
    runs.loc[known:, "retained_placements_36"] = np.nan
    # of nobody, nobody is kept
    runs.loc[10 - nobody :, ["placed", *funnels.KEPT_AS.values()]] = 0.0
    steps = funnels.funnel(runs, 0.9).loc["pilot"].index
    assert ("kept_36" in steps) == told
    assert {"kept_12", "kept_24"} <= set(steps)
