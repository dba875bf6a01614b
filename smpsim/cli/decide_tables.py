"""A decision as tables for a terminal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.console import Console

from smpsim.cli import terminal
from smpsim.cli.terminal import between, table
from smpsim.results.units import label_of, labels_of, shown, shown_difference, shown_ends
from smpsim.studies.decide.report import per_cent
from smpsim.studies.decide.result import PRICES, Decision

MOST_FIGURES = 8


def print_decision(screen: Console, found: Decision) -> None:
    """Print one table of all options, and what to find out first."""
    rows = [
        (label, *(say(row) for _, row in found.table.iterrows())) for label, say in _rows(found)
    ]
    runs = f"{found.runs:,} runs of each with the same chance events"
    worlds = f", in {found.worlds:,} plausible worlds" if found.worlds > 1 else ""
    title = f"Options: mean (and range of {100 * found.level:g} % of runs); {runs}{worlds}"
    table(screen, title, ("", *(f">{name}" for name in found.names)), rows)
    for price in PRICES:
        why = found.table[f"{price}_why"]
        for reason in [one for one in why.unique() if one]:
            names = list(why.index[why == reason])
            where = "any option" if len(names) == len(why) else ", ".join(names)
            screen.print(f"No {label_of(price)} for {where}: {reason}.", soft_wrap=True)
    _print_information(screen, found)


def _rows(found: Decision) -> list[tuple[str, Callable[[Any], str]]]:
    """Return the label of each row, and what it shows of an option."""
    money, unit, first = found.currency, found.unit, found.names[0]

    def ranged(name: str, of: str) -> Callable[[Any], str]:
        def say(row: Any) -> str:
            if row[name] != row[name]:
                return "-"
            return terminal.ranged(
                shown(row[name], of), between(row[f"{name}_low"], row[f"{name}_high"], of)
            )

        return say

    def difference(row: Any) -> str:
        if row.name == first:
            return "-"
        low, high = (shown_difference(row[f"difference_{end}"], unit) for end in ("low", "high"))
        return f"{shown_difference(row['difference'], unit)} ({low} to {high})"

    def share(name: str) -> Callable[[Any], str]:
        return lambda row: "-" if row[name] != row[name] else per_cent(row[name])

    what = "placements" if found.value is None else "value less cost"
    rows: list[tuple[str, Callable[[Any], str]]] = [
        ("placed", ranged("placed", "people")),
        (f"total cost ({money})", lambda row: shown(row["cost_total"], money)),
        *((f"{label_of(price)} ({money})", ranged(price, money)) for price in PRICES),
    ]
    if found.value is not None:
        rows.append((f"{what} ({money})", lambda row: shown(row["objective"], money)))
    rows.append((f"{what} against {first} ({unit})", difference))
    if found.worlds > 1:

        def regret(row: Any) -> str:
            low, high = row["regret_low"], row["regret"]
            return between(low, high, unit) if low < high else shown(high, unit)

        of = f"of {found.worlds:,} worlds"
        rows += [
            (
                f"better than {first}, {of}",
                lambda row: "-" if row.name == first else f"{row['better']:,}",
            ),
            (f"best, {of}", lambda row: f"{row['best']:,}"),
            (f"expected regret ({unit})", regret),
        ]
    rows.append(("more placed for no more money", lambda row: row["dominated_by"] or "-"))
    if found.worlds > 1:
        rows += [
            ("spread of placed: chance", share("chance")),
            ("spread of placed: not known", share("unknown")),
            ("spread of placed: figures without a source", share("assumed")),
        ]
    return rows


def _print_information(screen: Console, found: Decision) -> None:
    """Print what it would be worth to know each parameter, as far as it is worth anything."""
    known = found.information
    known = known[known["value"] > 0].head(MOST_FIGURES)
    if not len(known):
        return
    names = labels_of([str(key) for key in known.index])
    rows = [
        (
            names[str(key)],
            str(row["meaning"]),
            shown_ends(row["low"], row["high"], row["unit_of_parameter"]),
            "yes" if row["sourced"] else "no",
            shown(row["value"], found.unit) + ("" if row["clear"] else " (noise)"),
        )
        for key, row in known.iterrows()
    ]
    heads = ("figure", "meaning", "taken to lie", "source", f">worth ({found.unit})")
    table(
        screen,
        "What to find out first: how much better the choice were if it were known",
        heads,
        rows,
    )
