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
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.agents.trainee import (
    ADAPTING,
    EMPLOYED,
    EMPLOYED_ELSEWHERE,
    IN_TRAINING,
    PRE_DEPARTURE,
    RETAKING_EXAM,
    RETURNED,
)
from smpsim.errors import RequestError
from smpsim.results.outcomes import (
    COUNTED,
    Counts,
    Outcome,
    checked_own,
    computed,
    discount_factors,
    measured,
    needs_people,
    outcomes_with,
    to_compute,
)
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import (
    changed_by,
    provenance,
    stated,
    whole_actions,
    whole_scenario,
)
from smpsim.results.result import Result, life_courses
from smpsim.results.series import series_of
from smpsim.results.study_result import into
from smpsim.scenario import Scenario, load
from smpsim.scenario.arguments import whole
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.worlds import DEFAULT, OTHER_LUCK, Draws
from smpsim.scenario.worlds import parameters as drawn
from smpsim.vocabulary import ACCOUNT, ITEMS, PARTIES, SEEN, SPELLS, STAGES, TRAJECTORY_COLUMNS
from smpsim.world.blueprint import Blueprint
from smpsim.world.blueprints import Blueprints, Plans
from smpsim.world.rules import Engine, Rules, engine
from smpsim.world.summary import AFTER_WINDOWS, AT_HORIZON
from smpsim.world.tables import World
from smpsim.world.terms import own_items

Progress = Callable[[int], None]
MOST_BYTES = 8 * 2**30  # of one result in memory
COUNTS = (*COUNTED, "awaiting_retake", *SEEN)
"""What is counted of a run's people at the horizon: what outcomes are, or are computed from."""


@dataclass
class Summed:
    """What is counted and added up of runs; the first axis is the replication."""

    counts: np.ndarray  # (runs, programmes, len(COUNTS))
    spells: np.ndarray  # (runs, programmes, len(SPELLS), months + 1)
    totals: np.ndarray  # (runs, 2, programmes, items, parties): of the ledger, and present values

    @property
    def waits(self) -> np.ndarray:
        """How many were placed after so many months, shape (runs, programmes, months + 1)."""
        return self.spells[..., SPELLS.index("placed"), :]


LOOKS = 100
"""Worlds that are run a second time, with other luck: what differs then is chance."""


@dataclass
class Runs(Summed):
    """Raw arrays of an ensemble."""

    trajectories: np.ndarray  # (runs, months, programmes, columns)
    ledger: np.ndarray  # (runs, months, programmes, items, parties)
    flows: np.ndarray  # (runs, programmes, stages, stages)
    losses: np.ndarray  # (runs, months, programmes, lines of the loss account)
    people: list[np.ndarray]  # rows of trainees of each run, empty unless asked for
    own: dict[str, np.ndarray]  # outcomes of a user's own, (runs, programmes)
    second: Summed | None = None  # of the first worlds, with other luck


def bytes_of_runs(design: Scenario, runs: int) -> int:
    """Return the memory that the arrays of so many runs of a scenario take."""
    months, programmes = design.months, len(design.programmes)
    paid = len(ITEMS) * len(PARTIES)
    cells = len(TRAJECTORY_COLUMNS) + paid + 1 + (len(ACCOUNT) + len(SPELLS)) // 2
    return runs * programmes * 8 * (months * cells + len(STAGES) ** 2 + len(COUNTS) + 2 * paid)


def empty_runs(plan: Blueprint, runs: int, own: Sequence[Outcome] = ()) -> Runs:
    """Return the arrays that `fill_runs` writes into."""
    months, programmes = plan.scenario.months, len(plan.programmes)
    stages = len(STAGES)
    return Runs(
        **vars(empty_sums(plan, runs)),
        trajectories=np.zeros((runs, months, programmes, len(TRAJECTORY_COLUMNS))),
        ledger=np.zeros((runs, months, programmes, len(ITEMS), len(PARTIES))),
        flows=np.zeros((runs, programmes, stages, stages), np.int64),
        losses=np.zeros((runs, months, programmes, len(ACCOUNT)), np.int32),
        people=[np.empty(0)] * runs,
        own={one.name: np.full((runs, programmes), np.nan) for one in own},
    )


def empty_sums(plan: Blueprint, runs: int) -> Summed:
    """Return the arrays of what is counted of so many runs."""
    months, programmes = plan.scenario.months, len(plan.programmes)
    return Summed(
        counts=np.zeros((runs, programmes, len(COUNTS)), np.int64),
        spells=np.zeros((runs, programmes, len(SPELLS), months + 1), np.int32),
        totals=np.zeros((runs, 2, programmes, len(ITEMS), len(PARTIES))),
    )


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


def store(world: World, runs: Runs, n: int, trainees: bool, built: Engine) -> None:
    """Copy what a run has left at its horizon into the arrays of the ensemble."""
    count_all(world, runs, n, built)
    runs.trajectories[n] = world.trajectory
    runs.losses[n] = world.lost_monthly
    runs.ledger[n] = world.ledger
    runs.flows[n] = world.flows
    if trainees:
        runs.people[n] = world.people.copy()


def count_all(world: World, into: Summed, n: int, built: Engine) -> None:
    """Fill in all counts of a run that has reached its horizon."""
    count_up(world, into, n, built)
    count_events(into.counts[n], world.flows, world.programmes, world.lost)


def count_up(world: World, into: Summed, n: int, built: Engine) -> None:
    """Fill in what is counted of a run that has reached its horizon."""
    _summarised(world, np.empty(0), into, n, built, AT_HORIZON)


def sum_up(world: World, factors: np.ndarray, into: Summed, n: int, built: Engine) -> None:
    """Follow a run to the end of its windows, and fill in what is added up of it."""
    world.follow(built.advance)
    _summarised(world, factors, into, n, built, AFTER_WINDOWS)


def _summarised(
    world: World, factors: np.ndarray, into: Summed, n: int, built: Engine, when: int
) -> None:
    seen = into.counts[n, :, -len(SEEN) :].copy()
    flat = world.ledger.reshape(len(world.ledger), -1)
    totals = into.totals[n].reshape(2, -1)
    built.summarise(world.header, flat, factors, seen, into.spells[n], totals, when)
    into.counts[n, :, -len(SEEN) :] = seen


def count_events(
    counts: np.ndarray, flows: np.ndarray, programmes: np.ndarray, lost: np.ndarray
) -> None:
    """Fill in the counts that `summarise` leaves to the tables of a run.

    Parameters
    ----------
    counts : ndarray of int, shape (..., programmes, len(COUNTS))
    flows : ndarray of int, shape (..., programmes, stages, stages)
    programmes : ndarray of PROGRAMME, shape (..., programmes)
    lost : ndarray of int, shape (..., programmes, lines of the loss account)
    """
    # ever entered, as somebody who returned may not move again
    entered = flows.sum(axis=-2)
    now = entered - flows.sum(axis=-1)
    there = {
        "under_way": now[..., IN_TRAINING : PRE_DEPARTURE + 1].sum(axis=-1),
        "awaiting_retake": now[..., RETAKING_EXAM],
        # who is at home between two contracts goes again
        "returned": now[..., RETURNED],
        "at_work": now[..., ADAPTING] + now[..., EMPLOYED],
        "elsewhere": now[..., EMPLOYED_ELSEWHERE],
        "employers": programmes["partnerships"],
        "employers_aware": programmes["aware"],
        "employers_engaged": programmes["engaged"],
        **{line: lost[..., place] for place, line in enumerate(ACCOUNT)},
    }
    for place, name in enumerate(COUNTS[: -len(SEEN)]):
        if name in there:
            counts[..., place] = there[name]
        else:
            known = name in STAGES
            counts[..., place] = entered[..., STAGES.index(name)] if known else programmes[name]


def counts_of(
    design: Scenario,
    counts: np.ndarray,
    spells: np.ndarray,
    totals: np.ndarray,
    series: Callable[[str], np.ndarray] | None = None,
) -> Counts:
    """Return what the outcomes of runs of a scenario are computed from."""
    return Counts(
        counts,
        COUNTS,
        spells,
        totals,
        [programme.name for programme in design.programmes],
        [programme.planned.get("placed") for programme in design.programmes],
        [programme.training.exam for programme in design.programmes],
        series,
        design.follow_up_months,
        own_items(design),
    )


def own_of(
    world: World,
    people: np.ndarray,
    own: Sequence[Outcome],
    summed: Summed,
    n: int,
    replication: int,
) -> dict[str, np.ndarray]:
    """Return outcomes of a user's own in a finished run, each of shape (programmes,)."""
    if not own:
        return {}
    design = world.blueprint.scenario
    done = world.months_done
    names = [programme.name for programme in design.programmes]
    found = counts_of(
        design,
        summed.counts[n],
        summed.spells[n],
        summed.totals[n],
        lambda name: series_of(world.trajectory[:done], world.ledger[:done], name),
    )
    return measured(own, found, lambda: life_courses([people], names), replication)


def outcomes_of(design: Scenario, runs: Summed) -> pd.DataFrame:
    """Return the outcomes of runs of a scenario.

    Returns
    -------
    DataFrame
        One row a run and programme: ``run``, ``programme``, those of
        `smpsim.results.outcomes.OUTCOMES`, and those of a user's own.
    """
    found = counts_of(design, runs.counts, runs.spells, runs.totals)
    own = runs.own if isinstance(runs, Runs) else {}
    names = np.array(found.programmes)
    number = len(runs.counts)
    return pd.DataFrame(
        {
            "run": np.repeat(np.arange(number), len(names)),
            "programme": np.tile(names, number),
            **computed([*outcomes_with(found.follow_up), *own], found, own),
        }
    )


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


def run(
    scenario: Source,
    replications: int | None = None,
    seed: int | None = None,
    *,
    overrides: Overrides | None = None,
    actions: Sequence[str | Path] = (),
    parameters: Draws = DEFAULT,
    folder: str | Path | None = None,
    threads: int | None = None,
    trainees: bool = False,
    rules: Rules | None = None,
    own_outcomes: Sequence[Outcome] = (),
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
        Seed of the random draws; the scenario's own when left out.
    overrides : mapping or iterable of str, optional
        Values by key path, as in ``{"programmes.pilot.intakes.seats": 40}``.
    actions : sequence of str or Path, optional
        Names or files of actions that are added.
    parameters : str, Path or DataFrame
        ``"likely"``: each run draws what the scenario gives a likely range, so that a range of
        results holds chance and what is not known; ``"centre"``: chance alone; or joint draws, a
        column for each key path, as a table or its CSV file.
    folder : str or Path, optional
        Where the tables are written, as `StudyResult.write` does; nowhere when left out.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    trainees : bool
        Keep the life course of every trainee.
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name (see `smpsim.rules`), and attributes of people.
    own_outcomes : sequence of Outcome
        Outcomes of your own, which stand beside those of the model in all tables (see
        `smpsim.Outcome`).
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
        If a number is out of range, an outcome of your own can't be used, a function can't be a
        rule, or the results would not fit into memory.

    Examples
    --------
    >>> result = run("bare_pipeline", replications=20, seed=1)
    >>> result.summary().loc[("pilot", "placed"), "mean"] > 0
    True
    """
    own = checked_own(own_outcomes)
    sets = stated(overrides)
    design = load(
        scenario, dict(overrides) if isinstance(overrides, Mapping) else sets, actions=actions
    )
    added = whole_actions(actions)
    count = design.replications if replications is None else whole("replications", replications)
    number = design.seed if seed is None else whole("seed", seed, 0, 2**63)
    if threads is not None:
        whole("threads", threads)
    options: dict[str, Any] = {"threads": threads, "trainees": trainees, "rules": rules}

    plans = Blueprints(design, number, drawn(parameters).held(design, sets))

    def work() -> Result:
        found = run_plans(plans, count, own_outcomes=own, progress=progress, **options)
        return replace(found, provenance=changed_by(found.provenance, sets, added))

    return into(folder, Result, work)


def run_plans(
    plans: Blueprints,
    replications: int,
    *,
    trainees: bool = False,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    own_outcomes: Sequence[Outcome] = (),
    **options: Any,
) -> Result:
    """Return the result of runs of a scenario, the first of which is replication 0.

    Parameters
    ----------
    plans : Blueprints
    replications : int
    trainees, rules, own_outcomes, **options
        As in `simulate`.

    Raises
    ------
    RequestError
        If the results would not fit into memory.
    """
    design, number, count = plans.scenario, plans.seed, replications
    needed = bytes_of_runs(design, count)
    if needed > MOST_BYTES:
        allowed = max(1, int(count * MOST_BYTES / needed))
        raise RequestError(
            f"replications: got {count}, which would fill {needed / 2**30:.0f} GiB of memory; "
            f"allowed: {allowed} or fewer for this scenario"
        )
    runs = simulate(
        plans,
        number,
        range(count),
        trainees=trainees,
        rules=rules,
        own_outcomes=own_outcomes,
        **options,
    )
    names = [programme.name for programme in design.programmes]
    return Result(
        title=design.name,
        start=design.start,
        currency=design.currency,
        programmes=names,
        own_items=own_items(design),
        trajectory_array=runs.trajectories,
        ledger_array=runs.ledger,
        flow_array=runs.flows,
        loss_array=runs.losses,
        spell_array=runs.spells,
        outcome_table=outcomes_of(design, runs),
        second_look=None if runs.second is None else outcomes_of(design, runs.second),
        life=life_courses(runs.people, names) if trainees else None,
        provenance=provenance(
            "run",
            {
                "scenarios": {"scenario": whole_scenario(design)},
                **in_recipe(rules, own_outcomes),
                **plans.given.recipe,
                "options": {"replications": count, "seed": number, "trainees": trainees},
            },
            scenario=design.name,
            fingerprint=design.fingerprint(),
            seed=number,
            replications=count,
            **plans.given.facts,
            **in_facts(rules, own_outcomes),
        ),
    )
