"""Results as files: Parquet or CSV tables with provenance, all of them or none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from smpsim.errors import RequestError
from smpsim.results.atomic_files import Staged, check_folder, claimed, write_bytes
from smpsim.results.provenance import brief, complete
from smpsim.results.spreadsheet import MOST_ROWS, as_csv, is_named
from smpsim.results.store_error import StoreError

__all__ = [
    "Staged",
    "StoreError",
    "check_folder",
    "claimed",
    "names_of_files",
    "read_provenance",
    "write_bytes",
    "write_tables",
]

Kind = Literal["parquet", "csv"]
Table = Callable[[], pd.DataFrame]
Seen = Callable[[str, pd.DataFrame, Sequence[str]], object]
Last = Callable[[Iterable[str]], Mapping[str, bytes]]

KINDS: tuple[Kind, ...] = ("parquet", "csv")
BOTH = "both"
METADATA_KEY = b"smpsim"
PROVENANCE_FILE = "provenance.json"


def names_of_files(
    tables: Iterable[str], kind: str, extra: Iterable[str] = (), record: str = PROVENANCE_FILE
) -> list[str]:
    """Return the names of the files that `write_tables` writes or removes."""
    kinds = kinds_of(kind)
    return [*(f"{name}.{one}" for name in tables for one in kinds), record, *extra]


def kinds_of(kind: str) -> tuple[str, ...]:
    """Return the kinds of files that a table is written to.

    Raises
    ------
    RequestError
        If there is no such kind.
    """
    if kind not in (*KINDS, BOTH):
        raise RequestError(f"kind: got {kind!r}; allowed: {', '.join((*KINDS, BOTH))}")
    return KINDS if kind == BOTH else (kind,)


def write_tables(
    tables: Mapping[str, Table],
    provenance: Mapping[str, Any],
    folder: Path,
    kind: str,
    absent: tuple[str, ...] = (),
    extra: Mapping[str, bytes] | None = None,
    record: str = PROVENANCE_FILE,
    *,
    seen: Seen | None = None,
    last: Last | None = None,
) -> list[Path]:
    """Write tables into a folder, all of them or none.

    Parameters
    ----------
    tables : mapping of str to function
        Each returns its table when called, so that only one is in memory at a time.
    provenance : mapping
        Where the tables come from (see `smpsim.results.provenance`): whole in
        ``provenance.json``, and in few words in the metadata of Parquet files.
    folder : Path
    kind : str
        ``"parquet"``, ``"csv"``, or ``"both"``: CSV beside each Parquet file of a table that a
        spreadsheet can hold.
    absent : tuple of str
        Tables, or other files with their suffix, that this result does not have. What an earlier
        result left under one of these names is removed, as it would be taken for a part of the
        new one.
    extra : mapping of str to bytes, optional
        Other files by name, such as pictures, which appear together with the tables.
    record : str
        Another name for ``provenance.json``, for a result that stands beside another one.
    seen : callable, optional
        Gets name and table of each as it is written, and the kinds of its files.
    last : callable, optional
        Returns other files by name that say what is in the tables, once all have been written; it
        gets the names of the files that are removed.

    Returns
    -------
    list of Path

    Raises
    ------
    StoreError
        If the folder can't be written to, the disk is full, or there is a file under one of the
        names that smpsim did not write.
    """
    kinds = kinds_of(kind)
    gone = [
        each
        for name in absent
        for each in ([name] if "." in name else [f"{name}.{one}" for one in kinds])
    ]
    with Staged(folder) as staged:
        staged.check([*names_of_files(tables, kind, extra or {}, record), *gone])
        for name, make in tables.items():
            table = make()
            fitting = [one for one in kinds if one != "csv" or kind == "csv" or fits(table)]
            for one in fitting:
                writer = _parquet if one == "parquet" else _csv
                staged.write(f"{name}.{one}", writer(table, provenance))
            gone += [f"{name}.{one}" for one in kinds if one not in fitting]
            if seen is not None:
                seen(name, table, fitting)
        staged.write(record, _content(as_json(complete(provenance))))
        more = last(gone) if last is not None else {}
        for name, content in {**(extra or {}), **more}.items():
            staged.write(name, _content(content))
        return staged.publish(gone)


def fits(table: pd.DataFrame) -> bool:
    """Return whether a spreadsheet can hold a table."""
    return len(table) <= MOST_ROWS


def as_json(facts: Mapping[str, Any]) -> bytes:
    """Return facts as the content of a file."""
    return json.dumps(facts, indent=2, default=str).encode() + b"\n"


def _content(content: bytes) -> Callable[[Any], object]:
    return lambda file: file.write(content)


def _parquet(table: pd.DataFrame, provenance: Mapping[str, Any]) -> Callable[[Any], object]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = pa.Table.from_pandas(table)
    # beside pandas' own metadata, by which read_parquet restores index and types
    metadata = {
        **(data.schema.metadata or {}),
        METADATA_KEY: json.dumps(brief(provenance), default=str),
    }
    data = data.replace_schema_metadata(metadata)
    return lambda file: pq.write_table(data, file, compression="zstd")


def _csv(table: pd.DataFrame, provenance: Mapping[str, Any]) -> Callable[[Any], object]:
    return lambda file: file.write(as_csv(table, index=is_named(table)).encode("utf-8"))


def read_provenance(path: str | Path) -> dict[str, Any]:
    """Return where a file of results comes from.

    Parameters
    ----------
    path : str or Path
        A Parquet file, a CSV file with ``provenance.json`` beside it, that file itself, or a
        folder with any of these.

    Raises
    ------
    StoreError
        If there is no such file, or it says nothing about its origin.
    """
    where = Path(path)
    if where.is_dir():
        found = [where / PROVENANCE_FILE, *sorted(where.glob("*.parquet"))]
        where = next((file for file in found if file.is_file()), where / PROVENANCE_FILE)
    elif where.suffix == ".csv":
        where = where.with_name(PROVENANCE_FILE)
    try:
        text: bytes | None = _metadata(where) if where.suffix == ".parquet" else where.read_bytes()
        if text is None:
            raise StoreError("read the provenance of", where, "smpsim did not write this file")
        read = json.loads(text)
    except OSError as error:
        raise StoreError.of("read the provenance of", where, error) from error
    except ValueError as error:
        # pyarrow's and json's complaints about a file of another kind
        raise StoreError("read the provenance of", where, str(error)) from error
    if not isinstance(read, dict):
        raise StoreError("read the provenance of", where, "smpsim did not write this file")
    return read


def _metadata(path: Path) -> bytes | None:
    import pyarrow.parquet as pq

    return (pq.read_schema(path).metadata or {}).get(METADATA_KEY)
