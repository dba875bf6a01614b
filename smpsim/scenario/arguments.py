"""Arguments of functions, checked before anything runs: a wrong kind is refused, not guessed at."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from typing import Any

from smpsim.errors import RequestError
from smpsim.messages import shown_value


def whole(what: str, value: Any, least: int = 1, below: int | None = None) -> int:
    """Return a whole number, or raise `RequestError` that names the argument.

    Parameters
    ----------
    what : str
        Name of the argument.
    value : object
        5.0 is refused as 5.7 is: who writes a decimal point may mean a share.
    least : int
    below : int, optional
        Above all that is allowed.
    """
    allowed = f"a whole number of {least} or more"
    if below is not None:
        allowed = f"a whole number from {least} to {below - 1:,}"
    try:
        found = None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        found = None
    if found is None or found < least or (below is not None and found >= below):
        raise RequestError(f"{what}: got {shown_value(value)}; allowed: {allowed}")
    return found


def several(what: str, values: Any) -> list[Any]:
    """Return a list, or raise `RequestError`: text would be taken for its letters."""
    if isinstance(values, (str, bytes)) or not isinstance(values, Iterable):
        found = shown_value(values)
        raise RequestError(f"{what}: got {found}; allowed: a list, such as [{found}]")
    return list(values)
