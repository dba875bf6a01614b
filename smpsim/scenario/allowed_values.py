"""What the schema allows at a key path: valid keys, kinds of values, ranges and units."""

from __future__ import annotations

import math
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types as limits_of
from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from smpsim.scenario.fields import Section
from smpsim.scenario.quantities import KINDS, Distribution, Kind, to_scenario_currency
from smpsim.scenario.schema import Scenario

# units that only repeat what kind of value it is
_NO_UNITS = {"", "1", "word", "text", "name", "names", "section", "sections", "yes or no", "number"}
_SPECIAL = {
    "year-month": "a year and month from 1700-01 to 2199-12, such as 2024-01",
    "ISO code": "a code such as EUR",
}


@dataclass(frozen=True)
class Shape:
    """What may stand at one place of a scenario.

    Parameters
    ----------
    annotation : object
        A type as the schema states it, or a `Kind` of distribution.
    unit : str
        Unit of the numbers there.
    limits : tuple
        The field's range limits and validators.
    """

    annotation: Any
    unit: str = ""
    limits: tuple[Any, ...] = ()

    @classmethod
    def of_field(cls, field: FieldInfo) -> Shape:
        """Return the shape of a field of a section."""
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, Mapping) else {}
        return cls(field.annotation, str(extra.get("unit", "")), tuple(field.metadata))

    @property
    def options(self) -> tuple[Any, ...]:
        """The types that are allowed, without None."""
        return tuple(option for option in _flat(self.annotation) if option is not type(None))

    @property
    def nullable(self) -> bool:
        """Whether null is allowed."""
        return type(None) in _flat(self.annotation)

    @property
    def section(self) -> type[Section] | None:
        """The section, if one is allowed."""
        found = [o for o in self.options if isinstance(o, type) and issubclass(o, Section)]
        return found[0] if found else None

    @property
    def is_distribution(self) -> bool:
        """Whether a distribution is allowed."""
        return Distribution in self.options

    @property
    def is_list(self) -> bool:
        """Whether a list is allowed."""
        return any(get_origin(option) in (list, tuple) for option in self.options)

    @property
    def is_mapping(self) -> bool:
        """Whether a mapping is allowed."""
        mappings = [o for o in self.options if get_origin(o) is dict or isinstance(o, Kind)]
        return bool(mappings) or self.section is not None or self.is_distribution

    @property
    def is_group(self) -> bool:
        """Whether a section, or sections by name, are allowed."""
        inner = [get_args(one)[-1] for one in self.options if get_origin(one) in (list, dict)]
        return self.section is not None or any(Shape(one).section for one in inner)

    @property
    def is_money(self) -> bool:
        """Whether an amount with a currency is allowed."""
        return any(
            isinstance(mark, BeforeValidator) and mark.func is to_scenario_currency
            for mark in self.marks
        )

    @property
    def marks(self) -> tuple[Any, ...]:
        """All that the schema says of the value beside its type."""
        return (*_metadata(self.annotation), *self.limits)

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest number that the field allows; infinite where there is none.

        A limit that is not allowed itself, as of "above 0", counts as one that is.
        """
        low, high = -math.inf, math.inf
        for limit in _single(self.limits):
            least = getattr(limit, "ge", getattr(limit, "gt", None))
            most = getattr(limit, "le", getattr(limit, "lt", None))
            low = low if least is None else max(low, float(least))
            high = high if most is None else min(high, float(most))
        return low, high

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers are allowed."""
        return self.takes(int) and not self.takes(float)

    def takes(self, kind: type) -> bool:
        """Say whether values of a plain type, or of any type, are allowed."""
        return kind in self.options or Any in self.options

    def keys(self) -> tuple[str, ...] | None:
        """Return the valid keys of a mapping here; None where any text is a key."""
        for option in self.options:
            if isinstance(option, type) and issubclass(option, Section):
                return tuple(option.model_fields)
            if option is Distribution:
                return tuple(KINDS)
            if isinstance(option, Kind):
                return option.parameters
            if get_origin(option) is dict:
                words = get_args(get_args(option)[0])
                return tuple(words) if words else None
        return None if self.is_mapping or Any in self.options else ()

    def words(self) -> tuple[str, ...]:
        """Return the words that are allowed here; empty where other values are allowed."""
        return tuple(
            word
            for option in self.options
            if get_origin(option) is Literal
            for word in get_args(option)
        )

    def child(self, step: str | int) -> Shape | None:
        """Return the shape one step below, or None where the schema allows nothing."""
        for option in self.options:
            below = _below(option, step, self.unit)
            if below is not None:
                return below
        return None

    def default(self, step: str | int, whole: bool = False) -> Any:
        """Return the default one step below in the form of a file; None without one."""
        field = self.section.model_fields.get(str(step)) if self.section else None
        if field is None or field.is_required():
            return None
        return plain(field.get_default(call_default_factory=True), whole)

    def allowed(self) -> str:
        """Return what is allowed here in words, with range and unit."""
        if self.unit in _SPECIAL:
            return _SPECIAL[self.unit]
        words = [_words(option, self) for option in self.options]
        text = " or ".join(dict.fromkeys(words))
        for limit in self.limits:
            if isinstance(limit, limits_of.MinLen):
                least = limit.min_length
                text += ", not empty" if least == 1 else f", {least} or more of them"
        if self.nullable:
            text += " or null"
        return text if self.unit in _NO_UNITS or not self._has_numbers() else f"{text}{self.tag}"

    @property
    def tag(self) -> str:
        """The unit in square brackets, or an empty text."""
        return "" if self.unit in _NO_UNITS else f" [{self.unit}]"

    def _has_numbers(self) -> bool:
        return any(option in (int, float, Distribution) for option in self.options)


def shape_at(path: tuple[str | int, ...], shape: Shape | None = None) -> Shape | None:
    """Return the shape at a path of keys and indices below `shape`, by default a scenario."""
    found: Shape | None = shape or SCENARIO
    for step in path:
        found = found.child(step) if found else None
    return found


def marked(mark: Any, section: type[Section] = Scenario, above: str = "") -> Iterator[str]:
    """Yield the key paths of the fields that the schema marks so, with stars for names."""
    for name, field in section.model_fields.items():
        shape = Shape.of_field(field)
        if mark in shape.marks:
            yield f"{above}{name}"
        for inner, stars in sections_in(shape):
            yield from marked(mark, inner, f"{above}{name}{stars}.")


def sections_in(shape: Shape) -> Iterator[tuple[type[Section], str]]:
    """Yield the sections that may stand in a field, with the stars of their names."""
    for option in shape.options:
        inside, stars = option, ""
        while get_origin(inside) in (list, dict):
            inside, stars = get_args(inside)[-1], f"{stars}.*"
        if isinstance(inside, type) and issubclass(inside, Section):
            yield inside, stars


def plain(value: Any, whole: bool = False) -> Any:
    """Return a value in the form a scenario file writes: mappings, lists, text and numbers.

    Parameters
    ----------
    value : object
        Sections, distributions, tuples and NumPy scalars are turned into plain data.
    whole : bool
        Write the defaults of sections too.

    Raises
    ------
    RecursionError
        If the value contains itself.
    """
    if isinstance(value, Section):
        return value.model_dump(mode="json", exclude_unset=not whole)
    if isinstance(value, Distribution):
        return value.raw()
    if isinstance(value, Mapping):
        return {str(key): plain(entry, whole) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry, whole) for entry in value]
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    return value


def _flat(annotation: Any) -> tuple[Any, ...]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _flat(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return tuple(option for arg in get_args(annotation) for option in _flat(arg))
    return (annotation,)


def _metadata(annotation: Any) -> tuple[Any, ...]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return tuple(annotation.__metadata__)
    if origin in (Union, types.UnionType):
        return tuple(found for arg in get_args(annotation) for found in _metadata(arg))
    return ()


def _below(option: Any, step: str | int, unit: str) -> Shape | None:
    if option is Any:
        return Shape(Any)
    if isinstance(option, Kind):
        return Shape(float, unit) if step in option.parameters else None
    if option is Distribution:
        return Shape(KINDS[str(step)], unit) if step in KINDS else None
    if isinstance(option, type) and issubclass(option, Section):
        return _field(option, step)
    origin, arguments = get_origin(option), get_args(option)
    if origin is dict and isinstance(step, str):
        words = get_args(arguments[0])
        return Shape(arguments[1], unit) if not words or step in words else None
    if origin is list and isinstance(step, int):
        return Shape(arguments[0], unit)
    if origin is tuple and isinstance(step, int) and 0 <= step < len(arguments):
        return Shape(arguments[step], unit)
    return None


@cache
def _field(section: type[Section], step: str | int) -> Shape | None:
    # a study asks for the same few hundred fields thousands of times
    field = section.model_fields.get(str(step))
    return Shape.of_field(field) if field else None


def _words(option: Any, shape: Shape) -> str:
    """Return one allowed type in words."""
    if get_origin(option) is Literal:
        return ", ".join(str(word) for word in get_args(option))
    if option is bool:
        return "true or false"
    if option in (int, float):
        number = "a whole number" if option is int else "a number"
        text = number + range_words((*shape.limits, *_metadata(shape.annotation)))
        return f"{text}, or an amount such as '500 EUR'" if shape.is_money else text
    if option is str:
        return "text"
    if option is Distribution:
        return "a number or a distribution such as {lognormal: {median: 4, sigma: 0.5}}"
    if isinstance(option, type) and issubclass(option, Section):
        return f"a section with the keys {', '.join(list(option.model_fields)[:4])}" + (
            ", ..." if len(option.model_fields) > 4 else ""
        )
    origin, arguments = get_origin(option), get_args(option)
    if origin is tuple:
        return f"a list of {len(arguments)} numbers"
    if origin is list:
        entry = Shape(arguments[0])
        return "a list of sections" if entry.section else "a list of names"
    return "a mapping of keys to values"


def range_words(limits: tuple[Any, ...]) -> str:
    """Return range limits in words, such as ``" from 0 to 1"``; empty when there are none."""
    least, most = -math.inf, math.inf
    low = high = ""
    # a field narrows the range of its type: the tightest limits hold
    for limit in _single(limits):
        if isinstance(limit, limits_of.Ge) and limit.ge > least:  # type: ignore[operator]
            least, low = limit.ge, f"from {number_words(limit.ge)}"  # type: ignore[assignment]
        elif isinstance(limit, limits_of.Gt) and limit.gt >= least:  # type: ignore[operator]
            least, low = limit.gt, f"above {number_words(limit.gt)}"  # type: ignore[assignment]
        elif isinstance(limit, limits_of.Le) and limit.le < most:  # type: ignore[operator]
            most, high = limit.le, f"to {number_words(limit.le)}"  # type: ignore[assignment]
        elif isinstance(limit, limits_of.Lt) and limit.lt <= most:  # type: ignore[operator]
            most, high = limit.lt, f"below {number_words(limit.lt)}"  # type: ignore[assignment]
    if low and not high:
        return f" {low}" if low.startswith("above") else f" of {low[5:]} or more"
    if low.startswith("above") and high.startswith("to"):
        high = f"up {high}"
    joint = " and " if high.startswith("below") else " "
    return f" {low}{joint}{high}" if low else f" {high}" if high else ""


def _single(limits: tuple[Any, ...]) -> Iterator[Any]:
    """Yield limits one by one; inside a union pydantic keeps several as one field."""
    for limit in limits:
        if isinstance(limit, FieldInfo):
            yield from limit.metadata
        else:
            yield limit


def number_words(value: Any) -> str:
    """Return a number with commas between thousands and without needless decimals."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:g}"


SCENARIO = Shape(Scenario)
"""The shape of a whole scenario."""
