"""Replications of a scenario in threads, with common random numbers.

A replication is a pure function of (scenario, seed, number), so its place among the threads
does not matter: the same numbers come out bit for bit however many work on them.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from smpsim.ensemble.counting import (
    Runs,
    count_all,
    count_events,
    count_up,
    counts_of,
    empty_runs,
    empty_sums,
    own_of,
    store,
    sum_up,
)
from smpsim.messages import Progress
from smpsim.results.outcomes import (
    Outcome,
    computed,
    discount_factors,
    needs_people,
    outcomes_with,
    to_compute,
)
from smpsim.scenario.worlds import OTHER_LUCK
from smpsim.vocabulary import ACCOUNT, STAGES
from smpsim.world.blueprints import Plans
from smpsim.world.rules import Rules, engine
from smpsim.world.tables import World

LOOKS = 100
"""Worlds that are run a second time, with other luck: what differs then is chance."""


def simulate(
    plans: Plans,
    seed: int,
    replications: range,
    *,
    threads: int | None = None,
    trainees: bool = False,
    rules: Rules | None = None,
    own_outcomes: Sequence[Outcome] = (),
    progress: Progress | None = None,
) -> Runs:
    """Run replications of a scenario.

    Parameters
    ----------
    plans : Blueprint or Blueprints
        The same for all replications, or one for each.
    seed : int
        Seed of the random draws, 0 to 2**63 - 1.
    replications : range
        Numbers of the replications.
    threads : int, optional
        Threads that work at the same time; all cores when left out.
    trainees : bool
        Keep every trainee's row.
    rules : mapping, optional
        Rules and attributes of the user's own (see `smpsim.rules`).
    own_outcomes : sequence of Outcome
        Outcomes of the user's own, checked.
    progress : callable, optional
        Called with the number of runs done so far.
    """
    built = engine(rules)
    own = to_compute((), own_outcomes)
    design = plans.scenario
    runs = empty_runs(plans.centre, len(replications), own)
    looks = min(len(replications), LOOKS) if plans.drawn and replications.start == 0 else 0
    runs.second = empty_sums(plans.centre, looks) if looks else None
    factors = discount_factors(design.months, design.discount_rate)
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for n in range(len(replications)):
        todo.put(n)
    done = 0
    lock = threading.Lock()
    stop = threading.Event()

    def work() -> None:
        nonlocal done
        world = World(plans.centre, trainees or needs_people(own), built.attributes)
        while not stop.is_set():
            try:
                n = todo.get_nowait()
            except queue.Empty:
                return
            world = world.serving(plans.of(replications[n]))
            world.advance(design.months, seed, replications[n], built.advance)
            store(world, runs, n, trainees, built)
            people = world.people.copy() if needs_people(own) else world.people
            sum_up(world, factors, runs, n, built)
            for name, values in own_of(world, people, own, runs, n, replications[n]).items():
                runs.own[name][n] = values
            if runs.second is not None and n < looks:
                luck = replications[n] + OTHER_LUCK
                world.advance(design.months, seed, luck, built.advance)
                count_all(world, runs.second, n, built)
                sum_up(world, factors, runs.second, n, built)
            if progress is not None:
                with lock:
                    done += 1
                    progress(done)

    workers = max(1, min(threads or os.cpu_count() or 1, len(replications)))
    if workers == 1:
        work()
        return runs
    with ThreadPoolExecutor(workers) as pool:
        jobs = [pool.submit(work) for _ in range(workers)]
        try:
            for job in jobs:
                job.result()
        except BaseException:
            # an interrupt or a fault in one thread ends the others after their present run
            stop.set()
            raise
    return runs


def run_outcomes(
    plans: Plans,
    seed: int,
    replications: range,
    names: Sequence[str] | None = None,
    *,
    rules: Rules | None = None,
    own: Sequence[Outcome] = (),
    at: Sequence[int] = (),
    look: Callable[[int, World], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> dict[str, np.ndarray]:
    """Run replications in this thread and keep outcomes only; the same numbers as `run`.

    Parameters
    ----------
    plans : Blueprint or Blueprints
        The same for all replications, or one for each.
    seed : int
        Seed of the random draws, 0 to 2**63 - 1.
    replications : range
        Numbers of the replications.
    names : sequence of str, optional
        Outcomes; all when left out.
    rules : mapping, optional
        Rules and attributes of the user's own (see `smpsim.rules`).
    own : sequence of Outcome
        Outcomes of the user's own, as `to_compute` returns them.
    at : sequence of int
        Months, rising and before the horizon, at which outcomes are taken too: the numbers of
        runs that end there, but for seats that set-up would move beyond such an end.
    look : callable, optional
        Called after each run with its place among them, from 0, and its world.
    stop : callable, optional
        Asked before each run whether to give up.

    Returns
    -------
    dict of str to ndarray, shape (ends * runs * programmes,)
        Outcomes by name at each of `at` and at the horizon; the programmes of a run stand
        together, and the runs of a month.

    Raises
    ------
    StoppedError
        If `stop` said so.
    """
    plan, design, count = plans.centre, plans.scenario, len(replications)
    ends = (*at, design.months)
    runs = count * len(ends)
    programmes, stages = len(plan.programmes), len(STAGES)
    built = engine(rules)
    world = World(plan, needs_people(own), built.attributes)
    summed = empty_sums(plan, runs)
    flows = np.empty((runs, programmes, stages, stages), np.int64)
    rows = np.empty((runs, programmes), world.programmes.dtype)
    lost = np.empty((runs, programmes, len(ACCOUNT)), np.int64)
    values = {one.name: np.full((runs, programmes), np.nan) for one in own}
    factors = discount_factors(design.months, design.discount_rate)
    for number, replication in enumerate(replications):
        if stop is not None and stop():
            raise StoppedError
        done = 0
        world = world.serving(plans.of(replication))
        for place, end in enumerate(ends):
            # the first of these begins the run, the others go on with it
            key = (seed, replication) if place == 0 else (0, -1)
            world.advance(end - done, *key, built.advance)
            done = end
            n = place * count + number
            count_up(world, summed, n, built)
            flows[n], rows[n], lost[n] = world.flows, world.programmes, world.lost
            if look is not None and place == len(ends) - 1:
                look(number, world)
            people = world.people.copy() if needs_people(own) else world.people
            if end < design.months:
                # gains have no value before the windows end
                summed.totals[n, 0] = world.ledger[:end].sum(axis=0)
                summed.totals[n, 1] = np.nan
            else:
                sum_up(world, factors, summed, n, built)
            if own:
                count_events(summed.counts[n], flows[n], rows[n], lost[n])
            for name, found in own_of(world, people, own, summed, n, replication).items():
                values[name][n] = found
    count_events(summed.counts, flows, rows, lost)
    wanted = names if names is not None else [*outcomes_with(design.follow_up_months), *values]
    return computed(wanted, counts_of(design, summed.counts, summed.spells, summed.totals), values)


class StoppedError(Exception):
    """Runs that were given up because somebody asked for it."""
