"""What is taken over from a real programme: values with their likely ranges, and whose they are."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, NamedTuple

from smpsim.guided.answers import ENDS
from smpsim.guided.real import Real
from smpsim.scenario.allowed_values import plain
from smpsim.scenario.fields import Section
from smpsim.scenario.keypaths import KeyPath, parse_path
from smpsim.scenario.marks import Mark, marks

DIGITS = 4
"""Of numbers that are written: amounts were converted."""
LONGEST_NOTE = 60
"""Letters of what the other scenario says of a figure."""


class Leaf(NamedTuple):
    """A value and what a file says of it.

    Attributes
    ----------
    value : object
        Plain data; a number with its likely range is a mapping.
    said : str
    """

    value: Any
    said: str = ""


Tree = dict[str, Any]


class Taken:
    """What is taken over from a real programme, in the form of a file."""

    def __init__(self, real: Real) -> None:
        self.name = real.profile.scenario
        found = real.scenario.likely_ranges.items()
        self.ranges = {parse_path(key): ends for key, ends in found}
        self.marks = _marks(self.name)

    def section(self, section: Section, at: KeyPath, left_out: Collection[str] = ()) -> Tree:
        """Return all that a section states, without some of its keys."""
        found: Tree = {}
        for key in type(section).model_fields:
            if key in left_out or key not in section.model_fields_set:
                continue
            value = getattr(section, key)
            if isinstance(value, Section) and key != "vacancies_per_year":
                found[key] = self.section(value, (*at, key))
            else:
                found[key] = self.leaf(value, (*at, key))
        return {key: one for key, one in found.items() if one != {}}

    def leaf(self, value: Any, at: KeyPath) -> Leaf:
        """Return a value with its likely range, and where it is from."""
        return Leaf(self._ranged(plain(value), at), self.said(at))

    def said(self, at: KeyPath) -> str:
        """Return what is said of a value: whose it is, and what its source is there."""
        mark = self.marks.get(at)
        text = f"assumption: as in {self.name}"
        if mark is None or mark.origin != "source" or mark.text.startswith("as "):
            return text
        note = " ".join(mark.text.split())
        note = note if len(note) <= LONGEST_NOTE else f"{note[: LONGEST_NOTE - 3].rstrip()}..."
        return f"{text} ({note})"

    def _ranged(self, value: Any, at: KeyPath) -> Any:
        if isinstance(value, dict):
            return {key: self._ranged(one, (*at, key)) for key, one in value.items()}
        if isinstance(value, list):
            return [self._ranged(one, (*at, n)) for n, one in enumerate(value)]
        ends = self.ranges.get(at)
        if ends is None:
            return rounded(value)
        return dict(zip(ENDS, (rounded(one) for one in (ends[0], value, ends[1])), strict=True))


@cache
def _marks(name: str) -> dict[KeyPath, Mark]:
    """Return what a scenario of the catalogue says of its figures."""
    return {parse_path(one.key): one for one in marks(name)}


def rounded(value: Any) -> Any:
    """Return a number as people write it, as amounts were converted; whatever else as it is."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() else short
