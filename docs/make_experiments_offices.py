"""Run the experiments on offices and levers, and draw their pictures into ``docs/images``.

Run it from any folder after a change of a rule or of ``scenarios/experiments``::

    python docs/make_experiments_offices.py
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import experiment_runs
import numpy as np
from experiment_runs import series, write

from smpsim.ensemble import COUNTS, Runs
from smpsim.plots.style import BLUE, GREY, VERMILION, fan, foot, head, legend, panels
from smpsim.vocabulary import ITEMS, SHARED_ITEMS

RUNS = 100
SMALL_PRINT = f"Median and bands of 50 and 90 % of {RUNS} runs of a made-up corridor."
ITEM_MARGIN = ITEMS.index("employer_margin")
PILOT = "programmes.nurses"


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


def visa_queue() -> None:
    """Draw the collapse of a queue and its recovery."""
    fallen, calm = runs_of("visa_queue"), runs_of("visa_queue", {"timeline": []})
    figure, axes = panels(3, 1, 7.5, 7.5, sharex=True)
    lines = (
        ("visa_backlog", "applications", "backlog of the visa office"),
        ("employers_engaged", "employers", "employers who take part"),
        ("placed", "people a year", "placed in the last twelve months"),
    )
    for panel, (name, unit, label) in zip(axes, lines, strict=True):
        for runs, colour, which in ((calm, GREY, "without"), (fallen, BLUE, "with the collapse")):
            values = series(runs, name)
            values = yearly(values) if name == "placed" else values
            years = np.arange(1, values.shape[1] + 1) / 12
            fan(panel, years, values, colour, f"{label}, {which}")
        panel.axvspan(5, 7, color=VERMILION, alpha=0.08, linewidth=0)
        panel.set_ylabel(unit, fontsize=9)
        panel.set_ylim(bottom=0)
        legend(panel)
    axes[-1].set_xlabel("years since the start", fontsize=9)
    head(figure, "A queue is cleared in a year; employers come back over five", "Queue collapse")
    foot(
        figure,
        "Shaded: the office decides a third of what is lodged; later twice as much.",
        SMALL_PRINT,
    )
    write(figure, "experiment_visa_queue.png")


def brain_drain() -> None:
    """Draw an outflow and the origin's answer."""
    brake, free = (
        runs_of("brain_drain"),
        runs_of("brain_drain", {"governments.origin.brake.stock": None}),
    )
    figure, axes = panels(2, 1, 7.5, 5.5, sharex=True)
    for panel, name, unit in zip(
        axes, ("migrated", "domestic"), ("left in a year", "kept at home in a year"), strict=True
    ):
        for runs, colour, which in ((free, GREY, "no answer"), (brake, BLUE, "the origin answers")):
            values = yearly(series(runs, name))
            fan(panel, np.arange(1, values.shape[1] + 1) / 12, values, colour, which)
        panel.set_ylabel(unit, fontsize=9)
        panel.set_ylim(bottom=0)
        legend(panel)
    axes[0].axhline(60, color=VERMILION, linewidth=1, linestyle="--")
    axes[-1].set_xlabel("years since the start", fontsize=9)
    head(figure, "A growing outflow meets a response at the origin", "Brain-drain brake")
    foot(
        figure,
        "Dashed: the outflow that the origin tolerates, a fiftieth of the stock a year.",
        SMALL_PRINT,
    )
    write(figure, "experiment_brain_drain.png")


def share(runs: Runs, part: str, whole: str) -> float:
    """Return a share of all runs together."""
    return float(count(runs, part).sum() / max(count(runs, whole).sum(), 1.0))


def cost(runs: Runs) -> float:
    """Return the cost of the shared items for each who was placed."""
    shared = [ITEMS.index(item) for item in SHARED_ITEMS]
    return float(runs.totals[:, 0, 0, shared].sum() / max(count(runs, "placed").sum(), 1.0))


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
        "margin_per_placed",
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


def measured(runs: Runs) -> dict[str, float]:
    """Return what levers gain and cost, all runs together."""
    months = np.arange(runs.waits.shape[-1])
    waits = runs.waits.sum(axis=(0, 1))
    return {
        "retained_24": share(runs, "retained_24", "seen_24"),
        "applicants": float(count(runs, "applicants").mean()),
        "graduate_rate": share(runs, "graduated", "enrolled"),
        "cost_per_placement": cost(runs),
        "placed_of_graduates": share(runs, "placed", "graduated"),
        "enrolled": float(count(runs, "enrolled").mean()),
        "margin_per_placed": float(
            runs.totals[:, 0, 0, ITEM_MARGIN].sum() / max(count(runs, "placed").sum(), 1.0)
        ),
        "months_to_placement": float((waits * months).sum() / max(waits.sum(), 1)),
        "placed": float(count(runs, "placed").mean()),
    }


WORDS = {
    "retained_24": "kept two years, share",
    "applicants": "applicants",
    "graduate_rate": "graduates of the enrolled, share",
    "cost_per_placement": "cost a placement, EUR",
    "placed_of_graduates": "placed of the graduates, share",
    "enrolled": "enrolled",
    "margin_per_placed": "employers' margin for each placed, EUR",
    "months_to_placement": "months to placement",
    "placed": "placed",
}


def trade_offs() -> None:
    """Draw what each lever gains against what it costs."""
    figure, axes = panels(2, 3, 10, 6.5)
    for panel, (name, designs, gain, price) in zip(axes, LEVERS, strict=False):
        points = [measured(runs_of("trade_offs", changes)) for changes in designs.values()]
        x, y = [p[price] for p in points], [p[gain] for p in points]
        panel.plot(x, y, "o-", color=BLUE, linewidth=1.2, markersize=5)
        for text, px, py in zip(designs, x, y, strict=True):
            panel.annotate(text, (px, py), (4, 4), textcoords="offset points", fontsize=8)
        panel.set_title(name, fontsize=10, loc="left")
        panel.set_xlabel(WORDS[price], fontsize=9)
        panel.set_ylabel(WORDS[gain], fontsize=9)
        panel.margins(0.18)
    axes[-1].set_visible(False)
    head(figure, "Every lever has a price somewhere", "Trade-offs")
    foot(figure, f"Means of {RUNS} runs of a made-up programme; numbers beside points: the lever.")
    write(figure, "experiment_trade_offs.png")


def main() -> None:
    """Draw all pictures."""
    visa_queue()
    brain_drain()
    trade_offs()


if __name__ == "__main__":
    main()
