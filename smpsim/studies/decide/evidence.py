"""The evidence meter: how much of a spread comes from figures that nobody has sourced."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from smpsim.studies.decide.information import PENALTIES, scores


def assumed_share(values: np.ndarray, parameters: pd.DataFrame, sourced: Collection[str]) -> float:
    """Return how much of what is not known comes from figures that nobody has sourced.

    A ridge regression of the worlds on the normal scores of all parameters; each explains its
    covariance with the fit, and those without a source explain theirs together.

    Parameters
    ----------
    values : ndarray, shape (worlds,)
        Mean of an outcome in each world.
    parameters : DataFrame, shape (worlds, parameters)
        Those that are drawn in this option.
    sourced : collection of str
        Which of them have a source (see `smpsim.scenario.known`).

    Returns
    -------
    float
        From 0 to 1; not a number where no parameter explains anything.
    """
    varied = [str(key) for key in parameters.columns if parameters[key].nunique() > 1]
    assumed = np.array([key not in sourced for key in varied], bool)
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
