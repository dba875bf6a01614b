"""Pictures of two designs beside each other."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy import stats

from smpsim.errors import RequestError
from smpsim.plots import style
from smpsim.plots.style import BLACK, GREY, VERMILION, Picture
from smpsim.results.outcomes import main_outcomes
from smpsim.results.series import adds_up
from smpsim.results.units import label_of
from smpsim.studies.compare.survival_plot import COLOURS, DASHES, survival

if TYPE_CHECKING:
    from smpsim.results.result import Result
    from smpsim.studies.compare.compare import Comparison

_DIFFERENCE = (
    "their difference, pair by pair; dark band: {:g} % confidence interval of its mean; light "
    "band: the middle 90 % of the pairs."
)
HEIGHT_PER_ROW = 0.42
LONGEST_NAME = 22  # letters beside a line; of longer names, only the letter of the design is there
GAP = 0.1  # between labels, as a share of the height


class ComparisonPlots(style.Plots):
    """Pictures of a comparison; each method returns a matplotlib figure.

    Parameters
    ----------
    comparison : Comparison
    """

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison

    def trajectories(self, programme: str | None = None) -> Picture:
        """Return placements and cost over time: of both designs, and the paired difference.

        Parameters
        ----------
        programme : str, optional
            A label of the compared pairs; all programmes together when left out.
        """
        both = self._comparison
        figure, (people, money, more, dearer) = self._panels(
            2, 2, 11, 7.4, height_ratios=(1.35, 1.0), down=True
        )
        pair = self._pair(programme)
        results = (both.a, both.b)
        dated = both.a.start == both.b.start
        unit = both.a.currency if both.same_currency else "money"
        times = [
            style.from_start(one.start, one.months) if dated else np.arange(one.months + 1)
            for one in results
        ]
        longest, common = (pick(times, key=len) for pick in (max, min))
        places = [
            [result.programmes.index(one) for one in names]
            for result, names in zip(results, pair, strict=True)
        ]
        placed = [
            style.grown(_column(result, "placed", chosen))
            for result, chosen in zip(results, places, strict=True)
        ]
        cost = [
            style.grown(np.cumsum(result.monthly_cost()[:, :, chosen].sum(2), axis=1))
            for result, chosen in zip(results, places, strict=True)
        ]
        widths = {}
        for n, name in enumerate(both.names):
            # one pale band each, as four would turn to mud where they overlap; means, so that the
            # line of the difference is the distance of the lines above
            look: Any = {"colour": COLOURS[n], "label": name, "style": DASHES[n]}
            look |= {"inner": False, "line": "mean"}
            widths[f"placements of {name}"] = style.fan(people, times[n], placed[n], **look)
            if both.same_currency:
                widths[f"cost of {name}"] = style.fan(money, times[n], cost[n], **look)
        empty = [name for name, one in zip(both.names, placed, strict=True) if style.nothing(one)]
        if empty:
            style.say(people, f"Nobody is placed in any run of {' and '.join(empty)}.", low=True)
        _difference_over_time(more, common, placed, both.level)
        if both.same_currency:
            _difference_over_time(dearer, common, cost, both.level)
        else:
            for panel in (money, dearer):
                style.say(panel, f"Not compared: {both.a.currency} and {both.b.currency}.")
        for panel, what, kind in ((people, "placed", "people"), (money, "cost", unit)):
            style.from_zero(panel)
            style.amounts(panel.yaxis, kind, f"{what} since the start")
        style.amounts(more.yaxis, "people", "B \N{MINUS SIGN} A, placed")
        style.amounts(dearer.yaxis, unit, "B \N{MINUS SIGN} A, cost")
        for panel in (people, money, more, dearer):
            if dated:
                style.date_axis(panel, longest)
            else:
                panel.set_xlim(0, longest[-1])
                panel.set_xlabel("months since the start of each", fontsize=9)
        for panel in (people, money):
            panel.set_xlabel("")
        for panel in (people, money):
            _name_lines(panel, both.names)
        about = f"{self._title()}; {self._which(programme)}"
        style.head(figure, "Placements and cost of two designs", about)
        bands = style.bands_in_words(both.runs, widths, inner=False, line="mean")
        bands = bands.replace("Line: m", "Above, line: m")
        below = "Below: their difference, pair by pair."
        if both.runs > 1:
            below = f"Below: {_DIFFERENCE.format(100 * both.level)}"
        style.foot(figure, self._origin(), bands, below, *self._notes())
        return figure

    def differences(
        self,
        programme: str | None = None,
        level: float | None = None,
        outcomes: Sequence[str] | None = None,
    ) -> Picture:
        """Return the paired differences of outcomes with confidence intervals.

        Parameters
        ----------
        programme : str, optional
            A label of the compared pairs; the first when left out.
        level : float, optional
            Confidence level of the intervals of the mean difference; that of the comparison
            when left out.
        outcomes : sequence of str, optional
            Names of outcomes; the main ones when left out.
        """
        both = self._comparison
        level = both.level if level is None else level
        label = both.pairs[0].label if programme is None else programme
        self._pair(label)
        table = both.differences(level, outcomes).loc[[label]].droplevel(0)
        shown = [one for one in outcomes or main_outcomes() if one in table.index]
        rows = [one for one in shown if np.isfinite(table.difference[one])]
        if outcomes is None:
            # what happens in neither design tells nothing
            rows = [one for one in rows if table.mean_a[one] or table.mean_b[one]]
        groups: dict[str, list[str]] = {}
        for outcome in rows:
            groups.setdefault(_axis_of(outcome, str(table.unit[outcome])), []).append(outcome)
        heights = [len(group) + 1.6 for group in groups.values()] or [3.0]
        figure, axes = self._panels(
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
        dots = "Dot: the paired difference; a single pair gives no interval."
        if both.runs > 1:
            dots = (
                f"Dot: mean of the paired differences; line: {100 * level:g} % confidence "
                "interval of that mean; filled where it excludes zero."
            )
        style.foot(figure, self._origin(), dots, *self._notes())
        return figure

    def survival(self, programme: str | None = None) -> Figure:
        """Return how soon people are placed, how long they stay, and the paired differences.

        As `Result.plot.survival`, of both designs (extra ``survival``).

        Parameters
        ----------
        programme : str, optional
            A label of the compared pairs; all programmes together when left out.
        """
        figure, panels, note = survival(self._comparison, self._pair(programme), self._phone)
        for panel in panels:
            _name_lines(panel, self._comparison.names)
        about = f"{self._title()}; {self._which(programme)}"
        style.head(figure, "From enrolment to placement, and after it", about)
        style.foot(figure, self._origin(), note, *self._notes())
        return figure

    def _which(self, programme: str | None) -> str:
        """Return the programmes that are shown in words."""
        both = self._comparison
        if programme is None and len(both.a.programmes) == len(both.b.programmes) == 1:
            programme = both.pairs[0].label
        return "all programmes" if programme is None else f"programme {programme}"

    def _pair(self, programme: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the programmes of both designs that are shown."""
        both = self._comparison
        if programme is None:
            return tuple(both.a.programmes), tuple(both.b.programmes)
        for pair in both.pairs:
            if pair.label == programme:
                return pair.a, pair.b
        allowed = ", ".join(pair.label for pair in both.pairs)
        raise RequestError(f"programme: got {programme!r}; allowed: {allowed}")

    def _title(self) -> str:
        a, b = self._comparison.names
        return f"A: {a}; B: {b}"

    def _origin(self) -> str:
        both = self._comparison
        pairs = style.counted(both.runs, "pair")
        return f"{pairs} of runs with the same chance events, seed {both.a.provenance.get('seed')}."

    def _notes(self) -> tuple[str, ...]:
        return self._comparison.notes


def _column(result: Result, column: str, places: list[int]) -> np.ndarray:
    """Return a column of the trajectories summed over programmes, (runs, months)."""
    if not adds_up(column) and len(places) > 1:
        raise RequestError(f"column: got {column}; allowed: one that adds up over programmes")
    return result.series(column)[:, :, places].sum(axis=2)


def _difference_over_time(
    panel: Axes, x: np.ndarray, totals: Sequence[np.ndarray], level: float
) -> None:
    """Draw the mean paired difference over time with its interval, as long as both designs run.

    Parameters
    ----------
    panel : Axes
    x : ndarray, shape (points,)
    totals : sequence of two ndarray, shape (runs, points or more)
        Of the two designs.
    level : float
    """
    points = len(x)
    values = totals[1][:, :points] - totals[0][:, :points]
    runs, mean = len(values), values.mean(axis=0)
    panel.axhline(0, color=BLACK, linewidth=0.9)
    if not values.any():
        style.say(panel, "The same in every month of every pair of runs.")
        panel.set_ylim(-1, 1)
    if runs > 1:
        light = np.quantile(values, style.OUTER, axis=0)
        panel.fill_between(x, *light, color=GREY, alpha=0.28, linewidth=0)
        error = values.std(axis=0, ddof=1) / runs**0.5
        half = stats.t.ppf(0.5 + level / 2.0, runs - 1) * error
        panel.fill_between(x, mean - half, mean + half, color=BLACK, alpha=0.4, linewidth=0)
    panel.plot(x, mean, color=BLACK, linewidth=1.4)


def _name_lines(panel: Axes, names: Sequence[str]) -> None:
    """Write at the right which line is which design, with its name if both are short."""
    short = all(len(name) <= LONGEST_NAME for name in names)
    ends = []
    for letter, name, colour in zip("AB", names, COLOURS, strict=True):
        text = textwrap.fill(f"{letter}: {name}", LONGEST_NAME // 2) if short else letter
        mine = [line for line in panel.lines if line.get_color() == colour]
        ends += [(float(np.asarray(line.get_ydata())[-1]), text, colour) for line in mine]
    style.label_ends(panel, ends, GAP)


def _draw_differences(panel: Axes, table: pd.DataFrame, unit: str, pairs: int) -> None:
    """Draw a dot and an interval for each outcome, with the numbers on the right."""
    scale = 100.0 if unit == "percentage points" else 1.0
    middle = table["difference"].to_numpy(float) * scale
    # where a single pair of runs has the outcome, there is no interval
    alone = table["ci_low"].isna().to_numpy()
    low, high = (
        table[edge].fillna(table["difference"]).to_numpy(float) * scale
        for edge in ("ci_low", "ci_high")
    )
    panel.axvline(0, color=BLACK, linewidth=0.9)
    numbers = []
    for place, (value, one, other) in enumerate(zip(middle, low, high, strict=True)):
        clear = not alone[place] and (one > 0 or other < 0)
        face = VERMILION if clear else "white"
        panel.hlines(place, one, other, color=VERMILION, linewidth=2.2)
        panel.plot(value, place, "o", color=VERMILION, markerfacecolor=face, markersize=7)
        numbers.append(_signed(value) + _range(one, other, alone[place]))
    labels = [
        label_of(str(outcome))
        + ("" if min(used) == pairs else f"\nfrom {used[0]:,} and {used[1]:,} of {pairs:,} runs")
        for outcome, used in zip(
            table.index, table[["runs_used_a", "runs_used_b"]].to_numpy(int).tolist(), strict=True
        )
    ]
    style.name_rows(panel, labels, numbers=numbers)
    panel.set_ylim(-0.6, len(table) - 0.4)
    edges = [0.0, *low, *high]
    room = 0.08 * (max(edges) - min(edges)) or 1.0
    panel.set_xlim(min(edges) - room, max(edges) + room)
    style.amounts(panel.xaxis, unit, "difference")
    panel.grid(False, axis="y")


def _range(low: float, high: float, alone: bool) -> str:
    """Return an interval in words, if there is one."""
    if alone:
        return ""
    return "  in every pair" if low == high else f"  ({_signed(low)} to {_signed(high)})"


def _axis_of(outcome: str, unit: str) -> str:
    """Return the unit of an axis, which outcomes of about the same size share."""
    if unit.startswith("share"):
        return "percentage points"
    # a total dwarfs what a single placement costs
    return f"{unit} per person" if outcome.startswith("cost_per_") else unit.split()[0]


def _signed(value: float) -> str:
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 10 else 2
    text = style.rounded(value) if abs(value) >= style.MILLION else style.number(value, digits)
    return text if value < 0 or not value else f"+{text}"
