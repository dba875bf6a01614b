"""What the keys of a scenario mean in plain words, taken from the schema."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from smpsim.scenario.allowed_values import shape_at
from smpsim.scenario.keypaths import parse_path
from smpsim.scenario.quantities import KINDS

CORRELATIONS = "correlations"
LISTS = ("programmes", "employers", "institutions", "governments")
"""Sections with names of a user's own, which a plain name must state."""


def meaning_of(key: str) -> tuple[str, str]:
    """Return what a key means in plain words, and its unit; the key itself if nothing is said.

    Parameters
    ----------
    key : str
        Key path; of a number of a distribution, what the distribution is of and which number.
    """
    path = tuple(parse_path(key))
    if len(path) > 2 and _is_list(path[0]):
        # any item of a list stands for all of them
        path = (path[0], 0, *path[2:])
    inside = len(path) > 2 and path[-2] in KINDS
    of = path[:-2] if inside else path
    shape, above = shape_at(path), shape_at(of[:-1])
    field = above.section.model_fields.get(str(of[-1])) if above and above.section else None
    about = (field.description or "") if field else ""
    # without the symbol in front, and what a special value means
    words = re.sub(r"^\w+(?: of E\d+)?: ", "", about.rpartition(" [")[0]).partition("; ")[0]
    # numbers of equations and actions are for readers of the schema
    words = re.sub(r" \((?:E|Action )\d+\)", "", words)
    if not words:
        return key, shape.unit if shape else ""
    words = words[0].upper() + words[1:]
    return f"{words}, {path[-1]}" if inside else words, shape.unit if shape else ""


def _is_list(section: Any) -> bool:
    shape = shape_at((section,))
    return shape is not None and shape.is_list


def plain_names(keys: Iterable[str]) -> dict[str, str]:
    """Return a plain name for each key; of keys that mean the same, with what tells them apart."""
    keys = list(keys)
    found = {}
    for key in keys:
        path = parse_path(key)
        words = meaning_of(key)[0]
        if words == key:
            steps = [str(step).replace("_", " ") for step in path[2:] or path]
            if steps[0] == CORRELATIONS and len(steps) == 3:
                words = f"Correlation of {steps[1]} and {steps[2]}"
            else:
                words = ", ".join(steps)
        found[key] = f"{words} ({path[1]})" if path[0] in LISTS and len(path) > 2 else words
    many = Counter(found.values())
    return {
        key: name if many[name] == 1 else f"{name} ({_section(key)})" for key, name in found.items()
    }


def _section(key: str) -> str:
    """Return the end of a key path in words."""
    steps = [str(step) for step in parse_path(key) if str(step) not in KINDS]
    return " ".join(steps[-3:-1] if len(steps) > 2 else steps).replace("_", " ")
