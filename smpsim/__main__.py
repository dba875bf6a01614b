"""``python -m smpsim``: the same as the command ``smpsim``."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Any


def main() -> None:
    """Run the command line; Ctrl-C ends it at once while it is being read in."""
    # an exception in the midst of an import would be a traceback, and nothing is written yet
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, _stop)
    from smpsim.cli import main as run

    try:
        with contextlib.suppress(ValueError):
            signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except (KeyboardInterrupt, ImportError) as error:
        # before a command has begun, or after it has ended
        if _interrupted(error):
            _stop(signal.SIGINT, None)
        raise


def _interrupted(error: BaseException | None) -> bool:
    """Return whether Ctrl-C is behind an error: a module in C fails to load in its own words."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


def _stop(number: int, frame: Any) -> None:
    os.write(2, b"\nStopped.\n")
    os._exit(130)


if __name__ == "__main__":
    main()
