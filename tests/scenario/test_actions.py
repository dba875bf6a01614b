"""Actions: patches that fit any scenario."""

import pytest

from smpsim.scenario import ScenarioError, action_names, changes_of, load, load_action, names
from smpsim.scenario.actions import Change, changed

ACTIONS = [entry.name for entry in action_names()]
PROGRAMMES = [entry.name for entry in names() if entry.kind in ("programmes", "sectors")]


def write(folder, text):
    file = folder / "action.yaml"
    file.write_text(f"name: mine\npatch:\n{text}")
    return file


def operation(**given):
    return Change.model_validate({"set": "programmes.*.promotion", "source": "none", **given})


@pytest.mark.parametrize(
    ("given", "before", "after"),
    [
        ({"to": 0.5}, 0.1, 0.5),
        ({"add": 0.2}, 0.1, 0.3),
        ({"times": 3}, 0.1, 0.3),
        ({"at_least": 0.2}, 0.1, 0.2),
        ({"at_least": 0.2}, 0.3, 0.3),
        ({"at_most": 0.2}, 0.3, 0.2),
        ({"add": 1, "at_most": 1}, 0.3, 1.0),
        ({"times": 0.6}, 9, 5),
        ({"add": 2}, None, None),
        ({"times": 2}, {"lognormal": {"median": 3, "sigma": 0.5}}, {"median": 6, "sigma": 0.5}),
        ({"add": 1}, {"uniform": {"low": 1, "high": 2}}, {"low": 2, "high": 3}),
    ],
)
def test_operations(given, before, after):
    found = changed(before, operation(**given))
    if isinstance(after, dict):
        (found,) = found.values()
    assert found == pytest.approx(after) if after is not None else found is None


def test_there_are_eight_actions_in_their_order():
    assert [load_action(name).action for name in ACTIONS] == list(range(1, 9))


@pytest.mark.parametrize("scenario", PROGRAMMES)
def test_every_action_fits_every_programme(scenario):
    design = load(scenario)
    for name in ACTIONS:
        with_it = load(design, actions=[name])
        assert with_it.behaviour == design.behaviour, "an action changes design and environment"
        # applied again it changes at most what it adds or multiplies
        assert {one.key for one in changes_of(with_it, name)} <= {
            one.key for one in changes_of(design, name)
        }


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_has_a_price_and_sources(name):
    action = load_action(name)
    assert any(change.set.startswith("programmes.*.costs.") for change in action.patch)
    assert all("assumption" in c.source or "SMP paper" in c.source for c in action.patch)
    assert "SMP paper, Action" in action.source


def test_actions_come_before_overrides_and_in_their_order(tmp_path):
    file = write(tmp_path, "  - {set: programmes.*.promotion, times: 2, source: none}\n")
    base = load("thamm_germany").programmes[0].promotion
    assert load("thamm_germany", actions=[file, file]).programmes[0].promotion == 4 * base
    one = load("thamm_germany", {"programmes.pilot.promotion": 0.3}, actions=[file])
    assert one.programmes[0].promotion == 0.3
    first = load("thamm_germany", actions=["campaigns", file]).programmes[0].promotion
    second = load("thamm_germany", actions=[file, "actions/campaigns"]).programmes[0].promotion
    assert first == pytest.approx(2 * (base + 0.04))
    assert second == pytest.approx(2 * base + 0.04)


def test_only_sections_that_fit_are_changed(tmp_path):
    file = write(
        tmp_path,
        "  - {set: governments.*.dialogue, to: 0.9, where: {role: destination}, source: none}\n",
    )
    found = load("thamm_germany", actions=[file]).governments
    assert {name: one.dialogue for name, one in found.items()} == {
        "germany": 0.9,
        "north_africa": load("thamm_germany").governments["north_africa"].dialogue,
    }


def test_money_is_in_euros_whatever_the_scenario_counts_in(tmp_path):
    file = write(tmp_path, "  - {set: programmes.*.costs.setup, add: 1000, source: none}\n")
    data = {
        "extends": "bare_pipeline",
        "currency": "JPY",
        "exchange_rates": {"EUR": 150},
    }
    base = load(data).programmes[0].costs.setup
    assert load(data, actions=[file]).programmes[0].costs.setup == base + 150_000
    with pytest.raises(ScenarioError, match="found no rate of EUR in a scenario that counts in"):
        load({**data, "exchange_rates": {}}, actions=[file])


def test_the_timeline_does_not_undo_an_action(tmp_path):
    key = "governments.germany.visa.lanes.standard.decisions_per_month"
    file = write(
        tmp_path,
        "  - {set: governments.*.visa.lanes.*.decisions_per_month, times: 2, source: none}\n",
    )
    before = [change.set[key] for change in load("thamm_germany").timeline]
    after = [change.set[key] for change in load("thamm_germany", actions=[file]).timeline]
    assert after == [2 * value for value in before]


def test_what_is_so_already_is_no_change():
    design = load("thamm_germany", actions=["actions/mapping_institutions"])
    found = {one.key for one in changes_of(design, "actions/mapping_institutions")}
    # what it costs would be paid again, but nothing else changes
    assert found == {"programmes.pilot.costs.setup"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("  - {set: programmes.*.promotoin, to: 1, source: x}\n", "did you mean 'promotion'"),
        ("  - {set: programmes.*.promotion, source: x}\n", "found no operation"),
        ("  - {set: programmes.*.promotion, to: 1, add: 1, source: x}\n", "found add, to"),
        ("  - {set: programmes.*.promotion, to: 1}\n", "source: found no such key"),
        (
            "  - {set: employers.*.count, to: 1, where: {siz: sme}, source: x}\n",
            "did you mean 'size'",
        ),
        ("  - {set: programmes.*.name, add: 1, source: x}\n", "allowed for add, times or bounds"),
    ],
)
def test_faulty_actions_are_explained(tmp_path, text, message):
    with pytest.raises(ScenarioError, match=message) as caught:
        load("thamm_germany", actions=[write(tmp_path, text)])
    assert "action.yaml:3:" in str(caught.value)


def test_an_impossible_result_is_named(tmp_path):
    file = write(tmp_path, "  - {set: programmes.*.occupation_match, add: 2, source: none}\n")
    with pytest.raises(ScenarioError, match=r"occupation_match: found 2.\d+, allowed: a number"):
        load("thamm_germany", actions=[file])


def test_unknown_actions_get_the_nearest_name():
    with pytest.raises(ScenarioError, match="did you mean 'actions/campaigns'"):
        load("thamm_germany", actions=["actions/campaing"])
