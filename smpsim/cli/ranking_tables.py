"""A ranking of actions as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from smpsim.cli.terminal import table
from smpsim.studies.ranking import Ranking

SHOWN_PAIRS = 4  # at each end of the list


def print_ranking(screen: Console, found: Ranking) -> None:
    """Print the actions alone, the best and worst pairs, and what follows."""
    base, currency = found.base, found.currency
    screen.print(found.title, style="bold")
    screen.print(
        f"Without any action: {base['placed']:,.1f} placed, {base['retained_placements']:,.1f} "
        f"kept a year, {base['cost_per_retained_placement']:,.0f} {currency} each."
    )
    screen.print()
    rows: list[tuple[str, ...]] = []
    for place, row in enumerate(found.alone().reset_index().to_dict("records"), start=1):
        rows.append(
            (
                str(place),
                found.actions[row["design"]],
                change(row, "placed", 1),
                change(row, "retained_placements", 1),
                change(row, "cost_per_retained_placement", 0),
                gain_per_cost(row),
                f"{row['p_holm']:.3f}",
            )
        )
    heads: tuple[str, ...] = (
        ">",
        "action",
        ">placed",
        ">kept a year",
        f">{currency} per kept",
        f">kept per 100,000 {currency}",
        ">p, adjusted",
    )
    title = (
        f"Actions alone: change and {100 * found.level:.0f} % interval, "
        f"{found.replications:,} paired runs"
    )
    table(screen, title, heads, rows)
    print_pairs(screen, found)
    for sentence in found.words():
        screen.print(sentence, style="bold", soft_wrap=True)


def print_pairs(screen: Console, found: Ranking) -> None:
    """Print the pairs that add most, and least, to each other."""
    pairs = found.interactions().sort_values("interaction", ascending=False, kind="stable")
    records = pairs.reset_index().to_dict("records")
    if not records:
        return
    if len(records) > 2 * SHOWN_PAIRS:
        records = [*records[:SHOWN_PAIRS], *records[-SHOWN_PAIRS:]]
    rows = [
        (
            f"{found.actions[row['first']]} + {found.actions[row['second']]}",
            f"{row['together']:+,.1f}",
            f"{row['interaction']:+,.1f} ({row['low']:+,.1f} to {row['high']:+,.1f})",
            f"{row['p_holm']:.3f}",
        )
        for row in records
    ]
    heads = ("pair", ">kept a year", ">beyond the sum of both", ">p, adjusted")
    table(screen, "Pairs that add most and least to each other", heads, rows)


def change(row: Any, outcome: str, digits: int) -> str:
    """Return a difference with its interval."""
    middle, low, high = (row[f"{outcome}{end}"] for end in ("", "_low", "_high"))
    if middle != middle:
        return "-"
    return f"{middle:+,.{digits}f} ({low:+,.{digits}f} to {high:+,.{digits}f})"


def gain_per_cost(row: Any) -> str:
    """Return the gain per additional cost, or in words that there is none."""
    if row["per_cost"] == row["per_cost"]:
        return f"{row['per_cost']:,.1f}"
    return "costs less" if row["cost_total_high"] < 0 else "-"
