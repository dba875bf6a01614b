"""Distributions against scipy's own, and money in several currencies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from scipy import special, stats

from smpsim.scenario import Distribution, load_data
from smpsim.scenario.quantities import KINDS, Money, Share

SHARES = np.array([0.001, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999])
LOGITS = special.expit(np.linspace(-22.5, 22.5, 101))


@pytest.mark.parametrize(
    ("raw", "reference"),
    [
        ({"uniform": {"low": -1, "high": 3}}, stats.uniform(-1, 4)),
        ({"triangular": {"low": 1, "mode": 2, "high": 5}}, stats.triang(0.25, 1, 4)),
        ({"triangular": {"low": 1, "mode": 1, "high": 5}}, stats.triang(0, 1, 4)),
        ({"normal": {"mean": 3, "sd": 2}}, stats.norm(3, 2)),
        ({"lognormal": {"median": 4, "sigma": 0.5}}, stats.lognorm(0.5, scale=4)),
        ({"beta": {"mean": 0.25, "sd": 0.25}}, stats.beta(0.5, 1.5)),
        ({"beta": {"mean": 0.5, "sd": math.sqrt(1 / 12)}}, stats.uniform()),
        ({"gamma": {"mean": 6, "sd": 3}}, stats.gamma(4, scale=1.5)),
        ({"exponential": {"mean": 5}}, stats.expon(scale=5)),
    ],
)
def test_quantiles_against_scipy(raw, reference):
    found = Distribution.parse(raw)
    np.testing.assert_allclose(found.quantile(SHARES), reference.ppf(SHARES), rtol=1e-9)
    assert isinstance(found.quantile(0.5), float)
    assert found.support == pytest.approx(reference.support())
    assert found.raw() == raw
    assert Distribution.parse(found.raw()) == found


def test_every_kind_is_tested():
    marks = test_quantiles_against_scipy.pytestmark
    cases = next(mark for mark in marks if mark.name == "parametrize").args[1]
    assert {next(iter(raw)) for raw, _ in cases} == set(KINDS)


@pytest.mark.parametrize("kind", ["beta", "gamma", "normal"])
def test_mean_and_sd_are_what_was_asked_for(kind):
    found = Distribution.parse({kind: {"mean": 0.6, "sd": 0.1}})
    shares = (np.arange(100_000) + 0.5) / 100_000
    values = found.quantile(shares)
    assert (values.mean(), values.std()) == pytest.approx((0.6, 0.1), rel=1e-3)


def of_scipy(kind, p):
    """Return the distribution of scipy that a kind is; `ArithmeticError` as it comes."""
    if kind == "beta":
        total = p["mean"] * (1.0 - p["mean"]) / p["sd"] ** 2 - 1.0
        return stats.beta(p["mean"] * total, (1.0 - p["mean"]) * total)
    if kind == "triangular":
        width = p["high"] - p["low"]
        return stats.triang((p["mode"] - p["low"]) / width, loc=p["low"], scale=width)
    return {
        "uniform": lambda: stats.uniform(p["low"], p["high"] - p["low"]),
        "normal": lambda: stats.norm(p["mean"], p["sd"]),
        "lognormal": lambda: stats.lognorm(p["sigma"], scale=p["median"]),
        "gamma": lambda: stats.gamma((p["mean"] / p["sd"]) ** 2, scale=p["sd"] ** 2 / p["mean"]),
        "exponential": lambda: stats.expon(scale=p["mean"]),
    }[kind]()


SIZES = st.one_of(st.floats(1e-3, 1e3), st.floats(1e-300, 1e300), st.floats(0.01, 0.99))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.lists(SIZES, min_size=3, max_size=3))
def test_quantiles_are_those_of_scipy_to_the_last_bit(kind, numbers):
    names = KINDS[kind].parameters
    if names[0] == "low":
        numbers = sorted(numbers)
    given_ = dict(zip(names, numbers, strict=False))
    assume(KINDS[kind].valid(given_))
    try:
        with np.errstate(all="ignore"):
            expected = of_scipy(kind, given_).ppf(LOGITS)
    except ArithmeticError:
        with pytest.raises(ArithmeticError):
            Distribution(kind, tuple(given_.items())).quantile(LOGITS)
        return
    found = Distribution(kind, tuple(given_.items())).quantile(LOGITS)
    np.testing.assert_array_equal(found, expected)


def test_constant_and_short_forms():
    five = Distribution.parse(5)
    assert five.quantile(0.3) == 5.0
    assert five.quantile(SHARES).tolist() == [5.0] * len(SHARES)
    assert five.support == (5.0, 5.0)
    assert five.raw() == 5.0
    assert Distribution.parse({"exponential": 3}).raw() == {"exponential": {"mean": 3.0}}
    assert Distribution.parse({"normal": [3, 1]}).raw() == {"normal": {"mean": 3.0, "sd": 1.0}}
    assert Distribution.parse(five) is five


@pytest.mark.parametrize(
    ("raw", "part"),
    [
        ("5", "a number or one of"),
        (True, "a number or one of"),
        (None, "a number or one of"),
        (math.nan, "a number or one of"),
        (math.inf, "a number or one of"),
        (10**400, "a number or one of"),
        ([1, 2], "a number or one of"),
        ({}, "a number or one of"),
        ({"normal": {"mean": 1, "sd": 1}, "beta": {}}, "a number or one of"),
        ({"lognorml": {"median": 1}}, "did you mean 'lognormal'?"),
        ({"normal": {"mean": 1}}, "numbers for mean, sd"),
        ({"normal": {"mean": 1, "sd": "a"}}, "numbers for mean, sd"),
        ({"normal": {"mean": 1, "sd": True}}, "numbers for mean, sd"),
        ({"normal": {"mean": 1, "sd": math.inf}}, "numbers for mean, sd"),
        ({"normal": [1, 2, 3]}, "numbers for mean, sd"),
        ({"normal": 3}, "numbers for mean, sd"),
        ({"normal": {"mean": 1, "sd": 0}}, "sd > 0"),
        ({"uniform": {"low": 2, "high": 2}}, "low < high"),
        ({"triangular": {"low": 1, "mode": 9, "high": 3}}, "low <= mode <= high"),
        ({"triangular": {"low": 1, "mode": 1, "high": 1}}, "low < high"),
        ({"lognormal": {"median": -1, "sigma": 1}}, "median > 0"),
        ({"beta": {"mean": 1, "sd": 0.1}}, "0 < mean < 1"),
        ({"beta": {"mean": 0.5, "sd": 0.5}}, "sd < sqrt"),
        ({"gamma": {"mean": 0, "sd": 1}}, "mean > 0"),
        ({"exponential": {"mean": 0}}, "mean > 0"),
    ],
)
def test_bad_distribution(raw, part):
    with pytest.raises(ValueError) as caught:
        Distribution.parse(raw)
    assert str(caught.value).startswith("got ")
    assert part in str(caught.value)


@pytest.mark.parametrize("raw", [-0.1, 1.1, {"normal": {"mean": 2, "sd": 1}}])
def test_median_outside_the_range(raw):
    with pytest.raises(ValidationError, match="allowed: a median from 0 to 1"):
        TypeAdapter(Share).validate_python(raw)


@pytest.mark.parametrize(
    "raw", [{"beta": {"mean": 0.5, "sd": 1e-200}}, {"gamma": {"mean": 1e200, "sd": 1e-200}}]
)
def test_parameters_beyond_arithmetic_are_reported(raw):
    with pytest.raises(ValidationError, match="too extreme to calculate with"):
        TypeAdapter(Share).validate_python(raw)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.02, 0.98))
def test_quantile_and_distribution_function_are_inverse(mean, part, u):
    sd = part * math.sqrt(mean * (1 - mean))
    found = Distribution.parse({"beta": {"mean": mean, "sd": sd}})
    total = mean * (1 - mean) / sd**2 - 1
    value = found.quantile(u)
    # a steep end of the curve leaves no digits to compare
    if 1e-6 < value < 1 - 1e-6:
        assert stats.beta(mean * total, (1 - mean) * total).cdf(value) == pytest.approx(u, abs=1e-6)


@settings(max_examples=50, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.lists(st.floats(0, 1), min_size=2, max_size=5))
def test_quantiles_rise(kind, shares):
    low_mode_high = {"low": 0.1, "mode": 0.2, "high": 0.9}
    values = low_mode_high | {"mean": 0.4, "sd": 0.2, "median": 0.4, "sigma": 0.5}
    raw = {kind: {name: values[name] for name in KINDS[kind].parameters}}
    found = Distribution.parse(raw).quantile(np.sort(shares))
    assert (np.diff(found[np.isfinite(found)]) >= 0).all()


@pytest.mark.parametrize(
    ("raw", "euros"),
    [
        (300, 300.0),
        ("300 EUR", 300.0),
        ("300 eur", 300.0),
        ("1_000 USD", 900.0),
        ("-5.5e2 USD", -495.0),
        (" 35000  AUD ", 21000.0),
    ],
)
def test_money(world, raw, euros):
    world["exchange_rates"] = {"USD": 0.9, "AUD": 0.6}
    world["employers"][0]["margin_per_month"] = raw
    assert load_data(world).employers[0].margin_per_month == pytest.approx(euros)


def test_money_in_another_home_currency(world):
    world |= {"currency": "AUD", "exchange_rates": {"EUR": 1.7}}
    world["programmes"][0]["costs"] = {"visa": "100 EUR", "exam": "100 AUD", "travel": 100}
    costs = load_data(world).programmes[0].costs
    assert (costs.visa, costs.exam, costs.travel) == (pytest.approx(170), 100, 100)


@pytest.mark.parametrize("raw", ["300 USD", "many", "", "EUR 300", "nan EUR", "1e999 EUR", [1]])
def test_bad_money(raw):
    with pytest.raises(ValidationError):
        TypeAdapter(Money, config={"allow_inf_nan": False}).validate_python(
            raw, context={"currency": "EUR", "exchange_rates": {}}
        )
