"""Statistics over plausible worlds: chance against what is not known, rare events, dominance.

A world is a draw of the parameters. All arrays have the shape (..., worlds, runs of each).
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from smpsim.studies.search.robustness import regret


def share_of_runs(met: np.ndarray, level: float) -> tuple[float, float, float]:
    """Return the share of runs in which something happens, with bounds that hold for rare events.

    Runs of one world are not independent. So the exact bounds of Clopper and Pearson are taken
    for as many runs as would be, by the design effect (Korn and Graubard 1998, Survey Methodology
    24: 193-201); where it happens in no run, or in all, for a run of each world. Of none in n that
    is what the rule of three comes near to: at 95 % at most about 3 / n.

    Parameters
    ----------
    met : ndarray of bool, shape (worlds, runs)
    level : float
        Of the interval; a bound on one side only has the same level.

    Returns
    -------
    tuple of float
        Share, low, high.
    """
    share, (worlds, runs) = float(met.mean()), met.shape
    independent = float(worlds if worlds > 1 else runs)
    if share in (0.0, 1.0):
        bound = (1.0 - level) ** (1.0 / independent)
        return (share, 0.0, 1.0 - bound) if share == 0.0 else (share, bound, 1.0)
    if worlds > 1:
        error = float(met.mean(axis=1).var(ddof=1)) / worlds
        whole = share * (1.0 - share) / error if error > 0 else float(met.size)
        independent = min(max(whole, 1.0), float(met.size))
    tail, count = (1.0 - level) / 2.0, share * independent
    low = float(stats.beta.ppf(tail, count, independent - count + 1.0))
    high = float(stats.beta.ppf(1.0 - tail, count + 1.0, independent - count))
    return share, low, high


def expected_regret(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return what each option loses on average against the best one of each world.

    The best of a world is not known but estimated from few runs. Its own mean flatters it, so that
    regret comes out too high; chosen by all runs but one, and judged by that one, it comes out
    too low. The truth lies between.

    Parameters
    ----------
    values : ndarray, shape (options, worlds, runs)
        Of an objective that is to be high.

    Returns
    -------
    low, high : ndarray, shape (options,)
        Equal where each world has a single run, from which no less can be said.
    """
    options, _, runs = values.shape
    means = values.mean(axis=2)
    high = regret(-means, np.ones(options, bool)).mean(axis=1)
    if runs < 2:
        return high, high
    others = (values.sum(axis=2, keepdims=True) - values) / (runs - 1)
    chosen = others.argmax(axis=0)[None]
    best = np.take_along_axis(values, chosen, axis=0)[0].mean()
    low = np.maximum(best - means.mean(axis=1), 0.0)
    return np.minimum(low, high), high


def dominance(placed: np.ndarray, cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which options others dominate: at least as many placements for no more money.

    Parameters
    ----------
    placed, cost : ndarray, shape (options, worlds)
        Means of the worlds.

    Returns
    -------
    on_average : ndarray of bool, shape (options, options)
        Whether the option of the column dominates that of the row, by the means over worlds.
    worlds : ndarray of int, shape (options, options)
        In how many worlds it does.
    """

    def dominates(more: np.ndarray, less: np.ndarray) -> np.ndarray:
        mine, other = (slice(None), None), (None, slice(None))
        fewer, dearer = more[mine] - more[other], less[mine] - less[other]
        # an option equal in both to another is not worse than it
        return (fewer <= 0) & (dearer >= 0) & ((fewer < 0) | (dearer > 0))

    found = dominates(placed, cost)
    average = dominates(placed.mean(axis=1), cost.mean(axis=1))
    return average, found.sum(axis=2)
