"""Which action first: actions alone and in pairs, ranked for a programme under the same luck."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from smpsim.ensemble import run
from smpsim.scenario import Scenario, action_names, changes_of, load, load_action
from smpsim.scenario.actions import ActionSource
from smpsim.studies.pairing import difference_of, outcomes_of

if TYPE_CHECKING:
    from smpsim.plots.ranking_plots import RankingPlots

Source = str | Path | Mapping[str, Any] | Scenario
OUTCOMES = ("placed", "retained_placements", "cost_total", "cost_per_retained_placement")
BY = "retained_placements"
PER = 100_000
JOINED = " + "


@dataclass(frozen=True, repr=False)
class Ranking:
    """Designs with actions beside the design without.

    Attributes
    ----------
    title, currency : str
        Of the scenario.
    actions : dict of str to str
        Titles by name.
    unchanged : tuple of str
        Actions that change nothing in this scenario.
    runs : dict of str to DataFrame
        Outcomes of each design by run: ``""`` is the scenario as it is, an action's name, or two
        names joined by " + ".
    seed : int
    level : float
        Of the confidence intervals.
    """

    title: str
    currency: str
    actions: dict[str, str]
    unchanged: tuple[str, ...]
    runs: dict[str, pd.DataFrame] = field(repr=False)
    seed: int = 1
    level: float = 0.95

    def __repr__(self) -> str:
        return f"Ranking({self.title!r}, {len(self.runs) - 1} designs, {self.replications} runs)"

    @property
    def replications(self) -> int:
        """Runs of each design."""
        return len(self.runs[""])

    @property
    def base(self) -> pd.Series:
        """Means of the scenario as it is."""
        table = self.runs[""]
        found = {name: float(table[name].mean()) for name in OUTCOMES[:3]}
        kept = table[BY].sum()
        found[OUTCOMES[3]] = float(table["cost_total"].sum() / kept) if kept > 0 else float("nan")
        return pd.Series(found)

    def differences(self) -> pd.DataFrame:
        """Return what each design with actions changes, under the same luck.

        Returns
        -------
        DataFrame
            Index ``design``, ranked by the retained placements gained. For each outcome
            ``<outcome>``, ``<outcome>_low`` and ``<outcome>_high``: the paired difference and its
            interval (of costs per placement: of ratios of means); ``p`` and ``p_holm`` of the
            retained placements, the second adjusted for all designs of the table (Holm 1979);
            ``per_cost``, with ends: retained placements gained per 100,000 of additional cost,
            only where the cost rises beyond doubt.
        """
        base = self.runs[""]
        rows = {}
        for design, table in self.runs.items():
            if not design:
                continue
            row: dict[str, float] = {}
            for outcome in OUTCOMES:
                found = difference_of(outcome, base, table, self.level)
                row[outcome] = found["difference"]
                row[f"{outcome}_low"], row[f"{outcome}_high"] = found["low"], found["high"]
            gained, dearer = ((table[name] - base[name]).to_numpy() for name in (BY, "cost_total"))
            row["p"] = _p_value(gained)
            if row["cost_total_low"] > 0:
                row |= _per_cost(gained, dearer, self.level)
            rows[design] = row
        found_table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("design")
        for column in ("per_cost", "per_cost_low", "per_cost_high"):
            if column not in found_table:
                found_table[column] = np.nan
        found_table["p_holm"] = holm(found_table["p"].to_numpy())
        found_table.insert(0, "actions", [design.count(JOINED) + 1 for design in found_table.index])
        return found_table.sort_values(BY, ascending=False, kind="stable")

    def alone(self) -> pd.DataFrame:
        """Return the differences of the actions alone."""
        table = self.differences()
        return table[table["actions"] == 1]

    def interactions(self) -> pd.DataFrame:
        """Return what pairs bring beyond the sum of their two actions alone.

        Returns
        -------
        DataFrame
            Index ``first``, ``second``; ``together``: retained placements gained by the pair,
            ``interaction`` with ``low``, ``high``, ``p`` and ``p_holm``: that gain less those of
            both alone, under the same luck.
        """
        base = self.runs[""][BY].to_numpy()
        rows = []
        for design, table in self.runs.items():
            names = design.split(JOINED)
            if len(names) != 2:
                continue
            gains = [self.runs[name][BY].to_numpy() - base for name in names]
            together = table[BY].to_numpy() - base
            extra = together - gains[0] - gains[1]
            mean, low, high = _mean_interval(extra, self.level)
            rows.append(
                {
                    "first": names[0],
                    "second": names[1],
                    "together": float(np.nanmean(together)),
                    "interaction": mean,
                    "low": low,
                    "high": high,
                    "p": _p_value(extra),
                }
            )
        columns = ["first", "second", "together", "interaction", "low", "high", "p"]
        table = pd.DataFrame(rows, columns=columns)
        table["p_holm"] = holm(table["p"].to_numpy())
        return table.set_index(["first", "second"])

    def words(self) -> list[str]:
        """Return what the ranking says, in sentences."""
        alone = self.alone()
        sure = alone[(alone["p_holm"] < 1 - self.level) & (alone[BY] > 0)]
        base = self.base[BY]
        if sure.empty:
            found = [
                f"No action alone raises the retained placements ({base:,.1f} without) beyond "
                f"doubt, in {self.replications:,} paired runs."
            ]
        else:
            best = sure.index[0]
            row = sure.iloc[0]
            found = [
                f"First: {self.actions[best]}, {row[BY]:+,.1f} retained placements "
                f"({row[f'{BY}_low']:+,.1f} to {row[f'{BY}_high']:+,.1f}) to {base:,.1f} without."
            ]
            priced = sure["per_cost"].dropna()
            if not priced.empty and priced.idxmax() != best:
                name = priced.idxmax()
                found.append(
                    f"Most for its cost: {self.actions[str(name)]}, {priced.max():,.1f} retained "
                    f"placements per additional {PER:,} {self.currency}."
                )
        pairs = self.interactions()
        strong = pairs[(pairs["p_holm"] < 1 - self.level) & (pairs["interaction"] > 0)]
        if not strong.empty:
            best_pair: Any = strong["interaction"].idxmax()
            titles = " with ".join(self.actions[name] for name in best_pair)
            found.append(
                f"Together more than the sum: {titles}, "
                f"{strong['interaction'].max():+,.1f} beyond both alone."
            )
        elif len(pairs):
            found.append("No pair brings more than the sum of its two actions beyond doubt.")
        if self.unchanged:
            titles = ", ".join(self.actions[name] for name in self.unchanged)
            found.append(f"Nothing to change here: {titles}.")
        count = len(self.runs) - 1
        found.append(
            f"Doubt is judged over all {count} comparisons together (Holm), "
            f"at {100 * self.level:.0f} %."
        )
        return found

    @property
    def plot(self) -> RankingPlots:
        """Pictures of the ranking."""
        from smpsim.plots.ranking_plots import RankingPlots

        return RankingPlots(self)


def rank_actions(
    scenario: Source,
    replications: int | None = None,
    seed: int | None = None,
    *,
    actions: Sequence[ActionSource] | None = None,
    pairs: bool = True,
    overrides: Mapping[str, Any] | Sequence[str] = (),
    level: float = 0.95,
    threads: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Ranking:
    """Run a scenario with each action, and each pair of actions, under the same luck.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
    replications : int, optional
        Runs of each design; the scenario's own when left out.
    seed : int, optional
        Seed of all luck; the scenario's own when left out.
    actions : sequence of str or path, optional
        Actions to rank; the eight of the catalogue when left out.
    pairs : bool
        Rank pairs too.
    overrides : mapping or sequence of str
        Values to set in all designs, after the actions.
    level : float
        Of the confidence intervals.
    threads : int, optional
        Threads that work at the same time; it does not change a number.
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Ranking

    Raises
    ------
    ScenarioError
        If the scenario or an action is not valid.
    """
    plain = load(scenario, overrides)
    chosen = [str(one) for one in actions] if actions else [e.name for e in action_names()]
    designs = designs_of(chosen, pairs)
    base = load(scenario)
    scenarios = {
        design: load(base, overrides, actions=design.split(JOINED) if design else ())
        for design in designs
    }
    count = plain.replications if replications is None else replications
    tables: dict[str, pd.DataFrame] = {}

    def after(done: int) -> Callable[[int], None] | None:
        return None if progress is None else lambda more: progress(done + more)

    for number, (design, one) in enumerate(scenarios.items()):
        result = run(one, count, seed, threads=threads, progress=after(number * count))
        whole = outcomes_of(result, result.programmes)
        # rates follow from what they are made of
        tables[design] = whole[[*OUTCOMES[:3]]].copy()
    return Ranking(
        title=plain.name,
        currency=plain.currency,
        actions={name: load_action(name).name for name in chosen},
        unchanged=tuple(name for name in chosen if not changes_of(base, name)),
        runs=tables,
        seed=plain.seed if seed is None else seed,
        level=level,
    )


def designs_of(actions: Sequence[str], pairs: bool) -> list[str]:
    """Return the designs of a ranking: none, each action, and each pair."""
    both = [JOINED.join(pair) for pair in combinations(actions, 2)] if pairs else []
    return ["", *actions, *both]


def holm(p: np.ndarray) -> np.ndarray:
    """Return p values adjusted for their number (Holm 1979, Scandinavian J. of Statistics 6)."""
    p = np.asarray(p, float)
    known = np.isfinite(p)
    found = np.full(len(p), np.nan)
    order = np.argsort(p[known], kind="stable")
    left = np.arange(known.sum(), 0, -1)
    raised = np.minimum(1.0, np.maximum.accumulate(p[known][order] * left))
    back = np.empty(len(order))
    back[order] = raised
    found[known] = back
    return found


def _mean_interval(values: np.ndarray, level: float) -> tuple[float, float, float]:
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return float("nan"), float("nan"), float("nan")
    mean, error = float(known.mean()), float(known.std(ddof=1)) / len(known) ** 0.5
    half = float(stats.t.ppf(0.5 + level / 2, len(known) - 1)) * error
    return mean, mean - half, mean + half


def _p_value(values: np.ndarray) -> float:
    """Return the two-sided p value of a paired t test; 1 where nothing ever differs."""
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return float("nan")
    if np.ptp(known) == 0.0:
        return 1.0 if known[0] == 0.0 else 0.0
    return float(stats.ttest_1samp(known, 0.0).pvalue)


def _per_cost(gained: np.ndarray, dearer: np.ndarray, level: float) -> dict[str, float]:
    """Return the gain per 100,000 of additional cost: a ratio of means, its delta interval."""
    both = np.isfinite(gained) & np.isfinite(dearer)
    gained, dearer = gained[both], dearer[both] / PER
    ratio = float(gained.mean() / dearer.mean())
    _, low, high = _mean_interval((gained - ratio * dearer) / dearer.mean(), level)
    return {"per_cost": ratio, "per_cost_low": ratio + low, "per_cost_high": ratio + high}
