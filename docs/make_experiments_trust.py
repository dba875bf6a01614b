"""Draw the experiments on trust: docs/images/experiment_trust_trap.png and experiment_take_off.png.

Run: python docs/make_experiments_trust.py
"""

from __future__ import annotations

import numpy as np
from experiment_runs import runs_of, series, write

from smpsim.plots.style import one_panel

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
    figure, panel = one_panel(7.0, 4.0)
    for prior in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7):
        placed = column("trust_trap", "placed", {"employers.firms.trust_prior_mean": prior})
        year = placed[:, -1] - placed[:, -13]
        panel.scatter(prior + np.linspace(-0.02, 0.02, RUNS), year, s=8, color="C0", alpha=0.6)
        panel.plot([prior - 0.03, prior + 0.03], [year.mean()] * 2, color="C1", linewidth=2)
    panel.set_xlabel("trust at first, mean of all firms")
    panel.set_ylabel("placements in the eleventh year")
    write(figure, "experiment_trust_trap.png")


def take_off() -> None:
    """Draw the firms that take part, with all there and with one thing missing."""
    figure, panel = one_panel(7.0, 4.0)
    for label, overrides in DESIGNS.items():
        engaged = column("take_off", "employers_engaged", overrides).mean(axis=0)
        panel.plot(np.arange(len(engaged)) / 12, engaged, label=label)
    panel.set_xlabel("years")
    panel.set_ylabel("firms that take part, of 150")
    panel.legend(frameon=False)
    write(figure, "experiment_take_off.png")


if __name__ == "__main__":
    trap()
    take_off()
