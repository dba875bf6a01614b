"""Who pays: shares of every item at once, and of items by name."""

import jsonschema
import numpy as np
import pytest
import yaml

import smpsim
from smpsim.cli.present import as_file
from smpsim.guided.questions import controls
from smpsim.scenario import ScenarioError, get_value, load, load_data, segments
from smpsim.scenario.cautions import cautions
from smpsim.scenario.editor_schemas import json_schema
from smpsim.scenario.merging import merge
from smpsim.studies.report.provisions import terms_table
from smpsim.vocabulary import SHARED_ITEMS
from smpsim.world.terms import funding_table, own_cost_table

FUNDING = "programmes.pilot.funding"
TWO = {"employer": 0.6, "destination_state": 0.4}
OWN = {"books": {"per": "enrolled", "amount": 120}}
PILOT = "programmes.pilot"


def written_out(shares, **named):
    return {**dict.fromkeys(SHARED_ITEMS, shares), **named}


def design(funding, **more):
    return load("bare_pipeline", {FUNDING: funding, **more})


@pytest.mark.parametrize("named", [{}, {"travel": {"trainee": 1.0}, "stipend": {"donor": 1.0}}])
def test_all_is_the_same_as_every_item_written_out(named):
    one, other = design({"all": TWO, **named}), design(written_out(TWO, **named))
    assert np.array_equal(funding_table(one), funding_table(other))
    first, second = (smpsim.run(each, 3, seed=5) for each in (one, other))
    assert first.outcomes().equals(second.outcomes())
    # and not those of the donor, who pays where nothing is said
    donors = smpsim.run(design(named), 3, seed=5).outcomes()
    assert (first.outcomes()["cost_employer"] > donors["cost_employer"]).all()


def test_a_saved_scenario_runs_again_to_the_same_numbers(tmp_path):
    result = smpsim.run(design({"all": TWO, "visa": {"donor": 1.0}}), 3, seed=5)
    file = tmp_path / "scenario.yaml"
    file.write_text(as_file(result.scenario), encoding="utf-8")
    assert yaml.safe_load(file.read_text())["programmes"][0]["funding"]["all"] == TWO
    assert smpsim.run(file, 3, seed=5).outcomes().equals(result.outcomes())


def test_costs_of_a_scenario_s_own_are_paid_as_all_says_unless_they_name_payers():
    own = {f"{PILOT}.own_costs": {**OWN, "coach": {**OWN["books"], "payers": {"trainee": 1.0}}}}
    shares = own_cost_table(design({"all": TWO}, **own))["shares"][0, :2]
    assert shares[0].tolist() == pytest.approx([0.6, 0, 0.4, 0, 0, 0, 0])
    assert shares[1].tolist() == [0, 1, 0, 0, 0, 0, 0]
    (donors,) = own_cost_table(design({}, **own))["shares"][0, :1]
    assert donors.tolist() == [0, 0, 0, 0, 1, 0, 0]


def test_an_item_without_shares_is_one_that_is_left_out():
    for funding in ({"visa": {}}, {"all": {}, "visa": {}}):
        assert design(funding).programmes[0].payers_of("visa") == {"donor": 1.0}
    assert design({"all": TWO, "visa": {}}).programmes[0].payers_of("visa") == TWO


def test_shares_of_all_add_up_and_are_reported_at_their_line(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "extends: bare_pipeline\nprogrammes:\n  - name: pilot\n    funding:\n"
        "      all: {employer: 0.6, donor: 0.3}\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError) as caught:
        load(file)
    (problem,) = caught.value.problems
    assert (problem.line, problem.key) == (5, f"{FUNDING}.all")
    assert problem.message == "got shares that add up to 0.9; allowed: 1"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"al": TWO}, "mean 'all'"),
        ({"all": {"employers": 1.0}}, "mean 'employer'"),
        ({"all": {"employer": 2.0, "donor": -1.0}}, "from 0 to 1"),
        ({"all": 0.6}, "got 0.6"),
    ],
)
def test_what_is_wrong_is_said_with_what_is_allowed(wrong, said):
    with pytest.raises(ScenarioError, match=said):
        design(wrong)


def test_key_paths_change_only_what_they_name():
    sets = [f"{FUNDING}.all.employer=0.6", f"{FUNDING}.all.destination_state=0.4"]
    programme = load("bare_pipeline", sets).programmes[0]
    assert programme.payers_of("training") == TWO
    # named in the file
    assert programme.payers_of("visa") == {"employer": 1.0}
    changed = load(
        "bare_pipeline", [*sets, f"{FUNDING}.all.employer=0.5", f"{FUNDING}.all.donor=0.1"]
    )
    assert get_value(changed, f"{FUNDING}.all.employer") == 0.5
    whole = load("bare_pipeline", [f"{FUNDING}={{all: {{employer: 1}}}}"]).programmes[0]
    assert whole.payers_of("travel") == {"employer": 1.0}
    with pytest.raises(ScenarioError, match=r"funding\.all: got shares that add up to 0\.6"):
        load("bare_pipeline", [f"{FUNDING}.all.employer=0.6"])


def test_an_upper_file_that_says_all_replaces_the_funding_below():
    def of(**items):
        return {"programmes": [{"name": "pilot", "funding": items}]}

    items = {"visa": {"donor": 1.0}, "travel": {"trainee": 1.0}}
    above = of(all=TWO, travel={"donor": 1.0})
    assert merge(of(**items), above) == above
    assert merge(of(all={"donor": 1.0}), above) == above
    # items above an `all` leave it to the others
    assert merge(of(all=TWO), of(**items)) == of(all=TWO, **items)


def test_three_files_on_top_of_each_other(tmp_path):
    def file(name, below, funding):
        text = {"extends": below, "programmes": [{"name": "pilot", "funding": funding}]}
        (tmp_path / name).write_text(yaml.safe_dump(text), encoding="utf-8")
        return name

    first = file("first.yaml", "bare_pipeline", {"all": TWO})
    second = file("second.yaml", first, {"exam": {"trainee": 1.0}})
    pilot = load(tmp_path / second).programmes[0]
    assert pilot.payers_of("exam") == {"trainee": 1.0}
    # named in the catalogue's file only
    assert pilot.payers_of("visa") == TWO
    third = file("third.yaml", second, {"all": {"donor": 1.0}})
    assert load(tmp_path / third).programmes[0].payers_of("exam") == {"donor": 1.0}


def test_the_timeline_and_actions_can_change_who_pays_for_all(tmp_path):
    change = {"month": 6, "set": {f"{FUNDING}.all": {"donor": 1.0}}, "why": "a new agreement"}
    scenario = design({"all": TWO, "visa": {"trainee": 1.0}}, timeline=[change])
    (_, before), (month, after) = segments(scenario)
    assert month == 6
    assert before.programmes[0].payers_of("exam") == TWO
    assert after.programmes[0].payers_of("exam") == {"donor": 1.0}
    assert after.programmes[0].payers_of("visa") == {"trainee": 1.0}
    action = tmp_path / "all_by_employers.yaml"
    patch = {"set": "programmes.*.funding.all", "to": {"employer": 1.0}, "source": "assumption"}
    action.write_text(yaml.safe_dump({"name": "Employers pay", "patch": [patch]}))
    acted = load("bare_pipeline", actions=[action]).programmes[0]
    assert acted.payers_of("training") == {"employer": 1.0}


def test_shares_of_all_may_have_ranges_as_those_of_items_have():
    part = {"low": 0.5, "centre": 0.6, "high": 0.7}
    for item in ("all", "training"):
        scenario = design({item: {"employer": part, "donor": 0.4}})
        assert scenario.likely_ranges[f"{FUNDING}.{item}.employer"] == (0.5, 0.7)


def test_the_json_schema_knows_the_key():
    check = jsonschema.Draft202012Validator(json_schema())
    below = {"extends": "bare_pipeline", "programmes": [{"name": "pilot", "funding": {"all": TWO}}]}
    assert check.is_valid(below)
    below["programmes"][0]["funding"] = {"every": TWO}
    assert not check.is_valid(below)


def test_a_warning_where_all_has_nothing_left_to_say():
    def warned(funding, **more):
        return [one for one in cautions(design(funding, **more)) if "funding.all" in str(one)]

    (text,) = map(str, warned({"all": {"donor": 1.0}, **written_out(TWO)}))
    assert "each item has shares of its own" in text
    assert not warned({"all": TWO, **written_out(TWO)}, **{f"{PILOT}.own_costs": OWN})
    assert not warned({"all": TWO})
    assert not warned(written_out(TWO))


def test_the_cause_of_a_difference_is_named_when_only_all_differs():
    found = smpsim.explain(design({"all": TWO}), design({"all": {"donor": 1.0}}), 2)
    assert found.values()["key"].tolist() == [f"{FUNDING}.all"]


def test_a_slider_names_the_item_that_it_moves():
    scenario = design({"all": TWO})
    asked = controls(scenario, scenario, "pilot").values()
    (moved,) = (one for part in asked for one in part if one.key == f"{FUNDING}.training.employer")
    assert moved.value == 0.6
    key, value = moved.setting(0.5, scenario)
    assert (key, value) == (f"{FUNDING}.training", {"employer": 0.5, "destination_state": 0.5})
    after = load(scenario, {key: value}).programmes[0]
    assert (after.payers_of("training"), after.payers_of("exam")) == (value, TWO)


def test_cards_of_reports_say_who_pays_for_all():
    table = terms_table({"mine": design({"all": TWO})})
    assert table.loc["Who pays the shared costs", "mine"] == "employer 60 %, destination state 40 %"


def test_plain_data_with_all():
    data = {"extends": "bare_pipeline", "programmes": [{"name": "pilot", "funding": {"all": TWO}}]}
    assert load_data(data).programmes[0].payers_of("visa") == TWO
