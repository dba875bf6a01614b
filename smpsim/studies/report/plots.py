"""Pictures of a report: people placed over time, and who gains per person."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from smpsim.plots import style
from smpsim.plots.letters import drawn_with_all_letters
from smpsim.plots.style import BLACK, BLUE, GREEN, ORANGE, PINK, SKY, VERMILION, Picture

if TYPE_CHECKING:
    from smpsim.studies.report.figures import Option
    from smpsim.studies.report.result import Report

COLOURS = (BLUE, VERMILION, GREEN, PINK, ORANGE, SKY)
"""Of the options by their place."""
MOST_IN_A_ROW = 3
HEIGHT_PER_PARTY = 0.34


class ReportPlots(style.Plots):
    """Pictures of a report; each method returns a matplotlib figure.

    Parameters
    ----------
    report : Report
    """

    def __init__(self, report: Report) -> None:
        self._report = report

    def placed(self) -> Picture:
        """Return people placed since the start, a panel for each option with its likely range."""
        options = self._report.options
        columns = min(len(options), MOST_IN_A_ROW)
        rows = -(-len(options) // columns)
        # an option alone needs no full width
        width = 3.4 * max(columns, 2)
        figure, axes = self._panels(rows, columns, width, 0.7 + 2.5 * rows, sharey=True)
        first = _placed(options[0])
        for place, (option, panel) in enumerate(zip(options, axes, strict=False)):
            x = style.from_start(option.result.start, option.result.months)
            style.fan(panel, x, _placed(option), COLOURS[place], "")
            if place:
                middle = np.median(first, axis=0)[: len(x)]
                # at the same distance from its start, as options may begin at other dates
                panel.plot(x[: len(middle)], middle, ":", color=BLACK, linewidth=1.5)
            panel.set_title(f"Option {option.letter}", loc="left", fontsize=10)
            style.date_axis(panel, x)
            panel.set_xlabel("")
        for panel in axes[len(options) :]:
            panel.set_visible(False)
        top = max(float(_placed(one).max()) for one in options)
        for place, panel in enumerate(axes[: len(options)]):
            panel.set_ylim(0, 1.08 * top if top else 1.0)
            style.amounts(panel.yaxis, "people", "placed since the start")
            if place % columns and not self._phone:
                panel.set_ylabel("")
        beside = " Dotted: option A." if len(options) > 1 else ""
        style.foot(figure, style.bands_in_words(self._report.runs), beside, self._origin())
        return figure

    def gains(self) -> Picture:
        """Return what each party gains or loses per person enrolled, a dot for each option."""
        table = self._report.gains()
        options = self._report.options
        parties = [
            party
            for party in dict.fromkeys(table.index.get_level_values("party"))
            if table.xs(party, level="party")[["run_low", "run_high", "value"]].to_numpy().any()
        ]
        height = 1.3 + (HEIGHT_PER_PARTY + 0.14 * len(options)) * max(len(parties), 1)
        figure, (panel,) = self._panels(1, 1, 6.8, height)
        step = 0.7 / len(options)
        for place, option in enumerate(options):
            enrolled = option.mean("enrolled")
            if not enrolled:
                continue
            for row, party in enumerate(parties):
                one = table.loc[(option.letter, party)]
                y = len(parties) - 1 - row + 0.35 - step * (place + 0.5)
                low, high = one["run_low"] / enrolled, one["run_high"] / enrolled
                panel.hlines(y, low, high, color=COLOURS[place], linewidth=2)
                panel.plot(one["per_enrolled"], y, "o", color=COLOURS[place], markersize=5)
                if len(options) > 1:
                    panel.annotate(
                        option.letter,
                        (max(high, one["per_enrolled"]), y),
                        xytext=(5, 0),
                        textcoords="offset points",
                        va="center",
                        fontsize=8,
                        color=COLOURS[place],
                    )
        panel.axvline(0, color=BLACK, linewidth=0.9)
        labels = [str(table.xs(party, level="party")["label"].iloc[0]) for party in parties]
        high = 0.2 + 0.16 * len(options)
        style.name_rows(panel, labels, range(len(parties))[::-1], high=high, above=0.38)
        panel.set_ylim(-0.6, max(len(parties), 1) - 0.4)
        panel.grid(False, axis="y")
        panel.margins(x=0.1)
        if not parties:
            style.say(panel, "Nobody gains or loses anything in any run.")
        currency = options[0].currency
        style.amounts(panel.xaxis, currency, "gain per person enrolled")
        line = "; line: 90 % of the runs" if self._report.runs > 1 else ""
        style.foot(figure, f"Dot: mean{line}. Net present value.", self._origin())
        return figure

    def _origin(self) -> str:
        return style.origin({"seed": self._report.seed}, self._report.runs)


def _placed(option: Option) -> np.ndarray:
    """Return people placed since the start, (runs, months + 1), all programmes together."""
    return style.grown(option.result.series("placed").sum(axis=2))


def svg(figure: Figure) -> bytes:
    """Return a figure as SVG whose letters are shapes, so that it looks alike everywhere.

    The same figure gives the same bytes.
    """
    content = BytesIO()
    plain = mpl.rc_context({"svg.fonttype": "path", "svg.hashsalt": "smpsim"})
    with plain, drawn_with_all_letters(figure):
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return content.getvalue()
