"""Forecasts of a running programme: what it has reported conditions the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.errors import RequestError
from smpsim.extras import need
from smpsim.messages import Progress, continued
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import provenance, stated, whole_actions, whole_scenario
from smpsim.results.study_result import into
from smpsim.scenario import Scenario, load
from smpsim.scenario.actions import ActionSource
from smpsim.scenario.arguments import several, whole
from smpsim.scenario.later_actions import Later, from_month
from smpsim.scenario.loading import FileText, Overrides, Source
from smpsim.scenario.parameters import LIKELY, Draws
from smpsim.scenario.parameters import parameters as drawn
from smpsim.studies.compare.designs import kept as given_twice
from smpsim.studies.compare.designs import several_actions
from smpsim.studies.compare.pairing import checked_level
from smpsim.studies.forecast.adjusting import Halves, adjusted, targets
from smpsim.studies.forecast.conditioning import Conditioned, condition
from smpsim.studies.forecast.observed import (
    ERROR,
    Observation,
    Observed,
    groups_of,
    read_observed,
    unit_named,
)
from smpsim.studies.forecast.particles import Looks, Vary, designs, in_worlds, run, spreads, work
from smpsim.studies.forecast.result import COST, PLANNED, SHOWN, Forecast, Taken, ahead
from smpsim.studies.forecast.signs import CANDIDATES
from smpsim.studies.sweep.streams import stream
from smpsim.vocabulary import SERIES

DRAWS, LEAST_DRAWS = 1000, 50
LATER = (6, 12, 24)
"""Months after the last report at which values are told, beside the end."""


def forecast(
    scenario: Source,
    observed: Observed | Sequence[Observation],
    draws: int = DRAWS,
    replications: int = 1,
    seed: int | None = None,
    *,
    overrides: Overrides = (),
    actions: Sequence[ActionSource] | ActionSource = (),
    vary: Vary | None = None,
    parameters: Draws = LIKELY,
    error: float = ERROR,
    at: Sequence[int] = (),
    level: float = 0.9,
    rules: Mapping[str, Any] | None = None,
    folder: str | Path | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Forecast a running programme from what it has reported so far.

    Every draw of what is not known is run over the whole horizon. The runs whose reports agree
    best with the programme's are kept and adjusted (approximate Bayesian computation with
    regression adjustment, see `smpsim.studies.forecast.conditioning`); what follows in them is the
    forecast.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
        The programme as it is planned, with its horizon.
    observed : str, Path or DataFrame
        CSV file, or a table: ``month`` (counted from 0, or as ``2025-06``), ``outcome`` (a monthly
        series, or any outcome), ``value``, and if wanted ``error`` (standard deviation) and
        ``programme``.
    draws : int
        Draws of what is not known; 50 or more.
    replications : int
        Runs of each draw.
    seed : int, optional
        Of all draws; the scenario's own when left out.
    overrides : mapping or iterable of str
        Values to set in the scenario.
    actions : sequence of str or path
        Actions that could be taken in the month after the last report, each alone and, if there
        are several, all together.
    vary : mapping or sequence of str, optional
        Spreads in place of likely ranges: distributions by key path, or texts such as
        ``"employers.firms.margin_per_month=uniform(300, 900)"``.
    parameters : str, Path or DataFrame
        As in `smpsim.run`: before reports are looked at, the runs are those of ``smpsim.run``.
    error : float
        Standard deviation of a report, as a share of its value, where none is stated.
    at : sequence of int
        Later months at which values are told, beside the end.
    level : float
        Of all intervals.
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name (see `smpsim.rules`).
    folder : str or Path, optional
        Where the tables are written, as `StudyResult.write` does; nowhere when left out.
    threads : int, optional
        Threads that work at the same time; it does not change a number.
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Forecast

    Raises
    ------
    ScenarioError
        If the scenario, a report, an action or a draw is not valid.
    RequestError
        If a number is out of range.
    MissingExtraError
        If scikit-learn is not installed.
    """
    need("forecast", "smpsim forecast")
    checked_level(level)
    whole("draws", draws, LEAST_DRAWS)
    whole("replications", replications)
    if not 0 <= error <= 1:
        raise RequestError(f"error: got {error:g}; allowed: 0 to 1, a share of the value")
    sets = given_twice(overrides)
    design = load(scenario, sets)
    number = design.seed if seed is None else whole("seed", seed, 0, 2**63)
    known = _reports(observed, design, error)
    now = known[-1].month
    months = later_months(at, now, design.months)
    chosen = [str(one) for one in several_actions(actions)]
    later = {one: from_month(design, one, now + 1) for one in action_sets(chosen)}
    varied, given = spreads(vary), drawn(parameters).held(design, stated(sets))
    table = designs(design, varied, draws, number)
    names = _series(design, known)
    series = list(dict.fromkeys([*names, *CANDIDATES]))
    looked_at: dict[str, set[int]] = {}
    for one in known:
        if one.outcome not in SERIES:
            looked_at.setdefault(one.outcome, set()).add(one.month)
    ready = work(design, table, replications, series, number, given, rules, looked_at)

    def compute() -> Forecast:
        values, looks = run(ready, design, threads, progress)
        shown = values[..., : len(names)]
        reports = _reported(values, ready.series, looks, design, known, number)
        reported = np.array([one.value for one in known])
        conditioned = condition(reports, reported, targets(shown, now))
        after = adjusted(conditioned, shown, names)
        halves = Halves.of(reports, reported, shown, names, now, replications)
        options: dict[str, Any] = {"threads": threads, "rules": rules, "replications": replications}
        options |= {"seed": number, "parameters": given}
        done = len(values)
        taken = []
        for together, change in later.items():
            if not change.changed:
                nothing = np.zeros(after.shape[1::2])
                taken.append(Taken(together, (), change.fixed, after[:, :, -1], nothing))
                continue
            kept = [conditioned, *halves.each]
            places = np.unique(np.concatenate([one.places for one in kept]))
            told = continued(done, progress)
            ends, count = _with_actions(
                design, table, together, change, places, names, now, options, told
            )
            done += count
            every = np.full((len(values), *ends.shape[1:]), np.nan)
            every[places] = ends
            mine = conditioned.adjusted(every[conditioned.places], kept=True)
            error = halves.change_error(every)
            taken.append(Taken(together, change.changed, change.fixed, mine, error))
        return Forecast(
            design.model_copy(update={"seed": number}),
            known,
            tuple(names),
            shown,
            after,
            halves,
            reports,
            conditioned,
            _figures(values, ready.series, conditioned, now, design.months),
            tuple(taken),
            tuple(months),
            level,
            number,
            replications,
            provenance(
                "forecast",
                {
                    "scenarios": {"scenario": whole_scenario(design)},
                    "actions": whole_actions(chosen),
                    "observed": [one.row for one in known],
                    **given.recipe,
                    **in_recipe(rules, ()),
                    "options": {
                        "draws": draws,
                        "replications": replications,
                        "seed": number,
                        "actions": chosen,
                        "vary": {key: one.raw() for key, one in varied.items()},
                        "at": months[:-1],
                        "level": level,
                    },
                },
                ("scikit-learn",),
                **({"set": stated(sets)} if sets else {}),
                scenario=design.name,
                fingerprint=design.fingerprint(),
                seed=number,
                draws=draws,
                replications=replications,
                reports=len(known),
                last_report=now,
                **given.facts,
                **in_facts(rules, ()),
            ),
        )

    return into(folder, Forecast, compute)


def runs_of(draws: int, replications: int, actions: Sequence[ActionSource]) -> int | None:
    """Return how many runs a forecast takes; None if that is not known before."""
    # which runs are tried with actions depends on the reports
    return None if actions else draws * replications


def action_sets(actions: Sequence[str]) -> list[tuple[str, ...]]:
    """Return what is tried: each action alone and, of several, all together."""
    each = [(one,) for one in dict.fromkeys(actions)]
    return [*each, *([tuple(dict.fromkeys(actions))] if len(each) > 1 else [])]


def later_months(at: Sequence[int], now: int, months: int) -> list[int]:
    """Return the later months at which values are told, the last of the run at the end."""
    last = months - 1
    chosen = [whole("at", one, 0) for one in several("at", at)]
    wrong = [one for one in chosen if not now < one <= last]
    if wrong:
        raise RequestError(f"at: got month {wrong[0]}; allowed: {now + 1} to {last}")
    usual = [now + step for step in LATER if now + step < last]
    return sorted({*(chosen or usual), last})


def _reports(
    observed: Observed | Sequence[Observation], design: Scenario, error: float
) -> tuple[Observation, ...]:
    if isinstance(observed, (str, Path, pd.DataFrame, FileText)):
        return read_observed(observed, design, error)
    return tuple(observed)


def _series(design: Scenario, known: Sequence[Observation]) -> list[str]:
    """Return the series that are shown, those of the plan and of the reports among them."""
    planned = [
        series
        for key, series in PLANNED.items()
        if any(key in one.planned for one in design.programmes)
    ]
    reported = [one.outcome for one in known if one.outcome in SERIES]
    return list(dict.fromkeys([*SHOWN, *planned, *reported]))


def _reported(
    values: np.ndarray,
    names: Sequence[str],
    looks: Looks,
    design: Scenario,
    known: Sequence[Observation],
    seed: int,
) -> np.ndarray:
    """Return what each run would have reported, with errors as the programme's."""
    groups = groups_of(design)
    columns = []
    for one in known:
        group = groups.index(one.programme)
        if one.outcome in SERIES:
            columns.append(values[:, group, one.month, names.index(one.outcome)])
        else:
            columns.append(_filled(looks[one.outcome, one.month][:, group]))
    found = np.column_stack(columns)
    noise = stream(seed, "errors of reporting").standard_normal(found.shape)
    units = (unit_named(one.outcome, design.currency) for one in known)
    most = [1.0 if unit.startswith("share") else np.inf for unit in units]
    return np.clip(found + noise * np.array([one.error for one in known]), 0.0, most)


def _filled(values: np.ndarray) -> np.ndarray:
    """Return values of runs; one in which there was nobody to count says nothing, as the middle."""
    known = np.isfinite(values)
    return np.where(known, values, np.median(values[known]) if known.any() else np.nan)


def _figures(
    values: np.ndarray, names: Sequence[str], conditioned: Conditioned, now: int, months: int
) -> dict[tuple[str, int, int], np.ndarray]:
    """Return what can be seen in the coming months, by series, month and group."""
    return {
        (name, month, group): conditioned.adjusted(values[:, group, month, names.index(name)])
        for name in CANDIDATES
        for month in ahead(now, months)
        for group in range(values.shape[1])
    }


def _with_actions(
    design: Scenario,
    table: pd.DataFrame,
    actions: tuple[str, ...],
    later: Later,
    places: np.ndarray,
    names: Sequence[str],
    now: int,
    options: Mapping[str, Any],
    progress: Progress | None,
) -> tuple[np.ndarray, int]:
    """Return last values of some runs with actions from the next month on, and runs made."""
    replications = options["replications"]
    numbers = places // replications
    chosen = np.unique(numbers)
    rows = table.iloc[chosen].reset_index(drop=True)
    each = [later] * len(rows)
    seed, given = options["seed"], options["parameters"]
    if given.drawn or len(rows.columns) > 1:
        # what an action makes of a value depends on the value that was drawn
        drawn_here: list[Any] = rows.to_dict("records")
        worlds = in_worlds(design, drawn_here, seed, given)
        each = [from_month(one, actions, now + 1) for one in worlds]
    timelines = pd.Series([one.timeline for one in each], dtype=object)
    rows = rows.assign(timeline=timelines)
    ready = work(design, rows, replications, names, seed, given, options["rules"])
    values, _ = run(ready, design, options["threads"], progress)
    programmes = [one.name for one in design.programmes]
    setup = np.array([[one.setup[name] for name in programmes] for one in each])
    if values.shape[1] > len(programmes):
        setup = np.column_stack([setup, setup.sum(axis=1)])
    # what is paid once at the start of a run is paid when the actions are taken
    values[:, :, now + 1 :, list(names).index(COST)] += np.repeat(setup, replications, axis=0)[
        :, :, None
    ]
    same = np.searchsorted(chosen, numbers) * replications + places % replications
    return values[same][:, :, -1], ready.runs
