"""Outcomes as a user would write them: functions at the top of a module, which processes find."""

import numpy as np

from smpsim import Outcome


def placed_late(counts):
    """Return how many were placed after a year or more from the start of training."""
    return counts.waits[..., 13:].sum(axis=-1)


def mean_age(life):
    """Return the mean age of those who enrolled."""
    enrolled = life[life["enrolled"].notna()]
    return enrolled["age"].mean() if len(enrolled) else np.nan


def peak_backlog(counts):
    """Return the largest backlog of the visa lane."""
    return counts.series("visa_backlog").max(axis=0)


LATE = Outcome("placed_late", "people", "placed after a year", placed_late, better="low")
AGE = Outcome("mean_age", "years", people=mean_age, undefined="nobody enrolled")
PEAK = Outcome("peak_backlog", "applications", "largest backlog", peak_backlog)
PER_VISA = Outcome(
    "cost_per_visa",
    "currency",
    "cost per visa",
    parts=("cost_total", "visas"),
    pooled=True,
    undefined="no visa was granted",
)
ALL = (LATE, AGE, PEAK, PER_VISA)
