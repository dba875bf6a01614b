"""Several designs side by side, each against the first under the same chance events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from smpsim.app.answer import money, rounded, span, whole
from smpsim.app.state import State
from smpsim.ensemble import run
from smpsim.results.estimates import Estimates
from smpsim.results.report import HARDLY
from smpsim.studies.compare.pairing import difference_of, estimates_of

MOST = 8
"""Options side by side."""


@dataclass(frozen=True)
class Option:
    """A design that was kept under a name.

    Parameters
    ----------
    name : str
    state : State
    programme : str
    """

    name: str
    state: State
    programme: str


@dataclass(frozen=True)
class Row:
    """An option beside the first.

    Parameters
    ----------
    name : str
    placed, cost : str
        With their ranges.
    difference : str
        In the number placed, to the first; with its confidence interval.
    cost_difference : str
        The same of what a placement costs.
    better : str
        In how many of the paired runs it places more than the first.
    command : str
        That comes to the same numbers.
    """

    name: str
    placed: str
    cost: str
    difference: str = "-"
    cost_difference: str = "-"
    better: str = "-"
    command: str = ""


def unused_name(wanted: str, options: Sequence[Option]) -> str:
    """Return a name that no other option has."""
    known = {one.name for one in options}
    base = wanted.strip()[:60] or "Option"
    names = (base if n == 1 else f"{base} ({n})" for n in range(1, MOST + 2))
    return next(name for name in names if name not in known)


def rows(options: Sequence[Option], level: float = 0.95) -> list[Row]:
    """Return options side by side.

    All have the seed and the number of runs of the first, so that run n of each meets the same
    chance events.

    Parameters
    ----------
    options : sequence of Option
    level : float
        Of the confidence intervals of differences.
    """
    if not options:
        return []
    replications = options[0].state.replications
    seed = options[0].state.design().seed
    found: list[Row] = []
    first: tuple[Estimates, str] | None = None
    for option in options[:MOST]:
        state = option.state
        result = run(state.source, replications, seed, overrides=dict(state.changes))
        summary = result.summary().loc[option.programme]
        estimates = estimates_of(result.outcome_table, [option.programme])
        placed: Any = summary.loc["placed"]
        cost: Any = summary.loc["cost_per_placement"]
        if placed["mean"] < HARDLY:
            price = "hardly anybody is placed"
        else:
            price = f"{result.currency} {money(cost['mean'], cost['run_low'], cost['run_high'])}"
        row = Row(
            option.name,
            span(*(f"{placed[one]:,.0f}" for one in ("mean", "run_low", "run_high"))),
            price,
            command=f"{state.command()} --seed {seed}",
        )
        if first is None:
            first = (estimates, result.currency)
            found.append(row)
            continue
        found.append(_against(row, first, estimates, result.currency, level))
    return found


def _against(
    row: Row, first: tuple[Estimates, str], other: Estimates, currency: str, level: float
) -> Row:
    """Return a row with what it differs by from the first."""
    base, base_currency = first
    people = difference_of("placed", base, other, level)
    price = "-"
    if currency == base_currency:
        cost = difference_of("cost_per_placement", base, other, level)
        if np.isfinite(cost["ci_low"]):
            ends = f"{_signed(cost['ci_low'], rounded)} to {_signed(cost['ci_high'], rounded)}"
            price = f"{_signed(cost['difference'], rounded)} ({ends})"
    one, two = base.values["placed"].to_numpy(), other.values["placed"].to_numpy()
    more, same = int((two > one).sum()), int((two == one).sum())
    better = f"in {more} of {len(one)} runs" + (f", the same in {same}" if same else "")
    ends = f"{_signed(people['ci_low'])} to {_signed(people['ci_high'])}"
    return Row(
        row.name,
        row.placed,
        row.cost,
        f"{_signed(people['difference'])} ({ends})",
        price,
        better,
        row.command,
    )


def _signed(value: float, shown: Callable[[float], str] = whole) -> str:
    text = shown(abs(value))
    return text if text == "0" else f"{'+' if value > 0 else chr(0x2212)}{text}"
