"""A user's rules in the engine: checked, compiled, and put where the model's own are asked.

A rule is a Python function that names what it wants to read: ``quit(person, month)`` gets the
person's row and the month. What each rule may read stands in `smpsim.world.rule_table`.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from smpsim.compiled import exchange, reads_of
from smpsim.world import (
    decisions_of_offices,
    decisions_of_people,
    month,
    monthly,
    selection,
    visa_order,
)
from smpsim.world.attributes import Attribute, accessors_for
from smpsim.world.rule_building import adapter, compiled_rule, drawing
from smpsim.world.rule_checking import DRAWN, Own, Rules, checked, is_monthly, places_of
from smpsim.world.rule_table import RULES
from smpsim.world.summary import summarise

__all__ = ["RULES", "Engine", "Rules", "check_rules", "engine", "rule_digests", "rules"]

rules = RULES
"""The same, as `smpsim.rules`."""


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
    owns, attributes, drawn, row = checked(rules)
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


def check_rules(rules: Rules | None) -> None:
    """Raise an error if something can't be a rule, before anything runs.

    Raises
    ------
    RequestError
    """
    owns, _, drawn, row = checked(rules or {})
    for place, own in places_of(owns):
        compiled_rule(own, place, row)
    for own in drawn.values():
        compiled_rule(own, DRAWN, row)


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


def _built(
    owns: Mapping[str, Own],
    attributes: Mapping[str, Attribute],
    drawn: Mapping[str, Own],
    row: np.dtype,
) -> Engine:
    """Return an engine that was not asked for before."""
    replaced: dict[Any, Any] = {}
    for place, own in places_of(owns):
        replaced[place.asked] = adapter(place, own, row)
        for question in place.opens:
            replaced[question] = decisions_of_people.yes
        if place.monthly is not None and is_monthly(place, own):
            replaced[place.monthly] = decisions_of_people.yes
            replaced[monthly.meet_monthly_hazards] = monthly.meet_hazards_of_month
    if "visa_priority" in owns:
        replaced[decisions_of_offices.order_line] = visa_order.put_in_order
    accessors = accessors_for(row) if attributes else {}
    if attributes:
        replaced[selection.draw_attributes] = drawing(attributes, drawn, row)
    return Engine(
        exchange(month.advance, replaced, accessors),
        exchange(summarise, {}, accessors) if accessors else summarise,
        tuple(attributes),
    )
