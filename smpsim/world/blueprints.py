"""The blueprints of replications: the same for all, or one for each plausible world."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from smpsim.scenario import Scenario
from smpsim.scenario.parameters import DEFAULT, Draws, parameters
from smpsim.scenario.worlds import OTHER_LUCK, Worlds
from smpsim.world.blueprint import Blueprint, blueprint

NETWORKS = 10
"""Networks of employers that plausible worlds share; to link employers anew takes long."""


class Plans(Protocol):
    """What gives each replication its blueprint."""

    @property
    def scenario(self) -> Scenario:
        """The scenario as it is stated."""

    @property
    def centre(self) -> Blueprint:
        """The blueprint of the scenario as it is stated."""

    @property
    def drawn(self) -> bool:
        """Whether replications differ in more than luck."""

    def of(self, replication: int) -> Blueprint:
        """Return the blueprint of a replication."""


class Blueprints:
    """The blueprints of the replications of a scenario.

    Parameters
    ----------
    scenario : Scenario
    seed : int
        Of all luck, of the draws and of the networks.
    given : str, Path, DataFrame or Parameters
        As in `smpsim.scenario.parameters.parameters`.
    """

    def __init__(self, scenario: Scenario, seed: int, given: Draws = DEFAULT) -> None:
        self.scenario, self.seed, self.given = scenario, seed, parameters(given)
        self.worlds = Worlds(scenario, self.given, seed)
        self._linked: dict[int, Blueprint] = {}
        self._last: tuple[int, Blueprint] | None = None

    @cached_property
    def centre(self) -> Blueprint:
        """The blueprint of the scenario as it is stated."""
        return blueprint(self.scenario, self.seed)

    @property
    def drawn(self) -> bool:
        """Whether replications differ in more than luck."""
        return bool(self.worlds)

    def of(self, replication: int) -> Blueprint:
        """Return the blueprint of a replication: that of its world, whatever its luck."""
        if not self.worlds:
            return self.centre
        number = replication % OTHER_LUCK
        last = self._last
        if last is not None and last[0] == number:
            return last[1]
        links = number % NETWORKS
        found = blueprint(
            self.worlds.scenario(number), self.seed + links, like=self._linked.get(links)
        )
        self._linked.setdefault(links, found)
        self._last = number, found
        return found
