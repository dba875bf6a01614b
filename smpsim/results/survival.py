"""Cumulative incidence and time with the employer, of all people of all runs together.

By statsmodels, which takes numbers of people as weights and is exact for many who share a month;
`smpsim.results.outcomes.incidence` has the same estimates for each run by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from smpsim.errors import RequestError
from smpsim.extras import need, there
from smpsim.vocabulary import SPELLS, WAYS

if TYPE_CHECKING:
    from smpsim.results.result import Result

T = TypeVar("T")

EXTRA = "survival"
COLUMNS = ("months", "way", "share", "at_risk")


def drawable(pictures: Mapping[str, T]) -> dict[str, T]:
    """Return pictures by name, without ``survival`` where statsmodels is not installed."""
    return {name: one for name, one in pictures.items() if name != "survival" or there(EXTRA)}


def spells_of(result: Result, programme: str | None = None) -> np.ndarray:
    """Return lengths of time of one programme, or all, by run: (runs, len(SPELLS), months + 1)."""
    names = list(result.programmes)
    if programme is None:
        found: np.ndarray = result.spell_array.sum(axis=1)
        return found
    if programme not in names:
        raise RequestError(f"programme: got {programme!r}; allowed: {', '.join(names)}")
    return np.asarray(result.spell_array[:, names.index(programme)])


def incidence(result: Result, programme: str | None = None) -> pd.DataFrame:
    """Return what share of the enrolled has met each end of the way by months since enrolment.

    Parameters
    ----------
    result : Result
    programme : str, optional
        All programmes together when left out.

    Returns
    -------
    DataFrame
        Columns ``months``, ``way`` (of `smpsim.vocabulary.WAYS`), ``share`` and ``at_risk``: of how
        many people it was still open at the start of that month. Up to the last month in which
        anybody was seen on the way; no rows where nobody enrolled.

    Raises
    ------
    MissingExtraError
        If statsmodels is not installed.
    """
    need(EXTRA, "Result.incidence")
    from statsmodels.duration.survfunc import CumIncidenceRight

    pooled = spells_of(result, programme).sum(axis=0)
    table = pooled[: len(WAYS) + 1]
    spell, months = np.nonzero(table)
    if not len(months):
        return pd.DataFrame(columns=list(COLUMNS))
    last, people = int(months.max()), table[spell, months].astype(float)
    # the library knows events by numbers from 1, and 0 as censored
    status = np.where(spell == len(WAYS), 0, spell + 1)
    at_risk = table[:, : last + 1].sum(axis=0)[::-1].cumsum()[::-1]
    shares = np.zeros((len(WAYS), last + 1))
    if status.any():
        found = CumIncidenceRight(months, status, freq_weights=people)
        place = np.searchsorted(found.times, np.arange(last + 1), side="right")
        for way, steps in enumerate(found.cinc):
            shares[way] = np.concatenate([[0.0], steps])[place]
    return pd.DataFrame(
        {
            "months": np.tile(np.arange(last + 1), len(WAYS)),
            "way": np.repeat(WAYS, last + 1),
            "share": shares.reshape(-1),
            "at_risk": np.tile(at_risk, len(WAYS)),
        }
    )


def staying(result: Result, programme: str | None = None) -> pd.DataFrame:
    """Return what share of the placed is still with the employer by months since arrival.

    The estimate of Kaplan and Meier. The end of a contract counts as leaving, unless a further one
    with the same employer follows.

    Parameters
    ----------
    result : Result
    programme : str, optional
        All programmes together when left out.

    Returns
    -------
    DataFrame
        Columns ``months``, ``share`` and ``at_risk``. Up to the last month in which anybody was
        seen; no rows where nobody was placed.

    Raises
    ------
    MissingExtraError
        If statsmodels is not installed.
    """
    need(EXTRA, "Result.staying")
    from statsmodels.duration.survfunc import SurvfuncRight

    pooled = spells_of(result, programme).sum(axis=0)
    table = pooled[[SPELLS.index("with_employer"), SPELLS.index("left_employer")]]
    left, months = np.nonzero(table)
    if not len(months):
        return pd.DataFrame(columns=["months", "share", "at_risk"])
    last = int(months.max())
    shares = np.ones(last + 1)
    if left.any():
        found = SurvfuncRight(months, left, freq_weights=table[left, months].astype(float))
        place = np.searchsorted(found.surv_times, np.arange(last + 1), side="right")
        shares = np.concatenate([[1.0], found.surv_prob])[place]
    at_risk = table[:, : last + 1].sum(axis=0)[::-1].cumsum()[::-1]
    return pd.DataFrame({"months": np.arange(last + 1), "share": shares, "at_risk": at_risk})
