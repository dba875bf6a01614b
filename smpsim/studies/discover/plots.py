"""Pictures of a discovery: limits of boxes, failing designs over two axes, and the trade-off."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke
from matplotlib.ticker import PercentFormatter

from smpsim.errors import RequestError
from smpsim.messages import nearest
from smpsim.plots import style
from smpsim.plots.style import BLACK, GREY
from smpsim.results.units import shown
from smpsim.studies.discover import plot_axes as draw
from smpsim.studies.discover.held_out import held_out_of

if TYPE_CHECKING:
    from smpsim.studies.discover.boxes import Limit
    from smpsim.studies.discover.keys import Key
    from smpsim.studies.discover.result import Discovery

MAP = "Greys"
DARK = 0.55  # fields with a greater share have white figures in them
INSET = 0.004  # of a side
NOTHING = "No box was found."


class DiscoveryPlots(style.Plots):
    """Pictures of a `Discovery`; call them as ``found.plot.boxes()``.

    A box that did not hold on designs by which it was not found is drawn dashed.
    """

    def __init__(self, found: Discovery) -> None:
        self._found = found

    def boxes(self, *, ax: Axes | None = None) -> Figure:
        """Draw the limits of all boxes, each key from the lowest to the highest value tried."""
        found = self._found
        limited = {limit.key.name for one in found.found for limit in one.limits}
        keys = [key for key in found.cases.keys if key.name in limited]
        idle = [key.label for key in found.cases.keys if key.name not in limited]
        rows = max(len(keys), 1)
        step = 0.24 * max(len(found.found), 1)
        figure, panel = self._one_panel(10.0, 2.3 + rows * (0.62 + step), ax)
        for place, key in enumerate(reversed(keys)):
            self._row(panel, place, key)
        panel.set_xlim(-0.02, 1.02)
        panel.set_ylim(-0.6, rows - (0.2 if self._phone else 0.4))
        panel.set_xticks([])
        panel.grid(False)
        panel.spines[:].set_visible(False)
        labels = [style.plain(textwrap.fill(draw.label(key), 34)) for key in reversed(keys)]
        # the name stands above all boxes of the row
        style.name_rows(panel, labels, high=0.34 + step, above=0.44)
        panel.tick_params(length=0)
        for number, one in enumerate(found.found, 1):
            label = f"box {number}: fails in {100 * one.density:.0f} of 100 runs"
            if one.held_out_density == one.held_out_density:
                label += f" ({100 * one.held_out_density:.0f} held out)"
            panel.plot(
                [], [], color=draw.colour(number), linestyle=draw.dash(one), lw=5, label=label
            )
        if found.found:
            style.legend(panel, columns=1)
        if not keys:
            style.say(panel, NOTHING)
        self._frame(
            figure,
            ax,
            "Where the programme fails",
            "Grey: the whole range tried, with its ends.",
            "Filled dots: values that are inside." if any(not key.numeric for key in keys) else "",
            "Dashed: does not hold on designs by which it was not found."
            if any(not one.confirmed for one in found.found)
            else "",
            f"Not limited in any box: {'; '.join(idle)}." if idle and keys else "",
        )
        return figure

    def _row(self, panel: Axes, place: int, key: Key) -> None:
        """Draw one key with the limits of each box on it."""
        found = self._found
        count = len(found.found)
        # on a phone the name of the row needs room
        height = 0.76 if self._phone else 0.84
        panel.add_patch(
            Rectangle((0, place - height / 2), 1, height, facecolor="#EEEEEE", edgecolor="none")
        )
        ends = (key.low, key.high) if key.numeric else ()
        for end, side, x in zip(ends, ("left", "right"), (0.006, 0.994), strict=False):
            text = draw.number(key, end)
            panel.text(
                x, place - 0.43 * height, text, ha=side, va="center", fontsize=7.5, color="#777777"
            )
        for number, one in enumerate(found.found, 1):
            # the first box is the uppermost of its row, with room for its figures above it
            y = place + height / 2 - height * (number - 0.35) / (count + 0.35)
            limit = next((limit for limit in one.limits if limit.key.name == key.name), None)
            if limit is None:
                continue
            colour = draw.colour(number)
            if not key.numeric:
                self._words(panel, y, key, limit, colour, number == 1)
                continue
            low, high = (
                key.low if limit.low is None else limit.low,
                key.high if limit.high is None else limit.high,
            )
            left, right = ((end - key.low) / (key.high - key.low) for end in (low, high))
            panel.plot(
                [left, right],
                [y, y],
                color=colour,
                lw=5,
                ls=draw.dash(one),
                dash_capstyle="butt",
                solid_capstyle="butt",
            )
            for value, x in ((limit.low, left), (limit.high, right)):
                if value is not None:
                    # over the bar, inside of its end
                    side = "left" if value is limit.low and right - left > 0.12 else "right"
                    side = "left" if x < 0.12 else "right" if x > 0.88 else side
                    panel.annotate(
                        draw.number(key, value),
                        (x, y),
                        xytext=(0, 4),
                        textcoords="offset points",
                        ha=side,
                        va="bottom",
                        fontsize=8,
                        color=colour,
                    )

    def _words(
        self, panel: Axes, y: float, key: Key, limit: Limit, colour: str, named: bool
    ) -> None:
        """Draw which words are inside."""
        for place, word in enumerate(key.values):
            x = (place + 0.5) / len(key.values)
            inside = word in limit.allowed
            panel.plot(
                [x], [y], "o", ms=7, color=colour, mfc=colour if inside else "white", alpha=0.95
            )
            if named:
                text = style.plain(textwrap.shorten(word, 26, placeholder="..."))
                panel.annotate(
                    text, (x, y), (0, 7), textcoords="offset points", ha="center", fontsize=8
                )

    def scatter(
        self, x: str | None = None, y: str | None = None, *, ax: Axes | None = None
    ) -> Figure:
        """Draw the share of failing runs over two of the keys, field by field, with the boxes.

        Parameters
        ----------
        x, y : str, optional
            Key paths or their ends; those that the first box limits when left out.

        Raises
        ------
        ValueError
            If there is no such key.
        """
        found = self._found
        across, up = self._axes(x, y)
        figure, panel = self._one_panel(8.6, 6.2, ax)
        inputs, share = found.cases.inputs, found.cases.share
        columns = [draw.places(key, inputs[key.name].to_numpy()) for key in (across, up)]
        edges = [draw.edges(key, column) for key, column in zip((across, up), columns, strict=True)]
        # the mean of the designs in each field, as single ones are few runs and many dots
        bins: Any = edges
        total, count = (
            np.histogram2d(columns[0], columns[1], bins=bins, weights=weights)[0].T
            for weights in (share, None)
        )
        fields = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
        # hatched where no design lies
        panel.patch.set(hatch="////", edgecolor="#CCCCCC")
        panel.grid(False)
        image: Any = panel.pcolormesh(*edges, fields, cmap=MAP, vmin=0, vmax=1, zorder=0.5)
        for (row, column), value in np.ndenumerate(fields):
            if np.isfinite(value):
                panel.text(
                    edges[0][column : column + 2].mean(),
                    edges[1][row : row + 2].mean(),
                    f"{100 * value:.0f}",
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="white" if value > DARK else BLACK,
                    # a frame may run through a field
                    zorder=7,
                    path_effects=[Stroke(linewidth=2, foreground=image.to_rgba(value)), Normal()],
                )
        text = "share of the runs that fail (numbers: %)"
        style.colour_bar(figure, image, panel, text, shrink=0.9, format=PercentFormatter(1.0))
        draw.axis(panel, "x", across)
        draw.axis(panel, "y", up)
        others, dashed = [], []
        for number, one in enumerate(found.found, 1):
            spans = [
                draw.span(one, key, getattr(panel, f"get_{n}lim")())
                for n, key in (("x", across), ("y", up))
            ]
            names = {limit.key.name for limit in one.limits}
            if not names & {across.name, up.name}:
                continue
            (left, right), (low, high) = spans
            # frames of several boxes inside one another, lest they hide each other
            dx, dy = (
                INSET * number * float(np.ptp(getattr(panel, f"get_{n}lim")())) for n in ("x", "y")
            )
            frame = Rectangle(
                (left + dx, low + dy), right - left - 2 * dx, high - low - 2 * dy, fill=False
            )
            frame.set(lw=2.4, edgecolor=draw.colour(number), linestyle=draw.dash(one))
            frame.set_path_effects([Stroke(linewidth=4.4, foreground="white"), Normal()])
            panel.add_patch(frame)
            panel.annotate(
                f"box {number}",
                (left + dx, high - dy),
                xytext=(3, -2 - 11 * (number - 1)),
                textcoords="offset points",
                ha="left",
                va="top",
                fontsize=8,
                fontweight="bold",
                color=style.ink(draw.colour(number)),
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.9},
            )
            dashed.append(not one.confirmed)
            if names - {across.name, up.name}:
                others.append(str(number))
        which, where = f"box {', '.join(others)}", "its frame"
        if len(others) > 1:
            which, where = f"boxes {' and '.join(others)}", "their frames"
        self._frame(
            figure,
            ax,
            "Share of failing runs",
            "Each cell: mean over its designs, in per cent; hatched: no design."
            + (" Dashed frame: does not hold on other designs." * any(dashed))
            if found.found
            else NOTHING,
            f"Other keys limit {which} too, so {where} {'hold' if len(others) > 1 else 'holds'} "
            "other designs as well."
            if others
            else "",
        )
        return figure

    def tradeoff(self, *, ax: Axes | None = None) -> Figure:
        """Draw coverage against density: of PRIM step by step, of CART leaf by leaf."""
        found = self._found
        curve = found.peeling()
        figure, panel = self._one_panel(8.0, 5.6, ax)
        panel.axhline(found.base, color=GREY, lw=1.2, ls="--")
        panel.text(
            0.99,
            found.base - 0.01,
            "all designs",
            ha="right",
            va="top",
            fontsize=8,
            color="#777777",
        )
        prim = found.search.method == "prim"
        parts = [(number, curve[curve["box"] == number]) for number in curve["box"].unique()]
        for number, steps in parts if prim else [(0, curve)]:
            colour = draw.colour(int(number)) if prim else GREY
            panel.plot(
                steps["coverage"],
                steps["density"],
                "o-",
                color=colour,
                ms=3.5,
                lw=1.2,
                alpha=0.6,
                label=f"peeling, box {number}" if prim else "leaves, the densest first",
            )
        for number, one in enumerate(found.found, 1):
            panel.plot(
                [one.coverage],
                [one.density],
                "s",
                ms=9,
                color=draw.colour(number),
                label=f"box {number}" + ("" if one.confirmed else ", not confirmed"),
                mec=BLACK,
            )
            if one.held_out_density == one.held_out_density:
                panel.errorbar(
                    [one.held_out_coverage],
                    [one.held_out_density],
                    2 * one.held_out_gap_error,
                    fmt="D",
                    ms=7,
                    color=draw.colour(number),
                    mfc="white",
                    capsize=3,
                    label=f"box {number}, held out",
                )
        if not len(curve):
            style.say(panel, NOTHING)
        for axis, what in (
            (panel.xaxis, "coverage: share of all failing runs that are inside"),
            (panel.yaxis, "density: share of the runs inside that fail"),
        ):
            axis.set_major_formatter(PercentFormatter(1.0, decimals=0))
            axis.set_label_text(what, fontsize=9)
        panel.set_xlim(0, 1.03)
        panel.set_ylim(0, 1.05)
        style.legend(panel)
        self._frame(
            figure,
            ax,
            "Larger boxes, or denser ones",
            f"Squares: boxes{', without limits that exclude failures as well' * prim}. "
            f"Diamonds: boxes found in one half of the {held_out_of(found.cases)}, tested on the "
            "other; bars: two standard errors of the distance from all designs."
            if found.found
            else NOTHING,
        )
        return figure

    def _axes(self, x: str | None, y: str | None) -> tuple[Key, Key]:
        """Return the keys of the two axes."""
        found = self._found
        keys = {key.name: key for key in found.cases.keys}
        if len(keys) < 2:
            raise RequestError("scatter: only one key was varied; allowed: two or more")
        chosen = [self._key(name) for name in (x, y) if name is not None]
        if len({key.name for key in chosen}) < len(chosen):
            raise RequestError(f"scatter: got {x!r} and {y!r}; allowed: different keys")
        shown_first = found.confirmed or found.found
        limited = [limit.key for one in shown_first for limit in one.limits]
        # numbers first, as words spread no dots
        rest = sorted(limited, key=lambda key: not key.numeric)
        rest += sorted(keys.values(), key=lambda key: not key.numeric)
        free = iter(dict.fromkeys(key for key in rest if key not in chosen))
        first = self._key(x) if x is not None else next(free)
        return first, self._key(y) if y is not None else next(free)

    def _key(self, name: str) -> Key:
        keys = self._found.cases.keys
        fitting = [key for key in keys if key.name == name] or [
            key for key in keys if key.name.endswith(f".{name}")
        ]
        if len(fitting) != 1:
            known = [key.name for key in keys]
            raise RequestError(
                f"axis: got {name!r}; allowed: {', '.join(known)}{nearest(name, known)}"
            )
        return fitting[0]

    def _frame(self, figure: Figure, ax: Axes | None, title: str, *notes: str) -> None:
        """Write title and small print."""
        found = self._found
        conditions = " or ".join(one.words(found.currency) for one in found.conditions)
        whose = f", programme {found.programme}" if found.programme else ""
        error = found.base_error
        sure = f" (standard error {shown(error, 'share')})" if np.isfinite(error) else ""
        style.head(figure, title, f"{found.title}{whose}", ax)
        style.foot(
            figure,
            f"A run fails if {conditions}: {shown(found.base, 'share')} of all runs{sure}.",
            f"{len(found.cases):,} designs with {style.counted(found.runs, 'run')} each, seed "
            f"{found.seed}.",
            *notes,
        )
