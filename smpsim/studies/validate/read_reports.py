"""Files of reports: read, checked, and their scenarios and series found beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, reduce
from itertools import islice
from pathlib import Path
from typing import Any

from smpsim.messages import nearest, shown_list
from smpsim.results.outcomes import known_outcomes
from smpsim.scenario import Scenario, load, names
from smpsim.scenario.catalogue import folder
from smpsim.scenario.checked_files import check_sheet
from smpsim.scenario.disk_paths import SUFFIXES, TABLE, beside, is_file
from smpsim.scenario.keypaths import KeyPath, overlapping
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.schema_errors import Finding, problems_of
from smpsim.scenario.yaml_files import read_file
from smpsim.studies.kinds import REPORTS, require
from smpsim.studies.validate.measures import Measured, Ratio, name_of
from smpsim.studies.validate.monitored import read_table, series_of
from smpsim.studies.validate.prediction import loaded
from smpsim.studies.validate.reports import Reports

CATALOGUE = "validation"
"""Name of the catalogue's reports."""
EVERY = "every_programme"
MOST_FINDINGS = 100
Read = Callable[[str], Scenario]
ReportsGiven = Reports | str | Path | Sequence[str | Path] | None
"""Reports, the files of them, or nothing for those of the catalogue."""


def load_reports(paths: str | Path | Sequence[str | Path] | None = None) -> Reports:
    """Read reported outcomes.

    Parameters
    ----------
    paths : str, Path or sequence of them, optional
        YAML files, or CSV files of months, outcomes and values with a column ``scenario``; several
        are read as one. ``"validation"``, and nothing, stand for those of the catalogue.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key.
    """
    if isinstance(paths, (str, Path)):
        paths = [paths]
    problems: list[Problem] = []
    found: dict[Path, Reports] = {}
    for path in paths or [CATALOGUE]:
        ours = str(path) == CATALOGUE and not is_file(path)
        file = folder() / f"{CATALOGUE}.yaml" if ours else Path(path)
        try:
            found[file] = read_table(file) if file.suffix == TABLE else _read_sheet(file)
        except ScenarioError as error:
            problems += error.problems
    if not problems:
        problems += _clashes(found)
    if problems:
        raise ScenarioError(problems)
    first, *more = found.values()
    return reduce(_joined, more, first)


def _joined(one: Reports, other: Reports) -> Reports:
    """Return the reports of two files as those of one."""
    # lists are put together, and what one of them asks for is asked
    parts = {part: getattr(one, part) + getattr(other, part) for part in Reports.model_fields}
    return one.model_copy(update={**parts, EVERY: one.every_programme or other.every_programme})


def files_of(reports: Reports) -> tuple[Path, ...]:
    """Return the scenarios and tables of a user's own that reports name."""
    named = [*reports.scenarios, *(one.file for one in reports.monitoring)]
    return tuple(Path(one) for one in named if is_file(one))


def _read_sheet(file: Path) -> Reports:
    """Read a YAML file of reports, and the CSV files that it names."""
    require(file, REPORTS)
    document = read_file(file)
    _resolve(document.data, file.parent)
    reports = check_sheet(document, Reports)
    read: Read = cache(load)
    known = {entry.name: None for entry in names()}
    named = dict.fromkeys(scenario for _, scenario in _named(reports))
    faults = {scenario: _fault(scenario, known, read) for scenario in named}
    findings = list(islice(_findings(reports, faults, read), MOST_FINDINGS))
    problems = problems_of(findings, document)
    series = list(reports.series)
    for place, entry in enumerate(reports.monitoring):
        if not entry.file.endswith(TABLE) or not is_file(entry.file):
            near = [str(one) for one in Path(entry.file).parent.glob(f"*{TABLE}")]
            message = f"got {entry.file!r}; allowed: a CSV file{nearest(entry.file, near)}"
            problems.append(Finding(("monitoring", place, "file"), message).problem(document))
        elif not faults[entry.scenario]:
            try:
                series += series_of(entry, read)
            except ScenarioError as error:
                problems += error.problems
    found = reports.model_copy(update={"series": series})
    again = [label for label, n in Counter(one.label for one in found.scored).items() if n > 1]
    if again and not problems:
        # a name that a table gives stands elsewhere too
        message = f"got {again[0]!r} twice; allowed: different names"
        problems.append(Finding(("monitoring",), message).problem(document))
    if problems:
        raise ScenarioError(problems)
    return found


def _resolve(data: Any, where: Path) -> None:
    """Let scenarios and tables be named as seen from the folder of the reports."""
    if isinstance(data, list):
        for one in data:
            _resolve(one, where)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key == "scenario":
                data[key] = beside(value, where)
            elif key == "file" and isinstance(value, str):
                data[key] = str(where / value)
            else:
                _resolve(value, where)


def _clashes(found: Mapping[Path, Reports]) -> Iterator[Problem]:
    """Yield a problem for what two files, or a file and the catalogue, call by the same name."""
    labels: dict[str, Path] = {}
    called: dict[str, str] = {}
    for file, reports in found.items():
        again = [one.label for one in reports.scored if labels.setdefault(one.label, file) != file]
        if again:
            more = f" and {len(again) - 1} more" if len(again) > 1 else ""
            message = f"got {again[0]!r}{more} as in {labels[again[0]]}; allowed: different names"
            yield Problem(str(file), None, None, "", message)
        for scenario in reports.scenarios:
            name = name_of(scenario)
            if called.setdefault(name, scenario) != scenario:
                message = f"got two scenarios that are called {name!r}; allowed: different names"
                yield Problem(str(file), None, None, "", message)


def _findings(reports: Reports, faults: Mapping[str, str], read: Read) -> Iterator[Finding]:
    """Yield what the schema can't see: names that do not exist, and values that do not fit."""
    yield from _unknown_names(reports, faults, read)
    for path, scenario, values in _settings(reports):
        if values and not faults[scenario]:
            yield from _refused(path, scenario, values, read)


def _settings(reports: Reports) -> Iterator[tuple[KeyPath, str, dict[str, Any]]]:
    """Yield where values are set, in which scenario, and which."""
    for path, ratio in _ratios(reports):
        yield (*path, "set"), ratio.scenario, ratio.set
    for place, pattern in enumerate(reports.patterns):
        for n, expected in enumerate(pattern.expect):
            at = ("patterns", place, "expect", n)
            yield (*at, "set"), expected.scenario, expected.set
            yield (*at, "than"), expected.scenario, expected.than or {}


def _ratios(reports: Reports) -> Iterator[tuple[KeyPath, Ratio]]:
    """Yield each ratio and what it is set against, with its place."""
    for part in ("outcomes", "series", "withheld"):
        for place, one in enumerate(getattr(reports, part)):
            yield (part, place), one
            if one.other is not None:
                yield (part, place, "against"), one.other


def _refused(path: KeyPath, scenario: str, values: dict[str, Any], read: Read) -> Iterator[Finding]:
    """Yield what a scenario says of values that are set in it, at the key at fault."""
    with suppress(ScenarioError):
        loaded(read(scenario), values)
        return
    # to read it from its file takes ten times as long, and says more
    try:
        loaded(scenario, values)
    except ScenarioError as error:
        for problem in error.problems:
            key = next((one for one in values if overlapping(one, problem.key)), None)
            here = path if key is None else (*path, key)
            yield Finding(here, f"{problem.message} (scenario {scenario})", "key")


def _unknown_names(reports: Reports, faults: Mapping[str, str], read: Read) -> Iterator[Finding]:
    """Yield a finding for each outcome, scenario or programme that does not exist."""
    known = known_outcomes()
    sizes = [(("sizes", place), one) for place, one in enumerate(reports.sizes)]
    said: set[str] = set()
    for path, scenario in _named(reports):
        if faults[scenario] and scenario not in said:
            said.add(scenario)
            yield Finding((*path, "scenario"), faults[scenario])
    for path, one in (*_ratios(reports), *sizes):
        if not faults[one.scenario]:
            yield from _unknown_programmes(path, one, read)
        for key in ("count", "of"):
            found = getattr(one, key, [])
            for n, name in enumerate(found if isinstance(found, list) else []):
                if name not in known:
                    yield _unknown((*path, key, n), name, known)
    called = {
        (part, place): (one.scenario, one.name)
        for part in ("outcomes", "series")
        for place, one in enumerate(getattr(reports, part))
    }
    times = Counter(called.values())
    for (part, place), (scenario, name) in called.items():
        if times[scenario, name] > 1:
            message = f"got {name!r} twice of {scenario}; allowed: different names"
            yield Finding((part, place, "name"), message)
    for place, series in enumerate(reports.series):
        dates = [point.date or str(point.months) for point in series.at]
        for n, date in enumerate(dates):
            if date in dates[:n]:
                message = f"got {date!r} a second time; allowed: once in a series"
                yield Finding(("series", place, "at", n), message)
    for place, pattern in enumerate(reports.patterns):
        for n, expected in enumerate(pattern.expect):
            at = ("patterns", place, "expect", n)
            if expected.outcome not in known:
                yield _unknown((*at, "outcome"), expected.outcome, known)


def _named(reports: Reports) -> Iterator[tuple[KeyPath, str]]:
    """Yield where a scenario is named, and which."""
    for path, ratio in _ratios(reports):
        yield path, ratio.scenario
    for part in ("sizes", "monitoring"):
        for place, one in enumerate(getattr(reports, part)):
            yield (part, place), one.scenario
    for place, pattern in enumerate(reports.patterns):
        for n, expected in enumerate(pattern.expect):
            yield ("patterns", place, "expect", n), expected.scenario


def _fault(scenario: str, scenarios: Mapping[str, Any], read: Read) -> str:
    """Return what is wrong with a scenario, or an empty text."""
    if scenario in scenarios:
        return ""
    if not (scenario.endswith(SUFFIXES) and is_file(scenario)):
        allowed = f"{shown_list(scenarios)}, or a YAML file beside this one"
        return f"got {scenario!r}; allowed: {allowed}{nearest(scenario, scenarios)}"
    try:
        read(scenario)
    except ScenarioError as error:
        return str(error.problems[0])
    return ""


def _unknown_programmes(path: KeyPath, one: Measured, read: Read) -> Iterator[Finding]:
    """Yield a finding for each programme that its scenario does not have."""
    stated = {key: getattr(one, key, None) or [] for key in ("programmes", "of_programmes")}
    if any(stated.values()):
        have = [programme.name for programme in read(one.scenario).programmes]
        for key, found in stated.items():
            for n, name in enumerate(found):
                if name not in have:
                    yield _unknown((*path, key, n), name, have)


def _unknown(path: tuple[str | int, ...], name: str, known: Any) -> Finding:
    return Finding(path, f"got {name!r}; allowed: {shown_list(known)}{nearest(name, known)}")
