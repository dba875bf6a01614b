"""Actions: patches that can be applied to any programme, such as engaging employers early.

An action names what it changes with stars in place of names, so that it fits every scenario:
``programmes.*.promotion`` is the promotion of each programme. This module reads actions and checks
them by themselves; `smpsim.scenario.apply_actions` applies them.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import model_validator

from smpsim.messages import nearest, shown_list, shown_value
from smpsim.scenario import catalogue
from smpsim.scenario.allowed_values import SCENARIO, Shape
from smpsim.scenario.archived_files import kept_action
from smpsim.scenario.checked_files import check_sheet
from smpsim.scenario.disk_paths import is_file, yaml_files
from smpsim.scenario.fields import Section, described
from smpsim.scenario.keypaths import KeyPath, KeyPathError, format_path, parse_path
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.values import UnfitError, is_number, read_value
from smpsim.scenario.yaml_files import Document, read_file

STAR = "*"
FOLDER = "actions"
SECTIONS = ("governments", "institutions", "employers", "programmes", "behaviour")
"""What actions may change. Those of the catalogue leave behaviour alone: it is people's own."""
ActionSource = str | os.PathLike[str]


class Change(Section):
    """One change: a key path with stars, and what is done to the values there."""

    set: str = described(..., "key path", "What changes, with * for any name")
    to: Any = described(None, "value", "The new value")
    add: float | None = described(None, "unit of the value", "What is added")
    times: float | None = described(None, "ratio", "What it is multiplied by", ge=0)
    at_least: float | None = described(None, "unit of the value", "Raised to this if below")
    at_most: float | None = described(None, "unit of the value", "Lowered to this if above")
    where: dict[str, Any] = described(
        {}, "values by key", "Only in sections (of the first *) in which these values hold"
    )
    source: str = described(..., "text", "Source, or assumption with a reason", min_length=1)

    @property
    def pattern(self) -> KeyPath:
        """The key path as keys and stars."""
        return parse_path(self.set)

    @property
    def sets_value(self) -> bool:
        """Whether a new value replaces the old one, whatever that is."""
        return "to" in self.model_fields_set

    @model_validator(mode="after")
    def _possible(self) -> Change:
        shape = shape_of_pattern(self.set)
        given = self.model_fields_set - {"set", "where", "source"}
        sole = given & {"to", "add", "times"}
        if not given or len(sole) > 1 or ("to" in given and len(given) > 1):
            found = shown_list(sorted(given)) if given else "no operation"
            raise ValueError(
                f"set: got {found}; allowed: to; or add or times, with or without at_least and "
                "at_most; or only at_least or at_most or both"
            )
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            raise ValueError(
                f"at_least: got {self.at_least:g}; allowed: at most {self.at_most:g} (at_most)"
            )
        if self.sets_value:
            _read("to", self.to, shape)
        elif not is_number(shape):
            raise ValueError(
                f"{min(given)}: got a change of {self.set}, which is not a number; allowed: to"
            )
        _check_where(self.where, _starred(self.pattern))
        return self


class Action(Section):
    """An action of the SMP paper, or one of your own."""

    name: str = described(..., "text", "Title", min_length=1)
    action: int | None = described(None, "number", "Number of the action in the SMP paper", ge=1)
    description: str = described("", "text", "What is done, and what is left out")
    source: str = described("", "text", "Where the action is described")
    patch: list[Change] = described(..., "sections", "What changes", min_length=1)
    price: list[Change] = described(
        [], "sections", "What it costs; only where the patch changes anything"
    )


def shape_of_pattern(text: str) -> Shape:
    """Return what the schema allows at a key path with stars.

    Raises
    ------
    ValueError
        If there is no such key, or it is none that an action may change.
    """
    try:
        steps = parse_path(text)
    except KeyPathError as error:
        raise ValueError(f"set: {error}") from error
    shape: Shape | None = SCENARIO
    for place, step in enumerate(steps):
        where = format_path(steps[:place])
        keys = (SECTIONS if place == 0 else shape.keys() if shape else None) or ()
        named = place > 0 and shape is not None and _holds_names(shape)
        if named and step != STAR:
            raise ValueError(
                f"set: got {shown_value(step)} in {where}; allowed: *, so that the action fits "
                "every scenario"
            )
        if not named and step not in keys:
            inside = f" in {where}" if where else ""
            raise ValueError(
                f"set: got {shown_value(step)}{inside}; allowed: {shown_list(keys) or 'nothing'}"
                f"{nearest(step, keys)}"
            )
        shape = _any_item(shape) if named else shape.child(step) if shape else None
    if shape is None or _holds_names(shape) or (shape.section and not shape.takes(float)):
        keys = (shape.keys() if shape else None) or (STAR,)
        raise ValueError(
            f"set: got the section {text}; allowed: a key inside it, {shown_list(keys)}"
        )
    return shape


def _check_where(where: dict[str, Any], section: Shape | None) -> None:
    """Raise an error if a condition names no key, or a value that the key never has."""
    keys = (section.keys() if section else None) or ()
    for key, wanted in where.items():
        inner = section.child(key) if section and key in keys else None
        if inner is None:
            raise ValueError(
                f"where: got {shown_value(key)}; allowed: {shown_list(keys)}{nearest(key, keys)}"
            )
        _read(f"where: {key}", wanted, inner)


def _read(what: str, value: Any, shape: Shape) -> Any:
    """Return a value in the form that scenarios hold, or raise an error that names `what`."""
    try:
        return read_value(value, shape)
    except UnfitError as error:
        raise ValueError(f"{what}: {error}") from None


def _holds_names(shape: Shape) -> bool:
    """Return whether sections with names of the user's own lie below."""
    return any(
        get_origin(option) in (list, dict) and Shape(get_args(option)[-1]).section
        for option in shape.options
    )


def _any_item(shape: Shape | None) -> Shape | None:
    """Return the shape of the items that a star stands for."""
    return (shape.child(0) or shape.child(STAR)) if shape else None


def _starred(steps: KeyPath) -> Shape | None:
    """Return the shape of the section of the first star."""
    shape: Shape | None = SCENARIO
    for step in steps:
        if step == STAR:
            return _any_item(shape)
        shape = shape.child(step) if shape else None
    return None


@dataclass(frozen=True)
class ActionEntry:
    """An action of the catalogue."""

    name: str
    title: str
    path: Path


def action_names(catalogue_folder: Path | None = None) -> list[ActionEntry]:
    """Return the actions of the catalogue, in the order of their numbers."""
    found = []
    for name, path in _files(catalogue_folder).items():
        try:
            data = read_file(path).data
        except ScenarioError:
            # a faulty file must not hide the others
            data = {}
        number = data.get("action")
        order = number if isinstance(number, int) else 99
        found.append((order, ActionEntry(name, str(data.get("name", "")), path)))
    return [entry for _, entry in sorted(found, key=lambda one: (one[0], one[1].name))]


def _files(catalogue_folder: Path | None) -> dict[str, Path]:
    """Return the files of the catalogue's actions by their names."""
    folder = (catalogue_folder or catalogue.folder()) / FOLDER
    return {f"{FOLDER}/{one.stem}": one for one in yaml_files(folder) if one.name[0] not in "._"}


def find_action(source: ActionSource, catalogue_folder: Path | None = None) -> Path:
    """Return the file of an action: a name with or without ``actions/``, or a file.

    Raises
    ------
    ScenarioError
        If there is no such action; the message names the nearest.
    """
    text = os.fspath(source)
    if is_file(text):
        return Path(text)
    known = _files(catalogue_folder)
    name = text if text.startswith(f"{FOLDER}/") else f"{FOLDER}/{text}"
    if name in known:
        return known[name]
    hint = f"; did you mean '{text}.yaml'?" if is_file(f"{text}.yaml") else nearest(name, known)
    message = f"no action {shown_value(text)}; allowed: {shown_list(known)}{hint}"
    raise ScenarioError([Problem("catalogue", None, None, "", message)])


def is_action(source: str, catalogue_folder: Path | None = None) -> bool:
    """Return whether a name or file is an action rather than a scenario."""
    if is_file(source):
        try:
            return "patch" in read_file(Path(source)).data
        except ScenarioError:
            return False
    if source.startswith(f"{FOLDER}/"):
        return True
    if f"{FOLDER}/{source}" not in _files(catalogue_folder):
        return False
    try:
        catalogue.find(source, catalogue_folder)
    except ScenarioError:
        return True
    # a scenario of that name comes first
    return False


def load_action(source: ActionSource, catalogue_folder: Path | None = None) -> Action:
    """Read an action.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key.
    """
    return read_action(source, catalogue_folder)[0]


def read_action(
    source: ActionSource, catalogue_folder: Path | None = None
) -> tuple[Action, Document]:
    """Read an action, with the places of its keys."""
    kept = kept_action(source)
    if kept is not None:
        document = Document(kept, Place(f"action {str(source)!r}"))
    else:
        document = read_file(find_action(source, catalogue_folder))
    return check_sheet(document, Action), document
