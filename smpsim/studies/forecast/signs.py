"""Early signs: which figure of the coming months tells runs that meet the plan from the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from smpsim.results.series import unit_of_series
from smpsim.results.units import label_of, words
from smpsim.vocabulary import ENDS, SERIES

CANDIDATES = (
    "enrolled",
    "graduated",
    "placed",
    "dropped_out",
    "failed",
    "withdrew",
    "refused",
    "in_training",
    "graduate_pool",
    "offer_held",
    "in_visa_queue",
    "employers_engaged",
    "seats_committed",
    "visa_backlog",
    "visa_wait_months",
)
"""Figures that a programme sees month by month."""
WAITING = {
    "in_training": "in training",
    "graduate_pool": "waiting for an employer",
    "offer_held": "with an offer",
    "in_visa_queue": "waiting for a visa",
}
AHEAD = (6, 9, 12)
"""Months after the last report at which somebody looks."""
LEAST_EACH = 8.0
"""Effective runs that meet the plan, and that miss it, in each half of the runs."""
LEAST_SEPARATION = 0.6
MOST_SIGNS = 5
COLUMNS = (
    "sign",
    "month",
    "unit",
    "side",
    "threshold",
    "met_on_this_side",
    "met_on_the_other",
    "share_on_this_side",
    "separation",
    "runs",
    "runs_used",
)


def early_signs(
    figures: Mapping[tuple[str, int], np.ndarray],
    met: np.ndarray,
    weights: np.ndarray,
    currency: str,
) -> pd.DataFrame:
    """Return the figures that separate runs that meet a plan from those that miss it.

    The threshold is found in every other run (where the share of those that meet the plan and lie
    on the good side, less that of the others, is greatest: Youden 1950) and judged by the rest.

    Parameters
    ----------
    figures : mapping of (series, month) to ndarray, shape (runs,)
    met : ndarray of bool, shape (runs,)
    weights : ndarray, shape (runs,)
    currency : str

    Returns
    -------
    DataFrame
        The best month of each series, the best series first: ``side`` of the ``threshold`` on
        which the plan is met more often, with the probability to meet it on that side and on the
        other; ``separation``: the chance that of two runs, one that meets the plan and one that
        misses it, the figure tells which is which (area under the ROC curve; 0.5 says nothing).
        ``runs_used``: effective runs by which it is judged.
    """
    from sklearn.metrics import roc_auc_score

    learn = np.arange(len(met)) % 2 == 0
    judge = ~learn
    halves = (learn, judge)
    enough = all(
        _effective(weights[half & side]) >= LEAST_EACH for half in halves for side in (met, ~met)
    )
    best: dict[str, dict[str, Any]] = {}
    for (name, month), values in figures.items() if enough else ():
        if not np.isfinite(values).all() or np.ptp(values[learn]) == 0:
            continue
        unit = unit_of_series(name, currency)
        high, threshold = _threshold(values[learn], met[learn], weights[learn], unit)
        good = values[judge] >= threshold if high else values[judge] < threshold
        mine, truth = weights[judge], met[judge]
        if not good.any() or good.all():
            continue
        facing = values[judge] if high else -values[judge]
        separation = float(roc_auc_score(truth, facing, sample_weight=mine))
        row = {
            "sign": name,
            "month": month,
            "unit": unit,
            "side": "at least" if high else "less than",
            "threshold": threshold,
            "met_on_this_side": float(mine[good & truth].sum() / mine[good].sum()),
            "met_on_the_other": float(mine[~good & truth].sum() / mine[~good].sum()),
            "share_on_this_side": float(mine[good].sum() / mine.sum()),
            "separation": separation,
            "runs": len(met),
            "runs_used": round(_effective(mine), 1),
        }
        if separation > best.get(name, {"separation": LEAST_SEPARATION})["separation"]:
            best[name] = row
    rows = sorted(best.values(), key=lambda one: -one["separation"])[:MOST_SIGNS]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _effective(weights: np.ndarray) -> float:
    total = float(weights.sum())
    return total**2 / float((weights**2).sum()) if total > 0 else 0.0


def _threshold(
    values: np.ndarray, met: np.ndarray, weights: np.ndarray, unit: str
) -> tuple[bool, float]:
    """Return whether high values are good, and from which value on they are."""
    from sklearn.metrics import roc_curve

    wrong, right, ends = roc_curve(met, values, sample_weight=weights, drop_intermediate=False)
    apart = right - wrong
    # the first end is infinite
    high = bool(apart[1:].max() >= -apart[1:].min())
    place = 1 + int(np.argmax(apart[1:]) if high else np.argmin(apart[1:]))
    # "less than" the value from which on too many miss the plan
    return high, rounded(float(ends[place]), unit)


def rounded(value: float, unit: str) -> float:
    """Return a threshold as people can watch it: whole people, money to three digits."""
    if unit in ("0 to 1", "ratio", "months") or value == 0:
        return round(value, 2)
    if value < 1000:
        return float(round(value))
    digits = 2 - int(np.floor(np.log10(value)))
    return float(round(value, digits))


def label(name: str) -> str:
    """Return what a figure is called."""
    if name in ENDS:
        return f"{words(name)} so far"
    if name not in SERIES:
        return label_of(name)
    return WAITING.get(name, SERIES[name].label)
