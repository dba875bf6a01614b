"""A ranking of actions: runs of all designs, and the tables and sentences made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.estimates import Estimates
from smpsim.results.provenance import RECIPE
from smpsim.results.study_result import Drawing, StudyResult, Tables, rows_for_json
from smpsim.scenario.parameters import parameters_again
from smpsim.scenario.worlds import Worlds
from smpsim.studies.compare.pairing import difference_of, estimates_of
from smpsim.studies.rank.about import ABOUT
from smpsim.studies.rank.firsts import counted, is_first, told_by
from smpsim.studies.statistics import holm, mean_of, p_of, ratio_of

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.rank.plots import RankingPlots

GAIN, COST = "retained_placements", "cost_total"
PRICE = "cost_per_retained_placement"
COUNTED = ("placed", GAIN, COST)
OUTCOMES = (*COUNTED, PRICE)
PER = 100_000
"""Amount of money by which gains are divided, in the scenario's currency."""
Parts = tuple[str, ...]
MORE, LESS = "more than the sum", "less than the sum"
LOSE_LESS, LOSE_MORE = "lose less together than apart", "lose more together than apart"
IN_DOUBT, ADDS_UP = "in doubt", "the sum"


@dataclass(frozen=True, repr=False, eq=False)
class Ranking(StudyResult):
    """Designs with actions beside the design without.

    Attributes
    ----------
    title, currency : str
        Of the scenario.
    actions : dict of str to str
        Titles by name.
    unchanged : tuple of str
        Actions that change no value in this scenario, so that they cost nothing either.
    designs : dict of tuple of str to DataFrame
        Outcomes of each design by run, by the actions in it: none, one or two. Columns are those
        of `counted_by_run`.
    provenance : dict
        Where the runs come from.
    seed : int
    level : float
        Of the confidence intervals; p values are compared with 1 - level.
    scenario : Scenario, optional
        That to which the actions are added.
    own : tuple of str
        Outcomes of a user's own that are compared too.
    inert : dict of str to tuple of str
        Actions that change values on which nothing depends here, with the last words of their
        keys. Without them all outcomes are the same in every run; they are not charged for.
    """

    VERB = "rank"
    ABOUT = ABOUT
    TABLES = ("designs", "pairs", "worlds", "runs")
    READ = ("designs", "pairs", "worlds")
    PICTURES = ("alone", "pairs")

    title: str
    currency: str
    actions: dict[str, str]
    unchanged: Parts
    designs: dict[Parts, pd.DataFrame] = field(repr=False)
    provenance: dict[str, Any] = field(repr=False, default_factory=dict)
    seed: int = 1
    level: float = 0.95
    scenario: Scenario | None = field(default=None, repr=False)
    own: tuple[str, ...] = ()
    inert: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Ranking({self.title!r}, {len(self.designs) - 1} designs, {self.runs} runs)"

    @property
    def runs(self) -> int:
        """Runs of each design."""
        return len(self._estimates(()).values)

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenario without any action, by its title."""
        return {} if self.scenario is None else {self.title: self.scenario}

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes that are compared."""
        return (*OUTCOMES, *self.own)

    def idle(self, name: str) -> bool:
        """Return whether an action changes nothing here, neither a value nor an outcome."""
        return name in self.unchanged or name in self.inert

    @property
    def base(self) -> pd.Series:
        """Means of the scenario as it is; what a placement costs is the ratio of two of them."""
        found = self._estimates(())
        return pd.Series({name: found.mean(name) for name in self.outcomes})

    @property
    def used(self) -> dict[Parts, int]:
        """In how many runs of each design it is known who is kept a year."""
        return {parts: self._estimates(parts).runs_used(GAIN) for parts in self.designs}

    def differences(self) -> pd.DataFrame:
        """Return what each design with actions changes, under the same chance events.

        Returns
        -------
        DataFrame
            Index ``design``: the names of the actions, without ``actions/``, joined by " + ";
            ranked by the placements gained that are kept a year. ``actions``: how many. For each
            outcome ``<outcome>``, ``_ci_low`` and ``_ci_high``: the paired difference and its
            interval (of costs per placement: the difference of ratios of means); ``_p`` its p
            value, ``_p_holm`` adjusted for the number of designs. ``level``: of the intervals.
            ``runs`` and ``runs_used``: the runs of a design, and those in which it is known who is
            kept a year. ``per_cost`` with ends: placements gained that are kept a year, for each
            100,000 of additional cost; only where the cost rises beyond doubt.
        """
        base = self._estimates(())
        rows = {}
        for parts in self.designs:
            if not parts:
                continue
            mine = self._estimates(parts)
            row: dict[str, float] = {"actions": len(parts), "runs": self.runs}
            row["level"] = self.level
            row["runs_used"] = mine.runs_used(GAIN)
            for outcome in self.outcomes:
                found = difference_of(outcome, base, mine, self.level)
                row[outcome] = found["difference"]
                row[f"{outcome}_ci_low"], row[f"{outcome}_ci_high"] = (
                    found["ci_low"],
                    found["ci_high"],
                )
                count = int(min(found["runs_used_a"], found["runs_used_b"]))
                row[f"{outcome}_p"] = p_of(found["difference"], found["standard_error"], count)
            gained, dearer = (
                (mine.values[name] - base.values[name]).to_numpy() for name in (GAIN, COST)
            )
            ratio = (float("nan"),) * 3
            if row[f"{COST}_ci_low"] > 0:
                ratio = ratio_of(gained, dearer / PER, self.level)
            row["per_cost"], row["per_cost_ci_low"], row["per_cost_ci_high"] = ratio
            rows[" + ".join(parts)] = row
        table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("design")
        for outcome in self.outcomes:
            place = list(table.columns).index(f"{outcome}_p") + 1
            table.insert(place, f"{outcome}_p_holm", holm(table[f"{outcome}_p"].to_numpy()))
        counts = ["actions", "runs", "runs_used"]
        table[counts] = table[counts].astype(int)
        return table.sort_values(GAIN, ascending=False, kind="stable")

    def alone(self) -> pd.DataFrame:
        """Return the differences of the actions alone."""
        table = self.differences()
        return table[table["actions"] == 1]

    def interactions(self) -> pd.DataFrame:
        """Return what pairs bring beyond the sum of their two actions alone.

        Returns
        -------
        DataFrame
            Index ``first``, ``second``. ``gain_first``, ``gain_second``, ``together``: placements
            gained that are kept a year, by each alone and by both; ``interaction`` with ``ci_low``,
            ``ci_high``, ``level``, ``p`` and ``p_holm``: the gain of both less the gains of each,
            under the same chance events; ``kind``: in words what that is; ``only_together``: both
            gain beyond doubt and more than the sum, and neither does alone.
        """
        gains = {parts: self._gain(parts) for parts in self.designs if parts}
        sure = self.differences()
        sure = sure[(sure[f"{GAIN}_p_holm"] < 1 - self.level) & (sure[GAIN] > 0)]
        rows = []
        for parts in gains:
            if len(parts) != 2:
                continue
            first, second = parts
            one, other, both = gains[first,], gains[second,], gains[parts]
            found = mean_of(both - one - other, self.level)
            rows.append(
                {
                    "first": first,
                    "second": second,
                    "gain_first": float(np.mean(one)),
                    "gain_second": float(np.mean(other)),
                    "together": float(np.mean(both)),
                    "interaction": found["mean"],
                    "ci_low": found["ci_low"],
                    "ci_high": found["ci_high"],
                    "level": self.level,
                    "p": found["p"],
                }
            )
        columns = ["first", "second", "gain_first", "gain_second", "together"]
        table = pd.DataFrame(
            rows, columns=[*columns, "interaction", "ci_low", "ci_high", "level", "p"]
        )
        table["p_holm"] = holm(table["p"].to_numpy())
        helps = (table["p_holm"] < 1 - self.level) & (table["interaction"] > 0)
        known = set(sure.index)
        table["only_together"] = [
            bool(more and f"{a} + {b}" in known and not known & {a, b})
            for more, a, b in zip(helps, table["first"], table["second"], strict=True)
        ]
        table["kind"] = [
            kind_of(row, row["p_holm"] < 1 - self.level) for row in table.to_dict("records")
        ]
        return table.set_index(["first", "second"])

    def draws(self) -> pd.DataFrame:
        """Return the numbers of each run's plausible world, a row a run; none at the centre."""
        runs = range(self.runs)
        if self._worlds is None:
            return pd.DataFrame(index=runs)
        return pd.DataFrame([self._worlds.values(number) for number in runs], index=runs)

    @cached_property
    def _worlds(self) -> Worlds | None:
        if self.scenario is None:
            return None
        given = parameters_again(self.provenance.get(RECIPE, {}))
        return Worlds(self.scenario, given, self.seed)

    def worlds(self) -> pd.DataFrame:
        """Return in how many plausible worlds each action alone is first, and what tells them.

        Returns
        -------
        DataFrame
            Index ``design``. ``better``: runs, each in a world of its own, in which more placements
            are kept a year than without; ``first``: those in which no other action brings more (of
            equal ones all); ``runs``. ``number``: the key path by whose value the worlds in which
            it is first are best told, ``correlation`` of its rank, ``noise``: what chance makes of
            the largest correlation, and ``clear``: whether it is above that.
        """
        return self._firsts.copy()

    @cached_property
    def _firsts(self) -> pd.DataFrame:
        """As `worlds`: sentences, tables and facts all ask for it, and draws take their time."""
        names = [parts[0] for parts in self.designs if len(parts) == 1]
        gains = pd.DataFrame({name: self._gain((name,)) for name in names})
        first, draws = is_first(gains), self.draws()
        rows = [told_by(first[name].to_numpy(), draws, self.seed) for name in names]
        table = counted(gains)
        told = pd.DataFrame(rows, columns=["number", "correlation", "noise"], index=table.index)
        table = table.join(told)
        table["clear"] = table["correlation"].abs() > table["noise"]
        return table.sort_values("first", ascending=False, kind="stable")

    def not_told_apart(self, best: str) -> list[str]:
        """Return the actions alone whose gain does not differ from that of `best` beyond doubt.

        Adjusted for the number of other actions (Holm).
        """
        others = [parts for parts in self.designs if len(parts) == 1 and parts != (best,)]
        lead = [mean_of(self._gain((best,)) - self._gain(one), self.level)["p"] for one in others]
        doubt = holm(np.array(lead)) >= 1 - self.level
        return [one[0] for one, unsure in zip(others, doubt, strict=True) if unsure]

    @property
    def sentences(self) -> list[str]:
        """What comes first, what belongs together, and how sure that is."""
        from smpsim.studies.rank.report import sentences

        return sentences(self)

    @property
    def plot(self) -> RankingPlots:
        """Pictures: ``.plot.alone()``, ``.plot.pairs()``."""
        from smpsim.studies.rank.plots import RankingPlots

        return RankingPlots(self)

    def by_run(self) -> pd.DataFrame:
        """Return the outcomes of all runs, with columns ``design`` and ``run`` in front.

        Placements kept a year are missing in runs in which nobody is seen after a year.
        """
        tables = {" + ".join(parts): table for parts, table in self.designs.items()}
        found = pd.concat(tables, names=["design", "run"])
        return found.reset_index()

    def _estimates(self, parts: Parts) -> Estimates:
        """Return what the means of a design are taken from, over all programmes."""
        table = self.designs[parts]
        if "programme" not in table:
            return Estimates.of(table.reset_index(drop=True))
        rows = table.rename_axis("run").reset_index()
        return estimates_of(rows, list(dict.fromkeys(rows["programme"])))

    @property
    def tables(self) -> Tables:
        """``designs`` (see `differences`), ``runs``, and ``pairs`` and ``worlds`` if any."""
        makers = {"designs": self.differences}
        if any(len(parts) == 2 for parts in self.designs):
            makers["pairs"] = self.interactions
        if self.in_worlds:
            makers["worlds"] = self.worlds
        return Tables({**makers, "runs": self.by_run})

    @property
    def in_worlds(self) -> bool:
        """Whether each run is in a plausible world of its own."""
        return bool(self._worlds)

    @property
    def pictures(self) -> dict[str, Drawing]:
        """What each action alone changes, and the pairs as a map."""
        return {name: getattr(self.plot, name) for name in self.PICTURES if self._has(name)}

    def _has(self, picture: str) -> bool:
        return picture != "pairs" or "pairs" in self.tables

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        return {
            **self.provenance,
            "unchanged": list(self.unchanged),
            "inert": {name: list(words) for name, words in self.inert.items()},
            "base": rows_for_json(self.base.to_frame().T)[0],
            "designs": rows_for_json(self.differences()),
            "pairs": rows_for_json(self.interactions()),
            **({"worlds": rows_for_json(self.worlds())} if self.in_worlds else {}),
            "finding": self.sentences,
        }

    def _gain(self, parts: Parts) -> np.ndarray:
        """Return what each run contributes to the placements gained that are kept a year."""
        gained = self._estimates(parts).values[GAIN] - self._estimates(()).values[GAIN]
        return np.asarray(gained, dtype=float)


def kind_of(pair: Mapping[Any, Any], sure: bool) -> str:
    """Return in words what two actions are to each other.

    More than a sum of two losses may still be a loss, which nobody would call a help.
    """
    if not sure:
        return IN_DOUBT if pair["interaction"] else ADDS_UP
    apart = pair["gain_first"] + pair["gain_second"]
    if pair["interaction"] > 0:
        return MORE if pair["together"] > 0 else LOSE_LESS
    return LOSE_MORE if apart < 0 else LESS


def counted_by_run(outcomes: pd.DataFrame, more: Sequence[str] = ()) -> pd.DataFrame:
    """Return placements, placements kept a year and cost of each run, and other outcomes.

    Parameters
    ----------
    outcomes : DataFrame
        All outcomes, one row a run and programme.
    more : sequence of str
        Names of the others.

    Returns
    -------
    DataFrame
        Index ``run``, with the columns of `COUNTED` and `more`; of several programmes a row
        for each, with ``programme`` in front.
    """
    table = outcomes.set_index("run")
    several = table["programme"].nunique() > 1
    columns = dict.fromkeys([*(["programme"] if several else []), *COUNTED, *more])
    return table[list(columns)]
