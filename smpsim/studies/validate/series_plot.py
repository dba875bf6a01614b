"""The picture of reported series: what is predicted over time, and what was reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from smpsim.plots import style
from smpsim.plots.forms import wrapped
from smpsim.plots.style import BLACK, BLUE, VERMILION

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.validate.result import Validation

FEWEST = 2
"""Dates that a line needs."""
LETTERS_OF_A_TITLE = 60
MARGIN = np.timedelta64(20, "D")

Key = tuple[str, str]


def drawable(outcomes: pd.DataFrame) -> dict[Key, pd.DataFrame]:
    """Return the figures of each series with several dates, by scenario and name."""
    dated = outcomes[(outcomes["series"] != "") & outcomes["reported_high"].lt(np.inf)]
    groups = dated.groupby(["scenario", "series"], sort=False)
    found = {(str(one), str(name)): rows for (one, name), rows in groups}
    return {key: rows.sort_values("months") for key, rows in found.items() if len(rows) >= FEWEST}


def draw_series(panel: Axes, key: Key, rows: pd.DataFrame, validation: Validation) -> None:
    """Draw a series with its prediction interval.

    Parameters
    ----------
    panel : Axes
    key : tuple of str
        Scenario and name of the series.
    rows : DataFrame
        Its rows of the outcomes, by date.
    validation : Validation
    """
    scenario: Scenario = validation.scenarios[key[0]]
    unit = str(rows["unit"].iloc[0])
    factor = 1.0 if unit else 100.0
    x = style.month_ends(scenario.start, int(rows["months"].max()))[rows["months"].astype(int) - 1]
    low, middle, high, reported = (
        factor * rows[name].to_numpy(float)
        for name in ("run_low", "median", "run_high", "reported_low")
    )
    panel.fill_between(x, low, high, color=BLUE, alpha=0.2, linewidth=0)
    panel.plot(x, middle, "-o", color=BLUE, linewidth=1.5, markersize=3)
    agrees = rows["agrees"].to_numpy(bool)
    for inside, colour, face in ((agrees, BLACK, BLACK), (~agrees, VERMILION, "white")):
        if inside.any():
            (marks,) = panel.plot(x[inside], reported[inside], "D", color=colour, zorder=5)
            marks.set(markerfacecolor=face, markersize=6, clip_on=False)
    style.from_zero(panel)
    style.amounts(panel.yaxis, unit or "%")
    style.date_axis(panel, x)
    # whole marks at both ends
    panel.set_xlim(x[0] - MARGIN, x[-1] + MARGIN)
    title = style.plain(f"{scenario.name}: {key[1]}")
    panel.set_title("\n".join(wrapped(title, LETTERS_OF_A_TITLE)), loc="left", fontsize=9)
