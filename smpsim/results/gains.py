"""Who gains and who loses: net present values by party, and people who lose."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from smpsim.results.estimates import spread
from smpsim.results.outcomes import OUTCOMES
from smpsim.results.report import in_digits, in_money, of_each
from smpsim.results.units import words

if TYPE_CHECKING:
    from smpsim.results.result import Result

_NAME = re.compile(r"npv_(\w+)_(\d+)m")


def present_values(columns: Iterable[Any]) -> dict[str, str]:
    """Return the columns that are net present values, with the party of each."""
    found = {str(name): _NAME.fullmatch(str(name)) for name in columns}
    return {name: one[1] for name, one in found.items() if one and name in OUTCOMES}


def window_of(columns: Iterable[Any]) -> int:
    """Return for how many months after training gains count."""
    first = next(iter(present_values(columns)))
    found = _NAME.fullmatch(first)
    return int(found[2]) if found else 0


def gains(outcomes: pd.DataFrame, level: float) -> pd.DataFrame:
    """Return what each party gains, and in how many runs it loses.

    Parameters
    ----------
    outcomes : DataFrame
        One row a run and programme.
    level : float
        Share of runs between ``run_low`` and ``run_high``.

    Returns
    -------
    DataFrame
        Index ``programme``, ``party``; columns ``outcome`` (its name), ``mean``, ``run_low``,
        ``run_high`` (currency), ``level``, ``per_enrolled`` (the mean by that of the enrolled)
        and ``runs_losing`` (share of the runs below zero).
    """
    parties = present_values(outcomes.columns)
    tables = []
    for programme, rows in outcomes.groupby("programme", sort=False):
        values = rows[list(parties)]
        mean, enrolled = values.mean(), float(rows["enrolled"].mean())
        tables.append(
            pd.DataFrame(
                {
                    "programme": programme,
                    "party": list(parties.values()),
                    "outcome": list(parties),
                    "mean": mean.to_numpy(),
                    **spread(values, level),
                    "per_enrolled": (
                        mean / enrolled if enrolled else mean * float("nan")
                    ).to_numpy(),
                    "runs_losing": (values < 0).mean().to_numpy(),
                }
            )
        )
    return pd.concat(tables).set_index(["programme", "party"])


def sentences(result: Result) -> list[str]:
    """Return for each programme that enrols who gains and who loses, and against what."""
    table, summary = result.gains(), result.summary()
    months = window_of(result.outcome_table.columns)

    def say(programme: str) -> str:
        one: Any = table.loc[programme]
        mean: Any = summary.loc[programme]["mean"]
        if not mean["enrolled"]:
            return ""
        each = float(one.loc["trainee", "per_enrolled"])
        losing = float(mean[f"losing_share_{months}m"])
        text = (
            f"Until {months} months after training, a trainee {'gains' if each >= 0 else 'loses'} "
            f"{in_money(abs(each), result.currency)} on average compared with staying at home, "
            f"and {in_digits(100 * losing)} % of those enrolled lose"
        )
        worse = [words(party) for party in one.index if one.loc[party, "mean"] < 0]
        if worse:
            text += f"; parties that pay more than they receive: {', '.join(worse)}"
        return f"{text}."

    return of_each(result.programmes, say)
