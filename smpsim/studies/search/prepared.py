"""A search study that is ready to run: its space, its worlds, and what its numbers depend on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from smpsim.results.outcomes import Outcome, checked_own, facts_of, to_compute
from smpsim.results.provenance import model_digest, versions, whole_actions
from smpsim.scenario import Scenario, load
from smpsim.scenario.arguments import whole
from smpsim.scenario.parameters import AT_CENTRE, Draws, Parameters
from smpsim.scenario.parameters import parameters as parameters_of
from smpsim.scenario.worlds import Worlds
from smpsim.scenario.yaml_files import Document
from smpsim.studies.search.measured import columns_for
from smpsim.studies.search.space import Design, Space
from smpsim.studies.search.study import (
    SearchStudy,
    check_study,
    programmes_looked_at,
    read_search,
)
from smpsim.studies.search.worlds import (
    World,
    check_worlds,
    drawn_in,
    worlds_of,
)
from smpsim.studies.sweep.own_rules import checked_rules

FREE = ("name", "question", "generations", "candidates", "fresh_worlds", "fresh_replications")
"""What may change without making runs of the search worthless."""


@dataclass(frozen=True)
class PreparedSearch:
    """A study that is ready to run: everything about it has been checked.

    Attributes
    ----------
    study : SearchStudy
    scenario : Scenario
        Without what the study sets.
    space : Space
    programmes : tuple of str
        Whose outcomes count.
    worlds, fresh : list of dict
        Of the search, and of the evaluation afterwards.
    actions : dict
        What was in the files of the actions to choose from.
    rules : mapping
        Rules and attributes of the user's own (see `smpsim.rules`).
    hashes : mapping of str to str
        Of each of them with all that it reads.
    given : Parameters
        What worlds are drawn from, beside the uncertainties of the study.
    """

    study: SearchStudy
    scenario: Scenario = field(repr=False)
    space: Space
    programmes: tuple[str, ...]
    worlds: list[World] = field(repr=False)
    fresh: list[World] = field(repr=False)
    actions: dict[str, Any] = field(default_factory=dict, repr=False)
    rules: Mapping[str, Any] = field(default_factory=dict, repr=False)
    hashes: Mapping[str, str] = field(default_factory=dict, repr=False)
    given: Parameters = AT_CENTRE

    @property
    def columns(self) -> list[str]:
        """Return the outcomes of single runs that are kept."""
        return columns_for(self.study.outcomes, len(self.programmes))

    @property
    def own(self) -> tuple[Outcome, ...]:
        """Return the outcomes of a user's own that are computed."""
        return to_compute(self.columns)

    @property
    def fixed(self) -> Scenario:
        """Return the scenario with all that the study sets."""
        return load(self.scenario, self.study.set)

    @property
    def today(self) -> Design:
        """Return the scenario as it is, as a design."""
        return Design((), dict(self.space.today))

    @property
    def drawn(self) -> Worlds:
        """Return what is drawn in worlds beside the uncertainties of the study."""
        return drawn_in(self.study, self.scenario, self.today, self.fresh[0], self.given)

    def facts(self) -> dict[str, Any]:
        """Return what the runs of the search depend on."""
        stated = self.study.model_dump(mode="json", by_alias=True, exclude=set(FREE))
        return {
            **({"own_outcomes": facts_of(self.own)} if self.own else {}),
            **({"rules": dict(self.hashes)} if self.hashes else {}),
            **self.given.facts,
            "study": {key: value for key, value in stated.items() if key != "scenario"},
            "scenario": self.scenario.fingerprint(),
            "versions": {**versions(), "pymoo": version("pymoo")},
            "model": model_digest(),
        }


def prepare_search(
    study: SearchStudy | Mapping[str, Any] | str | Path,
    own_outcomes: Sequence[Outcome] = (),
    rules: Mapping[str, Any] | None = None,
    parameters: Draws | None = None,
    **changes: int | None,
) -> PreparedSearch:
    """Read a search study and check it.

    Parameters
    ----------
    study : SearchStudy, mapping, str or Path
        A study, what its file would contain, its name in the catalogue, or its file.
    own_outcomes : sequence of Outcome
        Outcomes of your own, which the study may name.
    rules : mapping, optional
        Rules of your own by name (see `smpsim.rules`).
    parameters : str, Path or DataFrame, optional
        As in `smpsim.run`, instead of the study's.
    **changes : int, optional
        ``generations``, ``population``, ``replications`` or ``seed``, instead of the study's.

    Raises
    ------
    ScenarioError
        With all that is wrong.
    """
    # known before the study is read
    checked_own(own_outcomes)
    hashes = checked_rules(rules)
    document: Document | None = None
    if not isinstance(study, SearchStudy):
        study, document = read_search(study)
    drawn = parameters_of(study.parameters if parameters is None else parameters)
    given: dict[str, Any] = {
        key: whole(key, value, 0 if key == "seed" else 1, 2**63)
        for key, value in changes.items()
        if value is not None
    }
    given |= {"parameters": drawn.name} if drawn.name != study.parameters else {}
    if given:
        study = SearchStudy.model_validate({**study.model_dump(by_alias=True), **given})
    if document is None:
        check_study(study)
    scenario = load(study.scenario)
    fixed = load(scenario, study.set)
    space = Space.of(study, fixed)
    worlds = worlds_of(study, fixed, study.worlds, 0)
    fresh = worlds_of(study, fixed, study.fresh_worlds, study.worlds)
    ready = PreparedSearch(
        study,
        scenario,
        space,
        tuple(programmes_looked_at(study, fixed)),
        worlds,
        fresh,
        whole_actions(study.actions.list_ if study.actions else ()),
        dict(rules or {}),
        hashes,
        drawn,
    )
    check_worlds(study, scenario, ready.today, [*worlds, *fresh], document)
    return ready


def checked_search(study: str | Path) -> SearchStudy:
    """Read a search study and check its scenario in every world."""
    return prepare_search(study).study
