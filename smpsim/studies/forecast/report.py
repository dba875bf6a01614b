"""A forecast in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smpsim.results.report import from_to, in_digits, in_money, of_each, signed
from smpsim.results.units import three_digits, words
from smpsim.scenario.meanings import plain_names
from smpsim.studies.forecast.signs import label

if TYPE_CHECKING:
    from smpsim.studies.forecast.result import Forecast

MANY_UNEXPLAINED = 0.05
"""Share of reports outside 99 % of the runs above which the model is said not to explain them."""
FEW = 50.0


def sentences(found: Forecast) -> list[str]:
    """Return what is likely, whether the plan is met, what to watch, and what actions change."""
    said = of_each(found.groups, lambda group: " ".join(_of_group(found, group)))
    return [*said, *_actions(found), *_cautions(found)]


def _of_group(found: Forecast, group: str) -> list[str]:
    values: Any = found.values()
    last = found.scenario.months - 1
    percent = in_digits(100 * found.level)
    placed = values.loc[(group, "placed", last)]
    cost = values.loc[(group, "cost_cumulative", last)]
    said = [
        f"Given the reports up to {found.date(found.now)}, about {placed['median']:,.0f} people "
        f"are placed by {found.date(last)} ({_people(placed, 'run')} in {percent} % of the runs; "
        f"standard error of the median {placed['median_error']:,.0f}; before any report "
        f"{_people(placed, 'before')}), at a cost of "
        f"{in_money(cost['median'], found.scenario.currency)} "
        f"({from_to(three_digits(cost['run_low']), three_digits(cost['run_high']))})."
    ]
    plan = found.plan()
    for _, row in plan[plan.index.get_level_values("programme") == group].iterrows():
        said.append(_plan(str(row.name[1]), row))  # type: ignore[index]
    signs = found.signs()
    mine = signs[signs.index.get_level_values("programme") == group]
    if len(mine):
        apart: Any = mine["met_on_this_side"] - mine["met_on_the_other"]
        said.append(_sign(found, mine.iloc[int(np.argmax(apart))]))
    elif len(plan) and found.figures:
        said.append("No figure of the coming year shows early whether the plan will be met.")
    return said


def _people(row: Any, which: str) -> str:
    return f"{row[f'{which}_low']:,.0f} to {row[f'{which}_high']:,.0f}"


def _plan(outcome: str, row: Any) -> str:
    return (
        f"The plan of {in_digits(row['planned'])} {words(outcome)} is met with a probability of "
        f"{_percent(row['probability'])} (margin of error {_percent(row['ci_low'])} to "
        f"{_percent(row['ci_high'])}; before any report "
        f"{_percent(row['before'])})."
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _likely(row: Any) -> str:
    """Return where a report is likely to lie; in early months there may be nobody to count."""
    if row["run_low"] != row["run_low"]:
        return "in no run is there anybody to count"
    return f"likely {_amount(row, 'run_low')} to {_amount(row, 'run_high')}"


def _amount(row: Any, name: str) -> str:
    """Return a number of a report, a share in per cent."""
    is_share = row["unit"].startswith("share")
    return f"{in_digits(100 * row[name])} %" if is_share else in_digits(row[name])


def _sign(found: Forecast, row: Any) -> str:
    unit = "" if row["unit"] in ("0 to 1", "ratio") else f" {row['unit']}"
    amount = f"{in_digits(row['threshold'])}{unit}"
    return (
        f"Watch {label(row['sign'])} at the end of {found.date(int(row['month']))}: with "
        f"{row['side']} {amount} the plan is met in {_percent(row['met_on_this_side'])} of "
        f"the runs, otherwise in {_percent(row['met_on_the_other'])}."
    )


def _actions(found: Forecast) -> list[str]:
    if not found.taken:
        return []
    table: Any = found.actions()
    group = found.groups[-1]
    said = []
    for one in found.taken:
        name = " and ".join(words(action.removeprefix("actions/")) for action in one.actions)
        if not one.changed:
            said.append(
                f"Taken from {found.date(found.now + 1)} on, {name} cannot change anything here."
            )
            continue
        placed, cost = (
            table.loc[(one.name, group, outcome)] for outcome in ("placed", "cost_cumulative")
        )
        text = (
            f"Taken from {found.date(found.now + 1)} on, {name} would change placements by "
            f"{signed(placed['difference'])} on average "
            f"({signed(placed['ci_low'])} to {signed(placed['ci_high'])}) and cost by "
            f"{found.scenario.currency} {signed(three_digits(cost['difference']))}"
        )
        if placed["planned"] == placed["planned"]:
            text += (
                "; the probability of meeting the plan would be "
                f"{_percent(placed['probability_with'])} instead of "
                f"{_percent(placed['probability_without'])}"
            )
        said.append(f"{text}.")
        # the range of a value is no part of its own
        late = [key for key in one.fixed if not key.startswith("likely_ranges.")]
        if late and len(one.actions) == 1:
            said.append(
                f"These parts of {name} are fixed at the start and come too late: "
                f"{'; '.join(plain_names(late).values())}."
            )
    return said


def _cautions(found: Forecast) -> list[str]:
    kept, runs = len(found.conditioned.places), len(found.before)
    effective = found.conditioned.effective
    said = [
        f"Of {runs:,} runs the {kept:,} that agree best with {len(found.observed):,} reports "
        f"were kept; they carry as much information as {in_digits(effective)} of equal weight."
    ]
    table = found.agreement()
    outside = table[~table["explained"]]
    if len(outside) > max(1.0, MANY_UNEXPLAINED * len(table)):
        first = outside.iloc[0]
        said.append(
            f"The model does not explain {len(outside)} of the {len(table)} reports, such as "
            f"{label(first['outcome'])} of {first['date']} (reported "
            f"{_amount(first, 'value')}, {_likely(first)}): "
            "check the scenario or the reports before you use the forecast."
        )
    if effective < FEW:
        said.append("Intervals of so few runs are rough. Take more draws.")
    return said
