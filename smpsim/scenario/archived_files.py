"""Scenarios and actions as a folder of results holds them, in place of today's files.

A study names its scenarios and actions. To run it again as it was, their names must lead to what
was in the files then, not to what is there now.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Shelf:
    """Plain data of scenarios and of actions by name."""

    scenarios: Mapping[str, Any] = field(default_factory=dict)
    actions: Mapping[str, Any] = field(default_factory=dict)


_SHELF: ContextVar[Shelf] = ContextVar("shelf")
_EMPTY = Shelf()


@contextlib.contextmanager
def shelved(scenarios: Mapping[str, Any], actions: Mapping[str, Any]) -> Iterator[None]:
    """Let names of scenarios and actions stand for plain data, here and in what is called here."""
    token = _SHELF.set(Shelf(scenarios, actions))
    try:
        yield
    finally:
        _SHELF.reset(token)


def kept_scenario(source: Any) -> dict[str, Any] | None:
    """Return the plain data that a name stands for, or None if it stands for a file."""
    return _found(_SHELF.get(_EMPTY).scenarios, source)


def kept_action(source: Any) -> dict[str, Any] | None:
    """Return the plain data of an action, or None if its name stands for a file."""
    kept = _SHELF.get(_EMPTY).actions
    found = _found(kept, source)
    if found is None and kept and isinstance(source, str):
        # tables name actions of the catalogue without their folder
        short = source.removeprefix("actions/")
        return _found(kept, short) or _found(kept, f"actions/{short}")
    return found


def _found(kept: Mapping[str, Any], source: Any) -> dict[str, Any] | None:
    if not kept or not isinstance(source, (str, os.PathLike)):
        return None
    found = kept.get(os.fspath(source))
    return None if found is None else dict(found)
