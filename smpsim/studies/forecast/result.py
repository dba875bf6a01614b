"""What a forecast has found: bands, the plan, early signs, actions, and how far the model fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from smpsim.results.intervals import share_interval
from smpsim.results.series import unit_of_series
from smpsim.results.study_result import StudyResult, Tables, rows_for_json
from smpsim.studies.forecast.about import ABOUT
from smpsim.studies.forecast.adjusting import SPLITS, Halves
from smpsim.studies.forecast.conditioning import Conditioned
from smpsim.studies.forecast.observed import Observation, groups_of, unit_named
from smpsim.studies.forecast.signs import AHEAD, COLUMNS, early_signs

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.forecast.plots import ForecastPlots

PLANNED = {"placed": "placed", "trained": "graduated", "domestic": "domestic"}
"""Series whose last value a plan is of."""
COST = "cost_cumulative"
SHOWN = ("placed", COST)
FITS = 0.99
"""Share of conditioned runs outside of which a report is one that the model does not explain."""


@dataclass(frozen=True)
class Taken:
    """Actions that are taken after the last report, and what the kept runs come to with them.

    Attributes
    ----------
    actions : tuple of str
    changed, fixed : tuple of str
        Key paths that change, and those that no longer can.
    ends : ndarray, shape (kept, groups, series)
        Last values.
    error : ndarray, shape (groups, series)
        Standard error of the mean change, as other runs would give another one.
    """

    actions: tuple[str, ...]
    changed: tuple[str, ...]
    fixed: tuple[str, ...]
    ends: np.ndarray = field(repr=False)
    error: np.ndarray = field(repr=False)

    @property
    def name(self) -> str:
        """What the actions are called together."""
        return " + ".join(self.actions)


@dataclass(frozen=True, repr=False, eq=False)
class Forecast(StudyResult):
    """A running programme's future, given what it has reported.

    Attributes
    ----------
    scenario : Scenario
    observed : tuple of Observation
    series : tuple of str
        Monthly series that are shown: ``placed``, ``cost_cumulative``, what is planned, and what
        was reported.
    before : ndarray, shape (runs, groups, months, series)
        All runs, whatever was reported. Groups are the programmes and, if there are several,
        all together.
    after : ndarray, shape (kept, groups, months, series)
        The runs that agree best with the reports, adjusted.
    halves : Halves
        Of the runs, each taken alone: they tell how far other runs would move what is found.
    reports : ndarray, shape (runs, reports)
        What the runs would have reported, errors included.
    conditioned : Conditioned
    figures : dict of (str, int, int) to ndarray
        Figures of the coming months by series, month and group, adjusted.
    taken : tuple of Taken
    at : tuple of int
        Later months at which values are told.
    level : float
        Of all intervals.
    seed : int
    replications : int
        Runs of each draw.
    provenance : dict
    """

    VERB = "forecast"
    ABOUT = ABOUT
    TABLES = ("values", "plan", "signs", "actions", "agreement", "trajectories")
    READ = ("values", "plan", "signs", "actions", "agreement")
    PICTURES = ("fan", "signs")

    scenario: Scenario = field(repr=False)
    observed: tuple[Observation, ...]
    series: tuple[str, ...]
    before: np.ndarray = field(repr=False)
    after: np.ndarray = field(repr=False)
    halves: Halves = field(repr=False)
    reports: np.ndarray = field(repr=False)
    conditioned: Conditioned = field(repr=False)
    figures: dict[tuple[str, int, int], np.ndarray] = field(repr=False)
    taken: tuple[Taken, ...]
    at: tuple[int, ...]
    level: float = 0.9
    seed: int = 1
    replications: int = 1
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        kept, runs = len(self.conditioned.places), len(self.before)
        return f"Forecast({self.scenario.name!r}, from month {self.now}, {kept} of {runs} runs)"

    @property
    def now(self) -> int:
        """The month of the last report."""
        return self.observed[-1].month

    @property
    def runs(self) -> int:
        """Runs of each draw."""
        return self.replications

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenario, by its name."""
        return {self.scenario.name: self.scenario}

    @property
    def groups(self) -> list[str]:
        """The programmes and, if there are several, all together."""
        return groups_of(self.scenario)

    @property
    def ends(self) -> tuple[float, float]:
        """The shares of runs at the ends of intervals."""
        tail = (1.0 - self.level) / 2.0
        return tail, 1.0 - tail

    def date(self, month: int) -> str:
        """Return a month of the run as year and month."""
        return str(pd.Period(self.scenario.start, "M") + month)

    def plans(self) -> Iterator[tuple[int, str, float]]:
        """Yield the place of a group, a series, and what is planned of it."""
        each: list[dict[Any, Any]] = [dict(one.planned) for one in self.scenario.programmes]
        plans = [*each, *[_sum_of(each)] * (len(self.groups) > len(each))]
        for place, plan in enumerate(plans):
            for key, series in PLANNED.items():
                if key in plan:
                    yield place, series, float(plan[key])

    @cached_property
    def _median_errors(self) -> np.ndarray:
        return self.halves.medians_error()

    def _spread(self, group: int, month: int, name: str) -> dict[str, Any]:
        """Return median and range with and without what was reported."""
        column = self.series.index(name)
        shares = (0.5, *self.ends)
        after = self.conditioned.quantiles(self.after[:, group, month, column], shares)
        before = np.quantile(self.before[:, group, month, column], shares)
        return {
            "unit": unit_of_series(name, self.scenario.currency),
            **dict(zip(("median", "run_low", "run_high"), after, strict=True)),
            "median_error": float(self._median_errors[group, month, column]),
            **dict(zip(("before_median", "before_low", "before_high"), before, strict=True)),
            "level": self.level,
            "runs": len(self.conditioned.places),
            "runs_used": round(self.conditioned.effective, 1),
        }

    def values(self) -> pd.DataFrame:
        """Return the likely range of each series at later months and at the end.

        Returns
        -------
        DataFrame
            Index ``programme``, ``outcome``, ``month`` (counted from 0; the value at its end).
            ``median``, ``run_low``, ``run_high``: of the runs given the reports, ``level`` of which
            lie between; ``median_error``: standard error of the median, as other runs would give
            another one; ``before_...``: of all runs, before any report. ``runs``: those kept;
            ``runs_used``: as many of equal weight tell as much.
        """
        return self._table([self.now, *self.at])

    def trajectories(self) -> pd.DataFrame:
        """Return the same for every month from the first to the last."""
        return self._table(range(self.scenario.months))

    def _table(self, months: Any) -> pd.DataFrame:
        rows = [
            {
                "programme": group,
                "outcome": name,
                "month": month,
                "date": self.date(month),
                **self._spread(place, month, name),
            }
            for place, group in enumerate(self.groups)
            for name in self.series
            if np.isfinite(self.before[:, place, :, self.series.index(name)]).all()
            for month in months
        ]
        return pd.DataFrame(rows).set_index(["programme", "outcome", "month"])

    def meets(self, group: int, series: str, planned: float) -> np.ndarray:
        """Return which of the kept runs meet a plan at the end."""
        found: np.ndarray = self.after[:, group, -1, self.series.index(series)] >= planned - 0.5
        return found

    def plan(self) -> pd.DataFrame:
        """Return the probability to meet each plan.

        Returns
        -------
        DataFrame
            Index ``programme``, ``outcome``. ``probability`` with its interval (Clopper and Pearson
            1934) for ``runs_used``: as many independent runs as tell as much, by their weights
            and by how far halves of the runs lie apart (Korn and Graubard 1998); and ``before``,
            without any report.
        """
        rows = []
        for place, series, planned in self.plans():
            share = float(self.conditioned.weights[self.meets(place, series, planned)].sum())
            least = self.halves.runs_of_share(place, self.series.index(series), planned - 0.5)
            runs = min(self.conditioned.effective, least)
            low, high = share_interval(share * runs, runs, self.level)
            column = self.before[:, place, -1, self.series.index(series)]
            rows.append(
                {
                    "programme": self.groups[place],
                    "outcome": series,
                    "planned": planned,
                    "probability": share,
                    "ci_low": low,
                    "ci_high": high,
                    "before": float((column >= planned - 0.5).mean()),
                    "level": self.level,
                    "runs": len(self.conditioned.places),
                    "runs_used": round(runs, 1),
                }
            )
        columns = ["programme", "outcome", "planned", "probability", "ci_low", "ci_high", "before"]
        columns += ["level", "runs", "runs_used"]
        return pd.DataFrame(rows, columns=columns).set_index(["programme", "outcome"])

    def signs(self) -> pd.DataFrame:
        """Return which figure of the coming months tells whether a plan will be met.

        Returns
        -------
        DataFrame
            Index ``programme``, ``outcome`` of the plan; columns as `early_signs` says. Empty
            where nearly all runs meet the plan or miss it, or no figure tells them apart.
        """
        found = []
        for place, series, planned in self.plans():
            figures = {
                (name, month): values
                for (name, month, group), values in self.figures.items()
                if group == place
            }
            table = early_signs(
                figures,
                self.meets(place, series, planned),
                self.conditioned.weights,
                self.scenario.currency,
            )
            found.append(table.assign(programme=self.groups[place], outcome=series))
        empty = pd.DataFrame(columns=["programme", "outcome", *COLUMNS])
        full = [one for one in found if len(one)]
        table = pd.concat(full, ignore_index=True) if full else empty
        return table.set_index(["programme", "outcome"])

    def actions(self) -> pd.DataFrame:
        """Return what actions change from the month after the last report on.

        Returns
        -------
        DataFrame
            Index ``actions``, ``programme``, ``outcome``: means at the end ``without`` and
            ``with`` them under the same chance events, ``difference`` with the interval of its
            mean (``ci_low``, ``ci_high``), which other runs would move, and where ``level`` of
            the single differences lie (``run_low``, ``run_high``); of a plan the probability to
            meet it, without and with.
        """
        plans = {(place, series): plan for place, series, plan in self.plans()}
        weights = self.conditioned.weights
        rows = []
        for one in self.taken:
            for place, group in enumerate(self.groups):
                for name in dict.fromkeys([*SHOWN, *(s for p, s in plans if p == place)]):
                    column = self.series.index(name)
                    without, with_it = self.after[:, place, -1, column], one.ends[:, place, column]
                    change = with_it - without
                    mean = float(weights @ change)
                    error = float(np.sqrt(weights**2 @ (change - mean) ** 2))
                    half = float(stats.norm.ppf(0.5 + self.level / 2)) * error
                    # a few halves tell roughly how much other runs would move it
                    by_halves = float(stats.t.ppf(0.5 + self.level / 2, SPLITS))
                    half = max(half, by_halves * float(one.error[place, column]))
                    low, high = self.conditioned.quantiles(change, self.ends)
                    plan = plans.get((place, name), np.nan)
                    rows.append(
                        {
                            "actions": one.name,
                            "programme": group,
                            "outcome": name,
                            "unit": unit_of_series(name, self.scenario.currency),
                            "without": float(weights @ without),
                            "with": float(weights @ with_it),
                            "difference": mean,
                            "ci_low": mean - half,
                            "ci_high": mean + half,
                            "run_low": low,
                            "run_high": high,
                            "level": self.level,
                            "planned": plan,
                            "probability_without": _chance(weights, without, plan),
                            "probability_with": _chance(weights, with_it, plan),
                            "no_longer_possible": ", ".join(one.fixed),
                        }
                    )
        return pd.DataFrame(rows).set_index(["actions", "programme", "outcome"])

    def agreement(self) -> pd.DataFrame:
        """Return each report beside what the runs would have reported.

        Returns
        -------
        DataFrame
            A row a report: where ``level`` of the runs lie, given all reports (``run_low``,
            ``run_high``) and before any (``before_...``), and whether it is ``explained``: inside
            99 % of the runs given all reports.
        """
        adjusted = self.conditioned.adjusted(self.reports)
        tail = (1.0 - FITS) / 2.0
        shares = (0.5, *self.ends, tail, 1.0 - tail)
        middle, low, high, least, most = self.conditioned.quantiles(adjusted, shares)
        before = np.quantile(self.reports, self.ends, axis=0)
        rows = []
        for place, one in enumerate(self.observed):
            unit = unit_named(one.outcome, self.scenario.currency)
            # people are whole, shares are not
            slack = 0.0 if unit.startswith("share") else 0.5
            rows.append(
                {
                    **one.row,
                    "date": self.date(one.month),
                    "unit": unit,
                    "median": middle[place],
                    "run_low": low[place],
                    "run_high": high[place],
                    "before_low": before[0, place],
                    "before_high": before[1, place],
                    "level": self.level,
                    "explained": bool(least[place] - slack <= one.value <= most[place] + slack),
                }
            )
        return pd.DataFrame(rows)

    @property
    def sentences(self) -> list[str]:
        """What is likely, whether the plan is met, what to watch, and what actions change."""
        from smpsim.studies.forecast.report import sentences

        return sentences(self)

    @property
    def plot(self) -> ForecastPlots:
        """Pictures with arguments."""
        from smpsim.studies.forecast.plots import ForecastPlots

        return ForecastPlots(self)

    @property
    def tables(self) -> Tables:
        """Tables by name; that of actions only if some were asked for."""
        makers = {
            "values": self.values,
            "plan": self.plan,
            "signs": self.signs,
            "agreement": self.agreement,
            "trajectories": self.trajectories,
        }
        return Tables({**makers, **({"actions": self.actions} if self.taken else {})})

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        tables = self.tables
        rows = {name: rows_for_json(tables[name]) for name in self.READ if name in tables}
        return {**self.provenance, **rows, "finding": self.sentences}


def ahead(now: int, months: int) -> list[int]:
    """Return the months at which early signs are looked for, all before the last."""
    return [month for month in (now + step for step in AHEAD) if month < months - 1]


def _chance(weights: np.ndarray, values: np.ndarray, plan: float) -> float:
    return float(weights[values >= plan - 0.5].sum()) if plan == plan else float("nan")


def _sum_of(plans: list[dict[Any, Any]]) -> dict[str, float]:
    """Return what all programmes plan together, of what each of them plans."""
    return {key: sum(one[key] for one in plans) for key in PLANNED if all(key in p for p in plans)}
