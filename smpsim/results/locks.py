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
import stat
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from smpsim.results.errors import StoreError

try:
    import fcntl as _fcntl
except ImportError:  # on Windows
    flock: ModuleType | None = None
else:
    flock = _fcntl

LOCK_FILE = ".smpsim.lock"
HELD_FILE = ".smpsim.held"
"""What stands for the lock where the file system has none."""
PATIENCE = 10.0
"""Seconds that the writing of finished results waits for another writer."""
BEGUN = 60.0
"""Seconds after which a lock file without content is one that nobody writes any more."""


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


class _TakenError(Exception):
    """Another process holds the folder."""


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
        except _TakenError as other:
            if time.monotonic() >= deadline:
                reason = f"{other}, allowed: one writer at a time, or another folder"
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
    handle = _locked(path)
    if handle is None:
        path = folder / HELD_FILE
        handle = _created(path)
    try:
        left = _read(handle, path)
        if "token" in left:
            _sweep_up(folder, str(left["token"]))
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


def _flags(path: Path) -> int:
    """Return how to open a file that stands for a lock; a link or a folder is none."""
    if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
        raise _foreign(path)
    return os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


def _foreign(path: Path) -> StoreError:
    return StoreError("write", path, "it is no lock of smpsim, allowed: moving it away")


def _locked(path: Path) -> int | None:
    """Return the handle of a locked file, or None where the system can't lock files."""
    while flock is not None:
        handle = os.open(path, _flags(path), 0o666)
        try:
            flock.flock(handle, flock.LOCK_EX | flock.LOCK_NB)
            if os.path.samestat(os.stat(path), os.fstat(handle)):
                return handle
        except BlockingIOError:
            try:
                raise _TakenError(_who(_read(handle, path))) from None
            finally:
                os.close(handle)
        except FileNotFoundError:
            pass
        except OSError:
            if os.fstat(handle).st_size == 0:
                path.unlink(missing_ok=True)
            os.close(handle)
            return None
        # removed by its holder after it was opened here
        os.close(handle)
    return None


def _created(path: Path) -> int:
    """Return the handle of a file that did not exist, or that an ended process has left."""
    while True:
        try:
            return os.open(path, _flags(path) | os.O_EXCL, 0o666)
        except FileExistsError:
            pass
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY)
            try:
                found, age = _read(handle, path), time.time() - os.fstat(handle).st_mtime
            finally:
                os.close(handle)
            if not _is_left(found, age):
                raise _TakenError(f"{_who(found)} (if that process has ended, remove {path})")
            # of two that find it, one renames it, and the other begins again
            stale = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            os.rename(path, stale)
            if "token" in found:
                _sweep_up(path.parent, str(found["token"]))
            stale.unlink(missing_ok=True)


def _is_left(found: dict[str, Any], age: float) -> bool:
    """Return whether the process that wrote a lock file has ended."""
    if "pid" not in found:
        return age > BEGUN
    if found.get("host") != socket.gethostname() or os.name != "posix":
        return False
    try:
        os.kill(int(found["pid"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return False


def _read(handle: int, path: Path) -> dict[str, Any]:
    """Return what the file of a lock says, nothing if it is empty."""
    os.lseek(handle, 0, os.SEEK_SET)
    text = os.read(handle, 4096)
    if not text:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or found.get("smpsim") != "lock":
        raise _foreign(path)
    return found


def _who(found: dict[str, Any]) -> str:
    if not {"pid", "host", "since"} <= set(found):
        return "found another process that writes there"
    return (
        f"found process {found['pid']} on {found['host']}, which has been writing there since "
        f"{found['since']}"
    )


def unfinished_name(name: str, token: str) -> str:
    """Return the name of a file while it is written."""
    return f".{name}.{token}.part"


def _sweep_up(folder: Path, token: str) -> None:
    """Remove unfinished files of a process that was killed."""
    if len(token) == 8 and set(token) <= set("0123456789abcdef"):
        for path in folder.glob(f".*.{token}.part"):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


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
