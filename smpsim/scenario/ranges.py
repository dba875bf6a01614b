"""Likely ranges: numbers of which a scenario says how well they are known.

A number may be written as ``{low: 4, centre: 6, high: 9}``: one in twenty of what we believe lies
below the low end, one in twenty above the high end, and half on either side of the centre. Runs at
the centre take the centre; others draw. A plain number is held fixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp, isfinite, log
from typing import Any

from scipy.special import ndtri

from smpsim.messages import nearest, shown_list, shown_value
from smpsim.scenario.allowed_values import Shape, number_words, shape_at
from smpsim.scenario.fields import Clipped
from smpsim.scenario.keypaths import KeyPath, KeyPathError, format_path, parse_path
from smpsim.scenario.problems import Problem
from smpsim.scenario.quantities import KINDS, Kind
from smpsim.scenario.schema import Scenario
from smpsim.scenario.timeline import FIXED_PATHS
from smpsim.scenario.values_at_keys import get_value
from smpsim.scenario.yaml_files import Document

ENDS = ("low", "centre", "high")
SECTION = "likely_ranges"
LEVEL = 0.9
"""Of what is believed, the share between the ends."""
FARTHEST = 0.005
"""Share of a normal distribution that is cut off at either end, so that no draw is absurd."""
TAIL = float(-ndtri(FARTHEST + (1.0 - 2.0 * FARTHEST) * (1.0 - LEVEL) / 2.0))
"""How many standard deviations an end lies from the centre, once the tails are cut off."""
_KEPT_PLAIN = (SECTION, "timeline", "sources", "extends", "exchange_rates")
ONE_FOR_ALL_RUNS = {(key,) for key in FIXED_PATHS if "." not in key}
"""Numbers of a whole study, such as the horizon, of which there can be no range."""
_SHARES = ("beta",)
_POSITIVE = ("median", "sigma", "sd")


@dataclass(frozen=True)
class Range:
    """A number that is not known well.

    Draws are normal: of the logarithm where the number cannot be negative, of the log odds where
    it is a share, and of the number itself elsewhere; each half with its own spread.

    Parameters
    ----------
    low, centre, high : float
        5 %, 50 % and 95 % of what is believed.
    scale : str
        ``"log"``, ``"odds"`` or ``"plain"``.
    least, most : float
        What the field allows.
    whole : bool
        Whether it takes whole numbers only.
    """

    low: float
    centre: float
    high: float
    scale: str = "plain"
    least: float = -float("inf")
    most: float = float("inf")
    whole: bool = False

    def at(self, score: float) -> float:
        """Return the number at a standard normal score; 0 gives the centre."""
        if score == 0.0:
            return self.centre
        middle = _scaled(self.centre, self.scale)
        end = _scaled(self.high if score > 0 else self.low, self.scale)
        value = _unscaled(middle + abs(score) / TAIL * (end - middle), self.scale)
        value = min(max(value, self.least), self.most)
        return float(int(value + 0.5)) if self.whole else value


def score_of(uniform: float) -> float:
    """Return the standard normal score of a uniform number, with the tails cut off."""
    return float(ndtri(FARTHEST + (1.0 - 2.0 * FARTHEST) * uniform))


def _scaled(value: float, scale: str) -> float:
    if scale == "log":
        return log(value)
    return log(value / (1.0 - value)) if scale == "odds" else value


def _unscaled(value: float, scale: str) -> float:
    if scale == "log":
        return exp(value)
    return 1.0 / (1.0 + exp(-value)) if scale == "odds" else value


def is_range(value: Any) -> bool:
    """Return whether a value is written as a likely range."""
    return isinstance(value, Mapping) and "centre" in value and set(value) <= set(ENDS)


def taken_out(document: Document) -> list[Problem]:
    """Put the centre of each likely range in its place, and the ends under ``likely_ranges``.

    Returns
    -------
    list of Problem
        Ranges that lack an end.
    """
    problems: list[Problem] = []
    ends: dict[str, Any] = {}
    for path, value in list(_written(document.data, ())):
        key = format_path(path, document.data)
        lacking = [end for end in ENDS if end not in value]
        if lacking:
            message = f"got a range without {' and '.join(lacking)}; allowed: {_FORM}"
            problems.append(Problem.at(document.place_of_value(path), key, message))
        document.keys[SECTION, key] = document.place_of_key(path)
        document.values[SECTION, key] = document.place_of_value(path)
        ends[key] = [value.get("low", value["centre"]), value.get("high", value["centre"])]
        _replace(document, path, value["centre"])
    if ends:
        stated = document.data.get(SECTION)
        known = stated if isinstance(stated, Mapping) else {}
        document.data = {**document.data, SECTION: {**known, **ends}}
    return problems


_FORM = "low, centre and high, such as {low: 4, centre: 6, high: 9}"


def _written(data: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """Yield what is written as a range, with its path."""
    if is_range(data):
        yield path, data
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if isinstance(value, (Mapping, list)) and (path or key not in _KEPT_PLAIN):
                yield from _written(value, (*path, key))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _written(value, (*path, place))


def _replace(document: Document, path: KeyPath, value: Any) -> None:
    """Set a value in plain data, sharing what does not change; places stay where they are."""

    def below(data: Any, steps: KeyPath) -> Any:
        if not steps:
            return value
        changed: Any = list(data) if isinstance(data, list) else dict(data)
        changed[steps[0]] = below(data[steps[0]], steps[1:])
        return changed

    document.data = below(document.data, path)


def let_go(document: Document, path: KeyPath) -> None:
    """Drop the ranges of what is set at a path: what somebody sets is held fixed."""
    stated = document.data.get(SECTION)
    if not isinstance(stated, Mapping) or path[:1] == (SECTION,):
        return
    named = format_path(path, document.data)
    kept = {
        key: ends
        for key, ends in stated.items()
        if key != named and not key.startswith((f"{named}.", f"{named}["))
    }
    if len(kept) < len(stated):
        document.data = {**document.data, SECTION: kept}


def check_ranges(scenario: Scenario, document: Document) -> list[Problem]:
    """Return what is wrong with the likely ranges of a scenario, each at its place."""
    problems = []
    for key, (low, high) in scenario.likely_ranges.items():
        message = _fault(scenario, key, low, high)
        if message:
            place = document.place_of_value((SECTION, key))
            problems.append(Problem.at(place, key, message))
    return problems


def _fault(scenario: Scenario, key: str, low: float, high: float) -> str:
    """Return what is wrong with a range, or nothing."""
    try:
        path = indexed(scenario, parse_path(key))
        value = number_at(scenario, path)
        if value is None:
            # what stands there, or that nothing does
            there = shown_value(get_value(scenario, key))
            return f"got a range of {there}; allowed: a range of a number"
    except KeyPathError as error:
        return str(error)
    if path in ONE_FOR_ALL_RUNS:
        return "got a range; allowed: a number, the same in all runs"
    found = range_at(path, low, value, high)
    words = f"got {number_words(low)}, {number_words(value)}, {number_words(high)}"
    if not low <= value <= high or low == high:
        return f"{words}; allowed: low, centre, high in rising order"
    least, most = found.least, found.most
    if low < least or high > most:
        return f"{words}; allowed: from {number_words(least)} to {number_words(most)}"
    if found.scale != "plain" and low <= 0:
        return f"{words}; allowed: low above 0"
    if found.scale == "odds" and high >= 1:
        return f"{words}; allowed: high below 1"
    return ""


@lru_cache(maxsize=20_000)
def range_at(path: KeyPath, low: float, centre: float, high: float) -> Range:
    """Return the range of a number at a path with indices, drawn on the scale that fits it."""
    shape, above = shape_at(path), shape_at(path[:-1])
    least, most = shape.bounds if shape else (-float("inf"), float("inf"))
    if above is not None and isinstance(above.annotation, Kind):
        # a parameter of a distribution
        kind = next(name for name, one in KINDS.items() if one is above.annotation)
        least, most = _bounds_of_parameter(kind, str(path[-1]))
    elif shape is not None and shape.is_distribution:
        # a plain number in place of one
        least, most = _clipped(shape)
    scale = "plain"
    if least >= 0:
        scale = "odds" if most == 1 else "log"
    whole = shape is not None and shape.is_whole
    return Range(low, centre, high, scale, least, most, whole)


def _bounds_of_parameter(kind: str, name: str) -> tuple[float, float]:
    if kind in _SHARES and name == "mean":
        return 0.0, 1.0
    positive = name in _POSITIVE or kind in ("gamma", "exponential")
    return (0.0 if positive else -float("inf")), float("inf")


def _clipped(shape: Shape) -> tuple[float, float]:
    """Return to what draws of a distribution are clipped."""
    found = [mark for mark in shape.marks if isinstance(mark, Clipped)]
    # a field may narrow the range of its type, or widen that of draws alone: the tightest holds
    low = max((mark.low for mark in found), default=-float("inf"))
    return low, min((mark.high for mark in found), default=float("inf"))


def ranges_of(scenario: Scenario) -> dict[str, tuple[KeyPath, Range]]:
    """Return the ranges of a scenario by key path, each with its path with indices."""
    found = {}
    for key, (low, high) in scenario.likely_ranges.items():
        path = indexed(scenario, parse_path(key))
        centre = number_at(scenario, path)
        if centre is not None and isfinite(centre):
            found[key] = path, range_at(path, low, centre, high)
    return found


def indexed(scenario: Scenario, path: KeyPath) -> KeyPath:
    """Return a key path with indices in place of the names of sections in lists.

    Raises
    ------
    KeyPathError
        If there is no section of a name.
    """
    found: list[str | int] = []
    here: Any = scenario
    for step in path:
        if isinstance(here, (list, tuple)) and isinstance(step, str):
            names = [getattr(one, "name", None) for one in here]
            if step not in names:
                known = [name for name in names if name is not None]
                raise KeyPathError(
                    f"no {step!r} in {format_path(found)}; allowed: "
                    f"{shown_list(known)}{nearest(step, known)}"
                )
            step = names.index(step)
        found.append(step)
        here = _below(here, step)
    return tuple(found)


def number_at(scenario: Scenario, path: KeyPath) -> float | None:
    """Return the number at a path with indices; none where something else stands there."""
    here: Any = scenario
    for step in path:
        here = _below(here, step)
    raw = getattr(here, "raw", None)
    value = raw() if raw is not None else here
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number else None


def _below(here: Any, step: str | int) -> Any:
    """Return what stands one step below in a checked scenario; None where nothing does."""
    if isinstance(here, (list, tuple)):
        return here[int(step)] if int(step) < len(here) else None
    if isinstance(here, Mapping):
        return here.get(step)
    raw = getattr(here, "raw", None)
    if raw is not None:
        return _below(raw(), step)
    return getattr(here, str(step), None)
