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

from smpsim.errors import RequestError
from smpsim.messages import shown_value
from smpsim.results.dataset import Dataset, Facts
from smpsim.results.files import check_folder, claimed
from smpsim.results.locks import held
from smpsim.results.outcomes import Outcome, checked_own, known_outcomes, own_in, with_parts
from smpsim.results.provenance import provenance, whole_actions, whole_scenario
from smpsim.results.rule_source import rule_sources
from smpsim.scenario import Scenario, load
from smpsim.scenario.arguments import several, whole
from smpsim.scenario.keypaths import overlapping
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.yaml_files import Document
from smpsim.studies.sweep.chunks import Done, Places, Work, work_of
from smpsim.studies.sweep.executors import check_executor, execute
from smpsim.studies.sweep.result import FILES, Sweep, read_sweep, series_store, write_study
from smpsim.studies.sweep.sampling import designs_of
from smpsim.studies.sweep.study import Scenarios, SweepStudy, load_study, named

__all__ = ["Prepared", "Sweep", "evaluate", "prepare", "read_sweep", "sweep"]

Progress = Callable[[int], None]


def evaluate(
    scenarios: Scenarios,
    designs: pd.DataFrame,
    *,
    replications: int,
    seed: int | None = 1,
    outcomes: Sequence[str | Outcome] | None = None,
    rules: Mapping[str, Any] | None = None,
    own_outcomes: Sequence[Outcome] = (),
    threads: int | None = None,
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
    outcomes : sequence of str or Outcome, optional
        Outcomes that are kept; all when left out. Those of your own may stand among them.
    own_outcomes : sequence of Outcome
        Outcomes of your own, kept beside the others (see `smpsim.Outcome`).
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name (see `smpsim.rules`), and attributes of people. With processes and
        Dask, their functions stand at the top of a module that can be imported.
    threads : int, optional
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
    names, own = own_in(outcomes, own_outcomes)
    _check_outcomes(names or ())
    table = designs.reset_index(drop=True)
    if not len(table):
        raise RequestError("designs: found no row, allowed: one row a design")
    work = work_of(
        named(scenarios),
        table,
        replications=replications,
        seed=seed,
        outcomes=names,
        own=own,
        rules=rules,
    )
    return run_work(
        work,
        None if folder is None else Path(folder),
        threads=threads,
        executor=executor,
        cluster=cluster,
        fresh=fresh,
        progress=progress,
    )[0].to_pandas()


def _check_outcomes(outcomes: Sequence[str]) -> None:
    known = known_outcomes()
    unknown = [name for name in outcomes if name not in known]
    if unknown:
        raise RequestError(f"outcomes: found {unknown[0]!r}, allowed: {', '.join(known)}")


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
                f"found runs of {shown_value(stored)}, allowed: {shown_value(wanted)} of this "
                "study, another folder, or fresh=True to remove them",
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
    study: SweepStudy | Mapping[str, Any] | str | Path,
    replications: int | None = None,
    seed: int | None = None,
    *,
    rules: Mapping[str, Any] | None = None,
    own_outcomes: Sequence[Outcome] = (),
    series: Sequence[str] | None = None,
    series_of: str | None = None,
) -> Prepared:
    """Read a study and check all of its designs.

    Parameters
    ----------
    study : SweepStudy, mapping, str or Path
        A study, what its file would contain, its name in the catalogue, or its file.
    replications, seed : int, optional
        Runs of each design, and the seed of all luck, instead of the study's.
    rules, own_outcomes, series, series_of
        As in `sweep`.

    Raises
    ------
    ScenarioError
        With all that is wrong.
    """
    # known before the study is read, which may name them
    own = checked_own(own_outcomes)
    document = None
    if not isinstance(study, SweepStudy):
        study, document = load_study(study)
    given: dict[str, int] = {}
    if replications is not None:
        given["replications"] = whole("replications", replications)
    if seed is not None:
        given["seed"] = whole("seed", seed, 0, 2**63)
    if given:
        study = SweepStudy.model_validate({**study.model_dump(by_alias=True), **given})
    if own and study.outcomes:
        added = [one.name for one in own]
        study = study.model_copy(
            update={"outcomes": list({**dict.fromkeys(study.outcomes), **dict.fromkeys(added)})}
        )
    if series is not None:
        study = study.model_copy(update={"series": several("series", series)})
    if series_of is not None:
        study = study.model_copy(update={"series_of": series_of})
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
        own=own,
        series=study.series,
        series_of=study.series_of,
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
    study: SweepStudy | Prepared | Mapping[str, Any] | str | Path,
    folder: str | Path | None = None,
    *,
    replications: int | None = None,
    seed: int | None = None,
    rules: Mapping[str, Any] | None = None,
    own_outcomes: Sequence[Outcome] = (),
    series: Sequence[str] | None = None,
    series_of: str | None = None,
    threads: int | None = None,
    executor: str = "threads",
    cluster: str | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Sweep:
    """Run a study.

    Parameters
    ----------
    study : SweepStudy, mapping, str or Path
        A study, what its file would contain (``{"scenario": "bare_pipeline", "vary": {...}}``),
        its name in the catalogue, or its file.
    folder : str or Path, optional
        Keeps the runs as Parquet files, so that a sweep that was stopped goes on where it was;
        in memory when left out.
    replications, seed : int, optional
        Runs of each design, and the seed of all luck, instead of the study's.
    own_outcomes : sequence of Outcome
        Outcomes of your own, kept beside those of the study, which may name them too (see
        `smpsim.Outcome`).
    series : sequence of str, optional
        Monthly series that are kept, such as ``["placed", "cost", "visa_backlog"]``, instead of
        the study's; see `Sweep.series`.
    series_of : str, optional
        ``"designs"`` to keep mean and quantiles by month, ``"runs"`` to keep every run.
    rules, threads, executor, cluster, fresh, progress
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
    if not isinstance(study, Prepared):
        study = prepare(
            study,
            replications,
            seed,
            rules=rules,
            own_outcomes=own_outcomes,
            series=series,
            series_of=series_of,
        )
    ready = study
    where = None if folder is None else Path(folder)
    origin = origin_of(ready)
    with contextlib.ExitStack() as stack:
        if where is not None:
            stack.enter_context(claimed(where, FILES))
        table, months = run_work(
            ready.work,
            where,
            threads=threads,
            executor=executor,
            cluster=cluster,
            fresh=fresh,
            progress=progress,
            load_all=where is None,
        )
        if where is not None:
            study = named_study(ready.study, ready.scenarios)
            write_study(study, ready.scenarios, ready.designs, origin, where)
    if where is not None:
        return Sweep(ready.study, ready.scenarios, ready.designs, where, provenance=origin)
    return Sweep(
        ready.study, ready.scenarios, ready.designs, None, table, months, provenance=origin
    )


def named_study(study: SweepStudy, scenarios: Mapping[str, Scenario]) -> SweepStudy:
    """Return a study that calls its scenarios as tables do: files lie elsewhere for others."""
    names = list(scenarios)
    known = {"scenario": names[0]} if study.scenario is not None else {"scenarios": names}
    return SweepStudy.model_validate({**study.model_dump(by_alias=True), **known})


def origin_of(ready: Prepared) -> dict[str, Any]:
    """Return where a sweep comes from, with all that runs it again."""
    study = named_study(ready.study, ready.scenarios)
    rules = ready.work.rules
    added = [name for one in (study.actions.list_ if study.actions else []) for name in one]
    return provenance(
        "sweep",
        {
            "scenarios": {name: whole_scenario(one) for name, one in ready.scenarios.items()},
            "actions": whole_actions(dict.fromkeys(added)),
            "study": study.model_dump(mode="json", by_alias=True),
            **({"rules": rule_sources(rules)} if rules else {}),
        },
        study=study.name,
        scenarios={name: one.fingerprint() for name, one in ready.scenarios.items()},
        designs=len(ready.designs),
        replications=study.replications,
        seed=study.seed,
        **({"rules": sorted(rules), "rule_hashes": ready.work.hashes} if rules else {}),
    )
