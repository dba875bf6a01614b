"""Actions: patches that fit any scenario."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as draw
from worlds import BARE, bare

from smpsim.scenario import (
    ScenarioError,
    action_names,
    changes_of,
    load,
    load_action,
    load_data,
    names,
    segments,
)
from smpsim.scenario.actions import is_action
from smpsim.scenario.values import Operation, converted, operated

ACTIONS = [entry.name for entry in action_names()]
RUNNABLE = [entry.name for entry in names() if entry.name != "base"]
LANE = "governments.destination.visa.lanes.standard.decisions_per_month"


@pytest.fixture
def action(tmp_path):
    """Return a function that writes an action with one change, or with the text of several."""

    def write(text, **keys):
        if keys:
            text = f"  - {{set: {text}, source: none, " + ", ".join(
                f"{key}: {value}" for key, value in keys.items()
            )
            text += "}\n"
        file = tmp_path / "action.yaml"
        file.write_text(f"name: mine\npatch:\n{text}")
        return str(file)

    return write


def at(scenario, key):
    """Return values of the bare pipeline's programme, or of another section, by month."""
    found = {}
    for month, one in segments(scenario):
        value = one.programmes[0]
        for step in key.split("."):
            value = getattr(value, step)
        found[month] = value
    return found


# --- operations -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        (Operation(add=0.2), 0.1, 0.3),
        (Operation(times=3), 0.1, 0.3),
        (Operation(at_least=0.2), 0.1, 0.2),
        (Operation(at_least=0.2), 0.3, 0.3),
        (Operation(at_most=0.2), 0.3, 0.2),
        (Operation(add=1, at_most=1), 0.3, 1.0),
        (Operation(times=0.6), 9, 5),
        (Operation(times=0.6), 9.0, 5.4),
        (Operation(add=2, at_most=1), None, None),
    ],
)
def test_operations_on_numbers(operation, before, after):
    found = operated(before, operation)
    assert found == (None if after is None else pytest.approx(after))
    assert type(found) is type(after)


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        (
            Operation(times=2),
            {"lognormal": {"median": 3, "sigma": 0.5}},
            {"median": 6, "sigma": 0.5},
        ),
        (Operation(times=2), {"normal": {"mean": 3, "sd": 1}}, {"mean": 6, "sd": 1}),
        (Operation(at_least=0.4), {"beta": {"mean": 0.3, "sd": 0.1}}, {"mean": 0.4, "sd": 0.1}),
        (Operation(times=2), {"uniform": {"low": 1, "high": 2}}, {"low": 2, "high": 4}),
        (Operation(add=1), {"uniform": {"low": 1, "high": 2}}, {"low": 2, "high": 3}),
        (Operation(at_least=4), {"uniform": {"low": 0, "high": 2}}, {"low": 3, "high": 5}),
        (
            Operation(at_most=2),
            {"triangular": {"low": 1, "mode": 3, "high": 9}},
            {"low": 0, "mode": 2, "high": 8},
        ),
        (Operation(times=1.5), {"exponential": {"mean": 4}}, {"mean": 6}),
        (Operation(add=1), {"poisson": 2.5}, 3.5),
    ],
)
def test_operations_move_the_middle_of_a_distribution(operation, before, after):
    (found,) = operated(before, operation).values()
    assert found == pytest.approx(after)


def test_a_distribution_of_money_is_converted_as_a_whole():
    normal, lognormal = {"normal": {"mean": 3, "sd": 1}}, {"lognormal": {"median": 3, "sigma": 1}}
    assert converted(normal, 100) == {"normal": {"mean": 300, "sd": 100}}
    assert converted(lognormal, 100) == {"lognormal": {"median": 300, "sigma": 1}}
    assert converted(True, 100) is True


# --- the eight ------------------------------------------------------------------------------


def test_there_are_eight_actions_in_their_order():
    assert [load_action(name).action for name in ACTIONS] == list(range(1, 9))
    assert all(is_action(name) and is_action(name.removeprefix("actions/")) for name in ACTIONS)
    assert not any(is_action(name) for name in RUNNABLE)


@pytest.mark.parametrize("scenario", RUNNABLE)
def test_every_action_fits_every_scenario(scenario):
    design = load(scenario)
    for name in ACTIONS:
        with_it = load(design, actions=[name])
        assert with_it.behaviour == design.behaviour, "an action changes design and environment"
        changes = changes_of(design, name)
        assert bool(changes) == (with_it.fingerprint() != design.fingerprint())
        # the price is paid where something is bought, and only there
        paid = {one.key for one in changes if ".costs." in one.key}
        assert bool(paid) == bool(changes)
        assert paid != {one.key for one in changes} or not changes


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_has_a_price_and_sources(name):
    action = load_action(name)
    assert all(change.set.startswith("programmes.*.costs.") for change in action.price)
    assert any((change.add or 0) > 0 for change in action.price)
    for change in (*action.patch, *action.price):
        assert "assumption" in change.source or "SMP paper" in change.source
    assert f"SMP paper, Action {action.action} (lines" in action.source


# --- application ----------------------------------------------------------------------------


def test_every_section_is_changed_whatever_its_name(action):
    file = action("governments.*.visa.lanes.*.refusal", to=0.5)
    found = load("reference", actions=[file]).governments["destination"].visa.lanes
    assert len(found) > 1
    assert {lane.refusal for lane in found.values()} == {0.5}


def test_what_is_not_written_has_its_default(action):
    # no programme of the bare pipeline says anything about promotion
    file = action("programmes.*.promotion", add=0.02)
    assert bare().programmes[0].promotion == 0.0
    assert load(bare(), actions=[file]).programmes[0].promotion == 0.02
    assert load_data(BARE, actions=[file]).programmes[0].promotion == 0.02


def test_actions_come_before_overrides_and_in_their_order(action):
    file = action("programmes.*.promotion", times=2)
    base = load("thamm_germany").programmes[0].promotion
    assert load("thamm_germany", actions=[file, file]).programmes[0].promotion == 4 * base
    one = load("thamm_germany", {"programmes.pilot.promotion": 0.3}, actions=[file])
    assert one.programmes[0].promotion == 0.3
    first = load("thamm_germany", actions=["campaigns", file]).programmes[0].promotion
    second = load("thamm_germany", actions=[file, "actions/campaigns"]).programmes[0].promotion
    assert first == pytest.approx(2 * (base + 0.04))
    assert second == pytest.approx(2 * base + 0.04)


def test_a_timeline_that_is_set_is_what_actions_act_on(action):
    timeline = [{"month": 12, "set": {"programmes.pilot.promotion": 0.1}}]
    found = load(
        bare(), {"timeline": timeline}, actions=[action("programmes.*.promotion", add=0.02)]
    )
    assert at(found, "promotion") == {0: 0.02, 12: pytest.approx(0.12)}


def test_the_scenario_is_another_one_afterwards():
    assert load("thamm_germany", actions=["campaigns"]).fingerprint() != (
        load("thamm_germany").fingerprint()
    )


def test_only_sections_that_fit_are_changed(action):
    found = load("reference", actions=[action("governments.*.dialogue", to=0.9,
                                              where="{role: destination}")])  # fmt: skip
    before = load("reference").governments["origin"].dialogue
    assert {n: g.dialogue for n, g in found.governments.items()} == {
        "origin": before,
        "destination": 0.9,
    }
    by_size = action("employers.*.count", times=2, where="{size: large}")
    employers = [
        {**BARE["employers"][0], "name": name, "size": size}
        for name, size in (("small", "sme"), ("big", "large"))
    ]
    found = load({**BARE, "employers": employers, "programmes": [
        {**BARE["programmes"][0], "employers": ["small", "big"]}]}, actions=[by_size])  # fmt: skip
    assert {one.name: one.count for one in found.employers} == {"small": 4, "big": 8}


def test_without_a_limit_there_is_nothing_to_raise(action):
    key = "programmes.*.intakes.budget"
    assert load(bare(), actions=[action(key, add=1000)]).programmes[0].intakes.budget is None
    assert load(bare(), actions=[action(key, to=1000)]).programmes[0].intakes.budget == 1000.0


# --- money ----------------------------------------------------------------------------------


def yen(**more):
    return {**BARE, "currency": "JPY", "exchange_rates": {"EUR": 150}, **more}


@pytest.mark.parametrize(
    ("what", "after"),
    [
        ({"add": 1000}, 10_000 + 150_000),
        ({"to": 1000}, 150_000),
        ({"to": "1000 EUR"}, 150_000),
        ({"at_least": 1000}, 150_000),
        ({"at_most": 10}, 1500),
        ({"times": 3}, 30_000),
    ],
)
def test_money_is_in_euros_whatever_the_scenario_counts_in(action, what, after):
    file = action("programmes.*.costs.setup", **what)
    data = yen(programmes=[{**BARE["programmes"][0], "costs": {"setup": 10_000}}])
    assert load(data, actions=[file]).programmes[0].costs.setup == after


def test_only_amounts_are_converted(action):
    file = action("programmes.*.setup_months", to=5)
    assert load(yen(), actions=[file]).programmes[0].setup_months == 5
    pay = action("employers.*.willingness_to_pay", to="{normal: {mean: 100, sd: 10}}")
    found = load(yen(), actions=[pay]).employers[0].willingness_to_pay
    assert found.raw() == {"normal": {"mean": 15_000, "sd": 1500}}


def test_without_a_rate_only_ratios_can_be_used(action):
    data = yen(exchange_rates={})
    load(data, actions=[action("programmes.*.costs.setup", times=2)])
    file = action("programmes.*.costs.setup", add=1000)
    with pytest.raises(
        ScenarioError, match=r"action.yaml:3:\d+: patch\[0\].set: .*states no rate for it"
    ):
        load(data, actions=[file])


# --- the timeline ---------------------------------------------------------------------------


def crisis(*entries, **start):
    """Return the bare pipeline with changes at months, as (month, key, value)."""
    timeline = [
        {"month": month, "set": {f"programmes.pilot.{key}": value}} for month, key, value in entries
    ]
    return bare(
        {f"programmes.pilot.{key}": value for key, value in start.items()}, timeline=timeline
    )


def test_the_timeline_does_not_undo_an_action(action):
    key = "governments.germany.visa.lanes.standard.decisions_per_month"
    file = action("governments.*.visa.lanes.*.decisions_per_month", times=2)
    before = [change.set[key] for change in load("thamm_germany").timeline]
    after = [change.set[key] for change in load("thamm_germany", actions=[file]).timeline]
    assert after == [2 * value for value in before]


@pytest.mark.parametrize(
    ("what", "after"),
    [
        ({"add": 0.2}, {0: 0.3, 12: 0.2, 24: 0.7}),
        ({"times": 2}, {0: 0.2, 12: 0.0, 24: 1.0}),
        ({"at_least": 0.3}, {0: 0.3, 12: 0.3, 24: 0.5}),
        ({"to": 0.4}, {0: 0.4, 12: 0.4, 24: 0.4}),
    ],
)
def test_each_later_value_is_changed_the_same_way(action, what, after):
    scenario = crisis((12, "promotion", 0.0), (24, "promotion", 0.5), promotion=0.1)
    found = load(scenario, actions=[action("programmes.*.promotion", **what)])
    assert at(found, "promotion") == {month: pytest.approx(value) for month, value in after.items()}


SHARES = draw.floats(0, 1).map(lambda share: round(share, 3))


@settings(max_examples=25, deadline=None)
@given(
    start=SHARES,
    later=draw.dictionaries(draw.integers(1, 50), SHARES, max_size=4),
    least=SHARES,
    factor=draw.floats(0, 1),
)
def test_at_each_month_the_value_is_what_the_action_makes_of_the_one_without(
    tmp_path_factory, start, later, least, factor
):
    file = tmp_path_factory.mktemp("drawn") / "action.yaml"
    what = f"times: {factor!r}, at_least: {least}"
    file.write_text(
        f"name: drawn\npatch:\n  - {{set: programmes.*.occupation_match, source: none, {what}}}\n"
    )
    entries = [(month, "occupation_match", later[month]) for month in sorted(later)]
    scenario = crisis(*entries, occupation_match=start)
    found = at(load(scenario, actions=[file]), "occupation_match")
    without = at(scenario, "occupation_match")
    assert found == {month: max(value * factor, least) for month, value in without.items()}


def test_a_condition_is_judged_at_each_month(action):
    scenario = crisis((12, "selection", "employer"), (24, "selection", "institution"))
    file = action("programmes.*.selection", to="shared", where="{selection: institution}")
    found = load(scenario, actions=[file])
    assert at(found, "selection") == {0: "shared", 12: "employer", 24: "shared"}
    # of another key than the one that changes: the entry says what follows from it
    file = action("programmes.*.promotion", to=0.2, where="{selection: employer}")
    found = load(scenario, actions=[file])
    assert at(found, "promotion") == {0: 0.0, 12: 0.2, 24: 0.0}


def test_a_section_that_is_replaced_later_keeps_the_change(action):
    scenario = crisis((12, "costs", {"overhead": 500, "setup": 10}), costs={"setup": 10})
    file = action(
        "  - {set: programmes.*.costs.overhead, add: 7, source: none}\n"
        "  - {set: programmes.*.costs.setup, add: 100, source: none}\n"
    )
    found = load(scenario, actions=[file])
    assert at(found, "costs.overhead") == {0: 7, 12: 507}
    assert at(found, "costs.setup") == {0: 110, 12: 110}


def test_a_part_of_a_distribution_that_is_set_later(action):
    pay = "employers.firms.willingness_to_pay"
    timeline = [
        {"month": 12, "set": {f"{pay}.uniform.high": 10}},
        {"month": 24, "set": {pay: 4}},
    ]
    scenario = bare({pay: {"uniform": [0, 2]}}, timeline=timeline)
    found = load(scenario, actions=[action("employers.*.willingness_to_pay", at_least=3)])
    later = [one.employers[0].willingness_to_pay.raw() for _, one in segments(found)]
    assert later == [
        {"uniform": {"low": 2.0, "high": 4.0}},
        {"uniform": {"low": 0.0, "high": 10.0}},
        4.0,
    ]


def test_amounts_of_the_timeline_in_another_currency(action):
    scenario = load_data(
        {
            **BARE,
            "exchange_rates": {"AUD": 0.6},
            "timeline": [{"month": 12, "set": {"programmes.pilot.costs.overhead": "1000 AUD"}}],
        }
    )
    found = load(scenario, actions=[action("programmes.*.costs.overhead", add=50)])
    assert at(found, "costs.overhead") == {0: 50, 12: 650}


def test_a_timeline_that_has_nothing_to_do_with_an_action_stays_as_it_is(action):
    design = load("thamm_germany")
    assert load(design, actions=["campaigns"]).timeline == design.timeline


# --- what changes nothing -------------------------------------------------------------------


def test_what_is_so_already_is_no_change_and_costs_nothing():
    design = load("thamm_germany", actions=["actions/mapping_institutions"])
    assert changes_of(load("thamm_germany"), "mapping_institutions")
    assert changes_of(design, "actions/mapping_institutions") == []
    assert load(design, actions=["mapping_institutions"]) == design


def test_changes_say_from_when_they_hold(action):
    scenario = crisis((12, "promotion", 0.5), promotion=0.1)
    found = changes_of(scenario, action("programmes.*.promotion", times=2))
    assert [(one.month, one.before, one.after) for one in found] == [(0, 0.1, 0.2), (12, 0.5, 1.0)]
    assert {one.key for one in found} == {"programmes.pilot.promotion"}


# --- what is wrong --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{set: programmes.*.promotoin, to: 1, source: x}", "did you mean 'promotion'"),
        ("{set: programes.*.promotion, to: 1, source: x}", "did you mean 'programmes'"),
        ("{set: months, to: 12, source: x}", "got 'months'; allowed: governments"),
        ("{set: programmes.pilot.promotion, to: 1, source: x}", r"got 'pilot' .*allowed: \*"),
        ("{set: programmes.*.costs, to: 1, source: x}", "got the section programmes"),
        ("{set: programmes.*, to: 1, source: x}", r"got the section programmes\.\*"),
        ("{set: programmes.*.promotion.a, to: 1, source: x}", "got 'a' in programmes"),
        ("{set: 'programmes..promotion', to: 1, source: x}", "allowed: keys separated by"),
        ("{set: programmes.*.promotion, source: x}", "no operation"),
        ("{set: programmes.*.promotion, to: 1, add: 1, source: x}", "got add, to"),
        ("{set: programmes.*.promotion, at_least: 2, at_most: 1, source: x}", "got 2; allowed"),
        ("{set: programmes.*.promotion, to: 1}", "source: missing"),
        ("{set: programmes.*.promotion, too: 1, source: x}", "did you mean 'to'"),
        ("{set: programmes.*.promotion, add: fast, source: x}", "add: got 'fast'"),
        ("{set: programmes.*.promotion, to: 20, source: x}", "to: got 20; allowed: .* from 0 to"),
        ("{set: programmes.*.selection, to: shard, source: x}", "did you mean 'shared'"),
        ("{set: programmes.*.job_guarantee, to: 3, source: x}", "allowed: true or false"),
        ("{set: programmes.*.promotion, to: true, source: x}", "to: got true"),
        ("{set: programmes.*.costs.setup, to: 3 USD, source: x}", "got currency 'USD'; allowed"),
        ("{set: employers.*.count, to: 1, where: {siz: sme}, source: x}", "did you mean 'size'"),
        ("{set: employers.*.count, to: 1, where: {size: sm}, source: x}", "did you mean 'sme'"),
        ("{set: programmes.*.name, add: 1, source: x}", "not a number; allowed: to"),
    ],
)
def test_faulty_actions_are_explained(action, text, message):
    file = action(f"  - {text}\n")
    for read in (load_action, lambda one: load("bare_pipeline", actions=[one])):
        with pytest.raises(ScenarioError, match=message) as caught:
            read(file)
        assert "action.yaml:3:" in str(caught.value)


def test_an_impossible_result_is_reported_at_the_actions_line(action):
    file = action(
        "  - {set: programmes.*.promotion, add: 0.1, source: none}\n"
        "  - {set: programmes.*.occupation_match, add: 2, source: none}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load("thamm_germany", actions=[file])
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (4, "programmes.pilot.occupation_match")
    assert "allowed: a number from 0 to 1" in problem.message


def test_an_impossible_result_later_is_reported_at_the_actions_line(action):
    scenario = crisis((12, "occupation_match", 0.9), occupation_match=0.1)
    with pytest.raises(ScenarioError) as caught:
        load(scenario, actions=[action("programmes.*.occupation_match", add=0.5)])
    (problem,) = caught.value.problems
    assert problem.line == 3
    assert "got 1.4; allowed: a number from 0 to 1" in problem.message


def test_the_action_of_the_documentation_is_valid(tmp_path):
    text = (Path(__file__).resolve().parents[2] / "docs" / "actions.md").read_text()
    file = tmp_path / "documented.yaml"
    file.write_text(re.search(r"```yaml\n(.*?)```", text, re.DOTALL).group(1))
    assert {one.key.rpartition(".")[2] for one in changes_of(load("reference"), file)} == {
        "promotion",
        "patience_months",
        "overhead",
    }
    # and names what the eight do
    for name in ACTIONS:
        assert f"| {load_action(name).action} `{name.removeprefix('actions/')}` |" in text


def test_unknown_actions_get_the_nearest_name():
    with pytest.raises(ScenarioError, match="did you mean 'actions/campaigns'"):
        load("thamm_germany", actions=["actions/campaing"])
    with pytest.raises(ScenarioError, match=r"no action 'nothing\.yaml'"):
        load_action("nothing.yaml")
