"""A blueprint that is made like another is the one that is made from nothing."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smpsim.scenario import Scenario, load
from smpsim.scenario.worlds import OTHER_LUCK
from smpsim.world.blueprint import Blueprint, blueprint
from smpsim.world.blueprints import NETWORKS, Blueprints
from smpsim.world.frame import Frame

FIRMS = {
    "country": "destination",
    "sector": "construction",
    "vacancies_per_year": 3,
    "willingness_to_pay": {"gamma": {"mean": 4000, "sd": 900}},
}
NUMBERS = {
    "behaviour.trust.failure_weight": st.floats(1, 5),
    "behaviour.people.motivation.beta.mean": st.floats(0.3, 0.7),
    "behaviour.people.aptitude": st.sampled_from([0.5, {"uniform": {"low": 0.1, "high": 0.8}}]),
    "behaviour.applying.scale": st.floats(0.1, 3),
    "behaviour.retention.inside_clause": st.floats(0, 3),
    "governments.destination.visa.quota_per_year": st.one_of(st.none(), st.integers(0, 90)),
    "programmes.pilot.wages.destination": st.floats(1500, 4000),
    "programmes.pilot.intakes.seats": st.floats(1, 80),
    "programmes.pilot.renewal.arrival_months": st.integers(1, 40),
}
"""What a frame does not follow from."""
FRAMES = {
    "seed": st.integers(0, 5),
    "behaviour.awareness.network_neighbours": st.integers(0, 6),
    "behaviour.awareness.network_rewiring": st.floats(0, 1),
    "employers": st.sampled_from(
        [
            [{"name": "firms", "count": 30, **FIRMS}],
            [{"name": "firms", "count": 12, **FIRMS}, {"name": "others", "count": 9, **FIRMS}],
        ]
    ),
    "institutions.schools.count": st.integers(1, 12),
    "programmes.pilot.intakes.number": st.integers(1, 300),
    "months": st.integers(12, 130),
    "timeline": st.sampled_from(
        [[], [{"month": 11, "set": {"programmes.pilot.wages.destination": 2000}}]]
    ),
}


def some_of(strategies: dict[str, st.SearchStrategy]) -> st.SearchStrategy:
    """Return values for some of the keys."""
    return st.fixed_dictionaries({}, optional=strategies)


@cache
def reference() -> tuple[Scenario, Blueprint]:
    design = load("reference")
    return design, blueprint(design, 3)


def assert_same(one: Blueprint, other: Blueprint) -> None:
    for field in fields(Blueprint):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, np.ndarray):
            assert_same_bits(field.name, a, b)
        elif field.name == "plan":
            assert len(a) == len(b)
            for n, (before, after) in enumerate(zip(a, b, strict=True)):
                assert before.keys() == after.keys()
                for name in before:
                    assert_same_bits(f"{name} of segment {n}", before[name], after[name])
        else:
            assert a == b, field.name


def assert_same_bits(name: str, one: np.ndarray, other: np.ndarray) -> None:
    assert (one.dtype, one.shape) == (other.dtype, other.shape), name
    assert one.tobytes() == other.tobytes(), name


@settings(max_examples=60, deadline=None)
@given(some_of(NUMBERS), some_of(FRAMES))
def test_a_blueprint_like_another_is_the_same_as_from_nothing(
    numbers: dict[str, Any], frames: dict[str, Any]
) -> None:
    design, before = reference()
    changed = load(design, {**numbers, **frames})
    assert_same(blueprint(changed, 3, like=before), blueprint(changed, 3))
    assert_same(blueprint(changed, like=before), blueprint(changed))


@settings(max_examples=15, deadline=None)
@given(some_of(NUMBERS))
def test_numbers_leave_the_frame_as_it_is(numbers: dict[str, Any]) -> None:
    design, before = reference()
    after = blueprint(load(design, numbers), 3, like=before)
    assert after.basis == before.basis
    assert all(getattr(after, name) is getattr(before, name) for name in Frame._fields)


@pytest.mark.parametrize(
    ("key", "value", "table"),
    [
        ("behaviour.awareness.network_neighbours", 2, "neighbours"),
        ("behaviour.awareness.network_rewiring", 0.9, "neighbours"),
        ("employers.firms.count", 31, "employers"),
        ("employers.firms.sector", "care", "employer_groups"),
        ("institutions.schools.count", 11, "sites"),
    ],
)
def test_what_a_frame_follows_from_makes_it_anew(key: str, value: Any, table: str) -> None:
    design, before = reference()
    after = blueprint(load(design, {key: value}), 3, like=before)
    assert getattr(after, table).tobytes() != getattr(before, table).tobytes()


def test_another_seed_has_another_network() -> None:
    design, before = reference()
    after = blueprint(design, 4, like=before)
    assert after.neighbours.tobytes() != before.neighbours.tobytes()
    assert after.neighbours.tobytes() == blueprint(design, 4).neighbours.tobytes()


@cache
def drawn_worlds() -> Blueprints:
    ranges = {"behaviour.training.dropout": {"low": 0.004, "centre": 0.012, "high": 0.04}}
    return Blueprints(load("bare_pipeline", ranges), 5, "likely")


def dropouts(found: Blueprint) -> float:
    return float(found.plan[0]["behaviour"]["training_dropout"][0])


def test_a_replication_has_the_numbers_of_its_world_whatever_its_luck() -> None:
    plans = drawn_worlds()
    assert plans.drawn
    worlds = [dropouts(plans.of(number)) for number in range(4)]
    assert worlds == [
        plans.worlds.scenario(number).behaviour.training.dropout for number in range(4)
    ]
    assert len(set(worlds)) == 4
    # with other luck in the same world, and asked for out of turn
    for number in (2, 0, 3):
        found = plans.of(number)
        assert dropouts(found) == worlds[number]
        assert plans.of(number) is found
        assert plans.of(number + OTHER_LUCK) is found
        assert dropouts(plans.of(number + 1 + OTHER_LUCK)) == dropouts(plans.of(number + 1))
    assert plans.centre.plan[0]["behaviour"]["training_dropout"][0] == 0.012


def test_worlds_share_a_few_networks_in_turn() -> None:
    plans = drawn_worlds()
    for number in (1, 2):
        first, same = (plans.of(number + n * NETWORKS) for n in range(2))
        assert first.basis.seed == same.basis.seed == 5 + number
        assert first.neighbours is same.neighbours


def test_without_ranges_all_replications_are_the_centre() -> None:
    plans = Blueprints(load("bare_pipeline"), 5, "centre")
    assert not plans.drawn
    assert plans.of(0) is plans.of(7) is plans.centre
    assert plans.centre.basis.seed == 5
