"""Tables of what a programme has reported: months, outcomes and values, as CSV or DataFrames."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from smpsim.messages import nearest, shown_list, shown_value
from smpsim.scenario import Scenario
from smpsim.scenario.disk_paths import TABLE
from smpsim.scenario.loading import FileText
from smpsim.scenario.problems import Place, Problem, ScenarioError

NEEDED = ("month", "outcome", "value")
OPTIONAL = ("error", "programme")
ERROR = 0.05
"""Reporting error that is presumed where none is stated: a standard deviation of 5 %."""
LONGEST_NAME = 40

Reported = str | Path | pd.DataFrame | FileText
Cells = Mapping[str, str]


def rows_of(
    source: Reported,
    needed: Sequence[str] = NEEDED,
    optional: Sequence[str] = OPTIONAL,
    hint: str = "",
) -> Iterator[tuple[Place, Cells]]:
    """Yield the rows of a table as text by column, each with its place.

    Parameters
    ----------
    source : str, Path, DataFrame or FileText
        A CSV file, its text, or a table. Comments and empty lines are left out.
    needed, optional : sequence of str
        Columns that it must have, and that it may have.
    hint : str
        What is said of a column that is missing.

    Raises
    ------
    ScenarioError
        If it can't be read, or a column is missing, unknown or there twice.
    """
    if isinstance(source, pd.DataFrame):
        _check_columns(map(str, source.columns), Place("observed"), needed, optional, hint)
        for number, row in enumerate(source.to_dict("records"), start=1):
            cells = {str(k): "" if pd.isna(v) else str(v) for k, v in row.items()}
            yield Place("observed", number), cells
    elif isinstance(source, FileText):
        yield from _rows_of_text(source.text, source.name, needed, optional, hint)
    else:
        yield from _rows_of_text(_text_of(source), str(source), needed, optional, hint)


def _text_of(path: str | Path) -> str:
    file = str(path)
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        folder = Path(path).parent
        names = [one.name for one in folder.glob(f"*{TABLE}")] if folder.is_dir() else []
        message = f"no such file; allowed: an existing CSV file{nearest(Path(path).name, names)}"
        raise ScenarioError([Problem(file, None, None, "", message)]) from None
    except (OSError, ValueError) as error:
        message = f"got a file that cannot be read ({error}); allowed: CSV in UTF-8"
        raise ScenarioError([Problem(file, None, None, "", message)]) from error


def _rows_of_text(
    text: str, file: str, needed: Sequence[str], optional: Sequence[str], hint: str
) -> Iterator[tuple[Place, Cells]]:
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
            _check_columns(heads, place, needed, optional, hint)
            continue
        if len(cells) > len(heads):
            message = f"got {len(cells)} cells; allowed: {len(heads)}, as in the first line"
            raise ScenarioError([Problem.at(place, "", message)])
        yield place, dict(zip(heads, cells, strict=False))


def _check_columns(
    heads: Iterable[str], place: Place, needed: Sequence[str], optional: Sequence[str], hint: str
) -> None:
    """Raise an error if a column is missing, unknown or there twice."""
    heads, known = list(heads), (*needed, *optional)
    problems = [
        Problem.at(
            place,
            "",
            f"got the column {shown_value(one)}; allowed: {shown_list(known)}{nearest(one, known)}",
        )
        for one in heads
        if one not in known
    ]
    also = f", and optionally {' and '.join(optional)}" if optional else ""
    problems += [
        Problem.at(place, "", f"no column {one!r}; allowed: {shown_list(needed)}{also}{hint}")
        for one in needed
        if one not in heads
    ]
    problems += [
        Problem.at(place, "", f"got the column {one!r} twice; allowed: once")
        for one in dict.fromkeys(heads)
        if heads.count(one) > 1
    ]
    if problems:
        raise ScenarioError(problems)


class Row:
    """A row of such a table as it is read; what is wrong with it is in `problems`."""

    def __init__(self, place: Place, cells: Cells) -> None:
        self.place, self.cells = place, cells
        self.problems: list[Problem] = []

    def fault(self, column: str, allowed: str) -> None:
        """Note that a column holds something else than what is allowed."""
        given = self.cells.get(column, "")
        found = f"got {shown_value(given)}" if given else "no value"
        self.problems.append(Problem.at(self.place, column, f"{found}; allowed: {allowed}"))

    def month(self, scenario: Scenario, last: int, why: str = "") -> int | None:
        """Return the month, counted from 0 or written as ``2025-06``; at most `last`."""
        text = self.cells.get("month", "").removesuffix(".0")
        start = pd.Period(scenario.start, "M")
        allowed = f"0 to {last}, or {start} to {start + last}{why}"
        try:
            if text.isascii() and text.isdigit():
                month = int(text[:9])
            else:
                year, _, number = text.partition("-")
                if len(year) != 4 or not 1 <= int(number) <= 12:
                    raise ValueError
                month = (int(year) - start.year) * 12 + int(number) - start.month
        except ValueError:
            self.fault("month", allowed)
            return None
        if not 0 <= month <= last:
            self.fault("month", allowed)
            return None
        return month

    def number(self, column: str) -> float | None:
        """Return the number of a column, 0 or more."""
        try:
            value = float(self.cells.get(column, ""))
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < 0:
            self.fault(column, "a number of 0 or more, with a decimal point")
            return None
        return value

    def error(self, value: float | None, share: float = ERROR) -> float | None:
        """Return the reporting error: what is stated, or else a share of the value."""
        if self.cells.get("error"):
            return self.number("error")
        return None if value is None else share * value

    def programme(self, names: Sequence[str]) -> str:
        """Return the programme; an empty text where several are meant together."""
        given = self.cells.get("programme", "")
        if given and given not in names:
            self.fault("programme", f"{shown_list(names)}{nearest(given, names)}")
        return given

    def apart(self, names: Sequence[str], outcome: str) -> None:
        """Note that a programme must be named, as totals of the outcome are not sums."""
        self.fault("programme", f"{shown_list(names)}, as {outcome} does not add up over them")


def twice(place: Place, first: Place, outcome: str, month: int) -> Problem:
    """Return the problem of a second row for the same figure."""
    message = (
        f"got {outcome} of month {month} a second time, after line {first.line}; "
        "allowed: once for each programme"
    )
    return Problem.at(place, "outcome", message)


def empty(source: Reported) -> ScenarioError:
    """Return the error of a table without any row."""
    where = "observed" if isinstance(source, pd.DataFrame) else str(source)
    where = source.name if isinstance(source, FileText) else where
    message = "no row; allowed: at least one reported value"
    return ScenarioError([Problem(where, None, None, "", message)])
