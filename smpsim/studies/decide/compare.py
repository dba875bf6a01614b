"""Any number of designs under the same chance events: two in detail, more as `decide` does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, overload

from smpsim.errors import RequestError
from smpsim.messages import shown_value
from smpsim.results.outcomes import Outcome
from smpsim.scenario.arguments import whole
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.parameters import DEFAULT, LIKELY, Draws
from smpsim.studies.compare.compare import compare as compare_two
from smpsim.studies.compare.designs import Actions, kept
from smpsim.studies.compare.result import Comparison
from smpsim.studies.compare.stopping import MOST
from smpsim.studies.decide.decide import DRAWS, LEVEL, REPLICATIONS, Progress, decide
from smpsim.studies.decide.result import Decision

LEVEL_OF_TWO = 0.95
Rules = Mapping[str, Callable[..., Any]]

__all__ = ["compare", "worlds_and_runs"]


@overload
def compare(
    a: Source,
    b: Source | None = None,
    *,
    replications: int | None = None,
    seed: int | None = None,
    precision: Mapping[str, float | str] | Iterable[str] | None = None,
    most: int | None = None,
    level: float | None = None,
    names: Sequence[str] | None = None,
    overrides: Overrides | None = (),
    overrides_a: Overrides = (),
    overrides_b: Overrides = (),
    actions: Actions = (),
    actions_a: Actions = (),
    actions_b: Actions = (),
    parameters: Draws | None = None,
    folder: str | Path | None = None,
    threads: int | None = None,
    trainees: bool = False,
    rules: Rules | None = None,
    own_outcomes: Sequence[Outcome] = (),
    progress: Progress | None = None,
) -> Comparison: ...


@overload
def compare(
    a: Source,
    b: Source,
    c: Source,
    /,
    *others: Source,
    replications: int | None = None,
    seed: int | None = None,
    value: float | None = None,
    level: float | None = None,
    names: Sequence[str] | None = None,
    overrides: Overrides | None = (),
    parameters: Draws | None = None,
    folder: str | Path | None = None,
    threads: int | None = None,
    rules: Rules | None = None,
    progress: Progress | None = None,
) -> Decision: ...


def compare(
    a: Source,
    b: Source | None = None,
    *others: Source,
    replications: int | None = None,
    seed: int | None = None,
    precision: Mapping[str, float | str] | Iterable[str] | None = None,
    most: int | None = None,
    value: float | None = None,
    level: float | None = None,
    names: Sequence[str] | None = None,
    overrides: Overrides | None = (),
    overrides_a: Overrides = (),
    overrides_b: Overrides = (),
    actions: Actions = (),
    actions_a: Actions = (),
    actions_b: Actions = (),
    parameters: Draws | None = None,
    folder: str | Path | None = None,
    threads: int | None = None,
    trainees: bool = False,
    rules: Rules | None = None,
    own_outcomes: Sequence[Outcome] = (),
    progress: Progress | None = None,
) -> Comparison | Decision:
    """Run designs under the same chance events: two in detail, three or more in one table.

    Run n of one and run n of another share all chance events: the same person has the same aptitude
    and the same fortune in both. So the difference between them is the designs' own, and needs far
    fewer runs than independent ones.

    Of two designs it returns every outcome with its paired difference, a `Comparison`. Of three or
    more it is `smpsim.decide`, and returns what that returns, a `Decision`: likely ranges,
    differences to the first, in how many plausible worlds each is better, expected regret, what
    dominates what, and what to find out first. For two options in that form call `smpsim.decide`.

    Parameters
    ----------
    a, b : str, Path, mapping or Scenario
        Catalogue names, YAML files, or scenarios. Without `b`, `a` is compared with itself as
        it becomes by what is changed in one of them.
    *others : str, Path, mapping or Scenario
        Further designs, which are compared with `a` as `b` is. One that is a scenario with
        changes is ``smpsim.load(scenario, overrides, actions=...)``.
    replications : int, optional
        Of two designs pairs of runs; the larger of the scenarios' own numbers when left out. Of
        more, runs of each, an even number, as each plausible world has two; 400 when left out.
    seed : int, optional
        Seed of the random draws; that of `a` when left out.
    precision : mapping or iterable of str, optional
        Of two designs: half-widths of the confidence intervals of the differences by outcome,
        instead of a number of pairs: ``{"placed": 5, "cost_per_placement": "2%"}``. A number is in
        the unit of the outcome (shares from 0 to 1), a percentage one of the mean of `a`. Pairs
        are added until all programmes have all of them; the numbers are those of a run of as many
        pairs.
    most : int, optional
        Ceiling of the number of pairs if a precision is asked for, 20,000 when left out; lower if
        the results of so many would not fit into memory. To reach it is no error:
        ``Comparison.stopping`` says so.
    value : float, optional
        Of three or more designs: what a placement is worth; they are then judged by value less
        total cost.
    level : float, optional
        Between 0 and 1. Of two designs the confidence level of intervals, 0.95 when left out; of
        more the share of runs within likely ranges, 0.9.
    names : sequence of str, optional
        What to call them, one each; the scenarios' names and actions when left out.
    overrides : mapping or iterable of str, optional
        Values by key path, set in all.
    overrides_a, overrides_b : mapping or iterable of str, optional
        Of two designs: values set in one of them.
    actions : str, path or sequence of them, optional
        Without `b`: actions with which `a` is compared; names of the catalogue such as
        ``"early_engagement"``, or files (see `smpsim.load`).
    actions_a, actions_b : str, path or sequence of them, optional
        Of two designs: actions added to each.
    parameters : str, Path or DataFrame
        As in `smpsim.run`. Run n of all is in the same plausible world.
    folder : str or Path, optional
        Where the tables are written, as `StudyResult.write` does; nowhere when left out.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    trainees : bool
        Of two designs: keep the life course of every trainee.
    rules : mapping of str to function, optional
        Rules of your own by name, for all (see `smpsim.rules`).
    own_outcomes : sequence of Outcome
        Of two designs: outcomes of your own, compared beside those of the model (see
        `smpsim.Outcome`).
    progress : callable, optional
        Called with the number of runs done so far, of all designs together.

    Returns
    -------
    Comparison or Decision
        A `Comparison` of two designs, a `Decision` of three or more.

    Raises
    ------
    ScenarioError
        If a scenario is not valid.
    ValueError
        If a number is out of range, an outcome of `precision` is unknown, or something is asked of
        three or more designs that only two have.

    Examples
    --------
    >>> comparison = compare("bare_pipeline", "bare_pipeline", replications=10)
    >>> float(comparison.differences().loc[("pilot", "placed"), "difference"])
    0.0
    >>> seats = "programmes.pilot.intakes.seats"
    >>> designs = [load("bare_pipeline", {seats: n}) for n in (90, 60, 30)]
    >>> found = compare(*designs, names=["90", "60", "30"], parameters="centre", replications=10)
    >>> found.table.loc["30", "difference"] < found.table.loc["60", "difference"] < 0
    True
    """
    shared: dict[str, Any] = {"seed": seed, "folder": folder, "threads": threads}
    shared |= {"rules": rules, "progress": progress}
    if not others:
        if value is not None:
            allowed = "three or more, or smpsim.decide, which compares two by value as well"
            raise RequestError(
                f"value: got {shown_value(value)} for two designs; allowed: {allowed}"
            )
        return compare_two(
            a,
            b,
            replications,
            precision=precision,
            most=MOST if most is None else most,
            level=LEVEL_OF_TWO if level is None else level,
            names=names,
            overrides=overrides,
            overrides_a=overrides_a,
            overrides_b=overrides_b,
            actions=actions,
            actions_a=actions_a,
            actions_b=actions_b,
            parameters=DEFAULT if parameters is None else parameters,
            trainees=trainees,
            own_outcomes=own_outcomes,
            **shared,
        )
    given = {
        "precision": precision is not None,
        "most": most is not None,
        "overrides_a": bool(overrides_a),
        "overrides_b": bool(overrides_b),
        "actions": bool(actions),
        "actions_a": bool(actions_a),
        "actions_b": bool(actions_b),
        "trainees": trainees,
        "own_outcomes": bool(own_outcomes),
    }
    designs = [a, b, *others]
    for name in [one for one, is_given in given.items() if is_given]:
        raise RequestError(
            f"{name}: got it with {len(designs)} designs; allowed: with two. {_INSTEAD[name]}"
        )
    sources = [_design(one) for one in designs]
    if names is not None and (len(names) != len(sources) or len(set(names)) != len(names)):
        raise RequestError(f"names: got {list(names)}; allowed: {len(sources)} different names")
    draws, each = worlds_and_runs(replications)
    return decide(
        sources if names is None else dict(zip(names, sources, strict=True)),
        overrides=kept(overrides),
        parameters=LIKELY if parameters is None else parameters,
        draws=draws,
        replications=each,
        value=value,
        level=LEVEL if level is None else level,
        **shared,
    )


_RUNS = "With more, replications= gives the number of runs of each"
_CHANGED = "With more, each is a scenario: smpsim.load(scenario, overrides, actions=[...])"
_INSTEAD = {
    "precision": _RUNS,
    "most": _RUNS,
    **dict.fromkeys(("overrides_a", "overrides_b", "actions", "actions_a", "actions_b"), _CHANGED),
    "trainees": "Use smpsim.run to keep the life courses of one design",
    "own_outcomes": "Use it to compare each with the first, two at a time",
}
"""What to do in place of an argument that only two designs have."""


def worlds_and_runs(replications: int | None) -> tuple[int, int]:
    """Return in how many plausible worlds so many runs of a design are, and how many in each.

    Raises
    ------
    RequestError
        If runs do not come out even.
    """
    if replications is None:
        return DRAWS, REPLICATIONS
    count = whole("replications", replications, 2 * REPLICATIONS)
    if count % REPLICATIONS:
        allowed = "an even number of runs, as each plausible world has two"
        raise RequestError(f"replications: got {count:,}; allowed: {allowed}")
    return count // REPLICATIONS, REPLICATIONS


def _design(one: Source | None) -> Source:
    """Return a design; say what a number is that stands among them."""
    if one is None or isinstance(one, (int, float)):
        allowed = "a scenario; a number of runs is replications="
        raise RequestError(f"options: got {shown_value(one)}; allowed: {allowed}")
    return one
