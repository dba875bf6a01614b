"""Runs behind the screens: few at first and then all, within bounds of memory and time.

A slider's move is answered by few runs at once; the others fill in behind. Run n is the same run
whether few or many are asked for. All sessions of a server share what is remembered here.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from smpsim.app.answer import Answer, answer_of
from smpsim.app.state import State
from smpsim.ensemble import bytes_of_runs, run
from smpsim.results.result import Result

AT_FIRST = 8
"""Runs that answer a move at once."""
MOST_BYTES = 10**9
"""Of runs that are in memory at the same time, of all sessions together."""
REMEMBERED = 64
"""Answers that are kept, so that many who look at the same need no runs of their own."""
LOOK = 0.05
"""Seconds between looks whether there is room, or something else is asked for."""


class StaleError(Exception):
    """Runs that were given up because something else is asked for by now."""


class Room:
    """Memory for runs, shared by all sessions.

    Parameters
    ----------
    most : int
        Bytes. What needs more than all of it runs alone.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self._changed = threading.Condition()

    @contextmanager
    def hold(self, wanted: int, is_stale: Callable[[], bool]) -> Iterator[None]:
        """Wait until there is room, and hold it.

        Raises
        ------
        StaleError
            If `is_stale` says so while it waits.
        """
        size = min(wanted, self.most)
        with self._changed:
            while self.taken + size > self.most:
                if is_stale():
                    raise StaleError
                self._changed.wait(LOOK)
            self.taken += size
        try:
            yield
        finally:
            with self._changed:
                self.taken -= size
                self._changed.notify_all()


_ROOM = Room(MOST_BYTES)
_known: OrderedDict[tuple[str, ...], Answer] = OrderedDict()
_lock = threading.Lock()


def never() -> bool:
    """Return that nothing else is asked for."""
    return False


def unless_stale(
    is_stale: Callable[[], bool], progress: Callable[[int], None] | None = None
) -> Callable[[int], None]:
    """Return what is told the number of runs done: it gives up once something else is asked for.

    Parameters
    ----------
    is_stale : callable
        Asked after each run whether to give up.
    progress : callable, optional
        Told the number of runs too.
    """

    def watch(done: int) -> None:
        if is_stale():
            raise StaleError
        if progress is not None:
            progress(done)

    return watch


def result_of(
    state: State,
    replications: int,
    is_stale: Callable[[], bool] = never,
    seed: int | None = None,
) -> Result:
    """Run a state.

    Parameters
    ----------
    state : State
    replications : int
    is_stale : callable
        Asked after each run whether to give up.
    seed : int, optional
        The scenario's own when left out.

    Raises
    ------
    ScenarioError
        If the scenario is not valid.
    StaleError
        If `is_stale` said so.
    """
    wanted = bytes_of_runs(state.design(), replications)
    with _ROOM.hold(wanted, is_stale):
        return run(
            state.source,
            replications,
            seed,
            overrides=dict(state.changes),
            parameters=state.parameters,
            progress=unless_stale(is_stale),
        )


def answers(
    state: State, programme: str | None = None, is_stale: Callable[[], bool] = never
) -> Iterator[Answer]:
    """Yield what a state comes to: of few runs at once, and of all that it asks for.

    Parameters
    ----------
    state : State
    programme : str, optional
        The first one when left out.
    is_stale : callable
        Asked after each run whether to give up.

    Raises
    ------
    ScenarioError
        If the scenario is not valid.
    StaleError
        If `is_stale` said so.
    """
    whole = _recall(state, programme, state.replications)
    if whole is not None:
        yield whole
        return
    for count in sorted({min(AT_FIRST, state.replications), state.replications}):
        found = _recall(state, programme, count)
        if found is None:
            found = answer_of(state, result_of(state, count, is_stale), programme)
            _remember(programme, count, found)
        if is_stale():
            raise StaleError
        yield found


def answer(state: State, programme: str | None = None) -> Answer:
    """Return what all runs of a state come to."""
    *_, last = answers(state, programme)
    return last


def _key(state: State, programme: str | None, count: int) -> tuple[str, ...]:
    return (state.link(), state.text or "", programme or "", str(count))


def _recall(state: State, programme: str | None, count: int) -> Answer | None:
    key = _key(state, programme, count)
    with _lock:
        if key in _known:
            _known.move_to_end(key)
        return _known.get(key)


def _remember(programme: str | None, count: int, found: Answer) -> None:
    with _lock:
        _known[_key(found.state, programme, count)] = found
        while len(_known) > REMEMBERED:
            _known.popitem(last=False)
