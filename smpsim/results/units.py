"""Names and units of outcomes as tables, pictures and messages show them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from smpsim.results.outcomes import outcome_of
from smpsim.scenario.keypaths import parse_path
from smpsim.scenario.quantities import KINDS

MONEY = ("currency",)
CURRENCY_CODE = re.compile("[A-Z]{3}")
WHOLE = "#,##0"
"""How a spreadsheet shows whole numbers."""
DIGITS = 3  # of an amount of money that count


def three_digits(value: float) -> float:
    """Return an amount of money rounded to the digits that count: 21167 is 21200."""
    return float(f"{value:.{DIGITS}g}") if abs(value) >= 100 else value


def in_three_digits(value: float) -> str:
    """Return a number with three digits and no exponent: "0.0226", "3.9", "1,210"."""
    return f"{three_digits(value):,.0f}" if abs(value) >= 100 else f"{value:.{DIGITS}g}"


def words(name: str) -> str:
    """Return a name of a table in words."""
    return name.replace("_", " ")


def labels_of(names: Sequence[str]) -> dict[str, str]:
    """Return the end of each key path in words: two steps, or as many as tell them apart.

    The kind of a distribution is left out ("patience months: median"), and a lane says whose it
    is ("visa standard: minimum months").
    """
    paths = {name: _steps(name) for name in names}
    found = {}
    for name, steps in paths.items():
        count = min(2, len(steps))
        while count < len(steps) and any(
            other != name and path[-count:] == steps[-count:] for other, path in paths.items()
        ):
            count += 1
        found[name] = ": ".join(words(step) for step in steps[-count:])
    return found


def _steps(name: str) -> list[str]:
    """Return the steps of a key path that people read; a name may have dots of its own."""
    found: list[str] = []
    for step in parse_path(name):
        if isinstance(step, int):
            found[-1] += f"[{step}]"
        elif found[-2:] == ["visa", "lanes"]:
            found[-2:] = [f"visa {step}"]
        elif step not in KINDS:
            found.append(step)
    return found


def label_of(outcome: str) -> str:
    """Return the words for an outcome, without its unit."""
    return outcome_of(outcome).label


def from_runs(used: float, runs: float) -> str:
    """Return from how many runs a number is: "3 of 200", or "all"."""
    return "all" if used == runs else f"{int(used):,} of {int(runs):,}"


def unit_of(outcome: str, currency: str) -> str:
    """Return the unit of an outcome; amounts of money are in `currency`."""
    return outcome_of(outcome).unit_in(currency)


def is_money(outcome: str) -> bool:
    """Return whether an outcome is an amount of money."""
    return outcome_of(outcome).is_money


def shown(value: float, unit: str) -> str:
    """Return a number as people read it: people whole, shares in per cent, thousands separated.

    Money has three digits that count: a mean over runs is not known to more. Files have them all.
    """
    if value != value:
        return "-"
    share = unit.startswith("share")
    if _is_amount(unit):
        value = three_digits(value)
    text = f"{100 * value:,.1f}" if share else f"{value:,.{_decimals(value, unit)}f}"
    # a small loss must not read "-0.0"
    text = text.removeprefix("-") if float(text.replace(",", "")) == 0 else text
    return f"{text} %" if share else text


@lru_cache(maxsize=256)
def _is_amount(unit: str) -> bool:
    return unit in MONEY or bool(CURRENCY_CODE.fullmatch(unit))


def _decimals(value: float, unit: str) -> int:
    """Return how many decimals of a number people read."""
    counted = unit.startswith("people")
    whole = 100 if _is_amount(unit) else 10 if counted else 1000
    return 0 if abs(value) >= whole or (counted and value == round(value)) else 1


def number_format(value: float, unit: str) -> str:
    """Return how a spreadsheet shows a number: as `shown`, but with all digits in the cell.

    An amount of money is shown without decimals, as no format rounds to three digits that count.
    Numbers without a unit, or with a rare one, have four.
    """
    if unit.startswith("share"):
        return "0.0%"
    if value == round(value):
        return WHOLE
    if _is_amount(unit) or unit.startswith("people"):
        decimals = _decimals(value, unit)
    else:
        decimals = min(max(3 - math.floor(math.log10(abs(value))), 0), 6)
    return f"{WHOLE}.{'0' * decimals}" if decimals else WHOLE


def shown_ends(low: float, high: float, unit: str) -> str:
    """Return where a number of a scenario may lie: "1,430 to 2,390 EUR per month", "2 to 5 %"."""
    return f"{shown_setting(low, unit).split(' ')[0]} to {shown_setting(high, unit)}"


def shown_setting(value: float, unit: str) -> str:
    """Return a number of a scenario: "1,430 EUR per month", "5 %"."""
    amount = 100 * value if unit.startswith("share") else value
    text = in_three_digits(amount)
    of = "" if unit == "1" else unit.replace("share", "%", 1)
    if text == "1" and of in ("months", "years", "hours"):
        of = of.removesuffix("s")
    return f"{text} {of}".strip()


def shown_difference(value: float, unit: str) -> str:
    """Return a difference as people read it: with its sign, shares in percentage points."""
    text = shown(value, unit)
    if unit.startswith("share") and value == value:
        text = f"{text.removesuffix(' %')} points"
    elif unit.startswith("people") and 10 <= abs(value) < 100:
        # the interval of a difference is often narrower than a person
        text = f"{value:,.1f}"
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text
