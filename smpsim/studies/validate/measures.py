"""How a reported figure is stated, and how it is counted in runs of a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import model_validator

from smpsim.results.outcomes import divided
from smpsim.results.units import in_three_digits
from smpsim.scenario.disk_paths import SUFFIXES
from smpsim.scenario.fields import Section, described

PLAN = "plan"
COUNTED = ("people", "employers", "vacancies", "seats", "applications")
"""Units of what is whole."""
Found = Callable[[str, Mapping[str, Any]], pd.DataFrame]
"""Returns the runs of a scenario with values that are set."""


class Figure(Section):
    """A reported figure: a share, people of people, another number, or a bound."""

    share: float | None = described(None, "share", "Reported share", ge=0)
    counted: int | None = described(None, "people", "How many, of `people`", ge=0)
    value: float | None = described(None, "number", "A figure that is not a share", ge=0)
    unit: str = described("", "words", "Its unit; empty: a share, shown in per cent")
    at_most: float | None = described(None, "share", "Largest share that agrees with it", ge=0)
    at_least: float | None = described(None, "share", "Smallest share that agrees with it", ge=0)
    people: int | None = described(None, "people", "People the share is of, if known", gt=0)
    error: float = described(
        0.0, "number", "Reporting error: a standard deviation, in the unit of the figure", ge=0
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Figure:
        bounds = self.at_most is not None or self.at_least is not None
        stated = [one is not None for one in (self.share, self.counted, self.value)]
        if sum(stated) + bounds != 1:
            raise ValueError(
                "share: got none, or several, of share, counted, value and bounds; allowed: "
                "one of them"
            )
        if self.counted is not None and self.people is None:
            raise ValueError(
                "people: got none with counted; allowed: how many people the count is of"
            )
        if self.value is not None and not self.unit:
            raise ValueError("unit: got none with value; allowed: words")
        if bounds and self.error:
            raise ValueError(f"error: got {self.error:g} with bounds; allowed: with a number")
        return self

    @property
    def number(self) -> float | None:
        """The figure; nothing where words were read as a bound."""
        if self.counted is not None and self.people is not None:
            return self.counted / self.people
        return self.share if self.value is None else self.value

    @property
    def is_bound(self) -> bool:
        """Whether words were read as a bound."""
        return self.number is None

    @property
    def region(self) -> tuple[float, float]:
        """Shares that agree with the report."""
        if self.number is not None:
            return self.number, self.number
        low = 0.0 if self.at_least is None else self.at_least
        return low, np.inf if self.at_most is None else self.at_most

    def words(self) -> str:
        """Return the figure as a table shows it."""
        if self.number is not None:
            return in_unit(self.number, self.unit)
        low, high = self.region
        parts = [f"at least {in_unit(low, self.unit)}"] if low > 0 else []
        if np.isfinite(high):
            parts.append(f"at most {in_unit(high, self.unit)}")
        return ", ".join(parts)


def in_unit(number: float, unit: str = "") -> str:
    """Return a number in its unit, a share in per cent, with as many digits as matter."""
    if not np.isfinite(number):
        return "-"
    return f"{_digits(number, unit)} {unit or '%'}"


def ends_in_unit(low: float, high: float, unit: str = "") -> str:
    """Return the ends of an interval in their unit, which is said once, and % at both ends."""
    if not unit or not np.isfinite(low):
        return f"{in_unit(low, unit)} to {in_unit(high, unit)}"
    return f"{_digits(low, unit)} to {in_unit(high, unit)}"


def _digits(number: float, unit: str) -> str:
    if unit in COUNTED:
        return f"{number:,.0f}"
    return in_three_digits(number if unit else 100 * number)


def name_of(scenario: str) -> str:
    """Return what tables call a scenario: its name in the catalogue, or that of its file."""
    return Path(scenario).stem if scenario.endswith(SUFFIXES) else scenario


class Measured(Section):
    """How a figure is counted in runs of a scenario."""

    scenario: str = described(..., "name", "Scenario of the catalogue, or file beside this one")
    count: list[str] = described(..., "names", "Outcomes that are added up", min_length=1)
    source: str = described(..., "text", "Where it is reported")


Divisor = list[str] | Literal["plan"] | float | None


class Against(Section):
    """What a ratio is set against: as the ratio itself but for what is stated here."""

    scenario: str | None = described(None, "name", "Another scenario")
    count: list[str] | None = described(None, "names", "Outcomes that are added up")
    of: Divisor = described(None, "names", "What their sum is divided by")
    set: dict[str, Any] | None = described(None, "values", "Values to set, in place of all others")
    programmes: list[str] | None = described(None, "names", "Programmes that are counted")
    of_programmes: list[str] | None = described(None, "names", "Programmes of the divisor")
    since: int | None = described(None, "months", "Count from this month on", gt=0)
    of_so_far: bool = described(False, "yes or no", "Divisor from the start on")


class Ratio(Measured):
    """A count at a date divided by another, and perhaps set against another such ratio."""

    of: Divisor = described(
        None,
        "names",
        "Outcomes whose sum it is divided by, a number, or the planned placements; null: nothing",
    )
    set: dict[str, Any] = described({}, "values", "Values to set, such as the month of the report")
    programmes: list[str] = described([], "names", "Programmes that are counted; empty: all")
    of_programmes: list[str] | None = described(
        None, "names", "Programmes of the divisor; null: the same"
    )
    since: int | None = described(
        None, "months", "Count from this month on: what had accrued by then is subtracted", gt=0
    )
    of_so_far: bool = described(
        False,
        "yes or no",
        "Nothing is subtracted from the divisor, such as people present at the end",
    )
    against: Against | None = described(
        None, "section", "A second ratio that this one is divided by: another date or design"
    )

    @model_validator(mode="after")
    def _of_something(self) -> Ratio:
        if self.of == []:
            raise ValueError(f"of: got []; allowed: a list of names, not empty, or {PLAN}")
        if isinstance(self.of, float) and self.of <= 0.0:
            raise ValueError(f"of: got {self.of:g}; allowed: a number above 0")
        end = self.set.get("months")
        if self.since is not None and isinstance(end, int) and self.since >= end:
            raise ValueError(f"since: got {self.since}; allowed: less than {end} months")
        return self

    @property
    def other(self) -> Ratio | None:
        """The ratio that it is set against."""
        if self.against is None:
            return None
        stated = {key: getattr(self.against, key) for key in self.against.model_fields_set}
        return self.model_copy(update={**stated, "against": None})

    @property
    def situations(self) -> list[tuple[str, dict[str, Any]]]:
        """The scenarios, with values that are set, whose runs it needs."""
        found = [(self.scenario, self.set)]
        if self.since is not None:
            found.append((self.scenario, self._before))
        return found if self.other is None else [*found, *self.other.situations]

    @property
    def _before(self) -> dict[str, Any]:
        """What is set to see the month from which it is counted."""
        return {**self.set, "months": self.since}

    def values(self, find: Found) -> pd.Series:
        """Return the ratio in each run, not a number where there is none or it can't be seen yet.

        Parameters
        ----------
        find : callable
            Returns the runs of a situation: a row for each design, replication and programme.

        Returns
        -------
        Series
            Index ``design``, ``replication``.
        """
        top, bottom = self._parts(find(self.scenario, self.set))
        if self.since is not None:
            top_before, bottom_before = self._parts(find(self.scenario, self._before))
            top = top - top_before
            if not self.of_so_far and not isinstance(self.of, float):
                bottom = bottom - bottom_before
        if self.of is None:
            # nothing to divide by; differences of it are not one
            bottom = pd.Series(1.0, index=top.index)
        found = divided(top.to_numpy(float), bottom.to_numpy(float))
        if self.other is not None:
            found = divided(found, self.other.values(find).to_numpy(float))
        return pd.Series(found, index=top.index)

    def _parts(self, runs: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
        """Return what is counted and what it is divided by, in each run."""
        if self.of == PLAN:
            # programmes without a plan can't miss it
            runs = runs[runs["shortfall"].notna()]
        top = _added(runs, self.count, self.programmes)
        if isinstance(self.of, float) or self.of is None:
            return top, pd.Series(1.0 if self.of is None else self.of, index=top.index)
        # the planned placements are what was placed and what is missing
        names = ["shortfall", "placed"] if self.of == PLAN else list(self.of)
        chosen = self.programmes if self.of_programmes is None else self.of_programmes
        return top, _added(runs, names, chosen)

    @property
    def label(self) -> str:
        """A name by which tables tell ratios apart."""
        return f"{name_of(self.scenario)}: {' + '.join(self.count)}"

    @property
    def columns(self) -> tuple[str, ...]:
        """The outcomes that are needed."""
        below: tuple[str, ...] = ()
        if self.of == PLAN:
            below = ("shortfall", "placed")
        elif isinstance(self.of, list):
            below = tuple(self.of)
        found = (*self.count, *below, *(self.other.columns if self.other is not None else ()))
        return tuple(dict.fromkeys(found))


def _added(runs: pd.DataFrame, names: Sequence[str], programmes: Sequence[str]) -> pd.Series:
    """Return the sum of outcomes over programmes in each run."""
    counted = runs[runs["programme"].isin(programmes)] if programmes else runs
    # a total with a part that is missing is missing
    parts = max(counted["programme"].nunique(), 1) if "programme" in counted else 1
    columns = list(dict.fromkeys(names))
    groups = counted.groupby(["design", "replication"])[columns]
    total = groups.sum(min_count=parts)
    return total[list(names)].sum(axis=1, skipna=False)
