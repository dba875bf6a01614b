"""What is reported about real programmes, and how it is read from runs of a scenario.

``scenarios/validation.yaml`` states it, apart from the scenarios, so that no outcome can slip
into what is to predict it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import model_validator

from smpsim.messages import nearest, shown_list
from smpsim.results.outcomes import divided, known_outcomes
from smpsim.scenario import load, names
from smpsim.scenario.catalogue import folder
from smpsim.scenario.checked_files import read_sheet
from smpsim.scenario.fields import Section, described
from smpsim.scenario.keypaths import KeyPath, overlapping
from smpsim.scenario.problems import ScenarioError
from smpsim.scenario.schema_errors import Finding, problems_of

PLAN = "plan"
MOST_FINDINGS = 100


class Figure(Section):
    """A reported figure: a share, or a bound that words were read as."""

    share: float | None = described(None, "share", "Reported share", ge=0)
    at_most: float | None = described(None, "share", "Largest share that agrees with it", ge=0)
    at_least: float | None = described(None, "share", "Smallest share that agrees with it", ge=0)
    people: int | None = described(None, "people", "People the share is of, if known", gt=0)

    @model_validator(mode="after")
    def _one_kind(self) -> Figure:
        bounds = self.at_most is not None or self.at_least is not None
        if bounds == (self.share is not None):
            raise ValueError("share: found it beside a bound or neither, allowed: one of the two")
        return self

    @property
    def is_bound(self) -> bool:
        """Whether words were read as a bound."""
        return self.share is None

    @property
    def region(self) -> tuple[float, float]:
        """Shares that agree with the report."""
        if self.share is not None:
            return self.share, self.share
        low = 0.0 if self.at_least is None else self.at_least
        return low, np.inf if self.at_most is None else self.at_most

    def words(self) -> str:
        """Return the figure as a table shows it."""
        if self.share is not None:
            return f"{100 * self.share:.3g} %"
        low, high = self.region
        parts = [f"at least {100 * low:.3g} %"] if low > 0 else []
        if np.isfinite(high):
            parts.append(f"at most {100 * high:.3g} %")
        return ", ".join(parts)


class Measured(Section):
    """How a figure is counted in runs of a scenario."""

    scenario: str = described(..., "name", "Scenario of the catalogue")
    count: list[str] = described(..., "names", "Outcomes that are added up", min_length=1)
    source: str = described(..., "text", "Where it is reported")


class Ratio(Measured):
    """A count divided by another."""

    of: list[str] | Literal["plan"] = described(
        ..., "names", "Outcomes whose sum it is divided by, or the planned placements"
    )
    set: dict[str, Any] = described({}, "values", "Values to set, such as the month of the report")

    @model_validator(mode="after")
    def _of_something(self) -> Ratio:
        if not self.of:
            raise ValueError(f"of: found [], allowed: a list of names, not empty, or {PLAN}")
        return self

    def shares(self, runs: pd.DataFrame) -> pd.Series:
        """Return the share in each run, not a number where there is none or it can't be seen yet.

        Parameters
        ----------
        runs : DataFrame
            A row for each design, replication and programme; several programmes are added up.

        Returns
        -------
        Series
            Index ``design``, ``replication``.
        """
        counted = runs
        if self.of == PLAN:
            # programmes without a plan can't miss it
            counted = runs[runs["shortfall"].notna()]
        # a total with a part that is missing is missing
        parts = max(counted["programme"].nunique(), 1) if "programme" in counted else 1
        groups = counted.groupby(["design", "replication"])[list(self.columns)]
        total = groups.sum(min_count=parts)
        below = ["shortfall", "placed"] if self.of == PLAN else list(self.of)
        # the planned placements are what was placed and what is missing
        top = total[self.count].sum(axis=1, skipna=False).to_numpy(float)
        bottom = total[below].sum(axis=1, skipna=False).to_numpy(float)
        return pd.Series(divided(top, bottom), index=total.index)

    @property
    def label(self) -> str:
        """A name by which tables tell ratios apart."""
        return f"{self.scenario}: {' + '.join(self.count)}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The outcomes that are needed."""
        below = ("shortfall", "placed") if self.of == PLAN else tuple(self.of)
        return tuple(dict.fromkeys((*self.count, *below)))


class Outcome(Ratio):
    """A reported outcome that predictions are scored against."""

    name: str = described(..., "text", "What is reported, in a few words")
    reported: Figure = described(..., "section", "The figure")
    reading: str = described("", "text", "How words were read as numbers")
    likely_reason: str = described("", "text", "Why the model may get it wrong")

    @property
    def label(self) -> str:
        """Scenario and name, by which tables tell outcomes apart."""
        return f"{self.scenario}: {self.name}"


class Size(Measured):
    """A count without a total: how large a programme was, not how well it did."""

    people: int = described(..., "people", "How many are reported", gt=0)
    what: str = described(..., "text", "Who was counted")


class Withheld(Ratio):
    """An outcome that is not known here and is predicted beforehand."""

    what: str = described(..., "text", "What is predicted")

    @property
    def label(self) -> str:
        """Scenario and what is predicted."""
        return f"{self.scenario}: {self.what}"


class Expectation(Section):
    """What must be seen in runs of a scenario for a pattern to hold."""

    scenario: str = described(..., "name", "Scenario of the catalogue")
    says: str = described(..., "text", "What is expected, in words")
    outcome: str = described(..., "name", "Outcome that is looked at")
    set: dict[str, Any] = described({}, "values", "Values to set in the scenario")
    than: dict[str, Any] | None = described(
        None, "values", "Values of the design it is compared with; null: a level is asked for"
    )
    at_least: float | None = described(None, "number", "Smallest mean, or smallest ratio of means")
    at_most: float | None = described(None, "number", "Largest mean, or largest ratio of means")
    likely_reason: str = described("", "text", "Why the model may not show it")
    of_plan: bool = described(False, "yes or no", "Divide the outcome by the planned placements")

    @model_validator(mode="after")
    def _some_bound(self) -> Expectation:
        if self.at_least is None and self.at_most is None:
            raise ValueError("at_least: found neither at_least nor at_most, allowed: one or both")
        return self


class Pattern(Section):
    """Something known of a kind of programme, as expectations of the model."""

    name: str = described(..., "text", "Short name")
    known: str = described(..., "text", "What is known from the field")
    source: str = described(..., "text", "Where it is known from")
    expect: list[Expectation] = described(..., "sections", "What must be seen", min_length=1)


class Reports(Section):
    """All that is reported: the content of ``validation.yaml``."""

    outcomes: list[Outcome] = described([], "sections", "Outcomes that are scored")
    sizes: list[Size] = described([], "sections", "Counts that are shown")
    withheld: list[Withheld] = described([], "sections", "Outcomes predicted beforehand")
    patterns: list[Pattern] = described([], "sections", "What is known of kinds of programmes")


def load_reports(path: str | Path | None = None) -> Reports:
    """Read reported outcomes.

    Parameters
    ----------
    path : str or Path, optional
        The catalogue's ``validation.yaml`` when left out.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key.
    """
    file = folder() / "validation.yaml" if path is None else Path(path)
    reports, document = read_sheet(file, Reports)
    findings = list(islice(_findings(reports), MOST_FINDINGS))
    if findings:
        raise ScenarioError(problems_of(findings, document))
    return reports


def _findings(reports: Reports) -> Iterator[Finding]:
    """Yield what the schema can't see: names that do not exist, and values that do not fit."""
    scenarios = {entry.name: None for entry in names()}
    yield from _unknown_names(reports, scenarios)
    for path, scenario, values in _settings(reports):
        if scenario in scenarios and values:
            yield from _refused(path, scenario, values)


def _settings(reports: Reports) -> Iterator[tuple[KeyPath, str, dict[str, Any]]]:
    """Yield where values are set, in which scenario, and which."""
    for part in ("outcomes", "withheld"):
        for place, one in enumerate(getattr(reports, part)):
            yield (part, place, "set"), one.scenario, one.set
    for place, pattern in enumerate(reports.patterns):
        for n, expected in enumerate(pattern.expect):
            at = ("patterns", place, "expect", n)
            yield (*at, "set"), expected.scenario, expected.set
            yield (*at, "than"), expected.scenario, expected.than or {}


def _refused(path: KeyPath, scenario: str, values: dict[str, Any]) -> Iterator[Finding]:
    """Yield what a scenario says of values that are set in it, at the key at fault."""
    try:
        load(scenario, values)
    except ScenarioError as error:
        for problem in error.problems:
            key = next((one for one in values if overlapping(one, problem.key)), None)
            here = path if key is None else (*path, key)
            yield Finding(here, f"{problem.message} (scenario {scenario})", "key")


def _unknown_names(reports: Reports, scenarios: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each outcome or scenario that does not exist."""
    known = known_outcomes()
    for part in ("outcomes", "sizes", "withheld"):
        for place, one in enumerate(getattr(reports, part)):
            if one.scenario not in scenarios:
                yield _unknown((part, place, "scenario"), one.scenario, scenarios)
            for key in ("count", "of"):
                found = getattr(one, key, [])
                for n, name in enumerate([] if found == PLAN else found):
                    if name not in known:
                        yield _unknown((part, place, key, n), name, known)
    for place, pattern in enumerate(reports.patterns):
        for n, one in enumerate(pattern.expect):
            at = ("patterns", place, "expect", n)
            if one.scenario not in scenarios:
                yield _unknown((*at, "scenario"), one.scenario, scenarios)
            if one.outcome not in known:
                yield _unknown((*at, "outcome"), one.outcome, known)


def _unknown(path: tuple[str | int, ...], name: str, known: Any) -> Finding:
    return Finding(path, f"found {name!r}, allowed: {shown_list(known)}{nearest(name, known)}")
