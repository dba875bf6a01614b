"""Deep merge of scenarios: what ``extends:`` does.

Merging follows one rule: what the upper scenario states wins. Mappings are merged key by key,
and lists of sections with a ``name`` name by name; any other list is replaced. Mappings are units
and replaced as a whole when they differ in kind: a distribution, a number with its likely range,
and the shares that divide one cost item, which would otherwise not add up to 1. A ``funding`` that
says who pays for ``all`` speaks of each item, so that it replaces the lower one.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from typing import Any

from smpsim.scenario.allowed_values import SCENARIO, Shape
from smpsim.scenario.keypaths import KeyPath, item_names, value_at
from smpsim.scenario.problems import Place
from smpsim.scenario.ranges import is_range
from smpsim.scenario.yaml_files import Document
from smpsim.vocabulary import ALL_ITEMS, FUNDED, SHARING_PARTIES


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with everything that `over` states.

    Parameters
    ----------
    base, over : mapping
        Plain data of scenarios; neither is changed.

    Examples
    --------
    >>> merge({"months": 12, "seed": 1}, {"months": 24})
    {'months': 24, 'seed': 1}
    """
    nowhere = Place("")
    return merge_documents(Document(dict(base), nowhere), Document(dict(over), nowhere)).data


def merge_documents(base: Document, over: Document) -> Document:
    """Return the merge of two documents; each value keeps the place where it is written."""
    merged = Document({}, over.origin)
    merged.data = _Merger(base, over, merged).both((), (), (), SCENARIO)
    return merged


class _Merger:
    """The recursion of a merge: paths in the lower, upper and merged document side by side."""

    def __init__(self, base: Document, over: Document, merged: Document) -> None:
        self.base, self.over, self.merged = base, over, merged

    def both(self, at: KeyPath, low: KeyPath, high: KeyPath, shape: Shape | None) -> Any:
        """Return the merge of what stands at `low` in the lower and `high` in the upper."""
        lower, upper = value_at(self.base.data, low), value_at(self.over.data, high)
        if isinstance(lower, dict) and isinstance(upper, dict) and not _unit(shape, lower, upper):
            self._place(self.over, high, at)
            return self._mappings(lower, upper, at, low, high, shape)
        if _named(lower) and _named(upper):
            self._place(self.over, high, at)
            return self._lists(lower, upper, at, low, high, shape)
        return self.one(self.over, high, at)

    def one(self, document: Document, path: KeyPath, at: KeyPath) -> Any:
        """Return a copy of what only one document states, with its places."""
        self._place(document, path, at)
        value = value_at(document.data, path)
        if isinstance(value, dict):
            return {key: self.one(document, (*path, key), (*at, key)) for key in value}
        if isinstance(value, list):
            return [self.one(document, (*path, i), (*at, i)) for i in range(len(value))]
        return copy.copy(value)

    def _mappings(
        self,
        lower: dict[str, Any],
        upper: dict[str, Any],
        at: KeyPath,
        low: KeyPath,
        high: KeyPath,
        shape: Shape | None,
    ) -> dict[str, Any]:
        found = {}
        for key in {**lower, **upper}:
            inner = (*at, key)
            if key not in upper:
                found[key] = self.one(self.base, (*low, key), inner)
            elif key not in lower:
                found[key] = self.one(self.over, (*high, key), inner)
            else:
                below = shape.child(key) if shape else None
                found[key] = self.both(inner, (*low, key), (*high, key), below)
        return found

    def _lists(
        self,
        lower: list[Any],
        upper: list[Any],
        at: KeyPath,
        low: KeyPath,
        high: KeyPath,
        shape: Shape | None,
    ) -> list[Any]:
        # the second section of a name meets the second below, so that repeated names stay visible
        below, above = _occurrences(lower), _occurrences(upper)
        found = []
        for place, name in enumerate([*below, *(name for name in above if name not in below)]):
            inner = (*at, place)
            if name not in above:
                found.append(self.one(self.base, (*low, below[name]), inner))
            elif name not in below:
                found.append(self.one(self.over, (*high, above[name]), inner))
            else:
                section = shape.child(place) if shape else None
                one, other = (*low, below[name]), (*high, above[name])
                found.append(self.both(inner, one, other, section))
        return found

    def _place(self, document: Document, path: KeyPath, at: KeyPath) -> None:
        if path in document.keys:
            self.merged.keys[at] = document.keys[path]
        if path in document.values:
            self.merged.values[at] = document.values[path]


def _unit(shape: Shape | None, lower: dict[str, Any], upper: dict[str, Any]) -> bool:
    """Say whether the upper mapping replaces the lower one instead of being merged into it."""
    if is_range(lower) != is_range(upper):
        return True
    if shape is None:
        return False
    if shape.is_distribution:
        return set(lower) != set(upper)
    if shape.keys() == FUNDED and ALL_ITEMS in upper:
        return True
    # who pays a cost item: the shares of both together would not add up to 1
    return shape.keys() == SHARING_PARTIES


def _named(value: Any) -> bool:
    names = item_names(value)
    return bool(names) and None not in names


def _occurrences(sections: list[Any]) -> dict[tuple[str | None, int], int]:
    """Return the index of each section by its name and how often the name came before."""
    seen: Counter[str | None] = Counter()
    found = {}
    for index, name in enumerate(item_names(sections)):
        found[(name, seen[name])] = index
        seen[name] += 1
    return found
