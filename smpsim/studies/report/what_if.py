"""What a report's sliders show: each combination in words, and each value alone as a table."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from smpsim.results.estimates import known_to_divide
from smpsim.results.units import shown_setting
from smpsim.studies.report.page_texts import plain
from smpsim.studies.report.sliders import Slider
from smpsim.studies.report.wording import between, money, people, signed

if TYPE_CHECKING:
    from smpsim.studies.report.result import Report


def content(report: Report) -> dict[str, Any]:
    """Return what the page shows of the sliders; nothing where there are none."""
    if not report.sliders:
        return {}
    table = report.what_if()
    cells = [_cell(report, row) for _, row in table.iterrows()]
    sliders = [_slider(one, report.options[0].currency) for one in report.sliders]
    data = {"sliders": sliders, "cells": cells}
    return {
        "sliders": sliders,
        "combinations": f"{len(table):,}",
        "runs": int(table["runs"].iloc[0]),
        "level": f"{100 * table['level'].iloc[0]:g} %",
        "alone": _alone(report, table, cells),
        # nothing in it ends the element that holds it
        "data": Markup(json.dumps(data, ensure_ascii=True).replace("<", "\\u003c")),
    }


def _slider(one: Slider, currency: str) -> dict[str, Any]:
    unit = one.unit.replace("currency", currency)
    return {
        "label": one.label,
        "values": [shown_setting(value, unit) for value in one.values],
        "present": one.values.index(one.present),
    }


def _cell(report: Report, row: Any) -> dict[str, Any]:
    """Return what a combination comes to: the means of the option, and what it changes in them."""
    first = report.options[0]
    placed = max(0.0, first.mean("placed") + row["placed"])
    cost = max(0.0, first.mean("cost_total") + row["cost_total"])
    # of the mean of the option, and of the change in the same worlds
    own = float(first.estimates.values["placed"].to_numpy().std(ddof=1)) / math.sqrt(report.runs)
    error = math.hypot(own, row["placed_standard_error"])
    price = cost / placed if known_to_divide(placed, error) else math.nan
    return {
        "placed": people(placed),
        "width": round(placed, 1),
        "placed_change": _change(row, "placed", "people"),
        "cost": money(cost, first.currency),
        "cost_change": _change(row, "cost_total", first.currency),
        "price": "too few for one" if math.isnan(price) else money(price, first.currency),
    }


def _change(row: Any, name: str, unit: str) -> str:
    if row[name] == row[f"{name}_ci_low"] == row[f"{name}_ci_high"] == 0:
        return "no change"
    ends = between(row[f"{name}_ci_low"], row[f"{name}_ci_high"], unit, sign=True)
    return f"{signed(row[name], unit)} ({ends})" if ends else signed(row[name], unit)


def _alone(report: Report, table: Any, cells: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the table of each slider moved alone, for paper and for browsers without scripts."""
    now = {one.key: one.present for one in report.sliders}
    as_it_is = cells[int((table[list(now)] == list(now.values())).all(axis=1).argmax())]
    rows = [_row("A as it is", as_it_is, changed=False)]
    for one in report.sliders:
        others = [key for key in now if key != one.key]
        rest = (table[others] == [now[key] for key in others]).all(axis=1)
        unit = one.unit.replace("currency", report.options[0].currency)
        for place in table.index[rest & (table[one.key] != one.present)]:
            value = shown_setting(table.loc[place, one.key], unit)
            rows.append(_row(f"{one.label}: {value}", cells[int(place)]))
    heads = ["", "placed", "total cost", "cost per placement"]
    return {"heads": heads, "align": "right", "rows": rows, "about": "What if"}


def _row(label: str, cell: dict[str, Any], changed: bool = True) -> dict[str, Any]:
    lines = [[cell[f"{name}_change"]] if changed else [] for name in ("placed", "cost")]
    cells = [plain(cell["placed"], lines[0]), plain(cell["cost"], lines[1]), plain(cell["price"])]
    return {"name": "", "label": label, "unit": "", "cells": cells}
