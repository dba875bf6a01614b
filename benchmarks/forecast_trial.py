"""How good forecasts are: synthetic programmes with known ends, seen for 18 months.

    python benchmarks/forecast_trial.py --programmes 200 --runs 1500

Each programme is a run of its own, with parameters from their priors and luck that no run of the
forecast has, and reports every quarter with errors of 5 %. Printed are, for placements and cost at
the horizon, how often the 90 % interval holds the truth, and the mean continuous ranked probability
score (less is better) of the forecast, of the model without reports, and of a linear trend through
the reports with its prediction interval.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from smpsim.scenario import load
from smpsim.scenario.loading import Source
from smpsim.scenario.parameters import LIKELY, Parameters
from smpsim.studies.forecast.adjusting import adjusted, targets
from smpsim.studies.forecast.conditioning import condition, weighted_quantiles
from smpsim.studies.forecast.particles import designs, run, work

REPORTED = ("enrolled", "graduated", "placed", "cost_cumulative", "employers_engaged")
SCORED = ("placed", "cost_cumulative")
ERROR = 0.05
LEVEL = 0.9
RANGES = Parameters(LIKELY)
"""Draws from likely ranges; the calibrated draws repeat after a few hundred."""


def crps(values: np.ndarray, weights: np.ndarray, truth: float) -> float:
    """Return the continuous ranked probability score of weighted values.

    E|X - truth| - E|X - X'| / 2 (Gneiting and Raftery 2007, J. Am. Stat. Assoc. 102: 359-378).
    """
    order = np.argsort(values, kind="stable")
    x, w = values[order], weights[order] / weights.sum()
    return float(w @ np.abs(x - truth) - (w * x) @ (2 * np.cumsum(w) - w - 1))


def trend_score(months: Sequence[int], reports: np.ndarray, end: int, truth: float) -> float:
    """Return the score of a straight line through reports, with its normal prediction error."""
    x, y = np.asarray(months, float), reports
    line = stats.linregress(x, y)
    rest = y - line.intercept - line.slope * x
    spread = np.sqrt(rest @ rest / (len(x) - 2))
    away = (end - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum()
    sd = max(float(spread * np.sqrt(1 + 1 / len(x) + away)), 1e-9)
    z = (truth - line.intercept - line.slope * end) / sd
    normal = stats.norm
    return float(sd * (z * (2 * normal.cdf(z) - 1) + 2 * normal.pdf(z) - 1 / np.sqrt(np.pi)))


def trial(
    scenario: Source,
    programmes: int,
    runs: int,
    observed: Sequence[int] = (2, 5, 8, 11, 14, 17),
    seed: int = 1,
    parameters: Parameters = RANGES,
    reported: Sequence[str] = REPORTED,
) -> pd.DataFrame:
    """Return scores of forecasts of synthetic programmes, a row a programme and outcome.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
    programmes, runs : int
        Synthetic programmes, and runs by which each of them is forecast.
    observed : sequence of int
        Months that are reported.
    seed : int
        Of all luck and draws.
    parameters : Parameters
        What is drawn in each run, and for each programme; from the likely ranges when left out.
    reported : sequence of str
        Series that are reported.
    """
    design = load(scenario)
    names = list(dict.fromkeys([*SCORED, *reported]))
    # each programme is a world that no run of the forecast is in
    table = designs(design, {}, runs + programmes, seed)
    values = run(work(design, table, 1, names, seed, parameters), design)[0][:, 0]
    known, truths = values[:runs], values[runs:]
    luck = np.random.default_rng(seed)
    columns = [names.index(name) for name in reported]

    def reports(of: np.ndarray) -> np.ndarray:
        return of[:, observed][:, :, columns].reshape(len(of), -1)

    true_reports = reports(truths)
    error = ERROR * true_reports
    seen = np.maximum(true_reports + error * luck.standard_normal(error.shape), 0.0)
    clean = reports(known)
    noise = luck.standard_normal(clean.shape)
    equal = np.full(runs, 1.0 / runs)
    tails = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
    rows = []
    for number, mine in enumerate(seen):
        simulated = np.maximum(clean + noise * ERROR * mine, 0.0)
        found = condition(simulated, mine, targets(known[:, None], observed[-1]))
        after = adjusted(found, known[:, None], names)[:, 0, -1]
        for name in (one for one in SCORED if one in reported):
            place = names.index(name)
            truth = float(truths[number, -1, place])
            low, high = weighted_quantiles(after[:, place], found.weights, tails)
            wide = np.quantile(known[:, -1, place], tails)
            each = [n for n, _ in enumerate(observed)]
            line = [mine[n * len(reported) + list(reported).index(name)] for n in each]
            rows.append(
                {
                    "programme": number,
                    "outcome": name,
                    "covered": bool(low <= truth <= high),
                    "width": high - low,
                    "width_before": wide[1] - wide[0],
                    "covered_before": bool(wide[0] <= truth <= wide[1]),
                    "crps": crps(after[:, place], found.weights, truth),
                    "crps_before": crps(known[:, -1, place], equal, truth),
                    "crps_trend": trend_score(observed, np.array(line), design.months - 1, truth),
                    "runs_used": found.effective,
                }
            )
    return pd.DataFrame(rows)


def main() -> None:
    """Print mean scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", default="monitored_programme")
    parser.add_argument("--programmes", type=int, default=200)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", help="CSV file of the mean scores.")
    given = parser.parse_args()
    found = trial(given.scenario, given.programmes, given.runs, seed=given.seed)
    means = found.drop(columns="programme").groupby("outcome").mean()
    print(f"{given.programmes} programmes, {given.runs} runs each")
    print(means.T.to_string(float_format=lambda value: f"{value:,.3f}"))
    if given.out:
        means.assign(programmes=given.programmes, runs=given.runs).to_csv(given.out)


if __name__ == "__main__":
    main()
