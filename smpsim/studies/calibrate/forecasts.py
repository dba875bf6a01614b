"""Three forecasts of programmes left out, side by side: naive, of the ranges alone, calibrated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from smpsim.studies.calibrate.naive import FEWEST
from smpsim.studies.statistics import ratio_with_interval
from smpsim.studies.validate.reports import ReportedOutcome
from smpsim.studies.validate.scores import scale_of

NAIVE, RANGES, CALIBRATED = "naive", "ranges", "calibrated"
FORECASTS = (NAIVE, RANGES, CALIBRATED)
WORDS = {NAIVE: "naive", RANGES: "ranges alone", CALIBRATED: "calibrated"}
EVERY, WITH, ONE, NONE = (
    "all figures",
    f"{FEWEST} comparable programmes or more",
    "1 comparable programme",
    "no comparable programme",
)
LEVEL = 0.95  # of the confidence interval of a difference


def compared(
    outcomes: Sequence[ReportedOutcome],
    naive: pd.DataFrame,
    ranges: pd.DataFrame,
    calibrated: pd.DataFrame,
) -> pd.DataFrame:
    """Return how three forecasts of reported figures fare.

    Parameters
    ----------
    outcomes : sequence of ReportedOutcome
    naive, ranges, calibrated : DataFrame
        Of each outcome the naive forecast, that of the likely ranges alone, and that of the reports
        on all other programmes; columns as those of `scored`.

    Returns
    -------
    DataFrame
        Index ``which``: all figures, those with so many comparable programmes, and those of each
        kind that has a naive forecast. ``figures`` and ``programmes`` count them; of each forecast
        ``covered``, the mean ``interval_score`` and the mean distance ``error`` of its middle;
        ``difference``: the mean interval score calibrated less naive, with a 95 % confidence
        interval in which figures of one programme stand together (a ratio of sums by programme);
        ``calibrated_better``: figures of which it has the smaller score. Reports in words are not
        counted.
    """
    table = pd.DataFrame(
        {
            "scenario": [one.scenario for one in outcomes],
            "kind": naive["kind"].to_numpy(),
            "comparable": naive["comparable"].to_numpy(),
        },
        index=pd.Index([one.label for one in outcomes], name="outcome"),
    )
    number = np.array([one.reported.number for one in outcomes], float)
    scale = np.array([scale_of(one) for one in outcomes])
    for name, found in zip(FORECASTS, (naive, ranges, calibrated), strict=True):
        # nobody knows whether an interval that is not there covers
        table[f"{name}_covered"] = pd.to_numeric(found["covered"]).to_numpy(float)
        table[f"{name}_score"] = found["interval_score"].to_numpy(float)
        away = np.abs(found["median"].to_numpy(float) - number)
        table[f"{name}_error"] = away / scale
    table = table[np.isfinite(number)]
    there = table["comparable"]
    parts = {
        EVERY: table,
        WITH: table[there >= FEWEST],
        ONE: table[there == 1],
        NONE: table[there == 0],
    }
    for kind, rows in parts[WITH].groupby("kind", sort=False):
        parts[str(kind)] = rows
    found_rows = {which: _row(rows) for which, rows in parts.items()}
    return pd.DataFrame.from_dict(found_rows, orient="index").rename_axis("which")


def _row(rows: pd.DataFrame) -> dict[str, Any]:
    """Return means over figures; a mean of some of them only is none."""
    row: dict[str, Any] = {"figures": len(rows), "programmes": rows["scenario"].nunique()}
    for name in FORECASTS:
        for column, mine in (("covered", "covered"), ("interval_score", "score"), ("error",) * 2):
            values = rows[f"{name}_{mine}"]
            row[f"{name}_{column}"] = (
                values.sum(skipna=False) if column == "covered" else values.mean(skipna=False)
            )
    gap = rows[f"{CALIBRATED}_score"] - rows[f"{NAIVE}_score"]
    by = gap.groupby(rows["scenario"]).agg(lambda one: one.sum(skipna=False))
    counts = gap.groupby(rows["scenario"]).size()
    middle, low, high = ratio_with_interval(by.to_numpy(float), counts.to_numpy(float), LEVEL)
    known = bool(len(gap)) and bool(gap.notna().all())
    nothing = float("nan")
    if not known:
        middle = low = high = nothing
    elif len(by) == 1:
        middle = float(gap.mean())
    return row | {
        "difference": middle,
        "difference_low": low,
        "difference_high": high,
        "level": LEVEL,
        "calibrated_better": float((gap < 0).sum()) if known else nothing,
    }


def sentences_of(table: pd.DataFrame) -> list[str]:
    """Return what the table says of the forecasts, in words."""
    every, some = table.loc[EVERY], table.loc[WITH]
    if not some["figures"]:
        return [
            "There is no naive forecast to compare with: fewer than "
            f"{FEWEST} other programmes report the same outcome."
        ]
    scores: dict[str, Any] = {name: some[f"{name}_interval_score"] for name in FORECASTS}
    listed = ", ".join(f"{WORDS[name]} {score:.2f}" for name, score in scores.items())
    inside = ", ".join(f"{WORDS[name]} {some[f'{name}_covered']:.0f}" for name in FORECASTS)
    best = WORDS[min(scores, key=lambda name: scores[name])]
    found = [
        f"{some['figures']:.0f} of {every['figures']:.0f} figures have a naive forecast, from "
        f"{FEWEST} or more comparable programmes. Mean interval score of these (lower is "
        f"better): {listed}. The best: {best}. Inside the interval: {inside}. The calibrated "
        f"forecast is better than the naive one for {some['calibrated_better']:.0f}."
    ]
    low, high = some["difference_low"], some["difference_high"]
    if np.isfinite(low):
        away = "" if low > 0 or high < 0 else ", so either may be better"
        found.append(
            f"Calibrated minus naive: {some['difference']:.2f} ({low:.2f} to {high:.2f} by "
            f"programmes){away}."
        )
    return found
