"""What runs take for the numbers that are not known well: draws, likely ranges, or the centre."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.messages import nearest, shown_value
from smpsim.scenario.catalogue import folder as catalogue_folder
from smpsim.scenario.keypaths import KeyPathError, overlapping, parse_path
from smpsim.scenario.loading import read_document
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.ranges import (
    SECTION,
    Range,
    indexed,
    number_at,
    range_at,
)
from smpsim.scenario.schema import Scenario

LIKELY, CENTRE = "likely", "centre"
DEFAULT = LIKELY
POSTERIOR = "posterior.csv"
RANGES = "# ranges:"
"""Begins the line of a file of draws that says which likely ranges they belong to."""
SHARED = "base"
"""The scenario whose ranges the calibrated draws belong to."""


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
            "the result was made with calibrated draws that this version does not have; allowed: "
            "the version that made it"
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
        warnings.warn(f"{error}. Every value is drawn from its likely range alone.", stacklevel=2)
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
