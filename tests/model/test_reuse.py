"""A world that serves many runs must leave nothing of one run in the next."""

import numpy as np
import pytest
from worlds import assert_same

from smpsim.scenario import load
from smpsim.world import tables
from smpsim.world.blueprint import blueprint
from smpsim.world.queues import CALENDARS, NOBODY
from smpsim.world.tables import World


@pytest.mark.parametrize("months", [1, 17, 40])
@pytest.mark.parametrize("name", ["reference", "bare_pipeline"])
def test_a_run_after_an_unfinished_one_is_as_in_a_fresh_world(name, months):
    plan = blueprint(load(name, {"months": 48}))
    used, fresh = World(plan), World(plan)
    used.advance(months, 5, 3)
    used.advance(48, 1, 7)
    fresh.advance(48, 1, 7)
    people = len(fresh.people)
    assert people == len(used.people) > 0
    assert_same(used, fresh)


@pytest.mark.parametrize("name", ["reference", "thamm_germany", "onodera_user_run"])
def test_the_calendar_of_past_months_is_empty(name):
    world = World(blueprint(load(name)))
    world.advance(600, 2, 1)
    calendar = world.lists[: CALENDARS * world.months_done]
    assert np.all(calendar["head"] == NOBODY)
    assert np.all(calendar["tail"] == NOBODY)


OTHERS = [
    {"name": name, "country": "destination", "initial_vacancies": 9} for name in ("firms", "others")
]


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"programmes.pilot.wages.destination": 900}, True),
        ({"behaviour.training.dropout": 0.02}, True),
        ({"behaviour.awareness.network_rewiring": 0.9}, True),
        ({"months": 40}, False),
        ({"start": "2025-03"}, False),
        ({"discount_rate": 0.01}, False),
        ({"follow_up_months": 12}, False),
        ({"employers.firms.count": 3}, False),
        ({"institutions.college.count": 9}, False),
        ({"employers": OTHERS}, False),
        ({"programmes.pilot.intakes.number": 2}, False),
        ({"timeline": [{"month": 3, "set": {"behaviour.training.dropout": 0.1}}]}, False),
    ],
)
def test_a_world_is_reused_for_another_design_only_if_its_tables_have_the_same_rows(changes, same):
    first = blueprint(load("bare_pipeline"))
    second = blueprint(load("bare_pipeline", changes), like=first)
    assert tables._alike(first, second) is same
    assert tables._alike(second, first) is same
