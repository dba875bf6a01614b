"""Small worlds give their recorded results, compiled or as plain Python."""

import numpy as np
import pandas as pd
import pytest
import rules_as_ours
from small_worlds import ALL, TABLE, TWISTS, small, values
from worlds import bare

from smpsim.compiled import PLAIN
from smpsim.ensemble import simulate
from smpsim.results.result import life_courses
from smpsim.vocabulary import STAGES
from smpsim.world.blueprint import blueprint

plain_only = pytest.mark.skipif(not PLAIN, reason="takes half a minute to compile")
RECORDED = pd.read_csv(TABLE, index_col=0)


def test_the_table_holds_all_small_worlds():
    assert tuple(RECORDED.columns) == ALL


@pytest.mark.parametrize("name", ALL)
def test_each_small_world_gives_its_recorded_results(name):
    found = values(name)
    # what the table leaves out is zero in all
    wanted = RECORDED[name].reindex(found.index, fill_value=0.0)
    assert set(RECORDED.index) <= set(found.index)
    pd.testing.assert_series_equal(found, wanted, rtol=1e-9, atol=1e-9)


@plain_only
@pytest.mark.parametrize("name", list(TWISTS)[:3])
def test_replacing_the_rules_with_copies_changes_no_number(name):
    # these two hand the person on, so that they are asked each month, in another order
    rules = {n: r for n, r in rules_as_ours.OURS.items() if n not in ("dropout", "leaving")}
    # not the last of them: who takes part for good is added up in another order; and
    # a rule for the exam says the chance to pass all of it
    plan = blueprint(small(name, {"behaviour.exam.apart": False}))
    ours, theirs = (simulate(plan, 3, range(1), threads=1, rules=own) for own in (None, rules))
    for part in ("trajectories", "ledger", "flows", "counts"):
        assert getattr(ours, part).tobytes() == getattr(theirs, part).tobytes(), part


PRESSED = {
    "programmes.pilot.intakes.seats": 40,
    "behaviour.training.dropout": 0.03,
    "behaviour.waiting.domestic_job": {"base": 0.15, "growth": 0.1},
    "behaviour.waiting.withdrawal": {"base": 0.15, "growth": 0.2},
    "behaviour.waiting.individual_search": 0.2,
    "behaviour.waiting.with_offer": 0.5,
    "behaviour.retention.quit": 0.04,
    "behaviour.retention.home": 0.02,
    "behaviour.retention.stay_in_destination": 0.5,
    "behaviour.retention.return_from_elsewhere": 0.1,
    "programmes.pilot.contract.retention_clause_months": 6,
    "behaviour.retention.inside_clause": 1.0,
    "governments.destination.visa.lanes.standard.decisions_per_month": 2,
    "employers.firms.initial_vacancies": 2,
    "employers.firms.vacancies_per_year": 2,
}


# so that several causes strike in the same month, of which the first counts
HURRIED = {
    "behaviour.waiting.domestic_job": {"base": 0.8, "growth": 0.1},
    "behaviour.waiting.withdrawal": {"base": 0.3, "growth": 0.2},
    "behaviour.waiting.individual_search": 0.5,
}


@plain_only
@pytest.mark.parametrize("more", [{}, HURRIED])
def test_monthly_hazards_strike_when_predated_ones_do(more):
    change = {"month": 12, "set": {"behaviour.retention.quit": 0.07}, "why": "test"}
    plan = blueprint(bare({**PRESSED, **more}, months=36, timeline=[change]))
    dated, monthly = (
        simulate(plan, 1, range(1), trainees=True, threads=1, rules=rules)
        for rules in (None, rules_as_ours.MONTHLY)
    )
    people = (life_courses(runs.people, ["pilot"]) for runs in (dated, monthly))
    pd.testing.assert_frame_equal(*people)
    for stage in ("dropped_out", "working_at_origin", "withdrew"):
        assert dated.flows[..., STAGES.index(stage)].sum() > 1, stage


def last_come(person):
    return 1.0 * person.number


def first_come(person):
    return -1.0 * person.number


@plain_only
def test_a_users_rule_can_order_the_visa_queue():
    lane = "governments.destination.visa.lanes.standard"
    design = {f"{lane}.decisions_per_month": 3, f"{lane}.minimum_months": 2}
    plan = blueprint(bare({**design, "programmes.pilot.intakes.seats": 11}, months=16))
    for rule, order in ((last_come, range(10, -1, -1)), (first_come, range(11))):
        runs = simulate(plan, 1, range(1), trainees=True, threads=1, rules={"visa_priority": rule})
        people = runs.people[0]
        arrived = dict(zip(people["number"], people["arrived"], strict=True))
        first = people["applied"][0] + 2
        assert [arrived[n] for n in order] == [first + n // 3 for n in range(11)]


def half_as_likely(b, quarter=0.25, two=2.0):
    return quarter * two * b.retention_stay_in_destination


@plain_only
def test_arguments_keep_their_defaults():
    name, stay = "a regulated occupation", "behaviour.retention.stay_in_destination"
    ours, theirs = (
        simulate(blueprint(small(name, {stay: share})), 1, range(1), threads=1, rules=rules)
        for share, rules in ((0.5, None), (1.0, {"stay": half_as_likely}))
    )
    np.testing.assert_array_equal(ours.flows, theirs.flows)
    assert ours.flows[..., STAGES.index("employed_elsewhere")].sum() > 0
