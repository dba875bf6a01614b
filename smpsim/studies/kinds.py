"""Kinds of files: scenarios, actions and studies, told apart by keys that only one kind has."""

from __future__ import annotations

import contextlib
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from smpsim.messages import nearest, shown_file, shown_list, shown_value
from smpsim.scenario.actions import FOLDER as ACTIONS
from smpsim.scenario.actions import action_names, find_action
from smpsim.scenario.catalogue import find, folder, names
from smpsim.scenario.disk_paths import SUFFIXES, TABLE, is_file, yaml_files
from smpsim.scenario.editor_schemas import json_schema, section_schema
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.yaml_files import read_file

STUDIES = "studies"


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Parameters
    ----------
    name : str
    words : str
        With its article, for messages.
    command : str
        What takes such a file, with ``{}`` in place of its name.
    keys : tuple of str
        A file that has one of them is of this kind.
    loader : str
        Reads and checks it wholly, as ``"module:function"``; imported when needed, as some of
        them bring the engine with them.
    schema : str
        What stands at the top of the file, as ``"module:class"``.
    """

    name: str
    words: str
    command: str
    keys: tuple[str, ...]
    loader: str
    schema: str

    def load(self, source: str | Path) -> Any:
        """Read a file of this kind, or a name of the catalogue.

        Raises
        ------
        ScenarioError
            With everything that is wrong.
        """
        load: Callable[[str | Path], Any] = _imported(self.loader)
        return load(source)

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of such files, for editors."""
        if self.name == SCENARIO:
            return json_schema()
        return section_schema(_imported(self.schema), f"{self.name.capitalize()} of smpsim")


SCENARIO, ACTION, SWEEP, CALIBRATION, REPORTS, SEARCH = (
    "scenario",
    "action",
    "sweep",
    "calibration",
    "reports",
    "search",
)
# a file is of the first kind one of whose keys it has
_ALL = (
    Kind(
        ACTION,
        "an action",
        "smpsim run SCENARIO --with {}",
        ("patch",),
        "smpsim.scenario:load_action",
        "smpsim.scenario:Action",
    ),
    Kind(
        CALIBRATION,
        "a calibration study",
        "smpsim calibrate {}",
        ("priors", "posterior_draws", "model_error"),
        "smpsim.studies.calibrate.study:load_calibration",
        "smpsim.studies.calibrate.study:CalibrationStudy",
    ),
    Kind(
        SEARCH,
        "a search study",
        "smpsim search {}",
        ("levers", "objectives"),
        "smpsim.studies.search.prepared:checked_search",
        "smpsim.studies.search.study:SearchStudy",
    ),
    # a further kind of study is a row here, before the sweep, whose keys it may have too
    Kind(
        SWEEP,
        "a sweep study",
        "smpsim sweep {}",
        ("vary", "scenario", "scenarios"),
        "smpsim.studies.sweep.prepare:checked_study",
        "smpsim.studies.sweep.study:SweepStudy",
    ),
    Kind(
        REPORTS,
        "a file of reported outcomes",
        "smpsim validate --reports {}",
        ("withheld", "patterns", "sizes", "monitoring", "series", "outcomes"),
        "smpsim.studies.validate.read_reports:load_reports",
        "smpsim.studies.validate.reports:Reports",
    ),
    Kind(
        SCENARIO,
        "a scenario",
        "smpsim run {}",
        ("programmes", "extends", "employers", "behaviour"),
        "smpsim.scenario:load",
        "smpsim.scenario:Scenario",
    ),
)
KINDS = {kind.name: kind for kind in _ALL}


@dataclass(frozen=True)
class StudyEntry:
    """A study of the catalogue."""

    name: str
    kind: Kind
    title: str
    question: str
    path: Path


def study_names() -> list[StudyEntry]:
    """Return the studies of the catalogue, sorted by name."""
    found = []
    for name, path in _study_files().items():
        data = _data(path)
        title, question = str(data.get("name", "")), str(data.get("question", ""))
        kind = kind_of_data(data) or KINDS[SWEEP]
        found.append(StudyEntry(name, kind, title, question, path))
    return found


def _study_files() -> dict[str, Path]:
    """Return the files of the catalogue's studies by their names."""
    return {one.stem: one for one in yaml_files(folder() / STUDIES) if one.name[0] not in "._"}


def _data(path: Path) -> Mapping[str, Any]:
    """Return what a file holds; nothing if it can't be read, which its loader will say."""
    try:
        return read_file(path).data
    except ScenarioError:
        return {}


def kind_of_data(data: Mapping[str, Any]) -> Kind | None:
    """Return the kind of the plain data of a file; None if it has a key of no kind."""
    return next((kind for kind in _ALL if set(kind.keys) & set(data)), None)


def kind_of(source: str | Path) -> Kind:
    """Return the kind of a file, or of a name of the catalogue.

    Parameters
    ----------
    source : str or Path

    Returns
    -------
    Kind
        A scenario if the file has a key of no kind. Of a name that scenarios, studies or actions
        share, the first of these. Of an unknown name that of the nearest, so that the loader's
        message can name it; else a scenario.
    """
    path, name = Path(source), str(source)
    if path.suffix == TABLE:
        # a table can only be reports
        return KINDS[REPORTS]
    if is_file(path):
        return kind_of_data(_data(path)) or KINDS[SCENARIO]
    if path.suffix in SUFFIXES or (not _in_catalogue(name) and is_file(f"{name}.yaml")):
        # of a file beside that may have been meant, the loader of scenarios says so
        return KINDS[SCENARIO]
    found = _in_catalogue(name)
    if not found:
        near = nearest(name, _every_name())
        found = _in_catalogue(near.partition("'")[2].rstrip("?'")) if near else []
    return found[0] if found else KINDS[SCENARIO]


def _every_name() -> list[str]:
    actions = [entry.name for entry in action_names()]
    bare = [one.removeprefix(f"{ACTIONS}/") for one in actions]
    return [*(entry.name for entry in names()), *_study_files(), *bare, *actions]


def _in_catalogue(name: str) -> list[Kind]:
    """Return the kinds of what has a name in the catalogue: scenario, study, action."""
    found = []
    with contextlib.suppress(ScenarioError):
        find(name)
        found.append(KINDS[SCENARIO])
    study = _study_files().get(name.removeprefix(f"{STUDIES}/"))
    if study is not None:
        found.append(kind_of_data(_data(study)) or KINDS[SWEEP])
    with contextlib.suppress(ScenarioError):
        find_action(name)
        found.append(KINDS[ACTION])
    return found


def check(source: str | Path) -> Any:
    """Read and check a file of any kind, or a name of the catalogue.

    Returns
    -------
    Scenario, Action, SweepStudy, CalibrationStudy or another content of a file

    Raises
    ------
    ScenarioError
        With everything that is wrong; of a sweep study also with the designs that are not valid.
    """
    return kind_of(source).load(source)


def require(source: str | Path, wanted: str) -> None:
    """Raise an error if a file or name is known to be of another kind.

    Parameters
    ----------
    source : str or Path
    wanted : str
        Name of a kind.

    Raises
    ------
    ScenarioError
        With the command that takes such a file.
    """
    path = Path(source)
    if is_file(path):
        # a file that can't be read, or is of no kind, is for the loader to explain
        kind = kind_of_data(_data(path))
        found = [kind] if kind else []
    else:
        found = _in_catalogue(str(source))
    if found and wanted not in [kind.name for kind in found]:
        command = found[0].command.format(shlex.quote(shown_file(str(source))))
        message = f"got {found[0].words}; allowed: {KINDS[wanted].words} (try: {command})"
        raise ScenarioError([Problem(str(source), None, None, "", message)])


def find_study(study: str | Path, kind: str = SWEEP) -> Path:
    """Return the file of a study: a name in the catalogue's studies, or a file.

    Parameters
    ----------
    study : str or Path
    kind : str
        Name of the kind of study.

    Raises
    ------
    ScenarioError
        If there is no such study, or it is of another kind; the message names the nearest, or
        the command that takes it.
    """
    path, name = Path(study), str(study).removeprefix(f"{STUDIES}/")
    require(study, kind)
    known = {one.name: one.path for one in study_names() if one.kind.name == kind}
    if not is_file(path) and name in known:
        return known[name]
    if is_file(path) or path.suffix in SUFFIXES:
        return path
    hint = f"; did you mean '{name}.yaml'?" if is_file(f"{name}.yaml") else nearest(name, known)
    message = f"no {kind} study {shown_value(name)}; allowed: {shown_list(known)}{hint}"
    raise ScenarioError([Problem("catalogue", None, None, "", message)])


def _imported(home: str) -> Any:
    module, _, name = home.partition(":")
    return getattr(import_module(module), name)
