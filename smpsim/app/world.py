"""One world month by month: employers in their network, schools, and people moving through stages.

It is one run of many, and shows how a run goes, not what is likely.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from smpsim.app.state import State
from smpsim.model import Model
from smpsim.results.units import words
from smpsim.vocabulary import ENGAGEMENT, STAGES, TRAJECTORY_COLUMNS

MOST_EMPLOYERS = 400
"""Employers that are drawn; of more, the first of each group."""
MOST_SCHOOLS = 40
GROUPS = {
    "in training or exams": ("in_training", "retaking_exam"),
    "waiting for an offer": ("graduate_pool",),
    "offer held, recognition": ("offer_held", "in_recognition"),
    "waiting for the visa": ("in_visa_queue", "pre_departure"),
    "with the employer": ("adapting", "employed"),
    "with another employer abroad": ("employed_elsewhere",),
    "returned or at work at home": ("returned", "working_at_origin"),
    "left the programme": ("dropped_out", "failed", "withdrew", "refused"),
}
"""What people are doing, in the order of a life course, by stages."""
SIZE = 300.0


@dataclass(frozen=True)
class World:
    """A run as frames.

    Parameters
    ----------
    frames : dict
        Plain data for the browser: ``months`` (names), ``states`` (words of what employers have
        with the programme), ``employers`` (place and group of each), ``links`` (pairs of
        them), ``state`` (a letter an employer and month, its place among ``states``), ``schools``
        (names), ``pupils`` (by month and school), ``groups`` (words), ``people`` (by month and
        group), ``placed`` (so far, by month), ``note``.
    """

    frames: dict[str, Any]


def world_of(state: State, programme: str, replication: int = 0) -> World:
    """Return one run of a state, month by month.

    Parameters
    ----------
    state : State
    programme : str
    replication : int
        Which of the runs, from 0.
    """
    model = Model(state.design(), replication=replication, parameters=state.parameters)
    place = next(n for n, one in enumerate(model.scenario.programmes) if one.name == programme)
    world = model.world
    partners = world.tables["partnerships"]
    mine = (partners["programme"] == place).nonzero()[0]
    shown = mine[:MOST_EMPLOYERS]
    numbers = {int(partners["employer"][k]): n for n, k in enumerate(shown)}
    schools = _schools(model, programme)
    frames: dict[str, Any] = {
        "months": [],
        "state": [],
        "pupils": [],
        "people": [],
        "placed": [],
        "states": [words(one) for one in ENGAGEMENT],
        "groups": list(GROUPS),
        "schools": [name for _, name in schools],
        "employers": _places(model, list(numbers)),
        "links": _links(model, numbers),
        "note": _note(len(mine), len(shown), replication),
    }
    first = model.scenario.start
    while not model.finished:
        model.step()
        row = world.trajectory[model.month - 1, place]
        frames["months"].append(_month(first, model.month - 1))
        states = world.tables["partnerships"]["state"][shown]
        frames["state"].append("".join(str(int(one)) for one in states))
        frames["pupils"].append(
            [int(world.tables["institutions"]["enrolled"][n]) for n, _ in schools]
        )
        frames["people"].append(
            [sum(int(row[STAGES.index(stage)]) for stage in stages) for stages in GROUPS.values()]
        )
        frames["placed"].append(int(row[TRAJECTORY_COLUMNS.index("placed")]))
    return World(frames)


def _month(first: str, number: int) -> str:
    year, month = map(int, first.split("-"))
    whole = 12 * year + month - 1 + number
    return f"{whole // 12}-{whole % 12 + 1:02d}"


def _schools(model: Model, programme: str) -> list[tuple[int, str]]:
    """Return number and name of each school of a programme."""
    (design,) = (one for one in model.scenario.programmes if one.name == programme)
    found, number = [], 0
    for group in model.scenario.institutions:
        for one in range(group.count):
            if group.name in design.institutions:
                name = group.name if group.count == 1 else f"{group.name} {one + 1}"
                found.append((number, name))
            number += 1
    return found[:MOST_SCHOOLS]


def _places(model: Model, employers: list[int]) -> list[list[Any]]:
    """Return place and group of each employer: around a circle, neighbours of the ring in order."""
    groups = [one.name for one in model.scenario.employers for _ in range(one.count)]
    count = max(len(employers), 1)
    found = []
    for n, employer in enumerate(employers):
        angle = 2 * math.pi * n / count
        # many employers stand in three rows
        ring = SIZE / 2 - 12 - (14 * (n % 3) if count > 60 else 0)
        x, y = SIZE / 2 + ring * math.sin(angle), SIZE / 2 - ring * math.cos(angle)
        found.append([round(x, 1), round(y, 1), groups[employer]])
    return found


def _links(model: Model, numbers: dict[int, int]) -> list[list[int]]:
    """Return pairs of employers who talk with each other."""
    start = model.world.tables["neighbours_start"]
    other = model.world.tables["neighbours"]
    return [
        [number, numbers[int(two)]]
        for one, number in numbers.items()
        for two in other[int(start[one]) : int(start[one + 1])]
        if int(two) in numbers and number < numbers[int(two)]
    ]


def _note(employers: int, shown: int, replication: int) -> str:
    text = f"Run {replication + 1} of many: one possible history, not what is likely."
    if shown < employers:
        text += f" Of {employers:,} employers {shown:,} are drawn."
    return text
