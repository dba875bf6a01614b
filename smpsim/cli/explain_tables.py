"""An explanation as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from smpsim.cli import terminal
from smpsim.results.units import shown, shown_difference
from smpsim.studies.explain.report import largest_first
from smpsim.studies.explain.result import Explanation


def print_explanation(out: Console, found: Explanation) -> None:
    """Print who is placed where, where the others were lost, the waterfall, and the changes."""
    confidence = f">{100 * found.level:g} % confidence"
    several = len(found.comparison.pairs) > 1
    placements: Any = found.placements()
    lost: Any = found.lost().reset_index()
    waterfall: Any = found.waterfall()
    for pair in found.comparison.pairs:
        which = f", programme {pair.label}" if several else ""
        if pair.label in found.programmes:
            _print_placements(out, placements.loc[pair.label], which, found.runs, confidence)
            for who, other in (("A", "B"), ("B", "A")):
                chosen = (lost["programme"] == pair.label) & (lost["lost_by"] == who)
                title = f"Where {who} lost those whom only {other} places{which} (people)"
                _print_lost(out, lost[chosen], title, confidence)
        _print_waterfall(out, waterfall.loc[pair.label], which, confidence)
    _print_changes(out, found, confidence)
    for note in found.notes:
        out.print(f"Note: {note}", soft_wrap=True)


def _print_placements(out: Console, table: Any, which: str, runs: int, confidence: str) -> None:
    rows = [
        (
            row["label"],
            shown(row["people"], "people"),
            _between(row["ci_low"], row["ci_high"]),
            *(shown(row[f"not_admitted_{side}"], "people") for side in "ab"),
        )
        for _, row in table.iterrows()
    ]
    heads = ("fate", ">people", confidence, ">not admitted in A", ">not admitted in B")
    title = f"The same people in both designs{which}: {runs:,} pairs of runs (people)"
    terminal.table(out, title, heads, rows)


def _print_lost(out: Console, table: Any, title: str, confidence: str) -> None:
    rows = [
        (
            row["label"],
            row["cause_label"] or "-",
            shown(row["people"], "people"),
            _between(row["ci_low"], row["ci_high"]),
            shown(row["share"], "share"),
        )
        for _, row in table.iterrows()
    ]
    if rows:
        heads = ("step", "cause, where it is known", ">people", confidence, ">of them")
        terminal.table(out, title, heads, rows)


def _print_waterfall(out: Console, table: Any, which: str, confidence: str) -> None:
    rows = []
    for step, row in table.iterrows():
        whole = str(step).startswith("placed")
        show = shown if whole else shown_difference
        counted = [shown(row[f"mean_{side}"], "people") for side in "ab"]
        between = _between(row["ci_low"], row["ci_high"], signed=not whole)
        rows.append((str(step), *counted, show(row["effect"], "people"), between))
    heads = ("step", ">counted in A", ">counted in B", ">adds to placements", confidence)
    terminal.table(out, f"From placements in A to placements in B{which} (people)", heads, rows)


def _print_changes(out: Console, found: Explanation, confidence: str) -> None:
    if len(found.changes) < 2:
        return
    rows = []
    for name, row in largest_first(found.switched()).iterrows():
        cells: list[str] = []
        for side in ("alone", "left_out"):
            low, high = (float(row[f"{side}_{end}"]) for end in ("ci_low", "ci_high"))
            cells += [shown_difference(float(row[side]), "people"), _between(low, high, True)]
        rows.append((str(name), str(row["a"]), str(row["b"]), *cells))
    heads = ("change", "A", "B", ">A with it - A", confidence, ">B - B without it", confidence)
    terminal.table(out, "Which change mattered (people placed)", heads, rows)


def _between(low: float, high: float, signed: bool = False) -> str:
    if not signed:
        return terminal.between(low, high, "people")
    ends = [shown_difference(end, "people") for end in (low, high)]
    return "-" if low != low else " to ".join(ends)
