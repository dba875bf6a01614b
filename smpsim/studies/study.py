"""A study file: which scenarios, what is varied in them, how often each design is run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import model_validator

from smpsim.scenario import Scenario, load
from smpsim.scenario.catalogue import SUFFIXES, folder
from smpsim.scenario.editor import DRAFT
from smpsim.scenario.errors import Place, Problem, ScenarioError, shown_list
from smpsim.scenario.fields import Section, described
from smpsim.scenario.loading import Source
from smpsim.scenario.quantities import nearest
from smpsim.scenario.sheets import check_sheet
from smpsim.scenario.source import Document, read_file
from smpsim.studies.axes import ACTIONS, Axis, Spread, as_actions
from smpsim.studies.study_findings import findings

Scenarios = Source | Sequence[Source] | Mapping[str, Source]
STUDIES = "studies"


class Sampling(Section):
    """How the distributions are sampled, all together."""

    method: Literal["latin_hypercube", "sobol", "random"] = described(
        "latin_hypercube", "word", "Way of sampling"
    )
    samples: int | None = described(
        None, "number", "Samples of all distributions without samples of their own", ge=1, le=10**6
    )
    seed: int = described(1, "number", "Seed of the samples", ge=0, lt=2**63)


class SweepStudy(Section):
    """What is varied, in which scenarios, and how often each design is run."""

    name: str = described(..., "text", "Name of the study", min_length=1)
    question: str = described("", "text", "What it is to answer")
    scenario: str | None = described(None, "name", "Scenario of the catalogue, or file")
    scenarios: list[str] = described([], "names", "More than one scenario, in place of that")
    set: dict[str, Any] = described({}, "values by key path", "What is the same in all designs")
    vary: dict[str, Axis] = described({}, "axes by key path", "What is varied")
    design: Sampling = described(Sampling(), "section", "How distributions are sampled")
    outcomes: list[str] = described([], "names", "Outcomes that are kept; all if left out")
    replications: int = described(100, "runs", "Runs of each design", ge=1, le=1_000_000)
    seed: int = described(1, "number", "Seed of all luck", ge=0, lt=2**63)

    @model_validator(mode="after")
    def _one_way_of_naming(self) -> SweepStudy:
        if (self.scenario is None) == (not self.scenarios):
            found = "found both scenario and scenarios" if self.scenarios else "found no scenario"
            raise ValueError(f"{found}, allowed: scenario, or a list under scenarios")
        return self

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Names or files of the scenarios."""
        return (self.scenario,) if self.scenario is not None else tuple(self.scenarios)

    @property
    def sampled(self) -> dict[str, Spread]:
        """Distributions that are sampled together, by key path."""
        joint = {key: axis for key, axis in self.vary.items() if axis.is_joint}
        return {key: axis.spread for key, axis in joint.items() if axis.spread is not None}

    @property
    def action_sets(self) -> tuple[tuple[str, ...], ...]:
        """Sets of actions that are compared, if they are varied."""
        axis = self.vary.get(ACTIONS)
        return tuple(as_actions(value) for value in axis.values) if axis else ()


def find_study(study: str | Path) -> Path:
    """Return the file of a study: a name in the catalogue's studies, or a file.

    Raises
    ------
    ScenarioError
        If there is no such study; the message names the nearest.
    """
    path, name = Path(study), str(study).removeprefix(f"{STUDIES}/")
    known = {one.stem: one for one in sorted((folder() / STUDIES).glob("*.y*ml"))}
    if not path.is_file() and name in known:
        return known[name]
    if path.is_file() or path.suffix in SUFFIXES:
        return path
    message = f"found no study {name!r}, allowed: {shown_list(known)}{nearest(name, known)}"
    raise ScenarioError([Problem("catalogue", None, None, "", message)])


def load_study(study: str | Path) -> tuple[SweepStudy, Document]:
    """Read a study of the catalogue, or a file.

    Returns
    -------
    SweepStudy
    Document
        The plain data with the place of each key, for problems that are found later.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key.
    """
    path = find_study(study)
    document = read_file(path)
    _resolve(document.data, path.parent)
    problems: list[Problem] = []
    sheet = None
    try:
        sheet = check_sheet(document, SweepStudy)
    except ScenarioError as error:
        problems += error.problems
    # what is said on a line already is not said again
    known = {problem.line for problem in problems}
    problems += [problem for problem in _problems(document) if problem.line not in known]
    if problems or sheet is None:
        raise ScenarioError(problems)
    return sheet, document


def is_sweep(path: Path) -> bool:
    """Return whether a file names scenarios to be run, as only studies do."""
    try:
        return bool({"scenario", "scenarios", "vary"} & set(read_file(path).data))
    except ScenarioError:
        return False


def check_study(study: SweepStudy) -> Document:
    """Check a study that was made in Python as `load_study` checks a file."""
    document = Document(study.model_dump(mode="json"), Place(f"study {study.name!r}"))
    problems = _problems(document)
    if problems:
        raise ScenarioError(problems)
    return document


def _problems(document: Document) -> list[Problem]:
    return [finding.problem(document) for finding in findings(document.data)]


def _resolve(data: dict[str, Any], beside: Path) -> None:
    """Let files of scenarios and actions be named as seen from the study's folder."""

    def resolved(name: Any) -> Any:
        if isinstance(name, list):
            return [resolved(one) for one in name]
        named = isinstance(name, str) and name.endswith(SUFFIXES)
        there = beside / name if named else None
        return str(there) if there is not None and there.is_file() else name

    for key in ("scenario", "scenarios"):
        if key in data:
            data[key] = resolved(data[key])
    vary = data.get("vary")
    actions = vary.get(ACTIONS) if isinstance(vary, Mapping) else None
    if isinstance(actions, dict) and "list" in actions:
        actions["list"] = resolved(actions["list"])


def named(scenarios: Scenarios) -> dict[str, Scenario]:
    """Return scenarios by the names that stand in tables.

    Raises
    ------
    ScenarioError
        If one is not valid.
    ValueError
        If two have the same name.
    """
    if isinstance(scenarios, Mapping) and not _is_scenario(scenarios):
        return {str(name): load(source) for name, source in scenarios.items()}
    single = isinstance(scenarios, (str, os.PathLike, Scenario, Mapping))
    sources: Any = [scenarios] if single else scenarios
    found: dict[str, Scenario] = {}
    for source in sources:
        scenario = load(source)
        plain = isinstance(source, (str, os.PathLike))
        name = Path(source).stem if plain else scenario.name
        if name in found:
            raise ValueError(f"scenarios: found {name!r} twice, allowed: different names")
        found[name] = scenario
    return found


def _is_scenario(data: Mapping[Any, Any]) -> bool:
    """Return whether a mapping is the plain data of a scenario, not scenarios by name."""
    return "programmes" in data or "extends" in data


def study_schema() -> dict[str, Any]:
    """Return a JSON Schema (draft 2020-12) of study files for editors."""
    schema = SweepStudy.model_json_schema()
    for section in (schema, *schema.get("$defs", {}).values()):
        for described_key in section.get("properties", {}).values():
            # pydantic gives a default in the form of Python
            described_key.pop("default", None)
    return {"$schema": DRAFT, **schema, "title": "Sweep of smpsim"}
