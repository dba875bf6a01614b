"""What is reported about real programmes, and how it is read from runs of a scenario.

``scenarios/validation.yaml`` states it, apart from the scenarios, so that no outcome can slip
into what is to predict it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import model_validator

from smpsim.messages import nearest, shown_list
from smpsim.results.outcomes import known_outcomes
from smpsim.scenario import Scenario, load, names
from smpsim.scenario.catalogue import folder
from smpsim.scenario.checked_files import read_sheet
from smpsim.scenario.fields import Section, described
from smpsim.scenario.keypaths import KeyPath, overlapping
from smpsim.scenario.problems import ScenarioError
from smpsim.scenario.schema_errors import Finding, problems_of
from smpsim.studies.validate.measures import Figure, Measured, Ratio
from smpsim.studies.validate.prediction import loaded

MOST_FINDINGS = 100
Read = Callable[[str], Scenario]


class ReportedOutcome(Ratio):
    """A reported outcome that predictions are scored against."""

    name: str = described(..., "text", "What is reported, in a few words")
    reported: Figure = described(..., "section", "The figure")
    address: str = described("", "text", "Where the source can be read")
    reading: str = described("", "text", "How it was read as numbers")
    likely_reason: str = described("", "text", "Why the model may get it wrong")

    @property
    def label(self) -> str:
        """Scenario and name, by which tables tell outcomes apart."""
        return f"{self.scenario}: {self.name}"


class Point(Figure):
    """A reported figure of one date in a series."""

    months: int = described(..., "months", "Months from the scenario's start to its date", gt=0)
    source: str | None = described(None, "text", "Where it is reported; null: as the series")
    address: str | None = described(None, "text", "Where that can be read; null: as the series")


class Series(Ratio):
    """An outcome reported at several dates, each of which is scored."""

    name: str = described(..., "text", "What is reported, in a few words")
    at: list[Point] = described(..., "sections", "The figures, each with its date", min_length=1)
    window: int | None = described(
        None, "months", "Count what happened in so many months before each date", gt=0
    )
    address: str = described("", "text", "Where the source can be read")
    reading: str = described("", "text", "How it was read as numbers")
    likely_reason: str = described("", "text", "Why the model may get it wrong")

    @model_validator(mode="after")
    def _window_fits(self) -> Series:
        if self.window is not None and self.since is not None:
            raise ValueError("window: got window and since; allowed: one of the two")
        first = min(point.months for point in self.at)
        if self.window is not None and self.window >= first:
            raise ValueError(f"window: got {self.window}; allowed: less than {first} months")
        return self

    def outcomes(self) -> Iterator[ReportedOutcome]:
        """Yield the outcome of each date."""
        common = self.model_dump(exclude={"at", "window", "name"}, exclude_unset=True)
        for point in self.at:
            figure = point.model_dump(exclude={"months", "source", "address"}, exclude_unset=True)
            own: dict[str, Any] = {"set": {**self.set, "months": point.months}}
            if self.window is not None:
                own["since"] = point.months - self.window
            for key in ("source", "address"):
                if (text := getattr(point, key)) is not None:
                    own[key] = text
            name = f"{self.name}, month {point.months}"
            yield ReportedOutcome(**{**common, **own, "name": name, "reported": figure})


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
    """What must be observed in runs of a scenario for a pattern to hold."""

    scenario: str = described(..., "name", "Scenario of the catalogue")
    says: str = described(..., "text", "What is expected, in words")
    outcome: str = described(..., "name", "Reported outcome that is examined")
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
            raise ValueError("at_least: got neither at_least nor at_most; allowed: one or both")
        return self


class Pattern(Section):
    """Something known of a kind of programme, as expectations of the model."""

    name: str = described(..., "text", "Short name")
    known: str = described(..., "text", "What is known from the field")
    source: str = described(..., "text", "Where it is known from")
    expect: list[Expectation] = described(..., "sections", "What must be observed", min_length=1)


class Reports(Section):
    """All that is reported: the content of ``validation.yaml``."""

    outcomes: list[ReportedOutcome] = described([], "sections", "Outcomes that are scored")
    series: list[Series] = described([], "sections", "Outcomes at several dates, scored too")
    sizes: list[Size] = described([], "sections", "Counts that are shown")
    withheld: list[Withheld] = described([], "sections", "Outcomes predicted beforehand")
    patterns: list[Pattern] = described([], "sections", "What is known of kinds of programmes")

    @property
    def scored(self) -> tuple[ReportedOutcome, ...]:
        """All outcomes that are scored, those of series one by one."""
        return (*self.outcomes, *(one for series in self.series for one in series.outcomes()))


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
    read: Read = cache(load)
    yield from _unknown_names(reports, scenarios, read)
    for path, scenario, values in _settings(reports):
        if scenario in scenarios and values:
            yield from _refused(path, scenario, values, read)


def _settings(reports: Reports) -> Iterator[tuple[KeyPath, str, dict[str, Any]]]:
    """Yield where values are set, in which scenario, and which."""
    for path, ratio in _ratios(reports):
        yield (*path, "set"), ratio.scenario, ratio.set
    for place, pattern in enumerate(reports.patterns):
        for n, expected in enumerate(pattern.expect):
            at = ("patterns", place, "expect", n)
            yield (*at, "set"), expected.scenario, expected.set
            yield (*at, "than"), expected.scenario, expected.than or {}


def _ratios(reports: Reports) -> Iterator[tuple[KeyPath, Ratio]]:
    """Yield each ratio and what it is set against, with its place."""
    for part in ("outcomes", "series", "withheld"):
        for place, one in enumerate(getattr(reports, part)):
            yield (part, place), one
            if one.other is not None:
                yield (part, place, "against"), one.other


def _refused(path: KeyPath, scenario: str, values: dict[str, Any], read: Read) -> Iterator[Finding]:
    """Yield what a scenario says of values that are set in it, at the key at fault."""
    with suppress(ScenarioError):
        loaded(read(scenario), values)
        return
    # to read it from its file takes ten times as long, and says more
    try:
        loaded(scenario, values)
    except ScenarioError as error:
        for problem in error.problems:
            key = next((one for one in values if overlapping(one, problem.key)), None)
            here = path if key is None else (*path, key)
            yield Finding(here, f"{problem.message} (scenario {scenario})", "key")


def _unknown_names(reports: Reports, scenarios: Mapping[str, Any], read: Read) -> Iterator[Finding]:
    """Yield a finding for each outcome, scenario or programme that does not exist."""
    known = known_outcomes()
    sizes = [(("sizes", place), one) for place, one in enumerate(reports.sizes)]
    for path, one in (*_ratios(reports), *sizes):
        if one.scenario not in scenarios:
            yield _unknown((*path, "scenario"), one.scenario, scenarios)
        else:
            yield from _unknown_programmes(path, one, read)
        for key in ("count", "of"):
            found = getattr(one, key, [])
            for n, name in enumerate(found if isinstance(found, list) else []):
                if name not in known:
                    yield _unknown((*path, key, n), name, known)
    labels = Counter(one.label for one in reports.scored)
    for place, one in enumerate(reports.outcomes):
        if labels[one.label] > 1:
            message = f"got {one.name!r} twice of {one.scenario}; allowed: different names"
            yield Finding(("outcomes", place, "name"), message)
    for place, pattern in enumerate(reports.patterns):
        for n, expected in enumerate(pattern.expect):
            at = ("patterns", place, "expect", n)
            if expected.scenario not in scenarios:
                yield _unknown((*at, "scenario"), expected.scenario, scenarios)
            if expected.outcome not in known:
                yield _unknown((*at, "outcome"), expected.outcome, known)


def _unknown_programmes(path: KeyPath, one: Measured, read: Read) -> Iterator[Finding]:
    """Yield a finding for each programme that its scenario does not have."""
    stated = {key: getattr(one, key, None) or [] for key in ("programmes", "of_programmes")}
    if any(stated.values()):
        have = [programme.name for programme in read(one.scenario).programmes]
        for key, found in stated.items():
            for n, name in enumerate(found):
                if name not in have:
                    yield _unknown((*path, key, n), name, have)


def _unknown(path: tuple[str | int, ...], name: str, known: Any) -> Finding:
    return Finding(path, f"got {name!r}; allowed: {shown_list(known)}{nearest(name, known)}")
