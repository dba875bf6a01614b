"""What the spread of an outcome over runs is made of: chance, and what is not known."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy import stats


class Spread(NamedTuple):
    """What the spread of an outcome over runs is made of.

    Attributes
    ----------
    chance, unknown : float
        Shares of the variance; they add up to 1. Not a number where nothing varies, or where it
        cannot be told: from one world, or one run of each.
    low, high : float
        Interval of the share that is not known.
    """

    chance: float
    unknown: float
    low: float
    high: float


def spread_of(values: np.ndarray, level: float) -> Spread:
    """Divide the variance of runs into chance and what is not known of the parameters.

    One-way analysis of variance with random effects: the mean square within worlds is the variance
    of chance; that between worlds, less it, by the runs of each, the variance of what is not known
    (unbiased; set to zero where it comes out below). The interval of the share is the exact one
    for normal effects (Searle, Casella and McCulloch 1992, Variance Components, section 3.6).

    Parameters
    ----------
    values : ndarray, shape (worlds, runs)
    level : float
        Of the interval.
    """
    worlds, runs = values.shape
    nothing = Spread(*[float("nan")] * 4)
    if worlds < 2 or runs < 2:
        return nothing
    within = float(values.var(axis=1, ddof=1).mean())
    between = float(runs * values.mean(axis=1).var(ddof=1))
    if within == between == 0.0:
        return nothing
    if within == 0.0:
        return Spread(0.0, 1.0, 1.0, 1.0)
    unknown = max((between - within) / runs, 0.0)
    ratio, tail = between / within, (1.0 - level) / 2.0
    degrees = worlds - 1, worlds * (runs - 1)
    ends = [ratio / float(stats.f.ppf(q, *degrees)) for q in (1.0 - tail, tail)]
    low, high = (max((end - 1.0) / (end + runs - 1.0), 0.0) for end in ends)
    share = unknown / (unknown + within)
    return Spread(1.0 - share, share, low, high)
