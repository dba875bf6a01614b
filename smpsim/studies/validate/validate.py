"""Validation: every programme run, and what is reported set beside what is predicted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.errors import RequestError
from smpsim.messages import Progress
from smpsim.results.estimates import Estimates
from smpsim.results.outcomes import Outcome, checked_own, to_compute
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import provenance
from smpsim.results.study_result import into
from smpsim.scenario import load, names
from smpsim.scenario.arguments import several, whole
from smpsim.scenario.parameters import LIKELY, Draws
from smpsim.scenario.parameters import parameters as parameters_of
from smpsim.studies.validate.measures import Ratio, name_of
from smpsim.studies.validate.patterns import (
    put_to_test,
    situations_of,
)
from smpsim.studies.validate.prediction import (
    Situation,
    courses,
    prepare,
    situations,
    whole_by_name,
)
from smpsim.studies.validate.read_reports import ReportsGiven, load_reports
from smpsim.studies.validate.reports import Pattern, ReportedOutcome, Reports
from smpsim.studies.validate.result import Validation
from smpsim.studies.validate.scores import LEVEL, as_reported, interval, scored

SHOWN = ("enrolled", "graduated", "placed", "cost_per_placement")
DRAWS, REPLICATIONS = 50, 4


def programme_names(reports: Reports) -> list[str]:
    """Return the scenarios that are run for reports: all that they name, and what else they ask."""
    catalogue = [entry.name for entry in names() if entry.kind == "programmes"]
    first = catalogue if reports.every_programme else []
    return list(dict.fromkeys([*first, *reports.scenarios]))


def validate(
    reports: ReportsGiven = None,
    *,
    programmes: Sequence[str] | None = None,
    draws: int = DRAWS,
    parameters: Draws = LIKELY,
    replications: int = REPLICATIONS,
    seed: int = 1,
    level: float = LEVEL,
    patterns: bool = True,
    rules: Mapping[str, Any] | None = None,
    own_outcomes: Sequence[Outcome] = (),
    folder: str | Path | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Validation:
    """Run programmes and set what they predict beside what is reported.

    Parameters
    ----------
    reports : Reports, str, Path or sequence of paths, optional
        Or the files of them, YAML or CSV; the catalogue's ``validation.yaml`` when left out.
    programmes : sequence of str, optional
        Scenarios to run; all that the reports name when left out, and with the catalogue's
        reports all its programmes.
    draws : int
        Plausible worlds, in each of which every programme is run once.
    parameters : str, Path or DataFrame
        What worlds draw, as in `smpsim.run`: ``"likely"``, so that a prediction interval holds
        what is not known and chance; ``"centre"``; or joint draws, or the CSV file of them.
    replications : int
        As many times more worlds.
    seed : int
        Seed of the random draws.
    level : float
        Of the prediction intervals.
    patterns : bool
        Put the patterns to the test too.
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name, for all programmes (see `smpsim.rules`).
    own_outcomes : sequence of Outcome
        Outcomes of your own, which the reports may count (see `smpsim.Outcome`).
    folder : str or Path, optional
        Where the tables are written, as `StudyResult.write` does; nowhere when left out.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Validation

    Raises
    ------
    ScenarioError
        If a report or a scenario is not valid.
    """
    if isinstance(draws, pd.DataFrame):
        allowed = "a number of worlds; what they draw is given as parameters"
        raise RequestError(f"draws: got a table; allowed: {allowed}")
    whole("draws", draws)
    whole("replications", replications)
    whole("seed", seed, 0, 2**63)
    options: dict[str, Any] = {"replications": replications, "seed": seed, "level": level}
    options |= {"patterns": patterns, "threads": threads, "progress": progress}
    # known before the reports are read
    options |= {"rules": rules, "own": checked_own(own_outcomes)}
    return into(
        folder, Validation, lambda: _validated(reports, programmes, draws, parameters, **options)
    )


def _validated(
    reports: ReportsGiven,
    programmes: Sequence[str] | None,
    draws: int,
    parameters: Draws,
    *,
    replications: int,
    seed: int,
    level: float,
    patterns: bool,
    rules: Mapping[str, Any] | None,
    own: Sequence[Outcome],
    threads: int | None,
    progress: Progress | None,
) -> Validation:
    """Run and judge; arguments as in `validate`."""
    known = reports if isinstance(reports, Reports) else load_reports(reports)
    asked = None if programmes is None else several("programmes", programmes)
    chosen = programme_names(known) if asked is None else list(asked)
    given = parameters_of(parameters)
    worlds = draws * replications
    tried = [one for one in known.patterns if patterns and _within(one, chosen)]
    wanted = list(_wanted(known, chosen, tried))
    used = to_compute((name for one in known.scored for name in one.columns), own)
    origin = provenance(
        "validate",
        {
            "scenarios": whole_by_name([*chosen, *(one.scenario for one in wanted)]),
            "reports": known.model_dump(mode="json"),
            **given.recipe,
            **in_recipe(rules, used),
            "options": {
                "draws": draws,
                "programmes": chosen,
                "replications": replications,
                "seed": seed,
                "level": level,
                "patterns": patterns,
            },
        },
        study="validation",
        seed=seed,
        draws=worlds,
        replications=1,
        **given.facts,
        **in_facts(rules, used),
    )
    ready = prepare(wanted, given, worlds, seed, None, rules, own)
    runs = ready.run(threads=threads, progress=progress)
    plain = {name: runs.of(name) for name in chosen}
    shares = {
        ratio.label: ratio.values(runs.of).to_numpy()
        for ratio in (*known.scored, *known.withheld)
        if _seen(ratio, chosen)
    }
    rng = np.random.default_rng(seed)
    rows = []
    for one in known.scored:
        if one.label in shares:
            seen = as_reported(shares[one.label], one.reported, rng)
            shares[one.label] = seen
            rows.append(_row(one, seen, level))
    tested = {pattern.name: put_to_test(pattern, runs) for pattern in tried}
    scenarios = {name: load(name) for name in chosen}
    every = pd.DataFrame(
        [_programme(name, one.name, plain[name], level) for name, one in scenarios.items()]
    )
    return Validation(
        programmes=every.set_index("scenario"),
        outcomes=pd.DataFrame(rows, columns=OUTCOME_COLUMNS).set_index("outcome"),
        sizes=_sizes(known, plain, level),
        withheld=_withheld(known, shares, level),
        patterns=tested,
        level=level,
        draws=worlds,
        runs=1,
        seed=seed,
        shares=shares,
        provenance=origin,
        scenarios={name_of(name): one for name, one in scenarios.items()},
    )


def _within(pattern: Pattern, programmes: Sequence[str]) -> bool:
    """Return whether all that a pattern looks at is run."""
    return all(one.scenario in programmes for one in pattern.expect)


def _seen(ratio: Ratio, programmes: Sequence[str]) -> bool:
    """Return whether all scenarios that a ratio needs are run."""
    return all(scenario in programmes for scenario, _ in ratio.situations)


def _wanted(
    reports: Reports, programmes: Sequence[str], patterns: Iterable[Pattern]
) -> Iterator[Situation]:
    """Yield what must be run, some of it more than once."""
    yield from (Situation(name) for name in programmes)
    ratios = [one for one in (*reports.scored, *reports.withheld) if _seen(one, programmes)]
    yield from situations(ratios).values()
    for pattern in patterns:
        yield from situations_of(pattern)


def runs_of(reports: Reports, draws: int, replications: int, patterns: bool = True) -> int:
    """Return how many runs a validation of all that reports name takes."""
    chosen = programme_names(reports)
    tried = [one for one in reports.patterns if patterns and _within(one, chosen)]
    return len(courses(_wanted(reports, chosen, tried))) * draws * replications


OUTCOME_COLUMNS = (
    "outcome",
    "scenario",
    "series",
    "months",
    "reported",
    "unit",
    "reported_low",
    "reported_high",
    "error",
    "median",
    "run_low",
    "run_high",
    "level",
    "runs",
    "runs_used",
    "covered",
    "interval_score",
    "probability",
    "brier_score",
    "agrees",
    "reading",
    "likely_reason",
    "source",
    "address",
)


def _row(one: ReportedOutcome, shares: np.ndarray, level: float) -> dict[str, Any]:
    low, high = one.reported.region
    return {
        "outcome": one.label,
        "scenario": name_of(one.scenario),
        "series": one.series,
        "months": one.set.get("months"),
        "reported": one.reported.words(),
        "unit": one.reported.unit,
        "reported_low": low,
        "reported_high": high,
        "error": one.reported.error,
        **scored(shares, one, level),
        "reading": one.reading,
        "likely_reason": one.likely_reason,
        "source": one.source,
        "address": one.address,
    }


def _programme(name: str, title: str, runs: pd.DataFrame, level: float) -> dict[str, Any]:
    """Return means and prediction intervals of a scenario, its programmes together."""
    columns = ["enrolled", "graduated", "placed", "cost_total", "shortfall"]
    total = runs.groupby(["design", "replication"])[columns].sum(min_count=1)
    total["cost_per_placement"] = (total["cost_total"] / total["placed"]).where(total["placed"] > 0)
    means = Estimates.of(total)
    planned = runs[runs["shortfall"].notna()]
    first = planned[(planned["design"] == 0) & (planned["replication"] == 0)]
    plan = (first["shortfall"] + first["placed"]).sum(min_count=1)
    row: dict[str, Any] = {"scenario": name_of(name), "title": title, "planned": plan}
    for outcome in SHOWN:
        low, high = interval(total[outcome].to_numpy(float), level)
        row |= {
            outcome: means.mean(outcome),
            f"{outcome}_run_low": low,
            f"{outcome}_run_high": high,
        }
    return row | {"level": level}


def _sizes(reports: Reports, plain: dict[str, pd.DataFrame], level: float) -> pd.DataFrame:
    rows = []
    for one in reports.sizes:
        if one.scenario in plain:
            runs = plain[one.scenario].groupby(["design", "replication"])[one.count].sum()
            values = runs.sum(axis=1).to_numpy(float)
            low, high = interval(values, level)
            rows.append(
                {
                    "scenario": name_of(one.scenario),
                    "what": one.what,
                    "reported": one.people,
                    "median": float(np.median(values)),
                    "run_low": low,
                    "run_high": high,
                    "level": level,
                    "source": one.source,
                }
            )
    columns = ["scenario", "what", "reported", "median", "run_low", "run_high", "level", "source"]
    return pd.DataFrame(rows, columns=columns)


def _withheld(reports: Reports, shares: dict[str, np.ndarray], level: float) -> pd.DataFrame:
    rows = []
    for one in reports.withheld:
        if one.label in shares:
            values = shares[one.label]
            low, high = interval(values, level)
            known = values[np.isfinite(values)]
            rows.append(
                {
                    "scenario": name_of(one.scenario),
                    "what": one.what,
                    "median": float(np.median(known)) if len(known) else float("nan"),
                    "run_low": low,
                    "run_high": high,
                    "level": level,
                    "source": one.source,
                }
            )
    return pd.DataFrame(
        rows, columns=["scenario", "what", "median", "run_low", "run_high", "level", "source"]
    )
