"""Scenarios from the catalogue, from files and from plain data."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smpsim.messages import nearest, one_line
from smpsim.scenario import catalogue
from smpsim.scenario.actions import ActionSource, is_action
from smpsim.scenario.apply_actions import with_actions
from smpsim.scenario.archived_files import kept_scenario
from smpsim.scenario.arguments import several
from smpsim.scenario.checked_files import plain_data
from smpsim.scenario.disk_paths import SUFFIXES, is_file, may_exist, names_near, real
from smpsim.scenario.extends import Inheritance
from smpsim.scenario.keypaths import KeyPathError, format_path
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.ranges import check_ranges, let_go, taken_out
from smpsim.scenario.read_from import Read, keep_origin
from smpsim.scenario.schema import Scenario
from smpsim.scenario.schema_check import check_schema, check_sections
from smpsim.scenario.schema_errors import problems_of
from smpsim.scenario.timeline import build_segments, segments
from smpsim.scenario.values_at_keys import put, scenario_data
from smpsim.scenario.yaml_files import Document, parse_text, parse_value

__all__ = ["FileText", "Overrides", "Source", "load", "load_data", "read_document", "segments"]


@dataclass(frozen=True)
class FileText:
    """The text of a scenario file that is not on this computer's disk, such as an upload.

    It can extend the catalogue, and no file.

    Parameters
    ----------
    text : str
        YAML.
    name : str
        What messages call the file.
    """

    text: str
    name: str


Source = str | os.PathLike[str] | Mapping[str, Any] | Scenario | FileText
Overrides = Mapping[str, Any] | Iterable[str]

_ASSIGNMENT = re.compile(r'((?:"(?:[^"\\]|\\.)*"|[^="])*)=(.*)', re.DOTALL)
LONGEST_OVERRIDE = 60
OVERRIDES = Place("overrides")
"""Where values of a mapping come from; those of the command line say what was typed."""
# amounts are converted on loading, so these have had their effect
_CONVERTED = ("currency", "exchange_rates")
# actions are applied to what these say, and would be undone if they were set again
_BEFORE_ACTIONS = (*_CONVERTED, "timeline")


def load(
    source: Source,
    overrides: Overrides = (),
    *,
    actions: Sequence[ActionSource] = (),
    catalogue_folder: Path | None = None,
) -> Scenario:
    """Load a scenario.

    Parameters
    ----------
    source : str, path, mapping, Scenario or FileText
        A name of the catalogue, a YAML file, plain data, a scenario to be changed, or the text of
        a file. Text is
        a file if such a file exists, if it ends in ``.yaml`` or ``.yml``, or if it contains a
        path separator and is not in the catalogue.
    overrides : mapping or iterable of str
        Values by key path, such as ``{"months": 24}`` or ``["months=24"]``; the text after
        ``=`` is read as YAML.
    actions : sequence of str or path
        Actions of the catalogue, such as ``"actions/early_engagement"``, or files of your own,
        applied in their order. They meet the scenario with its overrides, and the overrides win:
        a value that is set is the same with and without actions. Only a timeline that is set is
        a part of what actions act on, and currency and exchange rates are.
    catalogue_folder : pathlib.Path, optional
        Another catalogue than the package's.

    Returns
    -------
    Scenario
        Checked, with all amounts in its currency.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key.

    Examples
    --------
    >>> load("thamm_germany", {"months": 24})  # doctest: +SKIP
    """
    return load_noting(source, overrides, actions=actions, catalogue_folder=catalogue_folder)[0]


def load_noting(
    source: Source,
    overrides: Overrides = (),
    *,
    actions: Sequence[ActionSource] = (),
    catalogue_folder: Path | None = None,
) -> tuple[Scenario, list[ActionSource]]:
    """Load a scenario as `load` does, and return the actions too that change nothing in it."""
    pairs, actions = _pairs(overrides), several("actions", actions)
    if isinstance(source, Scenario) and not pairs:
        return _acted(source, pairs, actions, catalogue_folder)
    document, problems = _overridden(source, pairs, None, catalogue_folder)
    new = not isinstance(source, Scenario) or any(isinstance(one[1], dict) for one in pairs)
    found = _scenario(document, problems, new)
    texts = {source.name: source.text} if isinstance(source, FileText) else {}
    keep_origin(found, source if isinstance(source, Scenario) else Read(document, texts))
    return _acted(found, pairs, actions, catalogue_folder)


def acted(
    scenario: Scenario, overrides: Overrides = (), *, actions: Sequence[ActionSource] = ()
) -> Scenario:
    """Return a scenario after actions, where `overrides` are those with which it was loaded.

    The same as to load it with both, without reading it again.
    """
    return _acted(scenario, _pairs(overrides), several("actions", actions), None)[0]


def load_data(
    data: Mapping[str, Any],
    overrides: Overrides = (),
    *,
    actions: Sequence[ActionSource] = (),
    folder: str | os.PathLike[str] | None = None,
    catalogue_folder: Path | None = None,
) -> Scenario:
    """Load a scenario from plain data, such as a dict in a notebook.

    Parameters
    ----------
    data : mapping
        What a file would contain.
    overrides : mapping or iterable of str
        As in `load`.
    actions : sequence of str or path
        As in `load`.
    folder : str or path, optional
        Folder of the relative files under ``extends``; without it only names of the
        catalogue can be extended.
    catalogue_folder : pathlib.Path, optional
        Another catalogue than the package's.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its key.
    """
    where, pairs = None if folder is None else Path(folder), _pairs(overrides)
    actions = several("actions", actions)
    document, problems = _overridden(data, pairs, where, catalogue_folder)
    whole = _scenario(document, problems)
    keep_origin(whole, Read(document))
    return _acted(whole, pairs, actions, catalogue_folder)[0]


def read_document(
    source: Source, overrides: Overrides = (), *, catalogue_folder: Path | None = None
) -> Document:
    """Return the merged plain data of a scenario before it is checked, with places.

    Raises
    ------
    ScenarioError
        If a file cannot be read, or an override names no key.
    """
    document, problems = _overridden(source, _pairs(overrides), None, catalogue_folder)
    if problems:
        raise ScenarioError(problems)
    return document


def _acted(
    scenario: Scenario,
    pairs: list[tuple[str, Any, Place]],
    actions: Sequence[ActionSource],
    catalogue_folder: Path | None,
) -> tuple[Scenario, list[ActionSource]]:
    """Return a scenario after actions, in which what was set before still holds, and idle ones."""
    if not actions:
        return scenario, []
    document, idle = with_actions(scenario, actions, catalogue_folder)
    acted = _scenario(document, [], new_ranges=False)
    again = [one for one in pairs if re.split(r"[.\[]", one[0].strip())[0] not in _BEFORE_ACTIONS]
    if again:
        acted = _scenario(*_overridden(acted, again, None, catalogue_folder), new_ranges=False)
    keep_origin(acted, scenario)
    return acted, idle


def _scenario(document: Document, problems: list[Problem], new_ranges: bool = True) -> Scenario:
    """Return the scenario of a document, or raise all that is wrong with it.

    Ranges are not looked at again where they come from a checked scenario, which takes as long as
    all else.
    """
    scenario, findings = check_schema(document.data)
    if scenario is not None:
        findings = check_sections(scenario)
        problems += build_segments(scenario, document)[1]
        if new_ranges:
            problems += check_ranges(scenario, document)
    problems += problems_of(findings, document)
    if problems or scenario is None:
        raise ScenarioError(problems)
    return scenario


def _overridden(
    source: Source,
    overrides: list[tuple[str, Any, Place]],
    folder: Path | None,
    catalogue_folder: Path | None,
) -> tuple[Document, list[Problem]]:
    """Return the merged document with the overrides, and those that name no key."""
    document = _document(source, folder, catalogue_folder)
    problems = [] if isinstance(source, Scenario) else taken_out(document)
    for key, value, place in overrides:
        try:
            if isinstance(value, ScenarioError):
                raise KeyPathError(value.problems[0].message)
            if isinstance(source, Scenario) and key.partition(".")[0].strip() in _CONVERTED:
                raise KeyPathError(
                    "got a scenario whose amounts have already been converted; allowed: this "
                    "override when the scenario is loaded from its file"
                )
            data, path = put(document.data, key, value)
        except KeyPathError as error:
            problems.append(Problem.at(place, key, str(error)))
            continue
        document.forget(path)
        document.data = data
        document.keys[path] = document.values[path] = document.overridden[path] = place
        let_go(document, path)
        if isinstance(value, (dict, list)):
            problems += taken_out(document)
    return document, problems


def _document(source: Source, folder: Path | None, catalogue_folder: Path | None) -> Document:
    """Return the merged document of a source."""
    inheritance = Inheritance(catalogue_folder)
    if isinstance(source, Scenario):
        return Document(scenario_data(source), Place(f"scenario {source.name!r}"))
    kept = kept_scenario(source)
    if kept is not None:
        return Document(plain_data(kept, Place("data")), Place(f"scenario {str(source)!r}"))
    if isinstance(source, FileText):
        return inheritance.document(parse_text(source.text, source.name), None, None, ())
    if isinstance(source, Mapping):
        origin = Place("data")
        document = Document(plain_data(source, origin), origin)
        beside = None if folder is None else real(folder)
        return inheritance.document(document, beside, beside, ())
    if not isinstance(source, (str, os.PathLike)):
        raise TypeError(f"got {type(source).__name__}; allowed: a name, path or mapping")
    return inheritance.file(_file(source, catalogue_folder))


def _file(source: str | os.PathLike[str], catalogue_folder: Path | None) -> Path:
    """Return the file that a name or path stands for."""
    path, text = Path(source), os.fspath(source)
    exists = may_exist(path)
    if is_file(path) or not isinstance(source, str):
        return path
    folders = "/" in text or os.sep in text
    if not text.lower().endswith(SUFFIXES):
        try:
            return catalogue.find(text, catalogue_folder)
        except ScenarioError:
            if not exists and is_action(text, catalogue_folder):
                message = (
                    "got an action; allowed: a scenario, to which it can be added (actions=[...])"
                )
                raise ScenarioError([Problem(text, None, None, "", message)]) from None
            if is_file(f"{text}.yaml"):
                found = f"no scenario {text!r} in the catalogue"
                message = f"{found}; did you mean '{text}.yaml'?"
                raise ScenarioError([Problem(text, None, None, "", message)]) from None
            # a name with a folder may stand in the catalogue; otherwise it is a missing file
            if not folders:
                raise
    if exists:
        return path
    hint = nearest(path.name, names_near(path))
    message = f"no such file; allowed: an existing YAML file{hint}"
    raise ScenarioError([Problem(text, None, None, "", message)])


def _pairs(overrides: Overrides) -> list[tuple[str, Any, Place]]:
    """Return (key path, value, place) of overrides; a faulty value is a `ScenarioError`."""
    found: list[tuple[str, Any, Place]] = []
    if isinstance(overrides, Mapping):
        for key, value in overrides.items():
            text = key if isinstance(key, str) else format_path(key)
            place = OVERRIDES
            try:
                value = plain_data(value, place)
            except ScenarioError as error:
                value = error
            found.append((text, value, place))
        return found
    for text in [overrides] if isinstance(overrides, str) else overrides:
        place = _place(text)
        assignment = _ASSIGNMENT.fullmatch(text)
        key, given = assignment.groups() if assignment else (text, "")
        try:
            if not given.strip():
                message = "no value; allowed: KEY=VALUE, with null for no value"
                raise ScenarioError([Problem.at(place, key, message)])
            value = parse_value(given, place.file)
        except ScenarioError as error:
            value = error
        found.append((key.strip(), value, place))
    return found


def _place(text: str) -> Place:
    shown = one_line(text)
    if len(shown) > LONGEST_OVERRIDE:
        shown = shown[: LONGEST_OVERRIDE - 3] + "..."
    return Place(f"--set {shown}")
