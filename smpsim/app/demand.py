"""Work that takes a while: in a thread, when it is asked for, with progress and errors in words."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import solara

from smpsim.app.runs import StaleError
from smpsim.errors import RequestError
from smpsim.scenario import ScenarioError

T = TypeVar("T")
Make = Callable[[Callable[[int], None], Callable[[], bool]], Any]
LOG = logging.getLogger(__name__)
STEP = 20
"""Runs after which progress is told, so that the page is not flooded."""


def in_words(error: BaseException) -> list[str]:
    """Return what went wrong, for the reader of the page; never a traceback.

    What nobody foresaw is one line in the server's log too.
    """
    if isinstance(error, ScenarioError):
        return [str(one) for one in error.problems]
    if isinstance(error, RequestError):
        return [str(error)]
    LOG.error("%s: %s", type(error).__name__, error)
    return [
        f"This did not work: {type(error).__name__}: {error}. What was shown before is still "
        "valid; please report it with the link under Take away."
    ]


@dataclass(frozen=True)
class Demand:
    """Something that was asked for, or may be.

    Parameters
    ----------
    value : object
        What came of it; None before.
    running : bool
    done : int
        Runs so far.
    problems : list of str
        What went wrong.
    start : callable
        Ask for it.
    """

    value: Any
    running: bool
    done: int
    problems: list[str]
    start: Callable[[], None]


def use_demand(make: Make, key: Any) -> Demand:
    """Return work on demand; what came of it holds for as long as `key` is the same.

    Parameters
    ----------
    make : callable
        Called in a thread with what tells progress, and what tells whether to give up.
    key : object
        What the work depends on.
    """
    nothing: Any = None
    asked, set_asked = solara.use_state(nothing)
    done, set_done = solara.use_state(0)

    def work(cancel: threading.Event) -> Any:
        if asked is None:
            return None

        def tell(runs: int) -> None:
            if runs % STEP == 0:
                set_done(runs)

        try:
            return (asked, make(tell, cancel.is_set), [])
        except StaleError:
            return None
        except Exception as error:
            return (asked, None, in_words(error))

    found = solara.use_thread(work, [asked], intrusive_cancel=False)

    def start() -> None:
        set_done(0)
        # the same again, where it was asked for before
        set_asked((key, asked[1] + 1 if asked and asked[0] == key else 0))

    result: Any = found.value
    mine = result is not None and asked is not None and result[0] == asked
    current = asked is not None and asked[0] == key
    busy = found.state in (
        solara.ResultState.RUNNING,
        solara.ResultState.STARTING,
        solara.ResultState.WAITING,
    )
    return Demand(
        value=result[1] if mine and current else None,
        running=current and busy and not mine,
        done=done,
        problems=result[2] if mine and current else [],
        start=start,
    )
