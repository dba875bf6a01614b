"""Likely ranges: how they are written, what they are drawn as, and what becomes of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from smpsim.scenario import ScenarioError, load
from smpsim.scenario.parameters import parameters
from smpsim.scenario.ranges import FARTHEST, TAIL, Range, ranges_of, score_of
from smpsim.scenario.worlds import Worlds

QUIT = "behaviour.retention.quit"
RANGE = {"low": 0.005, "centre": 0.012, "high": 0.03}
WITH = {
    QUIT: RANGE,
    "behaviour.people.savings.lognormal.median": {"low": 300, "centre": 800, "high": 1500},
    "behaviour.people.aptitude.beta.mean": {"low": 0.4, "centre": 0.5, "high": 0.6},
    "behaviour.exam.retakes": {"low": 1, "centre": 2, "high": 4},
    "behaviour.retention.wage": {"low": -0.5, "centre": 1.0, "high": 2.0},
}


def plain(**changes):
    return {"extends": "bare_pipeline", **changes}


def test_the_centre_is_what_is_run_and_the_ends_are_kept():
    found = load("reference", WITH)
    assert found.behaviour.retention.quit == 0.012
    assert found.behaviour.exam.retakes == 2
    assert dict(found.behaviour.people.savings.parameters)["median"] == 800
    assert found.likely_ranges[QUIT] == (0.005, 0.03)
    # plain data hold them too, so that a scenario that is kept is the same again
    assert load(found.model_dump(mode="json")) == found
    assert load(found) == found


def test_amounts_of_a_range_are_converted():
    wages = {"low": "100 MAD", "centre": "200 MAD", "high": "500 MAD"}
    data = plain(
        exchange_rates={"MAD": 0.1},
        sources={"exchange_rates.MAD": "made up"},
        behaviour={"retention": {"quit": 0.01}, "participation": {"scale": wages}},
    )
    found = load(data)
    assert found.behaviour.participation.scale == 20
    assert found.likely_ranges["behaviour.participation.scale"] == (10, 50)


def test_what_is_set_is_held_fixed():
    found = load("reference", WITH)
    assert QUIT not in load(found, {QUIT: 0.02}).likely_ranges
    other = {"lognormal": {"median": 500, "sigma": 0.3}}
    found_other = load(found, {"behaviour.people.savings": other})
    assert "people.savings" not in str(found_other.likely_ranges)
    # another parameter of the same distribution leaves it
    kept = load(found, {"behaviour.people.savings.lognormal.sigma": 0.3})
    assert "people.savings" in str(kept.likely_ranges)
    # and so does a file that extends another and states a plain number
    upper = {"extends": "bare_pipeline", "behaviour": {"retention": {"quit": RANGE}}}
    assert load(upper).likely_ranges == {QUIT: (0.005, 0.03)}


@pytest.mark.parametrize(
    ("key", "written", "said"),
    [
        (QUIT, {"low": 0.05, "centre": 0.012, "high": 0.03}, "rising order"),
        (QUIT, {"centre": 0.012, "high": 0.03}, "without low"),
        (QUIT, {"centre": 0.012}, "without low and high"),
        (QUIT, {"low": 0, "centre": 0.012, "high": 0.03}, "low above 0"),
        (QUIT, {"low": 0.01, "centre": 0.012, "high": 100}, "from 0 to 50"),
        ("behaviour.retention.poaching", {"low": 0.0, "centre": 1, "high": 1}, None),
        ("behaviour.awareness.initially_aware", {"low": 0.1, "centre": 0.5, "high": 1}, "below 1"),
        ("behaviour.awareness.initially_aware", {"low": 0.1, "centre": 0.5, "high": 2}, "0 to 1"),
        ("months", {"low": 12, "centre": 24, "high": 36}, "the same in all runs"),
    ],
)
def test_a_faulty_range_says_what_is_allowed(key, written, said):
    if said is None:
        assert load("bare_pipeline", {key: written}).likely_ranges[key] == (0.0, 1)
        return
    with pytest.raises(ScenarioError, match=said) as error:
        load("bare_pipeline", {key: written})
    assert key in str(error.value)


def test_an_action_moves_the_range_with_the_number_and_drops_it_where_it_sets_one(tmp_path):
    action = tmp_path / "slower.yaml"
    action.write_text(
        "name: Slower\ndescription: A test\nsource: 'assumption: a test'\npatch:\n"
        "  - set: programmes.*.costs.setup\n    times: 2\n    source: 'assumption: a test'\n"
        "  - set: programmes.*.costs.overhead\n    to: 50\n    source: 'assumption: a test'\n",
        encoding="utf-8",
    )
    base = load(
        "bare_pipeline",
        {
            "programmes.pilot.costs.setup": {"low": 100, "centre": 200, "high": 500},
            "programmes.pilot.costs.overhead": {"low": 10, "centre": 20, "high": 50},
        },
    )
    acted = load(base, actions=[str(action)])
    assert acted.programmes[0].costs.setup == 400
    assert acted.likely_ranges == {"programmes.pilot.costs.setup": (200, 1000)}


@given(st.floats(0.001, 0.999))
def test_a_score_is_that_of_a_normal_distribution_without_its_tails(uniform):
    normal = stats.truncnorm(stats.norm.ppf(FARTHEST), stats.norm.ppf(1 - FARTHEST))
    assert normal.cdf(score_of(uniform)) == pytest.approx(uniform, abs=1e-9)


@pytest.mark.parametrize("scale", ["log", "odds", "plain"])
def test_a_range_holds_nine_tenths_of_its_draws(scale):
    one = Range(0.1, 0.2, 0.7, scale)
    drawn = np.array([one.at(score_of((n + 0.5) / 10_000)) for n in range(10_000)])
    assert np.quantile(drawn, [0.05, 0.5, 0.95]) == pytest.approx([0.1, 0.2, 0.7], rel=2e-3)
    ends = [one.at(score) for score in (-TAIL, 0.0, TAIL)]
    assert ends == pytest.approx([0.1, 0.2, 0.7], rel=1e-12)
    assert (np.diff(drawn) > 0).all()


def test_a_world_is_the_scenario_loaded_with_its_values():
    base = load("thamm_germany", WITH)
    worlds = Worlds(base, parameters("likely"), 7)
    assert set(WITH) <= set(worlds.keys)
    for number in (0, 3, 300):
        assert worlds.scenario(number) == load(base, worlds.values(number))
    retakes = {worlds.scenario(n).behaviour.exam.retakes for n in range(60)}
    assert retakes <= {1, 2, 3, 4, 5}
    assert len(retakes) > 2


def test_a_number_has_the_same_draws_whatever_else_is_drawn():
    few = load("reference", {QUIT: RANGE})
    many = load("reference", WITH)
    one, other = (Worlds(base, parameters("likely"), 3) for base in (few, many))
    assert [one.values(n)[QUIT] for n in range(9)] == [other.values(n)[QUIT] for n in range(9)]
    again = Worlds(few, parameters("likely"), 4)
    assert one.values(0) != again.values(0)


def test_the_draws_are_those_of_the_ranges():
    # a range of its own: that of base.yaml would be drawn from the calibration
    base = load("reference", {**WITH, QUIT: {"low": 0.004, "centre": 0.012, "high": 0.031}})
    worlds = Worlds(base, parameters("likely"), 1)
    drawn = np.array([worlds.values(n)[QUIT] for n in range(4000)])
    assert np.quantile(drawn, [0.05, 0.5, 0.95]) == pytest.approx([0.004, 0.012, 0.031], rel=0.06)


def test_the_timeline_wins_over_a_draw_from_its_month_on():
    from smpsim.scenario import segments

    timeline = [{"month": 6, "set": {QUIT: 0.2}}, {"month": 12, "set": {QUIT: 0.012}}]
    base = load("bare_pipeline", {QUIT: RANGE, "timeline": timeline})
    world = Worlds(base, parameters("likely"), 1).scenario(0)
    quits = [part.behaviour.retention.quit for _, part in segments(world)]
    assert quits[1] == 0.2
    assert quits[0] == quits[2] != 0.012


def test_joint_draws_of_a_file_hold_for_any_scenario_that_has_their_keys(tmp_path):
    file = tmp_path / "draws.csv"
    file.write_text(f"# a comment\n{QUIT},no.such.key\n0.02,1\n0.03,2\n", encoding="utf-8")
    worlds = Worlds(load("bare_pipeline"), parameters(file), 1)
    assert worlds.keys == (QUIT,)
    assert {worlds.values(n)[QUIT] for n in range(4)} == {0.02, 0.03}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{QUIT}\nabc\n", "draw 0"),
        (f"{QUIT}\n", "no draws"),
        ("a..b\n1\n", "single dots"),
        (None, "did you mean 'likely'|cannot be read"),
    ],
)
def test_a_faulty_table_of_draws_says_so(tmp_path, text, said):
    file = tmp_path / "draws.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=said):
        parameters(file)


def test_the_ranges_of_a_scenario_are_drawn_on_scales_that_fit():
    scales = {key: one.scale for key, (_, one) in ranges_of(load("reference", WITH)).items()}
    assert scales[QUIT] == scales["behaviour.exam.retakes"] == "log"
    assert scales["behaviour.people.aptitude.beta.mean"] == "odds"
    assert scales["behaviour.retention.wage"] == "plain"
