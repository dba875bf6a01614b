"""The answer of a report: how many, how likely, what binds, and which option is better."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from smpsim.results.funnel import KEPT_AS
from smpsim.results.gains import window_of
from smpsim.results.losses import sentences as of_losses
from smpsim.results.report import HARDLY
from smpsim.studies.report.figures import Option, losers
from smpsim.studies.report.wording import between, money, people, percent

if TYPE_CHECKING:
    from smpsim.studies.report.result import Report

LIKELY = 0.9
"""Share of the pairs of runs from which an option is called likely better."""


def question_of(found: Report) -> str:
    """Return what is asked: by the scenario, or by the choice between the options."""
    asked = found.options[0].result.scenario.question.strip()
    if len(found.options) == 1:
        return asked or f"What does {found.options[0].name} achieve?"
    first, *others = (one.name for one in found.options)
    if len(others) > 1:
        choice = f"Which is best: {', '.join([first, *others[:-1]])} or {others[-1]}?"
    else:
        added = others[0].removeprefix(f"{first} + ")
        better = f"Is {others[0]} better than {first}?"
        choice = better if added == others[0] else f"Would {added} make it better?"
    return f"{asked} {choice}".strip()


def sentences(found: Report) -> list[str]:
    """Return the answer: the first option, each other against it, and what binds."""
    table: Any = found.figures()
    first, *others = found.options
    said = [_level(first, table.loc[first.letter])]
    said += [_against(first, other, table.loc[other.letter], found.level) for other in others]
    binds = what_binds(first)
    said += [f"What limits {first.letter}: {binds}"] if binds else []
    return said


def what_binds(option: Option) -> str:
    """Return in a sentence what held placements back."""
    return " ".join(of_losses(option.result))


def _level(option: Option, rows: Any) -> str:
    placed = rows.loc["placed"]
    said = f"{option.letter}, {option.name}:"
    if placed["mean"] < HARDLY:
        spent = money(rows.loc["cost_total", "mean"], option.currency)
        return f"{said} hardly anybody is placed, and {spent} is spent."
    text = f"{said} about {people(placed['mean'])} people are placed"
    if people(placed["run_low"]) != people(placed["run_high"]):
        text += f" (likely range {between(placed['run_low'], placed['run_high'], 'people')})"
    missing = option.mean("shortfall") if "shortfall" in option.estimates.values else math.nan
    if not math.isnan(missing):
        text += f" of {people(placed['mean'] + missing)} planned"
    kept = rows.loc[KEPT_AS[12], "mean"]
    if not math.isnan(kept):
        text += f", and about {people(kept)} are still with their employer a year later"
    cost = rows.loc["cost_per_placement", "mean"]
    if math.isnan(cost):
        return f"{text}. No cost per placement is given, as too often nobody is placed."
    return f"{text}. A placement costs {money(cost, option.currency)}."


def _against(first: Option, other: Option, rows: Any, level: float) -> str:
    placed = rows.loc["placed"]
    a, b = first.letter, other.letter
    pairs, better = int(placed["pairs"]), int(placed["better"])
    interval = between(placed["ci_low"], placed["ci_high"], "people", sign=True)
    in_pairs = f"better in {better:,} of {pairs:,} pairs of runs"
    lead = f"{b}, {other.name}, places"
    difference = float(placed["difference"])
    amount = people(abs(difference))
    if pairs < 2 or not interval:
        more = "more" if difference >= 0 else "fewer"
        text = f"{lead} {amount} {more} than {a} in a single pair of runs, which says little"
    elif placed["ci_low"] > 0 or placed["ci_high"] < 0:
        more = "more" if difference > 0 else "fewer"
        spread = "the same in every pair"
        if placed["ci_low"] != placed["ci_high"]:
            spread = f"{confidence(level)} confidence: {interval}"
        text = (
            f"{lead} about {amount} {more} people than {a} ({spread}); it is {in_pairs}, "
            f"{chance(placed)}"
        )
    elif placed["ci_low"] == placed["ci_high"] == 0:
        text = f"{lead} as many people as {a} in every pair of runs"
    else:
        text = (
            f"Whether {b}, {other.name}, places more people than {a} cannot be told from "
            f"{pairs:,} pairs of runs ({confidence(level)} confidence: {interval}; it is "
            f"{in_pairs})"
        )
    return f"{text}.{_cost(rows.loc['cost_per_placement'], a, other)}"


def _cost(row: Any, a: str, other: Option) -> str:
    if not (row["ci_low"] > 0 or row["ci_high"] < 0):
        return ""
    less = "less" if row["difference"] < 0 else "more"
    amount = money(abs(row["difference"]), other.currency)
    return f" A placement costs {amount} {less} than in {a}."


def confidence(level: float) -> str:
    """Return a confidence level."""
    return f"{100 * level:g} %"


def chance(row: Any) -> str:
    """Return in words how likely an option is better, as far as runs of the model can tell."""
    share = float(row["better"] / row["pairs"])
    text = f"a chance of about {percent(share)} in the model"
    if share in (0.0, 1.0):
        # so many pairs rule out no more than that
        edge = row["better_ci_low"] if share else row["better_ci_high"]
        text = f"a chance {'above' if share else 'below'} {percent(edge)} in the model"
    if share >= LIKELY:
        return f"so very likely better ({text})"
    if share <= 1 - LIKELY:
        return f"so very unlikely to be better ({text})"
    return text


def on_losers(option: Option) -> str:
    """Return in a sentence how many trainees lose."""
    losing, share = losers(option)
    months = window_of(option.by_run.columns)
    if math.isnan(share):
        return ""
    return (
        f"{option.letter}: about {people(losing)} of those enrolled ({percent(share)}) are worse "
        f"off after {months} months than if they had stayed at home."
    )
