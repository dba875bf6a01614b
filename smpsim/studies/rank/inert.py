"""Actions whose lever moves nothing in a scenario: found by runs, and not charged for.

An action may change a value that no rule reads here, such as promotion where every employer takes
part already. Run without its price, under the same chance events, it then gives the outcomes of
the design without it, bit for bit. Nobody would pay for that, so such a design is the one without
the action.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from smpsim.results.units import is_money
from smpsim.scenario import Scenario, load
from smpsim.scenario.actions import Action
from smpsim.scenario.apply_actions import changes_of
from smpsim.scenario.archived_files import shelved
from smpsim.scenario.keypaths import parse_path
from smpsim.studies.rank.result import Parts

Run = Callable[[Scenario], pd.DataFrame]
"""From a scenario to its outcomes, a row a run and programme."""


def unpriced(
    base: Scenario, parts: Parts, free: frozenset[str], actions: Mapping[str, Action]
) -> Scenario:
    """Return a scenario with actions, some of them without their price."""
    with shelved({}, {name: _plain(actions[name], name in free) for name in parts}):
        return load(base, actions=parts)


def levers(base: Scenario, name: str, action: Action) -> tuple[str, ...]:
    """Return the last words of the keys that an action changes in a scenario, its price apart."""
    with shelved({}, {name: _plain(action, True)}):
        changed = changes_of(base, name)
    return tuple(dict.fromkeys(str(parse_path(one.key)[-1]) for one in changed))


def settled(
    base: Scenario,
    tables: Mapping[Parts, pd.DataFrame],
    actions: Mapping[str, Action],
    run: Run,
) -> tuple[dict[Parts, pd.DataFrame], dict[Parts, frozenset[str]]]:
    """Return the outcomes of all designs, in which what moves nothing is not paid for.

    Parameters
    ----------
    base : Scenario
        Without any action.
    tables : mapping of tuple of str to DataFrame
        Outcomes of each design with its actions and their prices: none, one or two.
    actions : mapping of str to Action
    run : callable
        Runs a scenario under the same chance events.

    Returns
    -------
    tables : dict of tuple of str to DataFrame
    idle : dict of tuple of str to frozenset of str
        Actions of each design that move nothing in it.
    """
    found: dict[Parts, pd.DataFrame] = dict(tables)
    idle: dict[Parts, frozenset[str]] = {}
    # a price can stop a programme that has a budget, so that only runs without it tell
    budget = any(one.intakes.budget is not None for one in base.programmes)
    for parts in sorted(tables, key=len):
        idle[parts] = frozenset()
        for name in parts:
            rest = tuple(one for one in parts if one != name)
            if not (budget or _same_people(tables[parts], found[rest])):
                continue
            free = idle[rest] | {name}
            if run(unpriced(base, parts, free, actions)).equals(found[rest]):
                found[parts], idle[parts] = found[rest], free
                break
    return found, idle


def _same_people(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Return whether two designs have the same outcomes in every run, money apart."""
    people = [name for name in one.columns if not is_money(str(name))]
    return one[people].equals(other[people])


def _plain(action: Action, free: bool) -> dict[str, Any]:
    data = action.model_dump(mode="json", exclude_unset=True)
    return {key: value for key, value in data.items() if not (free and key == "price")}
