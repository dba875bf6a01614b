"""Two tables compared bit for bit: where they differ first, and by how much."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

FIRST = 3
"""Differing rows of a column that are named."""


@dataclass(frozen=True)
class Difference:
    """One thing that differs between a file of a folder and what running again gives.

    Attributes
    ----------
    file : str
    what : str
        In words.
    column : str
        Empty if it is about the whole file.
    rows : tuple of int
        The first rows that differ, counted from 0.
    count : int
        How many rows differ.
    stored, again : tuple of str
        Values in these rows.
    largest : float
        The largest relative difference; not a number where none can be taken.
    """

    file: str
    what: str
    column: str = ""
    rows: tuple[int, ...] = ()
    count: int = 0
    stored: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    largest: float = float("nan")

    def words(self) -> str:
        """Return the difference in a sentence."""
        if not self.column:
            return f"{self.file}: {self.what}."
        row, stored, again = self.rows[0], self.stored[0], self.again[0]
        more = f", at most {self.largest:.2g} of the value" if np.isfinite(self.largest) else ""
        rows = f"{self.count:,} row{'s' if self.count > 1 else ''}"
        return (
            f"{self.file}: {self.column} differs in {rows}{more}; "
            f"first in row {row}: {stored}, now {again}."
        )


def differences_of(stored: pd.DataFrame, again: pd.DataFrame, file: str) -> Iterator[Difference]:
    """Yield what differs between a table as it is stored and as it is now.

    Parameters
    ----------
    stored, again : DataFrame
        A named index counts as columns.
    file : str
        For messages.
    """
    stored, again = _flat(stored), _flat(again)
    for one, other, words in ((stored, again, "is stored only"), (again, stored, "is new")):
        names = [str(name) for name in one.columns if name not in other.columns]
        if names:
            yield Difference(file, f"{', '.join(names)} {words}")
    if len(stored) != len(again):
        yield Difference(file, f"{len(stored):,} rows, now {len(again):,}")
    rows = min(len(stored), len(again))
    for name in stored.columns:
        if name in again.columns:
            yield from _column(stored[name].iloc[:rows], again[name].iloc[:rows], str(name), file)


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    return table.reset_index() if table.index.names != [None] else table


def _column(stored: pd.Series, again: pd.Series, name: str, file: str) -> Iterator[Difference]:
    differing = np.flatnonzero(~_same(stored, again))
    if not len(differing):
        return
    first = differing[:FIRST]
    yield Difference(
        file,
        "values differ",
        name,
        tuple(int(row) for row in first),
        len(differing),
        tuple(repr(_plain(stored.iloc[row])) for row in first),
        tuple(repr(_plain(again.iloc[row])) for row in first),
        _largest(stored.iloc[differing], again.iloc[differing]),
    )


def _same(stored: pd.Series, again: pd.Series) -> np.ndarray:
    """Return in which rows two columns have the same bits; what is missing is missing in both."""
    missing = stored.isna().to_numpy(), again.isna().to_numpy()
    if stored.dtype == np.float64 and again.dtype == np.float64:
        bits = stored.to_numpy().view(np.int64) == again.to_numpy().view(np.int64)
    else:
        pairs = zip(stored.astype(object), again.astype(object), strict=True)
        bits = np.array([_equal(one, other) for one, other in pairs], bool)
    return np.asarray((missing[0] & missing[1]) | (bits & ~missing[0] & ~missing[1]))


def _equal(one: Any, other: Any) -> bool:
    return one is other or bool(np.all(one == other))


def _largest(stored: pd.Series, again: pd.Series) -> float:
    if not all(pd.api.types.is_numeric_dtype(one.dtype) for one in (stored, again)):
        return float("nan")
    one, other = stored.to_numpy(float, na_value=np.nan), again.to_numpy(float, na_value=np.nan)
    with np.errstate(all="ignore"):
        size = np.abs(one - other) / np.maximum(np.abs(one), np.abs(other))
    known = size[np.isfinite(size)]
    return float(known.max()) if len(known) else float("nan")


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def table_in(content: bytes, name: str) -> pd.DataFrame:
    """Return the table in the content of a file; the cells of CSV files as text.

    Raises
    ------
    ValueError
        If it is none.
    """
    if Path(name).suffix == ".parquet":
        return pd.read_parquet(io.BytesIO(content))
    return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)


def compared(stored: bytes, again: bytes, name: str) -> list[Difference]:
    """Return what differs between the content of a file and of the same file made again."""
    if stored == again:
        return []
    if Path(name).suffix not in (".parquet", ".csv"):
        return [Difference(name, "its text differs")]
    try:
        table = table_in(stored, name)
    except (ValueError, OSError):
        return [Difference(name, "it cannot be read as a table")]
    # metadata of Parquet files holds versions, which may differ while no number does
    found = list(differences_of(table, table_in(again, name), name))
    if not found and Path(name).suffix == ".csv":
        return [Difference(name, "its text differs")]
    return found
