"""Plausible worlds: draws of all numbers of a scenario that are not known well.

Each replication is a world of its own. World n has the same draws in every scenario that has the
same likely ranges, so that options are compared in the same worlds.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from smpsim.errors import Error
from smpsim.messages import nearest, shown_value
from smpsim.scenario.catalogue import folder as catalogue_folder
from smpsim.scenario.fields import Section
from smpsim.scenario.keypaths import KeyPath, KeyPathError, format_path, overlapping, parse_path
from smpsim.scenario.loading import read_document
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.quantities import KINDS, Distribution
from smpsim.scenario.ranges import (
    SECTION,
    Range,
    indexed,
    number_at,
    range_at,
    ranges_of,
    score_of,
)
from smpsim.scenario.schema import Scenario
from smpsim.scenario.timeline import keep_segments, segments
from smpsim.scenario.values_at_keys import get_value, scenario_data

LIKELY, CENTRE = "likely", "centre"
DEFAULT = LIKELY
POSTERIOR = "posterior.csv"
RANGES = "# ranges:"
"""Begins the line of a file of draws that says which likely ranges they belong to."""
SHARED = "base"
"""The scenario whose ranges the calibrated draws belong to."""
OTHER_LUCK = 10**9
"""Added to the number of a replication for other luck in its world; no ensemble has as many."""
_BLOCK = 256


@dataclass(frozen=True, eq=False)
class Parameters:
    """What runs take for the numbers that are not known well.

    Parameters
    ----------
    name : str
        ``"likely"``, ``"centre"``, or where a user's draws are from.
    table : DataFrame, optional
        Joint draws by key path; numbers without a column are drawn from their ranges.
    own : bool
        Whether the draws are a user's, which hold for every scenario that has their keys; the
        calibrated ones hold where a scenario has the ranges that they were calibrated from.
    """

    name: str
    table: pd.DataFrame | None = field(default=None, repr=False)
    own: bool = False

    @property
    def drawn(self) -> bool:
        """Whether anything is drawn."""
        return self.name != CENTRE

    @cached_property
    def digest(self) -> str:
        """A hash of the joint draws, as numbers depend on them; empty without any."""
        if self.table is None:
            return ""
        rows = [list(map(str, self.table.columns)), self.table.to_numpy(float).tolist()]
        return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]

    @property
    def facts(self) -> dict[str, str]:
        """What people read of them; nothing where runs are at the centre."""
        if not self.drawn:
            return {}
        return {"parameters": self.name, **({"draws_hash": self.digest} if self.digest else {})}

    def held(
        self, scenario: Scenario, sets: Iterable[str] = (), first: Scenario | None = None
    ) -> Parameters:
        """Return what is drawn in a scenario, without what somebody has set in it.

        Only a user's own draws have that: the likely range of a number goes where it is set.

        Parameters
        ----------
        scenario : Scenario
        sets : iterable of str
            Key paths, or texts such as ``"KEY=VALUE"``, of what is set.
        first : Scenario, optional
            What the scenario is an option beside: what it states otherwise is part of the option.
        """
        if not self.own or self.table is None:
            return self
        keys = [str(one).partition("=")[0].strip() for one in sets]
        left = [
            key
            for key in map(str, self.table.columns)
            if any(overlapping(key, one) for one in keys)
            or (first is not None and number_in(scenario, key) != number_in(first, key))
        ]
        return replace(self, table=self.table.drop(columns=left)) if left else self

    @property
    def recipe(self) -> dict[str, Any]:
        """What runs it again, as plain data: the draws themselves where they are a user's."""
        own = {"table": self.table.to_dict("list")} if self.own and self.table is not None else {}
        return {"parameters": {**self.facts, **own}} if self.drawn else {}


AT_CENTRE = Parameters(CENTRE)


def number_in(scenario: Scenario, key: str) -> float | None:
    """Return the number at a key path; None if the scenario has none."""
    try:
        return number_at(scenario, indexed(scenario, parse_path(key)))
    except KeyPathError:
        return None


def parameters_again(recipe: Mapping[str, Any]) -> Parameters:
    """Return the parameters of a recipe; what was run before there were any is at the centre.

    Raises
    ------
    ScenarioError
        If the calibrated draws of the catalogue are no longer those of then.
    """
    kept = recipe.get("parameters")
    if not kept:
        return AT_CENTRE
    if "table" in kept:
        table = pd.DataFrame(kept["table"]).astype(float)
        return Parameters(str(kept["parameters"]), table, own=True)
    found = parameters(LIKELY)
    if found.digest != kept.get("draws_hash", ""):
        message = (
            "the result was made with other calibrated draws than this version has; allowed: the "
            "version that made it"
        )
        raise ScenarioError([Problem(POSTERIOR, None, None, "parameters", message)])
    return found


Draws = str | Path | pd.DataFrame | Parameters
"""What may be given as ``parameters``."""


def parameters(given: Draws) -> Parameters:
    """Return what is asked for as ``parameters``.

    Parameters
    ----------
    given : str, Path, DataFrame or Parameters
        ``"likely"``, ``"centre"``, a table of joint draws with a column for each key path, or its
        CSV file.

    Raises
    ------
    ScenarioError
        If a file is missing or is no such table.
    """
    if isinstance(given, Parameters):
        return given
    if isinstance(given, pd.DataFrame):
        return Parameters("table", _checked(given, "parameters"), own=True)
    if str(given) == CENTRE:
        return AT_CENTRE
    if str(given) == LIKELY:
        return Parameters(LIKELY, _calibrated())
    return Parameters(str(given), read_draws(given), own=True)


def file_of(given: str | None) -> list[str]:
    """Return the file that draws are read from, if it is the user's own."""
    return [] if given in (None, LIKELY, CENTRE) else [given]


def read_draws(path: str | Path, stated: bool = False) -> pd.DataFrame:
    """Read joint draws of parameters from a CSV file with a column for each key path.

    Comments stand after ``#``. One of them may say which likely ranges the draws belong to
    (``# ranges: HASH``, as in `POSTERIOR`); such draws are refused where there are others.

    Parameters
    ----------
    path : str or Path
    stated : bool
        Whether the file must say it.

    Raises
    ------
    ScenarioError
        If the file is missing or is no such table, or the draws are of other ranges.
    """
    hint = nearest(str(path), (LIKELY, CENTRE))
    try:
        draws = pd.read_csv(Path(path), comment="#")
        lines = Path(path).read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        allowed = f"allowed: {LIKELY}, {CENTRE}, or a CSV file of draws{hint}"
        message = f"cannot be read as a table of draws: {error}; {allowed}"
        raise ScenarioError([Problem(str(path), None, None, "", message)]) from error
    found = [
        (line, text.removeprefix(RANGES).strip())
        for line, text in enumerate(lines, 1)
        if text.startswith(RANGES)
    ]
    for line, digest in found or ([(1, "none")] if stated else []):
        if digest != shared_digest():
            message = (
                f"got draws of the likely ranges {digest}; allowed: of those that {SHARED}.yaml "
                f"has now, {shared_digest()}: calibrate anew"
            )
            raise OtherRangesError([Problem(str(path), line, None, RANGES.strip("# :"), message)])
    return _checked(draws, str(path))


class OtherRangesError(ScenarioError):
    """Draws that belong to other likely ranges than there are."""


def _checked(draws: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return draws in which all is a finite number of a key path."""
    problems = []
    for key in draws.columns:
        try:
            parse_path(str(key))
        except KeyPathError as error:
            problems.append(Problem(name, None, None, str(key), str(error)))
            continue
        values = pd.to_numeric(draws[key], errors="coerce").to_numpy(float)
        if not np.isfinite(values).all():
            place = int(np.flatnonzero(~np.isfinite(values))[0])
            found = shown_value(draws[key].iloc[place])
            message = f"got {found} in draw {place}; allowed: a number"
            problems.append(Problem(name, None, None, str(key), message))
    if not problems and draws.empty:
        problems.append(Problem(name, None, None, "", "got no draws; allowed: one row or more"))
    if problems:
        raise ScenarioError(problems)
    return draws.reset_index(drop=True).astype(float)


@lru_cache(maxsize=1)
def _calibrated() -> pd.DataFrame | None:
    """Return the catalogue's calibrated draws; nothing, with a warning, if of other ranges."""
    file = catalogue_folder() / POSTERIOR
    if not file.is_file():
        return None
    try:
        return read_draws(file, stated=True)
    except OtherRangesError as error:
        warnings.warn(f"{error}. All is drawn from its likely range alone.", stacklevel=2)
        return None


@lru_cache(maxsize=1)
def shared_ranges() -> dict[str, Range]:
    """Return the likely ranges of the parameters that scenarios share, by key path."""
    data = read_document(SHARED).data
    found = {}
    for key, (low, high) in data.get(SECTION, {}).items():
        here: Any = data
        path = parse_path(key)
        for step in path:
            here = here[step]
        found[key] = range_at(path, float(low), float(here), float(high))
    return found


def shared_digest() -> str:
    """Return a hash of the ranges of the shared parameters."""
    return hashlib.sha256(repr(sorted(shared_ranges().items())).encode()).hexdigest()[:16]


def order_of_draws(rows: int, seed: int) -> np.ndarray:
    """Return which of the joint draws each world has, one after the other and then again.

    Returns
    -------
    ndarray of int, shape (rows,)
    """
    return np.random.default_rng([seed, 1]).permutation(rows)


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
        for key in map(str, table.columns):
            if number_in(self.of, key) is not None:
                found[indexed(self.of, parse_path(key))] = table[key].to_numpy(float)
            elif key.startswith("behaviour."):
                # all scenarios have these; others may be another scenario's
                try:
                    message = f"got draws of {shown_value(get_value(self.of, key))}"
                except KeyPathError as error:
                    message = str(error)
                raise ScenarioError([Problem(self.given.name, None, None, key, message)])
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
