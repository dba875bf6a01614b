"""Pictures of a calibration: what the reports say on parameters, and programmes left out."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smpsim.plots import style
from smpsim.plots.style import BLUE, GREY
from smpsim.scenario.meanings import plain_names
from smpsim.studies.validate.plots import (
    by_scenario,
    draw_interval,
    draw_reported,
    in_columns,
    rows_panel,
)

if TYPE_CHECKING:
    from smpsim.studies.calibrate.result import Calibration


LETTERS_OF_A_LABEL = 46
MOST_SHOWN = 25
"""Parameters that are shown, those that are narrowed most."""


class CalibrationPlots(style.Plots):
    """Pictures of a `Calibration`; call them as ``calibration.plot.parameters()``."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration

    def parameters(self, *, ax: Axes | None = None) -> Figure:
        """Draw where the posterior of each parameter lies within its prior."""
        found = self._calibration
        table = found.parameters().sort_values("learned", kind="stable").tail(MOST_SHOWN)
        more = len(found.draws.columns) - len(table)
        figure, panel = rows_panel(len(table), ax, self._phone)
        numbers = []
        for place, (key, row) in enumerate(table.iterrows()):
            order = np.sort(found.draws[key].to_numpy())
            low, middle, high = (
                100 * np.searchsorted(order, row[f"posterior_{part}"]) / len(order)
                for part in ("low", "median", "high")
            )
            panel.plot([5, 95], [place, place], color=GREY, linewidth=5, alpha=0.4)
            draw_interval(panel, place, middle, low, high, BLUE)
            middle_value, low_value, high_value = (
                _short(row[f"posterior_{part}"]) for part in ("median", "low", "high")
            )
            numbers.append(f"{middle_value} ({low_value} to {high_value})")
        panel.set_xlim(0, 100)
        panel.set_xticks([0, 25, 50, 75, 100])
        names = plain_names([str(key) for key in found.draws.columns])
        labels = [textwrap.fill(names[str(key)], LETTERS_OF_A_LABEL) for key in table.index]
        style.name_rows(panel, [style.plain(one) for one in labels], numbers=numbers, size=8)
        panel.set_ylim(-0.7, len(table) - 0.3)
        panel.grid(False, axis="y")
        panel.set_xlabel("place in what was thought likely before, from least to most (%)")
        style.head(figure, "What the reports say about the shared parameters", found.study.name, ax)
        style.foot(
            figure,
            f"Grey: 90 % of what was thought likely before any report. Blue: median and 90 % "
            f"interval of {found.of_what}; numbers: their values. Where blue is as "
            "long as grey the reports say nothing."
            + (f" Of {more:,} more they say less." if more else ""),
        )
        return figure

    def left_out(self, *, ax: Axes | None = None) -> Figure:
        """Draw how shares of each programme are predicted from the reports of the others."""
        found = self._calibration
        before, after = found.uncalibrated(), found.left_out()
        # figures with a unit have no place on an axis of shares
        shares = [outcome for outcome in found.outcomes if not outcome.reported.unit]
        shares = [shares[place] for place in by_scenario(one.label for one in shares)]
        figure, parts = in_columns([one.label for one in shares], found.scenarios, ax, self._phone)
        for panel, rows in parts:
            mine = shares[rows.first : rows.first + len(rows.places)]
            for place, outcome in zip(rows.places, mine, strict=True):
                low, high = outcome.reported.region
                draw_reported(panel, place, {"reported_low": low, "reported_high": high})
                prior: Any = before.loc[outcome.label]
                row: Any = after.loc[outcome.label]
                ends = prior["median"], prior["run_low"], prior["run_high"]
                draw_interval(panel, place + 0.17, *ends, GREY)
                ends = row["median"], row["run_low"], row["run_high"]
                draw_interval(panel, place - 0.17, *ends, agrees=row["agrees"])
            rows.name(panel)
        said = f"{found.study.name}: shares and ratios"
        style.head(figure, "Each programme predicted from the others", said, ax)
        style.foot(
            figure,
            "Grey, above: 90 % prediction interval before any report. Below, blue or red: after "
            "calibration on all other programmes; red, hollow: does not agree with the report.",
            "Diamond: reported figure. Green bar: what words were read as.",
            f"Predictions of {found.of_what}.",
        )
        return figure


def _short(number: float) -> str:
    return style.number(number) if abs(number) >= 1000 else f"{number:.3g}"
