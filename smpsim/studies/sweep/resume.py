"""Work that is run, kept in a folder by its chunks, and resumed where it was."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from smpsim.messages import Progress, shown_value
from smpsim.results.dataset import Dataset, Facts
from smpsim.results.files import check_folder
from smpsim.results.locks import held
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.studies.sweep.chunks import Done, Work
from smpsim.studies.sweep.executors import check_executor, execute
from smpsim.studies.sweep.result import series_store


def run_work(
    work: Work,
    folder: Path | None,
    *,
    fresh: bool = False,
    progress: Progress | None = None,
    executor: str = "threads",
    threads: int | None = None,
    cluster: str | None = None,
    load_all: bool = True,
) -> tuple[pa.Table, pa.Table | None]:
    """Run what is missing, and return all runs in the order of the chunks, and their series."""
    # before a folder is begun for what can't be run
    check_executor(executor, cluster, work)
    numbers: Sequence[int] = range(len(work.chunks))
    store = None if folder is None else Dataset(folder)
    with contextlib.ExitStack() as stack:
        if store is not None:
            check_folder(store.folder)
            stack.enter_context(held(store.folder))
            numbers = opened(store, work, fresh)
        found = _run(work, store, numbers, progress, executor, threads, cluster)
        if not load_all:
            return pa.table({}), None
        if store is not None:
            months = series_store(store.folder).tables() if work.series else None
            return pa.concat_tables(store.tables()), months and pa.concat_tables(months)
    done = [found[number] for number in range(len(work.chunks))]
    return (
        pa.concat_tables(one.runs for one in done),
        pa.concat_tables(one.series for one in done) if work.series else None,
    )


def _run(
    work: Work,
    store: Dataset | None,
    numbers: Sequence[int],
    progress: Progress | None,
    executor: str,
    threads: int | None,
    cluster: str | None,
) -> dict[int, Done]:
    """Run chunks, and return those that no store keeps."""
    found: dict[int, Done] = {}
    done = 0
    if numbers:
        results = execute(
            executor, work, numbers, workers=threads, cluster=cluster, as_file=store is not None
        )
        # closed whatever happens, so that no worker goes on after an interrupt or a full disk
        with contextlib.closing(results):
            for number, result in results:
                if store is None:
                    found[number] = result
                else:
                    # the runs last, as by them progress is told
                    if result.series is not None:
                        series_store(store.folder).write(number, result.series)
                    store.write(number, result.runs)
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
    facts, chunks = work.facts(), len(work.chunks)
    months = series_store(store.folder)
    stores = [store, *([months] if work.series else [])]
    for one in stores:
        if not fresh:
            refuse_others(one, facts, store.folder)
        one.check(chunks)
    if fresh:
        for one in (store, months):
            one.clear()
    for one in stores:
        one.sweep_up()
        if one.manifest() is None:
            one.begin(facts, chunks)
    return sorted({number for one in stores for number in one.missing(chunks)})


def refuse_others(store: Dataset, facts: Facts, folder: Path) -> None:
    """Raise an error that names all differences if a folder holds runs of something else."""
    differing = store.differences(facts) if store.is_known() else []
    if differing:
        place = Place(str(folder))
        raise ScenarioError(
            Problem.at(
                place,
                key,
                f"got runs of {shown_value(stored)}; allowed: {shown_value(wanted)} of this "
                "study, another folder, or fresh=True to remove them",
            )
            for key, stored, wanted in differing
        )
