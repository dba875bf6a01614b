"""What a sensitivity study varies: numbers of a scenario, each with a range."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from smpsim.messages import shown_value
from smpsim.scenario import Scenario, load
from smpsim.scenario.allowed_values import number_words, shape_at
from smpsim.scenario.keypaths import KeyPath, KeyPathError, format_path
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.quantities import KINDS
from smpsim.scenario.ranges import ranges_of
from smpsim.scenario.values_at_keys import get_value, put, scenario_data
from smpsim.scenario.yaml_files import copied

LOWEST, HIGHEST = 0.5, 1.5
"""Range of a value for which no likely range is stated, as a multiple of it."""
NEARLY_ALL = 0.9
"""A share above this is varied by its distance from 1: 0.995 kept is not 0.5 kept."""
MIDDLES = ("mean", "median", "mode")
ROOT = "behaviour"
ALL_LUCK = ("seed", "replications")
Range = tuple[float, float] | None


class Parameter(NamedTuple):
    """A number that is varied.

    Attributes
    ----------
    key : str
        Its key path.
    value, low, high : float
        In the scenario, and the ends of its range.
    unit : str
    whole : bool
        Whether it takes whole numbers only.
    """

    key: str
    value: float
    low: float
    high: float
    unit: str = ""
    whole: bool = False


def parameters_of(
    scenario: Scenario, keys: Mapping[str, Range] | None = None, only: bool = False
) -> tuple[list[Parameter], dict[str, str]]:
    """Return what is varied in a scenario.

    By default all numbers under ``behaviour``, the middles of distributions there, and every other
    number with a likely range: over that range, which holds nine in ten plausible worlds. Where
    none is stated, from half to one and a half times the value, within what the schema allows;
    shares above 0.9 keep half to one and a half times their distance from 1. Whole numbers are
    rounded.

    Parameters
    ----------
    scenario : Scenario
    keys : mapping of str to (low, high) or None, optional
        Ranges of the user's own; keys that are no behaviour are added. None stands for the
        default range.
    only : bool
        Vary these keys only.

    Returns
    -------
    list of Parameter
        In the order of the scenario, then of `keys`.
    dict of str to str
        Numbers under ``behaviour`` that are left out, with the reason.

    Raises
    ------
    ScenarioError
        With every key that does not exist, is no number, or has a range that is not allowed.
    """
    data = scenario_data(scenario)
    own: dict[KeyPath, Parameter] = {}
    problems: list[Problem] = []
    for key, ends in (keys or {}).items():
        try:
            path, parameter = _own(scenario, data, key, ends)
        except ScenarioError as error:
            problems += error.problems
            continue
        if path in own:
            problems.append(_problem(key, f"got {own[path].key} twice; allowed: each key once"))
        own[path] = parameter
    if problems:
        raise ScenarioError(problems)
    found: dict[KeyPath, Parameter] = {}
    left_out: dict[str, str] = {}
    for path, value in () if only else _numbers(data[ROOT], (ROOT,)):
        key = format_path(path, data)
        if path in own:
            found[path] = own[path]
            continue
        usual, reason = _by_default(scenario, key, path, value)
        if usual is None:
            left_out[key] = reason
        elif any(_faults(scenario, usual)):
            left_out[key] = "its range does not fit the other values"
        else:
            found[path] = usual
    for key, (path, likely) in ({} if only else ranges_of(scenario)).items():
        if path not in found and path not in own:
            found[path] = _over(key, path, likely.centre, likely.low, likely.high)
    return list((found | own).values()), left_out


def parse_range(text: str) -> tuple[str, Range]:
    """Read ``PATH=LOW:HIGH``, or ``PATH`` alone for the default range.

    Raises
    ------
    ScenarioError
        If it has another form.
    """
    key, given, ends = text.partition("=")
    if not given:
        return key.strip(), None
    low, colon, high = ends.partition(":")
    try:
        if not colon:
            raise ValueError
        return key.strip(), (float(low), float(high))
    except ValueError:
        message = f"got {ends.strip()!r}; allowed: LOW:HIGH, two numbers such as 0.1:0.4"
        raise ScenarioError([_problem(key.strip(), message)]) from None


def _problem(key: str, message: str) -> Problem:
    return Problem("keys", None, None, key, message)


def _numbers(data: Any, path: KeyPath) -> Iterator[tuple[KeyPath, float]]:
    """Yield the numbers of a section; of distributions their middles, of lists none."""
    for key, value in data.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, (*path, key))
        elif _is_number(value) and (path[-1] not in KINDS or key in MIDDLES):
            yield (*path, key), value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _over(key: str, path: KeyPath, value: float, low: float, high: float) -> Parameter:
    """Return a number that is varied between two ends."""
    shape = shape_at(path)
    whole = shape is not None and shape.is_whole
    return Parameter(key, value, low, high, shape.unit if shape else "", whole)


def _by_default(
    scenario: Scenario, key: str, path: KeyPath, value: float
) -> tuple[Parameter | None, str]:
    """Return a number with its default range, or the reason why it has none."""
    stated = scenario.likely_ranges.get(key)
    if stated is not None:
        return _over(key, path, value, *stated), ""
    shape = shape_at(path)
    least, most = shape.bounds if shape else (-math.inf, math.inf)
    if value == 0:
        return None, "it is 0, which switches its mechanism off"
    if value in (least, most):
        # such as a share of 1 or a limit of 600 months, which limits nothing
        return None, f"it is {number_words(value)}, the limit of what is allowed"
    low, high = sorted((LOWEST * value, HIGHEST * value))
    if most == 1 and value > NEARLY_ALL:
        low, high = 1 - HIGHEST * (1 - value), 1 - LOWEST * (1 - value)
    low, high = max(low, least), min(high, most)
    if shape is not None and shape.is_whole:
        low, high = math.floor(low + 0.5), math.floor(high + 0.5)
    return _over(key, path, value, low, high), ""


def _faults(scenario: Scenario, parameter: Parameter) -> Iterator[str]:
    """Yield what is wrong with a scenario at the ends of a range."""
    for end in (parameter.low, parameter.high):
        try:
            load(scenario, {parameter.key: int(end) if parameter.whole else end})
        except ScenarioError as error:
            yield from (problem.message for problem in error.problems)


def _own(
    scenario: Scenario, data: dict[str, Any], key: str, ends: Range
) -> tuple[KeyPath, Parameter]:
    """Return a key that the user has named, with its range.

    Raises
    ------
    ScenarioError
        If there is no such number, or the range is not allowed.
    """
    try:
        value = get_value(data, key)
        path = put(data, key, value)[1]
    except KeyPathError as error:
        raise ScenarioError([_problem(key, str(error))]) from None
    if key in ALL_LUCK:
        message = f"got {key}, which is the same in all samples; allowed: --{key}"
        raise ScenarioError([_problem(key, message)])
    if not _is_number(value):
        raise ScenarioError([_problem(key, f"got {shown_value(value)}; allowed: a number")])
    parameter, reason = _by_default(scenario, key, path, value)
    if ends is None:
        if parameter is None:
            message = f"no range, and {reason}; allowed: {key}=LOW:HIGH"
            raise ScenarioError([_problem(key, message)])
    else:
        low, high = float(ends[0]), float(ends[1])
        shape = shape_at(path)
        whole = shape is not None and shape.is_whole
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            message = f"got {low:g}:{high:g}; allowed: LOW:HIGH with LOW below HIGH"
            raise ScenarioError([_problem(key, message)])
        if whole and not (low.is_integer() and high.is_integer()):
            message = f"got {low:g}:{high:g}; allowed: whole numbers"
            raise ScenarioError([_problem(key, message)])
        parameter = _over(key, path, value, low, high)
    faults = list(dict.fromkeys(_faults(scenario, parameter)))
    if faults:
        raise ScenarioError([_problem(key, message) for message in faults])
    return path, parameter


def with_values(
    scenario: Scenario, parameters: Sequence[Parameter], rows: Sequence[Sequence[float]]
) -> list[dict[str, Any]]:
    """Return what each sample sets: all of ``behaviour`` as one section, others by key path.

    Setting a hundred keys one by one would take longer than the runs.

    Parameters
    ----------
    scenario : Scenario
    parameters : sequence of Parameter
    rows : sequence, shape (samples, parameters)
    """
    data = scenario_data(scenario)
    paths = [put(data, one.key, one.value)[1] for one in parameters]
    found = []
    for row in rows:
        section = copied(data[ROOT])
        values: dict[str, Any] = {}
        for one, path, value in zip(parameters, paths, row, strict=True):
            exact: float = round(value) if one.whole else float(value)
            if path[0] != ROOT:
                values[one.key] = exact
                continue
            inside = section
            for step in path[1:-1]:
                inside = inside[step]
            inside[path[-1]] = exact
        found.append({ROOT: section, **values})
    return found
