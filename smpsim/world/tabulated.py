"""Distributions tabulated for draws by inverse transform."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.special import expit

from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.quantities import Distribution
from smpsim.world.layout import KNOTS
from smpsim.world.luck import LOGIT_BOUND

STANDARD_NORMAL = Distribution.parse({"normal": {"mean": 0, "sd": 1}})


@lru_cache(maxsize=4096)
def tabulated(distribution: Distribution, low: float, high: float) -> np.ndarray:
    """Return the row of a distribution, shape (1 + knots): a mark of constants, then quantiles.

    A sweep meets the same distributions in thousands of designs, and scipy takes a millisecond.
    """
    row = np.empty(KNOTS + 1)
    row[0] = 1.0 if distribution.kind == "constant" else 0.0
    knots = expit(np.linspace(-LOGIT_BOUND, LOGIT_BOUND, KNOTS))
    row[1:] = np.clip(distribution.quantile(knots), low, high)
    if np.isnan(row).any():
        message = f"got {distribution.raw()}, whose quantiles cannot be computed"
        raise ScenarioError([Problem.at(Place("scenario"), "", message + "; allowed: wider ones")])
    row.flags.writeable = False
    return row


class Quantiles:
    """Distributions tabulated for draws by inverse transform, each once."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Distribution, float, float], int] = {}
        self.rows: list[np.ndarray] = []
        # rules that draw a standard normal number find it as distribution 0
        self.number(STANDARD_NORMAL, -math.inf, math.inf)

    def number(self, distribution: Distribution | None, low: float, high: float) -> int:
        """Return the number of a distribution whose draws are clipped to a range; -1 for none."""
        if distribution is None:
            return -1
        key = (distribution, low, high)
        if key not in self.numbers:
            self.numbers[key] = len(self.rows)
            self.rows.append(tabulated(distribution, low, high))
        return self.numbers[key]

    def table(self) -> np.ndarray:
        """Return all rows, shape (distributions, 1 + knots)."""
        return np.array(self.rows)
