"""Calibration: shared behavioural parameters fitted to what is reported of real programmes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.files import names_of_files, write_tables
from smpsim.results.outcomes import Outcome as OwnOutcome
from smpsim.results.outcomes import checked_own
from smpsim.results.provenance import provenance
from smpsim.scenario import load
from smpsim.scenario.asked import whole
from smpsim.scenario.errors import ScenarioError
from smpsim.scenario.explain import Finding
from smpsim.scenario.fields import Section, described, share
from smpsim.scenario.quantities import Distribution
from smpsim.scenario.sheets import read_sheet
from smpsim.studies.kinds import CALIBRATION, find_study
from smpsim.studies.sweeping.streams import points
from smpsim.studies.validation.approximate_bayes import (
    distances,
    leave_one_out,
    nearest_particles,
    scored,
)
from smpsim.studies.validation.prediction import (
    Prepared,
    Simulated,
    Situation,
    prepare,
    situations,
    whole_by_name,
)
from smpsim.studies.validation.reported import Outcome, Reports, load_reports

if TYPE_CHECKING:
    from smpsim.plots.validation_plots import CalibrationPlots

Progress = Callable[[int], None]
FEW = 50  # particles of which an interval by ranks says little
LEARNED = 0.25  # narrower by this share, a parameter is said to be narrowed
PICTURES = ("parameters.png", "left_out.png")
FILES = names_of_files(
    ("posterior", "parameters", "fit", "left_out", "uncalibrated", "particles"), "csv", PICTURES
)
"""All files that `write` writes."""


class CalibrationStudy(Section):
    """What is varied, how often, and how much is kept."""

    name: str = described(..., "text", "Name of the study")
    question: str = described("", "text", "What it is to answer")
    priors: dict[str, Distribution] = described(
        ..., "distributions", "Prior of each shared parameter, by key path", min_length=1
    )
    draws: int = described(..., "number", "Draws from the prior", ge=20, le=1_000_000)
    replications: int = described(..., "runs", "Runs of each programme and draw", ge=1, le=10_000)
    kept: float = share(0.05, "Share of the particles that is kept")
    posterior_draws: int = described(200, "number", "Draws that are written", ge=10, le=100_000)
    seed: int = described(1, "number", "Seed of the draws and of all luck", ge=0, lt=2**63)

    def prior_draws(self) -> pd.DataFrame:
        """Return the draws: a Latin hypercube under the priors' quantiles.

        Returns
        -------
        DataFrame, shape (draws, parameters)
        """
        cube = points(list(self.priors), self.draws, self.seed, "latin_hypercube")
        return pd.DataFrame({key: prior.quantile(cube[key]) for key, prior in self.priors.items()})


def load_calibration(path: str | Path) -> CalibrationStudy:
    """Read a calibration study of the catalogue, or a file.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key; a prior of a key that no
        scenario has is named too.
    """
    study, document = read_sheet(find_study(path, CALIBRATION), CalibrationStudy)
    problems = []
    for key, prior in study.priors.items():
        try:
            load("reference", {key: prior.quantile(0.5)})
        except ScenarioError as error:
            message = error.problems[0].message
            problems.append(Finding(("priors", key), message, "key").problem(document))
    if problems:
        raise ScenarioError(problems)
    return study


@dataclass(frozen=True, repr=False)
class Calibration:
    """Particles of a calibration: draws, what they give, and which were kept.

    Attributes
    ----------
    study : CalibrationStudy
    outcomes : tuple of Outcome
        Calibrated on.
    draws : DataFrame, shape (draws, parameters)
        From the prior.
    shares : DataFrame, shape (draws * replications, outcomes)
        Index ``design``, ``replication``.
    kept : ndarray of int
        Places of the particles that are kept.
    provenance : dict
        Where it comes from and all that runs it again (see `smpsim.results.provenance`).
    """

    study: CalibrationStudy
    outcomes: tuple[Outcome, ...]
    draws: pd.DataFrame = field(repr=False)
    shares: pd.DataFrame = field(repr=False)
    kept: np.ndarray = field(repr=False)
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"Calibration({self.study.name!r}, {len(self.kept)} of {len(self.shares)} kept)"

    def posterior(self) -> pd.DataFrame:
        """Return the parameters of the kept particles, shape (kept, parameters)."""
        designs = self.shares.index.get_level_values("design").to_numpy()[self.kept]
        return self.draws.iloc[designs].reset_index(drop=True)

    def thinned(self) -> pd.DataFrame:
        """Return as many draws of the posterior as the study asks for, drawn with replacement."""
        posterior = self.posterior()
        rng = np.random.default_rng(self.study.seed)
        rows = rng.choice(len(posterior), self.study.posterior_draws)
        return posterior.iloc[rows].reset_index(drop=True)

    def parameters(self) -> pd.DataFrame:
        """Return prior and posterior of each parameter.

        Returns
        -------
        DataFrame
            Index ``parameter``; medians and 90 % intervals before and after, and ``learned``: the
            share by which the interval (of ranks under the prior) has become narrower. About 0
            means that the reports say nothing on the parameter.
        """
        posterior = self.posterior()
        rows = {}
        for key, prior in self.study.priors.items():
            low, middle, high = prior.quantile(np.array([0.05, 0.5, 0.95]))
            after = posterior[key].quantile([0.05, 0.5, 0.95]).to_numpy()
            ranks = self.draws[key].rank(pct=True).to_numpy()
            order = np.sort(self.draws[key].to_numpy())
            width = np.ptp(np.searchsorted(order, after[[0, 2]])) / len(ranks)
            rows[key] = {
                "prior_median": middle,
                "prior_low": low,
                "prior_high": high,
                "posterior_median": after[1],
                "posterior_low": after[0],
                "posterior_high": after[2],
                "learned": max(0.0, 1.0 - width / 0.9),
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("parameter")

    def fit(self, level: float = 0.9) -> pd.DataFrame:
        """Return how the kept particles fare against the reports they were chosen by."""
        rows = {
            outcome.label: scored(self.shares[outcome.label].to_numpy()[self.kept], outcome, level)
            for outcome in self.outcomes
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")

    def left_out(self, level: float = 0.9) -> pd.DataFrame:
        """Return how each programme is predicted from the reports of the others."""
        return leave_one_out(self.shares, self.outcomes, self.study.kept, level)

    def uncalibrated(self, level: float = 0.9) -> pd.DataFrame:
        """Return how each programme is predicted from the prior alone."""
        rows = {
            outcome.label: scored(self.shares[outcome.label].to_numpy(), outcome, level)
            for outcome in self.outcomes
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")

    def words(self) -> list[str]:
        """Return what the calibration says, in sentences."""
        table = self.parameters()
        learned = table[table["learned"] >= LEARNED].sort_values("learned", ascending=False)
        left = self.left_out()
        figures = left["covered"].notna()
        said = [key.removeprefix("behaviour.") for key in learned.index]
        few = len(self.kept) < FEW
        return [
            f"The reports narrow {len(said)} of {len(table)} parameters by a quarter or more"
            + (f": {', '.join(said)}." if said else "."),
            f"Predicted from the other programmes, "
            f"{int(left.loc[figures, 'covered'].sum())} of {int(figures.sum())} reported figures "
            f"lie inside the 90 % interval, and {int(left.loc[~figures, 'agrees'].sum())} of "
            f"{int((~figures).sum())} reports in words are given a probability of 10 % or more.",
            *[
                f"Only {len(self.kept)} particles were kept: intervals of so few are narrower than "
                "what the reports can tell. Take more draws."
            ]
            * few,
        ]

    @property
    def plot(self) -> CalibrationPlots:
        """Pictures of the calibration."""
        from smpsim.plots.validation_plots import CalibrationPlots

        return CalibrationPlots(self)


def prepared(study: CalibrationStudy, reports: Reports) -> Prepared:
    """Check all draws of a study in all situations that are reported on.

    Raises
    ------
    ScenarioError
        With every draw that is not valid.
    """
    outcomes = reports.outcomes
    return prepare(
        [Situation(group[0].scenario, group[0].set) for group in situations(outcomes).values()],
        study.prior_draws(),
        study.replications,
        study.seed,
        sorted({column for outcome in outcomes for column in outcome.columns}),
    )


def calibrate(
    study: CalibrationStudy | str | Path,
    reports: Reports | str | Path | None = None,
    *,
    draws: int | None = None,
    own_outcomes: Sequence[OwnOutcome] = (),
    folder: str | Path | None = None,
    threads: int | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
) -> Calibration:
    """Fit shared parameters to reported outcomes by approximate Bayesian computation.

    Parameters
    ----------
    study : CalibrationStudy, str or Path
        A study, its name in the catalogue, or its file.
    reports : Reports, str or Path, optional
        Or the file of them; the catalogue's when left out.
    draws : int, optional
        Draws from the prior, instead of the study's.
    own_outcomes : sequence of Outcome
        Outcomes of your own, which the reports may count (see `smpsim.Outcome`).
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
    if draws is not None:
        whole("draws", draws)
        plan = CalibrationStudy.model_validate(plan.model_dump() | {"draws": draws})
    known = reports if isinstance(reports, Reports) else load_reports(reports)
    runs = prepared(plan, known).run(
        None if folder is None else Path(folder), threads=threads, fresh=fresh, progress=progress
    )
    return fitted(plan, known, runs)


def fitted(study: CalibrationStudy, reports: Reports, runs: Simulated) -> Calibration:
    """Return the calibration that runs of what `prepared` gives come to."""
    outcomes = tuple(reports.outcomes)
    table = pd.DataFrame(
        {one.label: one.shares(runs.of(one.scenario, one.set)) for one in outcomes}
    )
    kept = nearest_particles(distances(table, outcomes), study.kept)
    origin = provenance(
        "calibrate",
        {
            "scenarios": whole_by_name(one.scenario for one in outcomes),
            "reports": reports.model_dump(mode="json"),
            "study": study.model_dump(mode="json"),
        },
        study=study.name,
        seed=study.seed,
        draws=study.draws,
        kept=len(kept),
    )
    return Calibration(study, outcomes, study.prior_draws(), table, kept, origin)


def write(found: Calibration, where: Path, pictures: bool = True) -> list[Path]:
    """Write tables, pictures and the draws that `validate` predicts with, all or none.

    Raises
    ------
    StoreError
        If the folder can't be written to or the disk is full.
    """
    from smpsim.plots.style import png

    particles = found.shares.assign(kept=np.isin(np.arange(len(found.shares)), found.kept))
    return write_tables(
        {
            "posterior": found.thinned,
            "parameters": found.parameters,
            "fit": found.fit,
            "left_out": found.left_out,
            "uncalibrated": found.uncalibrated,
            "particles": lambda: particles,
        },
        found.provenance,
        where,
        "csv",
        extra={name: png(getattr(found.plot, Path(name).stem)()) for name in PICTURES if pictures},
    )


def runs_of(study: CalibrationStudy, reports: Reports) -> int:
    """Return how many runs a calibration takes."""
    return len(situations(reports.outcomes)) * study.draws * study.replications
