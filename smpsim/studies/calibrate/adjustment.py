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
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.special import ndtr, ndtri

ERRORS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)
"""Standard deviations of the error of the model that are tried, in those of the reports' scores."""
ASSUMED = 1.0
"""The one that is taken where reports on one programme cannot tell; the reports of the catalogue,
on 19 programmes, choose it (docs/validate.md)."""
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


def errors_of_model(
    programmes: Sequence[str], size: float, worlds: int, rng: np.random.Generator
) -> np.ndarray:
    """Return draws of the error of the model, shape (worlds, reports).

    Drawn by its two parts and not by a factor of its covariance: such a factor is not unique, and
    routines of linear algebra for other kinds of processor return another one.
    """
    kinds, programme = np.unique(np.asarray(programmes), return_inverse=True)
    common = rng.standard_normal((worlds, len(kinds)))[:, programme]
    own = rng.standard_normal((worlds, len(programmes)))
    return size * (np.sqrt(COMMON) * common + np.sqrt(1.0 - COMMON) * own)


def moved(
    what: np.ndarray,
    scores: np.ndarray,
    seen: np.ndarray,
    programmes: Sequence[str],
    size: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return normal variables of worlds, moved to where the worlds come to what is reported.

    Parameters
    ----------
    what : ndarray, shape (worlds, variables)
    scores : ndarray, shape (worlds, reports)
    seen : ndarray, shape (reports,)
    programmes : sequence of str
        Of each report.
    size : float
        Standard deviation of the error of the model.
    rng : numpy.random.Generator
        Of the errors.
    """
    worlds, reports = scores.shape
    if not reports:
        return what
    middle, centre = what - what.mean(axis=0), scores - scores.mean(axis=0)
    joint = centre.T @ centre / (worlds - 1) + error_of_model(programmes, size)
    # what a sample of so many worlds shows by chance is no relation
    joint += np.eye(reports) * reports / worlds
    gain = np.linalg.solve(joint, centre.T @ middle / (worlds - 1))
    errors = errors_of_model(programmes, size, worlds, rng)
    return what + (seen - scores - errors) @ gain


@dataclass(frozen=True)
class Adjustment:
    """Worlds moved to what is reported.

    Attributes
    ----------
    drawn : ndarray, shape (worlds, parameters)
        Standard normal scores of what was drawn.
    found : Scores
        What the worlds come to, of all reports.
    programmes : tuple of str
        Of each report.
    figures : ndarray of bool, shape (reports,)
        Reports that are numbers; worlds are not moved to reports in words.
    error : float
        Standard deviation of the error of the model.
    seed : int
    """

    drawn: np.ndarray = field(repr=False)
    found: Scores = field(repr=False)
    programmes: tuple[str, ...]
    figures: np.ndarray = field(repr=False)
    error: float
    seed: int

    def parameters(self) -> np.ndarray:
        """Return the standard normal scores of the parameters afterwards."""
        return self._moved(self.drawn, self.figures, 0)

    def shuffled(self) -> Adjustment:
        """Return the adjustment of parameters that have nothing to do with what worlds come to."""
        rng = np.random.default_rng([self.seed, 5])
        return replace(self, drawn=self.drawn[rng.permutation(len(self.drawn))])

    def predicted(self, column: int, without: str | None = None) -> np.ndarray:
        """Return what is predicted of a report, from the reports on all other programmes.

        Parameters
        ----------
        column : int
            Of the report.
        without : str, optional
            The programme whose reports are not used; none when left out.

        Returns
        -------
        ndarray, shape (worlds,)
            With the error of the model, as that of a programme whose reports are not known.
        """
        used = self.figures & (np.array(self.programmes) != without)
        scores = self._moved(self.found.scores[:, [column]], used, 1 + column)[:, 0]
        if without is not None:
            rng = np.random.default_rng([self.seed, 2, column])
            scores = scores + self.error * rng.standard_normal(len(scores))
        return self.found.back(scores, column)

    def _moved(self, what: np.ndarray, used: np.ndarray, stream: int) -> np.ndarray:
        names = [name for name, one in zip(self.programmes, used, strict=True) if one]
        rng = np.random.default_rng([self.seed, 1, stream])
        scores, seen = self.found.scores[:, used], self.found.seen[used]
        return moved(what, scores, seen, names, self.error, rng)


def one_programme(programmes: Sequence[str], figures: np.ndarray) -> bool:
    """Return whether all reported figures are of one programme."""
    return len(set(np.asarray(programmes)[figures])) == 1


def with_best_error(
    drawn: np.ndarray,
    found: Scores,
    programmes: Sequence[str],
    figures: np.ndarray,
    seed: int,
    level: float,
) -> Adjustment:
    """Return the adjustment with the error of the model that predicts programmes best.

    Of each programme all reports are predicted from those on the others; the mean interval score
    of its reports, in standard deviations of what worlds come to, is averaged over programmes.
    With reports on one programme nothing can be predicted from others, and `ASSUMED` is taken.
    """
    if one_programme(programmes, figures):
        return Adjustment(drawn, found, tuple(programmes), figures, ASSUMED, seed)
    tail = (1.0 - level) / 2.0
    ends = float(-ndtri(tail))
    best: tuple[float, Adjustment] | None = None
    for size in ERRORS:
        one = Adjustment(drawn, found, tuple(programmes), figures, size, seed)
        by_programme: dict[str, list[float]] = {}
        for name in dict.fromkeys(programmes):
            mine = np.flatnonzero(figures & (np.array(programmes) == name))
            if not len(mine):
                continue
            used = figures & (np.array(programmes) != name)
            scores = one._moved(found.scores[:, mine], used, 0)
            middle = scores.mean(axis=0)
            spread = np.sqrt(scores.var(axis=0) + size**2)
            miss = np.maximum(np.abs(found.seen[mine] - middle) - ends * spread, 0.0)
            by_programme[name] = list(2.0 * ends * spread + 2.0 / (1.0 - level) * miss)
        if not by_programme:
            return one
        score = float(np.mean([np.mean(scores) for scores in by_programme.values()]))
        if best is None or score < best[0]:
            best = score, one
    assert best is not None
    return best[1]
