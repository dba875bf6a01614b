"""Results as people and as programs read them: CSV and Parquet side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.results.files import (
    PROVENANCE_FILE,
    names_of_files,
    tables_as_written,
    write_tables,
)
from smpsim.results.spreadsheet import as_csv


def names_of_both(
    read: Iterable[str],
    more: Iterable[str] = (),
    extra: Iterable[str] = (),
    record: str = PROVENANCE_FILE,
) -> list[str]:
    """Return the names of the files that `write_both` writes."""
    tables = [*read]
    csv = [f"{name}.csv" for name in tables]
    return names_of_files([*tables, *more], "parquet", [*csv, *extra], record)


def write_both(
    read: Mapping[str, pd.DataFrame],
    facts: Mapping[str, Any],
    folder: str | Path,
    more: Mapping[str, pd.DataFrame] | None = None,
    extra: Mapping[str, bytes] | None = None,
    absent: tuple[str, ...] = (),
    record: str = PROVENANCE_FILE,
) -> list[Path]:
    """Write tables as Parquet files with provenance, and what people read as CSV, all or none.

    Parameters
    ----------
    read : mapping of str to DataFrame
        Tables that people read, by the name of their files. An index without a name is left out.
    facts : mapping
        Where the tables come from.
    folder : str or Path
        Made if it does not exist.
    more : mapping of str to DataFrame, optional
        Tables for programs alone.
    extra : mapping of str to bytes, optional
        Other files by name, such as pictures.
    absent : tuple of str
    record : str
        As in `write_tables`.

    Returns
    -------
    list of Path

    Raises
    ------
    StoreError
        If the folder can't be written to, the disk is full, or there is a file under one of the
        names that smpsim did not write.
    """
    files = {
        f"{name}.csv": as_csv(table, index=table.index.names != [None]).encode()
        for name, table in read.items()
    }
    return write_tables(
        tables_as_written({**read, **(more or {})}),
        facts,
        Path(folder),
        "parquet",
        absent,
        extra={**files, **(extra or {})},
        record=record,
    )
