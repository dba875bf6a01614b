"""Who pays whom in a programme: payments between parties, as means over the runs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from smpsim.results.result import Result
from smpsim.results.units import words
from smpsim.vocabulary import COST_ITEMS, ITEMS, PARTIES, TRANSFERS

LEAST = 0.004
"""Payments of less than this share of all are put together, as no line could show them."""
PAID = [ITEMS.index(one) for one in (*COST_ITEMS, *TRANSFERS)]
"""What programmes pay: costs, fees, refunds and incentives, but no wages and their use."""


class Payment(NamedTuple):
    """What one party pays another.

    Parameters
    ----------
    payer, payee : str
        In words.
    what : str
        What for, the largest items first.
    amount : float
        Mean over the runs, currency.
    """

    payer: str
    payee: str
    what: str
    amount: float


def payments(result: Result, programme: str) -> list[Payment]:
    """Return who pays whom for the programme, the largest first.

    Parameters
    ----------
    result : Result
    programme : str
    """
    place = result.programmes.index(programme)
    names, payees = result.items
    # (items, payers)
    paid = result.ledger_array[:, :, place].sum(axis=1).mean(axis=0)
    found: dict[tuple[str, str], dict[str, float]] = {}
    for item in PAID:
        for payer in np.flatnonzero(paid[item] > 0):
            key = (words(PARTIES[payer]), words(payees[item]))
            parts = found.setdefault(key, {})
            name = words(names[item])
            parts[name] = parts.get(name, 0.0) + float(paid[item, payer])
    total = sum(sum(parts.values()) for parts in found.values())
    rows = [
        Payment(payer, payee, _listed(parts), sum(parts.values()))
        for (payer, payee), parts in found.items()
    ]
    large = [one for one in rows if one.amount >= LEAST * total]
    return sorted(large, key=lambda one: -one.amount)


def _listed(parts: dict[str, float]) -> str:
    return ", ".join(sorted(parts, key=lambda name: -parts[name]))
