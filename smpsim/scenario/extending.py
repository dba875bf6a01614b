"""Scenario files and what they extend, read into one document."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath
from typing import Any

from smpsim.scenario import catalogue
from smpsim.scenario.errors import Place, Problem, ScenarioError, shown_value
from smpsim.scenario.keypaths import KeyPath
from smpsim.scenario.merging import merge_documents
from smpsim.scenario.quantities import nearest
from smpsim.scenario.source import Document, read_file

EXTENDS = "extends"
MOST_FILES = 100
"""Files that one scenario may be made of."""


def read_extended(path: Path, catalogue_folder: Path | None = None) -> Document:
    """Read a scenario file and everything that it extends.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    catalogue_folder : pathlib.Path, optional
        Another folder than the package's.

    Raises
    ------
    ScenarioError
        With all problems of all files that could be read.
    """
    return Inheritance(catalogue_folder).file(path)


class Inheritance:
    """Reads files once each and merges them from the bottom to the top.

    Parameters
    ----------
    catalogue_folder : pathlib.Path, optional
        Another folder than the package's.
    """

    def __init__(self, catalogue_folder: Path | None = None) -> None:
        self.catalogue = _real(catalogue_folder or catalogue.folder())
        self._done: dict[Path, Document] = {}

    def file(self, path: Path) -> Document:
        """Return a file merged with what it extends; it may reach files beside and below it."""
        real = _real(path)
        in_catalogue = real.is_relative_to(self.catalogue)
        root = self.catalogue if in_catalogue else real.parent
        document = read_file(path)
        return self.document(document, real.parent, root, (real,))

    @property
    def extended(self) -> tuple[Path, ...]:
        """The files that those read so far extend."""
        return tuple(self._done)

    def document(
        self, document: Document, folder: Path | None, root: Path | None, chain: tuple[Path, ...]
    ) -> Document:
        """Return a document merged with what it extends.

        Parameters
        ----------
        document : Document
            As read.
        folder : pathlib.Path or None
            What relative names start from; None allows only names of the catalogue.
        root : pathlib.Path or None
            The folder that relative names may not leave.
        chain : tuple of pathlib.Path
            The files that extend each other down to this one.
        """
        if EXTENDS not in document.data:
            return document
        problems: list[Problem] = []
        merged: Document | None = None
        for path, name in _names(document, problems):
            place = document.place_of_value(path)
            try:
                below = self._below(name, place, folder, root, chain)
            except ScenarioError as error:
                problems += error.problems
                continue
            merged = below if merged is None else merge_documents(merged, below)
        if problems:
            raise ScenarioError(problems)
        del document.data[EXTENDS]
        document.forget((EXTENDS,))
        return merge_documents(merged, document) if merged is not None else document

    def _below(
        self,
        name: str,
        place: Place,
        folder: Path | None,
        root: Path | None,
        chain: tuple[Path, ...],
    ) -> Document:
        """Return the merged document that `name`, written at `place`, stands for."""
        if name.lower().endswith(catalogue.SUFFIXES):
            real = self._relative(name, place, folder, root)
        else:
            root = self.catalogue
            real = self._in_catalogue(name, place, folder)
        if real in chain:
            loop = " -> ".join(one.name for one in (*chain[chain.index(real) :], real))
            raise _at(place, f"found a loop of files that extend each other: {loop}")
        if real not in self._done:
            if len(self._done) >= MOST_FILES or len(chain) >= MOST_FILES:
                raise _at(place, f"found more than {MOST_FILES} files that extend each other")
            document = read_file(real)
            self._done[real] = self.document(document, real.parent, root, (*chain, real))
        return self._done[real]

    def _relative(self, name: str, place: Place, folder: Path | None, root: Path | None) -> Path:
        if folder is None or root is None:
            raise _at(place, f"found the file {name!r}, allowed: names of the catalogue")
        allowed = "allowed: a relative file in the folder of the first scenario or below"
        # the rules of Windows know every absolute path, those of other systems too
        if PureWindowsPath(name).anchor or "\0" in name:
            raise _at(place, f"found {name!r}, {allowed}")
        real = _real(folder / name)
        if not real.is_relative_to(root):
            raise _at(place, f"found {name!r}, which lies outside, {allowed}")
        if not real.is_file():
            near = sorted(one.name for one in real.parent.glob("*.y*ml"))
            raise _at(place, f"found no file {name!r}, allowed: a file{nearest(real.name, near)}")
        return real

    def _in_catalogue(self, name: str, place: Place, folder: Path | None) -> Path:
        try:
            return _real(catalogue.find(name, self.catalogue))
        except ScenarioError as error:
            message = error.problems[0].message
        beside = folder / f"{name}.yaml" if folder is not None and "\0" not in name else None
        if beside is not None and beside.is_file():
            message = f"found no scenario {name!r} in the catalogue; did you mean '{name}.yaml'?"
        raise _at(place, message)


def _names(document: Document, problems: list[Problem]) -> list[tuple[KeyPath, str]]:
    """Return the names under ``extends:``, each with its key path."""
    given: Any = document.data[EXTENDS]
    entries: list[tuple[KeyPath, Any]] = [((EXTENDS,), given)]
    if isinstance(given, list):
        entries = [((EXTENDS, index), name) for index, name in enumerate(given)]
    found = []
    for path, name in entries:
        if isinstance(name, str) and name.strip():
            found.append((path, name.strip()))
            continue
        message = f"found {shown_value(name)}, allowed: a name of the catalogue or a relative file"
        problems.append(Problem.at(document.place_of_value(path), EXTENDS, message))
    return found


def _real(path: Path) -> Path:
    """Return a path with symbolic links followed; one that cannot be followed is kept."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()


def _at(place: Place, message: str) -> ScenarioError:
    return ScenarioError([Problem.at(place, EXTENDS, message)])
