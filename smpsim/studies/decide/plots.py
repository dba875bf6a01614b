"""Pictures of a decision: options as intervals, regret, and what to find out first."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREY, VERMILION, Picture
from smpsim.scenario.meanings import plain_names
from smpsim.studies.decide.result import PLACED

if TYPE_CHECKING:
    from smpsim.studies.decide.result import Decision

HEIGHT_PER_ROW = 0.55
LETTERS = 26
LETTERS_OF_FIGURE = 44
MOST_SHOWN = 10


class DecisionPlots(style.Plots):
    """Pictures of a `Decision`; call them as ``decision.plot.options()``."""

    def __init__(self, decision: Decision) -> None:
        self._decision = decision

    def options(self) -> Picture:
        """Draw the likely placements of each option, and its difference to the first."""
        found = self._decision
        table = found.table
        height = 2.2 + HEIGHT_PER_ROW * max(len(table), 3)
        figure, panels = self._panels(1, 2, 12, height, sharey=True)
        money = f"value less cost, against {found.names[0]}"
        apart = f"placements against {found.names[0]}" if found.value is None else money
        for place, (name, row) in enumerate(reversed(list(table.iterrows()))):
            runs = found.in_worlds(str(name), PLACED)
            _interval(panels[0], place, row["placed"], row["placed_low"], row["placed_high"], BLUE)
            if found.worlds > 1:
                # the middle half of the worlds: what is left when chance is averaged out
                low, high = np.quantile(runs.mean(axis=1), style.INNER)
                panels[0].plot([low, high], [place] * 2, color=BLUE, linewidth=7, alpha=0.35)
            ends = row["difference"], row["difference_low"], row["difference_high"]
            if place < len(table) - 1:
                clear = ends[1] > 0 or ends[2] < 0
                better = BLUE if row["difference"] > 0 else VERMILION
                _interval(panels[1], place, *ends, better if clear else GREY)
                if found.worlds > 1:
                    text = f"better in {row['better']:,} of {found.worlds:,} worlds"
                    panels[1].annotate(
                        text, (ends[0], place), (0, -13 if self._phone else 8),
                        textcoords="offset points", ha="center", fontsize=8, color="#555555",
                        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
                    )  # fmt: skip
        panels[1].axvline(0, color=BLACK, linewidth=1)
        panels[1].margins(x=0.15)
        panels[0].set_xlim(left=min(0, panels[0].get_xlim()[0]))
        _names(panels, found)
        style.amounts(panels[0].xaxis, "people", "placed")
        style.amounts(panels[1].xaxis, found.unit, style.plain(textwrap.shorten(apart, 60)))
        where = "in all plausible worlds" if found.worlds > 1 else "by chance alone"
        style.head(figure, f"Options {where}", _about(found))
        shaded = " Wide bar: the middle half of the worlds, chance averaged out." * (
            found.worlds > 1
        )
        style.foot(
            figure,
            f"Point and line: mean, and where {100 * found.level:g} % of the runs lie.{shaded}",
            f"{'Below' if self._phone else 'Right'}: runs with the same chance events in the same "
            "world; hollow where the line includes zero.",
            _origin(found),
        )
        return figure

    def regret(self) -> Picture:
        """Draw what each option loses on average against the best one of each world."""
        found = self._decision
        table = found.table.iloc[::-1]
        height = 2.2 + HEIGHT_PER_ROW * max(len(table), 3)
        figure, (panel,) = self._panels(1, 1, 9, height)
        places = np.arange(len(table))
        best = table["regret"] == table["regret"].min()
        colours = [BLUE if one else GREY for one in best]
        panel.barh(places, table["regret"], color=colours, height=0.55, alpha=0.45)
        panel.barh(places, table["regret_low"], color=colours, height=0.55)
        panel.set_xlim(0, max(float(table["regret"].max()) * 1.25, 1e-9))
        for place, (_, row) in enumerate(table.iterrows()):
            text = f" best in {row['best']:,} of {found.worlds:,}"
            panel.text(row["regret"], place, text, va="center", fontsize=8, color="#555555")
        _names([panel], found)
        style.amounts(
            panel.xaxis, found.unit, "expected loss compared with the best option in each world"
        )
        style.head(figure, "Expected regret", _about(found))
        style.foot(
            figure,
            "Dark: at least; pale: at most, because the best option of a world is found from "
            f"{style.counted(found.replications, 'run')}. Blue: the lowest.",
            _origin(found),
        )
        return figure

    def information(self, *, ax: Axes | None = None) -> Figure:
        """Draw what it would be worth to know each parameter before choosing."""
        found = self._decision
        known = found.information
        table = known[known["value"] > 0].head(MOST_SHOWN).iloc[::-1]
        figure, panel = self._one_panel(10, 2.4 + 0.42 * max(len(table), 3), ax)
        names = plain_names([str(key) for key in table.index])
        places = np.arange(len(table))
        colours = [BLUE if one else GREY for one in table["clear"]]
        panel.barh(places, table["value"], color=colours, height=0.6)
        if not len(table):
            style.say(panel, "No single figure that is drawn would change the choice.")
        noise = float(table["noise"].iloc[0]) if len(table) else 0.0
        if noise > 0:
            panel.axvline(noise, color=VERMILION, linewidth=1.2, linestyle="--")
            panel.annotate(
                "chance", (noise, 1.0), (3, 2), xycoords=("data", "axes fraction"),
                textcoords="offset points", fontsize=8, color=VERMILION,
            )  # fmt: skip
        panel.set_xlim(0, max(table["value"].max() * 1.1, noise * 1.2) if len(table) else 1)
        style.name_rows(panel, [_wrapped(names[str(key)]) for key in table.index], size=8)
        panel.grid(False, axis="y")
        style.amounts(panel.xaxis, found.unit, "average gain of the choice if this were known")
        if not len(table):
            panel.set_xticks([0])
        style.head(figure, "What to find out first", _about(found), ax)
        style.foot(
            figure,
            "Blue, beyond the dashed line: more than the most telling of as many unrelated figures "
            "would come to by chance in 19 of 20 cases; grey, short of it: may be chance.",
            "Figures that would change no choice are left out.",
            _origin(found),
        )
        return figure


def _interval(
    panel: Axes, place: float, middle: float, low: float, high: float, colour: str
) -> None:
    panel.plot([low, high], [place, place], color=colour, linewidth=2, solid_capstyle="butt")
    face = "white" if colour == GREY else colour
    panel.plot([middle], [place], "o", color=colour, markerfacecolor=face, markersize=6)


def _wrapped(text: str) -> str:
    return style.plain(textwrap.fill(text, LETTERS_OF_FIGURE))


def _names(panels: list[Axes], found: Decision) -> None:
    labels = [textwrap.fill(style.plain(name), LETTERS) for name in reversed(found.names)]
    style.name_rows(panels, labels)
    for panel in panels:
        panel.set_ylim(-0.7, len(labels) - 0.3)
        panel.grid(False, axis="y")


def _about(found: Decision) -> str:
    if found.value is None:
        return "compared by placements"
    return f"judged by {found.currency} {found.value:,.0f} a placement, less total cost"


def _origin(found: Decision) -> str:
    runs = style.counted(found.replications, "run")
    if found.worlds == 1:
        return f"{runs}, seed {found.seed}; chance only."
    drawn = f"{found.worlds:,} worlds of {runs} each, seed {found.seed}"
    return f"{drawn}; chance and what is not known of the parameters that are drawn."
