"""Every bad input gives one clear message at the exact place, and never a traceback."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smpsim.messages import one_line, shown_list, shown_value
from smpsim.scenario import Problem, Scenario, ScenarioError, load, load_data

# (what is replaced, by what with @@ before the faulty place, key path, parts of the message)
BAD_VALUES = [
    ("months: 24", "months: @@0", "months", ["got 0", "from 1 to 600", "[months]"]),
    ("months: 24", "months: @@2.5", "months", ["got 2.5", "a whole number"]),
    ("months: 24", "months: @@two", "months", ["got 'two'", "a whole number"]),
    ("months: 24", "months: @@yes", "months", ["got true", "a whole number"]),
    ("months: 24", "months:@@", "months", ["got null", "a whole number"]),
    ("months: 24", "months: @@.inf", "months", ["got inf", "a whole number"]),
    ("months: 24", "months: @@[1]", "months", ["got [1]", "a whole number"]),
    ("months: 24", "@@monhs: 24", "monhs", ["unknown key", "and 11 more", "mean 'months'"]),
    ("months: 24", "start: @@2019-13", "start", ["got '2019-13'", "such as 2024-01"]),
    ("months: 24", "start: @@2019-01-01", "start", ["got '2019-01-01'", "2024-01"]),
    ("months: 24", "start: @@201901", "start", ["got 201901", "such as 2024-01"]),
    ("months: 24", "currency: @@eur", "currency", ["got 'eur'", "such as EUR"]),
    ("months: 24", "discount_rate: @@.nan", "discount_rate", ["got nan", "from 0 to 1"]),
    ("months: 24", "exchange_rates: {USD: @@0}", "exchange_rates.USD", ["got 0", "above 0"]),
    ("months: 24", "exchange_rates: {USD: @@a}", "exchange_rates.USD", ["got 'a'", "above"]),
    ("name: Minimal", "@@question: why", "name", ["missing", "text"]),
    ("name: Minimal", "name: @@''", "name", ["got ''", "not empty"]),
    ("name: Minimal", "name: @@no", "name", ["got false", "text", "in quotes"]),
    (
        "{role: destination}",
        "{role: @@destinaton}",
        "governments.north.role",
        ["got 'destinaton'", "destination, origin", "mean 'destination'"],
    ),
    (
        "north: {role: destination}",
        "@@north: {dialogue: 1}",
        "governments.north.role",
        ["missing"],
    ),
    ("{role: destination}", "@@5", "governments.north", ["got 5", "a section with the keys"]),
    (
        "{role: destination}",
        "{role: destination, visa: {lanes: {standard: {refusal: @@1.5}}}}",
        "governments.north.visa.lanes.standard.refusal",
        ["got 1.5", "from 0 to 1 [share]"],
    ),
    (
        "{role: destination}",
        "{role: destination, recognition: {months: @@{lognorml: {median: 4, sigma: 1}}}}",
        "governments.north.recognition.months",
        ["got distribution 'lognorml'", "[months]", "mean 'lognormal'"],
    ),
    (
        "{role: destination}",
        "{role: destination, recognition: {months: @@{lognormal: {median: 0, sigma: 1}}}}",
        "governments.north.recognition.months",
        ["median > 0"],
    ),
    (
        "seats: 40",
        "quality: @@{beta: {mean: 0.5, sd: 0.9}}",
        "institutions.schools.quality",
        ["got beta", "sd < sqrt", "[0 to 1]"],
    ),
    ("seats: 40", "seats: @@-1", "institutions.schools.seats", ["got -1", "or null"]),
    ("seats: 40", "@@sats: 40", "institutions.schools.sats", ["unknown key", "mean 'seats'"]),
    ("seats: 40", "mapped: @@3", "institutions.schools.mapped", ["got 3", "true or false"]),
    ("origin: south,", "origin: @@no,", "institutions.schools.origin", ["in quotes"]),
    ("{name: schools, ", "@@{", "institutions[0].name", ["missing", "text"]),
    (
        "country: north",
        "country: north, vacancies_per_year: {@@poison: 2}",
        "employers.hotels.vacancies_per_year.poison",
        ["unknown key", "mean 'poisson'"],
    ),
    (
        "country: north",
        "country: north, vacancies_per_year: @@many",
        "employers.hotels.vacancies_per_year",
        ["got 'many'", "a number from 0 to 1,000,000 or a section with the keys poisson"],
    ),
    (
        "country: north",
        "country: north, vacancies_per_year: {poisson: @@many}",
        "employers.hotels.vacancies_per_year.poisson",
        ["got 'many'", "a number from 0 to 1,000,000 [per year]"],
    ),
    (
        "country: north",
        "country: north, vacancies_per_year: @@-2",
        "employers.hotels.vacancies_per_year",
        ["got -2", "0 to 1,000,000"],
    ),
    (
        "country: north",
        "country: north, vouching: @@asociation",
        "employers.hotels.vouching",
        ["got 'asociation'", "trade_union", "mean 'association'"],
    ),
    (
        "name: pilot\n    institutions: [schools]\n    employers: [hotels]\n"
        "    destination: north\n    intakes: {seats: 10}",
        "@@name: pilot\n    institutions: [schools]\n    employers: [hotels]\n"
        "    destination: north",
        "programmes.pilot.intakes",
        ["missing"],
    ),
    (
        "intakes: {seats: 10}",
        "@@intakes: {number: 2}",
        "programmes.pilot.intakes.seats",
        ["a number from 0"],
    ),
    (" {seats: 10}", "@@ ", "programmes.pilot.intakes", ["got null", "leave the key out"]),
    ("{visa: 300}", "{visa: @@-3}", "programmes.pilot.costs.visa", ["got -3", "500 EUR"]),
    (
        "{visa: 300}",
        "{visa: @@300 USD}",
        "programmes.pilot.costs.visa",
        ["got currency 'USD'", "allowed: EUR"],
    ),
    ("{visa: 300}", "{visa: @@dear}", "programmes.pilot.costs.visa", ["got 'dear'"]),
    (
        "costs: {visa: 300}",
        "funding: {visa: @@{donor: 0.5}}",
        "programmes.pilot.funding.visa",
        ["add up to 0.5", "allowed: 1"],
    ),
    (
        "costs: {visa: 300}",
        "funding: {@@visas: {donor: 1}}",
        "programmes.pilot.funding.visas",
        ["unknown key", "mean 'visa'"],
    ),
    (
        "costs: {visa: 300}",
        "funding: {visa: {@@doner: 1}}",
        "programmes.pilot.funding.visa.doner",
        ["unknown key", "mean 'donor'"],
    ),
    ("costs: {visa: 300}", "visa_lane: @@3", "programmes.pilot.visa_lane", ["got 3", "text"]),
    (
        "months: 24",
        "behaviour: {training: {level_hours: @@[1, 2, 3]}}",
        "behaviour.training.level_hours",
        ["got [1, 2, 3]", "a list of 6 numbers"],
    ),
    (
        "months: 24",
        "behaviour: {training: {level_hours: @@[6, 5, 4, 3, 2, 1]}}",
        "behaviour.training.level_hours",
        ["rising numbers"],
    ),
    (
        "months: 24",
        "behaviour: {exam: {pass_probability: @@yes}}",
        "behaviour.exam.pass_probability",
        ["got true", "a number from 0 to 1 or null [share]"],
    ),
]

BAD_REFERENCES = [
    (
        "origin: south",
        "origin: @@sooth",
        "institutions.schools.origin",
        ["got 'sooth'", "role origin: south", "mean 'south'"],
    ),
    ("origin: south", "origin: @@north", "institutions.schools.origin", ["got 'north'"]),
    ("country: north", "country: @@south", "employers.hotels.country", ["role destination"]),
    ("destination: north", "destination: @@nort", "programmes.pilot.destination", ["mean 'north'"]),
    (
        "[schools]",
        "[@@schols]",
        "programmes.pilot.institutions[0]",
        ["got 'schols'", "allowed: schools", "mean 'schools'"],
    ),
    ("[hotels]", "[hotels, @@hotels]", "programmes.pilot.employers[1]", ["twice"]),
    ("[hotels]", "[@@hostels]", "programmes.pilot.employers[0]", ["mean 'hotels'"]),
    (
        "costs: {visa: 300}",
        "visa_lane: @@priority",
        "programmes.pilot.visa_lane",
        ["got 'priority'", "a lane of north: standard"],
    ),
    (
        "costs: {visa: 300}",
        "@@contract: {kind: seasonal}",
        "programmes.pilot.contract.months",
        ["no length for a seasonal contract", "from 1 to 600"],
    ),
    (
        "employers: [hotels]",
        "demand: @@committed",
        "programmes.pilot.demand",
        ["got 'committed' without employers"],
    ),
    ("months: 24", "timeline: [{month: 60, set: @@{}}]", "timeline[0].set", ["not empty"]),
    (
        "months: 24",
        "timeline: [{month: @@60, set: {governments.north.dialogue: 1}}]",
        "timeline[0].month",
        ["got 60", "from 0 to 59"],
    ),
    (
        "{seats: 10}",
        "@@{seats: 10000000, number: 2}",
        "programmes.pilot.intakes",
        ["60,000,000 people", "allowed: 20,000,000"],
    ),
    (
        "  - {name: hotels, country: north}",
        "  - {name: hotels, country: north}\n  - {name: @@hotels, country: north}",
        "employers[1].name",
        ["got 'hotels' twice"],
    ),
]

BAD_TIMELINE = [
    ("{month: 3, set: {months: 30}}", "timeline[0].set.months", ["is fixed for a whole run"]),
    ("{month: 3, set: {employers.hotels.count: 2}}", None, ["is fixed for a whole run"]),
    ("{month: 3, set: {programmes.0.intakes.number: 2}}", None, ["is fixed for a whole run"]),
    ("{month: 3, set: {governments.north.visa.lanes.fast: {}}}", None, ["whole run"]),
    ("{month: 3, set: {governments.east: {role: origin}}}", None, ["is fixed for a whole run"]),
    ("{month: 3, set: {employers: [{name: inns, country: north}]}}", None, ["whole run"]),
    ("{month: 3, set: {behaviour.awareness.network_neighbours: 3}}", None, ["whole run"]),
    ("{month: 3, set: {behaviour: {awareness: {network_neighbours: 3}}}}", None, ["whole run"]),
    ("{month: 3, set: {employers.hotel.poaching: 1}}", None, ["mean 'hotels'"]),
    ("{month: 3, set: {employers.hotels.poching: 1}}", None, ["mean 'poaching'"]),
    ("{month: 3, set: {employers.hotels.poaching: 2}}", None, ["got 2", "from 0 to 1"]),
    ("{month: 3, set: {programmes.pilot.visa_lane: fast}}", None, ["a lane of north"]),
    ("{month: 3, set: {programmes.pilot.costs.visa: 3 USD}}", None, ["currency 'USD'"]),
    ("{month: 3, set: {a..b: 2}}", None, ["single dots"]),
]


def problems_of(path: object, *overrides: str) -> tuple[Problem, ...]:
    with pytest.raises(ScenarioError) as caught:
        load(path, overrides)
    return caught.value.problems


def spoilt(text: str, old: str, new: str) -> tuple[str, int, int]:
    """Return the text with a change, and the line and column of the mark in it."""
    assert old in text
    before, after = text.replace(old, new, 1).split("@@")
    return before + after, before.count("\n") + 1, len(before) - before.rfind("\n")


@pytest.mark.parametrize(("old", "new", "key", "parts"), BAD_VALUES + BAD_REFERENCES)
def test_bad_value(write, world_text, old, new, key, parts):
    text, line, column = spoilt(world_text, old, new)
    (problem,) = problems_of(write(text))
    assert (problem.line, problem.column, problem.key) == (line, column, key)
    for part in parts:
        assert part in problem.message
    start = f"world.yaml:{line}:{column}: {key}: "
    assert str(problem).startswith((f"{start}got ", f"{start}no ", f"{start}missing; "))


def test_employers_of_another_country(write, world_text):
    text = world_text.replace(
        "  south: {role: origin}", "  south: {role: origin}\n  west: {role: destination}"
    ).replace("destination: north", "destination: west")
    (problem,) = problems_of(write(text))
    assert (problem.line, problem.column) == (14, 17)
    assert problem.message == "got 'hotels' in north; allowed: employers in west: none"


@pytest.mark.parametrize(("entry", "key", "parts"), BAD_TIMELINE)
def test_bad_timeline(write, world_text, entry, key, parts):
    (problem,) = problems_of(write(f"{world_text}timeline:\n  - {entry}\n"))
    assert (problem.line, problem.column) == (18, 5 + entry.index("set: {") + len("set: {"))
    assert problem.key.startswith(key or "timeline[0].set.")
    for part in parts:
        assert part in problem.message


def test_most_people_are_still_allowed(write, world_text):
    # a third of the most, times the bound of the response
    seats = world_text.replace("{seats: 10}", "{seats: 2000000, number: 3}")
    largest = "behaviour: {selection: {largest_response: 3.3333333}}\n"
    assert load(write(seats + largest)).programmes[0].intakes.number == 3
    more = largest.replace("3.3333333", "3.3333334")
    assert "20,000,000 people" in str(problems_of(write(seats + more))[0])


def test_all_problems_at_once_sorted_by_place(write, world_text):
    text = (
        world_text.replace("months: 24", "months: 0")
        .replace("seats: 40", "sats: 40")
        .replace("{visa: 300}", "{visa: -3}")
    )
    found = problems_of(write(text), "seed=-1", "programmes.pilat.visa_lane=a")
    assert [(one.line, one.key) for one in found] == [
        (2, "months"),
        (7, "institutions.schools.sats"),
        (16, "programmes.pilot.costs.visa"),
        (None, "programmes.pilat.visa_lane"),
        (None, "seed"),
    ]


def test_all_bad_changes_of_a_timeline_at_once(write, world_text):
    timeline = """\
timeline:
  - {month: 1, set: {employers.hotels.poaching: 2}}
  - {month: 2, set: {employers.hotels.local_fill: 0.5}}
  - {month: 3, set: {months: 5, governments.north.dialogue: 7}}
  - {month: 4, set: {governments.nort.dialogue: 1}}
"""
    found = problems_of(write(world_text + timeline))
    assert [(one.line, one.column) for one in found] == [(18, 22), (20, 22), (20, 33), (21, 22)]


def test_problems_of_references_and_timeline_come_together(write, world_text):
    text = world_text.replace("[schools]", "[schols]")
    timeline = "timeline:\n  - {month: 1, set: {employers.hotels.poaching: 2}}\n"
    found = problems_of(write(text + timeline))
    assert [one.line for one in found] == [12, 18]


@pytest.mark.parametrize(
    ("text", "line", "column", "parts"),
    [
        ("", 1, 1, ["an empty file"]),
        ("# only a comment\n", 1, 1, ["an empty file"]),
        ("---\n", 1, 1, ["an empty file"]),
        ("- a\n- b\n", 1, 1, ["got a list", "keys such as"]),
        ("\n  words\n", 2, 3, ["got a single value"]),
        ("name: a\nname: b\n", 2, 1, ["got the key twice, first in line 1"]),
        ("governments:\n  a: 1\n  a: 2\n", 3, 3, ["twice, first in line 2"]),
        ("name: a: b\n", 1, 8, ["not YAML", "mapping values are not allowed"]),
        ("name: [a\n", 2, 1, ["not YAML", "while parsing a flow sequence"]),
        ("name:\n\t- a\n", 2, 1, ["not YAML", "indent with spaces"]),
        ("name: 'a\n", 2, 1, ["not YAML", "while scanning a quoted scalar"]),
        ("name: a\n---\nname: b\n", 2, 1, ["not YAML", "a single document"]),
        ("name: a\x07\n", 1, 8, ["not YAML", "0x7 is not allowed"]),
        ("name: *a\n", 1, 7, ["not YAML", "undefined alias"]),
        ('name: "\\ud800"\n', 1, 10, ["not YAML", "invalid Unicode"]),
        ('name: "\\UFFFFFFFF"\n', 1, 10, ["not YAML", "invalid Unicode"]),
        ("%YAML 9.0\n---\nname: a\n", 1, 1, ["not YAML", "incompatible"]),
        ("name: !!python/object:os.system {}\n", 1, 7, ["got the tag", "allowed: no tags"]),
        ("name: !!binary aGk=\n", 1, 7, ["got the tag", "allowed: no tags"]),
        ("name: !!set {a}\n", 1, 7, ["got the tag"]),
        ("name: !mine a\n", 1, 7, ["got the tag '!mine'"]),
        ("name: !!int a\n", 1, 7, ["got 'a'", "cannot be read as int"]),
        (f"seed: {'9' * 5000}\n", 1, 7, ["got '999", "cannot be read as int"]),
        ("? [a]\n: b\n", 1, 3, ["a list or mapping as a key"]),
        ("<<: 3\n", 1, 5, ["'<<' without a mapping"]),
        ("a: &a [*a]\n", 1, 4, ["got an alias of a section that contains it"]),
        ("a: &a {<<: *a}\n", 1, 4, ["got an alias of a section that contains it"]),
        ("a: " + "[" * 60 + "]" * 60 + "\n", 1, 43, ["more than 40 levels"]),
        ("a: " + "[" * 5000 + "\n", 1, 1003, ["not YAML", "nesting depth"]),
        ("- " * 5000 + "\n", 1, 81, ["more than 40 levels"]),
        (b"name: caf\xe9\n", 1, 10, ["got the byte 0xe9", "UTF-8"]),
        (b"a: 1\nb: \xff\n", 2, 4, ["got the byte 0xff", "UTF-8"]),
        ("name: a".encode("utf-16"), 1, 1, ["got the byte 0xff", "UTF-8"]),
    ],
)
def test_bad_file(write, text, line, column, parts):
    (problem,) = problems_of(write(text))
    assert (problem.line, problem.column) == (line, column)
    for part in parts:
        assert part in problem.message
    assert "\n" not in str(problem)


def test_aliases_that_multiply_are_stopped(write):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    (problem,) = problems_of(write("\n".join(lines)))
    assert "more than 20,000 values" in problem.message
    merges = ["a0: &a0 {x: 1}"]
    merges += [f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 10)}]}}" for i in range(1, 9)]
    (problem,) = problems_of(write("\n".join(merges)))
    assert "more than 20,000 values" in problem.message


def test_of_very_many_problems_only_the_number_is_given(write, world_text):
    found = problems_of(write(world_text + "".join(f"k{i}: 1\n" for i in range(1500))))
    assert len(found) == 1001
    assert str(found[-1]) == "world.yaml: 500 more problems"


def test_folder_missing_and_large_files(write, tmp_path, monkeypatch):
    path = write()
    (problem,) = problems_of(tmp_path)
    assert problem.message == "got a folder; allowed: a YAML file"
    (problem,) = problems_of("wrld.yaml")
    assert str(problem).startswith("wrld.yaml: no such file; ")
    assert problem.message.endswith("did you mean 'world.yaml'?")
    (problem,) = problems_of(tmp_path / "wrld.yaml")
    assert "no such file" in problem.message
    (problem,) = problems_of("world.yaml/deeper.yaml")
    assert "no such file" in problem.message
    for odd in ("a\0b.yaml", "x" * 5000 + ".yaml"):
        assert len(problems_of(odd)) == 1
        assert len(problems_of(Path(odd))) == 1
    monkeypatch.setattr("smpsim.scenario.yaml_files.LARGEST_FILE", 10)
    (problem,) = problems_of(path)
    assert "bytes; allowed: at most 10" in problem.message


def test_pipe_is_not_waited_for(tmp_path):
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes on this system")
    os.mkfifo(tmp_path / "pipe.yaml")
    (problem,) = problems_of(tmp_path / "pipe.yaml")
    assert "a device or pipe" in problem.message


def test_file_that_may_not_be_read(write, monkeypatch):
    path = write()

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    (problem,) = problems_of(path)
    assert problem.message == "the file cannot be read (Permission denied)"


@pytest.mark.parametrize(
    ("override", "key", "parts"),
    [
        ("months=0", "months", ["got 0"]),
        ("months=", "months", ["no value"]),
        ("months", "months", ["no value", "KEY=VALUE"]),
        ("=3", "", ["single dots"]),
        ("a..b=3", "a..b", ["single dots"]),
        ("months=[", "months", ["not YAML"]),
        ("months=!x 3", "months", ["got the tag"]),
        ("monhs=3", "monhs", ["unknown key 'monhs'", "mean 'months'"]),
        ("extends=base", "extends", ["unknown key 'extends'"]),
        ("months.x=3", "months.x", ["in months, which is 24", "a whole number"]),
        ("employers.hotel.count=3", None, ["no 'hotel' in employers", "mean 'hotels'"]),
        ("employers[1].count=3", None, ["index 1 in employers", "from 0 to 0"]),
        ("employers.hotels.cont=3", None, ["in employers.hotels", "mean 'count'"]),
        ("governments.nort.dialogue=1", None, ["in governments", "mean 'north'"]),
        ("governments[0].dialogue=1", None, ["unknown key 0 in governments"]),
        ("timeline[0].month=1", None, ["index 0 in timeline", "it is empty"]),
        ("programmes.pilot.funding.visas.donor=1", None, ["mean 'visa'"]),
        ("employers.hotels.willingness_to_pay.normal.mode=1", None, ["allowed: mean, sd"]),
        ("employers.hotels.willingness_to_pay.norml.mean=1", None, ["null", "mean 'normal'"]),
        ("employers.hotels.willingness_to_pay.lognormal.median=9", None, ["median, sigma"]),
        ("programmes.pilot.visa_lane=fast", "programmes.pilot.visa_lane", ["a lane of north"]),
    ],
)
def test_bad_override(write, override, key, parts):
    (problem,) = problems_of(write(), override)
    assert problem.file == f"--set {override}"
    assert (problem.line, problem.column) == (None, None)
    if key is not None:
        assert problem.key == key
    for part in parts:
        assert part in problem.message
    assert str(problem).startswith(f"--set {override}: ")


def test_missing_keys_are_not_blamed_on_an_override_beside_them(write, world_text):
    text = world_text.replace("    intakes: {seats: 10}\n", "")
    (problem,) = problems_of(write(text), "programmes.pilot.destination=north")
    assert (problem.file, problem.line) == (str(Path.cwd() / "world.yaml"), 11)


@pytest.mark.parametrize(
    ("change", "key", "part"),
    [
        ({"months": 0}, "months", "got 0"),
        ({"name": None}, "name", "got null"),
        ({"seed": 10**5000}, "seed", "got a whole number of 16610 bits"),
        ({"behaviour": {"people": {"age": 10**400}}}, "behaviour.people.age", "of 1329 bits"),
        (
            {"behaviour": {"people": {"aptitude": {"beta": {"mean": 0.5, "sd": 1e-200}}}}},
            "behaviour.people.aptitude",
            "too extreme to calculate with",
        ),
        ({"seed": object}, "seed", "got <class 'object'> (type); allowed: text, numbers"),
        ({"question": b"why"}, "question", "got b'why' (bytes)"),
        ({"question": "\ud800"}, "question", "not Unicode"),
        ({"governments": {"\udc00": {"role": "origin"}}}, "governments", "not Unicode"),
        (
            {"timeline": [{"month": 1, "set": {"months": {1, 2}}}]},
            "timeline[0].set.months",
            "(set)",
        ),
        ({"employers": "hotels"}, "employers", "a list of sections"),
        ({"currency": ["EUR"]}, "currency", "got ['EUR']"),
        ({"[key]": 1}, '"[key]"', "got unknown key '[key]'"),
        ({"exchange_rates": {"[key]": "a"}}, 'exchange_rates."[key]"', "got 'a'"),
        ({"exchange_rates": {"USD": 10**400}}, "exchange_rates.USD", "got a whole number"),
        ({"exchange_rates": {"USD": True}}, "exchange_rates.USD", "got true"),
    ],
)
def test_bad_data(world, change, key, part):
    with pytest.raises(ScenarioError) as caught:
        load_data(world | change)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.key) == ("data", None, key)
    assert part in problem.message
    assert str(problem).startswith(f"data: {key}: ")


def test_data_in_a_loop(world):
    world["sources"] = world
    with pytest.raises(ScenarioError, match="in a loop"):
        load_data(world)
    with pytest.raises(ScenarioError, match="in a loop"):
        load_data({k: v for k, v in world.items() if k != "sources"}, {"sources": world})


def test_what_is_not_a_scenario_at_all():
    with pytest.raises(TypeError, match="got int"):
        load(5)


def test_error_survives_pickling_and_is_one_line_each():
    one = Problem("b.yaml", 2, 3, "x", "got a\nb")
    error = ScenarioError([one, Problem("a.yaml", 9, 1, "", "got c"), one])
    copy = pickle.loads(pickle.dumps(error))
    assert copy.problems == error.problems
    assert str(copy) == "a.yaml:9:1: got c\nb.yaml:2:3: x: got a\\nb"


def test_files_are_shown_relative_to_the_current_folder(tmp_path, monkeypatch):
    inside = Problem(str(tmp_path / "sub" / "a.yaml"), 1, 1, "", "m")
    monkeypatch.chdir(tmp_path)
    assert str(inside) == f"{Path('sub') / 'a.yaml'}:1:1: m"
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    assert str(inside).startswith(str(tmp_path))


def test_values_are_shown_short():
    assert shown_value("x" * 500).endswith("...")
    assert len(shown_value(["y"] * 500)) <= 80
    assert shown_list([]) == "none"
    assert (len(shown_value("x" * 78)), len(shown_value("x" * 79))) == (80, 80)
    assert shown_value("x" * 78) == repr("x" * 78)
    assert shown_list("abcdefghi") == "a, b, c, d, e, f, g, h, i"
    assert shown_list("abcdefghij") == "a, b, c, d, e, f, g, h and 2 more"
    assert shown_list("abcdefghijkl") == "a, b, c, d, e, f, g, h and 4 more"
    assert one_line("\ud800\n").isprintable()


def attempt(data: dict[str, Any], *overrides: str) -> Scenario | ScenarioError:
    """Return the scenario or what is wrong; anything else that is raised fails the test."""
    try:
        return load_data(data, overrides)
    except ScenarioError as error:
        return error


WORDS = st.one_of(
    st.sampled_from(["name", "months", "governments", "north", "role", "visa", "lanes", "<<"]),
    st.sampled_from(["programmes", "employers", "institutions", "timeline", "set", "month"]),
    st.sampled_from(["lognormal", "beta", "median", "poisson", "extends", "funding", "donor"]),
    st.text(max_size=5),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=25,
)
QUIET = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@QUIET
@given(st.dictionaries(WORDS, VALUES, max_size=6))
def test_any_data_loads_or_is_reported(data):
    with pytest.raises(ScenarioError) as caught:
        load_data(data)
    assert all(str(problem).isprintable() for problem in caught.value.problems)


@QUIET
@given(st.sampled_from(["name", "governments", "employers", "programmes", "timeline"]), VALUES)
def test_a_spoilt_scenario_loads_or_is_reported(world, key, value):
    result = attempt(world | {key: value})
    assert isinstance(result, Scenario) or result.problems


@QUIET
@given(st.text(alphabet="ab:-[]{}&*!|>'\"%#?, \n\t<@`.1", max_size=60) | st.binary(max_size=60))
def test_any_file_loads_or_is_reported(write, content):
    for problem in problems_of(write(content)):
        assert problem.line
        assert str(problem).startswith("world.yaml:")


@QUIET
@given(st.text(max_size=20), st.text(max_size=20))
def test_any_override_loads_or_is_reported(world, key, value):
    result = attempt(world, f"{key}={value}")
    if isinstance(result, ScenarioError):
        assert all(problem.file.startswith("--set ") for problem in result.problems)
