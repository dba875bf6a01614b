"""What is known and what is assumed: the figures of a scenario with what its file says of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smpsim.app.state import State
from smpsim.messages import shown_value
from smpsim.scenario.allowed_values import Shape, shape_at
from smpsim.scenario.keypaths import KeyPath, format_path, parse_path, starts_with
from smpsim.scenario.loading import read_document
from smpsim.scenario.problems import Place
from smpsim.scenario.ranges import SECTION
from smpsim.scenario.yaml_files import Document

CHANGED, KNOWN, ASSUMED, UNSAID = "changed here", "source stated", "assumption", "nothing stated"
SHARED = "behaviour"
"""The part of a scenario that most programmes of the catalogue have in common."""
LEFT_OUT = (
    "People, employers and offices are invented; none of them is a real one.",
    "Wages, the rest of the labour market and the law are given and do not react.",
    "A range shows chance alone: not whether the assumptions hold, nor what the model leaves out.",
    "Few outcomes of real programmes are known to test it with: trust differences between designs "
    "more than levels.",
    "Not for decisions about persons, for ranking countries, or as proof that a programme worked.",
)
"""In short; docs/limits_of_use.md says it in full."""
NO_FIGURES = ("timeline", "replications", "seed", SECTION)
"""Parts at the top of a scenario that are no figures of its world, or repeat those."""
_COMMENT = re.compile(r"(?:^|\s)#\s?(.*)$")


@dataclass(frozen=True)
class Figure:
    """A figure of a scenario and where it comes from.

    Parameters
    ----------
    key, value : str
    grade : str
        `CHANGED`, `KNOWN`, `ASSUMED` or `UNSAID`.
    said : str
        What its file says of it.
    """

    key: str
    value: str
    grade: str
    said: str

    @property
    def is_shared(self) -> bool:
        """Whether it is behaviour, which programmes have in common."""
        return self.key.startswith(f"{SHARED}.")


def figures(state: State) -> list[Figure]:
    """Return every figure and choice that the files of a scenario state, in their order.

    A source under ``sources:`` counts first, then a comment beside the value, then comments above
    it, then those of the sections around it. What mentions an assumption is one.
    """
    document = read_document(state.source)
    lines = _Lines(state)
    sourced = dict(_sources(document.data))
    changed = {parse_path(key): value for key, value in state.changes.items()}
    found = []
    for path, value, shape in _leaves(document.data, _scenario(), ()):
        named = parse_path(format_path(path, document.data))
        key = format_path(path, document.data)
        own = [one for one in changed if starts_with(one, named) or starts_with(named, one)]
        if own:
            shown = ", ".join(shown_value(changed[one]) for one in own)
            found.append(Figure(key, shown, CHANGED, f"{shown_value(value)} in the file"))
            continue
        said = sourced.get(named) or _comment(path, document, lines)
        grade = UNSAID if not said else ASSUMED if "assum" in said.lower() else KNOWN
        shown = f"{shown_value(value)}{shape.tag}".replace("currency", str(_currency(document)))
        found.append(Figure(key, shown, grade, said))
    return found


def counted(found: list[Figure]) -> str:
    """Return in a sentence how many figures are known and how many are assumed."""
    own = [one for one in found if not one.is_shared]
    shared = [one for one in found if one.is_shared]
    counts = {grade: sum(one.grade == grade for one in own) for grade in _GRADES}
    parts = ", ".join(f"{counts[one]} {words}" for one, words in _GRADES.items() if counts[one])
    text = f"Of {len(own)} figures and choices that the scenario states: {parts}."
    if shared:
        guessed = sum(one.grade == ASSUMED for one in shared)
        text += f" Of {len(shared)} on behaviour {guessed} are assumptions."
    return text


_GRADES = {
    KNOWN: "with a source or a reason",
    ASSUMED: "assumptions",
    UNSAID: "with nothing stated",
    CHANGED: "changed here",
}


def _scenario() -> Shape:
    whole = shape_at(())
    assert whole is not None
    return whole


def _currency(document: Document) -> Any:
    return document.data.get("currency", "EUR")


def _leaves(data: Any, shape: Shape | None, path: KeyPath) -> Iterator[tuple[KeyPath, Any, Shape]]:
    """Yield path, value and shape of all numbers, distributions and choices."""
    if shape is None or shape.unit in ("name", "names", "text", "text by key"):
        return
    whole = shape.is_distribution and path
    if isinstance(data, Mapping) and not whole:
        for key, value in data.items():
            if path or key not in NO_FIGURES:
                yield from _leaves(value, shape.child(key), (*path, key))
    elif isinstance(data, list) and shape.is_list and any(isinstance(one, Mapping) for one in data):
        for n, value in enumerate(data):
            yield from _leaves(value, shape.child(n), (*path, n))
    elif path and (whole or shape.words() or isinstance(data, (bool, int, float))):
        yield path, data, shape


def _sources(data: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Yield what stands under ``sources:``, by key path with names."""
    entries = data.items() if isinstance(data, Mapping) else ()
    for key, value in entries:
        if key == "sources" and isinstance(value, Mapping):
            for one, text in value.items():
                yield (*path, *parse_path(str(one))), str(text)
        elif isinstance(value, (Mapping, list)):
            yield from _sources(value, (*path, key))
    for one in data if isinstance(data, list) else ():
        if isinstance(one, Mapping) and "name" in one:
            yield from _sources(one, (*path, str(one["name"])))


def _comment(path: KeyPath, document: Document, lines: _Lines) -> str:
    """Return the comment of a value, or of the nearest section around it that has one."""
    for length in range(len(path), 0, -1):
        place = document.keys.get(path[:length])
        said = lines.comment(place) if place is not None else ""
        # of a section only what says that all in it is assumed holds for its parts
        if said and (length == len(path) or (length > 1 and "assum" in said.lower())):
            return said
    return ""


class _Lines:
    """The lines of the files that a scenario is made of."""

    def __init__(self, state: State) -> None:
        self._files: dict[str, list[str]] = {}
        if state.text is not None:
            self._files[state.name] = state.text.splitlines()

    def comment(self, place: Place) -> str:
        """Return the comment in the line of a place, or in the lines above that hold only one."""
        if place.line is None:
            return ""
        lines = self._of(place.file)
        number = place.line - 1
        if number >= len(lines):
            return ""
        beside = _COMMENT.search(lines[number])
        if beside:
            return beside[1].strip()
        above: list[str] = []
        while number > 0 and lines[number - 1].lstrip().startswith("#"):
            number -= 1
            above.insert(0, lines[number].strip().lstrip("# "))
        return " ".join(above)

    def _of(self, file: str) -> list[str]:
        if file not in self._files:
            # read by the loader a moment ago
            self._files[file] = Path(file).read_text(encoding="utf-8-sig").splitlines()
        return self._files[file]
