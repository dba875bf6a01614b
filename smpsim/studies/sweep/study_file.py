"""A study file: read, checked, and every fault named at its place."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from smpsim.messages import nearest, shown_list, shown_value
from smpsim.results.outcomes import known_outcomes, with_parts
from smpsim.scenario import Scenario, load
from smpsim.scenario.actions import load_action
from smpsim.scenario.checked_files import check_sheet, given_document
from smpsim.scenario.disk_paths import beside
from smpsim.scenario.duplicates import identity, twins
from smpsim.scenario.keypaths import KeyPath, KeyPathError, parse_path
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.schema_errors import Finding, problems_of
from smpsim.scenario.values_at_keys import get_value, put, scenario_data
from smpsim.scenario.yaml_files import Document, read_file
from smpsim.studies.kinds import find_study
from smpsim.studies.sweep.monthly import fault_of_series, fault_of_size
from smpsim.studies.sweep.study import NOT_VARIED, Axis, SweepStudy

MOST_FINDINGS = 100
"""Findings beyond the schema: each may take the reading of a scenario or an action."""


def load_study(study: str | Path | Mapping[str, Any]) -> tuple[SweepStudy, Document]:
    """Read a study of the catalogue, a file, or plain data that a file would contain.

    Returns
    -------
    SweepStudy
    Document
        The plain data with the place of each key, for problems that are found later.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key.
    """
    if isinstance(study, Mapping):
        document = given_document(study)
    else:
        path = find_study(study)
        document = read_file(path)
        _resolve(document.data, path.parent)
    problems: list[Problem] = []
    sheet = None
    try:
        sheet = check_sheet(document, SweepStudy)
    except ScenarioError as error:
        problems += error.problems
    # what is said of a key already is not said again
    known = [problem.key for problem in problems]
    later = problems_of(list(islice(_findings(document.data), MOST_FINDINGS)), document)
    problems += [one for one in later if not any(_within(one.key, key) for key in known)]
    if problems or sheet is None:
        raise ScenarioError(problems)
    return sheet, document


def _within(key: str, other: str) -> bool:
    """Return whether one key is the other, or lies in it."""
    return key == other or (bool(other) and key.startswith((f"{other}.", f"{other}[")))


def _resolve(data: dict[str, Any], folder: Path) -> None:
    """Let scenario files be named as seen from the study's folder."""
    if "scenario" in data:
        data["scenario"] = beside(data["scenario"], folder)
    if isinstance(data.get("scenarios"), list):
        data["scenarios"] = [beside(name, folder) for name in data["scenarios"]]


def _findings(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield what the schema can't see, as far as the data allows to look."""
    sources: list[tuple[KeyPath, Any]] = [(("scenario",), data.get("scenario"))]
    listed = data.get("scenarios")
    if isinstance(listed, list):
        sources += [(("scenarios", place), name) for place, name in enumerate(listed)]
    loaded: list[Scenario] = []
    stems: set[str] = set()
    for path, name in sources:
        if isinstance(name, str):
            if Path(name).stem in stems:
                yield Finding(path, f"got {Path(name).stem!r} twice; allowed: different names")
                continue
            stems.add(Path(name).stem)
            try:
                loaded.append(load(name))
            except ScenarioError as error:
                yield Finding(path, str(error.problems[0]))
    yield from _findings_of_keys(data, loaded)
    yield from _findings_of_design(data)
    yield from _findings_of_actions(data)
    yield from _findings_of_outcomes(data)
    yield from _findings_of_series(data)


def _findings_of_actions(data: Mapping[str, Any]) -> Iterator[Finding]:
    sets = data["actions"].get("list") if isinstance(data.get("actions"), Mapping) else None
    before: set[Any] = set()
    wrong: dict[str, str] = {}
    for number, actions in enumerate(sets if isinstance(sets, list) else []):
        named: list[str] = []
        for place, action in enumerate(actions if isinstance(actions, list) else []):
            path: KeyPath = ("actions", "list", number, place)
            name = str(action).removeprefix("actions/")
            if name in named:
                yield Finding(path, f"got {name!r} twice in a set; allowed: once")
            named.append(name)
            if name not in wrong:
                wrong[name] = fault_of_action(str(action))
            if wrong[name]:
                yield Finding(path, wrong[name])
        if identity(named) in before:
            message = f"got {shown_value(named)} twice; allowed: different sets"
            yield Finding(("actions", "list", number), message)
        before.add(identity(named))


def fault_of_action(action: str) -> str:
    """Return what is wrong with an action that a study names; nothing if it can be used."""
    try:
        load_action(action)
    except ScenarioError as error:
        return error.problems[0].message
    return ""


def _findings_of_outcomes(data: Mapping[str, Any]) -> Iterator[Finding]:
    from smpsim.results.conditions import Condition

    kept, fails = (
        one if isinstance(one, list) else [] for one in (data.get("outcomes"), data.get("fails"))
    )
    names = known_outcomes()
    for place, outcome in enumerate(kept):
        if outcome not in names:
            message = f"got outcome {shown_value(outcome)}; allowed: {shown_list(names)}"
            yield Finding(("outcomes", place), message + nearest(outcome, names))
    for place in twins(kept):
        if kept[place] in names:
            yield Finding(("outcomes", place), f"got {kept[place]!r} twice; allowed: once")
    known = with_parts([one for one in kept if one in names])
    for place, text in enumerate(fails):
        try:
            outcome = Condition.parse(text, names).outcome
        except ValueError as error:
            yield Finding(("fails", place), str(error))
            continue
        if kept and outcome not in known:
            message = f"got {outcome!r}, which is not kept; allowed: {shown_list(known)}"
            yield Finding(("fails", place), message)


def _findings_of_series(data: Mapping[str, Any]) -> Iterator[Finding]:
    series = data.get("series")
    names = series if isinstance(series, list) else []
    for place, name in enumerate(names):
        if fault := fault_of_series(name):
            yield Finding(("series", place), fault)
    for place in twins(names):
        if not fault_of_series(names[place]):
            yield Finding(("series", place), f"got {names[place]!r} twice; allowed: once")
    count = data.get("replications", SweepStudy.model_fields["replications"].default)
    fault = fault_of_size(data.get("series_of", "designs"), count) if isinstance(count, int) else ""
    if names and fault:
        yield Finding(("series",), fault, "key")


def _findings_of_keys(data: Mapping[str, Any], scenarios: list[Scenario]) -> Iterator[Finding]:
    paths: dict[tuple[str, str], KeyPath] = {}
    plain = [(scenario.name, scenario_data(scenario)) for scenario in scenarios]
    for part in ("set", "vary"):
        keys = data.get(part)
        for key in keys if isinstance(keys, Mapping) else ():
            if key in NOT_VARIED:
                message = f"got {key} of a scenario; allowed: {key} of the study"
                yield Finding((part, key), message, "key")
                continue
            if not plain:
                # where no scenario can be read, keys are still compared as they are spelt
                with contextlib.suppress(KeyPathError):
                    paths[part, key] = parse_path(key)
            for name, scenario in plain:
                try:
                    get_value(scenario, key)
                except KeyPathError as error:
                    where = f" (scenario {name!r})" if len(plain) > 1 else ""
                    yield Finding((part, key), f"{error}{where}", "key")
                    break
                # the same value may be named in several ways
                paths.setdefault((part, key), put(scenario, key, None)[1])
    yield from _findings_of_overlaps(paths)


def _findings_of_overlaps(paths: Mapping[tuple[str, str], KeyPath]) -> Iterator[Finding]:
    """Yield keys that would undo each other; only what is varied in a section that is set may."""
    # by each path and by what encloses it, so that keys meet only those that they may overlap with
    at: dict[KeyPath, dict[int, tuple[str, str, KeyPath]]] = {}
    below: dict[KeyPath, dict[int, tuple[str, str, KeyPath]]] = {}
    for number, ((part, key), path) in enumerate(paths.items()):
        met = dict(below.get(path, {}))
        for length in range(len(path) + 1):
            met |= at.get(path[:length], {})
            below.setdefault(path[:length], {})[number] = (part, key, path)
        at.setdefault(path, {})[number] = (part, key, path)
        for _, (before, other, first) in sorted(met.items()):
            if path == first:
                under = f"under {before} too" if before != part else "twice"
                spelt = "" if key == other else f", also as {other}"
                allowed = "one of the two" if before != part else "once"
                yield Finding((part, key), f"got {under}{spelt}; allowed: {allowed}", "key")
                break
            inner, outer = (key, other) if len(path) > len(first) else (other, key)
            if before == part == "vary" or (part != before and outer == key):
                message = f"got both {outer} and, inside it, {inner}; allowed: one of the two"
                yield Finding((part, key), message, "key")
                break


def _findings_of_design(data: Mapping[str, Any]) -> Iterator[Finding]:
    varied = data.get("vary")
    sampled = []
    unclear = False
    for key, raw in varied.items() if isinstance(varied, Mapping) else ():
        try:
            if Axis.parse(raw).distribution is not None:
                sampled.append(key)
        except ValueError:
            # the schema has said so; what it was meant to be is not known
            unclear = True
    if sampled and data.get("design") is None:
        message = "got a distribution; allowed: together with design: {samples: NUMBER}"
        yield Finding(("vary", sampled[0]), message)
    if data.get("design") is not None and not sampled and not unclear:
        yield Finding(("design",), "no distribution to sample; allowed: one in vary", "key")
