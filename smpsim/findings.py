"""What a result comes to, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from smpsim.results.result import Result
    from smpsim.studies.comparing.compare import Comparison


def finding(result: Result) -> list[str]:
    """Return a sentence for each programme: how many are placed, when and at what cost."""
    summary = result.summary(0.9)
    several = len(result.programmes) > 1
    return [
        (f"{programme}: " if several else "") + _of_programme(summary.loc[programme], result)
        for programme in result.programmes
    ]


def _of_programme(found: Any, result: Result) -> str:
    mean, placed = found["mean"], found.loc["placed"]
    spent = f"{result.currency} {_number(mean['cost_total'])}"
    average = "" if result.runs == 1 else " on average"
    if not mean["placed"]:
        runs = "the run" if result.runs == 1 else f"any of {result.runs:,} runs"
        return f"Nobody is placed in {runs}; {spent} is spent{average}."
    spread = f" ({_range(placed['run_low'], placed['run_high'])} in 90 % of the runs)"
    text = (
        f"Of {_number(mean['enrolled'])} people enrolled, {_number(mean['placed'])} are "
        f"placed{average}{'' if result.runs == 1 else spread}, half of them within "
        f"{_number(mean['months_to_placement_median'])} months, at {result.currency} "
        f"{_number(mean['cost_per_placement'])} a placement."
    )
    if mean["under_way"] >= 0.5:
        text += f" {_are(mean['under_way'])} still under way at the end."
    missing = mean["shortfall"]
    if missing == missing:
        plan = _number(mean["placed"] + missing)
        side = "below" if missing > 0 else "above"
        apart = "just" if not missing else f"{_number(abs(missing))} {side}"
        text += f" That is {apart} the plan of {plan}."
    return text


def finding_of_comparison(comparison: Comparison) -> list[str]:
    """Return a sentence for each pair of programmes: which design places more, at what cost."""
    differences = comparison.differences()
    several = len(comparison.pairs) > 1
    return [
        (f"{pair.label}: " if several else "") + _of_pair(differences.loc[pair.label], comparison)
        for pair in comparison.pairs
    ]


def _of_pair(found: Any, comparison: Comparison) -> str:
    a, b = comparison.names
    placed = found.loc["placed"]
    difference, low, high = placed["difference"], placed["ci_low"], placed["ci_high"]
    interval = f"{100 * comparison.level:g} % confidence interval"
    confidence = f"{interval} {_range(low, high)}"
    if comparison.runs == 1:
        more = _people(difference, "more") if difference >= 0 else _people(-difference, "fewer")
        text = f"In a single pair of runs, {b} places {more} than {a}"
    elif difference == 0 and placed["standard_error"] == 0:
        text = f"{a} and {b} place the same number of people in every pair of runs"
    elif low > 0:
        text = f"{b} places {_people(difference, 'more')} than {a} ({confidence})"
    elif high < 0:
        confidence = f"{interval} {_range(-high, -low)}"
        text = f"{b} places {_people(-difference, 'fewer')} than {a} ({confidence})"
    else:
        text = (
            f"Which of {a} and {b} places more people cannot be told from {comparison.runs:,} "
            f"pairs of runs (difference {_number(difference)}, {confidence})"
        )
    if "cost_per_placement" in found.index:
        cost = found.loc["cost_per_placement"]
        if cost["ci_low"] > 0 or cost["ci_high"] < 0:
            what = "more" if cost["difference"] > 0 else "less"
            amount = f"{comparison.a.currency} {_number(abs(cost['difference']))}"
            text += f"; a placement costs {amount} {what}"
    return f"{text}."


def _people(number: float, which: str) -> str:
    text = _number(number)
    return f"{text} {which} {'person' if text == '1' else 'people'}"


def _are(number: float) -> str:
    """Return how many more people are doing something."""
    return f"{_people(number, 'more')} {'is' if _number(number) == '1' else 'are'}"


def _range(low: float, high: float) -> str:
    return f"{_number(low)} to {_number(high)}"


def _number(value: float) -> str:
    """Return a number without digits that say nothing."""
    if value != value:
        return "an unknown number of"
    whole = abs(value) >= 100 or abs(value - round(value)) < 0.05
    text = f"{value:,.0f}" if whole else f"{value:,.1f}"
    return "0" if text == "-0" else text
