"""What was varied, as boxes limit it and as people read it: names, units, ends and steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from smpsim.scenario.allowed_values import number_words
from smpsim.studies.sweep.result import Sweep

NO_UNIT = ("name", "word", "number", "text", "yes or no", "0 to 1", "unit of the value", "value")
FEW_VALUES = 20
"""An axis of so many values or fewer has steps, at which limits are stated."""


@dataclass(frozen=True)
class Key:
    """Something that was varied.

    Attributes
    ----------
    name : str
        Key path, or ``actions`` or ``scenario``.
    label : str
        What people read: the end of the key path, as much as tells keys apart.
    unit : str
        Empty if there is none.
    values : tuple
        Of an axis with steps or of words, in order; empty if it is sampled.
    low, high : float
        Ends of the axis; not a number for words.
    whole : bool
        It takes whole numbers only.
    """

    name: str
    label: str
    unit: str = ""
    values: tuple[Any, ...] = ()
    low: float = np.nan
    high: float = np.nan
    whole: bool = False

    @property
    def numeric(self) -> bool:
        """Return whether its values are numbers."""
        return bool(np.isfinite(self.low))

    def amount(self, value: float) -> str:
        """Return a value with its unit."""
        if self.unit.startswith("share"):
            return f"{number_words(float(f'{100 * value:.3g}'))} %"
        text = f"{value:,.0f}" if abs(value) >= 1000 else number_words(float(f"{value:.3g}"))
        return f"{text} {self.unit}".rstrip()


def numeric_key(name: str, label: str, unit: str, column: pd.Series, whole: bool) -> Key:
    """Return a key whose values are numbers."""
    values = np.unique(column.to_numpy(float))
    steps = tuple(values.tolist()) if len(values) <= FEW_VALUES else ()
    return Key(name, label, unit, steps, float(values[0]), float(values[-1]), whole)


def unit_of_key(sweep: Sweep, name: str) -> str:
    """Return the unit of a number, with the currency of the scenario; empty if it has none."""
    unit = sweep.unit(name)
    currency = next(iter(sweep.scenarios.values())).currency
    return "" if unit in NO_UNIT else unit.replace("currency", currency)
