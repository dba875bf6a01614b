"""Calibration: shared behavioural parameters fitted to what is reported of real programmes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.messages import Progress
from smpsim.results.outcomes import Outcome, checked_own, to_compute
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import provenance
from smpsim.scenario import load
from smpsim.scenario.parameters import Parameters, order_of_draws
from smpsim.studies.calibrate.adjustment import Adjustment, Scores, with_best_error
from smpsim.studies.calibrate.result import Calibration
from smpsim.studies.calibrate.study import (
    CalibrationStudy,
    at_scores,
    changed,
    drawn_scores,
    priors_of,
    read_calibration,
    scenarios_of,
)
from smpsim.studies.validate.measures import name_of
from smpsim.studies.validate.prediction import (
    Prepared,
    Simulated,
    courses,
    prepare,
    situations,
    whole_by_name,
)
from smpsim.studies.validate.read_reports import ReportsGiven, load_reports
from smpsim.studies.validate.reports import ReportedOutcome, Reports
from smpsim.studies.validate.scores import LEVEL, as_reported


def prepared(
    study: CalibrationStudy, reports: Reports, rules: Mapping[str, Any] | None = None
) -> Prepared:
    """Check all draws of a study in all situations that are reported on.

    Raises
    ------
    ScenarioError
        With every draw that is not valid.
    """
    outcomes, priors = reports.scored, priors_of(study, reports)
    draws = at_scores(drawn_scores(study, priors), priors)
    return prepare(
        situations(outcomes).values(),
        # what a study states holds for every scenario that has such a number
        Parameters("prior", draws, own=bool(study.priors)),
        study.draws,
        study.seed,
        sorted({column for outcome in outcomes for column in outcome.columns}),
        rules,
    )


def calibrate(
    study: CalibrationStudy | Mapping[str, Any] | str | Path,
    reports: ReportsGiven = None,
    *,
    draws: int | None = None,
    seed: int | None = None,
    own_outcomes: Sequence[Outcome] = (),
    rules: Mapping[str, Any] | None = None,
    folder: str | Path | None = None,
    threads: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Calibration:
    """Fit parameters to reported outcomes by approximate Bayesian computation.

    Parameters
    ----------
    study : CalibrationStudy, mapping, str or Path
        A study, what its file would contain, its name in the catalogue, or its file.
    reports : Reports, str, Path or sequence of paths, optional
        Or the files of them, YAML or CSV. When left out those that the study names, or else the
        catalogue's.
    draws, seed : int, optional
        Draws from the prior, and the seed, instead of the study's.
    own_outcomes : sequence of ReportedOutcome
        Outcomes of your own, which the reports may count (see `smpsim.Outcome`).
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name, for all programmes (see `smpsim.rules`).
    folder : str or Path, optional
        Keeps the runs as Parquet files, so that a calibration that was stopped goes on where it
        was; in memory when left out.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    fresh : bool
        Remove runs of something else from the folder.
    progress : callable, optional
        Called with the number of runs done so far, those found in the folder not counted.

    Returns
    -------
    Calibration

    Raises
    ------
    ScenarioError
        If the study, a report or a scenario is not valid, before anything runs; or if the folder
        holds runs of something else.
    StoreError
        If the folder can't be written to, another process works in it, something is in the way
        that smpsim did not write, or the disk is full. What is done by then is kept.
    """
    # known before the reports are read
    checked_own(own_outcomes)
    plan, known = planned(study, reports)
    plan = changed(plan, draws=draws, seed=seed)
    runs = prepared(plan, known, rules).run(
        None if folder is None else Path(folder), threads=threads, fresh=fresh, progress=progress
    )
    return fitted(plan, known, runs, rules)


def planned(
    study: CalibrationStudy | Mapping[str, Any] | str | Path, reports: ReportsGiven = None
) -> tuple[CalibrationStudy, Reports]:
    """Return a study and what it is fitted to: what is given, or else what the study names.

    Raises
    ------
    ScenarioError
        With everything that is wrong in either.
    """
    known = reports if isinstance(reports, Reports) or reports is None else load_reports(reports)
    if isinstance(study, CalibrationStudy):
        plan = study
    else:
        plan, known = read_calibration(study, known)
    return plan, load_reports(plan.reports) if known is None else known


def fitted(
    study: CalibrationStudy,
    reports: Reports,
    runs: Simulated,
    rules: Mapping[str, Any] | None = None,
) -> Calibration:
    """Return the calibration that runs of what `prepared` gives come to."""
    outcomes = reports.scored
    table = pd.DataFrame({one.label: one.values(runs.of) for one in outcomes})
    own = to_compute(name for one in outcomes for name in one.columns)
    # a row of the table is a world, whose draws stand in an order of their own
    order = order_of_draws(study.draws, study.seed)
    table.index = pd.MultiIndex.from_product([order, [0]], names=["design", "replication"])
    origin = provenance(
        "calibrate",
        {
            "scenarios": whole_by_name(one.scenario for one in outcomes),
            "reports": reports.model_dump(mode="json"),
            "study": study.model_dump(mode="json"),
            **in_recipe(rules, own),
        },
        study=study.name,
        seed=study.seed,
        draws=study.draws,
        **in_facts(rules, own),
    )
    priors = priors_of(study, reports)
    scores = drawn_scores(study, priors)
    return Calibration(
        study,
        outcomes,
        priors,
        at_scores(scores, priors),
        table,
        adjusted(study, outcomes, scores, table),
        origin,
        {name_of(name): load(name) for name in scenarios_of(reports)},
    )


def adjusted(
    study: CalibrationStudy,
    outcomes: Sequence[ReportedOutcome],
    scores: pd.DataFrame,
    shares: pd.DataFrame,
) -> Adjustment:
    """Move worlds to what is reported, with errors of sampling as the reports have."""
    rng = np.random.default_rng([study.seed, 3])
    values = np.column_stack(
        [as_reported(shares[one.label].to_numpy(float), one.reported, rng) for one in outcomes]
    )
    numbers = [one.reported.number for one in outcomes]
    figures = np.array([number is not None for number in numbers])
    reported = np.array([0.0 if number is None else number for number in numbers])
    drawn = scores.to_numpy()[shares.index.get_level_values("design")]
    found = Scores.of(values, reported, rng)
    programmes = tuple(one.scenario for one in outcomes)
    if study.model_error is not None:
        return Adjustment(drawn, found, programmes, figures, study.model_error, study.seed)
    return with_best_error(drawn, found, programmes, figures, study.seed, LEVEL)


def runs_of(study: CalibrationStudy, reports: Reports) -> int:
    """Return how many runs a calibration takes."""
    return len(courses(situations(reports.scored).values())) * study.draws
