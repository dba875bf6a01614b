"""What runs come to given the reports, and how far other runs would move it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from smpsim.studies.forecast.conditioning import Conditioned, condition
from smpsim.vocabulary import ENDS, SERIES

RISING = {name for name, one in SERIES.items() if one.label.endswith("so far")} | set(ENDS)
"""Series that never fall."""
PARTS = 5
"""Parts of the runs that are taken one by one, to see how far their medians lie apart."""


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


def median_error(
    reports: np.ndarray, reported: np.ndarray, shown: np.ndarray, names: Sequence[str], now: int
) -> np.ndarray:
    """Return the standard error of the medians given the reports, as of the number of runs.

    What reports tell of the future is learnt from the runs, so that other runs would tell it
    otherwise. Each of a few parts of the runs is taken as if there were no others; from how far
    their medians lie apart follows the error of all of them (random groups, Wolter 2007,
    Introduction to Variance Estimation, chapter 2).

    Parameters
    ----------
    reports : ndarray, shape (runs, reports)
    reported : ndarray, shape (reports,)
    shown : ndarray, shape (runs, groups, months, series)
    names : sequence of str
        Of the series.
    now : int
        The month of the last report.

    Returns
    -------
    ndarray, shape (groups, months, series)
    """
    medians = []
    for part in range(PARTS):
        mine = shown[part::PARTS]
        found = condition(reports[part::PARTS], reported, targets(mine, now))
        medians.append(found.quantiles(adjusted(found, mine, names), (0.5,))[0])
    return np.asarray(np.std(medians, axis=0, ddof=1) / np.sqrt(PARTS))
