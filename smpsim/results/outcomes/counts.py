"""What outcomes are computed from: counts, lengths of time and payments of runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from smpsim.errors import RequestError
from smpsim.messages import nearest, shown_list
from smpsim.vocabulary import (
    COST_ITEMS,
    FOLLOW_UP_MONTHS,
    ITEMS,
    PARTIES,
    PAYEES,
    SERIES,
    SPELLS,
    TRANSFERS,
    named_items,
)


class Counts:
    """What became of the people and the money of runs.

    The function of an outcome of your own gets those of one run, in which arrays have the axis
    ``programmes`` where ``...`` stands below for nothing; outcomes of the model are computed for
    many runs at once, with ``runs`` in front. Arrays can't be written to.

    ``counts["placed"]`` is the number of people of each programme at the horizon, shape
    (..., programmes). Names are those of outcomes that are counts, such as ``"enrolled"``,
    ``"graduated"``, ``"offers"``, ``"visas"``, ``"placed"``, ``"migrated"``, ``"dropped_out"``,
    ``"failed"``, ``"withdrew"``, ``"refused"``; ``"awaiting_retake"``; and of those placed more
    than 12 (24, 36) months before the horizon, how many they are, ``"seen_12"``, and how many
    were still with their sponsor by then, ``"retained_12"``.

    Parameters
    ----------
    counts : ndarray of int, shape (..., programmes, len(names))
    names : sequence of str
    spells : ndarray of int, shape (..., programmes, len(SPELLS), months + 1)
    totals : ndarray, shape (..., 2, programmes, items, parties)
    programmes : sequence of str
    planned : sequence of float or None
    exams : sequence of bool
    series : callable, optional
        Returns a monthly series by name.
    follow_up : int
        Months after training in which the gains of a cohort count.
    own_items : mapping of str to str, optional
        Payees of the costs that the scenario adds, by name.

    Attributes
    ----------
    programmes : tuple of str
        Names of the programmes.
    planned : ndarray, shape (programmes,)
        Placements that each plans, not a number without a plan.
    exams : ndarray of bool, shape (programmes,)
        Whether an exam ends the training.
    spells : ndarray of int, shape (..., programmes, len(SPELLS), months + 1)
        Of how many the way from enrolment ended after so many months, and the time with the
        employer, by how it ended (`smpsim.vocabulary.SPELLS`).
    waits : ndarray of int, shape (..., programmes, months + 1)
        Those of them who were placed: how many arrived at their sponsor after so many months of
        training and waiting.
    paid, present_values : ndarray, shape (..., programmes, items, parties)
        What was paid, by payer: the sum of all months, and that of their present values.
    """

    def __init__(
        self,
        counts: np.ndarray,
        names: Sequence[str],
        spells: np.ndarray,
        totals: np.ndarray,
        programmes: Sequence[str],
        planned: Sequence[float | None],
        exams: Sequence[bool],
        series: Callable[[str], np.ndarray] | None = None,
        follow_up: int = FOLLOW_UP_MONTHS,
        own_items: Mapping[str, str] | None = None,
    ) -> None:
        self._counts = {
            name: _fixed(counts[..., place].astype(float)) for place, name in enumerate(names)
        }
        self.spells = _fixed(spells)
        self.waits = _fixed(spells[..., SPELLS.index("placed"), :])
        self.paid = _fixed(totals[..., 0, :, :, :])
        self.present_values = _fixed(totals[..., 1, :, :, :])
        self.programmes = tuple(programmes)
        plan = [np.nan if value is None else value for value in planned]
        self.planned = _fixed(np.array(plan, dtype=float))
        self.exams = _fixed(np.array(exams, dtype=bool))
        self._series = series
        self.follow_up = follow_up
        self.items, self._payees = named_items(own_items or {})
        self._outcomes: dict[str, Any] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        return self._counts[_one_of("count", name, self._counts)]

    def outcome(self, name: str) -> np.ndarray:
        """Return another outcome, shape (..., programmes), such as ``"cost_total"``."""
        from smpsim.results.outcomes.known import OUTCOMES, known_outcomes, outcome_of

        if name not in self._outcomes:
            if name not in OUTCOMES:
                _one_of("outcome", name, known_outcomes())
            self._outcomes[name] = outcome_of(name).values(self)
        found: np.ndarray = self._outcomes[name]
        return found

    def keep(self, name: str, values: np.ndarray) -> None:
        """Keep the values of an outcome, which others may be divided by."""
        self._outcomes[name] = _fixed(values)

    def amount(
        self, item: str | None = None, payer: str | None = None, present_value: bool = False
    ) -> np.ndarray:
        """Return what was paid for an item by a party, shape (..., programmes).

        Parameters
        ----------
        item, payer : str, optional
            All together when left out.
        present_value : bool
            Discounted to the first month.
        """
        table = self.present_values if present_value else self.paid
        items = self.items if item is None else (_one_of("item", item, self.items),)
        payers = PARTIES if payer is None else (_one_of("payer", payer, PARTIES),)
        rows = [self.items.index(one) for one in items]
        columns = [PARTIES.index(one) for one in payers]
        found: np.ndarray = table[..., rows, :][..., columns].sum(axis=(-2, -1))
        return found

    def series(self, name: str) -> np.ndarray:
        """Return a monthly series of one run, shape (months, programmes).

        Such as ``"visa_backlog"`` or ``"cost"``: the columns of `Result.trajectories`.
        """
        if self._series is None:
            raise RequestError(f"series: got {name!r} of many runs; allowed: of one run")
        return _fixed(self._series(_one_of("series", name, SERIES)))

    @cached_property
    def borne(self) -> np.ndarray:
        """What each party bears of the costs, shape (..., programmes, parties).

        Fees, refunds and incentives shift costs between parties and add none.
        """
        spent = self._spent.copy()
        for item in TRANSFERS:
            moved = self.paid[..., ITEMS.index(item), :]
            spent += moved
            spent[..., PARTIES.index(PAYEES[ITEMS.index(item)])] -= moved.sum(axis=-1)
        return _fixed(spent)

    @cached_property
    def cost(self) -> np.ndarray:
        """All shared costs, shape (..., programmes)."""
        return _fixed(self._spent.sum(axis=-1))

    @cached_property
    def _spent(self) -> np.ndarray:
        places = [ITEMS.index(item) for item in COST_ITEMS]
        found: np.ndarray = self.paid[..., places, :].sum(axis=-2)
        return found

    @cached_property
    def gained(self) -> np.ndarray:
        """Present values received less paid, shape (..., programmes, parties)."""
        net = -self.present_values.sum(axis=-2)
        by_item = self.present_values.sum(axis=-1)
        for item, payee in enumerate(self._payees):
            net[..., PARTIES.index(payee)] += by_item[..., item]
        # below half a cent lies only the rounding of sums that cancel
        net[np.abs(net) < 0.005] = 0.0
        return _fixed(net)


def _fixed(array: np.ndarray) -> np.ndarray:
    """Return a view that can't be written to."""
    found = array.view()
    found.flags.writeable = False
    return found


def _one_of(what: str, name: str, known: Any) -> str:
    if name not in known:
        hint = nearest(name, list(known))
        raise RequestError(f"{what}: got {name!r}; allowed: {shown_list(list(known))}{hint}")
    return name


def discount_factors(months: int, rate: float) -> np.ndarray:
    """Return by what a payment of each month is multiplied to be worth as much in the first.

    Parameters
    ----------
    months : int
    rate : float
        Discount rate per year.
    """
    # one by one: NumPy's powers of a whole array differ by version and processor in the last digit
    return np.array([(1.0 + rate) ** (-month / 12.0) for month in range(months)])
