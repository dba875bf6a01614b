"""Particles of a forecast: draws of what is not known, each run over the whole horizon."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.results.series import adds_up
from smpsim.scenario import Scenario
from smpsim.scenario.keypaths import KeyPathError
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.quantities import Distribution
from smpsim.scenario.ranges import ranges_of
from smpsim.scenario.worlds import shared_ranges
from smpsim.scenario.yaml_files import parse_value
from smpsim.studies.forecast.observed import groups_of
from smpsim.studies.sweep.chunks import Work, work_of
from smpsim.studies.sweep.resume import run_work
from smpsim.studies.sweep.sampling import sample, takes_whole_numbers
from smpsim.studies.sweep.study import Sampling
from smpsim.studies.validate.prediction import load_draws

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


def shared(scenario: Scenario, parameters: pd.DataFrame | str | Path | None) -> pd.DataFrame:
    """Return draws of the shared parameters.

    Of the catalogue's draws, those of numbers for which the scenario states a value or a range of
    its own are left out, and of mechanisms that it leaves neutral.
    """
    if isinstance(parameters, pd.DataFrame):
        return parameters.reset_index(drop=True)
    table = load_draws(parameters)
    if parameters is not None:
        return table
    mine = {key: found for key, (_, found) in ranges_of(scenario).items()}
    common = shared_ranges()
    return table[
        [key for key in map(str, table.columns) if key in mine and mine[key] == common.get(key)]
    ]


def designs(
    scenario: Scenario, base: pd.DataFrame, vary: Mapping[str, Distribution], draws: int, seed: int
) -> pd.DataFrame:
    """Return a row of values for each draw, and its seed.

    Parameters
    ----------
    scenario : Scenario
    base : DataFrame
        Draws of the shared parameters, taken again from the first when they are too few: each
        row has luck of its own.
    vary : mapping of str to Distribution
    draws : int
    seed : int

    Raises
    ------
    ScenarioError
        If a key is none.
    """
    places = np.arange(draws) % max(len(base), 1)
    if draws < len(base):
        places = np.linspace(0, len(base) - 1, draws).round().astype(int)
    columns: dict[str, Any] = {
        str(key): base[key].to_numpy()[places] for key in base.columns if key not in vary
    }
    whole = []
    for key in vary:
        try:
            whole += [key] if takes_whole_numbers([scenario], key) else []
        except KeyPathError as error:
            raise ScenarioError([Problem("vary", None, None, key, str(error))]) from None
    if vary:
        sampled = sample(vary, Sampling(samples=draws, seed=seed), whole)
        for key in vary:
            columns[key] = sampled[key].to_numpy()
    columns["seed"] = [seed + number for number in range(draws)]
    return pd.DataFrame(columns, index=pd.RangeIndex(draws))


def work(
    scenario: Scenario,
    table: pd.DataFrame,
    replications: int,
    names: Sequence[str],
    rules: Mapping[str, Any] | None = None,
) -> Work:
    """Return the runs of draws, all of which have been checked."""
    return work_of(
        {scenario.name: scenario},
        table,
        replications=replications,
        seed=None,
        outcomes=(),
        rules=rules,
        series=tuple(names),
        series_of="runs",
    )


def run(
    ready: Work,
    scenario: Scenario,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> np.ndarray:
    """Return the monthly series of all runs.

    Returns
    -------
    ndarray, shape (runs, groups, months, series)
        Groups as in `groups_of`; what does not add up over programmes is not a number for all
        together. Replications of a draw stand together.
    """
    found = run_work(ready, None, threads=threads, progress=progress)[1]
    assert found is not None
    table = found.select(["design", "replication", *ready.series]).to_pandas()
    # a large number of replications is cut into blocks
    table = table.sort_values(["design", "replication"], kind="stable")
    programmes = len(scenario.programmes)
    values = np.array(table[list(ready.series)], dtype=float)
    values = values.reshape(-1, programmes, scenario.months, len(ready.series))
    if len(groups_of(scenario)) == programmes:
        return values
    total = values.sum(axis=1, keepdims=True)
    for place, name in enumerate(ready.series):
        if not adds_up(name):
            total[..., place] = np.nan
    return np.concatenate([values, total], axis=1)
