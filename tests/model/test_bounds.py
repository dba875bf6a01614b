"""Tables have room for everybody, nothing is written outside them, and numbers stay finite."""

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from random_scenarios import check_seeds
from worlds import BARE, assert_same, bare, one_run

import smpsim
from smpsim.agents.trainee import STAGES
from smpsim.scenario import load
from smpsim.scenario.problems import ScenarioError
from smpsim.world import tables
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World

TESTS = Path(__file__).parents[1]
GROWING = {
    "programmes.pilot.intakes": {
        "seats": 10, "every_months": 1, "number": 40, "applicants_per_seat": 4,
    },
    "programmes.pilot.renewal": {"every_months": 6, "planned_per_month": 1},
    "behaviour.scaling": {"growth": 2, "largest_growth": 3, "grow_from": 0},
}  # fmt: skip


def test_tables_have_room_for_seats_that_the_timeline_adds_after_growth():
    change = {"behaviour.scaling.growth": 0, "programmes.pilot.intakes.seats": 100}
    scenario = bare(GROWING, timeline=[{"month": 20, "set": change}])
    record = one_run(scenario).programmes[0]
    # six intakes of 10, fourteen three times as large, twenty of 300
    assert record["enrolled"] == 6 * 10 + 14 * 30 + 20 * 300
    assert record["applicants"] == 4 * record["enrolled"]


@pytest.mark.parametrize("name", ["reference", "onodera_user_run"])
def test_the_initial_number_of_rows_changes_no_result(name):
    plan = blueprint(load(name))
    worlds = []
    for rows, intake_rows in ((1, 1), (plan.rows, plan.intake_rows), (10**5, 10**4)):
        world = World(dataclasses.replace(plan, rows=rows, intake_rows=intake_rows))
        world.advance(plan.scenario.months, 3, 2)
        worlds.append(world)
    assert len(worlds[0].people) > 200
    for other in worlds[1:]:
        assert_same(other, worlds[0])


def test_tables_have_room_when_stepping_month_by_month():
    plan = blueprint(load("reference"))
    whole = World(plan)
    whole.advance(120, 3, 2)
    stepped = World(dataclasses.replace(plan, rows=1, intake_rows=1))
    stepped.advance(1, 3, 2)
    for _ in range(119):
        stepped.advance(1)
    assert stepped.months_done == 120
    assert_same(stepped, whole)


def test_a_run_with_too_many_people_ends_with_a_message(monkeypatch):
    # each segment of a timeline is checked by itself, but seats that have grown stay grown
    monkeypatch.setattr(tables, "MOST_PEOPLE", 1000)
    said = r"got 1,\d+ applicants by month \d+ of a run; allowed: 1,000"
    with pytest.raises(ScenarioError, match=said):
        smpsim.run(bare(GROWING), replications=1)


def test_more_sites_than_a_trainee_can_record_are_refused():
    names = list("abcdefg")
    schools = [{"name": n, "count": 10_000, "origin": "origin", "seats": 1} for n in names]
    programme = {**BARE["programmes"][0], "institutions": names}
    with pytest.raises(ScenarioError, match=r"programmes.*got 70,000 institutions.*65,535"):
        bare(institutions=schools, programmes=[programme])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"programmes.pilot.costs.travel": 1.7e308}, "0 to 1,000,000,000,000"),
        ({"programmes.pilot.planned.placed": -1}, "0 to 1,000,000,000"),
        ({"employers.firms.vacancies_per_year": 1e300}, "0 to 1,000,000"),
        ({"employers.firms.margin_per_month": "-2_000_000_000_000 EUR"}, "-1,000,000,000,000"),
        ({"behaviour.participation.scale": 1e-9}, "0.01 to"),
    ],
)
def test_amounts_have_bounds(changes, message):
    with pytest.raises(ScenarioError, match=message):
        bare(changes)


def test_an_infinite_ratio_of_wages_gives_a_finite_number_of_applicants():
    wages = {"programmes.pilot.wages": {"origin": 1e-300, "destination": 1e9}}
    assert one_run(bare(wages)).programmes[0]["applicants"] == 100
    drawn = {**wages, "behaviour.selection": {"wage_gap": 1.0, "largest_response": 3.0}}
    assert one_run(bare(drawn)).programmes[0]["applicants"] == 300


def test_a_language_that_nobody_knows_is_not_forgotten():
    changes = {
        "programmes.pilot.training.language_target": "B1",
        "behaviour.readiness.language_elasticity": 1.0,
        "behaviour.retention": {"quit": 0.02, "readiness": 1.0},
    }
    stay = one_run(bare({**changes, "behaviour.waiting.language_decay": 0.0}))
    fade = one_run(bare({**changes, "behaviour.waiting.language_decay": 0.1}))
    assert np.isfinite(fade.people["readiness"]).all()
    assert_same(stay, fade)
    assert 0 < fade.headcount[0, STAGES.index("employed")] < 100


def nothing_sound(b, placement_rate, log_wage_ratio, cost_share, guaranteed):
    """Return a response that is no number."""
    return float("nan")


def test_the_message_names_what_a_users_rule_may_not_return():
    with pytest.raises(ValueError, match=r"rules: application_response: .*allowed: 0"):
        smpsim.run(bare(), replications=1, rules={"application_response": nothing_sound})


def test_an_invalid_number_ends_the_run_and_the_message_names_the_rule():
    world = World(blueprint(bare()))
    world.advance(3, 1, 0)
    world.accounts[0, 0] = np.inf
    with pytest.raises(ScenarioError, match=r"programmes.pilot: in month 3 .*infinite.*\(E15\)"):
        world.advance(1)


@pytest.mark.slow
def test_random_scenarios_with_timelines_run_without_fault():
    assert check_seeds(range(40)) == []


CHECKED = """
import json, sys
import numpy as np
from random_scenarios import check_seeds
from worlds import bare
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World
world = World(blueprint(bare()))
world.advance(3, 1, 0)
world.trainees["site"][5] = 2
try:
    world.advance(10)
    caught = ""
except IndexError as error:
    caught = str(error)
print(json.dumps([caught, check_seeds(range(100, 140))]))
"""


@pytest.mark.slow
def test_no_rule_reads_or_writes_outside_a_table():
    found = subprocess.run(
        [sys.executable, "-c", CHECKED],
        env={**os.environ, "SMPSIM_CHECK_BOUNDS": "1", "PYTHONPATH": os.pathsep.join(
            [str(TESTS), str(TESTS.parent)])},
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    caught, failed = json.loads(found.stdout.splitlines()[-1])
    # the check itself is at work: two schools have no third
    assert "outside the table 'sites'" in caught
    assert failed == []
