"""YAML text turned into nodes: what is written, where, and not yet what it means.

Nodes are built from the parser's events, not by the YAML library's own composer, which calls
itself for each level and reads a whole file before anyone can count. So depth and size are
known while reading, and a file that is too deep or too large is left at the place where it is.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from smpsim.scenario.problems import Place, Problem, ScenarioError

MOST_VALUES = 20_000
"""Values after aliases and merged keys are written out: a large scenario has about a thousand."""
DEEPEST = 40
"""Levels of nesting."""
LONGEST_NUMBER = 400
"""Letters of a number; the largest that a computer calculates with has 309 digits."""

STR, NULL, BOOL, INT, FLOAT, MERGE, MAP, SEQ = (
    f"tag:yaml.org,2002:{name}"
    for name in ("str", "null", "bool", "int", "float", "merge", "map", "seq")
)
# no two parts of a pattern may match the same letters: going back over long texts takes for ever
_WORDS = tuple(
    (tag, re.compile(pattern), frozenset(first))
    for tag, pattern, first in (
        (BOOL, r"(?i:yes|no|true|false|on|off)", "yYnNtTfFoO"),
        (NULL, r"~|null|Null|NULL|", ["~", "n", "N", ""]),
        (INT, r"[-+]?(?:[0-9][0-9_]*|0x[0-9a-fA-F_]+)", "-+0123456789"),
        (
            FLOAT,
            r"[-+]?(?:(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?"
            r"|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)",
            "-+.0123456789",
        ),
        (MERGE, r"<<", "<"),
    )
)
_BY_FIRST = {
    letter: [(tag, pattern) for tag, pattern, first in _WORDS if letter in first]
    for letter in frozenset().union(*(first for _, _, first in _WORDS))
}
_NO_YAML = yaml.reader.Reader.NON_PRINTABLE
_SPACES = "indent with spaces, not with tabs"


def _loader() -> Any:
    """Return the parser in C, which is some ten times as fast, or the one in Python."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Node:
    """What stands at one place of a text.

    Attributes
    ----------
    tag : str
    value : str or list of Node
        Text of a scalar; entries of a list; keys and values of a mapping in turn.
    line, column : int
        Counted from 1.
    kind : str
        "scalar", "list" or "mapping".
    """

    __slots__ = ("column", "kind", "line", "tag", "value")

    def __init__(self, kind: str, tag: str, value: Any, mark: Any) -> None:
        self.kind, self.tag, self.value = kind, tag, value
        self.line, self.column = mark.line + 1, mark.column + 1


def compose(text: str, file: str) -> Node | None:
    """Return the root of YAML text; None if there is no document in it.

    Parameters
    ----------
    text : str
    file : str
        What to name as the file in problems.

    Raises
    ------
    ScenarioError
        At the faulty place, if it is not YAML, too deep or too large.
    """
    strange = _NO_YAML.search(text)
    if strange is not None:
        place = _place_in(text, strange.start(), file)
        raise _not_yaml(place, f"the character {ord(strange.group()):#x} is not allowed")
    try:
        return _Composer(file).root(_loader()(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        message = ", ".join(part for part in (error.context, error.problem) if part)
        if _letter_at(text, place) == "\t" or "tab character" in message:
            message += f"; {_SPACES}"
    except ScenarioError:
        raise
    except (yaml.YAMLError, ValueError, LookupError, OverflowError, TypeError) as error:
        # the YAML library lets a few faults of its own through, such as an escape out of range
        place, message = Place(file, 1, 1), str(error)
    raise _not_yaml(place, message)


def _not_yaml(place: Place, message: str) -> ScenarioError:
    return ScenarioError([Problem.at(place, "", f"not YAML: {message}")])


def _place_in(text: str, index: int, file: str) -> Place:
    before = text[:index]
    return Place(file, before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1)


def _letter_at(text: str, place: Place) -> str:
    lines = text.split("\n", place.line or 1)
    line = lines[(place.line or 1) - 1] if len(lines) >= (place.line or 1) else ""
    column = (place.column or 1) - 1
    return line[column : column + 1]


class _Composer:
    """Builds nodes from events, and stops where there are too many or too deep ones."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.anchors: dict[str, Node] = {}
        self.open: list[Node] = []
        self.first: Node | None = None
        self.count = 0

    def root(self, parser: Any) -> Node | None:
        documents = 0
        try:
            while parser.check_event():
                event = parser.get_event()
                if isinstance(event, yaml.DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        raise self.fault(event, "got another document; allowed: a single document")
                elif isinstance(event, (yaml.SequenceEndEvent, yaml.MappingEndEvent)):
                    self.open.pop()
                elif isinstance(event, yaml.NodeEvent):
                    self.add(event)
        finally:
            parser.dispose()
        return self.first

    def add(self, event: Any) -> None:
        """Put a node where it belongs."""
        node = self.node(event)
        if self.open:
            self.open[-1].value.append(node)
        else:
            self.first = node
        if isinstance(event, yaml.CollectionStartEvent):
            if len(self.open) >= DEEPEST:
                message = f"more than {DEEPEST} levels of nesting"
                raise ScenarioError([Problem.at(self.place(event), "", message)])
            self.open.append(node)

    def node(self, event: Any) -> Node:
        """Return a new node, or the one that an alias stands for."""
        self.count += 1
        # keys count as well here; what is written out is counted by who reads the nodes
        if self.count > 2 * MOST_VALUES:
            raise too_many(self.place(event), "")
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.anchors:
                raise self.fault(event, f"got undefined alias {event.anchor!r}")
            return self.anchors[event.anchor]
        tag, mark = event.tag if event.tag != "!" else None, event.start_mark
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0]
            node = Node("scalar", tag or (_meant(event.value) if plain else STR), event.value, mark)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = Node("list", tag or SEQ, [], mark)
        else:
            node = Node("mapping", tag or MAP, [], mark)
        if event.anchor is not None:
            if event.anchor in self.anchors:
                line = self.anchors[event.anchor].line
                raise self.fault(event, f"got the anchor {event.anchor!r} twice, first in {line}")
            self.anchors[event.anchor] = node
        return node

    def place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def fault(self, event: Any, message: str) -> ScenarioError:
        return _not_yaml(self.place(event), message)


def _meant(text: str) -> str:
    """Return the tag of unquoted text."""
    for tag, pattern in _BY_FIRST.get(text[:1], ()):
        if pattern.fullmatch(text):
            return tag
    return STR


def too_many(place: Place, key: str) -> ScenarioError:
    """Return the error that a file holds more than anybody would write."""
    message = f"more than {MOST_VALUES:,} values, counting aliases and merged keys"
    return ScenarioError([Problem.at(place, key, message)])
