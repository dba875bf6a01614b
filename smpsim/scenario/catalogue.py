"""The catalogue: the scenarios that come with the package, found by name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from smpsim.messages import nearest, shown_list, shown_value
from smpsim.scenario.disk_paths import is_file, yaml_files
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.yaml_files import read_file

NOT_SCENARIOS = ("actions", "studies", "validation")
"""Folders and files of the catalogue that hold something other than scenarios."""


@dataclass(frozen=True)
class Entry:
    """A scenario of the catalogue.

    Parameters
    ----------
    name : str
        The file's name without its suffix.
    kind : str
        Folder such as ``"programmes"``; empty at the top.
    title : str
        The scenario's ``name:``; empty if it has none or cannot be read.
    path : pathlib.Path
        The file.
    part : bool
        Whether it is a part that others extend: without a programme, it can't be run by itself.
    """

    name: str
    kind: str
    title: str
    path: Path
    part: bool = False


def folder() -> Path:
    """Return the folder of the catalogue: inside an installed package, or beside a checkout."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "catalogue"
    return installed if installed.is_dir() else package.parent / "scenarios"


def names(catalogue_folder: Path | None = None) -> list[Entry]:
    """List the catalogue, sorted by folder and name.

    Parameters
    ----------
    catalogue_folder : pathlib.Path, optional
        Another folder than the package's.

    Returns
    -------
    list of Entry
        Empty if there is no such folder.
    """
    found = []
    for kind, path in _files(catalogue_folder):
        title, part = _about(path)
        found.append(Entry(path.stem, kind, title, path, part))
    return found


def find(name: str, catalogue_folder: Path | None = None) -> Path:
    """Return the file of a scenario of the catalogue.

    Parameters
    ----------
    name : str
        Such as ``"thamm_germany"`` or, with its folder, ``"programmes/thamm_germany"``.
    catalogue_folder : pathlib.Path, optional
        Another folder than the package's.

    Raises
    ------
    ScenarioError
        If no scenario, or more than one, has the name.
    """
    files = _files(catalogue_folder)
    fitting = [(kind, path) for kind, path in files if name in (path.stem, _full(kind, path))]
    # a file at the top has no folder that could tell it from another, so it comes first
    fitting = [one for one in fitting if not one[0]] or fitting
    if len(fitting) == 1:
        return fitting[0][1]
    if fitting:
        allowed = shown_list(_full(kind, path) for kind, path in fitting)
        message = f"got more than one scenario {shown_value(name)}; allowed: {allowed}"
    else:
        known = [_full(kind, path) if "/" in name else path.stem for kind, path in files]
        hint = nearest(name, known)
        message = f"no scenario {shown_value(name)}; allowed: {shown_list(known)}{hint}"
    raise ScenarioError([Problem("catalogue", None, None, "", message)])


def _full(kind: str, path: Path) -> str:
    return f"{kind}/{path.stem}" if kind else path.stem


def _files(catalogue_folder: Path | None) -> list[tuple[str, Path]]:
    """Return the folder's name and path of each scenario file, those at the top first."""
    top = catalogue_folder or folder()
    try:
        inside = sorted(top.iterdir())
    except OSError:
        # none, or none that may be read
        inside = []
    folders = [
        inner
        for inner in inside
        if os.path.isdir(inner) and inner.name not in NOT_SCENARIOS and inner.name[0] not in "._"
    ]
    return [
        (inner.name if inner != top else "", path)
        for inner in (top, *folders)
        for path in yaml_files(inner)
        if path.name[0] not in "._" and path.stem not in NOT_SCENARIOS and is_file(path)
    ]


def _about(path: Path) -> tuple[str, bool]:
    """Return the ``name:`` of a scenario, and whether it is a part that others extend."""
    try:
        data = read_file(path).data
    except ScenarioError:
        # a faulty file must not hide the others
        return "", False
    title = data.get("name")
    part = "programmes" not in data and "extends" not in data
    return (title if isinstance(title, str) else ""), part
