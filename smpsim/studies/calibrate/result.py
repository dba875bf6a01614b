"""What a calibration has found: draws, what they give, and which were kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from smpsim.results.study_result import StudyResult, Tables, rows_for_json
from smpsim.scenario.parameters import shared_ranges
from smpsim.scenario.ranges import FARTHEST
from smpsim.studies.calibrate.about import ABOUT
from smpsim.studies.calibrate.adjustment import Adjustment
from smpsim.studies.calibrate.approximate_bayes import leave_one_out
from smpsim.studies.calibrate.forecasts import compared, sentences_of
from smpsim.studies.calibrate.naive import naive
from smpsim.studies.calibrate.study import CalibrationStudy
from smpsim.studies.validate.reports import ReportedOutcome
from smpsim.studies.validate.scores import and_reports_in_words, scored

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.calibrate.plots import CalibrationPlots

FEW = 50  # particles of which an interval by ranks says little


FARTHEST_SCORE = float(-ndtri(FARTHEST))
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
    adjustment : Adjustment, optional
        How worlds were moved, where all likely ranges are fitted.
    scenarios : dict of str to Scenario
        Those that are reported on, by name.
    """

    VERB = "calibrate"
    ABOUT = ABOUT
    STORES = ("",)
    TABLES = (
        "posterior",
        "parameters",
        "fit",
        "left_out",
        "uncalibrated",
        "naive",
        "forecasts",
        "particles",
    )
    READ = ("parameters", "fit", "left_out", "naive", "forecasts")
    PICTURES = ("parameters", "left_out")

    study: CalibrationStudy
    outcomes: tuple[ReportedOutcome, ...]
    draws: pd.DataFrame = field(repr=False)
    shares: pd.DataFrame = field(repr=False)
    kept: np.ndarray = field(repr=False)
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)
    adjustment: Adjustment | None = field(default=None, repr=False)
    scenarios: dict[str, Scenario] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"Calibration({self.study.name!r}, {len(self.kept)} of {len(self.shares)} kept)"

    @property
    def runs(self) -> int:
        """Runs of each draw and programme."""
        return self.study.replications

    @property
    def seed(self) -> int:
        """Seed of all random draws."""
        return self.study.seed

    @property
    def of_what(self) -> str:
        """What the posterior is made of, in words."""
        worlds = len(self.shares)
        if self.adjustment is not None:
            return f"{worlds:,} worlds adjusted to the reports"
        return f"{len(self.kept):,} worlds kept of {worlds:,}"

    def posterior(self) -> pd.DataFrame:
        """Return the parameters of the kept particles, shape (kept, parameters)."""
        if self.adjustment is not None:
            ranges = shared_ranges()
            scores = np.clip(self.adjustment.parameters(), -FARTHEST_SCORE, FARTHEST_SCORE)
            return pd.DataFrame(
                {
                    key: [ranges[str(key)].at(float(one)) for one in scores[:, place]]
                    for place, key in enumerate(self.draws)
                }
            )
        designs = self.shares.index.get_level_values("design").to_numpy()[self.kept]
        return self.draws.iloc[designs].reset_index(drop=True)

    def thinned(self) -> pd.DataFrame:
        """Return as many draws of the posterior as the study asks for, drawn with replacement."""
        posterior = self.posterior()
        rng = np.random.default_rng(self.study.seed)
        fewer = self.adjustment is not None and len(posterior) >= self.study.posterior_draws
        # each of the worlds that were moved is a draw of its own
        rows = rng.choice(len(posterior), self.study.posterior_draws, replace=not fewer)
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
        ranges = {} if self.study.priors else shared_ranges()
        for key in map(str, self.draws):
            if self.study.priors:
                low, middle, high = self.study.priors[key].quantile(np.array([0.05, 0.5, 0.95]))
            else:
                low, middle, high = ranges[key].low, ranges[key].centre, ranges[key].high
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
            outcome.label: scored(self._fitted(place, outcome), outcome, level)
            for place, outcome in enumerate(self.outcomes)
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")

    def _drawn(self, place: int, outcome: ReportedOutcome) -> np.ndarray:
        if self.adjustment is not None:
            return self.adjustment.found.values[:, place]
        return self.shares[outcome.label].to_numpy()

    def _fitted(self, place: int, outcome: ReportedOutcome) -> np.ndarray:
        if self.adjustment is not None:
            return self.adjustment.predicted(place)
        return self.shares[outcome.label].to_numpy()[self.kept]

    def left_out(self, level: float = 0.9) -> pd.DataFrame:
        """Return how each programme is predicted from the reports of the others."""
        if self.adjustment is None:
            return leave_one_out(self.shares, self.outcomes, self.study.kept, level)
        rows = {
            outcome.label: scored(
                self.adjustment.predicted(place, outcome.scenario), outcome, level
            )
            for place, outcome in enumerate(self.outcomes)
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")

    def uncalibrated(self, level: float = 0.9) -> pd.DataFrame:
        """Return how each programme is predicted from the prior alone."""
        rows = {
            outcome.label: scored(self._drawn(place, outcome), outcome, level)
            for place, outcome in enumerate(self.outcomes)
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")

    def naive(self, level: float = 0.9) -> pd.DataFrame:
        """Return how each programme is predicted from what comparable programmes report."""
        return naive(self.outcomes, level, self.study.seed)

    def forecasts(self, level: float = 0.9) -> pd.DataFrame:
        """Return how the naive forecast, the ranges alone and the calibration fare."""
        return compared(
            self.outcomes, self.naive(level), self.uncalibrated(level), self.left_out(level)
        )

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
            "lie inside the 90 % interval"
            + and_reports_in_words(left.loc[~figures, "agrees"].sum(), (~figures).sum(), ", and "),
            *sentences_of(self.forecasts()),
            *[
                f"Only {len(self.kept)} draws were kept: intervals of so few are narrower than "
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
                "naive": self.naive,
                "forecasts": self.forecasts,
                "particles": self._particles,
            }
        )

    @property
    def question(self) -> str:
        """What the study asks, if it says so, and what a calibration is for."""
        return f"{self.study.question} {self.ABOUT.question}".strip()

    def _title(self) -> str:
        return self.study.name

    def _particles(self) -> pd.DataFrame:
        return self.shares.assign(kept=np.isin(np.arange(len(self.shares)), self.kept))

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        rows = {name: rows_for_json(self.tables[name]) for name in self.READ}
        return {**self.provenance, **rows, "finding": self.sentences}
