"""What to find out first: the expected value of partial perfect information, by regression.

Whoever knew a parameter would choose the option that is best at its value. What that gains, on
average over what is not known, is the most that finding it out can be worth. It needs the expected
objective of each option given the parameter, which a regression of the runs that are there on the
parameter estimates (Strong, Oakley and Brennan 2014, Medical Decision Making 34: 311-326).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

KNOTS = 5
PENALTIES = np.logspace(-3, 4, 15)
PERMUTATIONS = 200
SURE = 0.95
ROUNDING = 1e-9


def value_of_information(
    objective: np.ndarray, parameters: pd.DataFrame, seed: int, permutations: int = PERMUTATIONS
) -> pd.DataFrame:
    """Return what it would be worth to know each parameter before choosing.

    The regression is a cubic spline of the parameter's normal scores with a ridge penalty chosen
    by generalised cross-validation. Any regression fits noise a little, which reads as value. So
    the worlds are shuffled against the parameters, many times: what the most telling of all
    parameters then comes to is noise, and a value counts as clear if it is above that in 19 of 20
    shuffles. As the largest is taken, that holds however many parameters there are (Westfall and
    Young 1993, Resampling-Based Multiple Testing).

    Parameters
    ----------
    objective : ndarray, shape (options, worlds)
        Mean of each option in each world; more is better.
    parameters : DataFrame, shape (worlds, parameters)
    seed : int
        Of the shuffles.
    permutations : int
        How many.

    Returns
    -------
    DataFrame
        Index ``parameter``; ``value`` in the unit of the objective, ``noise`` and ``clear``.
        Sorted by value. Parameters that do not vary are left out.
    """
    from sklearn.linear_model import RidgeCV

    # a posterior of few particles has rows that are equal: as several worlds they would seem to
    # confirm each other
    names = [str(key) for key in parameters.columns]
    groups = parameters.groupby(names, sort=False).ngroup().to_numpy()
    weights = np.bincount(groups).astype(float)
    each = pd.DataFrame((objective[1:] - objective[:1]).T).groupby(groups, sort=True)
    apart = each.mean().to_numpy()
    distinct = parameters.groupby(groups, sort=True).first()
    rng = np.random.default_rng(seed)
    orders = [np.arange(len(apart)), *(rng.permutation(len(apart)) for _ in range(permutations))]
    shuffled = np.stack([apart[order] for order in orders], axis=1)
    means = np.average(shuffled, axis=0, weights=weights)
    # the first option is what the others are measured by
    today = np.maximum(means.max(axis=1), 0.0)
    varied = [key for key in names if distinct[key].nunique() > 1]
    found = np.empty((len(varied), len(orders)))
    for place, key in enumerate(varied):
        basis = _spline(distinct[key].to_numpy(float))
        model = RidgeCV(PENALTIES, alpha_per_target=True)
        model.fit(basis, shuffled.reshape(len(apart), -1), sample_weight=weights)
        fitted = model.predict(basis).reshape(shuffled.shape)
        best = np.maximum(fitted.max(axis=2), 0.0)
        found[place] = np.average(best, axis=0, weights=weights) - today
    # what is left of rounding is no value
    found[found < ROUNDING * float(np.abs(apart).max(initial=0.0))] = 0.0
    most = found[:, 1:].max(axis=0, initial=0.0)
    noise = float(np.quantile(most, SURE)) if permutations else 0.0
    table = pd.DataFrame({"value": found[:, 0], "noise": noise}, index=varied)
    table["clear"] = table["value"] > table["noise"]
    return table.rename_axis("parameter").sort_values("value", ascending=False, kind="stable")


def _spline(values: np.ndarray) -> Any:
    """Return a cubic spline basis of normal scores, shape (worlds, functions)."""
    from sklearn.preprocessing import SplineTransformer

    return SplineTransformer(n_knots=KNOTS, degree=3).fit_transform(scores(values)[:, None])


def scores(values: np.ndarray) -> np.ndarray:
    """Return the normal scores of values: skewed parameters are then as even as others."""
    ranks = stats.rankdata(values)
    return np.asarray(stats.norm.ppf((ranks - 0.5) / len(ranks)))
