"""What a running programme has reported: a CSV file of months, outcomes and values."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.messages import nearest, shown_list, shown_value
from smpsim.results.outcomes import OUTCOMES
from smpsim.results.series import adds_up
from smpsim.scenario import Scenario
from smpsim.scenario.loading import FileText
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.vocabulary import SERIES

NEEDED = ("month", "outcome", "value")
COLUMNS = (*NEEDED, "error", "programme")
ERROR = 0.05
"""Reporting error that is presumed where none is stated: a standard deviation of 5 %."""
LONGEST_NAME = 40
TOGETHER = "all programmes"
"""What several programmes are called together."""


@dataclass(frozen=True)
class Observation:
    """A figure that was reported.

    Attributes
    ----------
    month : int
        At the end of this month of the run, counted from 0.
    outcome : str
        One of `smpsim.vocabulary.SERIES`.
    value : float
    error : float
        Standard deviation of the reporting error.
    programme : str
        Its name, or `TOGETHER`.
    """

    month: int
    outcome: str
    value: float
    error: float
    programme: str

    @property
    def row(self) -> dict[str, Any]:
        """The observation as a row of a table."""
        return asdict(self)


Observed = str | Path | pd.DataFrame | FileText


def series_named(name: str) -> str:
    """Return the monthly series that a name stands for, or an empty text."""
    if name in SERIES:
        return name
    found = OUTCOMES.get(name)
    return (found.series or "") if found is not None else ""


def groups_of(scenario: Scenario) -> list[str]:
    """Return what figures can be of: each programme and, of several, all together."""
    names = [one.name for one in scenario.programmes]
    return names if len(names) == 1 else [*names, TOGETHER]


def read_observed(
    source: Observed, scenario: Scenario, error: float = ERROR
) -> tuple[Observation, ...]:
    """Read what was reported.

    Parameters
    ----------
    source : str, Path, DataFrame or FileText
        A CSV file, its text, or a table with its columns: ``month`` (counted from 0, or as
        ``2025-06``), ``outcome`` (a monthly series such as ``placed``, or an outcome that has
        one), ``value``, and if wanted ``error`` (a standard deviation) and ``programme``.
    scenario : Scenario
    error : float
        Standard deviation, as a share of the value, where none is stated.

    Returns
    -------
    tuple of Observation
        By month.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and column.
    """
    rows = list(_rows_of(source))
    problems: list[Problem] = []
    found: dict[tuple[Any, ...], tuple[Place, Observation]] = {}
    for place, row in rows:
        reader = _Row(place, row, scenario, error)
        one = reader.observation()
        problems += reader.problems
        if one is None:
            continue
        key = (one.month, one.outcome, one.programme)
        if key in found:
            first = found[key][0]
            message = (
                f"got {one.outcome} of month {one.month} a second time, after line {first.line}; "
                "allowed: once for each programme"
            )
            problems.append(Problem.at(place, "outcome", message))
        found.setdefault(key, (place, one))
    if problems:
        raise ScenarioError(problems)
    if not found:
        where = "observed" if isinstance(source, pd.DataFrame) else str(source)
        where = source.name if isinstance(source, FileText) else where
        message = "no row; allowed: at least one reported value"
        raise ScenarioError([Problem(where, None, None, "", message)])
    order = sorted((one for _, one in found.values()), key=lambda one: one.month)
    return tuple(order)


def _rows_of(source: Observed) -> Iterator[tuple[Place, dict[str, str]]]:
    if isinstance(source, pd.DataFrame):
        return _rows_of_table(source)
    if isinstance(source, FileText):
        return _rows_of_text(source.text, source.name)
    return _rows(source)


def _rows_of_table(table: pd.DataFrame) -> Iterator[tuple[Place, dict[str, str]]]:
    _check_columns([str(name) for name in table.columns], Place("observed"))
    for number, row in enumerate(table.to_dict("records"), start=1):
        cells = {str(k): "" if pd.isna(v) else str(v) for k, v in row.items()}
        yield Place("observed", number), cells


def _rows(path: str | Path) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield the rows of a CSV file with their lines; comments and empty lines are left out."""
    file = str(path)
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        folder = Path(path).parent
        names = [one.name for one in folder.glob("*.csv")] if folder.is_dir() else []
        message = f"no such file; allowed: an existing CSV file{nearest(Path(path).name, names)}"
        raise ScenarioError([Problem(file, None, None, "", message)]) from None
    except (OSError, ValueError) as error:
        message = f"got a file that cannot be read ({error}); allowed: CSV in UTF-8"
        raise ScenarioError([Problem(file, None, None, "", message)]) from error
    yield from _rows_of_text(text, file)


def _rows_of_text(text: str, file: str) -> Iterator[tuple[Place, dict[str, str]]]:
    """Yield the rows of CSV with their lines; `file` is what messages call it."""
    heads: list[str] | None = None
    separator = ","
    for line, content in enumerate(text.splitlines(), start=1):
        if not content.strip(" ,;\t") or content.lstrip().startswith("#"):
            continue
        if heads is None:
            # as spreadsheets of many countries write it
            separator = ";" if ";" in content and "," not in content else ","
        cells = [one.strip() for one in next(csv.reader(io.StringIO(content), delimiter=separator))]
        place = Place(file, line)
        if heads is None:
            heads = [one.lower() for one in cells]
            _check_columns(heads, place)
            continue
        if len(cells) > len(heads):
            message = f"got {len(cells)} cells; allowed: {len(heads)}, as in the first line"
            raise ScenarioError([Problem.at(place, "", message)])
        yield place, dict(zip(heads, cells, strict=False))


def _check_columns(heads: list[str], place: Place) -> None:
    """Raise an error if a column is missing, unknown or there twice."""
    problems = [
        Problem.at(
            place,
            "",
            f"got the column {shown_value(one)}; allowed: {shown_list(COLUMNS)}"
            f"{nearest(one, COLUMNS)}",
        )
        for one in heads
        if one not in COLUMNS
    ]
    problems += [
        Problem.at(
            place,
            "",
            f"no column {one!r}; allowed: {shown_list(NEEDED)}, and optionally error and programme",
        )
        for one in NEEDED
        if one not in heads
    ]
    problems += [
        Problem.at(place, "", f"got the column {one!r} twice; allowed: once")
        for one in dict.fromkeys(heads)
        if heads.count(one) > 1
    ]
    if problems:
        raise ScenarioError(problems)


class _Row:
    """A row as it is read; what is wrong with it is in `problems`."""

    def __init__(
        self, place: Place, cells: Mapping[str, str], scenario: Scenario, error: float
    ) -> None:
        self.place, self.cells, self.scenario, self.share = place, cells, scenario, error
        self.problems: list[Problem] = []

    def observation(self) -> Observation | None:
        """Return the observation, or None if something is wrong."""
        month, outcome, value = self._month(), self._outcome(), self._number("value")
        programme = self._programme(outcome)
        error = self._number("error") if self.cells.get("error") else None
        if self.problems or month is None or value is None:
            return None
        return Observation(
            month, outcome, value, self.share * value if error is None else error, programme
        )

    def _fault(self, column: str, allowed: str) -> None:
        given = self.cells.get(column, "")
        found = f"got {shown_value(given)}" if given else "no value"
        self.problems.append(Problem.at(self.place, column, f"{found}; allowed: {allowed}"))

    def _month(self) -> int | None:
        text, last = self.cells.get("month", ""), self.scenario.months - 2
        start = pd.Period(self.scenario.start, "M")
        allowed = (
            f"0 to {last}, or {start} to {start + last}, so that a later month can be forecast"
        )
        try:
            if text.removesuffix(".0").isascii() and text.removesuffix(".0").isdigit():
                month = int(text.removesuffix(".0")[:9])
            else:
                year, _, number = text.partition("-")
                if len(year) != 4 or not 1 <= int(number) <= 12:
                    raise ValueError
                month = (int(year) - start.year) * 12 + int(number) - start.month
        except ValueError:
            self._fault("month", allowed)
            return None
        if not 0 <= month <= last:
            self._fault("month", allowed)
            return None
        return month

    def _outcome(self) -> str:
        text = self.cells.get("outcome", "")
        found = series_named(text)
        if not found:
            known = (*SERIES, *(name for name, one in OUTCOMES.items() if one.series))
            common = ("enrolled", "graduated", "placed", "cost_cumulative")
            more = f"{shown_list(common)} and the other monthly series"
            self._fault("outcome", f"{more}{nearest(text[:LONGEST_NAME], dict.fromkeys(known))}")
        return found

    def _number(self, column: str) -> float | None:
        try:
            value = float(self.cells.get(column, ""))
        except ValueError:
            value = float("nan")
        if not math.isfinite(value) or value < 0:
            self._fault(column, "a number of 0 or more, with a decimal point")
            return None
        return value

    def _programme(self, outcome: str) -> str:
        names = [one.name for one in self.scenario.programmes]
        given = self.cells.get("programme", "")
        if given and given not in names:
            self._fault("programme", f"{shown_list(names)}{nearest(given, names)}")
        if given or len(names) == 1:
            return given or names[0]
        if outcome and not adds_up(outcome):
            self._fault("programme", f"{shown_list(names)}, as {outcome} does not add up over them")
        return TOGETHER
