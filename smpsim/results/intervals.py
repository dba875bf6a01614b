"""Intervals of what is rare: shares of runs, and counts that are zero in most runs."""

from __future__ import annotations

import numpy as np
from scipy import stats

MOST = 0.5
"""Share of runs above zero, or below it, up to which a value counts as rare."""
MANY = 30
"""As many runs with another value than zero say enough of the spread for a t interval."""
TINY = 1e-9  # what sums of weights are off by


def share_interval(count: float, runs: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a share of runs (Clopper and Pearson 1934, Biometrika 26).

    With none of the runs its upper end is about 3.7 / runs at 95 % (a rule of three, two-sided).

    Parameters
    ----------
    count, runs : float
        Runs in which it is so, of all of them; of runs with weights what they are worth.
    level : float
    """
    tail = (1.0 - level) / 2.0
    low = float(stats.beta.ppf(tail, count, runs - count + 1)) if count > TINY else 0.0
    high = (
        float(stats.beta.ppf(1.0 - tail, count + 1, runs - count)) if runs - count > TINY else 1.0
    )
    return low, high


def is_rare(values: np.ndarray) -> bool:
    """Return whether values are zero in most runs, and another one in few, but in some."""
    other = int(np.count_nonzero(values))
    return 0 < other < MANY and other <= MOST * len(values)


def rare_interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of the mean of counts, or of their differences, that are mostly zero.

    A t interval is as narrow as the few runs that it has seen are alike. This one holds all means
    that are not refuted at the variance that they would have themselves (a score interval, as
    Wilson's of a share), where a variance is the mean times the size of what happens when
    anything does. Gains and losses have one each, joined by the method of Donner and Zou (2012,
    Statistical Methods in Medical Research 21). Nothing at all is bounded as a single person would
    be, by Poisson's distribution.

    Parameters
    ----------
    values : ndarray, shape (runs,)
        Known in all of them.
    level : float
    """
    mean = float(values.mean())
    gained, lost = np.maximum(values, 0.0), np.maximum(-values, 0.0)
    if not lost.any():
        return _score(gained, level)
    if not gained.any():
        low, high = _score(lost, level)
        return -high, -low
    (low_gain, high_gain), (low_loss, high_loss) = _score(gained, level), _score(lost, level)
    gain, loss = float(gained.mean()), float(lost.mean())
    return (
        mean - ((gain - low_gain) ** 2 + (high_loss - loss) ** 2) ** 0.5,
        mean + ((high_gain - gain) ** 2 + (loss - low_loss) ** 2) ** 0.5,
    )


def _score(values: np.ndarray, level: float) -> tuple[float, float]:
    """Return the interval of the mean of values of 0 or more, most of them 0."""
    runs, mean = len(values), float(values.mean())
    if mean == 0.0:
        return 0.0, -float(np.log((1.0 - level) / 2.0)) / runs
    size = float((values**2).sum() / values.sum())
    half = float(stats.t.ppf(0.5 + level / 2.0, runs - 1)) ** 2 * size / runs
    width = (half * mean + half**2 / 4.0) ** 0.5
    return max(mean + half / 2.0 - width, 0.0), mean + half / 2.0 + width
