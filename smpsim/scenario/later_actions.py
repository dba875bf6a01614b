"""Actions that are taken during a run: the past stays as it was, the timeline does the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from smpsim.scenario.actions import STAR, ActionSource, load_action
from smpsim.scenario.keypaths import KeyPath, format_path, parse_path
from smpsim.scenario.loading import load
from smpsim.scenario.ranges import SECTION
from smpsim.scenario.schema import Scenario
from smpsim.scenario.timeline import FIXED_PATHS, segments


class Later(NamedTuple):
    """What actions change from a month on.

    Attributes
    ----------
    timeline : list of dict
        The whole timeline of the scenario with them, as plain data.
    changed : tuple of str
        Key paths that change in that month.
    fixed : tuple of str
        Key paths that the actions would change too, but that hold for a whole run. Nobody pays
        for an action of which nothing else is left.
    setup : dict of str to float
        What each programme pays once, as its ``costs.setup`` with the actions is higher.
    """

    timeline: list[dict[str, Any]]
    changed: tuple[str, ...]
    fixed: tuple[str, ...]
    setup: dict[str, float]


def from_month(scenario: Scenario, actions: Sequence[ActionSource], month: int) -> Later:
    """Return the timeline of a scenario in which actions are taken in a month.

    Parameters
    ----------
    scenario : Scenario
    actions : sequence of str or path
        Applied in their order.
    month : int
        Counted from 0; months before it are as they are without the actions.

    Raises
    ------
    ScenarioError
        If an action can't be read, or does not fit the scenario.
    """
    if len(actions) > 1:
        actions = [one for one in actions if from_month(scenario, [one], month).changed]
    acted = load(scenario, actions=actions)
    before = _standing(scenario, month - 1)
    # what the scenario itself changes in that month is a part of both
    after, plain = _standing(acted, month), _standing(scenario, month)
    sets: dict[str, Any] = {}
    changed, fixed = [], []
    for path, value in _differences(before, after):
        key = format_path(path, before)
        if _is_fixed(path):
            fixed.append(key)
            continue
        sets[key] = value
        if _value(plain, path) != value:
            changed.append(key)
    prices = [change.pattern for one in actions for change in load_action(one).price]
    if all(any(_fits(parse_path(key), one) for one in prices) for key in changed):
        whole = [one.model_dump(mode="json") for one in scenario.timeline]
        nothing = dict.fromkeys((one.name for one in scenario.programmes), 0.0)
        return Later(whole, (), _beside_price(fixed, prices), nothing)
    earlier = [one.model_dump(mode="json") for one in scenario.timeline if one.month < month]
    entry = [{"month": month, "set": sets, "why": "actions taken in this month"}] if sets else []
    later = [one.model_dump(mode="json") for one in acted.timeline if one.month > month]
    costs = {one.name: one.costs.setup for one in scenario.programmes}
    setup = {one.name: one.costs.setup - costs[one.name] for one in acted.programmes}
    return Later(
        [*earlier, *entry, *later],
        tuple(changed),
        _beside_price(fixed, prices),
        setup,
    )


def _standing(scenario: Scenario, month: int) -> dict[str, Any]:
    """Return the plain data that hold in a month, without the timeline and likely ranges."""
    found = [part for first, part in segments(scenario) if first <= max(month, 0)][-1]
    # a range moves with its value, and is drawn from before the first month
    left = ("timeline", SECTION)
    return {k: v for k, v in found.model_dump(mode="json").items() if k not in left}


def _differences(one: Any, other: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the path and second value of all in which two trees of plain data differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping) and set(one) == set(other):
        for key in one:
            yield from _differences(one[key], other[key], (*path, key))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        if path and all(isinstance(item, Mapping) for item in one):
            for place, pair in enumerate(zip(one, other, strict=True)):
                yield from _differences(*pair, (*path, place))
        elif one != other:
            yield path, other
    elif one != other:
        yield path, other


def _beside_price(keys: Sequence[str], prices: Sequence[KeyPath]) -> tuple[str, ...]:
    """Return the keys that are no price of an action, which is paid whenever it is taken."""
    return tuple(
        key for key in keys if not any(_fits(parse_path(key), pattern) for pattern in prices)
    )


def _is_fixed(path: KeyPath) -> bool:
    """Return whether what lies at a path holds for a whole run."""
    return any(_fits(path, tuple(pattern.split("."))) for pattern in FIXED_PATHS)


def _fits(path: KeyPath, pattern: KeyPath) -> bool:
    """Return whether a path, or something above it, is what a pattern with stars names."""
    return len(pattern) <= len(path) and all(
        wanted in (STAR, step) for step, wanted in zip(path, pattern, strict=False)
    )


def _value(data: Any, path: KeyPath) -> Any:
    for step in path:
        data = data[step]
    return data
