"""A folder of results that grows chunk by chunk, can be resumed, and notices what is damaged.

    FOLDER/manifest.json             what the numbers depend on, and how many chunks there are
    FOLDER/provenance.json           when it was begun, and by which versions
    FOLDER/runs/000000.parquet       rows of one chunk; any reader of Parquet takes the folder
    FOLDER/checksums/000000.sha256   of that file

A chunk counts if its file has its checksum and belongs to the manifest. Both appear by renaming,
the checksum last, so that a process may be killed at any moment. Only the provenance depends on
time and machine: all other files are the same, byte for byte, whoever writes them and when.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from smpsim.results.files import METADATA_KEY, PROVENANCE_FILE, Staged, StoreError, write_bytes

MANIFEST = "manifest.json"
RUNS, CHECKSUMS = "runs", "checksums"
FORMAT = 1
Facts = Mapping[str, Any]


def encoded(table: pa.Table, identity: str = "", number: int | None = None) -> bytes:
    """Return a table as the content of a Parquet file, the same bytes for the same table.

    Parameters
    ----------
    table : pyarrow.Table
    identity : str
        Hash of the facts on which the numbers depend; the file bears it.
    number : int, optional
        Of the chunk.
    """
    said = json.dumps({"sweep": identity, "chunk": number})
    table = table.replace_schema_metadata({METADATA_KEY: said})
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    file = io.BytesIO()
    pq.write_table(table, file, compression="zstd", use_dictionary=texts)
    return file.getvalue()


def digest(facts: Any) -> str:
    """Return a hash of plain data."""
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


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
        if not isinstance(found, dict) or not {"facts", "chunks", "identity"} <= set(found):
            raise StoreError("read", path, "it is no manifest of a sweep")
        return found

    def begin(self, facts: Facts, chunks: int, provenance: Mapping[str, Any]) -> None:
        """Write the manifest, and where the runs come from.

        Parameters
        ----------
        facts : mapping
            Plain data on which the numbers depend.
        chunks : int
        provenance : mapping
            With the date and whatever else does not decide numbers.
        """
        content = {
            "format": FORMAT,
            "identity": digest(facts),
            "chunks": chunks,
            "facts": dict(facts),
        }
        said = json.dumps(dict(provenance), indent=2, default=str) + "\n"
        write_bytes(self.folder / PROVENANCE_FILE, said.encode())
        # last, as it says that the folder is begun
        text = json.dumps(content, indent=2, default=str) + "\n"
        write_bytes(self.folder / MANIFEST, text.encode())

    def differences(self, facts: Facts) -> list[tuple[str, Any, Any]]:
        """Return key, stored and wanted value wherever the manifest says something else."""
        manifest = self.manifest()
        if manifest is None:
            return []
        stored = {"format": manifest.get("format"), **manifest["facts"]}
        wanted = json.loads(json.dumps({"format": FORMAT, **facts}, default=str))
        return list(_differences(stored, wanted, ""))

    def clear(self) -> None:
        """Remove manifest, chunks and checksums, and nothing else.

        Raises
        ------
        StoreError
            If a file can't be removed.
        """
        # the manifest last, so that a half-cleared folder is not taken for a new one
        files = [*self.runs.glob("*.parquet"), *(self.folder / CHECKSUMS).glob("*.sha256")]
        for path in [*files, self.folder / PROVENANCE_FILE, self.folder / MANIFEST]:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise StoreError.of("remove", path, error) from error
        self.tidy()

    def tidy(self) -> None:
        """Remove temporary files that a killed process has left."""
        for place in (self.folder, self.runs, self.folder / CHECKSUMS):
            for path in place.glob(".*.part"):
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
            If the folder can't be written to or the disk is full.
        """
        line = _line(content, self.path(number))
        with Staged(self.runs) as rows, Staged(self.folder / CHECKSUMS) as sums:
            rows.write(self.path(number).name, lambda file: file.write(content))
            sums.write(self._checksum(number).name, lambda file: file.write(line))
            rows.publish()
            sums.publish()

    def content(self, number: int, identity: str) -> bytes | None:
        """Return the bytes of a chunk, or None if it is missing, damaged or of another sweep."""
        path = self.path(number)
        try:
            content = path.read_bytes()
            line = self._checksum(number).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno == errno.EIO:
                # a bad block of the disk: the chunk is done again
                return None
            raise StoreError.of("read", path, error) from error
        if line != _line(content, path):
            return None
        said = (pq.read_schema(io.BytesIO(content)).metadata or {}).get(METADATA_KEY, b"{}")
        return content if json.loads(said) == {"sweep": identity, "chunk": number} else None

    def missing(self) -> list[int]:
        """Return the numbers of the chunks that are missing or damaged."""
        manifest = self._begun()
        identity = manifest["identity"]
        return [n for n in range(manifest["chunks"]) if self.content(n, identity) is None]

    def tables(self) -> Iterator[pa.Table]:
        """Yield all chunks in their order.

        Raises
        ------
        StoreError
            If the folder holds no runs, or a chunk is missing or damaged.
        """
        manifest = self._begun()
        for number in range(manifest["chunks"]):
            content = self.content(number, manifest["identity"])
            if content is None:
                raise StoreError("read", self.path(number), "it is missing or damaged")
            yield pq.read_table(io.BytesIO(content)).replace_schema_metadata(None)

    def read(self) -> pd.DataFrame:
        """Return all runs as one table."""
        return pa.concat_tables(self.tables()).to_pandas()

    def _begun(self) -> dict[str, Any]:
        manifest = self.manifest()
        if manifest is None:
            raise StoreError("read", self.folder / MANIFEST, "there is no such file or folder")
        return manifest


def _line(content: bytes, path: Path) -> bytes:
    """Return what the file of a checksum says, in the form that ``sha256sum -c`` reads."""
    return f"{hashlib.sha256(content).hexdigest()}  {path.name}\n".encode()


def _differences(stored: Any, wanted: Any, key: str) -> Iterator[tuple[str, Any, Any]]:
    """Yield key path, stored and wanted value wherever plain data differs."""
    if isinstance(stored, dict) and isinstance(wanted, dict):
        for name in dict.fromkeys([*wanted, *stored]):
            inner = f"{key}.{name}" if key else str(name)
            yield from _differences(stored.get(name), wanted.get(name), inner)
    elif _sections(stored) and _sections(wanted) and len(stored) == len(wanted):
        for number, (one, other) in enumerate(zip(stored, wanted, strict=True)):
            name = other.get("name", number) if one.get("name") == other.get("name") else number
            yield from _differences(one, other, f"{key}.{name}")
    elif stored != wanted:
        yield key, stored, wanted


def _sections(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
