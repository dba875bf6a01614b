"""A ranking of actions as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from smpsim.cli.terminal import table
from smpsim.studies.rank.result import GAIN, PER, PRICE, Ranking

SHOWN_PAIRS = 4  # at each end of the list


def print_ranking(screen: Console, found: Ranking) -> None:
    """Print the actions alone, the best and worst pairs, and what follows."""
    base, currency = found.base, found.currency
    screen.print(found.title, style="bold")
    price = "" if base[PRICE] != base[PRICE] else f", {base[PRICE]:,.0f} {currency} each"
    unknown = base[GAIN] != base[GAIN]
    kept = "number kept a year unknown" if unknown else f"{base[GAIN]:,.1f} kept a year"
    screen.print(f"Without any action: {base['placed']:,.1f} placed, {kept}{price}.")
    screen.print()
    rows = []
    for place, row in enumerate(found.alone().reset_index().to_dict("records"), start=1):
        title = found.actions[row["design"]]
        if found.idle(row["design"]):
            rows.append((str(place), f"{title} (changes nothing here)", *["-"] * 5))
            continue
        rows.append(
            (
                str(place),
                title,
                change(row, "placed", 1),
                change(row, GAIN, 1),
                change(row, PRICE, 0),
                gain_by_cost(row),
                p_value(row[f"{GAIN}_p_holm"]),
            )
        )
    heads = (
        ">",
        "action",
        ">placed",
        ">kept a year",
        f">{currency} per kept",
        f">kept per {PER:,} {currency} more",
        ">p, adjusted",
    )
    title = (
        f"Actions alone: change and {100 * found.level:g} % interval, {found.runs:,} paired runs"
    )
    table(screen, title, heads, rows)
    print_pairs(screen, found)


def print_pairs(screen: Console, found: Ranking) -> None:
    """Print the pairs that add most, and least, to each other."""
    pairs = found.interactions().sort_values("interaction", ascending=False, kind="stable")
    records = pairs.reset_index().to_dict("records")
    if not records:
        return
    title = "Pairs; interaction: gain of both together less the sum of their gains alone"
    if len(records) > 2 * SHOWN_PAIRS:
        title += f" ({SHOWN_PAIRS} highest and {SHOWN_PAIRS} lowest of {len(records)})"
        records = [*records[:SHOWN_PAIRS], *records[-SHOWN_PAIRS:]]
    rows = [
        (
            f"{found.actions[row['first']]} + {found.actions[row['second']]}",
            f"{row['together']:+,.1f}",
            f"{row['interaction']:+,.1f} ({row['ci_low']:+,.1f} to {row['ci_high']:+,.1f})",
            row["kind"],
            p_value(row["p_holm"]),
        )
        for row in records
    ]
    heads = ("pair", ">kept a year", ">interaction", "together they are", ">p, adjusted")
    table(screen, title, heads, rows)


def change(row: Any, outcome: str, digits: int) -> str:
    """Return a difference with its interval."""
    middle, low, high = (row[f"{outcome}{end}"] for end in ("", "_ci_low", "_ci_high"))
    if middle != middle:
        return "-"
    if middle == low == high == 0.0:
        return "0"
    text = f"{middle:+,.{digits}f}"
    return text if low != low else f"{text} ({low:+,.{digits}f} to {high:+,.{digits}f})"


def gain_by_cost(row: Any) -> str:
    """Return the gain by additional cost with its interval, or in words that there is none."""
    if row["per_cost"] == row["per_cost"]:
        return change(row, "per_cost", 1)
    return "costs less" if row["cost_total_ci_high"] < 0 else "-"


def p_value(p: float) -> str:
    """Return a p value as people read it."""
    return "-" if p != p else "<0.001" if p < 0.001 else f"{p:.3f}"
