"""What holds for every picture in the form for phones: checked on the layout, without drawing."""

import inspect
import itertools

from smpsim.plots.forms import PHONE

SMALLEST = 6.5
"""Points of the smallest letters, those in dots and cells; 100 pixels are an inch."""
SLACK = 2.0  # pixels


def check_phone(plots, **arguments):
    """Draw all pictures that need no arguments, or those given, and check each.

    Parameters
    ----------
    plots : Plots
    **arguments
        Arguments of pictures by their name.
    """
    kinds = [name for name in dir(type(plots)) if not name.startswith("_") and name != "phone"]
    drawn = 0
    for name in kinds:
        draw = getattr(plots.phone, name)
        needed = [
            one for one in inspect.signature(draw).parameters.values() if one.default is one.empty
        ]
        if name not in arguments and needed:
            continue
        _check(draw(**arguments.get(name, {})), name)
        drawn += 1
    assert drawn


def _check(figure, name):
    assert figure.get_figwidth() == PHONE, name
    figure.draw_without_rendering()
    paper = figure.bbox
    words = [one for one in _words(figure) if one and one.get_text().strip() and one.get_visible()]
    boxes = {one: one.get_window_extent() for one in words if one is not None}
    for one, box in boxes.items():
        assert one.get_fontsize() >= SMALLEST, (name, one.get_text())
        beyond = max(-box.x0, -box.y0, box.x1 - paper.x1, box.y1 - paper.y1)
        assert beyond <= SLACK, (name, one.get_text())
    # titles, labels and small print do not touch
    frames = [figure._suptitle, figure._supxlabel]
    for panel in figure.axes:
        frames += [panel.xaxis.label, panel.yaxis.label, panel.title, panel._left_title]
    apart = [boxes[one] for one in frames if one in boxes]
    for one, other in itertools.combinations(apart, 2):
        width = min(one.x1, other.x1) - max(one.x0, other.x0)
        height = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert min(width, height) <= SLACK, (name, one, other)


def _words(figure):
    """Yield all texts of a picture, but for ticks beyond the limits of their axis."""
    yield from (figure._suptitle, figure._supxlabel, *figure.texts)
    for panel in figure.axes:
        yield from panel.texts
        if panel.get_legend():
            yield from panel.get_legend().get_texts()
        if not panel.axison:
            continue
        yield from (panel.title, panel._left_title, panel.xaxis.label, panel.yaxis.label)
        for axis in (panel.xaxis, panel.yaxis):
            low, high = sorted(axis.get_view_interval())
            places = axis.get_majorticklocs()
            for place, tick in zip(places, axis.get_major_ticks(len(places)), strict=True):
                if low <= place <= high:
                    yield from (tick.label1, tick.label2)
