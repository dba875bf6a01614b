"""Designs as they fare in fresh worlds: goals, front, what is good enough, regrets."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from smpsim.studies.search.archive import goals_of, met_by, unjudged, violation
from smpsim.studies.search.measured import Measured
from smpsim.studies.search.robustness import nondominated, regret
from smpsim.studies.search.study import SearchStudy

RESAMPLES = 500


@dataclass(frozen=True)
class Fresh:
    """Candidates in the fresh worlds; the first is the scenario as it is.

    Attributes
    ----------
    study : SearchStudy
    measured : Measured
    """

    study: SearchStudy
    measured: Measured = field(repr=False)

    @cached_property
    def goals(self) -> np.ndarray:
        """Goals in the fresh worlds, shape (candidates, objectives): less is better."""
        return np.column_stack(
            [goals_of(self.measured.mean(name), way) for name, way in self.study.objectives.items()]
        )

    @cached_property
    def feasible(self) -> np.ndarray:
        """Which candidates meet the constraints in the fresh worlds, and can be judged there."""
        return self._feasible(None)

    def _feasible(self, weights: np.ndarray | None) -> np.ndarray:
        total: Any = 0.0
        for one in self.study.conditions[0]:
            total = total + violation(one, self.measured.mean(one.outcome, weights))
        shape = (len(self.goals),) if weights is None else (len(weights), len(self.goals))
        return np.broadcast_to((total == 0.0) & ~unjudged(self.study, self.measured), shape)

    @cached_property
    def nondominated(self) -> np.ndarray:
        """Which candidates are feasible and nondominated in the fresh worlds; today is one."""
        return self._nondominated(self.goals, self.feasible)

    @staticmethod
    def _nondominated(goals: np.ndarray, feasible: np.ndarray) -> np.ndarray:
        found: np.ndarray = nondominated(np.where(feasible[..., None], goals, np.inf)) & feasible
        return found

    @cached_property
    def nondominated_share(self) -> np.ndarray:
        """How often each is on the front if the fresh worlds are drawn again from themselves."""
        rng = np.random.default_rng(self.study.seed)
        worlds = self.measured.worlds
        weights = rng.multinomial(worlds, np.full(worlds, 1.0 / worlds), RESAMPLES).astype(float)
        goals = np.stack(
            [
                goals_of(self.measured.mean(name, weights), way)
                for name, way in self.study.objectives.items()
            ],
            axis=-1,
        )
        share: np.ndarray = self._nondominated(goals, self._feasible(weights)).mean(axis=0)
        return share

    @cached_property
    def met(self) -> np.ndarray:
        """Where each candidate is good enough, shape (candidates, worlds)."""
        wanted = self.study.conditions[1]
        if wanted:
            parts = [met_by(one, self.measured.by_world(one.outcome)) for one in wanted]
        else:
            goals = [self._goals_by_world(name) for name in self.study.objectives]
            # a world in which today has no such outcome either is no reason against a design
            parts = [one <= one[0] for one in goals]
        return np.all(parts, axis=0)

    def _goals_by_world(self, name: str) -> np.ndarray:
        return goals_of(self.measured.by_world(name), self.study.objectives[name])

    @cached_property
    def regrets(self) -> dict[str, np.ndarray]:
        """Regret of each candidate by objective, shape (candidates, worlds)."""
        # what does not meet the constraints is no choice, unless nothing does
        choices = self.feasible if self.feasible.any() else np.ones(len(self.goals), bool)
        return {name: regret(self._goals_by_world(name), choices) for name in self.study.objectives}
