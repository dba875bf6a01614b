"""Guided questions: each a key path whose range and unit are the schema's."""

import pytest
from worlds import bare

from smpsim import scenarios
from smpsim.app.state import State, moved
from smpsim.guided.questions import QUESTIONS, controls
from smpsim.scenario import ScenarioError, get_value
from smpsim.scenario.allowed_values import Shape

SEATS = "programmes.pilot.intakes.seats"
TRAINING = "programmes.pilot.funding.training.employer"


def asked(design, original=None):
    name = design.programmes[0].name
    found = controls(design, original or design, name)
    return {one.key: one for members in found.values() for one in members}


@pytest.fixture(scope="module")
def thamm():
    return State("thamm_germany").design()


def test_a_slider_has_unit_range_and_words_of_the_schema(thamm):
    found = asked(thamm)
    seats = found[SEATS]
    assert (seats.label, seats.unit, seats.value) == ("Seats", "trainees per intake", 120)
    assert (seats.low, seats.high, seats.is_whole) == (0, 500, True)
    share = found["programmes.pilot.founding_share"]
    assert (share.low, share.high) == (0, 1)
    assert found["programmes.pilot.employer_involvement"].words == ("design", "late", "none")
    assert found["programmes.pilot.visa_lane"].words == ("standard", "priority")


def test_a_distribution_is_moved_by_its_middle(thamm):
    found = asked(thamm)
    key = "employers.hotels and restaurants.patience_months.lognormal.median"
    assert found[key].value == 12
    assert found[key].label == "Longest acceptable time to arrival (median)"
    openings = found["employers.hotels and restaurants.vacancies_per_year.poisson"]
    assert openings.label == "Openings of each employer (mean)"


def test_the_timeline_is_said_where_it_takes_over(thamm):
    lane = "governments.germany.visa.lanes.standard"
    assert asked(thamm)[f"{lane}.decisions_per_month"].note.startswith(
        "takes effect until month 14"
    )
    assert asked(thamm)[f"{lane}.refusal"].note == ""


def test_every_scenario_of_the_catalogue_is_asked_about():
    table = scenarios()
    for name in table.index[table["runs"]]:
        design = State(name).design()
        for programme in design.programmes:
            found = controls(design, design, programme.name)
            assert list(found) == list(QUESTIONS)
            for one in (control for members in found.values() for control in members):
                assert one.label, one.key
                assert one.words or one.low <= one.value <= one.high, one.key
                assert one.words or one.low < one.high, one.key
                # the scenario's own value lies on the grid, so that a slider leaves it alone
                steps = (one.value - one.low) / one.step if not one.words else 0
                assert abs(steps - round(steps)) < 1e-3, one.key
                assert one.words or one.taken(one.value) == pytest.approx(one.value), one.key


@pytest.mark.slow
def test_values_that_are_moved_stand_in_the_scenario():
    state = State("thamm_germany")
    for control in asked(state.design()).values():
        value = control.words[0] if control.words else control.low + 2 * control.step
        try:
            new = moved(state, control, value)
        except ScenarioError:
            # the spread that a distribution has allows no such middle
            assert ".beta." in control.key
            continue
        again = asked(new.design(), state.design())[control.key]
        assert again.value == pytest.approx(value) if not control.words else again.value == value
        assert again.original == control.original
        assert moved(new, again, control.original) == state


def test_a_share_of_the_funding_leaves_the_others_in_proportion(thamm):
    state = moved(State("thamm_germany"), asked(thamm)[TRAINING], 0.5)
    found = get_value(state.design(), "programmes.pilot.funding.training")
    assert found == pytest.approx({"employer": 0.5, "donor": 0.45, "origin_state": 0.05})
    whole = moved(state, asked(state.design(), thamm)[TRAINING], 1)
    assert get_value(whole.design(), "programmes.pilot.funding.training") == {"employer": 1}


@pytest.mark.parametrize("share", [0.01, 1 / 3, 0.07, 0.99])
def test_shares_of_the_funding_always_add_up(share, thamm):
    moved(State("thamm_germany"), asked(thamm)[TRAINING], share)


def test_an_impossible_value_is_refused_with_a_message(thamm):
    quality = asked(thamm)["institutions.hotel schools.quality.beta.mean"]
    with pytest.raises(ScenarioError, match="quality"):
        moved(State("thamm_germany"), quality, 1.0)


def test_what_is_not_stated_is_not_asked():
    found = asked(bare())
    assert "employers.firms.patience_months" not in found
    assert "governments.destination.visa.lanes.standard.decisions_per_month" not in found


def test_a_lane_with_a_fixed_delay_is_asked_for_its_delay():
    lane = "governments.destination.visa.lanes.standard.months"
    found = asked(bare({lane: {"lognormal": {"median": 4, "sigma": 0.5}}}))
    assert found[f"{lane}.lognormal.median"].value == 4


def test_bounds_are_the_tightest_of_the_schema():
    assert Shape(float).bounds == (float("-inf"), float("inf"))
