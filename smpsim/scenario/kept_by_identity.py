"""What is kept beside an object for as long as it lives, without being a part of it."""

from __future__ import annotations

import weakref
from typing import Generic, TypeVar

Owner = TypeVar("Owner")
Kept = TypeVar("Kept")


class KeptByIdentity(Generic[Owner, Kept]):
    """Values by the object that they belong to; equal objects have values of their own.

    A `weakref.WeakKeyDictionary` goes by equality, and scenarios have no hash.
    """

    def __init__(self) -> None:
        self._kept: dict[int, tuple[weakref.ref[Owner], Kept]] = {}

    def keep(self, owner: Owner, value: Kept) -> None:
        """Keep a value as long as its owner lives."""
        key = id(owner)
        self._kept[key] = (weakref.ref(owner, lambda _: self._kept.pop(key, None)), value)

    def of(self, owner: Owner) -> Kept | None:
        """Return the value of an object; nothing if none was kept."""
        found = self._kept.get(id(owner))
        return found[1] if found is not None and found[0]() is owner else None
