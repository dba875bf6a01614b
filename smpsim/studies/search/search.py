"""Search of programme designs: several objectives at once, over uncertain worlds.

An evolutionary algorithm proposes designs, all of which are run in the same worlds with the same
luck. Those that no other beats in everything are then run afresh, in other worlds.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from smpsim.errors import RequestError
from smpsim.extras import need
from smpsim.results.dataset import Dataset, digest, encoded
from smpsim.results.files import check_folder
from smpsim.results.locks import held
from smpsim.results.outcomes import Outcome
from smpsim.scenario.parameters import Draws
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.studies.compare.pairing import checked_level
from smpsim.studies.search.archive import UNJUDGED, Archive, measured_table
from smpsim.studies.search.measured import Measured
from smpsim.studies.search.prepared import PreparedSearch, prepare_search
from smpsim.studies.search.result import SearchResult
from smpsim.studies.search.robustness import spread
from smpsim.studies.search.space import (
    REFUSED,
    Design,
    algorithm_of,
    ask,
    designs_in,
    tell,
)
from smpsim.studies.search.study import SearchStudy
from smpsim.studies.search.worlds import (
    Evaluation,
    Progress,
    simulator,
)
from smpsim.studies.sweep.resume import refuse_others
from smpsim.studies.sweep.sweep import refuse_beside_prepared

__all__ = ["PreparedSearch", "SearchResult", "prepare_search", "search"]

LEVEL = 0.95
BLOCK = 2000  # runs of the fresh evaluation that are done together, and lost together if stopped
STORES = SearchResult.STORES


def search(
    study: SearchStudy | PreparedSearch | Mapping[str, Any] | str | Path,
    folder: str | Path | None = None,
    *,
    generations: int | None = None,
    population: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    own_outcomes: Sequence[Outcome] = (),
    rules: Mapping[str, Any] | None = None,
    parameters: Draws | None = None,
    threads: int | None = None,
    level: float = LEVEL,
    fresh: bool = False,
    progress: Progress | None = None,
    evaluation: Evaluation | None = None,
) -> SearchResult:
    """Search programme designs that are good in several ways, and say how robust they are.

    Parameters
    ----------
    study : SearchStudy, mapping, str or Path
        A study, what its file would contain, its name in the catalogue, or its file.
    folder : str or Path, optional
        Keeps the runs by generation, so that a search that was stopped goes on where it was, and
        more generations can be added; in memory when left out.
    generations, population, replications, seed : int, optional
        Instead of the study's.
    own_outcomes : sequence of Outcome
        Outcomes of your own, which the study may name as objectives or in conditions (see
        `smpsim.Outcome`).
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name, for all designs (see `smpsim.rules`).
    parameters : str, Path or DataFrame, optional
        As in `smpsim.run`, instead of the study's; all designs are in the same plausible worlds.
    threads : int, optional
        Threads; all cores when left out. It does not change a number.
    level : float
        Of the intervals, between 0 and 1.
    fresh : bool
        Remove what another search has left in the folder.
    progress : callable, optional
        Called with the number of runs done so far, out of `planned_runs`.
    evaluation : callable, optional
        Takes the place of the model, for tests.

    Returns
    -------
    SearchResult

    Raises
    ------
    ScenarioError
        If the study is not valid, or the folder holds runs of something else.
    RequestError
        If no design meets the constraints.
    StoreError
        If the folder can't be written to, another process works in it, something is in the way
        that smpsim did not write, or the disk is full. What is done by then is kept.

    Examples
    --------
    >>> found = search("search_thamm_germany", generations=2)  # doctest: +SKIP
    >>> found.pareto()  # doctest: +SKIP
    """
    need("search", "smpsim search")
    checked_level(level)
    changes = {
        "generations": generations,
        "population": population,
        "replications": replications,
        "seed": seed,
    }
    if isinstance(study, PreparedSearch):
        own = {"own_outcomes": own_outcomes or None, "rules": rules, "parameters": parameters}
        refuse_beside_prepared({**changes, **own})
        ready = study
    else:
        ready = prepare_search(study, own_outcomes, rules, parameters, **changes)
    run = evaluation or simulator(
        ready.study, ready.scenario, ready.columns, threads, ready.rules, ready.given
    )
    stores: tuple[Dataset | None, Dataset | None] = (None, None)
    done = _Done(progress)
    with contextlib.ExitStack() as stack:
        if folder is not None:
            check_folder(Path(folder))
            stack.enter_context(held(Path(folder)))
            stores = opened_search(ready, Path(folder), fresh)
        archive = explore(ready, run, stores[0], done)
        chosen = front_of(ready, archive)
        designs = [ready.today, *(archive.designs[one] for one in chosen)]
        measured = retest(ready, run, designs, stores[1], done)
    return SearchResult.of(ready, archive, chosen, measured, level)


def planned_runs(ready: PreparedSearch, folder: Path | None = None) -> int:
    """Return how many runs a search takes at most, without those a folder has already."""
    generation, fresh = ready.study.planned()
    missing = ready.study.generations
    if folder is not None:
        store = Dataset(folder / STORES[0])
        if store.manifest() is not None:
            missing = len(store.missing(ready.study.generations))
    return missing * generation + fresh


class _Done:
    """Counts runs; a generation that needs fewer than planned counts in full when it ends."""

    def __init__(self, progress: Progress | None) -> None:
        self.before, self.progress = 0, progress

    def within(self, plan: int) -> Callable[[int], None]:
        return lambda more: self._say(self.before + min(more, plan))

    def end(self, plan: int) -> None:
        self.before += plan
        self._say(self.before)

    def _say(self, runs: int) -> None:
        if self.progress is not None:
            self.progress(runs)


def opened_search(
    ready: PreparedSearch, folder: Path, fresh: bool = False
) -> tuple[Dataset, Dataset]:
    """Return the two stores of a folder, the first begun if it is new; the caller holds it.

    Raises
    ------
    ScenarioError
        If it holds runs of another search; all differences are named.
    StoreError
        If something is in the way that smpsim did not write.
    """
    need("search", "smpsim search")
    first, second = (Dataset(folder / name) for name in STORES)
    facts = ready.facts()
    if not fresh:
        refuse_others(first, facts, folder)
    first.check(ready.study.generations)
    # the scenario as it is stands beside the candidates
    second.check(_blocks(ready.study, ready.study.candidates + 1)[1])
    if fresh:
        first.clear()
        second.clear()
    first.sweep_up()
    manifest = first.manifest()
    if manifest is None or manifest["chunks"] < ready.study.generations:
        first.begin(facts, ready.study.generations)
    return first, second


def explore(
    ready: PreparedSearch,
    evaluation: Evaluation,
    store: Dataset | None = None,
    done: _Done | None = None,
) -> Archive:
    """Let the algorithm propose designs, generation by generation, and evaluate those not known.

    A search that was stopped is played again with what the store has, so that it goes on as if
    nothing had happened.
    """
    study, done = ready.study, done or _Done(None)
    plan = study.planned()[0]
    archive = Archive(study, len(ready.programmes))
    algorithm = algorithm_of(ready.space, len(study.objectives), study.population, study.seed)
    for number in range(study.generations):
        generation = ask(algorithm)
        stuck = generation is None or not len(generation)
        # in a small space the algorithm finds nothing new before all has been seen
        designs = _unseen(ready, archive) if stuck else designs_in(ready.space, generation)
        if not designs:
            done.end(plan * (study.generations - number))
            break
        new = archive.unknown(designs)
        table = _stored(store, number, new)
        if table is None:
            table = measured_table(
                evaluation,
                new,
                ready.worlds,
                study.replications,
                ready.columns,
                ready.programmes,
                done.within(plan),
            )
            if store is not None:
                store.write(number, encoded(pa.Table.from_pandas(table, preserve_index=False)))
            done.end(plan)
        archive.add(new, table, number)
        if stuck:
            continue
        places = [archive.places[one.key] for one in designs]
        tell(algorithm, generation, archive.goals()[places], archive.violations()[places])
    return archive


def _unseen(ready: PreparedSearch, archive: Archive) -> list[Design]:
    """Return designs that no generation had, as many as a generation has, if there are any."""
    left = (one for one in ready.space.every() if one.key not in archive.places)
    return list(itertools.islice(left, ready.study.population))


def _stored(store: Dataset | None, number: int, designs: Sequence[Design]) -> pd.DataFrame | None:
    """Return a chunk if it is there; a store with other designs in it is refused."""
    content = store.content(number) if store is not None else None
    if store is None or content is None:
        return None
    table = store.table(number).to_pandas()
    if list(table["key"].unique()) != [one.key for one in designs]:
        message = (
            "got designs that this search does not propose; allowed: fresh=True to remove them"
        )
        raise ScenarioError([Problem.at(Place(str(store.path(number))), "", message)])
    return table


def front_of(ready: PreparedSearch, archive: Archive) -> list[int]:
    """Return the designs that are evaluated afresh.

    Raises
    ------
    RequestError
        If no design meets the constraints.
    """
    goals, violations = archive.goals(), archive.violations()
    feasible = np.flatnonzero(violations == 0.0)
    if not len(feasible):
        refused = int((violations >= REFUSED).sum())
        later = int((violations == UNJUDGED).sum())
        if later and refused + later == len(violations):
            raise RequestError(
                f"objectives: unknown for all {later:,} designs, because they place people too "
                "late; allowed: more months in the scenario, or outcomes that can be observed "
                "sooner"
            )
        least = int(np.argmin(violations))
        near = ""
        if violations[least] < UNJUDGED:
            values = ", ".join(
                f"{name} {archive.mean(name)[least]:,.4g}"
                for name in dict.fromkeys(one.outcome for one in ready.study.conditions[0])
            )
            near = f"; the nearest has {values}"
        raise RequestError(
            f"constraints: none of {len(goals):,} designs meets "
            f"{' and '.join(ready.study.constraints) or 'the checks of the scenario'} "
            f"({refused:,} refused by the scenario){near}; allowed: weaker constraints, or more "
            "generations"
        )
    front = archive.fronts()[-1]
    if not len(front):
        raise RequestError(
            "objectives: no objective is known for any design; allowed: outcomes that are "
            "known, or levers with which somebody is placed"
        )
    # the scenario as it is stands beside the candidates anyway
    others = [one for one in front if archive.designs[one] != ready.today]
    front = np.array(others or front)
    return [int(front[one]) for one in spread(goals[front], ready.study.candidates)]


def _blocks(study: SearchStudy, designs: int) -> tuple[int, int]:
    """Return how many designs are evaluated afresh together, and how many such blocks there are."""
    size = max(1, BLOCK // (study.fresh_worlds * study.fresh_replications))
    return size, -(-designs // size)


def retest(
    ready: PreparedSearch,
    evaluation: Evaluation,
    designs: Sequence[Design],
    store: Dataset | None = None,
    done: _Done | None = None,
) -> Measured:
    """Evaluate designs in the fresh worlds, with fresh luck; the first is the scenario as it is."""
    study, done = ready.study, done or _Done(None)
    runs = study.fresh_worlds * study.fresh_replications
    size, _ = _blocks(study, len(designs))
    blocks = [designs[first : first + size] for first in range(0, len(designs), size)]
    if store is not None:
        facts = {
            **ready.facts(),
            "fresh": [study.fresh_worlds, study.fresh_replications],
            "designs": digest([one.key for one in designs]),
        }
        if store.differences(facts):
            # of a search with fewer generations, which this one goes on with
            store.clear()
        store.sweep_up()
        if store.manifest() is None:
            store.begin(facts, len(blocks))
    tables = []
    for number, block in enumerate(blocks):
        table = _stored(store, number, block)
        if table is None:
            table = measured_table(
                evaluation,
                block,
                ready.fresh,
                study.fresh_replications,
                ready.columns,
                ready.programmes,
                done.within(len(block) * runs),
            )
            if store is not None:
                store.write(number, encoded(pa.Table.from_pandas(table, preserve_index=False)))
        done.end(len(block) * runs)
        tables.append(table)
    return Measured.of(
        pd.concat(tables, ignore_index=True).drop(columns=["key", "refused"]),
        study.fresh_worlds,
        study.fresh_replications,
        len(ready.programmes),
    )
