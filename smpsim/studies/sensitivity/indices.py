"""Samples of parameters, their indices by SALib (Morris, Sobol), and what each changes alone."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from smpsim.results.estimates import Estimates
from smpsim.studies.compare.pairing import difference_of
from smpsim.studies.sensitivity.ranges import Parameter

METHODS = ("morris", "sobol")
LEVELS = 4  # of Morris' grid
STEP = LEVELS / (2 * (LEVELS - 1))  # of Morris' grid, as a share of a range
RESAMPLES = 500
COLUMNS = {
    "morris": ("mu_star", "mu_star_ci_low", "mu_star_ci_high", "mu", "sigma"),
    "sobol": ("S1", "S1_ci_low", "S1_ci_high", "ST", "ST_ci_low", "ST_ci_high"),
}
FIRST = {"morris": "mu_star", "sobol": "ST"}
"""The index by which parameters are ranked."""


def block_length(method: str, parameters: int) -> int:
    """Return how many designs belong together: a trajectory, or a point and its neighbours."""
    return parameters + (1 if method == "morris" else 2)


def runs_of(method: str, samples: int, parameters: int, replications: int) -> int:
    """Return how many runs a study takes."""
    designs = samples * block_length(method, parameters) + 2 * parameters + 1
    return designs * replications


def sampled(parameters: Sequence[Parameter], method: str, samples: int, seed: int) -> np.ndarray:
    """Return values of all parameters for each design.

    Parameters
    ----------
    parameters : sequence of Parameter
    method : str
        ``"morris"`` or ``"sobol"``.
    samples : int
        Trajectories, or points of a Sobol sequence.
    seed : int

    Returns
    -------
    ndarray, shape (samples * block_length, parameters)
    """
    from SALib.sample import morris, sobol

    problem = _problem(parameters, method)
    with warnings.catch_warnings():
        # SALib hands a seed to SciPy by its old name
        warnings.simplefilter("ignore")
        if method == "morris":
            found = morris.sample(problem, samples, num_levels=LEVELS, seed=seed)
        else:
            found = sobol.sample(problem, samples, calc_second_order=False, seed=seed)
    found = np.asarray(found, float)
    for place, one in enumerate(parameters):
        if one.whole:
            found[:, place] = np.clip(np.rint(found[:, place]), one.low, one.high)
    return found


def _problem(parameters: Sequence[Parameter], method: str) -> dict[str, Any]:
    # half a step more to either side, so that each whole number has the same chance; Morris'
    # grid must meet the ends
    more = [0.5 if one.whole and method == "sobol" else 0.0 for one in parameters]
    bounds = [[p.low - half, p.high + half] for p, half in zip(parameters, more, strict=True)]
    return {
        "num_vars": len(parameters),
        "names": [one.key for one in parameters],
        "bounds": bounds,
    }


def indices_of(
    parameters: Sequence[Parameter],
    method: str,
    designs: np.ndarray,
    values: np.ndarray,
    level: float,
    seed: int,
) -> tuple[pd.DataFrame, int]:
    """Return the indices of one outcome.

    Parameters
    ----------
    parameters : sequence of Parameter
    method : str
    designs : ndarray, shape (designs, parameters)
        As `sampled` returned them.
    values : ndarray, shape (designs,)
        The outcome; a trajectory or point with a value that is not a number is left out.
    level : float
        Of the intervals.
    seed : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        Index ``parameter``; the columns of `COLUMNS`.
    int
        Trajectories or points that were used. With fewer than two there are no indices.
    """
    length = block_length(method, len(parameters))
    known = np.isfinite(values.reshape(-1, length)).all(axis=1)
    keep = np.repeat(known, length)
    used = int(known.sum())
    names = pd.Index([one.key for one in parameters], name="parameter")
    table = pd.DataFrame(np.nan, names, list(COLUMNS[method]))
    if used < 2:
        return table, used
    designs, values = designs[keep], values[keep]
    if np.ptp(values) == 0:
        table[:] = 0.0
        return table, used
    analysed = _morris if method == "morris" else _sobol
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        # SALib takes 0 for no seed at all
        found = analysed(parameters, designs, values, level, seed % 2**31 + 1)
    for name, column in found.items():
        table[name] = column
    return table, used


def _morris(
    parameters: Sequence[Parameter],
    designs: np.ndarray,
    values: np.ndarray,
    level: float,
    seed: int,
) -> dict[str, np.ndarray]:
    from SALib.analyze import morris

    found = morris.analyze(
        _problem(parameters, "morris"),
        designs,
        values,
        num_resamples=RESAMPLES,
        conf_level=level,
        num_levels=LEVELS,
        seed=seed,
    )
    # a step of a whole number is rounded, and SALib does not know by how much
    factor = np.array([STEP / _step(one) for one in parameters])
    mu_star, half = (
        np.asarray(found[name], float) * factor for name in ("mu_star", "mu_star_conf")
    )
    return {
        "mu_star": mu_star,
        "mu_star_ci_low": np.maximum(mu_star - half, 0.0),
        "mu_star_ci_high": mu_star + half,
        "mu": np.asarray(found["mu"], float) * factor,
        "sigma": np.asarray(found["sigma"], float) * factor,
    }


def _step(parameter: Parameter) -> float:
    """Return the step of a parameter as a share of its range."""
    width = parameter.high - parameter.low
    return float(np.rint(STEP * width)) / width if parameter.whole else STEP


def _sobol(
    parameters: Sequence[Parameter],
    designs: np.ndarray,
    values: np.ndarray,
    level: float,
    seed: int,
) -> dict[str, np.ndarray]:
    from SALib.analyze import sobol

    found = sobol.analyze(
        _problem(parameters, "sobol"),
        values,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        conf_level=level,
        seed=seed,
    )
    columns: dict[str, np.ndarray] = {}
    for name in ("S1", "ST"):
        middle, half = (np.asarray(found[column], float) for column in (name, f"{name}_conf"))
        columns |= {name: middle, f"{name}_ci_low": middle - half, f"{name}_ci_high": middle + half}
    return columns


def swings_of(
    parameters: Sequence[Parameter],
    designs: Sequence[Estimates],
    outcomes: Sequence[str],
    level: float,
) -> pd.DataFrame:
    """Return what each parameter alone changes at the ends of its range."""
    base = designs[0]
    rows = []
    for outcome in outcomes:
        for place, one in enumerate(parameters):
            row: dict[str, Any] = {"outcome": outcome, "parameter": one.key}
            row["base"] = base.mean(outcome)
            for end, number in (("low", 1 + 2 * place), ("high", 2 + 2 * place)):
                found = difference_of(outcome, base, designs[number], level)
                row[f"at_{end}"] = found["difference"]
                row[f"at_{end}_ci_low"] = found["ci_low"]
                row[f"at_{end}_ci_high"] = found["ci_high"]
            rows.append(row)
    return pd.DataFrame(rows).set_index(["outcome", "parameter"])
