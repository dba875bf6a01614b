"""A user's rules, checked against what each may read and return, before anything is compiled."""

from __future__ import annotations

import inspect
import keyword
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from smpsim.agents.trainee import TRAINEE
from smpsim.compiled import PLAIN, reads_of
from smpsim.errors import RequestError
from smpsim.messages import nearest
from smpsim.vocabulary import STAGES
from smpsim.world.attributes import Attribute, decision_of, row_with
from smpsim.world.layout import TABLES
from smpsim.world.reading import fields_read
from smpsim.world.rule_arguments import NUMBER, PERSON, WHOLE
from smpsim.world.rule_table import ANY_NUMBER, RULES, Rule

Rules = Mapping[str, "Callable[..., Any] | Attribute"]
"""Functions by the rule whose place they take, and attributes of people by their names."""

# fields of a person that stay as they are while a hazard lasts
LASTING = {
    *("age", "aptitude", "motivation", "skill", "language", "readiness"),
    *("programme", "site", "intake", "number", "enrolled", "graduated", "arrived"),
}
DRAWN = Rule(
    *("E5", None, "value of an attribute", "at application", ANY_NUMBER),
    {**PERSON, "u": ("u", NUMBER)},
)


@dataclass(frozen=True)
class Own:
    """A user's function, checked against the rule whose place it takes."""

    name: str
    rule: Rule
    function: FunctionType
    arguments: tuple[str, ...]
    key: Any


def checked(
    rules: Rules,
) -> tuple[dict[str, Own], dict[str, Attribute], dict[str, Own], np.dtype]:
    """Return rules, attributes, functions that draw attributes, and the type of a person's row."""
    attributes = {name: value for name, value in rules.items() if isinstance(value, Attribute)}
    for name in attributes:
        _check_attribute(name)
    row = row_with(attributes)
    owns = {
        name: own_rule(name, _rule(name), value, row)
        for name, value in rules.items()
        if not isinstance(value, Attribute)
    }
    drawn = {
        name: own_rule(name, DRAWN, attribute.draw, row)
        for name, attribute in attributes.items()
        if callable(attribute.draw)
    }
    return owns, attributes, drawn, row


def _rule(name: str) -> Rule:
    if name not in RULES:
        raise RequestError(
            f"rules: got {name!r}; allowed: {', '.join(RULES)}{nearest(name, RULES)}"
        )
    return RULES[name]


def _check_attribute(name: str) -> None:
    taken = {*(TRAINEE.names or ()), *RULES, *COLUMNS}
    plain = isinstance(name, str) and name.isascii() and name.isidentifier()
    if not plain or keyword.iskeyword(name) or name in taken or hasattr(np.record, name):
        raise RequestError(
            f"rules: got {name!r} as the name of an attribute; allowed: a Python name that no "
            "rule, field or column of life courses has"
        )
    decision_of(name)


COLUMNS = ("run", "stage", "exam_attempts", *(f"{stage}_month" for stage in STAGES))
"""Columns of life courses that are no field of a person's row."""


def own_rule(name: str, place: Rule, function: Any, row: np.dtype) -> Own:
    """Check a user's function, and return it with its arguments and all that it reads."""
    source = getattr(function, "py_func", function)
    if not isinstance(source, FunctionType):
        raise RequestError(f"rules: {name}: got a {type(function).__name__}; allowed: a function")
    wanted = []
    for parameter in inspect.signature(source).parameters.values():
        if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or (
            parameter.name not in place.arguments and parameter.default is parameter.empty
        ):
            found = ", ".join(inspect.signature(source).parameters)
            raise RequestError(
                f"rules: {name}: got a function of ({found}); allowed: one of "
                f"({', '.join(place.arguments)})"
                f"{nearest(parameter.name, place.arguments)}"
            )
        if parameter.name in place.arguments:
            wanted.append(parameter.name)
    for argument, fields in fields_read(source, wanted).items():
        table = table_of(place.arguments[argument][1], row)
        names = table.names or () if table is not None else ()
        for wrong in sorted((fields or set()) - set(names)) if table is not None else ():
            raise RequestError(
                f"rules: {name}: got {argument}.{wrong}; allowed: fields of the row "
                f"({', '.join(names)}){nearest(wrong, names)}"
            )
    return Own(name, place, source, tuple(wanted), function if PLAIN else reads_of(name, source))


def table_of(kind: str, row: np.dtype) -> np.dtype | None:
    """Return the type of the rows of a kind of argument, None for a number."""
    return row if kind == "trainees" else TABLES.get(kind)


def places_of(owns: Mapping[str, Own]) -> Iterator[tuple[Rule, Own]]:
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


def is_monthly(place: Rule, own: Own) -> bool:
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
