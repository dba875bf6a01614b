"""Pictures of a validation and of a calibration: intervals beside what is reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from smpsim.plots import style
from smpsim.plots.style import BLACK, BLUE, GREEN, VERMILION
from smpsim.studies.validate.series_plot import draw_series, drawable

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.validate.result import Validation

HEIGHT_PER_ROW = 0.42
MOST_LINES = 45  # of a column
HEIGHT_OF_LINE = 0.21
FARTHEST = 2.0  # shares beyond are cut off and said to be


class ValidationPlots(style.Plots):
    """Pictures of a `Validation`; call them as ``validation.plot.outcomes()``."""

    def __init__(self, validation: Validation) -> None:
        self._validation = validation

    def outcomes(self, *, ax: Axes | None = None) -> Figure:
        """Draw what is reported and the prediction intervals, one row an outcome."""
        found = self._validation
        table = found.outcomes[found.outcomes["unit"] == ""]
        table = table.iloc[by_scenario(table.index)]
        figure, parts = in_columns(list(table.index), found.scenarios, ax, self._phone)
        for panel, rows in parts:
            for place, (_, row) in zip(rows.places, rows.of_table(table).iterrows(), strict=True):
                draw_reported(panel, place, row)
                ends = row["median"], row["run_low"], row["run_high"]
                draw_interval(panel, place, *ends, agrees=row["agrees"])
            rows.name(panel)
        style.head(figure, "Reported and predicted", "Shares and ratios", ax)
        style.foot(
            figure,
            f"Lines: {100 * found.level:.0f} % prediction interval with median, {found.of_what}; "
            "blue, full: agrees with the report; red, hollow: does not.",
            "Diamond: reported figure. Green bar: what words were read as.",
        )
        return figure

    def series(self) -> Figure:
        """Draw each series that is reported at several dates, and its prediction intervals."""
        found = self._validation
        parts = drawable(found.outcomes)
        rows = -(-len(parts) // 2)
        figure, panels = self._panels(rows, min(len(parts), 2), 10, 1.4 + 3.2 * rows)
        for panel, (key, table) in zip(panels, parts.items(), strict=False):
            draw_series(panel, key, table, found)
        for panel in panels[len(parts) :]:
            panel.set_visible(False)
        style.head(figure, "Reported and predicted over time", "Series of several dates")
        style.foot(
            figure,
            f"Lines: medians; bands: {100 * found.level:.0f} % prediction intervals, with the "
            f"error of the report; {found.of_what}. Diamonds: reported figures; red, hollow: "
            "outside the interval.",
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
        figure, panel = rows_panel(len(table), ax, self._phone)
        for place, (_, row) in enumerate(table.iterrows()):
            draw_interval(
                panel, place, row["placed"], row["placed_run_low"], row["placed_run_high"]
            )
        panel.axvline(1.0, color=BLACK, linewidth=1)
        labels = [
            f"{row['title']} ({style.number(row['planned'])} planned)"
            for _, row in table.iterrows()
        ]
        share_axis(panel, labels, range(len(labels)))
        panel.set_xlabel("placed against plan (%), square-root scale")
        style.head(figure, "Predicted placements against plan", "Programmes with a plan", ax)
        style.foot(
            figure,
            f"Mean and {100 * found.level:.0f} % prediction interval of placements by the end of "
            f"each scenario; {found.of_what}. Plans that the paper does not state are assumptions "
            "of the scenario.",
        )
        return figure


def by_scenario(labels: Iterable[Any]) -> list[int]:
    """Return places of labels, those of a scenario together where its first one stands."""
    scenarios = [str(label).partition(": ")[0] for label in labels]
    return sorted(range(len(scenarios)), key=lambda place: scenarios.index(scenarios[place]))


def rows_panel(count: int, ax: Axes | None, phone: bool) -> tuple[Figure, Axes]:
    """Return a panel with a row for each of `count` things."""
    return style.one_panel(10, 2.2 + HEIGHT_PER_ROW * max(count, 2), ax, phone=phone)


@dataclass(frozen=True)
class Rows:
    """Rows of a picture below the names of their scenarios, counted from below.

    Attributes
    ----------
    names : list of str
        What stands beside each row.
    places : list of int
        Of the rows.
    headings : dict of int to str
        Titles of scenarios by their places.
    first : int
        Which label the first row is of.
    """

    names: list[str]
    places: list[int]
    headings: dict[int, str]
    first: int = 0

    @classmethod
    def of(
        cls, labels: Iterable[Any], scenarios: Mapping[str, Scenario] | None = None, first: int = 0
    ) -> Rows:
        """Return a row for each label such as ``triple_win_nurses: arrived of those matched``."""
        titles = {name: one.name for name, one in (scenarios or {}).items()}
        names: list[str] = []
        places: list[int] = []
        headings: dict[int, str] = {}
        place, last = 0, ""
        for label in labels:
            scenario, _, name = str(label).partition(": ")
            if last and scenario != last:
                headings[place], place = titles.get(last, last), place + 1
            last = scenario
            names.append(name or scenario)
            places.append(place)
            place += 1
        if last:
            headings[place] = titles.get(last, last)
        return cls(names, places, headings, first)

    def of_table(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of a table of all labels that are these."""
        return table.iloc[self.first : self.first + len(self.places)]

    def name(self, panel: Axes) -> None:
        """Give a panel an axis of shares, and the rows their names."""
        share_axis(panel, self.names, self.places)
        panel.set_xlabel("share of those counted (%), square-root scale", fontsize=9)
        panel.set_ylim(-0.7, max((*self.places, *self.headings), default=0) + 0.7)
        for place, scenario in self.headings.items():
            aside = style.on_phone(panel) is None
            panel.text(
                *(-0.01 if aside else 0.0, place, style.plain(scenario)),
                transform=panel.get_yaxis_transform(),
                ha="right" if aside else "left",
                va="center",
                fontsize=8 if aside else 9,
                fontweight="bold",
            )


def in_columns(
    labels: Sequence[Any], scenarios: Mapping[str, Scenario], ax: Axes | None, phone: bool
) -> tuple[Figure, list[tuple[Axes, Rows]]]:
    """Return a figure with rows for all labels; many stand in two columns, lest it be a ribbon.

    Parameters
    ----------
    labels : sequence of str
        Those of a scenario together.
    scenarios : mapping of str to Scenario
    ax : Axes, optional
        Panel for all of them.
    phone : bool
        For a phone.
    """
    labels = [str(label) for label in labels]
    whole = Rows.of(labels, scenarios)
    lines = len(whole.places) + len(whole.headings)
    if ax is not None or phone or lines <= MOST_LINES:
        height = 2.2 + HEIGHT_OF_LINE * max(lines, 4)
        figure, panel = style.one_panel(10, height, ax, phone=phone)
        return figure, [(panel, whole)]
    starts = [n for n in range(1, len(labels)) if _scenario(labels[n]) != _scenario(labels[n - 1])]
    if not starts:
        starts = [len(labels) // 2]
    split = min(starts, key=lambda n: abs(whole.places[n] - lines / 2))
    # places count from below, so that the last labels are the uppermost
    parts = [
        Rows.of(labels[split:], scenarios, split),
        Rows.of(labels[:split], scenarios),
    ]
    most = max(len(one.places) + len(one.headings) for one in parts)
    figure, panels = style.panels(1, 2, 14, 2.2 + HEIGHT_OF_LINE * most)
    return figure, list(zip(panels, parts, strict=True))


def _scenario(label: str) -> str:
    return label.partition(": ")[0]


def draw_interval(
    panel: Axes,
    place: float,
    middle: float,
    low: float,
    high: float,
    colour: str = "",
    *,
    agrees: bool = True,
) -> None:
    """Draw a prediction interval with its middle; hollow and red where it does not agree."""
    c = colour or (BLUE if agrees else VERMILION)
    if np.isfinite(low):
        panel.plot([low, high], [place, place], color=c, linewidth=2.5, solid_capstyle="butt")
        face = c if agrees else "white"
        panel.plot([middle], [place], "o", color=c, markerfacecolor=face, markersize=6)
    else:
        panel.text(0.01, place, "nobody to count in any run", va="center", fontsize=8, color=c)


def draw_reported(panel: Axes, place: float, row: Any) -> None:
    """Draw what is reported: a diamond, or the range that agrees with it."""
    low, high = float(row["reported_low"]), float(row["reported_high"])
    if low == high:
        panel.plot([low], [place], "D", color=BLACK, markersize=7, zorder=5)
    else:
        width = min(high, FARTHEST) - low
        panel.barh([place], [width], left=[low], height=0.75, color=GREEN, alpha=0.25)


def share_axis(panel: Axes, labels: list[str], places: Sequence[int]) -> None:
    """Give a panel a square-root axis of shares and a row for each label."""
    style.name_rows(panel, [style.plain(label) for label in labels], places, size=8)
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
