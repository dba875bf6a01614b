"""Conditions under which a run has failed, as people write them: ``placement_rate < 0.3``."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from smpsim.messages import nearest, shown_list, shown_value
from smpsim.results.outcomes import UNDEFINED, missing, outcome_of
from smpsim.results.units import label_of, shown, unit_of

Comparison = Callable[[np.ndarray, float], np.ndarray]
COMPARISONS: dict[str, Comparison] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
IN_WORDS = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
EXAMPLE = "such as 'placement_rate < 0.3'"
_FORM = re.compile(r"\s*(?P<outcome>\w+)\s*(?P<sign>[<>=!~]+)\s*(?P<number>.*?)\s*")


@dataclass(frozen=True)
class Condition:
    """One condition; a run for which it holds has failed.

    Attributes
    ----------
    outcome : str
    sign : str
        One of `COMPARISONS`.
    bound : float
        In the unit of the outcome; shares between 0 and 1.
    """

    outcome: str
    sign: str
    bound: float

    @classmethod
    def parse(cls, text: object, known: Sequence[str]) -> Condition:
        """Read a condition.

        Parameters
        ----------
        text : str
        known : sequence of str
            Names of the outcomes.

        Raises
        ------
        ValueError
            With what was found and what is allowed.
        """
        match = _FORM.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            allowed = f"OUTCOME, one of {' '.join(COMPARISONS)}, NUMBER, {EXAMPLE}"
            raise ValueError(f"got {shown_value(text)}; allowed: {allowed}")
        outcome, sign, number = match["outcome"], match["sign"], match["number"]
        if outcome not in known:
            hint = nearest(outcome, known)
            raise ValueError(f"got outcome {outcome!r}; allowed: {shown_list(known)}{hint}")
        if sign not in COMPARISONS:
            raise ValueError(f"got {sign!r} in {text!r}; allowed: {', '.join(COMPARISONS)}")
        try:
            bound = float(number)
        except ValueError:
            bound = math.nan
        if not math.isfinite(bound):
            share = ", shares between 0 and 1" if "%" in number else ""
            found = f"got {number!r} in {text!r}" if number else f"no number in {text!r}"
            raise ValueError(f"{found}; allowed: a number such as 0.3 or 40000{share}")
        if unit_of(outcome, "").startswith("share") and not 0 <= bound <= 1:
            raise ValueError(f"got {number} in {text!r}; allowed: a share between 0 and 1")
        return cls(outcome, sign, bound)

    def __str__(self) -> str:
        return f"{self.outcome} {self.sign} {self.bound:.12g}"

    @property
    def endless(self) -> bool:
        """Return whether an undefined value is taken to be above every number."""
        return outcome_of(self.outcome).endless

    def without_end(self, runs: pd.DataFrame) -> np.ndarray:
        """Return where the outcome is above every number, as all the money bought nothing."""
        if not self.endless:
            return np.zeros(len(runs), bool)
        return np.asarray(missing(self.outcome, runs) == UNDEFINED)

    def holds(self, runs: pd.DataFrame) -> np.ndarray:
        """Return 1 where it holds, 0 where it does not, and not a number where that is unknown.

        Parameters
        ----------
        runs : DataFrame
            A column for the outcome, and for those by which `missing` tells why it has no value.
        """
        values = runs[self.outcome].to_numpy(float)
        values = np.where(self.without_end(runs), np.inf, values)
        return self.met(values)

    def met(self, values: np.ndarray) -> np.ndarray:
        """Return the same for values of the outcome, infinite where it has no end."""
        found = COMPARISONS[self.sign](values, self.bound).astype(float)
        return np.where(np.isnan(values), np.nan, found)

    def words(self, currency: str) -> str:
        """Return the condition in words, with the unit."""
        unit = unit_of(self.outcome, currency)
        amount = shown(self.bound, unit).removesuffix(".0").replace(".0 %", " %")
        # "months from the start of training" is said by the name already
        short = "" if unit.startswith("share") else f" {unit.split()[0]}" if unit else ""
        return f"{label_of(self.outcome)} is {IN_WORDS[self.sign]} {amount}{short}"


def parse_all(texts: Iterable[object], known: Sequence[str]) -> tuple[Condition, ...]:
    """Return conditions, each once; see `Condition.parse`."""
    return tuple(dict.fromkeys(Condition.parse(text, known) for text in texts))


def failing(runs: pd.DataFrame, conditions: Sequence[Condition]) -> np.ndarray:
    """Return 1 for runs that have failed, 0 for others, not a number where that is unknown.

    A run has failed if any condition holds, whatever is unknown about the others; if none holds
    it is unknown as soon as one of them is.

    Parameters
    ----------
    runs : DataFrame
        A column for each outcome, and its parts (see `smpsim.results.outcomes.with_parts`).
    conditions : sequence of Condition

    Returns
    -------
    ndarray, shape (runs,)
    """
    found = [one.holds(runs) for one in conditions]
    table = np.array(found)
    any_holds = np.any(table == 1.0, axis=0)
    return np.where(any_holds, 1.0, table.sum(axis=0))
