"""How well a number of a scenario is known: one answer for every meter, table and page."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from smpsim.scenario.keypaths import KeyPath, parse_path
from smpsim.scenario.loading import Source
from smpsim.scenario.marks import Mark, Origin, marks
from smpsim.scenario.parameters import SHARED, shared_ranges
from smpsim.scenario.ranges import ranges_of
from smpsim.scenario.schema import Scenario


class Known:
    """What the files of a scenario, and those that it extends, say of each of its numbers.

    Parameters
    ----------
    source : str, path, mapping or Scenario
        A scenario remembers the files that it was loaded from. Of one that has none, such as plain
        data from a folder of results, a number with the likely range that all programmes share is
        known as well as that one.
    """

    def __init__(self, source: Source) -> None:
        self._marks = _by_path(marks(source))
        self._ranges = ranges_of(source) if isinstance(source, Scenario) else {}

    def mark(self, key: str) -> Mark | None:
        """Return what is said of a number, by the key path of it or of a part of it.

        A parameter of a distribution has the mark of the distribution, and a number of a table
        that of the table.
        """
        found = _enclosing(self._marks, key)
        said = found is not None and found.origin != "unsaid"
        if said or key not in self._ranges or self._ranges[key][1] != shared_ranges().get(key):
            return found
        return _enclosing(_shared(), key)

    def origin(self, key: str) -> Origin:
        """Return whether a number is an assumption, has a source, or nothing is said of it."""
        found = self.mark(key)
        return found.origin if found is not None else "unsaid"

    def sourced(self, keys: Iterable[str]) -> list[str]:
        """Return those of some numbers that have a source."""
        return [key for key in keys if self.origin(key) == "source"]


@lru_cache(maxsize=1)
def _shared() -> dict[KeyPath, Mark]:
    return _by_path(marks(SHARED))


def _by_path(found: Iterable[Mark]) -> dict[KeyPath, Mark]:
    return {tuple(parse_path(one.key)): one for one in found}


def _enclosing(marked: dict[KeyPath, Mark], key: str) -> Mark | None:
    """Return the mark at a key path, or of the innermost that encloses it."""
    path = tuple(parse_path(key))
    return next((marked[path[:n]] for n in range(len(path), 0, -1) if path[:n] in marked), None)
