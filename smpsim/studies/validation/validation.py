"""Validation: every programme run, and what is reported set beside what is predicted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.estimates import Estimates
from smpsim.results.provenance import provenance
from smpsim.scenario import load, names
from smpsim.scenario.asked import several, whole
from smpsim.studies.validation.approximate_bayes import scored
from smpsim.studies.validation.patterns import (
    HOLDS,
    Finding,
    put_to_test,
    situations_of,
    verdict_of_pattern,
)
from smpsim.studies.validation.prediction import Situation, load_draws, simulate, whole_by_name
from smpsim.studies.validation.reported import Outcome, Pattern, Reports, load_reports
from smpsim.studies.validation.scoring import LEVEL, interval, sampled_shares

if TYPE_CHECKING:
    from smpsim.plots.validation_plots import ValidationPlots

Progress = Callable[[int], None]
SHOWN = ("enrolled", "graduated", "placed", "cost_per_placement")
DRAWS, REPLICATIONS = 50, 4


@dataclass(frozen=True, repr=False)
class Validation:
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
    draws, replications : int
        Draws of the parameters, and runs of each.
    provenance : dict
        Where it comes from and all that runs it again (see `smpsim.results.provenance`).
    """

    programmes: pd.DataFrame = field(repr=False)
    outcomes: pd.DataFrame = field(repr=False)
    sizes: pd.DataFrame = field(repr=False)
    withheld: pd.DataFrame = field(repr=False)
    patterns: dict[str, list[Finding]] = field(repr=False)
    level: float = LEVEL
    draws: int = 0
    replications: int = 0
    seed: int = 1
    shares: dict[str, np.ndarray] = field(default_factory=dict, repr=False)
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return (
            f"Validation({len(self.programmes)} programmes, {len(self.outcomes)} reported "
            f"outcomes, {len(self.patterns)} patterns)"
        )

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

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return all tables by name."""
        return {
            "outcomes": self.outcomes,
            "programmes": self.programmes,
            "sizes": self.sizes.set_index("scenario"),
            "withheld": self.withheld.set_index("scenario"),
            "patterns": self.pattern_table().set_index("pattern"),
        }

    def pattern_table(self) -> pd.DataFrame:
        """Return one row for each expectation with its value, interval and verdict."""
        rows = [
            {
                "pattern": name,
                "scenario": one.expectation.scenario,
                "expectation": one.expectation.says,
                "value": one.value,
                "low": one.low,
                "high": one.high,
                "verdict": one.verdict,
            }
            for name, findings in self.patterns.items()
            for one in findings
        ]
        columns = ["pattern", "scenario", "expectation", "value", "low", "high", "verdict"]
        return pd.DataFrame(rows, columns=columns)

    def words(self) -> list[str]:
        """Return what the validation says, in sentences."""
        counts = self.coverage()
        found = [
            f"{counts['inside the prediction interval']:.0f} of "
            f"{counts['reported figures']:.0f} reported figures lie inside the "
            f"{100 * self.level:.0f} % prediction interval; "
            f"{counts['given a probability of a tenth or more']:.0f} of "
            f"{counts['reports in words']:.0f} reports in words are given a probability of 10 % "
            "or more.",
        ]
        for label, row in self.outcomes.iterrows():
            if not row["agrees"]:
                reason = f" Likely reason: {row['likely_reason']}" if row["likely_reason"] else ""
                found.append(
                    f"Wrong: {label}: reported {row['reported']}, predicted "
                    f"{percent(row['low'])} to {percent(row['high'])}.{reason}"
                )
        for name, findings in self.patterns.items():
            found.append(f"{name}: {verdict_of_pattern(findings)}.")
            found += [f"- {one.words()}." for one in findings if one.verdict != HOLDS]
        return found

    @property
    def plot(self) -> ValidationPlots:
        """Pictures of the validation."""
        from smpsim.plots.validation_plots import ValidationPlots

        return ValidationPlots(self)


def percent(share: float) -> str:
    """Return a share in per cent, as many digits as matter."""
    return f"{100 * share:.3g} %" if np.isfinite(share) else "-"


def programme_names() -> list[str]:
    """Return the programmes of the catalogue."""
    return [entry.name for entry in names() if entry.kind == "programmes"]


def validate(
    reports: Reports | str | Path | None = None,
    *,
    programmes: Sequence[str] | None = None,
    draws: pd.DataFrame | int = DRAWS,
    parameters: str | Path | None = None,
    replications: int = REPLICATIONS,
    seed: int = 1,
    level: float = LEVEL,
    patterns: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Validation:
    """Run the programmes of the catalogue and set what they predict beside what is reported.

    Parameters
    ----------
    reports : Reports, str or Path, optional
        Or the file of them; the catalogue's ``validation.yaml`` when left out.
    programmes : sequence of str, optional
        Scenarios to run; all programmes when left out.
    draws : DataFrame or int
        Draws of the shared parameters, or how many of the calibrated ones: a prediction interval
        holds what is not known of the parameters and of chance.
    parameters : str or Path, optional
        CSV file of draws; the catalogue's calibration when left out.
    replications : int
        Runs of each draw.
    seed : int
        Seed of all luck.
    level : float
        Of the prediction intervals.
    patterns : bool
        Put the patterns to the test too.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Validation

    Raises
    ------
    ScenarioError
        If a report or a scenario is not valid.
    """
    whole("replications", replications)
    whole("seed", seed, 0, 2**63)
    known = reports if isinstance(reports, Reports) else load_reports(reports)
    chosen = list(programme_names() if programmes is None else several("programmes", programmes))
    table = load_draws(parameters, draws) if isinstance(draws, int) else draws
    tried = [one for one in known.patterns if patterns and _within(one, chosen)]
    wanted = list(_wanted(known, chosen, tried))
    origin = provenance(
        "validate",
        {
            "scenarios": whole_by_name([*chosen, *(one.scenario for one in wanted)]),
            "reports": known.model_dump(mode="json"),
            "draws": table.to_dict("list"),
            "options": {
                "programmes": chosen,
                "replications": replications,
                "seed": seed,
                "level": level,
                "patterns": patterns,
            },
        },
        study="validation",
        seed=seed,
        draws=len(table),
        replications=replications,
    )
    runs = simulate(
        wanted,
        table,
        replications,
        seed,
        threads=threads,
        progress=progress,
    )
    plain = {name: runs.of(name) for name in chosen}
    shares = {
        ratio.label: ratio.shares(runs.of(ratio.scenario, ratio.set)).to_numpy()
        for ratio in (*known.outcomes, *known.withheld)
        if ratio.scenario in chosen
    }
    rng = np.random.default_rng(seed)
    rows = []
    for one in known.outcomes:
        if one.label in shares:
            seen = sampled_shares(shares[one.label], one.reported.people, rng)
            shares[one.label] = seen
            rows.append(_row(one, seen, level))
    tested = {pattern.name: put_to_test(pattern, runs) for pattern in tried}
    every = pd.DataFrame([_programme(name, plain[name], level) for name in chosen])
    return Validation(
        programmes=every.set_index("scenario"),
        outcomes=pd.DataFrame(rows, columns=OUTCOME_COLUMNS).set_index("outcome"),
        sizes=_sizes(known, plain, level),
        withheld=_withheld(known, shares, level),
        patterns=tested,
        level=level,
        draws=len(table),
        replications=replications,
        seed=seed,
        shares=shares,
        provenance=origin,
    )


def _within(pattern: Pattern, programmes: Sequence[str]) -> bool:
    """Return whether all that a pattern looks at is run."""
    return all(one.scenario in programmes for one in pattern.expect)


def _wanted(
    reports: Reports, programmes: Sequence[str], patterns: Iterable[Pattern]
) -> Iterator[Situation]:
    """Yield what must be run, some of it more than once."""
    yield from (Situation(name) for name in programmes)
    for ratio in (*reports.outcomes, *reports.withheld):
        if ratio.scenario in programmes:
            yield Situation(ratio.scenario, ratio.set)
    for pattern in patterns:
        yield from situations_of(pattern)


def runs_of(reports: Reports, draws: int, replications: int, patterns: bool = True) -> int:
    """Return how many runs the validation of all programmes takes."""
    chosen = programme_names()
    tried = [one for one in reports.patterns if patterns and _within(one, chosen)]
    labels = {one.label for one in _wanted(reports, chosen, tried)}
    return len(labels) * draws * replications


OUTCOME_COLUMNS = (
    "outcome",
    "scenario",
    "reported",
    "reported_low",
    "reported_high",
    "median",
    "low",
    "high",
    "runs",
    "runs_used",
    "covered",
    "interval_score",
    "probability",
    "brier_score",
    "agrees",
    "reading",
    "likely_reason",
    "source",
)


def _row(one: Outcome, shares: np.ndarray, level: float) -> dict[str, Any]:
    low, high = one.reported.region
    return {
        "outcome": one.label,
        "scenario": one.scenario,
        "reported": one.reported.words(),
        "reported_low": low,
        "reported_high": high,
        **scored(shares, one, level),
        "reading": one.reading,
        "likely_reason": one.likely_reason,
        "source": one.source,
    }


def _programme(name: str, runs: pd.DataFrame, level: float) -> dict[str, Any]:
    """Return means and prediction intervals of a scenario, its programmes together."""
    columns = ["enrolled", "graduated", "placed", "cost_total", "shortfall"]
    total = runs.groupby(["design", "replication"])[columns].sum(min_count=1)
    total["cost_per_placement"] = (total["cost_total"] / total["placed"]).where(total["placed"] > 0)
    means = Estimates.of(total)
    planned = runs[runs["shortfall"].notna()]
    first = planned[(planned["design"] == 0) & (planned["replication"] == 0)]
    plan = (first["shortfall"] + first["placed"]).sum(min_count=1)
    row: dict[str, Any] = {"scenario": name, "title": load(name).name, "planned": plan}
    for outcome in SHOWN:
        low, high = interval(total[outcome].to_numpy(float), level)
        row |= {outcome: means.mean(outcome), f"{outcome}_low": low, f"{outcome}_high": high}
    return row


def _sizes(reports: Reports, plain: dict[str, pd.DataFrame], level: float) -> pd.DataFrame:
    rows = []
    for one in reports.sizes:
        if one.scenario in plain:
            runs = plain[one.scenario].groupby(["design", "replication"])[one.count].sum()
            values = runs.sum(axis=1).to_numpy(float)
            low, high = interval(values, level)
            rows.append(
                {
                    "scenario": one.scenario,
                    "what": one.what,
                    "reported": one.people,
                    "median": float(np.median(values)),
                    "low": low,
                    "high": high,
                    "source": one.source,
                }
            )
    columns = ["scenario", "what", "reported", "median", "low", "high", "source"]
    return pd.DataFrame(rows, columns=columns)


def _withheld(reports: Reports, shares: dict[str, np.ndarray], level: float) -> pd.DataFrame:
    rows = []
    for one in reports.withheld:
        if one.label in shares:
            values = shares[one.label]
            low, high = interval(values, level)
            known = values[np.isfinite(values)]
            rows.append(
                {
                    "scenario": one.scenario,
                    "what": one.what,
                    "median": float(np.median(known)) if len(known) else float("nan"),
                    "low": low,
                    "high": high,
                    "source": one.source,
                }
            )
    return pd.DataFrame(rows, columns=["scenario", "what", "median", "low", "high", "source"])
