"""What has come of running a folder again: which files differ, and which versions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.messages import shown_list
from smpsim.results.manifest import Record
from smpsim.results.spreadsheet import as_csv
from smpsim.results.store_error import StoreError
from smpsim.studies.verify.bitwise import Difference, compared

TABLES = (".parquet", ".csv", ".txt")
DOUBT = (
    "Another processor, or other versions of numba and numpy, may change the last digits without "
    "anything being wrong."
)


@dataclass(frozen=True)
class Verification:
    """What has come of running a folder again.

    Attributes
    ----------
    folder : Path
    verbs : tuple of str
        What was run again.
    tables : tuple of str
        Files that were compared.
    differences : tuple of Difference
    versions : dict of str to tuple
        Those that differ: as stored, and as they are now; ``model`` is the model's source.
    unchecked : tuple of str
        Files of which only the hash was looked at, such as pictures.
    changed : tuple of str
        Files that are not as smpsim wrote them.
    """

    folder: Path
    verbs: tuple[str, ...]
    tables: tuple[str, ...]
    differences: tuple[Difference, ...]
    versions: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)
    unchecked: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.differences

    def table(self) -> pd.DataFrame:
        """Return the differences, one row a column of a file (see `Difference`)."""
        names = list(Difference.__dataclass_fields__)
        return pd.DataFrame(
            [[getattr(one, name) for name in names] for one in self.differences], columns=names
        )

    def words(self) -> list[str]:
        """Return what has come of it, in sentences."""
        what = " and ".join(self.verbs)
        count = f"{len(self.tables):,} table{'' if len(self.tables) == 1 else 's'} of {what}"
        if self.same:
            said = [f"Identical bit for bit: {count}, run again from the contents of the folder."]
        else:
            files = len({one.file for one in self.differences})
            said = [f"Not identical: {files:,} file{'' if files == 1 else 's'}, of {count}."]
            said += [one.words() for one in self.differences]
        said += [
            f"{name}: {before or 'none'} then, {now or 'none'} now."
            for name, (before, now) in self.versions.items()
        ]
        edited = [one for one in self.changed if one in self.tables]
        if edited:
            said.append(f"Changed since smpsim wrote it: {shown_list(edited)}.")
        # where somebody has changed a file, no processor is to blame
        if any(one.column and one.file not in self.changed for one in self.differences):
            alike = "" if self.versions else "All versions are the same, and so is the model. "
            said.append(alike + DOUBT)
        return said


def compared_files(folder: Path, again: Path) -> tuple[tuple[str, ...], list[Difference]]:
    """Compare all tables that were made again; return their names and what differs."""
    tables, found = [], []
    for name, content in _made_again(again):
        path = folder / name
        if not os.path.lexists(path):
            # single runs; of other files the record says whether they should be there
            if "/" in name:
                found.append(Difference(name, "it is missing"))
            continue
        tables.append(name)
        try:
            stored = path.read_bytes()
        except OSError as error:
            raise StoreError.of("read", path, error) from error
        found += compared(stored, content, name)
    return tuple(tables), found


def _made_again(again: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each table; of Parquet files also as commands write them in CSV."""
    paths = sorted(path for path in again.rglob("*") if path.suffix in TABLES and path.is_file())
    names = {path.relative_to(again).as_posix(): path for path in paths}
    for name, path in names.items():
        yield name, path.read_bytes()
        twin = f"{name.removesuffix('.parquet')}.csv"
        if name.endswith(".parquet") and "/" not in name and twin not in names:
            table = pd.read_parquet(path)
            yield twin, as_csv(table, index=table.index.names != [None]).encode()


def other_files(folder: Path, tables: tuple[str, ...]) -> tuple[list[Difference], tuple[str, ...]]:
    """Return what has become of the files that were not run again, and their names."""
    record = Record.read(folder)
    others = sorted(set(record.files) - set(tables))
    found = []
    for name in others:
        if not os.path.lexists(folder / name):
            found.append(Difference(name, "it is missing"))
        elif not record.is_ours(name):
            found.append(Difference(name, "it has been changed since it was written"))
    return found, tuple(others)
