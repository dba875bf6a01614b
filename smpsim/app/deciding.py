"""Options in all plausible worlds, and what to find out first: runs that are asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from smpsim.app.options import Option
from smpsim.app.runs import never, unless_stale
from smpsim.app.trust import KNOWN
from smpsim.results.report import in_digits
from smpsim.results.units import shown_ends
from smpsim.scenario import Scenario
from smpsim.studies.decide.decide import decide
from smpsim.studies.decide.result import Decision

WORLDS, EACH = 100, 2
"""Draws of the parameters, and runs of each option in each of them."""
MOST_FIGURES = 8
"""Figures that are named as worth finding out."""


@dataclass(frozen=True)
class Judged:
    """What options come to in all plausible worlds.

    Parameters
    ----------
    sentences : tuple of str
    options : tuple of tuple of str
        Name, worlds in which it is better than the first, in which none is better, what choosing
        it loses against the best of each world, and which options dominate it.
    figures : tuple of tuple of str
        What to find out first: what it means, its range, and what knowing it is worth.
    """

    sentences: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    figures: tuple[tuple[str, ...], ...]


OPTION_HEADS = ("Option", "Better than the first", "None is better", "Loses", "Dominated by")
FIGURE_HEADS = ("Figure", "Where it likely lies", "Value of knowing it", "Source")


def runs_of(options: Sequence[Option]) -> int:
    """Return how many runs judging options takes."""
    return len(options) * WORLDS * EACH


def judged(
    options: Sequence[Option],
    progress: Callable[[int], None] | None = None,
    is_stale: Callable[[], bool] = never,
    worlds: int = WORLDS,
) -> Judged:
    """Run options in plausible worlds, the same for all.

    Parameters
    ----------
    options : sequence of Option
        Two or more.
    progress : callable, optional
        Called with the number of runs done so far.
    is_stale : callable
        Asked after each run whether to give up.
    worlds : int
        How many.

    Raises
    ------
    ScenarioError, RequestError
        If they cannot be compared.
    StaleError
        If `is_stale` said so.
    """
    watch = unless_stale(is_stale, progress)
    designs: dict[str, Scenario] = {one.name: one.state.design() for one in options}
    seed = next(iter(designs.values())).seed
    return told(decide(designs, draws=worlds, replications=EACH, seed=seed, progress=watch))


def told(found: Decision) -> Judged:
    """Return what a decision says."""
    rows = []
    for place, (name, row) in enumerate(found.table.iterrows()):
        worlds = f"{row['worlds']:,} worlds"
        low, high = (f"{in_digits(row[key])}" for key in ("regret_low", "regret"))
        rows.append(
            (
                str(name),
                f"in {row['better']:,} of {worlds}" if place else "-",
                f"in {row['best']:,} of {worlds}",
                f"{high if low == high else f'{low} to {high}'} placements",
                str(row["dominated_by"]) or "none",
            )
        )
    figures = []
    for key, row in found.information.head(MOST_FIGURES).iterrows():
        if row["value"] <= 0:
            continue
        worth = f"{in_digits(row['value'])} placements"
        figures.append(
            (
                str(row["meaning"] or key),
                shown_ends(row["low"], row["high"], row["unit_of_parameter"]),
                worth if row["clear"] else f"{worth}, no more than noise",
                KNOWN if row["sourced"] else "no source",
            )
        )
    return Judged(tuple(found.sentences), tuple(rows), tuple(figures))
