"""The two forms of every picture: as wide as a page, and as a phone shows it.

On a phone panels stand below each other, names stand above their rows and lines of text are
short, so that letters keep their size on a screen of 390 pixels. A picture is as high as that
takes.
"""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from io import BytesIO
from typing import Any, Self, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from rich.cells import cell_len

from smpsim.messages import harmless
from smpsim.plots.letters import drawn_with_all_letters, in_order

ALL_FOR_PHONES: ContextVar[bool] = ContextVar("for phones", default=False)
GREY = "#999999"
DPI, PHONE_DPI = 120, 200
PHONE = 3.9  # inches, of 100 pixels each
GUTTER = 0.05  # between panels, as a share of their width
PANEL = 2.7  # inches that a panel is high on a phone, with its axis
AROUND_ROWS = 0.9  # inches of a panel of rows that are not rows
ROW, LINE = 0.34, 0.15  # inches of a row without its name, and of a line of letters
ABOVE = 0.33  # of a row, where the name of the row begins: above its bar
LETTERS_OF_A_ROW = 60
SHORT = 9  # letters of names that stand beside their rows on a phone too
MANY_ROWS = 12  # so many that their axis is needed above them too
LETTERS_OF_AN_AXIS = {"x": 48, "y": 34}
LETTERS_OF_A_TITLE = 36


class Picture(Figure):
    """A matplotlib figure that notebooks show without ``%matplotlib inline``.

    Parameters
    ----------
    width, height : float
        In inches.
    phone : bool
        For a phone.
    """

    def __init__(self, width: float, height: float, *, phone: bool = False) -> None:
        dpi = PHONE_DPI if phone else DPI
        super().__init__(figsize=(width, height), dpi=dpi, layout="constrained")
        FigureCanvasAgg(self)
        self.phone = phone
        self.heights: dict[Axes, float] = {}
        """Of panels on a phone, in inches."""
        self.more = 0.0
        """Inches that titles, legends and small print take on a phone."""

    def _repr_png_(self) -> bytes:
        return png(self)


@contextmanager
def for_phones(wanted: bool = True) -> Iterator[None]:
    """Let all pictures that are drawn meanwhile be for phones."""
    token = ALL_FOR_PHONES.set(wanted)
    try:
        yield
    finally:
        ALL_FOR_PHONES.reset(token)


class Plots:
    """What all classes of pictures have in common: each picture in two forms.

    ``found.plot.NAME()`` is as wide as a page, ``found.plot.phone.NAME()`` as a phone shows it.
    """

    _asked = False

    @property
    def phone(self) -> Self:
        """The same pictures for a phone: 390 pixels wide, one panel below the other."""
        other = copy.copy(self)
        other._asked = True
        return other

    @property
    def _phone(self) -> bool:
        return self._asked or ALL_FOR_PHONES.get()

    def _panels(
        self, rows: int, columns: int, width: float, height: float, **options: Any
    ) -> tuple[Picture, list[Axes]]:
        return panels(rows, columns, width, height, phone=self._phone, **options)

    def _one_panel(
        self, width: float, height: float, ax: Axes | None = None
    ) -> tuple[Figure, Axes]:
        return one_panel(width, height, ax, phone=self._phone)


def png(figure: Figure) -> bytes:
    """Return a figure as the content of a PNG file."""
    content = BytesIO()
    with drawn_with_all_letters(figure):
        figure.savefig(content, format="png")
    return content.getvalue()


def panels(
    rows: int,
    columns: int,
    width: float,
    height: float,
    *,
    phone: bool = False,
    down: bool = False,
    **options: Any,
) -> tuple[Picture, list[Axes]]:
    """Return a figure and its panels, row by row.

    Parameters
    ----------
    rows, columns : int
    width, height : float
        In inches; a phone has its own.
    phone : bool
        One panel below the other.
    down : bool
        Panels of a column belong together: on a phone they follow each other.
    **options
        As of ``Figure.subplots``.
    """
    if not phone:
        figure = Picture(width, height)
        axes = list(figure.subplots(rows, columns, squeeze=False, **options).ravel())
        if columns > 1:
            # else the last number of an axis touches the first of the next
            figure.get_layout_engine().set(wspace=GUTTER)  # type: ignore[union-attr, call-arg]
    else:
        count = rows * columns
        figure = Picture(PHONE, PANEL * count, phone=True)
        options.pop("height_ratios", None)
        # each has an axis of its own, as others may be out of sight
        shared = {key: value for key, value in options.items() if key != "sharex"}
        axes = list(figure.subplots(count, 1, squeeze=False, **shared).ravel())
        figure.heights = dict.fromkeys(axes, PANEL)
        if down:
            axes = [axes[row + rows * column] for row in range(rows) for column in range(columns)]
    for panel in axes:
        _dress(panel)
    return figure, axes


def one_panel(
    width: float, height: float, ax: Axes | None = None, *, phone: bool = False
) -> tuple[Figure, Axes]:
    """Return a figure and its only panel; with `ax`, that panel and the figure that it is in."""
    if ax is None:
        figure, (panel,) = panels(1, 1, width, height, phone=phone)
        return figure, panel
    _dress(ax)
    return cast("Figure", ax.get_figure()), ax


def _dress(panel: Axes) -> None:
    panel.spines[["top", "right"]].set_visible(False)
    panel.spines[["left", "bottom"]].set_color(GREY)
    panel.grid(True, color="#E5E5E5", linewidth=0.7)
    panel.set_axisbelow(True)
    panel.tick_params(labelsize=9, color=GREY)


def plain(text: str) -> str:
    """Return a name so that matplotlib shows it letter by letter, with no formulas in it."""
    text = in_order(harmless(text)).replace("$", r"\$")
    # a label that starts with an underscore would be missing in the legend
    return f" {text}" if text.startswith("_") else text


def wrapped(text: str, width: int) -> list[str]:
    """Return the lines of a text; a Chinese or Japanese letter is as wide as two others."""
    return textwrap.wrap(text, max(1, width * len(text) // max(cell_len(text), 1)))


def on_phone(panel: Axes) -> Picture | None:
    """Return the figure of a panel if it is for a phone."""
    figure = panel.get_figure()
    return figure if isinstance(figure, Picture) and figure.phone else None


def name_rows(
    panels: Axes | Sequence[Axes],
    names: Sequence[str],
    places: Sequence[float] | np.ndarray | None = None,
    *,
    numbers: Sequence[str] = (),
    size: float = 9,
    letters: int = LETTERS_OF_A_ROW,
    high: float = ROW,
    above: float = ABOVE,
) -> None:
    """Name the rows of panels: at the left of the first one, on a phone above each row of all.

    Parameters
    ----------
    panels : Axes or sequence of Axes
        That share their rows.
    names : sequence of str
        With line breaks where there is room beside the panel.
    places : sequence of float, optional
        Of the rows; 0, 1, 2 and so on when left out.
    numbers : sequence of str
        What stands at the right of each row.
    size : float
        Of the letters.
    letters : int
        In a line on a phone.
    high : float
        Inches that a row takes on a phone without its name.
    above : float
        Share of a row above its middle where its name begins on a phone.
    """
    every = [panels] if isinstance(panels, Axes) else list(panels)
    where = list(range(len(names))) if places is None else list(places)
    figure = on_phone(every[0])
    if figure is None:
        every[0].set_yticks(where, list(names), fontsize=size)
        for place, text in zip(where, numbers, strict=False):
            at = every[0].get_yaxis_transform()
            every[0].annotate(text, (1.01, place), xycoords=at, va="center", fontsize=8)
        return
    if not numbers and all(cell_len(name) <= SHORT for name in names):
        # such as letters of designs, which take no room
        for panel in every:
            panel.set_yticks(where, list(names), fontsize=8)
            figure.heights[panel] = AROUND_ROWS + len(names) * (high - LINE / 2)
        return
    for panel in every:
        panel.set_yticks([])
        texts = []
        for number, name in enumerate(names):
            text = " ".join(name.split())
            beside = numbers[number] if numbers and panel is every[0] else ""
            texts.append(wrapped(f"{text}:  {beside}" if beside else text, letters))
        row = high + LINE * max(map(len, texts), default=1)
        for lines, place in zip(texts, where, strict=True):
            panel.annotate(
                "\n".join(lines),
                (0, place),
                (2, 72 * above * row),
                xycoords=panel.get_yaxis_transform(),
                textcoords="offset points",
                va="bottom",
                fontsize=8,
                linespacing=1.05,
                zorder=6,
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8},
            )
        span = max(where, default=0) - min(where, default=0) + 1
        figure.heights[panel] = AROUND_ROWS + span * row
        if span > MANY_ROWS:
            panel.tick_params(axis="x", top=True, labeltop=True)


def finish(figure: Figure) -> None:
    """Make a picture for a phone as high as its panels and texts are, and break long lines."""
    if not isinstance(figure, Picture) or not figure.phone:
        return
    shown = {panel: high for panel, high in figure.heights.items() if panel.get_visible()}
    for panel in list(figure.heights):
        if panel not in shown:
            panel.remove()
    for panel in figure.axes:
        key = panel.get_legend()
        if key is not None and panel.xaxis.get_tick_params().get("labeltop"):
            # clear of the axis above the rows
            key.set_bbox_to_anchor((0, 1 + 0.35 / figure.heights[panel]), panel.transAxes)
        for which, most in LETTERS_OF_AN_AXIS.items():
            axis = getattr(panel, f"{which}axis")
            axis.set_label_text("\n".join(wrapped(axis.get_label_text(), most)))
        for side in ("left", "center"):
            title = panel.get_title(loc=side)
            if title:
                lines = "\n".join(wrapped(title, LETTERS_OF_A_TITLE))
                panel.set_title(lines, loc=side, fontsize=10)
    figure.set_figheight(sum(shown.values()) + figure.more)
    grid = next(iter(shown)).get_gridspec()
    if grid is not None:
        # of panels that are out of sight nothing is left but their place
        grid.set_height_ratios([shown.get(panel, 0.001) for panel in figure.heights])
