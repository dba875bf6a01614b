"""Archives of others opened safely: nothing is written outside of a folder, and no more than fits.

Only plain files are taken, with names that stay in the folder, up to limits of number and size.
"""

from __future__ import annotations

import contextlib
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from smpsim.results.store_error import StoreError

MOST_FILES = 1_000_000
MOST_BYTES = 16 * 2**30
LONGEST = 200
PART = 2**20


def is_archive(path: Path) -> bool:
    """Return whether there is a zip file at a path."""
    try:
        return path.is_file() and zipfile.is_zipfile(path)
    except OSError:
        return False


@contextlib.contextmanager
def unpacked(
    path: Path, most_bytes: int = MOST_BYTES, most_files: int = MOST_FILES
) -> Iterator[Path]:
    """Give a temporary folder with what an archive holds.

    Raises
    ------
    StoreError
        If it holds something else than plain files with harmless names, or too much.
    """
    with tempfile.TemporaryDirectory(prefix="smpsim-") as temporary:
        folder = Path(temporary)
        try:
            with zipfile.ZipFile(path) as archive:
                entries = archive.infolist()
                _check(path, entries, most_bytes, most_files)
                for entry in entries:
                    _extract(archive, entry, folder, path)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise StoreError(
                "read", path, f"it is damaged or not a plain archive ({error})"
            ) from error
        except OSError as error:
            raise StoreError.of("unpack", path, error) from error
        yield folder


def _check(path: Path, entries: list[zipfile.ZipInfo], most_bytes: int, most_files: int) -> None:
    if len(entries) > most_files:
        raise StoreError(
            "read", path, f"got {len(entries):,} files; allowed: {most_files:,} or fewer"
        )
    size = sum(entry.file_size for entry in entries)
    if size > most_bytes:
        allowed = f"{most_bytes / 2**30:g} GiB or less"
        raise StoreError("read", path, f"got {size / 2**30:,.1f} GiB; allowed: {allowed}")
    names = set()
    for entry in entries:
        if entry.is_dir():
            continue
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if not _harmless(entry.filename) or kind not in (0, stat.S_IFREG):
            raise StoreError(
                "read", path, f"got {entry.filename!r}; allowed: plain files inside the folder"
            )
        if entry.filename.lower() in names:
            raise StoreError("read", path, f"got {entry.filename!r} twice; allowed: once")
        names.add(entry.filename.lower())


def _harmless(name: str) -> bool:
    """Return whether a name leads to a file below the folder, on every system."""
    parts = PurePosixPath(name).parts
    plain = name.isprintable() and not any(letter in name for letter in '\\:*?"<>|')
    inside = bool(parts) and not name.startswith("/") and ".." not in name.split("/")
    return plain and inside and len(name) <= LONGEST and "." not in parts


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, path: Path) -> None:
    """Write one file; never more than the archive says it has."""
    if entry.is_dir():
        return
    target = folder.joinpath(*PurePosixPath(entry.filename).parts)
    target.parent.mkdir(parents=True, exist_ok=True)
    left = entry.file_size
    with archive.open(entry) as source, target.open("xb") as file:
        while part := source.read(PART):
            left -= len(part)
            if left < 0:
                raise StoreError("read", path, f"{entry.filename!r} is larger than it says")
            file.write(part)
