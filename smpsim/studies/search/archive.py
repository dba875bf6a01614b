"""All designs that a search has evaluated, and what came of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from smpsim.results.conditions import Condition
from smpsim.studies.search.measured import Measured, counts_for, summed
from smpsim.studies.search.robustness import fronts
from smpsim.studies.search.space import REFUSED, Design
from smpsim.studies.search.study import SearchStudy
from smpsim.studies.search.worlds import Evaluation, Progress, World

UNKNOWN = 1e6
"""Violation of a condition whose outcome is unknown, beyond any of one that is known."""
UNJUDGED = 1e9
"""That of a design of which an outcome is not yet observable: it is neither good nor bad."""


def measured_table(
    evaluation: Evaluation,
    designs: Sequence[Design],
    worlds: Sequence[World],
    replications: int,
    columns: Sequence[str],
    programmes: Sequence[str],
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Evaluate designs and return sums by design and world.

    Returns
    -------
    DataFrame
        A row for each design and world in that order: ``design``, ``world``, ``key``,
        ``refused`` (why the scenario refuses it, or nothing) and the columns of `summed`, not a
        number for those refused.
    """
    sums = [*columns, *counts_for(columns)]
    places = [(design, world) for design in range(len(designs)) for world in range(len(worlds))]
    table = pd.DataFrame(places, columns=["design", "world"], dtype=np.int64)
    runs, refused = evaluation(designs, worlds, replications, progress) if designs else (None, {})
    table["key"] = pd.Series([designs[one].key for one in table["design"]], dtype=str)
    table["refused"] = pd.Series([refused.get(one, "") for one in table["design"]], dtype=str)
    if runs is None or not len(runs):
        return table.assign(**dict.fromkeys(sums, np.nan))
    found = summed(runs, columns, programmes).set_index(["design", "world"])
    filled = found.reindex(pd.MultiIndex.from_tuples(places))[sums].reset_index(drop=True)
    return pd.concat([table, filled.astype(float)], axis=1)


def goals_of(values: np.ndarray, direction: str) -> np.ndarray:
    """Return an outcome as a goal that is to be minimised, infinite where it is unknown."""
    signed = -values if direction == "maximize" else values
    return np.where(np.isnan(signed), np.inf, signed)


def met_by(condition: Condition, values: np.ndarray) -> np.ndarray:
    """Return where a condition holds; where the outcome is unknown it does not."""
    return (condition.met(values) == 1.0) & np.isfinite(values)


def violation(condition: Condition, values: np.ndarray) -> np.ndarray:
    """Return by how much a condition is missed, as a share of its bound; 0 where it holds."""
    over = values - condition.bound if condition.sign[0] == "<" else condition.bound - values
    size = np.maximum(over, 0.0) / max(abs(condition.bound), 1.0)
    # a strict bound that is met exactly is missed by nothing, and missed
    missed = np.where(np.isnan(values), UNKNOWN, np.clip(size, 1e-9, UNKNOWN))
    return np.where(met_by(condition, values), 0.0, missed)


class Archive:
    """Designs in the order of their evaluation.

    Parameters
    ----------
    study : SearchStudy
    programmes : int
        How many are added up.

    Attributes
    ----------
    designs : list of Design
    generations : list of int
        In which each was evaluated.
    refused : list of str
        Why the scenario refuses a design, or nothing.
    places : dict of str to int
        By the key of the design.
    """

    def __init__(self, study: SearchStudy, programmes: int) -> None:
        self.study, self._programmes = study, programmes
        self.designs: list[Design] = []
        self.generations: list[int] = []
        self.refused: list[str] = []
        self.places: dict[str, int] = {}
        self._means: dict[str, list[float]] = {name: [] for name in study.outcomes}
        self._unjudged: list[bool] = []

    def __len__(self) -> int:
        return len(self.designs)

    def unknown(self, designs: Sequence[Design]) -> list[Design]:
        """Return the designs that are not in here, each once."""
        found = {one.key: one for one in designs if one.key not in self.places}
        return list(found.values())

    def add(self, designs: Sequence[Design], table: pd.DataFrame, generation: int) -> None:
        """Add designs with their table of `measured_table`."""
        if not designs:
            return
        study = self.study
        sums = table.drop(columns=["key", "refused"])
        measured = Measured.of(sums, study.worlds, study.replications, self._programmes)
        for name, means in self._means.items():
            means += measured.mean(name).tolist()
        self._unjudged += unjudged(study, measured).tolist()
        for one in designs:
            self.places[one.key] = len(self.designs)
            self.designs.append(one)
            self.generations.append(generation)
        self.refused += table["refused"].to_list()[:: study.worlds]

    def mean(self, outcome: str) -> np.ndarray:
        """Return the means of an outcome, shape (designs,); not a number where unknown."""
        return np.array(self._means[outcome], float)

    def goals(self) -> np.ndarray:
        """Return the goals, shape (designs, objectives): to be minimised, infinite if unknown."""
        return np.column_stack(
            [goals_of(self.mean(name), way) for name, way in self.study.objectives.items()]
        )

    def fronts(self) -> list[np.ndarray]:
        """Return the feasible and nondominated designs after each generation, by number."""
        return fronts(self.feasible_goals(), self.ends())

    def ends(self) -> list[int]:
        """Return how many designs there were after each generation."""
        generations = np.array(self.generations)
        return np.searchsorted(generations, np.unique(generations), side="right").tolist()

    def feasible_goals(self) -> np.ndarray:
        """Return the goals, all infinite for designs that are not feasible."""
        return np.where(self.violations()[:, None] == 0.0, self.goals(), np.inf)

    def unjudged(self) -> np.ndarray:
        """Return which designs can't be judged, as an outcome of theirs is not yet observable."""
        return np.array(self._unjudged, bool)

    def violations(self) -> np.ndarray:
        """Return by how much the constraints are missed, shape (designs,); 0 if feasible.

        Designs that can't be judged have `UNJUDGED`, so they are on no front and drive none off.
        """
        total = np.zeros(len(self))
        for one in self.study.conditions[0]:
            total += violation(one, self.mean(one.outcome))
        total = np.where(self.unjudged(), UNJUDGED, total)
        return np.where([bool(one) for one in self.refused], REFUSED, total)


def unjudged(study: SearchStudy, measured: Measured) -> np.ndarray:
    """Return which designs can't be judged by what a study asks for, shape (designs,)."""
    asked = [*study.objectives, *(one.outcome for one in study.conditions[0])]
    return np.any([measured.unjudged(name) for name in asked], axis=0)
