"""Every decision of E1 to E17 can be exchanged by name, and its rule gets what the table says."""

import inspect
import math

import numpy as np
import pytest
import rules_as_ours
from pandas.testing import assert_frame_equal
from worlds import bare, within_three_errors

import smpsim
from smpsim.compiled import PLAIN
from smpsim.ensemble import simulate
from smpsim.errors import RequestError
from smpsim.results.result import life_courses
from smpsim.vocabulary import STAGES
from smpsim.world import rule_building
from smpsim.world.attributes import row_with
from smpsim.world.blueprint import blueprint
from smpsim.world.reading import fields_read
from smpsim.world.rule_arguments import NUMBER, WHOLE, YES_OR_NO
from smpsim.world.rule_checking import is_monthly, own_rule, places_of
from smpsim.world.rule_table import LARGEST, RULES
from smpsim.world.rules import check_rules, engine

SCENARIOS = ("reference", "thamm_germany")
# people who want to leave at every step, and an office that can't keep pace
PRESSED = {
    "behaviour.training.dropout": 0.02,
    "behaviour.waiting.domestic_job.base": 0.05,
    "behaviour.waiting.withdrawal.base": 0.05,
    "behaviour.waiting.with_offer": 0.5,
    "behaviour.retention.quit": 0.03,
    "behaviour.retention.stay_in_destination": 0.5,
    "behaviour.retention.return_from_elsewhere": 0.05,
    "programmes.pilot.contract.retention_clause_months": 12,
    "behaviour.retention.inside_clause": 1.0,
    "governments.destination.visa.lanes.standard.decisions_per_month": 8,
}


def test_every_rule_is_stated_here_as_the_models_own():
    assert set(rules_as_ours.OURS) == set(RULES) - {"job_at_home", "withdrawal"}


SHARES = (
    *("chance", "believed chance", "probability", "share", "1 if", "mean of", "alignment"),
    *("teaching", "skill", "readiness for", "use of", "effort"),
)
BY_WORD = {
    (0.0, 1.0): SHARES,
    (0.0, 6.0): ("level",),
    (-LARGEST, LARGEST): ("value", "score", "priority", "readiness of"),
    None: ("nothing",),
}


@pytest.mark.parametrize("name", RULES)
def test_what_a_rule_may_return_follows_from_what_it_is(name):
    words = RULES[name].returns
    wanted = [found for found, heads in BY_WORD.items() if words.startswith(heads)]
    # hazards, numbers of months and people, and factors: whatever is not below 0
    assert RULES[name].range == (wanted[0] if wanted else (0.0, LARGEST))
    assert RULES[name].yes_or_no == words.startswith("1 if")
    if RULES[name].monthly:
        assert words.startswith(("hazard", "`job_at_home`"))


@pytest.mark.slow
def test_no_number_changes_with_every_rule_stated_anew_as_the_models_own():
    # these two hand the person on, so that they are asked for each month: events of a month come in
    # another order, in which employers take turns (see the next test)
    rules = {n: r for n, r in rules_as_ours.OURS.items() if n not in ("dropout", "leaving")}
    for name in SCENARIOS:
        # a rule for the exam says the chance to pass all of it, which the model asks of no part
        plan = blueprint(smpsim.load(name, {"behaviour.exam.apart": False}))
        ours, theirs = (
            simulate(plan, 3, range(2), trainees=True, rules=own) for own in (None, rules)
        )
        for part in ("trajectories", "ledger", "flows", "counts"):
            assert getattr(ours, part).tobytes() == getattr(theirs, part).tobytes(), part
        names = [programme.name for programme in plan.scenario.programmes]
        assert_frame_equal(life_courses(ours.people, names), life_courses(theirs.people, names))


@pytest.mark.slow
def test_hazards_asked_for_each_month_strike_in_the_month_in_which_dated_ones_do():
    change = {"month": 30, "set": {"behaviour.retention.quit": 0.06}, "why": "test"}
    plan = blueprint(bare(PRESSED, timeline=[change]))
    dated, monthly = (
        simulate(plan, 1, range(20), trainees=True, rules=rules)
        for rules in (None, rules_as_ours.MONTHLY)
    )
    assert_frame_equal(
        life_courses(dated.people, ["pilot"]), life_courses(monthly.people, ["pilot"])
    )
    # events of a month come in another order, in which trust is added up
    np.testing.assert_allclose(dated.trajectories, monthly.trajectories, rtol=1e-12)
    for stage in ("dropped_out", "working_at_origin", "withdrew", "returned"):
        assert dated.flows[..., STAGES.index(stage)].sum() > 50


def rising_or_in_june(b, worked, calendar_month):
    # the scenario's own hazard, which is not asked, says which
    if b.retention_quit == 0.5:
        return LARGEST if calendar_month == 5 else 0.0
    return 0.01 * worked


def last_come(person):
    return 1.0 * person.number


# one set for both tests: each is compiled with the whole model
OWN = {"quit": rising_or_in_june, "visa_priority": last_come}


@pytest.mark.slow
def test_a_hazard_that_follows_the_month_has_the_survival_of_its_sum():
    scenario = bare({"programmes.pilot.training.months_before_departure": 1}, months=26)
    runs = simulate(blueprint(scenario), 1, range(100), trainees=True, rules=OWN)
    kept = np.array([np.mean(rows["left"] < 0) for rows in runs.people])
    arrived = runs.people[0]["arrived"]
    assert (arrived == arrived[0]).all()
    months = 25 - int(arrived[0])
    expected = math.exp(-0.01 * months * (months + 1) / 2)
    assert 0.02 < expected < 0.5
    assert within_three_errors(kept, expected)


@pytest.mark.slow
def test_rules_get_the_month_and_the_person_and_order_the_line_of_visas():
    lane = "governments.destination.visa.lanes.standard"
    scenario = bare(
        {
            f"{lane}.decisions_per_month": 10,
            f"{lane}.minimum_months": 2,
            "behaviour.retention.quit": 0.5,
        },
        start="2030-01",
    )
    runs = simulate(blueprint(scenario), 1, range(2), trainees=True, rules=OWN)
    people = runs.people[0]
    left = people["left"][people["left"] >= 0]
    assert len(left) == 100
    assert set(left % 12) == {5}
    order = people["number"][np.argsort(people["arrived"], kind="stable")].reshape(10, 10)
    assert order[0].min() == 90
    assert order[-1].max() == 9
    # nobody is decided before the statutory minimum is over
    assert (people["arrived"] - people["applied"]).min() >= 2


def reads_wrong(person):
    return person.agee


def reads_wrong_under_another_name(person):
    somebody = person
    return somebody.agee


def reads_no_parameter(b):
    return b.trust_failure_weigh


def gives_nothing_at_times(person):
    return 0.1 if person.age > 30 else None


def takes_too_much(person, moth):
    return 0.1


def takes_anything(*people):
    return 0.1


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (reads_wrong, "quit: got person.agee.*did you mean 'age'"),
        (
            reads_no_parameter,
            "quit: got b.trust_failure_weigh;.*did you mean 'trust_failure_weight'",
        ),
        (takes_too_much, r"quit: got a function of \(person, moth\).*did you mean 'month'"),
        (takes_anything, r"quit: got a function of \(people\); allowed: one of"),
        (0.3, "quit: got a float; allowed: a function"),
    ],
)
def test_what_can_be_no_rule_is_refused_by_name(rule, words):
    with pytest.raises(RequestError, match=f"rules: {words}"):
        engine({"quit": rule})


@pytest.mark.skipif(PLAIN, reason="nothing is compiled")
@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (reads_wrong_under_another_name, "'agee'.*did you mean 'age'"),
        (gives_nothing_at_times, "does not return a number in every case"),
    ],
)
def test_what_only_the_compiler_sees_is_told_in_words_too(rule, words):
    with pytest.raises(RequestError, match=f"rules: quit: got .*{words}"):
        check_rules({"quit": rule})


SAMPLES = {NUMBER: (float("nan"), -2 * LARGEST, 2 * LARGEST), WHOLE: (), YES_OR_NO: ()}


@pytest.mark.parametrize("name", [name for name, rule in RULES.items() if rule.range])
@pytest.mark.parametrize("value", SAMPLES[NUMBER])
def test_what_is_no_number_or_out_of_range_is_caught_with_the_name_of_the_rule(
    name, value, monkeypatch
):
    """The checks are plain Python, compiled or not."""
    monkeypatch.setattr(rule_building, "PLAIN", True)
    own = own_rule(name, RULES[name], lambda: value, row_with(()))
    asked = rule_building.adapter(RULES[name], own, row_with(()))
    given = [None] * len(inspect.signature(asked).parameters)
    with pytest.raises(ValueError, match=f"rules: {name}: got a value out of range"):
        asked(*given)


@pytest.mark.skipif(PLAIN, reason="nothing is compiled")
@pytest.mark.parametrize("name", RULES)
def test_every_argument_of_the_table_can_be_asked_for(name):
    """A rule that takes all of them compiles, and so does what asks it."""
    place = RULES[name]
    arguments = ", ".join(place.arguments)
    space = {"__name__": "test"}
    exec(f"def mine({arguments}):\n    return 0.0", space)
    check_rules({name: space["mine"]})


def clear(person, b):
    person.marks = 3
    return person.age + b.retention_quit + person.age


def renamed(person, b):
    somebody = person
    return somebody.age + b.retention_quit


def handed_on(person, b):
    return clear(person, b.retention_quit)


def two_at_once(person, b):
    first, second = b, person.age
    return first.retention_quit + second


def unread(person, b):
    return 0.0


@pytest.mark.parametrize(
    ("rule", "read"),
    [
        (clear, {"person": {"marks", "age"}, "b": {"retention_quit"}}),
        (renamed, {"person": None, "b": {"retention_quit"}}),
        (handed_on, {"person": None, "b": {"retention_quit"}}),
        (two_at_once, {"person": {"age"}, "b": None}),
        (unread, {"person": set(), "b": set()}),
    ],
)
def test_what_a_rule_reads_is_seen_or_known_to_be_unclear(rule, read):
    assert fields_read(rule, ("person", "b")) == read


def places(**rules):
    owns = {name: own_rule(name, RULES[name], rule, row_with(())) for name, rule in rules.items()}
    return {
        next(name for name, rule in RULES.items() if rule is place): is_monthly(place, own)
        for place, own in places_of(owns)
    }


def test_a_hazard_is_asked_for_each_month_only_if_it_may_change():
    assert places(dropout=rules_as_ours.dropout) == {"dropout": True}  # hands the person on
    assert places(dropout=lambda person, b: person.age) == {"dropout": False}
    assert places(dropout=lambda person, month: person.age) == {"dropout": True}
    assert places(dropout=lambda institution: 0.1) == {"dropout": True}
    assert places(return_home=lambda b, programme_terms: 0.1) == {"return_home": False}


def test_rules_that_speak_for_others_do_so_unless_these_are_stated():
    same = rules_as_ours.quit
    assert places(quit=same) == {"quit": False, "expected_quit": False}
    assert places(quit=same, expected_quit=same) == {"quit": False, "expected_quit": False}
    assert places(quit=lambda person: 0.1) == {"quit": False}
    assert set(places(leaving=rules_as_ours.leaving)) == {"job_at_home", "withdrawal"}
    both = {"leaving": rules_as_ours.leaving, "withdrawal": rules_as_ours.withdrawal}
    assert places(**both) == {"job_at_home": True, "withdrawal": True}
