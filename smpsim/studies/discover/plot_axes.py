"""How pictures of a discovery show keys: colours of boxes, places on an axis, ends and words."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

from smpsim.plots import style
from smpsim.plots.style import BLUE, GREEN, ORANGE, PINK, VERMILION

if TYPE_CHECKING:
    from smpsim.studies.discover.held_out import Judged
    from smpsim.studies.discover.keys import Key

MOST_FIELDS, PER_FIELD = 8, 8
COLOURS = (VERMILION, BLUE, GREEN, PINK, ORANGE)


def colour(number: int) -> str:
    """Return the colour of a box; 1 is the first."""
    return COLOURS[(number - 1) % len(COLOURS)]


def dash(one: Judged) -> Any:
    """Return how the lines of a box are drawn: dashed if it was not confirmed."""
    return "-" if one.confirmed else (0, (2, 1))


def label(key: Key) -> str:
    """Return what a key is called, with its unit."""
    return f"{key.label} ({key.unit})" if key.unit else key.label


def number(key: Key, value: float) -> str:
    """Return a value without its unit, which the label of the axis has."""
    share = key.unit.startswith("share")
    return key.amount(value) if share else key.amount(value).removesuffix(key.unit).rstrip()


def places(key: Key, column: np.ndarray) -> np.ndarray:
    """Return where values lie on an axis; words by their place."""
    if key.numeric:
        return column.astype(float)
    return np.array([key.values.index(word) for word in column], dtype=float)


def edges(key: Key, column: np.ndarray) -> np.ndarray:
    """Return the edges of fields along an axis.

    A field a level where there are few, at its true place; else fields of equal width, as many as
    leave several designs in each.
    """
    levels = np.unique(column)
    if not key.numeric:
        return np.arange(len(key.values) + 1) - 0.5
    if 1 < len(levels) <= MOST_FIELDS:
        middle = (levels[1:] + levels[:-1]) / 2
        ends = 2 * levels[0] - middle[0], 2 * levels[-1] - middle[-1]
        return np.array([ends[0], *middle, ends[1]])
    # so that a field of two axes has PER_FIELD designs on average
    count = int(np.clip((len(column) / PER_FIELD) ** 0.5, 3, MOST_FIELDS))
    if key.whole:
        # between whole numbers, or some fields would hold more of them than their neighbours
        return np.unique(np.round(np.linspace(key.low, key.high + 1, count + 1))) - 0.5
    return np.linspace(key.low, key.high, count + 1)


def axis(panel: Axes, which: str, key: Key) -> None:
    """Label an axis with a key."""
    text = style.plain(textwrap.fill(label(key), 60))
    getattr(panel, f"set_{which}label")(text, fontsize=9)
    if key.numeric:
        if key.unit.startswith("share"):
            axis = panel.xaxis if which == "x" else panel.yaxis
            axis.set_major_formatter(PercentFormatter(1.0))
        return
    words = [style.plain(textwrap.fill(word, 18)) for word in key.values]
    getattr(panel, f"set_{which}ticks")(range(len(words)), words)
    getattr(panel, f"set_{which}lim")(-0.5, len(words) - 0.5)


def span(one: Judged, key: Key, ends: tuple[float, float]) -> tuple[float, float]:
    """Return from where to where a box reaches on an axis; to its ends where it has no limit."""
    limit = next((limit for limit in one.limits if limit.key.name == key.name), None)
    if limit is None:
        return ends
    if not key.numeric:
        places = [key.values.index(word) for word in limit.allowed]
        return min(places) - 0.45, max(places) + 0.45
    # limits include the field of their own step
    half = 0.5 if key.whole else 0.0
    low = ends[0] if limit.low is None else limit.low - half
    high = ends[1] if limit.high is None else limit.high + half
    return low, high
