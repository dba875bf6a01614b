"""Monthly series of runs by name: columns of the trajectories, and costs from the ledger."""

from __future__ import annotations

import numpy as np

from smpsim.vocabulary import COST_ITEMS, ITEMS, SERIES, TRAJECTORY_COLUMNS

COSTS = [ITEMS.index(item) for item in COST_ITEMS]


def series_of(trajectory: np.ndarray, ledger: np.ndarray, name: str) -> np.ndarray:
    """Return a monthly series.

    Parameters
    ----------
    trajectory : ndarray, shape (..., months, programmes, columns)
    ledger : ndarray, shape (..., months, programmes, items, parties)
    name : str
        One of `smpsim.vocabulary.SERIES`.

    Returns
    -------
    ndarray, shape (..., months, programmes)
    """
    if name in TRAJECTORY_COLUMNS:
        found: np.ndarray = trajectory[..., TRAJECTORY_COLUMNS.index(name)]
        return found
    cost = monthly_cost(ledger)
    return cost if name == "cost" else np.cumsum(cost, axis=-2)


def monthly_cost(ledger: np.ndarray) -> np.ndarray:
    """Return costs by month and programme; transfers between parties are none."""
    cost: np.ndarray = ledger[..., COSTS, :].sum(axis=(-2, -1))
    return cost


def unit_of_series(name: str, currency: str) -> str:
    """Return the unit of a monthly series; amounts of money are in `currency`."""
    unit = SERIES[name].unit
    return currency if unit == "currency" else unit


def adds_up(name: str) -> bool:
    """Return whether a monthly series of several programmes is the sum of theirs."""
    return SERIES[name].together == "sum"
