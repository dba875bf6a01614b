"""Pictures of a sensitivity study: indices with intervals, and swings from end to end."""

from __future__ import annotations

import math
import textwrap
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter, PercentFormatter

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREY, VERMILION, Picture
from smpsim.results.units import label_of, shown
from smpsim.scenario.allowed_values import number_words

if TYPE_CHECKING:
    from smpsim.studies.sensitivity.result import Sensitivity

MOST = 15  # parameters in a picture
HEIGHT_PER_ROW = 0.4  # of names in two lines
LONGEST_LINE = 48  # letters of a name in a line
MINUS = "\N{MINUS SIGN}"
FAR = 20  # times the median of the effects drawn; a larger one would hide all others


class SensitivityPlots(style.Plots):
    """Pictures of a `Sensitivity`; call them as ``found.plot.indices("placed")``."""

    def __init__(self, found: Sensitivity) -> None:
        self._found = found

    def indices(self, outcome: str | None = None) -> Picture:
        """Draw the indices of the parameters that matter most.

        For Morris the mean effect with its interval, and beside it how much it varies; for Sobol
        both shares of the variance with their intervals.

        Parameters
        ----------
        outcome : str, optional
            The first of the study when left out.
        """
        found = self._found
        name = found.checked(outcome or found.outcomes[0])
        whole = found.indices(name).set_index("parameter")
        morris = found.method == "morris"
        first = "mu_star" if morris else "ST"
        acting = whole[whole[first] > 0]
        table = acting.head(MOST).iloc[::-1]
        height = 2.1 + HEIGHT_PER_ROW * max(len(table), 6)
        figure, panels = self._panels(1, 2 if morris else 1, 13.5 if morris else 10, height)
        draw = self._morris if morris else self._sobol
        note = draw(panels, table, acting, name)
        keys = [str(key) for key in table.index]
        ranks = [f"{len(keys) - place}  " if morris else "" for place in range(len(keys))]
        labels = [rank + self._found.plain[key] for rank, key in zip(ranks, keys, strict=True)]
        _rows(panels[0], [style.plain(textwrap.fill(one, LONGEST_LINE)) for one in labels])
        if not len(table):
            nothing = "Unknown in nearly every sample." if found.used[name] < 2 else ""
            style.say(panels[0], nothing or "Nothing that was varied changes it.")
        style.head(figure, f"What decides: {label_of(name)}", found.title)
        style.foot(
            figure, *note, self._others(whole, first), *self._runs(name), found.warning(name)
        )
        return figure

    def _morris(
        self, panels: list[Axes], table: pd.DataFrame, acting: pd.DataFrame, name: str
    ) -> tuple[str, ...]:
        found, unit = self._found, self._found.units.get(name, "")
        left, right = panels
        signs: list[str] = []
        for place, (_, row) in enumerate(table.iterrows()):
            one_way = abs(row["mu"]) >= 0.9 * row["mu_star"]
            colour = (BLUE if row["mu"] > 0 else VERMILION) if one_way else GREY
            signs.append(("+" if row["mu"] > 0 else MINUS) if one_way else "\N{PLUS-MINUS SIGN}")
            _interval(left, place, row, "mu_star", colour)
            _numbered(right, len(table) - place, row["mu_star"], row["sigma"], colour)
        for place, sign in enumerate(signs):
            left.annotate(
                sign,
                (1.0, place),
                (4, 0),
                xycoords=left.get_yaxis_transform(),
                textcoords="offset points",
                va="center",
                fontsize=11,
            )
        rest = acting.iloc[len(table) :]
        right.plot(rest["mu_star"], rest["sigma"], "o", color=GREY, markersize=3, alpha=0.6)
        axes = (left.xaxis, right.xaxis, right.yaxis)
        texts = (
            "mean effect over the whole range",
            "mean effect",
            "how much the effect varies",
        )
        if len(table) and table["mu_star"].max() > FAR * table["mu_star"].median():
            _logarithmic(left, right, table)
            for axis, text in zip(axes, texts, strict=True):
                axis.set_label_text(style.plain(f"{text} ({unit}, logarithmic)"), fontsize=9)
        else:
            for panel in (left, right):
                panel.set_xlim(left=0)
            right.set_ylim(bottom=0)
            for axis, text in zip(axes, texts, strict=True):
                _amounts(axis, unit, text)
        # drawn last and within the limits, which it must not widen
        (left_end, right_end), (low, high) = right.get_xlim(), right.get_ylim()
        ends = max(left_end, low), min(right_end, high)
        right.plot(ends, ends, "--", color=GREY, linewidth=1, zorder=1, scalex=False, scaley=False)
        return (
            f"Lines: {100 * found.level:g} % bootstrap intervals. + (blue): more when the figure "
            "is higher; \N{MINUS SIGN} (red): less; \N{PLUS-MINUS SIGN} (grey): "
            "sometimes more, sometimes less. Numbers in points: those of the rows; small "
            "points: all others. Above the dashed line an effect varies by more than its size: it "
            "depends on other figures, or on where in its range it lies.",
        )

    def _sobol(
        self, panels: list[Axes], table: pd.DataFrame, acting: pd.DataFrame, name: str
    ) -> tuple[str, ...]:
        (panel,) = panels
        panel.axvline(0, color=BLACK, linewidth=0.8)
        for place, (_, row) in enumerate(table.iterrows()):
            _interval(panel, place + 0.14, row, "ST", VERMILION)
            _interval(panel, place - 0.14, row, "S1", BLUE)
        panel.plot([], [], "o-", color=VERMILION, label="together with others")
        panel.plot([], [], "o-", color=BLUE, label="alone")
        style.legend(panel)
        panel.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        panel.set_xlabel(f"share of the variance of: {style.plain(label_of(name))}", fontsize=9)
        level = 100 * self._found.level
        note = f"Lines: {level:g} % bootstrap intervals; values below zero are estimation error."
        return (note,)

    def tornado(self, outcome: str | None = None, *, ax: Axes | None = None) -> Figure:
        """Draw what each parameter alone changes between the ends of its range.

        Parameters
        ----------
        outcome : str, optional
            The first of the study when left out.
        ax : Axes, optional
            Panel to draw into, without the small print; a figure of its own when left out.
        """
        found = self._found
        name = found.checked(outcome or found.outcomes[0])
        unit = found.units.get(name, "")
        whole = found.swings(name).set_index("parameter")
        moving = whole[whole[["at_low", "at_high"]].fillna(0).abs().max(axis=1) > 0]
        table = moving.head(MOST).iloc[::-1]
        figure, panel = self._one_panel(11, 2.3 + HEIGHT_PER_ROW * max(len(table), 6), ax)
        panel.axvline(0, color=BLACK, linewidth=1)
        for place, (_, row) in enumerate(table.iterrows()):
            for end, colour, up in (("low", VERMILION, -0.19), ("high", BLUE, 0.19)):
                value, low, high = (row[f"at_{end}{part}"] for part in ("", "_ci_low", "_ci_high"))
                panel.barh(place + up, value, height=0.36, color=colour)
                if math.isfinite(low) and high > low:
                    panel.plot([low, high], [place + up] * 2, color=BLACK, linewidth=1)
        for end, colour in (("upper", BLUE), ("lower", VERMILION)):
            panel.barh([0], [0], color=colour, label=f"at the {end} end of its range")
        style.legend(panel)
        names = [textwrap.fill(found.named(str(key)), LONGEST_LINE) for key in table.index]
        # two bars a row
        _rows(panel, [style.plain(name) for name in names], high=0.42, above=0.39)
        base = float(whole["base"].iloc[0])
        if not len(table):
            known = base == base
            style.say(panel, "No parameter alone changes it." if known else "Unknown as it is.")
        _amounts(panel.xaxis, unit, f"change of: {label_of(name)}")
        style.head(figure, f"One assumption at a time: {label_of(name)}", found.title, ax)
        per = "" if unit.startswith("share") else f" {unit}"
        style.foot(
            figure,
            f"All others as in the scenario, where it is {shown(base, unit)}{per}. Black lines: "
            f"{100 * found.level:g} % intervals of the paired difference, "
            f"{style.counted(found.runs, 'run')} of each design, seed {found.seed}.",
            _more(len(moving) - len(table), "change it less"),
            _more(len(whole) - len(moving), "change nothing"),
        )
        return figure

    def _others(self, whole: pd.DataFrame, first: str) -> str:
        acting = int((whole[first] > 0).sum())
        shown_here = min(acting, MOST)
        return " ".join(
            part
            for part in (
                _more(acting - shown_here, "matter less"),
                _more(int((whole[first] == 0).sum()), "have no effect"),
            )
            if part
        )

    def _runs(self, name: str) -> tuple[str, ...]:
        found = self._found
        what = "paths" if found.method == "morris" else "points"
        designs, runs = len(found.designs), found.runs
        lost = found.samples - found.used[name]
        return (
            f"{found.samples:,} {what}, {designs:,} designs, {style.counted(runs, 'run')} each, "
            f"seed {found.seed}.",
            f"{lost:,} of {found.samples:,} left out, because the outcome is unknown there."
            if lost
            else "",
            f"No finding, because {why}." if (why := found.no_finding(name)) else "",
        )


def _more(count: int, what: str) -> str:
    """Return the sentence about parameters that are not drawn."""
    if count <= 0:
        return ""
    verb = {"have": "has", "matter": "matters", "change": "changes"}
    head, _, tail = what.partition(" ")
    return f"{count} more {what}." if count > 1 else f"1 more {verb[head]} {tail}."


def _amounts(axis: Any, unit: str, what: str) -> None:
    """Label an axis; shares in per cent."""
    if not unit.startswith("share"):
        style.amounts(axis, unit, what)
        if not unit:
            axis.set_label_text(style.plain(what), fontsize=9)
        return
    axis.set_major_formatter(PercentFormatter(1.0, decimals=None))
    axis.set_label_text(f"{what} (percentage points)", fontsize=9)


def _logarithmic(left: Axes, right: Axes, table: pd.DataFrame) -> None:
    """Show effects of many sizes, for which both panels need a logarithmic scale."""
    least, most = float(table["mu_star"].min()), float(table["mu_star_ci_high"].max())
    left.set_xscale("log")
    left.set_xlim(least / 4, 1.3 * most)
    right.set_xscale("log")
    right.set_yscale("log")
    # the points that are drawn large decide what is seen; smaller ones lie below
    seen = table["sigma"][table["sigma"] > 0]
    right.set_xlim(least / 2, 2 * float(table["mu_star"].max()))
    if len(seen):
        right.set_ylim(float(seen.min()) / 2, 2 * float(seen.max()))
    for axis in (left.xaxis, right.xaxis, right.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: number_words(float(value))))
        axis.set_minor_formatter(NullFormatter())


def _interval(panel: Axes, place: float, row: Any, name: str, colour: str) -> None:
    """Draw an index with its interval."""
    middle, low, high = (row[f"{name}{end}"] for end in ("", "_ci_low", "_ci_high"))
    # an interval that reaches zero leaves a logarithmic axis at its edge
    panel.hlines(place, low, high, color=colour, linewidth=2.2)
    panel.plot([middle], [place], "o", color=colour, markersize=5)


def _numbered(panel: Axes, number: int, x: float, y: float, colour: str) -> None:
    """Draw a point with its number in it; the first ones lie above the others."""
    above = 4 - number / 100
    panel.plot([x], [y], "o", color=colour, markersize=13, mec="white", mew=0.8, zorder=above)
    panel.annotate(
        str(number),
        (x, y),
        ha="center",
        va="center_baseline",
        fontsize=7.5,
        color="white" if colour != GREY else BLACK,
        zorder=above,
        # a point outside of a logarithmic axis is not drawn, so neither is its number
        annotation_clip=True,
    )


def _rows(panel: Axes, labels: list[str], high: float = 0.34, above: float = 0.33) -> None:
    # a panel below may have names beside it
    style.name_rows(panel, labels, size=8, letters=46, high=high, above=above)
    panel.set_ylim(-0.7, max(len(labels), 1) - 0.3)
    panel.grid(False, axis="y")
