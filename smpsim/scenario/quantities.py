"""Values that a scenario states: money in a currency and numbers drawn from a distribution.

A distribution is written as a mapping with one key, ``{lognormal: {median: 3, sigma: 0.4}}``;
a plain number is the distribution that always gives that number. Draws are by inverse
transform: :meth:`Distribution.quantile` turns a uniform number into a value.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, TypeGuard

import numpy as np
from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
)
from pydantic_core import core_schema
from scipy import special

from smpsim.messages import nearest
from smpsim.scenario.fields import Clipped

Parameters = dict[str, float]


@dataclass(frozen=True)
class Kind:
    """A family of distributions: its parameters, their check and its quantile function."""

    parameters: tuple[str, ...]
    allowed: str
    valid: Callable[[Parameters], bool]
    quantile: Callable[[Parameters, np.ndarray], np.ndarray]


# These are the formulas of scipy.stats, to the last bit, with the functions that it calls: to make
# one of its distributions takes a hundred times as long as most of these.


def _uniform(p: Parameters, u: np.ndarray) -> np.ndarray:
    return u * (p["high"] - p["low"]) + p["low"]


def _triangular(p: Parameters, u: np.ndarray) -> np.ndarray:
    width = p["high"] - p["low"]
    mode = (p["mode"] - p["low"]) / width
    above = 1.0 - np.sqrt((1.0 - mode) * (1.0 - u))
    return np.where(u < mode, np.sqrt(mode * u), above) * width + p["low"]


def _normal(p: Parameters, u: np.ndarray) -> np.ndarray:
    return special.ndtri(u) * p["sd"] + p["mean"]


def _lognormal(p: Parameters, u: np.ndarray) -> np.ndarray:
    return np.exp(p["sigma"] * special.ndtri(u)) * p["median"]


def _beta(p: Parameters, u: np.ndarray) -> np.ndarray:
    # mean and sd to the two shapes: total = mean (1 - mean) / sd^2 - 1
    total = p["mean"] * (1.0 - p["mean"]) / p["sd"] ** 2 - 1.0
    one, other = p["mean"] * total, (1.0 - p["mean"]) * total
    return special.betaincinv(one, other, u) if min(one, other) > 0 else np.full_like(u, np.nan)


def _gamma(p: Parameters, u: np.ndarray) -> np.ndarray:
    shape, scale = (p["mean"] / p["sd"]) ** 2, p["sd"] ** 2 / p["mean"]
    if min(shape, scale) <= 0:
        # squares too small for a number
        return np.full_like(u, np.nan)
    return special.gammaincinv(shape, u) * scale


def _exponential(p: Parameters, u: np.ndarray) -> np.ndarray:
    return -special.log1p(-u) * p["mean"]


KINDS: dict[str, Kind] = {
    "uniform": Kind(("low", "high"), "low < high", lambda p: p["low"] < p["high"], _uniform),
    "triangular": Kind(
        ("low", "mode", "high"),
        "low <= mode <= high and low < high",
        lambda p: p["low"] <= p["mode"] <= p["high"] and p["low"] < p["high"],
        _triangular,
    ),
    "normal": Kind(("mean", "sd"), "sd > 0", lambda p: p["sd"] > 0, _normal),
    "lognormal": Kind(
        ("median", "sigma"),
        "median > 0 and sigma > 0",
        lambda p: p["median"] > 0 and p["sigma"] > 0,
        _lognormal,
    ),
    "beta": Kind(
        ("mean", "sd"),
        "0 < mean < 1 and 0 < sd < sqrt(mean (1 - mean))",
        lambda p: 0 < p["mean"] < 1 and 0 < p["sd"] < (p["mean"] * (1 - p["mean"])) ** 0.5,
        _beta,
    ),
    "gamma": Kind(
        ("mean", "sd"),
        "mean > 0 and sd > 0",
        lambda p: p["mean"] > 0 and p["sd"] > 0,
        _gamma,
    ),
    "exponential": Kind(("mean",), "mean > 0", lambda p: p["mean"] > 0, _exponential),
}
FORMS = "; ".join(f"{name}: {{{', '.join(kind.parameters)}}}" for name, kind in KINDS.items())


def is_finite(value: Any) -> TypeGuard[float]:
    """Return whether a value is a number that can be calculated with."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        # an integer that no floating-point number can hold
        return False


class Written:
    """Something that a file writes in a form of its own: read by `parse`, written by `raw`."""

    @classmethod
    def parse(cls, raw: Any) -> Any:
        """Read what a file says, or raise `ValueError` with what is allowed."""
        raise NotImplementedError

    def raw(self) -> Any:
        """Return what a file would say."""
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Validate with `parse` and write with `raw`."""
        return core_schema.no_info_plain_validator_function(
            cls.parse, serialization=core_schema.plain_serializer_function_ser_schema(cls.raw)
        )


@dataclass(frozen=True)
class Distribution(Written):
    """A number, or a distribution of numbers.

    Parameters
    ----------
    kind : str
        ``"constant"`` or a name in `KINDS`.
    parameters : tuple of (str, float)
        Parameters by name; ``(("value", v),)`` for a constant.

    Examples
    --------
    >>> Distribution.parse({"uniform": {"low": 0, "high": 2}}).quantile(0.25)
    0.5
    """

    kind: str
    parameters: tuple[tuple[str, float], ...]

    @classmethod
    def constant(cls, value: float) -> Distribution:
        """Return the distribution that always gives `value`."""
        return cls("constant", (("value", float(value)),))

    @classmethod
    def parse(cls, raw: Any) -> Distribution:
        """Read a number or a mapping with one kind of distribution.

        Raises
        ------
        ValueError
            With what was found and what is allowed.
        """
        if isinstance(raw, Distribution):
            return raw
        if is_finite(raw):
            return cls.constant(raw)
        if not isinstance(raw, Mapping) or len(raw) != 1:
            raise ValueError(f"got {raw!r}; allowed: a number or one of {FORMS}")
        ((kind, given),) = raw.items()
        if kind not in KINDS:
            raise ValueError(f"got distribution {kind!r}; allowed: {FORMS}{nearest(kind, KINDS)}")
        family = KINDS[kind]
        names = family.parameters
        if isinstance(given, (list, tuple)) and len(given) == len(names):
            given = dict(zip(names, given, strict=True))
        if is_finite(given) and len(names) == 1:
            given = {names[0]: given}
        wrong = not isinstance(given, Mapping) or set(given) != set(names)
        if wrong or not all(is_finite(v) for v in given.values()):
            raise ValueError(f"got {kind} with {given!r}; allowed: numbers for {', '.join(names)}")
        values = {name: float(given[name]) for name in names}
        if not family.valid(values):
            raise ValueError(f"got {kind} with {values}; allowed: {family.allowed}")
        distribution = cls(kind, tuple(values.items()))
        if not math.isfinite(median(distribution)):
            raise ValueError(
                f"got {kind} with {values}, too extreme to calculate with; "
                f"allowed: {family.allowed}"
            )
        return distribution

    def quantile(self, u: Any) -> Any:
        """Return the value below which a share `u` (0 to 1) of the draws lies."""
        if self.kind == "constant":
            value = self.parameters[0][1]
            return np.full(np.shape(u), value) if np.ndim(u) else value
        # what comes out of extreme parameters is looked at, not warned of
        with np.errstate(all="ignore"):
            found = KINDS[self.kind].quantile(dict(self.parameters), np.asarray(u, float))
        return found if np.ndim(u) else float(found)

    @property
    def support(self) -> tuple[float, float]:
        """Return the smallest and largest possible value."""
        low, high = self.quantile(np.array([0.0, 1.0]))
        return float(low), float(high)

    def raw(self) -> Any:
        """Return the form a scenario file writes: a number or a mapping."""
        if self.kind == "constant":
            return self.parameters[0][1]
        return {self.kind: dict(self.parameters)}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the allowed forms for editors."""
        forms: list[dict[str, Any]] = [{"type": "number"}]
        for name, kind in KINDS.items():
            inner = {
                "type": "object",
                "properties": {p: {"type": "number"} for p in kind.parameters},
                "required": list(kind.parameters),
                "additionalProperties": False,
            }
            forms.append(
                {
                    "type": "object",
                    "properties": {name: inner},
                    "required": [name],
                    "additionalProperties": False,
                }
            )
        return {"anyOf": forms}


@lru_cache(maxsize=10_000)
def median(found: Distribution) -> float:
    """Return the median of a distribution, its value if constant."""
    # a study loads the same distributions thousands of times
    try:
        return float(found.quantile(0.5))
    except ArithmeticError:
        # parameters so extreme that arithmetic fails
        return math.nan


def within(low: float, high: float) -> BeforeValidator:
    """Return a validator that keeps a distribution's constant value, or median, in a range.

    Draws outside the range are clipped to it when the distribution is tabulated, as a
    normal or lognormal distribution has no natural bound.
    """

    def check(raw: Any) -> Distribution:
        found = Distribution.parse(raw)
        middle = median(found)
        if not low <= middle <= high:
            raise ValueError(f"got {raw!r}; allowed: a median from {low:g} to {high:g}")
        return found

    return BeforeValidator(check)


def to_scenario_currency(raw: Any, info: ValidationInfo) -> Any:
    """Convert ``"35000 AUD"`` at the scenario's stated rate; numbers pass unchanged."""
    if not isinstance(raw, str):
        return raw
    context = info.context or {}
    home, rates = context.get("currency", "EUR"), context.get("exchange_rates", {})
    amount, _, code = raw.strip().partition(" ")
    code = code.strip().upper()
    try:
        value = float(amount.replace("_", ""))
    except ValueError:
        raise ValueError(
            f"got {raw!r}; allowed: a number or an amount with currency such as '500 {home}'"
        ) from None
    if code == home:
        return value
    if code not in rates:
        known = ", ".join([home, *rates]) or home
        raise ValueError(
            f"got currency {code!r}; allowed: {known} (state its rate under exchange_rates)"
        )
    return value * rates[code]


LARGEST_AMOUNT = 1e12
Money = Annotated[
    float,
    BeforeValidator(to_scenario_currency),
    Field(le=LARGEST_AMOUNT),
]
"""An amount in the scenario's currency, or a text with another currency of a stated rate.

The bound leaves room for currencies of small units and keeps every sum of a run finite; a field
states its lower one.
"""

Share = Annotated[Distribution, within(0.0, 1.0), Clipped(0.0, 1.0)]
Positive = Annotated[Distribution, within(0.0, 1e9), Clipped(0.0, math.inf)]
Months = Annotated[Distribution, within(0.0, 600.0), Clipped(0.0, 600.0)]
Age = Annotated[Positive, Clipped(15.0, 80.0)]
Hours = Annotated[Positive, Clipped(0.0, 5000.0)]
Years = Annotated[Distribution, within(0.0, 30.0), Clipped(0.0, 30.0)]
Ratio = Annotated[Distribution, within(0.0, 20.0), Clipped(0.01, 20.0)]
Rate = Annotated[Distribution, within(0.0, 5.0), Clipped(0.0, 5.0)]
Amount = Annotated[Distribution, within(0.0, 1e9), Clipped(0.0, LARGEST_AMOUNT)]
