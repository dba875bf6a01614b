"""What a result comes to, in a sentence for each programme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from smpsim.results.intervals import share_interval
from smpsim.results.units import three_digits

if TYPE_CHECKING:
    from smpsim.results.result import Result

NARROW = 5.0  # people, or months
LEAST_RUNS = 20  # from which a bound of a share of runs is told
HARDLY = 0.5  # placements on average below which a cost per placement says nothing


def sentences(result: Result) -> list[str]:
    """Return a sentence for each programme: how many are placed, when and at what cost."""
    summary = result.summary(0.9)
    said = of_each(
        result.programmes,
        lambda programme: _of_programme(summary.loc[programme], result, programme),
    )
    return [*said, *what_ranges_hold(result)]


def what_ranges_hold(result: Result) -> list[str]:
    """Return what the likely ranges of a result hold, in a sentence; nothing for a single run."""
    if result.runs == 1:
        return []
    if not result.draws:
        if result.ranges:
            return ["Ranges include chance alone: what is not known well has its central value."]
        return [
            "Ranges include chance alone: the scenario does not say how well its numbers are known."
        ]
    drawn = f"{len(result.ranges):,} numbers are drawn in each run"
    text = f"Ranges include chance and what is not known: {drawn}."
    shares = result.spread(outcomes=("placed",))["unknown"].dropna()
    if len(shares) == 1:
        unknown = round(10 * float(shares.iloc[0])) * 10
        if unknown in (0, 100):
            which = "what is not known" if unknown else "chance"
            return [f"{text} Nearly all of the spread in placements is due to {which}."]
        text += (
            f" About {unknown} % of the spread in placements is due to what is not known, and "
            f"{100 - unknown} % to chance."
        )
    return [text]


def of_each(programmes: Sequence[str], say: Callable[[str], str]) -> list[str]:
    """Return what there is to say of each programme, with its name where there are several."""
    said = {programme: say(programme) for programme in programmes}
    several = len(programmes) > 1
    return [f"{name}: {text}" if several else text for name, text in said.items() if text]


def _of_programme(found: Any, result: Result, programme: str) -> str:
    mean, placed = found["mean"], found.loc["placed"]
    spent = in_money(mean["cost_total"], result.currency)
    average = "" if result.runs == 1 else " on average"
    if not mean["placed"]:
        runs = "the run" if result.runs == 1 else f"any of {result.runs:,} runs"
        most = share_interval(0, result.runs)[1]
        bound = "" if result.runs < LEAST_RUNS else f" (so in {100 * most:.2g} % of runs at most)"
        return f"Nobody is placed in {runs}{bound}; {spent} is spent{average}."
    if mean["placed"] < HARDLY:
        return f"Hardly anybody is placed: {_seldom(result, programme)}; {spent} is spent{average}."
    spread = f" ({from_to(placed['run_low'], placed['run_high'])} in 90 % of the runs)"
    half = _half(found.loc["months_to_placement_median"])
    price = f"at {in_money(mean['cost_per_placement'], result.currency)} a placement"
    if mean["cost_per_placement"] != mean["cost_per_placement"]:
        price = (
            f"but only {_seldom(result, programme)} is anybody placed, so no cost per placement is "
            "given"
        )
    elif not placed["run_low"] and result.runs > 1:
        price = f"{_nobody(result, programme)}, {price}"
    text = (
        f"Of {in_digits(mean['enrolled'])} people enrolled, {in_digits(mean['placed'])} are "
        f"placed{average}{'' if result.runs == 1 else spread}, {price}; {half}."
    )
    if mean["under_way"] >= 0.5:
        text += f" {_are(mean['under_way'])} still under way at the end."
    missing = mean["shortfall"]
    if missing == missing:
        plan = in_digits(mean["placed"] + missing)
        side = "below" if missing > 0 else "above"
        apart = "equal to" if not missing else f"{in_digits(abs(missing))} {side}"
        text += f" Placements are {apart} the plan of {plan}."
    return text


def _nobody(result: Result, programme: str) -> str:
    """Return in how many runs nobody is placed."""
    return f"nobody in {result.runs - _placing(result, programme):,} of {result.runs:,} runs"


def _placing(result: Result, programme: str) -> int:
    """Return in how many runs anybody is placed."""
    table = result.outcome_table
    return int((table.loc[table["programme"] == programme, "placed"] > 0).sum())


def _seldom(result: Result, programme: str) -> str:
    """Return in how many runs anybody is placed, with the interval of that share."""
    placed = _placing(result, programme)
    low, high = (100 * end for end in share_interval(placed, result.runs))
    between = "" if result.runs < LEAST_RUNS else f" ({low:.2g} to {high:.2g} % of them)"
    return f"in {placed:,} of {result.runs:,} runs{between}"


def _half(row: Any) -> str:
    """Return by when half of those enrolled are placed, or that they are not."""
    if not row["runs_used"]:
        return "fewer than half are placed by the end"
    if row["mean"] != row["mean"]:
        return f"half are placed by the end in {row['runs_used']:,} of {row['runs']:,} runs"
    return f"half of those enrolled are placed within {in_digits(row['mean'])} months"


def people(number: float, which: str) -> str:
    """Return a number of people: "3 more people"."""
    text = in_digits(number)
    return f"{text} {which} {'person' if text == '1' else 'people'}"


def _are(number: float) -> str:
    """Return how many more people are doing something."""
    return f"{people(number, 'more')} {'is' if in_digits(number) == '1' else 'are'}"


def from_to(low: float, high: float) -> str:
    """Return an interval, with a digit behind the point where it is narrow."""
    if high - low < NARROW and max(abs(low), abs(high)) < 100:
        return f"{low:.1f} to {high:.1f}"
    return f"{in_digits(low)} to {in_digits(high)}"


def signed(value: float) -> str:
    """Return a difference with its sign, without digits that say nothing."""
    text = in_digits(value)
    return f"+{text}" if value > 0 and text != "0" else text


def in_money(value: float, currency: str) -> str:
    """Return an amount of money with the digits that count."""
    return f"{currency} {in_digits(three_digits(value))}"


def in_digits(value: float) -> str:
    """Return a number without digits that say nothing."""
    if value != value:
        return "an unknown number of"
    whole = abs(value) >= 10 or abs(value - round(value)) < 0.05
    text = f"{value:,.0f}" if whole else f"{value:,.1f}"
    return "0" if text == "-0" else text
