"""A decision: runs of all options in all worlds, and the tables made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.estimates import SEEN, Estimates, quantile
from smpsim.results.funnel import KEPT_AS, KEPT_PRICES
from smpsim.results.outcomes import ratio_of
from smpsim.results.spread import spread_of
from smpsim.results.study_result import Drawing, StudyResult, Tables, rows_for_json
from smpsim.scenario.meanings import meaning_of, plain_names
from smpsim.studies.compare.pairing import estimates_of
from smpsim.studies.decide.about import ABOUT
from smpsim.studies.decide.evidence import assumed_share
from smpsim.studies.decide.information import value_of_information
from smpsim.studies.decide.worlds import (
    dominance,
    expected_regret,
    share_of_runs,
)

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.decide.plots import DecisionPlots

PLACED, COST = "placed", "cost_total"
COLUMNS = (PLACED, COST, *KEPT_AS.values())
PRICES = ("cost_per_placement", *KEPT_PRICES.values())


@dataclass(frozen=True, repr=False, eq=False)
class Decision(StudyResult):
    """Options side by side in the same plausible worlds.

    Attributes
    ----------
    by_run : DataFrame
        ``option``, ``world``, ``replication``, ``programme``, `COLUMNS`.
    draws : DataFrame, shape (worlds, parameters)
        Without columns if nothing is drawn.
    drawn : dict of str to list of str
        Parameters that are drawn in each option; it states the others itself.
    sourced : dict of str to list of str
        Which of these have a source, as the files of the option say.
    currency : str
    value : float, optional
        What a placement is worth; options are judged by placements if None.
    level : float
        Share of runs within likely ranges, and level of other intervals.
    seed : int
    scenarios : dict of str to Scenario
        The options by name.
    provenance : dict
        Where the numbers come from and all that runs it again.
    """

    VERB = "decide"
    ABOUT = ABOUT
    TABLES = ("options", "information", "dominance", "worlds", "runs", "parameters")
    READ = ("options", "information", "dominance")
    PICTURES = ("options", "regret", "information")

    by_run: pd.DataFrame = field(repr=False)
    draws: pd.DataFrame = field(repr=False)
    drawn: dict[str, list[str]] = field(repr=False)
    sourced: dict[str, list[str]] = field(repr=False)
    currency: str
    value: float | None
    level: float
    seed: int
    scenarios: dict[str, Scenario] = field(repr=False)
    provenance: dict[str, Any] = field(repr=False, default_factory=dict)

    def __repr__(self) -> str:
        return (
            f"Decision({len(self.names)} options, {self.worlds} worlds, {self.runs} runs of each)"
        )

    @property
    def names(self) -> list[str]:
        """Names of the options; the others are measured by the first."""
        return list(self.scenarios)

    @property
    def runs(self) -> int:
        """Runs of each option."""
        return self.worlds * self.replications

    @property
    def worlds(self) -> int:
        """Worlds: draws of the parameters; one if nothing is drawn."""
        return int(self.provenance["worlds"])

    @property
    def replications(self) -> int:
        """Runs of each option in each world."""
        return int(self.provenance["replications"])

    @property
    def unit(self) -> str:
        """Unit of what options are judged by."""
        return "people" if self.value is None else self.currency

    def totals(self, option: str) -> Estimates:
        """Return what each run of an option contributes to means, over all its programmes.

        Runs are in the order of worlds.
        """
        table = self.by_run[self.by_run["option"] == option]
        table = table.assign(run=table["world"] * self.replications + table["replication"])
        table = table.drop(columns=["option", "world", "replication"])
        return estimates_of(table, list(dict.fromkeys(table["programme"])))

    @cached_property
    def _totals(self) -> dict[str, Estimates]:
        return {name: self.totals(name) for name in self.names}

    def in_worlds(self, option: str, outcome: str) -> np.ndarray:
        """Return an outcome of an option, shape (worlds, runs of each)."""
        values = self._totals[option].values[outcome].to_numpy(float)
        return values.reshape(self.worlds, self.replications)

    @cached_property
    def objective(self) -> np.ndarray:
        """What the options are judged by, shape (options, worlds, runs of each); more is better."""
        placed, cost = (
            np.stack([self.in_worlds(name, outcome) for name in self.names])
            for outcome in (PLACED, COST)
        )
        return placed if self.value is None else self.value * placed - cost

    @cached_property
    def table(self) -> pd.DataFrame:
        """The one table of the decision, one row an option.

        Returns
        -------
        DataFrame
            Index ``option``. ``placed`` and ``cost_total``: means, the former with its likely range
            (``_low``, ``_high``: of ``level`` of the runs). ``nobody``: share of runs in which
            nobody is placed, with bounds. Costs per placement: mean cost by mean number, with the
            range over runs; where there is none, ``..._why``. ``objective``: what the options are
            judged by. ``difference`` to the first with the range over runs of equal luck.
            ``better``, ``worse``: worlds in which its mean is above, or below, that of the first;
            ``best``: in which none is above; of ``worlds``. ``regret``: expected loss against the
            best option of each world, between ``regret_low`` and ``regret`` (see
            `smpsim.studies.decide.worlds.expected_regret`). ``dominated_by``: options that place
            as many or more for no more money, on average. ``chance``, ``unknown``: shares of the
            variance of placements, ``unknown`` with its interval; ``assumed``: share that comes
            from figures without a source.
        """
        low, high = expected_regret(self.objective)
        means = self.objective.mean(axis=2)
        above = self.dominance()
        rows = {}
        for place, name in enumerate(self.names):
            apart = self.objective[place] - self.objective[0]
            worlds = apart.mean(axis=1)
            dominating = above.loc[name] if name in above.index else None
            others = [] if dominating is None else list(dominating.index[dominating["on_average"]])
            rows[name] = {
                **self._amounts(name),
                "objective": float(means[place].mean()),
                **_ranged("difference", apart, self.level),
                "better": int((worlds > 0).sum()),
                "worse": int((worlds < 0).sum()),
                "best": int((means[place] == means.max(axis=0)).sum()),
                "worlds": self.worlds,
                "regret_low": float(low[place]),
                "regret": float(high[place]),
                "dominated_by": "; ".join(map(str, others)),
                **self._spread(name),
                "runs": self.runs,
                "level": self.level,
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("option")

    def _amounts(self, name: str) -> dict[str, Any]:
        """Return placements, cost, and what a placement costs, of an option."""
        placed, cost = self.in_worlds(name, PLACED), self.in_worlds(name, COST)
        nobody = share_of_runs(placed == 0, self.level)
        row: dict[str, Any] = {**_ranged(PLACED, placed, self.level), COST: float(cost.mean())}
        row |= dict(zip(("nobody", "nobody_low", "nobody_high"), nobody, strict=True))
        for price in PRICES:
            row |= self._price(name, price, cost)
        return row

    def _price(self, name: str, price: str, cost: np.ndarray) -> dict[str, Any]:
        """Return what a placement costs, or why there is no such ratio."""
        parts = ratio_of(price)
        of = parts[1] if parts else PLACED
        below = self.in_worlds(name, of)
        nothing = dict.fromkeys((price, f"{price}_low", f"{price}_high"), float("nan"))
        tail = (1.0 - self.level) / 2.0
        # others would be taken to stay as often as those few
        seen = self._totals[name].runs_used(of)
        if not np.isfinite(below).all() or seen < SEEN * self.runs:
            some = f"in only {seen:,} of {self.runs:,} runs anybody" if seen else "nobody"
            return {
                **nothing,
                f"{price}_why": f"{some} can be observed for that long before the end",
            }
        if not self._totals[name].divides(of):
            count = int((below <= 0).sum())
            whom = "placed" if of == PLACED else "kept that long"
            where = "any run" if count == below.size else f"{count:,} of {below.size:,} runs"
            few = f"nobody is {whom} in {where}" if count else "too few runs for one"
            return {**nothing, f"{price}_why": few}
        runs = self._each_run(name)[[COST, of]]
        runs = runs.assign(**{price: (runs[COST] / runs[of]).where(runs[of] > 0)})
        low, high = (float(quantile(runs, share)[price]) for share in (tail, 1.0 - tail))
        found = (float(cost.mean() / below.mean()), low, high)
        return {**dict(zip(nothing, found, strict=True)), f"{price}_why": ""}

    def _each_run(self, name: str) -> pd.DataFrame:
        """Return the outcomes of each run of an option over its programmes; unknown if one is."""
        rows = self.by_run[self.by_run["option"] == name]
        programmes = rows["programme"].nunique()
        return rows.groupby(["world", "replication"])[list(COLUMNS)].sum(min_count=programmes)

    def _spread(self, name: str) -> dict[str, float]:
        placed = self.in_worlds(name, PLACED)
        found = spread_of(placed, self.level)
        assumed = float("nan")
        if found.unknown == found.unknown:
            assumed = 0.0
            if found.unknown > 0:
                drawn = self.draws[self.drawn[name]]
                assumed = found.unknown * assumed_share(
                    placed.mean(axis=1), drawn, self.sourced[name]
                )
        return {
            "chance": found.chance,
            "unknown": found.unknown,
            "unknown_low": found.low,
            "unknown_high": found.high,
            "assumed": assumed,
        }

    def dominance(self) -> pd.DataFrame:
        """Return for each pair of options whether the second places more for less money.

        Returns
        -------
        DataFrame
            Index ``option``, ``by``. ``on_average``: at least as many for no more, by the means of
            all worlds; ``in_worlds``: in how many of ``worlds`` it does.
        """
        placed, cost = (
            np.stack([self.in_worlds(name, outcome).mean(axis=1) for name in self.names])
            for outcome in (PLACED, COST)
        )
        average, worlds = dominance(placed, cost)
        pairs = [(a, b) for a in range(len(placed)) for b in range(len(placed)) if a != b]
        rows = [
            (self.names[a], self.names[b], bool(average[a, b]), int(worlds[a, b]), self.worlds)
            for a, b in pairs
        ]
        columns = ["option", "by", "on_average", "in_worlds", "worlds"]
        return pd.DataFrame(rows, columns=columns).set_index(["option", "by"])

    @cached_property
    def information(self) -> pd.DataFrame:
        """What it would be worth to know each parameter before choosing.

        Returns
        -------
        DataFrame
            Index ``parameter``; ``meaning`` and ``unit_of_parameter``, ``low`` and ``high``: where
            it lies in ``level`` of the draws; ``value``, ``noise`` and ``unit`` (see
            `smpsim.studies.decide.information.value_of_information`), ``clear``: above noise;
            ``sourced``: its figure has a source in all options that draw it. Empty if nothing is
            drawn.
        """
        if not len(self.draws.columns):
            empty = ["meaning", "unit_of_parameter", "low", "high", "value", "noise", "unit"]
            table = pd.DataFrame(columns=[*empty, "clear", "sourced"])
            return table.rename_axis("parameter")
        used = [key for key in self.draws.columns if any(key in one for one in self.drawn.values())]
        found = value_of_information(self.objective.mean(axis=2), self.draws[used], self.seed)
        tail = (1.0 - self.level) / 2.0
        keys = [str(key) for key in found.index]
        ends = self.draws[keys].quantile([tail, 1.0 - tail]).to_numpy()
        names = plain_names(keys)
        units = [meaning_of(key)[1].replace("currency", self.currency) for key in keys]
        found.insert(0, "meaning", [names[key] for key in keys])
        found.insert(1, "unit_of_parameter", units)
        found.insert(2, "low", ends[0])
        found.insert(3, "high", ends[1])
        found["unit"] = self.unit
        without = {
            key
            for name, drawn in self.drawn.items()
            for key in drawn
            if key not in self.sourced[name]
        }
        found["sourced"] = [key not in without for key in keys]
        return found

    def by_world(self) -> pd.DataFrame:
        """Return the mean placements, cost and objective of each option in each world."""
        parts = [
            pd.DataFrame(
                {
                    "option": name,
                    "world": range(self.worlds),
                    PLACED: self.in_worlds(name, PLACED).mean(axis=1),
                    COST: self.in_worlds(name, COST).mean(axis=1),
                    "objective": self.objective[place].mean(axis=1),
                }
            )
            for place, name in enumerate(self.names)
        ]
        return pd.concat(parts, ignore_index=True)

    @property
    def sentences(self) -> list[str]:
        """What to choose, what that may cost, what to find out first, and how sure that is."""
        from smpsim.studies.decide.report import sentences

        return sentences(self)

    @property
    def plot(self) -> DecisionPlots:
        """Pictures: ``.plot.options()``, ``.plot.regret()``, ``.plot.information()``."""
        from smpsim.studies.decide.plots import DecisionPlots

        return DecisionPlots(self)

    @property
    def pictures(self) -> dict[str, Drawing]:
        """Options as intervals; regret and information where worlds differ."""
        names = self.PICTURES if len(self.draws.columns) else self.PICTURES[:1]
        return {name: getattr(self.plot, name) for name in names}

    @property
    def tables(self) -> Tables:
        """``options`` (see `table`), ``dominance``, ``worlds``, ``runs``; of draws more.

        These are ``information`` and ``parameters``, the draws themselves.
        """
        makers = {"options": lambda: self.table}
        drawn = {"information": lambda: self.information} if len(self.draws.columns) else {}
        more = {"parameters": lambda: self.draws} if drawn else {}
        runs = {"dominance": self.dominance, "worlds": self.by_world, "runs": lambda: self.by_run}
        return Tables({**makers, **drawn, **runs, **more})

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        tables = self.tables
        rows: Mapping[str, Any] = {
            one: rows_for_json(tables[one]) for one in self.READ if one in tables
        }
        return {**self.provenance, **rows, "finding": self.sentences}


def _ranged(name: str, values: np.ndarray, level: float) -> dict[str, float]:
    """Return the mean of runs, and between which values ``level`` of them lie."""
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(values, [tail, 1.0 - tail])
    return {name: float(values.mean()), f"{name}_low": float(low), f"{name}_high": float(high)}
