"""Deciding between options: all run with the same chance events in the same plausible worlds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.errors import RequestError
from smpsim.extras import need
from smpsim.messages import Progress, shown_value
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import provenance, stated, whole_scenario
from smpsim.results.study_result import into
from smpsim.scenario import Scenario
from smpsim.scenario.arguments import whole
from smpsim.scenario.known import Known
from smpsim.scenario.loading import Overrides
from smpsim.scenario.parameters import LIKELY, Draws, Parameters
from smpsim.scenario.parameters import parameters as parameters_of
from smpsim.studies.compare.designs import Actions, several_actions
from smpsim.studies.compare.pairing import checked_level
from smpsim.studies.decide.options import Options, drawn_in, read_options
from smpsim.studies.decide.result import COLUMNS, Decision
from smpsim.studies.sweep.chunks import Work, work_of
from smpsim.studies.sweep.resume import run_work
from smpsim.studies.sweep.sampling import WORLD

DRAWS, REPLICATIONS, LEVEL = 200, 2, 0.9

__all__ = ["Decision", "decide", "decided"]


def decide(
    options: Options,
    *,
    overrides: Overrides = (),
    actions: Actions = (),
    parameters: Draws = LIKELY,
    draws: int = DRAWS,
    replications: int = REPLICATIONS,
    value: float | None = None,
    level: float = LEVEL,
    seed: int | None = None,
    folder: str | Path | None = None,
    threads: int | None = None,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    progress: Progress | None = None,
) -> Decision:
    """Compare any number of options in plausible worlds, and say what to find out first.

    A world is a draw of the numbers that are not known, the same for all options, with luck of
    its own, which all options share too. So intervals hold chance and what is not known. The first
    runs of all worlds are those of `smpsim.run` and `smpsim.compare` with the same seed.

    Parameters
    ----------
    options : sequence of str, path, mapping or Scenario; or mapping of names to these
        Two or more; the first is the one that the others are measured by. An option that is a
        scenario with changes is ``smpsim.load(scenario, overrides, actions=...)``.
    overrides : mapping or iterable of str
        Values by key path, set in all options.
    actions : str, path or sequence of them
        Actions added to all options.
    parameters : str, Path or DataFrame
        As in `smpsim.run`: ``"likely"``, ``"centre"``, so that ranges hold chance only, or draws of
        your own, of which an option that states another value than the first keeps it.
    draws : int
        Worlds, 2 or more; of your own draws no more than there are.
    replications : int
        Runs of each option in each world; with ``"centre"`` there are ``draws`` times as many of
        the one world.
    value : float, optional
        What a placement is worth in the currency of the options: they are then judged by value
        less total cost, and by the number placed when left out.
    level : float
        Share of runs within likely ranges, and level of other intervals.
    seed : int, optional
        Seed of the random draws; that of the first option when left out.
    folder : str or Path, optional
        Where the tables are written, as `StudyResult.write` does; nowhere when left out.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    rules : mapping of str to function, optional
        Rules of your own by name, for all options (see `smpsim.rules`).
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Decision

    Raises
    ------
    ScenarioError
        If a scenario or a draw is not valid, before anything runs.
    RequestError
        If a number is out of range, or there are fewer than two options.

    Examples
    --------
    >>> few = load("bare_pipeline", {"programmes.pilot.intakes.seats": 40})
    >>> options = {"100 seats": "bare_pipeline", "40 seats": few}
    >>> found = decide(options, parameters="centre", draws=5)
    >>> found.table.loc["40 seats", "difference"] < 0
    True
    """
    checked_level(level)
    whole("draws", draws, 2, 100_000)
    whole("replications", replications)
    if value is not None and not (math.isfinite(value) and value > 0):
        raise RequestError(f"value: got {shown_value(value)}; allowed: above 0")
    given = parameters_of(parameters)
    if given.drawn:
        need("decide", "smpsim decide")
    designs = read_options(options, overrides, actions)
    first = next(iter(designs.values()))
    number = first.seed if seed is None else whole("seed", seed, 0, 2**63)
    given = given.held(first, stated(overrides))
    if given.own and given.table is not None:
        draws = min(draws, len(given.table))
        if draws < 2:
            raise RequestError(f"parameters: got {draws} draws; allowed: two or more")
    changed = {"set": stated(overrides)} if overrides else {}
    if several_actions(actions):
        changed["with"] = [str(one) for one in several_actions(actions)]
    return into(
        folder,
        Decision,
        lambda: decided(
            designs,
            given,
            draws,
            replications=replications,
            value=value,
            level=level,
            seed=number,
            threads=threads,
            rules=rules,
            progress=progress,
            facts=changed,
        ),
    )


def decided(
    options: Mapping[str, Scenario],
    given: Parameters,
    draws: int,
    *,
    replications: int,
    value: float | None,
    level: float,
    seed: int,
    threads: int | None = None,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    progress: Progress | None = None,
    facts: Mapping[str, Any] | None = None,
    sourced: Mapping[str, list[str]] | None = None,
) -> Decision:
    """Run options in plausible worlds; arguments as in `decide`.

    Parameters
    ----------
    options : mapping of str to Scenario
    given : Parameters
    draws : int
        Worlds; without draws there is one, with so many times as many runs.
    facts : mapping, optional
        Further facts about the origin.
    sourced : mapping of str to list of str, optional
        What is drawn and has a source, by option; as the files of the options say when left out.

    Raises
    ------
    RequestError
        If nothing is drawn in any option.
    """
    first = next(iter(options.values()))
    held = {name: given.held(scenario, first=first) for name, scenario in options.items()}
    table, keys = drawn_in(options, held, seed, draws)
    if sourced is None:
        sourced = {name: Known(one).sourced(keys[name]) for name, one in options.items()}
    each = replications if given.drawn else draws * replications
    worlds = draws if given.drawn else 1
    done, parts = 0, []
    for name, scenario in options.items():
        work = _work(name, scenario, held[name], worlds, each, seed, rules)
        before = done

        def step(more: int, before: int = before) -> None:
            if progress is not None:
                progress(before + more)

        parts.append(run_work(work, None, threads=threads, progress=step)[0].to_pandas())
        done += work.runs
    runs = pd.concat(parts, ignore_index=True)
    runs = runs.rename(columns={"scenario": "option", "design": "world"})
    runs = runs[["option", "world", "replication", "programme", *COLUMNS]]
    origin = provenance(
        "decide",
        {
            "scenarios": {name: whole_scenario(one) for name, one in options.items()},
            **given.recipe,
            **in_recipe(rules),
            "sourced": dict(sourced),
            "options": {
                "draws": draws,
                "replications": replications,
                "value": value,
                "level": level,
                "seed": seed,
            },
        },
        ("scikit-learn",),
        **(facts or {}),
        scenarios={name: one.fingerprint() for name, one in options.items()},
        seed=seed,
        worlds=worlds,
        replications=each,
        value=value,
        level=level,
        **given.facts,
        **in_facts(rules),
    )
    return Decision(
        runs,
        table,
        keys,
        dict(sourced),
        first.currency,
        value,
        level,
        seed,
        dict(options),
        origin,
    )


def _work(
    name: str,
    scenario: Scenario,
    given: Parameters,
    worlds: int,
    replications: int,
    seed: int,
    rules: Mapping[str, Any] | None,
) -> Work:
    """Return the runs of an option, checked: so many of each world."""
    rows = pd.DataFrame({WORLD: np.arange(worlds)} if given.drawn else {}, index=range(worlds))
    return work_of(
        {name: scenario},
        rows,
        replications=replications,
        seed=seed,
        outcomes=COLUMNS,
        rules=rules,
        parameters=given,
    )
