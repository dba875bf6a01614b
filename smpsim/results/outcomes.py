"""Outcomes of runs: counts, rates, times, costs and net present values, one row a run.

An outcome can have no value in a run, for one of two reasons that must not be mixed up:

- *undefined*: there is nobody whom it could be about. Nobody was placed, so a placement has no
  cost and took no time; as a condition that is worse than any number (`ENDLESS`).
- *not yet observable*: people were placed, but nobody long enough before the horizon to be seen
  after 12 (24, 36) months. What follows from that is unknown: neither failure nor success.

`missing` tells which; how runs without a value count in means is in `smpsim.results.estimates`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from smpsim.vocabulary import (
    COUNTS,
    GAINING_PARTIES,
    ITEMS,
    PARTIES,
    PAYEES,
    SHARED_ITEMS,
    SHARING_PARTIES,
    TRANSFERS,
)

UNDEFINED, NOT_YET = "undefined", "not yet observable"

# outcomes with their units, in the order in which they are shown
OUTCOMES: dict[str, str] = {
    "applicants": "people",
    "enrolled": "people",
    "dropped_out": "people",
    "failed": "people",
    "graduated": "people",
    "exam_pass_rate": "share of those who sat the exam",
    "withdrew": "people",
    "offers": "people",
    "refused": "people",
    "visas": "people",
    "placed": "people",
    "under_way": "people",
    "placement_rate": "share of enrolled",
    "graduate_placement_rate": "share of graduates",
    "migrated": "people",
    "migrated_share": "share of graduates",
    "domestic": "people",
    "working_at_origin": "people",
    "returned": "people",
    "rehired": "people",
    "converted": "people",
    "months_to_placement_median": "months from the start of training",
    "months_to_placement_p90": "months from the start of training",
    "retained_12": "share after 12 months",
    "retained_24": "share after 24 months",
    "retained_36": "share after 36 months",
    "retained_placements": "people",
    "cost_total": "currency",
    "cost_per_graduate": "currency",
    "cost_per_placement": "currency",
    "cost_per_retained_placement": "currency",
    "shortfall": "people below plan",
}

RATIOS = {
    "cost_per_graduate": ("cost_total", "graduated"),
    "cost_per_placement": ("cost_total", "placed"),
    "cost_per_retained_placement": ("cost_total", "retained_placements"),
}
"""Outcomes whose mean is the ratio of two means: what one costs whoever pays for all the runs."""

SIZES = {"retained_placements": "placed"}
"""Outcomes that are a share of another one, which is known in every run."""

OBSERVED = ("retained_12", "retained_24", "retained_36", "retained_placements")
"""Outcomes that need somebody who arrived long enough before the horizon."""

ENDLESS = ("cost_per_", "months_to_placement_")
"""Beginnings of outcomes above every number where undefined: all the money buys nothing."""


def divided(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Return top / bottom, not a number where the bottom is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1), np.nan)


def with_parts(names: Sequence[str]) -> list[str]:
    """Return outcomes, and behind them those that are not among them but decide their means.

    These are the parts of `RATIOS`, and the people whom `OBSERVED` outcomes are about.
    """
    found = [*names]
    for name in names:
        for part in RATIOS.get(name, (name,)):
            found += [part, *(["placed"] if part in OBSERVED else [])]
    return list(dict.fromkeys(found))


def missing(outcome: str, runs: pd.DataFrame) -> np.ndarray:
    """Return why an outcome has no value in each run.

    Parameters
    ----------
    outcome : str
    runs : DataFrame
        A column for the outcome and those of `with_parts`; a sum that lacks a part of it, such
        as ``placed``, is taken to be not yet observable.

    Returns
    -------
    ndarray of str, shape (runs,)
        `UNDEFINED`, `NOT_YET`, or an empty text where it has a value.
    """
    empty = runs[outcome].isna().to_numpy()
    unseen = np.zeros(len(runs), bool)
    if outcome in OBSERVED:
        unseen = ~(runs["placed"].to_numpy() == 0) if "placed" in runs else ~unseen
    elif outcome in RATIOS and RATIOS[outcome][1] in OBSERVED:
        bottom = RATIOS[outcome][1]
        unseen = runs[bottom].isna().to_numpy() if bottom in runs else ~unseen
    return np.where(empty, np.where(unseen, NOT_YET, UNDEFINED), "")


def wait_quantile(waits: np.ndarray, q: float) -> np.ndarray:
    """Return the smallest wait that a share q of the placed did not exceed.

    Parameters
    ----------
    waits : ndarray of int, shape (..., months + 1)
        How many were placed after so many months.
    q : float
        Share, above 0 and up to 1.

    Returns
    -------
    ndarray of float, shape (...)
        Not a number where nobody was placed.
    """
    total = waits.sum(axis=-1)
    reached = np.cumsum(waits, axis=-1) >= np.ceil(q * total)[..., None]
    return np.where(total > 0, reached.argmax(axis=-1), np.nan)


def discount_factors(months: int, rate: float) -> np.ndarray:
    """Return by what a payment of each month is multiplied to be worth as much in the first.

    Parameters
    ----------
    months : int
    rate : float
        Discount rate per year.
    """
    return (1.0 + rate) ** (-np.arange(months) / 12.0)


def net_present_values(values: np.ndarray) -> np.ndarray:
    """Return received less paid by party.

    Parameters
    ----------
    values : ndarray, shape (runs, programmes, items, parties)
        Present value of what was paid, by payer.

    Returns
    -------
    ndarray, shape (runs, programmes, parties)
    """
    net = -values.sum(axis=2)
    by_item = values.sum(axis=3)
    for item, payee in enumerate(PAYEES):
        net[:, :, PARTIES.index(payee)] += by_item[:, :, item]
    # below half a cent lies only the rounding of sums that cancel
    net[np.abs(net) < 0.005] = 0.0
    return net


def outcomes(
    *,
    counts: np.ndarray,
    waits: np.ndarray,
    totals: np.ndarray,
    programmes: Sequence[str],
    planned: Sequence[float | None],
    exams: Sequence[bool],
) -> pd.DataFrame:
    """Return one row a run and programme with all outcomes.

    Parameters
    ----------
    counts : ndarray of int, shape (runs, programmes, len(COUNTS))
    waits : ndarray of int, shape (runs, programmes, months + 1)
        How many were placed after so many months.
    totals : ndarray, shape (runs, 2, programmes, items, parties)
        What was paid, by payer: the sum of all months, and that of their present values.
    programmes : sequence of str
    planned : sequence of float or None
        Placements that each programme plans.
    exams : sequence of bool
        Whether an exam ends the training of each programme.

    Returns
    -------
    DataFrame
        Columns ``run``, ``programme``, those of `OUTCOMES`, ``cost_<party>`` for what each party
        bears of the total cost (after fees, refunds and incentives between them) and
        ``npv_<party>`` for its net present value, both in the scenario's currency.
    """
    runs = counts.shape[0]
    n = {name: counts[:, :, place].astype(float) for place, name in enumerate(COUNTS)}
    paid, values_now = totals[:, 0], totals[:, 1]
    spent = paid[:, :, [ITEMS.index(item) for item in SHARED_ITEMS], :].sum(axis=2)
    total = spent.sum(axis=2)
    # fees, refunds and incentives shift costs between parties and add none
    for item in TRANSFERS:
        moved = paid[:, :, ITEMS.index(item), :]
        spent += moved
        receiver = PARTIES.index(PAYEES[ITEMS.index(item)])
        spent[:, :, receiver] -= moved.sum(axis=2)
    net = net_present_values(values_now)
    kept = divided(n["retained_12"], n["seen_12"])
    # whose training ended in an exam, however it went so far; without an exam there is nobody
    sat = np.array(exams, float) * (n["graduated"] + n["failed"] + n["awaiting_retake"])
    columns = {
        "run": np.repeat(np.arange(runs), len(programmes)),
        "programme": np.tile(np.array(programmes), runs),
    }
    plan = np.array([np.nan if value is None else value for value in planned], dtype=float)
    values = {
        **{name: n[name] for name in OUTCOMES if name in n and not name.startswith("retained")},
        "exam_pass_rate": divided(n["graduated"], sat),
        "placement_rate": divided(n["placed"], n["enrolled"]),
        "graduate_placement_rate": divided(n["placed"], n["graduated"]),
        "migrated_share": divided(n["migrated"], n["graduated"]),
        "months_to_placement_median": wait_quantile(waits, 0.5),
        "months_to_placement_p90": wait_quantile(waits, 0.9),
        "retained_12": kept,
        "retained_24": divided(n["retained_24"], n["seen_24"]),
        "retained_36": divided(n["retained_36"], n["seen_36"]),
        # placed who stay a year, those placed too late to be seen at the same rate
        "retained_placements": np.where(n["placed"] > 0, n["placed"] * kept, 0.0),
        "cost_total": total,
        "cost_per_graduate": divided(total, n["graduated"]),
        "cost_per_placement": divided(total, n["placed"]),
        "cost_per_retained_placement": divided(total, n["placed"] * kept),
        "shortfall": plan[None, :] - n["placed"],
    }
    for name in OUTCOMES:
        columns[name] = values[name].reshape(-1)
    for party in SHARING_PARTIES:
        columns[f"cost_{party}"] = spent[:, :, PARTIES.index(party)].reshape(-1)
    for party in GAINING_PARTIES:
        columns[f"npv_{party}"] = net[:, :, PARTIES.index(party)].reshape(-1)
    return pd.DataFrame(columns)
