"""Robustness of designs over worlds: domination, regret and satisficing.

Everything here is plain arithmetic on arrays of goals that are to be minimised: outcomes to be
maximised stand with the other sign, and what is unknown is infinite.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

QUANTILE = 0.9
BEYOND = 1.1
"""Where hypervolumes end, if the worst of the fronts is at 1."""


def nondominated(goals: np.ndarray) -> np.ndarray:
    """Return which designs no other is at least as good as in all goals and better in one.

    Parameters
    ----------
    goals : ndarray, shape (..., designs, objectives)

    Returns
    -------
    ndarray of bool, shape (..., designs)
    """
    mine, other = goals[..., :, None, :], goals[..., None, :, :]
    dominates = np.all(other <= mine, axis=-1) & np.any(other < mine, axis=-1)
    return ~np.any(dominates, axis=-1)


def fronts(goals: np.ndarray, ends: list[int]) -> list[np.ndarray]:
    """Return the nondominated ones among the first designs, for several numbers of them.

    Parameters
    ----------
    goals : ndarray, shape (designs, objectives)
        Designs whose goals are all infinite, such as those not feasible, are on no front.
    ends : list of int
        How many designs count each time, rising.

    Returns
    -------
    list of ndarray of int
    """
    found = []
    front, begin = np.empty(0, int), 0
    for end in ends:
        # what was dominated stays so, and all pairs of many designs would fill the memory
        rivals = np.concatenate([front, np.arange(begin, end)])
        rivals = rivals[np.isfinite(goals[rivals]).any(axis=1)]
        front, begin = rivals[nondominated(goals[rivals])], end
        found.append(front)
    return found


def regret(goals: np.ndarray, choices: np.ndarray) -> np.ndarray:
    """Return what a design loses in each world against the best choice there.

    Parameters
    ----------
    goals : ndarray, shape (designs, worlds)
    choices : ndarray of bool, shape (designs,)
        The designs among which the best is taken.

    Returns
    -------
    ndarray, shape (designs, worlds)
        In the unit of the outcome and not below 0: a design that is no choice may be better than
        the best one. Infinite where its outcome is unknown and a choice's is not, and 0 where no
        choice's is known.
    """
    best = goals[choices].min(axis=0)
    # infinity less infinity is no number, and nothing is lost where all fail
    apart = np.where(
        np.isinf(goals) & np.isinf(best), 0.0, goals - np.where(np.isinf(best), 0, best)
    )
    return np.maximum(apart, 0.0)


def regret_summary(regrets: np.ndarray) -> dict[str, np.ndarray]:
    """Return mean, 90th percentile and maximum of regrets over worlds.

    Parameters
    ----------
    regrets : ndarray, shape (designs, worlds)

    Returns
    -------
    dict of str to ndarray, shape (designs,)
        ``mean``, ``p90`` and ``max``. The percentile is the smallest regret that is not exceeded
        in nine of ten worlds, so infinite ones do no harm if they are few.
    """
    return {
        "mean": regrets.mean(axis=1),
        "p90": np.quantile(regrets, QUANTILE, axis=1, method="inverted_cdf"),
        "max": regrets.max(axis=1),
    }


def share_with_interval(met: np.ndarray, level: float) -> np.ndarray:
    """Return shares of worlds with their Wilson intervals.

    Parameters
    ----------
    met : ndarray of bool, shape (designs, worlds)
    level : float

    Returns
    -------
    ndarray, shape (designs, 3)
        Share, lower and upper end.
    """
    rows = []
    for one in met:
        found = stats.binomtest(int(one.sum()), len(one))
        ends = found.proportion_ci(level, method="wilson")
        rows.append([one.mean(), ends.low, ends.high])
    return np.array(rows).reshape(len(met), 3)


def scaled(goals: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Return goals from 0 for the best to 1 for the worst of some designs.

    Parameters
    ----------
    goals : ndarray, shape (designs, objectives)
    among : ndarray of bool, shape (designs,)

    Returns
    -------
    ndarray, shape (designs, objectives)
        Unknown ones are infinite; those of the others may lie outside 0 to 1.
    """
    known = np.where(np.isfinite(goals) & among[:, None], goals, np.nan)
    if not among.any():
        return np.full(goals.shape, np.nan)
    with np.errstate(invalid="ignore"):
        low = np.nan_to_num(np.fmin.reduce(known, axis=0))
        span = np.nan_to_num(np.fmax.reduce(known, axis=0)) - low
    return (goals - low) / np.where(span > 0, span, 1.0)


def compromise(goals: np.ndarray, among: np.ndarray) -> int | None:
    """Return the design whose worst goal is best, each scaled between best and worst.

    Parameters
    ----------
    goals : ndarray, shape (designs, objectives)
    among : ndarray of bool, shape (designs,)
        Those that may be chosen.

    Returns
    -------
    int or None
        None if none may be chosen. Of equal ones, that with the least sum.
    """
    places = np.flatnonzero(among)
    if not len(places):
        return None
    apart = scaled(goals, among)[places]
    order = np.lexsort((apart.sum(axis=1), apart.max(axis=1)))
    return int(places[order[0]])


def spread(goals: np.ndarray, most: int) -> list[int]:
    """Return designs that stand for a front: the best of each goal, then the farthest from them.

    Parameters
    ----------
    goals : ndarray, shape (designs, objectives)
    most : int

    Returns
    -------
    list of int
        Sorted.
    """
    if len(goals) <= most:
        return list(range(len(goals)))
    finite = np.where(np.isfinite(goals), goals, np.nan)
    low, high = np.fmin.reduce(finite, axis=0), np.fmax.reduce(finite, axis=0)
    # what is unknown lies as far beyond the worst as the worst is from the best
    places = np.where(np.isnan(finite), 2.0, (finite - low) / np.where(high > low, high - low, 1.0))
    chosen = list(dict.fromkeys(int(one) for one in np.argmin(places, axis=0)))[:most]
    while len(chosen) < most:
        nearest = np.min(np.linalg.norm(places[:, None] - places[chosen][None], axis=2), axis=1)
        if not nearest.max() > 0:
            # those left are equal in all goals to one that is chosen
            break
        chosen.append(int(np.argmax(nearest)))
    return sorted(chosen)


def hypervolumes(goals: np.ndarray, ends: list[int]) -> np.ndarray:
    """Return the hypervolume of the first designs, for several numbers of them.

    Parameters
    ----------
    goals : ndarray, shape (designs, objectives)
        Of designs in the order of their evaluation; infinite where unknown or not feasible.
    ends : list of int
        How many designs count each time.

    Returns
    -------
    ndarray, shape (len(ends),)
        Of the room between the best value of each goal and a tenth beyond the worst on any of the
        fronts; 1 would be a design that is best in everything.
    """
    from pymoo.indicators.hv import HV

    whole = np.all(np.isfinite(goals), axis=1)
    kept = [goals[front[whole[front]]] for front in fronts(goals, ends)]
    every = np.concatenate(kept)
    if not len(every):
        return np.zeros(len(ends))
    low, high = every.min(axis=0), every.max(axis=0)
    span = np.where(high > low, high - low, 1.0)
    room = HV(ref_point=np.full(goals.shape[1], BEYOND))
    whole_room = BEYOND ** goals.shape[1]
    return np.array(
        [float(room((one - low) / span)) / whole_room if len(one) else 0.0 for one in kept]
    )
