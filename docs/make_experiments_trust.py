"""Draw the experiments on trust: docs/images/experiment_trust_trap.png and experiment_take_off.png.

Run: python docs/make_experiments_trust.py
"""

from __future__ import annotations

import numpy as np
from experiment_runs import runs_of, series, write

from smpsim.plots.style import (
    BLUE,
    CYCLE,
    VERMILION,
    foot,
    from_zero,
    head,
    label_ends,
    one_panel,
)

RUNS = 60
LANE = "governments.destination.visa.lanes.standard.months"
UNSURE = ("origin_uncertainty", "programme_uncertainty", "school_uncertainty")
DESIGNS = {
    "all there": {},
    "visa of two years": {LANE: 24},
    "no evidence": {f"behaviour.trust.{name}": 0.0 for name in UNSURE},
    "poor teaching": {"institutions.schools.quality": 0.35},
}


def column(name: str, which: str, changes: dict[str, object]) -> np.ndarray:
    """Return a column of the trajectory of each run, shape (runs, months)."""
    return series(runs_of(f"experiments/{name}", RUNS, changes), which)


def trap() -> None:
    """Draw placements of the last year by the first opinion, a dot for each run."""
    figure, panel = one_panel(7.0, 4.6)
    for prior in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        placed = column("trust_trap", "placed", {"employers.firms.trust_prior_mean": prior})
        year = placed[:, -1] - placed[:, -13]
        panel.scatter(prior + np.linspace(-0.02, 0.02, RUNS), year, s=8, color=BLUE, alpha=0.5)
        panel.plot([prior - 0.03, prior + 0.03], [year.mean()] * 2, color=VERMILION, linewidth=2.5)
    panel.set_xlabel("trust at first, mean of all firms (0 to 1)", fontsize=9)
    panel.set_ylabel("placed in the eleventh year (people)", fontsize=9)
    head(figure, "Who begins with little trust may never place anybody", "Trust trap")
    foot(figure, f"A dot: one of {RUNS} runs for each first opinion; line: their mean.")
    write(figure, "experiment_trust_trap.png")


def take_off() -> None:
    """Draw the firms that take part, with all there and with one thing missing."""
    figure, panel = one_panel(7.5, 4.6)
    ends = []
    for (label, overrides), colour in zip(DESIGNS.items(), CYCLE, strict=False):
        engaged = column("take_off", "employers_engaged", overrides).mean(axis=0)
        years = np.arange(len(engaged)) / 12
        panel.plot(years, engaged, color=colour, linewidth=1.8)
        panel.set_xlim(0, years[-1])
        ends.append((float(engaged[-1]), label, colour))
    from_zero(panel)
    label_ends(panel, ends, 0.05)
    panel.set_xlabel("years since the start", fontsize=9)
    panel.set_ylabel("firms that take part, of 150", fontsize=9)
    head(figure, "With one thing missing, a programme does not take off", "Take-off")
    foot(figure, f"Lines: means of {RUNS} runs of a made-up corridor.")
    write(figure, "experiment_take_off.png")


if __name__ == "__main__":
    trap()
    take_off()
