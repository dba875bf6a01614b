"""Which mutants there are, in which order they are tried, and the table of what became of them.

See ``tests/mutation.py``, which tries them.
"""

from __future__ import annotations

import ast
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "mutation"
TREE = FOLDER / "tree"
SESSION = FOLDER / "mutants.sqlite"  # of cosmic-ray, whose cr-report and cr-html read it too
ROUNDS = FOLDER / "rounds.json"  # how many mutants had been tried when tests were written
TABLE = ROOT / "tests" / "reference" / "mutants.csv"
SEED = 1
ROOMS = ("agents", "world")
RECORDED = "test_a_small_world_comes_to"
KEY = ["file", "function", "before", "after"]
COLUMNS = [*KEY, "killed_by", "round", "places", "why"]
EQUIVALENT = "equivalent"  # how the reason begins for which no test can notice a mutant
AGAIN = "again: "  # before what is noted of a mutant that has once survived
# what a number cannot do ends in an error at once, and would only make the share look better
POINTLESS = re.compile(
    r"(Is|IsNot|BitOr|BitAnd|BitXor|LShift|RShift|Invert)$|RemoveDecorator|Variable"
)


def sources(root: Path) -> dict[Path, str]:
    """Return the texts of the files of rules."""
    files = [path for room in ROOMS for path in sorted((root / "smpsim" / room).glob("*.py"))]
    return {path: path.read_text(encoding="utf-8") for path in files}


def annotated(path: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where the annotations of a file are, which nothing evaluates."""
    notes = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        notes += [
            value
            for name in ("annotation", "returns")
            if isinstance(value := getattr(node, name, None), ast.expr)
        ]
    return [
        ((n.lineno, n.col_offset), (n.end_lineno or n.lineno, n.end_col_offset or 0)) for n in notes
    ]


class Listed:
    """What cosmic-ray writes its mutants to, in place of a session: a list."""

    def clear(self) -> None:
        """Begin."""

    def add_work_items(self, items: Iterable[Any]) -> None:
        """Keep the mutants."""
        self.items = list(items)


def list_mutants() -> None:
    """Write a session of cosmic-ray: one mutant a place, at random, places in random order."""
    from cosmic_ray.commands.init import init
    from cosmic_ray.work_db import use_db
    from cosmic_ray.work_item import WorkItem

    files = list(sources(TREE))
    notes = {path: annotated(path) for path in files}
    listed = Listed()
    init(files, listed, {})  # type: ignore[arg-type]
    at: dict[Any, list[Any]] = defaultdict(list)
    for item in listed.items:
        mutation = item.mutations[0]
        start, path = mutation.start_pos, mutation.module_path
        if POINTLESS.search(mutation.operator_name) or any(a <= start < b for a, b in notes[path]):
            continue
        at[path, start, mutation.end_pos].append(mutation)
    chance = random.Random(SEED)
    chosen = [chance.choice(at[place]) for place in chance.sample(sorted(at), len(at))]
    with use_db(SESSION) as session:
        session.add_work_items(
            WorkItem.single(f"{number:05}", mutation) for number, mutation in enumerate(chosen)
        )


def rounds() -> list[int]:
    """Return how many mutants had been tried before each time that tests were written."""
    return json.loads(ROUNDS.read_text(encoding="utf-8")) if ROUNDS.exists() else []


def mutants(session: Any) -> list[tuple[str, Any]]:
    """Return the mutants of a session in their order, with their names."""
    items = sorted(session.work_items, key=lambda item: item.job_id)
    return [(item.job_id, item.mutations[0]) for item in items]


def changed(diff: str) -> tuple[str, str]:
    """Return the lines of a mutant that differ, before and after."""
    lines = diff.split("\n")
    return tuple(
        " ".join(line[1:].strip() for line in lines if line[:1] == sign and line[:3] != sign * 3)
        for sign in "-+"
    )  # type: ignore[return-value]


def kind_of(result: Any) -> str:
    """Return what has killed a mutant, in a word or two; nothing if it survived."""
    if result.test_outcome.value == "survived":
        return ""
    if result.output.startswith(AGAIN):
        return "test written for it"
    if result.output == "timeout":
        return "timeout"
    return "recorded numbers" if RECORDED in result.output else "rules"


def key_of(mutation: Any, diff: str) -> tuple[str, ...]:
    """Return what names a mutant in the table."""
    path = mutation.module_path
    where = f"{path.parent.name}/{path.name}", mutation.definition_name or ""
    return (*where, *changed(diff))


def results_of(session: Any) -> dict[str, Any]:
    """Return what became of the mutants that were tried in a session."""
    return {job: one for job, one in session.results if one.worker_outcome.value == "normal"}


def written() -> pd.DataFrame:
    """Return the table as it was written before."""
    if not TABLE.exists():
        return pd.DataFrame(columns=COLUMNS)
    return pd.read_csv(TABLE, keep_default_na=False)


def keys_of(found: pd.DataFrame) -> set[tuple[str, ...]]:
    """Return what names the mutants of a table."""
    return set(found[KEY].itertuples(index=False, name=None))


def known_as_equivalent(session: Any) -> set[str]:
    """Return the mutants of a session that were found to come to the same."""
    noted = written()
    rows = keys_of(noted[noted["why"].str.startswith(EQUIVALENT)])
    results, places = results_of(session), dict(mutants(session))
    return {job for job, one in results.items() if key_of(places[job], one.diff) in rows}


def table() -> str:
    """Return what was found as a table, in the order in which it was tried.

    Rows of earlier sessions stay, as they are part of the sample.
    """
    from cosmic_ray.work_db import WorkDB, use_db

    with use_db(SESSION, WorkDB.Mode.open) as session:
        results, places = results_of(session), mutants(session)
    if not results:
        sys.exit("got no mutant that was tried; allowed: --minutes first")
    rows = [
        (*key_of(one, results[job].diff), kind_of(results[job]))
        for job, one in places
        if job in results
    ]
    found = pd.DataFrame(rows, columns=[*KEY, "killed_by"])
    noted, mine = written(), keys_of(found)
    earlier = noted[[key not in mine for key in noted[KEY].itertuples(index=False, name=None)]]
    # the order in which they were tried is that of the session, and tests were written before it
    first = earlier["round"].max() + 1 if len(earlier) else 0
    found["round"] = first + np.searchsorted(rounds(), np.arange(len(found)), side="right")
    found["places"] = len(places)
    why = noted[[*KEY, "why"]].drop_duplicates(KEY)
    found = found.merge(why, on=KEY, how="left").fillna({"why": ""})
    found.loc[found["killed_by"] != "", "why"] = ""
    return pd.concat([earlier, found])[COLUMNS].to_csv(index=False, lineterminator="\n")
