"""Which action first: actions alone and in pairs, ranked under the same chance events."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.ensemble import Progress, run
from smpsim.errors import RequestError
from smpsim.messages import continued
from smpsim.results.outcomes import Outcome, checked_own, with_parts
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import provenance, stated, whole_actions, whole_scenario
from smpsim.results.study_result import into
from smpsim.scenario import Scenario, action_names, load, load_action
from smpsim.scenario.actions import FOLDER, ActionSource
from smpsim.scenario.arguments import several, whole
from smpsim.scenario.disk_paths import is_file
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.parameters import DEFAULT, Draws
from smpsim.scenario.parameters import parameters as parameters_of
from smpsim.studies.compare.pairing import Pair, check_outcomes, checked_level, shared_outcomes
from smpsim.studies.rank.inert import levers, settled
from smpsim.studies.rank.result import Parts, Ranking, counted_by_run

__all__ = ["Ranking", "designs_of", "rank"]


def rank(
    scenario: Source,
    replications: int | None = None,
    seed: int | None = None,
    *,
    pairs: bool = True,
    actions: Sequence[ActionSource] | None = None,
    overrides: Overrides = (),
    own_outcomes: Sequence[Outcome] = (),
    parameters: Draws = DEFAULT,
    level: float = 0.95,
    folder: str | Path | None = None,
    threads: int | None = None,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    progress: Progress | None = None,
) -> Ranking:
    """Run a scenario with each action, and each pair of actions, under the same chance events.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
    replications : int, optional
        Runs of each design; the scenario's own when left out.
    seed : int, optional
        Seed of the random draws; the scenario's own when left out.
    pairs : bool
        Rank pairs too.
    actions : sequence of str or path, optional
        Actions to rank; the eight of the catalogue when left out.
    overrides : mapping or iterable of str
        Values to set in the scenario to which the actions are added.
    own_outcomes : sequence of Outcome
        Outcomes of your own, whose differences stand beside the others (see `smpsim.Outcome`);
        of several programmes those that add up.
    parameters : str, Path or DataFrame
        As in `smpsim.run`. Run n of every design is in the same plausible world.
    level : float
        Of the confidence intervals, between 0 and 1; p values are compared with the rest.
    folder : str or Path, optional
        Where the tables are written, as `StudyResult.write` does; nowhere when left out.
    threads : int, optional
        Threads that work at the same time; it does not change a number.
    rules : mapping of str to function, optional
        Rules of your own by name, for all designs (see `smpsim.rules`).
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Ranking

    Raises
    ------
    ScenarioError
        If the scenario or an action is not valid.
    ValueError
        If a number is out of range, or there is no action to rank.

    Examples
    --------
    >>> rank("bare_pipeline", 20, actions=["campaigns"]).unchanged
    ()
    """
    checked_level(level)
    own = checked_own(own_outcomes)
    overrides = overrides if isinstance(overrides, (str, Mapping)) else list(overrides)
    base = load(scenario, overrides)
    programmes = tuple(one.name for one in base.programmes)
    added = [one.name for one in own]
    shared = shared_outcomes([Pair("", programmes, programmes)], True, added)
    if own:
        check_outcomes(added, shared, "own_outcomes")
    chosen = names_of(actions)
    count = base.replications if replications is None else whole("replications", replications)
    read = {name: load_action(name) for name in chosen}
    # all are read before the first is run, as a fault in the last would come late
    scenarios = {parts: load(base, actions=parts) for parts in designs_of(chosen, pairs)}
    number = base.seed if seed is None else whole("seed", seed, 0, 2**63)
    plain = base.fingerprint()
    given = parameters_of(parameters).held(base, stated(overrides))

    def outcomes(design: Scenario, done: Progress | None = None) -> pd.DataFrame:
        found = run(
            design,
            count,
            number,
            parameters=given.held(design, first=base),
            threads=threads,
            rules=rules,
            own_outcomes=own,
            progress=done,
        )
        return found.outcome_table

    def work() -> Ranking:
        tables = {
            parts: outcomes(design, continued(place * count, progress))
            for place, (parts, design) in enumerate(scenarios.items())
        }
        tables, idle = settled(base, tables, read, outcomes)
        return ranked(
            {parts: counted_by_run(table, with_parts(added)) for parts, table in tables.items()},
            inert={
                name: levers(base, name, read[name])
                for name in chosen
                if idle[name,] and name not in unchanged
            },
        )

    unchanged = tuple(name for name in chosen if scenarios[name,].fingerprint() == plain)
    ranked = partial(
        Ranking,
        base.name,
        base.currency,
        {name: action.name for name, action in read.items()},
        unchanged,
        provenance=provenance(
            "rank",
            {
                "scenarios": {"scenario": whole_scenario(base)},
                "actions": whole_actions(chosen),
                **in_recipe(rules, own),
                **given.recipe,
                "options": {
                    "actions": chosen,
                    "replications": count,
                    "seed": number,
                    "pairs": pairs,
                    "level": level,
                },
            },
            **({"set": stated(overrides)} if overrides else {}),
            scenario=base.name,
            fingerprint=plain,
            seed=number,
            replications=count,
            level=level,
            currency=base.currency,
            actions={
                name: action.model_dump(mode="json", exclude_unset=True)
                for name, action in read.items()
            },
            **given.facts,
            **in_facts(rules, own),
        ),
        own=tuple(added),
        seed=number,
        level=level,
        scenario=base.model_copy(update={"seed": number, "replications": count}),
    )
    return into(folder, Ranking, work)


def names_of(actions: Sequence[ActionSource] | None) -> list[str]:
    """Return the names of actions, each once; those of the catalogue when left out."""
    given = (
        [entry.name for entry in action_names()]
        if actions is None
        else [os.fspath(one) for one in several("actions", actions)]
    )
    found = list(dict.fromkeys(short_name(one) for one in given))
    if not found:
        raise RequestError("actions: got none; allowed: at least one")
    return found


def short_name(action: str) -> str:
    """Return the name of an action without its folder in the catalogue; of a file its path."""
    short = action.removeprefix(f"{FOLDER}/")
    # a file of the short name would be read in its place
    return action if is_file(short) else short


def designs_of(actions: Sequence[str], pairs: bool) -> list[Parts]:
    """Return the designs of a ranking by the actions in them: none, each, and each pair."""
    both = list(combinations(actions, 2)) if pairs else []
    return [(), *((name,) for name in actions), *both]
