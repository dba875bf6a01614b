"""Pictures of two designs beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, VERMILION, Picture
from smpsim.results.units import MAIN, label_of

if TYPE_CHECKING:
    from smpsim.results.result import Result
    from smpsim.studies.compare import Comparison

COLOURS = (BLUE, VERMILION)
HEIGHT_PER_ROW = 0.42


class ComparisonPlots:
    """Pictures of a comparison; each method returns a matplotlib figure.

    Parameters
    ----------
    comparison : Comparison
    """

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison

    def trajectories(self, programme: str | None = None) -> Picture:
        """Return running totals of placements and of cost of both designs, with bands.

        Parameters
        ----------
        programme : str, optional
            A label of the compared pairs; all programmes together when left out.
        """
        both = self._comparison
        figure, (people, money) = style.panels(1, 2, 10, 4.8)
        pair = self._pair(programme)
        dated = both.a.start == both.b.start
        longest, widths, empty = np.zeros(0), {}, []
        for n, (result, name) in enumerate(zip((both.a, both.b), both.names, strict=True)):
            places = [result.programmes.index(one) for one in pair[n]]
            x: np.ndarray = style.from_start(result.start, result.months)
            if not dated:
                x = np.arange(result.months + 1)
            longest = x if len(x) > len(longest) else longest
            dashes = "-" if n == 0 else "--"
            placed = style.grown(_column(result, "placed", places))
            widths[f"placements of {name}"] = style.fan(
                people, x, placed, COLOURS[n], name, style=dashes
            )
            if style.nothing(placed):
                empty.append(name)
            if both.same_currency:
                cost = style.grown(np.cumsum(result.monthly_cost()[:, :, places].sum(2), axis=1))
                widths[f"cost of {name}"] = style.fan(
                    money, x, cost, COLOURS[n], name, style=dashes
                )
        if empty:
            style.say(people, f"Nobody is placed in any run of {' and '.join(empty)}.", low=True)
        if not both.same_currency:
            style.say(money, f"Not compared: {both.a.currency} and {both.b.currency}.")
        style.from_zero(people)
        style.from_zero(money)
        style.amounts(people.yaxis, "people", "placed since the start")
        unit = both.a.currency if both.same_currency else "money"
        style.amounts(money.yaxis, unit, "cost since the start")
        for panel in (people, money):
            if dated:
                style.date_axis(panel, longest)
            else:
                panel.set_xlim(0, longest[-1])
                panel.set_xlabel("months since the start of each", fontsize=9)
        style.legend(people)
        which = "all programmes" if programme is None else f"programme {programme}"
        if programme is None and len(both.a.programmes) == len(both.b.programmes) == 1:
            which = f"programme {both.pairs[0].label}"
        style.head(figure, "Placements and cost of two designs", f"{self._title()}, {which}")
        bands = style.bands_in_words(both.runs, widths)
        style.foot(figure, self._origin(), bands, *self._notes())
        return figure

    def differences(self, programme: str | None = None, level: float = 0.95) -> Picture:
        """Return the paired differences of the main outcomes with confidence intervals.

        Parameters
        ----------
        programme : str, optional
            A label of the compared pairs; the first when left out.
        level : float
            Confidence level of the intervals of the mean difference.
        """
        both = self._comparison
        label = both.pairs[0].label if programme is None else programme
        self._pair(label)
        table = both.differences(level).loc[[label]].droplevel(0)
        rows = [one for one in MAIN if one in table.index and np.isfinite(table.difference[one])]
        groups: dict[str, list[str]] = {}
        for outcome in rows:
            groups.setdefault(_axis_of(outcome, str(table.unit[outcome])), []).append(outcome)
        heights = [len(group) + 1.6 for group in groups.values()] or [3.0]
        figure, axes = style.panels(
            max(len(groups), 1), 1, 10, 1.5 + HEIGHT_PER_ROW * sum(heights), height_ratios=heights
        )
        if not groups:
            style.say(axes[0], "No outcome is defined in both designs in any run.")
        for panel, (unit, outcomes) in zip(axes, groups.items(), strict=False):
            _draw_differences(panel, table.reindex(outcomes[::-1]), unit, both.runs)
        style.head(
            figure,
            f"What changes from {both.names[0]} to {both.names[1]}",
            label if label == "all programmes" else f"programme {label}",
        )
        style.foot(
            figure,
            self._origin(),
            f"Dot: mean of the paired differences; line: {100 * level:g} % confidence interval of "
            f"that mean; filled where it leaves out zero.",
            *self._notes(),
        )
        return figure

    def _pair(self, programme: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the programmes of both designs that are shown."""
        both = self._comparison
        if programme is None:
            return tuple(both.a.programmes), tuple(both.b.programmes)
        for pair in both.pairs:
            if pair.label == programme:
                return pair.a, pair.b
        allowed = ", ".join(pair.label for pair in both.pairs)
        raise ValueError(f"programme: found {programme!r}, allowed: {allowed}")

    def _title(self) -> str:
        return " against ".join(self._comparison.names)

    def _origin(self) -> str:
        both = self._comparison
        pairs = style.counted(both.runs, "pair")
        return f"{pairs} of runs with the same luck, seed {both.a.provenance.get('seed')}."

    def _notes(self) -> tuple[str, ...]:
        return self._comparison.notes


def _column(result: Result, column: str, places: list[int]) -> np.ndarray:
    """Return a column of the trajectories summed over programmes, (runs, months)."""
    place = list(result.columns).index(column)
    return result.trajectory_array[:, :, places, place].sum(axis=2)


def _draw_differences(panel: Axes, table: pd.DataFrame, unit: str, pairs: int) -> None:
    """Draw a dot and an interval for each outcome, with the numbers on the right."""
    scale = 100.0 if unit == "percentage points" else 1.0
    middle = table["difference"].to_numpy(float) * scale
    # where a single pair of runs has the outcome, there is no interval
    alone = table["low"].isna().to_numpy()
    low, high = (
        table[edge].fillna(table["difference"]).to_numpy(float) * scale for edge in ("low", "high")
    )
    panel.axvline(0, color=BLACK, linewidth=0.9)
    for place, (value, one, other) in enumerate(zip(middle, low, high, strict=True)):
        clear = not alone[place] and (one > 0 or other < 0)
        face = VERMILION if clear else "white"
        panel.hlines(place, one, other, color=VERMILION, linewidth=2.2)
        panel.plot(value, place, "o", color=VERMILION, markerfacecolor=face, markersize=7)
        panel.annotate(
            _signed(value) + ("" if alone[place] else f"  ({_signed(one)} to {_signed(other)})"),
            (1.01, place),
            xycoords=panel.get_yaxis_transform(),
            va="center",
            fontsize=8,
        )
    labels = [
        label_of(str(outcome))
        + ("" if used == pairs else f"\nin {style.counted(int(used), 'pair')} only")
        for outcome, used in table["runs"].items()
    ]
    panel.set_yticks(range(len(table)), labels)
    panel.set_ylim(-0.6, len(table) - 0.4)
    edges = [0.0, *low, *high]
    room = 0.08 * (max(edges) - min(edges)) or 1.0
    panel.set_xlim(min(edges) - room, max(edges) + room)
    style.amounts(panel.xaxis, unit, "difference")
    panel.grid(False, axis="y")


def _axis_of(outcome: str, unit: str) -> str:
    """Return the unit of an axis, which outcomes of about the same size share."""
    if unit.startswith("share"):
        return "percentage points"
    # a total dwarfs what a single placement costs
    return f"{unit} per person" if outcome.startswith("cost_per_") else unit.split()[0]


def _signed(value: float) -> str:
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2
    text = style.number(value, digits)
    return text if value < 0 or not value else f"+{text}"
