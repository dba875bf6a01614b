"""The Mesa model: the same compiled month as in ensembles, a step at a time."""

from __future__ import annotations

import copy
import operator
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from smpsim import checkpoint
from smpsim.agents.employer import Employer
from smpsim.agents.government import Government
from smpsim.agents.institution import Institution
from smpsim.agents.programme import Programme
from smpsim.agents.trainee import Trainee
from smpsim.collecting import REPORTERS
from smpsim.errors import RequestError
from smpsim.mesa_bridge import AgentSet, Collector, SteppedModel
from smpsim.messages import shown_value
from smpsim.scenario import Scenario, load, load_data
from smpsim.scenario.parameters import DEFAULT, Draws, parameters_again
from smpsim.scenario.parameters import parameters as drawn
from smpsim.scenario.values_at_keys import scenario_data
from smpsim.world.blueprints import Blueprints
from smpsim.world.copying import restored, state_of
from smpsim.world.rules import Rules, engine, rule_digests
from smpsim.world.tables import World

LAST_REPLICATION = 2**32 - 1  # a word of the counter of luck
VIEWS = {
    "governments": Government,
    "institutions": Institution,
    "employers": Employer,
    "programmes": Programme,
}


class Model(SteppedModel):
    """A world in which one or more programmes are tried, stepped month by month.

    At the horizon `running` becomes False, and further steps do nothing at all.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
        A catalogue name, a YAML file, or a scenario.
    seed, rng : int, optional
        Seed of the random draws; the scenario's own when neither is given. Two names for the same,
        as Mesa 3.3 says `seed` and Mesa 3.5 `rng`: give one of them. `rng` may be a
        `numpy.random.Generator`, from which the seed is drawn.
    replication : int
        Which of the replications of that seed, from 0.
    actions : sequence of str or Path, optional
        Names or files of actions that are added, as in `smpsim.run`.
    parameters : str, Path or DataFrame
        As in `smpsim.run`, so that the model is its run of this number.
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name, in place of those of `smpsim.rules`, and attributes of people.
    **kwargs
        Values by key path with ``__`` for the dots, for sweeps with `mesa.batch_run`:
        ``programmes__pilot__intakes__seats=40``.

    Attributes
    ----------
    world : World
        The tables of rows that agents are views of.
    datacollector : mesa.DataCollector
        The columns of `Result.trajectories` with the same meaning, summed over programmes where
        that makes sense; employers and their vacancies count once each, however many programmes
        they are in. `month` counts from 0, `cost` is that of the month. The row before the first
        month has month -1, so that the index counts the months done.
    employers, institutions, governments, programmes, trainees : AgentSet
        The agents by type; trainees' views are made when asked for.

    Raises
    ------
    ScenarioError
        If the scenario is not valid.
    RequestError
        If a seed or a replication is out of range.

    Examples
    --------
    >>> model = Model("bare_pipeline", seed=1)
    >>> model.step()
    >>> model.month
    1
    >>> other = model.branch()  # goes on by itself from here
    """

    def __init__(
        self,
        scenario: str | Path | Mapping[str, Any] | Scenario = "bare_pipeline",
        *,
        seed: int | None = None,
        rng: int | np.random.Generator | None = None,
        replication: int = 0,
        actions: Sequence[str | Path] = (),
        parameters: Draws = DEFAULT,
        rules: Rules | None = None,
        # Mesa's pages take a model without this argument only if it has this name
        **kwargs: Any,
    ) -> None:
        paths = {name.replace("__", "."): value for name, value in kwargs.items()}
        design = load(scenario, overrides=paths, actions=actions)
        number = _seed(seed, rng, design.seed)
        which = _whole("replication", replication, LAST_REPLICATION)
        given = drawn(parameters).held(design, paths)
        self._set_up(Blueprints(design, number, given), which, dict(rules or {}))

    def _set_up(
        self,
        plans: Blueprints,
        replication: int,
        rules: Rules,
        world: World | None = None,
        views: bool = True,
    ) -> None:
        """Begin a run, or go on with that of a world, with or without views of its rows."""
        added = set(self.__dict__)
        super().__init__(plans.seed)
        self._plans = plans
        self.seed = plans.seed
        self.replication = replication
        self._rules = rules
        built = engine(rules)
        self._advance = built.advance
        self._viewed = 0
        if world is None:
            self.world = World(plans.of(replication), True, built.attributes)
            self.world.advance(0, self.seed, replication, self._advance)
        elif world.attributes != built.attributes:
            raise ValueError("got people with other attributes than those of the rules")
        else:
            self.world = world
        for table, view in VIEWS.items():
            for row in range(len(self.world.tables[table]) if views else 0):
                view(self, row)
        self.datacollector = Collector(REPORTERS)
        self.datacollector.begin(self)
        self._built_in = frozenset({*self.__dict__, "_built_in"} - added)

    @property
    def _design(self) -> Scenario:
        """The scenario as it is in the model's world."""
        return self.world.blueprint.scenario

    @property
    def month(self) -> int:
        """Months done so far."""
        return self.world.months_done

    @property
    def finished(self) -> bool:
        """Whether the horizon is reached."""
        return self.month >= self._design.months

    def step(self) -> None:
        """Simulate one month; at the horizon, do nothing."""
        if self.finished:
            return
        self.world.advance(1, function=self._advance)
        self.datacollector.collect(self)
        if self.finished:
            self.running = False

    def branch(self) -> Self:
        """Return an independent copy of the present state.

        Both go on to the same numbers as long as nobody changes one of them. `copy.copy`,
        `copy.deepcopy` and `pickle` do the same. Agents and attributes that you added are copied
        too, but not events that you scheduled with Mesa.
        """
        return copy.deepcopy(self)

    def _shared(self) -> list[Any]:
        return [self._plans, self._rules]

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {
            "run": (self._plans, self.replication, self._rules, self.world),
            "viewed": self._viewed,
            "datacollector": self.datacollector,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        plans, replication, rules, world = state["run"]
        self._set_up(plans, replication, rules, world, views=False)
        self._viewed = state["viewed"]
        self.datacollector = state["datacollector"]
        super().__setstate__(state)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the present state into a file, from which `load` goes on.

        The file holds data only. Attributes and agents that you added to the model are not in
        it, and neither are your rules, of which it knows the hash.

        Parameters
        ----------
        path : path
            A file, replaced if it exists.
        """
        facts = {
            "scenario": scenario_data(self._plans.scenario),
            **self._plans.given.recipe,
            "seed": self.seed,
            "replication": self.replication,
            "rules": rule_digests(self._rules),
            "running": self.running,
            "random": self.random_state(),
            "before": self.datacollector.before,
            "collected": self.datacollector.model_vars,
        }
        checkpoint.write(path, facts, state_of(self.world))

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        rules: Rules | None = None,
    ) -> Self:
        """Return the model that `save` wrote into a file.

        Nothing in the file is executed. Load files only from where you would take numbers.

        Parameters
        ----------
        path : path
        rules : mapping of str to function, optional
            The rules of your own that the model had.

        Raises
        ------
        RequestError
            If the file is damaged or no such file, if it is of another version of smpsim or of the
            model's rules, or if your rules are others than those that the model had.
        """
        facts, state = checkpoint.read(path)
        mine = rule_digests(rules)
        try:
            if mine != facts["rules"]:
                raise RequestError(
                    f"{path}: got {_rule_names(mine, facts['rules'])}; allowed: the rules that "
                    f"the model had when it was saved ({', '.join(facts['rules']) or 'none'})"
                )
            design, number = load_data(facts["scenario"]), int(facts["replication"])
            plans = Blueprints(design, int(facts["seed"]), parameters_again(facts))
            world = restored(plans.of(number), state)
            model = cls.__new__(cls)
            model._set_up(plans, number, dict(rules or {}), world)
            model.set_random_state(facts["random"])
            model.datacollector.before = facts["before"]
            model.datacollector.model_vars.update(facts["collected"])
            model.pass_steps(world.months_done)
            model.running = facts["running"]
        except RequestError:
            raise
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RequestError(
                f"{path}: got a damaged model ({error}); allowed: a file of Model.save"
            ) from None
        return model

    def _make_views(self) -> None:
        """Make a view of everybody who has applied since the last call."""
        people = len(self.world.people) if hasattr(self, "_viewed") else 0
        while hasattr(self, "_viewed") and self._viewed < people:
            self._viewed += 1
            Trainee(self, self._viewed - 1)

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


def _whole(name: str, value: Any, most: int) -> int:
    """Return a whole number from 0 to `most`."""
    try:
        number = -1 if isinstance(value, bool) else operator.index(value)
    except TypeError:
        number = -1
    if not 0 <= number <= most:
        raise RequestError(
            f"{name}: got {shown_value(value)}; allowed: a whole number from 0 to {most}"
        )
    return number


def _seed(seed: Any, rng: Any, default: int) -> int:
    """Return the seed that was meant by either name, or the scenario's."""
    if seed is not None and rng is not None:
        raise RequestError("seed: got rng beside it; allowed: one of them, as both say the same")
    if isinstance(rng, np.random.Generator):
        return int(rng.integers(2**63))
    name, value = ("seed", seed) if rng is None else ("rng", rng)
    return default if value is None else _whole(name, value, 2**63 - 1)


def _rule_names(mine: Mapping[str, str], saved: Mapping[str, str]) -> str:
    """Return which rules are others than those of a saved model."""
    other = [name for name in mine if name in saved and mine[name] != saved[name]]
    if other:
        return f"rules with other code or variables: {', '.join(other)}"
    return f"the rules {', '.join(mine)}" if mine else "no rules"
