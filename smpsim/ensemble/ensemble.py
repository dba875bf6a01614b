"""Many runs of a scenario, and what they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from smpsim.ensemble.counting import bytes_of_runs, outcomes_of
from smpsim.ensemble.replications import Progress, simulate
from smpsim.errors import RequestError
from smpsim.results.outcomes import (
    Outcome,
    checked_own,
)
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import (
    changed_by,
    provenance,
    stated,
    whole_actions,
    whole_scenario,
)
from smpsim.results.result import Result, life_courses
from smpsim.results.study_result import into
from smpsim.scenario import load
from smpsim.scenario.arguments import whole
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.parameters import DEFAULT, Draws
from smpsim.scenario.parameters import parameters as drawn
from smpsim.world.blueprints import Blueprints
from smpsim.world.rules import Rules
from smpsim.world.terms import own_items

MOST_BYTES = 8 * 2**30  # of one result in memory


def run(
    scenario: Source,
    replications: int | None = None,
    seed: int | None = None,
    *,
    overrides: Overrides | None = None,
    actions: Sequence[str | Path] = (),
    parameters: Draws = DEFAULT,
    folder: str | Path | None = None,
    threads: int | None = None,
    trainees: bool = False,
    rules: Rules | None = None,
    own_outcomes: Sequence[Outcome] = (),
    progress: Progress | None = None,
) -> Result:
    """Run a scenario many times.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
        A catalogue name, a YAML file, or a scenario.
    replications : int, optional
        Number of runs; the scenario's own when left out.
    seed : int, optional
        Seed of the random draws; the scenario's own when left out.
    overrides : mapping or iterable of str, optional
        Values by key path, as in ``{"programmes.pilot.intakes.seats": 40}``.
    actions : sequence of str or Path, optional
        Names or files of actions that are added.
    parameters : str, Path or DataFrame
        ``"likely"``: each run draws what the scenario gives a likely range, so that a range of
        results holds chance and what is not known; ``"centre"``: chance alone; or joint draws, a
        column for each key path, as a table or its CSV file.
    folder : str or Path, optional
        Where the tables are written, as `StudyResult.write` does; nowhere when left out.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    trainees : bool
        Keep the life course of every trainee.
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name (see `smpsim.rules`), and attributes of people.
    own_outcomes : sequence of Outcome
        Outcomes of your own, which stand beside those of the model in all tables (see
        `smpsim.Outcome`).
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Result

    Raises
    ------
    ScenarioError
        If the scenario is not valid.
    RequestError
        If a number is out of range, an outcome of your own can't be used, a function can't be a
        rule, or the results would not fit into memory.

    Examples
    --------
    >>> result = run("bare_pipeline", replications=20, seed=1)
    >>> result.summary().loc[("pilot", "placed"), "mean"] > 0
    True
    """
    own = checked_own(own_outcomes)
    sets = stated(overrides)
    design = load(
        scenario, dict(overrides) if isinstance(overrides, Mapping) else sets, actions=actions
    )
    added = whole_actions(actions)
    count = design.replications if replications is None else whole("replications", replications)
    number = design.seed if seed is None else whole("seed", seed, 0, 2**63)
    if threads is not None:
        whole("threads", threads)
    options: dict[str, Any] = {"threads": threads, "trainees": trainees, "rules": rules}

    plans = Blueprints(design, number, drawn(parameters).held(design, sets))

    def work() -> Result:
        found = run_plans(plans, count, own_outcomes=own, progress=progress, **options)
        return replace(found, provenance=changed_by(found.provenance, sets, added))

    return into(folder, Result, work)


def run_plans(
    plans: Blueprints,
    replications: int,
    *,
    trainees: bool = False,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    own_outcomes: Sequence[Outcome] = (),
    **options: Any,
) -> Result:
    """Return the result of runs of a scenario, the first of which is replication 0.

    Parameters
    ----------
    plans : Blueprints
    replications : int
    trainees, rules, own_outcomes, **options
        As in `simulate`.

    Raises
    ------
    RequestError
        If the results would not fit into memory.
    """
    design, number, count = plans.scenario, plans.seed, replications
    needed = bytes_of_runs(design, count)
    if needed > MOST_BYTES:
        allowed = max(1, int(count * MOST_BYTES / needed))
        raise RequestError(
            f"replications: got {count}, which would fill {needed / 2**30:.0f} GiB of memory; "
            f"allowed: {allowed} or fewer for this scenario"
        )
    runs = simulate(
        plans,
        number,
        range(count),
        trainees=trainees,
        rules=rules,
        own_outcomes=own_outcomes,
        **options,
    )
    names = [programme.name for programme in design.programmes]
    return Result(
        title=design.name,
        start=design.start,
        currency=design.currency,
        programmes=names,
        own_items=own_items(design),
        trajectory_array=runs.trajectories,
        ledger_array=runs.ledger,
        flow_array=runs.flows,
        loss_array=runs.losses,
        spell_array=runs.spells,
        outcome_table=outcomes_of(design, runs),
        second_look=None if runs.second is None else outcomes_of(design, runs.second),
        life=life_courses(runs.people, names) if trainees else None,
        provenance=provenance(
            "run",
            {
                "scenarios": {"scenario": whole_scenario(design)},
                **in_recipe(rules, own_outcomes),
                **plans.given.recipe,
                "options": {"replications": count, "seed": number, "trainees": trainees},
            },
            scenario=design.name,
            fingerprint=design.fingerprint(),
            seed=number,
            replications=count,
            **plans.given.facts,
            **in_facts(rules, own_outcomes),
        ),
    )
