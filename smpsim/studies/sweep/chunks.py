"""The work of a sweep, cut into chunks: each a pure function of its number.

A chunk is some designs of one scenario with a block of replications. How the work is cut depends
on the work only, never on who does it, so that the files of a sweep are the same everywhere.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from smpsim.messages import shown_value
from smpsim.results.dataset import digest, encoded
from smpsim.results.outcomes import Outcome, facts_of, to_compute
from smpsim.results.provenance import model_digest, versions
from smpsim.scenario import Scenario, load
from smpsim.scenario.arguments import whole as whole_number
from smpsim.scenario.keypaths import overlapping
from smpsim.scenario.parameters import AT_CENTRE, Parameters
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.worlds import OTHER_LUCK, Worlds
from smpsim.studies.sweep.monthly import Recorder, checked_series, summed_up, whole
from smpsim.studies.sweep.own_rules import check_hashes, checked_rules
from smpsim.studies.sweep.sampling import (
    ACTIONS,
    NO_ACTIONS,
    SAMPLE,
    WORLD,
    actions_in_words,
    actions_of,
)

SMALLEST, LARGEST, WANTED = 200, 5000, 2000
"""Runs of a chunk at least and at most, and the number of chunks from which they grow."""
MOST_SHOWN = 20
MOST_KEPT = 100
"""Scenarios that are kept from their check until they run."""
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
    names : tuple of str
        Of the scenarios, as they stand in the tables.
    scenarios : dict of (int, str) to Scenario
        By number of the scenario and the actions added to it, in words.
    designs : tuple of (str, dict)
        Actions in words, and values by key path.
    replications : int
        Of each design and scenario.
    seed : int, optional
        Seed of the random draws; each scenario's own when left out.
    outcomes : tuple of str, optional
        Those that are kept; all when left out.
    rules : mapping
        A user's rules and attributes (see `smpsim.rules`).
    hashes : mapping of str to str
        Of each of them with all that it reads, when the work was made.
    own : tuple of Outcome
        Those of a user's own that are computed.
    series : tuple of str
        Monthly series that are kept.
    series_of : str
        ``"designs"`` for mean and quantiles by month, ``"runs"`` for every run.
    at : tuple of tuple of int
        Months of each scenario at which outcomes are taken besides its end, rising; a column
        ``month`` tells them apart. Without any, there is no such column.
    parameters : Parameters
        Replication n of every design is in the same plausible world, if any is drawn.
    worlds : tuple of int
        The plausible world of each design, if that is not the number of the replication: its
        replications differ in luck alone, and the first of them is replication n of `smpsim.run`.
    """

    names: tuple[str, ...]
    scenarios: dict[tuple[int, str], Scenario] = field(repr=False)
    designs: tuple[tuple[str, dict[str, Any]], ...] = field(repr=False)
    replications: int
    seed: int | None
    outcomes: tuple[str, ...] | None = None
    rules: Mapping[str, Any] = field(default_factory=dict, repr=False)
    hashes: Mapping[str, str] = field(default_factory=dict, repr=False)
    own: tuple[Outcome, ...] = ()
    series: tuple[str, ...] = ()
    series_of: str = "designs"
    at: tuple[tuple[int, ...], ...] = ()
    parameters: Parameters = AT_CENTRE
    worlds: tuple[int, ...] = ()
    ready: dict[tuple[int, int], Scenario] = field(default_factory=dict, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """Return what other processes need."""
        return {**self.__dict__, "ready": {}}

    @property
    def runs(self) -> int:
        """How many runs there are in all."""
        return len(self.names) * len(self.designs) * self.replications

    @cached_property
    def chunks(self) -> tuple[Chunk, ...]:
        """All chunks, in the order of scenarios, designs and replications."""
        size = min(max(self.runs // WANTED, SMALLEST), LARGEST)
        # quantiles by month need all runs of a design
        undivided = bool(self.series) and self.series_of == "designs"
        block = self.replications if undivided else min(self.replications, size)
        together = max(1, size // self.replications)
        return tuple(
            Chunk(scenario, designs, replications)
            for scenario in range(len(self.names))
            for designs in _cut(len(self.designs), together)
            for replications in _cut(self.replications, block)
        )

    def scenario(self, number: int, design: int) -> Scenario:
        """Return the scenario of a design.

        Raises
        ------
        ScenarioError
            If the design is not valid.
        """
        kept = self.ready.pop((number, design), None)
        if kept is not None:
            return kept
        actions, values = self.designs[design]
        return load(self.scenarios[number, actions], values)

    def drawn(self, number: int, design: int, scenario: Scenario) -> Parameters:
        """Return what is drawn in a design: not what it sets."""
        first = self.scenarios.get((number, NO_ACTIONS))
        return self.parameters.held(scenario, self.designs[design][1], first)

    def luck(self, design: int, replications: range) -> range:
        """Return the numbers that the luck of replications of a design is drawn by."""
        if not self.worlds:
            return replications
        world, (first, end) = self.worlds[design], (replications.start, replications.stop)
        return range(world + first * OTHER_LUCK, world + end * OTHER_LUCK, OTHER_LUCK)

    def facts(self) -> dict[str, Any]:
        """Return what the numbers depend on, as plain data for a manifest."""
        keys = list(dict.fromkeys(key for _, values in self.designs for key in values))
        columns = {ACTIONS: digest([actions for actions, _ in self.designs])}
        columns |= {key: digest([values.get(key) for _, values in self.designs]) for key in keys}
        columns |= {WORLD: digest(list(self.worlds))} if self.worlds else {}
        # without rules as it was before there were any, so that older folders go on
        own = {"rules": dict(self.hashes)} if self.hashes else {}
        return own | {
            "scenarios": {
                name if actions == NO_ACTIONS else f"{name} + {actions}": one.fingerprint()
                for (number, actions), one in self.scenarios.items()
                for name in [self.names[number]]
            },
            "designs": len(self.designs),
            "values": columns,
            "replications": self.replications,
            "seed": self.seed,
            "outcomes": "all" if self.outcomes is None else list(self.outcomes),
            **({"own_outcomes": facts_of(self.own)} if self.own else {}),
            **({"series": list(self.series), "series_of": self.series_of} if self.series else {}),
            **({"at": [list(months) for months in self.at]} if self.at else {}),
            **self.parameters.facts,
            "versions": versions(),
            "model": model_digest(),
        }


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
    rules: Mapping[str, Any] | None = None,
    own: Sequence[Outcome] = (),
    series: Sequence[str] = (),
    series_of: str = "designs",
    at: Sequence[Sequence[int]] = (),
    parameters: Parameters = AT_CENTRE,
    places: Places | None = None,
) -> Work:
    """Check all designs and return the work.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By the names that stand in the tables.
    designs : DataFrame
        A column for each key path; ``actions`` and ``sample`` as in `designs_of`; ``world`` as in
        `Work.worlds`.
    replications, seed, outcomes, rules, series, series_of, at, parameters
        As in `Work`.
    own : sequence of Outcome
        Outcomes of a user's own that are kept in any case.
    places : callable, optional
        Gives the place in a file where a column of the designs is written.

    Raises
    ------
    ScenarioError
        With every design that is not valid: its number, its values and the key at fault.
    RequestError
        If there is no series of a name, or an outcome of a user's own has no function.
    """
    rows = []
    worlds = tuple(whole_number(WORLD, one, 0, OTHER_LUCK) for one in designs.get(WORLD, ()))
    for record in designs.to_dict("records"):
        actions = actions_in_words(actions_of(record.pop(ACTIONS, NO_ACTIONS)))
        record.pop(SAMPLE, None)
        record.pop(WORLD, None)
        rows.append((actions, {str(key): plain_value(value) for key, value in record.items()}))
    added = [one.name for one in own]
    kept = None if outcomes is None else tuple(dict.fromkeys([*outcomes, *added]))
    monthly = checked_series(series, series_of, replications)
    acted: dict[tuple[int, str], Scenario] = {}
    for number, scenario in enumerate(scenarios.values()):
        for actions in dict.fromkeys(actions for actions, _ in rows):
            acted[number, actions] = load(scenario, actions=actions_of(actions))
    hashes = checked_rules(rules)
    work = Work(
        tuple(scenarios),
        acted,
        tuple(rows),
        replications,
        seed,
        kept,
        dict(rules or {}),
        hashes,
        to_compute(kept or (), own),
        monthly,
        series_of,
        tuple(tuple(months) for months in at),
        parameters,
        worlds,
    )
    check(work, places)
    return work


def plain_value(value: Any) -> Any:
    """Return a cell of a table as the value that a file would state."""
    item = getattr(value, "item", None)
    return item() if isinstance(value, np.generic) and item is not None else value


def check(work: Work, places: Places | None = None) -> None:
    """Raise an error that names all designs that are not valid."""
    faults: dict[tuple[str, str], list[str]] = {}
    for number, name in enumerate(work.names):
        for design, (actions, values) in enumerate(work.designs):
            try:
                ready = work.scenario(number, design)
            except ScenarioError as error:
                chosen = {**({ACTIONS: actions} if actions != NO_ACTIONS else {}), **values}
                ends = [key.rpartition(".")[2] for key in chosen]
                shown = ", ".join(
                    f"{end if ends.count(end) == 1 else key}={shown_value(value)}"
                    for end, (key, value) in zip(ends, chosen.items(), strict=True)
                )
                where = f" of {name}" if len(work.names) > 1 else ""
                for problem in error.problems:
                    fault = (problem.key, problem.message)
                    faults.setdefault(fault, []).append(f"design {design}{where} ({shown})")
            else:
                if work.parameters.own and design == 0:
                    # a user's draws are looked at before anything is written
                    Worlds(ready, work.drawn(number, design, ready), 0)
                if len(work.ready) < MOST_KEPT:
                    work.ready[number, design] = ready
    if faults:
        keys = list(dict.fromkeys(key for _, values in work.designs for key in values))
        found = list(_problems(faults, keys, places))
        if len(found) > MOST_SHOWN:
            message = f"{len(found) - MOST_SHOWN:,} more problems"
            found[MOST_SHOWN:] = [Problem("designs", None, None, "", message)]
        raise ScenarioError(found)


def _problems(
    faults: Mapping[tuple[str, str], list[str]], keys: Sequence[str], places: Places | None
) -> Iterable[Problem]:
    """Yield one problem for each fault, with the first design that has it."""
    for (key, message), designs in faults.items():
        column = next((one for one in keys if overlapping(key, one)), key)
        place = (places(column) if places else None) or Place("designs")
        others = len(designs) - 1
        more = f" and {others:,} more design{'s' * (others > 1)}" if others else ""
        yield Problem.at(place, key, f"{designs[0]}{more}: {message}")


class Done(NamedTuple):
    """What a chunk came to: tables, or contents of Parquet files.

    Attributes
    ----------
    runs : pyarrow.Table or bytes
        Columns ``design``, ``scenario``, ``programme``, ``replication`` and outcomes.
    series : pyarrow.Table or bytes, optional
        Monthly series, if the work keeps any.
    """

    runs: Any
    series: Any = None


def run_chunk(
    work: Work, number: int, stop: Callable[[], bool] | None = None, as_file: bool = False
) -> Done:
    """Run a chunk.

    Parameters
    ----------
    work : Work
    number : int
        Of the chunk.
    stop : callable, optional
        Asked before each run whether to give up.
    as_file : bool
        Return contents of Parquet files, not tables.

    Returns
    -------
    Done
    """
    from smpsim.ensemble import run_outcomes
    from smpsim.world.blueprints import Blueprints

    check_hashes(work.rules, work.hashes)
    chunk = work.chunks[number]
    parts = []
    recorded: list[tuple[int, Sequence[str], Recorder]] = []
    programmes: list[str] = []
    numbers = []
    at = work.at[chunk.scenario] if work.at else ()
    plans = None
    for design in chunk.designs:
        # worlds of one design stand together
        if plans is None or work.designs[design] != work.designs[design - 1]:
            scenario = work.scenario(chunk.scenario, design)
            seed = scenario.seed if work.seed is None else work.seed
            plans = Blueprints(scenario, seed, work.drawn(chunk.scenario, design, scenario))
        here = [programme.name for programme in scenario.programmes]
        look = None
        if work.series:
            look = Recorder(work.series, len(chunk.replications), scenario.months, len(here))
            recorded.append((design, here, look))
        parts.append(
            run_outcomes(
                plans,
                seed,
                work.luck(design, chunk.replications),
                work.outcomes,
                rules=work.rules,
                own=work.own,
                at=at,
                look=look,
                stop=stop,
            )
        )
        ends = (*at, scenario.months)
        programmes += here * len(chunk.replications) * len(ends)
        numbers += [(design, run, end) for end in ends for run in chunk.replications for _ in here]
    places = np.array(numbers, np.int32)
    columns: dict[str, Any] = {
        "design": places[:, 0],
        "scenario": pa.array([work.names[chunk.scenario]] * len(places), pa.string()),
        "programme": pa.array(programmes, pa.string()),
        "replication": places[:, 1],
        **({"month": places[:, 2]} if work.at else {}),
    }
    columns |= {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    tables = [pa.table(columns)]
    if recorded and work.series_of == "runs":
        tables.append(whole(recorded, work.names[chunk.scenario], chunk.replications))
    elif recorded:
        tables.append(summed_up(recorded, work.names[chunk.scenario], work.replications))
    return Done(*((encoded(table) for table in tables) if as_file else tables))
