"""A folder of results as one file for others: a zip that is a Process Run Crate.

It follows RO-Crate 1.1 and its profile Process Run Crate 0.5: smpsim is the software, each command
an action, scenarios and settings what it was applied to, tables and pictures what came of it.
``datapackage.json`` states the unit of each column. The same folder gives the same bytes: files
are sorted, not compressed (each library compresses in its own way), and all have one time stamp.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from smpsim.errors import RequestError
from smpsim.messages import shown_list
from smpsim.results.atomic_files import Staged
from smpsim.results.crate_metadata import described
from smpsim.results.dataset import CHECKSUMS, MANIFEST, RUNS, Dataset
from smpsim.results.files import PROVENANCE_FILE
from smpsim.results.manifest import RECORD_FILE, Record
from smpsim.results.read import read_facts
from smpsim.results.store_error import StoreError

RECORDS = (PROVENANCE_FILE, "discover_provenance.json")
FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can state


def pack(folder: str | Path, out: str | Path | None = None, *, date: str | None = None) -> Path:
    """Pack a folder of results into one zip file, as a Process Run Crate.

    Only files that smpsim wrote are packed, as it wrote them; links are not followed.

    Parameters
    ----------
    folder : str or Path
        What a command has written.
    out : str or Path, optional
        The file; beside the folder, with its name and ``.zip``, when left out.
    date : str, optional
        Day of the runs, such as ``"2026-03-01"``; that on which the folder was written when left
        out. Results themselves state no date.

    Returns
    -------
    Path

    Raises
    ------
    StoreError
        If the folder holds no result, a file of it is missing or has been changed since, or the
        archive can't be written.
    RequestError
        If the date is none, or the archive would lie in the folder.

    Examples
    --------
    >>> smpsim.pack("results/porsche_manila")  # doctest: +SKIP
    """
    where = Path(folder)
    records = {name: read_facts(where, name) for name in RECORDS if (where / name).is_file()}
    if not records:
        # which says what is missing
        read_facts(where)
    day = _day(where, date)
    resolved = where.resolve()
    target = resolved.with_name(f"{resolved.name}.zip") if out is None else Path(out)
    if resolved in target.resolve().parents:
        raise RequestError(f"out: got {str(target)!r}; allowed: a file outside of the folder")
    contents = sorted(_ours(where))
    made = described(resolved.name, records, contents, lambda name: _content(where, name), day)

    def write(file: Any) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted([*contents, *made]):
                content = made.get(name)
                archive.writestr(
                    _entry(name), _content(where, name) if content is None else content
                )

    with Staged(target.parent) as staged:
        staged.check([target.name])
        staged.write(target.name, write)
        staged.publish()
    return target


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DATE)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry


def _day(folder: Path, given: str | None) -> str:
    """Return the day of the runs."""
    if given is not None:
        try:
            return date.fromisoformat(given).isoformat()
        except (ValueError, TypeError):
            allowed = "a day such as 2026-03-01"
            raise RequestError(f"date: got {given!r}; allowed: {allowed}") from None
    record = folder / RECORD_FILE
    try:
        return datetime.fromtimestamp(record.lstat().st_mtime, UTC).date().isoformat()
    except OSError as error:
        raise StoreError.of("read", record, error) from error


def _ours(folder: Path) -> Iterator[str]:
    """Yield the names of all files that smpsim wrote, single runs included.

    Raises
    ------
    StoreError
        If one is missing, a link, or not as it was written.
    """
    wrong = []
    for store in ("", *sorted(_stores(folder))):
        where = folder / store if store else folder
        before = f"{store}/" if store else ""
        record = Record.read(where)
        names = [*record.files, *([RECORD_FILE] if record.files else [])]
        missing = [name for name in record.files if not os.path.lexists(where / name)]
        wrong += [f"{before}{name}" for name in (*missing, *record.in_the_way(record.files))]
        yield from (f"{before}{name}" for name in names)
        if MANIFEST in record.files:
            dataset = Dataset(where)
            for number in range(int((dataset.manifest() or {"chunks": 0})["chunks"])):
                path = dataset.path(number)
                checksum = f"{CHECKSUMS}/{path.stem}.sha256"
                linked = any((where / part).is_symlink() for part in (RUNS, CHECKSUMS, checksum))
                if linked or path.is_symlink() or dataset.content(number) is None:
                    wrong.append(f"{before}{RUNS}/{path.name}")
                yield from (f"{before}{RUNS}/{path.name}", f"{before}{checksum}")
    if wrong:
        reason = f"{shown_list(wrong)}: missing, or changed since smpsim wrote it"
        raise StoreError("pack", folder, f"{reason}; allowed: the folder as it was written")


def _stores(folder: Path) -> list[str]:
    """Return the folders inside that smpsim keeps single runs in; never links."""
    return [
        path.name
        for path in folder.iterdir()
        if path.is_dir() and not path.is_symlink() and (path / RECORD_FILE).is_file()
    ]


def _content(folder: Path, name: str) -> bytes:
    """Return the content of a file, not of what a link leads to."""
    path = folder / name
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as file:
            return file.read()
    except OSError as error:
        raise StoreError.of("read", path, error) from error
