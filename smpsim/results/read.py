"""Results read back from the folders they were written into, and from nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from smpsim.results.files import PROVENANCE_FILE
from smpsim.results.provenance import RECIPE_HASH
from smpsim.results.result import Result
from smpsim.results.spreadsheet import FORMULA
from smpsim.results.store_error import StoreError
from smpsim.vocabulary import (
    ACCOUNT,
    ITEMS,
    PARTIES,
    SPELLS,
    STAGES,
    TRAJECTORY_COLUMNS,
    named_items,
)

ADDED = ("title", "start", "months", "currency", "programmes", "own_items")
"""What a `Result` adds to its provenance when it is written."""
# before 3.1 pandas read numbers faster than exactly; since then it refuses to be asked
OLD_PANDAS = tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1)
EXACT: dict[str, Any] = {"float_precision": "round_trip"} if OLD_PANDAS else {}
DAMAGED = "it is damaged, or from another version of smpsim"
OLDER = "there is no such file, so the folder holds no result of this version of smpsim"


def read_facts(folder: Path, name: str = PROVENANCE_FILE) -> dict[str, Any]:
    """Return what a folder says on the origin of its result.

    Raises
    ------
    StoreError
        If it says nothing.
    """
    path = folder / name
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise StoreError(
            "read", path, OLDER if folder.is_dir() else "there is no such folder"
        ) from (error)
    except OSError as error:
        raise StoreError.of("read", path, error) from error
    except (ValueError, RecursionError) as error:
        raise StoreError("read", path, DAMAGED) from error
    if not isinstance(found, dict) or not isinstance(found.get("verb"), str):
        raise StoreError("read", path, DAMAGED)
    return found


def read_result(folder: str | Path) -> Result:
    """Return the result that `smpsim.run` has written into a folder, without running anything.

    Nothing else is read: a scenario file may have changed or moved since.

    Parameters
    ----------
    folder : str or Path
        Of Parquet or CSV files.

    Returns
    -------
    Result
        As it was, but for single moves between stages: of these a folder holds the mean of the
        runs, which `Result.flows` gives.

    Raises
    ------
    StoreError
        If the folder holds no such result, or one that is damaged or of another version.

    Examples
    --------
    >>> smpsim.read_result("results/porsche_manila").summary()  # doctest: +SKIP
    """
    where = Path(folder)
    facts = read_facts(where)
    if facts["verb"] != "run":
        reason = f"got a result of {facts['verb']}; allowed: one of run"
        raise StoreError("read", where, reason)
    missing = [name for name in (*ADDED, "replications") if name not in facts]
    if missing:
        raise StoreError("read", where / PROVENANCE_FILE, f"{missing[0]} is missing, {DAMAGED}")
    try:
        return _result(where, facts)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise StoreError("read", where, f"{DAMAGED} ({error})") from error


def _result(folder: Path, facts: dict[str, Any]) -> Result:
    programmes = list(facts["programmes"])
    shape = (int(facts["replications"]), int(facts["months"]), len(programmes))
    own = dict(facts["own_items"])
    flat = read_table(folder, "trajectories")[list(TRAJECTORY_COLUMNS)].to_numpy(float)
    return Result(
        title=facts["title"],
        start=facts["start"],
        currency=facts["currency"],
        programmes=programmes,
        own_items=own,
        trajectory_array=flat.reshape(*shape, len(TRAJECTORY_COLUMNS)),
        ledger_array=_ledger(read_table(folder, "ledger"), programmes, shape, own),
        flow_array=_flows(read_table(folder, "flows"), programmes),
        loss_array=_losses(read_table(folder, "losses_monthly"), programmes, shape),
        spell_array=_spells(read_table(folder, "spells"), programmes, shape),
        outcome_table=_outcomes(read_table(folder, "outcomes")),
        second_look=(
            _outcomes(read_table(folder, "second_look")) if _has(folder, "second_look") else None
        ),
        life=read_table(folder, "trainees") if _has(folder, "trainees") else None,
        provenance={key: value for key, value in facts.items() if key not in (*ADDED, RECIPE_HASH)},
    )


def _outcomes(table: pd.DataFrame) -> pd.DataFrame:
    """Return outcomes as runs give them; counts are written as integers."""
    index = ["run", "programme"]
    return pd.concat([table[index], table.drop(columns=index).astype(float)], axis=1)


def _ledger(
    table: pd.DataFrame, programmes: Sequence[str], shape: tuple[int, ...], own: dict[str, str]
) -> np.ndarray:
    found = np.zeros((*shape, len(ITEMS), len(PARTIES)))
    places = (
        table["run"].to_numpy(int),
        table["month"].to_numpy(int),
        _places(table["programme"], programmes),
        _places(table["item"], named_items(own)[0]),
        _places(table["payer"], PARTIES),
    )
    found[places] = table["amount"].to_numpy(float)
    return found


def _flows(table: pd.DataFrame, programmes: Sequence[str]) -> np.ndarray:
    found = np.zeros((1, len(programmes), len(STAGES), len(STAGES)))
    places = (
        _places(table["programme"], programmes),
        _places(table["from"], STAGES),
        _places(table["to"], STAGES),
    )
    found[0][places] = table["people"].to_numpy(float)
    return found


def _losses(table: pd.DataFrame, programmes: Sequence[str], shape: tuple[int, ...]) -> np.ndarray:
    found = np.zeros((*shape, len(ACCOUNT)), np.int32)
    places = (
        table["run"].to_numpy(int),
        table["month"].to_numpy(int),
        _places(table["programme"], programmes),
        _places(table["line"], ACCOUNT),
    )
    found[places] = table["people"].to_numpy(int)
    return found


def _spells(table: pd.DataFrame, programmes: Sequence[str], shape: tuple[int, ...]) -> np.ndarray:
    runs, months, number = shape
    found = np.zeros((runs, number, len(SPELLS), months + 1), np.int32)
    places = (
        table["run"].to_numpy(int),
        _places(table["programme"], programmes),
        _places(table["spell"], SPELLS),
        table["months"].to_numpy(int),
    )
    found[places] = table["people"].to_numpy(int)
    return found


def _places(names: pd.Series, known: Sequence[str]) -> np.ndarray:
    found = pd.Index(list(known)).get_indexer(pd.Index(names))
    if (found < 0).any():
        raise ValueError(f"got {names[found < 0].iloc[0]!r}; allowed: {', '.join(known)}")
    return np.asarray(found)


def _has(folder: Path, name: str) -> bool:
    return any((folder / f"{name}.{kind}").is_file() for kind in ("parquet", "csv"))


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of a folder, from its Parquet file or else from its CSV file.

    Raises
    ------
    StoreError
        If there is no such table, or it can't be read.
    """
    path = folder / f"{name}.parquet"
    try:
        if path.is_file():
            return pd.read_parquet(path)
        path = folder / f"{name}.csv"
        found = pd.read_csv(path, keep_default_na=False, na_values=[""], **EXACT)
    except FileNotFoundError as error:
        raise StoreError("read", path, OLDER) from error
    except OSError as error:
        raise StoreError.of("read", path, error) from error
    except ValueError as error:
        raise StoreError("read", path, DAMAGED) from error
    for column in found.columns:
        if not pd.api.types.is_numeric_dtype(found[column]):
            found[column] = found[column].map(_plain)
    return found


def _plain(value: Any) -> Any:
    """Return text without the apostrophe that keeps spreadsheets from calculating it."""
    guarded = isinstance(value, str) and value[:1] == "'" and value[1:].startswith(FORMULA)
    return value[1:] if guarded else value
