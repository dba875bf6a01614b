"""Numbers as decision makers read them: whole people, and money in no more digits than known."""

from __future__ import annotations

import math

from smpsim.results.report import in_digits
from smpsim.results.units import DIGITS, three_digits

MILLION = 1e6
MINUS = "\N{MINUS SIGN}"
UNKNOWN = "not given"


def people(value: float) -> str:
    """Return a number of people, whole."""
    return UNKNOWN if math.isnan(value) else in_digits(float(round(value)))


def money(value: float, currency: str = "") -> str:
    """Return an amount in three figures: "EUR 16,900", "EUR 5.38 million"."""
    if math.isnan(value):
        return UNKNOWN
    before = f"{currency} " if currency else ""
    known = three_digits(abs(value))
    sign = MINUS if value < 0 and round(known) else ""
    if known >= MILLION:
        places = max(0, DIGITS - len(f"{known / MILLION:.0f}"))
        return f"{before}{sign}{known / MILLION:,.{places}f} million"
    return f"{before}{sign}{known:,.0f}"


def shown(value: float, unit: str) -> str:
    """Return a mean in its unit; the unit itself stands in the heading of the row."""
    return people(value) if unit == "people" else money(value)


def signed(value: float, unit: str) -> str:
    """Return a difference with its sign."""
    if math.isnan(value):
        return UNKNOWN
    text = shown(abs(value), unit)
    if text == "0":
        return "0"
    return f"{'+' if value > 0 else MINUS}{text}"


def between(low: float, high: float, unit: str, sign: bool = False) -> str:
    """Return an interval."""
    if math.isnan(low):
        return ""
    say = signed if sign else shown
    if math.isnan(high):
        # nobody is placed in some of the runs: no money is enough for a placement
        return f"{say(low, unit)} or more"
    return f"{say(low, unit)} to {say(high, unit)}"


def percent(share: float) -> str:
    """Return a share in whole per cent; what is neither none nor all never reads so."""
    if math.isnan(share):
        return UNKNOWN
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def listed(words: list[str]) -> str:
    """Return words with commas and "and"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
