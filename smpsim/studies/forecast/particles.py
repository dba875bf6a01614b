"""Particles of a forecast: draws of what is not known, each run over the whole horizon."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from smpsim.results.outcomes import OUTCOMES
from smpsim.results.series import adds_up
from smpsim.scenario import Scenario, load
from smpsim.scenario.keypaths import KeyPathError
from smpsim.scenario.parameters import Parameters
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.quantities import Distribution
from smpsim.scenario.worlds import Worlds
from smpsim.scenario.yaml_files import parse_value
from smpsim.studies.forecast.observed import groups_of
from smpsim.studies.sweep.chunks import Work, work_of
from smpsim.studies.sweep.resume import run_work
from smpsim.studies.sweep.sampling import WORLD, sample, takes_whole_numbers
from smpsim.studies.sweep.study import Sampling

Vary = Mapping[str, Any] | Sequence[str]
_CALL = re.compile(r"\s*(\w+)\s*\(([^()]*)\)\s*")


def spreads(vary: Vary | None) -> dict[str, Distribution]:
    """Return distributions by key path.

    Parameters
    ----------
    vary : mapping or sequence of str, optional
        As ``{"programmes.pilot.promotion": {"uniform": {"low": 0, "high": 0.1}}}``, or as
        ``["programmes.pilot.promotion=uniform(0, 0.1)"]``.

    Raises
    ------
    ScenarioError
        If one is no distribution.
    """
    pairs: list[tuple[str, Any]] = []
    if isinstance(vary, Mapping):
        pairs = list(vary.items())
    else:
        for text in [vary] if isinstance(vary, str) else vary or ():
            key, _, value = str(text).partition("=")
            pairs.append((key.strip(), value))
    found = {}
    problems = []
    for key, raw in pairs:
        try:
            found[key] = Distribution.parse(_read(raw) if isinstance(raw, str) else raw)
        except ScenarioError as error:
            problems += [Problem("vary", None, None, key, one.message) for one in error.problems]
        except ValueError as error:
            message = f"{error}, such as {key}=uniform(1, 2)"
            problems.append(Problem("vary", None, None, key, message))
    if problems:
        raise ScenarioError(problems)
    return found


def _read(text: str) -> Any:
    """Read ``uniform(1, 2)``, or a distribution as a file writes it."""
    call = _CALL.fullmatch(text)
    if call is None:
        return parse_value(text, "vary")
    return {call[1]: [parse_value(one, "vary") for one in call[2].split(",")]}


def designs(
    scenario: Scenario, vary: Mapping[str, Distribution], draws: int, seed: int
) -> pd.DataFrame:
    """Return a row for each draw: the number of its plausible world, and values of spreads.

    Parameters
    ----------
    scenario : Scenario
    vary : mapping of str to Distribution
        Spreads that stand in place of the likely range of a number.
    draws : int
    seed : int

    Raises
    ------
    ScenarioError
        If a key is none.
    """
    columns: dict[str, Any] = {WORLD: np.arange(draws)}
    whole = []
    for key in vary:
        try:
            whole += [key] if takes_whole_numbers([scenario], key) else []
        except KeyPathError as error:
            raise ScenarioError([Problem("vary", None, None, key, str(error))]) from None
    if vary:
        sampled = sample(vary, Sampling(samples=draws, seed=seed), whole)
        columns |= {key: sampled[key].to_numpy() for key in vary}
    return pd.DataFrame(columns)


def work(
    scenario: Scenario,
    table: pd.DataFrame,
    replications: int,
    names: Sequence[str],
    seed: int,
    parameters: Parameters,
    rules: Mapping[str, Any] | None = None,
    looked_at: Mapping[str, Collection[int]] | None = None,
) -> Work:
    """Return the runs of draws, all of which have been checked.

    Parameters
    ----------
    looked_at : mapping of str to collection of int, optional
        Outcomes that are taken at the end of some months.
    """
    at = sorted({month + 1 for months in (looked_at or {}).values() for month in months})
    return work_of(
        {scenario.name: scenario},
        table,
        replications=replications,
        seed=seed,
        outcomes=tuple(looked_at or ()),
        at=[at] if at else (),
        rules=rules,
        series=tuple(names),
        series_of="runs",
        parameters=parameters,
    )


def in_worlds(
    scenario: Scenario, rows: Iterable[Mapping[str, Any]], seed: int, parameters: Parameters
) -> Iterator[Scenario]:
    """Yield the scenario as it is in the world of each row of `designs`."""
    last: dict[str, Any] = {}
    worlds = Worlds(scenario, parameters.held(scenario, last), seed)
    for row in rows:
        values = {str(key): value for key, value in row.items() if key != WORLD}
        if values != last:
            # ranges are looked up once for all rows that differ in their world only
            design = load(scenario, values) if values else scenario
            worlds, last = Worlds(design, parameters.held(design, values), seed), values
        yield worlds.scenario(int(row[WORLD]))


Looks = dict[tuple[str, int], np.ndarray]
"""Outcomes as they were at the end of a month, shape (runs, groups), by name and month."""


def run(
    ready: Work,
    scenario: Scenario,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[np.ndarray, Looks]:
    """Return the monthly series of all runs, and outcomes at the months that are looked at.

    Returns
    -------
    ndarray, shape (runs, groups, months, series)
        Groups as in `groups_of`; what does not add up over programmes is not a number for all
        together. Replications of a draw stand together.
    dict
    """
    ends, found = run_work(ready, None, threads=threads, progress=progress)
    assert found is not None
    table = found.select(["design", "replication", *ready.series]).to_pandas()
    # a large number of replications is cut into blocks
    table = table.sort_values(["design", "replication"], kind="stable")
    programmes = len(scenario.programmes)
    values = np.array(table[list(ready.series)], dtype=float)
    values = values.reshape(-1, programmes, scenario.months, len(ready.series))
    several = len(groups_of(scenario)) > programmes
    looks: Looks = {}
    if ready.at:
        rows = ends.to_pandas().sort_values(["month", "design", "replication"], kind="stable")
        for end, mine in rows.groupby("month"):
            for name in ready.outcomes or ():
                each = mine[name].to_numpy(float).reshape(-1, programmes)
                if several:
                    each = _with_total(each, OUTCOMES[name].adds_up)
                looks[name, int(end) - 1] = each
    if not several:
        return values, looks
    total = values.sum(axis=1, keepdims=True)
    for place, name in enumerate(ready.series):
        if not adds_up(name):
            total[..., place] = np.nan
    return np.concatenate([values, total], axis=1), looks


def _with_total(values: np.ndarray, sums: bool | None) -> np.ndarray:
    """Return values with their total over programmes, shape (runs, programmes + 1)."""
    total = values.sum(axis=1) if sums else np.full(len(values), np.nan)
    return np.column_stack([values, total])
