"""From a study to its designs: grids and lists crossed, distributions sampled together."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from smpsim.scenario import Scenario
from smpsim.scenario.allowed_values import shape_at
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.quantities import Distribution
from smpsim.scenario.values_at_keys import put, scenario_data
from smpsim.studies.sweep.streams import points
from smpsim.studies.sweep.study import Sampling, SweepStudy

ACTIONS, SAMPLE, WORLD = "actions", "sample", "world"
"""Columns of a table of designs that are no key paths."""
NO_ACTIONS, JOINED_BY = "none", " + "
MOST_DESIGNS = 1_000_000


def sample(
    distributions: Mapping[str, Distribution], sampling: Sampling, whole: Sequence[str] = ()
) -> pd.DataFrame:
    """Sample distributions together: points of a unit cube under their quantiles.

    Parameters
    ----------
    distributions : mapping of str to Distribution
    sampling : Sampling
    whole : sequence of str
        Keys that take whole numbers only; their samples are rounded.

    Returns
    -------
    DataFrame, shape (samples, distributions)
    """
    cube = points(list(distributions), sampling.samples, sampling.seed, sampling.method)
    found = {}
    for key, distribution in distributions.items():
        values = distribution.quantile(cube[key])
        if key in whole:
            values = np.rint(values)
            # what no whole number can hold stays as it is, for the scenario to refuse
            if np.all(np.abs(values) < 2.0**63):
                values = values.astype(np.int64)
        found[key] = values
    return pd.DataFrame(found)


def designs_of(study: SweepStudy, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Return all designs of a study.

    Parameters
    ----------
    study : SweepStudy
    scenarios : sequence of Scenario
        Those of the study; they say which keys take whole numbers only.

    Returns
    -------
    DataFrame
        One row a design, index ``design``: ``actions`` as text if they are an axis, a column for
        each key that is varied, and ``sample``, the number of the sample, if there are any. The
        last column changes fastest.

    Raises
    ------
    ScenarioError
        If there are too many.
    """
    axes: dict[str, Sequence[Any]] = {}
    if study.actions is not None:
        axes[ACTIONS] = [actions_in_words(one) for one in study.actions.list_]
    axes |= {key: axis.values for key, axis in study.crossed.items()}
    if study.design is not None:
        axes[SAMPLE] = range(study.design.samples)
    count = math.prod(len(values) for values in axes.values())
    if count > MOST_DESIGNS:
        message = f"got {count:,} designs; allowed: {MOST_DESIGNS:,} or fewer"
        raise ScenarioError([Problem(f"study {study.name!r}", None, None, "vary", message)])
    rows = list(itertools.product(*axes.values()))
    table = pd.DataFrame(index=pd.RangeIndex(len(rows), name="design"))
    for place, key in enumerate(axes):
        table[key] = _column([row[place] for row in rows])
    if study.design is not None:
        whole = [key for key in study.sampled if takes_whole_numbers(scenarios, key)]
        drawn = sample(study.sampled, study.design, whole)
        for key in study.sampled:
            table[key] = drawn[key].to_numpy()[table[SAMPLE].to_numpy()]
    order = [key for key in (ACTIONS, *study.vary, SAMPLE) if key in table]
    return table[order]


def _column(values: list[Any]) -> Any:
    """Return values as a column: of numbers if all are of one kind, of objects otherwise."""
    kinds = {type(value) for value in values}
    if kinds <= {int} or kinds <= {float} or kinds == {int, float}:
        return np.array(values)
    column = np.empty(len(values), object)
    column[:] = values
    return column


def takes_whole_numbers(scenarios: Sequence[Scenario], key: str) -> bool:
    """Return whether whole numbers, but no others, may stand at a key."""
    path = put(scenario_data(scenarios[0]), key, 0)[1]
    shape = shape_at(path)
    return shape is not None and shape.takes(int) and not shape.takes(float)


def actions_in_words(actions: Sequence[str]) -> str:
    """Return actions as they stand in a table of designs: ``"campaigns + early_engagement"``."""
    return JOINED_BY.join(str(one).removeprefix("actions/") for one in actions) or NO_ACTIONS


def actions_of(cell: Any) -> list[str]:
    """Return the actions that a cell of a table of designs stands for."""
    if not isinstance(cell, str):
        return [str(one) for one in cell]
    return [] if cell in ("", NO_ACTIONS) else cell.split(JOINED_BY)
