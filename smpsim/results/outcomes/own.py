"""Outcomes of a user's own: checked, computed run by run, and described to other processes."""

from __future__ import annotations

import functools
import inspect
import pickle
import re
import sys
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, get_args

import numpy as np
import pandas as pd

from smpsim.errors import RequestError
from smpsim.messages import nearest, shown_list, shown_value
from smpsim.results.outcomes.counts import Counts
from smpsim.results.outcomes.known import OUTCOMES, SUMS, known_outcomes, outcome_of, remember
from smpsim.results.outcomes.outcome import Better, Outcome, Shown
from smpsim.scenario.arguments import several
from smpsim.vocabulary import SERIES

OWN = "own_outcomes"
RESERVED = (
    *("run", "programme", "design", "scenario", "replication", "world", "outcome", "month"),
    *("series", "actions", "sample", "key", "refused", "seed"),
)
"""Names of other columns of tables that hold outcomes."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")
ONE_OF_THREE = "one of compute=, people= and parts="


def checked_own(outcomes: Iterable[Outcome] | None) -> tuple[Outcome, ...]:
    """Return outcomes of a user's own, which are known by their names from now on.

    Raises
    ------
    RequestError
        If one of them can't be used, by its name.
    """
    if isinstance(outcomes, Outcome):
        raise RequestError(f"{OWN}: got an Outcome; allowed: a list, such as [{outcomes.name}]")
    found = several(OWN, () if outcomes is None else outcomes)
    for one in found:
        if not isinstance(one, Outcome):
            name = getattr(one, "__qualname__", None) or shown_value(one)
            raise RequestError(f"{OWN}: got {name}; allowed: smpsim.Outcome objects")
    names = [one.name for one in found]
    for one in found:
        _check_name(one.name, names)
        _check_words(one)
        _check_how(one, (*OUTCOMES, *names))
    remember(found)
    return tuple(found)


def own_in(
    outcomes: Iterable[str | Outcome] | None, own: Iterable[Outcome] | None
) -> tuple[list[str] | None, tuple[Outcome, ...]]:
    """Return names of outcomes, and a user's own that stand among them or beside them."""
    if outcomes is None:
        return None, checked_own(own)
    listed = several("outcomes", outcomes)
    given = [one for one in listed if isinstance(one, Outcome)]
    names = [one.name if isinstance(one, Outcome) else one for one in listed]
    beside = several(OWN, () if own is None else own)
    return names, checked_own([*beside, *(one for one in given if one not in beside)])


def to_compute(names: Iterable[str], own: Sequence[Outcome] = ()) -> tuple[Outcome, ...]:
    """Return the outcomes of a user's own that must be computed for some names, `own` first.

    Raises
    ------
    RequestError
        If one is known by its description only, as a folder of results holds it.
    """
    found = {one.name: one for one in own}
    waiting = [*found, *names]
    while waiting:
        name = waiting.pop(0)
        if name in OUTCOMES:
            continue
        one = found.setdefault(name, outcome_of(name))
        if one.compute is None and one.people is None and one.parts is None:
            raise RequestError(
                f"{OWN}: {name}: got its description without a function; allowed: the "
                f"smpsim.Outcome in {OWN}"
            )
        waiting += [part for part in one.parts or () if part not in found]
    # what others are divided by comes before them
    return tuple(sorted(found.values(), key=lambda one: one.parts is not None))


def _check_name(name: object, names: Sequence[object]) -> None:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        allowed = "lower-case letters, digits and _, such as placed_late"
        raise RequestError(f"{OWN}: got the name {shown_value(name)}; allowed: {allowed}")
    taken = {*OUTCOMES, *SUMS, *RESERVED}
    if name in taken:
        raise RequestError(
            f"{OWN}: {name}: got a name that smpsim already uses; allowed: another one"
        )
    if names.count(name) > 1:
        raise RequestError(f"{OWN}: {name}: got twice; allowed: once")


def _check_words(one: Outcome) -> None:
    """Raise an error if what is said of an outcome is not of the kind it must be."""
    for what in ("unit", "label", "meaning", "undefined"):
        text = getattr(one, what)
        must = what in ("unit", "label")
        if not isinstance(text, str) or "\n" in text or (must and not text.strip()):
            found = shown_value(text)
            raise RequestError(f"{OWN}: {one.name}: {what}: got {found}; allowed: text on a line")
    words: dict[str, tuple[str | None, ...]] = {
        "better": (None, *get_args(Better)),
        "shown": get_args(Shown),
        "series": (None, *SERIES),
        "size": (None, *OUTCOMES),
    }
    for what, allowed in words.items():
        value = getattr(one, what)
        if value not in allowed:
            listed = shown_list([str(word) for word in allowed])
            raise RequestError(
                f"{OWN}: {one.name}: {what}: got {shown_value(value)}; allowed: {listed}"
            )


def _check_how(one: Outcome, known: Sequence[str]) -> None:
    """Raise an error if an outcome can't be computed as it says."""
    ways = [way for way in (one.compute, one.people, one.parts) if way is not None]
    if len(ways) != 1 or one.sum_of:
        found = "sum_of" if one.sum_of else f"{len(ways)} of them" if ways else "none of them"
        raise RequestError(f"{OWN}: {one.name}: got {found}; allowed: {ONE_OF_THREE}")
    if one.parts is not None:
        if isinstance(one.parts, str) or len(tuple(one.parts)) != 2:
            found = shown_value(one.parts)
            raise RequestError(f"{OWN}: {one.name}: parts: got {found}; allowed: two outcomes")
        for part in one.parts:
            if part not in known or part == one.name:
                hint = nearest(part, known)
                raise RequestError(
                    f"{OWN}: {one.name}: parts: got {shown_value(part)}; "
                    f"allowed: {shown_list(known)}{hint}"
                )
        return
    if one.pooled:
        raise RequestError(f"{OWN}: {one.name}: got pooled without parts; allowed: with parts=")
    if not callable(ways[0]):
        found = shown_value(ways[0])
        raise RequestError(f"{OWN}: {one.name}: got {found}; allowed: a function")
    try:
        inspect.signature(ways[0]).bind(None)
    except TypeError as error:
        allowed = "a function of one argument"
        raise RequestError(f"{OWN}: {one.name}: got {error}; allowed: {allowed}") from error
    except ValueError:
        # of a compiled function nobody knows the arguments before it is called
        pass


def measured(
    own: Sequence[Outcome], counts: Counts, people: Callable[[], pd.DataFrame], run: int
) -> dict[str, np.ndarray]:
    """Return the outcomes of a user's own in one run, each of shape (programmes,).

    Parameters
    ----------
    own : sequence of Outcome
        As `to_compute` returns them.
    counts : Counts
        Of the run.
    people : callable
        Returns the life courses of the run.
    run : int
        Number of the replication, for messages.

    Raises
    ------
    RequestError
        If a function fails, or returns something else than a number for each programme.
    """
    found: dict[str, np.ndarray] = {}
    life: pd.DataFrame | None = None
    for one in own:
        try:
            if one.people is not None:
                if life is None:
                    # whoever was never somewhere has no month, which pandas says too
                    with np.errstate(invalid="ignore"):
                        life = people()
                value = [
                    one.people(life[life["programme"] == name].reset_index(drop=True))
                    for name in counts.programmes
                ]
            else:
                value = one.values(counts)
            numbers = np.array(value, dtype=float)
        except Exception as error:
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            raise RequestError(
                f"{OWN}: {one.name}: got {what} (run {run}); "
                "allowed: a function that returns a number for each programme"
            ) from error
        found[one.name] = _sound(one, numbers, counts.programmes, run)
        counts.keep(one.name, found[one.name])
    return found


def _sound(one: Outcome, numbers: np.ndarray, programmes: Sequence[str], run: int) -> np.ndarray:
    """Return what a function returned, or raise an error if it is no number for each programme."""
    if numbers.shape == () and len(programmes) == 1:
        numbers = numbers.reshape(1)
    if numbers.shape != (len(programmes),):
        raise RequestError(
            f"{OWN}: {one.name}: got an array of shape {numbers.shape} (run {run}); "
            f"allowed: a number for each programme, shape {(len(programmes),)}"
        )
    may_lack = bool(one.undefined or one.observed or one.parts)
    for name, number in zip(programmes, numbers, strict=True):
        if np.isinf(number) or (np.isnan(number) and not may_lack):
            raise RequestError(
                f"{OWN}: {one.name}: got {number} (run {run}, programme {name}); allowed: a "
                'finite number, or not a number where undefined="..." says when it has none'
            )
    return numbers


def needs_people(own: Iterable[Outcome]) -> bool:
    """Return whether outcomes need the life courses of runs."""
    return any(one.people is not None for one in own)


def facts_of(own: Iterable[Outcome]) -> dict[str, dict[str, Any]]:
    """Return what is known of outcomes by name, with the source of their functions."""
    return {
        one.name: {
            **one.facts(),
            **{
                way: _source(function)
                for way in ("compute", "people")
                if (function := getattr(one, way)) is not None
            },
        }
        for one in own
    }


def remember_facts(facts: Mapping[str, Mapping[str, Any]]) -> None:
    """Make outcomes known by the description that a folder of results holds, without functions."""
    remember(described_again(one) for name, one in facts.items() if name not in known_outcomes())


def described_again(facts: Mapping[str, Any]) -> Outcome:
    """Return an outcome as its facts describe it, without functions."""
    words = {one.name for one in fields(Outcome)} - {"compute", "people", "parts", "sum_of"}
    plain = {key: value for key, value in facts.items() if key in words}
    parts = facts.get("parts")
    return Outcome(**plain, parts=(parts[0], parts[1]) if parts else None)


def _source(function: Any) -> str:
    """Return the source of a function, or of its code where the source is nowhere."""
    if isinstance(function, functools.partial):
        return f"{_source(function.func)} with {function.args!r}, {function.keywords!r}"
    plain = getattr(function, "py_func", function)
    try:
        return textwrap.dedent(inspect.getsource(plain))
    except (OSError, TypeError):
        code = getattr(plain, "__code__", None)
    if code is None:
        return f"{type(plain).__module__}.{type(plain).__qualname__}"
    return f"{code.co_name}: {code.co_code.hex()} {code.co_names!r}"


def check_travel(own: Iterable[Outcome]) -> None:
    """Raise an error if another process could not find the function of an outcome.

    Raises
    ------
    RequestError
        By the name of the outcome.
    """
    for one in own:
        function = one.compute or one.people
        if function is None:
            continue
        allowed = "a function at the top of a module, or executor 'threads'"
        module = sys.modules.get(getattr(function, "__module__", None) or "")
        alone = getattr(module, "__name__", "") == "__main__" and not hasattr(module, "__file__")
        try:
            pickle.dumps(function)
        except Exception as error:
            name = getattr(function, "__qualname__", shown_value(function))
            found = f"{name}, which no other process can find"
            raise RequestError(f"{OWN}: {one.name}: got {found}; allowed: {allowed}") from error
        if alone:
            found = f"{function.__qualname__} of a session without a file"
            raise RequestError(f"{OWN}: {one.name}: got {found}; allowed: {allowed}")
