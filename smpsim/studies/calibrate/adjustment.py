"""Many parameters fitted at once: all worlds are kept, and moved to what is reported.

With hundreds of parameters no world lies near all reports, so that none can be chosen. Instead each
world's parameters are moved along their regression on what it comes to, to where that is what is
reported (Beaumont, Zhang and Balding 2002, Genetics 162: 2025-2035; with all worlds and normal
scores it is the ensemble Kalman update of Evensen 1994, J. Geophys. Res. 99: 10143-10162).

The model is not the world: real programmes differ in more than its parameters. So every report has
an error of the model, of which most is common to a programme. How large it is, is chosen by how
well programmes are predicted from the reports of all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtr, ndtri

ERRORS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
"""Standard deviations of the error of the model that are tried, in those of the reports' scores."""
COMMON = 0.7
"""Share of its variance that is common to all reports on a programme; assumption."""
FARTHEST = 3.0
"""Reports beyond what any world comes to count as so many standard deviations away."""


@dataclass(frozen=True)
class Scores:
    """What worlds come to, as standard normal scores of their ranks.

    Attributes
    ----------
    scores : ndarray, shape (worlds, reports)
    seen : ndarray, shape (reports,)
        Those of what is reported.
    """

    values: np.ndarray = field(repr=False)
    scores: np.ndarray = field(repr=False)
    seen: np.ndarray = field(repr=False)

    @classmethod
    def of(cls, values: np.ndarray, reported: np.ndarray, rng: np.random.Generator) -> Scores:
        """Return the scores of simulated and reported figures.

        Parameters
        ----------
        values : ndarray, shape (worlds, reports)
            What is missing stands in the middle.
        reported : ndarray, shape (reports,)
        rng : numpy.random.Generator
            Breaks ties.
        """
        worlds = len(values)
        filled = np.where(np.isfinite(values), values, np.nanmedian(values, axis=0))
        order = np.lexsort((rng.random(filled.shape), filled), axis=0)
        ranks = np.empty_like(order)
        np.put_along_axis(ranks, order, np.arange(worlds)[:, None], axis=0)
        below = (filled < reported).mean(axis=0)
        upto = (filled <= reported).mean(axis=0)
        place = np.clip((below + upto) / 2.0, 0.5 / worlds, 1.0 - 0.5 / worlds)
        outside = (upto == 0.0) | (below == 1.0)
        seen = np.where(outside, np.sign(place - 0.5) * FARTHEST, ndtri(place))
        return cls(filled, ndtri((ranks + 0.5) / worlds), seen)

    def back(self, scores: np.ndarray, column: int) -> np.ndarray:
        """Return figures of scores of one report, within what worlds come to."""
        ordered = np.sort(self.values[:, column])
        return np.interp(ndtr(scores) * len(ordered) - 0.5, np.arange(len(ordered)), ordered)


def error_of_model(programmes: Sequence[str], size: float) -> np.ndarray:
    """Return the covariance of the error of the model, shape (reports, reports)."""
    names = np.asarray(programmes)
    same = names[:, None] == names[None, :]
    return size**2 * (COMMON * same + (1.0 - COMMON) * np.eye(len(names)))


def moved(
    what: np.ndarray,
    scores: np.ndarray,
    seen: np.ndarray,
    error: np.ndarray,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return normal variables of worlds, moved to where the worlds come to what is reported.

    Parameters
    ----------
    what : ndarray, shape (worlds, variables)
    scores : ndarray, shape (worlds, reports)
    seen : ndarray, shape (reports,)
    error : ndarray, shape (reports, reports)
        Covariance of the error of the model.
    rng : numpy.random.Generator
        Of the errors.
    """
    worlds, reports = scores.shape
    if not reports:
        return what
    middle, centre = what - what.mean(axis=0), scores - scores.mean(axis=0)
    joint = centre.T @ centre / (worlds - 1) + error
    # what a sample of so many worlds shows by chance is no relation
    joint += np.eye(reports) * reports / worlds
    gain = np.linalg.solve(joint, centre.T @ middle / (worlds - 1))
    errors = rng.multivariate_normal(np.zeros(reports), error, worlds, method="eigh")
    return what + (seen - scores - errors) @ gain
