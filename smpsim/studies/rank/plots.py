"""Pictures of a ranking of actions: gains alone with intervals, and pairs as a map."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREY, VERMILION, Picture

if TYPE_CHECKING:
    from smpsim.studies.rank.result import Ranking

HEIGHT_PER_ROW = 0.45
LETTERS_OF_A_LABEL = 26
LETTERS_ON_A_PHONE = 15
LONGEST = 3.0  # times the distance of the points from each other and zero, that all lines span
GAIN, COST = "retained_placements", "cost_per_retained_placement"
KEPT = "placements kept a year"


class RankingPlots(style.Plots):
    """Pictures of a `Ranking`; call them as ``ranking.plot.alone()``."""

    def __init__(self, ranking: Ranking) -> None:
        self._ranking = ranking

    def alone(self) -> Picture:
        """Draw what each action alone changes: placements, what one costs, and gain by cost."""
        found = self._ranking
        table = found.alone().iloc[::-1]
        height = 2.2 + HEIGHT_PER_ROW * max(len(table), 2)
        figure, panels = self._panels(1, 3, 13.5, height, sharey=True)
        money = found.currency
        shown = (
            (GAIN, f"change of {KEPT}", "people", 1),
            (COST, "change of cost per placement kept", money, -1),
        )
        cut = False
        for panel, (outcome, words, unit, better) in zip(panels[:2], shown, strict=True):
            panel.axvline(0, color=BLACK, linewidth=1)
            for place, (_, row) in enumerate(table.iterrows()):
                colour = _colour(row, outcome, better, found.level)
                _interval(panel, place, row, outcome, colour)
            if not table[outcome].notna().any():
                kept = found.base[GAIN]
                some = "In some runs nobody" if kept == kept and kept > 0 else "Nobody"
                style.say(panel, f"{some} is kept a year, so this is not known.")
            cut |= _within(panel, table, outcome)
            _not_too_near(panel)
            style.amounts(panel.xaxis, unit, words)
        _by_cost(panels[2], table, found.level)
        cut |= _within(panels[2], table, "per_cost")
        _not_too_near(panels[2])
        style.amounts(panels[2].xaxis, "people", f"kept a year by 100,000 {money} more")
        titles = [_label(found, str(name)) for name in table.index]
        style.name_rows(panels, titles)
        for panel in panels:
            panel.set_ylim(-0.7, max(len(table), 1) - 0.3)
            panel.grid(False, axis="y")
        style.head(figure, "What each action alone changes", found.title)
        far = "An arrow: the line continues beyond the edge." if cut else ""
        style.foot(figure, *self._small_print(), far)
        return figure

    def _small_print(self) -> tuple[str, ...]:
        found = self._ranking
        count, per_cent = len(found.designs) - 1, f"{100 * found.level:g} %"
        kept = found.base[GAIN]
        return (
            f"Point and line: mean of the paired difference and its {per_cent} interval, not "
            f"adjusted; {style.counted(found.runs, 'run')}, seed {found.seed}.",
            f"Without any action {kept:,.1f} are kept." if kept == kept else "",
            "Blue, filled: better; red, filled: worse; grey, hollow: no difference or in doubt, "
            f"allowing for {style.counted(count, 'comparison')} at once.",
            "The cost includes that of the action. What an action changes and costs is assumed.",
        )

    def pairs(self) -> Picture:
        """Draw the gain of each pair, and what it brings beyond the sum of both alone."""
        found = self._ranking
        names = list(found.actions)
        count = len(names)
        gain, beyond = np.full((count, count), np.nan), np.full((count, count), np.nan)
        sure = np.zeros((count, count), bool)
        np.fill_diagonal(gain, found.alone()[GAIN].reindex(names).to_numpy())
        for row in found.interactions().reset_index().to_dict("records"):
            place = names.index(row["second"]), names.index(row["first"])
            gain[place], beyond[place] = row["together"], row["interaction"]
            sure[place] = row["p_holm"] < 1 - found.level
        figure, panels = self._panels(1, 2, 14, 6.4)
        labels = [_label(found, name) for name in names]
        for panel, values, stars, title in (
            (panels[0], gain, np.zeros_like(sure), f"gain in {KEPT}; diagonal: an action alone"),
            (
                panels[1],
                beyond,
                sure,
                "interaction: gain of both together minus the gains of each alone",
            ),
        ):
            image = _map(panel, values, stars)
            _name_sides(panel, labels)
            panel.set_title(title, fontsize=10, loc="left")
            style.colour_bar(figure, image, panel, "people", shrink=0.7)
        style.head(figure, "Actions in pairs", found.title)
        style.foot(
            figure,
            f"Means of paired differences, {style.counted(found.runs, 'run')}, seed "
            f"{found.seed}. *: beyond doubt at {100 * found.level:g} %, allowing "
            f"for {len(found.interactions())} pairs at once.",
            "Below zero: both partly do the same work, or meet the same limit. Above zero where "
            "both lose: they lose less together than apart.",
        )
        return figure


def _name_sides(panel: Axes, names: list[str]) -> None:
    """Name rows and columns; on a phone columns have the numbers of their rows."""
    places = range(len(names))
    figure = style.on_phone(panel)
    if figure is None:
        panel.set_xticks(places, names, rotation=40, ha="right", fontsize=8)
        panel.set_yticks(places, names, fontsize=8)
        return
    numbered = [
        f"{place + 1} {' '.join(name.split())}" for place, name in zip(places, names, strict=True)
    ]
    panel.set_yticks(
        places, [textwrap.fill(one, LETTERS_ON_A_PHONE) for one in numbered], fontsize=7.5
    )
    panel.set_xticks(places, [str(place + 1) for place in places], fontsize=8)
    panel.set_aspect("auto")
    figure.heights[panel] = HEIGHT_PER_ROW * len(names) + 1.2


def _label(found: Ranking, name: str) -> str:
    text = textwrap.fill(found.actions[name], LETTERS_OF_A_LABEL)
    return style.plain(text) + ("\n(changes nothing here)" if found.idle(name) else "")


def _colour(row: Any, outcome: str, better: int, level: float) -> str:
    """Return the colour of a difference; `better` is 1 if more is better, else -1."""
    if not row[f"{outcome}_p_holm"] < 1 - level:
        return GREY
    return BLUE if better * row[outcome] > 0 else VERMILION


def _interval(panel: Axes, place: int, row: Any, outcome: str, colour: str) -> None:
    """Draw a mean with its interval."""
    middle, low, high = (row[f"{outcome}{end}"] for end in ("", "_ci_low", "_ci_high"))
    panel.plot([low, high], [place, place], color=colour, linewidth=2.5, solid_capstyle="butt")
    face = "white" if colour == GREY else colour
    panel.plot([middle], [place], "o", color=colour, markerfacecolor=face, markersize=6)


def _by_cost(panel: Axes, table: pd.DataFrame, level: float) -> None:
    """Draw what is gained for its cost, where there is a cost."""
    panel.axvline(0, color=BLACK, linewidth=1)
    for place, (_, row) in enumerate(table.iterrows()):
        if row["per_cost"] == row["per_cost"]:
            _interval(panel, place, row, "per_cost", _colour(row, GAIN, 1, level))
            continue
        if row["cost_total"] == row["cost_total_ci_high"] == 0:
            continue
        less = row["cost_total_ci_high"] < 0
        text = "costs less in total" if less else "additional cost in doubt"
        panel.annotate(
            text,
            (0.02, place),
            xycoords=panel.get_yaxis_transform(),
            va="center",
            fontsize=8,
            color="#555555",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )


def _within(panel: Axes, table: pd.DataFrame, name: str) -> bool:
    """Let no single interval crush the others: long ones go on beyond the edge; say whether any."""
    known = table[table[name].notna()]
    if not len(known):
        return False
    low, high = (min(0.0, float(known[name].min())), max(0.0, float(known[name].max())))
    span = high - low
    ends = known[[f"{name}_ci_low", f"{name}_ci_high"]].fillna(0.0).to_numpy(float)
    least, most = min(low, float(ends.min())), max(high, float(ends.max()))
    if not span or most - least <= LONGEST * span:
        return False
    left, right = max(least, low - span), min(most, high + span)
    places = {str(one): place for place, one in enumerate(table.index)}
    for one, (lower, upper) in zip(known.index, ends, strict=True):
        for beyond, edge, arrow in ((lower < left, left, "<"), (upper > right, right, ">")):
            if beyond:
                panel.plot(edge, places[str(one)], arrow, color=GREY, ms=7, clip_on=False)
    panel.set_xlim(left, right)
    return True


def _not_too_near(panel: Axes) -> None:
    """Show at least one unit to either side of zero, lest nothing look like much."""
    low, high = panel.get_xlim()
    panel.set_xlim(min(low, -1.0) if high <= 1 else low, max(high, 1.0) if low >= -1 else high)


def _map(panel: Axes, values: np.ndarray, stars: np.ndarray) -> Any:
    """Draw a lower triangle of numbers as a map of colours, zero in white."""
    known = values[np.isfinite(values)]
    most = max(float(np.abs(known).max()), 1e-9) if len(known) else 1.0
    image = panel.imshow(values, cmap="RdBu", vmin=-most, vmax=most)
    digits = 0 if most >= 10 else 1
    for row, column in zip(*np.nonzero(np.isfinite(values)), strict=True):
        value = values[row, column]
        text = f"{value:+,.{digits}f}".replace("-", "\N{MINUS SIGN}")
        if not any(figure in text for figure in "123456789"):
            text = "0"
        shade = "white" if abs(value) > 0.6 * most else "black"
        star = "*" if stars[row, column] else ""
        panel.text(column, row, text + star, ha="center", va="center", color=shade, fontsize=8)
    panel.grid(False)
    return image
