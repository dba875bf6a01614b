"""Run the experiments on offices and levers, and draw their pictures into ``docs/images``.

Run it from any folder after a change of a rule or of ``scenarios/experiments``::

    python docs/make_experiments_offices.py
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import experiment_runs
import numpy as np
from experiment_runs import series, write
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator, PercentFormatter

from smpsim.ensemble import COUNTS, Runs
from smpsim.plots import style
from smpsim.plots.style import BLUE, GREY, VERMILION
from smpsim.vocabulary import ITEMS, SHARED_ITEMS

RUNS = 100
MADE_UP = "The corridor is made up."
RESAMPLES = 400
OUTER_BAND = (5, 95)
GAP = 0.14  # between labels, as a share of the height
ITEM_MARGIN = ITEMS.index("employer_margin")
AT_WORK = ("adapting", "employed")
PILOT = "programmes.nurses"
TOLERATED = 60  # people a year, a fiftieth of the stock in the scenario


def runs_of(name: str, changes: Mapping[str, Any] | None = None) -> Runs:
    """Return the runs of an experiment with values changed by key path."""
    return experiment_runs.runs_of(f"experiments/{name}", RUNS, changes)


def count(runs: Runs, name: str) -> np.ndarray:
    """Return a count at the horizon, shape (runs,)."""
    return runs.counts[:, 0, COUNTS.index(name)].astype(float)


def yearly(total: np.ndarray) -> np.ndarray:
    """Return what was added to a running total in the twelve months before each month."""
    before = np.concatenate([np.zeros((len(total), 12)), total[:, :-12]], axis=1)
    return total - before


def over_years(
    panel: Axes, lines: Sequence[tuple[np.ndarray, str, str]], what: str, unit: str
) -> None:
    """Draw series of months over years, each named where it ends."""
    ends = []
    years = np.arange(1, lines[0][0].shape[1] + 1) / 12
    for values, colour, label in lines:
        style.fan(panel, years, values, colour, label, inner=False)
        ends.append((float(np.median(values, axis=0)[-1]), label, colour))
    panel.set_xlim(0, years[-1])
    style.from_zero(panel)
    style.amounts(panel.yaxis, unit)
    panel.set_title(what, loc="left", fontsize=10)
    style.label_ends(panel, ends, GAP)


def visa_queue() -> None:
    """Draw the collapse of a queue and its recovery."""
    fallen, calm = runs_of("visa_queue"), runs_of("visa_queue", {"timeline": []})
    figure, axes = style.panels(3, 1, 8.5, 8.2, sharex=True)
    lines = (
        ("visa_backlog", "applications", "Waiting for the visa office"),
        ("employers_engaged", "employers", "Employers who take part"),
        ("placed", "people a year", "Placed in the last twelve months"),
    )
    for panel, (name, unit, what) in zip(axes, lines, strict=True):
        found = [series(runs, name) for runs in (calm, fallen)]
        both = [yearly(one) for one in found] if name == "placed" else found
        looks = ((GREY, "no collapse"), (BLUE, "collapse"))
        over_years(
            panel,
            [(values, *look) for values, look in zip(both, looks, strict=True)],
            what,
            unit,
        )
        panel.axvspan(5, 7, color=VERMILION, alpha=0.08, linewidth=0)
    axes[0].annotate(
        "few decisions",
        (6, 1),
        (0, -4),
        xycoords=axes[0].get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        va="top",
        fontsize=8,
        color=style.ink(VERMILION),
    )
    axes[-1].set_xlabel("years since the start", fontsize=9)
    style.head(
        figure, "A queue is cleared in a year; employers come back over five", "Queue collapse"
    )
    style.foot(
        figure,
        "Shaded: the office decides a third of what is lodged; later twice as much.",
        f"{style.counted(RUNS, 'run')}, seed 1. {style.bands_in_words(RUNS, inner=False)}",
        MADE_UP,
    )
    write(figure, "experiment_visa_queue.png")


def brain_drain() -> None:
    """Draw an outflow and the origin's answer."""
    brake, free = (
        runs_of("brain_drain"),
        runs_of("brain_drain", {"governments.origin.brake.stock": None}),
    )
    figure, axes = style.panels(2, 1, 8.5, 5.8, sharex=True)
    for panel, name, what in zip(
        axes,
        ("migrated", "domestic"),
        ("Left in the last twelve months", "Kept at home in the last twelve months"),
        strict=True,
    ):
        lines = [
            (yearly(series(runs, name)), colour, label)
            for runs, colour, label in (
                (free, GREY, "unanswered"),
                (brake, BLUE, "answered"),
            )
        ]
        over_years(panel, lines, what, "people a year")
    axes[0].axhline(TOLERATED, color=VERMILION, linewidth=1, linestyle="--")
    axes[0].annotate(
        f"tolerated: {TOLERATED} a year",
        (0, TOLERATED),
        (4, 3),
        textcoords="offset points",
        fontsize=8,
        color=style.ink(VERMILION),
    )
    axes[-1].set_xlabel("years since the start", fontsize=9)
    style.head(figure, "A growing outflow meets a response at the origin", "Brain-drain brake")
    style.foot(
        figure,
        "Dashed: the outflow that the origin tolerates, a fiftieth of those in the occupation.",
        f"{style.counted(RUNS, 'run')}, seed 1. {style.bands_in_words(RUNS, inner=False)}",
        MADE_UP,
    )
    write(figure, "experiment_brain_drain.png")


Lever = tuple[str, dict[str, dict[str, Any]], str, str]
"""Name, changes by what stands beside the point, what it gains, what it costs."""


def one_key(key: str, *values: Any) -> dict[str, dict[str, Any]]:
    """Return the changes of a lever that is one key, by its value."""
    return {str(value).replace("_", " "): {f"{PILOT}.{key}": value} for value in values}


LEVERS: tuple[Lever, ...] = (
    (
        "Retention clause, months",
        one_key("contract.retention_clause_months", 0, 12, 24, 60),
        "retained_24",
        "applicants",
    ),
    (
        "Stipend, EUR a month",
        one_key("costs.stipend", 0, 100, 200, 400),
        "graduate_rate",
        "cost_per_placement",
    ),
    ("Demand", one_key("demand", "pool", "committed"), "placed_of_graduates", "enrolled"),
    (
        "Recognition",
        one_key("recognition", "after_arrival", "before_departure"),
        "margin_per_month",
        "months_to_placement",
    ),
    (
        "Seats for as many applicants",
        {
            str(seats): {
                f"{PILOT}.intakes.seats": seats,
                f"{PILOT}.intakes.applicants_per_seat": 240 / seats,
            }
            for seats in (60, 40, 20, 10)
        },
        "graduate_rate",
        "placed",
    ),
)


def measured(runs: Runs, chosen: np.ndarray) -> dict[str, float]:
    """Return what levers gain and cost, the chosen runs together."""

    def total(name: str) -> float:
        return float(count(runs, name)[chosen].sum())

    shared = [ITEMS.index(item) for item in SHARED_ITEMS]
    paid = runs.totals[chosen, 0, 0]
    waits = runs.waits[chosen].sum(axis=(0, 1))
    placed = max(total("placed"), 1.0)
    at_work = float(sum(series(runs, name)[chosen].sum() for name in AT_WORK))
    return {
        "retained_24": total("retained_24") / max(total("seen_24"), 1.0),
        "applicants": total("applicants") / len(chosen),
        "graduate_rate": total("graduated") / max(total("enrolled"), 1.0),
        "cost_per_placement": float(paid[:, shared].sum()) / placed,
        "placed_of_graduates": total("placed") / max(total("graduated"), 1.0),
        "enrolled": total("enrolled") / len(chosen),
        # for each month, as those who arrive later are seen for fewer of them
        "margin_per_month": float(paid[:, ITEM_MARGIN].sum()) / max(at_work, 1.0),
        "months_to_placement": float((waits * np.arange(len(waits))).sum() / max(waits.sum(), 1)),
        "placed": total("placed") / len(chosen),
    }


def with_interval(runs: Runs) -> dict[str, tuple[float, float, float]]:
    """Return what levers gain and cost, with the 90 % interval over resampled runs."""
    luck = np.random.default_rng(1)
    every = np.arange(RUNS)
    middle = measured(runs, every)
    again = [measured(runs, luck.choice(every, RUNS)) for _ in range(RESAMPLES)]
    return {
        name: (value, *np.percentile([one[name] for one in again], OUTER_BAND))
        for name, value in middle.items()
    }


WORDS = {
    "retained_24": ("kept two years", "share"),
    "applicants": ("applicants", "people"),
    "graduate_rate": ("share of trainees who graduate", "share"),
    "cost_per_placement": ("cost per placement", "EUR"),
    "placed_of_graduates": ("share of graduates placed", "share"),
    "enrolled": ("enrolled", "people"),
    "margin_per_month": ("employers' margin per month of work", "EUR"),
    "months_to_placement": ("time to placement", "months"),
    "placed": ("placed", "people"),
}
LESS_IS_BETTER = ("cost_per_placement", "months_to_placement")


def name_axis(axis: Axis, name: str) -> None:
    """Say what an axis shows and in which unit."""
    what, unit = WORDS[name]
    if unit == "share":
        axis.set_major_locator(MaxNLocator(nbins=5))
        axis.set_major_formatter(PercentFormatter(1.0, decimals=1))
        axis.set_label_text(what, fontsize=9)
        return
    style.amounts(axis, unit, what)


def trade_offs() -> None:
    """Draw what each lever gains against what it costs."""
    figure, axes = style.panels(2, 3, 11, 7.0)
    for panel, (name, designs, gain, price) in zip(axes, LEVERS, strict=False):
        points = [with_interval(runs_of("trade_offs", changes)) for changes in designs.values()]
        x, y = (np.array([point[which] for point in points]) for which in (price, gain))
        panel.plot(x[:, 0], y[:, 0], color=BLUE, linewidth=0.9, alpha=0.6)
        panel.hlines(y[:, 0], x[:, 1], x[:, 2], color=BLUE, linewidth=1.6, alpha=0.6)
        panel.vlines(x[:, 0], y[:, 1], y[:, 2], color=BLUE, linewidth=1.6, alpha=0.6)
        panel.plot(x[:, 0], y[:, 0], "o", color=BLUE, markersize=5)
        panel.margins(0.2)
        name_axis(panel.xaxis, price)
        name_axis(panel.yaxis, gain)
        if price in LESS_IS_BETTER:
            panel.xaxis.set_inverted(True)
        for text, px, py in zip(designs, x[:, 0], y[:, 0], strict=True):
            panel.annotate(text, (px, py), (5, 5), textcoords="offset points", fontsize=8)
        panel.set_title(textwrap.fill(name, 34), fontsize=10, loc="left")
    axes[-1].set_visible(False)
    style.head(figure, "Every lever has a price somewhere", "Trade-offs")
    style.foot(
        figure,
        "Axes run so that better is up and to the right. Words and figures beside points: the "
        f"lever, all else as in the scenario. Points: {style.counted(RUNS, 'run')} each, seed 1, "
        "all together; lines: 90 % intervals of that mean over resampled runs.",
        "The programme is made up.",
    )
    write(figure, "experiment_trade_offs.png")


def main() -> None:
    """Draw all pictures."""
    visa_queue()
    brain_drain()
    trade_offs()


if __name__ == "__main__":
    main()
