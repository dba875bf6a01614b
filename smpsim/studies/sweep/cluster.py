"""Sweeps on a Dask cluster: reaching it, and giving out chunks to workers that come and go."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import pickle
import warnings
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from functools import cache
from typing import Any

from smpsim.errors import RequestError
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.studies.sweep.chunks import Work, run_chunk
from smpsim.studies.sweep.workers import WorkerError

AHEAD = 2
"""Chunks given out for each worker, so that none waits and few results are in memory."""
SECONDS_TO_CONNECT = 10
ALLOWED = "local:2 or tcp://HOST:PORT"


def check_cluster(cluster: str, work: Work | None = None) -> None:
    """Raise an error if there is no such cluster, or its workers would give other numbers.

    Parameters
    ----------
    cluster : str
        Address of a scheduler, or ``"local:N"`` for N processes on this machine.
    work : Work, optional
        Whose versions the workers must have, if there are any yet.

    Raises
    ------
    ScenarioError
    """
    if _local(cluster) is not None:
        return
    # in a thread of its own, as a notebook has an event loop that runs already
    with ThreadPoolExecutor(1) as pool:
        kind = pool.submit(asyncio.run, _kind_at(cluster)).result()
    if kind != "Scheduler":
        raise refused(f"no scheduler at {cluster!r}; allowed: {ALLOWED}")
    if work is not None:
        with _quiet(), _connected(cluster) as client:
            _check_workers(client, wanted_of(work))


def run_on_cluster(
    work: Work, numbers: Sequence[int], cluster: str, as_file: bool
) -> Generator[tuple[int, Any], None, None]:
    """Run chunks on a cluster; arguments and results as in `execute`."""
    from distributed import KilledWorker, as_completed
    from distributed.comm.core import CommClosedError
    from distributed.protocol.pickle import dumps

    wanted = wanted_of(work)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_quiet())
        client = stack.enter_context(_client(cluster, stack))
        _check_workers(client, wanted)
        # a task, not scattered data: it is done again when all workers that hold it have left;
        # functions of a user's script or session go by their code
        everywhere = client.submit(pickle.loads, dumps(work), pure=False)
        # as many as keep the workers busy that are there now; more may come later
        window = max(2 * AHEAD, AHEAD * sum(client.nthreads().values()))
        todo = iter(numbers)
        known: dict[str, int] = {}

        def submit(number: int) -> Any:
            future = client.submit(_run, everywhere, number, as_file, wanted, pure=False)
            known[future.key] = number
            return future

        try:
            # the first task holds the whole study, which Dask finds large
            stack.enter_context(warnings.catch_warnings())
            warnings.filterwarnings("ignore", "Sending large graph")
            waiting = as_completed([submit(one) for one in itertools.islice(todo, window)])
            for future in waiting:
                result = future.result()
                number = known.pop(future.key)
                future.release()
                for following in itertools.islice(todo, 1):
                    waiting.add(submit(following))
                yield number, result
        except ImportError as error:
            message = (
                f"got a function that workers can't import ({error}); allowed: modules that "
                "are installed on all of them"
            )
            raise RequestError(f"own_outcomes: {message}") from error
        except KilledWorker as error:
            raise WorkerError(
                "workers of the cluster were killed again and again in the middle of the same "
                "runs, by the system when memory ran out or by somebody"
            ) from error
        except (CancelledError, CommClosedError, TimeoutError, asyncio.CancelledError) as error:
            raise WorkerError(f"the scheduler at {cluster} has gone or was restarted") from error


@contextlib.contextmanager
def _quiet() -> Generator[None, None, None]:
    """Keep Dask from logging tracebacks of what is said in words when connections break."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    before = {logging.getLogger(name): logging.getLogger(name).level for name in names}
    for logger in before:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in before.items():
            logger.setLevel(level)


def refused(message: str, what: str = "cluster") -> ScenarioError:
    """Return the error that says what is wrong with a request for an executor."""
    return ScenarioError([Problem(what, None, None, "", message)])


def _local(cluster: str) -> int | None:
    """Return the number of processes on this machine, or None for an address."""
    kind, _, count = cluster.partition(":")
    if kind != "local":
        return None
    if not (count.isascii() and count.isdigit()) or int(count) < 1:
        raise refused(f"got {cluster!r}; allowed: {ALLOWED}")
    return int(count)


async def _kind_at(address: str) -> str | None:
    """Return what answers at an address, such as ``"Scheduler"``; None if nothing does."""
    from distributed.comm import connect
    from distributed.core import send_recv
    from distributed.security import Security

    async def asked() -> Any:
        how = Security().get_connection_args("client")
        comm = await connect(address, timeout=SECONDS_TO_CONNECT, **how)
        try:
            return await send_recv(comm, op="identity", reply=True)
        finally:
            comm.abort()

    try:
        found = await asyncio.wait_for(asked(), 2 * SECONDS_TO_CONNECT)
    except Exception:
        # each kind of address fails in its own way: an unknown scheme, a port beyond the last,
        # a package that is missing, a program that speaks another language
        return None
    return str(found.get("type")) if isinstance(found, dict) else None


def _connected(cluster: str) -> Any:
    from distributed import Client

    try:
        return Client(cluster, timeout=SECONDS_TO_CONNECT)
    except (OSError, TimeoutError, ValueError) as error:
        raise refused(f"no scheduler at {cluster!r}; allowed: {ALLOWED}") from error


def _client(cluster: str, stack: contextlib.ExitStack) -> Any:
    """Return a client of a scheduler, or of processes on this machine."""
    from distributed import Client, LocalCluster

    count = _local(cluster)
    if count is None:
        return _connected(cluster)
    started = LocalCluster(
        n_workers=count,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        silence_logs=logging.CRITICAL,
    )
    return Client(stack.enter_context(started))


def wanted_of(work: Work) -> dict[str, str]:
    """Return the versions that workers must have, as their numbers could differ otherwise."""
    facts = work.facts()
    return {**facts["versions"], "model": facts["model"]}


def _check_workers(client: Any, wanted: Mapping[str, str]) -> None:
    """Refuse the workers that are there if one has other versions."""
    for address, found in client.run(_versions).items():
        _check_versions(found, wanted, address)


def _check_versions(found: Mapping[str, str], wanted: Mapping[str, str], address: str) -> None:
    for name, version in wanted.items():
        if found.get(name) != version:
            message = f"got {name} {found.get(name)}; allowed: {version} as here"
            raise refused(message, f"worker {address}")


def _versions() -> dict[str, str]:
    from smpsim.results.provenance import model_digest, versions

    return {**versions(), "model": model_digest()}


_versions_here = cache(_versions)


def _run(work: Work, number: int, as_file: bool, wanted: Mapping[str, str]) -> Any:
    """Run a chunk on a worker, which may have come after the others were checked."""
    from distributed import get_worker

    _check_versions(_versions_here(), wanted, get_worker().address)
    return run_chunk(work, number, None, as_file)
