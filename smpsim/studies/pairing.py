"""Pairs: which programmes of two results are compared, and the statistics of paired runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from smpsim.results.outcomes import OUTCOMES, divided
from smpsim.results.result import Result
from smpsim.results.units import is_money

ALL = "all programmes"


class Pair(NamedTuple):
    """Programmes that are compared.

    Attributes
    ----------
    label : str
        The name that tables show.
    a, b : tuple of str
        Names of the programmes in each result; of several, the totals are compared.
    """

    label: str
    a: tuple[str, ...]
    b: tuple[str, ...]


def pair_programmes(
    a: Sequence[str], b: Sequence[str], designs: Sequence[str] = ("a", "b")
) -> tuple[tuple[Pair, ...], tuple[str, ...]]:
    """Return the pairs of programmes of two results, and what a reader must know about them.

    Parameters
    ----------
    a, b : sequence of str
        Names of the programmes: those of equal name are paired; without any, one with one, and
        otherwise the totals over all.
    designs : sequence of str
        What the two results are called.
    """
    same = [name for name in a if name in b]
    if same:
        notes = tuple(
            f"Only in {design}, so not compared: {', '.join(alone)}."
            for design, names in zip(designs, (a, b), strict=True)
            if (alone := [name for name in names if name not in same])
        )
        return tuple(Pair(name, (name,), (name,)) for name in same), notes
    if len(a) == len(b) == 1:
        return (Pair(f"{a[0]} / {b[0]}", (a[0],), (b[0],)),), ()
    note = (
        "The designs have no programme of the same name, so totals over programmes are compared: "
        f"{', '.join(a)} against {', '.join(b)}."
    )
    return (Pair(ALL, tuple(a), tuple(b)),), (note,)


def outcomes_of(result: Result, programmes: Sequence[str]) -> pd.DataFrame:
    """Return the outcomes of a programme by run, or the totals over several.

    Returns
    -------
    DataFrame
        A row a run. Of several programmes the sums of people and money, and the rates that
        follow from sums; times and retention cannot be added up and are left out.
    """
    table = result.outcome_table
    if len(programmes) == 1:
        chosen = table[table["programme"] == programmes[0]]
        return chosen.drop(columns=["run", "programme"]).reset_index(drop=True)
    chosen = table[table["programme"].isin(list(programmes))].drop(columns="programme")
    summed = [
        name
        for name in chosen.columns
        if OUTCOMES.get(name, "").startswith("people")
        or (is_money(name) and not name.startswith("cost_per_"))
    ]
    # a total with a part that is missing is missing
    total = chosen.groupby("run")[summed].sum(min_count=len(programmes)).reset_index(drop=True)
    for rate, top, bottom in (
        ("placement_rate", "placed", "enrolled"),
        ("graduate_placement_rate", "placed", "graduated"),
        ("migrated_share", "migrated", "graduated"),
        ("cost_per_graduate", "cost_total", "graduated"),
        ("cost_per_placement", "cost_total", "placed"),
    ):
        total[rate] = divided(total[top].to_numpy(), total[bottom].to_numpy())
    order = [name for name in chosen.columns if name in total.columns]
    return total[order]


def paired_difference(a: np.ndarray, b: np.ndarray, level: float = 0.95) -> dict[str, float]:
    """Return the mean difference b - a of paired runs with its confidence interval.

    Parameters
    ----------
    a, b : ndarray, shape (runs,)
        The same outcome in the same replications; pairs in which either is missing are left out.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    dict
        ``mean_a``, ``mean_b``, ``difference``, ``standard_error``, ``low`` and ``high`` (paired
        t), ``runs`` (pairs used), ``correlation``, and ``variance_reduction``: the share of the
        variance of the difference that pairing saves against independent runs. What cannot be
        told from so few or so equal runs is not a number.
    """
    both = np.isfinite(a) & np.isfinite(b)
    a, b, runs = a[both], b[both], int(both.sum())
    nan = float("nan")
    found = dict.fromkeys(("mean_a", "mean_b", "difference", "standard_error", "low", "high"), nan)
    found |= {"runs": runs, "correlation": nan, "variance_reduction": nan}
    if runs == 0:
        return found
    differences = b - a
    mean = float(differences.mean())
    found |= {"mean_a": float(a.mean()), "mean_b": float(b.mean()), "difference": mean}
    if runs == 1:
        return found
    error = float(differences.std(ddof=1)) / runs**0.5
    half = float(stats.t.ppf(0.5 + level / 2.0, runs - 1)) * error
    found |= {"standard_error": error, "low": mean - half, "high": mean + half}
    apart = float(a.var(ddof=1) + b.var(ddof=1))
    if apart > 0:
        found["variance_reduction"] = 1.0 - float(differences.var(ddof=1)) / apart
    if np.ptp(a) > 0 and np.ptp(b) > 0:
        found["correlation"] = float(np.corrcoef(a, b)[0, 1])
    return found
