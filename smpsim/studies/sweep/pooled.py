"""Standard errors of means over several designs, whose runs share their worlds."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from smpsim.results.estimates import linearised
from smpsim.studies.clusters import two_way


def pooled_errors(
    runs: pd.DataFrame, by: list[pd.Series], design: pd.Series, world: pd.Series, drawn: bool
) -> pd.DataFrame:
    """Return the standard error of the mean of each outcome over the runs of each group.

    Parameters
    ----------
    runs : DataFrame
        One row a run, one column an outcome.
    by : list of Series
        What the runs are grouped by.
    design, world : Series
        Those of each run. Run n of all designs is in the same world.
    drawn : bool
        Whether the designs of a group are samples; otherwise they are what was asked for, and
        with others the question would be another one.

    Returns
    -------
    DataFrame
        A row a group; not a number where there is one world.
    """
    _, moved, _ = linearised(runs, by)
    rows = {}
    for group, mine in moved.groupby(by, sort=False):
        place = [design.loc[mine.index], world.loc[mine.index]]
        rows[group] = {
            name: _error(mine[name].groupby(place).sum(min_count=1).unstack(), drawn)
            for name in mine.columns
        }
    found = pd.DataFrame.from_dict(rows, orient="index")
    if len(by) > 1:
        found.index = pd.MultiIndex.from_tuples(rows, names=[one.name for one in by])
    return found


def _error(moved: pd.DataFrame, drawn: bool) -> float:
    values = moved.to_numpy(float)
    count = int(np.isfinite(values).sum())
    if count == 0:
        return math.nan
    found = two_way((values - np.nanmean(values)) / count, np.arange(len(values)))
    return math.sqrt(found.variance if drawn else found.by_worlds)
