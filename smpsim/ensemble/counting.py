"""What is counted and added up of runs, and the outcomes that follow from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
from smpsim.results.outcomes import (
    COUNTED,
    Counts,
    Outcome,
    computed,
    measured,
    outcomes_with,
)
from smpsim.results.result import life_courses
from smpsim.results.series import series_of
from smpsim.scenario import Scenario
from smpsim.vocabulary import ACCOUNT, ITEMS, PARTIES, SEEN, SPELLS, STAGES, TRAJECTORY_COLUMNS
from smpsim.world.blueprint import Blueprint
from smpsim.world.rules import Engine
from smpsim.world.summary import AFTER_WINDOWS, AT_HORIZON
from smpsim.world.tables import World
from smpsim.world.terms import own_items

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
