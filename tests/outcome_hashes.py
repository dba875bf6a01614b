"""What every scenario of the catalogue comes to: a guard for changes that must not change numbers.

Run by hand, from the root of the repository:

    python tests/outcome_hashes.py --write FILE    exact digests, before a change
    python tests/outcome_hashes.py --check FILE    the same after it: is every bit as it was?
    python tests/outcome_hashes.py --table         the tables in ``tests/reference`` anew

Digests are exact and so hold for one machine and one version of numba only. The tables, which
tests compare, hold whole numbers and amounts to ten significant digits, and hold everywhere.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import small_worlds

from smpsim.ensemble import COUNTS, Runs, run, simulate
from smpsim.scenario import Scenario, action_names, load, names
from smpsim.vocabulary import ITEMS, TRAJECTORY_COLUMNS
from smpsim.world.blueprint import blueprint

RUNS = 3
TABLE = Path(__file__).parent / "reference" / "outcomes.csv"
STATES = ("mean_trust", "mean_alignment", "seats_factor")
"""Columns of the trajectory whose last value stands in the table, beside counts and amounts."""


def designs() -> Iterator[tuple[str, Scenario]]:
    """Yield every scenario that can be run, and the reference with each action added."""
    for entry in names():
        if not entry.part:
            yield entry.name, load(entry.path)
    for action in action_names():
        yield f"reference with {action.name}", load("reference", actions=[action.name])


def simulated(design: Scenario) -> Runs:
    """Return a few runs of a scenario with its own seed."""
    return simulate(blueprint(design), design.seed, range(RUNS), threads=1)


def rows(name: str, design: Scenario) -> pd.DataFrame:
    """Return one row a run and programme: counts, months waited, amounts by item, last states."""
    runs = simulated(design)
    programmes = [programme.name for programme in design.programmes]
    columns: dict[str, np.ndarray] = {
        "scenario": np.repeat(name, RUNS * len(programmes)),
        "programme": np.tile(programmes, RUNS),
        "run": np.repeat(np.arange(RUNS), len(programmes)),
    }
    for place, count in enumerate(COUNTS):
        columns[count] = runs.counts[:, :, place].reshape(-1)
    columns["waited"] = (runs.waits * np.arange(runs.waits.shape[-1])).sum(axis=-1).reshape(-1)
    for place, item in enumerate(ITEMS):
        columns[item] = runs.totals[:, 0, :, place].sum(axis=-1).reshape(-1)
    for state in STATES:
        place = TRAJECTORY_COLUMNS.index(state)
        columns[state] = runs.trajectories[:, -1, :, place].reshape(-1)
    return pd.DataFrame(columns)


def digests(design: Scenario) -> dict[str, str]:
    """Return a hash of each table of a few runs, every bit of it."""
    result = run(design, replications=RUNS, threads=1, trainees=True)
    tables = {
        "outcomes": result.outcomes(),
        "trajectories": result.trajectories(),
        "ledger": result.ledger(),
        "flows": result.flows(),
        "trainees": result.trainees(),
    }
    return {name: _digest(table) for name, table in tables.items()}


def _digest(table: pd.DataFrame) -> str:
    digest = hashlib.sha256()
    for name, column in table.items():
        digest.update(str(name).encode())
        values = column.to_numpy()
        if values.dtype == object:
            digest.update("\n".join(map(str, values)).encode())
        else:
            digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()[:16]


def written(table: pd.DataFrame, index: bool = False) -> str:
    """Return a table as the reference file holds it."""
    return table.to_csv(index=index, float_format="%.10g", lineterminator="\n")


def main() -> int:
    """Write or check what the arguments name; return 1 if something differs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--write", type=Path, metavar="FILE", help="write exact digests")
    what.add_argument("--check", type=Path, metavar="FILE", help="compare with exact digests")
    what.add_argument("--table", action="store_true", help="write the tables anew")
    chosen = parser.parse_args()
    if chosen.table:
        TABLE.write_text(written(pd.concat([rows(*one) for one in designs()])), encoding="utf-8")
        small = written(small_worlds.table(), index=True)
        small_worlds.TABLE.write_text(small, encoding="utf-8")
        return 0
    found = {name: digests(design) for name, design in designs()}
    if chosen.write:
        chosen.write.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        print(f"{len(found)} scenarios written")
        return 0
    before = json.loads(chosen.check.read_text(encoding="utf-8"))
    differing = 0
    for name in dict.fromkeys([*before, *found]):
        old, new = before.get(name, {}), found.get(name, {})
        parts = [part for part in {**old, **new} if old.get(part) != new.get(part)]
        if parts:
            differing += 1
            print(f"{name}: {', '.join(parts)} differ")
    print(f"{len(found)} scenarios, {differing} differ")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
