"""Pictures of a ranking of actions: gains alone with intervals, and pairs as a map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREY, VERMILION, Picture

if TYPE_CHECKING:
    from smpsim.studies.ranking import Ranking

HEIGHT_PER_ROW = 0.45
GAIN, COST = "retained_placements", "cost_per_retained_placement"


class RankingPlots:
    """Pictures of a `Ranking`; call them as ``ranking.plot.alone()``."""

    def __init__(self, ranking: Ranking) -> None:
        self._ranking = ranking

    def alone(self) -> Picture:
        """Draw what each action alone changes: placements, and the cost of one kept a year."""
        found = self._ranking
        table = found.alone().iloc[::-1]
        height = 2.2 + HEIGHT_PER_ROW * max(len(table), 2)
        figure, panels = style.panels(1, 2, 11, height, sharey=True)
        shown = (
            (GAIN, "placements kept a year", "people", 1),
            (COST, "cost per placement kept a year", found.currency, -1),
        )
        for panel, (outcome, words, unit, better) in zip(panels, shown, strict=True):
            panel.axvline(0, color=BLACK, linewidth=1)
            for place, (_, row) in enumerate(table.iterrows()):
                _change(panel, place, row, outcome, better)
            titles = [found.actions[str(name)] for name in table.index]
            panel.set_yticks(range(len(table)), titles)
            panel.set_ylim(-0.7, max(len(table), 1) - 0.3)
            panel.grid(False, axis="y")
            style.amounts(panel.xaxis, unit, f"change of {words}")
        style.head(figure, "What each action alone changes", found.title)
        style.foot(
            figure,
            f"Mean and {100 * found.level:.0f} % interval of the paired difference, "
            f"{style.counted(found.replications, 'run')}, seed {found.seed}.",
            "Blue: better; red: worse; grey: the interval holds zero.",
            "The cost holds what the action costs; both are assumptions of the action's file.",
        )
        return figure

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
        figure, panels = style.panels(1, 2, 14, 6.4)
        labels = [found.actions[name] for name in names]
        for panel, values, stars, title in (
            (panels[0], gain, np.zeros_like(sure), "gain in placements kept a year"),
            (panels[1], beyond, sure, "beyond the sum of both alone"),
        ):
            image = _map(panel, values, stars)
            panel.set_xticks(range(count), labels, rotation=40, ha="right", fontsize=8)
            panel.set_yticks(range(count), labels, fontsize=8)
            panel.set_title(title, fontsize=10, loc="left")
            figure.colorbar(image, ax=panel, shrink=0.7, label="people")
        style.head(figure, "Actions in pairs", found.title)
        style.foot(
            figure,
            f"Means of paired differences, {style.counted(found.replications, 'run')}, seed "
            f"{found.seed}. On the diagonal: an action alone. *: beyond doubt at "
            f"{100 * found.level:.0f} %, adjusted for all pairs (Holm).",
        )
        return figure


def _change(panel: Axes, place: int, row: Any, outcome: str, better: int) -> None:
    """Draw a difference with its interval; `better` is 1 if more is better, else -1."""
    middle, low, high = (row[f"{outcome}{end}"] for end in ("", "_low", "_high"))
    doubtful = not np.isfinite(low) or low <= 0 <= high
    colour = GREY if doubtful else BLUE if better * middle > 0 else VERMILION
    panel.plot([low, high], [place, place], color=colour, linewidth=2.5)
    panel.plot([middle], [place], "o", color=colour, markersize=6)


def _map(panel: Axes, values: np.ndarray, stars: np.ndarray) -> Any:
    """Draw a lower triangle of numbers as a map of colours, zero in white."""
    known = values[np.isfinite(values)]
    most = max(float(np.abs(known).max()), 1e-9) if len(known) else 1.0
    image = panel.imshow(values, cmap="RdBu", vmin=-most, vmax=most)
    for row, column in zip(*np.nonzero(np.isfinite(values)), strict=True):
        value = values[row, column]
        text = f"{value:+,.0f}" if abs(value) >= 0.5 else "0"
        shade = "white" if abs(value) > 0.6 * most else "black"
        star = "*" if stars[row, column] else ""
        panel.text(column, row, text + star, ha="center", va="center", color=shade, fontsize=8)
    panel.grid(False)
    return image
