"""The evidence meter: how much of a spread comes from figures that nobody has sourced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from smpsim.scenario.allowed_values import shape_at
from smpsim.scenario.catalogue import find
from smpsim.scenario.fields import ASSUMPTION
from smpsim.scenario.keypaths import KeyPath, parse_path
from smpsim.scenario.yaml_files import Document, read_file
from smpsim.studies.decide.information import PENALTIES, scores
from smpsim.studies.decide.options import SECTION, SHARED

COMMENT = re.compile(r"(?:^|\s)#\s*(.*)$")


class Figures(NamedTuple):
    """The numbers of the behaviour that all programmes share.

    Attributes
    ----------
    sourced : frozenset of KeyPath
        Those with a comment that does not say that they are an assumption.
    total : int
        How many there are.
    """

    sourced: frozenset[KeyPath]
    total: int


@cache
def figures() -> Figures:
    """Return which numbers of ``base.yaml`` have a source, as the comments beside them say.

    A comment stands on the line of its figure, or on lines of its own above it.
    """
    path = find(SHARED)
    document, lines = read_file(path), path.read_text(encoding="utf-8").splitlines()
    known = list(_numbers(document.data[SECTION], (SECTION,)))
    sourced = frozenset(key for key in known if _has_source(document, lines, key))
    return Figures(sourced, len(known))


def is_assumed(key: str) -> bool:
    """Return whether nobody has sourced the figure at a key path; also if it is not shared."""
    return tuple(parse_path(key)) not in figures().sourced


def _numbers(data: Mapping[str, Any], path: KeyPath) -> Iterator[KeyPath]:
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, (*path, key))
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            yield (*path, key)


def _has_source(document: Document, lines: Sequence[str], key: KeyPath) -> bool:
    place = (document.place_of_key(key).line or 1) - 1
    beside = COMMENT.search(lines[place])
    said = beside.group(1) if beside else ""
    if not beside:
        above = place - 1
        while above >= 0 and lines[above].lstrip().startswith("#"):
            said = f"{lines[above].strip()} {said}"
            above -= 1
    return bool(said) and ASSUMPTION not in said


def assumed_share(values: np.ndarray, parameters: pd.DataFrame) -> float:
    """Return how much of what is not known comes from figures that nobody has sourced.

    A ridge regression of the worlds on the normal scores of all parameters; each explains its
    covariance with the fit, and those without a source explain theirs together.

    Parameters
    ----------
    values : ndarray, shape (worlds,)
        Mean of an outcome in each world.
    parameters : DataFrame, shape (worlds, parameters)
        Those that are drawn in this option.

    Returns
    -------
    float
        From 0 to 1; not a number where no parameter explains anything.
    """
    varied = [str(key) for key in parameters.columns if parameters[key].nunique() > 1]
    assumed = np.array([is_assumed(key) for key in varied], bool)
    if not varied or np.ptp(values) == 0.0:
        return float("nan")
    if assumed.all() or not assumed.any():
        return float(assumed.all())
    from sklearn.linear_model import RidgeCV

    table = np.column_stack([scores(parameters[key].to_numpy(float)) for key in varied])
    model = RidgeCV(PENALTIES).fit(table, values)
    parts = (table - table.mean(axis=0)) * model.coef_
    whole = parts.sum(axis=1)
    variance = float(whole @ whole)
    if variance == 0.0:
        return float("nan")
    return float(np.clip(parts[:, assumed].sum(axis=1) @ whole / variance, 0.0, 1.0))


def meaning_of(key: str) -> tuple[str, str]:
    """Return what a parameter means in plain words, and its unit."""
    path = tuple(parse_path(key))
    shape, above = shape_at(path), shape_at(path[:-1])
    field = above.section.model_fields.get(str(path[-1])) if above and above.section else None
    about = (field.description or "") if field else ""
    words = re.sub(r"^\w+: ", "", about.rpartition(" [")[0])
    return words or key, shape.unit if shape else ""
