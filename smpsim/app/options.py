"""Several designs side by side, each against the first under the same chance events.

Options that are judged in all plausible worlds are in `smpsim.app.deciding`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

import numpy as np

from smpsim.app.rows import counted, money, rounded, span, whole
from smpsim.app.runs import never, result_of
from smpsim.app.state import State, from_link, link_parts
from smpsim.results.estimates import Estimates, seen_enough
from smpsim.results.funnel import KEPT_AS, KEPT_PRICES
from smpsim.results.report import HARDLY
from smpsim.studies.compare.pairing import difference_of, estimates_of

MOST = 8
"""Options side by side."""
LONGEST = max(KEPT_PRICES)
"""Months for which the cost of a placement that is kept is told."""


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
        Means, and where 90 % of the runs lie.
    kept, cost_kept : str
        The same of those kept for three years; a dash where nobody is seen for so long.
    difference : str
        In the number placed, to the first: mean, and where 90 % of the pairs of runs lie.
    cost_difference : str
        The same of what a placement costs; the mean alone where a run places nobody.
    better : str
        In how many of the paired runs it places more than the first.
    command : str
        That comes to the same numbers.
    """

    name: str
    placed: str
    cost: str
    kept: str = "-"
    cost_kept: str = "-"
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


def options_in_link(link: str) -> tuple[list[Option], list[str]]:
    """Return the options that a link holds, and what is to be said about it.

    Parameters
    ----------
    link : str
        From the question mark on. It may come from anybody, as in `from_link`.
    """
    given = parse_qs(link.removeprefix("?"), keep_blank_values=True, max_num_fields=1000)
    found: list[Option] = []
    said: list[str] = []
    for text in given.get("option", [])[:MOST]:
        parts = parse_qs(text, keep_blank_values=True, max_num_fields=1000)
        state, problems = from_link(text)
        said += problems
        if problems and parts.get("scenario", [state.name])[0] != state.name:
            continue
        programmes = [one.name for one in state.design().programmes]
        programme = parts.get("programme", programmes)[0]
        programme = programme if programme in programmes else programmes[0]
        found.append(Option(unused_name(parts.get("name", [""])[0], found), state, programme))
    return found, said


def programme_in_link(link: str) -> str:
    """Return the programme that a link is about; empty if it names none."""
    given = parse_qs(link.removeprefix("?"), keep_blank_values=True, max_num_fields=1000)
    return given.get("programme", [""])[0]


def link_of(state: State, options: Sequence[Option], programme: str) -> str:
    """Return the link of a state with options, those of uploaded files left out."""
    parts = [
        ("option", urlencode([("name", one.name), ("programme", one.programme), *of_state]))
        for one in options
        if one.state.text is None
        for of_state in [link_parts(one.state)]
    ]
    return f"{state.link()}&{urlencode([('programme', programme), *parts])}"


def rows(options: Sequence[Option], is_stale: Callable[[], bool] = never) -> list[Row]:
    """Return options side by side.

    All have the seed and the number of runs of the first, so that run n of each meets the same
    chance events.

    Parameters
    ----------
    options : sequence of Option
    is_stale : callable
        Asked after each run whether to give up.
    """
    if not options:
        return []
    replications = options[0].state.replications
    seed = options[0].state.design().seed
    found: list[Row] = []
    first: tuple[Estimates, str] | None = None
    for option in options[:MOST]:
        state = option.state
        result = result_of(state, replications, is_stale, seed)
        summary = result.summary().loc[option.programme]
        estimates = estimates_of(result.outcome_table, [option.programme])
        placed: Any = summary.loc["placed"]
        rows = result.outcome_table
        told = seen_enough(rows.loc[rows["programme"] == option.programme, KEPT_AS[LONGEST]])
        price = "hardly anybody is placed"
        if placed["mean"] >= HARDLY:
            price = _price(summary.loc["cost_per_placement"], result.currency)
        row = Row(
            option.name,
            _people(placed),
            price,
            _people(summary.loc[KEPT_AS[LONGEST]]) if told else "-",
            _price(summary.loc[KEPT_PRICES[LONGEST]], result.currency),
            command=f"{state.command()} --seed {seed}",
        )
        if first is None:
            first = (estimates, result.currency)
            found.append(row)
            continue
        found.append(_against(row, first, estimates, result.currency))
    return found


def _people(row: Any) -> str:
    if not np.isfinite(row["mean"]):
        return "-"
    return span(*(counted(row[one]) for one in ("mean", "run_low", "run_high")))


def _price(row: Any, currency: str) -> str:
    if not np.isfinite(row["mean"]):
        return "-"
    return f"{currency} {money(row['mean'], row['run_low'], row['run_high'])}"


def _against(row: Row, first: tuple[Estimates, str], other: Estimates, currency: str) -> Row:
    """Return a row with what it differs by from the first."""
    base, base_currency = first
    price = "-"
    if currency == base_currency:
        price = _apart(difference_of("cost_per_placement", base, other), rounded)
    one, two = base.values["placed"].to_numpy(), other.values["placed"].to_numpy()
    more, same = int((two > one).sum()), int((two == one).sum())
    better = f"in {more} of {len(one)} runs" + (f", the same in {same}" if same else "")
    return replace(
        row,
        difference=_apart(difference_of("placed", base, other), whole),
        cost_difference=price,
        better=better,
    )


def _apart(found: Mapping[str, float], shown: Callable[[float], str]) -> str:
    """Return a mean difference, and between which ends that of nine in ten pairs lies."""
    mean, low, high = (found[key] for key in ("difference", "run_low", "run_high"))
    if not np.isfinite(mean):
        return "-"
    if not np.isfinite([low, high]).all():
        return _signed(mean, shown)
    return f"{_signed(mean, shown)} ({_signed(low, shown)} to {_signed(high, shown)})"


def _signed(value: float, shown: Callable[[float], str]) -> str:
    text = shown(abs(value))
    return text if text == "0" else f"{'+' if value > 0 else chr(0x2212)}{text}"
