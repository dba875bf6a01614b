"""Which figures of a scenario are guesses, and which of them decide most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from smpsim.results.units import labels_of
from smpsim.scenario import Scenario, ScenarioError
from smpsim.scenario.marks import Mark
from smpsim.scenario.parameters import Parameters
from smpsim.scenario.quantities import KINDS
from smpsim.studies.compare.pairing import difference_of
from smpsim.studies.report.variants import variants
from smpsim.studies.sensitivity.ranges import MIDDLES, Parameter, parameters_of, with_values

RUNS = 20
"""Runs of each value that is tried."""
OUTCOME = "placed"
COLUMNS = ["key", "label", "unit", "value", "low", "high"]
CHANGES = ["at_low", "at_low_ci_low", "at_low_ci_high", "at_high", "at_high_ci_low"]
CHANGES += ["at_high_ci_high", "swing", "level"]


def guessed(scenario: Scenario, marks: Sequence[Mark]) -> list[Parameter]:
    """Return the guesses of a scenario's own that can be tried, each with a range.

    Numbers and middles of distributions that the files mark as assumptions, over their likely
    range, or from half to one and a half times their value where none is stated (see
    `smpsim.studies.sensitivity.ranges`). What many scenarios share, under ``behaviour``, is for
    `smpsim sensitivity`.
    """
    found = []
    for mark in marks:
        if mark.origin != "assumption" or mark.shared:
            continue
        key = _key(mark)
        try:
            found += parameters_of(scenario, {key: scenario.likely_ranges.get(key)}, only=True)[0]
        except ScenarioError:
            # zero, at the end of what is allowed, or a half or half more would not fit the rest
            continue
    return [one for one in found if one.low < one.high]


def _key(mark: Mark) -> str:
    """Return the key of a number: of a distribution that of its middle."""
    if isinstance(mark.value, dict):
        kind = next(iter(mark.value))
        inside = mark.value[kind]
        if kind in KINDS and isinstance(inside, dict):
            middle = next((name for name in MIDDLES if name in inside), "")
            return f"{mark.key}.{kind}.{middle}"
        return f"{mark.key}.{kind}"
    return mark.key


def tried(
    scenario: Scenario,
    parameters: Sequence[Parameter],
    seed: int,
    level: float,
    given: Parameters,
    **more: Any,
) -> pd.DataFrame:
    """Return how many more people are placed if a guess is wrong, one at a time.

    `more` as in `variants`.

    Returns
    -------
    DataFrame
        A row a guess, that which matters most first: ``key``, ``label``, ``unit``, ``value``,
        the ends of its range ``low`` and ``high``, the paired differences ``at_low`` and
        ``at_high`` in people placed, each with the ends of its interval, ``swing``, the greater of
        the two in size, and ``level`` of the intervals.
    """
    if not parameters:
        return pd.DataFrame(columns=[*COLUMNS, *CHANGES])
    first = [one.value for one in parameters]
    rows = [first]
    for place, one in enumerate(parameters):
        rows += [[*first[:place], end, *first[place + 1 :]] for end in (one.low, one.high)]
    designs = pd.DataFrame(with_values(scenario, parameters, rows))
    sides = variants(scenario, designs, [OUTCOME], RUNS, seed, given, **more)
    labels = labels_of([one.key for one in parameters])
    found = []
    for place, one in enumerate(parameters):
        row: dict[str, Any] = {"key": one.key, "label": labels[one.key], "unit": one.unit}
        row |= {"value": one.value, "low": one.low, "high": one.high}
        for end, number in (("low", 1 + 2 * place), ("high", 2 + 2 * place)):
            change = difference_of(OUTCOME, sides[0], sides[number], level)
            row[f"at_{end}"] = change["difference"]
            row |= {f"at_{end}_{edge}": change[edge] for edge in ("ci_low", "ci_high")}
        row |= {"swing": max(abs(row["at_low"]), abs(row["at_high"])), "level": level}
        found.append(row)
    table = pd.DataFrame(found, columns=[*COLUMNS, *CHANGES])
    return table.sort_values("swing", ascending=False, kind="stable").reset_index(drop=True)


def runs_of(parameters: Sequence[Parameter]) -> int:
    """Return how many runs it takes to try guesses."""
    return RUNS * (1 + 2 * len(parameters)) if parameters else 0


def marks_table(marks: dict[str, list[Mark]]) -> pd.DataFrame:
    """Return where the figures of each option come from.

    Returns
    -------
    DataFrame
        A row for each figure that a file states: ``option``, ``key``, ``value``, ``origin``
        (``"assumption"``, ``"source"``, or ``"unsaid"``), ``text``, ``shared`` and ``ranged``.
    """
    rows = [
        {"option": letter, **one._asdict(), "value": str(one.value)}
        for letter, found in marks.items()
        for one in found
    ]
    return pd.DataFrame(rows, columns=["option", *Mark._fields])
