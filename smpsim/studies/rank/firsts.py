"""In how many plausible worlds an action is first, and by which number these can be told."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

SHUFFLES = 200
SURE = 0.95
LEAST = 20
"""Worlds of either kind from which can be told what decides."""


def is_first(gains: pd.DataFrame) -> pd.DataFrame:
    """Return in which runs each action brings more than none and no other more; of equal ones all.

    Parameters
    ----------
    gains : DataFrame, shape (runs, actions)
        What each action alone brings in each run.
    """
    return (gains > 0) & gains.eq(gains.max(axis=1), axis=0)


def counted(gains: pd.DataFrame) -> pd.DataFrame:
    """Return how often each action is better than none, and how often it is first.

    Parameters
    ----------
    gains : DataFrame, shape (runs, actions)
        As in `is_first`.

    Returns
    -------
    DataFrame
        Index ``design``; ``better``: runs in which it brings more than none; ``first``: those in
        which it `is_first`; ``runs``.
    """
    first = is_first(gains).sum()
    table = pd.DataFrame({"better": (gains > 0).sum(), "first": first, "runs": len(gains)})
    return table.rename_axis("design")


def told_by(first: np.ndarray, draws: pd.DataFrame, seed: int) -> tuple[str, float, float]:
    """Return by which number worlds in which something is so are best told from the others.

    Parameters
    ----------
    first : ndarray of bool, shape (worlds,)
    draws : DataFrame, shape (worlds, numbers)
    seed : int
        Of the shuffles.

    Returns
    -------
    tuple
        The number's key path; the correlation of its rank with `first` (-1 to 1); and noise: what
        the largest of all correlations comes to in 19 of 20 shuffles of the worlds (Westfall and
        Young 1993, Resampling-Based Multiple Testing). Nothing, where either kind of world is rare.
    """
    nothing = ("", float("nan"), float("nan"))
    varied = draws.loc[:, draws.nunique() > 1]
    if min(first.sum(), (~first).sum()) < LEAST or varied.empty:
        return nothing
    ranks = stats.zscore(stats.rankdata(varied.to_numpy(float), axis=0), axis=0)
    luck = np.random.default_rng(seed)
    so = stats.zscore(first.astype(float))
    orders = np.stack([so, *(luck.permutation(so) for _ in range(SHUFFLES))])
    found = orders @ ranks / len(so)
    place = int(np.abs(found[0]).argmax())
    noise = float(np.quantile(np.abs(found[1:]).max(axis=1), SURE))
    return str(varied.columns[place]), float(found[0, place]), noise
