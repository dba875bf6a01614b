"""A report as a workbook: a sheet for each table, with units and intervals beside the numbers."""

from __future__ import annotations

import math
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd

from smpsim.extras import need
from smpsim.messages import harmless
from smpsim.results.provenance import brief
from smpsim.studies.report.answer import question_of
from smpsim.studies.report.page_texts import held

if TYPE_CHECKING:
    from smpsim.studies.report.result import Report

SHEETS = {
    "options": "What each option comes to; run_low to run_high: level of the single runs; "
    "difference: to option A under the same chance events, ci_low to ci_high at ci_level; better, "
    "equal: of so many pairs of runs.",
    "funnel": "From planned seats to people kept, in people: levels, and what is lost on the way "
    "to the next one; means and ranges of runs.",
    "limits": "Planned seats lost, in people, by who or what is the limit; means of runs.",
    "payers": "Who bears the cost up to the end of the runs, in the currency under unit.",
    "gains": "Net present value by party, in the currency under unit, until window months after "
    "the training of each intake.",
    "terms": "What each option provides.",
    "differences": "Every value in which the options differ.",
    "origins": "Where each figure that the scenarios state comes from.",
    "guesses": "Option A: change in people placed if a guess is at the lower or the upper end of "
    "its range, with confidence intervals.",
    "what_if": "Option A: change in people placed and in cost at each combination of the sliders, "
    "against A as it is under the same chance events, with confidence intervals at level.",
    "sources": "Sources that the scenarios name.",
}
LONGEST_CELL = 32_000
WIDEST = 60


def workbook(report: Report) -> bytes:
    """Return a report as the content of an xlsx file; all text is text, never a formula or link.

    Raises
    ------
    MissingExtraError
        If XlsxWriter is not installed.
    """
    need("report", "smpsim report --xlsx")
    import xlsxwriter

    content = BytesIO()
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(content, plain) as book:
        # else the file states when it was made, and the same report has other bytes
        book.set_properties({"title": "Report", "created": pd.Timestamp("2000-01-01")})
        bold = book.add_format({"bold": True, "bottom": 1})
        grey = book.add_format({"italic": True, "font_color": "#59636e"})
        _first(book.add_worksheet("answer"), report, bold, grey)
        for name, table in report.tables.items():
            sheet = book.add_worksheet(name)
            sheet.write_string(0, 0, SHEETS[name], grey)
            _fill(sheet, table.reset_index() if _named(table) else table, bold, 1)
    return content.getvalue()


def _named(table: pd.DataFrame) -> bool:
    return any(name is not None for name in table.index.names)


def _first(sheet: Any, report: Report, bold: Any, grey: Any) -> None:
    """Write question, answer, options and provenance."""
    facts = brief(report.provenance)
    rows = [("what", "text"), ("question", question_of(report))]
    rows += [("answer", sentence) for sentence in report.sentences]
    rows += [(f"option {letter}", name) for letter, name in report.names.items()]
    rows += [("note", note) for note in report.notes]
    rows.append(("intervals", held(report)))
    rows += [(key, str(facts[key])) for key in ("replications", "seed", "level") if key in facts]
    rows += [(f"version of {name}", text) for name, text in facts.get("versions", {}).items()]
    rows += [(key, str(facts.get(key))) for key in ("commit", "model", "recipe_hash")]
    for name, one in facts.get("fingerprints", {}).items():
        rows.append((f"fingerprint of {name}", one))
    sheet.write_string(0, 0, "Exploratory result of a model, not a forecast", grey)
    for number, (what, text) in enumerate(rows, start=1):
        style = bold if number == 1 else None
        sheet.write_string(number, 0, what, style)
        sheet.write_string(number, 1, _text(text), style)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 100)


def _fill(sheet: Any, table: pd.DataFrame, bold: Any, top: int) -> None:
    """Write a table below its heading; what is missing stays empty."""
    for place, head in enumerate(table.columns):
        sheet.write_string(top, place, _text(head), bold)
        width = len(str(head))
        for number, value in enumerate(table[head].tolist(), start=top + 1):
            if isinstance(value, bool):
                sheet.write_boolean(number, place, value)
            elif isinstance(value, (int, float)):
                if math.isfinite(value):
                    sheet.write_number(number, place, value)
            elif value is not None:
                sheet.write_string(number, place, _text(value))
                width = max(width, len(str(value)))
        sheet.set_column(place, place, min(width + 1, WIDEST))
    sheet.freeze_panes(top + 1, 0)
    sheet.autofilter(top, 0, top + len(table), max(len(table.columns) - 1, 0))


def _text(value: Any) -> str:
    return harmless(str(value))[:LONGEST_CELL]
