"""What a search has found, in sentences."""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.units import label_of, shown, shown_difference
from smpsim.scenario import ScenarioError, changes_of
from smpsim.scenario.allowed_values import number_words
from smpsim.studies.search.archive import UNJUDGED
from smpsim.studies.search.space import REFUSED, Design

if TYPE_CHECKING:
    from smpsim.studies.search.result import SearchResult

STILL_GROWING = 0.02
"""Growth of the hypervolume over the last quarter of the generations that is worth a warning."""
NARROWER = 0.5
"""Robust designs share a number if they span less than this of what is allowed."""


def sentences(found: SearchResult) -> list[str]:
    """Return what was searched and what was found."""
    parts = [
        _searched(found),
        _again(found),
        _compromise(found),
        _robust(found),
        _common(found),
        _at_the_end(found),
        _lost(found),
        _growth(found),
        _overruled(found),
        _doubt(found),
    ]
    return [part for part in parts if part]


def _searched(found: SearchResult) -> str:
    study = found.ready.study
    unknown = len(study.uncertainties) + len(found.ready.drawn.keys)
    what = (
        f"that differ in {_counted(unknown, 'uncertain value')} and by chance"
        if unknown
        else "that differ by chance alone"
    )
    generations = len(set(found.archive.generations))
    return (
        f"{_counted(len(found.archive), 'design')} in {_counted(generations, 'generation')}, each "
        f"in {'one world' if study.worlds == 1 else f'the same {study.worlds:,} worlds {what}'}, "
        f"{_counted(study.replications, 'run')} in each. {_whole(found)}Those on the front were "
        f"run again in {study.fresh_worlds:,} other worlds, "
        f"{_counted(study.fresh_replications, 'run')} in each."
    )


def _whole(found: SearchResult) -> str:
    """Say if there are no other designs."""
    seen = found.archive.places
    every = list(itertools.islice(found.ready.space.every(), len(seen) + 1))
    whole = every and all(one.key in seen for one in every)
    return "There are no other designs. " if whole else ""


def _again(found: SearchResult) -> str:
    """Say how many stay on the front, and what the search had promised too much."""
    front = int(found.fresh.nondominated[1:].sum())
    text = [
        f"Of {len(found.labels) - 1} designs of the front, {front} are on it again in fresh worlds"
    ]
    sure = found.fresh.nondominated & (found.fresh.nondominated_share >= found.level)
    text[0] += (
        f", {int(sure[1:].sum())} of them in {100 * found.level:g} % of the resamples or more."
    )
    if found.fresh.nondominated[0]:
        text.append("The scenario as it is today is on the front too.")
    table = found.pareto().iloc[1:]
    lost = []
    for name, way in found.objectives.items():
        before, after = table[f"{name}_search"].mean(), table[name].mean()
        worse = after < before if way == "maximize" else after > before
        if before and np.isfinite(before) and np.isfinite(after) and worse:
            share = abs(after - before) / abs(before)
            if share >= 0.005:
                lost.append(f"{label_of(name)} {100 * share:.1f} % worse")
    if lost:
        text.append(
            "In the fresh worlds, designs are worse on average than the search had shown:  "
            f"{', '.join(lost)}."
        )
    return " ".join(text)


def _compromise(found: SearchResult) -> str:
    best = found.best
    place = found.labels.index(best)
    if not found.fresh.nondominated.any():
        return "No design meets the constraints in the fresh worlds, so there is no compromise."
    if place == 0:
        return (
            "The best compromise is the scenario as it is: no design does better in its worst "
            "objective."
        )
    table = found.pareto()
    row: Any = table.loc[best]
    today: Any = table.loc["today"]
    changes = _changes(found, found.candidates[place])
    effects = []
    for name in found.objectives:
        unit = found.unit(name)
        text = f"{label_of(name)} {shown(row[name], unit)} instead of {shown(today[name], unit)}"
        if np.isfinite(row[f"{name}_change_ci_low"]):
            ends = (
                shown_difference(row[f"{name}_change_{end}"], unit) for end in ("ci_low", "ci_high")
            )
            text += f" ({' to '.join(ends)})"
        effects.append(text)
    return (
        f"The best compromise, the design that does best in its worst objective, is {best}: "
        f"{'; '.join(changes)}. Against today: {'; '.join(effects)}."
    )


def _changes(found: SearchResult, design: Design) -> list[str]:
    """Return what a design changes in the scenario."""
    actions = " and ".join(_name(one) for one in design.actions)
    changes = [f"with {actions}"] if actions else []
    for key, value in design.values.items():
        now = found.ready.space.today[key]
        if value != now:
            changes.append(f"{_short(key)} {_text(value)} instead of {_text(now)}")
    return changes or ["no change"]


def _robust(found: SearchResult) -> str:
    table = found.robustness()
    wanted = found.ready.study.satisfice
    what = " and ".join(wanted) if wanted else "no objective is worse than today"
    order = found.robust()
    if not order:
        return ""
    row: Any = table.loc[order[0]]
    today: Any = table.loc["today"]
    none = not table["satisficed"].drop(index="today").any()
    if none:
        text = f"None of the designs is good enough ({what}) in any of the worlds"
    else:
        text = (
            f"Good enough ({what}) most often is {order[0]}, in {100 * row['satisficed']:.0f} % "
            f"of the worlds ({100 * row['satisficed_ci_low']:.0f} to "
            f"{100 * row['satisficed_ci_high']:.0f} %)"
        )
    if wanted:
        text += f"; today in {100 * today['satisficed']:.0f} %"
    others = table[found.fresh.feasible].drop(index=["today", order[0]], errors="ignore")
    ties = 0 if none else int((others["satisficed_ci_high"] >= row["satisficed_ci_low"]).sum())
    least = str(table["regret"].drop(index="today").idxmin())
    lost: Any = table.loc[least]
    loss = f" {least} has the lowest regret: in nine of ten worlds it loses no more than "
    losses = []
    for name in found.objectives:
        amount = lost[f"{name}_regret_p90"]
        unit = found.unit(name)
        losses.append(
            f"{shown_difference(amount, unit).removeprefix('+')} of {label_of(name)}"
            if np.isfinite(amount)
            else f"an unknown amount of {label_of(name)}"
        )
    more = f", and {_counted(ties, 'other')} cannot be told apart from it" if ties > 0 else ""
    return f"{text}{more}.{loss}{', '.join(losses)} compared with the best choice there."


def _common(found: SearchResult) -> str:
    robust = found.robust()
    if len(robust) < 2:
        return ""
    designs = [found.candidates[found.labels.index(one)] for one in robust]
    shared: list[str] = []
    for action in found.ready.space.actions:
        count = sum(action in one.actions for one in designs)
        if count in (0, len(designs)):
            shared.append(f"{'none takes' if not count else 'all take'} {_name(action)}")
    for key, lever in found.ready.space.levers.items():
        values = [one.values[key] for one in designs]
        if all(value == values[0] for value in values):
            shared.append(f"{_short(key)} is {_text(values[0])}")
        elif lever.numeric:
            low, high = lever.values[0], lever.values[-1]
            if max(values) - min(values) < NARROWER * (high - low):
                shared.append(
                    f"{_short(key)} lies between {_text(min(values))} and {_text(max(values))}"
                )
    names = ", ".join(robust)
    if not shared:
        return f"The most robust designs ({names}) have nothing in common."
    return f"What the most robust designs ({names}) have in common: {'; '.join(shared)}."


def _at_the_end(found: SearchResult) -> str:
    """Say which levers of the designs that are named above are at an end of their range."""
    names = list(dict.fromkeys([*found.robust(), found.best]))
    designs = {
        name: found.candidates[found.labels.index(name)] for name in names if name != "today"
    }
    said = []
    for key, lever in found.ready.space.levers.items():
        for end in (lever.values[0], lever.values[-1]) if lever.numeric else ():
            there = [name for name, one in designs.items() if one.values[key] == end]
            if there:
                said.append(
                    f"{_short(key)} is {_text(end)}, the end of its range, in {' and '.join(there)}"
                )
    if not said:
        return ""
    return f"{'; '.join(said)}: if more is possible, a wider range may contain better designs."


def _lost(found: SearchResult) -> str:
    violations = found.archive.violations()
    refused = int((violations >= REFUSED).sum())
    later = int((violations == UNJUDGED).sum())
    missed = int((violations > 0).sum()) - refused - later
    goals = found.archive.goals()[violations < UNJUDGED]
    unknown = int((~np.isfinite(goals).all(axis=1)).sum())
    text = []
    if refused:
        text.append(
            f"{_counted(refused, 'design')} cannot exist: the scenario's checks refuse them."
        )
    if missed:
        text.append(f"{_counted(missed, 'design')} did not meet the constraints.")
    if later:
        text.append(
            f"{_counted(later, 'design')} cannot be assessed and are left out of the comparison: "
            "people are placed, but too late to be observed long enough before the end. A "
            "scenario with more months would show them."
        )
    if unknown > 0:
        text.append(
            f"In {_counted(unknown, 'design')} an objective is unknown in more than one run in "
            "twenty, mostly because nobody is placed; it counts as worse than any known value."
        )
    return " ".join(text)


def _growth(found: SearchResult) -> str:
    history: pd.DataFrame = found.history()
    volumes = history["hypervolume"].to_numpy()
    if len(volumes) < 4 or not volumes[-1] > 0:
        return ""
    before = volumes[-1 - max(1, len(volumes) // 4)]
    growth = 1.0 - before / volumes[-1]
    if growth < STILL_GROWING:
        return "Over the last quarter of the generations the front hardly moved."
    return (
        f"The front still grew by {100 * growth:.0f} % of its hypervolume over the last quarter of "
        "the generations: more generations may find better designs."
    )


def _overruled(found: SearchResult) -> str:
    """Say which levers stand where actions act, as the lever's value wins."""
    said = []
    for action in found.ready.space.actions:
        keys = set()
        # an action that does not fit the scenario is refused in every design
        with contextlib.suppress(ScenarioError):
            keys = {one.key for one in changes_of(found.ready.fixed, action)}
        both = [key for key in found.ready.space.levers if key in keys]
        if both:
            said.append(f"{_name(action)} acts on {', '.join(_short(key) for key in both)}")
    if not said:
        return ""
    return f"{'; '.join(said)}, which is also a lever: the value of the lever applies."


def _doubt(found: SearchResult) -> str:
    level = f"{100 * found.level:g}"
    return (
        f"Intervals ({level} %) are over the fresh worlds. They say how precise the figures are "
        "if the worlds follow the stated ranges, not whether these ranges are right."
    )


def _short(key: str) -> str:
    """Return the end of a key path in words."""
    return key.rpartition(".")[2].replace("_", " ")


def _name(action: str) -> str:
    return action.removeprefix("actions/").replace("_", " ")


def _text(value: Any) -> str:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number_words(value)
    return str(value)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
