"""Plausible worlds: draws of all numbers of a scenario that are not known well.

Each replication is a world of its own. World n has the same draws in every scenario that has the
same likely ranges, so that options are compared in the same worlds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np

from smpsim.errors import Error
from smpsim.messages import shown_value
from smpsim.scenario.allowed_values import number_words
from smpsim.scenario.fields import Section
from smpsim.scenario.keypaths import KeyPath, KeyPathError, format_path, parse_path
from smpsim.scenario.loading import load
from smpsim.scenario.parameters import Parameters, number_in, order_of_draws, shared_ranges
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.quantities import KINDS, Distribution
from smpsim.scenario.ranges import (
    SECTION,
    indexed,
    number_at,
    range_at,
    ranges_of,
    score_of,
)
from smpsim.scenario.schema import Scenario
from smpsim.scenario.timeline import keep_segments, segments
from smpsim.scenario.values_at_keys import get_value, scenario_data

OTHER_LUCK = 10**9
"""Added to the number of a replication for other luck in its world; no ensemble has as many."""
_BLOCK = 256


class Worlds:
    """The plausible worlds of a scenario.

    Parameters
    ----------
    scenario : Scenario
    given : Parameters
    seed : int
        Seed of the draws.

    Raises
    ------
    ScenarioError
        If a user's draws are of a number of behaviour that no scenario has.

    Attributes
    ----------
    keys : tuple of str
        Key paths of the numbers that are drawn; empty if none is.
    """

    def __init__(self, scenario: Scenario, given: Parameters, seed: int) -> None:
        self.of, self.given, self.seed = scenario, given, seed
        found = ranges_of(scenario) if given.drawn else {}
        self._ranges = dict(found.values())
        self._names = {path: key for key, (path, _) in found.items()}
        self._columns = self._joint()
        own = [path for path in self._columns if path not in self._names]
        data = scenario_data(scenario) if own else {}
        self._names |= {path: format_path(path, data) for path in own}
        self.keys = tuple(self._names.values())
        rows = 0 if given.table is None else len(given.table)
        self._order = order_of_draws(rows, seed)

    def _joint(self) -> dict[KeyPath, np.ndarray]:
        """Return the columns of the joint draws that hold for the scenario, by key path."""
        table = self.given.table
        if table is None:
            return {}
        if not self.given.own:
            shared = shared_ranges()
            return {
                path: table[key].to_numpy(float)
                for path, key in self._names.items()
                if key in table and shared.get(key) == self._ranges[path]
            }
        found = {}
        problems = []
        for key in map(str, table.columns):
            if number_in(self.of, key) is not None:
                path, values = indexed(self.of, parse_path(key)), table[key].to_numpy(float)
                if fault := _fault(self.of, key, path, values):
                    problems.append(Problem(self.given.name, None, None, key, fault))
                found[path] = values
            elif key.startswith("behaviour."):
                # all scenarios have these; others may be another scenario's
                try:
                    message = f"got draws of {shown_value(get_value(self.of, key))}"
                except KeyPathError as error:
                    message = str(error)
                raise ScenarioError([Problem(self.given.name, None, None, key, message)])
        if problems:
            raise ScenarioError(problems)
        return found

    def __bool__(self) -> bool:
        return bool(self.keys)

    def values(self, number: int) -> dict[str, float]:
        """Return the numbers of a world by key path."""
        return {self._names[path]: value for path, value in self._values(number).items()}

    def _values(self, number: int) -> dict[KeyPath, float]:
        found: dict[KeyPath, float] = {}
        for path, name in self._names.items():
            column = self._columns.get(path)
            if column is None:
                score = score_of(_uniform(self.seed, name, number))
                found[path] = self._ranges[path].at(score)
            else:
                found[path] = float(column[self._order[number % len(column)]])
        return found

    def scenario(self, number: int) -> Scenario:
        """Return the scenario of a world: the same as loaded with its values, without checks.

        What the timeline sets keeps what it is set to, until it is set to its centre again.

        Raises
        ------
        ScenarioError
            If a distribution cannot have the parameters that are drawn for it.
        """
        if not self.keys:
            return self.of
        values = self._values(number)
        try:
            found = self._with(self.of, self._names, values)
            if self.of.timeline:
                parts = []
                for month, part, paths, same in self._segments:
                    taken = {name: getattr(found, name) for name in same}
                    begins = part is self.of
                    parts.append(
                        (month, found if begins else self._with(part, paths, values, taken))
                    )
                keep_segments(found, parts)
        except _NoDistributionError as error:
            message = f"world {number}: {error}; allowed: a narrower range"
            raise ScenarioError([Problem(self.of.name, None, None, "", message)]) from None
        return found

    @cached_property
    def _segments(self) -> list[tuple[int, Scenario, list[KeyPath], list[str]]]:
        """Segments of the timeline, each with what is drawn in it and what it has of the beginning.

        Drawn is what it has not set to something else. Sections that it leaves alone, as behaviour
        mostly, are those of the beginning.
        """
        centre = {path: number_at(self.of, path) for path in self._names}
        sections = dict.fromkeys(str(path[0]) for path in centre)
        found = []
        for month, part in segments(self.of):
            same = [name for name in sections if getattr(part, name) == getattr(self.of, name)]
            paths = [
                path
                for path in centre
                if path[0] not in same and number_at(part, path) == centre[path]
            ]
            found.append((month, part, paths, same))
        return found

    def _with(
        self,
        part: Scenario,
        paths: Iterable[KeyPath],
        values: Mapping[KeyPath, float],
        taken: Mapping[str, Any] = MappingProxyType({}),
    ) -> Scenario:
        """Return a segment with what is drawn of it, and sections taken from another."""
        tree: dict[Any, Any] = {}
        for path in paths:
            branch = tree
            for step in path[:-1]:
                branch = branch.setdefault(step, {})
            branch[path[-1]] = values[path]
        found: Scenario = _rebuilt(part, tree)
        return found.model_copy(update={SECTION: self._held, **taken})

    @cached_property
    def _held(self) -> dict[str, tuple[float, float]]:
        """The ranges of what is not drawn."""
        return {k: ends for k, ends in self.of.likely_ranges.items() if k not in self.keys}


def _fault(scenario: Scenario, key: str, path: KeyPath, values: np.ndarray) -> str:
    """Return which of a user's draws the scenario does not take, or an empty text."""
    limits = range_at(path, *values[:1].repeat(3).tolist())
    if limits.whole and (values % 1.0 != 0.0).any():
        place = int(np.flatnonzero(values % 1.0)[0])
        return f"got {number_words(float(values[place]))} in draw {place}; allowed: whole numbers"
    inside = bool(limits.least < values.min() and values.max() < limits.most)
    for place in () if inside else (int(values.argmin()), int(values.argmax())):
        value = float(values[place])
        try:
            load(scenario, {key: int(value) if limits.whole else value})
        except ScenarioError as error:
            return f"draw {place}: {error.problems[0].message}"
    return ""


class _NoDistributionError(Error):
    """Parameters that a distribution cannot have."""


def _rebuilt(here: Any, tree: Any) -> Any:
    """Return a copy of a part of a checked scenario with other numbers."""
    if not isinstance(tree, dict):
        if isinstance(here, Distribution):
            return Distribution.constant(tree)
        return int(tree) if isinstance(here, int) else float(tree)
    if isinstance(here, Section):
        below = {str(step): _rebuilt(getattr(here, step), one) for step, one in tree.items()}
        return here.model_copy(update=below)
    if isinstance(here, Distribution):
        ((kind, changed),) = tree.items()
        values = {**dict(here.parameters), **changed}
        if not KINDS[kind].valid(values):
            raise _NoDistributionError(f"got {kind} with {values}")
        return Distribution(kind, tuple(values.items()))
    if isinstance(here, dict):
        return {**here, **{step: _rebuilt(here[step], one) for step, one in tree.items()}}
    return type(here)(_rebuilt(one, tree[n]) if n in tree else one for n, one in enumerate(here))


def _uniform(seed: int, name: str, number: int) -> float:
    """Return the uniform number of a key in a world: the same whatever else is drawn."""
    block, place = divmod(number, _BLOCK)
    return float(_uniforms(seed, name, block)[place])


@lru_cache(maxsize=20_000)
def _uniforms(seed: int, name: str, block: int) -> np.ndarray:
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    philox = np.random.Philox(key=[seed % 2**64, key], counter=[0, block, 0, 0])
    return np.random.Generator(philox).random(_BLOCK)
