"""The naive forecast: a programme does as comparable programmes are reported to have done.

A forecast of a model is worth its trouble only where it is better than this one, which runs no
model. Comparable is who reports the same counted outcomes of the same divisor; nothing is fitted
and nobody is chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit, stdtrit

from smpsim.studies.validate.measures import name_of
from smpsim.studies.validate.reports import ReportedOutcome
from smpsim.studies.validate.scores import LEVEL, as_reported, scored

SMALLEST = 1e-3
"""Shares nearer to 0 are not told apart: of most programmes fewer than a thousand are known."""
FEWEST = 2
"""Comparable programmes that an interval needs: of one nobody knows how programmes differ."""
POINTS = 4_000
"""Quantiles that a forecast is made of."""
FARTHEST = 100.0
"""Logarithms beyond are cut off."""
NOT_OF_RUNS = ("runs", "runs_used")


def kind_of(outcome: ReportedOutcome) -> str | None:
    """Return what is counted of what, such as ``enrolled of applicants``.

    Programmes that report the same are comparable, whatever the date and the months it was counted
    in. A contrast of dates or designs is of its own dates and designs, and a divisor that is a
    number, or that is of other programmes than the count, is of the scenario's own scale: such an
    outcome has no kind, and is comparable with none.
    """
    of = outcome.of
    if outcome.against is not None or outcome.of_programmes is not None or isinstance(of, float):
        return None
    above = " + ".join(sorted(outcome.count))
    below = of if isinstance(of, str) else " + ".join(sorted(of or ()))
    unit = outcome.reported.unit
    return above + (f" of {below}" if below else "") + (f", {unit}" if unit else "")


def comparable(
    outcome: ReportedOutcome, outcomes: Sequence[ReportedOutcome]
) -> dict[str, list[ReportedOutcome]]:
    """Return the figures of the same kind by programme, those of the outcome's own left out.

    Words that were read as bounds are no figures.
    """
    kind = kind_of(outcome)
    found: dict[str, list[ReportedOutcome]] = {}
    for one in outcomes:
        if kind is None or one.scenario == outcome.scenario or one.reported.is_bound:
            continue
        if kind_of(one) == kind:
            found.setdefault(one.scenario, []).append(one)
    return found


def predictive(others: Sequence[Sequence[ReportedOutcome]]) -> np.ndarray:
    """Return quantiles of what another programme of the kind comes to, before chance of its people.

    On the logits of shares (logarithms where one is above 1 or has a unit) a programme's value is
    the mean of its figures, so that ten years of one programme are not ten programmes. The next
    programme's value is

    ``mean + t(n - 1) * sqrt(between + (between + sampling) / n)``,

    where ``sampling`` is the mean variance of sampling, of figures with known numbers of people,
    and ``between`` what remains of the variance of the n values without it, 0 or more (the form of
    Higgins, Thompson and Spiegelhalter 2009, Journal of the Royal Statistical Society A 172:
    137-159, with equal weights, as many reports do not say of how many people they are). Where
    ``sampling`` is 0 this is the exact prediction interval of a normal sample.

    Parameters
    ----------
    others : sequence of sequence of ReportedOutcome
        Of each comparable programme its figures.

    Returns
    -------
    ndarray of float
        `POINTS` quantiles in rising order; of one programme its own value, as often.
    """
    figures = [one.reported for group in others for one in group]
    shares = all(not one.unit and (one.number or 0.0) <= 1.0 for one in figures)
    values, errors = [], []
    for group in others:
        pairs = np.array([_value(one, shares) for one in group])
        values.append(pairs[:, 0].mean())
        errors.append(pairs[:, 1].sum() / len(group) ** 2)
    mean, count = float(np.mean(values)), len(values)
    found = np.full(POINTS, mean)
    if count >= FEWEST:
        sampling = float(np.mean(errors))
        between = max(0.0, float(np.var(values, ddof=1)) - sampling)
        grid = (np.arange(POINTS) + 0.5) / POINTS
        found = mean + stdtrit(count - 1, grid) * np.sqrt(between + (between + sampling) / count)
    # with few programmes the ends lie beyond all numbers
    return np.asarray(expit(found) if shares else np.exp(np.clip(found, -FARTHEST, FARTHEST)))


def _value(outcome: ReportedOutcome, share: bool) -> tuple[float, float]:
    """Return a figure as a logit (or logarithm) with its variance of sampling, 0 if not known."""
    number, people = outcome.reported.number or 0.0, outcome.reported.people
    if not share:
        return float(np.log(max(number, SMALLEST))), 0.0
    if people is None:
        return float(logit(np.clip(number, SMALLEST, 1.0 - SMALLEST))), 0.0
    # half a person more on both sides: nobody and everybody have a logit too
    yes, no = number * people + 0.5, (1.0 - number) * people + 0.5
    return float(np.log(yes / no)), 1.0 / yes + 1.0 / no


def forecast_of(
    outcome: ReportedOutcome,
    outcomes: Sequence[ReportedOutcome],
    level: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Return the naive forecast of an outcome as a row of `naive`.

    Parameters
    ----------
    outcome : ReportedOutcome
    outcomes : sequence of ReportedOutcome
        Those of other programmes among them are looked at.
    level : float
    rng : numpy.random.Generator
        Of the chance of so many people, for reports that say how many.
    """
    others = comparable(outcome, outcomes)
    shares = predictive(list(others.values())) if others else np.empty(0)
    if len(others) >= FEWEST:
        shares = as_reported(shares, outcome.reported, rng)
    found = scored(shares, outcome, level)
    if len(others) < FEWEST:
        # an interval that is not there covers nothing and misses nothing
        known = {"median": found["median"], "level": level}
        found = {name: known.get(name) for name in found}
    return {
        "kind": kind_of(outcome) or "",
        "comparable": len(others),
        "programmes": ", ".join(map(name_of, others)),
        **{name: value for name, value in found.items() if name not in NOT_OF_RUNS},
    }


def naive(outcomes: Sequence[ReportedOutcome], level: float = LEVEL, seed: int = 1) -> pd.DataFrame:
    """Predict each programme from the figures that comparable programmes report.

    Parameters
    ----------
    outcomes : sequence of ReportedOutcome
    level : float
        Of the prediction intervals.
    seed : int
        Of the chance of so many people.

    Returns
    -------
    DataFrame
        Index ``outcome``; ``kind``; how many programmes are ``comparable`` and which
        (``programmes``); and the columns of `scored`. Nobody comparable: nothing is predicted; one
        programme: its value stands as ``median``, without an interval.
    """
    rows = {
        one.label: forecast_of(one, outcomes, level, np.random.default_rng([seed, 4, place]))
        for place, one in enumerate(outcomes)
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("outcome")
