"""Approximate Bayesian computation: runs weighted and adjusted by what was reported.

Each run gives reports of its own, with reporting errors as those of the programme, so that the
error is a part of the model (Wilkinson 2013, Stat. Appl. Genet. Mol. Biol. 12: 129-141). Reports
are many and alike; what they say on the future is summed up by a ridge regression of the future on
them (Fearnhead and Prangle 2012, J. R. Stat. Soc. B 74: 419-474). The runs whose summaries are
nearest to the programme's are kept, with weights that fall with the distance, and what they come
to is moved along a local linear regression to where the summaries agree (Beaumont, Zhang and
Balding 2002, Genetics 162: 2025-2035), and never beyond what any run comes to. Reports are compared
on logarithms and amounts are moved on square roots, as spreads of amounts grow with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

KEPT = 0.2
"""Share of the runs that is kept."""
LEAST_KEPT = 40
EXPLAINED = 0.99
MOST_STATISTICS = 4
FOLDS = 5
PENALTIES = tuple(10.0**power for power in range(-2, 5))


@dataclass(frozen=True)
class Conditioned:
    """The runs that agree best with what was reported.

    Attributes
    ----------
    places : ndarray of int, shape (kept,)
        Among all runs.
    weights : ndarray, shape (kept,)
        They add up to 1.
    away : ndarray, shape (kept, statistics)
        Summaries of the runs less those of the programme.
    """

    places: np.ndarray = field(repr=False)
    weights: np.ndarray = field(repr=False)
    away: np.ndarray = field(repr=False)

    @property
    def effective(self) -> float:
        """How many runs of equal weight tell as much (Kish)."""
        return float(1.0 / np.sum(self.weights**2))

    def adjusted(self, values: np.ndarray, *, kept: bool = False) -> np.ndarray:
        """Return amounts of the kept runs, moved to where their summaries agree.

        Parameters
        ----------
        values : ndarray, shape (runs, ...)
            0 or more; columns that are not numbers everywhere are not moved.
        kept : bool
            The values are of the kept runs only.

        Returns
        -------
        ndarray, shape (kept, ...)
        """
        chosen = values if kept else values[self.places]
        shape = chosen.shape
        flat = chosen.reshape(len(chosen), -1).astype(float)
        found = flat.copy()
        if not self.away.shape[1]:
            return chosen.astype(float)
        usable = np.isfinite(flat).all(axis=0) & (np.ptp(flat, axis=0) > 0)
        if usable.any():
            roots = np.sqrt(flat[:, usable])
            scale = np.sqrt(self.weights)[:, None]
            left = np.column_stack([np.ones(len(flat)), self.away])
            slope = np.linalg.lstsq(scale * left, scale * roots, rcond=None)[0][1:]
            moved = np.maximum(roots - self.away @ slope, 0.0) ** 2
            # a straight line may lead beyond what any run has come to
            every = values.reshape(len(values), -1)[:, usable]
            found[:, usable] = np.clip(moved, every.min(axis=0), every.max(axis=0))
        return found.reshape(shape)

    def quantiles(self, values: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
        """Return weighted quantiles over the kept runs, shape (shares, ...)."""
        return weighted_quantiles(values, self.weights, shares)


def condition(
    simulated: np.ndarray, reported: np.ndarray, targets: np.ndarray, share: float = KEPT
) -> Conditioned:
    """Choose, weight and describe the runs that agree with what was reported.

    Parameters
    ----------
    simulated : ndarray, shape (runs, reports)
        What the runs would have reported, errors of reporting included.
    reported : ndarray, shape (reports,)
    targets : ndarray, shape (runs, targets)
        What is to be forecast, such as the number placed at the end.
    share : float
        Of the runs that are kept.
    """
    from sklearn.decomposition import PCA
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import KFold, cross_val_predict

    runs = len(simulated)
    logs, seen = np.log1p(np.maximum(simulated, 0.0)), np.log1p(np.maximum(reported, 0.0))
    wanted = np.log1p(np.maximum(targets, 0.0))
    # what is the same in all runs tells nothing, and is told by the table of agreement
    logs, seen = _scaled(logs, seen)
    wanted, _ = _scaled(wanted, wanted[0])
    if not logs.shape[1] or not wanted.shape[1]:
        return Conditioned(np.arange(runs), np.full(runs, 1.0 / runs), np.zeros((runs, 0)))
    ridge = RidgeCV(alphas=PENALTIES)
    # a run must not be summed up by what was learnt from it: the programme is not either
    guess = np.asarray(cross_val_predict(ridge, logs, wanted, cv=KFold(FOLDS))).reshape(runs, -1)
    aim = np.asarray(ridge.fit(logs, wanted).predict(seen[None])).reshape(1, -1)
    parts = PCA(n_components=min(MOST_STATISTICS, guess.shape[1]), svd_solver="full").fit(guess)
    needed = 1 + int(np.searchsorted(np.cumsum(parts.explained_variance_ratio_), EXPLAINED))
    away = (parts.transform(guess) - parts.transform(aim))[:, :needed]
    distance = np.sqrt((away**2).sum(axis=1))
    count = min(runs, max(LEAST_KEPT, round(share * runs)))
    places = np.sort(np.argsort(distance, kind="stable")[:count])
    most = float(distance[places].max())
    # Epanechnikov's kernel, with something left for the farthest
    weights = 1.0 - (distance[places] / most) ** 2 * 0.999 if most > 0 else np.ones(count)
    return Conditioned(places, weights / weights.sum(), away[places])


def _scaled(values: np.ndarray, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns that differ between runs and a point, in standard deviations."""
    spread = values.std(axis=0)
    used = np.isfinite(spread) & (spread > 1e-12)
    middle = values[:, used].mean(axis=0)
    return (values[:, used] - middle) / spread[used], (point[used] - middle) / spread[used]


def weighted_quantiles(
    values: np.ndarray, weights: np.ndarray, shares: tuple[float, ...]
) -> np.ndarray:
    """Return quantiles of weighted values along the first axis.

    Parameters
    ----------
    values : ndarray, shape (runs, ...)
    weights : ndarray, shape (runs,)
    shares : tuple of float

    Returns
    -------
    ndarray, shape (shares, ...)
    """
    flat = values.reshape(len(values), -1)
    order = np.argsort(flat, axis=0, kind="stable")
    found = np.empty((len(shares), flat.shape[1]))
    for column in range(flat.shape[1]):
        ranked = weights[order[:, column]]
        # each run stands in the middle of its share
        middle = np.cumsum(ranked) - ranked / 2
        found[:, column] = np.interp(shares, middle, flat[order[:, column], column])
    return found.reshape(len(shares), *values.shape[1:])
