"""A folder of results run again from what it holds, and compared with it bit for bit."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from smpsim.errors import RequestError
from smpsim.messages import continued, shown_list
from smpsim.results.dataset import MANIFEST
from smpsim.results.files import PROVENANCE_FILE
from smpsim.results.manifest import Record
from smpsim.results.own_code import missing_in, outcomes_again, rules_again
from smpsim.results.provenance import RECIPE, RECIPE_HASH, commit, digest, model_digest, versions
from smpsim.results.read import read_facts
from smpsim.results.store_error import StoreError
from smpsim.results.unpack import is_archive, unpacked
from smpsim.scenario.archived_files import shelved
from smpsim.scenario.problems import ScenarioError
from smpsim.studies.discover.result import RECORD as DISCOVERY_FILE
from smpsim.studies.verify.bitwise import Difference
from smpsim.studies.verify.rerun import VERBS, Order, Progress, named_in
from smpsim.studies.verify.result import Verification, compared_files, other_files

__all__ = ["Verification", "opened", "runs_of", "verified", "verify"]

STORES = ("", "search", "fresh")
"""Folders that may hold single runs."""


def verify(
    folder: str | Path,
    *,
    allow_code: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Run again what a folder holds, and compare all tables bit for bit.

    Nothing but the folder is read, and nothing in it is changed. Runs of a sweep, a search or a
    calibration take as much of the temporary folder as of the folder itself.

    Parameters
    ----------
    folder : str or Path
        What run, compare, explain, decide, report, rank, sweep, sensitivity, discover, search,
        validate, calibrate or forecast has written, or the file of `smpsim.pack`.
    allow_code : bool
        Execute the text of rules that the folder holds. Read it first: it is a program, which may
        do anything that you may.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Verification

    Raises
    ------
    StoreError
        If that is not possible: the folder holds no result, or one of an earlier version, or one
        with rules whose text is missing or must not be executed.

    Examples
    --------
    >>> smpsim.verify("results/porsche_manila").same  # doctest: +SKIP
    """
    with opened(folder) as where:
        return verified(where, Path(folder), allow_code, threads, progress)


def verified(
    where: Path,
    named: Path,
    allow_code: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Do what `verify` does with a folder that messages call by another name."""
    orders = _orders(where, named, allow_code)
    with tempfile.TemporaryDirectory(prefix="smpsim-") as temporary:
        again = Path(temporary)
        done = 0
        for order in orders:
            watched = replace(order, threads=threads, progress=continued(done, progress))
            _write(watched, again, named)
            done += _planned(order, named) or 0
        tables, differences = compared_files(where, again)
    more, unchecked = other_files(where, tables)
    verbs = tuple(str(order.recipe["verb"]) for order in orders)
    every = [*_of_recipes(where), *differences, *more]
    record = Record.read(where)
    changed = tuple(record.in_the_way(record.files))
    return Verification(named, verbs, tables, tuple(every), _versions(where), unchecked, changed)


def runs_of(where: Path, named: Path, allow_code: bool = False) -> int | None:
    """Return how many runs `verified` takes, or None if that is not known before."""
    counts = [_planned(order, named) for order in _orders(where, named, allow_code)]
    return None if None in counts else sum(count or 0 for count in counts)


@contextlib.contextmanager
def opened(folder: str | Path) -> Iterator[Path]:
    """Give the folder itself, or a temporary one with what an archive holds."""
    path = Path(folder)
    if is_archive(path):
        with unpacked(path) as where:
            yield where
    else:
        yield path


def _records(folder: Path) -> list[str]:
    """Return the files of a folder that say where its results come from."""
    found = [name for name in (PROVENANCE_FILE, DISCOVERY_FILE) if (folder / name).is_file()]
    return found or [PROVENANCE_FILE]


def _orders(folder: Path, named: Path, allow_code: bool) -> list[Order]:
    """Return what is to be run again, or raise `StoreError` if something can't be."""
    orders: list[Order] = []
    for name in _records(folder):
        recipe = read_facts(folder, name).get(RECIPE)
        if not isinstance(recipe, dict) or recipe.get("verb") not in VERBS:
            reason = (
                f"{name} does not contain what is needed to run it again, as it is from an "
                "earlier version"
            )
            raise StoreError("verify", named, reason)
        with _explained(named):
            lacking = [f"{kind} {one}" for kind, one, there in named_in(recipe) if not there]
            code = _OwnCode.of(recipe)
            code.check(named, allow_code)
            again = code.again()
        if lacking:
            raise StoreError("verify", named, f"{name} does not contain {shown_list(lacking)}")
        swept = orders[0].recipe if orders and orders[0].recipe["verb"] == "sweep" else None
        orders.append(
            Order(
                recipe,
                kind="parquet" if any(folder.glob("*.parquet")) else "csv",
                kept=any((folder / store / MANIFEST).is_file() for store in STORES),
                swept=swept,
                **again,
            )
        )
    return orders


@dataclass(frozen=True)
class _OwnCode:
    """What a recipe holds of a user's own, as it holds it; of a comparison by its sides."""

    rules: dict[str, Any]
    outcomes: dict[str, Any]

    @classmethod
    def of(cls, recipe: Mapping[str, Any]) -> _OwnCode:
        """Return what a recipe, or the sweep in it, holds."""
        rules, outcomes = (
            recipe.get(kind) or recipe.get("sweep", {}).get(kind) or {}
            for kind in ("rules", "own_outcomes")
        )
        if recipe["verb"] == "compare":
            return cls(rules, outcomes)
        return cls({"": rules}, {"": outcomes})

    @property
    def functions(self) -> list[dict[str, Any]]:
        """Return all that is executed, by name."""
        measuring = [
            {name: function}
            for side in self.outcomes.values()
            for name, one in side.items()
            for function in one["functions"].values()
        ]
        return [*self.rules.values(), *measuring]

    def check(self, folder: Path, allow_code: bool) -> None:
        """Raise `StoreError` if it can't be executed, or may not."""
        missing = [one for functions in self.functions for one in missing_in(functions)]
        if missing:
            raise StoreError("verify", folder, f"it cannot be run again: {shown_list(missing)}")
        names = sorted({name for functions in self.functions for name in functions})
        if names and not allow_code:
            ruled = any(self.rules.values())
            kinds = [*(["rules"] * ruled), *(["outcomes"] * any(self.outcomes.values()))]
            reason = (
                f"it has {' and '.join(kinds)} of its own ({shown_list(names)}), whose code "
                "would be executed; allowed: --run-code (allow_code=True), once you have read "
                f"them in {PROVENANCE_FILE}"
            )
            raise StoreError("verify", folder, reason)

    def again(self) -> dict[str, Any]:
        """Return what an `Order` needs of it."""
        rules = {side: rules_again(kept) for side, kept in self.rules.items()}
        outcomes = {side: outcomes_again(kept) for side, kept in self.outcomes.items()}
        if "" in rules:
            return {"rules": rules[""], "own_outcomes": outcomes[""]}
        return {"rules": rules, "own_outcomes": outcomes}


def _write(order: Order, again: Path, named: Path) -> None:
    recipe = order.recipe
    with _explained(named, bool(order.rules or order.own_outcomes)), _shelf(recipe):
        VERBS[recipe["verb"]].write(order, again)


def _planned(order: Order, named: Path) -> int | None:
    with _explained(named), _shelf(order.recipe):
        return VERBS[order.recipe["verb"]].runs(order)


def _shelf(recipe: Mapping[str, Any]) -> contextlib.AbstractContextManager[None]:
    return shelved(recipe.get("scenarios", {}), recipe.get("actions", {}))


@contextlib.contextmanager
def _explained(folder: Path, code: bool = False) -> Iterator[None]:
    """Say why something can't be run again: what is stored may be damaged, or of another version.

    Parameters
    ----------
    folder : Path
    code : bool
        Text of the folder is executed, in which anything may go wrong.
    """
    try:
        yield
    except (ScenarioError, RequestError) as error:
        first = str(error).splitlines()[0]
        raise StoreError("verify", folder, f"this version refuses it: {first}") from error
    except StoreError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
        raise StoreError("verify", folder, f"it is damaged or refused ({reason})") from error
    except Exception as error:
        if not code:
            raise
        reason = f"its own code cannot be run: {type(error).__name__}: {error}"
        raise StoreError("verify", folder, reason) from error


def _of_recipes(folder: Path) -> list[Difference]:
    """Return the records whose recipe is not the one that its hash is of."""
    facts = {name: read_facts(folder, name) for name in _records(folder)}
    return [
        Difference(name, "its recipe does not match its hash")
        for name, one in facts.items()
        if digest(one[RECIPE]) != one.get(RECIPE_HASH)
    ]


def _versions(folder: Path) -> dict[str, tuple[Any, Any]]:
    """Return versions that differ from those of today."""
    found: dict[str, tuple[Any, Any]] = {}
    for name in _records(folder):
        facts = read_facts(folder, name)
        stored = {**facts.get("versions", {}), "commit": facts.get("commit")}
        stored["model"] = facts.get("model")
        known = versions()
        more = [one for one in stored if one not in (*known, "commit", "model")]
        now = {**versions(*more), "commit": commit(), "model": model_digest()}
        found |= {key: (stored[key], now[key]) for key in stored if stored[key] != now[key]}
    return found
