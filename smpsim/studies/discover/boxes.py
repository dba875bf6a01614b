"""Boxes: limits on a few of the keys that were varied, and how failing runs lie in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from smpsim.studies.clusters import TwoWay, two_way
from smpsim.studies.discover.cases import Cases
from smpsim.studies.discover.keys import Key

LEAST_SHARE = 0.05
"""Share of all designs that a box holds at least."""
FEWEST_IN_BOX = 5
ERRORS = 2.0
"""Standard errors of the difference by which a box must be above the base rate."""


@dataclass(frozen=True)
class Limit:
    """What one key is restricted to.

    Attributes
    ----------
    key : Key
    low, high : float or None
        Both inclusive; None where there is no limit.
    allowed : tuple of str
        Of words, those that are allowed.
    """

    key: Key
    low: float | None = None
    high: float | None = None
    allowed: tuple[str, ...] = ()

    def holds(self, column: np.ndarray) -> np.ndarray:
        """Return where values are within the limit."""
        if not self.key.numeric:
            return np.isin(column, list(self.allowed))
        low = -math.inf if self.low is None else self.low
        high = math.inf if self.high is None else self.high
        return (column >= low) & (column <= high)

    @property
    def ends(self) -> tuple[str, ...]:
        """Which ends are limited: ``"low"``, ``"high"`` or ``"allowed"``."""
        if not self.key.numeric:
            return ("allowed",)
        return tuple(end for end in ("low", "high") if getattr(self, end) is not None)


@dataclass(frozen=True)
class Box:
    """A part of what was varied: all of its limits hold.

    Attributes
    ----------
    limits : tuple of Limit
    """

    limits: tuple[Limit, ...]

    def inside(self, cases: Cases) -> np.ndarray:
        """Return which cases are inside, shape (cases,)."""
        found = np.ones(len(cases), bool)
        for limit in self.limits:
            found &= limit.holds(cases.inputs[limit.key.name].to_numpy())
        return found


@dataclass(frozen=True)
class Search:
    """How boxes are looked for.

    Attributes
    ----------
    method : str
        ``"prim"`` or ``"cart"``.
    most : int
        Boxes at most.
    threshold : float, optional
        Density that each box must reach; when left out, the box with the largest excess is taken.
    """

    method: str
    most: int
    threshold: float | None = None


def density(cases: Cases, inside: np.ndarray) -> float:
    """Return the share of failing runs inside, not a number where there is no run."""
    runs = cases.judged[inside].sum()
    return float(cases.failed[inside].sum() / runs) if runs else math.nan


def coverage(cases: Cases, inside: np.ndarray) -> float:
    """Return the share of all failing runs that are inside."""
    return float(cases.failed[inside].sum() / max(cases.failed.sum(), 1))


def spread(cases: Cases, inside: np.ndarray) -> TwoWay:
    """Return the variances of a density, by designs, by worlds and by runs."""
    return two_way(_residuals(cases, inside), cases.design, _designs(cases, inside))


def standard_error(cases: Cases, inside: np.ndarray) -> float:
    """Return the standard error of a density, from how designs and worlds differ.

    Infinite below two designs, and not a number in a single world.
    """
    return _error(cases, inside, spread(cases, inside).variance, 1.0)


def gap(parts: Sequence[tuple[Cases, np.ndarray]]) -> tuple[float, float]:
    """Return by how much a density is above the base rate, and the error of this difference.

    Parameters
    ----------
    parts : sequence of (Cases, ndarray of bool)
        Cases and which of them are inside. The base rate is that of the same part: what all
        designs share in its worlds raises both and cancels out.

    Returns
    -------
    tuple of float
        The error is infinite below two designs, and by designs alone in a single world.
    """
    inside = [int(cases.judged[mask].sum()) for cases, mask in parts]
    runs = sum(inside)
    if runs == 0:
        return math.nan, math.inf
    above = [np.where(mask[:, None], cases.fate - cases.base, np.nan) for cases, mask in parts]
    # exactly nothing where all are inside
    found = sum(
        count * (density(cases, mask) - cases.base)
        for count, (cases, mask) in zip(inside, parts, strict=True)
        if count
    )
    found /= runs
    moved = [
        np.nan_to_num(mine - found) / runs
        - (count / runs) * (cases.fate - cases.base) / cases.judged.sum()
        for mine, count, (cases, _) in zip(above, inside, parts, strict=True)
    ]
    whole, mask = Cases.joined([cases for cases, _ in parts]), np.concatenate([m for _, m in parts])
    apart = two_way(np.concatenate(moved), whole.design, _designs(whole, mask))
    variance = apart.variance if math.isfinite(apart.by_worlds) else apart.by_designs
    return found, _error(whole, mask, variance, 1.0 - runs / whole.judged.sum())


def _residuals(cases: Cases, inside: np.ndarray) -> np.ndarray:
    """Return what each run inside moves the density by, shape (cases, worlds)."""
    runs = max(int(cases.judged[inside].sum()), 1)
    mine = np.where(inside[:, None], cases.fate, np.nan)
    return (mine - density(cases, inside)) / runs


def _designs(cases: Cases, inside: np.ndarray) -> int:
    return len(np.unique(cases.design[inside]))


def _error(cases: Cases, inside: np.ndarray, variance: float, outside: float) -> float:
    if _designs(cases, inside) < 2:
        return math.inf
    # in few designs that happen to be alike, no less than the luck of as many runs
    luck = cases.base * (1 - cases.base) / cases.judged[inside].sum() * outside
    return math.sqrt(max(variance, luck)) if math.isfinite(variance) else math.nan


CURVE = ("box", "step", "coverage", "density", "mass", "limits", "chosen")
"""Columns of a trade-off."""


def excess(cases: Cases, inside: np.ndarray, base: float) -> float:
    """Return how many more runs fail inside than would at the base rate."""
    return float(cases.failed[inside].sum() - base * cases.judged[inside].sum())


def clear(cases: Cases, inside: np.ndarray) -> bool:
    """Return whether a density is above the base rate by more than `ERRORS` standard errors."""
    above, error = gap([(cases, inside)])
    return above > ERRORS * error


def fewest(cases: Cases) -> int:
    """Return how many designs a box must hold."""
    return max(FEWEST_IN_BOX, math.ceil(LEAST_SHARE * len(cases)))


def point(
    cases: Cases, mask: np.ndarray, box: int, step: int, limits: int, chosen: bool
) -> tuple[Any, ...]:
    """Return a row of a trade-off: see `CURVE`."""
    share = float(mask.sum() / len(cases))
    return box, step, coverage(cases, mask), density(cases, mask), share, limits, chosen


def interval(key: Key, column: np.ndarray, low: float, high: float) -> Limit | None:
    """Return the limit that keeps the values between two ends, or None if it keeps all."""
    steps = key.whole or bool(key.values)
    # where there are steps, at a step: "at least 9", not "above 7.5"
    bottom = float(column[column >= low].min()) if steps and low > column.min() else low
    top = float(column[column <= high].max()) if steps and high < column.max() else high
    from_below, from_above = column.min() < low, column.max() > high
    if not (from_below or from_above):
        return None
    return Limit(key, bottom if from_below else None, top if from_above else None)
