"""How far boxes hold: on designs and in worlds that were not used to find them, and found again.

The designs and the worlds are split into halves, several times. Boxes are looked for in one half
of the designs in one half of the worlds, and judged on the others in the others. Whole designs
and worlds are held out, not runs, as those of a design, and those of a world, are not
independent: a box that holds by the luck of a design or of a world holds in all of its runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from smpsim.studies.discover.boxes import (
    ERRORS,
    Box,
    Limit,
    Search,
    coverage,
    density,
    gap,
    standard_error,
)
from smpsim.studies.discover.cart import cart
from smpsim.studies.discover.cases import Cases
from smpsim.studies.discover.prim import prim

METHODS: dict[str, Callable[[Cases, Search], tuple[list[Box], pd.DataFrame]]] = {
    "prim": prim,
    "cart": cart,
}


@dataclass(frozen=True)
class Judged:
    """A box, all boxes together or all designs, with how failing runs lie in it.

    Attributes
    ----------
    limits : tuple of Limit
        Empty for all boxes together, and for all designs.
    reappears : dict of (str, str) to float
        By key and end, the share of the halves whose most similar box has that limit too.
    coverage, density, mass : float
        Share of all failing runs that are inside; share of the runs inside that fail; share of
        the designs that are inside. On the designs by which the box was found, without those in
        boxes before it.
    designs : int
        That are inside.
    held_out_coverage, held_out_density : float
        The same of boxes that were found in one half of the designs, on the other half; not a
        number if there never was one.
    held_out_error : float
        Standard error of that density: with other designs, in other worlds; not a number if all
        runs are in one world.
    held_out_gap, held_out_gap_error : float
        By how much that density is above the share of failing runs in all designs in the same
        worlds, and the standard error of this difference.
    found_again : float
        Share of the halves in which there was such a box; not a number for all designs.
    confirmed : bool
        There was in half of the halves or more, and the difference is above two of its standard
        errors.
    """

    limits: tuple[Limit, ...]
    reappears: dict[tuple[str, str], float]
    coverage: float
    density: float
    mass: float
    designs: int
    held_out_coverage: float
    held_out_density: float
    held_out_error: float
    held_out_gap: float
    held_out_gap_error: float
    found_again: float
    confirmed: bool


@dataclass(frozen=True)
class Half:
    """Boxes that were found in half of the designs and worlds, and the cases of the others."""

    boxes: list[Box]
    others: Cases


def held_out_of(cases: Cases) -> str:
    """Return what is split in halves, in words."""
    return "designs and worlds" if cases.worlds > 1 else "designs"


def halves_of(cases: Cases, search: Search, splits: int, seed: int) -> list[Half]:
    """Split designs and worlds in halves so often, and look for boxes in each."""
    generator = np.random.default_rng(seed)
    designs = np.unique(cases.design)
    found = []
    for _ in range(splits):
        first = np.isin(cases.design, generator.permutation(designs)[: len(designs) // 2])
        early = np.isin(np.arange(cases.worlds), generator.permutation(cases.worlds)[::2])
        for chosen, seen in ((first, early), (~first, ~early)):
            # of a single world nothing can be held out
            here, there = (seen, ~seen) if cases.worlds > 1 else (early, early)
            boxes, _ = METHODS[search.method](cases.part(chosen).within(here), search)
            found.append(Half(boxes, cases.part(~chosen).within(there)))
    return found


def judged(cases: Cases, boxes: Sequence[Box], halves: Sequence[Half]) -> tuple[Judged, ...]:
    """Return all boxes together, then each.

    A box is judged by the boxes of the halves that were found as it was: the first by the first
    ones. Choosing those that resemble it would let it judge itself.
    """
    masks = insides(boxes, cases)
    found = [_judged(cases, None, np.any(masks, axis=0), halves, slice(None))]
    for place, (box, mask) in enumerate(zip(boxes, masks, strict=True)):
        found.append(_judged(cases, box, mask, halves, slice(place, place + 1)))
    return tuple(found)


def insides(boxes: Sequence[Box], cases: Cases) -> list[np.ndarray]:
    """Return which cases are in each box and in none before it, each of shape (cases,)."""
    taken = np.zeros(len(cases), bool)
    found = []
    for box in boxes:
        found.append(box.inside(cases) & ~taken)
        taken = taken | found[-1]
    return found


def _judged(
    cases: Cases,
    box: Box | None,
    inside: np.ndarray,
    halves: Sequence[Half],
    places: slice,
) -> Judged:
    rows = []
    for pair in zip(halves[::2], halves[1::2], strict=True):
        # both halves of a split together hold each design once
        held = [half for half in pair if half.boxes[places]]
        masks = [np.any(insides(half.boxes, half.others)[places], axis=0) for half in held]
        if not any(mask.any() for mask in masks):
            continue
        parts = [(half.others, mask) for half, mask in zip(held, masks, strict=True)]
        others, mask = Cases.joined([half.others for half in held]), np.concatenate(masks)
        levels = [measure(others, mask) for measure in (coverage, density, standard_error)]
        rows.append([*levels, *gap(parts)])
    again = sum(bool(half.boxes[places]) for half in halves) / max(len(halves), 1)
    found = np.mean(rows, axis=0) if rows else np.full(5, math.nan)
    covered, dense, error, above, above_error = found.tolist()
    return Judged(
        limits=box.limits if box else (),
        reappears=_reappearing(cases, box, halves) if box else {},
        coverage=coverage(cases, inside),
        density=density(cases, inside),
        mass=float(inside.mean()),
        designs=int(inside.sum()),
        held_out_coverage=covered,
        held_out_density=dense,
        held_out_error=error,
        held_out_gap=above,
        held_out_gap_error=above_error,
        found_again=again,
        confirmed=bool(again >= 0.5 and above > ERRORS * above_error),
    )


def all_designs(cases: Cases) -> Judged:
    """Return the base rate as a box without limits, which no search has flattered."""
    everything = np.ones(len(cases), bool)
    return Judged(
        limits=(),
        reappears={},
        coverage=1.0,
        density=cases.base,
        mass=1.0,
        designs=len(cases),
        held_out_coverage=1.0,
        held_out_density=cases.base,
        held_out_error=standard_error(cases, everything),
        held_out_gap=0.0,
        held_out_gap_error=0.0,
        found_again=math.nan,
        confirmed=False,
    )


def _reappearing(cases: Cases, box: Box, halves: Sequence[Half]) -> dict[tuple[str, str], float]:
    """Return how often each limit is found again, whatever its exact place."""
    wanted = [(limit.key.name, end) for limit in box.limits for end in limit.ends]
    counts = dict.fromkeys(wanted, 0)
    inside = box.inside(cases)
    for half in halves:
        if not half.boxes:
            continue
        alike = max(half.boxes, key=lambda one: _overlap(inside, one.inside(cases)))
        there = {(limit.key.name, end) for limit in alike.limits for end in limit.ends}
        for one in there & set(wanted):
            counts[one] += 1
    return {one: number / max(len(halves), 1) for one, number in counts.items()}


def _overlap(one: np.ndarray, other: np.ndarray) -> float:
    """Return cases in both by cases in either."""
    return float((one & other).sum() / max((one | other).sum(), 1))
