"""What held placements back: the loss account of runs, as tables, words and bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.estimates import spread
from smpsim.results.outcomes import outcome_of
from smpsim.results.report import in_digits, of_each
from smpsim.vocabulary import ACCOUNT, CAUSE_TABLE, EARLIER, LOSSES

if TYPE_CHECKING:
    from smpsim.results.result import Result

PLANNED = ACCOUNT[0]
LINES = (PLANNED, "placed", "under_way", *LOSSES)
"""The account, a line each: planned = placed + under way + lost to each cause."""
GROUPS = dict(zip(LOSSES, (cause.group for cause in CAUSE_TABLE), strict=True))
MOST_SAID = 2  # causes that a sentence names
LIMIT = 1 / 3  # share of the losses of opened seats from which the largest group is the limit


def account(outcomes: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return the loss account of each programme.

    Parameters
    ----------
    outcomes : DataFrame
        One row a run and programme.
    level : float
        Share of runs between ``run_low`` and ``run_high``.

    Returns
    -------
    DataFrame
        Index ``programme``, ``line``; columns ``limit`` (who or what it is: employers, visa
        office ...), ``label``, ``people`` (mean over the runs), ``run_low``, ``run_high``,
        ``level`` and ``share`` (of the planned).
    """
    tables = []
    for programme, rows in outcomes.groupby("programme", sort=False):
        values = rows[list(LINES)]
        mean = values.mean()
        planned = float(mean[PLANNED])
        tables.append(
            pd.DataFrame(
                {
                    "programme": programme,
                    "line": LINES,
                    "limit": [GROUPS.get(line, "") for line in LINES],
                    "label": [outcome_of(line).label for line in LINES],
                    "people": mean.to_numpy(),
                    **spread(values, level),
                    "share": (mean / planned if planned else mean * np.nan).to_numpy(),
                }
            )
        )
    return pd.concat(tables).set_index(["programme", "line"])


def shown_lines(found: Any) -> list[str]:
    """Return the lines of a programme's account that are printed: not the empty ones.

    The losses come in the order of a life course.
    """
    always = LINES[:3]
    return [line for line in LINES if line in always or found.loc[line, "people"] > 0]


def monthly(losses: np.ndarray, programmes: Sequence[str]) -> pd.DataFrame:
    """Return the account month by month: what was planned and lost, where it is not zero.

    Parameters
    ----------
    losses : ndarray, shape (runs, months, programmes, lines)
    programmes : sequence of str

    Returns
    -------
    DataFrame
        Columns ``run``, ``month``, ``programme``, ``line``, ``people``.
    """
    run, month, programme, line = np.nonzero(losses)
    return pd.DataFrame(
        {
            "run": run,
            "month": month,
            "programme": np.array(programmes)[programme],
            "line": np.array(ACCOUNT)[line],
            "people": losses[run, month, programme, line].astype(np.int64),
        }
    )


def sentences(result: Result) -> list[str]:
    """Return for each programme that lost somebody what held placements back most."""
    table = result.losses()
    return of_each(result.programmes, lambda programme: _of_programme(table.loc[programme]))


def _of_programme(found: Any) -> str:
    lost = found.loc[list(LOSSES), "people"]
    total = float(lost.sum())
    if total < 0.5:
        return ""
    largest = lost[lost >= 0.5].sort_values(ascending=False, kind="stable").head(MOST_SAID)
    said = "; ".join(
        # one colon in a sentence is enough
        f"{found.loc[line, 'label'].removeprefix('lost: ').replace(': ', ', ')}"
        f" ({in_digits(people)})"
        for line, people in largest.items()
    )
    planned = float(found.loc[PLANNED, "people"])
    most = "most of them" if float(largest.sum()) > total / 2 else "mainly"
    ways = "this way" if len(largest) == 1 else "these ways"
    text = (
        f"Of {in_digits(planned)} seats planned, {in_digits(total)} are lost, {most} in {ways}: "
        f"{said}."
    )
    groups = found.loc[list(LOSSES)].groupby("limit", sort=False)["people"].sum()
    first = groups.drop(EARLIER)
    groups = first if float(first.sum()) >= 0.5 else groups
    limit = str(groups.idxmax())
    if float(groups.max()) >= LIMIT * float(groups.sum()) and total >= 0.1 * planned:
        text += f" {_LIMITS.get(limit, f'The limit is: {limit}.')}"
    return text


_LIMITS = {
    "employers": "Employers are the limit: more seats alone place hardly anybody more.",
    "visa office": "The visa office is the limit.",
    "training": "Training is the limit: too few of those who begin graduate.",
    "applicants": "Applicants are the limit: more seats alone place hardly anybody more.",
    "schools": "Room at the schools is the limit.",
    "funding": "Funding is the limit.",
    EARLIER: "Earlier intakes placed too few for the next to open.",
    "legal channel": "Without an open legal channel nobody can be placed.",
    "readiness": "Readiness is the limit: employers have vacancies, but not for these graduates.",
    "recognition": "Recognition is the limit.",
    "own choice": "People's own choices are the limit: what they expect at home is worth more.",
    "domestic track": "Most of the seats are meant for the home market.",
    "set-up": "Set-up is the limit: the horizon ends before most intakes.",
}
