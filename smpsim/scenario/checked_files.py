"""Files that are no scenarios, such as studies, and plain data from Python in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from smpsim.messages import encodable, shown_value
from smpsim.scenario.allowed_values import Shape, plain
from smpsim.scenario.fields import Section
from smpsim.scenario.keypaths import KeyPath, format_path
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.schema_errors import booleans_as_numbers, findings_of, problems_of
from smpsim.scenario.yaml_files import DEEPEST, Document, read_file

Sheet = TypeVar("Sheet", bound=Section)


def read_sheet(path: Path, kind: type[Sheet]) -> tuple[Sheet, Document]:
    """Read a YAML file and check it against a schema.

    Parameters
    ----------
    path : pathlib.Path
    kind : type of Section
        What stands at the top of the file.

    Returns
    -------
    Section
        An instance of `kind`.
    Document
        The plain data with the place of each key, for problems that are found later.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key.
    """
    document = read_file(path)
    return check_sheet(document, kind), document


def given_document(data: Mapping[str, Any]) -> Document:
    """Return plain data from Python as a document, as if it had been read from a file.

    Raises
    ------
    ScenarioError
        With each value that no file could contain.
    """
    origin = Place("data")
    return Document(plain_data(data, origin), origin)


def check_sheet(document: Document, kind: type[Sheet], context: Any = None) -> Sheet:
    """Check a document against a schema; as `read_sheet`, with a context for its validators."""
    shape = Shape(kind)
    findings = list(booleans_as_numbers(document.data, shape))
    known = {finding.path for finding in findings}
    sheet = None
    try:
        sheet = kind.model_validate(document.data, context=context)
    except ValidationError as error:
        found = findings_of(error, document.data, shape)
        findings += [one for one in found if one.path not in known]
    if findings or sheet is None:
        raise ScenarioError(problems_of(findings, document))
    return sheet


def plain_data(value: Any, place: Place) -> Any:
    """Return a value from Python as plain data.

    Raises
    ------
    ScenarioError
        With each value that no file could contain.
    """
    try:
        found = plain(value)
        problems = list(_not_plain(found, (), place))
    except RecursionError:
        problems = [Problem.at(place, "", "data in a loop, or nested too deeply")]
    if problems:
        raise ScenarioError(problems)
    return found


def _not_plain(value: Any, path: KeyPath, place: Place) -> Iterator[Problem]:
    """Yield a problem for each value that no file could contain."""
    message = ""
    if len(path) > DEEPEST:
        raise RecursionError
    if isinstance(value, (dict, list)):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for step, inner in items:
            yield from _not_plain(inner, (*path, step), place)
            if isinstance(step, str) and not encodable(step):
                message = f"got the key {shown_value(step)}, which is not Unicode text"
    elif isinstance(value, str) and not encodable(value):
        message = f"got {shown_value(value)}, which is not Unicode text"
    elif value is not None and not isinstance(value, (bool, int, float, str)):
        kind = type(value).__name__
        message = f"got {shown_value(value)} ({kind}); allowed: text, numbers, lists, mappings"
    if message:
        yield Problem.at(place, format_path(path), message)
