"""Flows of the same people: bands from where they end in A to where they end in B."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREEN, VERMILION
from smpsim.studies.explain.persons import FATES, PLACED, STEPS, fates_of

GAP = 0.03  # between the steps of a side, as a share of all people
HALF = 0.012  # of the width of a step, as a share of the way between the sides
SHADES = {
    "both": ("#BDBDBD", 1.0),
    "b_only": (BLUE, 0.75),
    "a_only": (VERMILION, 0.75),
    "neither": ("#EBEBEB", 1.0),
}
"""Colour and opacity of each of `FATES`: colours only for those who switched."""
FROM_BACK = ("neither", "both", "a_only", "b_only")
ORDER = {step: place for place, step in enumerate([PLACED, *(s for s in STEPS if s != PLACED)])}
"""From the top; the placed come first."""


def draw_flows(panel: Axes, table: pd.DataFrame) -> None:
    """Draw the steps of A on the left, those of B on the right, and bands between them.

    Parameters
    ----------
    panel : Axes
    table : DataFrame
        Columns ``step_a``, ``step_b`` and ``people``, as of `Explanation.flows`.
    """
    panel.set_axis_off()
    total = float(table["people"].sum())
    if not total:
        style.say(panel, "Nobody is admitted in either design.")
        return
    gap = GAP * total
    rows: Any = table.assign(
        a=table["step_a"].map(ORDER), b=table["step_b"].map(ORDER), fate=fates_of(table)
    )
    lowest = 0.0
    for side, other in ("ab", "ba"):
        step = f"step_{side}"
        tops = _draw_side(panel, rows.groupby(step)["people"].sum(), side, gap)
        rows = rows.sort_values([side, other])
        # bands of a step lie below each other, in the order of the steps that they lead to
        above = rows.groupby(step)["people"].cumsum() - rows["people"]
        rows[f"top_{side}"] = rows[step].map(tops) - above
        lowest = min(lowest, float((rows[f"top_{side}"] - rows["people"]).min()))
    along = np.linspace(HALF, 1.0 - HALF, 60)
    bend = 0.5 - 0.5 * np.cos(np.pi * np.linspace(0.0, 1.0, len(along)))
    for fate in FROM_BACK:
        colour, alpha = SHADES[fate]
        for _, one in rows[rows["fate"] == fate].iterrows():
            top = one["top_a"] + (one["top_b"] - one["top_a"]) * bend
            panel.fill_between(
                along, top, top - one["people"], color=colour, alpha=alpha, linewidth=0
            )
    for fate, number in rows.groupby("fate")["people"].sum().reindex([*FATES]).dropna().items():
        colour, alpha = SHADES[str(fate)]
        text = f"{FATES[str(fate)]}: {style.number(number, 1)}"
        panel.fill_between([], [], color=colour, alpha=alpha, label=text)
    panel.legend(loc="upper center", bbox_to_anchor=(0.5, 0.0), ncols=4, fontsize=9, frameon=False)
    panel.set_xlim(-0.55, 1.55)
    panel.set_ylim(lowest - gap, 3.5 * gap)


def _draw_side(panel: Axes, people: pd.Series, side: str, gap: float) -> dict[str, float]:
    """Draw the steps of a design with their names, and return the top of each."""
    x, sign, aligned = (0.0, -1, "right") if side == "a" else (1.0, 1, "left")
    top, tops = 0.0, {}
    for step in sorted(people.index, key=lambda one: ORDER[one]):
        height = float(people[step])
        tops[step] = top
        colour = GREEN if step == PLACED else BLACK
        panel.fill_between([x - HALF, x + HALF], top, top - height, color=colour, linewidth=0)
        text = f"{STEPS[step]}: {style.number(height, 1)}"
        panel.text(x + sign * 0.025, top - height / 2, text, ha=aligned, va="center", fontsize=9)
        top -= height + gap
    panel.text(x, 1.2 * gap, side.upper(), ha="center", va="bottom", fontsize=12, weight="bold")
    return tops
