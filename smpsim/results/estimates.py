"""Means of outcomes over runs, and what runs without a value do to them: one rule for all.

A mean is over the runs in which an outcome has a value, and how many these are is said beside it.
Three kinds of outcome need more than that, as the runs without a value are no random ones:

- What one costs (`Outcome.pooled`) is the mean cost of all runs by the mean number, so a run in
  which nobody is placed counts with its cost. There is none where that mean number is not known
  well enough to divide by (`MOST_ERROR`): hardly anybody is placed, or in too few runs.
- Placements kept a year (a share of a size, `Outcome.size`) are the mean number placed in all runs,
  times the share kept of those placed in the runs where somebody is seen after a year. So no run
  is left out with its cost or its placements, and no run gets a value that it has not shown; it is
  assumed that those placed too late to be seen stay as often as the others, as within a run.
- Months until half are placed have no end in runs where that never comes (`Outcome.endless`). If
  these are more than a few (`FEW`), there is no mean: one of the others would be too short.
- Quantiles of runs are over all of them where a run without a value is one without an end (nobody
  is placed, so no money is enough); of people kept, and of what they cost, there are none where
  too many runs end before anybody is followed for so long (`SEEN`): see `quantile`.
- Totals over programmes are sums of their means.

Every command takes its means, differences and intervals from the `contributions` of runs, so that
the same question has the same answer everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from smpsim.results.outcomes import outcome_of, ratio_of, ratios

Groups = Sequence[pd.Series]
FEW = 0.05
"""Share of runs without a value up to which the others stand for them."""
MOST_ERROR = 0.165
"""Standard error of a mean, as a share of it, up to which is divided by it.

Statistics Canada releases estimates of up to so much without a warning. A ratio of means is hardly
biased up to 0.1 (Cochran 1977, Sampling Techniques, chapter 6).
"""
SEEN = 0.9
"""Share of the runs in which it must be known how many are kept, for a range of runs to be told.

The others are runs in which people are placed late, or in which nobody is placed at all: a range
over the rest need not even hold the mean, which is of all runs.
"""
_HUGE = 1e300
LEAST = 2
"""Runs with a value from which a spread can be told."""


def spread(values: pd.DataFrame, level: float) -> dict[str, Any]:
    """Return the columns that tell how far the values of runs lie apart, a row an outcome.

    Parameters
    ----------
    values : DataFrame
        One row a run.
    level : float
        Share of runs between ``run_low`` and ``run_high``.
    """
    tail = (1.0 - level) / 2.0
    return {
        "run_low": quantile(values, tail).to_numpy(),
        "run_high": quantile(values, 1.0 - tail).to_numpy(),
        "level": level,
    }


def quantile(runs: pd.DataFrame, share: float, by: Groups = ()) -> Any:
    """Return a quantile of the runs of each outcome.

    Parameters
    ----------
    runs : DataFrame
        One row a run, one column an outcome.
    share : float
        Share of the runs that lie below.
    by : sequence of Series
        What the runs are grouped by; all together when left out.

    Returns
    -------
    Series, or DataFrame with a row a group
        Not a number where it is one of the runs that have no end: what a placement costs where
        nobody is placed, or months until half are placed where that never comes; and of people
        kept, or what they cost, where they are known in fewer than `SEEN` of the runs.
    """
    whole = runs.notna().to_numpy().all()
    ended = runs if whole else _without_end(runs)
    groups = ended.groupby(list(by), sort=False) if by else ended
    found: Any = groups.quantile(share)
    if whole:
        return found
    next_above: Any = groups.quantile(share, interpolation="higher")
    known = runs.notna()
    seen: Any = known.groupby(list(by), sort=False).mean() if by else known.mean()
    for name in map(str, runs.columns):
        kept = (ratio_of(name) or ("", name))[1]
        if outcome_of(kept).size and kept in runs.columns:
            enough = seen[kept] >= SEEN
            found[name] = found[name].where(enough) if by else (found[name] if enough else math.nan)
    return found.where(next_above < _HUGE)


def seen_enough(kept: pd.Series) -> bool:
    """Return whether runs are long enough to tell how many people are kept, `SEEN` of them.

    Where it is known in fewer, it is so in those that place people early, and more may seem to
    stay for three years than for two.

    Parameters
    ----------
    kept : Series
        People kept for so long in each run; nobody where nobody is placed.
    """
    return bool(kept.notna().mean() >= SEEN)


def _without_end(runs: pd.DataFrame) -> pd.DataFrame:
    """Return outcomes of runs, huge where they have no end."""
    found = runs.copy()
    for name in runs.columns[runs.isna().any().to_numpy()]:
        row = outcome_of(str(name))
        if not row.endless:
            continue
        never = runs[name].isna()
        if row.parts is not None:
            top, bottom = row.parts
            if not {top, bottom} <= set(runs.columns):
                continue
            never &= (runs[bottom] == 0) & (runs[top] > 0)
        found[name] = runs[name].astype(float).where(~never, _HUGE)
    return found


def contributions(runs: pd.DataFrame, by: Groups = ()) -> pd.DataFrame:
    """Return what each run contributes to the mean of each outcome.

    The mean of the contributions is the mean of the outcome, and their spread that of the mean
    (its influence function, as in the delta method). Where an outcome has a value in every run,
    contributions are these values; a run without a value contributes the mean of the others, or,
    of those that have a size (`Outcome.size`), the share that is kept elsewhere times those it
    placed.

    Parameters
    ----------
    runs : DataFrame
        One row a run, one column an outcome.
    by : sequence of Series
        What the runs are grouped by, with the index of the table; all together when left out.

    Returns
    -------
    DataFrame
        Not a number in whole groups only: where there is no run with a value.
    """
    whole = runs.notna().all()
    if whole.all():
        return runs
    keys = list(by) or [pd.Series(0, index=runs.index)]
    names = list(runs.columns[~whole.to_numpy()])
    rows = [outcome_of(str(name)) for name in names]
    values = runs[names].astype(float)
    known = values.notna().astype(float)
    size = pd.DataFrame(
        {
            name: runs[row.size].astype(float) if row.size in runs.columns else 1.0
            for name, row in zip(names, rows, strict=True)
        },
        index=runs.index,
    )

    def each(table: pd.DataFrame, what: str) -> pd.DataFrame:
        groups: Any = table.groupby(keys, sort=False)
        return cast("pd.DataFrame", groups.transform(what))

    top, seen, everybody = (each(one, "sum") for one in (values.fillna(0.0), known * size, size))
    some = seen.where(seen > 0)
    share, weight = top / some, everybody / some
    apart = (values - share * size).where(known > 0, 0.0)
    put = values.where(each(known, "min") > 0, share * size + weight * apart)
    endless = [
        name for name, row in zip(names, rows, strict=True) if row.endless and row.parts is None
    ]
    if endless:
        unknown = 1.0 - each(known[endless], "mean")
        put[endless] = put[endless].where(unknown <= FEW)
    return runs.assign(**{str(name): put[name] for name in names})


def means(runs: pd.DataFrame, by: Groups) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the mean of each outcome over the runs of each group, its error, and its runs.

    Parameters
    ----------
    runs : DataFrame
        One row a run, one column an outcome.
    by : sequence of Series
        What the runs are grouped by, with the index of the table.

    Returns
    -------
    mean, error, used : DataFrame
        One row a group, one column an outcome. The mean is not a number where there is none, its
        standard error also where fewer than two runs have a value; ``used`` is how many have.
    """
    mean, moved, used = linearised(runs, by)
    error = moved.groupby(list(by), sort=False).sem()
    return mean, error.where(used >= LEAST), used


def linearised(runs: pd.DataFrame, by: Groups) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return the means of groups, what each run moves them by, and their runs.

    Parameters
    ----------
    runs, by
        As in `means`.

    Returns
    -------
    mean, moved, used : DataFrame
        ``moved`` has a row a run: the mean of as many independent values has the spread of the
        mean; of ratios they are those of the delta method, about zero.
    """
    keys = list(by)
    values = contributions(runs, keys)
    groups = values.groupby(keys, sort=False)
    used = runs.groupby(keys, sort=False).count()
    mean, moved = groups.mean(), values.copy(deep=False)
    for name, (top, bottom) in ratios(map(str, runs.columns)).items():
        if {top, bottom} <= set(runs.columns):
            apart = groups[bottom].sem()
            below = mean[bottom].where(known_to_divide(mean[bottom], apart))
            mean[name] = mean[top] / below
            place = groups.ngroup().to_numpy()
            left = values[top] - mean[name].to_numpy()[place] * values[bottom]
            moved[name] = left / below.to_numpy()[place]
            used[name] = used[[top, bottom]].min(axis=1).where(below.notna(), 0)
    return mean, moved, used


@dataclass(frozen=True)
class Estimates:
    """Contributions of the runs of one design, and in how many runs each outcome has a value.

    Attributes
    ----------
    values : DataFrame
        See `contributions`; a row a run.
    used : dict of str to int
        Runs with a value, by outcome.
    """

    values: pd.DataFrame
    used: dict[str, int]

    @classmethod
    def of(cls, runs: pd.DataFrame) -> Estimates:
        """Return the estimates of outcomes, a row a run."""
        return cls(contributions(runs), {str(name): int(n) for name, n in runs.count().items()})

    @classmethod
    def total(cls, programmes: Sequence[pd.DataFrame]) -> Estimates:
        """Return the estimates of sums over programmes.

        Parameters
        ----------
        programmes : sequence of DataFrame
            Outcomes that add up, a row a run, the runs of all in the same order. A total with a
            part that is unknown in every run is unknown.
        """
        parts = [cls.of(one.reset_index(drop=True)) for one in programmes]
        values = parts[0].values
        for part in parts[1:]:
            values = values + part.values
        used = {name: min(part.used[name] for part in parts) for name in parts[0].used}
        return cls(values, used)

    def runs_used(self, outcome: str) -> int:
        """Return in how many runs an outcome, or both parts of a ratio, have a value."""
        parts = ratio_of(outcome)
        if parts is not None and set(parts) <= set(self.used):
            top, bottom = parts
            return min(self.used[top], self.used[bottom]) if self.divides(bottom) else 0
        return self.used[outcome]

    def mean(self, outcome: str) -> float:
        """Return the mean of an outcome; not a number where there is none."""
        parts = ratio_of(outcome)
        if parts is not None and set(parts) <= set(self.used):
            if not self.divides(parts[1]):
                return float("nan")
            return float(self.values[parts[0]].sum() / self.values[parts[1]].sum())
        return float(self.values[outcome].mean())

    def divides(self, bottom: str) -> bool:
        """Return whether the mean of a number is known well enough to divide by it."""
        values = self.values[bottom]
        return bool(known_to_divide(values.mean(), values.sem()))


def known_to_divide(mean: Any, error: Any) -> Any:
    """Return whether a mean with its standard error is known well enough to divide by it."""
    # a single run has no error, and says what it says
    return (mean > 0) & ~(error > MOST_ERROR * mean)
