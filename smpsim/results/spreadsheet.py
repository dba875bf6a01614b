"""CSV as spreadsheets read it: text that a program would take for a formula stays text.

Names are free text, and a name such as ``=HYPERLINK(...)`` would be calculated by the spreadsheet
of whoever opens the file. An apostrophe before it prevents that; Parquet files hold names as they
are.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How text begins that spreadsheets calculate."""
MOST_ROWS = 1_048_575
"""Rows below the header that a sheet holds; longer tables are written as Parquet only."""


def as_csv(table: pd.DataFrame, *, index: bool = True) -> str:
    """Return a table as CSV, with an apostrophe before text that begins like a formula.

    Parameters
    ----------
    table : DataFrame
    index : bool
        Write its index too.
    """
    safe = table.copy(deep=False)
    for place, kind in enumerate(table.dtypes):
        if not pd.api.types.is_numeric_dtype(kind):
            column = table.iloc[:, place]
            if any(_dangerous(value) for value in pd.unique(column)):
                safe.isetitem(place, column.astype(object).map(_harmless).to_numpy())
    safe.columns = _labels(table.columns)
    if index:
        safe.index = _labels(table.index)
    return str(safe.to_csv(index=index, lineterminator="\n"))


def flat(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with a named index as columns; others are mere numbers of rows."""
    return table.reset_index() if is_named(table) else table


def is_named(table: pd.DataFrame) -> bool:
    """Return whether an index has a name."""
    return any(name is not None for name in table.index.names)


def _labels(labels: pd.Index) -> pd.Index:
    """Return labels, of one level or several, with nothing that begins like a formula."""
    levels = labels.levels if isinstance(labels, pd.MultiIndex) else [labels]
    if not any(_dangerous(one) for level in levels for one in level):
        return labels
    if isinstance(labels, pd.MultiIndex):
        return labels.set_levels([[_harmless(one) for one in level] for level in labels.levels])
    return labels.map(_harmless)


def _dangerous(value: Any) -> bool:
    # a dash alone stands for what is not known
    return isinstance(value, str) and value.startswith(FORMULA) and value != "-"


def _harmless(value: Any) -> Any:
    return f"'{value}" if _dangerous(value) else value
