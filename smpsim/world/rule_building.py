"""A user's checked rules, compiled, each called by a function that passes what it names."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numba
import numpy as np
from numba.core import types

from smpsim.compiled import PLAIN, compiled, frozen_copy, rule
from smpsim.errors import RequestError
from smpsim.world import (
    decisions_of_employers,
    decisions_of_offices,
    decisions_of_people,
    state,
)
from smpsim.world.attributes import Attribute, decision_of
from smpsim.world.reading import in_words
from smpsim.world.rule_arguments import NUMBER, WHOLE, YES_OR_NO, Arguments
from smpsim.world.rule_checking import DRAWN, Own, table_of
from smpsim.world.rule_table import ANY_NUMBER, Rule

TYPES = {NUMBER: types.float64, WHOLE: types.int64, YES_OR_NO: types.boolean}
SEEN = {
    **vars(state),
    **vars(decisions_of_people),
    **vars(decisions_of_employers),
    **vars(decisions_of_offices),
}
"""What expressions of the table of rules may name."""


def adapter(place: Rule, own: Own, row: np.dtype) -> Any:
    """Return a function in place of the engine's own that asks the user's."""
    parameters = inspect.signature(getattr(place.asked, "py_func", place.asked)).parameters
    space: dict[str, Any] = {"mine": compiled_rule(own, place, row)}
    lines = [f"def own_rule({', '.join(parameters)}):"]
    call = f"mine({_passed(own, place.arguments, space)})"
    lines.append(f"    {call}" if place.range is None else f"    value = {call}")
    checks = place.results if place.range is None else {"value": place.range}
    for expression, (low, high) in checks.items():
        # a number that is no number is in no range
        lines.append(f"    if not {low!r} <= {expression} <= {high!r}:")
        lines.append(f"        raise RequestError({_message(own.name, low, high)!r})")
    if place.range is not None:
        lines.append("    return value != 0" if place.yes_or_no else "    return float(value)")
    return _made("\n".join(lines), "own_rule", space)


def _message(name: str, low: float, high: float) -> str:
    allowed = "a finite number" if low < 0 else f"{low:g} to {high:g}"
    return f"rules: {name}: got a value out of range, or not a number; allowed: {allowed}"


def _passed(own: Own, arguments: Arguments, space: dict[str, Any]) -> str:
    """Return the arguments of a call in words of Python; `space` gets what they name besides."""
    passed = []
    for name, parameter in inspect.signature(own.function).parameters.items():
        if name in own.arguments:
            passed.append(f"({arguments[name][0]})")
        else:
            passed.append(f"default_of_{own.name}_{name}")
            space[passed[-1]] = parameter.default
    return ", ".join(passed)


def _made(text: str, name: str, own: Mapping[str, Any]) -> Any:
    """Return the function of a text."""
    space = {**SEEN, **own, "RequestError": RequestError, "__name__": "rules of a user's own"}
    exec(compile(text, "<rules of a user's own>", "exec"), space)
    return space[name] if PLAIN else compiled(space[name])


def compiled_rule(own: Own, place: Rule, row: np.dtype) -> Any:
    """Return a user's function, compiled for the arguments that it will get.

    Raises
    ------
    RequestError
        With the rule's name, if it can't be compiled or gives no number.
    """
    tables = [table_of(place.arguments[name][1], row) for name in own.arguments]
    fields = sorted({name for table in tables if table is not None for name in table.names or ()})
    if PLAIN:
        return _explained(own.name, own.function, fields)
    made = rule(frozen_copy(own.name, own.function))
    given = []
    for parameter in inspect.signature(own.function).parameters.values():
        if parameter.name not in own.arguments:
            given.append(numba.typeof(parameter.default))
            continue
        kind = place.arguments[parameter.name][1]
        table = table_of(kind, row)
        given.append(TYPES[kind] if table is None else numba.from_dtype(table))
    try:
        made.compile(tuple(given))
        returned = made.overloads[tuple(given)].signature.return_type
    except (numba.core.errors.NumbaError, ValueError, KeyError) as error:
        raise RequestError(f"rules: {own.name}: {in_words(error, fields)}") from None
    if place.range is not None and not isinstance(returned, types.Number | types.Boolean):
        raise RequestError(
            f"rules: {own.name}: got a function that does not return a number in every case; "
            "allowed: one that always does"
        )
    return made


def _explained(
    name: str, function: Callable[..., Any], fields: Iterable[str]
) -> Callable[..., Any]:
    """Return a function whose faults name the rule, where nothing is compiled."""

    def asked(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except (AttributeError, KeyError) as error:
            raise RequestError(f"rules: {name}: {in_words(error, fields)}") from error

    return asked


def drawing(attributes: Mapping[str, Attribute], drawn: Mapping[str, Own], row: np.dtype) -> Any:
    """Return the function that gives somebody who applies the attributes of a user's own."""
    lines = ["def draw_attributes(w, person):"]
    space: dict[str, Any] = {}
    lines += [f"    person.{name} = {one.default!r}" for name, one in attributes.items()]
    for place, (name, one) in enumerate(attributes.items()):
        if one.draw is None:
            continue
        lines.append(f"    u = luck_of(w, person, {decision_of(name)})")
        if name in drawn:
            space[f"mine_{place}"] = compiled_rule(drawn[name], DRAWN, row)
            passed = _passed(drawn[name], DRAWN.arguments, space)
        else:
            table = one.quantiles()
            space[f"mine_{place}"] = one.python(table) if PLAIN else rule(one.python(table))
            passed = "u"
        lines.append(f"    value = mine_{place}({passed})")
        low, high = ANY_NUMBER
        lines.append(f"    if not {low!r} <= value <= {high!r}:")
        lines.append(f"        raise RequestError({_message(name, low, high)!r})")
        lines.append(f"    person.{name} = value")
    return _made("\n".join(lines), "draw_attributes", space)
