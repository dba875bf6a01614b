"""Many parameters fitted at once, compared with theory."""

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import stats

from smpsim.studies.calibrate.adjustment import (
    Adjustment,
    Scores,
    error_of_model,
    errors_of_model,
    moved,
    with_best_error,
)
from smpsim.studies.calibrate.calibrate import calibrate
from smpsim.studies.calibrate.study import CalibrationStudy
from smpsim.studies.validate.reports import Reports


def test_normal_variables_get_the_theoretical_posterior():
    rng = np.random.default_rng(1)
    worlds, slope = 40_000, np.array([[1.0, 0.5], [0.0, 2.0]])
    drawn = rng.standard_normal((worlds, 2))
    scores = drawn @ slope.T + 0.5 * rng.standard_normal((worlds, 2))
    error = error_of_model(["a", "a"], 0.8)
    seen = np.array([1.0, -1.5])
    found = moved(drawn, scores, seen, ["a", "a"], 0.8, rng)
    # conjugate: the precision of the prior and that of the reports add up
    noise = 0.25 * np.eye(2) + error
    cov = np.linalg.inv(np.eye(2) + slope.T @ np.linalg.solve(noise, slope))
    mean = cov @ slope.T @ np.linalg.solve(noise, seen)
    assert found.mean(axis=0) == pytest.approx(mean, abs=0.02)
    assert np.cov(found.T) == pytest.approx(cov, abs=0.02)


def test_a_rate_gets_its_known_posterior():
    # a rate with a flat prior, 30 of 100 seen: the posterior is Beta(31, 71)
    rng = np.random.default_rng(4)
    rates = rng.random(20_000)
    seen = rng.binomial(100, rates) / 100
    found = Scores.of(seen[:, None], np.array([0.3]), rng)
    drawn = stats.norm.ppf(rates)[:, None]
    moved_to = Adjustment(drawn, found, ("a",), np.array([True]), 0.0, 1).parameters()
    posterior, truth = stats.norm.cdf(moved_to[:, 0]), stats.beta(31, 71)
    assert posterior.mean() == pytest.approx(truth.mean(), abs=0.01)
    # wider by a third at most: one regression serves the middle and the ends
    assert 1.0 <= posterior.std() / truth.std() <= 1.35


def test_without_reports_the_prior_is_unchanged():
    drawn = np.random.default_rng(2).standard_normal((50, 3))
    nothing = np.empty((50, 0))
    found = moved(drawn, nothing, np.empty(0), [], 0.8, np.random.default_rng(3))
    assert found is drawn


def test_errors_have_the_covariance_assumed_in_the_gain():
    names = ["a", "b", "a", "c", "b"]
    drawn = errors_of_model(names, 0.8, 100_000, np.random.default_rng(5))
    assert np.cov(drawn.T) == pytest.approx(error_of_model(names, 0.8), abs=0.01)
    assert not errors_of_model(names, 0.0, 10, np.random.default_rng(5)).any()


DRAWS = """
import numpy as np
from smpsim.studies.calibrate.adjustment import moved

rng = np.random.default_rng(8)
drawn, noise = rng.standard_normal((100, 40)), rng.standard_normal((100, 40))
names = list("aaaaaaaaaaaaabbbbbbbccccccccccdddeeeeeee")
found = moved(drawn, drawn + noise, np.linspace(-2.0, 2.0, 40), names, 0.75, rng)
print(np.array2string(found, precision=5, threshold=10_000, suppress_small=True))
"""


def test_every_type_of_processor_gives_the_same_posterior():
    found = {
        subprocess.run(
            [sys.executable, "-c", DRAWS],
            env=os.environ | kind,
            capture_output=True,
            check=True,
        ).stdout
        # routines that every x86 processor can run, and those of this one
        for kind in ({"OPENBLAS_CORETYPE": "Prescott"}, {"OPENBLAS_CORETYPE": "Nehalem"}, {})
    }
    assert len(found) == 1


def test_ranks_of_the_truth_are_uniform():
    """Simulation-based calibration (Talts and others 2018): every rank is equally likely."""
    rng = np.random.default_rng(4)
    worlds, truths, reports = 400, 300, 6
    slope = rng.standard_normal((reports, 3))
    drawn = rng.standard_normal((worlds + truths, 3))
    # counts of people, so that scores are of ranks and tied
    chance = 1.0 / (1.0 + np.exp(-(drawn @ slope.T) / 2.0))
    counted = rng.binomial(60, chance) / 60.0
    ranks = []
    for truth in range(worlds, worlds + truths):
        found = Scores.of(counted[:worlds], counted[truth], rng)
        names = tuple("abcdef")
        one = Adjustment(drawn[:worlds], found, names, np.full(6, True), 0.0, truth)
        ranks.append((one.parameters() < drawn[truth]).mean(axis=0))
    for place in range(3):
        bins = np.histogram([rank[place] for rank in ranks], 10, (0.0, 1.0))[0]
        assert stats.chisquare(bins).pvalue > 0.001
        inside = np.mean([0.05 <= rank[place] <= 0.95 for rank in ranks])
        assert 0.85 <= inside <= 0.95


@pytest.mark.slow
def test_model_error_is_estimated_and_programmes_left_out_are_covered():
    rng = np.random.default_rng(6)
    worlds, programmes, each = 500, 40, 3
    names = [f"p{n}" for n in range(programmes) for _ in range(each)]
    slope = rng.standard_normal((programmes * each, 2))
    drawn = rng.standard_normal((worlds, 2))
    values = drawn @ slope.T + 0.3 * rng.standard_normal((worlds, len(names)))
    truth = rng.standard_normal(2)
    spread = values.std(axis=0)
    own = np.repeat(rng.standard_normal(programmes), each)
    reported = slope @ truth + spread * own
    found = Scores.of(values, reported, rng)
    figures = np.full(len(names), True)
    best = with_best_error(drawn, found, names, figures, 1, 0.9)
    assert 0.5 <= best.error <= 2.0
    covered = []
    for place, name in enumerate(names):
        low, high = np.quantile(best.predicted(place, name), [0.05, 0.95])
        covered.append(low <= reported[place] <= high)
    assert 0.8 <= np.mean(covered) <= 1.0
    # where the model is the world no error is needed
    exact = Scores.of(values, slope @ truth, rng)
    assert with_best_error(drawn, exact, names, figures, 1, 0.9).error <= 0.25


def test_missing_values_are_central_and_values_outside_are_far_away():
    rng = np.random.default_rng(7)
    values = rng.random((200, 3))
    values[::4, 0] = np.nan
    found = Scores.of(values, np.array([0.5, 2.0, -1.0]), rng)
    assert np.isfinite(found.scores).all()
    assert found.seen[1] == -found.seen[2] == 3.0
    assert abs(found.seen[0]) < 0.5
    assert found.back(np.array([-9.0, 9.0]), 1) == pytest.approx(
        [values[:, 1].min(), values[:, 1].max()]
    )


def _reports(share):
    one = {
        "name": "left",
        "scenario": "reference",
        "set": {"months": 30},
        "count": ["dropped_out"],
        "of": ["enrolled"],
        "reported": {"share": share, "people": 500},
        "source": "made up",
    }
    return Reports.model_validate({"outcomes": [one]})


def test_all_likely_ranges_are_fitted_jointly():
    study = CalibrationStudy(name="test", draws=60, seed=3, posterior_draws=40)
    low, high = (calibrate(study, _reports(share)).parameters() for share in (0.03, 0.4))
    key = "behaviour.training.dropout"
    assert low.loc[key, "posterior_median"] < high.loc[key, "posterior_median"]
    assert low.loc[key, "prior_median"] == pytest.approx(0.012)
    assert len(low) > 150
    found = calibrate(study, _reports(0.1))
    assert found == calibrate(study, _reports(0.1))
    assert len(found.thinned().drop_duplicates()) == 40
    assert found.left_out()["runs"].iloc[0] == 60
