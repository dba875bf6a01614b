"""What a calibration has found: draws, what they give, and which were kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.study_result import StudyResult, Tables, rows_for_json
from smpsim.studies.calibrate.approximate_bayes import leave_one_out
from smpsim.studies.calibrate.study import CalibrationStudy
from smpsim.studies.validate.reports import ReportedOutcome
from smpsim.studies.validate.scores import scored

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.calibrate.plots import CalibrationPlots

FEW = 50  # particles of which an interval by ranks says little


LEARNED = 0.25  # narrower by this share, a parameter is said to be narrowed


@dataclass(frozen=True, repr=False, eq=False)
class Calibration(StudyResult):
    """Particles of a calibration: draws, what they give, and which were kept.

    Attributes
    ----------
    study : CalibrationStudy
    outcomes : tuple of ReportedOutcome
        Calibrated on.
    draws : DataFrame, shape (draws, parameters)
        From the prior.
    shares : DataFrame, shape (draws * replications, outcomes)
        Index ``design``, ``replication``.
    kept : ndarray of int
        Places of the particles that are kept.
    provenance : dict
        Where it comes from and all that runs it again (see `smpsim.results.provenance`).
    scenarios : dict of str to Scenario
        Those that are reported on, by name.
    """

    TABLES = ("posterior", "parameters", "fit", "left_out", "uncalibrated", "particles")
    READ = ("parameters", "fit", "left_out")
    PICTURES = ("parameters", "left_out")

    study: CalibrationStudy
    outcomes: tuple[ReportedOutcome, ...]
    draws: pd.DataFrame = field(repr=False)
    shares: pd.DataFrame = field(repr=False)
    kept: np.ndarray = field(repr=False)
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)
    scenarios: dict[str, Scenario] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"Calibration({self.study.name!r}, {len(self.kept)} of {len(self.shares)} kept)"

    @property
    def runs(self) -> int:
        """Runs of each draw and programme."""
        return self.study.replications

    @property
    def seed(self) -> int:
        """Seed of the draws and of all luck."""
        return self.study.seed

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
            Index ``parameter``; medians and 90 % intervals (``level``) before and after, and
            ``learned``: the share by which the interval (of ranks under the prior) has become
            narrower. About 0 means that the reports say nothing on the parameter.
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
                "level": 0.9,
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

    @property
    def sentences(self) -> list[str]:
        """What the reports narrow, and how well programmes are predicted from the others."""
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
        from smpsim.studies.calibrate.plots import CalibrationPlots

        return CalibrationPlots(self)

    @property
    def tables(self) -> Tables:
        """Tables by name; ``posterior`` holds the draws that `smpsim.validate` predicts with."""
        return Tables(
            {
                "posterior": self.thinned,
                "parameters": self.parameters,
                "fit": self.fit,
                "left_out": self.left_out,
                "uncalibrated": self.uncalibrated,
                "particles": self._particles,
            }
        )

    def _particles(self) -> pd.DataFrame:
        return self.shares.assign(kept=np.isin(np.arange(len(self.shares)), self.kept))

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        rows = {name: rows_for_json(self.tables[name]) for name in self.READ}
        return {**self.provenance, **rows, "finding": self.sentences}
