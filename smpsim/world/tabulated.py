"""Distributions tabulated for draws by inverse transform."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import expit

from smpsim.scenario.quantities import Distribution
from smpsim.world.layout import KNOTS
from smpsim.world.luck import LOGIT_BOUND

STANDARD_NORMAL = Distribution.parse({"normal": {"mean": 0, "sd": 1}})


class Quantiles:
    """Distributions tabulated for draws by inverse transform, each once."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Distribution, float, float], int] = {}
        self.rows: list[np.ndarray] = []
        logits = np.linspace(-LOGIT_BOUND, LOGIT_BOUND, KNOTS)
        self.knots = expit(logits)
        # rules that draw a standard normal number find it as distribution 0
        self.number(STANDARD_NORMAL, -math.inf, math.inf)

    def number(self, distribution: Distribution | None, low: float, high: float) -> int:
        """Return the number of a distribution whose draws are clipped to a range; -1 for none."""
        if distribution is None:
            return -1
        key = (distribution, low, high)
        if key not in self.numbers:
            self.numbers[key] = len(self.rows)
            row = np.empty(KNOTS + 1)
            row[0] = 1.0 if distribution.kind == "constant" else 0.0
            row[1:] = np.clip(distribution.quantile(self.knots), low, high)
            self.rows.append(row)
        return self.numbers[key]

    def table(self) -> np.ndarray:
        """Return all rows, shape (distributions, 1 + knots)."""
        return np.array(self.rows)
