"""Findings about a scenario, and pydantic's errors turned into findings that read well."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from smpsim.messages import is_ours, nearest, shown_list, shown_value
from smpsim.scenario.allowed_values import SCENARIO, Shape, shape_at
from smpsim.scenario.keypaths import Counted, KeyPath, format_path, value_at
from smpsim.scenario.problems import MOST_PROBLEMS, Place, Problem
from smpsim.scenario.yaml_files import Document

LONGEST_MESSAGE = 500
_QUOTES = "unquoted yes, no, on and off mean true or false: write text in quotes"


@dataclass(frozen=True)
class Finding:
    """Something wrong at a key path, before its place in a file is looked up.

    Parameters
    ----------
    path : tuple of str and int
        Key path with indices for the items of lists.
    message : str
        What was found and what is allowed.
    where : {"value", "key", "section"}
        What to point at: the value, its key, or the section that should contain the key.
    """

    path: KeyPath
    message: str
    where: Literal["value", "key", "section"] = "value"

    def place(self, document: Document) -> Place:
        """Return where in the document's files this is."""
        if self.where == "key":
            return document.place_of_key(self.path)
        if self.where == "section":
            return document.place_of_section(self.path)
        return document.place_of_value(self.path)

    def problem(self, document: Document, counted: Counted | None = None) -> Problem:
        """Return the finding as a problem at its place; many findings share what is `counted`."""
        key = format_path(self.path, document.data, counted)
        return Problem.at(self.place(document), key, self.message)


def problems_of(findings: Sequence[Finding], document: Document) -> list[Problem]:
    """Return findings as problems at their places; of very many, the first and how many more."""
    counted: Counted = {}
    found = [finding.problem(document, counted) for finding in findings[:MOST_PROBLEMS]]
    if len(findings) > MOST_PROBLEMS:
        message = f"{len(findings) - MOST_PROBLEMS:,} more problems"
        found.append(Problem(document.origin.file, None, None, "", message))
    return found


def findings_of(error: ValidationError, data: Any, whole: Shape | None = SCENARIO) -> list[Finding]:
    """Turn the errors of pydantic into findings, one for each key path.

    Those beyond `MOST_PROBLEMS` have no message, as `problems_of` only counts them.

    Parameters
    ----------
    error : pydantic.ValidationError
        Of a `Scenario`, or of another section at the top of a file.
    data : object
        The plain data that was validated.
    whole : Shape
        Of that section.
    """
    found: dict[KeyPath, Finding] = {}
    for detail in error.errors(include_url=False, include_context=False, include_input=False):
        if len(found) >= MOST_PROBLEMS:
            found.setdefault(detail["loc"], Finding(detail["loc"], ""))
            continue
        finding = _finding(detail, data, whole)
        if finding is not None:
            # a union reports each of its members; the first that matters is enough
            found.setdefault(finding.path, finding)
    if not found:
        # a fault that none of the above has words for is a fault all the same
        path: KeyPath = ()
        for step in error.errors(include_url=False)[0]["loc"]:
            if shape_at((*path, step), whole) is None:
                break
            path = (*path, step)
        found[path] = _wrong(path, value_at(data, path), shape_at(path, whole) if path else whole)
    # the hint of an unknown key names the missing one that it was meant to be
    meant = {
        (*one.path[:-1], hint.group(1))
        for one in found.values()
        if one.where == "key" and (hint := re.search(r"did you mean '(\w+)'\?$", one.message))
    }
    return [one for one in found.values() if one.where != "section" or one.path not in meant]


def booleans_as_numbers(data: Any, whole: Shape | None = None) -> Iterable[Finding]:
    """Yield a finding for each yes-or-no value where a number stands: pydantic takes them."""
    for path, value in _booleans(data, ()):
        shape = shape_at(path, whole)
        number = shape is not None and (shape.takes(int) or shape.takes(float))
        if shape is not None and number and not shape.takes(bool) and Any not in shape.options:
            yield _wrong(path, value, shape)


def _booleans(data: Any, path: KeyPath) -> Iterable[tuple[KeyPath, bool]]:
    """Yield yes-or-no values with their paths; there are few among thousands of values."""
    items = data.items() if isinstance(data, dict) else enumerate(data)
    for step, value in items:
        if isinstance(value, bool):
            yield (*path, step), value
        elif isinstance(value, (dict, list)):
            yield from _booleans(value, (*path, step))


def _finding(detail: ErrorDetails, data: Any, whole: Shape | None) -> Finding | None:
    """Return the finding of one error, or None for the noise of a union."""
    path, shape, at = _path_of(detail["loc"], data, whole)
    if path is None:
        return None
    value, kind = value_at(data, path), detail["type"]
    if at == "union":
        return _wrong(path, value, shape)
    parent = shape_at(path[:-1], whole) if path else None
    if kind == "extra_forbidden" or at == "key":
        keys = (parent.keys() if parent else None) or ()
        allowed = f"{shown_list(keys)}{nearest(path[-1], keys)}"
        return Finding(path, f"got unknown key {shown_value(path[-1])}; allowed: {allowed}", "key")
    if kind == "missing" and isinstance(path[-1], int):
        # a list of fixed length that is too short
        return _wrong(path[:-1], value_at(data, path[:-1]), parent)
    if kind == "missing":
        allowed = shape.allowed() if shape else "a value"
        return Finding(path, f"missing; allowed: {allowed}", "section")
    if kind == "value_error" and is_ours(detail["msg"]) and len(detail["msg"]) < LONGEST_MESSAGE:
        return _raised(path, shape, detail["msg"])
    return _wrong(path, value, shape)


def _path_of(
    location: tuple[int | str, ...], data: Any, whole: Shape | None
) -> tuple[KeyPath | None, Shape | None, Literal["value", "key", "union"]]:
    """Return pydantic's location without the names of union members, and what is there.

    It is a "union" where the value is like none of the members, so that all of them are allowed.
    """
    path: KeyPath = ()
    shape = inside = whole
    for place, step in enumerate(location):
        here = value_at(data, path)
        # pydantic adds this word after a faulty key; a file might use it as a key as well
        if step == "[key]" and place == len(location) - 1 and step not in _mapping(here):
            return path, shape, "key"
        if inside is not None and len(inside.options) > 1:
            # of a union, only the member that looks like the value has something to say
            if inside.section is None:
                lists = [one for one in inside.options if get_origin(one) is list]
                if not (isinstance(here, list) and lists):
                    return path, shape, "union"
                if not str(step).startswith("list"):
                    return None, None, "value"
                inside = Shape(lists[0], inside.unit)
                continue
            section = step == inside.section.__name__
            if isinstance(here, Mapping) != section:
                return None, None, "value"
            inside = Shape(inside.section, inside.unit) if section else Shape(float, inside.unit)
            continue
        path = (*path, step)
        inside = shape = inside.child(step) if inside else None
    return path, shape, "value"


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _wrong(path: KeyPath, value: Any, shape: Shape | None) -> Finding:
    """Return the finding that a value is not what the shape allows."""
    allowed = shape.allowed() if shape else "nothing"
    hint = ""
    if isinstance(value, str) and shape is not None:
        hint = nearest(value, shape.words())
    if isinstance(value, bool) and shape is not None and (shape.takes(str) or shape.words()):
        hint = f"; {_QUOTES}"
    if value is None and shape is not None and shape.is_mapping:
        hint = "; leave the key out for its default"
    return Finding(path, f"got {shown_value(value)}; allowed: {allowed}{hint}")


def _raised(path: KeyPath, shape: Shape | None, message: str) -> Finding:
    """Return the finding of a validator's own message."""
    text = re.sub(r"^Value error, ", "", message)
    named = re.match(r"([A-Za-z_]\w*): (?=(?:got|no|given) )", text)
    if named and shape is not None and shape.child(named.group(1)) is not None:
        # the check of a section names the key at fault
        path, text = (*path, named.group(1)), text[named.end() :]
        shape = shape.child(path[-1])
    body, _, hint = text.partition("; did you mean")
    if shape is not None and shape.is_distribution:
        body += shape.tag
    return Finding(path, f"{body}; did you mean{hint}" if hint else body)
