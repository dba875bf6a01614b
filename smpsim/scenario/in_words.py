"""Values and choices of a scenario in words, as cards and reports show them."""

from __future__ import annotations

from typing import Any

DEMAND = {
    "committed": "seats are committed by employers",
    "pool": "graduates wait in a pool until an employer takes them",
}
CHANNEL = {
    "new": "a new legal channel is opened",
    "existing": "an existing legal channel is used",
    "none": "there is no legal channel",
}
RECOGNITION = {
    "before_departure": "qualifications are recognised before departure",
    "after_arrival": "qualifications are recognised after arrival",
    "none": "no recognition is needed",
}


def number(value: Any) -> str:
    """Return a number, a distribution or nothing in words."""
    if value is None:
        return "no limit"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, dict):
        ((kind, inside),) = value.items()
        if not isinstance(inside, dict):
            return f"{kind} {number(inside)}"
        return f"{kind} {', '.join(f'{key} {number(one)}' for key, one in inside.items())}"
    raw = getattr(value, "raw", None)
    if raw is not None:
        return number(raw())
    rest = getattr(value, "model_dump", None)
    return number(rest()) if rest is not None else str(value).replace("_", " ")


def selector(selection: str) -> str:
    """Return who selects the trainees."""
    named = {"employer": "employers select", "institution": "institutions select"}
    return named.get(selection, "employers and institutions select")
