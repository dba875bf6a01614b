"""Many runs of a scenario: replications in threads, with common random numbers.

A replication is a pure function of (scenario, seed, number), so its place among the threads
does not matter: the same numbers come out bit for bit however many work on them.
"""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.agents.trainee import IN_TRAINING, PRE_DEPARTURE, RETAKING_EXAM
from smpsim.results.outcomes import discount_factors, outcomes
from smpsim.results.provenance import provenance
from smpsim.results.result import Result, life_courses
from smpsim.scenario import Scenario, load
from smpsim.scenario.asked import whole
from smpsim.scenario.errors import RequestError
from smpsim.vocabulary import COUNTS, FIRST_SEEN, ITEMS, PARTIES, STAGES, TRAJECTORY_COLUMNS
from smpsim.world.blueprint import Blueprint, blueprint
from smpsim.world.rules import Engine, Rules, engine, rule_digests
from smpsim.world.tables import World

Progress = Callable[[int], None]
MOST_BYTES = 8 * 2**30  # of one result in memory


@dataclass
class Runs:
    """Raw arrays of an ensemble; the first axis is the replication."""

    trajectories: np.ndarray  # (runs, months, programmes, columns)
    ledger: np.ndarray  # (runs, months, programmes, items, parties)
    counts: np.ndarray  # (runs, programmes, len(COUNTS))
    waits: np.ndarray  # (runs, programmes, months + 1)
    totals: np.ndarray  # (runs, 2, programmes, items, parties): of the ledger, and present values
    flows: np.ndarray  # (runs, programmes, stages, stages)
    people: list[np.ndarray]  # rows of trainees of each run, empty unless asked for


def bytes_of_runs(plan: Blueprint, runs: int) -> int:
    """Return the memory that the arrays of so many runs take."""
    months, programmes = plan.scenario.months, len(plan.programmes)
    paid = len(ITEMS) * len(PARTIES)
    cells = len(TRAJECTORY_COLUMNS) + paid + 1
    return runs * programmes * 8 * (months * cells + len(STAGES) ** 2 + len(COUNTS) + 2 * paid)


def empty_runs(plan: Blueprint, runs: int) -> Runs:
    """Return the arrays that `fill_runs` writes into."""
    months, programmes = plan.scenario.months, len(plan.programmes)
    stages = len(STAGES)
    return Runs(
        trajectories=np.zeros((runs, months, programmes, len(TRAJECTORY_COLUMNS))),
        ledger=np.zeros((runs, months, programmes, len(ITEMS), len(PARTIES))),
        counts=np.zeros((runs, programmes, len(COUNTS)), np.int64),
        waits=np.zeros((runs, programmes, months + 1), np.int64),
        totals=np.zeros((runs, 2, programmes, len(ITEMS), len(PARTIES))),
        flows=np.zeros((runs, programmes, stages, stages), np.int64),
        people=[np.empty(0)] * runs,
    )


def simulate(
    plan: Blueprint,
    seed: int,
    replications: range,
    *,
    threads: int | None = None,
    trainees: bool = False,
    rules: Rules | None = None,
    progress: Progress | None = None,
) -> Runs:
    """Run replications of a blueprint.

    Parameters
    ----------
    plan : Blueprint
    seed : int
        Seed of all luck, 0 to 2**63 - 1.
    replications : range
        Numbers of the replications.
    threads : int, optional
        Threads that work at the same time; all cores when left out.
    trainees : bool
        Keep every trainee's row.
    rules : mapping, optional
        Rules and attributes of the user's own (see `smpsim.rules`).
    progress : callable, optional
        Called with the number of runs done so far.
    """
    built = engine(rules)
    runs = empty_runs(plan, len(replications))
    factors = discount_factors(plan.scenario.months, plan.scenario.discount_rate)
    todo: queue.SimpleQueue[int] = queue.SimpleQueue()
    for n in range(len(replications)):
        todo.put(n)
    done = 0
    lock = threading.Lock()
    stop = threading.Event()

    def work() -> None:
        nonlocal done
        world = World(plan, trainees, built.attributes)
        while not stop.is_set():
            try:
                n = todo.get_nowait()
            except queue.Empty:
                return
            world.advance(plan.scenario.months, seed, replications[n], built.advance)
            store(world, factors, runs, n, trainees, built)
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


def store(
    world: World, factors: np.ndarray, runs: Runs, n: int, trainees: bool, built: Engine
) -> None:
    """Copy what a finished run leaves into the arrays of the ensemble."""
    sum_up(world, factors, runs.counts[n], runs.waits[n], runs.totals[n], built)
    count_events(runs.counts[n], world.flows, world.programmes)
    runs.trajectories[n] = world.trajectory
    runs.ledger[n] = world.ledger
    runs.flows[n] = world.flows
    if trainees:
        runs.people[n] = world.people.copy()


def sum_up(
    world: World,
    factors: np.ndarray,
    counts: np.ndarray,
    waits: np.ndarray,
    totals: np.ndarray,
    built: Engine,
) -> None:
    """Fill in what `summarise` counts and adds up of a finished run."""
    ledger = world.ledger
    flat = ledger.reshape(len(ledger), -1)
    built.summarise(world.header, flat, factors, counts, waits, totals.reshape(2, -1))


def count_events(counts: np.ndarray, flows: np.ndarray, programmes: np.ndarray) -> None:
    """Fill in the counts that `summarise` leaves to the tables of a run.

    Parameters
    ----------
    counts : ndarray of int, shape (..., programmes, len(COUNTS))
    flows : ndarray of int, shape (..., programmes, stages, stages)
    programmes : ndarray of PROGRAMME, shape (..., programmes)
    """
    # ever entered, as somebody who returned may not move again
    entered = flows.sum(axis=-2)
    now = entered - flows.sum(axis=-1)
    there = {
        "under_way": now[..., IN_TRAINING : PRE_DEPARTURE + 1].sum(axis=-1),
        "awaiting_retake": now[..., RETAKING_EXAM],
    }
    for place, name in enumerate(COUNTS[:FIRST_SEEN]):
        if name in there:
            counts[..., place] = there[name]
        else:
            known = name in STAGES
            counts[..., place] = entered[..., STAGES.index(name)] if known else programmes[name]


def outcomes_of(
    design: Scenario, counts: np.ndarray, waits: np.ndarray, totals: np.ndarray
) -> pd.DataFrame:
    """Return the outcomes of runs of a scenario (see `smpsim.results.outcomes.outcomes`)."""
    return outcomes(
        counts=counts,
        waits=waits,
        totals=totals,
        programmes=[programme.name for programme in design.programmes],
        planned=[programme.planned.get("placed") for programme in design.programmes],
        exams=[programme.training.exam for programme in design.programmes],
    )


def outcome_names() -> tuple[str, ...]:
    """Return the names of all outcomes of a run."""
    design = load("bare_pipeline")
    totals = np.zeros((1, 2, 1, len(ITEMS), len(PARTIES)))
    counts, waits = np.zeros((1, 1, len(COUNTS)), np.int64), np.zeros((1, 1, 2), np.int64)
    return tuple(outcomes_of(design, counts, waits, totals).columns[2:])


def run_outcomes(
    plan: Blueprint,
    seed: int,
    replications: range,
    names: Sequence[str] | None = None,
    *,
    rules: Rules | None = None,
    stop: Callable[[], bool] | None = None,
) -> dict[str, np.ndarray]:
    """Run replications in this thread and keep outcomes only; the same numbers as `run`.

    Parameters
    ----------
    plan : Blueprint
    seed : int
        Seed of all luck, 0 to 2**63 - 1.
    replications : range
        Numbers of the replications.
    names : sequence of str, optional
        Outcomes; all when left out.
    rules : mapping, optional
        Rules and attributes of the user's own (see `smpsim.rules`).
    stop : callable, optional
        Asked before each run whether to give up.

    Returns
    -------
    dict of str to ndarray, shape (runs * programmes,)
        Outcomes by name; the programmes of a run stand together.

    Raises
    ------
    StoppedError
        If `stop` said so.
    """
    design, runs = plan.scenario, len(replications)
    programmes, stages = len(plan.programmes), len(STAGES)
    built = engine(rules)
    world = World(plan, False, built.attributes)
    counts = np.zeros((runs, programmes, len(COUNTS)), np.int64)
    waits = np.zeros((runs, programmes, design.months + 1), np.int64)
    flows = np.empty((runs, programmes, stages, stages), np.int64)
    rows = np.empty((runs, programmes), world.programmes.dtype)
    totals = np.zeros((runs, 2, *world.ledger.shape[1:]))
    factors = discount_factors(design.months, design.discount_rate)
    for n, replication in enumerate(replications):
        if stop is not None and stop():
            raise StoppedError
        world.advance(design.months, seed, replication, built.advance)
        sum_up(world, factors, counts[n], waits[n], totals[n], built)
        flows[n], rows[n] = world.flows, world.programmes
    count_events(counts, flows, rows)
    table = outcomes_of(design, counts, waits, totals)
    return {name: table[name].to_numpy(float) for name in names or table.columns[2:]}


class StoppedError(Exception):
    """Runs that were given up because somebody asked for it."""


def run(
    scenario: str | Path | Mapping[str, Any] | Scenario,
    replications: int | None = None,
    seed: int | None = None,
    *,
    overrides: Mapping[str, Any] | None = None,
    actions: Sequence[str | Path] = (),
    threads: int | None = None,
    trainees: bool = False,
    rules: Rules | None = None,
    progress: Progress | None = None,
) -> Result:
    """Run a scenario many times.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
        A catalogue name, a YAML file, or a scenario.
    replications : int, optional
        Number of runs; the scenario's own when left out.
    seed : int, optional
        Seed of all luck; the scenario's own when left out.
    overrides : mapping, optional
        Values by key path, as in ``{"programmes.pilot.intakes.seats": 40}``.
    actions : sequence of str or Path, optional
        Names or files of actions that are added.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    trainees : bool
        Keep the life course of every trainee.
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name (see `smpsim.rules`), and attributes of people.
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Result

    Raises
    ------
    ScenarioError
        If the scenario is not valid.
    RequestError
        If a number is out of range, the results would not fit into memory, or a function can't be
        a rule.

    Examples
    --------
    >>> result = run("bare_pipeline", replications=20, seed=1)
    >>> result.summary().loc[("pilot", "placed"), "mean"] > 0
    True
    """
    design = load(scenario, overrides=dict(overrides or {}), actions=actions)
    count = design.replications if replications is None else whole("replications", replications)
    number = design.seed if seed is None else whole("seed", seed, 0, 2**63)
    if threads is not None:
        whole("threads", threads)
    plan = blueprint(design, number)
    needed = bytes_of_runs(plan, count)
    if needed > MOST_BYTES:
        allowed = max(1, int(count * MOST_BYTES / needed))
        raise RequestError(
            f"replications: found {count}, which would fill {needed / 2**30:.0f} GiB of memory, "
            f"allowed: {allowed} or fewer for this scenario"
        )
    runs = simulate(
        plan,
        number,
        range(count),
        threads=threads,
        trainees=trainees,
        rules=rules,
        progress=progress,
    )
    names = [programme.name for programme in design.programmes]
    table = outcomes_of(design, runs.counts, runs.waits, runs.totals)
    return Result(
        title=design.name,
        start=design.start,
        currency=design.currency,
        programmes=names,
        trajectory_array=runs.trajectories,
        ledger_array=runs.ledger,
        flow_array=runs.flows,
        outcome_table=table,
        life=life_courses(runs.people, names) if trainees else None,
        provenance=provenance(
            scenario=design.name,
            fingerprint=design.fingerprint(),
            seed=number,
            replications=count,
            rules=sorted(rules or {}),
            rule_hashes=rule_digests(rules),
        ),
    )
