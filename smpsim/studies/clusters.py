"""Standard errors of runs that share what they were drawn with: their design and their world.

All designs of a study are run in the same few worlds (world n is replication n), so its runs are
dependent in two ways. Errors are those of Cameron, Gelbach and Miller (2011, Journal of Business
and Economic Statistics 29: 238-249): the variance by designs plus that by worlds, less that by
runs, which both hold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TwoWay:
    """Variances of an estimate; not a number where there are fewer than two of what is counted.

    Attributes
    ----------
    by_designs, by_worlds, by_runs : float
        As if nothing else had been drawn.
    """

    by_designs: float
    by_worlds: float
    by_runs: float

    @property
    def variance(self) -> float:
        """Variance by all that was drawn, never less than by designs or by worlds alone."""
        both = self.by_designs + self.by_worlds - self.by_runs
        return max(both, self.by_designs, self.by_worlds) if math.isfinite(both) else math.nan


def two_way(influence: np.ndarray, design: np.ndarray, designs: int | None = None) -> TwoWay:
    """Return the variances of an estimate, by designs, by worlds and by runs.

    Parameters
    ----------
    influence : ndarray, shape (cases, worlds)
        What each run moves the estimate by; not a number for runs that do not count.
    design : ndarray of int, shape (cases,)
        The design of each case.
    designs : int, optional
        Designs that the estimate rests on; all when left out.
    """
    counted = np.isfinite(influence)
    moved = np.where(counted, influence, 0.0)
    _, place = np.unique(design, return_inverse=True)
    return TwoWay(
        _variance(np.bincount(place, moved.sum(axis=1)), designs),
        _variance(moved[:, counted.any(axis=0)].sum(axis=0)),
        _variance(moved[counted]),
    )


def _variance(sums: np.ndarray, groups: int | None = None) -> float:
    count = len(sums) if groups is None else groups
    return float(sums @ sums) * count / (count - 1) if count > 1 else math.nan
