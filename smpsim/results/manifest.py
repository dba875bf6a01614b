"""Which files of a folder smpsim wrote: only these are ever replaced or removed.

The hidden file ``.smpsim.json`` of a folder holds the name and the hash of each. While files are
being replaced it holds two hashes of a name, the old and the new one, so that a process may be
killed at any moment and what it leaves is still known to be ours.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smpsim.messages import shown_list
from smpsim.results.store_error import StoreError

RECORD_FILE = ".smpsim.json"
FORMAT = 1
ALLOWED = "allowed: another folder, or moving what is there away"


def digest_of(path: Path) -> str:
    """Return the hash of the content of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass(frozen=True)
class Record:
    """The names and hashes of the files that smpsim wrote into a folder.

    Attributes
    ----------
    folder : Path
    files : dict of str to tuple of str
        Hashes of each, any of which makes a file of that name ours.
    """

    folder: Path
    files: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Record:
        """Return the record of a folder, empty if it has none.

        Raises
        ------
        StoreError
            If there is a file of that name that is no record.
        """
        path = folder / RECORD_FILE
        try:
            found = None
            if stat.S_ISREG(os.lstat(path).st_mode):
                found = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return cls(folder)
        except OSError as error:
            raise StoreError.of("read", path, error) from error
        except (ValueError, RecursionError):
            found = None
        files = _files_in(found)
        if files is None:
            raise StoreError("read", path, f"it is not a record of what smpsim wrote; {ALLOWED}")
        return cls(folder, files)

    def content(self) -> bytes:
        """Return the record as the content of its file."""
        files = {name: list(self.files[name]) for name in sorted(self.files)}
        facts = {"smpsim": "files written here", "format": FORMAT, "files": files}
        return (json.dumps(facts, indent=1) + "\n").encode()

    def with_changes(
        self, new: Mapping[str, str], gone: Iterable[str] = (), keep: bool = False
    ) -> Record:
        """Return the record with new hashes, and without some names.

        Parameters
        ----------
        new : mapping of str to str
            Hashes by name.
        gone : iterable of str
        keep : bool
            Let the hashes that are there stand beside the new ones, and names stay.
        """
        files = dict(self.files)
        for name, one in new.items():
            known = files.get(name, ()) if keep else ()
            files[name] = tuple(dict.fromkeys((*known, one)))
        if not keep:
            for name in gone:
                files.pop(name, None)
        return Record(self.folder, files)

    def is_ours(self, name: str) -> bool:
        """Return whether a file is as smpsim wrote it; links and folders never are."""
        path = self.folder / name
        hashes = self.files.get(name, ())
        try:
            regular = stat.S_ISREG(os.lstat(path).st_mode)
            return bool(hashes) and regular and digest_of(path) in hashes
        except OSError as error:
            raise StoreError.of("read", path, error) from error

    def in_the_way(self, names: Iterable[str]) -> list[str]:
        """Return the names under which something stands that is not ours."""
        return [
            name
            for name in dict.fromkeys(names)
            if os.path.lexists(self.folder / name) and not self.is_ours(name)
        ]

    def check(self, names: Iterable[str], inputs: Iterable[Path] = ()) -> None:
        """Raise an error if one of the names must not be written.

        Parameters
        ----------
        names : iterable of str
        inputs : iterable of Path
            Files that are read, which are not replaced even if smpsim wrote them.

        Raises
        ------
        StoreError
            Naming all files in the way.
        """
        wanted = [name for name in dict.fromkeys(names) if os.path.lexists(self.folder / name)]
        # to find all that a scenario extends takes time, which an empty folder saves
        known = list(inputs) if wanted else []
        read = [name for name in wanted if any(_same(self.folder / name, one) for one in known)]
        if read:
            reason = f"{shown_list(read)} would be read and replaced; allowed: another folder"
            raise StoreError("write to the folder", self.folder, reason)
        refuse(self.folder, self.in_the_way(wanted))


def refuse(folder: Path, names: list[str]) -> None:
    """Raise an error that names files which are in the way, if there are any."""
    if names:
        reason = (
            f"{shown_list(names)} {'exists' if len(names) == 1 else 'exist'}, but not as "
            f"smpsim wrote {'it' if len(names) == 1 else 'them'}; {ALLOWED}"
        )
        raise StoreError("write to the folder", folder, reason)


def _same(path: Path, other: Path) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False


def _files_in(found: object) -> dict[str, tuple[str, ...]] | None:
    """Return the files that a record names, or None if it is no record."""
    if not isinstance(found, dict) or found.get("format") != FORMAT or "smpsim" not in found:
        return None
    files = found.get("files")
    if not isinstance(files, dict):
        return None
    lists = all(
        isinstance(hashes, list) and all(isinstance(one, str) for one in hashes)
        for hashes in files.values()
    )
    return {name: tuple(hashes) for name, hashes in files.items()} if lists else None
