"""Sweeps: many designs of one or more scenarios, run under the same chance events.

`evaluate` runs a table of designs; `sweep` runs a study file and keeps what it varied, so that
results can be summed up, drawn and laid out along the axes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.errors import RequestError
from smpsim.messages import Progress
from smpsim.results.files import claimed
from smpsim.results.outcomes import Outcome, known_outcomes, own_in
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import provenance, whole_actions, whole_scenario
from smpsim.scenario import Scenario
from smpsim.scenario.arguments import whole
from smpsim.scenario.parameters import DEFAULT, Draws
from smpsim.scenario.parameters import parameters as parameters_of
from smpsim.studies.sweep.chunks import work_of
from smpsim.studies.sweep.folder import write_study
from smpsim.studies.sweep.prepare import Prepared, prepare
from smpsim.studies.sweep.result import FILES, Sweep
from smpsim.studies.sweep.resume import run_work
from smpsim.studies.sweep.study import Scenarios, SweepStudy, named


def evaluate(
    scenarios: Scenarios,
    designs: pd.DataFrame,
    *,
    replications: int,
    seed: int | None = 1,
    outcomes: Sequence[str | Outcome] | None = None,
    rules: Mapping[str, Any] | None = None,
    own_outcomes: Sequence[Outcome] = (),
    parameters: Draws = DEFAULT,
    threads: int | None = None,
    folder: str | Path | None = None,
    executor: str = "threads",
    cluster: str | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run every design in every scenario, all with the same chance events.

    Parameters
    ----------
    scenarios : str, path, Scenario, a sequence of these, or a mapping of names to these
    designs : DataFrame
        One row a design and a column for each key path; ``actions`` names actions to be added,
        as a list or as ``"early_engagement + campaigns"``; ``world`` is the number of the plausible
        world of a design, whose replications then differ in luck alone; ``sample`` is ignored.
    replications : int
        Runs of each design and scenario.
    seed : int, optional
        Seed of the random draws; with None each design has the seed of its scenario, which
        ``seed`` as a column of `designs` can set.
    outcomes : sequence of str or Outcome, optional
        Outcomes that are kept; all when left out. Those of your own may stand among them.
    own_outcomes : sequence of Outcome
        Outcomes of your own, kept beside the others (see `smpsim.Outcome`).
    parameters : str, Path or DataFrame
        As in `smpsim.run`. Replication n of every design is in the same plausible world; what a
        design sets is not drawn in it.
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
        raise RequestError("designs: no row; allowed: one row for each design")
    work = work_of(
        named(scenarios),
        table,
        replications=replications,
        seed=seed,
        outcomes=names,
        own=own,
        rules=rules,
        parameters=parameters_of(parameters),
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
        raise RequestError(f"outcomes: got {unknown[0]!r}; allowed: {', '.join(known)}")


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
    parameters: Draws | None = None,
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
        Runs of each design, and the seed of the random draws, instead of the study's.
    own_outcomes : sequence of Outcome
        Outcomes of your own, kept beside those of the study, which may name them too (see
        `smpsim.Outcome`).
    series : sequence of str, optional
        Monthly series that are kept, such as ``["placed", "cost", "visa_backlog"]``, instead of
        the study's; see `Sweep.series`.
    series_of : str, optional
        ``"designs"`` to keep mean and quantiles by month, ``"runs"`` to keep every run.
    parameters : str, Path or DataFrame, optional
        As in `evaluate`; those of the study when left out.
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
    given: dict[str, Any] = {"replications": replications, "seed": seed, "rules": rules}
    given |= {"own_outcomes": own_outcomes or None, "series": series, "series_of": series_of}
    given |= {"parameters": parameters}
    if isinstance(study, Prepared):
        refuse_beside_prepared(given)
        ready = study
    else:
        ready = prepare(
            study,
            replications,
            seed,
            rules=rules,
            own_outcomes=own_outcomes,
            series=series,
            series_of=series_of,
            parameters=parameters,
        )
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
            kept = named_study(ready.study, ready.scenarios)
            write_study(kept, ready.scenarios, ready.designs, origin, where)
    if where is not None:
        return Sweep(ready.study, ready.scenarios, ready.designs, where, provenance=origin)
    return Sweep(
        ready.study, ready.scenarios, ready.designs, None, table, months, provenance=origin
    )


def refuse_beside_prepared(given: Mapping[str, Any]) -> None:
    """Raise an error if something is given that a prepared study has decided already."""
    for name, value in given.items():
        if value is not None:
            raise RequestError(
                f"{name}: given with a prepared study; allowed: when the study is prepared"
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
            **in_recipe(rules, ready.work.own),
            **ready.work.parameters.recipe,
        },
        study=study.name,
        scenarios={name: one.fingerprint() for name, one in ready.scenarios.items()},
        designs=len(ready.designs),
        replications=study.replications,
        seed=study.seed,
        **ready.work.parameters.facts,
        **in_facts(rules, ready.work.own),
    )
