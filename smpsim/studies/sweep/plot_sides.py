"""A side of a heat map: its levels at their true distance, or words side by side."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter, NullLocator

from smpsim.plots import style
from smpsim.results.units import words

LEAST = 1 / 40  # of a side; with thinner cells a logarithmic one shows more
MOST_NAMED = 20
APART = 0.035  # of a side, so that names of levels do not touch


@dataclass(frozen=True)
class Side:
    """Levels along one side of a heat map.

    Attributes
    ----------
    values : list
        Levels in the order in which they are drawn: numbers rising.
    places : ndarray, shape (levels,)
        Where each lies on the axis.
    edges : ndarray, shape (levels + 1,)
        Midway between neighbours; the outer ones as far beyond as the inner ones are within.
    logarithmic : bool
        Whether midway and distances are those of logarithms.
    """

    values: list[Any]
    places: np.ndarray
    edges: np.ndarray
    logarithmic: bool = False

    @classmethod
    def of(cls, values: Sequence[Any]) -> Side:
        """Return the side of an axis with these levels."""
        if not all(_is_number(value) for value in values):
            places = np.arange(len(values), dtype=float)
            return cls(list(values), places, _edges(places))
        order = sorted(values)
        places = np.array(order, dtype=float)
        edges = _edges(places)
        if np.diff(edges).min() < LEAST * np.ptp(edges) and places.min() > 0:
            return cls(order, places, np.exp(_edges(np.log(places))), logarithmic=True)
        return cls(order, places, edges)

    def shares(self) -> np.ndarray:
        """Return how much of the side each level takes."""
        edges = np.log(self.edges) if self.logarithmic else self.edges
        found: np.ndarray = np.diff(edges) / np.ptp(edges)
        return found

    def cell(self, value: Any) -> tuple[float, float] | None:
        """Return the edges of the cell of a level; none where it is no level."""
        if value not in self.values:
            return None
        place = self.values.index(value)
        return float(self.edges[place]), float(self.edges[place + 1])

    def place(self, value: Any) -> float | None:
        """Return where a value lies; none where it is outside, or no number between numbers."""
        if value in self.values:
            return float(self.places[self.values.index(value)])
        numbers = _is_number(value) and all(_is_number(one) for one in self.values)
        return float(value) if numbers and self.edges[0] <= value <= self.edges[-1] else None

    def scale(self, panel: Axes, which: str) -> None:
        """Give a panel the scale and the ends of this side."""
        if self.logarithmic:
            getattr(panel, f"set_{which}scale")("log")
        getattr(panel, f"set_{which}lim")(self.edges[0], self.edges[-1])

    def name(self, panel: Axes, which: str, label: str) -> None:
        """Write the levels and the label along a panel."""
        axis = panel.xaxis if which == "x" else panel.yaxis
        axis.set_minor_locator(NullLocator())
        axis.set_minor_formatter(NullFormatter())
        every = -(-len(self.values) // MOST_NAMED)
        ends = np.log(self.edges) if self.logarithmic else self.edges
        along = np.log(self.places) if self.logarithmic else self.places
        named: list[int] = []
        for place in range(0, len(self.values), every):
            if not named or along[place] - along[named[-1]] >= APART * np.ptp(ends):
                named.append(place)
        texts = [style.plain(textwrap.fill(said(self.values[place]), 16)) for place in named]
        getattr(panel, f"set_{which}ticks")([self.places[place] for place in named], texts)
        label = f"{label}, logarithmic" if self.logarithmic else label
        getattr(panel, f"set_{which}label")(style.plain(textwrap.fill(label, 50)), fontsize=9)


def said(value: Any) -> str:
    """Return a value of an axis in words."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (int, float, np.number)):
        return f"{value:,.6g}"
    return "none" if value is None else words(str(value))


def _edges(places: np.ndarray) -> np.ndarray:
    """Return what lies midway between neighbours, and as far beyond the outer ones."""
    if len(places) == 1:
        return np.array([places[0] - 0.5, places[0] + 0.5])
    middle = (places[1:] + places[:-1]) / 2
    first, last = 2 * places[0] - middle[0], 2 * places[-1] - middle[-1]
    return np.concatenate([[first], middle, [last]])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, (bool, np.bool_))
