"""The Mesa model: the same compiled month as in ensembles, a step at a time."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import mesa
import numpy as np
from mesa.agent import AgentSet

from smpsim.agents.employer import AWARE, COMMITTED, ENGAGED, HIRING, WITHDRAWN, Employer
from smpsim.agents.government import Government
from smpsim.agents.institution import Institution
from smpsim.agents.programme import Programme
from smpsim.agents.trainee import Trainee
from smpsim.compiled import exchange
from smpsim.scenario import Scenario, load
from smpsim.vocabulary import STAGES, TRAJECTORY_COLUMNS
from smpsim.world import month
from smpsim.world.blueprint import blueprint
from smpsim.world.rules import named_rules
from smpsim.world.tables import World


class Model(mesa.Model):
    """A world in which one or more programmes are tried, stepped month by month.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
        A catalogue name, a YAML file, or a scenario.
    seed, rng : int, optional
        Seed of all luck; the scenario's own when neither is given. Two names for the same, as
        Mesa 3.3 says `seed` and Mesa 3.5 `rng`.
    replication : int
        Which of the replications of that seed.
    rules : mapping of str to function, optional
        Rules of your own by name, in place of those of `smpsim.rules`.
    **overrides
        Values by key path with ``__`` for the dots, for sweeps with `mesa.batch_run`:
        ``programmes__pilot__intakes__seats=40``.

    Attributes
    ----------
    world : World
        The tables of rows that agents are views of.
    datacollector : mesa.DataCollector
        Every column of the trajectory, summed over programmes where that makes sense; employers
        and their vacancies once each, however many programmes they are in.
    employers, institutions, governments, programmes, trainees : AgentSet
        The agents by type; trainees' views are made when asked for.

    Raises
    ------
    ScenarioError
        If the scenario is not valid.

    Examples
    --------
    >>> model = Model("bare_pipeline", seed=1)
    >>> model.step()
    >>> model.month
    1
    """

    def __init__(
        self,
        scenario: str | Path | Mapping[str, Any] | Scenario = "bare_pipeline",
        *,
        seed: int | None = None,
        rng: int | None = None,
        replication: int = 0,
        rules: Mapping[str, Callable[..., Any]] | None = None,
        **overrides: Any,
    ) -> None:
        paths = {name.replace("__", "."): value for name, value in overrides.items()}
        self._design = load(scenario, overrides=paths)
        chosen = next((s for s in (seed, rng) if s is not None), self._design.seed)
        super().__init__(rng=int(chosen))
        self.seed = int(chosen)
        self.replication = replication
        self.world = World(blueprint(self._design, self.seed))
        self._advance = exchange(month.advance, named_rules(rules or {}))
        self.world.advance(0, self.seed, replication, self._advance)
        for view, table in (
            (Government, "governments"),
            (Institution, "institutions"),
            (Employer, "employers"),
            (Programme, "programmes"),
        ):
            for row in range(len(self.world.tables[table])):
                view(self, row)
        self._viewed = 0
        self.datacollector = mesa.DataCollector(
            model_reporters={name: _reporter(name) for name in TRAJECTORY_COLUMNS}
            | {"month": lambda model: model.month, "cost": _cost_so_far}
        )

    @property
    def scenario(self) -> Scenario:
        """The scenario of this model."""
        return self._design

    @scenario.setter
    def scenario(self, value: Any) -> None:
        # Mesa 3.5 sets a scenario class of its own on every model
        self._mesa_scenario = value

    @property
    def month(self) -> int:
        """Months done so far."""
        return self.world.months_done

    def step(self) -> None:
        """Simulate one month."""
        self.world.advance(1, function=self._advance)
        self.datacollector.collect(self)
        self.running = self.month < self._design.months

    def _view_trainees(self) -> None:
        """Make a view of everybody who has applied since the last call."""
        people = len(self.world.people) if hasattr(self, "_viewed") else 0
        while hasattr(self, "_viewed") and self._viewed < people:
            self._viewed += 1
            Trainee(self, self._viewed - 1)

    @property
    def agents(self) -> AgentSet:
        """All agents, trainees among them."""
        self._view_trainees()
        return self._all_agents

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        """Agent sets by class, trainees among them."""
        self._view_trainees()
        return self._agents_by_type

    def _of_type(self, kind: type) -> AgentSet:
        return self.agents_by_type.get(kind, AgentSet([], random=self.random))

    @property
    def employers(self) -> AgentSet:
        """All employers."""
        return self._of_type(Employer)

    @property
    def institutions(self) -> AgentSet:
        """All training institutions."""
        return self._of_type(Institution)

    @property
    def governments(self) -> AgentSet:
        """All governments."""
        return self._of_type(Government)

    @property
    def programmes(self) -> AgentSet:
        """All programmes."""
        return self._of_type(Programme)

    @property
    def trainees(self) -> AgentSet:
        """Everybody who has applied so far."""
        return self._of_type(Trainee)


AVERAGED = ("mean_trust", "mean_alignment", "visa_wait_months", "seats_factor", "visa_backlog")


TAKING_PART = (ENGAGED, COMMITTED, HIRING)
KNOWING = (AWARE, *TAKING_PART, WITHDRAWN)


def _partners(world: World) -> np.ndarray:
    """Return the rows of all employers that are in a programme, each once."""
    partners: np.ndarray = world.employers[np.unique(world.partnerships["employer"])]
    return partners


def _employers(world: World, states: tuple[int, ...]) -> float:
    """Return how many employers are in one of some states with at least one programme."""
    there = np.isin(world.partnerships["state"], states)
    return float(len(np.unique(world.partnerships["employer"][there])))


OF_EMPLOYERS: dict[str, Callable[[World], float]] = {
    "vacancies_open": lambda world: float(_partners(world)["open_vacancies"].sum()),
    "vacancies_filled": lambda world: float(
        (_partners(world)["hired"] + _partners(world)["filled_locally"]).sum()
    ),
    "employers_aware": lambda world: _employers(world, KNOWING),
    "employers_engaged": lambda world: _employers(world, TAKING_PART),
}


def _reporter(name: str) -> Callable[[Model], float]:
    """Return a reporter of a column of the trajectory: the sum over programmes, or their mean.

    An employer may be in several programmes, which a sum would count as often.
    """

    def report(model: Model) -> float:
        if name in OF_EMPLOYERS and len(model.world.programmes) > 1:
            return OF_EMPLOYERS[name](model.world)
        row = model.world.series(name)[model.month - 1]
        if name not in AVERAGED:
            return int(row.sum()) if name in STAGES else float(row.sum())
        known = row[~np.isnan(row)]
        return float(known.mean()) if len(known) else math.nan

    return report


def _cost_so_far(model: Model) -> float:
    """Return the costs of all programmes so far, currency."""
    return float(model.world.programmes["spent"].sum())
