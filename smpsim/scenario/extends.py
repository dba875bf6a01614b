"""Scenario files and what they extend, read into one document."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath
from typing import Any

from smpsim.messages import nearest, shown_value
from smpsim.scenario import catalogue
from smpsim.scenario.disk_paths import SUFFIXES, is_file, names_near, real
from smpsim.scenario.duplicates import twins
from smpsim.scenario.keypaths import KeyPath
from smpsim.scenario.merging import merge_documents
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.yaml_files import Document, read_file
from smpsim.scenario.yaml_nodes import MOST_VALUES

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
        self.catalogue = real(catalogue_folder or catalogue.folder())
        self._done: dict[Path, Document] = {}
        self._values = 0

    def file(self, path: Path) -> Document:
        """Return a file merged with what it extends; it may reach files beside and below it."""
        file = real(path)
        in_catalogue = file.is_relative_to(self.catalogue)
        root = self.catalogue if in_catalogue else file.parent
        document = read_file(path)
        return self.document(document, file.parent, root, (file,))

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
        named = _names(document, problems)
        again = set(twins(name for _, name in named))
        for number, (path, name) in enumerate(named):
            place = document.place_of_value(path)
            if number in again or number >= MOST_FILES:
                allowed = "once" if number in again else f"{MOST_FILES} files or fewer"
                message = f"got {shown_value(name)} too; allowed: {allowed}"
                problems.append(Problem.at(place, EXTENDS, message))
                break
            try:
                below = self._below(name, place, folder, root, chain)
            except ScenarioError as error:
                problems += error.problems
                continue
            merged = below if merged is None else merge_documents(merged, below)
        if problems:
            raise ScenarioError(problems)
        document.forget((EXTENDS,))
        del document.data[EXTENDS]
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
        if name.lower().endswith(SUFFIXES):
            file = self._relative(name, place, folder, root)
        else:
            root = self.catalogue
            file = self._in_catalogue(name, place, folder)
        if file in chain:
            loop = " -> ".join(one.name for one in (*chain[chain.index(file) :], file))
            raise _at(place, f"the files extend each other in a loop: {loop}")
        if file not in self._done:
            if len(self._done) >= MOST_FILES or len(chain) >= MOST_FILES:
                raise _at(place, f"more than {MOST_FILES} files extend each other")
            document = read_file(file)
            self._values += len(document.values)
            if self._values > MOST_VALUES:
                raise _at(place, f"more than {MOST_VALUES:,} values in all files together")
            self._done[file] = self.document(document, file.parent, root, (*chain, file))
        return self._done[file]

    def _relative(self, name: str, place: Place, folder: Path | None, root: Path | None) -> Path:
        shown = shown_value(name)
        if folder is None or root is None:
            raise _at(place, f"got the file {shown}; allowed: names of the catalogue")
        allowed = "allowed: a relative file in the folder of the first scenario or below"
        # the rules of Windows know every absolute path, those of other systems too
        if PureWindowsPath(name).anchor or "\0" in name:
            raise _at(place, f"got {shown}; {allowed}")
        file = real(folder / name)
        if not file.is_relative_to(root):
            raise _at(place, f"got {shown}, which lies outside; {allowed}")
        if not is_file(file):
            hint = nearest(file.name, names_near(file))
            raise _at(place, f"no file {shown}; allowed: a file{hint}")
        return file

    def _in_catalogue(self, name: str, place: Place, folder: Path | None) -> Path:
        try:
            return real(catalogue.find(name, self.catalogue))
        except ScenarioError as error:
            message = error.problems[0].message
        if folder is not None and is_file(folder / f"{name}.yaml"):
            message = f"no scenario {name!r} in the catalogue; did you mean '{name}.yaml'?"
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
        message = f"got {shown_value(name)}; allowed: a name of the catalogue or a relative file"
        problems.append(Problem.at(document.place_of_value(path), EXTENDS, message))
    return found


def _at(place: Place, message: str) -> ScenarioError:
    return ScenarioError([Problem.at(place, EXTENDS, message)])
