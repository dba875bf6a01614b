"""Reported series as monitoring keeps them: CSV files of months, outcomes and values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.messages import nearest, shown_list
from smpsim.results.outcomes import OUTCOMES, Outcome, known_outcomes, outcome_of
from smpsim.results.units import words
from smpsim.scenario import Scenario, load
from smpsim.scenario.disk_paths import beside
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.studies.monitoring import (
    LONGEST_NAME,
    NEEDED,
    OPTIONAL,
    Row,
    empty,
    rows_of,
    twice,
)
from smpsim.studies.validate.reports import Monitoring, Point, Reports, Series
from smpsim.vocabulary import SERIES

SCENARIO = "scenario"
MONTHLY_COST = "cost"
"""The one monthly amount that is reported, not a number so far: what was spent in the month."""
BESIDE = "; or a YAML file of reports that names scenario and file under monitoring"
OF_SERIES = {one.series: name for name, one in OUTCOMES.items() if one.series}
"""Outcomes by the monthly series whose last value they are."""

SO_FAR, OF_THE_FIRST, OF_A_MONTH = "so far", "of the first month", "of a month"
"""What a figure counts."""
Key = tuple[str, str, str, str]
Read = Callable[[str], Scenario]


@dataclass
class _Group:
    """Figures of one outcome and programme, by month."""

    name: str
    points: dict[int, Point] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)


def read_table(path: str | Path) -> Reports:
    """Read a CSV file that names the scenario of each figure.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and column.
    """
    entry = Monitoring(scenario="", file=str(path), source=Path(path).name)
    return Reports(series=list(series_of(entry, load)))


def series_of(entry: Monitoring, read: Read) -> Iterator[Series]:
    """Yield the series that a CSV file holds, in the order of their first lines.

    Parameters
    ----------
    entry : Monitoring
        Without a scenario, a column of the file names one in each row.
    read : callable
        Returns a scenario by its name or file.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and column.
    """
    needed = NEEDED if entry.scenario else (*NEEDED, SCENARIO)
    problems: list[Problem] = []
    found: dict[Key, _Group] = {}
    scenarios: dict[str, Scenario | None] = {}
    hint = "" if entry.scenario else BESIDE
    for place, cells in list(rows_of(entry.file, needed, OPTIONAL, hint)):
        row = _Row(place, cells, entry, scenarios, read)
        row.into(found)
        problems += row.problems
    if problems:
        raise ScenarioError(problems)
    if not found:
        raise empty(entry.file)
    for (scenario, programme, name, kind), group in found.items():
        yield _series(entry, scenario, programme, name, kind == OF_A_MONTH, group)


def _series(
    entry: Monitoring,
    scenario: str,
    programme: str,
    outcome: str,
    monthly: bool,
    group: _Group,
) -> Series:
    # named as the file names it
    said = [entry.name and f"{entry.name}: ", words(group.name), programme and f", {programme}"]
    points = group.points
    largest = max(point.number or 0.0 for point in points.values())
    stated: dict[str, Any] = {}
    if points[next(iter(points))].unit:
        # zeros of the first months would be scored in people or money, all others as shares
        stated["scale"] = largest or 1.0
    return Series(
        name="".join(said),
        scenario=scenario,
        count=[outcome],
        programmes=[programme] if programme else [],
        at=[points[month] for month in sorted(points)],
        window=1 if monthly else None,
        source=entry.source,
        address=entry.address,
        reading=entry.reading,
        likely_reason=entry.likely_reason,
        **stated,
    )


class _Row(Row):
    """A row as it is read."""

    def __init__(
        self,
        place: Place,
        cells: Any,
        entry: Monitoring,
        scenarios: dict[str, Scenario | None],
        read: Read,
    ) -> None:
        super().__init__(place, cells)
        self._entry, self._scenarios, self._read = entry, scenarios, read

    def into(self, found: dict[Key, _Group]) -> None:
        """Put the figure where those of its outcome and programme are."""
        named = self._entry.scenario or beside(
            self.cells.get(SCENARIO, ""), Path(self._entry.file).parent
        )
        scenario, outcome = self._scenario(named), self._outcome()
        value = self.number("value")
        error = self.error(value)
        if scenario is None:
            return
        month = self.month(scenario, scenario.months - 1)
        programme = self._programme(scenario, outcome)
        if self.problems or outcome is None or month is None or value is None or error is None:
            return
        text = self.cells["outcome"]
        kind = SO_FAR
        if text == MONTHLY_COST:
            # there is no month before the first, so that all spent by then is what it spent
            kind = OF_A_MONTH if month else OF_THE_FIRST
        group = found.setdefault((named, programme, outcome.name, kind), _Group(text))
        if month in group.points:
            self.problems.append(twice(self.place, group.places[month], outcome.name, month))
            return
        date = str(pd.Period(scenario.start, "M") + month)
        unit = outcome.unit_in(scenario.currency)
        shared = unit.startswith("share")
        figure = {"share": value} if shared else {"value": value, "unit": unit}
        group.points[month] = Point(months=month + 1, date=date, error=error, **figure)
        group.places[month] = self.place

    def _scenario(self, name: str) -> Scenario | None:
        if name not in self._scenarios:
            self._scenarios[name] = None
            if not name:
                self.fault(SCENARIO, "a name of the catalogue, or a file beside this one")
                return None
            try:
                self._scenarios[name] = self._read(name)
            except ScenarioError as error:
                self.problems += [
                    Problem.at(self.place, SCENARIO, one.message) if one.line is None else one
                    for one in error.problems
                ]
        return self._scenarios[name]

    def _outcome(self) -> Outcome | None:
        text = self.cells.get("outcome", "")
        known = known_outcomes()
        name = "cost_total" if text == MONTHLY_COST else OF_SERIES.get(text, text)
        if name in known:
            return outcome_of(name)
        common: Iterable[str] = ("enrolled", "graduated", "placed", "cost_cumulative")
        more = f"{shown_list(common)} and all other outcomes"
        if text in SERIES:
            self.fault("outcome", f"{more}; {text} is read by smpsim forecast only")
            return None
        hint = nearest(text[:LONGEST_NAME], dict.fromkeys((*known, *OF_SERIES)))
        self.fault("outcome", f"{more}{hint}")
        return None

    def _programme(self, scenario: Scenario, outcome: Outcome | None) -> str:
        names = [one.name for one in scenario.programmes]
        given = self.programme(names)
        if not given and len(names) > 1 and outcome is not None and not outcome.adds_up:
            self.apart(names, outcome.name)
        return given
