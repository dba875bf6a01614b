"""The funnel of a programme: from planned seats to people kept for three years."""

from __future__ import annotations

import numpy as np
import pandas as pd

from smpsim.results.estimates import contributions, seen_enough, spread
from smpsim.vocabulary import RETENTION_MONTHS

REACHED = {
    "planned_seats": "seats planned",
    "enrolled": "enrolled",
    "graduated": "graduated",
    "placed": "placed",
}
KEPT = {f"kept_{m}": f"kept {m} months" for m in RETENTION_MONTHS}
STEPS = {**REACHED, **KEPT}
KEPT_AS = {
    12: "retained_placements",
    24: "retained_placements_24",
    36: "retained_placements_36",
}
"""The outcomes that count people kept, by months."""
KEPT_PRICES = {
    12: "cost_per_retained_placement",
    24: "cost_per_retained_placement_24",
    36: "cost_per_retained_placement_36",
}
"""The outcomes that are the cost of a placement that is kept, by months."""


_OUTCOMES = {step: KEPT_AS[months] for months, step in zip(RETENTION_MONTHS, KEPT, strict=True)}
"""Outcomes by their steps: a range of people kept is told by the rule of these."""


def funnel(outcomes: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return how many people reach each step of a programme.

    Those placed too late to be seen after 12, 24 or 36 months are taken to stay as often as the
    others, as in ``retained_placements``; a step that too few runs can tell is left out, as
    `smpsim.results.estimates.seen_enough` says.

    Parameters
    ----------
    outcomes : DataFrame
        One row a run and programme.
    level : float
        Share of runs between ``run_low`` and ``run_high``.

    Returns
    -------
    DataFrame
        Index ``programme``, ``step``; columns ``label``, ``people`` (mean over the runs),
        ``run_low``, ``run_high``, ``level``, ``runs_used`` and ``share`` (of the planned seats).
    """
    tables = []
    for programme, rows in outcomes.groupby("programme", sort=False):
        values = rows[list(REACHED)].astype(float)
        means = values.mean()
        for months, step in zip(RETENTION_MONTHS, KEPT, strict=True):
            values[step], counted = kept_of(rows, months)
            means[step] = counted.mean() if seen_enough(values[step]) else np.nan
        values = values.dropna(axis=1, how="all")
        values = values[[step for step in values if np.isfinite(means[str(step)])]]
        mean = means[values.columns]
        planned = float(mean["planned_seats"])
        tables.append(
            pd.DataFrame(
                {
                    "programme": programme,
                    "step": values.columns,
                    "label": [STEPS[str(step)] for step in values.columns],
                    "people": mean.to_numpy(),
                    **spread(values.rename(columns=_OUTCOMES), level),
                    "runs_used": values.notna().sum().to_numpy(),
                    "share": (mean / planned if planned else mean * np.nan).to_numpy(),
                }
            )
        )
    return pd.concat(tables).set_index(["programme", "step"])


def kept_of(rows: pd.DataFrame, months: int) -> tuple[pd.Series, pd.Series]:
    """Return how many people are kept for so many months in each run, and what their mean is of.

    Parameters
    ----------
    rows : DataFrame
        Outcomes of a programme, a row a run.
    months : int
        12, 24 or 36.

    Returns
    -------
    single, counted : Series
        Single runs, where it is known; and what each run contributes to the mean (see
        `smpsim.results.estimates.contributions`), for which no run is left out.
    """
    name = KEPT_AS[months]
    return rows[name], contributions(rows[[name, "placed"]])[name]
