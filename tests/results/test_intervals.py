"""Intervals for rare events: exact where they can be, and how often they cover the truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from worlds import bare

import smpsim
from smpsim.results.estimates import MOST_ERROR, Estimates, means, quantile
from smpsim.results.intervals import is_rare, rare_interval, share_interval
from smpsim.studies.compare.pairing import difference_of
from smpsim.studies.statistics import mean_of

STUDIES = 2000


@pytest.mark.parametrize(("count", "runs"), [(0, 200), (3, 200), (200, 200), (7, 20)])
def test_shares_of_runs_have_the_exact_interval(count, runs):
    expected = stats.binomtest(count, runs).proportion_ci(0.95, method="exact")
    assert share_interval(count, runs) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_zero_of_n_runs_is_bounded_by_the_rule_of_three():
    low, high = share_interval(0, 300, 0.90)
    assert low == 0.0
    # one-sided 95 %: three by the number of runs
    assert high == pytest.approx(3.0 / 300, rel=0.01)


RARE = {
    "one person in few runs": (lambda rng: rng.binomial(1, 0.03, 200), 0.03),
    "people by themselves": (lambda rng: rng.poisson(0.1, 200), 0.1),
    "a cohort in few runs": (lambda rng: rng.binomial(1, 0.1, 100) * rng.poisson(3, 100), 0.3),
    "cohorts of any size": (lambda rng: rng.negative_binomial(0.1, 1 / 3, 200), 0.2),
    "gains and losses": (lambda rng: rng.poisson(0.06, 200) - rng.poisson(0.04, 200), 0.02),
    "a cohort lost": (lambda rng: -rng.binomial(1, 0.1, 100) * rng.poisson(3, 100), -0.3),
}


@pytest.mark.parametrize("case", RARE)
def test_intervals_of_rare_counts_have_their_stated_coverage(case):
    """In two thousand studies; a t interval misses more often, and on one side."""
    draw, truth = RARE[case]
    rng = np.random.default_rng(12)
    held = {"rare": 0, "t": 0}
    for _ in range(STUDIES):
        values = draw(rng).astype(float)
        low, high = rare_interval(values)
        held["rare"] += low <= truth <= high
        half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
        held["t"] += abs(values.mean() - truth) <= half
    assert 0.93 <= held["rare"] / STUDIES <= 0.97, held
    assert held["t"] < held["rare"], held


def test_all_means_and_differences_of_rare_counts_have_such_intervals():
    values = np.zeros(100)
    values[:4] = 1.0
    assert is_rare(values)
    expected = rare_interval(values)
    found = mean_of(values, 0.95)
    assert (found["ci_low"], found["ci_high"]) == expected
    runs = pd.DataFrame({"placed": np.zeros(100)})
    difference = difference_of("placed", runs, runs.assign(placed=values))
    assert (difference["ci_low"], difference["ci_high"]) == expected
    # where most runs say something, nothing changes
    many = np.arange(100.0)
    half = stats.t.ppf(0.975, 99) * stats.sem(many)
    assert mean_of(many, 0.95)["ci_low"] == pytest.approx(many.mean() - half)
    assert not is_rare(many)
    assert not is_rare(np.zeros(100))


@pytest.mark.parametrize(("empty", "known"), [(0, True), (72, True), (73, False), (100, False)])
def test_the_cost_per_placement_is_shown_where_placements_are_known_well_enough(empty, known):
    """The standard error of the mean number is 16.2 % of it with 72 empty runs, 16.5 % with 73."""
    placed = np.r_[np.zeros(empty), np.full(100 - empty, 10.0)]
    runs = pd.DataFrame({"placed": placed, "cost_total": 1000.0, "cost_per_placement": 0.0})
    mean, error, used = means(runs, [pd.Series("pilot", index=runs.index)])
    one = Estimates.of(runs)
    relative = runs["placed"].sem() / runs["placed"].mean() if empty < 100 else np.inf
    assert (relative <= MOST_ERROR) == known
    assert np.isfinite(one.mean("cost_per_placement")) == known
    assert np.isfinite(mean["cost_per_placement"].item()) == known
    assert np.isfinite(error["cost_per_placement"].item()) == known
    assert (used["cost_per_placement"].item() > 0) == (one.runs_used("cost_per_placement") > 0)
    difference = difference_of("cost_per_placement", runs, runs.assign(cost_total=2000.0))
    assert np.isfinite(difference["difference"]) == known


def test_a_placement_has_no_highest_cost_where_nobody_is_placed():
    """Two of ten runs place nobody: a fifth of the runs lie above any amount."""
    placed = np.r_[0.0, 0.0, np.arange(1.0, 9.0)]
    cost = 100.0 / np.where(placed > 0, placed, np.nan)
    runs = pd.DataFrame({"placed": placed, "cost_total": 100.0, "cost_per_placement": cost})
    low, middle, high = (quantile(runs, share)["cost_per_placement"] for share in (0.1, 0.5, 0.9))
    ordered = np.sort(cost[2:])
    # positions of ten runs: 0.9 and 4.5 of 0 to 9, where 8 and 9 have no end
    assert low == pytest.approx(ordered[0] + 0.9 * (ordered[1] - ordered[0]))
    assert middle == pytest.approx((ordered[4] + ordered[5]) / 2)
    assert np.isnan(high)
    groups = pd.Series(["a"] * 5 + ["b"] * 5)
    by_group = quantile(runs, 0.9, [groups])["cost_per_placement"]
    assert np.isnan(by_group["a"])
    assert by_group["b"] == pytest.approx(np.quantile(cost[5:], 0.9))
    # a run that is not yet known is left out, and not endless
    unknown = runs.assign(placed=np.where(placed > 0, placed, np.nan))
    assert quantile(unknown, 0.9)["cost_per_placement"] == pytest.approx(np.nanquantile(cost, 0.9))


def test_the_report_says_in_how_many_runs_anybody_is_placed():
    """One seat, and a visa for one in fifty."""
    few = bare(
        {
            "programmes.pilot.intakes.seats": 1,
            "governments.destination.visa.lanes.standard.refusal": 0.97,
        }
    )
    found = smpsim.run(few, 200, seed=3)
    placed = int((found.outcome_table["placed"] > 0).sum())
    low, high = share_interval(placed, 200)
    (said,) = (text for text in found.sentences if "Hardly anybody" in text)
    assert f"in {placed} of 200 runs ({100 * low:.2g} to {100 * high:.2g} % of them)" in said
    assert np.isnan(found.summary().loc[("pilot", "cost_per_placement"), "mean"])
