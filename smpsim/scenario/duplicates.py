"""Values that stand twice in a list, found in one pass: a file may hold thousands."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Any


def twins(values: Iterable[Any]) -> Iterator[int]:
    """Yield the place of each value that stands before it already.

    1 and 1.0 are one value; 1 and true are not.

    Examples
    --------
    >>> list(twins([1, True, 1.0]))
    [2]
    """
    seen: set[Hashable] = set()
    for place, value in enumerate(values):
        key = identity(value)
        if key in seen:
            yield place
        seen.add(key)


def identity(value: Any) -> Hashable:
    """Return something hashable that is equal for equal values."""
    if isinstance(value, Mapping):
        return "mapping", frozenset((key, identity(inner)) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return "list", tuple(identity(inner) for inner in value)
    return isinstance(value, bool), value
