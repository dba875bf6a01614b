"""``datapackage.json``: the tables of a folder with type, meaning and unit of each column.

It follows Frictionless Data Package 2.0 and can be read as 1.0; ``unit`` is an addition of ours.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.results.columns import Column, Description, column_of
from smpsim.results.manifest import Record
from smpsim.results.spreadsheet import flat

PACKAGE_FILE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
MEDIA = {"parquet": "application/vnd.apache.parquet", "csv": "text/csv"}
RUNS_OF = "Single runs in chunks, which belong together in this order"
Columns = Mapping[str, Mapping[str, Column]]


class DataPackage:
    """The description of a folder, built up from its tables as they are written.

    Parameters
    ----------
    verb : str
        What made the tables.
    title : str
    about : Description
        Of the result.
    currency : str
    """

    def __init__(self, verb: str, title: str, about: Description, currency: str) -> None:
        self._head = {
            "$schema": PROFILE,
            "profile": "data-package",
            "name": f"smpsim-{verb}",
            "title": f"{title}: smpsim {verb}",
            "description": "Exploratory result of a model, not an observation. "
            f"{about.question} {about.intervals}",
        }
        self._about = about
        self._currency = currency
        self._resources: dict[str, dict[str, Any]] = {}

    def add(self, name: str, table: pd.DataFrame, kinds: Iterable[str]) -> None:
        """Describe a table and the files that hold it.

        Parameters
        ----------
        name : str
        table : DataFrame
        kinds : iterable of str
            ``"parquet"``, ``"csv"``, or both.
        """
        rows = flat(table)
        columns = {str(one): _type_of(rows[one]) for one in rows.columns}
        for kind in kinds:
            self._add(f"{name}.{kind}", f"{name}.{kind}", name, columns)

    def _add(
        self, name: str, path: str | list[str], table: str, columns: Mapping[str, str]
    ) -> None:
        first = path if isinstance(path, str) else path[0]
        kind = Path(first).suffix.removeprefix(".")
        self._resources[name] = {
            "name": name.lower(),
            "type": "table",
            "path": path,
            "description": self._about.tables.get(table, RUNS_OF),
            "format": kind,
            "mediatype": MEDIA[kind],
            **({"encoding": "utf-8"} if kind == "csv" else {}),
            "schema": {"fields": list(self._fields(table, columns))},
        }

    def _fields(self, table: str, columns: Mapping[str, str]) -> Iterator[dict[str, str]]:
        for name, kind in columns.items():
            says = column_of(name, table, self._about.columns, self._currency)
            described = {"description": says.meaning, "unit": says.unit}
            known = {key: text for key, text in described.items() if text}
            yield {"name": name, "type": kind, **known}

    def add_runs(self, folder: Path, stores: Iterable[str]) -> None:
        """Describe the single runs that a folder keeps in chunks.

        Parameters
        ----------
        folder : Path
        stores : iterable of str
            Names of folders inside it that may hold runs; an empty one is the folder itself.
        """
        # commands that only list files do without it
        from pyarrow.parquet import read_schema

        from smpsim.results.dataset import Dataset

        for store in stores:
            kept = Dataset(folder / store)
            chunks = int((kept.manifest() or {"chunks": 0})["chunks"])
            paths = [kept.path(number) for number in range(chunks)]
            if paths and all(path.is_file() for path in paths):
                columns = {one.name: _arrow_type(str(one.type)) for one in read_schema(paths[0])}
                names = [path.relative_to(folder).as_posix() for path in paths]
                self._add("-".join([*([store] if store else []), "runs"]), names, "runs", columns)

    def content(self, folder: Path, gone: Iterable[str] = (), *, beside: bool = False) -> bytes:
        """Return the content of the file; what it says of other tables of the folder stays.

        Parameters
        ----------
        folder : Path
        gone : iterable of str
            Files that are removed.
        beside : bool
            The result stands beside another one, whose title stays too.
        """
        before = _before(folder)
        ours, removed = Record.read(folder).files, set(gone)
        kept = {
            str(one.get("path")): one
            for one in before.get("resources", [])
            if isinstance(one.get("path"), str)
            and one["path"] in ours
            and one["path"] not in removed
            and os.path.lexists(folder / one["path"])
        }
        runs = {
            one["name"]: one
            for one in before.get("resources", [])
            if isinstance(one.get("path"), list) and (folder / one["path"][0]).is_file()
        }
        known = {key: before[key] for key in self._head if key in before} if beside else {}
        resources = {**runs, **kept, **self._resources}
        ordered = [resources[name] for name in sorted(resources)]
        whole = {**self._head, **known, "resources": ordered}
        return (json.dumps(whole, indent=1, ensure_ascii=False) + "\n").encode()


def _before(folder: Path) -> dict[str, Any]:
    """Return what the file says now; nothing if there is none of ours."""
    record = Record.read(folder)
    path = folder / PACKAGE_FILE
    if PACKAGE_FILE not in record.files or not path.is_file() or not record.is_ours(PACKAGE_FILE):
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    return found if isinstance(found, dict) else {}


def _type_of(column: pd.Series) -> str:
    """Return the type of a column as Table Schema calls it."""
    known = _arrow_type(str(column.dtype))
    if known != "any":
        return known
    values = [one for one in column.tolist() if not _missing(one)]
    for kind, name in ((bool, "boolean"), (str, "string")):
        if values and all(isinstance(one, kind) for one in values):
            return name
    numbers = values and all(isinstance(one, (int, float)) for one in values)
    return "number" if numbers else "any"


def _missing(value: Any) -> bool:
    return value is None or value is pd.NA or value != value


_TYPES = (
    ("bool", "boolean"),
    ("int", "integer"),
    ("double", "number"),
    ("float", "number"),
    ("str", "string"),
)


def _arrow_type(kind: str) -> str:
    """Return the type of a column from its name in pandas or Arrow."""
    return next((word for part, word in _TYPES if part in kind.lower()), "any")
