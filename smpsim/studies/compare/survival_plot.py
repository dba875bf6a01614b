"""The picture of how soon people are placed, and how long they stay, in two designs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, VERMILION
from smpsim.results.outcomes.incidence import PLACED, of_staying, of_ways
from smpsim.results.survival import incidence, spells_of, staying
from smpsim.results.survival_plot import seen_until, stepped
from smpsim.vocabulary import WAYS

if TYPE_CHECKING:
    from smpsim.results.result import Result
    from smpsim.studies.compare.result import Comparison

COLOURS, DASHES = (BLUE, VERMILION), ("-", "--")
KNOWN = 0.5
"""Curves go as far as this share of the runs has seen somebody: a design may place few."""
RESAMPLES = 1000
"""Of the pairs of runs, for the interval of the difference."""


class Curve(NamedTuple):
    """A share by months, as far as enough runs have seen somebody.

    Parameters
    ----------
    line : ndarray, shape (months + 1,)
        Of all runs together.
    runs : ndarray, shape (runs, months + 1)
        Of each run.
    resampled : ndarray, shape (RESAMPLES, months + 1)
        Of as many runs drawn with replacement, together.
    """

    line: np.ndarray
    runs: np.ndarray
    resampled: np.ndarray


def survival(
    both: Comparison, pair: tuple[Sequence[str], Sequence[str]], phone: bool
) -> tuple[Figure, list[Axes], str]:
    """Return the picture, its two panels of curves, and its small print.

    Parameters
    ----------
    both : Comparison
    pair : tuple of two sequences of str
        Programmes of each design: one, or all.
    phone : bool
        For a phone.
    """
    heights = (1.35, 1.0)
    figure, axes = style.panels(2, 2, 10, 7.4, height_ratios=heights, phone=phone, down=True)
    axes = [axes[n] for n in (0, 2, 1, 3)]
    # the same pairs for both designs, as the runs of a pair share their world and their luck
    luck = np.random.default_rng(both.seed)
    weights = luck.multinomial(both.runs, [1.0 / both.runs] * both.runs, RESAMPLES)
    sides = [
        (result, names[0] if len(names) == 1 else None)
        for result, names in zip((both.a, both.b), pair, strict=True)
    ]
    ways, stays = zip(*(_curves(*side, weights) for side in sides), strict=True)
    for (above, below), curves, since, of, title in (
        (axes[:2], ways, "the start of training", "those enrolled", "Placed so far"),
        (axes[2:], stays, "arrival", "those placed", "Still with the employer"),
    ):
        for n, curve in enumerate(curves):
            if len(curve.line) > 1:
                look = {"dashes": DASHES[n], "label": both.names[n]}
                stepped(above, curve.line, curve.runs, COLOURS[n], **look)
        empty = [name for name, one in zip(both.names, curves, strict=True) if len(one.line) < 2]
        if empty:
            style.say(above, f"Too few people to tell in {' and '.join(empty)}.", low=True)
        _difference(below, curves, both)
        style.from_zero(above)
        above.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        above.set_ylabel(f"share of {of}", fontsize=9)
        above.set_title(title, loc="left", fontsize=10)
        below.set_ylabel("B \N{MINUS SIGN} A, percentage points", fontsize=9)
        below.set_xlabel(f"months since {since}", fontsize=9)
        longest = max(len(curve.line) for curve in curves) - 1
        for panel in (above, below):
            panel.set_xlim(0, 1.02 * max(longest, 1))
            panel.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 3, 6, 10]))
    people = " and ".join(
        f"{spells_of(*side)[:, : len(WAYS) + 1].sum():,} enrolled and "
        f"{spells_of(*side)[:, PLACED].sum():,} placed in {letter}"
        for side, letter in zip(sides, "AB", strict=True)
    )
    bands = (
        "Bands above: the middle 90 % of the runs with people still observed; below: "
        f"{100 * both.level:g} % confidence interval of the difference ({RESAMPLES:,} resamples "
        "of the pairs)."
    )
    note = (
        f"Lines: {people}, all runs together (Aalen-Johansen and Kaplan-Meier; people still "
        "under way, or still there, count for as long as they were observed). "
        f"{bands * (both.runs > 1)}"
    )
    return figure, [axes[0], axes[2]], note.strip()


def _curves(result: Result, programme: str | None, weights: np.ndarray) -> tuple[Curve, Curve]:
    """Return the share of the enrolled who are placed, and of the placed who are still there."""
    spells = spells_of(result, programme)
    resampled = np.tensordot(weights, spells, axes=1)
    shares = incidence(result, programme)
    placed = shares.loc[shares["way"] == "placed", "share"].to_numpy()
    found = []
    for line, runs, again in (
        (placed, of_ways(spells)[:, PLACED], of_ways(resampled)[:, PLACED]),
        (staying(result, programme)["share"].to_numpy(), *map(of_staying, (spells, resampled))),
    ):
        # where everybody's way has ended, curves are known and flat for ever
        end = min(seen_until(runs, KNOWN) + 1, len(line))
        found.append(Curve(line[:end], runs[:, :end], again[:, :end]))
    return found[0], found[1]


def _difference(panel: Axes, curves: Sequence[Curve], both: Comparison) -> None:
    """Draw the difference of two curves in percentage points, as far as both are known."""
    end = min(len(curve.line) for curve in curves)
    panel.axhline(0, color=BLACK, linewidth=0.9)
    if end < 2:
        panel.set_ylim(-1, 1)
        return
    x = np.arange(end)
    a, b = curves
    if both.runs > 1:
        tail = 50.0 * (1.0 - both.level)
        apart = 100.0 * (b.resampled[:, :end] - a.resampled[:, :end])
        low, high = np.nanpercentile(apart, (tail, 100.0 - tail), axis=0)
        panel.fill_between(x, low, high, color=BLACK, alpha=0.4, linewidth=0, step="post")
    line = 100.0 * (b.line[:end] - a.line[:end])
    panel.step(x, line, where="post", color=BLACK, linewidth=1.4)
    if not line.any():
        style.say(panel, "The same in every month.")
        panel.set_ylim(-1, 1)
