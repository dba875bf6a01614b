"""Worlds of a search: what is not known, drawn together, each with luck of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from smpsim.messages import Progress
from smpsim.scenario import Scenario, load
from smpsim.scenario.keypaths import overlapping
from smpsim.scenario.parameters import AT_CENTRE, Parameters
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.worlds import Worlds
from smpsim.scenario.yaml_files import Document
from smpsim.studies.search.space import Design
from smpsim.studies.search.study import SearchStudy
from smpsim.studies.sweep.sampling import ACTIONS, WORLD, actions_of, sample, takes_whole_numbers
from smpsim.studies.sweep.study import Sampling

World = dict[str, Any]
Evaluation = Callable[
    [Sequence[Design], Sequence[World], int, "Progress | None"], tuple[pd.DataFrame, dict[int, str]]
]
"""From designs, worlds and replications to runs (``design``, ``world``, ``programme``,
``replication``, outcomes) and, of designs that can't be, why not."""


def worlds_of(study: SearchStudy, scenario: Scenario, count: int, first: int) -> list[World]:
    """Draw worlds.

    Parameters
    ----------
    study : SearchStudy
    scenario : Scenario
        With all that the study sets.
    count : int
    first : int
        Number of the first: 0 for the search; the fresh ones follow after its last.

    Returns
    -------
    list of dict
        Values of the study's uncertainties by key path, and the number of the plausible world, by
        which all else is drawn: that of the replication of `smpsim.run` with the same seed.
    """
    found: list[World] = [{WORLD: first + number} for number in range(count)]
    if study.uncertainties:
        whole = [key for key in study.uncertainties if takes_whole_numbers([scenario], key)]
        luck = np.random.SeedSequence([study.seed, first]).generate_state(1, np.uint64)[0]
        sampling = Sampling(samples=count, seed=int(luck >> np.uint64(1)))
        drawn = sample(study.uncertainties, sampling, whole)
        for key in study.uncertainties:
            for world, value in zip(found, drawn[key].tolist(), strict=True):
                world[key] = value
    return found


def drawn_in(
    study: SearchStudy, scenario: Scenario, design: Design, world: World, given: Parameters
) -> Worlds:
    """Return what is drawn beside the uncertainties of a study and what designs decide.

    Parameters
    ----------
    study : SearchStudy
    scenario : Scenario
        Without what the study sets.
    design : Design
    world : dict
    given : Parameters
    """
    row = row_of(study, design, world)
    return Worlds(loaded(scenario, row), given.held(scenario, row), study.seed)


def row_of(study: SearchStudy, design: Design, world: World) -> dict[str, Any]:
    """Return a design in a world as a row of a table; levers last, as they are decided."""
    return {**study.set, **world, **design.row()}


def check_worlds(
    study: SearchStudy,
    scenario: Scenario,
    today: Design,
    worlds: Sequence[World],
    document: Document | None,
) -> None:
    """Raise an error if the scenario as it is can't be in some world, at the key at fault."""
    problems: dict[str, Problem] = {}
    # what is drawn from likely ranges can be in every world
    for number, world in enumerate(worlds if study.uncertainties else worlds[:1]):
        try:
            loaded(scenario, row_of(study, today, world))
        except ScenarioError as error:
            for one in error.problems:
                keys = [key for key in study.uncertainties if overlapping(key, one.key)]
                place = Place(f"study {study.name!r}")
                if document is not None:
                    place = document.place_of_key(("uncertainties", *keys[:1]))
                message = f"world {number} of {len(worlds)}: {one.message}"
                problems.setdefault(one.key, Problem.at(place, one.key, message))
    if problems:
        raise ScenarioError(problems.values())


def loaded(scenario: Scenario, row: dict[str, Any]) -> Scenario:
    """Return the scenario that a row stands for."""
    values = {key: value for key, value in row.items() if key not in (ACTIONS, WORLD)}
    return load(load(scenario, actions=actions_of(row[ACTIONS])), values)


def simulator(
    study: SearchStudy,
    scenario: Scenario,
    columns: Sequence[str],
    threads: int | None = None,
    rules: Mapping[str, Any] | None = None,
    given: Parameters = AT_CENTRE,
) -> Evaluation:
    """Return the evaluation by the model.

    Parameters
    ----------
    study : SearchStudy
    scenario : Scenario
        Without what the study sets.
    columns : sequence of str
        Outcomes that are kept.
    threads : int, optional
        Threads; all cores when left out.
    rules : mapping, optional
        Rules of the user's own (see `smpsim.rules`).
    given : Parameters
        What worlds are drawn from, beside the uncertainties of the study.
    """

    def evaluation(
        designs: Sequence[Design],
        worlds: Sequence[World],
        replications: int,
        progress: Progress | None,
    ) -> tuple[pd.DataFrame, dict[int, str]]:
        from smpsim.studies.sweep.sweep import evaluate

        def run(numbers: Sequence[int]) -> pd.DataFrame:
            rows = [row_of(study, designs[one], world) for one in numbers for world in worlds]
            table = pd.DataFrame(
                # values of several kinds in a column must stay what they are
                {key: pd.Series([row[key] for row in rows], dtype=object) for key in rows[0]}
            )
            runs = evaluate(
                scenario,
                table,
                replications=replications,
                seed=study.seed,
                outcomes=columns,
                rules=rules,
                parameters=given,
                threads=threads,
                progress=progress,
            )
            place, world = np.divmod(runs["design"].to_numpy(), len(worlds))
            return runs.assign(design=np.array(numbers)[place], world=world)

        try:
            return run(range(len(designs))), {}
        except ScenarioError:
            # rare, so each design is looked at by itself only now
            refused = {}
            for number, design in enumerate(designs):
                reason = _refusal(study, scenario, design, worlds)
                if reason:
                    refused[number] = reason
            if not refused:
                raise
        left = [number for number in range(len(designs)) if number not in refused]
        empty = pd.DataFrame(columns=["design", "world", "programme", "replication", *columns])
        return (run(left) if left else empty), refused

    return evaluation


def _refusal(
    study: SearchStudy, scenario: Scenario, design: Design, worlds: Sequence[World]
) -> str:
    """Return why a design can't be in some world, or nothing."""
    for world in worlds if study.uncertainties else worlds[:1]:
        try:
            loaded(scenario, row_of(study, design, world))
        except ScenarioError as error:
            one = error.problems[0]
            return f"{one.key}: {one.message}"
    return ""
