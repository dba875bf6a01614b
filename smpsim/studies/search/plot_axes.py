"""Axes of parallel coordinates: what is decided in a design, and what comes of it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from smpsim.plots import style
from smpsim.results.units import label_of, shown
from smpsim.scenario.allowed_values import number_words

if TYPE_CHECKING:
    from smpsim.studies.search.result import SearchResult

LETTERS_PER_LINE = 14  # of labels below parallel axes
ABOVE_UNKNOWN = 0.15  # where the worst known value is, if there are unknown ones below it
APART = 0.12  # room for lines that share a choice


class ParallelAxis:
    """One axis of parallel coordinates: heights from 0 to 1, and what stands beside them."""

    def __init__(self, label: str, heights: np.ndarray, ticks: list[tuple[float, str]]) -> None:
        self.label, self.heights, self.ticks = style.plain(label), heights, ticks

    @classmethod
    def of_choices(cls, label: str, places: list[int], texts: list[str]) -> ParallelAxis:
        """Return an axis of few choices, on which designs that share one lie a little apart."""
        steps = max(len(texts) - 1, 1)
        room = min(APART, 0.5 / steps)
        order = np.linspace(-0.5, 0.5, len(places)) if len(places) > 1 else np.zeros(1)
        # within 0 to 1, so that the outer choices keep their distance from the edge
        heights = room / 2 + (1 - room) * np.array(places) / steps + room * order
        ticks = [(room / 2 + (1 - room) * place / steps, text) for place, text in enumerate(texts)]
        return cls(label, heights, ticks)


def lever_axes(found: SearchResult) -> tuple[list[ParallelAxis], list[str]]:
    """Return axes of what is decided, and the actions that no design takes."""
    axes, none = [], []
    for action in found.ready.space.actions:
        taken = [int(action in one.actions) for one in found.candidates]
        name = action.removeprefix("actions/").replace("_", " ")
        if any(taken):
            axes.append(ParallelAxis.of_choices(_wrapped(name), taken, ["no", "yes"]))
        else:
            none.append(name)
    for key, lever in found.ready.space.levers.items():
        values = [one.values[key] for one in found.candidates]
        label = _wrapped(key.rpartition(".")[2].replace("_", " "))
        unit = found.unit(key)
        if lever.numeric and all(isinstance(one, (int, float)) for one in values):
            numbers = np.array(values, float)
            low = min(float(lever.values[0]), numbers.min())
            high = max(float(lever.values[-1]), numbers.max())
            ticks = [(0.0, number_words(low)), (1.0, number_words(high))]
            label += f"\n({_wrapped(unit)})" if unit else ""
            axes.append(ParallelAxis(label, (numbers - low) / (high - low), ticks))
        else:
            # today's value has a place of its own if it is no choice
            options = list(lever.values)
            options += [one for one in values if one not in options]
            options = [one for place, one in enumerate(options) if one not in options[:place]]
            places = [options.index(one) for one in values]
            axes.append(ParallelAxis.of_choices(label, places, [str(one) for one in options]))
    return axes, none


def objective_axes(found: SearchResult, table: pd.DataFrame) -> list[ParallelAxis]:
    """Return axes of the objectives, the better end at the top."""
    axes = []
    for name, way in found.objectives.items():
        values = table[name].to_numpy(float)
        known = values[np.isfinite(values)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        worst, best = (low, high) if way == "maximize" else (high, low)
        some_unknown = len(known) < len(values)
        bottom = ABOVE_UNKNOWN if some_unknown else 0.0
        # where all are equal, all are best
        share = (values - worst) / (best - worst) if best != worst else np.ones(len(values))
        heights = np.where(np.isfinite(values), bottom + (1.0 - bottom) * share, 0.0)
        unit = found.unit(name)
        ticks = [(1.0, shown(best, unit))]
        ticks += [(bottom, shown(worst, unit))] if best != worst else []
        ticks += [(0.0, "unknown")] if some_unknown else []
        short = "" if unit.startswith("share") else f"\n({unit.split(' from ')[0]})"
        axes.append(ParallelAxis(f"{_wrapped(label_of(name))}{short}", heights, ticks))
    return axes


def _wrapped(text: str) -> str:
    return textwrap.fill(text, LETTERS_PER_LINE)
