"""A calibration as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from smpsim.cli.terminal import table
from smpsim.cli.validate_tables import rows_of, share_span
from smpsim.studies.calibrate.forecasts import FORECASTS, WORDS
from smpsim.studies.calibrate.result import Calibration

MOST_SHOWN = 25
"""Parameters that are shown, those that are narrowed most."""


def print_calibration(out: Console, found: Calibration) -> None:
    """Print prior and posterior of each parameter, and the coverage with and without each."""
    rows = []
    every = found.parameters().sort_values("learned", ascending=False, kind="stable")
    for row in rows_of(every.head(MOST_SHOWN)):
        spans = [
            f"{short(row[f'{when}_median'])} "
            f"({short(row[f'{when}_low'])} to {short(row[f'{when}_high'])})"
            for when in ("prior", "posterior")
        ]
        name = row["parameter"].removeprefix("behaviour.")
        rows.append((name, *spans, f"{100 * row['learned']:.0f} %"))
    heads: tuple[str, ...] = ("parameter", ">prior, 90 %", ">posterior, 90 %", ">narrowed by")
    title = f"Posterior of {found.of_what}"
    if len(every) > MOST_SHOWN:
        title += f"; the {MOST_SHOWN} of {len(every):,} parameters narrowed most"
    table(out, title, heads, rows)
    fitted = {row["outcome"]: row for row in rows_of(found.fit())}
    if found.alone:
        _alone(out, found, fitted)
        return
    left = {row["outcome"]: row for row in rows_of(found.left_out())}
    rows = []
    for one in found.outcomes:
        verdict = "agrees" if left[one.label]["agrees"] else "WRONG"
        unit = one.reported.unit
        spans = [share_span(part[one.label], unit) for part in (fitted, left)]
        rows.append((one.label, one.reported.words(), *spans, verdict))
    heads = ("outcome", ">reported", ">fitted, 90 %", ">left out, 90 %", "left out")
    table(out, "Fitted, and predicted from the other programmes", heads, rows)
    _forecasts(out, found)


def _alone(out: Console, found: Calibration, fitted: Mapping[str, Any]) -> None:
    """Print reports on one programme beside what the ranges and the fit say of them."""
    before = {row["outcome"]: row for row in rows_of(found.uncalibrated())}
    rows = []
    for one in found.outcomes:
        spans = [share_span(part[one.label], one.reported.unit) for part in (before, fitted)]
        rows.append((one.label, one.reported.words(), *spans))
    heads = ("outcome", ">reported", ">ranges alone, 90 %", ">fitted, 90 %")
    table(out, "Before and after the fit", heads, rows)


def _forecasts(out: Console, found: Calibration) -> None:
    """Print how forecasts of programmes left out fare, over all figures and by what is counted."""
    rows = [
        (
            row["which"].replace("_", " "),
            f"{row['figures']:,.0f}",
            *(_fares(row, name) for name in FORECASTS),
            _gap(row["difference"]),
        )
        for row in rows_of(found.forecasts())
        if row["figures"]
    ]
    heads = ("figures", ">how many", *(f">{WORDS[name]}" for name in FORECASTS), ">difference")
    title = (
        "Forecasts of programmes left out: mean interval score (lower is better) and how many "
        "reports lie inside; difference: calibrated minus naive"
    )
    table(out, title, heads, rows)


def _fares(row: dict[str, Any], name: str) -> str:
    """Return the mean interval score of a forecast, and how many figures lie inside."""
    score = row[f"{name}_interval_score"]
    return "-" if score != score else f"{score:.2f} ({row[f'{name}_covered']:.0f} inside)"


def _gap(number: float) -> str:
    """Return a difference of scores, or a dash where there is none."""
    return "-" if number != number else f"{number:+.2f}"


def short(number: float) -> str:
    """Return a parameter with three digits."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"
