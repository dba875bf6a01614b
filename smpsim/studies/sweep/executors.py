"""Who does the chunks of a sweep: threads, processes of this machine, or a Dask cluster.

All give the same results; they come in the order in which they are finished.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
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

from smpsim.extras import need
from smpsim.results.outcomes import check_travel
from smpsim.studies.sweep.chunks import Work, run_chunk
from smpsim.studies.sweep.cluster import AHEAD, check_cluster, refused, run_on_cluster
from smpsim.studies.sweep.own_rules import check_importable
from smpsim.studies.sweep.workers import WorkerError, begin, run_mine

Kind = Literal["threads", "processes", "dask"]
KINDS: tuple[Kind, ...] = ("threads", "processes", "dask")
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
    smpsim.studies.sweep.chunks.Done

    Raises
    ------
    ScenarioError
        If there is no such executor or cluster.
    WorkerError
        If a worker process was killed, or a cluster is gone.
    """
    kind = executor_of(kind, cluster)
    count = max(1, min(workers or os.cpu_count() or 1, len(numbers)))
    if kind == "dask":
        return run_on_cluster(work, numbers, cluster or f"local:{count}", as_file)
    return (_threads if kind == "threads" else _processes)(work, numbers, count, as_file)


def executor_of(kind: str, cluster: str | None) -> str:
    """Return the executor that is meant.

    Raises
    ------
    ScenarioError
        If there is no such executor, it takes no cluster, or its packages are not installed.
    """
    if kind not in KINDS:
        raise refused(f"got {kind!r}; allowed: {', '.join(KINDS)}", "executor")
    if cluster is not None and kind == "threads":
        # who names a cluster means it
        kind = "dask"
    if cluster is not None and kind != "dask":
        raise refused(f"got {cluster!r} for {kind}; allowed: with executor dask")
    if kind == "dask":
        need("cluster", "executor dask")
    return kind


def check_executor(kind: str, cluster: str | None, work: Work | None = None) -> None:
    """Raise an error if an executor can't be had, before a folder is begun for its runs.

    Parameters
    ----------
    kind : str
    cluster : str, optional
        It is asked whether it is there.
    work : Work, optional
        Whose versions its workers must have, and whose rules they must be able to import.

    Raises
    ------
    ScenarioError
        As `executor_of`, or if there is no such cluster.
    RequestError
        If processes could not find the function of a user's outcome or rule.
    """
    meant = executor_of(kind, cluster)
    if work is not None and meant == "processes":
        check_travel(work.own)
    if work is not None and meant != "threads":
        check_importable(work.rules, meant)
    if meant == "dask" and cluster is not None:
        check_cluster(cluster, work)


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


def _processes(work: Work, numbers: Sequence[int], workers: int, as_file: bool) -> Done:
    # started afresh, as a fork of a process with threads may hang
    context = multiprocessing.get_context("spawn")
    stop = context.RawValue(ctypes.c_bool, False)
    pool = ProcessPoolExecutor(workers, context, initializer=begin, initargs=(work, stop))
    try:
        yield from _in_turn(
            lambda number: pool.submit(run_mine, number, as_file), numbers, AHEAD * workers
        )
    except BrokenProcessPool as error:
        raise WorkerError(
            "a worker process could not start or was killed, by the system when memory ran out "
            "or by somebody"
        ) from error
    finally:
        # after an interrupt or a fault, processes end after their present run
        stop.value = True
        pool.shutdown(cancel_futures=True)
