"""What runs come to given the reports, and how far other runs would move it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from smpsim.studies.forecast.conditioning import Conditioned, condition
from smpsim.vocabulary import ENDS, SERIES

RISING = {name for name, one in SERIES.items() if one.label.endswith("so far")} | set(ENDS)
"""Series that never fall."""
SPLITS = 6
"""How often the runs are split into halves, to see how far these lie apart."""


def targets(shown: np.ndarray, now: int) -> np.ndarray:
    """Return what the reports are to tell: all series at three later months."""
    last = shown.shape[2] - 1
    months = sorted({now + max(1, round(part * (last - now))) for part in (1 / 3, 2 / 3, 1.0)})
    flat = shown[:, :, months].reshape(len(shown), -1)
    return np.asarray(flat[:, np.isfinite(flat).all(axis=0)])


def adjusted(conditioned: Conditioned, shown: np.ndarray, names: Sequence[str]) -> np.ndarray:
    """Return the series of the kept runs, adjusted; running totals go on rising."""
    found = conditioned.adjusted(shown)
    for place, name in enumerate(names):
        if name in RISING:
            found[..., place] = np.maximum.accumulate(found[..., place], axis=2)
    return found


@dataclass(frozen=True)
class Halves:
    """Halves of the runs, each conditioned as if there were no others.

    What reports tell of the future is learnt from the runs, so that other runs would tell it
    otherwise. From how far two halves lie apart follows the standard error of all runs (repeated
    half-samples, Wolter 2007, Introduction to Variance Estimation, chapter 3).

    Attributes
    ----------
    each : tuple of Conditioned
        The halves of each split, one after the other; places are those among all runs.
    after : tuple of ndarray, each of shape (kept, groups, months, series)
        The kept runs of each, adjusted.
    """

    each: tuple[Conditioned, ...]
    after: tuple[np.ndarray, ...] = field(repr=False)

    @classmethod
    def of(
        cls,
        reports: np.ndarray,
        reported: np.ndarray,
        shown: np.ndarray,
        names: Sequence[str],
        now: int,
        replications: int = 1,
    ) -> Halves:
        """Split the runs again and again, and condition each half.

        Parameters
        ----------
        reports : ndarray, shape (runs, reports)
        reported : ndarray, shape (reports,)
        shown : ndarray, shape (runs, groups, months, series)
        names : sequence of str
            Of the series.
        now : int
            The month of the last report.
        replications : int
            Runs of each draw; they stay together.
        """
        draw = np.arange(len(reports)) // replications
        order = np.random.default_rng(SPLITS)
        each, after = [], []
        for half in range(2 * SPLITS):
            if half % 2 == 0:
                first = order.permutation(draw[-1] + 1) % 2
            mine = np.flatnonzero(first[draw] == half % 2)
            found = condition(reports[mine], reported, targets(shown[mine], now))
            after.append(adjusted(found, shown[mine], names))
            each.append(replace(found, places=mine[found.places]))
        return cls(tuple(each), tuple(after))

    def medians_error(self) -> np.ndarray:
        """Return the standard errors of the medians, shape (groups, months, series)."""
        middles = [
            one.quantiles(after, (0.5,))[0]
            for one, after in zip(self.each, self.after, strict=True)
        ]
        return self._error(middles)

    def runs_of_share(self, group: int, column: int, least: float) -> float:
        """Return how many independent runs tell as much of the share that ends at `least` or more.

        By the mean share of the halves: that of all runs may be nearly 0 or 1 by chance.
        """
        shares = [
            one.weights @ (after[:, group, -1, column] >= least)
            for one, after in zip(self.each, self.after, strict=True)
        ]
        mean, error = float(np.mean(shares)), float(self._error(shares))
        return mean * (1.0 - mean) / error**2 if error > 0.0 else math.inf

    def change_error(self, ends: np.ndarray) -> np.ndarray:
        """Return the standard errors of mean changes at the end, shape (groups, series).

        Parameters
        ----------
        ends : ndarray, shape (runs, groups, series)
            Last values with what changes them, of all runs that any half keeps.
        """
        changes = [
            np.tensordot(
                one.weights, one.adjusted(ends[one.places], kept=True) - after[:, :, -1], axes=1
            )
            for one, after in zip(self.each, self.after, strict=True)
        ]
        return self._error(changes)

    def _error(self, found: Sequence[np.ndarray]) -> np.ndarray:
        apart = np.diff(np.asarray(found).reshape(SPLITS, 2, *np.shape(found)[1:]), axis=1)
        # a half has twice the variance of all runs, and a difference of halves four times
        return np.asarray(np.sqrt(np.mean(apart**2, axis=(0, 1)) / 4.0))
