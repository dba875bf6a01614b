"""What can go wrong with files, in words."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

from smpsim.errors import Error

_REASONS = {
    errno.ENOENT: "there is no such file or folder",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOTDIR: "a part of the path is a file, not a folder",
    errno.EEXIST: "there is a file of that name, not a folder",
    errno.EISDIR: "there is a folder of that name",
    errno.ENAMETOOLONG: "the name is too long",
    errno.EBADF: "it is closed",
    errno.EPIPE: "nobody reads it any more",
}


class StoreError(Error, OSError):
    """A file of results that can't be written or read.

    Attributes
    ----------
    path : Path
        The file or folder.
    """

    def __init__(self, action: str, path: Path, reason: str) -> None:
        super().__init__(f"cannot {action} {path}: {reason}")
        self.path = path
        self._parts = (action, path, reason)

    def __reduce__(self) -> tuple[Any, ...]:
        # the message alone, which OSError would send to another process, is not enough to build it
        return type(self), self._parts

    @classmethod
    def of(cls, action: str, path: Path, error: OSError) -> StoreError:
        """Return the error that says in words what the system reported."""
        if isinstance(error, StoreError):
            return error
        known = _REASONS.get(error.errno or 0)
        return cls(action, path, known or error.strerror or str(error) or type(error).__name__)
