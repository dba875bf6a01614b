"""The naive forecast, against examples worked by hand and programmes whose truth is known."""

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from scipy import stats
from scipy.special import expit, logit

from smpsim.cli.calibrate_tables import _forecasts
from smpsim.studies.calibrate.calibrate import calibrate
from smpsim.studies.calibrate.forecasts import EVERY, NONE, ONE, WITH, compared, sentences_of
from smpsim.studies.calibrate.naive import comparable, forecast_of, kind_of, naive, predictive
from smpsim.studies.calibrate.study import CalibrationStudy
from smpsim.studies.validate.reports import ReportedOutcome, Reports
from smpsim.studies.validate.scores import scored

T = 2.919986  # 95 % of Student's t with two degrees of freedom, as tables have it


def outcome(scenario, reported, name="passed", **more):
    facts = {"count": ["graduated"], "of": ["enrolled"], "source": "made up", **more}
    return ReportedOutcome(scenario=scenario, name=name, reported=reported, **facts)


def shares(*values):
    return [outcome(f"p{n}", {"share": value}) for n, value in enumerate(values)]


def test_an_interval_equals_a_hand_calculation():
    # logits of the others: -1.3863, 0 and 1.3863, of which mean 0 and standard deviation 1.3863
    every = shares(0.6, 0.2, 0.5, 0.8)
    row = naive(every).loc["p0: passed"]
    half = T * 1.386294 * (1 + 1 / 3) ** 0.5
    assert row["median"] == pytest.approx(0.5)
    assert row["run_low"] == pytest.approx(1 / (1 + np.exp(half)), rel=1e-2)
    assert row["run_high"] == pytest.approx(1 / (1 + np.exp(-half)), rel=1e-4)
    assert row["covered"]
    assert row["interval_score"] == pytest.approx(row["run_high"] - row["run_low"])
    assert (row["comparable"], row["programmes"]) == (3, "p1, p2, p3")


def test_sampling_error_is_not_counted_as_variation_between_programmes():
    # 40 of 100 in one, 60 of 100 in the other
    first = outcome("a", {"counted": 40, "people": 100})
    second = outcome("b", {"counted": 60, "people": 100})
    values = np.log([40.5 / 60.5, 60.5 / 40.5])
    sampling = 1 / 40.5 + 1 / 60.5
    between = values.var(ddof=1) - sampling
    found = logit(predictive([[first], [second]])[1000:-1000])
    t_of_one = stats.t.ppf(0.75, 1)  # 1 by its definition
    expected = t_of_one * (between + (between + sampling) / 2) ** 0.5
    assert found[-1] == pytest.approx(expected, rel=2e-3)
    # of figures that differ by less than chance would have them, the chance of the mean remains
    alike = [outcome("a", {"counted": 50, "people": 100}), outcome("b", {"share": 0.5})]
    found = logit(predictive([[one] for one in alike])[1000:-1000])
    expected = t_of_one * ((1 / 50.5 + 1 / 50.5) / 2 / 2) ** 0.5
    assert found[-1] == pytest.approx(expected, rel=2e-3)


def test_several_years_of_a_programme_count_as_one_programme():
    years = [outcome("p9", {"share": one}, f"year {one}") for one in (0.1, 0.2, 0.3, 0.4)]
    every = [*shares(0.5, 0.2), *years]
    found = naive(every)
    assert found.loc["p0: passed", "comparable"] == 2
    assert (found.loc[[one.label for one in years], "comparable"] == 2).all()
    middle = np.mean([np.log(one / (1 - one)) for one in (0.1, 0.2, 0.3, 0.4)])
    expected = expit((middle + np.log(0.2 / 0.8)) / 2)
    assert found.loc["p0: passed", "median"] == pytest.approx(expected)


def test_one_programme_gives_a_midpoint_and_none_gives_nothing():
    found = naive(shares(0.5, 0.2))
    assert found["comparable"].tolist() == [1, 1]
    assert found["median"].to_list() == pytest.approx([0.2, 0.5])
    assert found[["run_low", "run_high", "interval_score"]].isna().all(axis=None)
    assert found["covered"].isna().all()
    alone = naive(shares(0.5))
    assert alone["comparable"].tolist() == [0]
    assert alone["median"].isna().all()


@pytest.mark.parametrize(
    "other",
    [
        {"count": ["placed"]},
        {"of": ["applicants"]},
        {"of": None, "reported": {"value": 0.3, "unit": "months"}},
        {"against": {"set": {"months": 3}}},
        {"of": 7.0},
        {"of_programmes": []},
        {"reported": {"at_most": 0.3}},
        {"scenario": "a"},
    ],
    ids=lambda one: next(iter(one)) + str(next(iter(one.values()))),
)
def test_programmes_that_differ_are_not_comparable(other):
    mine = outcome("a", {"share": 0.5})
    facts = {"scenario": "b", "reported": {"share": 0.3}, "name": "other"} | other
    assert not comparable(mine, [mine, outcome(**facts)])


def test_similar_programmes_are_comparable():
    # whatever the date, the months it was counted in, and the order of what is added up
    mine = outcome("a", {"share": 0.5}, count=["returned", "withdrew"], set={"months": 9})
    other = outcome("b", {"share": 0.3}, count=["withdrew", "returned"], since=6)
    assert list(comparable(mine, [mine, other])) == ["b"]
    assert kind_of(mine) == kind_of(other) == "returned + withdrew of enrolled"
    a_contrast = {"against": {"set": {"months": 3}}}
    pair = [outcome(name, {"share": 0.5}, **a_contrast) for name in "ab"]
    assert kind_of(pair[0]) is None
    assert not comparable(pair[0], pair)


def test_figures_above_one_are_taken_in_logarithms():
    plan = [
        outcome(name, {"share": one}, of="plan")
        for name, one in zip("abc", (1, 2, 0.5), strict=True)
    ]
    row = naive(plan).loc["a: passed"]
    # logarithms 0.6931 and -0.6931: mean 0, standard deviation 0.9803
    assert row["median"] == pytest.approx(1.0, rel=1e-2)
    half = 6.313752 * 0.980258 * 1.5**0.5
    assert np.log(row["run_high"]) == pytest.approx(half, rel=1e-2)


@pytest.mark.parametrize(("programmes", "people"), [(3, None), (4, 60), (8, 25)])
def test_intervals_cover_programmes_of_one_kind_as_stated(programmes, people):
    rng = np.random.default_rng(programmes)
    covered, score, narrower = [], [], []
    for _ in range(500):
        rates = expit(rng.normal(-0.5, 0.8, programmes + 1))
        if people is None:
            every = shares(*rates)
        else:
            counts = rng.binomial(people, rates)
            every = [
                outcome(f"p{n}", {"counted": int(one), "people": people})
                for n, one in enumerate(counts)
            ]
        row = forecast_of(every[0], every, 0.9, rng)
        covered.append(bool(row["covered"]))
        score.append(row["interval_score"])
        middle = row["median"]
        half = (row["run_high"] - row["run_low"]) / 4
        draws = np.array([middle - half, middle + half])
        narrower.append(scored(draws, every[0])["interval_score"])
    assert np.mean(covered) == pytest.approx(0.9, abs=0.035)
    # and half as wide an interval fares worse
    assert np.mean(score) < np.mean(narrower)


def _table(outcomes, middle, half):
    """Return a forecast that says the same of every outcome."""
    ends = np.array([middle - half, middle, middle + half])
    rows = {one.label: scored(np.repeat(ends, 2000), one) for one in outcomes}
    return pd.DataFrame.from_dict(rows, orient="index")


def test_compared_forecasts_equal_a_hand_calculation():
    of_plan = [outcome(name, {"share": 0.9}, "of plan", of="plan") for name in ("p0", "p1")]
    alone = outcome("p0", {"share": 0.4}, "alone", of=["applicants"])
    words = outcome("p3", {"at_most": 0.5}, "words")
    every = [*shares(0.6, 0.2, 0.5, 0.8), *of_plan, alone, words]
    good, bad = (_table(every, 0.5, half) for half in (0.3, 0.05))
    by_naive = naive(every)
    found = compared(every, by_naive, bad, good)
    assert found["figures"].to_dict() == {
        EVERY: 7,
        WITH: 4,
        ONE: 2,
        NONE: 1,
        "graduated of enrolled": 4,
    }
    row = found.loc[WITH]
    assert row["naive_interval_score"] == pytest.approx(by_naive["interval_score"][:4].mean())
    # 0.2 to 0.8 holds all four; 0.45 to 0.55 misses by 0.05, 0.25, 0 and 0.25
    assert row["calibrated_interval_score"] == pytest.approx(0.6)
    assert row["ranges_interval_score"] == pytest.approx(0.1 + 20 * 0.55 / 4)
    assert (row["calibrated_covered"], row["ranges_covered"]) == (4, 1)
    assert row["calibrated_error"] == pytest.approx((0.1 + 0.3 + 0 + 0.3) / 4)
    gaps = 0.6 - by_naive["interval_score"][:4].to_numpy()
    expected = stats.t.interval(0.95, 3, gaps.mean(), gaps.std(ddof=1) / 2)
    assert [row["difference_low"], row["difference_high"]] == pytest.approx(expected)
    assert row["calibrated_better"] == (gaps < 0).sum()
    # figures without a naive forecast are counted, and nothing is said of them
    assert np.isnan(found.loc[EVERY, "naive_interval_score"])
    assert found.loc[ONE, "naive_error"] == pytest.approx(0.0, abs=1e-12)
    (first, second) = sentences_of(found)
    assert first.startswith("4 of 7 figures have a naive forecast")
    assert "The best: calibrated." in first
    assert ("either may be better" in second) == (expected[1] > 0)


def test_having_nothing_comparable_is_reported():
    every = shares(0.6)
    forecast = _table(every, 0.5, 0.3)
    (said,) = sentences_of(compared(every, naive(every), forecast, forecast))
    assert said.startswith("There is no naive forecast")


def test_a_calibration_prints_and_writes_naive_forecasts(tmp_path):
    names = ("bare_pipeline", "reference", "thamm_germany")
    same = {"name": "left", "count": ["dropped_out"], "of": ["enrolled"], "source": "made up"}
    reports = [
        {**same, "scenario": name, "set": {"months": 30}, "reported": {"share": share}}
        for name, share in zip(names, (0.1, 0.2, 0.3), strict=True)
    ]
    study = CalibrationStudy(name="test", draws=20, posterior_draws=10)
    found = calibrate(study, Reports.model_validate({"outcomes": reports}))
    found.write(tmp_path, "csv")
    written = pd.read_csv(tmp_path / "forecasts.csv", index_col="which")
    pd.testing.assert_frame_equal(written, found.forecasts(), check_dtype=False)
    assert written.loc[WITH, "figures"] == 3
    assert pd.read_csv(tmp_path / "naive.csv")["comparable"].tolist() == [2, 2, 2]
    console = Console(record=True, width=200)
    _forecasts(console, found)
    text = console.export_text()
    assert "dropped out of enrolled" in text
    assert f"{written.loc[WITH, 'naive_interval_score']:.2f} (3 inside)" in text
    assert any("3 of 3 figures have a naive forecast" in one for one in found.sentences)
