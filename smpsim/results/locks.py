"""One writer at a time: a folder is held by a process while it works in it.

Whoever holds a folder has locked the hidden file ``.smpsim.lock`` in it, which the system undoes
when the process ends, however it ends. The file says who that is. One that a killed process has
left is taken over, and the unfinished files of that process are removed.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from smpsim.results.lock_files import TakenError, created, locked, read_lock, sweep_up
from smpsim.results.store_error import StoreError

LOCK_FILE = ".smpsim.lock"
HELD_FILE = ".smpsim.held"
"""What stands for the lock where the file system has none."""
PATIENCE = 10.0
"""Seconds that the writing of finished results waits for another writer."""


@dataclass
class Hold:
    """A folder that is held.

    Attributes
    ----------
    folder : Path
    token : str
        Part of the names of unfinished files of this process.
    unfinished : set of Path
    """

    folder: Path
    path: Path
    handle: int
    token: str
    made: list[Path]
    thread: int = field(default_factory=threading.get_ident)
    depth: int = 1
    unfinished: set[Path] = field(default_factory=set)


_holds: dict[str, Hold] = {}
_guard = threading.Lock()


@contextlib.contextmanager
def held(folder: Path, patience: float = 0.0) -> Iterator[Hold]:
    """Keep other writers out of a folder, which is made if it does not exist.

    Within a thread it may be nested. A folder that was made and is empty at the end is removed.

    Parameters
    ----------
    folder : Path
    patience : float
        Seconds to wait for another writer.

    Raises
    ------
    StoreError
        If another process or thread holds the folder, named with the time since when; or if the
        folder can't be made or written to.
    """
    hold = _take(folder, patience)
    try:
        yield hold
    finally:
        _give_back(hold)


def take_over(folder: Path) -> None:
    """Remove the lock that a killed process has left in a folder, with its unfinished files.

    Raises
    ------
    StoreError
        If another process or thread holds the folder.
    """
    if any((folder / name).exists() for name in (LOCK_FILE, HELD_FILE)):
        with held(folder):
            pass


def _take(folder: Path, patience: float) -> Hold:
    deadline, tries = time.monotonic() + patience, 20
    made: list[Path] = []
    while True:
        try:
            made += _make(folder)
            key = os.path.realpath(folder)
            with _guard:
                known = _holds.get(key)
                if known is not None and known.thread == threading.get_ident():
                    known.depth += 1
                    return known
                _holds[key] = hold = _lock(folder, made)
                return hold
        except FileNotFoundError as error:
            # its last holder has just removed the empty folder; it is made again
            tries -= 1
            if not tries:
                raise StoreError.of("write to the folder", folder, error) from error
        except TakenError as other:
            if time.monotonic() >= deadline:
                reason = f"{other}; allowed: one writer at a time, or another folder"
                raise StoreError("write to the folder", folder, reason) from None
        except OSError as error:
            raise StoreError.of("write to the folder", folder, error) from error
        time.sleep(0.05)


def _make(folder: Path) -> list[Path]:
    """Make a folder, and return those that did not exist, the deepest first."""
    missing = [folder]
    while not missing[-1].exists() and missing[-1] != missing[-1].parent:
        missing.append(missing[-1].parent)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError.of("make the folder", folder, error) from error
    return missing[:-1]


def _lock(folder: Path, made: list[Path]) -> Hold:
    """Lock a folder, and write into the file that stands for the lock who holds it."""
    path = folder / LOCK_FILE
    handle = locked(path)
    if handle is None:
        path = folder / HELD_FILE
        handle = created(path)
    try:
        left = read_lock(handle, path)
        if "token" in left:
            sweep_up(folder, str(left["token"]))
        hold = Hold(folder, path, handle, secrets.token_hex(4), made)
        facts = {
            "smpsim": "lock",
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now().astimezone().isoformat(timespec="seconds"),
            "token": hold.token,
        }
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        os.write(handle, (json.dumps(facts) + "\n").encode())
    except BaseException as error:
        if not isinstance(error, StoreError):
            # of a full disk; what is foreign stays
            path.unlink(missing_ok=True)
        os.close(handle)
        raise
    return hold


def _give_back(hold: Hold) -> None:
    with _guard:
        hold.depth -= 1
        if hold.depth or hold.handle < 0:
            return
        for key in [key for key, one in _holds.items() if one is hold]:
            del _holds[key]
        _remove(hold)
        os.close(hold.handle)
    for folder in hold.made:
        with contextlib.suppress(OSError):
            # only if it is empty
            folder.rmdir()


def _remove(hold: Hold) -> None:
    """Remove the file while the lock holds, so that nobody locks one that is gone."""
    with contextlib.suppress(OSError):
        if os.path.samestat(os.lstat(hold.path), os.fstat(hold.handle)):
            hold.path.unlink()


def abandon() -> None:
    """Remove all locks and unfinished files of this process, which is about to end at once."""
    for hold in list(_holds.values()):
        for path in list(hold.unfinished):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        _remove(hold)


def _forget() -> None:
    """Let go, in a forked process, of what its parent holds."""
    global _guard
    _guard = threading.Lock()
    for hold in _holds.values():
        with contextlib.suppress(OSError):
            os.close(hold.handle)
        hold.handle = -1
    _holds.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
