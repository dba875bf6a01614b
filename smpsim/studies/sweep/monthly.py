"""Monthly series of the designs of a sweep: mean and quantiles by month, or every run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, get_args

import numpy as np
import pyarrow as pa

from smpsim.errors import RequestError
from smpsim.messages import nearest, shown_list, shown_value
from smpsim.results.series import series_of
from smpsim.vocabulary import SERIES

Of = Literal["designs", "runs"]
LEVEL = 0.9
STATISTICS = ("mean", "run_low", "median", "run_high")
MOST_TOGETHER = 5000
"""Runs of a design whose months are held in memory for their quantiles."""


def fault_of_series(name: object) -> str:
    """Return what is wrong with a name of a series; nothing if there is such a series."""
    if isinstance(name, str) and name in SERIES:
        return ""
    known = tuple(SERIES)
    return f"got series {shown_value(name)}; allowed: {shown_list(known)}{nearest(name, known)}"


def checked_series(names: Sequence[str], of: str, replications: int) -> tuple[str, ...]:
    """Return names of series, each once.

    Raises
    ------
    RequestError
        If there is no such series, or a design has too many runs for its quantiles.
    """
    for name in names:
        if fault := fault_of_series(name):
            raise RequestError(f"series: {fault}")
    if of not in get_args(Of):
        raise RequestError(f"series_of: got {shown_value(of)}; allowed: {', '.join(get_args(Of))}")
    if names and (fault := fault_of_size(of, replications)):
        raise RequestError(f"series: {fault}")
    return tuple(dict.fromkeys(names))


def fault_of_size(of: str, replications: int) -> str:
    """Return why a design has too many runs for quantiles by month, or nothing."""
    if of != "designs" or replications <= MOST_TOGETHER:
        return ""
    return (
        f"got {replications:,} replications, whose quantiles by month take too much memory; "
        f"allowed: {MOST_TOGETHER:,} or fewer, or series_of: runs"
    )


class Recorder:
    """Keeps the series of the runs of one design in one scenario.

    Parameters
    ----------
    names : sequence of str
    runs, months, programmes : int
    """

    def __init__(self, names: Sequence[str], runs: int, months: int, programmes: int) -> None:
        self.names = tuple(names)
        self.values = np.zeros((runs, programmes, months, len(self.names)))

    def __call__(self, run: int, world: Any) -> None:
        """Take the series of a run that has ended, by its place among the runs."""
        for place, name in enumerate(self.names):
            found = series_of(world.trajectory, world.ledger, name)
            self.values[run, :, :, place] = found.T

    def summary(self) -> dict[str, np.ndarray]:
        """Return `STATISTICS` and ``runs_used``, shape (programmes * months * series,)."""
        values = self.values
        known = ~np.isnan(values)
        used = known.sum(axis=0)
        total = np.where(known, values, 0.0).sum(axis=0)
        mean = np.where(used > 0, total / np.maximum(used, 1), np.nan)
        tail = (1.0 - LEVEL) / 2.0
        low, median, high = _quantiles(values, (tail, 0.5, 1.0 - tail))
        found = {"mean": mean, "run_low": low, "median": median, "run_high": high}
        return {name: one.reshape(-1) for name, one in {**found, "runs_used": used}.items()}

    def whole(self) -> np.ndarray:
        """Return the series of all runs, shape (runs * programmes * months, series)."""
        return self.values.reshape(-1, len(self.names))


def _quantiles(values: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    """Return quantiles over runs of those that are numbers, shape (shares, ...)."""
    found: np.ndarray = np.quantile(values, shares, axis=0)
    partly = np.isnan(values).any(axis=0)
    for place in zip(*np.nonzero(partly), strict=True):
        known = values[(slice(None), *place)]
        known = known[~np.isnan(known)]
        if len(known):
            found[(slice(None), *place)] = np.quantile(known, shares)
    return found


def summed_up(
    parts: Sequence[tuple[int, Sequence[str], Recorder]], scenario: str, replications: int
) -> pa.Table:
    """Return mean and quantiles by month: a row a design, programme, month and series.

    Parameters
    ----------
    parts : sequence of (design, programmes, recorder)
    scenario : str
    replications : int
    """

    def rows(design: int, programmes: Sequence[str], found: Recorder) -> dict[str, Any]:
        _, _, months, series = found.values.shape
        count = len(programmes) * months * series
        return {
            "design": np.full(count, design, np.int32),
            "programme": np.repeat(np.array(programmes, object), months * series),
            "month": np.tile(np.repeat(np.arange(months, dtype=np.int32), series), len(programmes)),
            "series": np.tile(np.array(found.names, object), len(programmes) * months),
            **found.summary(),
        }

    columns = _joined([rows(*part) for part in parts])
    count = len(columns["design"])
    return pa.table(
        {
            "design": columns["design"],
            "scenario": pa.array([scenario] * count, pa.string()),
            "programme": pa.array(columns["programme"], pa.string()),
            "month": columns["month"],
            "series": pa.array(columns["series"], pa.string()),
            **{name: columns[name] for name in STATISTICS},
            "runs": np.full(count, replications, np.int32),
            "runs_used": columns["runs_used"].astype(np.int32),
        }
    )


def whole(
    parts: Sequence[tuple[int, Sequence[str], Recorder]], scenario: str, replications: range
) -> pa.Table:
    """Return the series of every run: a row a design, replication, programme and month."""

    def rows(design: int, programmes: Sequence[str], found: Recorder) -> dict[str, Any]:
        months = found.values.shape[2]
        each = len(programmes) * months
        table = found.whole()
        return {
            "design": np.full(len(table), design, np.int32),
            "programme": np.tile(
                np.repeat(np.array(programmes, object), months), len(replications)
            ),
            "replication": np.repeat(np.array(replications, np.int32), each),
            "month": np.tile(np.arange(months, dtype=np.int32), len(table) // months),
            **{name: table[:, place].copy() for place, name in enumerate(found.names)},
        }

    columns = _joined([rows(*part) for part in parts])
    names = parts[0][2].names
    return pa.table(
        {
            "design": columns["design"],
            "scenario": pa.array([scenario] * len(columns["design"]), pa.string()),
            "programme": pa.array(columns["programme"], pa.string()),
            "replication": columns["replication"],
            "month": columns["month"],
            **{name: columns[name] for name in names},
        }
    )


def _joined(parts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
