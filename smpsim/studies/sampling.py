"""From a study to its designs: values crossed, distributions sampled together."""

from __future__ import annotations

import itertools
import math
import warnings
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from smpsim.scenario import Scenario
from smpsim.scenario.access import put, scenario_data
from smpsim.scenario.errors import Problem, ScenarioError
from smpsim.scenario.quantities import Distribution
from smpsim.scenario.shapes import shape_at
from smpsim.studies.axes import ACTIONS, Axis, as_actions
from smpsim.studies.study import Sampling, SweepStudy

SAMPLE = "sample"
"""A column of designs: the number of the sample of all that is sampled together."""
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
        With its number of samples.
    whole : sequence of str
        Keys that take whole numbers only; their samples are rounded.

    Returns
    -------
    DataFrame, shape (samples, distributions)
    """
    size, count = len(distributions), sampling.samples or 1
    if sampling.method == "latin_hypercube":
        cube = qmc.LatinHypercube(size, seed=sampling.seed).random(count)
    elif sampling.method == "sobol":
        with warnings.catch_warnings():
            # a number that is no power of two is balanced less well; that is said in the docs
            warnings.simplefilter("ignore", UserWarning)
            cube = qmc.Sobol(size, seed=sampling.seed).random(count)
    else:
        cube = np.random.default_rng(sampling.seed).random((count, size))
    return pd.DataFrame(
        {
            key: _drawn(distribution, shares, key in whole)
            for (key, distribution), shares in zip(distributions.items(), cube.T, strict=True)
        }
    )


def _drawn(distribution: Distribution, shares: np.ndarray, whole: bool) -> np.ndarray:
    # a scrambled sequence can meet 0, where a normal distribution is infinite
    values = np.asarray(distribution.quantile(np.clip(shares, 1e-12, 1.0 - 1e-12)), float)
    return np.rint(values).astype(np.int64) if whole or distribution.kind == "integers" else values


def values_of(key: str, axis: Axis, seed: int, whole: bool) -> list[Any]:
    """Return the values of an axis that is crossed with others.

    Of a distribution, one value is drawn from each of as many parts of equal probability as there
    are samples, so that they rise. They depend on the seed and the key, not on other axes.
    """
    if axis.spread is None or axis.samples is None:
        return list(axis.values)
    rng = np.random.default_rng([seed, zlib.crc32(key.encode())])
    shares = (np.arange(axis.samples) + rng.random(axis.samples)) / axis.samples
    # whole numbers may be met more than once, but make one design
    return list(dict.fromkeys(_drawn(axis.spread, shares, whole).tolist()))


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
        One row a design, index ``design``: a column for each key that is varied, ``actions`` in
        words among them, and ``sample``, the number of the sample, if any are taken together. The
        last of what is crossed changes fastest.

    Raises
    ------
    ScenarioError
        If there are too many, or a number of samples is missing.
    """
    place = f"study {study.name!r}"
    whole = [
        key
        for key, axis in study.vary.items()
        if axis.spread is not None and takes_whole_numbers(scenarios, key)
    ]
    axes: dict[str, Sequence[Any]] = {}
    for key, axis in study.vary.items():
        if key == ACTIONS:
            axes[key] = [actions_in_words(one) for one in study.action_sets]
        elif not axis.is_joint:
            axes[key] = values_of(key, axis, study.design.seed, key in whole)
    if study.sampled:
        if study.design.samples is None:
            message = "found no number of samples, allowed: a whole number from 1"
            raise ScenarioError([Problem(place, None, None, "design.samples", message)])
        axes[SAMPLE] = range(study.design.samples)
    count = math.prod(len(values) for values in axes.values())
    if count > MOST_DESIGNS:
        message = f"found {count:,} designs, allowed: {MOST_DESIGNS:,} or fewer"
        raise ScenarioError([Problem(place, None, None, "vary", message)])
    rows = list(itertools.product(*axes.values()))
    columns = {key: _column([row[n] for row in rows]) for n, key in enumerate(axes)}
    table = pd.DataFrame(columns, index=pd.RangeIndex(len(rows), name="design"))
    if study.sampled:
        drawn = sample(study.sampled, study.design, whole)
        for key in study.sampled:
            table[key] = drawn[key].to_numpy()[table[SAMPLE].to_numpy()]
    return table[[key for key in (*study.vary, SAMPLE) if key in table]]


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


def actions_of(cell: Any) -> tuple[str, ...]:
    """Return the actions that a cell of a table of designs stands for."""
    if isinstance(cell, str):
        return () if cell in ("", NO_ACTIONS) else tuple(cell.split(JOINED_BY))
    return as_actions(None if isinstance(cell, float) and math.isnan(cell) else cell)
