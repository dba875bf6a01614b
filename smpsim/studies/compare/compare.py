"""Two designs under the same chance events: what difference the design makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from smpsim.ensemble import Progress
from smpsim.errors import RequestError
from smpsim.results.outcomes import Outcome, checked_own
from smpsim.results.provenance import changed_by, stated, whole_actions
from smpsim.results.study_result import into
from smpsim.scenario import Scenario
from smpsim.scenario.arguments import whole
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.parameters import DEFAULT, Draws
from smpsim.studies.compare.designs import (
    Actions,
    kept,
    names_of,
    several_actions,
    two_scenarios,
)
from smpsim.studies.compare.growing import Growing
from smpsim.studies.compare.pairing import checked_level, pair_programmes, shared_outcomes
from smpsim.studies.compare.result import Comparison
from smpsim.studies.compare.stopping import (
    MOST,
    Stopping,
    Target,
    read_targets,
    until_precise,
)

__all__ = ["Comparison", "comparable_outcomes", "compare"]


def compare(
    a: Source,
    b: Source | None = None,
    replications: int | None = None,
    seed: int | None = None,
    *,
    precision: Mapping[str, float | str] | Iterable[str] | None = None,
    most: int = MOST,
    level: float = 0.95,
    names: Sequence[str] | None = None,
    overrides: Overrides | None = (),
    overrides_a: Overrides = (),
    overrides_b: Overrides = (),
    actions: Actions = (),
    actions_a: Actions = (),
    actions_b: Actions = (),
    parameters: Draws = DEFAULT,
    folder: str | Path | None = None,
    threads: int | None = None,
    trainees: bool = False,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    own_outcomes: Sequence[Outcome] = (),
    progress: Progress | None = None,
) -> Comparison:
    """Run two scenarios under the same chance events and compare them run by run.

    Parameters
    ----------
    a, b : str, Path, mapping or Scenario
        Without `b`, `a` is compared with itself as it becomes by what is changed in one of them.
    replications : int, optional
        Pairs of runs; the larger of the scenarios' own numbers when left out.
    seed : int, optional
        Seed of the random draws; that of `a` when left out.
    precision, most, level, names, overrides, overrides_a, overrides_b, actions, actions_a
        As in `smpsim.compare`, which calls this for two designs.
    actions_b, parameters, folder, threads, trainees, rules, own_outcomes, progress
        The same.

    Returns
    -------
    Comparison

    Raises
    ------
    ScenarioError
        If a scenario is not valid.
    ValueError
        If a number is out of range, or an outcome of `precision` is unknown.

    Examples
    --------
    >>> comparison = compare("bare_pipeline", "bare_pipeline", replications=10)
    >>> float(comparison.differences().loc[("pilot", "placed"), "difference"])
    0.0
    """
    checked_level(level)
    mine = checked_own(own_outcomes)
    if b is not None and several_actions(actions):
        allowed = "actions_a or actions_b, which say to which the action is added"
        raise RequestError(f"actions: given with two scenarios; allowed: {allowed}")
    overrides, own = kept(overrides), (kept(overrides_a), kept(overrides_b))
    added = (
        several_actions(actions_a),
        [*several_actions(actions), *several_actions(actions_b)],
    )
    designs = two_scenarios(a, b, overrides, own, added)
    # what is in their files now, which may change while it runs
    read = [whole_actions(one) for one in added]
    called = tuple(names) if names is not None else names_of(designs, own, added)
    if len(called) != 2 or called[0] == called[1]:
        raise RequestError(f"names: got {list(called)}; allowed: two different names")
    number = designs[0].seed if seed is None else whole("seed", seed, 0, 2**63)
    if threads is not None:
        whole("threads", threads)
    options = {"threads": threads, "trainees": trainees, "rules": rules, "own_outcomes": mine}
    held = tuple([*stated(overrides), *stated(sets)] for sets in own)
    both = Growing(designs, number, progress, parameters, (held[0], held[1]), **options)
    targets: tuple[Target, ...] = ()
    if precision is None:
        own_numbers = [design.replications for design in designs]
        most = max(own_numbers) if replications is None else whole("replications", replications)
    else:
        if replications is not None:
            allowed = "one of the two; most= limits precision"
            raise RequestError(f"precision: got replications as well; allowed: {allowed}")
        most = whole("most", most, 2)
        targets = read_targets(precision, comparable_outcomes(designs, mine))

    def work() -> Comparison:
        stopping = None
        if precision is not None:
            ceiling = min(most, both.most)
            looks, widths = until_precise(lambda n: both.widths(n, targets, level), ceiling)
            stopping = Stopping(level, ceiling, looks, widths, by_memory=ceiling < most)
        else:
            both.grow(most)
        one, other = (
            replace(
                result,
                provenance=changed_by(result.provenance, [*stated(overrides), *stated(sets)], one),
            )
            for result, sets, one in zip(both.results(), own, read, strict=True)
        )
        return Comparison(one, other, (called[0], called[1]), level, stopping)

    return into(folder, Comparison, work)


def comparable_outcomes(
    designs: tuple[Scenario, Scenario], own: Iterable[Outcome] = ()
) -> tuple[str, ...]:
    """Return the outcomes by which two scenarios can be compared, with a user's own."""
    names = [[programme.name for programme in design.programmes] for design in designs]
    same_currency = designs[0].currency == designs[1].currency
    added = [one.name for one in own]
    return shared_outcomes(pair_programmes(*names)[0], same_currency, added)
