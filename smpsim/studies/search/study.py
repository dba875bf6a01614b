"""A search study: what may be decided, what is not known, and what a good design is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Literal

from pydantic import model_validator

from smpsim.messages import nearest, shown_list, shown_value
from smpsim.results.conditions import Condition
from smpsim.scenario import Scenario, load
from smpsim.scenario.allowed_values import shape_at
from smpsim.scenario.checked_files import check_sheet, given_document
from smpsim.scenario.disk_paths import beside
from smpsim.scenario.duplicates import twins
from smpsim.scenario.fields import Section, described
from smpsim.scenario.keypaths import KeyPath, KeyPathError
from smpsim.scenario.parameters import DEFAULT
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.quantities import Distribution
from smpsim.scenario.schema_check import check_schema
from smpsim.scenario.schema_errors import Finding, problems_of
from smpsim.scenario.values import UnfitError, read_value
from smpsim.scenario.values_at_keys import get_value, put, scenario_data
from smpsim.scenario.yaml_files import Document, read_file
from smpsim.studies.kinds import KINDS, SEARCH, find_study, kind_of_data
from smpsim.studies.search.levers import Lever
from smpsim.studies.search.measured import known_outcomes_of
from smpsim.studies.sweep.sampling import takes_whole_numbers
from smpsim.studies.sweep.study import NOT_VARIED
from smpsim.studies.sweep.study_file import MOST_FINDINGS, fault_of_action

MOST_TRIED = 200
"""Values for which a whole scenario is checked, a millisecond or two each."""
Direction = Literal["maximize", "minimize"]


class ActionChoice(Section):
    """Actions that may be taken, each or not."""

    list_: list[str] = described(..., "names", "Actions to choose from", alias="list", min_length=1)
    at_most: int | None = described(
        None, "number", "The most actions in a design; any number if left out", ge=1
    )


class SearchStudy(Section):
    """What is searched, how good designs are told, and how long it takes."""

    name: str = described(..., "text", "Name of the study", min_length=1)
    question: str = described("", "text", "What it is to answer")
    scenario: str = described(..., "name", "Scenario of the catalogue, or file")
    programme: str | None = described(
        None, "name", "Programme whose outcomes count; totals over all programmes if left out"
    )
    set: dict[str, Any] = described({}, "values by key path", "What is the same in all designs")
    levers: dict[str, Lever] = described({}, "levers by key path", "What may be decided")
    actions: ActionChoice | None = described(None, "section", "Actions that may be taken")
    uncertainties: dict[str, Distribution] = described(
        {}, "distributions by key path", "What is not known, whatever is decided"
    )
    parameters: str = described(
        DEFAULT, "word or file", "likely, centre, or a CSV file of draws of what is not known well"
    )
    objectives: dict[str, Direction] = described(
        {
            "placed": "maximize",
            "cost_per_retained_placement": "minimize",
            "npv_origin_60m": "maximize",
        },
        "directions by outcome",
        "What a good design maximises or minimises",
        min_length=2,
        max_length=6,
    )
    constraints: list[str] = described(
        [], "conditions", "What the means of a design must meet, such as 'shortfall < 60'"
    )
    satisfice: list[str] = described(
        [],
        "conditions",
        "What is good enough in a world; no objective worse than today if left out",
    )
    worlds: int = described(10, "number", "Worlds in which designs are searched", ge=1, le=10_000)
    replications: int = described(5, "runs", "Runs of a design in a world", ge=1, le=100_000)
    population: int = described(40, "number", "Designs in a generation", ge=4, le=10_000)
    generations: int = described(15, "number", "Generations", ge=1, le=10_000)
    candidates: int = described(
        20, "number", "The most designs of the front that are evaluated again", ge=2, le=200
    )
    fresh_worlds: int = described(
        50, "number", "Fresh worlds, for those designs only", ge=2, le=10_000
    )
    fresh_replications: int = described(10, "runs", "Runs in each of them", ge=1, le=100_000)
    seed: int = described(
        1, "number", "Seed of the search, the worlds and all other draws", ge=0, lt=2**63
    )

    @model_validator(mode="after")
    def _something_to_decide(self) -> SearchStudy:
        if not self.levers and self.actions is None:
            raise ValueError("got neither levers nor actions; allowed: at least one of the two")
        return self

    @property
    def conditions(self) -> tuple[tuple[Condition, ...], tuple[Condition, ...]]:
        """Return the constraints and what is good enough."""
        known = known_outcomes_of(1)
        constraints, satisfice = (
            tuple(Condition.parse(text, known) for text in texts)
            for texts in (self.constraints, self.satisfice)
        )
        return constraints, satisfice

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Return all outcomes that are needed: of objectives and of conditions."""
        named = [one.outcome for part in self.conditions for one in part]
        return tuple(dict.fromkeys([*self.objectives, *named]))

    def planned(self) -> tuple[int, int]:
        """Return the runs of a generation and of the fresh evaluation, at most."""
        fresh = (self.candidates + 1) * self.fresh_worlds * self.fresh_replications
        return self.population * self.worlds * self.replications, fresh


def is_search(path: str | Path) -> bool:
    """Return whether a file is a search study, by the keys that no other kind of file has."""
    try:
        return kind_of_data(read_file(Path(path)).data) is KINDS[SEARCH]
    except ScenarioError:
        return False


def load_search(study: str | Path) -> SearchStudy:
    """Read a search study of the catalogue, or a file.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key.
    """
    return read_search(study)[0]


def read_search(study: str | Path | Mapping[str, Any]) -> tuple[SearchStudy, Document]:
    """Do what `load_search` does, and return the document with the place of each key too."""
    if isinstance(study, Mapping):
        document = given_document(study)
    else:
        path = find_study(study, SEARCH)
        document = read_file(path)
        if "scenario" in document.data:
            document.data["scenario"] = beside(document.data["scenario"], path.parent)
    problems: list[Problem] = []
    sheet = None
    try:
        sheet = check_sheet(document, SearchStudy)
    except ScenarioError as error:
        problems += error.problems
    # what is said on a line already is not said again
    said = {problem.line for problem in problems}
    later = problems_of(list(islice(_findings(document.data), MOST_FINDINGS)), document)
    problems += [problem for problem in later if problem.line not in said]
    if problems or sheet is None:
        raise ScenarioError(problems)
    return sheet, document


def check_study(study: SearchStudy) -> None:
    """Raise an error with what is wrong with a study that was not read from a file."""
    data = study.model_dump(mode="json", by_alias=True, exclude_none=True)
    document = Document(data, Place(f"study {study.name!r}"))
    problems = problems_of(list(islice(_findings(data), MOST_FINDINGS)), document)
    if problems:
        raise ScenarioError(problems)


def _findings(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what the schema can't see, as far as the data allows to look."""
    scenario = None
    if isinstance(data.get("scenario"), str):
        try:
            scenario = load(data["scenario"])
        except ScenarioError as error:
            yield Finding(("scenario",), str(error.problems[0]))
    if scenario is not None:
        yield from _findings_of_keys(data, scenario)
    listed = data["actions"].get("list") if isinstance(data.get("actions"), Mapping) else None
    actions = listed if isinstance(listed, list) else []
    again = set(twins(actions))
    for place, action in enumerate(actions):
        path: KeyPath = ("actions", "list", place)
        if place in again:
            yield Finding(path, f"got {shown_value(action)} twice; allowed: each action once")
            continue
        fault = fault_of_action(str(action))
        if fault:
            yield Finding(path, fault)
    yield from _findings_of_outcomes(data, scenario)


def _findings_of_keys(data: Mapping[str, Any], scenario: Scenario) -> Iterator[Finding]:
    given = {part: _mapping(data.get(part)) for part in ("set", "levers", "uncertainties")}
    trial = _Trial(scenario)
    for part, keys in given.items():
        for key in keys:
            path = (part, str(key))
            twice = [one for one in given if one != part and key in given[one]]
            if twice and part != "set":
                yield Finding(path, f"given under {twice[0]} too; allowed: one of the two", "key")
            elif key in (*NOT_VARIED, "seed"):
                yield Finding(path, f"got {key} of a scenario; allowed: {key} of the study", "key")
            else:
                try:
                    get_value(trial.data, str(key))
                except KeyPathError as error:
                    yield Finding(path, str(error), "key")
                    continue
                if part == "levers":
                    yield from _findings_of_lever(trial, str(key), keys[key])
                elif part == "set":
                    yield from trial.findings(str(key), keys[key], path)


def _findings_of_lever(trial: _Trial, key: str, raw: Any) -> Iterator[Finding]:
    """Yield the values that may not stand at a key, whatever the other values are."""
    try:
        lever = Lever.parse(raw)
    except ValueError:
        # the schema has said so
        return
    if lever.kind == "uniform" and takes_whole_numbers([trial.scenario], key):
        lever = lever.whole()
        if lever.values[0] >= lever.values[1]:
            message = f"got {shown_value(raw)}; allowed: a range with two whole numbers or more"
            yield Finding(("levers", key), message)
            return
    steps: Iterable[tuple[str | int, Any]] = zip(("low", "high"), lever.values, strict=False)
    if lever.kind in ("grid", "list"):
        # as in the file, where they need not be sorted
        steps = enumerate(raw[lever.kind])
    for step, value in steps:
        yield from trial.findings(key, value, ("levers", key, next(iter(raw)), step))


class _Trial:
    """Values put into a scenario, one at a time, to see whether they may stand there.

    The whole scenario is checked, as a section may have something to say on its parts; but of
    very many values only the first ones, and the others for themselves: each design is checked
    again when its turn comes.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.data = scenario_data(scenario)
        self.left = MOST_TRIED

    def findings(self, key: str, value: Any, path: KeyPath) -> Iterator[Finding]:
        """Yield what is wrong with a value."""
        data, place = put(self.data, key, value)
        if self.left <= 0:
            shape = shape_at(place)
            try:
                if shape is not None:
                    read_value(value, shape, data)
                return
            except UnfitError:
                # the whole check finds the words
                pass
        self.left -= 1
        # sections are not checked against each other: another lever may make this value fit
        found = check_schema(data)[1]
        if found:
            yield Finding(path, found[0].message)


def _findings_of_outcomes(data: Mapping[str, Any], scenario: Scenario | None) -> Iterator[Finding]:
    names = [one.name for one in scenario.programmes] if scenario else []
    programme = data.get("programme")
    if scenario is not None and isinstance(programme, str) and programme not in names:
        hint = nearest(programme, names)
        message = f"got {shown_value(programme)}; allowed: {shown_list(names)}{hint}"
        yield Finding(("programme",), message)
    known = known_outcomes_of(len(names) if programme is None and names else 1)
    for outcome in _mapping(data.get("objectives")):
        if outcome not in known:
            message = f"got outcome {shown_value(outcome)}; allowed: {shown_list(known)}"
            yield Finding(("objectives", outcome), message + nearest(outcome, known), "key")
    for part in ("constraints", "satisfice"):
        texts = data.get(part)
        for place, text in enumerate(texts if isinstance(texts, list) else ()):
            try:
                Condition.parse(text, known)
            except ValueError as error:
                yield Finding((part, place), str(error))


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def programmes_looked_at(study: SearchStudy, scenario: Scenario) -> Sequence[str]:
    """Return the programmes whose outcomes count."""
    return [study.programme] if study.programme else [one.name for one in scenario.programmes]
