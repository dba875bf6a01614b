"""The difference in placements taken apart by cause, from the loss accounts of two designs.

In each run planned seats = placed + under way + the losses by cause. So the difference in
placements is that of the planned seats, less that of those under way, less that of each loss: it
adds up exactly, run by run, and so do the means.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from smpsim.results.losses import GROUPS, PLANNED
from smpsim.results.units import label_of
from smpsim.studies.compare.pairing import Pair, paired_difference
from smpsim.studies.compare.result import Comparison
from smpsim.vocabulary import LOSSES

CHANGE = "planned seats"
LATE = "still under way at the end"
STEPS = (PLANNED, "under_way", *LOSSES)
GROUP_OF = {PLANNED: CHANGE, "under_way": LATE, **GROUPS}


def by_line(comparison: Comparison) -> pd.DataFrame:
    """Return what each line of the loss account adds to the difference in placements.

    Returns
    -------
    DataFrame
        Index ``programme``, ``line``; columns ``group``, ``label``, ``mean_a``, ``mean_b``
        (people, as counted in each design), ``effect`` (people: what it adds to the placements of
        B less those of A) with ``ci_low``, ``ci_high``, ``level`` and ``runs`` (pairs). The
        effects of a programme add up to its difference in placements.
    """
    rows = []
    for pair in comparison.pairs:
        for line in STEPS:
            one, other = (_of_runs(comparison, pair, line, side) for side in "ab")
            row = _effect(one, other, 1 if line == PLANNED else -1, comparison.level)
            named = {"programme": pair.label, "line": line, "group": GROUP_OF[line]}
            rows.append(named | {"label": label_of(line)} | row)
    return pd.DataFrame(rows).set_index(["programme", "line"])


def by_group(comparison: Comparison) -> pd.DataFrame:
    """Return the difference in placements by groups of causes, from A to B.

    Returns
    -------
    DataFrame
        Index ``programme``, ``step``: ``placed in A``, the planned seats, each group of causes,
        those under way, ``placed in B``; columns as of `by_line`, of the first and the last step
        the placements. What neither design has is left out.
    """
    rows = []
    order = [CHANGE, *dict.fromkeys(GROUPS.values()), LATE]
    for pair in comparison.pairs:
        placed = [_of_runs(comparison, pair, "placed", side) for side in "ab"]
        nothing = np.zeros(comparison.runs)
        ends = [("placed in A", placed[0]), ("placed in B", placed[1])]
        shown = [(name, _effect(nothing, values, 1, comparison.level)) for name, values in ends]
        for group in order:
            lines = [line for line in STEPS if GROUP_OF[line] == group]
            one, other = (
                sum((_of_runs(comparison, pair, line, side) for line in lines), nothing)
                for side in "ab"
            )
            if one.any() or other.any():
                sign = 1 if group == CHANGE else -1
                shown.insert(-1, (group, _effect(one, other, sign, comparison.level)))
        for step, row in shown:
            if step.startswith("placed"):
                row |= dict.fromkeys(("mean_a", "mean_b"), np.nan)
            rows.append({"programme": pair.label, "step": step} | row)
    return pd.DataFrame(rows).set_index(["programme", "step"])


def _effect(a: np.ndarray, b: np.ndarray, sign: int, level: float) -> dict[str, float]:
    found = paired_difference(sign * a, sign * b, level)
    return {
        "mean_a": float(a.mean()),
        "mean_b": float(b.mean()),
        "effect": found["difference"],
        "ci_low": found["ci_low"],
        "ci_high": found["ci_high"],
        "level": level,
        "runs": int(found["runs"]),
    }


def _of_runs(comparison: Comparison, pair: Pair, outcome: str, side: str) -> np.ndarray:
    """Return an outcome of a design in each run, of the programmes of a pair together."""
    result, names = (comparison.a, pair.a) if side == "a" else (comparison.b, pair.b)
    table = result.outcome_table
    chosen = table[table["programme"].isin(list(names))]
    return np.asarray(chosen.groupby("run")[outcome].sum(), dtype=float)
