"""Flows of the same people: bands from where they end in A to where they end in B."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREEN, VERMILION
from smpsim.studies.explain.persons import FATES, PLACED, STEPS, fates_of

GAP = 0.03  # between the steps of a side, as a share of all people
HEIGHT, HEIGHT_ON_A_PHONE = 5.2, 4.6  # inches, about
LETTERS_ON_A_PHONE = 17
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
    names: dict[str, list[tuple[float, str]]] = {"a": [], "b": []}
    for side, other in ("ab", "ba"):
        step = f"step_{side}"
        tops = _draw_side(panel, rows.groupby(step)["people"].sum(), side, gap, names[side])
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
    phone = style.on_phone(panel)
    if phone is None:
        where: Any = {"loc": "upper center", "bbox_to_anchor": (0.5, 0.0), "ncols": 4}
        panel.legend(fontsize=9, frameon=False, **where)
    else:
        style.legend(panel)
        phone.heights[panel] = HEIGHT_ON_A_PHONE
    panel.set_xlim(*((-0.55, 1.55) if phone is None else (-1.0, 2.0)))
    panel.set_ylim(lowest - gap, 3.5 * gap)
    for side, entries in names.items():
        _write_names(panel, entries, side)


def _write_names(panel: Axes, entries: list[tuple[float, str]], side: str) -> None:
    """Write what the steps of a side are, each name clear of the others."""
    x, sign, aligned = (0.0, -1, "right") if side == "a" else (1.0, 1, "left")
    low, high = panel.get_ylim()
    if style.on_phone(panel) is not None:
        entries = [(y, textwrap.fill(text, LETTERS_ON_A_PHONE)) for y, text in entries]
    lines = max((text.count("\n") + 1 for _, text in entries), default=1)
    size, inches = (8, HEIGHT_ON_A_PHONE) if style.on_phone(panel) else (9, HEIGHT)
    gap = lines * style.LINE / inches * (high - low)
    rising = sorted(entries)
    heights = style.spaced([y for y, _ in rising], gap, low, high)
    for (y, text), height in zip(rising, heights, strict=True):
        panel.annotate(
            text,
            (x + sign * HALF, y),
            xytext=(x + sign * 0.06, height),
            ha=aligned,
            va="center",
            fontsize=size,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": "#BBBBBB", "linewidth": 0.6, "shrinkA": 0},
        )


def _draw_side(
    panel: Axes, people: pd.Series, side: str, gap: float, names: list[tuple[float, str]]
) -> dict[str, float]:
    """Draw the steps of a design, note their names, and return the top of each."""
    x = 0.0 if side == "a" else 1.0
    top, tops = 0.0, {}
    for step in sorted(people.index, key=lambda one: ORDER[one]):
        height = float(people[step])
        tops[step] = top
        colour = GREEN if step == PLACED else BLACK
        panel.fill_between([x - HALF, x + HALF], top, top - height, color=colour, linewidth=0)
        names.append((top - height / 2, f"{STEPS[step]}: {style.number(height, 1)}"))
        top -= height + gap
    panel.text(x, 1.2 * gap, side.upper(), ha="center", va="bottom", fontsize=12, weight="bold")
    return tops
