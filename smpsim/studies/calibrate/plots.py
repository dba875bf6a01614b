"""Pictures of a calibration: what the reports say on parameters, and programmes left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREY, VERMILION
from smpsim.studies.validate.plots import (
    Rows,
    by_scenario,
    draw_interval,
    draw_reported,
    rows_panel,
)

if TYPE_CHECKING:
    from smpsim.studies.calibrate.result import Calibration


MOST_SHOWN = 25
"""Parameters that are shown, those that are narrowed most."""


class CalibrationPlots:
    """Pictures of a `Calibration`; call them as ``calibration.plot.parameters()``."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration

    def parameters(self, *, ax: Axes | None = None) -> Figure:
        """Draw where the posterior of each parameter lies within its prior."""
        found = self._calibration
        table = found.parameters().sort_values("learned", kind="stable").tail(MOST_SHOWN)
        more = len(found.draws.columns) - len(table)
        figure, panel = rows_panel(len(table), ax)
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
            text = f"{middle_value} ({low_value} to {high_value})"
            panel.text(102, place, text, va="center", fontsize=8, color=BLACK)
        panel.set_xlim(0, 135)
        panel.set_xticks([0, 25, 50, 75, 100])
        panel.set_yticks(range(len(table)), [key.removeprefix("behaviour.") for key in table.index])
        panel.set_ylim(-0.7, len(table) - 0.3)
        panel.grid(False, axis="y")
        panel.set_xlabel("percentile of the prior [%]")
        style.head(figure, "What the reports say on the shared parameters", found.study.name, ax)
        style.foot(
            figure,
            f"Grey: 90 % of the prior. Blue: median and 90 % interval of {found.of_what}; on the "
            "right their values. Where blue is as "
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
        rows = Rows.of(outcome.label for outcome in shares)
        figure, panel = rows.panel(ax)
        for place, outcome in zip(rows.places, shares, strict=True):
            low, high = outcome.reported.region
            draw_reported(panel, place, {"reported_low": low, "reported_high": high})
            prior: Any = before.loc[outcome.label]
            row: Any = after.loc[outcome.label]
            draw_interval(
                panel, place + 0.17, prior["median"], prior["run_low"], prior["run_high"], GREY
            )
            colour = BLUE if row["agrees"] else VERMILION
            draw_interval(
                panel, place - 0.17, row["median"], row["run_low"], row["run_high"], colour
            )
        rows.name(panel)
        panel.set_xlabel("share of those it is counted of [%], square-root scale")
        said = f"{found.study.name}: shares and ratios"
        style.head(figure, "Each programme predicted from the others", said, ax)
        style.foot(
            figure,
            "Grey: 90 % prediction interval under the prior. Blue or red: after calibration on "
            "all other programmes; red does not agree with the report.",
            "Diamond: reported figure. Green: what words were read as.",
            f"Predictions of {found.of_what}.",
        )
        return figure


def _short(number: float) -> str:
    return style.number(number) if abs(number) >= 1000 else f"{number:.3g}"
