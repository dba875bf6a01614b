"""Key paths such as ``programmes.pilot.training.months_before_departure`` as text and tuple."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from smpsim.errors import Error

KeyPath = tuple[str | int, ...]
Counted = dict[int, Counter[str | None]]
"""How often each name occurs in lists of sections, by the identity of the list."""

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BARE = re.compile(r"(?:(?!\[\d+\](?=[.\[]|$))[^.])+")
_INDEX = re.compile(r"\[(\d{1,9})\](?=[.\[]|$)")
_PLAIN_NAME = re.compile(r'[^\s".\[\]=]+(?: +[^\s".\[\]=]+)*')


class KeyPathError(Error):
    """A key path that names nothing; the message says what was found and what is allowed."""


def parse_path(text: str) -> KeyPath:
    """Read a key path.

    Parameters
    ----------
    text : str
        Keys and names separated by dots. ``[0]`` is an index counted from 0. A name that
        contains a dot is written in double quotes: ``programmes."a.b".intakes.seats``.

    Returns
    -------
    tuple of str and int

    Raises
    ------
    KeyPathError
        If the text is not a key path.

    Examples
    --------
    >>> parse_path('timeline[0].month')
    ('timeline', 0, 'month')
    """
    text = text.strip()
    steps: list[str | int] = []
    place, after_dot = 0, True
    while after_dot or place < len(text):
        index = _INDEX.match(text, place) if steps and not after_dot else None
        quoted = _QUOTED.match(text, place) if after_dot else None
        bare = _BARE.match(text, place) if after_dot and not quoted else None
        found = index or quoted or bare
        if found is None or (bare and bare.group().startswith('"')):
            raise KeyPathError(f"got {text!r}; allowed: keys separated by single dots")
        if index:
            steps.append(int(index.group(1)))
        elif quoted:
            steps.append(re.sub(r"\\(.)", r"\1", quoted.group(1), flags=re.DOTALL))
        else:
            steps.append(found.group())
        place = found.end()
        after_dot = text[place : place + 1] == "."
        place += after_dot
    return tuple(steps)


def format_path(path: Sequence[str | int], data: Any = None, counted: Counted | None = None) -> str:
    """Write a key path as text that `parse_path` reads.

    Parameters
    ----------
    path : sequence of str and int
    data : object, optional
        What the path leads through: items of lists are then shown by their names.
    counted : dict, optional
        How often each name occurs in lists that were met before, kept for many paths in one file.

    Examples
    --------
    >>> format_path(("programmes", 0, "name"), {"programmes": [{"name": "pilot"}]})
    'programmes.pilot.name'
    """
    text = ""
    for step in path:
        name = step
        if isinstance(step, int):
            own = _name_of(item(data, step))
            # a name that occurs twice would not say which one is meant
            if own and _names_in(data, counted)[own] == 1:
                name = own
        text += f"[{name}]" if isinstance(name, int) else f"{'.' if text else ''}{quote(name)}"
        data = item(data, step)
    return text


def _names_in(data: Any, counted: Counted | None) -> Counter[str | None]:
    """Return how often each name occurs in a list of sections."""
    if counted is None:
        return Counter(item_names(data))
    if id(data) not in counted:
        counted[id(data)] = Counter(item_names(data))
    return counted[id(data)]


def _name_of(section: Any) -> str | None:
    name = section.get("name") if isinstance(section, Mapping) else None
    return name if isinstance(name, str) else None


def quote(name: str) -> str:
    """Return a name as it is written in a key path, in quotes where they are needed."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def item_names(data: Any) -> list[str | None]:
    """Return the names of the sections in a list; None for what has no name."""
    if not isinstance(data, (list, tuple)):
        return []
    return [_name_of(entry) for entry in data]


def item(data: Any, step: str | int) -> Any:
    """Return what lies one step below `data`, or None."""
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, (list, tuple)) and isinstance(step, int) and 0 <= step < len(data):
        return data[step]
    return None


def value_at(data: Any, path: KeyPath) -> Any:
    """Return the value at a path of keys and indices, or None where there is none."""
    for step in path:
        data = item(data, step)
    return data


def overlapping(key: str, other: str) -> bool:
    """Return whether one key path, as text, is the other or lies in it, however they are spelt."""
    try:
        one, two = parse_path(key), parse_path(other)
    except KeyPathError:
        return key == other
    return starts_with(one, two) or starts_with(two, one)


def starts_with(path: KeyPath, prefix: KeyPath) -> bool:
    """Say whether `path` is `prefix` or lies below it."""
    return path[: len(prefix)] == prefix
