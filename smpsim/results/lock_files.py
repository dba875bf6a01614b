"""Files that stand for a lock: taken, read, and told from those that ended processes have left."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
import stat
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from smpsim.results.store_error import StoreError

try:
    import fcntl as _fcntl
except ImportError:  # on Windows
    flock: ModuleType | None = None
else:
    flock = _fcntl

BEGUN = 60.0
"""Seconds after which a lock file without content is one that nobody writes any more."""


class TakenError(Exception):
    """Another process holds the folder."""


def _flags(path: Path) -> int:
    """Return how to open a file that stands for a lock; a link or a folder is none."""
    if os.path.lexists(path) and not stat.S_ISREG(os.lstat(path).st_mode):
        raise _foreign(path)
    return os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)


def _foreign(path: Path) -> StoreError:
    return StoreError("write", path, "it is not a lock of smpsim; allowed: moving it away")


def locked(path: Path) -> int | None:
    """Return the handle of a locked file, or None where the system can't lock files."""
    while flock is not None:
        handle = os.open(path, _flags(path), 0o666)
        try:
            flock.flock(handle, flock.LOCK_EX | flock.LOCK_NB)
            if os.path.samestat(os.stat(path), os.fstat(handle)):
                return handle
        except BlockingIOError:
            try:
                raise TakenError(_who(read_lock(handle, path))) from None
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


def created(path: Path) -> int:
    """Return the handle of a file that did not exist, or that an ended process has left."""
    while True:
        try:
            return os.open(path, _flags(path) | os.O_EXCL, 0o666)
        except FileExistsError:
            pass
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY)
            try:
                found, age = read_lock(handle, path), time.time() - os.fstat(handle).st_mtime
            finally:
                os.close(handle)
            if not _is_left(found, age):
                raise TakenError(f"{_who(found)} (if that process has ended, remove {path})")
            # of two that find it, one renames it, and the other begins again
            stale = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
            os.rename(path, stale)
            if "token" in found:
                sweep_up(path.parent, str(found["token"]))
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


def read_lock(handle: int, path: Path) -> dict[str, Any]:
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
        return "another process writes there"
    return (
        f"process {found['pid']} on {found['host']} has been writing there since {found['since']}"
    )


def unfinished_name(name: str, token: str) -> str:
    """Return the name of a file while it is written."""
    return f".{name}.{token}.part"


def sweep_up(folder: Path, token: str) -> None:
    """Remove unfinished files of a process that was killed."""
    if len(token) == 8 and set(token) <= set("0123456789abcdef"):
        for path in folder.glob(f".*.{token}.part"):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
