"""A comparison as tables for a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console

from smpsim.cli import terminal
from smpsim.results.losses import LINES
from smpsim.results.units import from_runs, label_of, shown, shown_difference
from smpsim.studies.compare.result import Comparison


def print_comparison(out: Console, comparison: Comparison, outcomes: list[str] | None) -> None:
    """Print means of both designs and the paired differences with confidence intervals.

    Parameters
    ----------
    out : Console
    comparison : Comparison
    outcomes : list of str, optional
        Those that are shown; the main ones when left out.
    """
    from smpsim.results.estimates import quantile
    from smpsim.results.outcomes import ratio_of
    from smpsim.studies.compare.pairing import PAIRS_WITHIN, outcomes_of

    wide, worlds = out.width >= terminal.WIDE, comparison.in_worlds
    differences = comparison.differences(outcomes=outcomes)
    ratios = False
    for pair in comparison.pairs:
        found: Any = differences.loc[pair.label]
        sides = (comparison.a, pair.a), (comparison.b, pair.b)
        runs = [outcomes_of(result, names) for result, names in sides]
        spreads = [[quantile(one, share) for share in PAIRS_WITHIN] for one in runs]
        rows = []
        for outcome in outcomes or terminal.chosen_rows(found):
            one = found.loc[outcome]
            unit = str(one["unit"])
            cells = [label_of(outcome)]
            for spread, mean in zip(spreads, ("mean_a", "mean_b"), strict=True):
                low, high = (end[outcome] for end in spread)
                side = {"run_low": low, "run_high": high, "runs": one["runs"]}
                side["runs_used"] = one[mean.replace("mean", "runs_used")]
                spread_in_words = terminal.spread_of(side, unit) if wide else "-"
                cells.append(terminal.ranged(shown(one[mean], unit), spread_in_words))
            cells.append(shown_difference(one["difference"], unit))
            pairs = _between(one, "run", unit)
            confidence = _between(one, "ci", unit)
            # narrow, what is not known of the difference where there is such
            cells += [pairs, confidence] if wide else [pairs if worlds else confidence]
            used = [from_runs(one[f"runs_used_{side}"], one["runs"]) for side in "ab"]
            both = used[0] if used[0] == used[1] else f"A {used[0]}, B {used[1]}"
            rows.append((*cells, unit, both))
            ratios |= ratio_of(outcome) is not None
        partly = any(row[-1] != "all" for row in rows)
        rows = rows if partly else [row[:-1] for row in rows]
        among = ": mean (90 % of runs)" if wide else ""
        between = (">90 % of pairs", f">{100 * comparison.level:g} % confidence")
        heads: tuple[str, ...] = (
            "outcome",
            f">A{among}",
            f">B{among}",
            ">B - A",
            *(between if wide else between[:1] if worlds else between[1:]),
            "unit",
            *([">from runs"] if partly else []),
        )
        pairs = f"{comparison.runs:,} pairs of runs with the same chance events"
        title = f"Programme {pair.label}: {pairs}"
        terminal.table(out, title, heads, rows)
        saved = _saved(found)
        if saved:
            out.print(saved, soft_wrap=True)
        if outcomes is None:
            _print_losses(out, found, comparison.level)
    if ratios:
        out.print(
            '"cost per ...": mean cost divided by the mean number of placements, not a mean over '
            "single runs.",
            soft_wrap=True,
        )
    for note in comparison.notes:
        out.print(f"Note: {note}", soft_wrap=True)


def _between(one: Any, ends: str, unit: str) -> str:
    low, high = (shown_difference(one[f"{ends}_{edge}"], unit) for edge in ("low", "high"))
    return "-" if low == "-" else f"{low.removesuffix(' points')} to {high}"


def _saved(found: Any) -> str:
    """Return how many runs the common luck saves for placements; nothing where no pair differs."""
    factor = found.loc["placed", "independent_runs"] if "placed" in found.index else 0.0
    if not 0.0 < factor < float("inf"):
        return ""
    times = f"{factor:,.1f}" if factor < 100 else f"{factor:,.0f}"
    return (
        f"Without the same chance events in both, {times} times as many runs would be needed for "
        "an equally narrow interval of those placed.\n"
    )


def _print_losses(out: Console, found: Any, level: float) -> None:
    """Print by which causes the two designs lose planned seats, where one of them does."""
    rows = []
    for line in (LINES[0], *LINES[3:]):
        one = found.loc[line]
        if not (one["mean_a"] or one["mean_b"]):
            continue
        means = [shown(one[mean], "people") for mean in ("mean_a", "mean_b")]
        rows.append(
            (
                label_of(line),
                *means,
                shown_difference(one["difference"], "people"),
                _between(one, "ci", "people"),
            )
        )
    if rows:
        heads = ("line", ">A", ">B", ">B - A", f">{100 * level:g} % confidence")
        terminal.table(out, "What held placements back (people)", heads, rows)
