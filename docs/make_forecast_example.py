"""Make the reports of scenarios/examples/monitored_programme.csv: synthetic, from a known truth.

    python docs/make_forecast_example.py

One run of the scenario in one plausible world; each quarter of the first eighteen months is
reported with an error of 5 %. What the run came to in the end is printed, and stands in
docs/forecast.md.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from smpsim.scenario import load
from smpsim.scenario.parameters import LIKELY, parameters
from smpsim.studies.forecast.particles import designs, run, work

SEED, ERROR = 2026, 0.05
WORLD = 0
"""One that starts slowly and ends near the plan, so that the forecast has something to say."""
MONTHS = (2, 5, 8, 11, 14, 17)
REPORTED = ("enrolled", "graduated", "placed", "employers_engaged", "cost_cumulative")
FILE = Path(__file__).parents[1] / "scenarios" / "examples" / "monitored_programme.csv"
HEAD = """\
# Synthetic reports of monitored_programme.yaml: one simulated run with errors of reporting of 5 %,
# made by docs/make_forecast_example.py. month: counted from 0, at its end; error: its standard
# deviation.
month,outcome,value,error
"""


def made() -> tuple[str, dict[str, float]]:
    """Return the text of the file, and what the run came to."""
    design = load("monitored_programme")
    # a world that the forecast, which has the scenario's own seed, is not in
    table = designs(design, {}, WORLD + 1, SEED).iloc[[WORLD]]
    values = run(work(design, table, 1, REPORTED, SEED, parameters(LIKELY)), design)[0][0, 0]
    luck = np.random.default_rng(SEED)
    rows = []
    for month in MONTHS:
        for place, name in enumerate(REPORTED):
            truth = values[month, place]
            seen = max(0.0, truth * (1 + ERROR * luck.standard_normal()))
            value = round(seen, -3) if name == "cost_cumulative" else round(seen)
            rows.append(f"{month},{name},{value:.0f},{ERROR * value:.10g}")
    truth = dict(zip(REPORTED, map(float, values[-1].round()), strict=True))
    return HEAD + "\n".join(rows) + "\n", truth


if __name__ == "__main__":
    text, truth = made()
    FILE.write_text(text, encoding="utf-8")
    print(truth)
