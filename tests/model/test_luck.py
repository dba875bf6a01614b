"""Luck: published vectors, distributions by inverse transform, and independence of design."""

import numpy as np
import pytest
from scipy import stats
from worlds import bare, one_run

from smpsim.agents.trainee import MOST_CANCELLED
from smpsim.compiled import compiled
from smpsim.scenario.quantities import Distribution
from smpsim.world import luck
from smpsim.world.attributes import FIRST_DECISION
from smpsim.world.frame import luck_keys
from smpsim.world.tabulated import Quantiles

# Random123 distribution, known answers of philox4x32 with ten rounds (Salmon et al. 2011)
PUBLISHED = [
    ([0, 0, 0, 0], [0, 0], [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]),
    (
        [0xFFFFFFFF] * 4,
        [0xFFFFFFFF] * 2,
        [0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD],
    ),
    (
        [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
        [0xA4093822, 0x299F31D0],
        [0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1],
    ),
]


@compiled
def four(c0, c1, c2, c3, k0, k1):
    return luck.philox(c0, c1, c2, c3, k0, k1)


@compiled
def quantiles_of(kind, mean, chance, u):
    if kind == 0:
        return luck.poisson(mean, u)
    if kind == 1:
        return luck.binomial(int(mean), chance, u)
    return luck.normal(u)


@pytest.mark.parametrize(("counter", "key", "expected"), PUBLISHED)
def test_philox_gives_the_published_numbers(counter, key, expected):
    words = [np.uint64(word) for word in counter + key]
    assert [int(word) for word in four(*words)] == expected


def test_poisson_and_binomial_are_quantiles():
    levels = np.linspace(0.001, 0.999, 57)
    for mean in (0.02, 0.7, 6.0, 80.0):
        found = [quantiles_of(0, mean, 0.0, u) for u in levels]
        assert found == list(stats.poisson(mean).ppf(levels))
    for trials, chance in ((1, 0.3), (12, 0.05), (300, 0.4)):
        found = [quantiles_of(1, float(trials), chance, u) for u in levels]
        assert found == list(stats.binom(trials, chance).ppf(levels))


def test_poisson_of_a_large_mean_keeps_mean_and_spread():
    levels = (np.arange(4000) + 0.5) / 4000
    found = np.array([quantiles_of(0, 2000.0, 0.0, u) for u in levels])
    assert abs(found.mean() - 2000.0) < 1.0
    assert abs(found.std() - np.sqrt(2000.0)) < 0.5


def test_normal_quantile_agrees_with_scipy():
    levels = np.concatenate([10.0 ** -np.arange(1, 10), np.linspace(0.01, 0.99, 99)])
    levels = np.concatenate([levels, 1.0 - levels])
    found = np.array([quantiles_of(2, 0.0, 0.0, u) for u in levels])
    assert np.allclose(found, stats.norm.ppf(levels), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    "raw",
    [
        {"uniform": {"low": 2, "high": 5}},
        {"lognormal": {"median": 5000, "sigma": 0.6}},
        {"beta": {"mean": 0.6, "sd": 0.1}},
        {"gamma": {"mean": 4, "sd": 3}},
        {"triangular": {"low": 0, "mode": 1, "high": 4}},
        {"normal": {"mean": 10, "sd": 2}},
        {"exponential": {"mean": 60}},
    ],
)
def test_tabulated_quantiles_follow_the_distribution(raw):
    distribution = Distribution.parse(raw)
    table = Quantiles()
    number = table.number(distribution, -np.inf, np.inf)
    row = table.table()[number]
    levels = np.concatenate([10.0 ** -np.arange(2, 9), np.linspace(0.02, 0.98, 97)])
    levels = np.concatenate([levels, 1.0 - levels])
    place = (np.log(levels / (1 - levels)) + luck.LOGIT_BOUND) / (2 * luck.LOGIT_BOUND)
    found = np.interp(place * (len(row) - 2), np.arange(len(row) - 1), row[1:])
    exact = distribution.quantile(levels)
    spread = float(distribution.quantile(0.9)) - float(distribution.quantile(0.1))
    assert np.all(np.abs(found - exact) < 2e-3 * (spread + np.abs(exact)))


def identities(world):
    people = world.people
    return {
        (int(p["intake"]), int(p["number"])): tuple(
            int(p[f]) for f in ("luck_dropout", "luck_exam", "luck_visa", "luck_quit")
        )
        for p in people
    }


def test_a_person_has_the_same_luck_under_another_design():
    few = one_run(bare({"programmes.pilot.intakes.number": 3}))
    changed = one_run(
        bare(
            {
                "programmes.pilot.intakes.number": 3,
                "programmes.pilot.intakes.seats": 170,
                "programmes.pilot.intakes.every_months": 5,
                "programmes.pilot.training.months_before_departure": 9,
            }
        )
    )
    first, second = identities(few), identities(changed)
    assert set(first) < set(second)
    assert all(second[who] == numbers for who, numbers in first.items())


def test_people_seeds_and_replications_differ():
    scenario = bare()
    worlds = [one_run(scenario, 1, 0), one_run(scenario, 1, 1), one_run(scenario, 2, 0)]
    seen = [
        number for world in worlds for person in identities(world).values() for number in person
    ]
    assert len(set(seen)) > 0.999 * len(seen)


def test_the_visa_delay_leaves_every_exam_untouched():
    changes = {"behaviour.exam.pass_probability": 0.6, "behaviour.training.dropout": 0.02}
    lane = "governments.destination.visa.lanes.standard.minimum_months"
    fast, slow = one_run(bare(changes)), one_run(bare({**changes, lane: 11}))
    assert np.array_equal(fast.people["graduated"], slow.people["graduated"])
    assert not np.array_equal(fast.people["arrived"], slow.people["arrived"])


def test_uniform_numbers_are_uniform():
    world = one_run(bare({"programmes.pilot.intakes.seats": 20000}))
    for name in ("luck_dropout", "luck_exam", "luck_visa", "luck_quit"):
        found = (world.people[name] + 0.5) * luck.SCALE
        assert stats.kstest(found, "uniform").pvalue > 1e-4
    columns = np.stack([world.people[f"luck_{n}"] for n in ("dropout", "exam", "visa", "quit")])
    together = np.corrcoef(columns.astype(float)) - np.eye(4)
    assert np.abs(together).max() < 4 / np.sqrt(20000)


def two_programmes(order, first=()):
    """Return a world with two programmes that share nothing, in an order, behind other groups."""
    sections = {"institutions": [], "employers": [], "programmes": []}
    for name in order:
        sections["institutions"].append(
            {"name": f"{name} schools", "count": 3, "origin": "origin", "quality": SPREAD}
        )
        sections["employers"].append(
            {
                "name": f"{name} firms", "count": 5, "country": "destination", "sector": name,
                "vacancies_per_year": {"poisson": 9}, "local_fill": 0.1,
            }
        )  # fmt: skip
        programme = bare().programmes[0].model_dump(mode="json")
        own = {"institutions": [f"{name} schools"], "employers": [f"{name} firms"]}
        sections["programmes"].append({**programme, **own, "name": name, "visa_lane": name})
    idle = [{"name": name, "count": 4, "country": "destination"} for name in first]
    sections["employers"] = [*idle, *sections["employers"]]
    random = {"random_arrivals": True, "background_per_month": 4, "decisions_per_month": 9}
    lanes = dict.fromkeys((*first, *order), random)
    changes = {
        "governments.destination.visa.lanes": lanes,
        "behaviour.exam.pass_probability": 0.7,
        "behaviour.training.dropout": 0.02,
        "behaviour.awareness": {"initially_aware": 0.3, "network_neighbours": 2},
    }
    return one_run(bare({**changes, **sections}))


SPREAD = {"beta": {"mean": 0.5, "sd": 0.2}}


def course_of(world, name):
    names = [programme.name for programme in world.blueprint.scenario.programmes]
    return world.trajectory[:, names.index(name)]


def test_reordering_a_file_changes_nobodys_luck():
    before = two_programmes(("north", "south"))
    swapped = two_programmes(("south", "north"))
    behind = two_programmes(("north", "south"), first=("idle", "another"))
    for name in ("north", "south"):
        assert np.nanmax(course_of(before, name)) > 10
        np.testing.assert_array_equal(course_of(before, name), course_of(swapped, name))
        np.testing.assert_array_equal(course_of(before, name), course_of(behind, name))
    assert not np.array_equal(course_of(before, "north"), course_of(before, "south"))


def test_names_with_the_same_hash_still_have_luck_of_their_own(monkeypatch):
    monkeypatch.setattr("smpsim.world.frame._hashed", lambda text: 7 + text.count("\0"))
    assert list(luck_keys(["a", "b", "c"])) == [7, 8, 9]


def test_every_decision_of_a_person_has_luck_of_its_own():
    stated = {
        name: value
        for name, value in vars(luck).items()
        if name.isupper() and isinstance(value, int)
    }
    for name in ("KNOTS", "STANDARD_NORMAL", "GOVERNMENT_LUCK", "CHARACTER", "HABITS"):
        del stated[name]
    who = ("PERSON", "EMPLOYER_GROUP", "EMPLOYER_MONTH", "INSTITUTION_GROUP", "LANE_MONTH")
    drawers = [stated.pop(name) for name in (*who, "PARTNER", "SECTOR_MONTH")]
    assert len({*drawers, luck.GOVERNMENT_LUCK}) == len(drawers) + 1
    # at most five exams are taken again, and contracts of a person are counted in a byte
    times = {
        "RETAKE": 5,
        "EXAM_LANGUAGE": luck.EARLY_EXAMS,
        "LATE_EXAM_LANGUAGE": 6 - luck.EARLY_EXAMS,
        "FURTHER_CONTRACT": 256,
        "OFFER_CANCELLED": MOST_CANCELLED,
    }
    skipped = {"EARLY_EXAMS"}
    used = [
        value + n
        for name, value in stated.items()
        if name not in skipped
        for n in range(times.get(name, 1))
    ]
    assert len(used) == len(set(used))
    assert max(used) < FIRST_DECISION
