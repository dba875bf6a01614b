"""Why two designs place unlike numbers: the same persons, causes, and which change mattered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from smpsim.ensemble import Progress, run
from smpsim.errors import RequestError
from smpsim.messages import continued
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import (
    RECIPE,
    brief,
    changed_by,
    provenance,
    stated,
    whole_actions,
    whole_scenario,
)
from smpsim.results.result import Result
from smpsim.results.study_result import into
from smpsim.scenario import Scenario
from smpsim.scenario.arguments import whole
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.parameters import DEFAULT, Draws, Parameters
from smpsim.scenario.parameters import parameters as drawn
from smpsim.studies.compare.designs import (
    Actions,
    kept,
    names_of,
    several_actions,
    two_scenarios,
)
from smpsim.studies.compare.pairing import checked_level
from smpsim.studies.compare.result import Comparison
from smpsim.studies.explain.changes import Change, changes_between, changes_made, key_of
from smpsim.studies.explain.result import Explanation, placed_by_run

__all__ = ["Explanation", "Plan", "explain", "explained", "plan_of"]

ALONE, LEFT_OUT = "alone", "left_out"


@dataclass(frozen=True)
class Plan:
    """What is run: two designs, and those in between.

    Attributes
    ----------
    designs : tuple of Scenario
        A and B.
    names : tuple of str
    changes : tuple of Change
        From A to B.
    renamed : Scenario, optional
        B under the names of A, where sections have other names: what changes are left out of.
    said : tuple of dict
        What the provenance of each design states: values set, and actions by name.
    """

    designs: tuple[Scenario, Scenario]
    names: tuple[str, str]
    changes: tuple[Change, ...]
    renamed: Scenario | None = None
    said: tuple[dict[str, Any], dict[str, Any]] = ({}, {})

    @property
    def switches(self) -> dict[str, Scenario]:
        """Designs in between, by what decides their numbers; none if there is one change only."""
        if len(self.changes) < 2:
            return {}
        ends = {key_of(one) for one in self.designs}
        every = [one for change in self.changes for one in (change.alone, change.left_out)]
        every.append(self.renamed)
        found = {key_of(one): one for one in every if one is not None}
        return {key: one for key, one in found.items() if key not in ends}


def explain(
    a: Source,
    b: Source | None = None,
    replications: int | None = None,
    seed: int | None = None,
    *,
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
    rules: Mapping[str, Callable[..., Any]] | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Run two designs under the same chance events and say why one places more people.

    The same persons are in both designs, so that it can be said who is placed in one of them only
    and at which step the other lost them. The difference in placements is taken apart by the causes
    of the loss accounts. Where the designs differ in several values, each change is tried alone in
    A, and left out of B.

    Parameters
    ----------
    a, b : str, Path, mapping or Scenario
        As in `smpsim.compare`.
    replications : int, optional
        Runs of each design; the larger of the scenarios' own numbers when left out.
    seed : int, optional
        Seed of the random draws; that of `a` when left out.
    level : float
        Confidence level of intervals, between 0 and 1; each holds for itself.
    names : sequence of two str, optional
        What to call them; the scenarios' names and actions when left out.
    overrides, overrides_a, overrides_b : mapping or iterable of str, optional
        Values by key path, set in both, or in one of them.
    actions : str, path or sequence of them, optional
        Without `b`: actions with which `a` is compared (see `smpsim.load`).
    actions_a, actions_b : str, path or sequence of them, optional
        Actions added to each.
    parameters : str, Path or DataFrame
        As in `smpsim.run`. Run n of all designs is in the same plausible world.
    folder : str or Path, optional
        Where the tables are written, as `StudyResult.write` does; nowhere when left out.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    rules : mapping of str to function, optional
        Rules of your own by name, for all designs (see `smpsim.rules`).
    progress : callable, optional
        Called with the number of runs done so far, of all designs together.

    Returns
    -------
    Explanation

    Raises
    ------
    ScenarioError
        If a scenario is not valid.
    RequestError
        If a number is out of range, or there is nothing to compare `a` with.

    Examples
    --------
    >>> found = explain("bare_pipeline", replications=10, overrides_b={"months": 30})
    >>> len(found.changes)
    1
    """
    plan = plan_of(
        a, b, names, overrides, (overrides_a, overrides_b), actions, (actions_a, actions_b)
    )
    return explained(
        plan,
        replications,
        seed,
        level=level,
        parameters=parameters,
        folder=folder,
        threads=threads,
        rules=rules,
        progress=progress,
    )


def plan_of(
    a: Source,
    b: Source | None = None,
    names: Sequence[str] | None = None,
    overrides: Overrides | None = (),
    own: tuple[Overrides, Overrides] = ((), ()),
    actions: Actions = (),
    added: tuple[Actions, Actions] = ((), ()),
) -> Plan:
    """Return what is to be run, with everything read and checked.

    Parameters
    ----------
    a, b, names, overrides, own, actions, added
        As of `explain`; `own` and `added` of A and of B.

    Raises
    ------
    ScenarioError, RequestError
        As `explain` does.
    """
    if b is not None and several_actions(actions):
        allowed = "actions_a or actions_b, which say to which the action is added"
        raise RequestError(f"actions: given with two scenarios; allowed: {allowed}")
    both, own = kept(overrides), (kept(own[0]), kept(own[1]))
    acts = several_actions(added[0]), [*several_actions(actions), *several_actions(added[1])]
    designs = two_scenarios(a, b, both, own, acts)
    called = tuple(names) if names is not None else names_of(designs, own, acts)
    if len(called) != 2 or called[0] == called[1]:
        raise RequestError(f"names: got {list(called)}; allowed: two different names")
    renamed = None
    if b is None:
        changes = changes_made(a, both, own, acts)
    else:
        changes, called_as_in_a = changes_between(*designs)
        renamed = None if key_of(called_as_in_a) == key_of(designs[1]) else called_as_in_a
    first, second = (
        {"overrides": [*stated(both), *stated(sets)], "actions": whole_actions(one)}
        for sets, one in zip(own, acts, strict=True)
    )
    return Plan(designs, (called[0], called[1]), tuple(changes), renamed, (first, second))


def explained(
    plan: Plan,
    replications: int | None = None,
    seed: int | None = None,
    *,
    level: float = 0.95,
    parameters: Draws = DEFAULT,
    folder: str | Path | None = None,
    threads: int | None = None,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Run what is planned; arguments as of `explain`."""
    checked_level(level)
    a, b = plan.designs
    count = max(a.replications, b.replications)
    count = count if replications is None else whole("replications", replications)
    number = a.seed if seed is None else whole("seed", seed, 0, 2**63)
    given = drawn(parameters)
    switches = plan.switches

    def done(design: Scenario, place: int, trainees: bool = False) -> Result:
        return run(
            design,
            count,
            number,
            parameters=given.held(design, first=a),
            trainees=trainees,
            threads=threads,
            rules=rules,
            progress=continued(place * count, progress),
        )

    def work() -> Explanation:
        one, other = (done(design, place, True) for place, design in enumerate(plan.designs))
        placed = {
            key: placed_by_run(done(design, place))
            for place, (key, design) in enumerate(switches.items(), start=2)
        }
        placed |= {
            key_of(design): placed_by_run(result)
            for design, result in zip(plan.designs, (one, other), strict=True)
        }
        one, other = (
            replace(result, provenance=changed_by(result.provenance, **said))
            for result, said in zip((one, other), plan.said, strict=True)
        )
        found = Comparison(one, other, plan.names, level)
        origin = _origin(plan, found, rules, given)
        return Explanation(found, plan.changes, placed, origin, plan.renamed)

    return into(folder, Explanation, work)


def plan_again(recipe: Mapping[str, Any]) -> Plan:
    """Return the plan of a recipe."""
    from smpsim.scenario import load

    whole_ones = {name: load(data) for name, data in recipe["scenarios"].items()}
    changes = [
        Change(
            one["name"],
            one["a"],
            one["b"],
            whole_ones.get(one[ALONE]),
            whole_ones.get(one[LEFT_OUT]),
            tuple((key, one, other) for key, one, other in one["keys"]),
        )
        for one in recipe["changes"]
    ]
    renamed = whole_ones.get(recipe["renamed"])
    first, second = recipe["options"]["names"]
    return Plan((whole_ones["a"], whole_ones["b"]), (first, second), tuple(changes), renamed)


def _origin(plan: Plan, found: Comparison, rules: Any, given: Parameters) -> dict[str, Any]:
    """Return where an explanation comes from, and what runs it again."""
    scenarios = {"a": plan.designs[0], "b": plan.designs[1]}
    names = {key_of(one): name for name, one in reversed(scenarios.items())}
    for number, (key, design) in enumerate(plan.switches.items(), start=1):
        names[key] = f"between_{number}"
        scenarios[names[key]] = design
    changes = [
        {
            "name": one.name,
            "a": one.a,
            "b": one.b,
            "keys": [list(key) for key in one.keys],
            **{
                side: _name_of(design, names)
                for side, design in ((ALONE, one.alone), (LEFT_OUT, one.left_out))
            },
        }
        for one in plan.changes
    ]
    recipe = {
        "scenarios": {name: whole_scenario(one) for name, one in scenarios.items()},
        "actions": {
            name: text
            for side in (found.a, found.b)
            for name, text in side.provenance[RECIPE].get("actions", {}).items()
        },
        "changes": changes,
        "renamed": _name_of(plan.renamed, names),
        **in_recipe(rules, ()),
        **given.recipe,
        "options": {
            "replications": found.runs,
            "seed": found.seed,
            "names": list(found.names),
            "level": found.level,
        },
    }
    return provenance(
        "explain",
        recipe,
        names=list(found.names),
        level=found.level,
        seed=found.seed,
        replications=found.runs,
        notes=list(found.notes),
        **given.facts,
        a=brief(found.a.provenance) | {"currency": found.a.currency},
        b=brief(found.b.provenance) | {"currency": found.b.currency},
        changes=[{key: one[key] for key in ("name", "a", "b")} for one in changes],
        **in_facts(rules, ()),
    )


def _name_of(design: Scenario | None, names: Mapping[str, str]) -> str | None:
    """Return under which name a recipe holds a design; with one change it is A or B."""
    if design is None:
        return None
    return names.get(key_of(design))
