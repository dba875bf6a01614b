"""Boxes by PRIM (Friedman and Fisher 1999, Bump hunting in high-dimensional data).

The search, which peels thin slices off as long as failures get denser and pastes back what does
no harm, is that of ema_workbench. Which box on its way is taken, and which limits it keeps, is
decided here: by how many more runs fail inside than would at the base rate.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from smpsim.studies.discover.boxes import (
    CURVE,
    ERRORS,
    Box,
    Limit,
    Search,
    clear,
    coverage,
    density,
    excess,
    fewest,
    interval,
    point,
)
from smpsim.studies.discover.cases import Cases


def prim(cases: Cases, search: Search) -> tuple[list[Box], pd.DataFrame]:
    """Return boxes one after the other, each among the cases that the former left."""
    boxes: list[Box] = []
    rows: list[tuple[Any, ...]] = []
    left = np.ones(len(cases), bool)
    while len(boxes) < search.most and left.sum() >= 2 * fewest(cases):
        part = cases.part(left)
        if part.failed.sum() in (0, part.judged.sum()):
            break
        trajectory = _peeled(part, fewest(cases) / len(part))
        masks = [left & box.inside(cases) for box in trajectory]
        place = _chosen(cases, masks, search)
        taken = Box(()) if place is None else _pruned(cases, left, trajectory[place], search)
        # of a box whose limits all turned out useless nothing is left
        place = place if taken.limits else None
        for step, (box, mask) in enumerate(zip(trajectory, masks, strict=True)):
            rows.append(point(cases, mask, len(boxes) + 1, step, len(box.limits), step == place))
        if place is None:
            break
        boxes.append(taken)
        left &= ~taken.inside(cases)
    return boxes, pd.DataFrame(rows, columns=list(CURVE))


def _peeled(cases: Cases, least: float) -> list[Box]:
    """Return the boxes on the trajectory of PRIM, from all cases to the densest few."""
    columns: dict[str, Any] = {}
    for place, key in enumerate(cases.keys):
        column = cases.inputs[key.name]
        # ema_workbench drops a column called scenario, whole numbers fail with pandas 3, and sets
        # of text have another order in each process
        codes = [key.values.index(text) for text in column] if not key.numeric else column
        columns[f"k{place}"] = pd.Series(codes, dtype=float if key.numeric else object)
    with warnings.catch_warnings():
        # it asks for packages that it does not need for this, and uses what pandas will drop
        warnings.simplefilter("ignore")
        search = _search_of_prim()
        found = search(pd.DataFrame(columns), cases.share, mass_min=least).find_box()
    return [_read(cases, limits) for limits in found.box_lims]


def _search_of_prim() -> Callable[..., Any]:
    """Return PRIM of ema_workbench, in the form that the installed version has.

    Imported here, as that takes two seconds.
    """
    from ema_workbench.analysis import prim

    if hasattr(prim, "RegressionPrim"):
        return prim.Prim
    # before version 3; the choice of a box is not left to its threshold
    mode = prim.sdutil.RuleInductionType.REGRESSION
    return partial(prim.Prim, threshold=0.0, mode=mode)


def _read(cases: Cases, limits: pd.DataFrame) -> Box:
    """Return a box of ema_workbench as limits; ends that leave nothing out are none."""
    found = []
    for place, key in enumerate(cases.keys):
        if f"k{place}" not in limits:
            continue  # words that are all the same here
        low, high = limits[f"k{place}"]
        column = cases.inputs[key.name].to_numpy()
        if not key.numeric:
            allowed = tuple(text for code, text in enumerate(key.values) if code in low)
            found.append(Limit(key, allowed=allowed) if set(column) - set(allowed) else None)
            continue
        found.append(interval(key, column, float(low), float(high)))
    return Box(tuple(limit for limit in found if limit is not None))


def _chosen(cases: Cases, masks: Sequence[np.ndarray], search: Search) -> int | None:
    """Return the place of the box that is taken from a trajectory, or None.

    Without a threshold it is the box that holds the most failing runs beyond the base rate, of
    those that fail at least half way from the base rate to always, if there are any: the excess
    alone would prefer a wide box that hardly says anything to a small one that always fails.
    """
    dense = [density(cases, mask) for mask in masks]
    if search.threshold is not None:
        good = [place for place, share in enumerate(dense) if share >= search.threshold]
        return max(good, key=lambda place: coverage(cases, masks[place]), default=None)
    base = cases.base
    often = [place for place, share in enumerate(dense) if share >= (base + 1) / 2]
    place = max(often or range(len(masks)), key=lambda one: excess(cases, masks[one], base))
    return place if clear(cases, masks[place]) else None


def _pruned(cases: Cases, left: np.ndarray, box: Box, search: Search) -> Box:
    """Drop limits that keep out designs which fail as well, the most useless first.

    A limit stays if what it keeps out fails less often, by two standard errors, than the middle
    between the box and all designs; with a threshold, if the box would fall below that.
    """
    spread = float(cases.share.std())
    while True:
        inside = left & box.inside(cases)
        middle = (density(cases, inside) + cases.base) / 2
        useless = []
        for limit in box.limits:
            for end in limit.ends:
                wider = _without(box, limit, end)
                more = left & wider.inside(cases) & ~inside
                outside = density(cases, more) if more.any() else 1.0
                margin = ERRORS * spread / math.sqrt(max(int(more.sum()), 1))
                if search.threshold is not None:
                    drop = density(cases, inside | more) >= search.threshold
                else:
                    drop = outside + margin > middle
                if drop:
                    useless.append((outside, wider))
        if not useless:
            return box
        box = max(useless, key=lambda one: one[0])[1]


def _without(box: Box, limit: Limit, end: str) -> Box:
    """Return a box without one end of one limit."""
    others = tuple(one for one in box.limits if one is not limit)
    if len(limit.ends) == 1:
        return Box(others)
    return Box((*others, replace(limit, low=None) if end == "low" else replace(limit, high=None)))
