"""Pictures of an explanation: a waterfall of causes, flows of people, and the changes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes

from smpsim.errors import RequestError
from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREY, VERMILION, Picture
from smpsim.results.report import signed
from smpsim.scenario.meanings import plain_names
from smpsim.studies.explain.flow_plot import draw_flows
from smpsim.studies.explain.report import largest_first

if TYPE_CHECKING:
    from smpsim.studies.explain.result import Explanation

HEIGHT_PER_ROW = 0.45
LETTERS_OF_A_LABEL = 44
NEAR = 0.75  # from which level of all steps on, as a share of the highest, the axis leaves out zero


class ExplanationPlots(style.Plots):
    """Pictures of an `Explanation`; each method returns a matplotlib figure.

    Parameters
    ----------
    explanation : Explanation
    """

    def __init__(self, explanation: Explanation) -> None:
        self._found = explanation

    def waterfall(self, programme: str | None = None) -> Picture:
        """Draw how the placements of A become those of B, cause by cause.

        Parameters
        ----------
        programme : str, optional
            A label of the compared pairs; the first when left out.
        """
        found = self._found
        labels = [pair.label for pair in found.comparison.pairs]
        label = _chosen(programme, labels)
        table = found.waterfall().loc[label]
        figure, (panel,) = self._panels(1, 1, 10, 2.0 + HEIGHT_PER_ROW * len(table))
        from_zero = _draw_waterfall(panel, table)
        style.head(figure, "From placements in A to placements in B, by cause", self._title(label))
        ends = ""
        if found.runs > 1:
            ends = (
                f"Numbers: mean of a run and its {100 * found.level:g} % confidence "
                "interval from the pairs of runs, also drawn as a line; each taken separately."
            )
        what = "Bars of the causes add up exactly to the difference."
        cut = "" if from_zero else "The axis does not begin at zero."
        style.foot(figure, what, cut, ends, self._origin(), *found.notes)
        return figure

    def flows(self, programme: str | None = None) -> Picture:
        """Draw where the same people end in A and in B, those who switched in colour.

        Parameters
        ----------
        programme : str, optional
            One whose people are the same in both; the first when left out.
        """
        found = self._found
        label = _chosen(programme, found.programmes)
        table = found.flows()
        mine = table[(table["programme"] == label) & (table["people"] > 0)]
        figure, (panel,) = self._panels(1, 1, 10, 7.0)
        draw_flows(panel, mine)
        style.head(figure, "The same people in both designs", self._title(label))
        what = (
            "Height: people in a run on average, of those admitted in at least one design. Left: "
            "where they end up in A; right: in B."
        )
        style.foot(figure, what, self._origin(), *found.notes)
        return figure

    def changes(self) -> Picture:
        """Draw what each change brings alone, and what is missing without it."""
        found = self._found
        table = largest_first(found.switched()).iloc[::-1]
        figure, panels = self._panels(
            1, 2, 12, 2.3 + 1.3 * HEIGHT_PER_ROW * max(len(table), 2), sharey=True
        )
        sides = (
            ("alone", "A with it \N{MINUS SIGN} A"),
            ("left_out", "B \N{MINUS SIGN} B without it"),
        )
        for panel, (name, words) in zip(panels, sides, strict=True):
            _draw_effects(panel, table, name)
            style.amounts(panel.xaxis, "people", f"{words}, placed")
        names = [_label(str(name), row) for name, row in table.iterrows()]
        style.name_rows(panels, names)
        style.head(figure, "Which change mattered", self._title(None))
        dots = "Dot: difference in placements."
        if found.runs > 1:
            dots = (
                f"Dot: mean of the paired difference in placements; line: {100 * found.level:g} % "
                "confidence interval, each taken separately; filled where it excludes zero."
            )
        style.foot(figure, dots, self._origin(), *found.notes)
        return figure

    def _title(self, label: str | None) -> str:
        a, b = self._found.names
        which = "" if label is None else f", programme {label}"
        return f"A: {a}; B: {b}{which}"

    def _origin(self) -> str:
        pairs = style.counted(self._found.runs, "pair")
        return f"{pairs} of runs with the same chance events, seed {self._found.seed}."


def _chosen(programme: str | None, labels: list[str]) -> str:
    if not labels:
        raise RequestError("programme: got designs without a programme of the same name")
    if programme is None:
        return labels[0]
    if programme not in labels:
        raise RequestError(f"programme: got {programme!r}; allowed: {', '.join(labels)}")
    return programme


def _draw_waterfall(panel: Axes, table: Any) -> bool:
    """Draw a bar for each step, from where the last one ended; return whether from zero."""
    level, last = 0.0, len(table) - 1
    lows: list[float] = []
    highs = [0.0]
    numbers: list[str] = []
    for place, (_, row) in enumerate(table.iterrows()):
        effect, ends = float(row["effect"]), (float(row["ci_low"]), float(row["ci_high"]))
        whole = place in (0, last)
        start = 0.0 if whole else level
        colour = GREY if whole else (BLUE if effect >= 0 else VERMILION)
        panel.barh(place, effect, left=start, height=0.62, color=colour, alpha=0.75, zorder=2)
        stop = start + effect
        if place < last:
            panel.plot([stop, stop], [place, place + 1], color=BLACK, linewidth=0.7, zorder=3)
        known = ends[0] == ends[0]
        if known:
            panel.hlines(place, start + ends[0], start + ends[1], BLACK, linewidth=1.4, zorder=4)
        text = style.number(effect, 1) if whole else _signed(effect)
        if known and ends[0] != ends[1]:
            show = (lambda x: style.number(x, 1)) if whole else _signed
            text += f"  ({show(ends[0])} to {show(ends[1])})"
        numbers.append(text)
        lows.append(min(stop if whole else start, stop, start + ends[0] if known else stop))
        highs.append(max(start, stop, start + ends[1] if known else stop))
        level = stop
    style.name_rows(panel, [str(name) for name in table.index], numbers=numbers)
    panel.set_ylim(last + 0.6, -0.6)
    low, high = min(lows), max(highs)
    # small steps between large bars could not be seen
    far = low > NEAR * high > 0
    room = 0.05 * (high - low if far else high - min(low, 0.0)) or 0.5
    panel.set_xlim(low - 3 * room if far else min(low - room, 0.0) if low < 0 else 0.0, high + room)
    panel.axvline(0, color=BLACK, linewidth=0.9)
    style.amounts(panel.xaxis, "people", "placed")
    panel.grid(False, axis="y")
    return not far


def _draw_effects(panel: Axes, table: Any, name: str) -> None:
    """Draw a dot and an interval for each change, with the numbers beside."""
    panel.axvline(0, color=BLACK, linewidth=0.9)
    edges = [0.0]
    for place, (_, row) in enumerate(table.iterrows()):
        value, low, high = (float(row[f"{name}{end}"]) for end in ("", "_ci_low", "_ci_high"))
        where: dict[str, Any] = {"va": "center", "fontsize": 8}
        if value != value:
            at = (0.02, place)
            panel.annotate("not valid", at, xycoords=panel.get_yaxis_transform(), **where)
            continue
        known = low == low
        clear = known and (low > 0 or high < 0)
        colour = (BLUE if value > 0 else VERMILION) if clear else GREY
        if known:
            panel.hlines(place, low, high, color=colour, linewidth=2.2)
        face = colour if clear else "white"
        panel.plot(value, place, "o", color=colour, markerfacecolor=face, markersize=7)
        panel.annotate(
            _signed(value),
            (value, place),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8},
        )
        edges += [value, *((low, high) if known else ())]
    room = 0.12 * (max(edges) - min(edges)) or 1.0
    panel.set_xlim(min(edges) - room, max(edges) + room)
    panel.set_ylim(-0.6, len(table) - 0.4)
    panel.grid(False, axis="y")


def _label(name: str, row: Any) -> str:
    """Return what a change is called, and below what it is in A and in B."""
    if "(" not in name and "." in name:
        words = plain_names([name])[name]
    else:
        # a section or an action has its own words
        words = name.replace(".", ": ").replace("_", " ")
    lines = [words]
    if not row["a"].startswith("as in "):
        lines.append(f"{row['a']} \N{RIGHTWARDS ARROW} {row['b']}")
    wrapped = [part for line in lines for part in textwrap.wrap(line, LETTERS_OF_A_LABEL)]
    return style.plain("\n".join(wrapped))


def _signed(value: float) -> str:
    return signed(value).replace("-", "\N{MINUS SIGN}")
