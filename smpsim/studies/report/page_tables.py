"""The tables of a report's page: cells with a number, and small lines below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from smpsim.results.estimates import SEEN
from smpsim.results.funnel import KEPT_AS
from smpsim.results.report import HARDLY
from smpsim.studies.report.figures import COST_PER_KEPT, ROWS
from smpsim.studies.report.wording import (
    MINUS,
    between,
    listed,
    money,
    people,
    percent,
    shown,
    signed,
)

if TYPE_CHECKING:
    from smpsim.studies.report.result import Report

NOTICED = 0.5
"""People from which a loss is listed."""


def heads(report: Report, first: str) -> list[str]:
    """Return the heads of a table: what its rows are, and the options."""
    alone = len(report.options) == 1
    return [first, *("" if alone else f"{one.letter}: {one.name}" for one in report.options)]


def figures(report: Report) -> dict[str, Any]:
    """Return the table of options."""
    table: Any = report.figures()
    rows = []
    for row in ROWS:
        cells = []
        unit = ""
        if (
            row.name == COST_PER_KEPT
            and not table.xs(row.name, level="figure")["mean"].notna().any()
        ):
            # a cost for each of people whom no run has seen
            continue
        for option in report.options:
            one = table.loc[(option.letter, row.name)]
            unit = str(one["unit"])
            cells.append(_figure(one, option.letter, option.mean("placed")))
        rows.append({"name": row.name, "label": row.label, "unit": unit, "cells": cells})
    about = "What each option achieves"
    return {"heads": heads(report, ""), "align": "right", "rows": rows, "about": about}


def _figure(one: Any, letter: str, placed: float) -> dict[str, Any]:
    unit, mean = str(one["unit"]), float(one["mean"])
    lines: list[str] = []
    if str(one.name[1]).startswith("cost_per_") and placed < HARDLY:
        return cell("hardly anybody is placed", letter, mean, lines)
    spread = between(one["run_low"], one["run_high"], unit)
    same = shown(one["run_low"], unit) == shown(one["run_high"], unit)
    if spread and one["runs"] > 1 and not same:
        lines.append(f"likely {spread}")
    if unit == "people" and str(one.name[1]) in KEPT_AS.values() and placed > 0 and mean == mean:
        lines.append(f"{percent(mean / placed)} of those placed")
    if one["difference"] == one["difference"]:
        interval = between(one["ci_low"], one["ci_high"], unit, sign=True)
        inside = f" ({interval})" if interval and one["ci_low"] != one["ci_high"] else ""
        lines.append(f"against A: {signed(one['difference'], unit)}{inside}")
        if one["pairs"] == one["pairs"] and one["pairs"]:
            lines.append(f"better in {int(one['better']):,} of {int(one['pairs']):,} pairs")
    if 0 < one["runs_used"] < one["runs"] and mean == mean:
        lines.append(f"from {int(one['runs_used']):,} runs")
    return {"text": shown(mean, unit), "lines": lines, "option": letter, "value": repr(mean)}


def kept_note(report: Report) -> str:
    """Return what is to be known of people kept."""
    means = report.figures()["mean"]
    unseen = []
    for one in report.options:
        months = [str(n) for n, name in KEPT_AS.items() if np.isnan(means[one.letter, name])]
        if months:
            unseen.append(f"{one.letter} after {listed(months)} months")
    text = (
        "Kept: still with the employer that long after arrival; people who arrived too late to "
        "be observed that long are counted at the rate of the others."
    )
    if unseen:
        least = f"{100 * SEEN:.0f} %"
        text += (
            f" Not given: in fewer than {least} of the runs anybody arrives early enough before "
            f"the end ({'; '.join(unseen)}); a longer horizon (months) would show it."
        )
    return text


def funnel(report: Report, letter: str) -> dict[str, Any]:
    """Return the lines of an option's funnel, with place and width of bars in per cent."""
    table: Any = report.funnel().loc[letter]
    planned = float(table.loc["planned_seats", "people"])
    widest = max(float(table.loc[table["kind"] == "level", "people"].max()), 1.0)
    rows, level = [], planned
    for line, row in table.iterrows():
        count = float(row["people"])
        unknown = count != count
        lost = row["kind"] == "lost"
        if lost and (unknown or abs(count) < NOTICED):
            continue
        if lost:
            level -= count
        else:
            level = count
        said = people(count)
        rows.append(
            {
                "line": line,
                "label": row["label"],
                "kind": "waiting" if line == "under_way" else row["kind"],
                "people": f"{MINUS}{said}" if lost and count > 0 else said,
                "value": repr(count),
                "left": f"{max(100 * level / widest, 0.0) if lost else 0.0:.2f}",
                "width": "" if unknown else f"{100 * abs(count) / widest:.2f}",
            }
        )
    return {"letter": letter, "name": report.names[letter], "rows": rows}


def limits(report: Report) -> dict[str, Any]:
    """Return what binds as a table, what binds A most first."""
    table: Any = report.limits()
    names = list(dict.fromkeys(table.index.get_level_values("limit")))
    rows = []
    for name in names:
        cells = []
        for option in report.options:
            one = table.loc[(option.letter, name)]
            share = one["share"]
            lines = [f"{percent(share)} of the losses"] if share == share else []
            cells.append(cell(people(one["people"]), option.letter, one["people"], lines))
        rows.append({"name": name, "label": name, "unit": "people", "cells": cells})
    rows.sort(key=lambda row: -float(row["cells"][0]["value"]))
    return {"heads": heads(report, "limit"), "align": "right", "rows": rows, "about": "Limits"}


def cell(text: str, option: str, value: float, lines: Sequence[str] = ()) -> dict[str, Any]:
    """Return a cell with its number, as it is shown and as it is."""
    return {"text": text, "lines": list(lines), "option": option, "value": repr(float(value))}


def payers(report: Report) -> dict[str, Any]:
    """Return who pays as a table."""
    table: Any = report.payers()
    rows = []
    for party in dict.fromkeys(table.index.get_level_values("party")):
        found = table.xs(party, level="party")
        if not found["cost"].any():
            continue
        cells = []
        for option in report.options:
            one = found.loc[option.letter]
            lines = [f"{percent(one['share'])} of the cost"]
            if one["per_placement"] == one["per_placement"]:
                lines.append(f"{money(one['per_placement'])} per person placed")
            cells.append(cell(money(one["cost"]), option.letter, one["cost"], lines))
        first = found.iloc[0]
        unit = str(first["unit"])
        rows.append({"name": party, "label": first["label"], "unit": unit, "cells": cells})
    return {"heads": heads(report, "party"), "align": "right", "rows": rows, "about": "Who pays"}


def gains(report: Report) -> dict[str, Any]:
    """Return who gains as a table."""
    table: Any = report.gains()
    rows = []
    for party in dict.fromkeys(table.index.get_level_values("party")):
        found = table.xs(party, level="party")
        if not found[["value", "run_low", "run_high"]].any(axis=None):
            continue
        cells = []
        for option in report.options:
            one = found.loc[option.letter]
            enrolled, unit = option.mean("enrolled"), str(one["unit"])
            if not enrolled > 0:
                cells.append(cell("-", option.letter, float("nan")))
                continue
            low, high = one["run_low"] / enrolled, one["run_high"] / enrolled
            lines = [between(low, high, unit, sign=True)] if report.runs > 1 else []
            if one["runs_losing"]:
                lines.append(f"loses in {percent(one['runs_losing'])} of the runs")
            text = signed(one["per_enrolled"], unit)
            cells.append(cell(text, option.letter, one["per_enrolled"], lines))
        first = found.iloc[0]
        unit = f"{first['unit']} per person"
        rows.append({"name": party, "label": first["label"], "unit": unit, "cells": cells})
    return {"heads": heads(report, "party"), "align": "right", "rows": rows, "about": "Who gains"}
