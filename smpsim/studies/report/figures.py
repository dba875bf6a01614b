"""What a report states of each option: means, likely ranges, and differences to the first.

Several programmes of an option are added up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from smpsim.results.estimates import Estimates, quantile, seen_enough
from smpsim.results.funnel import KEPT_AS, KEPT_PRICES
from smpsim.results.gains import present_values, window_of
from smpsim.results.losses import GROUPS, PLANNED
from smpsim.results.outcomes import outcome_of, rate_of
from smpsim.results.result import LEVEL, Result
from smpsim.results.units import unit_of, words
from smpsim.studies.compare.pairing import difference_of, estimates_of, outcomes_of
from smpsim.vocabulary import LOSSES, RETENTION_MONTHS, SHARING_PARTIES

LONGEST = RETENTION_MONTHS[-1]
COST_PER_KEPT = KEPT_PRICES[LONGEST]


class Row(NamedTuple):
    """A row of the table of options.

    Attributes
    ----------
    name, label : str
    better : str
        ``"high"``, ``"low"``, or nothing.
    """

    name: str
    label: str
    better: str = ""


ROWS = (
    Row("planned_seats", "seats planned"),
    Row("enrolled", "started training"),
    Row("placed", "placed", "high"),
    *(Row(name, f"kept after {months} months", "high") for months, name in KEPT_AS.items()),
    Row("cost_total", "total cost"),
    Row("cost_per_placement", "cost per placement", "low"),
    Row(COST_PER_KEPT, f"cost per placement kept {LONGEST} months", "low"),
)


@dataclass(frozen=True)
class Option:
    """One option: its runs, and what its means are taken from.

    Attributes
    ----------
    letter, name : str
    result : Result
    estimates : Estimates
        Of all its programmes together.
    by_run : DataFrame
        A row a run: what single runs came to, where it is known.
    """

    letter: str
    name: str
    result: Result
    estimates: Estimates
    by_run: pd.DataFrame

    @classmethod
    def of(cls, letter: str, name: str, result: Result) -> Option:
        """Return the option of a result."""
        programmes = result.programmes
        estimates = estimates_of(result.outcome_table, programmes)
        by_run = outcomes_of(result, programmes).reset_index(drop=True)
        return cls(letter, name, result, estimates, by_run)

    @property
    def currency(self) -> str:
        """Its currency."""
        return self.result.currency

    def mean(self, name: str) -> float:
        """Return the mean of a row; not a number where there is none."""
        told = name not in KEPT_AS.values() or seen_enough(self.by_run[name])
        return self.estimates.mean(name) if told else float("nan")

    def used(self, name: str) -> int:
        """Return in how many runs it is known what the mean is of."""
        return self.estimates.runs_used(name)


def options_table(options: Sequence[Option], level: float) -> pd.DataFrame:
    """Return the table of options: a row for each option and figure.

    Parameters
    ----------
    options : sequence of Option
        With the same runs; the first is what the others are compared with.
    level : float
        Confidence level of the intervals of the differences.

    Returns
    -------
    DataFrame
        Index ``option`` (its letter), ``figure``; columns ``label``, ``unit``, ``mean``,
        ``run_low`` and ``run_high`` (of ``level`` of the runs), ``difference`` to the first
        option with ``ci_low`` and ``ci_high`` (at ``ci_level``; paired, as in `Comparison`),
        ``better``, ``equal`` and ``pairs``: in how many pairs of runs the option is better than
        the first, and as good, of how many in which both are known; ``better_ci_low`` and
        ``better_ci_high``: interval of the share of the better (Wilson, 95 %), ``runs`` and
        ``runs_used``.
    """
    first = options[0]
    rows = []
    for option in options:
        for row in ROWS:
            unit = unit_of(row.name, option.currency)
            money = unit == option.currency
            facts: dict[str, Any] = {
                "option": option.letter,
                "figure": row.name,
                "label": row.label,
                "unit": unit,
                "mean": option.mean(row.name),
                **_range_of(option.by_run, row.name),
            }
            comparable = option is not first and not (money and option.currency != first.currency)
            facts |= _against(row, first, option, level, comparable)
            facts |= {"runs": len(option.by_run), "runs_used": option.used(row.name)}
            rows.append(facts)
    return pd.DataFrame(rows).set_index(["option", "figure"])


def _range(values: pd.Series) -> dict[str, float]:
    return _range_of(values.to_frame("value"), "value")


def _range_of(runs: pd.DataFrame, name: str) -> dict[str, float]:
    """Return where the runs lie in a column; its parts decide where one has no end."""
    tail = (1.0 - LEVEL) / 2.0
    columns = runs[[name, *(part for part in rate_of(name) or () if part in runs)]]
    low, high = (quantile(columns, share)[name] for share in (tail, 1.0 - tail))
    return {"run_low": float(low), "run_high": float(high), "level": LEVEL}


def _against(
    row: Row, first: Option, option: Option, level: float, comparable: bool
) -> dict[str, Any]:
    """Return the difference of an option to the first, and in how many pairs it is better."""
    nan = float("nan")
    none = dict.fromkeys(("difference", "ci_low", "ci_high"), nan)
    counts: dict[str, Any] = {"better": nan, "equal": nan, "pairs": nan}
    counts |= {"better_ci_low": nan, "better_ci_high": nan}
    if not comparable:
        return {**none, "ci_level": level, **counts}
    found = difference_of(row.name, first.estimates, option.estimates, level)
    return {
        **{name: found[name] for name in none},
        "ci_level": level,
        **(better_in(row, first.by_run, option.by_run) if row.better else counts),
    }


def better_in(row: Row, first: pd.DataFrame, other: pd.DataFrame) -> dict[str, float]:
    """Return in how many pairs of runs another option is better than the first, and as good.

    Where nobody was placed, or kept, a cost for each is worse than any number.
    """
    one, two = (table[row.name].to_numpy(float) for table in (first, other))
    parts = rate_of(row.name)
    if parts is not None:
        one, two = (
            np.where(table[parts[1]].to_numpy() == 0, np.inf, values)
            for table, values in ((first, one), (other, two))
        )
    known = ~(np.isnan(one) | np.isnan(two))
    one, two = one[known], two[known]
    better = int(np.sum(two > one if row.better == "high" else two < one))
    pairs = len(one)
    low, high = (float("nan"), float("nan"))
    if pairs:
        interval = stats.binomtest(better, pairs).proportion_ci(0.95, method="wilson")
        low, high = float(interval.low), float(interval.high)
    return {
        "better": better,
        "equal": int(np.sum(one == two)),
        "pairs": pairs,
        "better_ci_low": low,
        "better_ci_high": high,
    }


def funnel_table(options: Sequence[Option]) -> pd.DataFrame:
    """Return the way from planned seats to people kept, with what is lost on it.

    Returns
    -------
    DataFrame
        Index ``option``, ``line``; columns ``kind`` (``"level"``, or ``"lost"`` on the way to the
        next), ``label``, ``limit`` (who or what it is), ``people`` (mean), ``run_low``,
        ``run_high``, ``level``, ``share`` (of the planned), ``runs_used``. Levels less what
        is lost after them are the next level; people still under way at the end are neither
        placed nor lost, and stand among the lost as they are not placed yet.
    """
    rows = [line for option in options for line in _lines(option)]
    return pd.DataFrame(rows).set_index(["option", "line"])


def _lines(option: Option) -> Iterator[dict[str, Any]]:
    """Yield the lines of the funnel of an option."""
    planned = option.mean(PLANNED)

    def line(name: str, kind: str, label: str, limit: str = "") -> dict[str, Any]:
        return told(name, kind, label, limit, option.mean(name), option.by_run[name])

    def told(
        name: str, kind: str, label: str, limit: str, people: float, values: pd.Series
    ) -> dict[str, Any]:
        return {
            "option": option.letter,
            "line": name,
            "kind": kind,
            "label": label,
            "limit": limit,
            "people": people,
            **_range(values),
            "share": people / planned if planned > 0 else float("nan"),
            "runs_used": int(values.notna().sum()),
        }

    yield line(PLANNED, "level", "seats planned")
    for name in LOSSES:
        yield line(name, "lost", outcome_of(name).label.removeprefix("lost: "), GROUPS[name])
    yield line("under_way", "lost", outcome_of("under_way").label)
    yield line("placed", "level", "placed")
    before = "placed"
    for months, name in KEPT_AS.items():
        left = option.by_run[before] - option.by_run[name]
        label = f"left the employer in months {months - 11} to {months}"
        gone = option.mean(before) - option.mean(name)
        yield told(f"left_{months}", "lost", label, "leaving", gone, left)
        yield line(name, "level", f"kept after {months} months")
        before = name


def payers_table(options: Sequence[Option]) -> pd.DataFrame:
    """Return who bears the cost.

    Returns
    -------
    DataFrame
        Index ``option``, ``party``; columns ``unit``, ``cost`` (mean over runs), ``run_low``,
        ``run_high``, ``level``, ``share`` (of the total cost) and ``per_placement`` (the
        mean by that of the people placed).
    """
    rows = []
    for option in options:
        total, placed = option.mean("cost_total"), option.mean("placed")
        for party in SHARING_PARTIES:
            mean = option.mean(f"cost_{party}")
            rows.append(
                {
                    "option": option.letter,
                    "party": party,
                    "label": words(party),
                    "unit": option.currency,
                    "cost": mean,
                    **_range(option.by_run[f"cost_{party}"]),
                    "share": mean / total if total else float("nan"),
                    "per_placement": mean / placed if placed > 0 else float("nan"),
                }
            )
    return pd.DataFrame(rows).set_index(["option", "party"])


def gains_table(options: Sequence[Option]) -> pd.DataFrame:
    """Return who gains and who loses: net present values.

    Returns
    -------
    DataFrame
        Index ``option``, ``party``; columns ``unit``, ``value`` (mean over runs), ``run_low``,
        ``run_high``, ``level``, ``per_enrolled`` (by the mean number enrolled),
        ``runs_losing`` (share of the runs in which the party loses) and ``window`` (months after
        training for which gains count).
    """
    rows = []
    for option in options:
        window, enrolled = window_of(option.by_run.columns), option.mean("enrolled")
        for name, party in present_values(option.by_run.columns).items():
            values = option.by_run[name]
            mean = option.mean(name)
            rows.append(
                {
                    "option": option.letter,
                    "party": party,
                    "label": words(party),
                    "unit": option.currency,
                    "value": mean,
                    **_range(values),
                    "per_enrolled": mean / enrolled if enrolled > 0 else float("nan"),
                    "runs_losing": float((values < 0).mean()),
                    "window": window,
                }
            )
    return pd.DataFrame(rows).set_index(["option", "party"])


def losers(option: Option) -> tuple[float, float]:
    """Return how many of the enrolled lose over the window, and their share, in the mean."""
    window = window_of(option.by_run.columns)
    losing, enrolled = option.mean(f"losing_{window}m"), option.mean("enrolled")
    return losing, losing / enrolled if enrolled > 0 else float("nan")


def limits_table(options: Sequence[Option]) -> pd.DataFrame:
    """Return what binds: planned seats lost by who or what is the limit.

    Returns
    -------
    DataFrame
        Index ``option``, ``limit``; columns ``people`` (mean over runs), ``share`` (of all
        losses). Those who lose nobody in any option are left out.
    """
    rows = []
    for option in options:
        lost: dict[str, float] = {}
        for line, group in GROUPS.items():
            lost[group] = lost.get(group, 0.0) + option.mean(line)
        total = sum(lost.values())
        rows += [
            {
                "option": option.letter,
                "limit": group,
                "people": people,
                "share": people / total if total > 0 else float("nan"),
            }
            for group, people in lost.items()
        ]
    table = pd.DataFrame(rows)
    kept = table.groupby("limit")["people"].transform("max") > 0
    return table[kept].set_index(["option", "limit"])
