"""Who does the chunks of a sweep: threads, processes of this machine, or a Dask cluster.

All give the same results; they come in the order in which they are finished.
"""

from __future__ import annotations

import contextlib
import itertools
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Literal

from smpsim.scenario.errors import Problem, ScenarioError
from smpsim.studies.sweeping.chunks import Work, run_chunk

Kind = Literal["threads", "processes", "dask"]
KINDS: tuple[Kind, ...] = ("threads", "processes", "dask")
AHEAD = 2
"""Chunks given out for each worker, so that none waits and few results are in memory."""
SECONDS_TO_CONNECT = 20
Done = Generator[tuple[int, Any], None, None]


def execute(
    kind: str,
    work: Work,
    numbers: Sequence[int],
    *,
    workers: int | None = None,
    cluster: str | None = None,
    as_file: bool = False,
) -> Done:
    """Run chunks.

    Parameters
    ----------
    kind : str
        ``"threads"``, ``"processes"`` or ``"dask"``; with a cluster, the first means the last.
    work : Work
    numbers : sequence of int
        Of the chunks.
    workers : int, optional
        Threads or processes; all cores when left out. A cluster has its own.
    cluster : str, optional
        For Dask: address of a scheduler, or ``"local:N"`` for N processes on this machine.
    as_file : bool
        Results are contents of Parquet files.

    Yields
    ------
    int
        Number of the chunk.
    pyarrow.Table or bytes

    Raises
    ------
    ScenarioError
        If there is no such executor or cluster.
    MemoryError
        If a worker process was ended from outside.
    """
    kind = executor_of(kind, cluster)
    count = max(1, min(workers or os.cpu_count() or 1, len(numbers)))
    if kind == "dask":
        return _dask(work, numbers, cluster or f"local:{count}", as_file)
    return (_threads if kind == "threads" else _processes)(work, numbers, count, as_file)


def executor_of(kind: str, cluster: str | None) -> str:
    """Return the executor that is meant.

    Raises
    ------
    ScenarioError
        If there is no such executor, or it takes no cluster.
    """
    if kind not in KINDS:
        raise _request("executor", f"found {kind!r}, allowed: {', '.join(KINDS)}")
    if cluster is not None and kind == "threads":
        # who names a cluster means it
        kind = "dask"
    if cluster is not None and kind != "dask":
        raise _request("cluster", f"found {cluster!r} for {kind}, allowed: with executor dask")
    return kind


def _request(what: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(what, None, None, "", message)])


def _in_turn(submit: Callable[[int], Future[Any]], numbers: Sequence[int], window: int) -> Done:
    """Yield results as they come, with at most `window` chunks given out at a time."""
    todo = iter(numbers)
    waiting: dict[Future[Any], int] = {}
    while True:
        for number in todo:
            waiting[submit(number)] = number
            if len(waiting) >= window:
                break
        if not waiting:
            return
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            yield waiting.pop(future), future.result()


def _threads(work: Work, numbers: Sequence[int], workers: int, as_file: bool) -> Done:
    stop = threading.Event()
    pool = ThreadPoolExecutor(workers)

    def submit(number: int) -> Future[Any]:
        return pool.submit(run_chunk, work, number, stop.is_set, as_file)

    try:
        yield from _in_turn(submit, numbers, AHEAD * workers)
    finally:
        # after an interrupt or a fault, threads end after their present run
        stop.set()
        pool.shutdown(cancel_futures=True)


_MINE: list[Work] = []


def _begin(work: Work) -> None:
    """Prepare a worker process."""
    # Ctrl-C reaches all processes of a terminal; the one that gives out the work decides
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _MINE[:] = [work]


def _mine(number: int, as_file: bool) -> Any:
    return run_chunk(_MINE[0], number, as_file=as_file)


def _processes(work: Work, numbers: Sequence[int], workers: int, as_file: bool) -> Done:
    # started afresh, as a fork of a process with threads may hang
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(work,))
    try:
        yield from _in_turn(
            lambda number: pool.submit(_mine, number, as_file), numbers, AHEAD * workers
        )
    except BrokenProcessPool as error:
        raise MemoryError(
            "a worker process could not start or was ended from outside, as systems do when "
            "memory runs out"
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _dask(work: Work, numbers: Sequence[int], cluster: str, as_file: bool) -> Done:
    try:
        from distributed import as_completed
    except ImportError as error:
        found = "found no package dask.distributed, allowed: after pip install 'smpsim[cluster]'"
        raise _request("executor", found) from error
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(_client(cluster, stack))
        _check_workers(client, work)
        everywhere = client.scatter(work, broadcast=True, hash=False)
        # as many as keep the workers busy that are there now; more may come later
        window = max(2 * AHEAD, AHEAD * sum(client.nthreads().values()))
        todo = iter(numbers)
        known: dict[str, int] = {}

        def submit(number: int) -> Any:
            future = client.submit(run_chunk, everywhere, number, None, as_file, pure=False)
            known[future.key] = number
            return future

        waiting = as_completed([submit(number) for number in itertools.islice(todo, window)])
        for future in waiting:
            result = future.result()
            number = known.pop(future.key)
            future.release()
            for following in itertools.islice(todo, 1):
                waiting.add(submit(following))
            yield number, result


def _client(cluster: str, stack: contextlib.ExitStack) -> Any:
    """Return a client of a scheduler, or of processes on this machine."""
    from distributed import Client, LocalCluster

    kind, _, count = cluster.partition(":")
    if kind == "local":
        if not count.isdigit() or int(count) < 1:
            raise _request("cluster", f"found {cluster!r}, allowed: local:2 or tcp://HOST:PORT")
        started = LocalCluster(
            n_workers=int(count),
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            silence_logs=logging.CRITICAL,
        )
        return Client(stack.enter_context(started))
    try:
        return Client(cluster, timeout=SECONDS_TO_CONNECT)
    except (OSError, TimeoutError, ValueError) as error:
        message = f"found no scheduler at {cluster!r}, allowed: local:2 or tcp://HOST:PORT"
        raise _request("cluster", message) from error


def _check_workers(client: Any, work: Work) -> None:
    """Refuse workers with other versions, as their numbers could differ."""
    facts = work.facts()
    wanted = {**facts["versions"], "model": facts["model"]}
    for address, found in client.run(_versions).items():
        for name, version in wanted.items():
            if found.get(name) != version:
                message = f"found {name} {found.get(name)}, allowed: {version} as here"
                raise _request(f"worker {address}", message)


def _versions() -> dict[str, str]:
    from smpsim.results.provenance import model_digest, versions

    return {**versions(), "model": model_digest()}
