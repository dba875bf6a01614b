"""A world that serves many runs must leave nothing of one run in the next."""

import numpy as np
import pytest
from worlds import assert_same

from smpsim.scenario import load
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
