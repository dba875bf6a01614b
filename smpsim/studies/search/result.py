"""What a search has found: all designs, the front evaluated afresh, and how robust it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from string import ascii_uppercase
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import provenance, whole_scenario
from smpsim.results.study_result import StudyResult, Tables, rows_for_json
from smpsim.results.units import unit_of
from smpsim.scenario.allowed_values import SCENARIO, shape_at
from smpsim.studies.search.about import ABOUT
from smpsim.studies.search.archive import Archive, goals_of
from smpsim.studies.search.fresh_worlds import Fresh
from smpsim.studies.search.measured import Measured
from smpsim.studies.search.robustness import (
    compromise,
    hypervolumes,
    regret_summary,
    share_with_interval,
)
from smpsim.studies.search.space import Design

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.search.plots import SearchPlots
    from smpsim.studies.search.prepared import PreparedSearch

TODAY = "today"


@dataclass(frozen=True, repr=False, eq=False)
class SearchResult(StudyResult):
    """What a search has found.

    Attributes
    ----------
    ready : PreparedSearch
        The study, its space and its worlds.
    archive : Archive
        All designs that were evaluated in the search.
    labels : tuple of str
        Of the designs that were evaluated afresh: ``"today"``, the scenario as it is, then
        letters, the best by the first objective first.
    numbers : tuple of int
        Of these designs in the archive; -1 for today.
    measured : Measured
        Their outcomes in the fresh worlds.
    level : float
        Of the intervals.
    """

    VERB = "search"
    ABOUT = ABOUT
    STORES: ClassVar[tuple[str, ...]] = ("search", "fresh")
    TABLES = ("pareto", "robustness", "history", "designs", "by_world", "worlds")
    READ = ("pareto", "robustness", "history", "designs")
    PICTURES = ("front", "parallel", "convergence", "robustness")

    ready: PreparedSearch
    archive: Archive = field(repr=False)
    labels: tuple[str, ...]
    numbers: tuple[int, ...]
    measured: Measured = field(repr=False)
    level: float

    @classmethod
    def of(
        cls,
        ready: PreparedSearch,
        archive: Archive,
        chosen: list[int],
        measured: Measured,
        level: float,
    ) -> SearchResult:
        """Return the result of a search; `measured` has today first, then those chosen."""
        name, way = next(iter(ready.study.objectives.items()))
        order = np.argsort(goals_of(measured.mean(name)[1:], way), kind="stable")
        places = [0, *(order + 1)]
        sums = {key: value[places] for key, value in measured.sums.items()}
        kept = Measured(measured.worlds, measured.replications, measured.programmes, sums)
        labels = (TODAY, *(_letters(place) for place in range(len(chosen))))
        return cls(ready, archive, labels, (-1, *(chosen[one] for one in order)), kept, level)

    def __repr__(self) -> str:
        return (
            f"SearchResult({self.ready.study.name!r}, {len(self.archive):,} designs, "
            f"{len(self.labels) - 1} evaluated afresh)"
        )

    @property
    def runs(self) -> int:
        """Runs of each design in each world of the search."""
        return self.ready.study.replications

    @property
    def seed(self) -> int:
        """Seed of the search, its worlds and all luck."""
        return self.ready.study.seed

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is."""
        return self.ready.scenario

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenario as it is, by its title."""
        return {self.scenario.name: self.scenario}

    @property
    def objectives(self) -> dict[str, str]:
        """Directions by outcome."""
        return dict(self.ready.study.objectives)

    @property
    def levers(self) -> tuple[str, ...]:
        """Columns of a design: ``actions`` if there are any to choose, then key paths."""
        acting = ("actions",) if self.ready.space.actions else ()
        return (*acting, *self.ready.space.levers)

    def unit(self, name: str) -> str:
        """Return the unit of an outcome or lever, or an empty text."""
        if name in self.ready.space.levers:
            shape = shape_at(self._path(name), SCENARIO)
            return shape.unit if shape else ""
        return unit_of(name, self.ready.scenario.currency)

    def _path(self, key: str) -> tuple[str | int, ...]:
        from smpsim.scenario.values_at_keys import put, scenario_data

        return put(scenario_data(self.ready.scenario), key, 0)[1]

    @cached_property
    def candidates(self) -> list[Design]:
        """The designs that were evaluated afresh, today first."""
        return [
            self.ready.today if number < 0 else self.archive.designs[number]
            for number in self.numbers
        ]

    # --- the search -----------------------------------------------------------------------------

    def designs(self) -> pd.DataFrame:
        """Return all designs of the search in the order of their evaluation.

        Returns
        -------
        DataFrame
            Index ``design``: ``generation``, actions and levers, outcomes in the worlds of the
            search, ``feasible``, ``front`` (nondominated there) and ``refused``: why the scenario
            can't be so, or nothing.
        """
        rows = pd.DataFrame([self._shown(one) for one in self.archive.designs])
        for name in self.ready.study.outcomes:
            rows[name] = self.archive.mean(name)
        rows.insert(0, "generation", self.archive.generations)
        rows["feasible"] = self.archive.violations() == 0.0
        rows["front"] = rows.index.isin(self.archive.fronts()[-1])
        rows["refused"] = self.archive.refused
        return rows.rename_axis("design")

    def _shown(self, design: Design) -> dict[str, Any]:
        return {key: value for key, value in design.row().items() if key in self.levers}

    def history(self) -> pd.DataFrame:
        """Return how the search went on.

        Returns
        -------
        DataFrame
            A row for each generation: ``generation``, and of all designs up to it ``designs``,
            ``feasible``, ``front`` (how many are nondominated) and ``hypervolume``: the share of
            the room between the best and the worst of the last front that the front has reached.
        """
        ends = self.archive.ends()
        feasible = self.archive.violations() == 0.0
        return pd.DataFrame(
            {
                "generation": np.unique(self.archive.generations),
                "designs": ends,
                "feasible": [int(feasible[:end].sum()) for end in ends],
                "front": [len(front) for front in self.archive.fronts()],
                "hypervolume": hypervolumes(self.archive.feasible_goals(), ends),
            }
        )

    # --- afresh ---------------------------------------------------------------------------------

    @cached_property
    def fresh(self) -> Fresh:
        """What the fresh worlds say on the candidates."""
        return Fresh(self.ready.study, self.measured)

    @cached_property
    def best(self) -> str:
        """The best compromise: whose worst objective is best, all scaled over the front."""
        place = compromise(self.fresh.goals, self.fresh.nondominated)
        return TODAY if place is None else self.labels[place]

    def pareto(self) -> pd.DataFrame:
        """Return the designs of the front as they fare in fresh worlds, and today.

        Returns
        -------
        DataFrame
            Index ``candidate``: ``design``, its number in `designs`; actions and levers; of each
            outcome the mean with the ends of its interval (``_ci_low``, ``_ci_high``), the paired
            ``_change`` against today with ``_change_ci_low`` and ``_change_ci_high``, and what the
            search had found (``_search``); ``feasible``, ``nondominated`` and
            ``nondominated_share`` on the fresh numbers; ``level`` of the intervals.
        """
        rows = pd.DataFrame([self._shown(one) for one in self.candidates])
        rows.insert(0, "design", self.numbers)
        columns: dict[str, Any] = {}
        for name in self.ready.study.outcomes:
            low, high = self.measured.interval(name, self.level).T
            change, least, most = self.measured.differences(name, 0, self.level).T
            means = self.archive.mean(name)
            before = [np.nan if one < 0 else means[one] for one in self.numbers]
            columns |= {
                name: self.measured.mean(name),
                f"{name}_ci_low": low,
                f"{name}_ci_high": high,
                f"{name}_change": change,
                f"{name}_change_ci_low": least,
                f"{name}_change_ci_high": most,
                f"{name}_search": before,
            }
        columns |= {
            "feasible": self.fresh.feasible,
            "nondominated": self.fresh.nondominated,
            "nondominated_share": self.fresh.nondominated_share,
            "level": self.level,
        }
        found = pd.concat([rows, pd.DataFrame(columns)], axis=1)
        return found.set_index(pd.Index(self.labels, name="candidate"))

    def robustness(self) -> pd.DataFrame:
        """Return how the candidates fare over the fresh worlds.

        Returns
        -------
        DataFrame
            Index ``candidate``: ``satisficed``, the share of worlds in which it is good enough,
            with the ends of its interval; of each objective ``OUTCOME_regret_mean``, ``_p90`` and
            ``_max``, what is lost against the best choice in each world; ``regret``: the largest
            of the 90th percentiles, each as a share of the objective's range over the front.
            An outcome that is unknown in a world makes a regret infinite there. ``level`` is that
            of the interval.
        """
        columns: dict[str, np.ndarray] = {}
        shares = share_with_interval(self.fresh.met, self.level)
        for place, name in enumerate(("satisficed", "satisficed_ci_low", "satisficed_ci_high")):
            columns[name] = shares[:, place]
        front = self.fresh.nondominated if self.fresh.nondominated.any() else self.fresh.feasible
        worst = []
        for place, (name, regrets) in enumerate(self.fresh.regrets.items()):
            found = regret_summary(regrets)
            columns |= {f"{name}_regret_{key}": value for key, value in found.items()}
            known = self.fresh.goals[front, place][np.isfinite(self.fresh.goals[front, place])]
            span = float(np.ptp(known)) if len(known) else 0.0
            worst.append(found["p90"] / (span if span > 0 else 1.0))
        columns["regret"] = np.max(worst, axis=0)
        index = pd.Index(self.labels, name="candidate")
        return pd.DataFrame(columns, index=index).assign(level=self.level)

    def by_world(self) -> pd.DataFrame:
        """Return each candidate in each fresh world: outcomes, regrets, and whether good enough."""
        count = self.measured.worlds
        columns: dict[str, Any] = {
            "candidate": np.repeat(self.labels, count),
            "world": np.tile(np.arange(count), len(self.labels)),
        }
        for name in self.ready.study.outcomes:
            columns[name] = self.measured.by_world(name).ravel()
        for name, regrets in self.fresh.regrets.items():
            columns[f"{name}_regret"] = regrets.ravel()
        columns["satisficed"] = self.fresh.met.ravel()
        return pd.DataFrame(columns)

    def worlds(self) -> pd.DataFrame:
        """Return what was drawn in each fresh world, by key path."""
        ready, drawn = self.ready, self.ready.drawn
        rows = [
            drawn.values(one["world"]) | {key: one[key] for key in ready.study.uncertainties}
            for one in ready.fresh
        ]
        numbers = pd.DataFrame({"number": [one["world"] for one in ready.fresh]})
        found = pd.concat([pd.DataFrame(rows, index=numbers.index), numbers], axis=1)
        return found.rename_axis("world")

    def robust(self) -> list[str]:
        """Return the feasible candidates that are good enough most often, the best first.

        A third of them at most, and none whose interval lies below that of the first.
        """
        table = self.robustness()[self.fresh.feasible].drop(index=TODAY, errors="ignore")
        order = np.lexsort((table["regret"], -table["satisficed"]))
        ranked = table.iloc[order].head(max(2, len(table) // 3))
        if not len(ranked):
            return []
        near = ranked["satisficed_ci_high"] >= ranked["satisficed_ci_low"].iloc[0]
        return ranked.index[near].tolist()

    @property
    def sentences(self) -> list[str]:
        """What was searched and what was found."""
        from smpsim.studies.search.report import sentences

        return sentences(self)

    @property
    def plot(self) -> SearchPlots:
        """Pictures: ``.plot.front()``, ``.parallel()``, ``.convergence()``, ``.robustness()``."""
        from smpsim.studies.search.plots import SearchPlots

        return SearchPlots(self)

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """Where the numbers come from."""
        study, scenario = self.ready.study, self.ready.scenario
        return provenance(
            "search",
            {
                "scenarios": {"scenario": whole_scenario(scenario)},
                "actions": self.ready.actions,
                "study": {
                    **study.model_dump(mode="json", by_alias=True),
                    "scenario": "scenario",
                },
                "options": {"level": self.level},
                **self.ready.given.recipe,
                **in_recipe(self.ready.rules, self.ready.own),
            },
            ("pymoo",),
            study=study.name,
            scenario=scenario.name,
            fingerprint=scenario.fingerprint(),
            currency=scenario.currency,
            programmes=list(self.ready.programmes),
            seed=study.seed,
            level=self.level,
            settings=study.model_dump(mode="json", by_alias=True),
            **self.ready.given.facts,
            **in_facts(self.ready.rules, self.ready.own),
        )

    @property
    def tables(self) -> Tables:
        """Tables by name, as the methods of these names return them."""

        def storable(name: str) -> Callable[[], pd.DataFrame]:
            return lambda: _storable(getattr(self, name)())

        return Tables({name: storable(name) for name in self.TABLES})

    @property
    def question(self) -> str:
        """What the study asks, if it says so, and what a search is for."""
        return f"{self.ready.study.question} {self.ABOUT.question}".strip()

    def _title(self) -> str:
        return self.ready.study.name

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        return {
            **self.provenance,
            "designs": len(self.archive),
            "best_compromise": self.best,
            "robust": self.robust(),
            "pareto": rows_for_json(self.pareto()),
            "robustness": rows_for_json(self.robustness()),
            "history": rows_for_json(self.history()),
            "finding": self.sentences,
        }


def _storable(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table in which values of several kinds in one column stand as text."""
    found = table.copy()
    for key in found.columns:
        if found[key].dtype == object and found[key].map(type).nunique() > 1:
            found[key] = found[key].map(str)
    return found


def _letters(place: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    before, last = divmod(place, len(ascii_uppercase))
    return (_letters(before - 1) if before else "") + ascii_uppercase[last]
