"""The options of a decision: scenarios, or one scenario with named changes; and what is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.errors import RequestError
from smpsim.messages import shown_value
from smpsim.scenario import Scenario, load
from smpsim.scenario.arguments import several
from smpsim.scenario.keypaths import KeyPathError
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.ranges import ranges_of
from smpsim.scenario.values_at_keys import get_value
from smpsim.scenario.worlds import shared_ranges
from smpsim.studies.compare.designs import (
    Actions,
    action_in_words,
    changes_in_words,
    kept,
    several_actions,
)

Options = Sequence[Source] | Mapping[str, Source]


def read_options(
    options: Options, overrides: Overrides = (), actions: Actions = ()
) -> dict[str, Scenario]:
    """Load the options of a decision by their names.

    Parameters
    ----------
    options : sequence of str, path, mapping or Scenario; or mapping of names to these
        Without names they are called as their scenarios.
    overrides : mapping or iterable of str
        Values set in all.
    actions : sequence of str or path
        Added to all.

    Raises
    ------
    ScenarioError
        If a scenario is not valid.
    RequestError
        If there are fewer than two, or their currencies differ.
    """
    given: list[tuple[str | None, Source]] = (
        [(str(name), one) for name, one in options.items()]
        if isinstance(options, Mapping)
        else [(None, one) for one in several("options", options)]
    )
    if len(given) < 2:
        raise RequestError(f"options: got {len(given)}; allowed: two or more")
    sets, added = kept(overrides), several_actions(actions)
    found: dict[str, Scenario] = {}
    for name, source in given:
        scenario = load(source, sets, actions=added)
        found[_apart(scenario.name, found) if name is None else name] = scenario
    currencies = list(dict.fromkeys(one.currency for one in found.values()))
    if len(currencies) > 1:
        raise RequestError(
            f"options: got amounts in {' and '.join(currencies)}; allowed: one currency for all"
        )
    return found


def _apart(name: str, taken: Mapping[str, Any]) -> str:
    """Return a name that no other option has."""
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found


def read_changes(text: str) -> tuple[str, list[str], list[str]]:
    """Read ``NAME: CHANGE; CHANGE``, where a change is ``KEY=VALUE`` or an action.

    Returns
    -------
    tuple
        The name (the changes in words where none is given), values that are set, and actions.

    Raises
    ------
    RequestError
        If nothing is changed.
    """
    name, colon, rest = text.partition(":")
    if not colon or "=" in name:
        name, rest = "", text
    changes = [one.strip() for one in rest.split(";") if one.strip()]
    if not changes:
        allowed = "NAME: CHANGE; CHANGE, where a change is KEY=VALUE or an action"
        raise RequestError(f"option: got {shown_value(text)}; allowed: {allowed}")
    sets = [one for one in changes if "=" in one]
    actions = [one for one in changes if "=" not in one]
    words = [*changes_in_words(sets), *map(action_in_words, actions)]
    return name.strip() or " + ".join(words), sets, actions


def changed_options(
    scenarios: Sequence[str],
    changes: Sequence[str] = (),
    sets: Sequence[str] = (),
    actions: Sequence[str] = (),
) -> tuple[dict[str, Scenario], list[str]]:
    """Load the options that a command line names.

    Parameters
    ----------
    scenarios : sequence of str
        Names or files.
    changes : sequence of str
        As of `read_changes`: each the first scenario with changes, which win over `sets`.
    sets, actions : sequence of str
        Values as ``KEY=VALUE``, and actions, for all options.

    Returns
    -------
    tuple
        The options by name, and the actions that were added to any of them.

    Raises
    ------
    ScenarioError
        If a scenario, a value or an action is not valid.
    RequestError
        If two options have one name.
    """
    found: dict[str, Source] = {}
    for source in scenarios:
        scenario = load(source, sets, actions=actions)
        found[_apart(scenario.name, found)] = scenario
    read = list(actions)
    for text in changes:
        name, own, added = read_changes(text)
        if name in found:
            raise RequestError(f"option: got {name!r} twice; allowed: names that differ")
        found[name] = load(scenarios[0], [*sets, *own], actions=[*actions, *added])
        read += added
    return read_options(found), read


def drawn_keys(
    scenarios: Mapping[str, Scenario], draws: pd.DataFrame, catalogue: bool
) -> dict[str, list[str]]:
    """Return the parameters that are drawn in each option.

    What an option states itself is a part of the option, and is not drawn.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
    draws : DataFrame, shape (draws, parameters)
    catalogue : bool
        The draws are the catalogue's: an option that states another value than the behaviour
        that all programmes share keeps it. Of other draws it is one that states another value
        than the first option.

    Raises
    ------
    RequestError
        If no option has any, or a draw is of something that is no number.
    """
    keys = [str(key) for key in draws.columns]
    first: Any = next(iter(scenarios.values()))
    common = shared_ranges()
    found = {}
    for name, scenario in scenarios.items():
        try:
            if catalogue:
                mine = {key: one for key, (_, one) in ranges_of(scenario).items()}
                found[name] = [k for k in keys if k in mine and mine[k] == common.get(k)]
            else:
                found[name] = [key for key in keys if _same(scenario, first, key)]
        except KeyPathError as error:
            raise RequestError(f"parameters: {error}") from None
    if not any(found.values()):
        raise RequestError(
            "parameters: got draws of the behaviour that all programmes share, and every option "
            "states its own; allowed: 'centre', or draws of your own"
        )
    return found


def _same(scenario: Scenario, origin: Any, key: str) -> bool:
    return bool(get_value(scenario, key) == get_value(origin, key))


def is_catalogue(parameters: Any) -> bool:
    """Return whether draws are the catalogue's and not a user's own."""
    return isinstance(parameters, str) and parameters == POSTERIOR


POSTERIOR, CENTRE = "posterior", "centre"
"""Draws of the catalogue's calibration; the scenarios' own values, so that only chance is left."""


def files_of(parameters: str | Path) -> list[Path]:
    """Return the file that draws are read from, if it is the user's own."""
    return [] if str(parameters) in (POSTERIOR, CENTRE) else [Path(parameters)]
