"""What is known of outcomes by their names: those of the model, and your own once they are used.

An outcome can have no value in a run, for one of two reasons that must not be mixed up:

- *undefined*: there is nobody whom it could be about. Nobody was placed, so a placement has no
  cost and took no time; as a condition that is worse than any number (`Outcome.endless`).
- *not yet observable*: people were placed, but nobody long enough before the horizon to be seen
  after 12 (24, 36) months. What follows from that is unknown: neither failure nor success.

`missing` tells which; how runs without a value count in means is in `smpsim.results.estimates`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from smpsim.results.outcomes.counts import Counts
from smpsim.results.outcomes.outcome import Outcome
from smpsim.results.outcomes.table import ROWS, SUM_ROWS, value_rows
from smpsim.vocabulary import FOLLOW_UP_MONTHS

UNDEFINED, NOT_YET = "undefined", "not yet observable"


@lru_cache(maxsize=64)
def _of_window(name: str) -> Outcome | None:
    """Return an outcome that carries another window in its name, such as ``npv_employer_36m``."""
    found = re.fullmatch(r"\w+_([1-9]\d{0,2}|0)m", name)
    rows = value_rows(int(found[1])) if found else ()
    return next((row for row in rows if row.name == name), None)


class Known(dict[str, Outcome]):
    """Outcomes by name; those with any window are known, those with the usual one are listed."""

    def __missing__(self, name: str) -> Outcome:
        found = _of_window(name) if isinstance(name, str) else None
        if found is None:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and bool(_of_window(name)))

    def get(self, name: str, default: Any = None) -> Any:
        """Return an outcome, or something else if there is none of that name."""
        try:
            return self[name]
        except KeyError:
            return default


OUTCOMES = Known({row.name: row for row in ROWS})
"""Outcomes of the model by name, in the order in which they are shown."""
COUNTED = tuple(row.name for row in ROWS if row.compute is None and row.parts is None)
"""Outcomes that are counts of people, kept for each run as they are."""
SUMS = {row.name: row for row in SUM_ROWS}
"""Sums of outcomes by name, which only a search may be for."""
_OF_WINDOWS = [row.name for row in value_rows(FOLLOW_UP_MONTHS)]
# your own of this process by name, so that results made with them have units and labels
_OWN: dict[str, Outcome] = {}


def remember(outcomes: Iterable[Outcome]) -> None:
    """Make outcomes of a user's own known by their names; a new one replaces that of its name."""
    for one in outcomes:
        _OWN[one.name] = one


def outcome_of(name: str) -> Outcome:
    """Return the row of an outcome; of one that nobody has described, a row with its name only."""
    found = OUTCOMES.get(name) or SUMS.get(name) or _OWN.get(name)
    return found or Outcome(name, "", adds_up=False, shown="no")


def is_own(name: str) -> bool:
    """Return whether an outcome is a user's own, described in this process."""
    return name in _OWN


def known_outcomes() -> tuple[str, ...]:
    """Return the names of all outcomes of a run, those of a user's own last."""
    return (*OUTCOMES, *_OWN)


def outcomes_with(months: int) -> list[str]:
    """Return the outcomes of a run whose cohorts are followed for so many months."""
    end = len(f"{FOLLOW_UP_MONTHS}m")
    return [f"{name[:-end]}{months}m" if name in _OF_WINDOWS else name for name in OUTCOMES]


def computed(
    names: Iterable[str], counts: Counts, own: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """Return outcomes by name, shape (runs * programmes,): the programmes of a run together.

    Parameters
    ----------
    names : iterable of str
    counts : Counts
        Of many runs.
    own : mapping of str to ndarray, shape (runs, programmes)
        Those of a user's own, computed run by run.
    """
    return {
        name: (own[name] if name in own else counts.outcome(name)).reshape(-1) for name in names
    }


def main_outcomes() -> tuple[str, ...]:
    """Return the outcomes that are shown first, where not all of them are shown."""
    return tuple(name for name in known_outcomes() if outcome_of(name).shown == "main")


def ratio_of(name: str) -> tuple[str, str] | None:
    """Return the outcomes whose means are divided for the mean of one: what one costs, if it is."""
    row = outcome_of(name)
    return row.parts if row.pooled else None


def rate_of(name: str) -> tuple[str, str] | None:
    """Return the outcomes whose totals over programmes are divided for that of one, if it is so."""
    return outcome_of(name).parts


def ratios(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return those of some outcomes that have a `ratio_of`, with it."""
    found = {name: ratio_of(name) for name in names}
    return {name: parts for name, parts in found.items() if parts is not None}


def rates(names: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return those of some outcomes that have a `rate_of`, with it."""
    found = {name: rate_of(name) for name in names}
    return {name: parts for name, parts in found.items() if parts is not None}


def with_parts(names: Sequence[str]) -> list[str]:
    """Return outcomes, and behind them those that are not among them but decide their means.

    These are the parts of ratios, and the people whom outcomes that must be observed are about.
    """
    found = [*names]
    for name in names:
        for part in ratio_of(name) or (name,):
            found += [part, *(["placed"] if outcome_of(part).observed else [])]
    return list(dict.fromkeys(found))


def missing(outcome: str, runs: pd.DataFrame) -> np.ndarray:
    """Return why an outcome has no value in each run.

    Parameters
    ----------
    outcome : str
    runs : DataFrame
        A column for the outcome and those of `with_parts`; a sum that lacks a part of it, such
        as ``placed``, is taken to be not yet observable.

    Returns
    -------
    ndarray of str, shape (runs,)
        `UNDEFINED`, `NOT_YET`, or an empty text where it has a value.
    """
    empty = runs[outcome].isna().to_numpy()
    unseen = np.zeros(len(runs), bool)
    parts = ratio_of(outcome)
    if outcome_of(outcome).observed:
        unseen = ~(runs["placed"].to_numpy() == 0) if "placed" in runs else ~unseen
    elif parts is not None and outcome_of(parts[1]).observed:
        bottom = parts[1]
        unseen = runs[bottom].isna().to_numpy() if bottom in runs else ~unseen
    return np.where(empty, np.where(unseen, NOT_YET, UNDEFINED), "")
