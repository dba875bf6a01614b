"""Sweeps: many designs of one or more scenarios, run under the same luck.

`evaluate` runs a table of designs; `sweep` runs a study file and keeps what it varied, so that
results can be summed up, drawn and laid out along the axes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from smpsim.results.dataset import Dataset, Facts
from smpsim.results.files import check_folder, claimed
from smpsim.results.locks import held
from smpsim.results.outcomes import with_parts
from smpsim.scenario import Scenario, load
from smpsim.scenario.asked import several, whole
from smpsim.scenario.errors import Place, Problem, ScenarioError, shown_value
from smpsim.scenario.keypaths import overlapping
from smpsim.scenario.source import Document
from smpsim.studies.sweeping.chunks import Places, Work, work_of
from smpsim.studies.sweeping.executors import check_executor, execute
from smpsim.studies.sweeping.sampling import designs_of
from smpsim.studies.sweeping.study import Scenarios, SweepStudy, load_study, named
from smpsim.studies.sweeping.swept import (
    DESIGNS_FILE,
    SCENARIOS_FILE,
    STUDY_FILE,
    Sweep,
    read_sweep,
    write_study,
)

__all__ = ["Prepared", "Sweep", "evaluate", "prepare", "read_sweep", "sweep"]

Progress = Callable[[int], None]


def evaluate(
    scenarios: Scenarios,
    designs: pd.DataFrame,
    *,
    replications: int,
    seed: int | None = 1,
    outcomes: Sequence[str] | None = None,
    rules: Mapping[str, Any] | None = None,
    workers: int | None = None,
    folder: str | Path | None = None,
    executor: str = "threads",
    cluster: str | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run every design in every scenario, all with the same luck.

    Parameters
    ----------
    scenarios : str, path, Scenario, a sequence of these, or a mapping of names to these
    designs : DataFrame
        One row a design and a column for each key path; ``actions`` names actions to be added,
        as a list or as ``"early_engagement + campaigns"``; ``sample`` is ignored.
    replications : int
        Runs of each design and scenario.
    seed : int, optional
        Seed of all luck; with None each design has the seed of its scenario, which ``seed`` as a
        column of `designs` can set.
    outcomes : sequence of str, optional
        Outcomes that are kept; all when left out.
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name (see `smpsim.rules`), and attributes of people. With processes and
        Dask, their functions stand at the top of a module that can be imported.
    workers : int, optional
        Threads or processes; all cores when left out. It does not change a number.
    folder : str or Path, optional
        Keeps the runs as Parquet files; what is there already is not run again.
    executor : str
        ``"threads"``, ``"processes"`` or ``"dask"``.
    cluster : str, optional
        For Dask: address of a scheduler, or ``"local:2"``.
    fresh : bool
        Remove what another sweep has left in the folder.
    progress : callable, optional
        Called with the number of runs done so far, those found in the folder not counted.

    Returns
    -------
    DataFrame
        Columns ``design``, ``scenario``, ``programme``, ``replication`` and outcomes. Numbers are
        those of `smpsim.run` with the same values, replications and seed, bit for bit.

    Raises
    ------
    ScenarioError
        If a scenario or a design is not valid, before anything runs; or if the folder holds runs
        of something else, or of other rules.
    RequestError
        If a function can't be a rule, or can't be one in other processes.
    StoreError
        If the folder can't be written to, another process works in it, something is in the way
        that smpsim did not write, or the disk is full. What is done by then is kept.
    WorkerError
        If a worker process was killed, or a cluster is gone. What is done by then is kept.
    """
    whole("replications", replications)
    if seed is not None:
        whole("seed", seed, 0, 2**63)
    if outcomes is not None:
        outcomes = several("outcomes", outcomes)
        _check_outcomes(outcomes)
    table = designs.reset_index(drop=True)
    if not len(table):
        raise ValueError("designs: found no row, allowed: one row a design")
    work = work_of(
        named(scenarios),
        table,
        replications=replications,
        seed=seed,
        outcomes=outcomes,
        rules=rules,
    )
    return run_work(
        work,
        None if folder is None else Path(folder),
        workers=workers,
        executor=executor,
        cluster=cluster,
        fresh=fresh,
        progress=progress,
    ).to_pandas()


def _check_outcomes(outcomes: Sequence[str]) -> None:
    from smpsim.ensemble import outcome_names

    known = outcome_names()
    unknown = [name for name in outcomes if name not in known]
    if unknown:
        raise ValueError(f"outcomes: found {unknown[0]!r}, allowed: {', '.join(known)}")


def run_work(
    work: Work,
    folder: Path | None,
    *,
    fresh: bool = False,
    progress: Progress | None = None,
    executor: str = "threads",
    workers: int | None = None,
    cluster: str | None = None,
    load_all: bool = True,
) -> pa.Table:
    """Run what is missing, and return all runs in the order of the chunks."""
    # before a folder is begun for what can't be run
    check_executor(executor, cluster, work)
    numbers: Sequence[int] = range(len(work.chunks))
    store = None if folder is None else Dataset(folder)
    with contextlib.ExitStack() as stack:
        if store is not None:
            check_folder(store.folder)
            stack.enter_context(held(store.folder))
            numbers = opened(store, work, fresh)
        found = _run(work, store, numbers, progress, executor, workers, cluster)
        if not load_all:
            return pa.table({})
        if store is not None:
            return pa.concat_tables(store.tables())
    return pa.concat_tables(found[number] for number in range(len(work.chunks)))


def _run(
    work: Work,
    store: Dataset | None,
    numbers: Sequence[int],
    progress: Progress | None,
    executor: str,
    workers: int | None,
    cluster: str | None,
) -> dict[int, pa.Table]:
    """Run chunks, and return those that no store keeps."""
    found: dict[int, pa.Table] = {}
    done = 0
    if numbers:
        results = execute(
            executor, work, numbers, workers=workers, cluster=cluster, as_file=store is not None
        )
        # closed whatever happens, so that no worker goes on after an interrupt or a full disk
        with contextlib.closing(results):
            for number, result in results:
                if store is None:
                    found[number] = result
                else:
                    store.write(number, result)
                done += work.chunks[number].runs
                if progress is not None:
                    progress(done)
    return found


def opened(store: Dataset, work: Work, fresh: bool = False) -> list[int]:
    """Return the chunks that a folder lacks; begin it if it is new. The caller holds the folder.

    Raises
    ------
    ScenarioError
        If it holds runs of something else; all differences are named.
    StoreError
        If it can't be read or written to, or something is in the way that smpsim did not write.
    """
    facts = work.facts()
    if not fresh:
        refuse_others(store, facts, store.folder)
    store.check(len(work.chunks))
    if fresh:
        store.clear()
    store.sweep_up()
    if store.manifest() is None:
        store.begin(facts, len(work.chunks))
    return store.missing(len(work.chunks))


def refuse_others(store: Dataset, facts: Facts, folder: Path) -> None:
    """Raise an error that names all differences if a folder holds runs of something else."""
    differing = store.differences(facts) if store.is_known() else []
    if differing:
        place = Place(str(folder))
        raise ScenarioError(
            Problem.at(
                place,
                key,
                f"found runs of {shown_value(stored)}, allowed: {shown_value(wanted)} of this "
                "study, another folder, or --fresh to remove them",
            )
            for key, stored, wanted in differing
        )


@dataclass(frozen=True)
class Prepared:
    """A study that is ready to run: everything about it has been checked.

    Attributes
    ----------
    study : SweepStudy
    scenarios : dict of str to Scenario
    designs : DataFrame
    work : Work
    """

    study: SweepStudy
    scenarios: dict[str, Scenario] = field(repr=False)
    designs: pd.DataFrame = field(repr=False)
    work: Work = field(repr=False)


def prepare(
    study: SweepStudy | str | Path,
    replications: int | None = None,
    rules: Mapping[str, Any] | None = None,
) -> Prepared:
    """Read a study and check all of its designs.

    Parameters
    ----------
    study : SweepStudy, str or Path
        A study, its name in the catalogue, or its file.
    replications : int, optional
        Runs of each design, instead of the study's.
    rules : mapping of str to function or Attribute, optional
        As in `evaluate`.

    Raises
    ------
    ScenarioError
        With all that is wrong.
    """
    document = None
    if not isinstance(study, SweepStudy):
        study, document = load_study(study)
    if replications is not None:
        whole("replications", replications)
        study = SweepStudy.model_validate(
            {**study.model_dump(by_alias=True), "replications": replications}
        )
    fixed: dict[str, Scenario] = {}
    problems: list[Problem] = []
    for name, scenario in named(study.sources).items():
        # set after actions, as on the command line, so it stands in each design too
        fixed[name] = scenario
        try:
            load(scenario, study.set)
        except ScenarioError as error:
            for one in error.problems:
                place = _place(document, "set", one.key) or _whole(document, study, "set")
                problems.append(Problem.at(place, one.key, one.message))
    if problems:
        raise ScenarioError(problems)
    designs = designs_of(study, list(fixed.values()))
    # set first, so that a section that is set does not undo what is varied in it
    same = {
        key: pd.Series([value] * len(designs), dtype=object, index=designs.index)
        for key, value in study.set.items()
    }
    table = pd.concat([pd.DataFrame(same, index=designs.index), designs], axis=1)
    work = work_of(
        fixed,
        table,
        replications=study.replications,
        seed=study.seed,
        outcomes=with_parts(study.outcomes) or None,
        rules=rules,
        places=_places(document),
    )
    return Prepared(study, fixed, designs, work)


def checked_study(source: str | Path) -> SweepStudy:
    """Read a sweep study and check all of its designs."""
    return prepare(source).study


def _places(document: Document | None) -> Places:
    def place(key: str) -> Place | None:
        # sections may not fit together, so that the fault lies where nothing is varied
        near = _place(document, "vary", key) or _place(document, "set", key)
        return near or (document.place_of_key(("vary",)) if document else None)

    return place


def _whole(document: Document | None, study: SweepStudy, part: str) -> Place:
    """Return where a part of a study is written; its name if it was not read from a file."""
    return document.place_of_key((part,)) if document else Place(f"study {study.name!r}")


def _place(document: Document | None, part: str, key: str) -> Place | None:
    """Return where a key of a study is written, or None."""
    keys = (document.data.get(part) if document else None) or {}
    fitting = [one for one in keys if overlapping(key, one)]
    return document.place_of_key((part, fitting[0])) if document and fitting else None


def sweep(
    study: SweepStudy | Prepared | str | Path,
    folder: str | Path | None = None,
    *,
    replications: int | None = None,
    rules: Mapping[str, Any] | None = None,
    workers: int | None = None,
    executor: str = "threads",
    cluster: str | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Run a study.

    Parameters
    ----------
    study : SweepStudy, str or Path
        A study, its name in the catalogue, or its file.
    folder : str or Path, optional
        Keeps the runs as Parquet files, so that a sweep that was stopped goes on where it was;
        in memory when left out.
    replications : int, optional
        Runs of each design, instead of the study's.
    rules, workers, executor, cluster, fresh, progress
        As in `evaluate`.

    Returns
    -------
    Sweep

    Raises
    ------
    ScenarioError
        If the study or one of its designs is not valid, before anything runs; or if the folder
        holds runs of something else.
    StoreError
        If the folder can't be written to, another process works in it, something is in the way
        that smpsim did not write, or the disk is full. What is done by then is kept.

    Examples
    --------
    >>> found = sweep("visa_delay_by_training_duration", replications=10)  # doctest: +SKIP
    >>> found.summary()  # doctest: +SKIP
    """
    ready = study if isinstance(study, Prepared) else prepare(study, replications, rules)
    where = None if folder is None else Path(folder)
    with contextlib.ExitStack() as stack:
        if where is not None:
            stack.enter_context(claimed(where, (STUDY_FILE, SCENARIOS_FILE, DESIGNS_FILE)))
        table = run_work(
            ready.work,
            where,
            workers=workers,
            executor=executor,
            cluster=cluster,
            fresh=fresh,
            progress=progress,
            load_all=where is None,
        )
        if where is not None:
            write_study(ready.study, ready.scenarios, ready.designs, where)
    kept = table if where is None else None
    return Sweep(ready.study, ready.scenarios, ready.designs, where, kept)
