"""YAML files that are no scenarios, such as studies: read, and checked against their own schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from smpsim.scenario.errors import ScenarioError
from smpsim.scenario.explain import booleans_as_numbers, findings_of, problems_of
from smpsim.scenario.fields import Section
from smpsim.scenario.shapes import Shape
from smpsim.scenario.source import Document, read_file

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
