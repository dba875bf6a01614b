"""The work of a sweep, cut into chunks: each a pure function of its number.

A chunk is some designs of one scenario with a block of replications. How the work is cut depends
on the work only, never on who does it, so that the files of a sweep are the same everywhere.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from smpsim.results.dataset import digest, encoded
from smpsim.scenario import Scenario, load
from smpsim.scenario.errors import Place, Problem, ScenarioError, shown_value
from smpsim.studies.axes import ACTIONS
from smpsim.studies.identity import facts_of
from smpsim.studies.sampling import NO_ACTIONS, SAMPLE, actions_in_words, actions_of

SMALLEST, LARGEST, WANTED = 200, 5000, 2000
"""Runs of a chunk at least and at most, and the number of chunks from which they grow."""
PEOPLE = 2000
"""People of a run above which chunks have fewer runs, so that each takes seconds."""
MOST_SHOWN = 20
Places = Callable[[str], Place | None]


@dataclass(frozen=True)
class Chunk:
    """A part of the work."""

    scenario: int
    designs: range
    replications: range

    @property
    def runs(self) -> int:
        """How many runs it takes."""
        return len(self.designs) * len(self.replications)


@dataclass(frozen=True)
class Work:
    """All that a sweep runs.

    Parameters
    ----------
    scenarios : dict of str to Scenario
        By the names that stand in the tables.
    actions : tuple of str
        Actions of each design, in words.
    values : dict of str to list
        Values of each design, by key path.
    replications : int
        Of each design and scenario.
    seed : int, optional
        Seed of all luck; each scenario's own when left out.
    outcomes : tuple of str, optional
        Those that are kept; all when left out.
    """

    scenarios: dict[str, Scenario] = field(repr=False)
    actions: tuple[str, ...] = field(repr=False)
    values: dict[str, list[Any]] = field(repr=False)
    replications: int
    seed: int | None
    outcomes: tuple[str, ...] | None = None

    @property
    def designs(self) -> int:
        """How many designs there are."""
        return len(self.actions)

    @property
    def runs(self) -> int:
        """How many runs there are in all."""
        return len(self.scenarios) * self.designs * self.replications

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the scenarios."""
        return tuple(self.scenarios)

    @cached_property
    def chunks(self) -> tuple[Chunk, ...]:
        """All chunks, in the order of scenarios, designs and replications."""
        found: list[Chunk] = []
        for number, scenario in enumerate(self.scenarios.values()):
            size = self._size(scenario)
            block = min(self.replications, size)
            together = max(1, size // self.replications)
            found += (
                Chunk(number, designs, replications)
                for designs in _cut(self.designs, together)
                for replications in _cut(self.replications, block)
            )
        return tuple(found)

    def _size(self, scenario: Scenario) -> int:
        """Return the runs of a chunk: fewer where a run takes long."""
        size = min(max(self.runs // WANTED, SMALLEST), LARGEST)
        seats = sum(one.intakes.seats * one.intakes.number for one in scenario.programmes)
        return max(1, size * PEOPLE // max(PEOPLE, math.ceil(seats)))

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the numbers depend on, as plain data for a manifest."""
        return facts_of(self)

    @cached_property
    def identity(self) -> str:
        """A hash of the facts, which each file bears."""
        return digest(self.facts)

    def overrides(self, design: int) -> dict[str, Any]:
        """Return the values of a design by key path."""
        return {key: column[design] for key, column in self.values.items()}

    def scenario(self, number: int, design: int) -> Scenario:
        """Return the scenario of a design.

        Raises
        ------
        ScenarioError
            If the design is not valid.
        """
        base = self.scenarios[self.names[number]]
        return load(base, self.overrides(design), actions=actions_of(self.actions[design]))


def _cut(length: int, size: int) -> list[range]:
    """Cut into parts of nearly equal size, none larger than `size`."""
    parts = math.ceil(length / size)
    ends = [length * part // parts for part in range(parts + 1)]
    return [range(first, end) for first, end in itertools.pairwise(ends)]


def work_of(
    scenarios: Mapping[str, Scenario],
    designs: pd.DataFrame,
    *,
    replications: int,
    seed: int | None,
    outcomes: Sequence[str] | None = None,
    places: Places | None = None,
) -> Work:
    """Check all designs and return the work.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By the names that stand in the tables.
    designs : DataFrame
        A column for each key path; ``actions`` and ``sample`` as in `designs_of`.
    replications, seed, outcomes
        As in `Work`.
    places : callable, optional
        Gives the place in a file where a column of the designs is written.

    Raises
    ------
    ScenarioError
        With every design that is not valid: its number, its values and the key at fault.
    """
    actions = [NO_ACTIONS] * len(designs)
    if ACTIONS in designs:
        actions = [actions_in_words(actions_of(cell)) for cell in designs[ACTIONS]]
    values = {
        str(key): [plain_value(value) for value in designs[key].tolist()]
        for key in designs.columns
        if key not in (ACTIONS, SAMPLE)
    }
    kept = None if outcomes is None else tuple(dict.fromkeys(outcomes))
    work = Work(dict(scenarios), tuple(actions), values, replications, seed, kept)
    check(work, places)
    return work


def plain_value(value: Any) -> Any:
    """Return a cell of a table as the value that a file would state."""
    return value.item() if isinstance(value, np.generic) else value


def check(work: Work, places: Places | None = None) -> None:
    """Raise an error that names all designs that are not valid."""
    faults: dict[tuple[str, str], list[str]] = {}
    for number, name in enumerate(work.names):
        for design in range(work.designs):
            try:
                work.scenario(number, design)
            except ScenarioError as error:
                where = f" of {name}" if len(work.names) > 1 else ""
                said = f"design {design}{where} ({_shown(work, design)})"
                for problem in error.problems:
                    faults.setdefault((problem.key, problem.message), []).append(said)
    if not faults:
        return
    found = []
    for (key, message), designs in list(faults.items())[:MOST_SHOWN]:
        column = next((one for one in work.values if key == one or key.startswith(f"{one}.")), key)
        place = (places(column) if places else None) or Place("designs")
        more = f" and {len(designs) - 1:,} more" if len(designs) > 1 else ""
        found.append(Problem.at(place, key, f"{designs[0]}{more}: {message}"))
    if len(faults) > MOST_SHOWN:
        message = f"found {len(faults) - MOST_SHOWN:,} more problems"
        found.append(Problem("designs", None, None, "", message))
    raise ScenarioError(found)


def _shown(work: Work, design: int) -> str:
    """Return the values of a design in words."""
    acted = work.actions[design] != NO_ACTIONS
    chosen = {ACTIONS: work.actions[design]} if acted else {}
    return ", ".join(
        f"{key.rpartition('.')[2]}={shown_value(value)}"
        for key, value in {**chosen, **work.overrides(design)}.items()
    )


def run_chunk(
    work: Work, number: int, stop: Callable[[], bool] | None = None, as_file: bool = False
) -> Any:
    """Run a chunk.

    Parameters
    ----------
    work : Work
    number : int
        Of the chunk.
    stop : callable, optional
        Asked before each run whether to give up.
    as_file : bool
        Return the content of a Parquet file, not a table.

    Returns
    -------
    pyarrow.Table or bytes
        Columns ``design``, ``scenario``, ``programme``, ``replication`` and outcomes.
    """
    from smpsim.lean import run_outcomes
    from smpsim.world.blueprint import blueprint

    chunk = work.chunks[number]
    parts, numbers = [], []
    programmes: list[str] = []
    for design in chunk.designs:
        scenario = work.scenario(chunk.scenario, design)
        seed = scenario.seed if work.seed is None else work.seed
        plan = blueprint(scenario)
        parts.append(run_outcomes(plan, seed, chunk.replications, work.outcomes, stop=stop))
        here = [programme.name for programme in scenario.programmes]
        programmes += here * len(chunk.replications)
        numbers += [(design, run) for run in chunk.replications for _ in here]
    places = np.array(numbers, np.int32)
    columns: dict[str, Any] = {
        "design": places[:, 0],
        "scenario": pa.array([work.names[chunk.scenario]] * len(places), pa.string()),
        "programme": pa.array(programmes, pa.string()),
        "replication": places[:, 1],
    }
    columns |= {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    table = pa.table(columns)
    return encoded(table, work.identity, number) if as_file else table
