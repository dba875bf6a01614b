"""Approximate Bayesian computation: which parameters give what is reported (rejection).

A particle is a draw of the parameters from their prior with one replication of every programme.
Its distance to the reports is measured in the spread of each figure under the prior, and the
nearest particles are kept (Beaumont, Zhang and Balding 2002, Genetics 162: 2025-2035). Because all
figures of all particles are at hand, leaving one programme out needs no new runs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from smpsim.studies.validate.reports import ReportedOutcome
from smpsim.studies.validate.scores import (
    LEVEL,
    scored,
)

SMALLEST = 1e-3
"""Shares nearer to 0 are not told apart: of most programmes fewer than a thousand are known."""


def log_ratio(shares: np.ndarray | float) -> np.ndarray:
    """Return logarithms of shares; differences of small shares count as those of large ones."""
    return np.log(np.maximum(shares, SMALLEST))


def distances(shares: pd.DataFrame, outcomes: Sequence[ReportedOutcome]) -> pd.DataFrame:
    """Return the distance of each particle to each report, in spreads of the prior.

    Parameters
    ----------
    shares : DataFrame, shape (particles, outcomes)
        Simulated shares with the outcomes' labels as columns.
    outcomes : sequence of ReportedOutcome

    Returns
    -------
    DataFrame, shape (particles, outcomes)
        0 inside a bound. A share that is missing, as nobody was there to be counted or could be
        seen by then, lies as far away as the farthest: whoever reported it did see somebody.
    """
    found = {}
    for outcome in outcomes:
        value = log_ratio(shares[outcome.label].to_numpy(float))
        low, high = (float(log_ratio(end)) for end in outcome.reported.region)
        away = np.maximum(np.maximum(low - value, value - high), 0.0)
        known = value[np.isfinite(value)]
        spread = float(np.median(np.abs(known - np.median(known)))) if len(known) else 0.0
        # where more than half agree the median tells no spread; the standard deviation does
        spread = spread or (float(known.std()) if len(known) else 0.0) or 1.0
        worst = np.nanmax(away) if np.isfinite(away).any() else 1.0
        found[outcome.label] = np.where(np.isfinite(away), away, worst) / spread
    return pd.DataFrame(found, index=shares.index)


def nearest_particles(distance: pd.DataFrame, share: float) -> np.ndarray:
    """Return the places of the particles nearest to all reports together.

    Parameters
    ----------
    distance : DataFrame, shape (particles, outcomes)
    share : float
        Share of the particles that is kept, above 0 and up to 1; at least ten.

    Returns
    -------
    ndarray of int
        In rising order. Particles as near as the last one kept come in the order of their numbers.
    """
    total = np.sqrt((distance.to_numpy() ** 2).sum(axis=1))
    kept = min(len(total), max(10, round(share * len(total))))
    return np.sort(np.argsort(total, kind="stable")[:kept])


def leave_one_out(
    shares: pd.DataFrame, outcomes: Sequence[ReportedOutcome], share: float, level: float = LEVEL
) -> pd.DataFrame:
    """Predict each programme from the reports of all the others.

    Parameters
    ----------
    shares : DataFrame, shape (particles, outcomes)
    outcomes : sequence of ReportedOutcome
        Calibrated on.
    share : float
        Share of the particles that is kept each time.
    level : float
        Of the prediction intervals.

    Returns
    -------
    DataFrame
        Index the outcomes' labels, columns of `scored`.
    """
    distance = distances(shares, outcomes)
    rows = {}
    for outcome in outcomes:
        others = [one.label for one in outcomes if one.scenario != outcome.scenario]
        kept = nearest_particles(distance[others], share)
        rows[outcome.label] = scored(shares[outcome.label].to_numpy(float)[kept], outcome, level)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")
