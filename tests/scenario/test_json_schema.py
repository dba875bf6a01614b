"""The JSON Schema for editors agrees with what loading accepts; the list of assumptions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from smpsim.scenario import ScenarioError, assumptions, json_schema, load_data, names
from smpsim.scenario.allowed_values import plain
from smpsim.scenario.values_at_keys import get_value
from smpsim.scenario.yaml_files import read_file

SCHEMA = json_schema()
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for inner in schema.values():
            yield from nodes(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from nodes(inner)


def test_it_is_a_schema_of_the_draft_and_plain_json():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["title"]
    assert json.loads(json.dumps(SCHEMA, allow_nan=False)) == SCHEMA


def test_every_key_says_what_it_is_with_unit_and_source():
    seen = 0
    for section in (SCHEMA, *SCHEMA["$defs"].values()):
        for name, key in section.get("properties", {}).items():
            assert key["title"]
            if name == "extends" or ("$ref" in key and "unit" not in key):
                # a section is described where it is defined
                continue
            seen += 1
            assert f"[{key['unit']}]" in key["description"], name
            assert key["source"]
            if "default" in key:
                assert key["source"] in key["description"]
    assert seen > 150


def test_no_limit_is_left_where_editors_do_not_see_it():
    assert not [node for node in nodes(SCHEMA) if {"ge", "gt", "le", "lt"} & set(node)]
    budget = SCHEMA["$defs"]["Intakes"]["properties"]["budget"]
    number = budget["anyOf"][0]["anyOf"][0]
    assert number == {"type": "number", "minimum": 0, "maximum": 1e12}


def test_small_scenario(world):
    VALIDATOR.validate(world)


@pytest.mark.parametrize("entry", names(), ids=lambda entry: entry.name)
def test_every_file_of_the_package_agrees(entry):
    data = read_file(entry.path).data
    if entry.name == "base":
        # it has no programmes, so only a scenario that extends it is whole
        data = data | {"extends": "nothing"}
    VALIDATOR.validate(data)


AGES = {"low": 21, "centre": 24, "high": 29}
# (changes of the small scenario, whether it is valid)
CASES = [
    ({"months": 0}, False),
    ({"monhs": 3}, False),
    ({"start": "2019-13"}, False),
    ({"start": "2019-12"}, True),
    ({"behaviour": {"people": {"age": 30}}}, True),
    ({"behaviour": {"people": {"age": {"lognormal": {"median": 3, "sigma": 1}}}}}, True),
    ({"behaviour": {"people": {"age": {"lognormal": {"median": 3}}}}}, False),
    (
        {"behaviour": {"people": {"age": {"lognormal": {"median": AGES, "sigma": 0.2}}}}},
        True,
    ),
    ({"behaviour": {"people": {"age": {"normal": {"mean": {"low": 20}, "sd": 3}}}}}, False),
    ({"behaviour": {"people": {"age": {"lognorml": {"median": 3, "sigma": 1}}}}}, False),
    ({"behaviour": {"people": {"age": "old"}}}, False),
    ({"behaviour": {"people": {"savings": None}}}, True),
    ({"behaviour": {"people": {"age": None}}}, False),
    ({"behaviour": {"participation": {"alternative_value": "30 EUR"}}}, True),
    ({"behaviour": {"participation": {"alternative_value": "dear"}}}, False),
    ({"behaviour": {"training": {"level_hours": [1, 2, 3, 4, 5, 6]}}}, True),
    ({"behaviour": {"training": {"level_hours": [1, 2, 3]}}}, False),
    ({"timeline": [{"month": 3, "set": {"behaviour.retention.quit": 0.5}, "why": "x"}]}, True),
    ({"timeline": [{"month": 3}]}, False),
    ({"timeline": [{"month": 3, "set": {}}]}, False),
    ({"timeline": [{"month": -1, "set": {"behaviour.retention.quit": 0.5}}]}, False),
    ({"employers": [{"name": "hotels", "country": "north", "vacancies_per_year": 2}]}, True),
    (
        {
            "employers": [
                {"name": "hotels", "country": "north", "vacancies_per_year": {"poisson": 2}}
            ]
        },
        True,
    ),
    (
        {
            "employers": [
                {"name": "hotels", "country": "north", "vacancies_per_year": {"poison": 2}}
            ]
        },
        False,
    ),
    ({"employers": [{"country": "north"}]}, False),
    ({"programmes": []}, False),
]


@pytest.mark.parametrize(("change", "valid"), CASES)
def test_schema_and_loading_agree(world, change, valid):
    data = world | change
    assert VALIDATOR.is_valid(data) is valid
    try:
        load_data(data)
        loads = True
    except ScenarioError:
        loads = False
    assert loads is valid


@pytest.mark.parametrize("extends", ["base", ["base", "other.yaml"]])
def test_a_file_that_extends_may_be_partial(extends):
    partial = {"extends": extends, "programmes": [{"name": "pilot", "visa_lane": "priority"}]}
    VALIDATOR.validate(partial)
    assert not VALIDATOR.is_valid({"months": 3})
    assert not VALIDATOR.is_valid(partial | {"extends": 3})
    assert not VALIDATOR.is_valid(partial | {"extends": []} | {"programmes": [{"a": 1}]})


def test_assumptions(world):
    found = {one.path: one for one in assumptions()}
    assert len(found) == len(assumptions())
    scale = found["behaviour.participation.scale"]
    assert (scale.unit, scale.default) == ("currency", 5000.0)
    assert found["employers.*.vouching"].default == "certificate"
    # neutral defaults and designs are not assumptions
    assert "behaviour.exam.retakes" not in found
    assert "months" not in found
    scenario = load_data(world)
    for one in found.values():
        first = next(iter(scenario.governments))
        path = one.path.replace("governments.*", f"governments.{first}").replace(".*", "[0]")
        assert get_value(scenario, path) == plain(one.default)
