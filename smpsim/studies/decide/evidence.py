"""The evidence meter: how much of a spread comes from figures that nobody has sourced."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from smpsim.scenario.keypaths import KeyPath, parse_path
from smpsim.scenario.marks import marks
from smpsim.scenario.worlds import SHARED
from smpsim.studies.decide.information import PENALTIES, scores


@cache
def figures() -> dict[KeyPath, bool]:
    """Return whether each figure of the behaviour that all programmes share has a source.

    Of ``base.yaml``, as `smpsim.scenario.marks` reads it.
    """
    return {
        tuple(parse_path(one.key)): one.origin == "source" for one in marks(SHARED) if one.shared
    }


def is_assumed(key: str) -> bool:
    """Return whether nobody has sourced the figure at a key path; also if it is not shared."""
    path, known = tuple(parse_path(key)), figures()
    # a number of a distribution has the source of the distribution
    said = (known[path[:end]] for end in range(len(path), 0, -1) if path[:end] in known)
    return not next(said, False)


def assumed_share(values: np.ndarray, parameters: pd.DataFrame) -> float:
    """Return how much of what is not known comes from figures that nobody has sourced.

    A ridge regression of the worlds on the normal scores of all parameters; each explains its
    covariance with the fit, and those without a source explain theirs together.

    Parameters
    ----------
    values : ndarray, shape (worlds,)
        Mean of an outcome in each world.
    parameters : DataFrame, shape (worlds, parameters)
        Those that are drawn in this option.

    Returns
    -------
    float
        From 0 to 1; not a number where no parameter explains anything.
    """
    varied = [str(key) for key in parameters.columns if parameters[key].nunique() > 1]
    assumed = np.array([is_assumed(key) for key in varied], bool)
    if not varied or np.ptp(values) == 0.0:
        return float("nan")
    if assumed.all() or not assumed.any():
        return float(assumed.all())
    from sklearn.linear_model import RidgeCV

    table = np.column_stack([scores(parameters[key].to_numpy(float)) for key in varied])
    model = RidgeCV(PENALTIES).fit(table, values)
    parts = (table - table.mean(axis=0)) * model.coef_
    whole = parts.sum(axis=1)
    variance = float(whole @ whole)
    if variance == 0.0:
        return float("nan")
    return float(np.clip(parts[:, assumed].sum(axis=1) @ whole / variance, 0.0, 1.0))
