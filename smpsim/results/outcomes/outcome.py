"""An outcome: all that is known of it, in one row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from smpsim.results.outcomes.counts import Counts

CURRENCY = "currency"
"""Unit of amounts of money; tables show the scenario's currency in its place."""


Better = Literal["high", "low"]
Shown = Literal["main", "listed", "no"]


@dataclass(frozen=True)
class Outcome:
    """What is known of an outcome, one of the model's or one of your own.

    Parameters
    ----------
    name : str
        Column of tables: small letters, digits and ``_``.
    unit : str
        ``"people"``, ``"currency"`` for amounts of money, ``"share of ..."`` for shares from 0 to
        1 (shown in per cent), or any other words.
    label : str
        In plain words, without the unit; the name in words when left out.
    compute : function, optional
        Gets the `Counts` of one run and returns a number for each programme. An outcome of your
        own needs either this, `people` or `parts`; a function at the top of a module can be used
        by other processes too.
    people : function, optional
        Gets the life courses of one programme in one run, a DataFrame as `Result.trainees`
        returns it, and returns a number.
    parts : tuple of two str, optional
        Outcomes that are divided by each other: of totals over programmes it is the ratio of
        their totals.
    pooled : bool
        Whether its mean over runs is the mean of the first part by that of the second, as what a
        placement costs whoever pays for all of the runs.
    better : str, optional
        ``"high"`` or ``"low"``, if one of them is.
    meaning : str
        What is counted, exactly.
    undefined : str
        When it has no value, in words ("nobody was placed"): only then may it be not a number.
    observed : bool
        Whether that means not yet observable where somebody was placed: it needs somebody who
        arrived long enough before the horizon.
    endless : bool
        Whether as a condition it is above every number where it is undefined: all the money
        bought nothing.
    adds_up : bool, optional
        Whether a total over programmes is the sum of theirs; so are people and money, and nothing
        else, when left out.
    size : str, optional
        Outcome, known in every run, of which this one is a share.
    series : str, optional
        Monthly series whose last value it is.
    group : str
        For tables by group: ``"people"``, ``"rates"``, ``"times"``, ``"money"``, ``"values"``,
        ``"losses"``.
    shown : str
        ``"main"`` outcomes are shown first and in pictures, ``"listed"`` ones where the main ones
        are printed, all others in full tables only.
    if_any : bool
        Whether it is printed only if anything of the kind happens.
    sum_of : tuple of str
        Outcomes that are added up; only a search may ask for such a sum.

    Examples
    --------
    >>> Outcome("visas_per_offer", "share of offers", parts=("visas", "offers")).label
    'visas per offer'
    """

    name: str
    unit: str
    label: str = ""
    compute: Callable[[Counts], Any] | None = field(default=None, repr=False)
    _: KW_ONLY
    people: Callable[[pd.DataFrame], Any] | None = field(default=None, repr=False)
    parts: tuple[str, str] | None = None
    pooled: bool = False
    better: Better | None = None
    meaning: str = ""
    undefined: str = ""
    observed: bool = False
    endless: bool = False
    adds_up: bool | None = None
    size: str | None = None
    series: str | None = None
    group: str = "own"
    shown: Shown = "main"
    if_any: bool = False
    sum_of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.label:
            object.__setattr__(self, "label", str(self.name).replace("_", " "))
        if self.adds_up is None:
            alone = self.parts is None
            adds_up = alone and (self.is_money or str(self.unit).startswith("people"))
            object.__setattr__(self, "adds_up", adds_up)

    @property
    def is_money(self) -> bool:
        """Whether it is an amount of money."""
        return self.unit == CURRENCY

    def unit_in(self, currency: str) -> str:
        """Return the unit, with the currency of a scenario."""
        return currency if self.is_money else self.unit

    def values(self, counts: Counts) -> Any:
        """Return its values, shape (..., programmes)."""
        if self.compute is not None:
            return self.compute(counts)
        if self.parts is not None:
            top, bottom = (counts.outcome(part) for part in self.parts)
            return divided(top, bottom)
        return counts[self.name]

    def facts(self) -> dict[str, Any]:
        """Return all but the functions as plain data, for files."""
        named = ("compute", "people")
        plain = {key: value for key, value in self.__dict__.items() if key not in named}
        return {key: list(one) if isinstance(one, tuple) else one for key, one in plain.items()}


def divided(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """Return top / bottom, not a number where the bottom is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1), np.nan)
