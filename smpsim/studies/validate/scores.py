"""How good predictions are: coverage of prediction intervals and the interval score."""

from __future__ import annotations

import numpy as np

from smpsim.studies.validate.measures import Figure
from smpsim.studies.validate.reports import ReportedOutcome

LEVEL = 0.9
PLAUSIBLE = 0.1
"""A report in words agrees with a prediction that gives it at least this probability."""


def interval(values: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """Return the central prediction interval of simulated values.

    Parameters
    ----------
    values : ndarray of float
        What is not a number is left out.
    level : float
        Share of the values in the interval, between 0 and 1.

    Returns
    -------
    tuple of float
        Not a number without any value.
    """
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return float("nan"), float("nan")
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(known, [tail, 1.0 - tail])
    return float(low), float(high)


def interval_score(low: float, high: float, reported: float, level: float = LEVEL) -> float:
    """Return the interval score: width, plus a penalty for missing what was reported.

    Smaller is better; a forecaster does best by stating its true quantiles (Gneiting and Raftery
    2007, Journal of the American Statistical Association 102: 359-378, equation 43).
    """
    miss = max(low - reported, reported - high, 0.0)
    return (high - low) + 2.0 / (1.0 - level) * miss


def probability(values: np.ndarray, region: tuple[float, float]) -> float:
    """Return the share of simulated values in a region, ends included."""
    known = values[np.isfinite(values)]
    if len(known) == 0:
        return float("nan")
    low, high = region
    return float(np.mean((known >= low) & (known <= high)))


def brier_score(chance: float) -> float:
    """Return the Brier score of the probability given to what happened: 0 best, 1 worst."""
    return (1.0 - chance) ** 2


def as_reported(values: np.ndarray, figure: Figure, rng: np.random.Generator) -> np.ndarray:
    """Return simulated values as they would be reported.

    A scenario may be larger or smaller than the real programme; the chance in its share is then
    that of the real number of people. A reporting error is added to any figure that has one.

    Parameters
    ----------
    values : ndarray of float
        Simulated; missing ones are returned as they are. Shares above 1 (of a plan) have no
        sampling error.
    figure : Figure
        With the `people` of the report (None: as simulated) and its `error`.
    rng : numpy.random.Generator
    """
    found = values
    if figure.people is not None:
        found = values.copy()
        usable = np.isfinite(values) & (values <= 1.0)
        found[usable] = rng.binomial(figure.people, values[usable]) / figure.people
    if figure.error:
        # nobody reports a share above 1 of what can be no more; other ratios may be
        share = not figure.unit and not (values > 1.0).any()
        noise = figure.error * rng.standard_normal(len(found))
        found = np.clip(found + noise, 0.0, 1.0 if share else np.inf)
    return found


def scale_of(outcome: ReportedOutcome) -> float:
    """Return what scores of a figure are divided by: itself if it has a unit, else 1."""
    if outcome.scale is not None:
        return outcome.scale
    number = outcome.reported.number
    return number if outcome.reported.unit and number else 1.0


def scored(shares: np.ndarray, outcome: ReportedOutcome, level: float = LEVEL) -> dict[str, object]:
    """Return how a prediction fares against what is reported.

    Parameters
    ----------
    shares : ndarray of float
        Simulated shares.
    outcome : ReportedOutcome
    level : float
        Of the prediction interval.

    Returns
    -------
    dict
        ``median``, ``run_low`` and ``run_high``: quantiles of the runs, each with its own draw,
        with the share ``level`` in between; for a reported share ``covered`` and
        ``interval_score``, for a bound the ``probability`` given to it and its ``brier_score``;
        ``agrees``: covered, or given a probability of at least `PLAUSIBLE`; ``runs`` and
        ``runs_used``: the runs, and those in which there is such a share.
    """
    low, high = interval(shares, level)
    known = shares[np.isfinite(shares)]
    median = float(np.median(known)) if len(known) else float("nan")
    nan = float("nan")
    found: dict[str, object] = {"median": median, "run_low": low, "run_high": high, "level": level}
    found |= {"runs": len(shares), "runs_used": len(known)}
    found |= {"covered": None, "interval_score": nan, "probability": nan, "brier_score": nan}
    number = outcome.reported.number
    if number is not None:
        found["covered"] = found["agrees"] = bool(low <= number <= high)
        score = interval_score(low, high, number, level)
        found["interval_score"] = score / scale_of(outcome)
    else:
        chance = probability(shares, outcome.reported.region)
        found |= {"probability": chance, "brier_score": brier_score(chance)}
        found["agrees"] = bool(chance >= PLAUSIBLE)
    return found


def and_reports_in_words(agree: float, total: float, joint: str) -> str:
    """Return the end of a sentence that says how many reports in words agree, if there are any."""
    if not total:
        return "."
    said = f"{agree:.0f} of {total:.0f} reports in words"
    return f"{joint}{said} are given a probability of 10 % or more."
