"""Outcomes of runs: counts, rates, times, costs and net present values, one row a run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

# outcomes with their units, in the order in which they are shown
OUTCOMES: dict[str, str] = {
    "applicants": "people",
    "enrolled": "people",
    "dropped_out": "people",
    "failed": "people",
    "graduated": "people",
    "exam_pass_rate": "share of those examined",
    "withdrew": "people",
    "offers": "people",
    "refused": "people",
    "visas": "people",
    "placed": "people",
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


def divided(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Return top / bottom, not a number where the bottom is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1), np.nan)


def with_parts(names: Sequence[str]) -> list[str]:
    """Return outcomes, and behind them the parts of those of `RATIOS` that are not among them."""
    parts = [part for name in names for part in RATIOS.get(name, ())]
    return list(dict.fromkeys([*names, *parts]))


def means(table: pd.DataFrame, by: Sequence[pd.Series]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the mean of each outcome over the runs of each group, and its standard error.

    The mean of one of `RATIOS` is the ratio of the means of its parts, where the table has them;
    its standard error is that of the delta method. The mean of the runs' own ratios would leave
    out runs that place nobody and all that these cost.

    Parameters
    ----------
    table : DataFrame
        One row a run, one column an outcome.
    by : sequence of Series
        What the runs are grouped by, with the index of the table.

    Returns
    -------
    mean, error : DataFrame
        One row a group, one column an outcome; not a number where there is no such mean, or a
        single run.
    """
    groups = table.groupby(list(by), sort=False)
    mean, error = groups.mean(), groups.sem()
    for name, (top, bottom) in RATIOS.items():
        if {name, top, bottom} <= set(table.columns):
            below = mean[bottom].where(mean[bottom] > 0)
            mean[name] = mean[top] / below
            place = groups.ngroup().to_numpy()
            left = table[top] - mean[name].to_numpy()[place] * table[bottom]
            left = left / below.to_numpy()[place]
            error[name] = left.groupby(list(by), sort=False).sem()
    return mean, error


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
    # one by one: NumPy's powers of a whole array differ by version and processor in the last digit
    return np.array([(1.0 + rate) ** (-month / 12.0) for month in range(months)])


def net_present_values(
    values: np.ndarray, parties: Sequence[str], payees: Sequence[str]
) -> np.ndarray:
    """Return received less paid by party.

    Parameters
    ----------
    values : ndarray, shape (runs, programmes, items, parties)
        Present value of what was paid, by payer.
    parties, payees : sequence of str
        Names of the parties, and the payee of each item.

    Returns
    -------
    ndarray, shape (runs, programmes, parties)
    """
    net = -values.sum(axis=2)
    by_item = values.sum(axis=3)
    for item, payee in enumerate(payees):
        net[:, :, list(parties).index(payee)] += by_item[:, :, item]
    # below half a cent lies only the rounding of sums that cancel
    net[np.abs(net) < 0.005] = 0.0
    return net


def outcomes(
    *,
    counts: np.ndarray,
    count_names: Sequence[str],
    waits: np.ndarray,
    totals: np.ndarray,
    items: Sequence[str],
    cost_items: Sequence[str],
    transfers: Sequence[str],
    parties: Sequence[str],
    payees: Sequence[str],
    programmes: Sequence[str],
    planned: Sequence[float | None],
) -> pd.DataFrame:
    """Return one row a run and programme with all outcomes.

    Parameters
    ----------
    counts : ndarray of int, shape (runs, programmes, len(count_names))
    count_names : sequence of str
    waits : ndarray of int, shape (runs, programmes, months + 1)
        How many were placed after so many months.
    totals : ndarray, shape (runs, 2, programmes, items, parties)
        What was paid, by payer: the sum of all months, and that of their present values.
    items, parties : sequence of str
    cost_items, transfers : sequence of str
        Those of the items that are shared costs, and those that shift costs between parties.
    payees : sequence of str
        Of each item.
    programmes : sequence of str
    planned : sequence of float or None
        Placements that each programme plans.

    Returns
    -------
    DataFrame
        Columns ``run``, ``programme``, those of `OUTCOMES`, ``cost_<party>`` for what each party
        bears of the total cost (after fees, refunds and incentives between them) and
        ``npv_<party>`` for its net present value, both in the scenario's currency.
    """
    runs = counts.shape[0]
    n = {name: counts[:, :, place].astype(float) for place, name in enumerate(count_names)}
    paid, values_now = totals[:, 0], totals[:, 1]
    spent = paid[:, :, [list(items).index(i) for i in cost_items], :].sum(axis=2)
    total = spent.sum(axis=2)
    # fees, refunds and incentives shift costs between parties and add none
    for item in transfers:
        moved = paid[:, :, list(items).index(item), :]
        spent += moved
        receiver = list(parties).index(payees[list(items).index(item)])
        spent[:, :, receiver] -= moved.sum(axis=2)
    net = net_present_values(values_now, parties, payees)
    kept = divided(n["retained_12"], n["seen_12"])
    columns = {
        "run": np.repeat(np.arange(runs), len(programmes)),
        "programme": np.tile(np.array(programmes), runs),
    }
    plan = np.array([np.nan if value is None else value for value in planned], dtype=float)
    values = {
        **{name: n[name] for name in OUTCOMES if name in n and not name.startswith("retained")},
        "exam_pass_rate": divided(n["graduated"], n["graduated"] + n["failed"]),
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
        "cost_per_retained_placement": divided(total, n["placed"] * np.nan_to_num(kept)),
        "shortfall": plan[None, :] - n["placed"],
    }
    for name in OUTCOMES:
        columns[name] = values[name].reshape(-1)
    for x, party in enumerate(parties):
        if party not in ("origin_households", "outside"):
            columns[f"cost_{party}"] = spent[:, :, x].reshape(-1)
    for x, party in enumerate(parties):
        if party != "outside":
            columns[f"npv_{party}"] = net[:, :, x].reshape(-1)
    return pd.DataFrame(columns)
