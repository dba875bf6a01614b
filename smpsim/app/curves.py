"""Monthly series of runs as curves: the median and where most runs lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from smpsim.results.result import LEVEL, Result
from smpsim.results.series import unit_of_series
from smpsim.vocabulary import SERIES

SHOWN = ("placed", "cost_cumulative")
"""Series that are drawn on the first screen."""
MORE = ("in_training", "in_visa_queue", "employers_engaged")
"""Series that are in the data to take away too."""


class Point(NamedTuple):
    """A figure that was reported, with two standard deviations of its error."""

    month: float
    value: float
    error: float


@dataclass(frozen=True)
class Curve:
    """A monthly series.

    Parameters
    ----------
    name, label, unit : str
    median, low, high : ndarray, shape (months,)
        Median, and where 90 % of the runs lie.
    """

    name: str
    label: str
    unit: str
    median: np.ndarray
    low: np.ndarray
    high: np.ndarray


def curves(result: Result, programme: str) -> list[Curve]:
    """Return the series of a programme that the cockpit shows or hands out."""
    place = result.programmes.index(programme)
    tail = (1.0 - LEVEL) / 2.0
    found = []
    for name in (*SHOWN, *MORE):
        values = result.series(name)[:, :, place]
        low, median, high = np.quantile(values, [tail, 0.5, 1.0 - tail], axis=0)
        unit = unit_of_series(name, result.currency)
        found.append(Curve(name, SERIES[name].label, unit, median, low, high))
    return found
