"""Rows of numbers with bars, and how numbers are written on the screens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from smpsim.results.report import HARDLY
from smpsim.results.units import three_digits


@dataclass(frozen=True)
class Bar:
    """A row of numbers with a bar.

    Parameters
    ----------
    label : str
    kind : str
        ``"planned"``, ``"loss"``, ``"under way"``, ``"placed"``, ``"kept"``, ``"pays"``,
        ``"gains"`` or ``"loses"``.
    value, low, high : float
        Mean, and where 90 % of the runs lie.
    length : float
        Of the bar, from 0 to 1.
    text : str
        The number in words.
    beside : tuple of str
        Further columns.
    """

    label: str
    kind: str
    value: float
    low: float
    high: float
    length: float
    text: str
    beside: tuple[str, ...] = ()


def whole(people: float) -> str:
    """Return a mean number of people, who are whole."""
    return "under 1" if 0 < people < 0.5 else f"{people:,.0f}"


NONE = "-"
"""An amount that there is none of."""


def span(mean: str, low: str, high: str) -> str:
    """Return a mean with the range of 90 % of the runs, if these differ in it and there is one."""
    if low in (mean, NONE) and high == low:
        return mean
    # without an end where nobody is placed: no money is enough for a placement
    return f"{mean} ({low} {'or more' if high == NONE else f'to {high}'})"


def counted(people: float) -> str:
    """Return a number of people of one run."""
    return NONE if math.isnan(people) else f"{people:,.0f}"


def of_people(row: Any, kind: str, planned: float) -> Bar:
    """Return the row of a number of people, with a bar against the planned."""
    mean, low, high = (float(row[key]) for key in ("people", "run_low", "run_high"))
    label = str(row["label"]).removeprefix("lost: ")
    text = span(whole(mean), counted(low), counted(high))
    return Bar(label, kind, mean, low, high, mean / planned if planned else 0.0, text)


def rounded(amount: float) -> str:
    """Return an amount of money with the three digits that runs can tell."""
    if not math.isfinite(amount):
        return NONE
    return f"{three_digits(amount):,.0f}".replace("-", "\N{MINUS SIGN}")


def money(mean: float, low: float, high: float) -> str:
    """Return an amount of money with the range of 90 % of the runs."""
    return span(rounded(mean), rounded(low), rounded(high))


def each(amount: float, people: float) -> str:
    """Return an amount of money for each of some people; a dash where there is hardly anybody."""
    return rounded(amount / people) if people >= HARDLY else NONE
