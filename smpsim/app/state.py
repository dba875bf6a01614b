"""What is looked at: a scenario and what was changed in it, as a link and as commands."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import yaml

from smpsim import __version__
from smpsim.guided.questions import Control
from smpsim.messages import nearest, shown_list, shown_value
from smpsim.results.provenance import model_digest, stated
from smpsim.scenario import Scenario, ScenarioError, load, names
from smpsim.scenario.loading import FileText, Source
from smpsim.scenario.parameters import CENTRE, LIKELY
from smpsim.scenario.yaml_files import decoded, parse_value

REPLICATIONS = 200
CHOICES = (50, REPLICATIONS, 1000)
"""Numbers of runs to choose from."""
RANGES = (LIKELY, CENTRE)
"""What ranges of runs may hold: what is not known and chance, or chance alone."""
MOST_IN_LINK = 100
"""Values that a link may change."""
FIRST = "thamm_germany"
"""What is shown where nothing is asked for."""

_opened: dict[str, Path] = {}


def open_file(path: str | Path) -> str:
    """Let a file be chosen by its name, as links can't name files of this computer."""
    _opened[Path(path).name] = Path(path)
    return Path(path).name


def choices() -> dict[str, str]:
    """Return names and titles of the scenarios that can be chosen: opened files, the catalogue."""
    return {**{name: name for name in _opened}, **_catalogue()}


@cache
def _catalogue() -> dict[str, str]:
    """Read the titles of the catalogue once: a page asks for them at each move of a slider."""
    return {entry.name: entry.title or entry.name for entry in names() if not entry.part}


@dataclass(frozen=True)
class State:
    """A scenario and what was changed in it.

    Parameters
    ----------
    name : str
        One of `choices`, or what an uploaded file is called.
    changes : mapping of str to object
        Values by key path, in the order in which they were changed.
    text : str, optional
        Of an uploaded file.
    replications : int
    parameters : str
        ``"likely"``: each run draws what is not known from its likely range; ``"centre"``: ranges
        hold chance alone.
    """

    name: str = FIRST
    changes: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None
    replications: int = REPLICATIONS
    parameters: str = LIKELY

    @property
    def source(self) -> Source:
        """What is loaded."""
        if self.text is not None:
            return FileText(self.text, self.name)
        return _opened.get(self.name, self.name)

    def design(self) -> Scenario:
        """Return the scenario with the changes.

        Raises
        ------
        ScenarioError
            With everything that is wrong.
        """
        file = self.source if isinstance(self.source, Path) else None
        # a file that was edited is another one
        written = file.stat().st_mtime_ns if file is not None and file.is_file() else 0
        return _design(self.name, self.text, tuple(stated(self.changes)), written)

    def changed(self, key: str, value: Any, original: Any) -> State:
        """Return the state with a value changed; one equal to the scenario's own is no change."""
        others = {one: old for one, old in self.changes.items() if one != key}
        return replace(self, changes=others if value == original else {**others, key: value})

    def link(self) -> str:
        """Return the part of an address that holds the state, from the question mark on."""
        return "?" + urlencode(
            [*link_parts(self), ("version", __version__), ("model", model_digest())]
        )

    def yaml(self) -> str:
        """Return the scenario with all its values as a file that runs by itself.

        The same numbers come out of it, as its seed and number of runs are in it.
        """
        data = self.design().model_dump(mode="json") | {"replications": self.replications}
        return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)

    def command(self) -> str:
        """Return the command that comes to the same numbers."""
        sets = [f"--set {shlex.quote(one)}" for one in stated(self.changes)]
        words = ["smpsim run", shlex.quote(self._file()), f"-n {self.replications}"]
        words += [f"--parameters {self.parameters}", *sets]
        return " ".join(words)

    def python(self) -> str:
        """Return the lines of Python that come to the same numbers."""
        lines = ["import smpsim", ""]
        arguments = f"{self._file()!r}, {self.replications}, parameters={self.parameters!r}"
        if not self.changes:
            return "\n".join([*lines, f"result = smpsim.run({arguments})"])
        sets = [f"    {key!r}: {value!r}," for key, value in self.changes.items()]
        body = [f"result = smpsim.run({arguments}, overrides={{", *sets, "})"]
        return "\n".join([*lines, *body])

    def _file(self) -> str:
        return str(_opened[self.name]) if self.text is None and self.name in _opened else self.name


@lru_cache(maxsize=64)
def _design(name: str, text: str | None, changes: tuple[str, ...], written: int) -> Scenario:
    """Load a scenario once for all parts of a page; a design does not change."""
    return load(State(name, text=text).source, changes)


def moved(state: State, control: Control, value: Any) -> State:
    """Return the state in which a value is another one; a number as a slider says it.

    Raises
    ------
    ScenarioError
        If the scenario with it is not valid.
    """
    taken = value if control.words else control.taken(value)
    key, setting = control.setting(taken, state.design())
    found = state.changed(key, setting, setting if taken == control.original else None)
    found.design()
    return found


def link_parts(state: State) -> list[tuple[str, str]]:
    """Return what a link holds of a state, but for versions."""
    changes = [("set", one) for one in stated(state.changes)]
    numbers = [("replications", str(state.replications)), ("parameters", state.parameters)]
    return [("scenario", state.name), *changes, *numbers]


def from_link(link: str) -> tuple[State, list[str]]:
    """Return the state that a link holds, and what is to be said about it.

    Parameters
    ----------
    link : str
        From the question mark on, or what follows it. It may come from anybody: what is unknown,
        or not valid, is left out and said.
    """
    given = parse_qs(link.removeprefix("?"), keep_blank_values=True, max_num_fields=1000)
    said = []
    name = given.get("scenario", [FIRST])[0]
    known = choices()
    if name not in known:
        said.append(
            f"scenario: got {shown_value(name)}; allowed: {shown_list(known)}"
            f"{nearest(name, known)}. A file that was uploaded is not in a link: upload it again."
        )
        return State(), said
    state = replace(
        State(name), replications=_replications(given, said), parameters=_parameters(given, said)
    )
    for text in given.get("set", [])[:MOST_IN_LINK]:
        key, _, value = text.partition("=")
        try:
            found = replace(
                state, changes={**state.changes, key.strip(): parse_value(value, "link")}
            )
            found.design()
        except ScenarioError as error:
            said += [f"Left out of the link: {problem}" for problem in error.problems]
        else:
            state = found
    return state, [*said, *_other_version(given)]


def _replications(given: Mapping[str, list[str]], said: list[str]) -> int:
    text = given.get("replications", [str(REPLICATIONS)])[0]
    if text in map(str, CHOICES):
        return int(text)
    said.append(f"replications: got {shown_value(text)}; allowed: {shown_list(CHOICES)}")
    return REPLICATIONS


def _parameters(given: Mapping[str, list[str]], said: list[str]) -> str:
    text = given.get("parameters", [LIKELY])[0]
    if text in RANGES:
        return text
    said.append(f"parameters: got {shown_value(text)}; allowed: {shown_list(RANGES)}")
    return LIKELY


def _other_version(given: Mapping[str, list[str]]) -> list[str]:
    """Return what is to be said if a link comes from another version."""
    version, model = (given.get(key, [""])[0] for key in ("version", "model"))
    if not version or (version, model or model_digest()) == (__version__, model_digest()):
        return []
    what = f"smpsim {shown_value(version)}, this is {__version__}"
    if version == __version__:
        what = f"another state of the model of smpsim {__version__}"
    return [f"This link was made with {what}: the same design may give other numbers."]


def uploaded(name: str, content: bytes) -> State:
    """Return the state of an uploaded file; it is read as data, and nothing in it is executed.

    Raises
    ------
    ScenarioError
        With everything that is wrong, as `smpsim check` says it.
    """
    # a path in a name would be one of the sender's computer
    short = Path(name.replace("\\", "/")).name or "upload.yaml"
    state = State(short, text=decoded(content, short))
    state.design()
    return state
