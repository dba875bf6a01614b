"""What a worker process does, how it ends, and what is said when one is lost."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing import connection
from typing import TYPE_CHECKING, Any

from smpsim.errors import Error

if TYPE_CHECKING:
    from smpsim.studies.sweep.chunks import Work

ORPHANED = 1
"""Exit code of a worker whose parent is gone."""


class WorkerError(Error, RuntimeError):
    """Whoever did the work was lost: a worker process, or a cluster."""


_MINE: list[tuple[Work, Any]] = []


def begin(work: Work, stop: Any) -> None:
    """Prepare a worker process.

    Parameters
    ----------
    work : Work
    stop : shared ctypes bool
        True when the parent wants no more.
    """
    # Ctrl-C reaches all processes of a terminal; the one that gives out the work decides
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _MINE[:] = [(work, stop)]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def run_mine(number: int, as_file: bool) -> Any:
    """Run a chunk of the work that this process was started with."""
    from smpsim.studies.sweep.chunks import run_chunk

    work, stop = _MINE[0]
    return run_chunk(work, number, lambda: bool(stop.value), as_file)


def _end_with_parent() -> None:
    """Wait until the parent is gone, however it ended, and end this process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        # the other end of a pipe that the system closes, so that even SIGKILL is noticed
        connection.wait([parent.sentinel])
        # nothing is lost: a worker writes no files
        os._exit(ORPHANED)
