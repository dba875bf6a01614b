"""How long it takes until something happens, where other things may happen first.

People whose way has not ended by the horizon are censored: they count for as long as they were
seen. In a month, what happens comes before the horizon. The cumulative incidence is that of Aalen
and Johansen (1978, Scandinavian Journal of Statistics 5: 141-150) in whole months, which is exact
for many people with the same length of time; with a single kind of event it is one less the
estimate of Kaplan and Meier.
"""

from __future__ import annotations

import numpy as np

from smpsim.vocabulary import SPELLS, WAYS

PLACED = WAYS.index("placed")
CLOSE = 1e-9
"""Rounding of a share; a half that is met exactly is met."""


def cumulative_incidence(events: np.ndarray, censored: np.ndarray) -> np.ndarray:
    """Return the share to whom each kind of event has happened by the end of each month.

    Parameters
    ----------
    events : ndarray of int, shape (..., kinds, months + 1)
        To how many each kind happened after so many months; it happens once, and to each person
        one kind only.
    censored : ndarray of int, shape (..., months + 1)
        How many were last seen after so many months, without any of them.

    Returns
    -------
    ndarray of float, shape (..., kinds, months + 1)
        Not a number from where nobody is left who is seen, unless everybody's way has ended.
    """
    happened = events.sum(axis=-2)
    left = happened + censored
    at_risk = np.cumsum(left[..., ::-1], axis=-1)[..., ::-1].astype(float)
    watched = np.where(at_risk > 0, at_risk, 1.0)
    after = np.cumprod(1.0 - happened / watched, axis=-1)
    before = np.concatenate([np.ones_like(after[..., :1]), after[..., :-1]], axis=-1)
    found = np.cumsum((before / watched)[..., None, :] * events, axis=-1)
    known = (at_risk > 0) | (before == 0.0)
    return np.where(known[..., None, :], found, np.nan)


def of_ways(spells: np.ndarray) -> np.ndarray:
    """Return the cumulative incidence of each way's end since enrolment.

    Parameters
    ----------
    spells : ndarray of int, shape (..., len(SPELLS), months + 1)

    Returns
    -------
    ndarray of float, shape (..., len(WAYS), months + 1)
    """
    under_way = spells[..., SPELLS.index("under_way"), :]
    return cumulative_incidence(spells[..., : len(WAYS), :], under_way)


def of_staying(spells: np.ndarray) -> np.ndarray:
    """Return the share of the placed still with their employer after each month (Kaplan-Meier).

    Parameters
    ----------
    spells : ndarray of int, shape (..., len(SPELLS), months + 1)

    Returns
    -------
    ndarray of float, shape (..., months + 1)
    """
    left = spells[..., SPELLS.index("left_employer"), None, :]
    gone = cumulative_incidence(left, spells[..., SPELLS.index("with_employer"), :])
    found: np.ndarray = 1.0 - gone[..., 0, :]
    return found


def months_until(share: float, incidence: np.ndarray) -> np.ndarray:
    """Return the first month by whose end a cumulative incidence reaches a share.

    Parameters
    ----------
    share : float
        Above 0.
    incidence : ndarray, shape (..., months + 1)

    Returns
    -------
    ndarray of float, shape (...)
        Not a number where it never does.
    """
    reached = np.nan_to_num(incidence) >= share - CLOSE
    return np.where(reached.any(axis=-1), reached.argmax(axis=-1), np.nan)


def placed_within(months: int, spells: np.ndarray) -> np.ndarray:
    """Return the share of the enrolled who are placed within so many months, shape (...)."""
    placed = of_ways(spells)[..., PLACED, :]
    if months < placed.shape[-1]:
        return np.asarray(placed[..., months])
    # a horizon so near has seen nobody for that long; who has been seen to the end is known
    ended = spells[..., SPELLS.index("under_way"), :].sum(axis=-1) == 0
    return np.where(ended, placed[..., -1], np.nan)
