"""Pictures of a forecast: bands with what was reported, and early signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smpsim.errors import RequestError
from smpsim.messages import shown_list
from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREY, VERMILION
from smpsim.results.series import unit_of_series
from smpsim.studies.forecast.signs import label

if TYPE_CHECKING:
    from smpsim.studies.forecast.result import Forecast

MOST_PANELS = 6


class ForecastPlots(style.Plots):
    """Pictures of a `Forecast`; call them as ``forecast.plot.fan()``."""

    def __init__(self, forecast: Forecast) -> None:
        self._forecast = forecast

    def fan(self, programme: str | None = None) -> Figure:
        """Draw each series with its bands, before and after the reports, and the reports.

        Parameters
        ----------
        programme : str, optional
            All together when left out.
        """
        found = self._forecast
        place = self._place(programme)
        names = [
            name
            for name in found.series
            if np.isfinite(found.before[:, place, :, found.series.index(name)]).all()
        ]
        shown = names[:MOST_PANELS]
        rows = -(-len(shown) // 2)
        figure, panels = self._panels(rows, 2, 10, 1.2 + 3.4 * rows)
        for panel, name in zip(panels, shown, strict=False):
            self._draw(panel, place, name)
        for panel in panels[len(shown) :]:
            panel.set_visible(False)
        style.legend(panels[0])
        scenario = found.scenario.name
        style.head(figure, "What is likely to follow", f"{scenario}, {found.groups[place]}")
        left_out = (
            f" Not shown: {', '.join(names[MOST_PANELS:])}." if len(names) > len(shown) else ""
        )
        style.foot(
            figure,
            f"{len(found.before):,} runs, of which {len(found.after):,} agree best with the "
            f"reports, seed {found.seed}. Bands: the middle 50 % and 90 % of the runs given "
            f"the reports; grey: 90 % of all runs. Bars: two standard deviations of the reporting "
            f"error either way.{left_out}",
        )
        return figure

    def _draw(self, panel: Axes, place: int, name: str) -> None:
        found = self._forecast
        column = found.series.index(name)
        months = found.scenario.months
        x = style.month_ends(found.scenario.start, months)
        before = np.quantile(found.before[:, place, :, column], (0.05, 0.5, 0.95), axis=0)
        panel.fill_between(
            x, before[0], before[2], color=GREY, alpha=0.25, linewidth=0, label="before any report"
        )
        panel.plot(x, before[1], ":", color=GREY, linewidth=1.2)
        shares = (0.05, 0.25, 0.5, 0.75, 0.95)
        after = found.conditioned.quantiles(found.after[:, place, :, column], shares)
        panel.fill_between(x, after[0], after[4], color=BLUE, alpha=0.2, linewidth=0)
        panel.fill_between(x, after[1], after[3], color=BLUE, alpha=0.3, linewidth=0)
        panel.plot(x, after[2], color=BLUE, linewidth=1.8, label="given the reports")
        mine = [
            one
            for one in found.observed
            if one.outcome == name and one.programme == found.groups[place]
        ]
        if mine:
            panel.errorbar(
                x[[one.month for one in mine]],
                [one.value for one in mine],
                yerr=[2 * one.error for one in mine],
                fmt="o",
                color=BLACK,
                markersize=3.5,
                linewidth=1,
                label="reported",
            )
        for group, series, planned in found.plans():
            if group == place and series == name:
                panel.plot(
                    x[-1:],
                    [planned],
                    "D",
                    color=VERMILION,
                    markersize=7,
                    clip_on=False,
                    label=f"plan: {planned:,.0f}",
                )
        panel.axvline(x[found.now], color=BLACK, linewidth=0.8, linestyle="--")
        style.from_zero(panel)
        unit = unit_of_series(name, found.scenario.currency)
        style.amounts(panel.yaxis, unit, label(name))
        style.date_axis(panel, x)

    def signs(self, programme: str | None = None, *, ax: Axes | None = None) -> Figure:
        """Draw how often the plan is met on either side of the threshold of each early sign.

        Parameters
        ----------
        programme : str, optional
            All together when left out.
        ax : Axes, optional
            Panel to draw into; a figure of its own when left out.
        """
        found = self._forecast
        place = self._place(programme)
        table = found.signs()
        mine = table[table.index.get_level_values("programme") == found.groups[place]]
        figure, panel = self._one_panel(9, 2.2 + 0.6 * max(len(mine), 2), ax)
        labels = []
        for row, (_, one) in enumerate(mine[::-1].iterrows()):
            good, bad = 100 * one["met_on_this_side"], 100 * one["met_on_the_other"]
            panel.plot([bad, good], [row, row], color=GREY, linewidth=2, zorder=1)
            panel.plot(
                good,
                row,
                "o",
                color=BLUE,
                markersize=9,
                label="on this side of the threshold" if row == 0 else None,
            )
            panel.plot(
                bad,
                row,
                "o",
                color=VERMILION,
                markerfacecolor="white",
                markeredgewidth=2,
                markersize=9,
                label="on the other side" if row == 0 else None,
            )
            unit = "" if one["unit"] in ("0 to 1", "ratio") else f" {one['unit']}"
            labels.append(
                f"{label(one['sign'])}, {found.date(int(one['month']))}:\n"
                f"{one['side']} {one['threshold']:,.10g}{unit}"
            )
        if len(mine):
            style.name_rows(panel, labels)
            panel.set_ylim(-0.6, len(labels) - 0.4)
            style.legend(panel)
        else:
            panel.set_yticks([])
            style.say(
                panel,
                "No figure of the coming months separates runs that meet the plan from those "
                "that miss it.",
            )
        panel.set_xlim(-2, 102)
        panel.set_xlabel("runs that meet the plan (%)", fontsize=9)
        style.head(figure, "Early signs", f"{found.scenario.name}, {found.groups[place]}", ax)
        style.foot(
            figure,
            f"{len(found.after):,} runs given the reports up to {found.date(found.now)}; "
            "thresholds from half of them, shares from the other half.",
        )
        return figure

    def _place(self, programme: str | None) -> int:
        groups = self._forecast.groups
        if programme is None:
            return len(groups) - 1
        if programme not in groups:
            raise RequestError(f"programme: got {programme!r}; allowed: {shown_list(groups)}")
        return groups.index(programme)
