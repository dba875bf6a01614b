"""A result as a workbook: what it says, a glossary, and a tidy sheet for each table.

All text is text, never a formula or a link, and nothing states when the file was made: the same
result gives the same bytes.
"""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.cells import cell_len

from smpsim.messages import harmless
from smpsim.results.columns import PER_ROW, Column, Description, column_of
from smpsim.results.spreadsheet import FORMULA, MOST_ROWS, flat, is_named
from smpsim.results.store_error import StoreError
from smpsim.results.units import number_format, unit_of

if TYPE_CHECKING:
    import xlsxwriter

XLSX = "xlsx"
FIRST, GLOSSARY = "about", "glossary"
LONGEST_CELL = 32_767  # letters that a cell holds
NARROWEST, WIDEST = 8, 60
LINE = 15  # points that a line of text is high
MOST_LINES = 27  # that a row can be high
PAGE = 200  # letters that can still be read side by side on a printed page
A4 = 9
MEASURED = 2_000
"""Rows by which the width of a column is found."""
MOST_FROZEN = 3
WHEN = pd.Timestamp("2000-01-01")
HEAD = {"bold": True, "bottom": 1, "valign": "top", "text_wrap": True}
WRAPPED = {"valign": "top", "text_wrap": True}
TOP = {"valign": "top"}  # else numbers stand below the first line of a wrapped name
FIRST_WIDTHS, GLOSSARY_WIDTHS = (22, 100, 12), (20, 34, 26, 90)
YES_NO = {"num_format": '"TRUE";"TRUE";"FALSE"', **TOP}
"""LibreOffice prints 1 and 0 without it."""
KEYS = ("parameter", "key")
"""Columns that hold key paths."""
RESERVED = ("history",)
"""Names that spreadsheets keep for themselves."""


class Workbook:
    """A workbook, built up from tables as they are made.

    Parameters
    ----------
    verb : str
        Of the result.
    title : str
        What stands above the first sheet.
    about : Description
    facts, origin : sequence of tuple of str
        Rows of the first sheet above and below the list of sheets: what, and in words.
    currency : str

    Raises
    ------
    ImportError
        If XlsxWriter is not installed; see `smpsim.extras.need`.
    """

    def __init__(
        self,
        verb: str,
        title: str,
        about: Description,
        facts: Sequence[tuple[str, str]],
        origin: Sequence[tuple[str, str]],
        currency: str,
    ) -> None:
        import xlsxwriter

        self._content = BytesIO()
        # rows go to the disk one by one, so that a long table does not fill the memory
        with _disk():
            self._rows = TemporaryDirectory(prefix="smpsim-", ignore_cleanup_errors=True)
        options = {"constant_memory": True, "tmpdir": self._rows.name}
        self._book: xlsxwriter.Workbook = xlsxwriter.Workbook(self._content, options)
        # else the file states when it was made
        self._book.set_properties({"title": f"smpsim {verb}", "created": WHEN})
        self._verb, self._title, self._about = verb, title, about
        self._facts, self._origin = facts, origin
        self._currency = currency
        self._formats: dict[str, Any] = {}
        with _disk():
            self._first = self._book.add_worksheet(FIRST)
            self._glossary = self._book.add_worksheet(GLOSSARY)
        self._tables: list[tuple[str, str, str]] = []
        self._words: list[tuple[str, str, str, str]] = []
        self._outcomes: dict[str, None] = {}

    def add(self, name: str, table: pd.DataFrame) -> None:
        """Write a table to a sheet of its own; of one that is too long, only say so."""
        if len(table) > MOST_ROWS:
            self.leave_out(name, len(table))
            return
        rows = self._with_units(flat(table), name)
        says = {str(one): self._says(str(one), name) for one in rows}
        sheet_name = f"{self._verb}_{name}" if name in RESERVED else name
        with _disk():
            sheet = self._book.add_worksheet(sheet_name)
            width = self._fill(sheet, rows, says)
        frozen = table.index.nlevels if is_named(table) else 0
        frozen = frozen if frozen <= MOST_FROZEN else 0
        sheet.freeze_panes(1, frozen)
        if len(rows.columns):
            sheet.autofilter(0, 0, len(rows), len(rows.columns) - 1)
        _for_printing(sheet, one_page=width <= PAGE)
        sheet.repeat_rows(0)
        if frozen and width > PAGE:
            sheet.repeat_columns(0, frozen - 1)
        self._tables.append((sheet_name, self._about.tables.get(name, ""), f"{len(rows):,}"))
        for column, one in says.items():
            unit = "the unit of each row" if one.unit == PER_ROW else one.unit
            self._words.append((sheet_name, column, unit, one.meaning))
        named = _outcomes_in(rows)
        if named is not None:
            self._outcomes |= dict.fromkeys(str(one) for one in rows[named])

    def _with_units(self, rows: pd.DataFrame, table: str) -> pd.DataFrame:
        """Return a table with the unit of each row, where only its outcome or key tells that."""
        says = {str(one): self._says(str(one), table) for one in rows}
        if "unit" in rows and says["unit"].empty:
            stated = [str(one or says["unit"].empty) for one in rows["unit"]]
            return rows.assign(unit=stated)
        named, key = _outcomes_in(rows), next((one for one in KEYS if one in rows), None)
        place = named or key
        if place is None or "unit" in rows or PER_ROW not in {one.unit for one in says.values()}:
            return rows
        if named is not None:
            stated = [unit_of(str(one), self._currency) for one in rows[named]]
        else:
            stated = [self._says(str(one), "").unit for one in rows[place]]
        if not any(stated):
            return rows
        found = rows.copy(deep=False)
        found.insert(list(found.columns).index(place) + 1, "unit", stated)
        return found

    def _says(self, column: str, table: str) -> Column:
        return column_of(column, table, self._about.columns, self._currency)

    def leave_out(self, name: str, rows: int) -> None:
        """Say that a table is too long for a sheet, and where it is."""
        text = f"left out: more rows than a sheet holds ({MOST_ROWS + 1:,} with its header)"
        shows = self._about.tables.get(name, "")
        self._tables.append((name, f"{text}; the other files have it. {shows}", f"{rows:,}"))

    def content(self) -> bytes:
        """Return the file, whose first sheets are written last: they say what the others hold."""
        from xlsxwriter.exceptions import FileCreateError

        try:
            with _disk():
                self._write_first()
                self._write_glossary()
                self._book.close()
        except FileCreateError as error:
            raise StoreError("write", Path(name_of(self._verb)), str(error)) from error
        return self._content.getvalue()

    def _format(self, **looks: Any) -> Any:
        """Return a format of cells, the same for the same looks."""
        key = str(sorted(looks.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(looks)
        return self._formats[key]

    def _number(self, shown: str) -> Any:
        """Return the format of numbers that are shown so."""
        if shown not in self._formats:
            self._formats[shown] = self._book.add_format({"num_format": shown, **TOP})
        return self._formats[shown]

    def _fill(self, sheet: Any, rows: pd.DataFrame, says: dict[str, Column]) -> int:
        """Write a header and all rows; return how many letters wide they are together."""
        heads = [_head(str(name), says[str(name)]) for name in rows]
        for place, text in enumerate(heads):
            self._text(sheet, 0, place, text, **HEAD)
        columns = [rows.iloc[:, place].tolist() for place in range(rows.shape[1])]
        units = [self._units(rows, says[str(name)].unit) for name in rows]
        widths = [_width_of_head(text) for text in heads]
        # rows are not measured anew by whoever opens the file
        sheet.set_row(0, LINE * max((text.count(" [") + 1 for text in heads), default=1))
        for number, cells in enumerate(zip(*columns, strict=True), start=1):
            lines = 1
            for place, value in enumerate(cells):
                unit = units[place]
                shown = self._cell(
                    sheet, number, place, value, unit if isinstance(unit, str) else unit[number - 1]
                )
                lines = max(lines, _lines(shown, WIDEST))
                if number <= MEASURED:
                    widths[place] = max(widths[place], shown)
            if lines > 1:
                sheet.set_row(number, LINE * lines)
        widths = [min(max(width + 2, NARROWEST), WIDEST) for width in widths]
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        return sum(widths)

    def _units(self, rows: pd.DataFrame, unit: str) -> str | list[str]:
        """Return the unit of a column, or those of its rows."""
        if unit != PER_ROW:
            return unit
        return [str(one) for one in rows["unit"]] if "unit" in rows else ""

    def _cell(self, sheet: Any, row: int, place: int, value: Any, unit: str) -> int:
        """Write a value and return how many letters wide it is; what is missing stays empty."""
        if value is None or value is pd.NA or value is pd.NaT:
            return 0
        if isinstance(value, bool):
            sheet.write_boolean(row, place, value, self._format(**YES_NO))
            return 5
        if isinstance(value, (int, float)):
            if not math.isfinite(value):
                return 0
            shown = number_format(value, unit)
            sheet.write_number(row, place, value, self._number(shown))
            if row > MEASURED:
                return 0
            return len(f"{value:,.0f}") + len(shown.partition(".")[2]) + 1
        text = value if isinstance(value, str) else _in_words(value)
        width = cell_len(text)
        self._text(sheet, row, place, text, **(WRAPPED if width > WIDEST - 2 else TOP))
        return width

    def _text(self, sheet: Any, row: int, place: int, text: str, **looks: Any) -> None:
        plain = harmless(text)[:LONGEST_CELL]
        if plain.startswith(FORMULA):
            # else it would become a formula once somebody edits the cell
            looks["quote_prefix"] = True
        sheet.write_string(row, place, plain, self._format(**looks) if looks else None)

    def _write_first(self) -> None:
        sheet = self._first
        self._text(sheet, 0, 0, f"{self._title}: smpsim {self._verb}", bold=True, font_size=14)
        self._write_facts(self._facts, 2)
        words = "Each column of each sheet with its unit and meaning, then each outcome."
        heads = ("sheet", "what it shows", "rows")
        top = len(self._facts) + 3
        rows = [heads, (GLOSSARY, words, ""), *self._tables]
        for number, (name, shows, count) in enumerate(rows, start=top):
            looks = HEAD if number == top else WRAPPED
            self._row(sheet, number, (name, shows), FIRST_WIDTHS, looks, looks)
            self._text(sheet, number, 2, count, **looks, align="right")
        self._write_facts(self._origin, top + len(rows) + 1)
        for place, width in enumerate(FIRST_WIDTHS):
            sheet.set_column(place, place, width)
        sheet.hide_gridlines(2)
        _for_printing(sheet)

    def _write_facts(self, facts: Sequence[tuple[str, str]], top: int) -> None:
        bold = {**WRAPPED, "bold": True}
        for number, cells in enumerate(facts, start=top):
            self._row(self._first, number, cells, FIRST_WIDTHS, bold, WRAPPED)

    def _row(
        self, sheet: Any, row: int, cells: Sequence[str], widths: Sequence[int], *looks: Any
    ) -> None:
        """Write a row of text as high as its longest cell needs; the last look is of all others."""
        for place, text in enumerate(cells):
            self._text(sheet, row, place, text, **looks[min(place, len(looks) - 1)])
        lines = max(_lines(cell_len(t), width) for t, width in zip(cells, widths, strict=False))
        sheet.set_row(row, LINE * lines)

    def _of_outcomes(self) -> list[tuple[str, str, str, str]]:
        """Return what the outcomes are that stand in rows."""
        found = []
        for name in self._outcomes:
            says = column_of(name, "", {}, self._currency)
            if says.meaning:
                found.append(("(outcome)", name, says.unit, says.meaning))
        return found

    def _write_glossary(self) -> None:
        sheet = self._glossary
        heads = ("sheet", "column", "unit", "meaning")
        words = [*self._words, *self._of_outcomes()]
        for number, cells in enumerate([heads, *words]):
            self._row(sheet, number, cells, GLOSSARY_WIDTHS, WRAPPED if number else HEAD)
        for place, width in enumerate(GLOSSARY_WIDTHS):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(words), len(heads) - 1)
        _for_printing(sheet)
        sheet.repeat_rows(0)


@contextlib.contextmanager
def _disk() -> Iterator[None]:
    """Say in words that the folder for temporary files takes no more."""
    try:
        yield
    except OSError as error:
        raise StoreError.of("write to", Path(gettempdir()), error) from error


def _for_printing(sheet: Any, *, one_page: bool = True) -> None:
    """Let a sheet be printed as wide as a page, if its letters can then be read."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_footer("&L&A&R&P / &N")
    if one_page:
        sheet.fit_to_pages(1, 0)


def _lines(letters: int, width: int) -> int:
    """Return how many lines a text takes in a column so wide."""
    return min(max(math.ceil(letters / width), 1), MOST_LINES)


def _outcomes_in(rows: pd.DataFrame) -> str | None:
    """Return the column that holds names of outcomes, if there is one."""
    return next((name for name in ("outcome", "figure") if name in rows), None)


def _head(name: str, says: Column) -> str:
    """Return the head of a column: its name, with the unit if all its numbers have the same."""
    unit = says.unit.removeprefix(name).strip() if says.unit.startswith(f"{name} ") else says.unit
    alone = unit in ("", PER_ROW, name) or name.endswith(unit)
    return name if alone else f"{name} [{unit}]"


def _width_of_head(text: str) -> int:
    """Return the width that a head needs: a long one is wrapped before its unit."""
    return max(cell_len(part) for part in text.split(" [")) + 1


def _in_words(value: Any) -> str:
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, default=str, ensure_ascii=False)
    return str(value)


def name_of(verb: str) -> str:
    """Return the name of the workbook of a verb's result."""
    return f"{verb}.{XLSX}"
