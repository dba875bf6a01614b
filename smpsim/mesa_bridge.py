"""All that smpsim uses of Mesa: no other module imports it.

Mesa's interface changes from one major version to the next. What a model and its agents need of
it stands here, under names of our own, so that moving to another version is a change of one file.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import mesa
import pandas as pd
from mesa.agent import AgentSet

__all__ = ["Agent", "AgentSet", "Collector", "SteppedModel"]

Agent = mesa.Agent
HAS_SCENARIOS = hasattr(mesa.Model, "scenario")
"""Whether models of this Mesa have an attribute of that name (3.5)."""
Reporter = Callable[..., Any]


class Collector(mesa.DataCollector):
    """A DataCollector that knows the state before the first step as well.

    That state is kept apart: `mesa.batch_run` takes the row of a step by its number.

    Parameters
    ----------
    reporters : mapping of str to function
        (model, name) -> the value of the column of that name.
    """

    def __init__(self, reporters: Mapping[str, Reporter]) -> None:
        # partials can be pickled, unlike functions made here
        super().__init__(
            {name: partial(_named, report, name) for name, report in reporters.items()}
        )
        self.before: dict[str, Any] = {}

    def begin(self, model: Any) -> None:
        """Collect the state before the first step."""
        self.before = {name: report(model) for name, report in self.model_reporters.items()}

    def get_model_vars_dataframe(self) -> pd.DataFrame:
        """Return a row for each number of steps done, from none."""
        first = {name: [value] for name, value in self.before.items()}
        return pd.DataFrame(
            {name: first.get(name, []) + values for name, values in self.model_vars.items()}
        )


def _named(report: Reporter, name: str, model: Any) -> Any:
    return report(model, name)


class SteppedModel(mesa.Model):
    """A Mesa model of a scenario that stops by itself, and whose copies are models of their own.

    Parameters
    ----------
    seed : int
        Seed of Mesa's own random numbers, which smpsim leaves to the user.
    """

    _design: Any  # the scenario
    _user_step: Callable[..., None]
    _built_in: frozenset[str]  # attributes that a copy makes itself

    def __init__(self, seed: int) -> None:
        super().__init__(rng=seed)
        # Mesa counts each call of a step, also of one that does nothing
        self._counted_step: Callable[..., None] = self.step
        self.step = self._step_if_any  # type: ignore[method-assign]

    def step(self) -> None:
        """Do a step."""

    def _step_if_any(self, *arguments: Any, **options: Any) -> None:
        """Do a step, or nothing at all when there is none left."""
        if self.finished:
            self.running = False
        else:
            self._counted_step(*arguments, **options)

    @property
    def finished(self) -> bool:
        """Whether there is no step left."""
        return False

    @property
    def scenario(self) -> Any:
        """The scenario of this model."""
        return _not_of_mesa(self._design) if HAS_SCENARIOS else self._design

    @scenario.setter
    def scenario(self, value: Any) -> None:
        # Mesa 3.5 sets a scenario of its own on every model, which nobody asks for
        self._mesa_scenario = value

    def _make_views(self) -> None:
        """Make the agents that are there by now, before somebody looks at them."""

    @property
    def agents(self) -> AgentSet:
        """All agents."""
        self._make_views()
        return self._all_agents

    @property
    def agents_by_type(self) -> dict[type, AgentSet]:
        """Agent sets by class."""
        self._make_views()
        return self._agents_by_type

    def _of_type(self, kind: type) -> AgentSet:
        return self.agents_by_type.get(kind, AgentSet([], random=self.random))

    def __deepcopy__(self, memo: dict[int, Any]) -> SteppedModel:
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        for shared in self._shared():
            memo[id(shared)] = shared
        twin.__setstate__(copy.deepcopy(self.__getstate__(), memo))
        return twin

    def __copy__(self) -> SteppedModel:
        # a copy that shares the world would step that of the original
        return copy.deepcopy(self)

    def __reduce__(self) -> tuple[Any, ...]:
        # in two steps, as agents and attributes refer to their model
        return _blank, (type(self),), self.__getstate__()

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy is made of; what Mesa keeps for itself is made anew."""
        return {
            "agents": list(self._all_agents),
            "steps": self.steps,
            "running": self.running,
            "random": self.random_state(),
            "added": {n: v for n, v in self.__dict__.items() if n not in self._built_in},
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Become a copy; the class that knows the world has called `__init__` before."""
        self.register(state["agents"])
        self.pass_steps(state["steps"])
        self.running = state["running"]
        self.set_random_state(state["random"])
        self.__dict__.update(state["added"])

    def _shared(self) -> list[Any]:
        """Return what copies have in common, as nobody changes it."""
        return []

    def register(self, agents: list[Any]) -> None:
        """Take agents of a copy in, under the numbers that they have."""
        for agent in agents:
            number = agent.unique_id
            self.register_agent(agent)
            agent.unique_id = number
        last = max((agent.unique_id for agent in agents), default=0)
        if hasattr(self, "agent_id_counter"):
            self.agent_id_counter = last + 1
        else:
            # Mesa 3.3 counts outside the model
            mesa.Agent._ids[self] = itertools.count(last + 1)

    def pass_steps(self, steps: int) -> None:
        """Let Mesa count steps in which nothing happens."""
        mine, self._user_step = self._user_step, _nothing
        for _ in range(steps):
            self._counted_step()
        self._user_step = mine

    def random_state(self) -> dict[str, Any]:
        """Return the state of Mesa's random numbers as plain data."""
        version, numbers, gauss = self.random.getstate()
        return {"random": [version, list(numbers), gauss], "rng": self.rng.bit_generator.state}

    def set_random_state(self, state: Mapping[str, Any]) -> None:
        """Go on with Mesa's random numbers where `random_state` was called."""
        version, numbers, gauss = state["random"]
        self.random.setstate((version, tuple(numbers), gauss))
        self.rng.bit_generator.state = state["rng"]


@cache
def _false(kind: Any) -> Any:
    """Return a class whose instances equal those of another, but are false."""

    def equal(self: Any, other: Any) -> bool:
        return isinstance(other, kind) and vars(self) == vars(other)

    names = {"__bool__": lambda self: False, "__eq__": equal, "__hash__": kind.__hash__}
    return type(kind)(kind.__name__, (kind,), {"__module__": kind.__module__, **names})


def _not_of_mesa(design: Any) -> Any:
    """Return a scenario that the pages of Mesa 3.5 leave alone.

    They take what is true and called `scenario` for one of Mesa's own class, which smpsim's is not.
    """
    twin, kind = copy.copy(design), design.__class__
    object.__setattr__(twin, "__class__", _false(kind))
    return twin


def _blank(kind: Any) -> Any:
    return kind.__new__(kind)


def _nothing() -> None:
    pass
