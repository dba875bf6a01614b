"""Plain names of keys: one for each, from the schema, and none of them a key."""

from __future__ import annotations

import re

from smpsim.scenario import load
from smpsim.scenario.meanings import meaning_of, plain_names
from smpsim.studies.sensitivity.ranges import parameters_of


def test_every_number_of_behaviour_has_a_plain_name_of_its_own():
    parameters, _ = parameters_of(load("reference"))
    names = plain_names(one.key for one in parameters)
    assert len(names) > 100
    assert len(set(names.values())) == len(names)
    for key, name in names.items():
        assert not re.search(r"[a-z]_[a-z]|behaviour\.|;", name), (key, name)
        # symbols and numbers of equations, and words that need the neighbouring field
        jargon = r"\bE\d|\b(eta|B of|R of|Sd|[Ll]ogit)\b|^The same|\b(such a|on both|that belief)\b"
        assert not re.search(jargon, name), (key, name)


def test_names_say_whose_value_it_is_and_what_of_a_distribution():
    seats = [f"programmes.{name}.intakes.seats" for name in ("pilot", "second")]
    names = plain_names([*seats, "behaviour.people.age.lognormal.median", "months"])
    assert names[seats[0]].endswith("(pilot)")
    assert names[seats[1]].endswith("(second)")
    assert names["behaviour.people.age.lognormal.median"] == "Age at application, median"
    assert names["months"] == "Horizon"


def test_what_means_the_same_is_told_apart():
    keys = [f"behaviour.waiting.{what}.prior_employment" for what in ("domestic_job", "withdrawal")]
    names = plain_names(keys)
    assert names[keys[0]] == "Effect of a job held before (waiting domestic job)"
    assert names[keys[1]] == "Effect of a job held before (waiting withdrawal)"


def test_a_key_of_nobody_is_its_own_name():
    assert meaning_of("behaviour.people.correlations.age.dependants")[0].startswith("behaviour")
    assert plain_names(["x1"]) == {"x1": "x1"}


def test_figures_of_governments_have_names_too():
    lanes = [f"governments.germany.visa.lanes.{lane}.refusal" for lane in ("standard", "priority")]
    names = plain_names([*lanes, "governments.germany.dialogue"])
    assert names[lanes[0]] == (
        "Probability that an application is refused (germany) (lanes standard)"
    )
    assert names[lanes[1]].endswith("(germany) (lanes priority)")
    # without the number of the equation
    assert "(E" not in names["governments.germany.dialogue"]
    assert meaning_of(lanes[0])[1] == "share"
