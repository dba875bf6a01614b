"""Pairs: which programmes of two results are compared, and the statistics of paired runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from smpsim.errors import RequestError
from smpsim.messages import nearest, shown_list
from smpsim.results.estimates import LEAST, Estimates
from smpsim.results.intervals import is_rare, rare_interval
from smpsim.results.outcomes import (
    OUTCOMES,
    divided,
    known_outcomes,
    outcome_of,
    rate_of,
    rates,
    ratio_of,
)
from smpsim.results.result import Result
from smpsim.results.units import is_money

ALL = "all programmes"
PAIRS_WITHIN = (0.05, 0.95)
"""Quantiles between which nine in ten pairs lie."""


class Pair(NamedTuple):
    """Programmes that are compared.

    Attributes
    ----------
    label : str
        The name that tables show.
    a, b : tuple of str
        Names of the programmes in each result; of several, the totals are compared.
    """

    label: str
    a: tuple[str, ...]
    b: tuple[str, ...]


def pair_programmes(
    a: Sequence[str], b: Sequence[str], designs: Sequence[str] = ("a", "b")
) -> tuple[tuple[Pair, ...], tuple[str, ...]]:
    """Return the pairs of programmes of two results, and what a reader must know about them.

    Parameters
    ----------
    a, b : sequence of str
        Names of the programmes: those of equal name are paired; without any, one with one, and
        otherwise the totals over all.
    designs : sequence of str
        What the two results are called.
    """
    same = [name for name in a if name in b]
    if same:
        notes = tuple(
            f"Only in {design}, so not compared: {', '.join(alone)}."
            for design, names in zip(designs, (a, b), strict=True)
            if (alone := [name for name in names if name not in same])
        )
        return tuple(Pair(name, (name,), (name,)) for name in same), notes
    if len(a) == len(b) == 1:
        return (Pair(f"{a[0]} / {b[0]}", (a[0],), (b[0],)),), ()
    note = (
        "The designs have no programme of the same name, so totals over programmes are compared: "
        f"{', '.join(a)} against {', '.join(b)}."
    )
    return (Pair(ALL, tuple(a), tuple(b)),), (note,)


def shared_outcomes(
    pairs: Iterable[Pair], same_currency: bool, own: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the outcomes by which pairs of programmes can be compared.

    Amounts of money need the same currency, and totals over programmes have no times and no
    retention, as these cannot be added up.

    Parameters
    ----------
    pairs : iterable of Pair
    same_currency : bool
    own : iterable of str
        Outcomes of a user's own that both have.
    """
    totals = any(len(side) > 1 for pair in pairs for side in (pair.a, pair.b))
    return tuple(
        name
        for name in (*OUTCOMES, *own)
        if (same_currency or not is_money(name))
        and (not totals or _adds_up(name) or rate_of(name) is not None)
    )


def check_outcomes(names: Iterable[str], shared: Sequence[str], what: str) -> tuple[str, ...]:
    """Return names of outcomes, each once.

    Parameters
    ----------
    names : iterable of str
        As asked for.
    shared : sequence of str
        Those by which the designs can be compared.
    what : str
        The argument, for the message.

    Raises
    ------
    RequestError
        If there is no outcome of a name, or the designs cannot be compared by it.
    """
    found = tuple(dict.fromkeys([names] if isinstance(names, str) else names))
    if not found:
        raise RequestError(f"{what}: no outcome; allowed: at least one")
    for name in found:
        if name not in (*OUTCOMES, *shared):
            hint = nearest(name, shared)
            raise RequestError(f"{what}: got {name!r}; allowed: {shown_list(shared)}{hint}")
        if name not in shared:
            why = "their currencies differ" if is_money(name) else "totals have no such outcome"
            raise RequestError(
                f"{what}: got {name!r}, by which the two cannot be compared, because {why}; "
                f"allowed: {shown_list(shared)}"
            )
    return found


def checked_level(level: float) -> float:
    """Return a confidence level, or raise `RequestError` if it is out of range."""
    if not 0 < level < 1:
        raise RequestError(f"level: got {level}; allowed: between 0 and 1")
    return level


def _adds_up(outcome: str) -> bool:
    """Return whether a total over programmes is the sum of theirs."""
    return bool(outcome_of(outcome).adds_up)


def outcomes_of(result: Result, programmes: Sequence[str]) -> pd.DataFrame:
    """Return the outcomes of a programme by run, or the totals over several.

    Returns
    -------
    DataFrame
        A row a run. Of several programmes the sums of people and money, and the rates that
        follow from sums; times and retention cannot be added up and are left out.
    """
    table = result.outcome_table
    if len(programmes) == 1:
        chosen = table[table["programme"] == programmes[0]]
        return chosen.drop(columns=["run", "programme"]).reset_index(drop=True)
    chosen = table[table["programme"].isin(list(programmes))].drop(columns="programme")
    summed = [name for name in chosen.columns if _adds_up(name)]
    # a total with a part that is missing is missing
    total = chosen.groupby("run")[summed].sum(min_count=len(programmes)).reset_index(drop=True)
    for rate, (top, bottom) in rates(map(str, chosen.columns)).items():
        total[rate] = divided(total[top].to_numpy(), total[bottom].to_numpy())
    order = [name for name in chosen.columns if name in total.columns]
    return total[order]


def estimates_of(table: pd.DataFrame, programmes: Sequence[str]) -> Estimates:
    """Return what the means of a programme, or of totals over several, are taken from.

    Parameters
    ----------
    table : DataFrame
        Outcomes of runs, one row a run and programme, the runs in the same order in each.
    programmes : sequence of str
    """
    parts = [
        table[table["programme"] == name].drop(columns=["run", "programme"]) for name in programmes
    ]
    if len(parts) == 1:
        return Estimates.of(parts[0].reset_index(drop=True))
    summed = [name for name in parts[0].columns if _adds_up(str(name))]
    total = Estimates.total([part[summed] for part in parts])
    found = {
        rate: divided(total.values[top].to_numpy(), total.values[bottom].to_numpy())
        for rate, (top, bottom) in rates(known_outcomes()).items()
        if {top, bottom} <= set(summed)
    }
    known = Estimates.of(pd.DataFrame(found))
    return Estimates(pd.concat([total.values, known.values], axis=1), {**total.used, **known.used})


def paired_difference(a: np.ndarray, b: np.ndarray, level: float = 0.95) -> dict[str, float]:
    """Return the mean difference b - a of paired runs with its confidence interval.

    Parameters
    ----------
    a, b : ndarray, shape (runs,)
        The same outcome in the same replications; pairs in which either is missing are left out.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    dict
        ``mean_a``, ``mean_b``, ``difference``, ``standard_error``, ``ci_low`` and ``ci_high``
        (paired t, or `rare_interval` where most pairs do not differ), ``runs`` (pairs used),
        ``correlation``, ``variance_reduction``: the share of the
        variance of the difference that pairing saves against independent runs, and
        ``independent_runs``: as many times the runs would have to be independent of each other for
        an interval as narrow, infinite where pairs never differ. What cannot be told from so few or
        so equal runs is not a number.
    """
    both = np.isfinite(a) & np.isfinite(b)
    a, b, runs = a[both], b[both], int(both.sum())
    nan = float("nan")
    found = dict.fromkeys(
        ("mean_a", "mean_b", "difference", "standard_error", "ci_low", "ci_high"), nan
    )
    found |= {"runs": runs, "correlation": nan, "variance_reduction": nan, "independent_runs": nan}
    if runs == 0:
        return found
    differences = b - a
    mean = float(differences.mean())
    found |= {"mean_a": float(a.mean()), "mean_b": float(b.mean()), "difference": mean}
    if runs == 1:
        return found
    found |= _interval(mean, float(differences.std(ddof=1)), runs, level)
    if is_rare(differences):
        found["ci_low"], found["ci_high"] = rare_interval(differences, level)
    apart, together = float(a.var(ddof=1) + b.var(ddof=1)), float(differences.var(ddof=1))
    if apart > 0:
        found["variance_reduction"] = 1.0 - together / apart
        found["independent_runs"] = apart / together if together > 0 else float("inf")
    if np.ptp(a) > 0 and np.ptp(b) > 0:
        found["correlation"] = float(np.corrcoef(a, b)[0, 1])
    return found


def paired_ratio_difference(
    a: tuple[np.ndarray, np.ndarray], b: tuple[np.ndarray, np.ndarray], level: float = 0.95
) -> dict[str, float]:
    """Return the difference of two ratios of means of paired runs with its confidence interval.

    The ratio of a design is the sum over runs of what stands above, by the sum of what stands
    below: what a placement costs whoever pays for all of the runs. A run without a placement
    counts with its cost; the mean of the runs' own ratios would leave it out. The standard error
    is that of the jackknife over pairs (Miller 1974, The jackknife: a review, Biometrika 61).

    Parameters
    ----------
    a, b : tuple of two ndarray, shape (runs,)
        Above and below, in the same replications; pairs in which any is missing are left out.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    dict
        As `paired_difference`, where ``mean_a`` and ``mean_b`` are the ratios.
    """
    both = np.all(np.isfinite([*a, *b]), axis=0)
    (top_a, low_a), (top_b, low_b) = ([part[both] for part in one] for one in (a, b))
    if not (low_a.sum() > 0 and low_b.sum() > 0):
        return paired_difference(np.empty(0), np.empty(0), level)
    ratio_a, ratio_b = float(top_a.sum() / low_a.sum()), float(top_b.sum() / low_b.sum())
    # paired runs of these have the variances and the correlation of the two ratios
    values = _pseudo_values(top_a, low_a, ratio_a), _pseudo_values(top_b, low_b, ratio_b)
    # without a run on which alone a ratio hangs there is no ratio, so no interval either
    whole = bool(np.all(np.isfinite(values)))
    one, other = values if whole else (np.empty(0), np.empty(0))
    found = paired_difference(one, other, level)
    runs, difference = int(both.sum()), ratio_b - ratio_a
    found |= {"mean_a": ratio_a, "mean_b": ratio_b, "difference": difference, "runs": runs}
    if whole and runs > 1:
        found |= _interval(difference, found["standard_error"] * runs**0.5, runs, level)
    return found


def difference_of(
    outcome: str,
    a: pd.DataFrame | Estimates,
    b: pd.DataFrame | Estimates,
    level: float = 0.95,
) -> dict[str, float]:
    """Return the difference of the means of an outcome, with its interval from paired runs.

    Each mean is that of `smpsim.results.estimates`, over the runs of its own design in which the
    outcome has a value, so that it is the same whatever the design is compared with.

    Parameters
    ----------
    outcome : str
        Of those that are `Outcome.pooled`, the ratio of means; of others, the mean.
    a, b : DataFrame or Estimates
        Of both designs, a row a run.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    dict
        As `paired_difference`, and ``runs_used_a`` and ``runs_used_b``: runs with a value. With
        fewer than two of them there is no interval. ``run_low`` and ``run_high``: between which
        nine in ten pairs differ; of a ratio only if all pairs have one.
    """
    sides = [one if isinstance(one, Estimates) else Estimates.of(one) for one in (a, b)]
    one, other = (side.values for side in sides)
    parts = ratio_of(outcome)
    if parts is not None:
        top, bottom = parts
        ratios = [(table[top].to_numpy(), table[bottom].to_numpy()) for table in (one, other)]
        found = paired_ratio_difference(ratios[0], ratios[1], level)
        if not all(side.runs_used(outcome) for side in sides):
            # a ratio over what is zero in more than a few runs says nothing
            found |= dict.fromkeys(
                ("difference", "correlation", "variance_reduction"), float("nan")
            )
            found |= {"independent_runs": float("nan"), "runs": 0}
    else:
        found = paired_difference(one[outcome].to_numpy(), other[outcome].to_numpy(), level)
    used = [side.runs_used(outcome) for side in sides]
    if min(used) < LEAST:
        found |= dict.fromkeys(("standard_error", "ci_low", "ci_high"), float("nan"))
    elif min(used) < len(one):
        # the spread is told from so few runs only
        half = float(stats.t.ppf(0.5 + level / 2.0, min(used) - 1)) * found["standard_error"]
        middle = found["difference"]
        found |= {"ci_low": middle - half, "ci_high": middle + half}
    if not found["runs"]:
        # each mean is its own, also where the other design has none
        found["mean_a"], found["mean_b"] = (side.mean(outcome) for side in sides)
    spread = dict.fromkeys(("run_low", "run_high"), float("nan"))
    with np.errstate(divide="ignore", invalid="ignore"):
        each = [
            table[outcome] if parts is None else table[parts[0]] / table[parts[1]]
            for table in (one, other)
        ]
        apart = each[1].to_numpy(float) - each[0].to_numpy(float)
    known = apart[np.isfinite(apart)] if parts is None else apart
    if len(known) > 1 and np.isfinite(known).all():
        spread["run_low"], spread["run_high"] = map(float, np.quantile(known, PAIRS_WITHIN))
    found |= {"runs": len(one), "runs_used_a": used[0], "runs_used_b": used[1]}
    return found | spread


def _interval(mean: float, deviation: float, runs: int, level: float) -> dict[str, float]:
    """Return the standard error of a mean and its t interval."""
    error = deviation / runs**0.5
    half = float(stats.t.ppf(0.5 + level / 2.0, runs - 1)) * error
    return {"standard_error": error, "ci_low": mean - half, "ci_high": mean + half}


def _pseudo_values(top: np.ndarray, bottom: np.ndarray, ratio: float) -> np.ndarray:
    """Return the jackknife's pseudo-values of a ratio of sums, shape (runs,)."""
    runs = len(top)
    without = divided(top.sum() - top, bottom.sum() - bottom)
    values = runs * ratio - (runs - 1) * without
    # where all runs have the same ratio, only the rounding of sums would differ
    return np.full(runs, ratio) if np.ptp(values) <= 1e-9 * abs(ratio) else values
