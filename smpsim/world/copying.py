"""The state of a world apart from where it lies in memory: for copies and for files."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from smpsim.agents.trainee import TRAINEE
from smpsim.scenario.references import MOST_PEOPLE
from smpsim.world.blueprint import Blueprint
from smpsim.world.layout import EMPTIED_TABLES, TERMS_TABLES, WORLD
from smpsim.world.tables import World

# rows that no run has used yet say nothing, and there can be many of them
USED = {"trainees": "people", "blocks": "used_blocks"}
# parts of other tables, and what a rule fills before it reads it
LEFT_OUT = {
    *(*TERMS_TABLES, *EMPTIED_TABLES),
    *("scores", "ranking", "shortlist", "called", "openings", "attribute_luck"),
}
# how much room a world has made
ROOM = ("row_count", "intake_rows")
# where a world lies, and what follows from its room
OF_MEMORY = ("at_", "rows_of_", "block_count", "wanted_")
# what the blueprint says already
SIZES = {name for name in WORLD.names or () if name.endswith(("_count", "_bytes"))}
SIZES = SIZES - {"turn_count", *ROOM} | {
    *("horizon", "end", "follow_up", "discount_step", "segments", "calendar_month"),
}


def state_of(world: World) -> dict[str, np.ndarray]:
    """Return copies of all that a run goes on from: the tables, and the header without addresses.

    Returns
    -------
    dict of ndarray
        By name of the table; the header by name of its field, after ``header.``.
    """
    shared = {id(value) for value in vars(world.blueprint).values()}
    state = {}
    for name, table in world.tables.items():
        if name not in LEFT_OUT and id(table) not in shared:
            rows = int(world.header[USED[name]][0]) if name in USED else len(table)
            state[name] = table[:rows].copy()
    for field in world.header.dtype.names or ():
        if not field.startswith(OF_MEMORY):
            state[f"header.{field}"] = np.array(world.header[field])
    return state


def restored(plan: Blueprint, state: Mapping[str, np.ndarray]) -> World:
    """Return a world that goes on from a state of a world of the same blueprint.

    Raises
    ------
    ValueError
        If the state is not one of this blueprint.
    """
    people = state["trainees"].dtype.names or () if "trainees" in state else ()
    own = people[len(TRAINEE.names or ()) :]
    world = World(plan, bool(np.any(state.get("header.keep_life", 1))), own)
    wanted = state_of(world)
    if set(wanted) != set(state):
        raise ValueError(f"got other tables: {', '.join(sorted(set(wanted) ^ set(state)))}")
    rows, intake_rows = (int(state[f"header.{field}"][0]) for field in ROOM)
    if not (0 <= rows <= MOST_PEOPLE and 0 <= intake_rows <= MOST_PEOPLE):
        raise ValueError(f"got room for {rows:,} people; allowed: up to {MOST_PEOPLE:,}")
    world.make_room(rows, intake_rows)
    for name, part in wanted.items():
        found, field = state[name], name.removeprefix("header.")
        if found.dtype != part.dtype or found.shape[1:] != part.shape[1:]:
            raise ValueError(f"got a table {name} of another form")
        if field in SIZES and np.any(found != part):
            raise ValueError(f"got {int(found[0])} as {field}; allowed: {int(part[0])}")
        if field == name and name not in USED and len(found) != len(part):
            raise ValueError(f"got {len(found)} rows of {name}; allowed: {len(part)}")
        if field != name and field not in ROOM:
            world.header[field] = found
    for name, field in USED.items():
        used = int(world.header[field][0])
        if used != len(state[name]) or used > len(world.tables[name]):
            raise ValueError(f"got {len(state[name])} rows of {name} where {used} are in use")
    for name in wanted:
        if name in world.tables:
            world.tables[name][: len(state[name])] = state[name]
    world._own_rules = bool(world.header["rules_exchanged"][0])
    return world
