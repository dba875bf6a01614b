"""Values of a scenario read and set by key path, such as ``employers.hotels.count``.

Sections in lists are addressed by their names or by an index. What a file leaves out has the
schema's default, so a path may lead through sections that are not written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args, get_origin

from smpsim.messages import nearest, shown_list, shown_value
from smpsim.scenario.allowed_values import SCENARIO, Shape, plain
from smpsim.scenario.keypaths import (
    KeyPath,
    KeyPathError,
    format_path,
    item,
    item_names,
    parse_path,
)
from smpsim.scenario.quantities import KINDS, Kind
from smpsim.scenario.schema import Scenario


def get_value(scenario: Scenario | Mapping[str, Any], path: str | KeyPath) -> Any:
    """Return the value at a key path, or the schema's default where nothing is written.

    Parameters
    ----------
    scenario : Scenario or mapping
        A scenario or its plain data.
    path : str or tuple
        Such as ``"programmes.pilot.intakes.seats"``.

    Returns
    -------
    object
        In the form a file writes: a distribution is a mapping or number.

    Raises
    ------
    KeyPathError
        If nothing is there; the message names the nearest valid key.

    Examples
    --------
    >>> get_value({"employers": [{"name": "hotels", "count": 7}]}, "employers.hotels.count")
    7
    """
    current: Any = scenario_data(scenario)
    shape: Shape | None = SCENARIO
    done: KeyPath = ()
    steps = parse_path(path) if isinstance(path, str) else path
    _check_first(current, steps)
    for step in steps:
        if shape is not None and shape.is_distribution and item(current, step) is None:
            where = f"{format_path(done)}, which is {shown_value(current)}"
            raise KeyPathError(f"no {shown_value(step)} in {where}")
        current = _opened(current, shape, step)
        key = _key(current, shape, step, done)
        if _has(current, key):
            current = current[key]
        elif shape is not None and shape.section:
            current = shape.default(key, whole=True)
        else:
            raise _unknown(step, done, [*current])
        shape, done = _below(shape, key), (*done, step)
    return current


def set_value(data: Mapping[str, Any], path: str | KeyPath, value: Any) -> dict[str, Any]:
    """Return plain data in which the value at a key path is replaced.

    Parameters
    ----------
    data : mapping
        Plain data of a scenario; it is not changed.
    path : str or tuple
        Such as ``"employers.hotels.willingness_to_pay.lognormal.median"``. A new name can be
        added to a mapping by names (``governments``, ``lanes``), not to a list.
    value : object
        The new value; a mapping or list replaces the whole old one.

    Raises
    ------
    KeyPathError
        If the schema has no such key; the message names the nearest valid key.

    Examples
    --------
    >>> set_value({"months": 12}, "months", 24)
    {'months': 24}
    """
    return put(data, path, value)[0]


def put(data: Mapping[str, Any], path: str | KeyPath, value: Any) -> tuple[dict[str, Any], KeyPath]:
    """Do what `set_value` does, and return the path with indices in place of names too."""
    steps = parse_path(path) if isinstance(path, str) else path
    _check_first(data, steps)
    found, resolved = _put(data, SCENARIO, steps, plain(value), ())
    return found, resolved


def scenario_data(scenario: Scenario | Mapping[str, Any]) -> dict[str, Any]:
    """Return the plain data of a scenario, in which all amounts are in its own currency."""
    if isinstance(scenario, Scenario):
        return scenario.model_dump(mode="json")
    return dict(scenario)


def _put(
    current: Any, shape: Shape | None, steps: KeyPath, value: Any, done: KeyPath
) -> tuple[Any, KeyPath]:
    """Return a copy of `current` with the change, sharing what does not change."""
    if not steps:
        return value, ()
    step, rest = steps[0], steps[1:]
    current = _opened(current, shape, step)
    key = _key(current, shape, step, done)
    below = _below(shape, key)
    inner = current[key] if _has(current, key) else None
    if rest and inner is None and shape is not None:
        inner = shape.default(key)
        free = shape.keys() is None and isinstance(key, str)
        if free and not _has(current, key):
            # a misspelt name would otherwise silently become a new section
            raise _unknown(step, done, [*current])
    inner, resolved = _put(inner, below, rest, value, (*done, step))
    changed: Any = list(current) if isinstance(current, list) else dict(current)
    changed[key] = inner
    return changed, (key, *resolved)


def _check_first(data: Mapping[str, Any], steps: KeyPath) -> None:
    """Raise an error that names the whole path, if a path begins with a key of an inner section."""
    first, valid = steps[0] if steps else None, SCENARIO.keys() or ()
    if first not in _inner_keys() or first in valid or first in data:
        return
    for path, keys in _sections(data, SCENARIO, ()):
        if path and first in keys:
            raise KeyPathError(
                f"got unknown key {shown_value(first)}; allowed: {shown_list(valid)}"
                f"; did you mean {format_path((*path, *steps), data)!r}?"
            )


@cache
def _inner_keys() -> frozenset[str]:
    """Return all keys of sections inside a scenario."""
    found: set[str] = set()
    todo = [SCENARIO]
    while todo:
        shape = todo.pop()
        for option in shape.options:
            # what holds for one item of a list or mapping holds for all
            inside = get_args(option)[-1] if get_origin(option) in (list, dict) else option
            section = Shape(inside).section
            if section is not None and not found.issuperset(section.model_fields):
                found |= set(section.model_fields)
                todo += [Shape.of_field(field) for field in section.model_fields.values()]
    return frozenset(found)


def _sections(
    data: Any, shape: Shape | None, path: KeyPath
) -> Iterator[tuple[KeyPath, tuple[str, ...]]]:
    """Yield the path and the valid keys of each section, those near the top first."""
    level: list[tuple[Any, Shape | None, KeyPath]] = [(data, shape, path)]
    while level:
        following: list[tuple[Any, Shape | None, KeyPath]] = []
        for here, kind, at in level:
            keys = (kind.keys() if kind and kind.section else None) or ()
            if keys:
                yield at, keys
            steps: Any = keys or (here if isinstance(here, Mapping) else range(len(here or ())))
            for step in steps:
                below = kind.child(step) if kind else None
                if below is not None and below.is_group:
                    following.append((item(here, step) or {}, below, (*at, step)))
        level = following


def _below(shape: Shape | None, key: str | int) -> Shape | None:
    return shape.child(key) if shape else None


def _has(current: Any, key: str | int) -> bool:
    return isinstance(current, list) or key in current


def _opened(current: Any, shape: Shape | None, step: str | int) -> Any:
    """Return `current` as the mapping or list that `step` leads into, where it can be one."""
    if shape is None:
        return current
    if isinstance(shape.annotation, Kind):
        names = shape.annotation.parameters
        if isinstance(current, list) and len(current) == len(names):
            return dict(zip(names, current, strict=True))
        return current if isinstance(current, Mapping) else {}
    if shape.is_distribution and step in KINDS:
        # another family replaces the old one
        return current if isinstance(current, Mapping) and step in current else {}
    number = isinstance(current, (int, float)) and not isinstance(current, bool)
    if shape.section and (current is None or (number and shape.takes(float))):
        return {}
    if current is None and shape.is_mapping and not shape.is_distribution:
        return {}
    return current


def _key(current: Any, shape: Shape | None, step: str | int, done: KeyPath) -> str | int:
    """Return the key or index that `step` names in `current`."""
    where = format_path(done)
    if isinstance(current, list):
        return _index(current, step, where)
    if not isinstance(current, Mapping):
        inside = f" in {where}, which is {shown_value(current)}" if where else ""
        allowed = shape.allowed() if shape else "nothing"
        hint = nearest(step, (shape.keys() if shape else None) or ())
        raise KeyPathError(
            f"got the key {shown_value(step)}{inside}; allowed there: {allowed}{hint}"
        )
    valid = shape.keys() if shape else ()
    if isinstance(step, str) and (valid is None or step in valid or step in current):
        return step
    raise _unknown(step, done, valid or [*current])


def _index(sections: list[Any], step: str | int, where: str) -> int:
    names = item_names(sections)
    if isinstance(step, str):
        if names.count(step) > 1:
            raise KeyPathError(f"got the name {step!r} more than once in {where}: use an index")
        if step in names:
            return names.index(step)
        if not (step.isascii() and step.isdigit() and len(step) < 10):
            known = [name for name in names if name is not None]
            raise KeyPathError(
                f"no {step!r} in {where}; allowed: {shown_list(known)}{nearest(step, known)}"
            )
    if not 0 <= int(step) < len(sections):
        allowed = f"an index from 0 to {len(sections) - 1}" if sections else "none, it is empty"
        raise KeyPathError(f"got the index {step} in {where}; allowed: {allowed}")
    return int(step)


def _unknown(step: str | int, done: KeyPath, valid: Any) -> KeyPathError:
    where = f" in {format_path(done)}" if done else ""
    return KeyPathError(
        f"got unknown key {shown_value(step)}{where}; "
        f"allowed: {shown_list(valid)}{nearest(step, valid)}"
    )
