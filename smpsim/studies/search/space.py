"""From a search study to designs, and the evolutionary algorithm that proposes them.

NSGA-II or, from four objectives, NSGA-III with variables of mixed kinds, from pymoo, which is
imported when a search begins.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from smpsim.scenario import Scenario
from smpsim.scenario.values_at_keys import get_value
from smpsim.studies.search.levers import Lever
from smpsim.studies.search.study import SearchStudy
from smpsim.studies.sweep.sampling import ACTIONS, actions_in_words, takes_whole_numbers

ACTION = "action: "
"""Before the name of a variable that says whether an action is taken."""
MANY = 4
"""Objectives from which distances between neighbours say too little, so that directions help."""
REFUSED = 1e12
"""Violation of a design that the scenario refuses, beyond any of a constraint."""


@dataclass(frozen=True)
class Design:
    """A programme as it might be.

    Attributes
    ----------
    actions : tuple of str
        In the order of the study.
    values : dict
        By key path.
    """

    actions: tuple[str, ...]
    values: dict[str, Any]

    @property
    def key(self) -> str:
        """Return what tells it from other designs, as text."""
        return json.dumps([list(self.actions), self.values])

    def row(self) -> dict[str, Any]:
        """Return it as a row of a table: actions in words, then a column for each lever."""
        return {ACTIONS: actions_in_words(self.actions), **self.values}


@dataclass(frozen=True)
class Space:
    """All designs of a study.

    Attributes
    ----------
    levers : dict of str to Lever
        By key path; ranges of keys that take whole numbers only have whole numbers.
    actions : tuple of str
    at_most : int
        Most actions of a design.
    today : dict
        Values of the scenario at the levers.
    """

    levers: dict[str, Lever]
    actions: tuple[str, ...]
    at_most: int
    today: dict[str, Any]

    @classmethod
    def of(cls, study: SearchStudy, scenario: Scenario) -> Space:
        """Return the space of a study for its scenario, with all that is set in it."""
        levers = {
            key: lever.whole() if takes_whole_numbers([scenario], key) else lever
            for key, lever in study.levers.items()
        }
        actions = tuple(study.actions.list_) if study.actions else ()
        limit = study.actions.at_most if study.actions else None
        at_most = len(actions) if limit is None else min(limit, len(actions))
        today = {key: get_value(scenario, key) for key in levers}
        return cls(levers, actions, at_most, today)

    def design(self, x: Mapping[str, Any]) -> Design:
        """Return the design that values of the variables stand for."""
        values: dict[str, Any] = {}
        for key, lever in self.levers.items():
            if lever.kind in ("grid", "list"):
                values[key] = lever.values[int(x[key])]
            else:
                values[key] = (
                    int(x[key]) if lever.kind == "integers" else lever.rounded(float(x[key]))
                )
        return Design(tuple(one for one in self.actions if x[f"{ACTION}{one}"]), values)

    def first(self) -> dict[str, Any]:
        """Return the variables of the design that is nearest to the scenario as it is."""
        x: dict[str, Any] = {f"{ACTION}{one}": False for one in self.actions}
        for key, lever in self.levers.items():
            now = self.today[key]
            number = isinstance(now, (int, float)) and not isinstance(now, bool)
            if lever.kind == "list":
                x[key] = lever.values.index(now) if now in lever.values else 0
            elif lever.kind == "grid":
                near = now if number else lever.values[0]
                x[key] = int(np.argmin([abs(one - near) for one in lever.values]))
            else:
                low, high = lever.values
                x[key] = min(max(now, low), high) if number else low
        return x

    def every(self) -> Iterator[Design]:
        """Yield all designs there are; none if a lever is a range of real numbers."""
        if any(lever.kind == "uniform" for lever in self.levers.values()):
            return
        choices = [
            range(lever.values[0], lever.values[1] + 1)
            if lever.kind == "integers"
            else lever.values
            for lever in self.levers.values()
        ]
        for values in itertools.product(*choices):
            for count in range(self.at_most + 1):
                for actions in itertools.combinations(self.actions, count):
                    yield Design(actions, dict(zip(self.levers, values, strict=True)))

    def repaired(self, x: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
        """Return variables with as many actions as allowed; which ones stay is drawn."""
        taken = [one for one in self.actions if x[f"{ACTION}{one}"]]
        if len(taken) <= self.at_most:
            return x
        kept = rng.permutation(len(taken))[: self.at_most]
        lost = {one for place, one in enumerate(taken) if place not in kept}
        return {**x, **{f"{ACTION}{one}": False for one in lost}}


def algorithm_of(space: Space, objectives: int, population: int, seed: int) -> Any:
    """Return pymoo's algorithm for a space, to be asked and told.

    Parameters
    ----------
    space : Space
    objectives : int
        All to be minimised.
    population : int
        Designs of a generation.
    seed : int
    """
    from pymoo.algorithms.moo.nsga2 import NSGA2, binary_tournament
    from pymoo.algorithms.moo.nsga3 import NSGA3, comp_by_cv_then_random
    from pymoo.config import Config
    from pymoo.core.mixed import (
        MixedVariableDuplicateElimination,
        MixedVariableMating,
        MixedVariableSampling,
    )
    from pymoo.core.problem import Problem
    from pymoo.core.repair import Repair
    from pymoo.core.termination import NoTermination
    from pymoo.core.variable import Binary, Choice, Integer, Real
    from pymoo.operators.selection.tournament import TournamentSelection
    from pymoo.operators.survival.rank_and_crowding import RankAndCrowding
    from pymoo.util.ref_dirs import get_reference_directions

    # slower without its compiled parts, and the same
    Config.warnings["not_compiled"] = False
    variables: dict[str, Any] = {}
    for key, lever in space.levers.items():
        steps = len(lever.values) - 1
        if lever.kind == "list":
            variables[key] = Choice(options=list(range(steps + 1)))
        elif lever.kind == "grid":
            # by place, so that neighbours are near each other whatever their values
            variables[key] = Integer(bounds=(0, steps))
        else:
            kind = Integer if lever.kind == "integers" else Real
            variables[key] = kind(bounds=lever.values)
    for action in space.actions:
        variables[f"{ACTION}{action}"] = Binary()

    class AtMost(Repair):
        def _do(self, problem: Any, rows: Any, random_state: Any = None, **_: Any) -> Any:
            return np.array([space.repaired(x, random_state) for x in rows], dtype=object)

    class FromToday(MixedVariableSampling):
        def _do(self, problem: Any, n_samples: int, random_state: Any = None, **_: Any) -> Any:
            drawn = super()._do(problem, n_samples, random_state=random_state)
            for x in drawn:
                # any number of actions has the same chance, none too
                count = int(random_state.integers(space.at_most + 1))
                taken = random_state.permutation(len(space.actions))[:count]
                for place, action in enumerate(space.actions):
                    x[f"{ACTION}{action}"] = bool(place in taken)
            return [space.first(), *drawn[1:]]

    many = objectives >= MANY
    alike = MixedVariableDuplicateElimination()
    tournament = comp_by_cv_then_random if many else binary_tournament
    options = {
        "pop_size": population,
        "sampling": FromToday(),
        "mating": MixedVariableMating(
            selection=TournamentSelection(func_comp=tournament),
            repair=AtMost(),
            eliminate_duplicates=alike,
        ),
        "eliminate_duplicates": alike,
    }
    if many:
        partitions = _partitions(objectives, population)
        towards = get_reference_directions("das-dennis", objectives, n_partitions=partitions)
        algorithm = NSGA3(ref_dirs=towards, **options)
    else:
        # with three, crowding by nearest neighbours keeps the front spread better
        crowding = RankAndCrowding(crowding_func="mnn" if objectives > 2 else "pcd")
        algorithm = NSGA2(survival=crowding, **options)
    problem = Problem(vars=variables, n_obj=objectives, n_ieq_constr=1)
    algorithm.setup(problem, seed=seed, termination=NoTermination())
    return algorithm


def _partitions(objectives: int, population: int) -> int:
    """Return into how many parts each axis is cut so that no more directions than designs arise."""
    parts = 1
    while math.comb(objectives + parts, parts + 1) <= population:
        parts += 1
    return parts


def ask(algorithm: Any) -> Any:
    """Return the next generation; None when no design is left that is new."""
    return algorithm.ask()


def tell(algorithm: Any, generation: Any, goals: np.ndarray, violations: np.ndarray) -> None:
    """Tell an algorithm how its designs have fared.

    Parameters
    ----------
    algorithm, generation
        As `ask` returned it.
    goals : ndarray, shape (designs, objectives)
        To be minimised; infinite where an outcome is unknown.
    violations : ndarray, shape (designs,)
        Of the constraints, 0 if none is violated.
    """
    from pymoo.core.evaluator import Evaluator
    from pymoo.core.population import Population
    from pymoo.problems.static import StaticProblem

    for individual, row in zip(generation, goals, strict=True):
        individual.set("goals", row)
    before = algorithm.pop if algorithm.is_initialized else Population.empty()
    every = Population.merge(before, generation)
    # distances need finite numbers: what is unknown lies just beyond what is known here
    finite = worst_instead(np.array([one.get("goals") for one in every]))
    static = StaticProblem(
        algorithm.problem, F=finite[len(before) :], G=np.asarray(violations, float)[:, None]
    )
    Evaluator().eval(static, generation)
    if len(before):
        before.set("F", finite[: len(before)])
    algorithm.tell(infills=generation)


def worst_instead(goals: np.ndarray) -> np.ndarray:
    """Return goals in which infinite ones are worse than all that are known, by their span.

    Parameters
    ----------
    goals : ndarray, shape (designs, objectives)
        To be minimised.
    """
    found = goals.copy()
    for column in found.T:
        known = column[np.isfinite(column)]
        beyond = known.max() + max(np.ptp(known), 1.0) if len(known) else 0.0
        column[~np.isfinite(column)] = beyond
    return found


def designs_in(space: Space, generation: Any) -> list[Design]:
    """Return the designs of a generation."""
    return [space.design(one.X) for one in generation]
