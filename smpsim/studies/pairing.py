"""Which programmes of two results are compared with each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

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
