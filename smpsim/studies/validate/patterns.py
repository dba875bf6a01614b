"""Patterns known from the field, put to the model as expectations of ensembles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from smpsim.results.estimates import means
from smpsim.results.outcomes import divided, with_parts
from smpsim.results.units import in_three_digits
from smpsim.studies.statistics import mean_with_interval, ratio_with_interval
from smpsim.studies.validate.measures import name_of
from smpsim.studies.validate.prediction import Simulated, Situation
from smpsim.studies.validate.reports import Expectation, Pattern

HOLDS, FAILS, UNCLEAR = "holds", "does not hold", "unclear"
LEVEL = 0.95  # of the confidence intervals of means


@dataclass(frozen=True)
class Finding:
    """What the model says to one expectation.

    Attributes
    ----------
    expectation : Expectation
    value, low, high : float
        The mean (or the ratio of means) over draws of the parameters, with the confidence
        interval of that mean.
    verdict : str
        `HOLDS` or `FAILS` where the whole interval lies inside or outside the bounds, else
        `UNCLEAR`.
    """

    expectation: Expectation
    value: float
    low: float
    high: float
    verdict: str

    def words(self) -> str:
        """Return the finding as a sentence."""
        one = self.expectation
        bounds = []
        if one.at_least is not None:
            bounds.append(f"at least {one.at_least:g}")
        if one.at_most is not None:
            bounds.append(f"at most {one.at_most:g}")
        what = one.outcome.replace("_", " ")
        if one.of_plan:
            what += " of plan"
        if one.than is not None:
            what = f"ratio of {what}"
        value, low, high = map(in_three_digits, (self.value, self.low, self.high))
        return (
            f"{name_of(one.scenario)}: {one.says}: {self.verdict} "
            f"({what} {value}, {100 * LEVEL:g} % {low} to {high}, "
            f"expected {' and '.join(bounds)})"
            + (f" {one.likely_reason}" if one.likely_reason and self.verdict != HOLDS else "")
        )


def verdict_of(low: float, high: float, at_least: float | None, at_most: float | None) -> str:
    """Return whether an interval lies inside bounds, outside, or across one of them."""
    floor = -np.inf if at_least is None else at_least
    ceiling = np.inf if at_most is None else at_most
    if not (np.isfinite(low) and np.isfinite(high)):
        return UNCLEAR
    if floor <= low and high <= ceiling:
        return HOLDS
    if high < floor or low > ceiling:
        return FAILS
    return UNCLEAR


def outcome_of(runs: pd.DataFrame, one: Expectation) -> np.ndarray:
    """Return the mean of an outcome by design, over programmes and replications."""
    parts = [name for name in with_parts([one.outcome]) if name in runs]
    values = runs[parts].astype(float).reset_index(drop=True)
    if one.of_plan:
        plan = (runs["shortfall"] + runs["placed"]).to_numpy(float)
        values = pd.DataFrame({one.outcome: divided(runs[one.outcome].to_numpy(float), plan)})
    keys = [pd.Series(runs[key].to_numpy(), values.index) for key in ("design", "programme")]
    mean = means(values, keys)[0][one.outcome]
    return mean.groupby(level=0).mean().to_numpy()


def situations_of(pattern: Pattern) -> Iterator[Situation]:
    """Yield what must be run to put a pattern to the test."""
    for one in pattern.expect:
        yield Situation(one.scenario, one.set)
        if one.than is not None:
            yield Situation(one.scenario, one.than)


def put_to_test(pattern: Pattern, runs: Simulated) -> list[Finding]:
    """Return what the model says to each expectation of a pattern.

    Parameters
    ----------
    pattern : Pattern
    runs : Simulated
        Of the pattern's situations, under draws of the shared parameters; a mean is over the
        draws, and its interval is by them.
    """
    found = []
    for one in pattern.expect:
        mine = runs.of(one.scenario, one.set)
        if one.than is None:
            value, low, high = mean_with_interval(outcome_of(mine, one), LEVEL)
        else:
            other = runs.of(one.scenario, one.than)
            top, bottom = outcome_of(mine, one), outcome_of(other, one)
            value, low, high = ratio_with_interval(top, bottom, LEVEL)
        verdict = verdict_of(low, high, one.at_least, one.at_most)
        if np.isinf(value) and one.at_least is not None:
            # something against nothing is more than any multiple
            verdict = HOLDS
        found.append(Finding(one, value, low, high, verdict))
    return found


def verdict_of_pattern(findings: list[Finding]) -> str:
    """Return whether a pattern holds: only if all that is expected does."""
    verdicts = {finding.verdict for finding in findings}
    if FAILS in verdicts:
        return FAILS
    return HOLDS if verdicts == {HOLDS} else UNCLEAR
