"""What will surely disappoint is said before anything is run, and nothing where all is well."""

import copy

import pytest
from typer.testing import CliRunner
from worlds import BARE, bare

import smpsim
from smpsim.cli import app
from smpsim.scenario.cautions import cautions, share_below
from smpsim.scenario.levers import idle_levers
from smpsim.scenario.quantities import Distribution

PILOT = "programmes.pilot"
PATIENCE = "employers.firms.patience_months"


def said(changes, **top):
    return {one.key: one.text for one in cautions(bare(changes, **top))}


def test_nothing_is_said_of_a_sound_design():
    assert said({}) == {}
    assert cautions(smpsim.load("thamm_germany")) == []


def test_training_outlasts_what_employers_wait_for():
    patience = {"lognormal": {"median": 3, "sigma": 0.5}}
    changes = {PATIENCE: patience, f"{PILOT}.demand": "committed"}
    # ln(6 / 3) / 0.5 is 1.39 standard deviations, below which 91.7 % lie
    assert share_below(Distribution.parse(patience), 6) == pytest.approx(0.917, abs=0.001)
    text = said(changes)[PATIENCE]
    assert text.startswith(
        "Training takes 6 months, longer than nine in ten of the firms would wait"
    )
    # who takes graduates from a pool does not wait through training
    changes[f"{PILOT}.demand"] = "pool"
    assert said(changes | {"behaviour.channel.believed_months": 0}) == {}


def test_a_visa_that_takes_longer_than_employers_wait():
    lane = "governments.destination.visa.lanes.standard.minimum_months"
    text = said({PATIENCE: 5, lane: 6})[PATIENCE]
    assert "including a visa delay of 6 months" in text
    assert "longer than all of the firms would wait (median 5 months)" in text


def test_the_wait_is_the_one_that_employers_of_the_model_count_with():
    key = "employers.hotels and restaurants.patience_months"
    late, soon = (
        smpsim.load("thamm_germany", {key: n, f"{PILOT}.demand": "committed"}) for n in (4, 60)
    )
    assert [one.key for one in cautions(late)] == [key]
    assert cautions(soon) == []
    placed = [smpsim.run(one, 3).outcomes()["placed"].mean() for one in (late, soon)]
    assert placed[0] < placed[1] / 4


def test_seats_beyond_the_room_of_the_schools():
    # two schools of 40, and intakes of 100 every three months: two are in training together
    changes = {
        f"{PILOT}.intakes.every_months": 3,
        f"{PILOT}.intakes.number": 4,
        "institutions.schools.seats": 40,
    }
    text = said(changes)[f"{PILOT}.intakes.seats"]
    assert "2 intakes in training at a time would have 200 people" in text
    assert text.endswith("the schools have room for 80.")
    assert said({**changes, "institutions.schools.seats": 100}) == {}


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        (f"{PILOT}.channel", "none", "no legal channel"),
        ("governments.destination.visa.quota_per_year", 20, "A quota of 20 visas a year is less"),
        ("governments.destination.visa.lanes.standard.refusal", 1, "Every application is refused"),
        (f"{PILOT}.late_from_month", 60, "before any employer comes in"),
        (f"{PILOT}.occupation_match", 0.01, "Over the whole run, 40 suitable vacancies open"),
    ],
)
def test_what_stops_a_programme(key, value, words):
    (text,) = said({f"{PILOT}.employer_involvement": "late", key: value}).values()
    assert words in text


def test_an_office_that_others_keep_busy():
    lane = "governments.destination.visa.lanes.standard"
    changes = {f"{lane}.decisions_per_month": 10, f"{lane}.background_per_month": 10}
    assert "its queue grows without end" in said(changes)[f"{lane}.decisions_per_month"]


def test_nobody_is_warned_for_who_is_meant_to_stay():
    assert said({f"{PILOT}.channel": "none", f"{PILOT}.domestic_track_share": 1}) == {}


def test_a_fee_that_employers_do_not_pay():
    changes = {"employers.firms.willingness_to_pay": 3000, f"{PILOT}.fee_per_recruit": 4000}
    assert "all of the firms" in said(changes)[f"{PILOT}.fee_per_recruit"]


def test_intakes_that_end_after_the_run():
    changes = {f"{PILOT}.intakes.every_months": 24, f"{PILOT}.intakes.number": 4}
    assert "2 of 4 intakes of pilot cannot complete training" in said(changes, months=31)["months"]
    wages = {f"{PILOT}.wages.origin": 800, f"{PILOT}.wages.destination": 900}
    taxed = said({**wages, f"{PILOT}.wages.tax": 0.3})
    assert "pays 630, less than the 800 at home" in taxed[f"{PILOT}.wages.destination"]


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({f"{PILOT}.refund_share": 0.5}, f"{PILOT}.refund_share"),
        (
            {f"{PILOT}.promotion": 0.1, f"{PILOT}.employer_involvement": "none"},
            f"{PILOT}.promotion",
        ),
        (
            {"employers.firms.size": "large", "governments.destination.small_firm_incentive": 900},
            "governments.destination.small_firm_incentive",
        ),
    ],
)
def test_a_lever_that_cannot_act_is_named_and_does_not_act(changes, key):
    assert said(changes)[key].startswith("Has no effect: ")
    without = {one: value for one, value in changes.items() if one != key}
    with_it, plain = (smpsim.run(bare(one), 2) for one in (changes, without))
    assert with_it.outcome_table.equals(plain.outcome_table)


def test_levers_that_nobody_pulls_are_known_and_not_warned_of():
    design = bare()
    idle = {one.key: one for one in idle_levers(design, design.programmes[0])}
    assert not idle[f"{PILOT}.refund_share"].pulled
    assert f"{PILOT}.refund_share" not in said({})


def test_every_programme_of_a_scenario_is_looked_at():
    data = copy.deepcopy(BARE)
    data["programmes"].append({**data["programmes"][0], "name": "other", "channel": "none"})
    design = smpsim.load(data)
    assert [one.key for one in cautions(design)] == ["programmes.other.channel"]
    assert cautions(design, "pilot") == []


def test_check_prints_them_and_still_passes():
    found = CliRunner().invoke(app, ["check", "pam", "thamm_germany"])
    assert found.exit_code == 0
    warned = [line for line in found.stdout.splitlines() if "warning:" in line]
    assert warned == [
        "  warning: programmes.Jordan.founding_share: Has no effect: no employer is involved "
        "(employer_involvement is none)."
    ]
