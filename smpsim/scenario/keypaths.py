"""Key paths such as ``programmes.pilot.training.months_before_departure`` as text and tuple."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

KeyPath = tuple[str | int, ...]

_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_BARE = re.compile(r"(?:(?!\[\d+\](?=[.\[]|$))[^.])+")
_INDEX = re.compile(r"\[(\d{1,9})\](?=[.\[]|$)")
_PLAIN_NAME = re.compile(r'[^\s".\[\]=]+(?: +[^\s".\[\]=]+)*')


class KeyPathError(ValueError):
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
            raise KeyPathError(f"found {text!r}, allowed: keys separated by single dots")
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


def format_path(path: Sequence[str | int], data: Any = None) -> str:
    """Write a key path as text that `parse_path` reads.

    Parameters
    ----------
    path : sequence of str and int
    data : object, optional
        What the path leads through: items of lists are then shown by their names.

    Examples
    --------
    >>> format_path(("programmes", 0, "name"), {"programmes": [{"name": "pilot"}]})
    'programmes.pilot.name'
    """
    text = ""
    for step in path:
        name = step
        if isinstance(step, int):
            names = item_names(data)
            # a name that occurs twice would not say which one is meant
            if step < len(names) and names[step] and names.count(names[step]) == 1:
                name = str(names[step])
        text += f"[{name}]" if isinstance(name, int) else f"{'.' if text else ''}{quote(name)}"
        data = item(data, step)
    return text


def quote(name: str) -> str:
    """Return a name as it is written in a key path, in quotes where they are needed."""
    if _PLAIN_NAME.fullmatch(name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def item_names(data: Any) -> list[str | None]:
    """Return the names of the sections in a list; None for what has no name."""
    if not isinstance(data, (list, tuple)):
        return []
    names = [entry.get("name") if isinstance(entry, Mapping) else None for entry in data]
    return [name if isinstance(name, str) else None for name in names]


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


def starts_with(path: KeyPath, prefix: KeyPath) -> bool:
    """Say whether `path` is `prefix` or lies below it."""
    return path[: len(prefix)] == prefix
