"""YAML files read as plain data that remember the line of every key and value.

YAML 1.1 has surprises that a scenario should not inherit: keys are always text (``no`` can be
a country), dates stay text, ``1e5`` is a number, ``010`` is ten and ``1:30`` is text. The
words yes, no, on and off remain yes-or-no values.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from smpsim.messages import encodable, shown_value
from smpsim.scenario.keypaths import KeyPath, format_path, starts_with, value_at
from smpsim.scenario.problems import MOST_PROBLEMS, Place, Problem, ScenarioError
from smpsim.scenario.yaml_nodes import (
    BOOL,
    DEEPEST,
    FLOAT,
    INT,
    LONGEST_NUMBER,
    MAP,
    MERGE,
    MOST_VALUES,
    NULL,
    SEQ,
    STR,
    Node,
    compose,
    too_many,
)

LARGEST_FILE = 1_000_000
"""Bytes; a scenario has about ten thousand."""

MOST_KEPT = 32
"""Files that were read last and are not parsed again while their text is the same."""

_TRUE = {"yes", "true", "on"}
_FALSE = {"no", "false", "off"}


@dataclass
class Document:
    """Plain data with the place of each key and value.

    Parameters
    ----------
    data : dict
        Mappings, lists, text, numbers, booleans and None.
    origin : Place
        Where a problem is reported that has no better place.
    keys, values : dict of KeyPath to Place
        Where the key, and the value, of each key path is written.
    overridden : dict of KeyPath to Place
        The key paths that an override has set.
    """

    data: dict[str, Any]
    origin: Place
    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    overridden: dict[KeyPath, Place] = field(default_factory=dict)

    def place_of_value(self, path: KeyPath) -> Place:
        """Return where the value at `path` is written, or else what encloses it."""
        # an override of a part, such as a distribution's median, is to blame for the whole
        below = [place for done, place in self.overridden.items() if starts_with(done, path)]
        return below[-1] if below else self._enclosing(path)

    def place_of_key(self, path: KeyPath) -> Place:
        """Return where the key at `path` is written, or else what encloses it."""
        return self.keys.get(path) or self._enclosing(path)

    def place_of_section(self, path: KeyPath) -> Place:
        """Return the line of the section that should contain the key at `path`."""
        return self.place_of_key(path[:-1]) if len(path) > 1 else self.origin

    def _enclosing(self, path: KeyPath) -> Place:
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, self.origin)

    def forget(self, path: KeyPath) -> None:
        """Drop the places of everything at and below `path`, which is about to be replaced."""
        if not isinstance(value_at(self.data, path), (dict, list)):
            # nothing lies below, so all others need not be looked through
            for places in (self.keys, self.values, self.overridden):
                places.pop(path, None)
            return
        for places in (self.keys, self.values, self.overridden):
            for known in [known for known in places if starts_with(known, path)]:
                del places[known]


def read_file(path: Path) -> Document:
    """Read a YAML file.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    Document

    Raises
    ------
    ScenarioError
        If it cannot be read or is not a YAML mapping.
    """
    return parse_text(_text_of(path), str(path))


def parse_text(text: str, file: str) -> Document:
    """Read YAML text whose top level is a mapping.

    Parameters
    ----------
    text : str
        The YAML.
    file : str
        What to name as the file in problems.

    Raises
    ------
    ScenarioError
        If it is not a YAML mapping.
    """
    found = _parsed(text, file)
    return replace(found, data=copied(found.data), keys=dict(found.keys), values=dict(found.values))


# nearly all scenarios extend the largest file of the catalogue
@lru_cache(maxsize=MOST_KEPT)
def _parsed(text: str, file: str) -> Document:
    """Return a document that many may take a copy of."""
    node = compose(text, file)
    origin = Place(file, 1, 1)
    allowed = "allowed: keys such as 'name:' and 'programmes:'"
    if node is None or (node.tag == NULL and not node.value):
        raise ScenarioError([Problem.at(origin, "", f"got an empty file; {allowed}")])
    if node.kind != "mapping":
        kind = "a list" if node.kind == "list" else "a single value"
        place = Place(file, node.line, node.column)
        raise ScenarioError([Problem.at(place, "", f"got {kind}; {allowed}")])
    reader = _Reader(file)
    data = reader.value(node, (), ())
    if reader.problems:
        raise ScenarioError(reader.problems)
    return Document(data, origin, reader.keys, reader.values)


def copied(data: Any) -> Any:
    """Return a copy of plain data; `copy.deepcopy` takes ten times as long."""
    if isinstance(data, dict):
        return {key: copied(value) for key, value in data.items()}
    return [copied(value) for value in data] if isinstance(data, list) else data


def parse_value(text: str, file: str) -> Any:
    """Read any YAML value, such as the right side of an override.

    Raises
    ------
    ScenarioError
        If it is not YAML.
    """
    node = compose(text, file)
    reader = _Reader(file)
    value = None if node is None else reader.value(node, (), ())
    if reader.problems:
        raise ScenarioError(reader.problems)
    return value


def _text_of(path: Path) -> str:
    """Return the text of a file, or raise a `ScenarioError` that says why not."""

    def problem(message: str, line: int | None = None, column: int | None = None) -> ScenarioError:
        return ScenarioError([Problem(str(path), line, column, "", message)])

    try:
        if path.is_dir():
            raise problem("got a folder; allowed: a YAML file")
        if path.exists() and not path.is_file():
            # reading a device or pipe might never end
            raise problem("got a device or pipe; allowed: a YAML file")
        if path.stat().st_size > LARGEST_FILE:
            size = path.stat().st_size
            raise problem(f"got {size:,} bytes; allowed: at most {LARGEST_FILE:,}")
        raw = path.read_bytes()
    except FileNotFoundError:
        raise problem("no such file; allowed: an existing YAML file") from None
    except ScenarioError:
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise problem(f"the file cannot be read ({reason})") from None
    return decoded(raw, str(path))


def decoded(raw: bytes, file: str) -> str:
    """Return the text of the content of a file, or raise a `ScenarioError` that says why not.

    Parameters
    ----------
    raw : bytes
    file : str
        What to name as the file in problems.
    """
    if len(raw) > LARGEST_FILE:
        message = f"got {len(raw):,} bytes; allowed: at most {LARGEST_FILE:,}"
        raise ScenarioError([Problem(file, None, None, "", message)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - (before.rfind(b"\n") + 1) + 1
        message = f"got the byte 0x{raw[error.start]:02x}; allowed: text saved as UTF-8"
        raise ScenarioError([Problem(file, line, column, "", message)]) from None


class _Reader:
    """Turns nodes into plain data, and collects places and problems on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.keys: dict[KeyPath, Place] = {}
        self.values: dict[KeyPath, Place] = {}
        self.problems: list[Problem] = []
        self.count = 0

    def place(self, node: Node) -> Place:
        return Place(self.file, node.line, node.column)

    def report(self, node: Node, path: KeyPath, message: str) -> None:
        self.problems.append(Problem.at(self.place(node), format_path(path), message))
        if len(self.problems) > MOST_PROBLEMS:
            more = f"more than {MOST_PROBLEMS:,} problems; the rest was not read"
            raise ScenarioError([*self.problems, Problem(self.file, None, None, "", more)])

    def value(self, node: Node, path: KeyPath, above: tuple[int, ...]) -> Any:
        """Return the plain value of a node; `above` are the nodes that enclose it."""
        self.values[path] = self.place(node)
        self.check_size(node, path, above)
        if node.tag == MAP and node.kind == "mapping":
            found = {}
            inside = (*above, id(node))
            for key, (key_node, value_node) in self.pairs(node, path, above).items():
                below = (*path, key)
                self.keys[below] = self.place(key_node)
                found[key] = self.value(value_node, below, inside)
            return found
        if node.tag == SEQ and node.kind == "list":
            inside = (*above, id(node))
            return [self.value(entry, (*path, i), inside) for i, entry in enumerate(node.value)]
        if node.kind == "scalar":
            return self.scalar(node, path)
        self.report(node, path, f"got the tag {node.tag!r}; allowed: no tags")
        return None

    def check_size(self, node: Node, path: KeyPath, above: tuple[int, ...]) -> None:
        """Stop at once where going on would not end."""
        self.count += 1
        message = ""
        if id(node) in above:
            message = "got an alias of a section that contains it; allowed: no loops"
        elif len(above) >= DEEPEST:
            message = f"more than {DEEPEST} levels of nesting"
        elif self.count > MOST_VALUES:
            raise too_many(self.place(node), format_path(path[:3]))
        if message:
            raise ScenarioError([Problem.at(self.place(node), format_path(path[:3]), message)])

    def pairs(
        self, node: Node, path: KeyPath, above: tuple[int, ...]
    ) -> dict[str, tuple[Node, Node]]:
        """Return key node and value node of each key, with merge keys written out."""
        own: dict[str, tuple[Node, Node]] = {}
        merged: dict[str, tuple[Node, Node]] = {}
        for key_node, value_node in zip(node.value[::2], node.value[1::2], strict=True):
            if key_node.tag == MERGE:
                sources = value_node.value if value_node.kind == "list" else [value_node]
                for source in sources:
                    self.check_size(source, path, (*above, id(node)))
                    if source.kind != "mapping":
                        self.report(source, path, "got '<<' without a mapping to merge")
                        continue
                    for key, nodes in self.pairs(source, path, (*above, id(node))).items():
                        # work even where the key is stated already
                        self.count += 1
                        merged.setdefault(key, nodes)
                    if self.count > MOST_VALUES:
                        raise too_many(self.place(source), format_path(path[:3]))
                continue
            if key_node.kind != "scalar":
                self.report(key_node, path, "got a list or mapping as a key; allowed: text")
                continue
            key = key_node.value
            if key in own:
                message = f"got the key twice, first in line {own[key][0].line}; allowed: once"
                self.report(key_node, (*path, key), message)
                continue
            own[key] = (key_node, value_node)
        return {**merged, **own} if merged else own

    def scalar(self, node: Node, path: KeyPath) -> Any:
        """Return text, a number, a boolean or None."""
        text, tag = node.value, node.tag
        if tag == STR:
            if not encodable(text):
                self.report(node, path, f"got {shown_value(text)}, which is not Unicode text")
            return text
        if tag == NULL:
            return None
        if tag == BOOL and text.lower() in _TRUE | _FALSE:
            return text.lower() in _TRUE
        if tag not in (INT, FLOAT):
            self.report(node, path, f"got the tag {tag!r}; allowed: no tags")
            return None
        try:
            if len(text) > LONGEST_NUMBER:
                raise ValueError
            digits = text.replace("_", "")
            if tag == INT:
                return int(digits, 16 if "x" in digits.lower() else 10)
            # YAML writes .inf and .nan, Python inf and nan
            special = text.lower().endswith(("inf", "nan"))
            return float(digits.replace(".", "" if special else "."))
        except ValueError:
            kind = tag.rpartition(":")[2]
            self.report(node, path, f"got {shown_value(text)}, which cannot be read as {kind}")
            return None
