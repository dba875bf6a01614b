"""Comparison of two designs: paired statistics, pairing of programmes, and files."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from smpsim import ScenarioError, compare, load, run
from smpsim.results.files import read_provenance
from smpsim.studies.compare import Comparison
from smpsim.studies.pairing import Pair, outcomes_of, pair_programmes, paired_difference

PASS = "behaviour.exam.pass_probability"


def data(*names: str, **top: Any) -> dict[str, Any]:
    """Return the bare pipeline with programmes of these names, each smaller than the last."""
    found = load("bare_pipeline").model_dump(mode="json") | top
    (first,) = found["programmes"]
    found["programmes"] = []
    for n, name in enumerate(names):
        one = copy.deepcopy(first) | {"name": name}
        one["intakes"]["seats"] = 40 - 10 * n
        found["programmes"].append(one)
    return found


@pytest.fixture(scope="module")
def better() -> Comparison:
    return compare("bare_pipeline", load("bare_pipeline", {PASS: 0.9}), 20, seed=5)


def test_identical_designs_do_not_differ_at_all() -> None:
    found = compare("bare_pipeline", "bare_pipeline", 8, seed=5)
    assert found.names == ("Bare pipeline (a)", "Bare pipeline (b)")
    table = found.differences()
    defined = table[table["runs"] > 0]
    assert len(defined) > 30
    for column in ("difference", "standard_error", "low", "high"):
        assert (defined[column] == 0).all(), column
    assert (defined["mean_a"] == defined["mean_b"]).all()
    # the two differ by chance from run to run, but never from each other
    placed = table.loc[("pilot", "placed")]
    assert placed["variance_reduction"] == 1.0
    assert placed["correlation"] == pytest.approx(1.0)


def test_paired_statistics_agree_with_scipy() -> None:
    luck = np.random.default_rng(1)
    a = luck.normal(10, 3, 50)
    b = a + luck.normal(1, 1, 50)
    found = paired_difference(a, b, 0.9)
    known = stats.ttest_rel(b, a)
    low, high = known.confidence_interval(0.9)
    assert found["difference"] == pytest.approx((b - a).mean())
    assert (found["low"], found["high"]) == pytest.approx((low, high))
    assert found["difference"] / found["standard_error"] == pytest.approx(known.statistic)
    assert found["correlation"] == pytest.approx(stats.pearsonr(a, b).statistic)
    assert (found["mean_a"], found["mean_b"], found["runs"]) == (a.mean(), b.mean(), 50)


def test_paired_statistics_by_hand() -> None:
    found = paired_difference(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 3.0]))
    # differences 1, 2, 0: mean 1, variance 1; variances of a and b are both 1
    assert found["difference"] == 1.0
    assert found["standard_error"] == pytest.approx(1 / 3**0.5)
    assert found["high"] == pytest.approx(1 + 4.302653 / 3**0.5, rel=1e-6)
    assert found["variance_reduction"] == pytest.approx(0.5)
    assert found["correlation"] == pytest.approx(0.5)


def test_pairing_that_hurts_is_shown_as_negative() -> None:
    found = paired_difference(np.array([1.0, 2.0, 3.0]), np.array([3.0, 2.0, 1.0]))
    assert found["variance_reduction"] == pytest.approx(-1.0)


def test_only_pairs_in_which_both_are_defined_are_used() -> None:
    nan = np.nan
    a, b = np.array([1.0, nan, 3.0, 4.0]), np.array([2.0, 5.0, nan, 7.0])
    found = paired_difference(a, b)
    assert found["runs"] == 2
    assert (found["mean_a"], found["mean_b"], found["difference"]) == (2.5, 4.5, 2.0)


@pytest.mark.parametrize("runs", [0, 1])
@pytest.mark.filterwarnings("error")
def test_too_few_pairs_have_no_interval(runs: int) -> None:
    found = paired_difference(np.ones(runs), 2 * np.ones(runs))
    assert found["runs"] == runs
    assert np.isnan([found["low"], found["high"], found["standard_error"]]).all()
    assert np.isnan(found["difference"]) if runs == 0 else found["difference"] == 1


@pytest.mark.filterwarnings("error")
def test_outcomes_without_variance_have_an_exact_difference() -> None:
    found = paired_difference(np.ones(4), 3 * np.ones(4))
    assert (found["low"], found["difference"], found["high"]) == (2, 2, 2)
    assert np.isnan([found["correlation"], found["variance_reduction"]]).all()


def test_the_same_people_make_a_small_difference_visible(better: Comparison) -> None:
    placed = better.differences().loc[("pilot", "placed")]
    assert placed["low"] > 0
    # an exam passed by 90 instead of 80 of 100, and a visa for nine in ten
    assert placed["low"] < 9 < placed["high"]
    assert placed["variance_reduction"] > 0.3
    assert placed["runs"] == 20
    assert placed["unit"] == "people"
    other = run("bare_pipeline", 20, seed=5)
    assert (better.a.outcome_table["placed"] == other.outcome_table["placed"]).all()
    gained = better.b.outcome_table["placed"] - better.a.outcome_table["placed"]
    assert (gained >= 0).all()


def test_the_level_widens_the_interval(better: Comparison) -> None:
    narrow, wide = (better.differences(q).loc[("pilot", "placed")] for q in (0.5, 0.99))
    assert wide["low"] < narrow["low"] < narrow["high"] < wide["high"]
    for level in (0, 1, 95):
        with pytest.raises(ValueError, match="level"):
            better.differences(level)


def test_defaults_are_the_larger_number_and_the_seed_of_a() -> None:
    a = load("bare_pipeline", {"replications": 3, "seed": 11})
    b = load("bare_pipeline", {"replications": 5, "seed": 12})
    found = compare(a, b)
    assert found.runs == found.b.runs == 5
    assert found.a.provenance["seed"] == found.b.provenance["seed"] == 11


def test_overrides_hold_for_both() -> None:
    found = compare("bare_pipeline", "bare_pipeline", 2, overrides={"months": 7})
    assert found.a.months == found.b.months == 7


def test_progress_counts_the_runs_of_both() -> None:
    seen: list[int] = []
    compare("bare_pipeline", "bare_pipeline", 4, progress=seen.append)
    assert sorted(seen) == list(range(1, 9))


def test_trainees_are_kept_on_request() -> None:
    found = compare("bare_pipeline", "bare_pipeline", 2, names=("x", "y"), trainees=True)
    table = found.trainees()
    assert table.columns[0] == "design"
    assert (table["design"].value_counts() == 200).all()


def test_bad_input_is_refused(better: Comparison) -> None:
    with pytest.raises(ScenarioError, match="no scenario 'nowhere'"):
        compare("bare_pipeline", "nowhere")
    with pytest.raises(ValueError, match="names"):
        compare("bare_pipeline", "bare_pipeline", 2, names=("same", "same"))
    with pytest.raises(ValueError, match="names"):
        compare("bare_pipeline", "bare_pipeline", 2, names=("only one",))
    with pytest.raises(ValueError, match="replications"):
        compare("bare_pipeline", "bare_pipeline", 0)
    with pytest.raises(ValueError, match="runs: found 20 and 3"):
        Comparison(better.a, run("bare_pipeline", 3, seed=5))
    with pytest.raises(ValueError, match="seed: found 5 and 6"):
        Comparison(better.a, run("bare_pipeline", 20, seed=6))


def test_programmes_are_paired_by_name_position_or_in_total() -> None:
    assert pair_programmes(["a", "b"], ["b", "a"])[0] == (
        Pair("a", ("a",), ("a",)),
        Pair("b", ("b",), ("b",)),
    )
    assert pair_programmes(["a"], ["b"]) == ((Pair("a / b", ("a",), ("b",)),), ())
    pairs, notes = pair_programmes(["a", "b"], ["b", "c"], ("old", "new"))
    assert pairs == (Pair("b", ("b",), ("b",)),)
    assert notes == (
        "Only in old, so not compared: a.",
        "Only in new, so not compared: c.",
    )
    pairs, notes = pair_programmes(["a", "b"], ["c"])
    assert pairs == (Pair("all programmes", ("a", "b"), ("c",)),)
    assert "a, b against c" in notes[0]


def test_totals_over_programmes_are_compared() -> None:
    one, several = data("north"), data("east", "west")
    found = compare(one, several, 4, seed=1, names=("one", "several"))
    table = found.differences().loc["all programmes"]
    assert table.loc["enrolled", "mean_a"] == 40
    assert table.loc["enrolled", "mean_b"] == 70
    parts = found.b.outcome_table.groupby("run")[["placed", "enrolled", "cost_total"]].sum()
    assert table.loc["placed", "mean_b"] == parts["placed"].mean()
    assert table.loc["cost_total", "mean_b"] == pytest.approx(parts["cost_total"].mean())
    rate = (parts["placed"] / parts["enrolled"]).mean()
    assert table.loc["placement_rate", "mean_b"] == pytest.approx(rate)
    # neither can be had from the outcomes of the parts
    assert not {"months_to_placement_median", "retained_12"} & set(
        outcomes_of(found.b, ["east", "west"]).columns
    )
    assert "all programmes" in found.differences().index.get_level_values(0)


def test_a_total_with_a_missing_part_is_missing() -> None:
    several = data("east", "west")
    several["programmes"][1]["planned"] = {}
    found = run(several, 2, seed=1)
    assert outcomes_of(found, ["east", "west"])["shortfall"].isna().all()
    assert outcomes_of(found, ["east"])["shortfall"].notna().all()


def test_other_currencies_are_compared_on_people_only() -> None:
    found = compare(data("pilot"), data("pilot", currency="JPY"), 3, seed=1, names=("eu", "jp"))
    table = found.differences()
    outcomes = set(table.index.get_level_values("outcome"))
    assert {"placed", "placement_rate", "retained_12"} <= outcomes
    assert not [name for name in outcomes if name.startswith(("cost", "npv"))]
    assert table.attrs["notes"] == list(found.notes)
    assert "eu counts in EUR, jp in JPY" in found.notes[0]


def test_other_horizons_are_noted() -> None:
    found = compare(data("pilot"), data("pilot", months=20), 2, seed=1, names=("long", "short"))
    assert "long after 48 months, short after 20" in found.notes[0]


def test_tables_name_the_design(better: Comparison) -> None:
    long = better.trajectories()
    assert long.columns[0] == "design"
    assert len(long) == 2 * 20 * 48
    last = long[long["month"] == 47].groupby("design", sort=False)["placed"].mean()
    summary = better.summary().xs("placed", level="outcome")["mean"]
    assert list(last.index) == list(better.names)
    np.testing.assert_allclose(last, summary)


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_files_give_back_the_tables(better: Comparison, tmp_path: Path, kind: str) -> None:
    written = getattr(better, f"to_{kind}")(tmp_path)
    names = [file.name for file in written]
    assert names[:3] == [f"{n}.{kind}" for n in ("differences", "summary", "trajectories")]
    if kind == "parquet":
        found = pd.read_parquet(written[0])
    else:
        found = pd.read_csv(written[0], index_col=[0, 1])
    pd.testing.assert_frame_equal(found, better.differences(), rtol=1e-12)
    facts = read_provenance(tmp_path)
    assert facts["names"] == list(better.names)
    assert facts["a"]["fingerprint"] != facts["b"]["fingerprint"]
    assert facts["b"]["seed"] == 5
