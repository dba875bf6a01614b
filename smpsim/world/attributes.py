"""Attributes of people that a user adds: further fields of a person's row.

Each is drawn when somebody applies, by the person's own luck under a number that follows from the
attribute's name: nobody's luck changes when another attribute is added.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from smpsim.agents.trainee import TRAINEE
from smpsim.errors import RequestError
from smpsim.messages import shown_value
from smpsim.scenario.quantities import Distribution, is_finite
from smpsim.world import state
from smpsim.world.access import accessor, fetcher, part_accessor
from smpsim.world.layout import KNOTS, MONTH
from smpsim.world.luck import LOGIT_BOUND
from smpsim.world.people import BLOCKS_OF_A_PERSON
from smpsim.world.tabulated import tabulated

# the model's own decisions of a person end far below
FIRST_DECISION = 4096
DECISIONS = 4 * BLOCKS_OF_A_PERSON - FIRST_DECISION


@dataclass(frozen=True)
class Attribute:
    """An attribute of people, named by its place in the mapping of rules.

    Parameters
    ----------
    draw : number, mapping or function, optional
        What somebody has who applies: a number or a distribution as a scenario states it
        (``{"normal": {"mean": 0, "sd": 1}}``), or a function that may name ``u``, a uniform number
        of the person's own, and what a rule about a person may read. `default` when left out.
    default : float
        The value at first: without a draw, for what a rule of your own counts.

    Raises
    ------
    RequestError
        If `draw` is neither, or `default` is no number.

    Examples
    --------
    >>> Attribute(draw={"uniform": {"low": 0, "high": 2}}).python()(0.5)
    1.0
    """

    draw: Any = None
    default: float = 0.0

    def __post_init__(self) -> None:
        if isinstance(self.default, bool) or not is_finite(self.default):
            raise RequestError(f"default: got {shown_value(self.default)}; allowed: a number")
        if self.draw is not None and not callable(self.draw):
            try:
                Distribution.parse(self.draw)
            except ValueError as error:
                raise RequestError(f"draw: {error}, or a function") from None

    def key(self) -> tuple[Any, ...]:
        """Return what decides the values, a function apart."""
        stated = None if callable(self.draw) or self.draw is None else Distribution.parse(self.draw)
        return ("attribute", float(self.default), stated)

    def quantiles(self) -> np.ndarray:
        """Return the distribution at the knots of `smpsim.world.luck.draw`."""
        return tabulated(Distribution.parse(self.draw), -math.inf, math.inf)[1:].copy()

    def python(self, table: np.ndarray | None = None) -> Callable[[float], float]:
        """Return the function that gives the value at a uniform number."""
        quantiles = self.quantiles() if table is None else table

        def value(u):
            place = (math.log(u / (1.0 - u)) + LOGIT_BOUND) * ((KNOTS - 1) / (2.0 * LOGIT_BOUND))
            place = min(max(place, 0.0), KNOTS - 1.000001)
            knot = int(place)
            low = quantiles[knot]
            return low + (place - knot) * (quantiles[knot + 1] - low)

        return value


def decision_of(name: str) -> int:
    """Return the number of the decision under which an attribute is drawn."""
    digest = hashlib.blake2b(name.encode(), digest_size=8).digest()
    return FIRST_DECISION + int.from_bytes(digest, "little") % DECISIONS


def row_with(names: Iterable[str]) -> np.dtype:
    """Return the type of a person's row with further fields, which are numbers.

    Raises
    ------
    RequestError
        If two of them would have the same luck.
    """
    fields = list(names)
    if not fields:
        return TRAINEE
    places = {decision_of(name): name for name in fields}
    if len(places) < len(fields):
        lost = next(name for name in fields if name not in places.values())
        raise RequestError(
            f"rules: got the attribute {lost!r}, which would share the random draws of "
            f"{places[decision_of(lost)]!r}; allowed: another name"
        )
    assert TRAINEE.names is not None
    return np.dtype(
        [*((name, TRAINEE[name]) for name in TRAINEE.names), *((n, "f8") for n in fields)]
    )


@lru_cache(maxsize=64)
def accessors_for(row: np.dtype) -> Mapping[int, Any]:
    """Return accessors of people's rows of another type, by the identity of those they replace."""
    return {
        id(state.trainee_row): accessor("trainees", row),
        id(state.entered): part_accessor("trainees", "entered", MONTH, dtype=row),
        id(state.fetch_trainee): fetcher("trainees", row),
    }
