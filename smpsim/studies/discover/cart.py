"""Boxes by CART (Breiman et al. 1984): leaves of a tree in which runs fail clearly more often.

The tree is scikit-learn's, of the share of failing runs. It has as few leaves as do as well as
the best number on designs that were left out, within one standard error.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from smpsim.studies.discover.boxes import (
    CURVE,
    Box,
    Limit,
    Search,
    clear,
    coverage,
    density,
    fewest,
    interval,
    point,
)
from smpsim.studies.discover.cases import Cases
from smpsim.studies.discover.keys import Key

MOST_LEAVES, FOLDS = 8, 5
Column = tuple[Key, str]
"""A column of the tree: a key, and of words the word that it marks."""


def cart(cases: Cases, search: Search) -> tuple[list[Box], pd.DataFrame]:
    """Return the dangerous leaves, and the trade-off as leaves are taken, the densest first."""
    leaves = _leaves(cases)
    masks = [leaf.inside(cases) for leaf in leaves]
    dense_first = sorted(range(len(leaves)), key=lambda n: -density(cases, masks[n]))
    wanted = [
        n
        for n in dense_first
        if clear(cases, masks[n])
        and (search.threshold is None or density(cases, masks[n]) >= search.threshold)
    ]
    # those that hold the most failures, as boxes of PRIM come too
    wanted = sorted(wanted, key=lambda n: -coverage(cases, masks[n]))[: search.most]
    rows = []
    together = np.zeros(len(cases), bool)
    for step, n in enumerate(dense_first):
        together = together | masks[n]
        number = wanted.index(n) + 1 if n in wanted else 0
        rows.append(point(cases, together, number, step, len(leaves[n].limits), n in wanted))
    return [leaves[n] for n in wanted], pd.DataFrame(rows, columns=list(CURVE))


def _leaves(cases: Cases) -> list[Box]:
    """Return the leaves of the tree as boxes; a single one without limits if none helps."""
    from sklearn.dummy import DummyRegressor
    from sklearn.model_selection import KFold, cross_val_score
    from sklearn.tree import DecisionTreeRegressor

    table, columns = _as_numbers(cases)

    def model(leaves: int) -> Any:
        if leaves == 1:
            return DummyRegressor()
        return DecisionTreeRegressor(
            max_leaf_nodes=leaves, min_samples_leaf=fewest(cases), random_state=0
        )

    folds = KFold(FOLDS, shuffle=True, random_state=0)
    errors = {
        leaves: -cross_val_score(
            model(leaves), table, cases.share, cv=folds, scoring="neg_mean_squared_error"
        )
        for leaves in range(1, MOST_LEAVES + 1)
    }
    best = min(errors, key=lambda leaves: errors[leaves].mean())
    allowed = errors[best].mean() + errors[best].std(ddof=1) / math.sqrt(FOLDS)
    leaves = min(number for number in errors if errors[number].mean() <= allowed)
    if leaves == 1:
        return [Box(())]
    tree = model(leaves).fit(table, cases.share).tree_
    return _below(0, tree, columns, cases, {})


def _as_numbers(cases: Cases) -> tuple[np.ndarray, list[Column]]:
    """Return numbers as they are and words as one column each."""
    columns: list[Column] = []
    found = []
    for key in cases.keys:
        values = cases.inputs[key.name].to_numpy()
        for word in ("",) if key.numeric else key.values:
            columns.append((key, word))
            found.append(values.astype(float) if key.numeric else (values == word).astype(float))
    return np.column_stack(found), columns


def _below(
    node: int, tree: Any, columns: list[Column], cases: Cases, limits: dict[str, Limit]
) -> list[Box]:
    """Return the leaves below a node, given the limits on the way to it."""
    if tree.children_left[node] < 0:
        return [Box(tuple(limit for limit in limits.values() if limit.ends))]
    key, word = columns[tree.feature[node]]
    cut = float(tree.threshold[node])
    found = []
    for child, right in ((tree.children_left[node], False), (tree.children_right[node], True)):
        limit = _narrowed(limits.get(key.name), key, word, cut, right, cases)
        found += _below(child, tree, columns, cases, {**limits, key.name: limit})
    return found


def _narrowed(
    limit: Limit | None, key: Key, word: str, cut: float, right: bool, cases: Cases
) -> Limit:
    """Return the limit of a key on one side of a split."""
    if not key.numeric:
        before = limit.allowed if limit else key.values
        return Limit(key, allowed=tuple(one for one in before if (one == word) == right))
    low = limit.low if limit and limit.low is not None else -math.inf
    high = limit.high if limit and limit.high is not None else math.inf
    low, high = (max(low, cut), high) if right else (low, min(high, cut))
    found = interval(key, cases.inputs[key.name].to_numpy(), low, high)
    return found or Limit(key)
