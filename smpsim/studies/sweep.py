"""Sweeps: many designs of one or more scenarios, run under the same luck.

`evaluate` runs a table of designs; `sweep` runs a study file and keeps what it varied, so that
results can be summed up, drawn and laid out along the axes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa

from smpsim.results.dataset import Dataset
from smpsim.results.files import check_folder, write_bytes
from smpsim.results.provenance import provenance
from smpsim.scenario.errors import Place, Problem, ScenarioError, shown_list, shown_value
from smpsim.scenario.quantities import nearest
from smpsim.studies.chunks import Work, work_of
from smpsim.studies.executors import execute
from smpsim.studies.pairing import known_outcomes
from smpsim.studies.preparing import Prepared, prepare
from smpsim.studies.study import Scenarios, SweepStudy, named
from smpsim.studies.swept import (
    DESIGNS_FILE,
    Sweep,
    designs_as_file,
    read_sweep,
    study_as_files,
)

__all__ = ["Prepared", "Sweep", "evaluate", "opened", "prepare", "read_sweep", "run_work", "sweep"]

Progress = Callable[[int], None]


def evaluate(
    scenarios: Scenarios,
    designs: pd.DataFrame,
    *,
    replications: int,
    seed: int | None = 1,
    outcomes: Sequence[str] | None = None,
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
        of something else.
    StoreError
        If the folder can't be written to or the disk is full. What is done by then is kept.
    """
    if replications < 1:
        raise ValueError(f"replications: found {replications}, allowed: 1 or more")
    if seed is not None and not 0 <= seed < 2**63:
        raise ValueError(f"seed: found {seed}, allowed: 0 to 2^63 - 1")
    if outcomes is not None:
        _check_outcomes(outcomes)
    table = designs.reset_index(drop=True)
    if not len(table):
        raise ValueError("designs: found no row, allowed: one row a design")
    work = work_of(named(scenarios), table, replications=replications, seed=seed, outcomes=outcomes)
    where = None if folder is None else Path(folder)
    found = run_work(
        work,
        where,
        beside={} if where is None else {DESIGNS_FILE: designs_as_file(table)},
        workers=workers,
        executor=executor,
        cluster=cluster,
        fresh=fresh,
        progress=progress,
    )
    return pa.concat_tables(found).to_pandas()


def _check_outcomes(outcomes: Sequence[str]) -> None:
    known = known_outcomes()
    for name in outcomes:
        if name not in known:
            allowed = f"{shown_list(known)}{nearest(name, known)}"
            raise ValueError(f"outcomes: found {name!r}, allowed: {allowed}")


def run_work(
    work: Work,
    folder: Path | None,
    *,
    beside: Mapping[str, bytes] | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
    executor: str = "threads",
    workers: int | None = None,
    cluster: str | None = None,
) -> Iterator[pa.Table]:
    """Run what is missing, and return the tables of the chunks in their order.

    Parameters
    ----------
    beside : mapping of str to bytes, optional
        Files that are written beside the runs, before them.
    others
        As in `evaluate`.
    """
    numbers: Sequence[int] = range(len(work.chunks))
    store = None if folder is None else Dataset(folder)
    if store is not None:
        numbers = opened(store, work, fresh)
        for name, content in (beside or {}).items():
            write_bytes(store.folder / name, content)
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
    if store is not None:
        return store.tables()
    return iter([found[number] for number in range(len(work.chunks))])


def opened(store: Dataset, work: Work, fresh: bool = False) -> list[int]:
    """Return the chunks that a folder lacks; begin it if it is new.

    Raises
    ------
    ScenarioError
        If it holds runs of something else; all differences are named.
    StoreError
        If it can't be read or written to.
    """
    check_folder(store.folder)
    if fresh:
        store.clear()
    differing = store.differences(work.facts)
    if differing:
        # the hash of all designs says nothing where a list of values does
        said = [one for one in differing if one[0] != "designs.hash"] or differing
        raise ScenarioError(
            Problem.at(
                Place(str(store.folder)),
                key,
                f"found runs of {shown_value(stored)}, allowed: {shown_value(wanted)} as now, "
                "another folder, or --fresh to remove them",
            )
            for key, stored, wanted in said
        )
    store.tidy()
    if store.manifest() is None:
        store.begin(work.facts, len(work.chunks), provenance(sweep=work.identity))
    return store.missing()


def sweep(
    study: SweepStudy | Prepared | str | Path,
    folder: str | Path | None = None,
    *,
    replications: int | None = None,
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
    workers, executor, cluster, fresh, progress
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
        If the folder can't be written to or the disk is full. What is done by then is kept.

    Examples
    --------
    >>> found = sweep("visa_delay_by_training_duration", replications=10)  # doctest: +SKIP
    >>> found.summary()  # doctest: +SKIP
    """
    ready = study if isinstance(study, Prepared) else prepare(study, replications)
    where = None if folder is None else Path(folder)
    tables = run_work(
        ready.work,
        where,
        beside={} if where is None else study_as_files(ready.study, ready.scenarios, ready.designs),
        workers=workers,
        executor=executor,
        cluster=cluster,
        fresh=fresh,
        progress=progress,
    )
    kept = pa.concat_tables(tables) if where is None else None
    return Sweep(ready.study, ready.scenarios, ready.designs, where, kept)
