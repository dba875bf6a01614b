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
from smpsim.studies.calibrate.approximate_bayes import distances, nearest_particles
from smpsim.studies.calibrate.result import Calibration
from smpsim.studies.calibrate.study import CalibrationStudy, changed, load_calibration
from smpsim.studies.validate.prediction import (
    Prepared,
    Simulated,
    courses,
    prepare,
    prepare_worlds,
    situations,
    whole_by_name,
)
from smpsim.studies.validate.reports import ReportedOutcome, Reports, load_reports
from smpsim.studies.validate.scores import LEVEL, sampled_shares


def prepared(
    study: CalibrationStudy, reports: Reports, rules: Mapping[str, Any] | None = None
) -> Prepared:
    """Check all draws of a study in all situations that are reported on.

    Raises
    ------
    ScenarioError
        With every draw that is not valid.
    """
    outcomes = reports.scored
    if not study.priors:
        return prepare_worlds(
            situations(outcomes).values(),
            Parameters("prior", study.prior_draws()),
            study.draws,
            study.seed,
            sorted({column for outcome in outcomes for column in outcome.columns}),
            rules,
        )
    return prepare(
        situations(outcomes).values(),
        study.prior_draws(),
        study.replications,
        study.seed,
        sorted({column for outcome in outcomes for column in outcome.columns}),
        rules,
    )


def calibrate(
    study: CalibrationStudy | Mapping[str, Any] | str | Path,
    reports: Reports | str | Path | None = None,
    *,
    draws: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    own_outcomes: Sequence[Outcome] = (),
    rules: Mapping[str, Any] | None = None,
    folder: str | Path | None = None,
    threads: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Calibration:
    """Fit shared parameters to reported outcomes by approximate Bayesian computation.

    Parameters
    ----------
    study : CalibrationStudy, mapping, str or Path
        A study, what its file would contain, its name in the catalogue, or its file.
    reports : Reports, str or Path, optional
        Or the file of them; the catalogue's when left out.
    draws, replications, seed : int, optional
        Draws from the prior, runs of each, and the seed, instead of the study's.
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
    plan = study if isinstance(study, CalibrationStudy) else load_calibration(study)
    plan = changed(plan, draws=draws, replications=replications, seed=seed)
    known = reports if isinstance(reports, Reports) else load_reports(reports)
    runs = prepared(plan, known, rules).run(
        None if folder is None else Path(folder), threads=threads, fresh=fresh, progress=progress
    )
    return fitted(plan, known, runs, rules)


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
    if study.priors:
        kept = nearest_particles(distances(table, outcomes), study.kept)
    else:
        # a row of the table is a world, whose draws stand in an order of their own
        order = order_of_draws(study.draws, study.seed)
        table.index = pd.MultiIndex.from_product([order, [0]], names=["design", "replication"])
        kept = np.arange(len(table))
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
        kept=len(kept),
        **in_facts(rules, own),
    )
    return Calibration(
        study,
        outcomes,
        study.prior_draws(),
        table,
        kept,
        origin,
        None if study.priors else adjusted(study, outcomes, table),
        {name: load(name) for name in dict.fromkeys(one.scenario for one in outcomes)},
    )


def adjusted(
    study: CalibrationStudy, outcomes: Sequence[ReportedOutcome], shares: pd.DataFrame
) -> Adjustment:
    """Move worlds to what is reported, with errors of sampling as the reports have."""
    rng = np.random.default_rng([study.seed, 3])
    values = np.column_stack(
        [
            sampled_shares(shares[one.label].to_numpy(float), one.reported.people, rng)
            for one in outcomes
        ]
    )
    numbers = [one.reported.number for one in outcomes]
    figures = np.array([number is not None for number in numbers])
    reported = np.array([0.0 if number is None else number for number in numbers])
    drawn = study.prior_scores().to_numpy()[shares.index.get_level_values("design")]
    found = Scores.of(values, reported, rng)
    programmes = [one.scenario for one in outcomes]
    return with_best_error(drawn, found, programmes, figures, study.seed, LEVEL)


def runs_of(study: CalibrationStudy, reports: Reports) -> int:
    """Return how many runs a calibration takes."""
    return len(courses(situations(reports.scored).values())) * study.draws * study.replications
