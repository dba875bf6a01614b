"""Pictures of a sweep: heat maps over two of its axes, and lines over one."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import FuncFormatter

from smpsim.errors import RequestError
from smpsim.plots import style
from smpsim.plots.style import BLACK, CYCLE, DASHES, OUTER, Picture
from smpsim.results.estimates import means
from smpsim.results.outcomes import NOT_YET, UNDEFINED, missing, with_parts
from smpsim.results.units import label_of, labels_of, shown, unit_of
from smpsim.scenario.keypaths import KeyPathError
from smpsim.scenario.values_at_keys import get_value
from smpsim.studies.sweep.plot_sides import Side, said
from smpsim.studies.sweep.pooled import pooled_errors
from smpsim.studies.sweep.sampling import ACTIONS, NO_ACTIONS

if TYPE_CHECKING:
    from smpsim.studies.sweep.result import Sweep

MOST_LABELLED = 150  # cells of a heat map whose values are written into them
MOST_LINES = len(CYCLE)
MOST_BANDS, MOST_TICKS = 3, 12
BINS = 8  # of a sampled axis
MAP = "viridis"
WIDTH, HEIGHT = 3.6, 3.6  # inches of a panel of cells, about
WIDTH_PER_LETTER, LETTER = 0.085, 0.15  # inches of what is written into them
MARKED = "Frame or cross: the scenario as it is. Levels are drawn to scale."


class SweepPlots(style.Plots):
    """Pictures of a `Sweep`; call them as ``sweep.plot.heatmap(x, y, outcome)``.

    An axis is named by its key path, or by the end of it: ``"months_before_departure"``. What is
    neither drawn nor fixed by `where` is pooled, and the small print says so.
    """

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep

    def heatmap(
        self,
        x: str,
        y: str,
        outcome: str | None = None,
        *,
        by: str | None = None,
        where: Mapping[str, Any] | None = None,
        scenario: str | None = None,
        programme: str | None = None,
    ) -> Picture:
        """Draw the mean of an outcome over two axes, which are grids or lists.

        Parameters
        ----------
        x, y : str
        outcome : str, optional
            The first of the study when left out.
        by : str, optional
            Axis whose values have a panel each.
        where : mapping, optional
            Values of other axes that are kept, as in ``{"actions": "none"}``.
        scenario, programme : str, optional
            The first when left out.
        """
        data = _Data(self._sweep, outcome, where, scenario, programme)
        across, up = data.axis(x), data.axis(y)
        panel_axis = data.axis(by) if by else None
        for key in (across, up, panel_axis):
            if key in self._sweep.study.sampled:
                raise RequestError(f"axis: got {key!r}, which is sampled; allowed: a grid or list")
        if len({across, up, panel_axis}) < 3:
            raise RequestError(f"axes: got {x!r}, {y!r} and {by!r}; allowed: different axes")
        values = data.values(panel_axis) if panel_axis else [None]
        sides = {key: Side.of(data.values(key)) for key in (across, up)}
        present = data.present(across), data.present(up)
        marked = False
        grids, errors = [], []
        for value in values:
            rows = data.rows if panel_axis is None else data.rows[data.rows[panel_axis] == value]
            mean, error = (one.unstack() for one in data.means(rows, [rows[up], rows[across]]))
            errors.append(error.max().max())
            grids.append(mean.reindex(index=sides[up].values, columns=sides[across].values))
        figure, panels = self._panels(1, len(values), max(6.4, 4.6 * len(values) + 1), 5.0)
        everything = np.concatenate([grid.to_numpy().ravel() for grid in grids])
        known = everything[np.isfinite(everything)]
        low, high = (known.min(), known.max()) if len(known) else (0.0, 1.0)
        image: Any = None
        for panel, value, grid in zip(panels, values, grids, strict=True):
            image = _cells(panel, grid, (sides[across], sides[up]), (low, high), data.unit)
            for which, key in (("x", across), ("y", up)):
                sides[key].name(panel, which, data.label(key))
            here = {**data.fixed, panel_axis: value} if panel_axis else data.fixed
            if all(data.present(key) in (None, level) for key, level in here.items()):
                marked |= _mark(panel, (sides[across], sides[up]), present)
            if panel_axis is not None:
                panel.set_title(style.plain(f"{data.label(panel_axis)}: {said(value)}"), size=9)
        label = style.plain(textwrap.fill(f"{label_of(data.outcome)} ({data.unit})", 48))
        bar = style.colour_bar(figure, image, panels, label, shrink=0.9)
        bar.formatter = FuncFormatter(lambda v, _: shown(v, data.unit))
        drawn = [key for key in (across, up, panel_axis) if key]
        cells = sum(grid.size for grid in grids)
        style.head(figure, f"{label_of(data.outcome)}, mean of the runs", data.about())
        style.foot(
            figure,
            f"{style.counted(round(len(data.rows) / max(cells, 1)), 'run')} a cell, seed "
            f"{self._sweep.study.seed}.",
            f"Standard error of a mean: at most {data.amount(float(np.nanmax(errors)))}."
            if np.isfinite(errors).any()
            else "",
            MARKED if marked else "",
            data.missing(),
            data.pooled(drawn),
        )
        return figure

    def lines(
        self,
        x: str,
        outcome: str | None = None,
        *,
        by: str | None = None,
        where: Mapping[str, Any] | None = None,
        scenario: str | None = None,
        programme: str | None = None,
        ax: Axes | None = None,
    ) -> Figure:
        """Draw an outcome over one axis: mean, and where 90 % of the runs lie.

        Parameters
        ----------
        x : str
            A grid, list or sampled axis; of a sampled one, runs are grouped into bins.
        by : str, optional
            A grid or list whose values have a line each.
        outcome, where, scenario, programme
            As in `heatmap`.
        ax : Axes, optional
            Panel to draw into, without the small print; a figure of its own when left out.
        """
        data = _Data(self._sweep, outcome, where, scenario, programme)
        across, line_axis = data.axis(x), data.axis(by) if by else None
        if line_axis in self._sweep.study.sampled or line_axis == across:
            raise RequestError(f"by: got {by!r}; allowed: another axis, a grid or list")
        lines = data.values(line_axis) if line_axis else [None]
        if len(lines) > MOST_LINES:
            raise RequestError(f"by: got {len(lines)} values; allowed: {MOST_LINES} or fewer")
        places, group, ticks = data.groups(across)
        bars = ticks is not None or len(lines) > MOST_BANDS
        step = 0.012 * float(np.ptp(places)) if ticks is None else 0.6 / len(lines)
        figure, panel = self._one_panel(8.0, 5.0, ax)
        for number, value in enumerate(lines):
            chosen = data.rows if line_axis is None else data.rows[data.rows[line_axis] == value]
            places_of = group.loc[chosen.index]
            found = chosen.groupby(places_of)[data.outcome]
            mean = data.mean(chosen, places_of).reindex(range(len(places)))
            low, high = (found.quantile(q).reindex(range(len(places))) for q in OUTER)
            colour, dash = CYCLE[number], DASHES[number % len(DASHES)]
            # bars side by side, as more than three bands hide each other, and words are no scale
            beside = (number - (len(lines) - 1) / 2) * step if bars else 0.0
            if bars:
                panel.vlines(places + beside, low, high, color=colour, alpha=0.5, linewidth=2.5)
            else:
                panel.fill_between(places, low, high, color=colour, alpha=0.14, linewidth=0)
            panel.plot(
                places + beside,
                mean,
                linestyle="none" if ticks is not None else dash,
                color=colour,
                marker="o",
                markersize=5,
                linewidth=1.8,
                label=None if line_axis is None else style.plain(said(value)),
            )
        panel.set_xlabel(style.plain(data.label(across)), fontsize=9)
        if ticks is not None:
            panel.set_xticks(places, [style.plain(textwrap.fill(text, 20)) for text in ticks])
            panel.set_xlim(-0.6, len(places) - 0.4)
        elif across not in self._sweep.study.sampled and len(places) <= MOST_TICKS:
            panel.set_xticks(places, [said(place) for place in places])
        now = data.present(across) if ticks is None else None
        if now is not None and panel.get_xlim()[0] <= now <= panel.get_xlim()[1]:
            panel.axvline(now, color=BLACK, linewidth=1, linestyle=":")
        else:
            now = None
        style.amounts(panel.yaxis, data.unit, label_of(data.outcome))
        if data.unit.startswith("share"):
            panel.yaxis.set_major_formatter(FuncFormatter(lambda v, _: shown(v, data.unit)))
        if line_axis is not None:
            style.legend_beside(panel, style.plain(data.label(line_axis)))
        drawn = [key for key in (across, line_axis) if key]
        points = len(places) * len(lines)
        grouped = f"Runs in {len(places)} groups of equal size along the axis."
        style.head(figure, label_of(data.outcome), data.about(), ax)
        style.foot(
            figure,
            f"{'Point' if bars else 'Line'}: mean; {'bar' if bars else 'band'}: the middle 90 % "
            "of the runs.",
            f"About {style.counted(round(len(data.rows) / points), 'run')} a point, seed "
            f"{self._sweep.study.seed}.",
            grouped if self._sweep.designs[across].nunique() > len(places) else "",
            "" if now is None else "Dotted: the scenario as it is.",
            data.missing(),
            data.pooled(drawn),
        )
        return figure


class _Data:
    """The runs of one outcome, scenario and programme with what was varied beside them."""

    def __init__(
        self,
        sweep: Sweep,
        outcome: str | None,
        where: Mapping[str, Any] | None,
        scenario: str | None,
        programme: str | None,
    ) -> None:
        self.sweep = sweep
        self.outcome = _one_of("outcome", outcome, sweep.outcomes)
        parts = [name for name in with_parts([self.outcome]) if name in sweep.kept]
        runs = sweep.by_run(parts)
        self.scenario = _one_of("scenario", scenario, list(runs["scenario"].unique()))
        runs = runs[runs["scenario"] == self.scenario]
        self.programme = _one_of("programme", programme, list(runs["programme"].unique()))
        runs = runs[runs["programme"] == self.programme]
        varied = sweep.designs.loc[runs["design"]].set_axis(runs.index, axis=0)
        self.rows = pd.concat([varied, runs[parts]], axis=1)
        self._runs = runs[["design", "replication"]]
        self._parts = parts
        self.fixed: dict[str, Any] = {}
        for name, value in (where or {}).items():
            key = self.axis(name)
            if value not in self.values(key):
                known = ", ".join(said(one) for one in self.values(key)[:20])
                raise RequestError(f"where {name}: got {value!r}; allowed: {known}")
            self.fixed[key] = value
            self.rows = self.rows[self.rows[key] == value]
        self.unit = unit_of(self.outcome, sweep.scenarios[self.scenario].currency)

    def mean(self, rows: pd.DataFrame, by: pd.Series) -> pd.Series:
        """Return the mean of the outcome in each group of rows."""
        return means(rows[self._parts], [by])[0][self.outcome]

    def means(self, rows: pd.DataFrame, by: list[pd.Series]) -> tuple[pd.Series, pd.Series]:
        """Return the mean of the outcome in each group of rows, and its standard error."""
        mean, error, _ = means(rows[self._parts], by)
        runs = self._runs.loc[rows.index]
        design, world = runs["design"], runs["replication"]
        if (design.groupby(by).nunique() > 1).any():
            drawn = bool(self.sweep.study.sampled)
            error = pooled_errors(rows[self._parts], by, design, world, drawn).where(error.notna())
        return mean[self.outcome], error[self.outcome]

    def axis(self, name: str) -> str:
        """Return the axis of a name: a key path, or the end of one."""
        known = [str(key) for key in self.sweep.designs.columns]
        fitting = [key for key in known if key == name] or [
            key for key in known if key.endswith(f".{name}")
        ]
        if len(fitting) != 1:
            raise RequestError(f"axis: got {name!r}; allowed: {', '.join(known)}")
        return fitting[0]

    def values(self, key: str) -> list[Any]:
        """Return the values of an axis in the order of the study."""
        return list(self.sweep.designs[key].unique())

    def present(self, key: str) -> Any:
        """Return where the scenario as it is lies on an axis; none where that is not known."""
        if key == ACTIONS:
            return NO_ACTIONS
        try:
            value = get_value(self.sweep.scenarios[self.scenario], key)
        except KeyPathError:
            return None
        # what is drawn, such as a distribution, lies at no single place
        return None if isinstance(value, (Mapping, list, tuple)) else value

    def groups(self, key: str) -> tuple[np.ndarray, pd.Series, list[str] | None]:
        """Return places along an axis, the place of each row, and words instead of numbers."""
        column = self.rows[key]
        if key in self.sweep.study.sampled:
            ranks = column.rank(method="dense", pct=True)
            bins = (ranks * min(BINS, column.nunique())).apply(np.ceil).astype(int) - 1
            return column.groupby(bins).mean().to_numpy(), bins, None
        values = self.values(key)
        numbers = all(isinstance(value, (int, float, np.number)) for value in values)
        values = sorted(values) if numbers else values
        group = column.map({value: place for place, value in enumerate(values)}).astype(int)
        if numbers:
            return np.array(values), group, None
        return np.arange(len(values)), group, [said(value) for value in values]

    def label(self, key: str) -> str:
        """Return what an axis is called, and its unit."""
        text = labels_of([str(name) for name in self.sweep.designs.columns])[key]
        unit = self.sweep.unit(key)
        return f"{text} ({unit})" if unit and unit not in ("name", "word", "number") else text

    def amount(self, value: float) -> str:
        """Return a value of the outcome with its unit."""
        text = shown(value, self.unit)
        return text if self.unit.startswith("share") else f"{text} {self.unit.split()[0]}"

    def about(self) -> str:
        """Return the line below the title."""
        title = self.sweep.scenarios[self.scenario].name
        fixed = [f"{self.label(key)} = {said(value)}" for key, value in self.fixed.items()]
        return ", ".join([f"{title}, programme {self.programme}", *fixed])

    def missing(self) -> str:
        """Return the sentence on runs in which the outcome has no value, and why."""
        why = missing(self.outcome, self.rows)
        used, runs = int((why == "").sum()), len(why)
        if used == runs:
            return ""
        words = [word for word in (UNDEFINED, NOT_YET) if (why == word).any()]
        return f"From {used:,} of {runs:,} runs; {' or '.join(words)} in the others."

    def pooled(self, drawn: Sequence[str]) -> str:
        """Return the sentence on axes that are neither drawn nor fixed."""
        left = [
            self.label(str(key))
            for key in self.sweep.designs.columns
            if key not in drawn and key not in self.fixed and key != "sample"
        ]
        return f"Pooled over: {'; '.join(left)}." if left else ""


def _one_of(what: str, name: str | None, known: Sequence[str]) -> str:
    if name is not None and name not in known:
        raise RequestError(f"{what}: got {name!r}; allowed: {', '.join(known)}")
    return known[0] if name is None else name


def _cells(
    panel: Axes, grid: pd.DataFrame, sides: tuple[Side, Side], ends: tuple[float, float], unit: str
) -> Any:
    """Draw a cell for each level of both axes, and its value in it where there is room."""
    values, (low, high), (across, up) = grid.to_numpy(float), ends, sides
    panel.set_facecolor("#DDDDDD")
    panel.grid(False)
    image = panel.pcolormesh(
        across.edges, up.edges, values, cmap=MAP, vmin=low, vmax=max(high, low + 1e-9)
    )
    across.scale(panel, "x")
    up.scale(panel, "y")
    if values.size > MOST_LABELLED:
        return image
    widths, heights = across.shares(), up.shares()
    for (row, column), value in np.ndenumerate(values):
        text = shown(value, unit).removesuffix(" %")
        if widths[column] * WIDTH < WIDTH_PER_LETTER * len(text) or heights[row] * HEIGHT < LETTER:
            continue
        dark = np.isfinite(value) and value < (low + high) / 2
        x, y = float(across.places[column]), float(up.places[row])
        colour = "white" if dark else "black"
        panel.text(x, y, text, ha="center", va="center", fontsize=8, color=colour)
    return image


def _mark(panel: Axes, sides: tuple[Side, Side], present: tuple[Any, Any]) -> bool:
    """Mark the scenario as it is: its cell, or where it lies between levels; return whether."""
    across, up = sides
    wide, high = across.cell(present[0]), up.cell(present[1])
    if wide and high:
        frame = Rectangle(
            (wide[0], high[0]), wide[1] - wide[0], high[1] - high[0], fill=False, edgecolor=BLACK
        )
        halo = [Stroke(linewidth=4.5, foreground="white"), Normal()]
        frame.set(lw=2, path_effects=halo, zorder=5, clip_on=False)
        panel.add_patch(frame)
        return True
    x, y = across.place(present[0]), up.place(present[1])
    if x is None or y is None:
        return False
    panel.plot(x, y, "X", color=BLACK, ms=10, mec="white", mew=1.5, zorder=5)
    return True
