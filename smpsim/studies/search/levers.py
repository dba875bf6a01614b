"""Levers of a search: what may be decided at one key of a scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetJsonSchemaHandler
from pydantic_core import core_schema

from smpsim.messages import nearest, shown_value
from smpsim.scenario.duplicates import twins
from smpsim.scenario.quantities import Written, is_finite

DIGITS = 2
"""Reals are rounded to a hundredth of the power of ten below their range, to be readable."""
FORMS = "{grid: [numbers]}, {list: [any values]}, {uniform: {low, high}} or {integers: {low, high}}"


@dataclass(frozen=True)
class Lever(Written):
    """What may be decided at one key.

    Parameters
    ----------
    kind : str
        ``"grid"``: numbers in order; ``"list"``: values without an order; ``"uniform"``: any
        number between two; ``"integers"``: any whole number between two.
    values : tuple
        Of a grid or list; else the lower and the upper end.
    """

    kind: str
    values: tuple[Any, ...]

    @classmethod
    def parse(cls, raw: Any) -> Lever:
        """Read a lever as a file states it.

        Raises
        ------
        ValueError
            With what was found and what is allowed.
        """
        if isinstance(raw, Lever):
            return raw
        if not isinstance(raw, Mapping) or len(raw) != 1:
            raise ValueError(f"got {shown_value(raw)}; allowed: {FORMS}")
        ((kind, given),) = raw.items()
        if kind in ("grid", "list"):
            return cls(kind, _values(kind, given))
        if kind in ("uniform", "integers"):
            return cls(kind, _ends(kind, given))
        hint = nearest(kind, ("grid", "list", "uniform", "integers"))
        raise ValueError(f"got {shown_value(kind)}; allowed: {FORMS}{hint}")

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the allowed forms for editors."""
        several = {"type": "array", "minItems": 2}
        number, whole = {"type": "number"}, {"type": "integer"}
        forms: dict[str, dict[str, Any]] = {
            "grid": {**several, "items": number},
            "list": several,
        }
        for kind, end in (("uniform", number), ("integers", whole)):
            forms[kind] = {
                "type": "object",
                "properties": {"low": end, "high": end},
                "required": ["low", "high"],
                "additionalProperties": False,
            }
        return {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {kind: form},
                    "required": [kind],
                    "additionalProperties": False,
                }
                for kind, form in forms.items()
            ]
        }

    def raw(self) -> Any:
        """Return the form a study file writes."""
        if self.kind in ("grid", "list"):
            return {self.kind: list(self.values)}
        return {self.kind: {"low": self.values[0], "high": self.values[1]}}

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers in order."""
        return self.kind != "list"

    def whole(self) -> Lever:
        """Return a range of real numbers as the whole numbers in it."""
        if self.kind != "uniform":
            return self
        return Lever("integers", (math.ceil(self.values[0]), math.floor(self.values[1])))

    def rounded(self, value: float) -> float:
        """Return a real number as it stands in a design."""
        low, high = self.values
        digits = DIGITS - math.floor(math.log10(high - low))
        return float(min(max(round(float(value), digits), low), high))


def _values(kind: str, given: Any) -> tuple[Any, ...]:
    if not isinstance(given, list) or len(given) < 2:
        raise ValueError(
            f"got {kind} with {shown_value(given)}; allowed: a list of two values or more (a "
            "single one belongs under set)"
        )
    for value in given:
        if kind == "grid" and not is_finite(value):
            raise ValueError(f"got {shown_value(value)} in a grid; allowed: numbers")
    for place in twins(given):
        raise ValueError(f"got {shown_value(given[place])} twice; allowed: different values")
    return tuple(sorted(given) if kind == "grid" else given)


def _ends(kind: str, given: Any) -> tuple[Any, Any]:
    fits = isinstance(given, Mapping) and set(given) == {"low", "high"}
    if not fits or not all(is_finite(given[end]) for end in ("low", "high")):
        raise ValueError(f"got {kind} with {shown_value(given)}; allowed: numbers for low and high")
    low, high = given["low"], given["high"]
    if not low < high:
        raise ValueError(f"got low {low:g} and high {high:g}; allowed: low below high")
    if kind == "integers" and not (float(low).is_integer() and float(high).is_integer()):
        raise ValueError(f"got integers from {low:g} to {high:g}; allowed: whole numbers")
    return (int(low), int(high)) if kind == "integers" else (float(low), float(high))
