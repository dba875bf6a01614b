"""Results as files: Parquet or CSV tables with provenance, each whole or not at all.

All tables of a result are first written under temporary names and appear together at the end,
so a full disk or an interrupt leaves what was in the folder before.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from smpsim.results.spreadsheet import as_csv

if TYPE_CHECKING:
    from smpsim.results.result import Result

Kind = Literal["parquet", "csv"]
Table = Callable[[], pd.DataFrame]

KINDS: tuple[Kind, ...] = ("parquet", "csv")
METADATA_KEY = b"smpsim"
PROVENANCE_FILE = "provenance.json"

_REASONS = {
    errno.ENOENT: "there is no such file or folder",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EEXIST: "there is a file of that name, not a folder",
    errno.EISDIR: "there is a folder of that name",
    errno.ENAMETOOLONG: "the name is too long",
}


class StoreError(OSError):
    """A file of results that can't be written or read.

    Attributes
    ----------
    path : Path
        The file or folder.
    """

    def __init__(self, action: str, path: Path, reason: str) -> None:
        super().__init__(f"cannot {action} {path}: {reason}")
        self.path = path
        self._parts = (action, path, reason)

    def __reduce__(self) -> tuple[Any, ...]:
        # the message alone, which OSError would send to another process, is not enough to build it
        return type(self), self._parts

    @classmethod
    def of(cls, action: str, path: Path, error: OSError) -> StoreError:
        """Return the error that says in words what the system reported."""
        if isinstance(error, StoreError):
            return error
        known = _REASONS.get(error.errno or 0)
        return cls(action, path, known or error.strerror or str(error) or type(error).__name__)


class Staged:
    """Files written under temporary names, which appear together on `publish`.

    Use as a context manager: whatever is not published is removed, whichever way the block ends.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.

    Raises
    ------
    StoreError
        If the folder can't be made or written to, or the disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._waiting: dict[Path, Path] = {}

    def __enter__(self) -> Staged:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError.of("make the folder", self.folder, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        for temporary in self._waiting.values():
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
        self._waiting = {}

    def write(self, name: str, writer: Callable[[Any], object]) -> None:
        """Write a file under a temporary name in the same folder.

        Parameters
        ----------
        name : str
            Of the file in the folder.
        writer : callable
            Gets the file, open for writing bytes.
        """
        target = self.folder / name
        # a name of our own and not `tempfile`'s, whose files only their owner may read
        temporary = self.folder / f".{name}.{secrets.token_hex(4)}.part"
        self._waiting[target] = temporary
        try:
            with temporary.open("xb") as file:
                writer(file)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StoreError.of("write", target, error) from error

    def publish(self) -> list[Path]:
        """Give all files their names, and return them."""
        done = []
        for target, temporary in list(self._waiting.items()):
            try:
                os.replace(temporary, target)
            except OSError as error:
                raise StoreError.of("write", target, error) from error
            del self._waiting[target]
            done.append(target)
        _sync_folder(self.folder)
        return done


def _sync_folder(folder: Path) -> None:
    """Make new names survive a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def check_folder(folder: Path) -> None:
    """Raise `StoreError` if files can't be written into a folder, without making it."""
    there = folder.absolute()
    try:
        while not there.exists():
            there = there.parent
        if not there.is_dir():
            reason = errno.EEXIST if there == folder.absolute() else errno.ENOTDIR
            raise OSError(reason, "")
        if not os.access(there, os.W_OK | os.X_OK):
            raise OSError(errno.EACCES, "")
    except OSError as error:
        raise StoreError.of("write to the folder", folder, error) from error


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all.

    Raises
    ------
    StoreError
        If the folder can't be written to or the disk is full.
    """
    with Staged(path.parent) as staged:
        staged.write(path.name, _content(content))
        return staged.publish()[0]


def tables_as_written(tables: Mapping[str, pd.DataFrame]) -> dict[str, Table]:
    """Return tables that are in memory already in the form that `write_tables` takes."""

    def giving(table: pd.DataFrame) -> Table:
        return lambda: table

    return {name: giving(table) for name, table in tables.items()}


def write_tables(
    tables: Mapping[str, Table],
    provenance: Mapping[str, Any],
    folder: Path,
    kind: str,
    absent: tuple[str, ...] = (),
    extra: Mapping[str, bytes] | None = None,
) -> list[Path]:
    """Write tables into a folder, all of them or none.

    Parameters
    ----------
    tables : mapping of str to function
        Each returns its table when called, so that only one is in memory at a time.
    provenance : mapping
        Where the tables come from; in the metadata of Parquet files, beside CSV files in
        ``provenance.json``.
    folder : Path
    kind : str
        ``"parquet"`` or ``"csv"``.
    absent : tuple of str
        Tables that this result does not have. A file that an earlier result left under one of
        these names is removed, as it would be taken for a part of the new one.
    extra : mapping of str to bytes, optional
        Other files by name, such as pictures, which appear together with the tables.

    Returns
    -------
    list of Path

    Raises
    ------
    StoreError
        If the folder can't be written to or the disk is full.
    """
    if kind not in KINDS:
        raise ValueError(f"kind: found {kind!r}, allowed: {', '.join(KINDS)}")
    with Staged(folder) as staged:
        for name, table in tables.items():
            writer = _parquet if kind == "parquet" else _csv
            staged.write(f"{name}.{kind}", writer(table(), provenance))
        if kind == "csv":
            content = json.dumps(provenance, indent=2, default=str).encode() + b"\n"
            staged.write(PROVENANCE_FILE, _content(content))
        for name, content in (extra or {}).items():
            staged.write(name, _content(content))
        written = staged.publish()
    for name in absent:
        with contextlib.suppress(OSError):
            (folder / f"{name}.{kind}").unlink(missing_ok=True)
    return written


def _content(content: bytes) -> Callable[[Any], object]:
    return lambda file: file.write(content)


def _parquet(table: pd.DataFrame, provenance: Mapping[str, Any]) -> Callable[[Any], object]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = pa.Table.from_pandas(table)
    # beside pandas' own metadata, by which read_parquet restores index and types
    metadata = {**(data.schema.metadata or {}), METADATA_KEY: json.dumps(provenance, default=str)}
    data = data.replace_schema_metadata(metadata)
    return lambda file: pq.write_table(data, file, compression="zstd")


def _csv(table: pd.DataFrame, provenance: Mapping[str, Any]) -> Callable[[Any], object]:
    named = any(name is not None for name in table.index.names)
    return lambda file: file.write(as_csv(table, index=named).encode("utf-8"))


def write_result(
    result: Result, folder: str | Path, kind: str, extra: Mapping[str, bytes] | None = None
) -> list[Path]:
    """Write all tables of a result.

    Parameters
    ----------
    result : Result
    folder : str or Path
        Made if it does not exist; tables of an earlier result in it are replaced.
    kind : str
        ``"parquet"`` or ``"csv"``.
    extra : mapping of str to bytes, optional
        Other files by name, which appear together with the tables.

    Returns
    -------
    list of Path
        Tables ``summary``, ``outcomes``, ``trajectories``, ``ledger``, ``flows`` and, if the
        runs kept them, ``trainees``; for CSV ``provenance.json`` too.

    Raises
    ------
    StoreError
        If the folder can't be written to or the disk is full; it is then as it was before.
    """
    tables: dict[str, Table] = {
        "summary": result.summary,
        "outcomes": result.outcomes,
        "trajectories": result.trajectories,
        "ledger": result.ledger,
        "flows": result.flows,
    }
    absent: tuple[str, ...] = ("trainees",)
    if result.life is not None:
        tables["trainees"] = result.trainees
        absent = ()
    facts = {
        **result.provenance,
        "start": result.start,
        "months": result.months,
        "currency": result.currency,
        "programmes": list(result.programmes),
    }
    return write_tables(tables, facts, Path(folder), kind, absent, extra)


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
