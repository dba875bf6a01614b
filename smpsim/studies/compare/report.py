"""What a comparison comes to, in a sentence for each pair of programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from smpsim.results.report import from_to, in_digits, in_money, people, signed
from smpsim.results.units import label_of
from smpsim.studies.compare.pairing import PAIRS_WITHIN
from smpsim.vocabulary import LOSSES

if TYPE_CHECKING:
    from smpsim.studies.compare.result import Comparison


def sentences(comparison: Comparison) -> list[str]:
    """Return a sentence for each pair of programmes: which design places more, at what cost."""
    differences = comparison.differences()
    several = len(comparison.pairs) > 1
    said = [
        (f"{pair.label}: " if several else "") + _of_pair(differences.loc[pair.label], comparison)
        for pair in comparison.pairs
    ]
    return [*said, *_of_worlds(comparison)]


def _of_worlds(comparison: Comparison) -> list[str]:
    """Return in how many plausible worlds the second places more; nothing at the centre."""
    if not comparison.in_worlds or comparison.runs == 1:
        return []
    a, b = (
        side.outcome_table.groupby("run")["placed"].sum() for side in (comparison.a, comparison.b)
    )
    more, fewer = int((b > a).sum()), int((b < a).sum())
    low, high = np.quantile((b - a).to_numpy(float), PAIRS_WITHIN)
    between = f"{signed(float(low))} to {signed(float(high))} people"
    return [
        f"Each pair of runs is in a plausible world of its own: {comparison.names[1]} places more "
        f"in {more:,} of {comparison.runs:,} worlds, and fewer in {fewer:,}; in nine of ten the "
        f"difference is {between}. The confidence interval is that of the mean over worlds."
    ]


def _of_pair(found: Any, comparison: Comparison) -> str:
    a, b = comparison.names
    placed = found.loc["placed"]
    difference, low, high = placed["difference"], placed["ci_low"], placed["ci_high"]
    interval = f"{100 * comparison.level:g} % confidence interval"
    confidence = f"{interval} {from_to(low, high)}"
    if comparison.runs == 1:
        more = people(difference, "more") if difference >= 0 else people(-difference, "fewer")
        text = f"In a single pair of runs, {b} places {more} than {a}"
    elif difference == 0 and placed["standard_error"] == 0:
        text = f"{a} and {b} place the same number of people in every pair of runs"
    elif low > 0:
        text = f"{b} places {people(difference, 'more')} than {a} ({confidence})"
    elif high < 0:
        confidence = f"{interval} {from_to(-high, -low)}"
        text = f"{b} places {people(-difference, 'fewer')} than {a} ({confidence})"
    else:
        text = (
            f"Which of {a} and {b} places more people cannot be told from {comparison.runs:,} "
            f"pairs of runs (difference {in_digits(difference)}, {confidence})"
        )
    if "cost_per_placement" in found.index:
        cost = found.loc["cost_per_placement"]
        if cost["ci_low"] > 0 or cost["ci_high"] < 0:
            what = "more" if cost["difference"] > 0 else "less"
            amount = in_money(abs(cost["difference"]), comparison.a.currency)
            text += f"; a placement costs {amount} {what}"
    return f"{text}.{_of_losses(found)}"


def _of_losses(found: Any) -> str:
    """Return by which cause the losses of planned seats differ most, if that is no luck."""
    losses = found.loc[[line for line in LOSSES if line in found.index]]
    apart = losses[(losses["ci_low"] > 0) | (losses["ci_high"] < 0)]
    if apart.empty:
        return ""
    line = apart["difference"].abs().idxmax()
    difference = float(apart.loc[line, "difference"])
    more = "more" if difference > 0 else "fewer"
    what = label_of(str(line)).removeprefix("lost: ")
    return f" B loses {people(abs(difference), more)} to: {what}."
