"""Scores of predictions against answers that are known."""

import numpy as np
import pytest
from scipy import stats

from smpsim.studies.statistics import mean_with_interval, ratio_with_interval
from smpsim.studies.validate.measures import Figure
from smpsim.studies.validate.patterns import FAILS, HOLDS, UNCLEAR, verdict_of
from smpsim.studies.validate.reports import ReportedOutcome
from smpsim.studies.validate.scores import (
    as_reported,
    brier_score,
    interval,
    interval_score,
    probability,
    scored,
)


def outcome(scenario="a", **reported):
    return ReportedOutcome.model_validate(
        {
            "name": "placed",
            "scenario": scenario,
            "count": ["placed"],
            "of": ["graduated"],
            "source": "none",
            "reported": reported,
        }
    )


def test_the_interval_score_equals_a_hand_calculation():
    assert interval_score(0.2, 0.6, 0.5) == pytest.approx(0.4)
    # 2 / (1 - 0.9) = 20 times the distance missed
    assert interval_score(0.2, 0.6, 0.1) == pytest.approx(0.4 + 20 * 0.1)
    assert interval_score(0.2, 0.6, 0.9) == pytest.approx(0.4 + 20 * 0.3)


def test_the_true_quantiles_score_best():
    rng = np.random.default_rng(1)
    drawn = rng.normal(0.5, 0.1, 20_000)
    low, high = stats.norm(0.5, 0.1).ppf([0.05, 0.95])

    def mean_score(shift, stretch):
        half = stretch * (high - low) / 2
        ends = 0.5 + shift - half, 0.5 + shift + half
        return np.mean([interval_score(*ends, value) for value in drawn])

    best = mean_score(0, 1)
    assert all(best < mean_score(*other) for other in ((0, 0.7), (0, 1.4), (0.05, 1), (-0.05, 1)))


def test_prediction_intervals_have_their_stated_coverage():
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(400):
        sample = rng.beta(2, 5, 201)
        low, high = interval(sample)
        covered += low <= rng.beta(2, 5) <= high
    assert covered / 400 == pytest.approx(0.9, abs=0.045)


def test_missing_shares_do_not_count():
    values = np.array([0.1, 0.2, np.nan, 0.3])
    assert probability(values, (0.0, 0.2)) == pytest.approx(2 / 3)
    assert interval(np.array([np.nan]))[0] != interval(np.array([np.nan]))[0]
    assert brier_score(1.0) == 0.0
    assert brier_score(0.0) == 1.0


def test_shares_are_seen_in_a_cohort_of_the_reported_size():
    rng = np.random.default_rng(3)
    seen = as_reported(np.full(20_000, 0.3), Figure(share=0.3, people=50), rng)
    assert seen.mean() == pytest.approx(0.3, abs=0.003)
    assert seen.std() == pytest.approx((0.3 * 0.7 / 50) ** 0.5, rel=0.03)
    np.testing.assert_allclose(seen * 50, np.round(seen * 50), atol=1e-9)
    above = np.array([1.2, np.nan])
    np.testing.assert_array_equal(as_reported(above, Figure(share=0.3, people=50), rng), above)


def test_a_verbal_report_agrees_unless_it_is_improbable():
    shares = np.linspace(0, 1, 1001)
    assert scored(shares, outcome(at_most=0.2))["agrees"]
    assert not scored(shares, outcome(at_most=0.05))["agrees"]
    assert scored(shares, outcome(at_most=0.2))["probability"] == pytest.approx(0.2, abs=0.002)


@pytest.mark.parametrize(
    ("low", "high", "at_least", "at_most", "verdict"),
    [
        (0.2, 0.4, 0.1, None, HOLDS),
        (0.2, 0.4, 0.3, None, UNCLEAR),
        (0.2, 0.4, 0.5, None, FAILS),
        (0.2, 0.4, None, 0.4, HOLDS),
        (0.2, 0.4, None, 0.1, FAILS),
        (0.2, 0.4, 0.1, 0.3, UNCLEAR),
        (float("nan"), float("nan"), 0.1, None, UNCLEAR),
    ],
)
def test_a_verdict_requires_the_whole_interval(low, high, at_least, at_most, verdict):
    assert verdict_of(low, high, at_least, at_most) == verdict


def test_intervals_of_means_and_ratios_cover():
    rng = np.random.default_rng(6)
    covered = np.zeros(2)
    for _ in range(500):
        bottom = rng.gamma(20, 1, 25)
        top = 2 * bottom + rng.normal(0, 4, 25)
        _, low, high = mean_with_interval(bottom)
        covered[0] += low <= 20 <= high
        _, low, high = ratio_with_interval(top, bottom)
        covered[1] += low <= 2 <= high
    assert np.all(np.abs(covered / 500 - 0.95) < 0.035)


def test_any_amount_compared_with_zero_exceeds_every_multiple():
    value, low, high = ratio_with_interval(np.ones(5), np.zeros(5))
    assert value == np.inf
    assert low != low
    assert high != high
