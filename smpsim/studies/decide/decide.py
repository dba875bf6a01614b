"""Deciding between options: all run with the same luck in the same plausible worlds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.errors import RequestError
from smpsim.extras import need
from smpsim.messages import shown_value
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import provenance, stated, whole_scenario
from smpsim.results.study_result import into
from smpsim.scenario import Scenario
from smpsim.scenario.arguments import whole
from smpsim.scenario.loading import Overrides
from smpsim.studies.compare.designs import Actions, several_actions
from smpsim.studies.compare.pairing import checked_level
from smpsim.studies.decide.options import (
    CENTRE,
    POSTERIOR,
    Options,
    drawn_keys,
    is_catalogue,
    read_options,
)
from smpsim.studies.decide.result import COLUMNS, Decision
from smpsim.studies.sweep.chunks import Work, work_of
from smpsim.studies.sweep.resume import run_work
from smpsim.studies.validate.prediction import load_draws

Progress = Callable[[int], None]
DRAWS, REPLICATIONS, LEVEL = 200, 2, 0.9

__all__ = ["Decision", "decide", "decided"]


def decide(
    options: Options,
    *,
    overrides: Overrides = (),
    actions: Actions = (),
    parameters: str | Path | pd.DataFrame = POSTERIOR,
    draws: int = DRAWS,
    replications: int = REPLICATIONS,
    value: float | None = None,
    level: float = LEVEL,
    seed: int = 1,
    folder: str | Path | None = None,
    threads: int | None = None,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    progress: Progress | None = None,
) -> Decision:
    """Compare any number of options in plausible worlds, and say what to find out first.

    A world is a draw of the parameters that are not known, the same for all options, with luck of
    its own, which all options share too. So intervals hold chance and what is not known.

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
        ``"posterior"``: draws of the catalogue's calibration; an option that states a value of
        its own keeps it. ``"centre"``: the options' own values, so that intervals hold chance
        only. Or draws of your own, a column for each key path: a table, or its CSV file.
    draws : int
        Worlds, 2 or more; all draws if there are fewer.
    replications : int
        Runs of each option in each world; with ``"centre"`` there are ``draws`` times as many of
        the one world.
    value : float, optional
        What a placement is worth in the currency of the options: they are then judged by value
        less total cost, and by the number placed when left out.
    level : float
        Share of runs within likely ranges, and level of other intervals.
    seed : int
        Seed of all luck.
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
    whole("seed", seed, 0, 2**63)
    if value is not None and not (math.isfinite(value) and value > 0):
        raise RequestError(f"value: got {shown_value(value)}; allowed: above 0")
    if isinstance(parameters, pd.DataFrame) or parameters != CENTRE:
        need("decide", "smpsim decide")
    designs = read_options(options, overrides, actions)
    table = _draws(parameters, draws)
    keys: dict[str, list[str]] = {name: [] for name in designs}
    if len(table.columns):
        keys = drawn_keys(designs, table, is_catalogue(parameters))
    changed = {"set": stated(overrides)} if overrides else {}
    if several_actions(actions):
        changed["with"] = [str(one) for one in several_actions(actions)]
    return into(
        folder,
        Decision,
        lambda: decided(
            designs,
            table,
            keys,
            replications=replications,
            value=value,
            level=level,
            seed=seed,
            threads=threads,
            rules=rules,
            progress=progress,
            facts=changed,
        ),
    )


def _draws(parameters: str | Path | pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the draws, one row a world; rows without a column if nothing is drawn."""
    if isinstance(parameters, pd.DataFrame):
        table = parameters.reset_index(drop=True).iloc[:most]
    elif parameters == CENTRE:
        return pd.DataFrame(index=range(most))
    else:
        table = load_draws(None if is_catalogue(parameters) else parameters, most)
    if len(table) < 2 or not len(table.columns):
        raise RequestError(f"parameters: got {len(table)} draws; allowed: two or more")
    return table


def decided(
    options: Mapping[str, Scenario],
    draws: pd.DataFrame,
    keys: Mapping[str, list[str]],
    *,
    replications: int,
    value: float | None,
    level: float,
    seed: int,
    threads: int | None = None,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    progress: Progress | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Decision:
    """Run options under draws; arguments as in `decide`.

    Parameters
    ----------
    options : mapping of str to Scenario
    draws : DataFrame, shape (worlds, parameters)
    keys : mapping of str to list of str
        Parameters that are drawn in each option.
    facts : mapping, optional
        Further facts about the origin.
    """
    worlds = len(draws)
    works = [
        _work(name, scenario, draws[keys[name]], replications, seed, rules)
        for name, scenario in options.items()
    ]
    done, parts = 0, []
    for work in works:
        before = done

        def step(more: int, before: int = before) -> None:
            if progress is not None:
                progress(before + more)

        parts.append(run_work(work, None, threads=threads, progress=step)[0].to_pandas())
        done += work.runs
    runs = pd.concat(parts, ignore_index=True).rename(columns={"scenario": "option"})
    # without draws all runs are of the one world that there is
    each = replications if len(draws.columns) else worlds * replications
    runs["world"], runs["replication"] = np.divmod(runs["design"].to_numpy(), each)
    runs = runs[["option", "world", "replication", "programme", *COLUMNS]]
    origin = provenance(
        "decide",
        {
            "scenarios": {name: whole_scenario(one) for name, one in options.items()},
            "draws": draws.to_dict("list"),
            "worlds": worlds,
            "drawn": {name: list(one) for name, one in keys.items()},
            **in_recipe(rules),
            "options": {
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
        worlds=worlds * replications // each,
        replications=each,
        value=value,
        level=level,
        **in_facts(rules),
    )
    first = next(iter(options.values()))
    return Decision(
        runs, draws, dict(keys), first.currency, value, level, seed, dict(options), origin
    )


def _work(
    name: str,
    scenario: Scenario,
    draws: pd.DataFrame,
    replications: int,
    seed: int,
    rules: Mapping[str, Any] | None,
) -> Work:
    """Return the runs of an option, checked.

    Each run has a seed of its own: the network of employers comes from the seed, and is chance
    as much as anything else.
    """
    rows = draws.loc[draws.index.repeat(replications)].reset_index(drop=True)
    seeds = pd.DataFrame({"seed": range(seed, seed + len(rows))})
    rows = pd.concat([rows, seeds], axis=1)
    return work_of({name: scenario}, rows, replications=1, seed=None, outcomes=COLUMNS, rules=rules)
