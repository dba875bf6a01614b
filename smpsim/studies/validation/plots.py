"""Pictures of a validation and of a calibration: intervals beside what is reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREEN, GREY, VERMILION

if TYPE_CHECKING:
    from smpsim.studies.validation.calibration import Calibration
    from smpsim.studies.validation.validation import Validation

HEIGHT_PER_ROW = 0.42
FARTHEST = 2.0  # shares beyond are cut off and said to be


class ValidationPlots:
    """Pictures of a `Validation`; call them as ``validation.plot.outcomes()``."""

    def __init__(self, validation: Validation) -> None:
        self._validation = validation

    def outcomes(self, *, ax: Axes | None = None) -> Figure:
        """Draw what is reported and the prediction intervals, one row an outcome."""
        found = self._validation
        table = found.outcomes
        figure, panel = _rows(len(table), ax)
        for place, (_, row) in enumerate(table.iterrows()):
            _reported(panel, place, row)
            colour = BLUE if row["agrees"] else VERMILION
            _interval(panel, place, row["median"], row["run_low"], row["run_high"], colour)
        _shares(panel, [_two_lines(label) for label in table.index])
        panel.set_xlabel("share of those it is counted of [%], square-root scale")
        style.head(figure, "Reported and predicted", "Programmes of the SMP paper", ax)
        style.foot(
            figure,
            f"Lines: {100 * found.level:.0f} % prediction interval with median, "
            f"{found.draws} draws of the shared parameters x {found.runs} runs, "
            f"seed {found.seed}; blue agrees with the report, red does not.",
            "Diamond: reported figure. Green: what words were read as.",
        )
        return figure

    def programmes(self, *, ax: Axes | None = None) -> Figure:
        """Draw the predicted placements of each programme with a plan, against it."""
        found = self._validation
        table = found.programmes
        table = table[table["planned"] > 0].copy()
        for column in ("placed", "placed_run_low", "placed_run_high"):
            table[column] = table[column] / table["planned"]
        table = table.sort_values("placed", kind="stable")
        figure, panel = _rows(len(table), ax)
        for place, (_, row) in enumerate(table.iterrows()):
            _interval(
                panel, place, row["placed"], row["placed_run_low"], row["placed_run_high"], BLUE
            )
        panel.axvline(1.0, color=BLACK, linewidth=1)
        labels = [
            f"{row['title']} ({style.number(row['planned'])} planned)"
            for _, row in table.iterrows()
        ]
        _shares(panel, labels)
        panel.set_xlabel("placed against plan [%], square-root scale")
        style.head(figure, "Predicted placements against plan", "Programmes with a plan", ax)
        style.foot(
            figure,
            f"Mean and {100 * found.level:.0f} % prediction interval of placements by the end of "
            f"each scenario; {found.draws} draws of the shared parameters x "
            f"{found.runs} runs, seed {found.seed}. Plans that the paper does not state "
            "are assumptions of the scenario.",
        )
        return figure


class CalibrationPlots:
    """Pictures of a `Calibration`; call them as ``calibration.plot.parameters()``."""

    def __init__(self, calibration: Calibration) -> None:
        self._calibration = calibration

    def parameters(self, *, ax: Axes | None = None) -> Figure:
        """Draw where the posterior of each parameter lies within its prior."""
        found = self._calibration
        table = found.parameters().sort_values("learned", kind="stable")
        figure, panel = _rows(len(table), ax)
        for place, (key, row) in enumerate(table.iterrows()):
            order = np.sort(found.draws[key].to_numpy())
            low, middle, high = (
                100 * np.searchsorted(order, row[f"posterior_{part}"]) / len(order)
                for part in ("low", "median", "high")
            )
            panel.plot([5, 95], [place, place], color=GREY, linewidth=5, alpha=0.4)
            _interval(panel, place, middle, low, high, BLUE)
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
            f"Grey: 90 % of the prior. Blue: median and 90 % interval of the {len(found.kept):,} "
            f"particles kept of {len(found.shares):,}; on the right their values. Where blue is as "
            "long as grey the reports say nothing.",
        )
        return figure

    def left_out(self, *, ax: Axes | None = None) -> Figure:
        """Draw how each programme is predicted from the reports of the others."""
        found = self._calibration
        before, after = found.uncalibrated(), found.left_out()
        figure, panel = _rows(len(after), ax)
        for place, outcome in enumerate(found.outcomes):
            low, high = outcome.reported.region
            _reported(panel, place, {"reported_low": low, "reported_high": high})
            prior: Any = before.loc[outcome.label]
            row: Any = after.loc[outcome.label]
            _interval(
                panel, place + 0.17, prior["median"], prior["run_low"], prior["run_high"], GREY
            )
            colour = BLUE if row["agrees"] else VERMILION
            _interval(panel, place - 0.17, row["median"], row["run_low"], row["run_high"], colour)
        _shares(panel, [_two_lines(outcome.label) for outcome in found.outcomes])
        panel.set_xlabel("share of those it is counted of [%], square-root scale")
        style.head(figure, "Each programme predicted from the others", found.study.name, ax)
        style.foot(
            figure,
            "Grey: 90 % prediction interval under the prior. Blue or red: after calibration on "
            "all other programmes; red does not agree with the report.",
            "Diamond: reported figure. Green: what words were read as.",
            f"{len(found.shares):,} particles, {len(found.kept):,} kept each time.",
        )
        return figure


def _rows(count: int, ax: Axes | None) -> tuple[Figure, Axes]:
    return style.one_panel(10, 2.2 + HEIGHT_PER_ROW * max(count, 2), ax)


def _short(number: float) -> str:
    return style.number(number) if abs(number) >= 1000 else f"{number:.3g}"


def _two_lines(label: Any) -> str:
    return str(label).replace(": ", "\n", 1)


def _interval(panel: Axes, place: float, middle: float, low: float, high: float, c: str) -> None:
    """Draw a prediction interval with its middle."""
    if np.isfinite(low):
        panel.plot([low, high], [place, place], color=c, linewidth=2.5, solid_capstyle="butt")
        panel.plot([middle], [place], "o", color=c, markersize=6)
    else:
        panel.text(0.01, place, "nobody to be counted in any run", va="center", fontsize=8, color=c)


def _reported(panel: Axes, place: float, row: Any) -> None:
    """Draw what is reported: a diamond, or the range that agrees with it."""
    low, high = float(row["reported_low"]), float(row["reported_high"])
    if low == high:
        panel.plot([low], [place], "D", color=BLACK, markersize=7, zorder=5)
    else:
        width = min(high, FARTHEST) - low
        panel.barh([place], [width], left=[low], height=0.75, color=GREEN, alpha=0.25)


def _shares(panel: Axes, labels: list[str]) -> None:
    """Give a panel a square-root axis of shares and a row for each label."""
    panel.set_yticks(range(len(labels)), [style.plain(label) for label in labels], fontsize=8)
    panel.set_ylim(-0.7, len(labels) - 0.3)
    panel.grid(False, axis="y")
    panel.set_xscale("function", functions=(_root, np.square))
    right = min(FARTHEST, max(1.05, panel.dataLim.x1 * 1.05))
    panel.set_xlim(0, right)
    ticks = [t for t in (0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0) if t <= right]
    panel.set_xticks(ticks, [f"{100 * tick:g}" for tick in ticks])
    panel.minorticks_off()


def _root(values: Any) -> Any:
    # matplotlib asks for values left of the axis too
    return np.sqrt(np.maximum(np.asarray(values, float), 0.0))
