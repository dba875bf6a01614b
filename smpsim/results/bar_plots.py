"""Pictures made of bars: who pays what, and who gains."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, CYCLE, GREY, OUTER, VERMILION
from smpsim.results.outcomes import outcome_of
from smpsim.results.units import words

MOST_ITEMS = 7  # as many colours as can be told apart, beside grey for the rest
HEIGHT_PER_BAR = 0.55
ERRORS: dict[str, Any] = {"ecolor": BLACK, "capsize": 3, "elinewidth": 1.2}


def paid_by(
    paid: np.ndarray,
    items: Sequence[str],
    parties: Sequence[str],
    currency: str,
    ax: Axes | None = None,
    phone: bool = False,
) -> tuple[Figure, str]:
    """Return bars of what each party paid, divided by item, and the note that explains them.

    Parameters
    ----------
    paid : ndarray, shape (runs, items, parties)
    items, parties : sequence of str
    currency : str
    ax : Axes, optional
        Panel to draw into.
    phone : bool
        For a phone.
    """
    mean = paid.mean(axis=0)
    order = [x for x in np.argsort(mean.sum(axis=0)) if mean[:, x].any()]
    height = 2.4 + HEIGHT_PER_BAR * max(len(order), 2)
    figure, panel = style.one_panel(10, height, ax, phone=phone)
    if not order:
        style.say(panel, "Nothing is paid in any run.")
        panel.set_yticks([])
        style.amounts(panel.xaxis, currency, "paid")
        return figure, ""
    shown = [i for i in np.argsort(-mean.sum(axis=1), kind="stable") if mean[i].any()]
    pieces = [(words(items[i]), mean[i], CYCLE[k]) for k, i in enumerate(shown[:MOST_ITEMS])]
    if len(shown) > MOST_ITEMS:
        rest = shown[MOST_ITEMS:]
        label = words(items[rest[0]]) if len(rest) == 1 else f"{len(rest)} smaller items"
        pieces.append((label, mean[rest].sum(axis=0), GREY))
    places = np.arange(len(order))
    left = np.zeros(len(order))
    for label, amount, colour in pieces:
        panel.barh(places, amount[order], left=left, color=colour, label=label, height=0.6)
        left = left + amount[order]
    totals = paid.sum(axis=1)[:, order]
    _intervals(panel, totals, places, left)
    style.name_rows(panel, [words(parties[x]) for x in order], places)
    panel.set_ylim(-0.6, max(len(order), 2) - 0.4)
    panel.set_xlim(0, panel.get_xlim()[1] * 1.15)
    style.amounts(panel.xaxis, currency, "paid over the whole run")
    panel.grid(False, axis="y")
    style.legend_outside(figure, panel)
    spread = _spread(len(paid))
    return figure, (
        f"Bars: mean over the runs{spread}. Refunds and incentives count for whoever pays them."
    )


def values_by_party(
    values: np.ndarray,
    parties: Sequence[str],
    currency: str,
    ax: Axes | None = None,
    phone: bool = False,
) -> tuple[Figure, str]:
    """Return bars of the net present value by party, and the note that explains them.

    Parameters
    ----------
    values : ndarray, shape (runs, parties)
    parties : sequence of str
    currency : str
    ax : Axes, optional
        Panel to draw into.
    phone : bool
        For a phone.
    """
    mean = values.mean(axis=0)
    order = [x for x in np.argsort(mean, kind="stable") if values[:, x].any()]
    height = 2.4 + HEIGHT_PER_BAR * max(len(order), 2)
    figure, panel = style.one_panel(10, height, ax, phone=phone)
    places = np.arange(len(order))
    colours = [BLUE if mean[x] >= 0 else VERMILION for x in order]
    panel.barh(places, mean[order], color=colours, height=0.6)
    _intervals(panel, values[:, order], places, mean[order])
    panel.axvline(0, color=BLACK, linewidth=0.8)
    style.name_rows(panel, [words(parties[x]) for x in order], places)
    panel.set_ylim(-0.6, max(len(order), 2) - 0.4)
    panel.margins(x=0.18)
    if not order:
        style.say(panel, "Nobody pays or receives anything in any run.")
    style.amounts(panel.xaxis, currency, "received less paid, discounted to the start")
    panel.grid(False, axis="y")
    without = [words(parties[x]) for x in range(len(parties)) if x not in order]
    zero = f" Zero for: {', '.join(without)}." if without and order else ""
    return figure, f"Bars: mean over the runs{_spread(len(values))}.{zero}"


def down_to_placed(
    people: np.ndarray, lines: Sequence[str], ax: Axes | None = None, phone: bool = False
) -> tuple[Figure, str]:
    """Return a waterfall from the planned to the placed, and the note that explains it.

    Parameters
    ----------
    people : ndarray, shape (runs, lines)
    lines : sequence of str
        Planned, placed and under way, then the losses; the first is the sum of the others.
    ax : Axes, optional
        Panel to draw into.
    phone : bool
        For a phone.
    """
    mean = people.mean(axis=0)
    losses = [n for n in range(3, len(lines)) if people[:, n].any()]
    # from above: planned, the losses in the order of a life course, under way, placed
    order = [0, *losses, *([2] if people[:, 2].any() else []), 1]
    figure, panel = style.one_panel(10, 1.8 + 0.36 * max(len(order), 4), ax, phone=phone)
    places = np.arange(len(order))[::-1]
    ends = {0: BLACK, 1: BLUE, 2: GREY}
    left, widths, colours = [], [], []
    level = mean[0]
    for n in order:
        level -= mean[n] if n in losses or n == 2 else 0.0
        left.append(0.0 if n in (0, 1) else level)
        widths.append(mean[n])
        colours.append(ends.get(n, VERMILION))
    panel.barh(places, widths, left=left, color=colours, height=0.62)
    edges = np.array(left) + np.array(widths)
    low, high = np.quantile(people[:, order], OUTER, axis=0)
    for place, n, edge, least, most in zip(places, order, edges, low, high, strict=True):
        spread = f" ({style.number(least)} to {style.number(most)})" if len(people) > 1 else ""
        panel.annotate(
            f"{style.number(mean[n])}{spread}",
            (edge, place),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            fontsize=8,
        )
    labels = [outcome_of(lines[n]).label.removeprefix("lost: ") for n in order]
    style.name_rows(panel, labels, places)
    panel.set_ylim(-0.6, max(len(order), 2) - 0.4)
    panel.set_xlim(0, max(float(edges.max()), 1.0) * 1.25)
    if not mean[0]:
        style.say(panel, "No seats are due in any run.")
    style.amounts(panel.xaxis, "people", "seats and the people in them")
    panel.grid(False, axis="y")
    middle = "; in brackets: 90 % of the runs" if len(people) > 1 else ""
    return figure, (
        f"Mean over {style.counted(len(people), 'run')}{middle}. Red: lost to this cause."
    )


def _spread(runs: int) -> str:
    return "; lines: 90 % of the runs" if runs > 1 else ""


def _intervals(panel: Axes, values: np.ndarray, places: np.ndarray, ends: np.ndarray) -> None:
    """Draw the range of 90 % of the runs at the end of each bar, and write the mean beside it."""
    if not len(places):
        return
    low, high = np.quantile(values, OUTER, axis=0)
    mean = values.mean(axis=0)
    if len(values) > 1:
        # a mean can lie outside the range when few runs differ a lot
        errors = np.maximum([mean - low, high - mean], 0.0)
        panel.errorbar(ends, places, xerr=errors, fmt="none", **ERRORS)
    for place, middle, lower, upper in zip(places, mean, low, high, strict=True):
        outwards = middle >= 0
        edge = max(middle, upper) if outwards else min(middle, lower)
        panel.annotate(
            style.rounded(middle),
            (edge, place),
            xytext=(6 if outwards else -6, 0),
            textcoords="offset points",
            ha="left" if outwards else "right",
            va="center",
            fontsize=8,
        )
