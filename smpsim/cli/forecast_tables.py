"""A forecast as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from smpsim.cli.terminal import between, table
from smpsim.results.units import shown, shown_difference
from smpsim.studies.forecast.result import Forecast
from smpsim.studies.forecast.signs import label

PERCENT = "share"


def print_forecast(screen: Console, found: Forecast) -> None:
    """Print what is likely, the plan, early signs and what actions change."""
    screen.print(found.scenario.name, style="bold")
    several = len(found.groups) > 1
    print_values(screen, found, several)
    print_plan(screen, found, several)
    print_signs(screen, found, several)
    if found.taken:
        print_actions(screen, found, several)


def print_values(screen: Console, found: Forecast, several: bool) -> None:
    """Print the likely range of each series at later months."""
    level = f"{100 * found.level:g} %"
    rows = [
        (
            *([str(group)] if several else []),
            label(str(name)),
            one["date"],
            shown(one["median"], one["unit"]),
            between(one["run_low"], one["run_high"], one["unit"]),
            between(one["before_low"], one["before_high"], one["unit"]),
            one["unit"],
        )
        for (group, name, _), one in _rows(found.values())
    ]
    heads = ("", "month", ">median", f">{level} of runs", ">before any report", "unit")
    title = f"Forecast, given the reports up to {found.date(found.now)}"
    table(screen, title, (*(["programme"] if several else []), *heads), rows)


def print_plan(screen: Console, found: Forecast, several: bool) -> None:
    """Print the probability to meet each plan."""
    rows = [
        (
            *([str(group)] if several else []),
            label(str(name)),
            shown(one["planned"], "people"),
            shown(one["probability"], PERCENT),
            between(one["ci_low"], one["ci_high"], PERCENT),
            shown(one["before"], PERCENT),
        )
        for (group, name), one in _rows(found.plan())
    ]
    heads = ("", ">plan", ">probability", ">margin of error", ">before any report")
    if rows:
        title = "Probability of meeting the plan"
        table(screen, title, (*(["programme"] if several else []), *heads), rows)


def print_signs(screen: Console, found: Forecast, several: bool) -> None:
    """Print which figures of the coming months tell whether the plan will be met."""
    rows = [
        (
            *([str(group)] if several else []),
            label(one["sign"]),
            found.date(int(one["month"])),
            f"{one['side']} {shown(one['threshold'], one['unit'])} {one['unit']}",
            shown(one["met_on_this_side"], PERCENT),
            shown(one["met_on_the_other"], PERCENT),
            f"{one['separation']:.2f}",
        )
        for (group, _), one in _rows(found.signs())
    ]
    heads = ("figure", "month", "threshold", ">plan met", ">otherwise", ">separation")
    if rows:
        title = "Early signs (separation: 0.5 says nothing, 1 everything)"
        table(screen, title, (*(["programme"] if several else []), *heads), rows)


def print_actions(screen: Console, found: Forecast, several: bool) -> None:
    """Print what actions change from the month after the last report on."""
    rows = [
        (
            str(name).replace("actions/", ""),
            *([str(group)] if several else []),
            label(str(outcome)),
            shown_difference(one["difference"], one["unit"]),
            _range(one, "ci"),
            _range(one, "run"),
            shown(one["probability_without"], PERCENT),
            shown(one["probability_with"], PERCENT),
        )
        for (name, group, outcome), one in _rows(found.actions())
    ]
    level = f"{100 * found.level:g} %"
    heads = (
        "",
        ">change of the mean",
        f">its {level} interval",
        f">{level} of runs",
        ">plan met without it",
        ">with",
    )
    title = f"Actions from {found.date(found.now + 1)} on, at the end of the run"
    table(screen, title, ("action", *(["programme"] if several else []), *heads), rows)


def _range(one: Any, kind: str) -> str:
    low, high = (shown_difference(one[f"{kind}_{end}"], one["unit"]) for end in ("low", "high"))
    return low if low == high else f"{low} to {high}"


def _rows(frame: Any) -> Any:
    return frame.iterrows()
