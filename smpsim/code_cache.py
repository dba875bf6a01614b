"""Where compiled code is kept between processes, and when what is found there may be used.

To load compiled code is to run it, so a folder counts only if nobody else can have written to it.
Whatever is wrong with a folder or a file costs a compilation, never a wrong number or an error.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

MARKER = ".smpsim-code"  # stands in each folder that we made: only those are ever removed
FOLDER_NAME = re.compile(r"[0-9a-f]{16}\Z")
FILE_NAME = re.compile(r"[a-z_]+-[0-9a-f]{16}\.nbc(\.[0-9a-f]{32}\.part)?\Z")
KEPT_FOLDERS = 8
ABANDONED_AFTER = 3600.0  # seconds after which a half-written file is nobody's any more
DIGEST_BYTES = hashlib.sha256().digest_size
LONGEST_SHOWN = 120


class RefusedError(Exception):
    """A place that can't hold compiled code, with the reason in words."""


@dataclass(frozen=True)
class Place:
    """A folder for compiled code, or why there is none.

    Attributes
    ----------
    folder : str, optional
    reason : str
        Why there is no folder, in words; empty when there is one.
    """

    folder: str | None
    reason: str = ""


def find_place(name: str) -> Place:
    """Return the first folder of this name that can be trusted; it is made if it can be.

    ``SMPSIM_CACHE`` is obeyed or refused. Without it come ``XDG_CACHE_HOME`` or ``~/.cache`` and,
    where these don't serve, a folder that lasts as long as the machine is up.
    """
    reasons = []
    for source, base, own in _candidates():
        try:
            return Place(_prepared(base, (own, name)))
        except RefusedError as refusal:
            reasons.append(f"{source}: {refusal}")
        except (OSError, ValueError) as error:
            found = getattr(error, "strerror", None) or error
            reasons.append(f"{source}: got {_shown(base)} ({found}); allowed: a folder of yours")
    return Place(None, "; ".join(reasons) or "no folder for temporary files")


def _candidates() -> Iterator[tuple[str, str, str]]:
    """Yield the places to try: what names it, the folder, and the name of ours in it."""
    chosen = os.environ.get("SMPSIM_CACHE")
    if chosen:
        yield "SMPSIM_CACHE", os.path.expanduser(chosen), "smpsim"
        return
    # a relative path is to be ignored, says the XDG specification
    named = os.environ.get("XDG_CACHE_HOME", "")
    home = os.path.expanduser("~")  # stays "~" where neither HOME nor the user is known
    if os.path.isabs(named):
        yield "XDG_CACHE_HOME", named, "smpsim"
    elif os.path.isabs(home):
        yield "HOME", os.path.join(home, ".cache"), "smpsim"
    with contextlib.suppress(OSError):
        temporary = tempfile.gettempdir()
        # Python's last resort is the working folder, where nobody expects us to write
        if temporary != os.getcwd():
            user = os.geteuid() if hasattr(os, "geteuid") else "user"
            yield "TMPDIR", temporary, f"smpsim-{user}"


def _prepared(base: str, names: tuple[str, ...]) -> str:
    """Return the folder `names` below a base, made where missing, after a look at all above it.

    Raises
    ------
    RefusedError
        If somebody else could put code there.
    OSError
        If it can't be made.
    """
    if not os.path.isabs(base):
        raise RefusedError(f"got {_shown(base)}; allowed: an absolute path")
    place, last = os.path.splitdrive(os.path.realpath(base))[0] + os.sep, ""
    rest = [part for part in os.path.realpath(base)[len(place) :].split(os.sep) if part]
    _look_at(place, private=False)
    for depth, last in enumerate((*rest, *names)):
        place = os.path.join(place, last)
        private = depth >= len(rest)
        if not _look_at(place, private=private):
            # another process may be quicker: what it made is looked at like anything else
            with contextlib.suppress(FileExistsError):
                os.mkdir(place, 0o700)
            _look_at(place, private=private)
    return place


def _look_at(place: str, private: bool) -> bool:
    """Return whether a folder exists; refuse one that others can change.

    Parameters
    ----------
    place : str
    private : bool
        Others may not even add files, as they may in a folder such as that for temporary files.
    """
    try:
        found = os.lstat(place)
    except FileNotFoundError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        kind = "a link" if stat.S_ISLNK(found.st_mode) else "not a folder"
        raise RefusedError(f"got {_shown(place)} ({kind}); allowed: a folder of yours")
    shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not _ours(found.st_uid):
        raise RefusedError(
            f"got {_shown(place)} of user {found.st_uid}; allowed: a folder of yours"
        )
    if os.name == "posix" and shared and (private or not found.st_mode & stat.S_ISVTX):
        raise RefusedError(f"got {_shown(place)}, to which others may write; allowed: yours alone")
    return True


def _ours(owner: int) -> bool:
    """Return whether a file's owner is us or the administrator, who can do as they like anyway."""
    return not hasattr(os, "geteuid") or owner in (0, os.geteuid())


def _shown(path: str) -> str:
    """Return a path as messages show it: on one line, shortened when long."""
    shown = ascii(path)
    return shown if len(shown) <= LONGEST_SHOWN else f"{shown[: LONGEST_SHOWN - 3]}..."


def read(folder: str, name: str) -> bytes | None:
    """Return what `write` put into a file, or None if it is missing, damaged or not ours."""
    # a pipe or a device would keep us waiting, a link could lead anywhere
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        descriptor = os.open(os.path.join(folder, name), flags | getattr(os, "O_BINARY", 0))
        with open(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            if not stat.S_ISREG(found.st_mode) or not _ours(found.st_uid):
                return None
            if os.name == "posix" and shared:
                return None
            content = file.read()
    except OSError:
        return None
    digest, body = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
    return body if body and hashlib.sha256(body).digest() == digest else None


def write(folder: str, name: str, body: bytes) -> None:
    """Put bytes and their digest into a file, whole or not at all.

    Raises
    ------
    OSError
        If the folder can't be written to.
    """
    path = os.path.join(folder, name)
    part = f"{path}.{uuid.uuid4().hex}.part"
    try:
        # never writable by others, whatever the umask says
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with open(os.open(part, flags, 0o644), "wb") as file:
            file.write(hashlib.sha256(body).digest() + body)
        os.replace(part, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise
    with contextlib.suppress(OSError):
        _tidy(folder)


def intact(folder: str, start: str) -> bool:
    """Return whether a folder holds an undamaged file whose name begins so."""
    try:
        names = os.listdir(folder)
    except OSError:
        return False
    found = (n for n in names if n.startswith(start) and n.endswith(".nbc"))
    return any(read(folder, name) is not None for name in found)


def _tidy(folder: str) -> None:
    """Mark a folder as ours, and remove what processes that were killed left half-written."""
    now = time.time()
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if FILE_NAME.match(name) and name.endswith(".part"):
            with contextlib.suppress(OSError):
                if now - os.lstat(path).st_mtime > ABANDONED_AFTER:
                    os.unlink(path)
    with contextlib.suppress(FileExistsError), open(os.path.join(folder, MARKER), "x"):
        _forget_old(os.path.dirname(folder))


def _forget_old(root: str) -> None:
    """Remove our oldest folders of compiled code: each edit of a rule leaves one."""
    mine = []
    for name in os.listdir(root):
        folder = os.path.join(root, name)
        with contextlib.suppress(OSError):
            found, mark = os.lstat(folder), os.lstat(os.path.join(folder, MARKER))
            is_ours = stat.S_ISDIR(found.st_mode) and stat.S_ISREG(mark.st_mode)
            if is_ours and FOLDER_NAME.match(name):
                mine.append((found.st_mtime, folder))
    for _, folder in sorted(mine, reverse=True)[KEPT_FOLDERS:]:
        with contextlib.suppress(OSError):
            for name in os.listdir(folder):
                if FILE_NAME.match(name):
                    os.unlink(os.path.join(folder, name))
            # what others put there stays, and the folder with it
            if os.listdir(folder) == [MARKER]:
                os.unlink(os.path.join(folder, MARKER))
                os.rmdir(folder)


_said = False


def say_once(reason: str) -> None:
    """Say on standard error, once a process, why compiled code is not kept."""
    global _said
    if _said or sys.stderr is None:
        return
    _said = True
    with contextlib.suppress(OSError, ValueError):
        print(
            f"smpsim: compiled code is not kept, so every process compiles anew: {reason}",
            file=sys.stderr,
        )
