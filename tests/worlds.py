"""Small worlds for tests: a bare pipeline as a mapping, and runs of it as arrays."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from smpsim.compiled import PLAIN
from smpsim.ensemble import COUNTS, Runs, simulate
from smpsim.scenario import Scenario, load_data
from smpsim.scenario.parameters import CENTRE, Draws
from smpsim.vocabulary import TRAJECTORY_COLUMNS
from smpsim.world.blueprint import blueprint
from smpsim.world.blueprints import Blueprints
from smpsim.world.tables import World

PLAIN_RUNS = 4
"""Runs of an ensemble where rules are plain Python, which takes a thousand times as long."""

BARE: dict[str, Any] = {
    "name": "Bare",
    "months": 60,
    "governments": {
        "origin": {"role": "origin"},
        "destination": {"role": "destination", "visa": {"lanes": {"standard": {}}}},
    },
    "institutions": [{"name": "schools", "count": 2, "origin": "origin"}],
    "employers": [
        {"name": "firms", "count": 4, "country": "destination", "initial_vacancies": 1000}
    ],
    "programmes": [
        {
            "name": "pilot",
            "institutions": ["schools"],
            "employers": ["firms"],
            "destination": "destination",
            "intakes": {"seats": 100, "every_months": 1, "number": 1},
            "training": {"months_before_departure": 6},
        }
    ],
}


def bare(changes: Mapping[str, Any] | None = None, **top: Any) -> Scenario:
    """Return the bare pipeline with values changed by key path and at the top level."""
    return load_data({**copy.deepcopy(BARE), **top}, overrides=dict(changes or {}))


@dataclass
class Outcome:
    """Arrays of an ensemble with names."""

    runs: Runs

    def column(self, name: str) -> np.ndarray:
        """Return a column of the trajectory, shape (runs, months), summed over programmes."""
        return self.runs.trajectories[:, :, :, TRAJECTORY_COLUMNS.index(name)].sum(axis=2)

    def last(self, name: str) -> np.ndarray:
        """Return a column at the horizon, shape (runs,)."""
        return self.column(name)[:, -1]

    def count(self, name: str) -> np.ndarray:
        """Return a count of the summary, shape (runs,), summed over programmes."""
        return self.runs.counts[:, :, COUNTS.index(name)].sum(axis=1)


def ensemble(scenario: Scenario, runs: int = 100, seed: int = 1, **options: Any) -> Outcome:
    """Run a scenario and return its arrays."""
    if PLAIN:
        runs, options = min(runs, PLAIN_RUNS), {**options, "threads": 1}
    return Outcome(simulate(blueprint(scenario, seed), seed, range(runs), **options))


def one_run(
    scenario: Scenario, seed: int = 1, replication: int = 0, parameters: Draws = CENTRE
) -> World:
    """Return the world at the end of one run."""
    world = World(Blueprints(scenario, seed, parameters).of(replication))
    world.advance(scenario.months, seed, replication)
    return world


def within_three_errors(found: np.ndarray, expected: float) -> bool:
    """Return whether a mean lies within three Monte Carlo standard errors of a value."""
    error = found.std(ddof=1) / np.sqrt(len(found))
    return bool(abs(found.mean() - expected) <= 3.0 * error + 1e-12)


COMPARED = ("trajectory", "ledger", "flows", "employers", "partnerships")
# set when a person comes into the stage that has them, and not read before
OF_A_STAGE = {
    "site",
    "since",
    "place_in_line",
    "promised",
    "contract_end",
    "cause",
    "gone",
    "grade",
    "spare",
}


def assert_same(one: World, other: World) -> None:
    """Assert that two worlds came to the same, bit for bit."""
    for table in COMPARED:
        assert getattr(one, table).tobytes() == getattr(other, table).tobytes(), table
    for field in set(one.people.dtype.names) - OF_A_STAGE:
        np.testing.assert_array_equal(one.people[field], other.people[field], field)
