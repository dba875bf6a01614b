"""What is reported about real programmes, and how it is read from runs of a scenario.

``scenarios/validation.yaml`` states it, apart from the scenarios, so that no outcome can slip
into what is to predict it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import model_validator

from smpsim.scenario.fields import Section, described
from smpsim.studies.validate.measures import Figure, Measured, Ratio, name_of

SCALE = "What its scores are divided by; null: the figure itself if it has a unit, else 1"


class ReportedOutcome(Ratio):
    """A reported outcome that predictions are scored against."""

    name: str = described(..., "text", "What is reported, in a few words")
    reported: Figure = described(..., "section", "The figure")
    address: str = described("", "text", "Where the source can be read")
    reading: str = described("", "text", "How it was read as numbers")
    likely_reason: str = described("", "text", "Why the model may get it wrong")
    scale: float | None = described(None, "number", SCALE, gt=0)
    series: str = described("", "text", "Series that it is a part of")

    @property
    def label(self) -> str:
        """Scenario and name, by which tables tell outcomes apart."""
        return f"{name_of(self.scenario)}: {self.name}"


class Point(Figure):
    """A reported figure of one date in a series."""

    months: int = described(..., "months", "Months from the scenario's start to its date", gt=0)
    date: str = described("", "text", "Its date in words; empty: 'month', and the number of months")
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
    scale: float | None = described(None, "number", SCALE, gt=0)

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
            beside = {"months", "date", "source", "address"}
            figure = point.model_dump(exclude=beside, exclude_unset=True)
            own: dict[str, Any] = {"set": {**self.set, "months": point.months}}
            if self.window is not None:
                own["since"] = point.months - self.window
            for key in ("source", "address"):
                if (text := getattr(point, key)) is not None:
                    own[key] = text
            own["name"] = f"{self.name}, {point.date or f'month {point.months}'}"
            own["series"] = self.name
            yield ReportedOutcome(**{**common, **own, "reported": figure})


class Monitoring(Section):
    """A CSV file of months, outcomes and values, whose figures are scored as series."""

    scenario: str = described(..., "name", "Scenario of the catalogue, or file beside this one")
    file: str = described(..., "name", "CSV file beside this one")
    name: str = described("", "text", "What its series are called; empty: as their outcomes")
    source: str = described(..., "text", "Where the figures are from")
    address: str = described("", "text", "Where the source can be read")
    reading: str = described("", "text", "How it was read as numbers")
    likely_reason: str = described("", "text", "Why the model may get it wrong")


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
        return f"{name_of(self.scenario)}: {self.what}"


class Expectation(Section):
    """What must be observed in runs of a scenario for a pattern to hold."""

    scenario: str = described(..., "name", "Scenario of the catalogue, or file beside this one")
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
    """All that is reported: the content of ``validation.yaml``, or of a file of your own."""

    outcomes: list[ReportedOutcome] = described([], "sections", "Outcomes that are scored")
    series: list[Series] = described([], "sections", "Outcomes at several dates, scored too")
    monitoring: list[Monitoring] = described([], "sections", "CSV files of series, scored too")
    sizes: list[Size] = described([], "sections", "Counts that are shown")
    withheld: list[Withheld] = described([], "sections", "Outcomes predicted beforehand")
    patterns: list[Pattern] = described([], "sections", "What is known of kinds of programmes")
    every_programme: bool = described(
        False, "yes or no", "Run all programmes of the catalogue, those without a report too"
    )

    @property
    def scored(self) -> tuple[ReportedOutcome, ...]:
        """All outcomes that are scored, those of series one by one."""
        return (*self.outcomes, *(one for series in self.series for one in series.outcomes()))

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names and files of all scenarios that something is reported or expected of."""
        ratios = (*self.outcomes, *self.series, *self.withheld)
        others = [ratio.other for ratio in ratios if ratio.other is not None]
        measured = (*ratios, *others, *self.sizes)
        named = [one.scenario for one in measured]
        named += [one.scenario for pattern in self.patterns for one in pattern.expect]
        return tuple(dict.fromkeys(named))
