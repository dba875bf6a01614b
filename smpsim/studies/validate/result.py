"""What a validation has found: predictions beside reports, and how patterns fare."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.study_result import Drawing, StudyResult, Tables, rows_for_json
from smpsim.studies.validate.about import ABOUT
from smpsim.studies.validate.measures import ends_in_unit, name_of
from smpsim.studies.validate.patterns import (
    HOLDS,
    Finding,
    verdict_of_pattern,
)
from smpsim.studies.validate.patterns import LEVEL as PATTERN_LEVEL
from smpsim.studies.validate.scores import LEVEL, and_reports_in_words

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.validate.plots import ValidationPlots


@dataclass(frozen=True, repr=False, eq=False)
class Validation(StudyResult):
    """Predictions beside reports.

    Attributes
    ----------
    programmes : DataFrame
        Index ``scenario``; means and prediction intervals of `SHOWN`, the plan, and the placed
        against it.
    outcomes : DataFrame
        Index ``outcome``; what is reported, what is predicted, and the scores.
    sizes, withheld : DataFrame
        Counts without a total, and predictions of what is withheld.
    patterns : dict of str to list of Finding
    level : float
        Of the prediction intervals.
    draws, runs : int
        Plausible worlds, and runs in each: one.
    provenance : dict
        Where it comes from and all that runs it again (see `smpsim.results.provenance`).
    scenarios : dict of str to Scenario
        The programmes as they are, by name.
    """

    VERB = "validate"
    ABOUT = ABOUT
    TABLES = ("outcomes", "programmes", "sizes", "withheld", "patterns")
    READ = TABLES
    PICTURES = ("outcomes", "series", "programmes")

    programmes: pd.DataFrame = field(repr=False)
    outcomes: pd.DataFrame = field(repr=False)
    sizes: pd.DataFrame = field(repr=False)
    withheld: pd.DataFrame = field(repr=False)
    patterns: dict[str, list[Finding]] = field(repr=False)
    level: float = LEVEL
    draws: int = 0
    runs: int = 0
    seed: int = 1
    shares: dict[str, np.ndarray] = field(default_factory=dict, repr=False)
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)
    scenarios: dict[str, Scenario] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return (
            f"Validation({len(self.programmes)} programmes, {len(self.outcomes)} reported "
            f"outcomes, {len(self.patterns)} patterns)"
        )

    @property
    def of_what(self) -> str:
        """What predictions are made of, in words."""
        drawn = "plausible worlds" if "parameters" in self.provenance else "runs at the centre"
        return f"{self.draws:,} {drawn}, seed {self.seed}"

    def coverage(self) -> pd.Series:
        """Return how many reports agree with the predictions, and the mean scores."""
        table = self.outcomes
        figures = table["covered"].notna()
        return pd.Series(
            {
                "reported figures": int(figures.sum()),
                "inside the prediction interval": int(table.loc[figures, "covered"].sum()),
                "mean interval score": table["interval_score"].mean(),
                "reports in words": int((~figures).sum()),
                "given a probability of a tenth or more": int(table.loc[~figures, "agrees"].sum()),
                "mean Brier score": table["brier_score"].mean(),
            }
        )

    @property
    def tables(self) -> Tables:
        """All tables by name."""
        return Tables(
            {
                "outcomes": lambda: self.outcomes,
                "programmes": lambda: self.programmes,
                "sizes": lambda: self.sizes.set_index("scenario"),
                "withheld": lambda: self.withheld.set_index("scenario"),
                "patterns": lambda: self.pattern_table().set_index("pattern"),
            }
        )

    def pattern_table(self) -> pd.DataFrame:
        """Return one row for each expectation with its value, interval and verdict."""
        rows = [
            {
                "pattern": name,
                "scenario": name_of(one.expectation.scenario),
                "expectation": one.expectation.says,
                "value": one.value,
                "ci_low": one.low,
                "ci_high": one.high,
                "level": PATTERN_LEVEL,
                "verdict": one.verdict,
            }
            for name, findings in self.patterns.items()
            for one in findings
        ]
        columns = [
            "pattern",
            "scenario",
            "expectation",
            "value",
            "ci_low",
            "ci_high",
            "level",
            "verdict",
        ]
        return pd.DataFrame(rows, columns=columns)

    @property
    def sentences(self) -> list[str]:
        """How many reports agree, which do not, and which patterns hold."""
        counts = self.coverage()
        found = [
            f"{counts['inside the prediction interval']:.0f} of "
            f"{counts['reported figures']:.0f} reported figures lie inside the "
            f"{100 * self.level:.0f} % prediction interval"
            + and_reports_in_words(
                counts["given a probability of a tenth or more"], counts["reports in words"], "; "
            ),
        ]
        for label, row in self.outcomes.iterrows():
            if not row["agrees"]:
                reason = f" Likely reason: {row['likely_reason']}" if row["likely_reason"] else ""
                found.append(
                    f"Wrong: {label}: reported {row['reported']}, predicted "
                    f"{ends_in_unit(row['run_low'], row['run_high'], row['unit'])}.{reason}"
                )
        for name, findings in self.patterns.items():
            found.append(f"{name}: {verdict_of_pattern(findings)}.")
            found += [f"- {one.words().rstrip('.')}." for one in findings if one.verdict != HOLDS]
        return found

    @property
    def pictures(self) -> dict[str, Drawing]:
        """Functions by name that draw its pictures: those that there is something to show in."""
        from smpsim.studies.validate.series_plot import drawable

        shown = {
            "outcomes": bool((self.outcomes["unit"] == "").any()),
            "series": bool(drawable(self.outcomes)),
            "programmes": bool((self.programmes["planned"] > 0).any()),
        }
        return {name: getattr(self.plot, name) for name in self.PICTURES if shown[name]}

    @property
    def plot(self) -> ValidationPlots:
        """Pictures of the validation."""
        from smpsim.studies.validate.plots import ValidationPlots

        return ValidationPlots(self)

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        rows = {name: rows_for_json(table) for name, table in self.tables.items()}
        return {**self.provenance, **rows, "finding": self.sentences}
