"""Outcomes of designs by world, summed up so that means, ratios and resamples follow at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from smpsim.results.estimates import FEW, contributions
from smpsim.results.outcomes import (
    NOT_YET,
    SUMS,
    divided,
    is_own,
    known_outcomes,
    missing,
    outcome_of,
    rate_of,
    ratio_of,
    with_parts,
)
from smpsim.studies.compare.pairing import (
    Pair,
    paired_ratio_difference,
    shared_outcomes,
)
from smpsim.studies.statistics import ratio_with_interval

KNOWN = "known: "
"""Before the name of a column: in how many runs its outcome is known."""
LATER = "later: "
"""Before the name of a column: in how many runs its outcome is not yet observable."""


def known_outcomes_of(programmes: int) -> tuple[str, ...]:
    """Return the outcomes that a search may be for, of one programme or of the total of several."""
    names = tuple(str(number) for number in range(programmes))
    own = [name for name in known_outcomes() if is_own(name)]
    return (*shared_outcomes([Pair("", names, names)], same_currency=True, own=own), *SUMS)


def terms_of(outcome: str, programmes: int) -> tuple[tuple[str, ...], str | None]:
    """Return what is added up for an outcome, and by what it is divided: None for runs."""
    parts = ratio_of(outcome) if programmes == 1 else rate_of(outcome)
    if parts is not None:
        return (parts[0],), parts[1]
    return outcome_of(outcome).sum_of or (outcome,), None


def columns_for(outcomes: Iterable[str], programmes: int) -> list[str]:
    """Return the outcomes of single runs that are needed."""
    found: list[str] = []
    for outcome in outcomes:
        parts, below = terms_of(outcome, programmes)
        found += [*parts, *([below] if below else [])]
    return with_parts(found)


def counts_for(columns: Iterable[str]) -> list[str]:
    """Return the columns of `summed` that count runs."""
    names = list(columns)
    later = [f"{LATER}{one}" for one in names if outcome_of(one).observed]
    return [*(f"{KNOWN}{one}" for one in names), *later]


def summed(runs: pd.DataFrame, columns: Sequence[str], programmes: Sequence[str]) -> pd.DataFrame:
    """Return sums over the runs of a design in a world.

    Parameters
    ----------
    runs : DataFrame
        Columns ``design``, ``world``, ``programme``, ``replication`` and outcomes.
    columns : sequence of str
        Outcomes.
    programmes : sequence of str
        Whose outcomes; of several, the sum of a run.

    Returns
    -------
    DataFrame
        Sorted by ``design`` and ``world``; for each outcome its sum over the runs in which it is
        known, ``known: OUTCOME``, how many these are, and ``later: OUTCOME``, in how many it is
        not yet observable. Those that have a size (`Outcome.size`) are estimated
        for all runs of a design, in all its worlds, or not a number.
    """
    mine = runs[runs["programme"].isin(list(programmes))].reset_index(drop=True)
    keys = ["design", "world"]
    names = list(columns)
    later = pd.DataFrame(
        {
            f"{LATER}{one}": missing(one, mine) == NOT_YET
            for one in names
            if outcome_of(one).observed
        },
        index=mine.index,
    )
    sizes = {one: size for one in names if (size := outcome_of(one).size) is not None}
    sized = list(sizes)
    if sized:
        parts = list(dict.fromkeys([*sized, *sizes.values()]))
        mine[sized] = contributions(mine[parts], [mine["design"], mine["programme"]])[sized]
    groups = mine.groupby([*keys, "replication"], sort=True)[names]
    # a total with a part that is missing is missing
    totals = groups.sum(min_count=len(programmes)).groupby(keys, sort=True)
    sums = totals.sum()
    # what is seen nowhere adds up to nothing known, not to nothing
    sums[sized] = totals[sized].sum(min_count=1)
    unseen = later.groupby([mine[one] for one in keys], sort=True).sum()
    return pd.concat([sums, totals.count().add_prefix(KNOWN), unseen], axis=1).reset_index()


@dataclass(frozen=True)
class Measured:
    """Outcomes of some designs in some worlds.

    Attributes
    ----------
    worlds : int
    replications : int
        Runs of a design in a world.
    programmes : int
        How many are added up.
    sums : dict of str to ndarray, shape (designs, worlds)
        As in `summed`.
    """

    worlds: int
    replications: int
    programmes: int
    sums: dict[str, np.ndarray] = field(repr=False)

    @classmethod
    def of(cls, table: pd.DataFrame, worlds: int, replications: int, programmes: int) -> Measured:
        """Return the outcomes in a table of `summed`, whose designs have all worlds."""
        shape = (len(table) // worlds, worlds)
        sums = {
            str(name): table[name].to_numpy(float).reshape(shape)
            for name in table.columns
            if name not in ("design", "world")
        }
        return cls(worlds, replications, programmes, sums)

    def terms(self, outcome: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what stands above and below in an outcome, and the runs in which it is known.

        Each has shape (designs, worlds).
        """
        parts, below = terms_of(outcome, self.programmes)
        top = np.sum([self.sums[one] for one in parts], axis=0)
        known = np.min([self.sums[f"{KNOWN}{one}"] for one in parts], axis=0)
        return top, known if below is None else self.sums[below], known

    def by_world(self, outcome: str) -> np.ndarray:
        """Return an outcome by world, shape (designs, worlds); not a number where unknown."""
        top, bottom, _ = self.terms(outcome)
        return divided(top, bottom)

    def mean(self, outcome: str, weights: np.ndarray | None = None) -> np.ndarray:
        """Return an outcome over all worlds and runs.

        Parameters
        ----------
        outcome : str
            A ratio is that of the means.
        weights : ndarray, shape (resamples, worlds), optional
            How often each world counts; once when left out.

        Returns
        -------
        ndarray, shape (designs,) or (resamples, designs)
            Not a number where it is unknown in more than `FEW` of the runs, of `estimates`.
        """
        runs: Any = self.worlds * self.replications
        parts = self.terms(outcome)
        if weights is None:
            top, bottom, known = (part.sum(axis=1) for part in parts)
        else:
            top, bottom, known = (weights @ part.T for part in parts)
            runs = weights.sum(axis=1, keepdims=True) * self.replications
        return np.where(known >= (1.0 - FEW) * runs, divided(top, bottom), np.nan)

    def unjudged(self, outcome: str) -> np.ndarray:
        """Return which designs can't be judged by an outcome, as it is not yet observable."""
        parts, below = terms_of(outcome, self.programmes)
        names = [f"{LATER}{one}" for one in (*parts, *([below] if below else []))]
        later = [self.sums[one].sum(axis=1) > 0 for one in names if one in self.sums]
        unknown = np.isnan(self.mean(outcome))
        return unknown & np.any(later, axis=0) if later else np.zeros(len(unknown), bool)

    def interval(self, outcome: str, level: float) -> np.ndarray:
        """Return the interval of `mean` over worlds, shape (designs, 2).

        Worlds are the independent units; runs in the same world are not.
        """
        top, bottom, _ = self.terms(outcome)
        ends = [ratio_with_interval(*one, level)[1:] for one in zip(top, bottom, strict=True)]
        return np.where(np.isnan(self.mean(outcome))[:, None], np.nan, np.array(ends))

    def differences(self, outcome: str, design: int, level: float) -> np.ndarray:
        """Return differences to a design with their intervals over the same worlds.

        Returns
        -------
        ndarray, shape (designs, 3)
            Difference, lower and upper end.
        """
        top, bottom, _ = self.terms(outcome)
        rows = []
        for mine in zip(top, bottom, strict=True):
            one = paired_ratio_difference((top[design], bottom[design]), mine, level)
            rows.append([one["difference"], one["ci_low"], one["ci_high"]])
        unknown = np.isnan(self.mean(outcome))
        return np.where((unknown | unknown[design])[:, None], np.nan, np.array(rows))
