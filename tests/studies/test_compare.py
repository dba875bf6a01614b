"""Comparison of two designs: paired statistics, pairing of programmes, and files."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from smpsim import ScenarioError, compare, load, run
from smpsim.results.files import read_provenance
from smpsim.results.outcomes import OUTCOMES, ratios
from smpsim.studies.compare.compare import Comparison
from smpsim.studies.compare.designs import folder_of, names_of
from smpsim.studies.compare.pairing import (
    Pair,
    outcomes_of,
    pair_programmes,
    paired_difference,
    paired_ratio_difference,
)

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
    return compare("bare_pipeline", load("bare_pipeline", {PASS: 0.9}), replications=20, seed=5)


def test_identical_designs_do_not_differ_at_all() -> None:
    found = compare("bare_pipeline", "bare_pipeline", replications=8, seed=5)
    assert found.names == ("Bare pipeline (a)", "Bare pipeline (b)")
    table = found.differences()
    defined = table[table["runs_used_a"] > 0]
    assert len(defined) > 30
    for column in ("difference", "standard_error", "ci_low", "ci_high"):
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
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((low, high))
    assert found["difference"] / found["standard_error"] == pytest.approx(known.statistic)
    assert found["correlation"] == pytest.approx(stats.pearsonr(a, b).statistic)
    assert (found["mean_a"], found["mean_b"], found["runs"]) == (a.mean(), b.mean(), 50)


def test_paired_statistics_equal_a_hand_calculation() -> None:
    found = paired_difference(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 3.0]))
    # differences 1, 2, 0: mean 1, variance 1; variances of a and b are both 1
    assert found["difference"] == 1.0
    assert found["standard_error"] == pytest.approx(1 / 3**0.5)
    assert found["ci_high"] == pytest.approx(1 + 4.302653 / 3**0.5, rel=1e-6)
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
    assert np.isnan([found["ci_low"], found["ci_high"], found["standard_error"]]).all()
    assert np.isnan(found["difference"]) if runs == 0 else found["difference"] == 1


@pytest.mark.filterwarnings("error")
def test_outcomes_without_variance_have_an_exact_difference() -> None:
    found = paired_difference(np.ones(4), 3 * np.ones(4))
    assert (found["ci_low"], found["difference"], found["ci_high"]) == (2, 2, 2)
    assert np.isnan([found["correlation"], found["variance_reduction"]]).all()


def test_the_same_people_make_a_small_difference_visible(better: Comparison) -> None:
    placed = better.differences().loc[("pilot", "placed")]
    assert placed["ci_low"] > 0
    # an exam passed by 90 instead of 80 of 100, and a visa for nine in ten
    assert placed["ci_low"] < 9 < placed["ci_high"]
    assert placed["variance_reduction"] > 0.3
    assert placed["runs"] == 20
    assert placed["unit"] == "people"
    other = run("bare_pipeline", 20, seed=5)
    assert (better.a.outcome_table["placed"] == other.outcome_table["placed"]).all()
    gained = better.b.outcome_table["placed"] - better.a.outcome_table["placed"]
    assert (gained >= 0).all()


def test_pairing_saves_as_many_runs_as_stated(better: Comparison) -> None:
    """Independent runs of the same designs vary more, by the factor stated."""
    paired = compare("bare_pipeline", overrides_b={PASS: 0.9}, replications=400, seed=5)
    placed = paired.differences().loc[("pilot", "placed")]
    other = run("bare_pipeline", 400, seed=6, overrides={PASS: 0.9}).outcomes()["placed"]
    apart = paired_difference(paired.a.outcomes()["placed"].to_numpy(), other.to_numpy())
    factor = (apart["standard_error"] / placed["standard_error"]) ** 2
    assert placed["independent_runs"] > 2
    assert placed["independent_runs"] == pytest.approx(factor, rel=0.25)
    assert placed["independent_runs"] == pytest.approx(1 / (1 - placed["variance_reduction"]))
    # runs that do not share their luck save nothing
    assert apart["independent_runs"] == pytest.approx(1.0, abs=0.15)


def test_a_ratio_of_means_equals_a_hand_calculation() -> None:
    a = np.array([10.0, 20.0, 30.0]), np.array([1.0, 2.0, 0.0])
    b = np.array([12.0, 18.0, 30.0]), np.array([2.0, 2.0, 2.0])
    found = paired_ratio_difference(a, b)
    # 60 spent for 3, and 60 for 6: the run without a placement counts with what it cost
    assert (found["mean_a"], found["mean_b"], found["difference"], found["runs"]) == (
        20,
        10,
        -10,
        3,
    )
    # leaving one pair out at a time
    ratios = [(18 + 30) / 4 - 50 / 2, (12 + 30) / 4 - 40 / 1, (12 + 18) / 4 - 30 / 3]
    error = (2 / 3 * np.sum((np.array(ratios) - np.mean(ratios)) ** 2)) ** 0.5
    assert found["standard_error"] == pytest.approx(error)
    assert found["ci_high"] == pytest.approx(-10 + stats.t.ppf(0.975, 2) * error)


def test_intervals_of_ratios_cover_the_truth() -> None:
    luck, covered, repetitions = np.random.default_rng(4), 0, 1000
    for _ in range(repetitions):
        placed = luck.poisson(4.0, 60)
        more = placed + luck.poisson(1.0, 60)
        found = paired_ratio_difference(
            (100.0 + 10.0 * placed, placed), (120.0 + 10.0 * more, more), 0.9
        )
        covered += found["ci_low"] <= 34.0 - 35.0 <= found["ci_high"]
    assert 0.9 - 0.03 < covered / repetitions < 0.9 + 0.03


@pytest.mark.filterwarnings("error")
def test_ratios_that_cannot_be_estimated_have_no_interval() -> None:
    ones = np.ones(4)
    nobody = paired_ratio_difference((ones, 0 * ones), (ones, ones))
    assert np.isnan(nobody["difference"])
    # everything hangs on the only run with a placement
    single = paired_ratio_difference((ones, np.array([1.0, 0, 0, 0])), (ones, ones))
    assert (single["difference"], single["runs"]) == (1 - 4, 4)
    assert np.isnan([single["ci_low"], single["standard_error"], single["independent_runs"]]).all()
    # equal ratios differ by nothing, not by the rounding of sums
    same = paired_ratio_difference((ones * 0.1, ones * 3), (ones * 0.3, ones * 7))
    assert same["standard_error"] == 0.0
    assert np.isnan(same["independent_runs"])


def test_costs_per_placement_are_mean_cost_by_mean_number(better: Comparison) -> None:
    table = better.differences().loc["pilot"]
    for ratio, (top, bottom) in ratios(OUTCOMES).items():
        for side in ("mean_a", "mean_b"):
            wanted = table.loc[top, side] / table.loc[bottom, side]
            # nobody is seen for three years in these runs
            assert table.loc[ratio, side] == pytest.approx(wanted, nan_ok=True)


def test_every_outcome_has_a_difference(better: Comparison) -> None:
    assert tuple(better.a.outcomes().columns[2:]) == tuple(OUTCOMES)
    assert tuple(better.differences().loc["pilot"].index) == tuple(OUTCOMES)
    chosen = better.differences(outcomes=["npv_trainee_60m", "cost_donor"])
    assert list(chosen.loc["pilot"].index) == ["npv_trainee_60m", "cost_donor"]
    whole = better.differences()
    assert chosen.loc[("pilot", "cost_donor")].equals(whole.loc[("pilot", "cost_donor")])
    with pytest.raises(ValueError, match=r"outcomes: got 'npv_trainees_60m'.*'npv_trainee_60m'"):
        better.differences(outcomes=["npv_trainees_60m"])


def test_outcomes_that_two_designs_do_not_share_are_refused() -> None:
    found = compare(
        data("pilot"), data("pilot", currency="JPY"), replications=2, seed=1, names=("eu", "jp")
    )
    with pytest.raises(ValueError, match=r"'cost_total'.*currencies differ"):
        found.differences(outcomes=["cost_total"])
    totals = compare(
        data("north"), data("east", "west"), replications=2, seed=1, names=("one", "several")
    )
    assert set(totals.differences().loc["all programmes"].index) == set(
        outcomes_of(totals.b, ["east", "west"]).columns
    )
    with pytest.raises(ValueError, match=r"'retained_12'.*totals have no such outcome"):
        totals.differences(outcomes=["retained_12"])


def test_a_change_to_one_design_only_is_possible() -> None:
    found = compare("bare_pipeline", overrides_b={PASS: 0.9}, replications=6, seed=5)
    assert found.names == ("Bare pipeline", "Bare pipeline, pass_probability=0.9")
    other = compare("bare_pipeline", load("bare_pipeline", {PASS: 0.9}), replications=6, seed=5)
    assert found.differences().equals(other.differences())
    # what is set in one wins over what is set in both
    both = compare(
        "bare_pipeline",
        replications=6,
        seed=5,
        overrides=[f"{PASS}=0.9"],
        overrides_a=[f"{PASS}=0.8"],
    )
    assert both.differences().equals(found.differences())
    with pytest.raises(ValueError, match="got nothing to compare with"):
        compare("bare_pipeline")
    with pytest.raises(ValueError, match="got a mapping and a list"):
        compare("bare_pipeline", overrides={PASS: 0.9}, overrides_b=["months=40"])


def test_an_action_is_added_to_one_design() -> None:
    found = compare("thamm_germany", actions_b="early_engagement", replications=5)
    assert found.names == ("THAMM Germany", "THAMM Germany + early engagement")
    changed = load("thamm_germany", actions=["early_engagement"])
    other = compare("thamm_germany", changed, replications=5, names=found.names)
    assert found.differences().equals(other.differences())
    assert found.differences().loc[("pilot", "cost_total"), "difference"] > 0
    # values that are set win over those of an action
    both = compare(
        "thamm_germany",
        actions_b=["early_engagement"],
        overrides_b={"programmes.pilot.costs.overhead": 0},
        replications=5,
    )
    assert both.differences().loc[("pilot", "cost_total"), "difference"] < 0


def test_scenarios_that_are_the_same_are_noted() -> None:
    note = "The two scenarios agree in every value that affects a result."
    assert compare(
        "bare_pipeline", {"extends": "bare_pipeline", "name": "copy"}, replications=2
    ).notes == (note,)
    # rules of a user's own can differ although the scenarios do not
    other = run("bare_pipeline", 2)
    changed = replace(other, provenance={**other.provenance, "rules": ["dropout"]})
    assert Comparison(other, changed).notes == ()


def test_designs_have_names_that_tell_them_apart() -> None:
    one, other = load("bare_pipeline"), load("reference")
    assert names_of((one, other)) == ("Bare pipeline", "Reference world")
    assert names_of((one, one)) == ("Bare pipeline (a)", "Bare pipeline (b)")
    early = ["actions/early_engagement"]
    assert names_of((one, one), actions=([], early)) == (
        "Bare pipeline",
        "Bare pipeline + early engagement",
    )
    # keys that end alike are written out
    ends = (["a.x.y=1"], ["b.x.y=1"])
    assert names_of((one, one), ends) == ("Bare pipeline, a.x.y=1", "Bare pipeline, b.x.y=1")
    long = (["a=" + 80 * "1"], ["a=" + 80 * "2"])
    assert len(names_of((one, one), long)[0]) <= 60


@pytest.mark.parametrize(
    ("sources", "own", "actions", "folder"),
    [
        (("a", "b"), ([], []), ([], []), "a_vs_b"),
        (("x/a.yaml", "y/b.yaml"), (["m=1"], ["m=2"]), ([], []), "a_vs_b"),
        (("a", None), ([], []), ([], ["actions/one", "two"]), "a_with_one_and_two"),
        (("a", None), ([], ["p.q.months=3"]), ([], []), "a_with_months_3"),
        (("a", None), ([], []), (["one"], ["two"]), "a_with_one_vs_two"),
        (("a", "b"), ([], []), (["one"], ["my/two.yaml"]), "a_with_one_vs_b_with_two"),
        (("a", None), ([], ["x={normal: [1, 2]}"]), ([], []), "a_with_x_normal_1_2"),
    ],
)
def test_folders_describe_their_contents(
    sources: tuple[str, str | None], own: Any, actions: Any, folder: str
) -> None:
    assert folder_of(sources, own, actions) == folder


def test_the_level_widens_the_interval(better: Comparison) -> None:
    narrow, wide = (better.differences(q).loc[("pilot", "placed")] for q in (0.5, 0.99))
    assert wide["ci_low"] < narrow["ci_low"] < narrow["ci_high"] < wide["ci_high"]
    for level in (0, 1, 95):
        with pytest.raises(ValueError, match="level"):
            better.differences(level)


def test_defaults_are_the_larger_number_of_runs_and_the_first_seed() -> None:
    a = load("bare_pipeline", {"replications": 3, "seed": 11})
    b = load("bare_pipeline", {"replications": 5, "seed": 12})
    found = compare(a, b)
    assert found.runs == found.b.runs == 5
    assert found.a.provenance["seed"] == found.b.provenance["seed"] == 11


def test_overrides_hold_for_both() -> None:
    found = compare("bare_pipeline", "bare_pipeline", replications=2, overrides={"months": 7})
    assert found.a.months == found.b.months == 7


def test_progress_counts_the_runs_of_both() -> None:
    seen: list[int] = []
    compare("bare_pipeline", "bare_pipeline", replications=4, progress=seen.append)
    assert sorted(seen) == list(range(1, 9))


def test_trainees_are_kept_on_request() -> None:
    found = compare(
        "bare_pipeline", "bare_pipeline", replications=2, names=("x", "y"), trainees=True
    )
    table = found.trainees()
    assert table.columns[0] == "design"
    assert (table["design"].value_counts() == 200).all()


def test_bad_input_is_refused(better: Comparison) -> None:
    with pytest.raises(ScenarioError, match="no scenario 'nowhere'"):
        compare("bare_pipeline", "nowhere")
    with pytest.raises(ValueError, match="names"):
        compare("bare_pipeline", "bare_pipeline", replications=2, names=("same", "same"))
    with pytest.raises(ValueError, match="names"):
        compare("bare_pipeline", "bare_pipeline", replications=2, names=("only one",))
    with pytest.raises(ValueError, match="replications"):
        compare("bare_pipeline", "bare_pipeline", replications=0)
    with pytest.raises(ValueError, match="runs: got 20 and 3"):
        Comparison(better.a, run("bare_pipeline", 3, seed=5))
    with pytest.raises(ValueError, match="seed: got 5 and 6"):
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
    found = compare(one, several, replications=4, seed=1, names=("one", "several"))
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
    found = compare(
        data("pilot"), data("pilot", currency="JPY"), replications=3, seed=1, names=("eu", "jp")
    )
    table = found.differences()
    outcomes = set(table.index.get_level_values("outcome"))
    assert {"placed", "placement_rate", "retained_12"} <= outcomes
    assert not [name for name in outcomes if name.startswith(("cost", "npv"))]
    assert table.attrs["notes"] == list(found.notes)
    assert "eu is in EUR, jp in JPY" in found.notes[0]


def test_other_horizons_are_noted() -> None:
    found = compare(
        data("pilot"), data("pilot", months=20), replications=2, seed=1, names=("long", "short")
    )
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
    written = better.write(tmp_path, kind)
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
