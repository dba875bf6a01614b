"""A sweep as a folder: what is written beside its runs, and the same read back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from smpsim.results.columns import currency_of
from smpsim.results.datapackage import PACKAGE_FILE, DataPackage
from smpsim.results.dataset import Dataset, encoded
from smpsim.results.files import KINDS, PROVENANCE_FILE, Staged, StoreError, as_json
from smpsim.results.outcomes import remember_facts
from smpsim.results.provenance import complete
from smpsim.results.spreadsheet import as_csv
from smpsim.scenario import Scenario, load
from smpsim.scenario.problems import ScenarioError
from smpsim.studies.sweep.about import ABOUT
from smpsim.studies.sweep.result import DESIGNS_CSV, DESIGNS_FILE, SCENARIOS_FILE, STUDY_FILE, Sweep
from smpsim.studies.sweep.study import SweepStudy

JSON_TEXT = {b"smpsim": b"json"}
"""Marks columns of designs whose cells are JSON."""


DAMAGED = "it is damaged, or from another version of smpsim; run the sweep again"


def write_study(
    study: SweepStudy,
    scenarios: Mapping[str, Scenario],
    designs: pd.DataFrame,
    provenance: Mapping[str, Any],
    folder: Path,
) -> None:
    """Write a study, its scenarios as they are now, its designs and origin beside the runs."""
    facts = study.model_dump(mode="json", by_alias=True)
    text = (json.dumps(facts, indent=2) + "\n").encode()
    whole = {name: one.model_dump(mode="json") for name, one in scenarios.items()}
    kept = (json.dumps(whole, indent=2) + "\n").encode()
    table = encoded(_as_arrow(designs))
    origin = as_json(complete(provenance))
    shown = _as_arrow(designs).to_pandas()
    package = DataPackage(Sweep.VERB, study.name, ABOUT, currency_of(scenarios.values()))
    package.add("designs", shown, KINDS)
    package.add_runs(folder, Sweep.STORES)
    with Staged(folder) as staged:
        staged.write(STUDY_FILE, lambda file: file.write(text))
        staged.write(SCENARIOS_FILE, lambda file: file.write(kept))
        staged.write(DESIGNS_FILE, lambda file: file.write(table))
        staged.write(DESIGNS_CSV, lambda file: file.write(as_csv(shown, index=False).encode()))
        staged.write(PROVENANCE_FILE, lambda file: file.write(origin))
        described = package.content(folder)
        staged.write(PACKAGE_FILE, lambda file: file.write(described))
        staged.publish()


def _as_arrow(designs: pd.DataFrame) -> pa.Table:
    columns: dict[str, Any] = {"design": pa.array(np.arange(len(designs), dtype=np.int32))}
    marked = set()
    for key in designs.columns:
        column = designs[key]
        if column.dtype == object or pd.api.types.is_string_dtype(column):
            # values of several kinds, such as null beside numbers, stand as JSON text
            alike = all(isinstance(one, str) for one in column)
            cells = [one if alike else json.dumps(one) for one in column]
            columns[str(key)] = pa.array(cells, pa.string())
            marked |= set() if alike else {str(key)}
        else:
            columns[str(key)] = pa.array(column.to_numpy())
    table = pa.table(columns)
    fields = [one.with_metadata(JSON_TEXT) if one.name in marked else one for one in table.schema]
    return table.cast(pa.schema(fields))


def _designs_in(folder: Path) -> pd.DataFrame:
    """Return the designs that a folder holds, as they were when it was written.

    Raises
    ------
    StoreError
        If they are missing or damaged.
    """
    path = folder / DESIGNS_FILE
    try:
        table = pq.read_table(path)
        found = pd.DataFrame(index=pd.RangeIndex(table.num_rows, name="design"))
        for one in table.schema:
            cells = table[one.name].to_pylist()
            if one.name == "design":
                continue
            if (one.metadata or {}).get(b"smpsim") == b"json":
                cells = [json.loads(cell) for cell in cells]
            text = pa.types.is_string(one.type)
            column = np.empty(len(cells), object)
            column[:] = cells
            found[one.name] = column if text else table[one.name].to_numpy()
    except OSError as error:
        raise StoreError.of("read", path, error) from error
    except ValueError as error:
        raise StoreError("read", path, DAMAGED) from error
    return found


def _origin_in(folder: Path) -> dict[str, Any]:
    """Return where the sweep of a folder comes from; nothing if an earlier version wrote it."""
    path = folder / PROVENANCE_FILE
    found = _read(path, dict, "there is none") if path.is_file() else {}
    return found if found.get("verb") == "sweep" else {}


def read_sweep(folder: str | Path) -> Sweep:
    """Return the sweep that a folder holds, without running anything.

    Nothing else is read: a scenario file may have changed or moved since.

    Raises
    ------
    StoreError
        If the folder holds no complete sweep, or one that is damaged or of another version.
    """
    where = Path(folder)
    study = _read(
        where / STUDY_FILE,
        SweepStudy.model_validate,
        "there is no such file, so the folder holds no completed sweep",
    )
    scenarios = _read(
        where / SCENARIOS_FILE,
        _scenarios,
        "there is no such file, because an earlier version of smpsim wrote the folder; run the "
        "sweep again",
    )
    # units and labels of outcomes that another process computed
    remember_facts((Dataset(where).manifest() or {"facts": {}})["facts"].get("own_outcomes", {}))
    return Sweep(study, scenarios, _designs_in(where), where, provenance=_origin_in(where))


def _scenarios(data: Any) -> dict[str, Scenario]:
    """Return scenarios by name from their plain data."""
    if not isinstance(data, dict) or not all(isinstance(one, dict) for one in data.values()):
        raise ValueError("no scenarios by name")
    return {name: load(one) for name, one in data.items()}


def _read(path: Path, made: Callable[[Any], Any], absent: str) -> Any:
    """Return what is made of a JSON file, or raise `StoreError`."""
    try:
        return made(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise StoreError("read", path, absent) from error
    except OSError as error:
        raise StoreError.of("read", path, error) from error
    except (ValueError, ScenarioError) as error:
        raise StoreError("read", path, DAMAGED) from error
