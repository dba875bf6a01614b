"""What a calibration has found: draws, what they give, and which were kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy.special import ndtri

from smpsim.results.study_result import Drawing, StudyResult, Tables, rows_for_json
from smpsim.scenario.ranges import FARTHEST
from smpsim.studies.calibrate.about import ABOUT
from smpsim.studies.calibrate.adjustment import Adjustment, one_programme
from smpsim.studies.calibrate.forecasts import compared, sentences_of
from smpsim.studies.calibrate.naive import naive
from smpsim.studies.calibrate.study import CalibrationStudy, Priors, at_scores
from smpsim.studies.validate.reports import ReportedOutcome
from smpsim.studies.validate.scores import and_reports_in_words, scored

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.calibrate.plots import CalibrationPlots

FARTHEST_SCORE = float(-ndtri(FARTHEST))
LEARNED = 0.25  # narrower by this share, a parameter is said to be narrowed
ALONE = (
    "All reports are on one programme, so how far the model errs cannot be seen: no programme can "
    "be predicted from others. To fit the catalogue's reports too, add them (--reports validation)."
)


@dataclass(frozen=True, repr=False, eq=False)
class Calibration(StudyResult):
    """A calibration: draws, what they give, and how they were moved to what is reported.

    Attributes
    ----------
    study : CalibrationStudy
    outcomes : tuple of ReportedOutcome
        Calibrated on.
    priors : mapping
        What is fitted, by key path.
    draws : DataFrame, shape (draws, parameters)
        From the priors.
    shares : DataFrame, shape (worlds, outcomes)
        What worlds come to. Index ``design``: the number of the draw, ``replication``: 0.
    adjustment : Adjustment
        How worlds are moved to what is reported.
    provenance : dict
        Where it comes from and all that runs it again (see `smpsim.results.provenance`).
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
        "worlds",
    )
    READ = ("parameters", "fit", "left_out", "naive", "forecasts")
    PICTURES = ("parameters", "left_out")

    study: CalibrationStudy
    outcomes: tuple[ReportedOutcome, ...]
    priors: Priors = field(repr=False)
    draws: pd.DataFrame = field(repr=False)
    shares: pd.DataFrame = field(repr=False)
    adjustment: Adjustment = field(repr=False)
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)
    scenarios: dict[str, Scenario] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return f"Calibration({self.study.name!r}, {len(self.priors)} parameters, {self.of_what})"

    @property
    def runs(self) -> int:
        """Runs of each draw and programme."""
        return 1

    @property
    def seed(self) -> int:
        """Seed of all random draws."""
        return self.study.seed

    @property
    def of_what(self) -> str:
        """What the posterior is made of, in words."""
        return f"{len(self.shares):,} worlds adjusted to the reports"

    def posterior(self) -> pd.DataFrame:
        """Return the parameters of the worlds moved to the reports, shape (worlds, parameters)."""
        return self._parameters_of(self.adjustment)

    def _parameters_of(self, adjustment: Adjustment) -> pd.DataFrame:
        scores = np.clip(adjustment.parameters(), -FARTHEST_SCORE, FARTHEST_SCORE)
        return at_scores(pd.DataFrame(scores, columns=list(self.priors)), self.priors)

    def thinned(self) -> pd.DataFrame:
        """Return as many draws of the posterior as the study asks for, drawn with replacement."""
        posterior = self.posterior()
        rng = np.random.default_rng(self.study.seed)
        fewer = len(posterior) >= self.study.posterior_draws
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
        for key, prior in self.priors.items():
            after = posterior[key].quantile([0.05, 0.5, 0.95]).to_numpy()
            rows[key] = {
                "prior_median": prior.centre,
                "prior_low": prior.low,
                "prior_high": prior.high,
                "posterior_median": after[1],
                "posterior_low": after[0],
                "posterior_high": after[2],
                "level": 0.9,
                "learned": self._narrowed(key, after[0], after[2]),
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("parameter")

    def _narrowed(self, key: str, low: float, high: float) -> float:
        """Return the share by which a 90 % interval is narrower than the prior's, in its ranks."""
        order = np.sort(self.draws[key].to_numpy())
        return max(0.0, 1.0 - float(np.ptp(np.searchsorted(order, [low, high]))) / len(order) / 0.9)

    def narrowed_by_chance(self) -> float:
        """Return by which share one parameter in twenty seems narrowed where reports say nothing.

        The same is done with parameters that have nothing to do with what the runs come to: those
        of other worlds.
        """
        other = self._parameters_of(self.adjustment.shuffled())
        ends = other.quantile([0.05, 0.95])
        found = [self._narrowed(str(key), *ends[key]) for key in other]
        return float(np.quantile(found, 0.95))

    @property
    def alone(self) -> bool:
        """Whether all figures are of one programme, so that none is predicted from others."""
        return one_programme(self.adjustment.programmes, self.adjustment.figures)

    def fit(self, level: float = 0.9) -> pd.DataFrame:
        """Return how the worlds fare against the reports that they were moved to."""
        rows = {
            outcome.label: scored(self.adjustment.predicted(place), outcome, level)
            for place, outcome in enumerate(self.outcomes)
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")

    def left_out(self, level: float = 0.9) -> pd.DataFrame:
        """Return how each programme is predicted from the reports of the others."""
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
            outcome.label: scored(self.adjustment.found.values[:, place], outcome, level)
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
        said = [key.removeprefix("behaviour.") for key in learned.index]
        narrow = [
            f"The reports narrow {len(said)} of {len(table)} parameters by a quarter or more"
            + (f": {', '.join(said)}." if said else "."),
            "Where reports say nothing, one parameter in twenty seems to be narrowed by "
            f"{100 * self.narrowed_by_chance():.0f} % or more with so many draws.",
        ]
        lone = [ALONE] if self.alone else self._predicted_from_others()
        return [*narrow, *lone]

    def _predicted_from_others(self) -> list[str]:
        left = self.left_out()
        figures = left["covered"].notna()
        return [
            f"Predicted from the other programmes, "
            f"{int(left.loc[figures, 'covered'].sum())} of {int(figures.sum())} reported figures "
            "lie inside the 90 % interval"
            + and_reports_in_words(left.loc[~figures, "agrees"].sum(), (~figures).sum(), ", and "),
            *sentences_of(self.forecasts()),
        ]

    @property
    def pictures(self) -> dict[str, Drawing]:
        """Functions by name that draw its pictures; there is none of others that do not report."""
        shown = self.PICTURES[:1] if self.alone else self.PICTURES
        return {name: getattr(self.plot, name) for name in shown}

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
                "worlds": lambda: self.shares,
            }
        )

    @property
    def question(self) -> str:
        """What the study asks, if it says so, and what a calibration is for."""
        return f"{self.study.question} {self.ABOUT.question}".strip()

    def _title(self) -> str:
        return self.study.name

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        rows = {name: rows_for_json(self.tables[name]) for name in self.READ}
        return {**self.provenance, **rows, "finding": self.sentences}
