"""Pictures of a search: the front, designs as lines, convergence and robustness."""

from __future__ import annotations

import itertools
import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, VERMILION, Picture
from smpsim.results.units import label_of
from smpsim.studies.search.plot_axes import lever_axes, objective_axes

if TYPE_CHECKING:
    from smpsim.studies.search.result import SearchResult

MOST_ROWS = 25
LETTERS_PER_LINE = 38
HEIGHT_PER_ROW = 0.34
FAR = 4.0  # times what designs lose in 9 of 10 worlds at most; what is lost beyond is not in sight
COLUMNS = 3  # of panels
COLOURS = LinearSegmentedColormap.from_list("robust", colormaps["viridis_r"](np.linspace(0.15, 1)))
"""Robust designs are dark, which is seen best; none is as pale as the page."""
MIDDLE = 0.5
BELOW = 0.24  # of a row on a phone, where its ends are named


class SearchPlots(style.Plots):
    """Pictures of a `SearchResult`; call them as ``found.plot.front()``."""

    def __init__(self, found: SearchResult) -> None:
        self._found = found

    def front(self) -> Picture:
        """Draw each pair of objectives: the front as it is afresh, with intervals, and today."""
        found = self._found
        pairs = list(itertools.combinations(found.objectives, 2))
        columns = min(COLUMNS, len(pairs))
        rows = -(-len(pairs) // columns)
        figure, panels = self._panels(rows, columns, max(4.7 * columns, 8.5), 4.3 * rows + 1.2)
        searched, table = found.designs(), found.pareto()
        for panel, (x, y) in zip(panels, pairs, strict=False):
            self._pair(panel, searched, table, x, y)
        for panel in panels[len(pairs) :]:
            panel.set_visible(False)
        handles, labels = panels[0].get_legend_handles_labels()
        if self._phone:
            style.legend_outside(figure, panels[0], handles, labels)
        else:
            looks: Any = {"loc": "outside upper right", "fontsize": 8, "frameon": False}
            figure.legend(handles, labels, ncols=len(labels), **looks)
        measured = found.measured
        style.head(figure, "What can be achieved together", found.ready.study.name)
        style.foot(
            figure,
            f"Letters: designs of the front, run again in "
            f"{style.counted(measured.worlds, 'world')}, "
            f"{style.counted(measured.replications, 'run')} in each, with {100 * found.level:g} % "
            f"intervals over worlds; best compromise: {found.best}.",
            f"Small points: all {len(searched):,} designs of the search, in its "
            f"{style.counted(found.ready.study.worlds, 'world')}; far ones lie outside.",
            "On both axes, better is up or to the right.",
            self._missing(),
        )
        return figure

    def _pair(
        self, panel: Axes, searched: pd.DataFrame, table: pd.DataFrame, x: str, y: str
    ) -> None:
        found = self._found
        panel.plot(searched[x], searched[y], ".", color="#BBBBBB", markersize=4, zorder=1)
        kinds = (
            (table["nondominated"], BLUE, BLUE, "on the front again"),
            (~table["nondominated"], GREY, "white", "no longer on it"),
        )
        today = table.index == "today"
        for chosen, colour, fill, label in kinds:
            part = table[chosen & ~today]
            _crosses(panel, part, x, y, colour)
            panel.plot(
                part[x],
                part[y],
                "o",
                color=colour,
                markerfacecolor=fill,
                markersize=10,
                label=label,
            )
        part = table[today]
        _crosses(panel, part, x, y, VERMILION)
        panel.plot(part[x], part[y], "*", color=VERMILION, markersize=14, label="today")
        still = dict(zip(table.index, table["nondominated"], strict=True))
        for name, row in table[~today].iterrows():
            # in the point, as letters beside points would hide each other
            best = name == found.best
            panel.annotate(
                str(name),
                (row[x], row[y]),
                ha="center",
                va="center_baseline",
                fontsize=6.5,
                color="white" if still[name] else BLACK,
                fontweight="bold" if best else "normal",
                annotation_clip=True,
                zorder=6 if best else 4,
            )
        for name, limit, axis in (
            (x, panel.set_xlim, panel.xaxis),
            (y, panel.set_ylim, panel.yaxis),
        ):
            low, high = _around(table, name)
            limit(low, high)
            _amounts(axis, found.unit(name), label_of(name))
            # a label longer than its panel would be cut, or touch the next one
            axis.set_label_text(textwrap.fill(axis.get_label_text(), LETTERS_PER_LINE))
            if found.objectives[name] == "minimize":
                limit(high, low)

    def _missing(self) -> str:
        missing = int((~np.isfinite(self._found.fresh.goals).all(axis=1)).sum())
        return f"{missing} with an unknown value in an objective." if missing else ""

    def parallel(self, *, ax: Axes | None = None) -> Figure:
        """Draw each design of the front as a line over its levers and objectives."""
        found = self._found
        table, robust = found.pareto(), found.robustness()["satisficed"]
        decided, none = lever_axes(found)
        axes = [*decided, *objective_axes(found, table)]
        figure, panel = self._one_panel(max(9.0, 1.15 * len(axes) + 1.5), 6.2, ax)
        colours = ScalarMappable(Normalize(0, 1), COLOURS)
        # on a phone axes lie below each other, the better end at the right
        lying = style.on_phone(panel) is not None
        places = np.arange(len(axes))[:: -1 if lying else 1]
        for place, name in enumerate(table.index):
            today, best = name == "today", name == found.best
            fresh = bool(table.loc[name, "nondominated"])
            line = (places, [axis.heights[place] for axis in axes])
            panel.plot(
                *(line[::-1] if lying else line),
                "--" if today or not fresh else "-",
                color=VERMILION if today else colours.to_rgba(robust[name]),
                linewidth=3 if best or today else 1.3,
                alpha=1.0 if fresh or today else 0.7,
                zorder=5 if best or today else 3 + robust[name],
                label="today" if today else f"best compromise: {name}" if best else None,
            )
        for place, axis in zip(places, axes, strict=True):
            across = panel.axhline if lying else panel.axvline
            across(place, color=GREY, linewidth=0.8, zorder=1)
            for height, text in axis.ticks:
                side = "left" if height < MIDDLE else "right"
                x, y = (height, place - BELOW) if lying else (place, height)
                panel.text(
                    x,
                    y,
                    f" {style.plain(text)}",
                    fontsize=7.5,
                    ha=side if lying else "left",
                    va="center",
                    zorder=5,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.7},
                )
        if lying:
            panel.axhline(places[len(decided) - 1] - 0.4, color=BLACK, linewidth=1.2)
            style.name_rows(panel, [axis.label for axis in axes], places, high=0.4, above=0.12)
            panel.set_ylim(-0.6, len(axes) - 0.5)
            panel.set_xlim(-0.02, 1.02)
            panel.set_xticks([])
        else:
            panel.axvline(len(decided) - 0.5, color=BLACK, linewidth=1.2)
            panel.set_xticks(places, [axis.label for axis in axes], fontsize=8)
            panel.set_xlim(-0.3, len(axes) - 0.3)
            panel.set_ylim(-0.05, 1.05)
            panel.set_yticks([])
        panel.grid(False)
        panel.spines[["left", "bottom"]].set_visible(False)
        style.legend(panel)
        text = "share of worlds in which it is good enough"
        bar = style.colour_bar(figure, colours, panel, text, shrink=0.7, pad=0.02)
        bar.formatter = PercentFormatter(1.0)
        style.head(figure, "Designs of the front", found.ready.study.name, ax)
        style.foot(
            figure,
            f"Each line is a design. {'Above' if lying else 'Left of'} the black line: what is "
            f"decided; {'below' if lying else 'right of'} it: the results, means over "
            f"{style.counted(found.measured.worlds, 'fresh world')}, "
            f"{style.counted(found.measured.replications, 'run')} in each, better at the "
            f"{'right' if lying else 'top'}. "
            "Dashed and pale: no longer on the front. Lines with the same choice are drawn "
            "slightly apart.",
            f"Taken by no design: {', '.join(none)}." if none else "",
            self._good_enough(),
        )
        return figure

    def _good_enough(self) -> str:
        found = self._found
        wanted = [
            one.words(found.ready.scenario.currency) for one in found.ready.study.conditions[1]
        ]
        text = " and ".join(wanted) or "no objective is worse than today in that world"
        return f"Good enough: {text}."

    def convergence(self) -> Picture:
        """Draw the hypervolume and the size of the front by generation."""
        found = self._found
        table = found.history()
        figure, (left, right) = self._panels(1, 2, 11, 4.6)
        generations = table["generation"] + 1
        left.plot(generations, table["hypervolume"], "o-", color=BLUE, markersize=4)
        left.set_ylabel("hypervolume (share of the space)", fontsize=9)
        left.set_ylim(0, max(1.1 * float(table["hypervolume"].max()), 0.05))
        for name, colour in (("front", GREEN), ("feasible", BLUE), ("designs", GREY)):
            label = {"front": "on the front", "designs": "evaluated"}.get(name, name)
            right.plot(generations, table[name], "o-", color=colour, markersize=4, label=label)
        right.set_ylabel("designs", fontsize=9)
        style.from_zero(right)
        style.legend(right)
        for panel in (left, right):
            panel.set_xlabel("generation", fontsize=9)
            panel.xaxis.set_major_locator(MaxNLocator(integer=True))
            panel.set_xlim(0.5, float(generations.max()) + 0.5)
        study = found.ready.study
        style.head(figure, "How the search progressed", study.name)
        style.foot(
            figure,
            "Hypervolume: how much of the space between the worst and the best values on any "
            "front is dominated. A curve that is flat at its end does not prove that nothing "
            "better exists.",
            f"One search with seed {study.seed}; all figures are from the search itself, in "
            f"{style.counted(study.worlds, 'world')}, {style.counted(study.replications, 'run')} "
            "in each.",
        )
        return figure

    def robustness(self) -> Picture:
        """Draw in how many worlds each design is good enough, and what it loses at times."""
        found = self._found
        table = found.robustness()
        order = np.lexsort((table["regret"], -table["satisficed"]))
        table = table.iloc[order].head(MOST_ROWS)
        if "today" not in table.index:
            table = pd.concat([table.iloc[:-1], found.robustness().loc[["today"]]])
        table = table.iloc[::-1]
        count = 1 + len(found.objectives)
        height = 2.3 + HEIGHT_PER_ROW * max(len(table), 5)
        figure, panels = self._panels(1, count, 3.3 * count + 1.0, height, sharey=True)
        for place, (name, row) in enumerate(table.iterrows()):
            colour = VERMILION if name == "today" else BLUE
            panels[0].hlines(
                place,
                row["satisficed_ci_low"],
                row["satisficed_ci_high"],
                color=colour,
                linewidth=2,
            )
            panels[0].plot([row["satisficed"]], [place], "o", color=colour, markersize=5)
        panels[0].set_xlim(-0.02, 1.02)
        panels[0].xaxis.set_major_formatter(PercentFormatter(1.0))
        panels[0].set_xlabel("worlds in which it is good enough", fontsize=9)
        arrows = False
        for panel, objective in zip(panels[1:], found.objectives, strict=True):
            arrows |= _regrets(panel, table, objective)
            _amounts(panel.xaxis, found.unit(objective), f"regret: {label_of(objective)}")
            # panels stand close
            panel.set_xlabel(textwrap.fill(panel.get_xlabel(), LETTERS_PER_LINE), fontsize=9)
        feasible = dict(zip(found.labels, found.fresh.feasible, strict=True))
        labels = [
            f"{one}{'' if feasible[one] else ' (misses a constraint)'}" for one in table.index
        ]
        style.name_rows(panels, labels)
        panels[0].set_ylim(-0.7, len(table) - 0.3)
        for panel in panels:
            panel.grid(False, axis="y")
        style.legend(panels[1])
        style.head(figure, "How robust the designs are", found.ready.study.name)
        more = len(found.labels) - len(table)
        style.foot(
            figure,
            f"Over {style.counted(found.measured.worlds, 'fresh world')}, "
            f"{style.counted(found.measured.replications, 'run')} in each. {self._good_enough()}",
            f"Lines {'at the top' if self._phone else 'on the left'}: {100 * found.level:g} % "
            "intervals. Regret: what is lost in a world compared with the best choice there, among "
            "these designs and today.",
            "An arrow: beyond the edge, or unbounded, as the outcome is unknown in a world."
            if arrows
            else "",
            f"{more} less robust designs are not drawn." if more > 0 else "",
        )
        return figure


def _regrets(panel: Axes, table: pd.DataFrame, objective: str) -> bool:
    """Draw mean, 90th percentile and maximum of a regret; return whether any is out of sight."""
    found = table[[f"{objective}_regret_{one}" for one in ("mean", "p90", "max")]].to_numpy(float)
    known = found[np.isfinite(found)]
    most = float(known.max()) if len(known) and known.max() > 0 else 1.0
    usual = found[table.index != "today", 1]
    usual = usual[np.isfinite(usual)]
    if len(usual) and 0 < FAR * usual.max() < most:
        # one loss in one world would crush all others; what is farther has an arrow
        most = FAR * float(usual.max())
    inside = np.isfinite(found) & (found <= most)
    drawn = np.where(inside, found, 1.08 * most)
    panel.hlines(range(len(table)), 0, drawn[:, 2], color="#CCCCCC", linewidth=1.5)
    kinds = ((0, "o", BLUE, "mean"), (1, "D", ORANGE, "9 of 10 worlds"), (2, "|", BLACK, "largest"))
    for column, marker, colour, label in kinds:
        places = np.arange(len(table))
        near = inside[:, column]
        panel.plot(
            drawn[near, column], places[near], marker, color=colour, markersize=6, label=label
        )
        panel.plot(drawn[~near, column], places[~near], ">", color=colour, markersize=6)
    panel.set_xlim(-0.03 * most, 1.12 * most)
    return not bool(inside.all())


def _crosses(panel: Axes, part: pd.DataFrame, x: str, y: str, colour: str) -> None:
    """Draw intervals in both directions."""
    panel.hlines(
        part[y], part[f"{x}_ci_low"], part[f"{x}_ci_high"], color=colour, alpha=0.45, zorder=2
    )
    panel.vlines(
        part[x], part[f"{y}_ci_low"], part[f"{y}_ci_high"], color=colour, alpha=0.45, zorder=2
    )


def _around(table: pd.DataFrame, name: str) -> tuple[float, float]:
    """Return limits that hold all candidates with their intervals."""
    values = table[[name, f"{name}_ci_low", f"{name}_ci_high"]].to_numpy(float)
    known = values[np.isfinite(values)]
    if not len(known):
        return 0.0, 1.0
    low, high = float(known.min()), float(known.max())
    room = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return low - room, high + room


def _amounts(axis: Any, unit: str, what: str) -> None:
    """Label an axis; shares in per cent."""
    if unit.startswith("share"):
        axis.set_major_formatter(PercentFormatter(1.0, decimals=None))
        axis.set_label_text(what, fontsize=9)
        return
    style.amounts(axis, unit.split(" from ")[0], what)
    axis.set_major_locator(MaxNLocator(nbins=4))
