"""Merging, key paths, and values read and set by key path."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smpsim.scenario import KeyPathError, get_value, load_data, merge, set_value
from smpsim.scenario.keypaths import format_path, parse_path
from smpsim.scenario.values_at_keys import put

QUIET = settings(max_examples=150, deadline=None)
RANGE = {"low": 0.02, "centre": 0.05, "high": 0.1}


@pytest.mark.parametrize(
    ("base", "over", "merged"),
    [
        ({"months": 1}, {"seed": 2}, {"months": 1, "seed": 2}),
        ({"governments": {"a": {"x": 1}}}, {"governments": {"a": {"y": 2}}}, None),
        ({"months": 1}, {"months": None}, {"months": None}),
        ({"x": {"y": {"a": 1}}}, {"x": {"y": {"b": 2}}}, {"x": {"y": {"a": 1, "b": 2}}}),
        ({"behaviour": {"exam": {}}}, {"behaviour": None}, {"behaviour": None}),
        ({"behaviour": None}, {"behaviour": {"exam": {}}}, {"behaviour": {"exam": {}}}),
        ({"timeline": [{"month": 1}]}, {"timeline": [{"month": 2}]}, {"timeline": [{"month": 2}]}),
        ({"programmes": [{"name": "a"}]}, {"programmes": []}, {"programmes": []}),
        ({"programmes": [{"name": "a"}]}, {"programmes": [{"b": 1}]}, {"programmes": [{"b": 1}]}),
        (
            {"employers": [{"name": "a", "count": 1}, {"name": "b"}]},
            {"employers": [{"name": "c"}, {"name": "a", "size": "large"}]},
            {"employers": [{"name": "a", "count": 1, "size": "large"}, {"name": "b"}]},
        ),
        (
            {"programmes": [{"name": "a", "institutions": ["x", "y"]}]},
            {"programmes": [{"name": "a", "institutions": ["z"]}]},
            {"programmes": [{"name": "a", "institutions": ["z"]}]},
        ),
    ],
)
def test_merge(base, over, merged):
    if merged is None:
        merged = {"governments": {"a": {"x": 1, "y": 2}}}
    if over.get("employers"):
        merged["employers"].append({"name": "c"})
    before = copy.deepcopy((base, over))
    assert merge(base, over) == merged
    assert (base, over) == before


def test_distributions_are_replaced_by_another_kind_and_merged_within_one():
    def people(age):
        return {"behaviour": {"people": {"age": age}}}

    normal = people({"normal": {"mean": 25, "sd": 5}})
    assert merge(normal, people({"normal": {"sd": 1}})) == people({"normal": {"mean": 25, "sd": 1}})
    uniform = people({"uniform": {"low": 1, "high": 3}})
    assert merge(normal, uniform) == uniform
    assert merge(normal, people(30)) == people(30)
    assert merge(people(30), normal) == normal


def test_lanes_named_like_distributions_are_merged():
    def lanes(**named):
        return {"governments": {"a": {"visa": {"lanes": named}}}}

    assert merge(lanes(normal={}), lanes(uniform={})) == lanes(normal={}, uniform={})


def test_shares_of_a_cost_item_are_replaced_as_a_whole():
    def funding(**items):
        return {"programmes": [{"name": "a", "funding": items}]}

    base = funding(visa={"donor": 1.0}, travel={"donor": 1.0})
    over = funding(visa={"employer": 1.0})
    assert merge(base, over) == funding(visa={"employer": 1.0}, travel={"donor": 1.0})


def test_repeated_names_stay_visible():
    twice = {"employers": [{"name": "a", "count": 1}, {"name": "a", "count": 2}]}
    once = {"employers": [{"name": "a"}]}
    assert merge(once, twice) == twice
    assert merge(twice, twice) == twice


KEYS = st.sampled_from(["name", "months", "behaviour", "people", "age", "uniform", "beta", "mean"])
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS, inner, max_size=4)
        | st.lists(
            st.builds(lambda n, v: {"name": n, "count": v}, st.sampled_from("abc"), inner),
            max_size=3,
        )
    ),
    max_leaves=15,
)
DATA = st.dictionaries(st.sampled_from(["behaviour", "employers", "months"]), PLAIN, max_size=3)


@QUIET
@given(DATA, DATA)
def test_merge_is_idempotent(base, over):
    merged = merge(base, over)
    assert merge(merged, over) == merged
    assert merge(base, base) == base
    assert merge(base, {}) == base
    assert merge({}, over) == over


# --- key paths


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("months", ("months",)),
        (" a.b ", ("a", "b")),
        ("timeline[0].month", ("timeline", 0, "month")),
        ("a[1][2]", ("a", 1, 2)),
        ("programmes.0.name", ("programmes", "0", "name")),
        ("employers.hotels and bars.count", ("employers", "hotels and bars", "count")),
        ('programmes."a.b".x', ("programmes", "a.b", "x")),
        ('a."b\\"c\\\\".d', ("a", 'b"c\\', "d")),
        ('a."x[0]"', ("a", "x[0]")),
        ("a.x[y].z", ("a", "x[y]", "z")),
    ],
)
def test_parse_path(text, path):
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["", ".", "[0]", "a.", ".a", "a..b", 'a."b', 'a."b"c', "a[0]b."])
def test_bad_path(text):
    with pytest.raises(KeyPathError, match="single dots"):
        parse_path(text)


@QUIET
@given(st.lists(st.text() | st.integers(0, 10**8), max_size=5), st.text())
def test_paths_survive_writing_and_reading(steps, first):
    path = (first, *steps)
    assert parse_path(format_path(path)) == path


def test_names_are_shown_when_they_are_unlike():
    data = {"employers": [{"name": "a.b"}, {"name": "c"}, {"name": "c"}, {}]}
    shown = [format_path(("employers", i, "count"), data) for i in range(4)]
    assert shown == [
        'employers."a.b".count',
        "employers[1].count",
        "employers[2].count",
        "employers[3].count",
    ]


# --- values by key path


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("months", 24),
        ("seed", 1),
        ("programmes.pilot.intakes.seats", 10),
        ("programmes[0].intakes.seats", 10),
        ("programmes.0.intakes.number", 1),
        ("programmes.pilot.training.place", "origin"),
        ("programmes.pilot.institutions[0]", "schools"),
        ("employers.hotels.willingness_to_pay", None),
        ("behaviour.training.level_hours[2]", 375.0),
        ("behaviour.people.aptitude", 0.5),
        ("behaviour.trust.vouching.in_house", 0.5),
        ("governments.north.visa.lanes.standard.minimum_months", 0),
        ("governments.north.role", "destination"),
    ],
)
def test_get_value(world, path, value):
    assert get_value(world, path) == value
    assert get_value(load_data(world), path) == value


def test_get_value_of_a_section_that_is_not_written_has_all_defaults(world):
    assert get_value(world, "behaviour.trust")["vouching"]["in_house"] == 0.5


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("monhs", "mean 'months'"),
        ("programmes.pilat.name", "no 'pilat' in programmes; allowed: pilot; did you mean 'pilot'"),
        ("programmes.1.name", "index 1 in programmes; allowed: an index from 0 to 0"),
        ("programmes[1].name", "index 1"),
        ("governments.nort", "allowed: north, south; did you mean 'north'"),
        ("programmes.pilot.funding.visa", "unknown key 'visa' in programmes.pilot.funding"),
        ("months.x", "in months, which is 24"),
        ("behaviour.people.age.normal.mean", "no 'normal' in behaviour.people.age, which is 25.0"),
        ("timeline[0]", "index 0 in timeline; allowed: none"),
    ],
)
def test_get_value_of_nothing(world, path, part):
    with pytest.raises(KeyPathError) as caught:
        get_value(world, path)
    assert part in str(caught.value)


def test_names_come_before_indices(world):
    world["employers"] = [{"name": "1", "count": 5}, {"name": "b", "count": 6}]
    assert get_value(world, "employers.1.count") == 5
    assert get_value(world, "employers[1].count") == 6
    world["employers"].append({"name": "b"})
    with pytest.raises(KeyPathError, match="more than once"):
        get_value(world, "employers.b.count")


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("months", 36),
        ("behaviour.exam.retakes", 2),
        ("behaviour.training.level_hours[2]", 400.0),
        ("behaviour.people.age", {"normal": {"mean": 30, "sd": 2}}),
        ("employers.hotels.patience_months", None),
        ("employers.hotels.vacancies_per_year.poisson", 2.5),
        ("governments.north.visa.lanes.standard.refusal", 0.25),
        ("programmes.pilot.funding.visa", {"donor": 0.5, "employer": 0.5}),
        ("programmes.pilot.planned.placed", 7.0),
        ("programmes.pilot.employers", []),
        ("exchange_rates.USD", 0.9),
        ('sources."programmes.pilot.costs"', "a report"),
    ],
)
def test_get_after_set(world, path, value):
    before = copy.deepcopy(world)
    changed = set_value(world, path, value)
    assert get_value(changed, path) == value
    assert get_value(load_data(changed), path) == value
    assert world == before
    assert set_value(changed, path, value) == changed


def test_new_names_in_mappings(world):
    west = set_value(world, "governments.west", {"role": "origin"})
    assert load_data(west).governments["west"].role == "origin"
    fast = set_value(west, "governments.north.visa.lanes.fast", {"refusal": 0.5})
    lanes = load_data(fast).governments["north"].visa.lanes
    # the lane that is there by default stays
    assert {name: lane.refusal for name, lane in lanes.items()} == {"standard": 0.0, "fast": 0.5}


def test_inside_distributions(world):
    pay = "employers.hotels.willingness_to_pay"
    one = set_value(world, pay, {"lognormal": [5000, 0.6]})
    two = set_value(one, f"{pay}.lognormal.sigma", 0.1)
    assert get_value(two, pay) == {"lognormal": {"median": 5000, "sigma": 0.1}}
    three = set_value(two, f"{pay}.exponential.mean", 7)
    assert get_value(three, pay) == {"exponential": {"mean": 7}}
    four = set_value(set_value(world, pay, {"exponential": 3}), f"{pay}.exponential.mean", 4)
    assert get_value(four, f"{pay}.exponential.mean") == 4


@pytest.mark.parametrize(
    ("lower", "upper"),
    [
        (RANGE, 0.1),
        (0.1, RANGE),
        ({"poisson": 2}, RANGE),
        (RANGE, {"gamma": {"mean": 9, "sd": 2}}),
        ({"poisson": RANGE}, {"poisson": 3}),
        (RANGE, {"low": 0.01, "centre": 0.02, "high": 0.03}),
    ],
)
def test_a_range_and_what_it_meets_replace_each_other(lower, upper):
    for field in ("vacancies_per_year", "patience_months", "local_fill"):
        low = {"employers": [{"name": "a", field: lower}]}
        high = {"employers": [{"name": "a", field: upper}]}
        assert merge(low, high) == high


def test_put_returns_indices(world):
    assert put(world, "programmes.pilot.costs.visa", 1)[1] == ("programmes", 0, "costs", "visa")


LEAVES = [
    ("months", st.integers(1, 600)),
    ("name", st.text(min_size=1)),
    ("discount_rate", st.floats(0, 1)),
    ("programmes.pilot.job_guarantee", st.booleans()),
    ("programmes.pilot.intakes.seats", st.floats(0, 1e5)),
    ("employers.hotels.count", st.integers(1, 1000)),
    ("governments.south.domestic_share", st.floats(0, 1)),
    ("behaviour.retention.quit", st.floats(0, 50)),
]


@QUIET
@given(st.data(), st.sampled_from(LEAVES))
def test_get_after_set_returns_any_value(data, leaf):
    path, values = leaf
    value = data.draw(values)
    world = {"programmes": [{"name": "pilot"}], "employers": [{"name": "hotels"}]}
    world["governments"] = {"south": {"role": "origin"}}
    assert get_value(set_value(world, path, value), path) == value
