"""Statistics of paired runs: means, ratios, p values and Holm's adjustment."""

from __future__ import annotations

import numpy as np
from scipy import stats

from smpsim.results.intervals import is_rare, rare_interval


def holm(p: np.ndarray) -> np.ndarray:
    """Return p values adjusted for their number (Holm 1979, Scandinavian J. of Statistics 6).

    Parameters
    ----------
    p : ndarray, shape (comparisons,)
        Those that are not a number are no comparisons and stay what they are.
    """
    p = np.asarray(p, float)
    known = np.isfinite(p)
    found = np.full(len(p), np.nan)
    order = np.argsort(p[known], kind="stable")
    left = np.arange(known.sum(), 0, -1)
    raised = np.minimum(1.0, np.maximum.accumulate(p[known][order] * left))
    back = np.empty(len(order))
    back[order] = raised
    found[known] = back
    return found


def p_of(difference: float, error: float, runs: int) -> float:
    """Return the two-sided p value of a difference with its standard error (t, runs - 1).

    Without any variance it is 1 if there is no difference, else 0; not a number from fewer than
    two runs.
    """
    if runs < 2 or not np.isfinite(difference) or not np.isfinite(error):
        return float("nan")
    if error == 0.0:
        return 1.0 if difference == 0.0 else 0.0
    return float(2.0 * stats.t.sf(abs(difference) / error, runs - 1))


def mean_of(values: np.ndarray, level: float) -> dict[str, float]:
    """Return the mean of paired differences with its interval and p value.

    A t interval, or that of `rare_interval` where most runs have no difference.

    Parameters
    ----------
    values : ndarray, shape (runs,)
        Runs in which the value is missing are left out.
    level : float
        Of the confidence interval.

    Returns
    -------
    dict
        ``mean``, ``ci_low``, ``ci_high``, ``p``; what cannot be told is not a number.
    """
    known = values[np.isfinite(values)]
    runs = len(known)
    if runs == 0:
        return dict.fromkeys(("mean", "ci_low", "ci_high", "p"), float("nan"))
    mean = float(known.mean())
    if runs == 1:
        return {"mean": mean, "ci_low": float("nan"), "ci_high": float("nan"), "p": float("nan")}
    error = float(known.std(ddof=1)) / runs**0.5
    half = float(stats.t.ppf(0.5 + level / 2, runs - 1)) * error
    low, high = rare_interval(known, level) if is_rare(known) else (mean - half, mean + half)
    return {
        "mean": mean,
        "ci_low": low,
        "ci_high": high,
        "p": p_of(mean, error, runs),
    }


def ratio_of(top: np.ndarray, bottom: np.ndarray, level: float) -> tuple[float, float, float]:
    """Return the ratio of two means of paired values with its interval by Fieller's theorem.

    The interval holds all ratios r for which the mean of top - r bottom is not significantly
    different from zero (Fieller 1954, J. of the Royal Statistical Society B 16). It has two ends
    only where the mean below is significantly different from zero itself; otherwise, that
    ratio may have any size and nothing is returned for it.

    Parameters
    ----------
    top, bottom : ndarray, shape (runs,)
    level : float

    Returns
    -------
    tuple of float
        Ratio, low, high; all not a number where there is no such interval.
    """
    nothing = (float("nan"),) * 3
    both = np.isfinite(top) & np.isfinite(bottom)
    top, bottom, runs = top[both], bottom[both], int(both.sum())
    if runs < 2:
        return nothing
    above, below = float(top.mean()), float(bottom.mean())
    spread = np.cov(top, bottom, ddof=1) * float(stats.t.ppf(0.5 + level / 2, runs - 1)) ** 2 / runs
    # r (below) = above is not refuted: a r^2 - 2 b r + c <= 0
    a = below**2 - float(spread[1, 1])
    b = above * below - float(spread[0, 1])
    c = above**2 - float(spread[0, 0])
    if a <= 0:
        return nothing
    # rounding can leave a little below zero where there is no spread at all
    half = max(b * b - a * c, 0.0) ** 0.5
    return above / below, (b - half) / a, (b + half) / a


def mean_with_interval(values: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Return the mean of independent values with its t interval."""
    found = mean_of(values, level)
    return found["mean"], found["ci_low"], found["ci_high"]


def ratio_with_interval(
    top: np.ndarray, bottom: np.ndarray, level: float = 0.95
) -> tuple[float, float, float]:
    """Return the ratio of the means of paired values with its delta-method interval.

    A ratio over a mean of zero is infinite, and its interval with it, if anything stands above.
    """
    both = np.isfinite(top) & np.isfinite(bottom)
    top, bottom = top[both], bottom[both]
    if len(top) < 2 or bottom.mean() == 0.0:
        rises = len(top) > 0 and top.mean() > 0
        value = float("inf") if rises else float("nan")
        return value, float("nan"), float("nan")
    ratio = float(top.mean() / bottom.mean())
    _, low, high = mean_with_interval((top - ratio * bottom) / bottom.mean(), level)
    return ratio, ratio + low, ratio + high
