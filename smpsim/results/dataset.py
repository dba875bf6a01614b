"""A folder of results that grows chunk by chunk, can be resumed, and notices what is damaged.

    FOLDER/manifest.json             what the numbers depend on, and how many chunks there are
    FOLDER/runs/000000.parquet       rows of one chunk; any reader of Parquet takes the folder
    FOLDER/checksums/000000.sha256   of that file

A chunk counts if its file has its checksum. Both appear by renaming, the checksum first, so that a
process may be killed at any moment and every chunk that is there is known to be ours. Nothing
written depends on time, machine or number of workers.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from smpsim.results.atomic_files import Staged, write_bytes, write_in_order
from smpsim.results.locks import take_over
from smpsim.results.manifest import Record, refuse
from smpsim.results.provenance import digest
from smpsim.results.store_error import StoreError

MANIFEST = "manifest.json"
RUNS, CHECKSUMS = "runs", "checksums"
FORMAT = 1
Facts = Mapping[str, Any]
_UNFINISHED = re.compile(r"\.\d{6,}\.(parquet|sha256)\.[0-9a-f]{8}\.part")
_SUM = re.compile(rb"[0-9a-f]{64}  (\d{6,}\.parquet)\n")


def encoded(table: pa.Table) -> bytes:
    """Return a table as the content of a Parquet file, the same bytes for the same table."""
    file = io.BytesIO()
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    pq.write_table(table, file, compression="zstd", use_dictionary=texts)
    return file.getvalue()


class Dataset:
    """A folder of chunks of runs.

    Parameters
    ----------
    folder : Path
        It need not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def runs(self) -> Path:
        """The folder of Parquet files."""
        return self.folder / RUNS

    def manifest(self) -> dict[str, Any] | None:
        """Return what the folder was begun with; None if it holds no runs yet.

        Raises
        ------
        StoreError
            If the manifest can't be read.
        """
        path = self.folder / MANIFEST
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError.of("read", path, error) from error
        except ValueError:
            found = None
        if not isinstance(found, dict) or not {"facts", "chunks"} <= set(found):
            raise StoreError("read", path, "it is no manifest of a sweep")
        return found

    def begin(self, facts: Facts, chunks: int) -> None:
        """Write the manifest.

        Parameters
        ----------
        facts : mapping
            Plain data on which the numbers depend.
        chunks : int
        """
        content = {
            "format": FORMAT,
            "hash": digest(facts),
            "chunks": chunks,
            "facts": dict(facts),
        }
        text = json.dumps(content, indent=2, default=str) + "\n"
        write_bytes(self.folder / MANIFEST, text.encode())

    def differences(self, facts: Facts) -> list[tuple[str, Any, Any]]:
        """Return key, stored and wanted value wherever the manifest says something else."""
        manifest = self.manifest()
        if manifest is None:
            return []
        wanted = json.loads(json.dumps(dict(facts), default=str))
        return list(_differences(manifest["facts"], wanted, ""))

    def is_known(self) -> bool:
        """Return whether smpsim has begun the folder, whatever it holds by now."""
        return MANIFEST in Record.read(self.folder).files

    def check(self, chunks: int) -> None:
        """Raise an error if something that smpsim did not write is in the way of chunks.

        A chunk that has a checksum is ours, damaged or not.

        Raises
        ------
        StoreError
            Naming all files in the way; or if the manifest can't be read.
        """
        begun = self.manifest() is not None
        found = Record.read(self.folder).in_the_way([MANIFEST])
        for number in range(chunks):
            known = begun and self._is_ours(number)
            for path in () if known else (self.path(number), self._checksum(number)):
                if os.path.lexists(path):
                    found.append(str(path.relative_to(self.folder)))
        refuse(self.folder, found)

    def _is_ours(self, number: int) -> bool:
        """Return whether a checksum says that a chunk of that number has been written."""
        path, checksum = self.path(number), self._checksum(number)
        if path.is_symlink() or checksum.is_symlink():
            return False
        try:
            line = _SUM.fullmatch(checksum.read_bytes())
        except OSError:
            return False
        return line is not None and line[1].decode() == path.name

    def clear(self) -> None:
        """Remove manifest, chunks and checksums that smpsim wrote, and nothing else.

        Raises
        ------
        StoreError
            If a file can't be removed, or the manifest is not ours.
        """
        if self.manifest() is None:
            return
        refuse(self.folder, Record.read(self.folder).in_the_way([MANIFEST]))
        for checksum in sorted((self.folder / CHECKSUMS).glob("*.sha256")):
            if not checksum.stem.isdecimal() or not self._is_ours(int(checksum.stem)):
                continue
            # the checksum last, as it says that the chunk is ours
            for path in (self.path(int(checksum.stem)), checksum):
                try:
                    path.unlink(missing_ok=True)
                except OSError as error:
                    raise StoreError.of("remove", path, error) from error
        self.sweep_up()
        # the manifest last, so that a half-cleared folder is not taken for a new one
        with Staged(self.folder) as staged:
            staged.publish([MANIFEST])

    def sweep_up(self) -> None:
        """Remove unfinished chunks and locks of a killed process, if the folder is ours."""
        if not self.is_known():
            return
        for place in (self.folder, self.runs, self.folder / CHECKSUMS):
            take_over(place)
            for path in place.glob(".*.part"):
                if _UNFINISHED.fullmatch(path.name):
                    with contextlib.suppress(OSError):
                        path.unlink(missing_ok=True)

    def path(self, number: int) -> Path:
        """Return the file of a chunk."""
        return self.runs / f"{number:06d}.parquet"

    def _checksum(self, number: int) -> Path:
        return self.folder / CHECKSUMS / f"{number:06d}.sha256"

    def write(self, number: int, content: bytes) -> None:
        """Write a chunk whole or not at all.

        Raises
        ------
        StoreError
            If the folder can't be written to, the disk is full, or a file of that name has no
            checksum.
        """
        path, checksum = self.path(number), self._checksum(number)
        line = f"{hashlib.sha256(content).hexdigest()}  {path.name}\n"
        if os.path.lexists(path) and not self._is_ours(number):
            refuse(self.folder, [str(path.relative_to(self.folder))])
        write_in_order([(checksum, line.encode()), (path, content)])

    def content(self, number: int) -> bytes | None:
        """Return the bytes of a chunk, or None if it is missing or damaged."""
        try:
            content = self.path(number).read_bytes()
            line = self._checksum(number).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno == errno.EIO:
                # a bad block of the disk: the chunk is done again
                return None
            raise StoreError.of("read", self.path(number), error) from error
        expected = f"{hashlib.sha256(content).hexdigest()}  {self.path(number).name}\n"
        return content if line == expected.encode() else None

    def missing(self, chunks: int) -> list[int]:
        """Return the numbers of the chunks that are missing or damaged."""
        return [number for number in range(chunks) if self.content(number) is None]

    def table(self, number: int) -> pa.Table:
        """Return a chunk.

        Raises
        ------
        StoreError
            If it is missing or damaged.
        """
        content = self.content(number)
        if content is None:
            raise StoreError("read", self.path(number), "it is missing or damaged")
        return pq.read_table(io.BytesIO(content))

    def tables(self) -> Iterator[pa.Table]:
        """Yield all chunks in their order.

        Raises
        ------
        StoreError
            If the folder holds no runs, or a chunk is missing or damaged.
        """
        manifest = self.manifest()
        if manifest is None:
            raise StoreError("read", self.folder / MANIFEST, "there is no such file or folder")
        for number in range(manifest["chunks"]):
            yield self.table(number)

    def read(self) -> pd.DataFrame:
        """Return all runs as one table."""
        return pa.concat_tables(self.tables()).to_pandas()


def _differences(stored: Any, wanted: Any, key: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(stored, dict) and isinstance(wanted, dict):
        for name in dict.fromkeys([*wanted, *stored]):
            inner = f"{key}: {name}" if key else str(name)
            yield from _differences(stored.get(name), wanted.get(name), inner)
    elif stored != wanted:
        yield key, stored, wanted
