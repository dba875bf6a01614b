"""Actions: patches that can be applied to any programme, such as engaging employers early.

An action names what it changes with stars in place of names, so that it fits every scenario:
``programmes.*.promotion`` is the promotion of each programme. It works on the checked scenario,
in which every default is written out and every amount is in the scenario's currency.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationInfo, field_validator, model_validator

from smpsim.scenario import catalogue
from smpsim.scenario.access import put
from smpsim.scenario.errors import Problem, ScenarioError, shown_list, shown_value
from smpsim.scenario.explain import Finding
from smpsim.scenario.fields import Section, described
from smpsim.scenario.keypaths import KeyPath, KeyPathError, format_path, parse_path, value_at
from smpsim.scenario.quantities import nearest
from smpsim.scenario.schema import Scenario
from smpsim.scenario.shapes import SCENARIO, Shape
from smpsim.scenario.sheets import check_sheet
from smpsim.scenario.source import Document, read_file

CURRENCY = "EUR"
"""Amounts of actions are in this currency, as actions fit scenarios of any."""
STAR = "*"
FOLDER = "actions"
_LOCATION = ("value", "mean", "median", "low", "mode", "high")
ActionSource = str | os.PathLike[str]


class Change(Section):
    """One change: a key path with stars, and what is done to the values there."""

    set: str = described(..., "key path", "What changes, with * for any name")
    to: Any = described(None, "value", "The new value")
    add: float | None = described(None, "unit of the value", "What is added")
    times: float | None = described(None, "ratio", "What it is multiplied by", ge=0)
    at_least: float | None = described(None, "unit of the value", "Raised to this if below")
    at_most: float | None = described(None, "unit of the value", "Lowered to this if above")
    where: dict[str, Any] = described(
        {}, "values by key", "Only sections of the first star in which these hold"
    )
    source: str = described(..., "text", "Source, or assumption with a reason")

    @model_validator(mode="after")
    def _one_operation(self) -> Change:
        given = self.model_fields_set - {"set", "where", "source"}
        sole = given & {"to", "add", "times"}
        if not given or len(sole) > 1 or ("to" in given and len(given) > 1):
            found = shown_list(sorted(given)) if given else "no operation"
            raise ValueError(
                f"set: found {found}, allowed: to alone, or add or times, each with bounds "
                "at_least and at_most or these alone"
            )
        section = _starred(parse_path(self.set))
        keys = (section.keys() if section else None) or ()
        for key in self.where:
            if key not in keys:
                raise ValueError(
                    f"where: found {shown_value(key)}, allowed: {shown_list(keys)}"
                    f"{nearest(key, keys)}"
                )
        return self

    @field_validator("set")
    @classmethod
    def _known_path(cls, text: str, info: ValidationInfo) -> str:
        try:
            steps = parse_path(text)
        except KeyPathError as error:
            raise ValueError(str(error)) from error
        shape: Shape | None = SCENARIO
        for place, step in enumerate(steps):
            if step == STAR:
                shape = _any_item(shape)
                continue
            keys = (shape.keys() if shape else None) or ()
            if keys and step not in keys:
                where = format_path(steps[:place]) or "a scenario"
                raise ValueError(
                    f"found {shown_value(step)} in {where}, allowed: "
                    f"{shown_list(keys)}{nearest(step, keys)}"
                )
            shape = shape.child(step) if shape else None
        return text


def _any_item(shape: Shape | None) -> Shape | None:
    """Return the shape of the items that a star stands for."""
    return (shape.child(0) or shape.child(STAR)) if shape else None


def _starred(steps: KeyPath) -> Shape | None:
    """Return the shape of the section of the first star."""
    shape: Shape | None = SCENARIO
    for step in steps:
        if step == STAR:
            return _any_item(shape)
        shape = shape.child(step) if shape else None
    return None


class Action(Section):
    """An action of the SMP paper, or one of your own."""

    name: str = described(..., "text", "Title", min_length=1)
    action: int | None = described(None, "number", "Number of the action in the SMP paper", ge=1)
    description: str = described("", "text", "What is done, what it costs, what is left out")
    source: str = described("", "text", "Where the action is described")
    patch: list[Change] = described(..., "sections", "What changes", min_length=1)


class Applied(NamedTuple):
    """A value that an action has changed."""

    key: str
    before: Any
    after: Any


@dataclass(frozen=True)
class ActionEntry:
    """An action of the catalogue."""

    name: str
    title: str
    path: Path


def action_names(catalogue_folder: Path | None = None) -> list[ActionEntry]:
    """Return the actions of the catalogue, in the order of their numbers."""
    found = []
    for path in sorted(((catalogue_folder or catalogue.folder()) / FOLDER).glob("*.y*ml")):
        try:
            data = read_file(path).data
        except ScenarioError:
            data = {}
        number = data.get("action")
        order = number if isinstance(number, int) else 99
        found.append((order, ActionEntry(f"{FOLDER}/{path.stem}", str(data.get("name", "")), path)))
    return [entry for _, entry in sorted(found, key=lambda one: (one[0], one[1].name))]


def find_action(source: ActionSource, catalogue_folder: Path | None = None) -> Path:
    """Return the file of an action: a name with or without ``actions/``, or a file.

    Raises
    ------
    ScenarioError
        If there is no such action; the message names the nearest.
    """
    text = os.fspath(source)
    if Path(text).is_file():
        return Path(text)
    known = {entry.name: entry.path for entry in action_names(catalogue_folder)}
    name = text if text.startswith(f"{FOLDER}/") else f"{FOLDER}/{text}"
    if name in known:
        return known[name]
    message = f"found no action {text!r}, allowed: {shown_list(known)}{nearest(name, known)}"
    raise ScenarioError([Problem("catalogue", None, None, "", message)])


def load_action(source: ActionSource, catalogue_folder: Path | None = None) -> Action:
    """Read an action.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key.
    """
    return _read(find_action(source, catalogue_folder))[0]


def _read(path: Path) -> tuple[Action, Document]:
    document = read_file(path)
    return check_sheet(document, Action), document


def changes_of(scenario: Scenario, source: ActionSource) -> list[Applied]:
    """Return what an action changes in a scenario; nothing if all is as it asks for already."""
    action, document = _read(find_action(source))
    return _apply(scenario.model_dump(mode="json"), action, document)[1]


def with_actions(
    scenario: Scenario, actions: Sequence[ActionSource], catalogue_folder: Path | None = None
) -> dict[str, Any]:
    """Return the plain data of a scenario after actions, in their order.

    Parameters
    ----------
    scenario : Scenario
    actions : sequence of str or path
        Names in the catalogue, or files.

    Raises
    ------
    ScenarioError
        If an action can't be read, names a key that no scenario has, or does to a value what can't
        be done to it.
    """
    data = scenario.model_dump(mode="json")
    for source in actions:
        action, document = _read(find_action(source, catalogue_folder))
        data, _ = _apply(data, action, document)
    return data


def _apply(
    data: dict[str, Any], action: Action, document: Document
) -> tuple[dict[str, Any], list[Applied]]:
    """Return data after an action, and what it has changed."""
    done: list[Applied] = []
    problems: list[Problem] = []
    for number, change in enumerate(action.patch):
        pattern = parse_path(change.set)
        for path in list(matching(data, pattern, change.where)):
            before = value_at(data, path)
            try:
                after = changed(before, change, _factor(data, path))
                data, _ = put(data, path, after)
                data = _in_timeline(data, path, change)
            except (KeyPathError, ValueError) as error:
                place = ("patch", number, "set")
                message = f"in {format_path(path, data)} {error}"
                problems.append(Finding(place, message).problem(document))
                break
            if after != before:
                done.append(Applied(format_path(path, data), before, after))
    if problems:
        raise ScenarioError(problems)
    return data, done


def matching(data: Any, pattern: KeyPath, where: Mapping[str, Any]) -> Iterator[KeyPath]:
    """Yield the paths that a pattern with stars names in a scenario.

    Parameters
    ----------
    data : object
        Plain data of a scenario with all defaults.
    pattern : tuple
        Keys, with "*" for every item.
    where : mapping
        What must hold in the section of the first star.
    """

    def below(value: Any, steps: KeyPath, done: KeyPath, starred: bool) -> Iterator[KeyPath]:
        if not steps:
            yield done
        elif steps[0] == STAR:
            items = enumerate(value) if isinstance(value, list) else (value or {}).items()
            for key, inner in items:
                if starred or all(inner.get(k) == wanted for k, wanted in where.items()):
                    yield from below(inner, steps[1:], (*done, key), True)
        elif isinstance(value, Mapping):
            yield from below(value.get(steps[0]), steps[1:], (*done, steps[0]), starred)

    yield from below(data, pattern, (), False)


def changed(value: Any, change: Change, factor: float = 1.0) -> Any:
    """Return a value after a change.

    Parameters
    ----------
    value : object
        A number, a distribution as a mapping, or anything else if the change is `to`.
    change : Change
    factor : float
        Units of the scenario's currency for one of the action's, where the value is money.

    Raises
    ------
    ValueError
        If the value is neither a number nor a distribution.
    """
    if "to" in change.model_fields_set:
        return change.to
    if value is None:
        # without a limit there is nothing to raise
        return None
    if isinstance(value, Mapping) and len(value) == 1:
        ((kind, parameters),) = value.items()
        if set(parameters) & set(_LOCATION):
            moved = {
                name: _moved(number, change, factor) if name in _LOCATION else number
                for name, number in parameters.items()
            }
            return {kind: moved}
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"found {shown_value(value)}, allowed for add, times or bounds: a number")
    return _moved(value, change, factor)


def _moved(value: float, change: Change, factor: float) -> float:
    number = float(value)
    if change.add is not None:
        number += change.add * factor
    if change.times is not None:
        number *= change.times
    if change.at_least is not None:
        number = max(number, change.at_least * factor)
    if change.at_most is not None:
        number = min(number, change.at_most * factor)
    # months and counts stay whole
    return round(number) if isinstance(value, int) else number


def _factor(data: Mapping[str, Any], path: KeyPath) -> float:
    """Return what one unit of the action's currency is in that of the scenario, for money."""
    shape: Shape | None = SCENARIO
    for step in path:
        shape = shape.child(step) if shape else None
    if shape is None or "currency" not in shape.unit or data["currency"] == CURRENCY:
        return 1.0
    rate = data["exchange_rates"].get(CURRENCY)
    if rate is None:
        raise ValueError(
            f"found no rate of {CURRENCY} in a scenario that counts in {data['currency']}, "
            "allowed: one under exchange_rates"
        )
    return float(rate)


def _in_timeline(data: dict[str, Any], path: KeyPath, change: Change) -> dict[str, Any]:
    """Return data in which later values of a changed key are changed the same way.

    An intervention that closes an office to a tenth, and opens it again, would otherwise silently
    end an action that doubles its capacity.
    """
    for number, entry in enumerate(data.get("timeline", [])):
        for key, value in entry["set"].items():
            target = put(data, key, value)[1]
            if target == path:
                entry_path: KeyPath = ("timeline", number, "set", key)
                data = _replaced(data, entry_path, changed(value, change, _factor(data, path)))
    return data


def _replaced(data: Any, path: KeyPath, value: Any) -> Any:
    if not path:
        return value
    copy: Any = list(data) if isinstance(data, list) else dict(data)
    copy[path[0]] = _replaced(copy[path[0]], path[1:], value)
    return copy
