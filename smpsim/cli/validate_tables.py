"""A validation as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich.console import Console

from smpsim.cli.terminal import table
from smpsim.results.units import from_runs
from smpsim.studies.validate.measures import ends_in_unit, in_unit
from smpsim.studies.validate.result import Validation

Row = dict[str, Any]


def print_validation(out: Console, found: Validation) -> None:
    """Print what is reported beside what is predicted, the patterns, and what follows."""
    level = f"{100 * found.level:.0f} % interval"
    _outcomes(out, found.outcomes, level)
    _programmes(out, found.programmes, level)
    rows = [
        (row["scenario"], row["what"], people(row["reported"]), people(row["median"]), span(row))
        for row in rows_of(found.sizes)
    ]
    heads = ("programme", "what", ">reported", ">predicted", f">{level}")
    if rows:
        table(out, "Counts whose total is not known: not scored", heads, rows)
    rows = [
        (row["scenario"], row["what"], "withheld", in_unit(row["median"]), share_span(row))
        for row in rows_of(found.withheld)
    ]
    if rows:
        table(out, "Withheld: predicted beforehand", heads, rows)
    for name, findings in found.patterns.items():
        table(out, f"Pattern: {name}", ("",), [(one.words(),) for one in findings])


def _outcomes(out: Console, frame: pd.DataFrame, level: str) -> None:
    rows: list[Sequence[str]] = []
    for row in rows_of(frame):
        score = f"probability {row['probability']:.2f}"
        if row["covered"] is not None:
            score = f"interval score {row['interval_score']:.3g}"
        verdict = "agrees" if row["agrees"] else "WRONG"
        middle, spread = in_unit(row["median"], row["unit"]), share_span(row, row["unit"])
        used = from_runs(row["runs_used"], row["runs"])
        rows.append((row["outcome"], row["reported"], middle, spread, score, verdict, used))
    heads: tuple[str, ...] = ("outcome", ">reported", ">predicted", f">{level}", ">score", "")
    if any(row[-1] != "all" for row in rows):
        heads = (*heads, ">from runs")
    rows = [row[: len(heads)] for row in rows]
    table(out, "Reported and predicted", heads, rows)


def _programmes(out: Console, frame: pd.DataFrame, level: str) -> None:
    rows = []
    for row in rows_of(frame):
        cells = [
            f"{people(row[part])} ({people(low)} to {people(high)})"
            for part in ("enrolled", "graduated", "placed")
            for low, high in [(row[f"{part}_run_low"], row[f"{part}_run_high"])]
        ]
        rows.append((row["scenario"], people(row["planned"]), *cells))
    heads = ("programme", ">plan", ">enrolled", ">graduated", ">placed")
    table(out, f"Every programme: mean and {level}", heads, rows)


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a table with a named index as mappings."""
    named = frame.reset_index() if frame.index.name else frame
    return [{str(key): value for key, value in row.items()} for row in named.to_dict("records")]


def people(number: float) -> str:
    """Return a count, or a dash where there is none."""
    return "-" if number != number else f"{number:,.0f}"


def span(row: Row) -> str:
    """Return an interval of counts."""
    return f"{people(row['run_low'])} to {people(row['run_high'])}"


def share_span(row: Row, unit: str = "") -> str:
    """Return an interval of shares, or of what has a unit."""
    return ends_in_unit(row["run_low"], row["run_high"], unit)
