"""A user's rules in the engine: checked, compiled, and put where the model's own are asked.

A rule is a Python function that names what it wants to read: ``quit(person, month)`` gets the
person's row and the month. What each rule may read stands in `smpsim.world.rule_table`.
"""

from __future__ import annotations

import hashlib
import inspect
import keyword
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numba
import numpy as np
from numba.core import types

from smpsim.agents.trainee import TRAINEE
from smpsim.compiled import PLAIN, compiled, exchange, frozen_copy, reads_of, rule
from smpsim.errors import RequestError
from smpsim.scenario.quantities import nearest
from smpsim.world import (
    decisions_of_employers,
    decisions_of_offices,
    decisions_of_people,
    month,
    monthly,
    selection,
    state,
    visa_order,
)
from smpsim.world.attributes import Attribute, accessors_for, decision_of, row_with
from smpsim.world.layout import TABLES
from smpsim.world.reading import fields_read, in_words
from smpsim.world.rule_arguments import NUMBER, PERSON, WHOLE, YES_OR_NO, Arguments
from smpsim.world.rule_table import ANY_NUMBER, RULES, Rule
from smpsim.world.summary import summarise

__all__ = ["RULES", "Engine", "Rules", "engine", "rule_digests"]

Rules = Mapping[str, "Callable[..., Any] | Attribute"]
"""Functions by the rule whose place they take, and attributes of people by their names."""

TYPES = {NUMBER: types.float64, WHOLE: types.int64, YES_OR_NO: types.boolean}
# fields of a person that stay as they are while a hazard lasts
LASTING = {
    *("age", "aptitude", "motivation", "skill", "language", "readiness"),
    *("programme", "site", "intake", "number", "enrolled", "graduated", "arrived"),
}

rules = RULES
"""The same, as `smpsim.rules`."""

DRAWN = Rule(
    *("E5", None, "value of an attribute", "at application", ANY_NUMBER),
    {**PERSON, "u": ("u", NUMBER)},
)


@dataclass(frozen=True)
class Engine:
    """The compiled functions that simulate a world, and what its people have besides.

    Attributes
    ----------
    advance, summarise : rule
    attributes : tuple of str
        Further fields of a person's row.
    """

    advance: Any = month.advance
    summarise: Any = summarise
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Own:
    """A user's function, checked against the rule whose place it takes."""

    name: str
    rule: Rule
    function: FunctionType
    arguments: tuple[str, ...]
    key: Any


_ENGINES: dict[Any, Engine] = {}
_ONE_AT_A_TIME = threading.RLock()


def engine(rules: Rules | None = None) -> Engine:
    """Return the engine with a user's rules and attributes in it.

    It is compiled anew when a rule, or a variable that a rule reads, is another one.

    Raises
    ------
    RequestError
        If a name is unknown, or a function can't be a rule; it names the rule.
    """
    if not rules:
        return Engine()
    owns, attributes, drawn, row = _checked(rules)
    key = (
        tuple((name, owns[name].key) for name in sorted(owns)),
        tuple(
            (name, one.key(), drawn[name].key if name in drawn else None)
            for name, one in attributes.items()
        ),
    )
    with _ONE_AT_A_TIME:
        if key not in _ENGINES:
            _ENGINES[key] = _built(owns, attributes, drawn, row)
        return _ENGINES[key]


def _checked(
    rules: Rules,
) -> tuple[dict[str, _Own], dict[str, Attribute], dict[str, _Own], np.dtype]:
    """Return rules, attributes, functions that draw attributes, and the type of a person's row."""
    attributes = {name: value for name, value in rules.items() if isinstance(value, Attribute)}
    for name in attributes:
        _check_attribute(name)
    row = row_with(attributes)
    owns = {
        name: _own(name, _rule(name), value, row)
        for name, value in rules.items()
        if not isinstance(value, Attribute)
    }
    drawn = {
        name: _own(name, DRAWN, attribute.draw, row)
        for name, attribute in attributes.items()
        if callable(attribute.draw)
    }
    return owns, attributes, drawn, row


def check_rules(rules: Rules | None) -> None:
    """Raise an error if something can't be a rule, before anything runs.

    Raises
    ------
    RequestError
    """
    owns, _, drawn, row = _checked(rules or {})
    for place, own in _places(owns):
        _compiled(own, place, row)
    for own in drawn.values():
        _compiled(own, DRAWN, row)


def rule_digests(rules: Rules | None) -> dict[str, str]:
    """Return the hash of each rule with all that it reads, and of each attribute."""
    found = {}
    for name, value in (rules or {}).items():
        if isinstance(value, Attribute):
            drawn = reads_of(name, value.draw) if callable(value.draw) else None
            key = (value.key(), drawn)
        else:
            key = reads_of(name, value)
        found[name] = hashlib.sha256(repr(key).encode()).hexdigest()
    return found


def _rule(name: str) -> Rule:
    if name not in RULES:
        raise RequestError(
            f"rules: found {name!r}, allowed: {', '.join(RULES)}{nearest(name, RULES)}"
        )
    return RULES[name]


def _check_attribute(name: str) -> None:
    taken = {*(TRAINEE.names or ()), *RULES, *COLUMNS}
    plain = isinstance(name, str) and name.isascii() and name.isidentifier()
    if not plain or keyword.iskeyword(name) or name in taken or hasattr(np.record, name):
        raise RequestError(
            f"rules: found {name!r} as the name of an attribute, allowed: a name as in Python that "
            "no rule, field or column of life courses has"
        )
    decision_of(name)


COLUMNS = ("run", "stage", "exam_attempts", *(f"{stage}_month" for stage in state.STAGES))
"""Columns of life courses that are no field of a person's row."""


def _own(name: str, place: Rule, function: Any, row: np.dtype) -> _Own:
    """Check a user's function, and return it with its arguments and all that it reads."""
    source = getattr(function, "py_func", function)
    if not isinstance(source, FunctionType):
        raise RequestError(f"rules: {name}: found a {type(function).__name__}, allowed: a function")
    wanted = []
    for parameter in inspect.signature(source).parameters.values():
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or (
            parameter.name not in place.arguments and parameter.default is parameter.empty
        ):
            found = ", ".join(inspect.signature(source).parameters)
            raise RequestError(
                f"rules: {name}: found a function of ({found}), allowed: one of "
                f"({', '.join(place.arguments)})"
                f"{nearest(parameter.name, place.arguments)}"
            )
        if parameter.name in place.arguments:
            wanted.append(parameter.name)
    for argument, fields in fields_read(source, wanted).items():
        table = _table(place.arguments[argument][1], row)
        names = table.names or () if table is not None else ()
        for wrong in sorted((fields or set()) - set(names)) if table is not None else ():
            raise RequestError(
                f"rules: {name}: found {argument}.{wrong}, allowed: fields of the row "
                f"({', '.join(names)}){nearest(wrong, names)}"
            )
    return _Own(name, place, source, tuple(wanted), function if PLAIN else reads_of(name, source))


def _table(kind: str, row: np.dtype) -> np.dtype | None:
    """Return the type of the rows of a kind of argument, None for a number."""
    return row if kind == "trainees" else TABLES.get(kind)


def _places(owns: Mapping[str, _Own]) -> Iterator[tuple[Rule, _Own]]:
    """Yield the rules that each function takes the place of."""
    for name, own in owns.items():
        if name == "leaving":
            for other in ("job_at_home", "withdrawal"):
                if other not in owns:
                    yield RULES[other], own
            continue
        yield own.rule, own
        expected = RULES["expected_quit"]
        # what holds for whoever works holds for what employers expect, unless it is about a person
        anybody = set(own.arguments) <= set(expected.arguments)
        if name == "quit" and anybody and "expected_quit" not in owns:
            yield expected, own


def is_monthly(place: Rule, own: _Own) -> bool:
    """Return whether a hazard has to be asked for each month: it reads what may change."""
    read = fields_read(own.function, own.arguments)
    for name in own.arguments:
        expression, kind = place.arguments[name]
        if kind == "trainees":
            fields = read[name]
            if fields is None or not fields <= LASTING:
                return True
        elif (kind == WHOLE and "w.month" in expression) or (
            kind in TABLES and kind != "behaviour" and not kind.endswith("_terms")
        ):
            return True
    return False


def _built(
    owns: Mapping[str, _Own],
    attributes: Mapping[str, Attribute],
    drawn: Mapping[str, _Own],
    row: np.dtype,
) -> Engine:
    """Return an engine that was not asked for before."""
    replaced: dict[Any, Any] = {}
    for place, own in _places(owns):
        replaced[place.asked] = _adapter(place, own, row)
        for question in place.opens:
            replaced[question] = decisions_of_people.yes
        if place.monthly is not None and is_monthly(place, own):
            replaced[place.monthly] = decisions_of_people.yes
            replaced[monthly.meet_monthly_hazards] = monthly.meet_hazards_of_month
    if "visa_priority" in owns:
        replaced[decisions_of_offices.order_line] = visa_order.put_in_order
    accessors = accessors_for(row) if attributes else {}
    if attributes:
        replaced[selection.draw_attributes] = _drawing(attributes, drawn, row)
    return Engine(
        exchange(month.advance, replaced, accessors),
        exchange(summarise, {}, accessors) if accessors else summarise,
        tuple(attributes),
    )


SEEN = {
    **vars(state),
    **vars(decisions_of_people),
    **vars(decisions_of_employers),
    **vars(decisions_of_offices),
}
"""What expressions of the table of rules may name."""


def _adapter(place: Rule, own: _Own, row: np.dtype) -> Any:
    """Return a function in place of the engine's own that asks the user's."""
    parameters = inspect.signature(getattr(place.asked, "py_func", place.asked)).parameters
    space: dict[str, Any] = {"mine": _compiled(own, place, row)}
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
    return f"rules: {name}: found a value out of range or no number, allowed: {allowed}"


def _passed(own: _Own, arguments: Arguments, space: dict[str, Any]) -> str:
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


def _compiled(own: _Own, place: Rule, row: np.dtype) -> Any:
    """Return a user's function, compiled for the arguments that it will get.

    Raises
    ------
    RequestError
        With the rule's name, if it can't be compiled or gives no number.
    """
    tables = [_table(place.arguments[name][1], row) for name in own.arguments]
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
        table = _table(kind, row)
        given.append(TYPES[kind] if table is None else numba.from_dtype(table))
    try:
        made.compile(tuple(given))
        returned = made.overloads[tuple(given)].signature.return_type
    except (numba.core.errors.NumbaError, ValueError, KeyError) as error:
        raise RequestError(f"rules: {own.name}: {in_words(error, fields)}") from None
    if place.range is not None and not isinstance(returned, types.Number | types.Boolean):
        raise RequestError(
            f"rules: {own.name}: found a function that returns no number on some way through "
            "it, allowed: one that always does"
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


def _drawing(attributes: Mapping[str, Attribute], drawn: Mapping[str, _Own], row: np.dtype) -> Any:
    """Return the function that gives somebody who applies the attributes of a user's own."""
    lines = ["def draw_attributes(w, person):"]
    space: dict[str, Any] = {}
    lines += [f"    person.{name} = {one.default!r}" for name, one in attributes.items()]
    for place, (name, one) in enumerate(attributes.items()):
        if one.draw is None:
            continue
        lines.append(f"    u = luck_of(w, person, {decision_of(name)})")
        if name in drawn:
            space[f"mine_{place}"] = _compiled(drawn[name], DRAWN, row)
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
