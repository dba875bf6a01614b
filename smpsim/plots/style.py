"""How all pictures look: colours, bands, dates, amounts and the line that says what is shown.

Pictures are made without pyplot, so they work in threads and without a display and leave no
global state behind. How wide and high they are is in ``forms.py``.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import to_hex, to_rgb
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from smpsim.plots.forms import GREY as GREY
from smpsim.plots.forms import LINE as LINE
from smpsim.plots.forms import Picture as Picture
from smpsim.plots.forms import Plots as Plots
from smpsim.plots.forms import finish, wrapped
from smpsim.plots.forms import name_rows as name_rows
from smpsim.plots.forms import on_phone as on_phone
from smpsim.plots.forms import one_panel as one_panel
from smpsim.plots.forms import panels as panels
from smpsim.plots.forms import plain as plain
from smpsim.plots.forms import png as png

# Okabe and Ito (2008): told apart with any form of colour vision
BLUE, VERMILION, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, YELLOW, BLACK = "#E69F00", "#56B4E9", "#F0E442", "#333333"
DASHES = ("-", "--", ":", "-.")
CYCLE = (BLUE, VERMILION, GREEN, PINK, ORANGE, SKY, BLACK, YELLOW)

INNER, OUTER = (0.25, 0.75), (0.05, 0.95)
CONTRAST = 4.5  # of letters and their ground, as accessible pages have
MILLION = 1e6
APART = 0.1  # inches between titles
NARROW = 0.025  # of the highest value; narrower than this a band hides behind its line
BESIDE = 18  # letters beside the end of a line on a phone
AROUND = 0.75  # inches of a panel that are not the panel itself
LETTERS_PER_INCH = 15.5  # of the small print
PHONE_LETTERS = 52  # of a line of a legend
TITLE_LETTERS_PER_INCH = 9.5


def head(figure: Figure, title: str, about: str, ax: Axes | None = None) -> None:
    """Write the title: what is shown, and below of which scenario and programme.

    Into a panel of somebody else's figure only what is shown, as its title.
    """
    title = title[:1].upper() + title[1:]
    if ax is not None:
        ax.set_title(plain(title), fontsize=11)
        return
    width = int(figure.get_figwidth() * TITLE_LETTERS_PER_INCH)
    lines = wrapped(plain(title), width) + wrapped(plain(about), width)
    figure.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=12)
    if isinstance(figure, Picture):
        figure.more += 1.4 * LINE * len(lines)
    if any(panel.get_title(loc="left") or panel.get_title() for panel in figure.axes):
        # else titles of panels touch that of the figure
        figure.get_layout_engine().set(h_pad=APART)  # type: ignore[union-attr, call-arg]


def foot(figure: Figure, *sentences: str) -> None:
    """Write the small print below a figure; a figure of somebody else's has none."""
    if not isinstance(figure, Picture):
        return
    text = " ".join(sentence for sentence in sentences if sentence)
    width = int(figure.get_figwidth() * LETTERS_PER_INCH)
    lines = wrapped(plain(text), width)
    figure.supxlabel("\n".join(lines), x=0.01, ha="left", fontsize=8, color="#555555")
    figure.more += LINE * len(lines)
    finish(figure)


def counted(number: int, thing: str) -> str:
    """Return a number with its noun: "1 run", "2,000 runs"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def origin(provenance: dict[str, Any], runs: int) -> str:
    """Return the sentence that says how many runs with which seed are shown."""
    return f"{counted(runs, 'run')}, seed {provenance.get('seed', 'unknown')}."


def bands_in_words(
    runs: int,
    widths: Mapping[str, float] | None = None,
    *,
    inner: bool = True,
    line: str = "median",
) -> str:
    """Return the sentence that says what lines and bands mean.

    Parameters
    ----------
    runs : int
    widths : mapping of str to float, optional
        What `fan` returned, by the name of the series: those with bands too narrow to be seen
        are named.
    inner, line
        As in `fan`.
    """
    if runs < 2:
        return "A single run, so there are no bands."
    bands = "bands: the middle 50 % and 90 %" if inner else "band: the middle 90 %"
    text = f"Line: {line} of the runs; {bands} of the runs in each month."
    narrow = [name for name, width in (widths or {}).items() if width < NARROW]
    if narrow:
        text += f" The runs hardly differ in: {', '.join(narrow)}."
    return text


def month_ends(start: str, months: int) -> np.ndarray:
    """Return the date of the end of each month."""
    first = pd.Period(start, "M")
    # the first day of the next month is where a month ends on an axis
    ends = [(first + n + 1).to_timestamp() for n in range(months)]
    return np.array(ends, dtype="datetime64[D]")


def from_start(start: str, months: int) -> np.ndarray:
    """Return the first day, and the end of each month."""
    first = np.array([pd.Period(start, "M").to_timestamp()], dtype="datetime64[D]")
    return np.concatenate([first, month_ends(start, months)])


def grown(values: np.ndarray) -> np.ndarray:
    """Return running totals (runs, months) with the zero at the start before them."""
    return np.concatenate([np.zeros((len(values), 1)), values], axis=1)


def fan(
    panel: Axes,
    x: np.ndarray,
    values: np.ndarray,
    colour: str,
    label: str,
    *,
    style: str = "-",
    inner: bool = True,
    line: str = "median",
) -> float:
    """Draw the middle of the runs with bands of 50 % and 90 %.

    Parameters
    ----------
    panel : Axes
    x : ndarray, shape (points,)
    values : ndarray, shape (runs, points)
    colour, label, style : str
    inner : bool
        With the band of 50 %; without it where bands of several lines overlap.
    line : {"median", "mean"}
        What the line is.

    Returns
    -------
    float
        Greatest width of the 90 % band as a share of the highest value: near zero, the band
        cannot be seen. 1 if all values are zero.
    """
    middle = values.mean(axis=0) if line == "mean" else np.median(values, axis=0)
    width = 0.0
    if len(values) > 1:
        for (low, high), alpha in ((OUTER, 0.16), (INNER, 0.30))[: 2 if inner else 1]:
            edges = np.quantile(values, (low, high), axis=0)
            width = max(width, float(np.max(edges[1] - edges[0])))
            if len(x) == 1:
                panel.vlines(x, *edges, color=colour, alpha=2 * alpha, linewidth=6)
            else:
                panel.fill_between(x, *edges, color=colour, alpha=alpha, linewidth=0)
    (drawn,) = panel.plot(x, middle, style, color=colour, linewidth=1.8, label=plain(label))
    if len(x) == 1:
        # a single month has no line, and lies on the edge of the panel
        drawn.set(marker="o", clip_on=False)
    highest = float(np.max(np.abs(values)))
    return width / highest if highest > 0 else 1.0


def date_axis(panel: Axes, x: np.ndarray) -> None:
    """Give a panel calendar months on its horizontal axis."""
    fewest, most = (2, 5) if on_phone(panel) else (3, 7)
    locator = AutoDateLocator(minticks=fewest, maxticks=most)
    panel.xaxis.set_major_locator(locator)
    panel.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    if len(x) > 1:
        panel.set_xlim(x[0], x[-1])
    panel.set_xlabel("date", fontsize=9)


def amounts(axis: Axis, unit: str, what: str = "") -> None:
    """Label an axis with a quantity and its unit, ticks with thousands separators.

    Parameters
    ----------
    axis : Axis
        With its data drawn already, as large amounts are shown in millions.
    unit : str
        Such as ``"people"`` or ``"EUR"``.
    what : str
        The quantity.
    """
    span = max(abs(edge) for edge in axis.get_view_interval())
    money = unit.isupper()
    factor = MILLION if money and span >= MILLION else 1.0
    width = abs(np.subtract(*axis.get_view_interval())) / factor
    whole = unit in ("people", "employers", "applications") and width <= 6
    most = 4 if axis is axis.axes.xaxis and on_phone(axis.axes) else 6
    axis.set_major_locator(
        MaxNLocator(nbins=most, integer=whole, min_n_ticks=2, steps=[1, 2, 2.5, 5, 10])
    )
    step = min(np.diff(axis.get_majorticklocs() / factor), default=1.0)
    # as many digits as tell neighbouring ticks apart
    digits = next((d for d in range(7) if abs(step * 10**d - round(step * 10**d)) < 1e-6), 7)
    axis.set_major_formatter(FuncFormatter(lambda value, _: number(value / factor, digits)))
    unit = f"million {unit}" if factor > 1 else unit
    axis.set_label_text(f"{what} ({unit})" if what else unit, fontsize=9)


def number(value: float, digits: int = 0) -> str:
    """Return a number with thousands separators."""
    return f"{value:,.{digits}f}".replace("-", "\N{MINUS SIGN}")


def rounded(value: float) -> str:
    """Return a number to be read beside a bar: of millions three digits."""
    if abs(value) >= MILLION:
        millions = value / MILLION
        return f"{number(millions, max(0, 2 - int(np.log10(abs(millions)))))} million"
    return number(value)


def from_zero(panel: Axes) -> None:
    """Let the vertical axis begin at zero, with room above the highest value."""
    top = panel.dataLim.y1
    panel.set_ylim(0, 1.06 * top if np.isfinite(top) and top > 0 else 1.0)


def legend(panel: Axes, columns: int = 3) -> None:
    """Add a legend above a panel, where it hides nothing, if anything has a label."""
    labels = panel.get_legend_handles_labels()[1]
    if labels:
        _above(panel, labels, min(len(labels), columns))


def legend_outside(figure: Figure, panel: Axes, *entries: Any) -> None:
    """Put the legend beside the panel, on a phone above it; in somebody else's figure, into it."""
    if not isinstance(figure, Picture):
        panel.legend(*entries, fontsize=8, frameon=False)
    elif figure.phone:
        labels = entries[-1] if entries else panel.get_legend_handles_labels()[1]
        _above(panel, labels, len(labels), *entries)
    else:
        figure.legend(*entries, loc="outside right upper", fontsize=8, frameon=False)


def legend_beside(panel: Axes, title: str) -> None:
    """Put a legend with a title beside a panel, on a phone above it."""
    looks: Any = {"title": title, "title_fontsize": 8}
    if on_phone(panel) is None:
        panel.legend(
            loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8, frameon=False, **looks
        )
        return
    looks["title"] = textwrap.fill(title, PHONE_LETTERS)
    labels = panel.get_legend_handles_labels()[1]
    _above(panel, labels, len(labels), alignment="left", **looks)


def _above(panel: Axes, labels: Sequence[str], columns: int, *entries: Any, **looks: Any) -> None:
    """Add a legend above a panel, on a phone with as many columns as there is room for."""
    figure = on_phone(panel)
    if figure is not None:
        room = PHONE_LETTERS // (max(map(len, labels), default=1) + 6)
        columns = max(1, min(columns, room))
        lines = math.ceil(len(labels) / columns)
        lines += looks["title"].count("\n") + 1 if "title" in looks else 0
        if columns == 1:
            handles = entries[0] if entries else panel.get_legend_handles_labels()[0]
            folded = [textwrap.fill(one, PHONE_LETTERS - 8) for one in labels]
            entries = (handles, folded)
            lines += sum(one.count("\n") for one in folded)
        figure.more += 1.2 * LINE * lines
    panel.legend(
        *entries,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        ncols=columns,
        fontsize=8,
        frameon=False,
        borderaxespad=0.2,
        columnspacing=1.2,
        **looks,
    )


def colour_bar(figure: Figure, image: Any, panels: Any, label: str, **options: Any) -> Any:
    """Add the scale of colours beside panels, on a phone below them.

    Parameters
    ----------
    figure : Figure
    image : ScalarMappable
    panels : Axes or sequence of Axes
    label : str
    **options
        As of ``Figure.colorbar``.
    """
    if isinstance(figure, Picture) and figure.phone:
        options = {key: one for key, one in options.items() if key not in ("shrink", "pad")}
        options |= {"orientation": "horizontal", "aspect": 30}
        figure.more += 0.6
    bar = figure.colorbar(image, ax=panels, **options)
    bar.set_label(label, fontsize=9)
    bar.ax.tick_params(labelsize=8)
    bar.outline.set_visible(False)
    return bar


def say(panel: Axes, text: str, *, low: bool = False) -> None:
    """Say in a panel in words that there is nothing to be seen.

    Parameters
    ----------
    panel : Axes
    text : str
    low : bool
        Just above a line at zero, for panels in which another line is drawn.
    """
    panel.text(
        0.03 if low else 0.5,
        0.05 if low else 0.5,
        textwrap.fill(plain(text), 44 if low and not on_phone(panel) else 34),
        transform=panel.transAxes,
        ha="left" if low else "center",
        va="bottom" if low else "center",
        fontsize=10,
        color="#555555",
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85},
    )


def nothing(values: np.ndarray | Sequence[float]) -> bool:
    """Return whether a series is zero or missing everywhere."""
    return not np.any(np.nan_to_num(np.asarray(values, dtype=float)))


def ink(colour: str) -> str:
    """Return a colour darkened until letters in it can be read on white (contrast of 4.5)."""
    parts = np.array(to_rgb(colour))
    while True:
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        if 1.05 / (float(linear @ (0.2126, 0.7152, 0.0722)) + 0.05) >= CONTRAST:
            return to_hex(tuple(parts))
        parts = parts * 0.97


def label_ends(
    panel: Axes, entries: Sequence[tuple[float, str, str]], gap: float, x: Any = None
) -> None:
    """Write what lines are beside their ends, each label clear of the others.

    Parameters
    ----------
    panel : Axes
        With its limits set.
    entries : sequence of (float, str, str)
        End of each line on the vertical axis, its label and its colour.
    gap : float
        Least distance of two labels, as a share of the height.
    x : number or date, optional
        Where the lines end; the right edge of the panel when left out, and then the labels are
        outside of it.
    """
    ordered = sorted(entries, key=lambda entry: entry[0])
    low, high = panel.get_ylim()
    figure = on_phone(panel)
    if figure is not None:
        ordered = [(y, textwrap.fill(text, BESIDE), colour) for y, text, colour in ordered]
        lines = max((text.count("\n") + 1 for _, text, _ in ordered), default=1)
        needed = len(ordered) * lines * LINE + AROUND
        figure.heights[panel] = max(figure.heights[panel], needed)
        gap = lines * LINE / (figure.heights[panel] - AROUND)
    gap = gap * (high - low)
    heights = spaced([entry[0] for entry in ordered], gap, low, high)
    left, right = panel.get_xlim()
    start = right if x is None else float(panel.convert_xunits(x))
    for (y, text, colour), height in zip(ordered, heights, strict=True):
        panel.annotate(
            plain(text),
            (start, y),
            xytext=(start + (0.03 if x is None else 0.04) * (right - left), height),
            va="center",
            fontsize=8,
            color=ink(colour),
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 0.6, "shrinkA": 1},
        )


def spaced(heights: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return rising heights moved as little as keeps them apart, within limits if they fit."""
    # neighbours that would touch stand around their mean, as a group that may grow
    groups: list[tuple[float, int]] = []
    for height in heights:
        middle, count = height, 1
        while groups and groups[-1][0] + groups[-1][1] * gap / 2 > middle - count * gap / 2:
            other, more = groups.pop()
            middle = (middle * count + other * more) / (count + more)
            count += more
            half = gap * (count - 1) / 2
            middle = max(min(middle, high - half), low + half)
        groups.append((middle, count))
    return [
        middle + gap * (place - (count - 1) / 2)
        for middle, count in groups
        for place in range(count)
    ]
