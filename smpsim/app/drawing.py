"""Curves and payments as SVG: text of the page's own size and colours, light or dark.

Pictures to take away are those of `smpsim.plots`; these are drawn anew with every move of a slider,
a hundred times faster. Colours are classes of `smpsim.app.look`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

import numpy as np
import pandas as pd

from smpsim.app.curves import Curve, Point
from smpsim.app.payments import Payment

Scale = Callable[[float], float]
WIDTH, HEIGHT = 480, 210
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 26, 24
TICKS = 4


def _nice(most: float) -> float:
    """Return a round distance between ticks up to a value."""
    if most <= 0:
        return 1.0
    raw = most / TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    return float(next(one for one in (1, 2, 2.5, 5, 10) if one * power >= raw * 0.999) * power)


def _short(value: float) -> str:
    """Return a value of an axis, in millions or thousands where it is large."""
    for size, letter in ((1e9, " bn"), (1e6, " m"), (1e4, "")):
        if abs(value) >= size:
            shown = value / size if letter else value
            return f"{shown:,.4g}{letter}" if letter else f"{value:,.0f}"
    return f"{value:,.4g}"


def curve_svg(
    curve: Curve,
    start: str,
    reports: Sequence[Point] = (),
    given: Curve | None = None,
) -> str:
    """Return a curve with the range of the runs.

    Parameters
    ----------
    curve : Curve
    start : str
        First month, as year and month.
    reports : sequence of Point
        What was reported of it, drawn as dots.
    given : Curve, optional
        The same given what was reported, drawn above it.
    """
    months = len(curve.median)
    highs = [curve.high.max(), *(one.value for one in reports)]
    if given is not None:
        highs.append(given.high.max())
    step = _nice(float(max(highs)))
    top = max(math.ceil(max(highs) / step), 1) * step
    wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(month: float) -> float:
        return LEFT + wide * month / max(months - 1, 1)

    def y(value: float) -> float:
        return TOP + high * (1 - value / top)

    parts = [f'<text x="0" y="14" class="h">{escape(curve.label)} [{escape(curve.unit)}]</text>']
    for n in range(round(top / step) + 1):
        place = y(n * step)
        parts.append(f'<path d="M{LEFT} {place:.1f}H{WIDTH - RIGHT}" class="grid"/>')
        label = _short(n * step)
        parts.append(f'<text x="{LEFT - 6}" y="{place + 4:.1f}" class="e">{label}</text>')
    first = pd.Period(start, "M")
    # a year's name stands at its first month, and not too near the next
    every = math.ceil(months / 12 / 8)
    years = [m for m in range(months) if (first + m).month == 1 and (first + m).year % every == 0]
    for month in years:
        parts.append(f'<path d="M{x(month):.1f} {TOP}V{HEIGHT - BOTTOM}" class="grid"/>')
        name = (first + month).year
        parts.append(f'<text x="{x(month):.1f}" y="{HEIGHT - 6}" class="m">{name}</text>')
    parts += _band(curve, "band", "line", x, y)
    if given is not None:
        parts += _band(given, "band2", "line2", x, y)
    for one in reports:
        at, low, up = x(one.month), y(one.value - one.error), y(one.value + one.error)
        parts.append(f'<path d="M{at:.1f} {low:.1f}V{up:.1f}" class="dot"/>')
        parts.append(f'<circle cx="{at:.1f}" cy="{y(one.value):.1f}" r="3.5" class="dot"/>')
    last = [curve.median[-1], curve.low[-1], curve.high[-1]]
    said = (
        f"{curve.label}, month by month from {start}. At the end {_short(last[0])} {curve.unit} in "
        f"the middle, {_short(last[1])} to {_short(last[2])} in 90 % of the runs."
    )
    return _svg(WIDTH, HEIGHT, said, parts)


def _band(curve: Curve, area: str, line: str, x: Scale, y: Scale) -> list[str]:
    places = range(len(curve.median))
    upper = " ".join(f"{x(m):.1f},{y(curve.high[m]):.1f}" for m in places)
    lower = " ".join(f"{x(m):.1f},{y(curve.low[m]):.1f}" for m in reversed(places))
    middle = " ".join(f"{x(m):.1f},{y(curve.median[m]):.1f}" for m in places)
    return [
        f'<polygon points="{upper} {lower}" class="{area}"/>',
        f'<polyline points="{middle}" class="{line}"/>',
    ]


def _svg(width: float, height: float, said: str, parts: Sequence[str]) -> str:
    text = escape(said)
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{text}" '
        f'xmlns="http://www.w3.org/2000/svg" class="smp-svg">{"".join(parts)}</svg>'
    )


ROW, GAP, BOX = 30, 14, 10
"""Least height of a party, room between two of them, and width of its bar."""


def payments_svg(paid: Sequence[Payment], currency: str) -> str:
    """Return who pays whom as bands between payers on the left and payees on the right."""
    total = sum(one.amount for one in paid)
    if not total:
        return ""
    payers, payees = _sides(paid)
    rows = max(len(payers), len(payees))
    tall = rows * (ROW + GAP) + 130.0
    scale = (tall - rows * GAP - 40) / total
    left, right = 150.0, WIDTH - 150.0
    places: dict[tuple[str, str], float] = {}
    parts = []
    for side, parties in (("left", payers), ("right", payees)):
        at = 32.0
        for party, amount in parties.items():
            size = amount * scale
            x = left - BOX if side == "left" else right
            parts.append(
                f'<rect x="{x}" y="{at:.1f}" width="{BOX}" height="{max(size, 1.5):.1f}" '
                'class="node"/>'
            )
            anchor, text = ("e", x - 6) if side == "left" else ("s", x + BOX + 6)
            share = f"{100 * amount / total:.0f} %"
            middle = at + size / 2
            parts.append(
                f'<text x="{text}" y="{middle:.1f}" class="{anchor}">{escape(party)}</text>'
                f'<text x="{text}" y="{middle + 13:.1f}" class="{anchor} note">'
                f"{_short(_round3(amount))} ({share})</text>"
            )
            places[side, party] = at
            at += max(size, ROW) + GAP
    bands = []
    for one in sorted(paid, key=lambda one: (list(payers).index(one.payer), -one.amount)):
        size = one.amount * scale
        a, b = places["left", one.payer], places["right", one.payee]
        places["left", one.payer] += size
        places["right", one.payee] += size
        mid = (left + right) / 2
        title = f"{one.payer} to {one.payee}: {currency} {_short(_round3(one.amount))}; {one.what}"
        bands.append(
            f'<path class="flow" d="M{left} {a:.1f}C{mid} {a:.1f} {mid} {b:.1f} {right} {b:.1f}'
            f"V{b + size:.1f}C{mid} {b + size:.1f} {mid} {a + size:.1f} {left} {a + size:.1f}Z"
            f'"><title>{escape(title)}</title></path>'
        )
    heads = (
        f'<text x="{left}" y="16" class="e h">who pays</text>'
        f'<text x="{right}" y="16" class="s h">who is paid</text>'
    )
    tall = max(at for at in places.values()) + 50
    said = "; ".join(
        f"{one.payer} pays {one.payee} {currency} {_short(_round3(one.amount))}" for one in paid
    )
    return _svg(WIDTH, tall, said, [heads, *bands, *parts])


def _sides(paid: Sequence[Payment]) -> tuple[dict[str, float], dict[str, float]]:
    payers: dict[str, float] = {}
    payees: dict[str, float] = {}
    for one in paid:
        payers[one.payer] = payers.get(one.payer, 0.0) + one.amount
        payees[one.payee] = payees.get(one.payee, 0.0) + one.amount
    return tuple(  # type: ignore[return-value]
        dict(sorted(side.items(), key=lambda one: -one[1])) for side in (payers, payees)
    )


def _round3(value: float) -> float:
    if not value:
        return 0.0
    digits = 2 - math.floor(math.log10(abs(value)))
    return float(np.round(value, digits))
