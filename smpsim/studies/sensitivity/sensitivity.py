"""Global sensitivity: which assumptions decide an outcome, over the ranges they may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.extras import need
from smpsim.messages import Progress, continued, nearest, shown_list, shown_value
from smpsim.results.estimates import Estimates
from smpsim.results.outcomes import Outcome, own_in, rate_of, ratio_of, with_parts
from smpsim.results.own_code import in_facts, in_recipe
from smpsim.results.provenance import changed_by, provenance, stated, whole_actions, whole_scenario
from smpsim.results.study_result import into
from smpsim.results.units import unit_of
from smpsim.scenario import Scenario, load
from smpsim.scenario.actions import ActionSource
from smpsim.scenario.arguments import whole
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.parameters import CENTRE
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.studies.compare.pairing import (
    ALL,
    Pair,
    RequestError,
    check_outcomes,
    checked_level,
    estimates_of,
    shared_outcomes,
)
from smpsim.studies.sensitivity.indices import (
    METHODS,
    indices_of,
    runs_of,
    sampled,
    swings_of,
)
from smpsim.studies.sensitivity.ranges import (
    Parameter,
    Range,
    parameters_of,
    with_values,
)
from smpsim.studies.sensitivity.result import Sensitivity
from smpsim.studies.sweep.sampling import MOST_DESIGNS

__all__ = ["Sensitivity", "analyse", "prepare", "sensitivity"]

SAMPLES = {"morris": 20, "sobol": 256}
REPLICATIONS = 20
BLOCK = 1000  # designs that are in memory together
OUTCOMES = ("placed", "cost_total", "retained_placements")
Evaluation = Callable[[np.ndarray], pd.DataFrame]
"""From values of the parameters, a row a design, to ``design``, ``replication`` and outcomes."""


def sensitivity(
    scenario: Source,
    method: str = "morris",
    *,
    samples: int | None = None,
    replications: int = REPLICATIONS,
    outcomes: Sequence[str | Outcome] = OUTCOMES,
    own_outcomes: Sequence[Outcome] = (),
    rules: Mapping[str, Any] | None = None,
    keys: Mapping[str, Range] | None = None,
    only: bool = False,
    programme: str | None = None,
    overrides: Overrides = (),
    actions: Sequence[ActionSource] = (),
    seed: int | None = None,
    level: float = 0.95,
    folder: str | Path | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Vary the assumptions of a scenario, all at once, and say which of them matter.

    Parameters
    ----------
    scenario : str, Path, mapping or Scenario
    method : str
        ``"morris"`` screens many parameters at a low price; ``"sobol"`` divides the variance of
        an outcome between them, at a high one.
    samples : int, optional
        Trajectories of Morris (20 when left out), or points of Sobol (256; a power of two). A
        trajectory takes one design for each parameter and one more, a point two more.
    replications : int
        Runs of each design, the same chance events in all designs; an outcome is their mean, or
        what a placement costs the ratio of their means.
    outcomes : sequence of str or Outcome
        Names, or outcomes of your own (see `smpsim.Outcome`).
    own_outcomes : sequence of Outcome
        More of your own, beside `outcomes`.
    rules : mapping of str to function or Attribute, optional
        Rules of your own by name, for all designs (see `smpsim.rules`).
    keys : mapping of str to (low, high) or None, optional
        Ranges of your own by key path, also of keys that are no behaviour; None for half to one
        and a half times the value.
    only : bool
        Vary `keys` only, not all numbers under ``behaviour``.
    programme : str, optional
        Whose outcomes; totals over all programmes when left out.
    overrides : mapping or iterable of str
        Values to set in the scenario.
    actions : sequence of str or path
        Actions that are added to it.
    seed : int, optional
        Of luck, of the samples and of the bootstrap; the scenario's own when left out.
    level : float
        Of the intervals, between 0 and 1.
    folder : str or Path, optional
        Where the tables are written, as `StudyResult.write` does; nowhere when left out.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Sensitivity

    Raises
    ------
    ScenarioError
        If the scenario, a key or a range is not valid.
    RequestError
        If a number is out of range, or a method, outcome or programme is unknown.

    Examples
    --------
    >>> found = sensitivity("bare_pipeline", samples=2, replications=2)  # doctest: +SKIP
    >>> found.indices()  # doctest: +SKIP
    """
    from smpsim.studies.sweep.sweep import evaluate

    count = checked_samples(method, samples)
    whole("replications", replications)
    overrides = overrides if isinstance(overrides, (str, Mapping)) else list(overrides)
    base = load(scenario, overrides, actions=actions)
    parameters, left_out = prepare(base, keys, only)
    chosen = programmes_of(base, programme)
    listed = [outcomes] if isinstance(outcomes, (str, Outcome)) else outcomes
    names, own = own_in(listed, own_outcomes)
    added = [one.name for one in own]
    wanted = _checked_outcomes([*(names or ()), *added], chosen, added)
    number = base.seed if seed is None else whole("seed", seed, 0, 2**63)
    designs = runs_of(method, count, len(parameters), 1)
    if designs > MOST_DESIGNS:
        raise RequestError(
            f"samples: got {count:,}, which take {designs:,} designs; "
            f"allowed: {MOST_DESIGNS:,} designs or fewer"
        )

    def evaluated(values: np.ndarray) -> pd.DataFrame:
        parts = []
        # in blocks, as a hundred thousand designs would fill the memory before the first runs
        for first in range(0, len(values), BLOCK):
            runs = evaluate(
                base,
                pd.DataFrame(with_values(base, parameters, values[first : first + BLOCK].tolist())),
                replications=replications,
                seed=number,
                outcomes=columns_of(wanted, len(chosen)),
                own_outcomes=own,
                rules=rules,
                parameters=CENTRE,
                threads=threads,
                progress=continued(first * replications, progress),
            )
            looked_at = runs[runs["programme"].isin(list(chosen))]
            parts.append(looked_at.assign(design=looked_at["design"] + first))
        return pd.concat(parts, ignore_index=True)

    origin = provenance(
        "sensitivity",
        {
            "scenarios": {"scenario": whole_scenario(base)},
            **in_recipe(rules, own),
            "options": {
                "method": method,
                "samples": count,
                "replications": replications,
                "outcomes": list(wanted),
                "keys": None if keys is None else {k: v and list(v) for k, v in keys.items()},
                "only": only,
                "programme": programme,
                "seed": number,
                "level": level,
            },
        },
        ("SALib",),
        scenario=base.name,
        fingerprint=base.fingerprint(),
        currency=base.currency,
        seed=number,
        replications=replications,
        level=level,
        **in_facts(rules, own),
    )
    work = partial(
        analyse,
        parameters,
        evaluated,
        wanted,
        method,
        samples=count,
        seed=number,
        level=level,
        title=base.name,
        programme=chosen[0] if len(chosen) == 1 else ALL,
        units={name: unit_of(name, base.currency) for name in wanted},
        left_out=left_out,
        provenance=changed_by(origin, stated(overrides), whole_actions(actions)),
        scenario=base,
    )
    return into(folder, Sensitivity, work)


def prepare(
    scenario: Scenario, keys: Mapping[str, Range] | None = None, only: bool = False
) -> tuple[list[Parameter], dict[str, str]]:
    """Return what is varied and what is left out (see `parameters_of`); at least one is varied."""
    parameters, left_out = parameters_of(scenario, keys, only)
    if not parameters:
        message = "got nothing to vary; allowed: at least one key with a range"
        raise ScenarioError([Problem("keys", None, None, "", message)])
    return parameters, left_out


def analyse(
    parameters: Sequence[Parameter],
    evaluation: Evaluation,
    outcomes: Sequence[str],
    method: str = "morris",
    *,
    samples: int | None = None,
    seed: int = 1,
    level: float = 0.95,
    units: Mapping[str, str] | None = None,
    provenance: Mapping[str, Any] | None = None,
    **about: Any,
) -> Sensitivity:
    """Sample, evaluate and analyse; `evaluation` may be any function.

    Parameters
    ----------
    parameters : sequence of Parameter
    evaluation : callable
        Called once, with the values of all designs, shape (designs, parameters): first those of
        the scenario, then each parameter at the ends of its range, then the samples. Returns
        columns ``design``, ``replication`` and outcomes, sorted by both; of several programmes a
        row for each, with ``programme``.
    outcomes : sequence of str
    method, samples, seed, level
        As in `sensitivity`.
    units, provenance, **about
        For the `Sensitivity`.
    """
    count = checked_samples(method, samples)
    checked_level(level)
    first = np.array([[one.value for one in parameters]])
    ends = np.repeat(first, 2 * len(parameters), axis=0)
    for place, one in enumerate(parameters):
        ends[2 * place, place], ends[2 * place + 1, place] = one.low, one.high
    apart = len(first) + len(ends)
    designs = np.concatenate([first, ends, sampled(parameters, method, count, seed)])
    runs = evaluation(designs)
    by_design = [_estimates(table) for _, table in runs.groupby("design", sort=True)]
    means = pd.DataFrame({name: [one.mean(name) for one in by_design] for name in outcomes})
    tables, used = {}, {}
    for name in outcomes:
        tables[name], used[name] = indices_of(
            parameters, method, designs[apart:], means[name].to_numpy()[apart:], level, seed
        )
    swings = swings_of(parameters, by_design[:apart], outcomes, level)
    return Sensitivity(
        method=method,
        parameters=tuple(parameters),
        outcomes=tuple(outcomes),
        table=pd.concat(tables, names=["outcome"]),
        swing_table=swings,
        means=means.iloc[apart:].reset_index(drop=True),
        designs=pd.DataFrame(designs[apart:], columns=[one.key for one in parameters]),
        samples=count,
        used=used,
        runs=len(by_design[0].values),
        seed=seed,
        level=level,
        units=dict(units or {}),
        provenance={
            **(provenance or {}),
            "method": method,
            "samples": count,
            "designs": len(designs),
        },
        **about,
    )


def checked_samples(method: str, samples: int | None) -> int:
    """Return the number of samples, or raise `RequestError` if the method has no such number.

    Raises
    ------
    MissingExtraError
        If the package that draws them is not installed.
    """
    if method not in METHODS:
        hint = nearest(method, METHODS)
        raise RequestError(f"method: got {method!r}; allowed: {', '.join(METHODS)}{hint}")
    need("sensitivity", "smpsim sensitivity")
    count = SAMPLES[method] if samples is None else samples
    if count < 2:
        raise RequestError(f"samples: got {count}; allowed: 2 or more")
    if method == "sobol" and count & (count - 1):
        near = 2 ** (count.bit_length() - 1), 2 ** count.bit_length()
        allowed = f"a power of two such as {near[0]} or {near[1]}"
        raise RequestError(f"samples: got {count} for sobol; allowed: {allowed}")
    return count


def programmes_of(scenario: Scenario, programme: str | None) -> tuple[str, ...]:
    """Return the programmes whose outcomes are looked at."""
    names = tuple(one.name for one in scenario.programmes)
    if programme is None:
        return names
    if programme not in names:
        hint = nearest(programme, names)
        raise RequestError(
            f"programme: got {shown_value(programme)}; allowed: {shown_list(names)}{hint}"
        )
    return (programme,)


def _checked_outcomes(
    outcomes: Sequence[str], programmes: tuple[str, ...], own: Sequence[str] = ()
) -> tuple[str, ...]:
    shared = shared_outcomes([Pair("", programmes, programmes)], same_currency=True, own=own)
    return check_outcomes(outcomes, shared, "outcome")


def columns_of(outcomes: Sequence[str], programmes: int) -> list[str]:
    """Return the outcomes of single programmes that are needed for outcomes of all."""
    parts_of = ratio_of if programmes == 1 else rate_of
    return with_parts([part for name in outcomes for part in parts_of(name) or (name,)])


def _estimates(runs: pd.DataFrame) -> Estimates:
    """Return what the means of a design are taken from, over all programmes in the table."""
    if "programme" not in runs:
        return Estimates.of(runs.drop(columns=["design", "replication"]).reset_index(drop=True))
    rows = runs.drop(columns=["design", "scenario"], errors="ignore")
    rows = rows.rename(columns={"replication": "run"})
    return estimates_of(rows, list(dict.fromkeys(rows["programme"])))
