"""The options of a decision: scenarios, or one scenario with named changes; and what is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from smpsim.errors import RequestError
from smpsim.messages import shown_value
from smpsim.scenario import Scenario, load
from smpsim.scenario.arguments import several
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.parameters import Parameters
from smpsim.scenario.worlds import Worlds
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
            raise RequestError(f"option: got {name!r} twice; allowed: different names")
        found[name] = load(scenarios[0], [*sets, *own], actions=[*actions, *added])
        read += added
    return read_options(found), read


def drawn_in(
    options: Mapping[str, Scenario], held: Mapping[str, Parameters], seed: int, worlds: int
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return what is drawn in plausible worlds, and in which options.

    What an option states itself is a part of the option, and is not drawn.

    Parameters
    ----------
    options : mapping of str to Scenario
    held : mapping of str to Parameters
        What is drawn in each, without what the option states itself (see `Parameters.held`).
    seed : int
    worlds : int

    Returns
    -------
    DataFrame, shape (worlds, numbers)
        By key path; of one that options draw from ranges of their own that of the first of them,
        as the others rise and fall with it. No columns if nothing is to be drawn.
    dict of str to list of str
        Key paths of what is drawn, by option.

    Raises
    ------
    RequestError
        If something is to be drawn, and no option has anything.
    """
    columns: dict[str, list[float]] = {}
    keys = {}
    for name, scenario in options.items():
        drawn = Worlds(scenario, held[name], seed)
        keys[name] = list(drawn.keys)
        if not set(drawn.keys) <= set(columns):
            rows = [drawn.values(number) for number in range(worlds)]
            columns = {key: [row[key] for row in rows] for key in drawn.keys} | columns
    if any(one.drawn for one in held.values()) and not any(keys.values()):
        raise RequestError(
            "parameters: got options without likely ranges, so that nothing can be drawn; "
            "allowed: 'centre', or draws of your own"
        )
    return pd.DataFrame(columns, index=range(worlds)), keys
