"""The timeline of a scenario: the parameters that hold from each month of change on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from smpsim.messages import shown_value
from smpsim.scenario.allowed_values import marked
from smpsim.scenario.fields import FIXED, SAME_NAMES, Section
from smpsim.scenario.kept_by_identity import KeptByIdentity
from smpsim.scenario.keypaths import KeyPath, KeyPathError, format_path, starts_with
from smpsim.scenario.problems import MOST_PROBLEMS, Place, Problem, ScenarioError
from smpsim.scenario.schema import Intervention, Scenario
from smpsim.scenario.schema_check import check_schema, check_sections
from smpsim.scenario.schema_errors import Finding
from smpsim.scenario.values_at_keys import put
from smpsim.scenario.yaml_files import Document

FIXED_PATHS = tuple(marked(FIXED))
"""Key paths that hold for a whole run."""

SAME_NAMES_PATHS = tuple(marked(SAME_NAMES))
"""Mappings and lists that keep their names, or their length, for a whole run."""

Segment = tuple[int, Scenario]
# the path of a changed value, and the path of the entry in the timeline that changed it
_Target = tuple[KeyPath, KeyPath]


def segments(scenario: Scenario) -> list[Segment]:
    """Return the scenario as it stands from each month of change on.

    Parameters
    ----------
    scenario : Scenario
        With its timeline.

    Returns
    -------
    list of (int, Scenario)
        Month from which the scenario holds, counted from 0, with all changes up to then. The
        first month is 0. Changes of one month are one segment; the later of two that set the
        same value wins. Each scenario keeps the whole timeline.

    Raises
    ------
    ScenarioError
        If a change names no parameter, gives an impossible value or would change what is
        fixed for a whole run, such as the number of employers.

    Examples
    --------
    >>> [month for month, _ in segments(scenario)]  # doctest: +SKIP
    [0, 15, 24]
    """
    if not scenario.timeline:
        return [(0, scenario)]
    known = _BUILT.of(scenario)
    if known is not None:
        return [(month, scenario if part is None else part) for month, part in known]
    data = scenario.model_dump(mode="json")
    found, problems = build_segments(scenario, Document(data, Place(f"scenario {scenario.name!r}")))
    if problems:
        raise ScenarioError(problems)
    return found


_BUILT: KeptByIdentity[Scenario, list[tuple[int, Scenario | None]]] = KeptByIdentity()
"""Segments of scenarios that are in memory, so that what was checked on loading is not again."""


def keep_segments(scenario: Scenario, found: list[Segment]) -> None:
    """Keep the segments of a scenario for as long as it lives."""
    # the scenario itself is left out, as it would keep itself alive
    _BUILT.keep(scenario, [(month, None if part is scenario else part) for month, part in found])


def build_segments(scenario: Scenario, document: Document) -> tuple[list[Segment], list[Problem]]:
    """Return the segments, and the problems of the timeline at their places in `document`."""
    found: list[Segment] = [(0, scenario)]
    problems: list[Problem] = []
    if not scenario.timeline:
        return found, problems
    data = scenario.model_dump(mode="json")
    # what is wrong at the start already is not the fault of a change
    known = {(one.path, one.message) for one in check_sections(scenario)}
    last = scenario
    by_month = groupby(enumerate(scenario.timeline), key=lambda entry: entry[1].month)
    for month, entries in by_month:
        changed, targets, faults = _changed(data, entries, MOST_PROBLEMS - len(problems))
        after = None
        if targets:
            after, wrong = _checked(scenario, _reused(changed, data, last), changed, targets, known)
            faults += wrong
        problems += [
            Problem.at(document.place_of_key(entry), format_path(entry), message)
            for entry, message in dict.fromkeys(faults)
        ]
        if after is not None and not faults:
            # the changes of a faulty month are left out, so that they are reported only once
            data, last = changed, after
            found = [*(one for one in found if one[0] < month), (month, after)]
        if len(problems) >= MOST_PROBLEMS:
            break
    if not problems:
        keep_segments(scenario, found)
    return found, problems


def _changed(
    data: dict[str, Any], entries: Iterable[tuple[int, Intervention]], most: int
) -> tuple[dict[str, Any], list[_Target], list[tuple[KeyPath, str]]]:
    """Return the data after the changes of a month, what is changed, and what cannot be.

    After `most` faults the rest is not looked at.
    """
    changed = data
    targets: list[_Target] = []
    faults: list[tuple[KeyPath, str]] = []
    for index, change in entries:
        for key, value in change.set.items():
            entry: KeyPath = ("timeline", index, "set", key)
            if len(faults) >= most:
                faults.append((entry, "more problems in the timeline, which are not listed"))
                return changed, targets, faults
            try:
                after_change, path = put(changed, key, value)
            except KeyPathError as error:
                faults.append((entry, str(error)))
                continue
            if any(_matches(path[: pattern.count(".") + 1], pattern) for pattern in FIXED_PATHS):
                faults.append((entry, _refusal(key)))
                continue
            changed = after_change
            targets.append((path, entry))
    return changed, targets, faults


def _reused(changed: Any, data: Any, checked: Any) -> Any:
    """Return changed data in which sections are taken as checked before where nothing changes.

    A timeline may have hundreds of months; so each costs time and memory for its changes only.

    Parameters
    ----------
    changed, data : object
        Plain data after and before the change, which share what does not change.
    checked : object
        What the data before became when it was checked.
    """
    if changed is data:
        return checked
    if isinstance(changed, dict) and isinstance(data, dict):
        section = isinstance(checked, Section)
        if section or isinstance(checked, dict):
            held = vars(checked) if section else checked
            return {
                key: _reused(value, data[key], held[key]) if key in data and key in held else value
                for key, value in changed.items()
            }
    lists = all(isinstance(one, list) for one in (changed, data, checked))
    if lists and len(changed) == len(data) == len(checked):
        return [_reused(*three) for three in zip(changed, data, checked, strict=True)]
    return changed


def _checked(
    before: Scenario,
    reused: dict[str, Any],
    changed: dict[str, Any],
    targets: list[_Target],
    known: set[tuple[KeyPath, str]],
) -> tuple[Scenario | None, list[tuple[KeyPath, str]]]:
    """Return the changed scenario, or what is wrong with it by entry of the timeline."""
    after, findings = check_schema(reused)
    if after is not None:
        replaced = any(_holds_fixed(path) for path, _ in targets)
        reshaped = _reshaped(before, after) if replaced else []
        whole = [Finding(path, _refusal(format_path(path))) for path in reshaped]
        findings = whole or [
            one for one in check_sections(after) if (one.path, one.message) not in known
        ]
    faults = [_fault(finding, targets, changed) for finding in findings]
    return (None if faults else after), faults


def _fault(
    finding: Finding, targets: list[_Target], changed: dict[str, Any]
) -> tuple[KeyPath, str]:
    """Return the entry that is to blame for a finding, and the message there."""
    blamed = [
        (path, entry)
        for path, entry in targets
        if starts_with(finding.path, path) or starts_with(path, finding.path)
    ]
    path, entry = (blamed or targets)[-1]
    if path == finding.path:
        return entry, finding.message
    return entry, f"in {format_path(finding.path, changed)}: {finding.message}"


def _reshaped(before: Scenario, after: Scenario) -> list[KeyPath]:
    """Return the paths of what is fixed and yet differs, when whole sections were replaced."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    found: list[KeyPath] = []
    for paths, measure in ((FIXED_PATHS, _same), (SAME_NAMES_PATHS, _names)):
        for pattern in paths:
            one, other = (
                {path: measure(value) for path, value in _expand(whole, tuple(pattern.split(".")))}
                for whole in (old, new)
            )
            found += [path for path in one if one[path] != other.get(path, one[path])]
    return found


def _holds_fixed(path: KeyPath) -> bool:
    """Return whether something that holds for a whole run lies below a path, or there."""
    for pattern in (*FIXED_PATHS, *SAME_NAMES_PATHS):
        steps = pattern.split(".")[: len(path)]
        if len(steps) == len(path) and _matches(path, ".".join(steps)):
            return True
    return False


def _same(value: Any) -> Any:
    return value


def _names(value: Any) -> Any:
    return len(value) if isinstance(value, list) else list(value)


def _expand(data: Any, steps: KeyPath, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield the path and value of all that a pattern with stars names."""
    if not steps:
        yield path, data
    elif steps[0] == "*":
        items = enumerate(data) if isinstance(data, list) else data.items()
        for step, value in items:
            yield from _expand(value, steps[1:], (*path, step))
    else:
        yield from _expand(data[steps[0]], steps[1:], (*path, steps[0]))


def _matches(path: KeyPath, pattern: str) -> bool:
    steps = pattern.split(".")
    return len(path) == len(steps) and all(
        wanted in ("*", step) for step, wanted in zip(path, steps, strict=True)
    )


def _refusal(key: str) -> str:
    return (
        f"got a change of {shown_value(key)}, which is fixed for a whole run; allowed: parameters "
        "other than counts, names, dates, links, plans, numbers of intakes and states at the start"
    )
