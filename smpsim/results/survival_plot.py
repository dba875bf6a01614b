"""The picture of how the way to a placement ends, by months, and how long the placed stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREEN, ORANGE, PINK, SKY, VERMILION
from smpsim.results.outcomes.incidence import months_until, of_staying, of_ways
from smpsim.results.survival import incidence, spells_of, staying
from smpsim.vocabulary import WAY_TABLE, WAYS

if TYPE_CHECKING:
    from smpsim.results.result import Result

COLOURS = {
    "placed": BLUE,
    "dropped_out": VERMILION,
    "failed": PINK,
    "withdrew": "#8C6D1F",
    "refused": BLACK,
    "job_at_home": GREEN,
    "domestic": "#5B4B8A",
    "own_way": SKY,
}
"""Of each way, so that all can be told apart in a line; two are darker than the usual ones."""
OF_STAY = ORANGE
KNOWN = 0.9
"""Curves go as far as this share of the runs has seen somebody."""
GAP = 0.055  # between labels, as a share of the height
HALF = 0.5
LEAST = 0.005  # ways that fewer have gone are named below, not drawn


def survival(result: Result, programme: str | None, phone: bool) -> tuple[Figure, str]:
    """Return the picture and its small print.

    Parameters
    ----------
    result : Result
    programme : str, optional
        All programmes together when left out.
    phone : bool
        For a phone.
    """
    figure, (left, right) = style.panels(1, 2, 11, 5.2, phone=phone)
    spells = spells_of(result, programme)
    rare = _ways(left, result, programme, of_ways(spells))
    _stay(right, result, programme, of_staying(spells))
    for panel, since in ((left, "start of training"), (right, "arrival")):
        panel.set_xlabel(f"months since the {since}", fontsize=9)
        ticks = MaxNLocator(nbins=6, integer=True, steps=[1, 2, 3, 6, 10])
        panel.xaxis.set_major_locator(ticks)
        panel.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    left.set_ylabel("share of those enrolled", fontsize=9)
    right.set_ylabel("share of those placed", fontsize=9)
    left.set_title("How the way to a placement ends", loc="left", fontsize=10)
    right.set_title("Still with the employer", loc="left", fontsize=10)
    people, placed = int(spells[:, : len(WAYS) + 1].sum()), int(spells[:, 0].sum())
    bands = " Bands, of the placed: the middle 90 % of the runs." if result.runs > 1 else ""
    unseen = f" Fewer than 0.5 %: {', '.join(rare)}." if rare else ""
    note = (
        f"Lines: {people:,} enrolled and {placed:,} placed in all runs together (Aalen-Johansen "
        "and Kaplan-Meier; people still under way, or still there, count for as long as they "
        f"were observed).{bands}{unseen}"
    )
    return figure, note


def _ways(panel: Axes, result: Result, programme: str | None, runs: np.ndarray) -> list[str]:
    """Draw the cumulative incidence of each way; return the labels of those too rare for a line."""
    table = incidence(result, programme)
    # where everybody's way has ended, curves are known and flat for ever
    last = min(seen_until(runs[:, 0]), int(table["months"].max()) if len(table) else 0)
    rare, ends = [], []
    top = 0.0
    for way in WAY_TABLE if last else ():
        line = table.loc[table["way"] == way.name, "share"].to_numpy()[: last + 1]
        if way.name != "placed" and not line[-1] >= LEAST:
            rare += [way.label] if line[-1] > 0 else []
            continue
        # bands of all ways would hide each other; the one that matters most has its own
        mine = runs[:, WAYS.index(way.name)] if way.name == "placed" else runs[:0, 0]
        top = max(top, stepped(panel, line, mine, COLOURS[way.name]))
        label = f"{way.label} {100 * line[-1]:.0f} %"
        ends.append((float(line[-1]), label, COLOURS[way.name]))
    if not last:
        style.say(panel, "Nobody enrols in any run.")
    panel.set_xlim(0, max(last, 1))
    panel.set_ylim(0, max(1.06 * top, 0.05))
    style.label_ends(panel, ends, GAP)
    if last:
        _half(panel, placed=table.loc[table["way"] == "placed", "share"].to_numpy()[: last + 1])
    return rare


def _half(panel: Axes, placed: np.ndarray) -> None:
    """Mark the month by which half of the enrolled are placed, if there is one."""
    month = float(months_until(HALF, placed))
    if month != month:
        return
    panel.plot([0, month], [HALF, HALF], ":", color=BLUE, linewidth=1)
    panel.annotate(
        f"half by month {month:.0f}",
        (month, HALF),
        xytext=(6, -11),
        textcoords="offset points",
        fontsize=8,
        color=BLUE,
    )


def _stay(panel: Axes, result: Result, programme: str | None, runs: np.ndarray) -> None:
    """Draw how many of the placed are still with their employer."""
    table = staying(result, programme)
    last = seen_until(runs)
    panel.set_ylim(0, 1.05)
    panel.set_xlim(0, max(last, 1))
    if not last:
        style.say(panel, "Too few are placed to see how long they stay.")
        return
    line = table["share"].to_numpy()[: last + 1]
    stepped(panel, line, runs, OF_STAY)
    text = f"{100 * line[-1]:.0f} % still there"
    ends = [(float(line[-1]), text, OF_STAY)]
    style.label_ends(panel, ends, GAP)


def stepped(
    panel: Axes,
    line: np.ndarray,
    runs: np.ndarray,
    colour: str,
    *,
    dashes: str = "-",
    label: str = "",
) -> float:
    """Draw a curve in steps with its band over the runs; return the highest value.

    Parameters
    ----------
    panel : Axes
    line : ndarray, shape (months + 1,)
    runs : ndarray, shape (runs, months + 1 or more)
    colour, dashes, label : str
    """
    x = np.arange(len(line))
    highest = float(line.max())
    if len(runs) > 1:
        low, high = np.nanquantile(runs[:, : len(line)], style.OUTER, axis=0)
        panel.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0, step="post")
        highest = max(highest, float(high.max()))
    name = style.plain(label)
    panel.step(x, line, dashes, where="post", color=colour, linewidth=1.8, label=name)
    return highest


def seen_until(runs: np.ndarray, share: float = KNOWN) -> int:
    """Return the last month in which this share of the runs has seen somebody; 0 without any."""
    enough = np.isfinite(runs).mean(axis=0) >= share
    return int(np.flatnonzero(enough).max(initial=0))
