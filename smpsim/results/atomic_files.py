"""Files that appear whole or not at all, and replace nothing that smpsim did not write.

Files are first written under temporary names and appear together at the end, so a full disk or an
interrupt leaves what was in the folder before.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from smpsim.results.lock_files import unfinished_name
from smpsim.results.locks import PATIENCE, Hold, held
from smpsim.results.manifest import RECORD_FILE, Record, digest_of, refuse
from smpsim.results.store_error import StoreError

Writer = Callable[[Any], object]


class Staged:
    """Files written under temporary names, which appear together on `publish`.

    Use as a context manager: whatever is not published is removed, whichever way the block ends.
    The folder is held against other writers meanwhile.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.

    Raises
    ------
    StoreError
        If the folder can't be made or written to, another process writes into it, the disk is
        full, or a file is in the way that smpsim did not write.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._waiting: dict[str, Path] = {}
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Staged:
        self._hold: Hold = self._stack.enter_context(held(self.folder, PATIENCE))
        return self

    def __exit__(self, *_: object) -> None:
        for temporary in self._waiting.values():
            self._discard(temporary)
        self._waiting = {}
        self._stack.close()

    def _discard(self, temporary: Path) -> None:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        self._hold.unfinished.discard(temporary)

    def check(self, names: Iterable[str]) -> None:
        """Raise an error that names all files in the way of new ones."""
        Record.read(self.folder).check(names)

    def write(self, name: str, writer: Writer) -> None:
        """Write a file under a temporary name in the same folder.

        Parameters
        ----------
        name : str
            Of the file in the folder.
        writer : callable
            Gets the file, open for writing bytes.
        """
        temporary = self.folder / unfinished_name(name, self._hold.token)
        self._waiting[name] = temporary
        self._hold.unfinished.add(temporary)
        stage(temporary, self.folder / name, writer)

    def publish(self, absent: Iterable[str] = ()) -> list[Path]:
        """Give all files their names, and return them.

        Parameters
        ----------
        absent : iterable of str
            Files that are removed, as they would be taken for a part of the new ones.
        """
        gone = tuple(absent)
        record = Record.read(self.folder)
        # they may have changed in the hours since they were looked at
        refuse(self.folder, record.in_the_way([*self._waiting, *gone]))
        new = {name: digest_of(temporary) for name, temporary in self._waiting.items()}
        before = record.with_changes(new, keep=True)
        after = record.with_changes(new, gone)
        # new files are known as ours before they have their names, old ones until they are gone
        if before != record:
            self._record(before)
        done = []
        for name, temporary in list(self._waiting.items()):
            move(temporary, self.folder / name)
            self._hold.unfinished.discard(temporary)
            del self._waiting[name]
            done.append(self.folder / name)
        for name in gone:
            try:
                (self.folder / name).unlink(missing_ok=True)
            except OSError as error:
                raise StoreError.of("remove", self.folder / name, error) from error
        if after != before:
            self._record(after)
        sync_folder(self.folder)
        return done

    def _record(self, record: Record) -> None:
        """Replace the record of the folder; one of nothing is removed."""
        path = self.folder / RECORD_FILE
        if not record.files:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            return
        temporary = self.folder / unfinished_name("smpsim", self._hold.token)
        self._hold.unfinished.add(temporary)
        try:
            stage(temporary, path, lambda file: file.write(record.content()))
            move(temporary, path)
        finally:
            self._discard(temporary)


def stage(temporary: Path, target: Path, writer: Writer) -> None:
    """Write a file that does not exist, and wait until it is on the disk.

    A temporary name of our own and not `tempfile`'s, whose files only their owner may read.
    """
    try:
        with temporary.open("xb") as file:
            writer(file)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError.of("write", target, error) from error


def move(temporary: Path, target: Path) -> None:
    """Give a file its name."""
    try:
        os.replace(temporary, target)
    except OSError as error:
        raise StoreError.of("write", target, error) from error


def write_in_order(files: Iterable[tuple[Path, bytes]]) -> None:
    """Write files that another one accounts for, all of them before the first gets its name.

    Nothing is recorded and nothing in the way is refused, so that is for the caller to see to.

    Parameters
    ----------
    files : iterable of (Path, bytes)
        In the order in which they get their names.
    """
    token = secrets.token_hex(4)
    waiting: list[tuple[Path, Path]] = []
    try:
        for target, content in files:
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise StoreError.of("make the folder", target.parent, error) from error
            temporary = target.parent / unfinished_name(target.name, token)
            waiting.append((temporary, target))
            stage(temporary, target, _content(content))
        for temporary, target in waiting:
            move(temporary, target)
        for folder in {target.parent for _, target in waiting}:
            sync_folder(folder)
    finally:
        for temporary, _ in waiting:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _content(content: bytes) -> Writer:
    return lambda file: file.write(content)


def sync_folder(folder: Path) -> None:
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


@contextlib.contextmanager
def claimed(folder: Path, names: Iterable[str], inputs: Iterable[Path] = ()) -> Iterator[None]:
    """Hold a folder for the files that a long piece of work will write into it at its end.

    Parameters
    ----------
    folder : Path
    names : iterable of str
        Of the files, those included that are to be removed.
    inputs : iterable of Path
        Files that are read, which are not replaced even if smpsim wrote them.

    Raises
    ------
    StoreError
        If the folder can't be written to, another process writes into it, or a file is in the way
        that smpsim did not write.
    """
    check_folder(folder)
    with held(folder):
        Record.read(folder).check(names, inputs)
        yield


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a file whole or not at all.

    Raises
    ------
    StoreError
        If the folder can't be written to, the disk is full, or there is a file of that name that
        smpsim did not write.
    """
    with Staged(path.parent) as staged:
        staged.check([path.name])
        staged.write(path.name, _content(content))
        return staged.publish()[0]
