"""What cannot be observed by the horizon: every command treats it alike, as neither good nor bad.

Three people are trained in each of two intakes and nobody quits. The second intake arrives less
than a year before the end, so a run is unknown if the first places nobody. As all who are placed
are kept, what a placement kept a year costs must be what a placement costs: of each six people
training costs 6 x 12 x 250 = 18,000, and 6 x 0.8 x 0.9 = 4.32 arrive at 75 / 0.9 + 500 more each,
so 18,000 / 4.32 + 583.33 = 4,750 in the long run.
"""

import numpy as np
import pandas as pd
import pytest

import smpsim
from smpsim.collecting import OF_EMPLOYERS
from smpsim.results.conditions import Condition, failing
from smpsim.results.estimates import Estimates, contributions, means, quantile
from smpsim.results.outcomes import NOT_YET, UNDEFINED, missing, with_parts
from smpsim.scenario import load
from smpsim.studies.discover.discover import discover
from smpsim.studies.sensitivity.sensitivity import sensitivity
from smpsim.studies.sweep.study import SweepStudy
from smpsim.studies.sweep.sweep import sweep
from smpsim.vocabulary import TRAJECTORY_COLUMNS

KEPT, PRICE, SHARE = "retained_placements", "cost_per_retained_placement", "retained_12"
INTAKES = {"seats": 3, "every_months": 6, "number": 2}
LATE = {"months": 30, "programmes.pilot.intakes": INTAKES}
MINIMUM = "governments.destination.visa.lanes.standard.minimum_months"
RUNS = 200


@pytest.fixture(scope="module")
def late():
    return smpsim.run("bare_pipeline", RUNS, 1, overrides=LATE)


@pytest.fixture(scope="module")
def right(late):
    runs = late.outcomes()
    return runs["cost_total"].sum() / runs["placed"].sum()


def test_the_cost_per_placement_kept_uses_all_runs(late, right):
    runs, summary = late.outcomes(), late.summary().loc["pilot"]
    seen = runs[KEPT].notna()
    assert 190 < seen.sum() < RUNS
    assert summary.loc[PRICE, "mean"] == pytest.approx(right)
    assert right == pytest.approx(4764.460, abs=1e-3)
    assert summary.loc[PRICE, ["runs", "runs_used"]].tolist() == [RUNS, seen.sum()]
    assert summary.loc["cost_per_placement", "runs_used"] == RUNS


def test_leaving_out_late_runs_would_understate_the_cost_per_placement_kept():
    one, other = (smpsim.run("bare_pipeline", 4000, n, overrides=LATE).outcomes() for n in (1, 2))
    right, long_run = (runs["cost_total"].sum() / runs["placed"].sum() for runs in (one, other))
    seen = one[KEPT].notna()
    # out of the divisor only, and out of both
    wrong = [
        one["cost_total"].mean() / one[KEPT].mean(),
        one["cost_total"][seen].sum() / one[KEPT].sum(),
    ]
    assert wrong == pytest.approx([4698.013, 4703.435], abs=1e-3)
    assert 2 * abs(right - long_run) < min(abs(each - long_run) for each in wrong)


def test_every_command_gives_the_same_number(late, right):
    mean = late.summary().loc["pilot", "mean"]
    design = load("bare_pipeline", LATE)
    compared = smpsim.compare(
        design, design, replications=RUNS, seed=1, names=("a", "b")
    ).differences()
    for name in (PRICE, KEPT, SHARE, "placed"):
        row = compared.loc[("pilot", name)]
        assert (row["mean_a"], row["mean_b"]) == pytest.approx((mean[name], mean[name])), name
        assert row["difference"] == 0
    other = smpsim.compare(
        design, load(design, {MINIMUM: 4}), replications=RUNS, seed=1
    ).differences()
    assert other.loc[("pilot", PRICE), "mean_a"] == pytest.approx(right)
    assert other.loc[("pilot", SHARE), "mean_a"] == pytest.approx(mean[SHARE])

    ranked = smpsim.rank(design, RUNS, 1, actions=["campaigns"], pairs=False)
    assert ranked.base[PRICE] == pytest.approx(right)
    assert ranked.base[KEPT] == pytest.approx(mean[KEPT])

    study = SweepStudy(
        name="late", scenario="bare_pipeline", set=LATE, vary={MINIMUM: {"list": [2]}},
        outcomes=[PRICE, SHARE], replications=RUNS, seed=1,
    )  # fmt: skip
    swept = sweep(study).summary().set_index("outcome")
    assert swept.loc[PRICE, "mean"] == pytest.approx(right)
    assert swept.loc[SHARE, "mean"] == pytest.approx(mean[SHARE])
    used = late.summary().loc[("pilot", PRICE), "runs_used"]
    assert swept.loc[PRICE, ["runs", "runs_used"]].tolist() == [RUNS, used]

    varied = sensitivity(
        design, samples=2, replications=RUNS, outcomes=[PRICE, KEPT], seed=1,
        keys={MINIMUM: (2.0, 3.0)}, only=True,
    )  # fmt: skip
    assert varied.swings(PRICE)["base"].iloc[0] == pytest.approx(right)
    assert varied.swings(KEPT)["base"].iloc[0] == pytest.approx(mean[KEPT])


def test_a_total_is_the_sum_of_its_programmes():
    pilot = load("bare_pipeline", LATE).model_dump(mode="json")["programmes"][0]
    both = load("bare_pipeline", {**LATE, "programmes": [pilot, {**pilot, "name": "other"}]})
    ranked = smpsim.rank(both, 50, 1, actions=["campaigns"], pairs=False)
    apart = smpsim.run(both, 50, 1).summary()["mean"]
    kept = apart["pilot"][KEPT] + apart["other"][KEPT]
    assert ranked.base[KEPT] == pytest.approx(kept)
    varied = sensitivity(
        both, samples=2, replications=50, outcomes=[KEPT, PRICE], seed=1,
        keys={MINIMUM: (2.0, 3.0)}, only=True,
    )  # fmt: skip
    assert varied.swings(KEPT)["base"].iloc[0] == pytest.approx(kept)
    assert varied.swings(PRICE)["base"].iloc[0] == pytest.approx(ranked.base[PRICE])


# --- why there is no value ------------------------------------------------------------------


def outcomes(placed, kept):
    placed, kept = np.array(placed, float), np.array(kept, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.where(kept > 0, 1000.0 / kept, np.nan)
        each = np.where(placed > 0, 1000.0 / placed, np.nan)
        share = np.where(placed > 0, kept / placed, np.nan)
    return pd.DataFrame(
        {
            "placed": placed, KEPT: kept, SHARE: share, "cost_total": 1000.0,
            PRICE: price, "cost_per_placement": each,
        }
    )  # fmt: skip


def test_without_placements_a_value_is_undefined_and_without_follow_up_unknown():
    runs = outcomes([0, 10, 10, 10], [0, np.nan, 0, 5])
    assert missing(PRICE, runs).tolist() == [UNDEFINED, NOT_YET, UNDEFINED, ""]
    assert missing(KEPT, runs).tolist() == ["", NOT_YET, "", ""]
    assert missing(SHARE, runs).tolist() == [UNDEFINED, NOT_YET, "", ""]
    assert missing("cost_per_placement", runs).tolist() == [UNDEFINED, "", "", ""]
    # without the parts nobody can tell, so it is not taken for a failure
    assert set(missing(PRICE, runs[[PRICE]])) == {NOT_YET, ""}


def test_a_condition_fails_without_placements_and_is_unknown_without_observation():
    runs = outcomes([0, 10, 10, 10], [0, np.nan, 0, 5])
    dear = Condition(PRICE, ">", 400.0)
    np.testing.assert_array_equal(dear.holds(runs), [1, np.nan, 1, 0])
    few = Condition(SHARE, "<", 0.4)
    np.testing.assert_array_equal(few.holds(runs), [np.nan, np.nan, 1, 0])
    placed = Condition("placed", "<", 5.0)
    np.testing.assert_array_equal(failing(runs, [dear, placed]), [1, np.nan, 1, 0])


def test_parts_that_explain_unknown_values_are_kept():
    assert with_parts([PRICE]) == [PRICE, "cost_total", KEPT, "placed"]
    assert with_parts([SHARE]) == [SHARE, "placed"]


# --- how runs without a value count -----------------------------------------------------------


def test_contributions_equal_a_hand_calculation():
    runs = outcomes([10, 30, 5, 0], [5, 27, np.nan, 0])
    found = contributions(runs)
    # 32 of 40 are kept where somebody is seen; 45 are placed in all, so residuals weigh 45 / 40
    expected = [8 + 45 / 40 * (5 - 8), 24 + 45 / 40 * (27 - 24), 4, 0]
    np.testing.assert_allclose(found[KEPT], expected)
    assert found[KEPT].sum() == pytest.approx(0.8 * 45)
    # a share has its mean over the runs that have one
    assert found[SHARE].mean() == pytest.approx((0.5 + 0.9) / 2)
    whole = outcomes([10, 30], [5, 27])
    assert contributions(whole) is whole
    assert contributions(outcomes([5, 0], [np.nan, 0]))[KEPT].isna().all()


def test_the_error_is_the_spread_over_many_samples():
    rng = np.random.default_rng(3)
    samples = np.repeat(np.arange(2000), 120)
    placed = rng.poisson(8, len(samples))
    kept = rng.binomial(placed, 0.8).astype(float)
    # the fewer are placed, the sooner nobody is seen
    kept[(rng.random(len(samples)) < 0.5**placed * 20) & (placed > 0)] = np.nan
    # each sample is a group by itself
    mean, error, _ = means(outcomes(placed, kept), [pd.Series(samples)])
    kept, price = mean[KEPT], mean[PRICE]
    kept_error, price_error = error[KEPT], error[PRICE]
    # no bias, though the runs that are unknown are not like the others
    assert kept.mean() == pytest.approx(6.4, abs=4 * kept.std() / 2000**0.5)
    assert price.mean() == pytest.approx(1000 / 6.4, rel=0.002)
    assert kept_error.mean() == pytest.approx(kept.std(), rel=0.06)
    assert price_error.mean() == pytest.approx(price.std(), rel=0.06)


def test_a_single_run_gives_a_mean_without_an_error():
    runs = outcomes([4, 6, 5], [2, np.nan, np.nan])
    mean, error, used = means(runs, [pd.Series(0, index=runs.index)])
    assert mean.loc[0, KEPT] == pytest.approx(2.5)
    assert np.isnan(error.loc[0, KEPT])
    assert np.isnan(error.loc[0, PRICE])
    assert used.loc[0, [KEPT, PRICE, "placed"]].tolist() == [1, 1, 3]
    assert Estimates.of(runs).mean(PRICE) == pytest.approx(3000 / 7.5)


# --- the studies ------------------------------------------------------------------------------


def test_placements_too_late_to_be_observed_are_not_failures():
    study = SweepStudy(
        name="late", scenario="bare_pipeline",
        set={"months": 36, "behaviour.exam.pass_probability": 1.0,
             "governments.destination.visa.lanes.standard.refusal": 0.0},
        vary={MINIMUM: {"grid": [float(n) for n in range(1, 21)]},
              "programmes.pilot.intakes.seats": {"grid": [10, 20, 30]}},
        outcomes=[PRICE], replications=2, seed=1,
    )  # fmt: skip
    found = discover(sweep(study), [f"{PRICE} > 20000"])
    assert found.base == 0
    assert found.cases.unknown > 0
    assert found.cases.endless == 0
    assert "Unknown, so neither failed nor not" in found.sentences[0]


# --- people under way -------------------------------------------------------------------------


def test_everybody_enrolled_is_placed_lost_or_still_under_way():
    result = smpsim.run("thamm_germany", 10, 1)
    runs = result.outcomes()
    assert runs["under_way"].sum() > 0
    stages = result.trajectories().query("month == @result.months - 1")
    there = ["in_training", "retaking_exam", "graduate_pool", "offer_held", "in_recognition",
             "in_visa_queue", "pre_departure"]  # fmt: skip
    np.testing.assert_array_equal(runs["under_way"], stages[there].sum(axis=1))


def test_people_awaiting_a_retake_have_not_passed():
    changes = {
        "months": 15,
        "behaviour.exam.pass_probability": 0.5,
        "behaviour.exam.retakes": 1,
        "behaviour.exam.retake_months": 6,
    }
    runs = smpsim.run("bare_pipeline", 50, 1, overrides=changes).outcomes()
    assert (runs["failed"] == 0).all()
    # all 100 have sat it, and about half of them passed
    np.testing.assert_allclose(runs["exam_pass_rate"], runs["graduated"] / 100)
    assert runs["exam_pass_rate"].mean() == pytest.approx(0.5, abs=0.03)
    plain = smpsim.run(
        "bare_pipeline", 3, 1, overrides={"programmes.pilot.training.exam": False}
    ).outcomes()
    assert plain["exam_pass_rate"].isna().all()
    assert (missing("exam_pass_rate", plain) == UNDEFINED).all()


# --- what does not add up over programmes -----------------------------------------------------


def test_an_employer_of_two_programmes_is_counted_once():
    pilot = load("bare_pipeline").model_dump(mode="json")["programmes"][0]
    both = load("bare_pipeline", {"programmes": [pilot, {**pilot, "name": "other"}]})
    model = smpsim.Model(both, seed=1)
    model.step()
    table = model.datacollector.get_model_vars_dataframe()
    # ten employers with fifty vacancies each, in both programmes
    assert table[["vacancies_open", "employers_aware"]].iloc[0].tolist() == [500, 10]
    single = smpsim.Model("thamm_germany", seed=1)
    for _ in range(60):
        single.step()
        row = single.world.trajectory[single.month - 1, 0]
        for name, counted in OF_EMPLOYERS.items():
            assert counted(single.world) == row[TRAJECTORY_COLUMNS.index(name)], name
    array = smpsim.run(both, 2, 1).to_xarray()
    for name in ("vacancies_open", "employers_engaged", "visa_backlog", "mean_trust"):
        assert array[name].attrs["adds_up_over_programmes"] == "no"
    for name in ("placed", "in_training", "cost", "seats_committed"):
        assert array[name].attrs["adds_up_over_programmes"] == "yes"


@pytest.mark.parametrize(("unknown", "told"), [(10, True), (11, False)])
def test_a_range_of_people_kept_needs_nine_runs_in_ten(unknown, told):
    # in the others all are placed late, and they are no random ones: the mean may lie outside
    placed = np.full(100, 50.0)
    kept = np.where(np.arange(100) < unknown, np.nan, np.arange(100) / 10)
    cost = np.full(100, 1000.0)
    runs = pd.DataFrame({"placed": placed, "cost_total": cost, KEPT: kept, PRICE: cost / kept})
    for by in ((), [pd.Series(0, runs.index)]):
        low, high = (np.ravel(quantile(runs, share, by)[KEPT]).item() for share in (0.05, 0.95))
        assert (low < high) is told
        assert np.isnan(low) != told
        price = np.ravel(quantile(runs, 0.5, by)[PRICE]).item()
        assert np.isfinite(price) == told
        assert np.ravel(quantile(runs, 0.5, by)["placed"]).item() == 50
