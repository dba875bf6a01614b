"""A folder of results as one file for others: a zip that is a Process Run Crate.

It follows RO-Crate 1.1 and its profile Process Run Crate 0.5: smpsim is the software, each command
an action, scenarios and settings what it was applied to, tables and pictures what came of it.
``datapackage.json`` states the unit of each column. The same folder gives the same bytes: files
are sorted, not compressed (each library compresses in its own way), and all have one time stamp.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import stat
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from smpsim.results.archive import read_facts
from smpsim.results.dataset import CHECKSUMS, MANIFEST, RUNS, Dataset
from smpsim.results.errors import StoreError
from smpsim.results.files import PROVENANCE_FILE
from smpsim.results.provenance import RECIPE
from smpsim.results.staged import Staged
from smpsim.results.units import is_money, unit_of
from smpsim.results.written import RECORD_FILE, Record
from smpsim.scenario.errors import RequestError, shown_list
from smpsim.vocabulary import TRAJECTORY_COLUMNS

METADATA, PACKAGE_FILE = "ro-crate-metadata.json", "datapackage.json"
CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    "https://w3id.org/ro/terms/workflow-run/context",
]
CRATE = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
PROFILE_VERSION = "0.5"
RECORDS = (PROVENANCE_FILE, "discovery_provenance.json")
INPUTS = (".yaml", ".json")
MEDIA = {
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
    ".png": "image/png",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".txt": "text/plain",
    ".sha256": "text/plain",
}
FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can state


def pack(folder: str | Path, out: str | Path | None = None, *, date: str | None = None) -> Path:
    """Pack a folder of results into one zip file, as a Process Run Crate.

    Only files that smpsim wrote are packed, as it wrote them; links are not followed.

    Parameters
    ----------
    folder : str or Path
        What a command has written.
    out : str or Path, optional
        The file; beside the folder, with its name and ``.zip``, when left out.
    date : str, optional
        Day of the runs, such as ``"2026-03-01"``; that on which the folder was written when left
        out. Results themselves state no date.

    Returns
    -------
    Path

    Raises
    ------
    StoreError
        If the folder holds no result, a file of it is missing or has been changed since, or the
        archive can't be written.
    RequestError
        If the date is none, or the archive would lie in the folder.

    Examples
    --------
    >>> smpsim.pack("results/porsche_manila")  # doctest: +SKIP
    """
    where = Path(folder)
    records = {name: read_facts(where, name) for name in RECORDS if (where / name).is_file()}
    if not records:
        # which says what is missing
        read_facts(where)
    day = _day(where, date)
    resolved = where.resolve()
    target = resolved.with_name(f"{resolved.name}.zip") if out is None else Path(out)
    if resolved in target.resolve().parents:
        raise RequestError(f"out: found {str(target)!r}, allowed: a file outside of the folder")
    contents = {name: where / name for name in sorted(_ours(where))}
    made = _described(where, records, contents, day)

    def write(file: Any) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for name in sorted([*contents, *made]):
                content = made.get(name)
                archive.writestr(
                    _entry(name), _content(where, name) if content is None else content
                )

    with Staged(target.parent) as staged:
        staged.check([target.name])
        staged.write(target.name, write)
        staged.publish()
    return target


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, FIRST_DATE)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    return entry


def _day(folder: Path, given: str | None) -> str:
    """Return the day of the runs."""
    if given is not None:
        try:
            return date.fromisoformat(given).isoformat()
        except (ValueError, TypeError):
            allowed = "a day such as 2026-03-01"
            raise RequestError(f"date: found {given!r}, allowed: {allowed}") from None
    record = folder / RECORD_FILE
    try:
        return datetime.fromtimestamp(record.lstat().st_mtime, UTC).date().isoformat()
    except OSError as error:
        raise StoreError.of("read", record, error) from error


def _ours(folder: Path) -> Iterator[str]:
    """Yield the names of all files that smpsim wrote, single runs included.

    Raises
    ------
    StoreError
        If one is missing, a link, or not as it was written.
    """
    wrong = []
    for store in ("", *sorted(_stores(folder))):
        where = folder / store if store else folder
        before = f"{store}/" if store else ""
        record = Record.read(where)
        names = [*record.files, *([RECORD_FILE] if record.files else [])]
        missing = [name for name in record.files if not os.path.lexists(where / name)]
        wrong += [f"{before}{name}" for name in (*missing, *record.in_the_way(record.files))]
        yield from (f"{before}{name}" for name in names)
        if MANIFEST in record.files:
            dataset = Dataset(where)
            for number in range(int((dataset.manifest() or {"chunks": 0})["chunks"])):
                path = dataset.path(number)
                checksum = f"{CHECKSUMS}/{path.stem}.sha256"
                linked = any((where / part).is_symlink() for part in (RUNS, CHECKSUMS, checksum))
                if linked or path.is_symlink() or dataset.content(number) is None:
                    wrong.append(f"{before}{RUNS}/{path.name}")
                yield from (f"{before}{RUNS}/{path.name}", f"{before}{checksum}")
    if wrong:
        reason = f"found {shown_list(wrong)} missing, or changed since smpsim wrote it"
        raise StoreError("pack", folder, f"{reason}, allowed: the folder as it was written")


def _stores(folder: Path) -> list[str]:
    """Return the folders inside that smpsim keeps single runs in; never links."""
    return [
        path.name
        for path in folder.iterdir()
        if path.is_dir() and not path.is_symlink() and (path / RECORD_FILE).is_file()
    ]


def _content(folder: Path, name: str) -> bytes:
    """Return the content of a file, not of what a link leads to."""
    path = folder / name
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(handle, "rb") as file:
            return file.read()
    except OSError as error:
        raise StoreError.of("read", path, error) from error


def _described(
    folder: Path, records: Mapping[str, Mapping[str, Any]], paths: Iterable[str], day: str
) -> dict[str, bytes]:
    """Return the files that describe the others."""
    names = list(paths)
    tables = _data_package(folder, records, names)
    content = {PACKAGE_FILE: _as_json(tables)}
    sizes = {}
    for name in names:
        data = _content(folder, name)
        sizes[name] = (len(data), hashlib.sha256(data).hexdigest())
    for name, data in content.items():
        sizes[name] = (len(data), hashlib.sha256(data).hexdigest())
    graph = _graph(folder, records, sizes, day)
    content[METADATA] = _as_json({"@context": CONTEXT, "@graph": graph})
    return content


def _as_json(data: Any) -> bytes:
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def _graph(
    folder: Path,
    records: Mapping[str, Mapping[str, Any]],
    sizes: Mapping[str, tuple[int, str]],
    day: str,
) -> list[dict[str, Any]]:
    """Return the entities of the crate."""
    files = [
        {
            "@id": quote(name),
            "@type": "File",
            "name": name,
            "encodingFormat": MEDIA.get(Path(name).suffix, "application/octet-stream"),
            "contentSize": str(size),
            "sha256": digest,
        }
        for name, (size, digest) in sorted(sizes.items())
    ]
    first = next(iter(records.values()))
    title = str(first.get("title") or first.get("scenario") or first.get("study") or folder.name)
    actions: list[dict[str, Any]] = []
    settings: list[dict[str, Any]] = []
    software: dict[str, dict[str, Any]] = {}
    for record, facts in records.items():
        action, values = _action(record, facts, records, sizes, day)
        actions.append(action)
        settings += values
        software |= {one["@id"]: one for one in _software(facts)}
    verbs = " and ".join(str(facts["verb"]) for facts in records.values())
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"{title}: {verbs}",
        "description": f"Results of smpsim {verbs}, with all that runs it again: exploratory "
        "output of a model, not an observation.",
        "datePublished": day,
        "conformsTo": {"@id": PROFILE},
        "hasPart": [{"@id": one["@id"]} for one in files],
        "mentions": [{"@id": one["@id"]} for one in actions],
    }
    head = {
        "@id": METADATA,
        "@type": "CreativeWork",
        "conformsTo": {"@id": CRATE},
        "about": {"@id": "./"},
    }
    profile = {
        "@id": PROFILE,
        "@type": "CreativeWork",
        "name": "Process Run Crate",
        "version": PROFILE_VERSION,
    }
    return [head, root, profile, *software.values(), *actions, *settings, *files]


def _software(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return smpsim and the packages that decide its numbers."""
    known = {name: str(number) for name, number in facts.get("versions", {}).items()}
    needed = [
        {
            "@id": f"#{name}",
            "@type": "SoftwareApplication",
            "name": name,
            "softwareVersion": number,
        }
        for name, number in known.items()
        if name != "smpsim"
    ]
    commit = f", commit {facts['commit']}" if facts.get("commit") else ""
    smpsim = {
        "@id": "#smpsim",
        "@type": "SoftwareApplication",
        "name": "smpsim",
        "description": "An agent-based simulator of Skills Mobility Partnerships",
        "softwareVersion": f"{known.get('smpsim', 'unknown')}{commit}",
        "identifier": f"model {facts.get('model')}",
        "softwareRequirements": [{"@id": one["@id"]} for one in needed],
    }
    return [smpsim, *needed]


def _action(
    record: str,
    facts: Mapping[str, Any],
    records: Mapping[str, Any],
    sizes: Mapping[str, Any],
    day: str,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return what was done, and the settings it was done with."""
    verb = str(facts["verb"])
    # of two results in a folder one has its verb in the names of its files
    mine = record != PROVENANCE_FILE
    names = [
        name
        for name in sizes
        if len(records) == 1 or name.startswith("discovery") == mine or name == PACKAGE_FILE
    ]
    inputs = [name for name in names if _is_input(name)]
    results = [name for name in names if not _is_input(name) and Path(name).name != RECORD_FILE]
    options = {**facts.get(RECIPE, {}).get("options", {}), "seed": facts.get("seed")}
    values = [
        {
            "@id": f"#{verb}-{name}",
            "@type": "PropertyValue",
            "name": name,
            "value": value if isinstance(value, (bool, int, float, str)) else json.dumps(value),
        }
        for name, value in options.items()
        if value is not None
    ]
    action = {
        "@id": f"#{verb}",
        "@type": "CreateAction",
        "name": f"smpsim {verb}",
        "description": f"smpsim {verb} of {facts.get('scenario') or facts.get('study') or ''}",
        "endTime": day,
        "actionStatus": {"@id": "http://schema.org/CompletedActionStatus"},
        "instrument": {"@id": "#smpsim"},
        "object": [{"@id": quote(name)} for name in inputs] + [{"@id": v["@id"]} for v in values],
        "result": [{"@id": quote(name)} for name in results],
    }
    return action, values


def _is_input(name: str) -> bool:
    """Return whether a file says what was run: scenarios, study and recipe."""
    known = name != PACKAGE_FILE and Path(name).name not in (MANIFEST, RECORD_FILE)
    return known and Path(name).suffix in INPUTS


def _data_package(
    folder: Path, records: Mapping[str, Mapping[str, Any]], names: Iterable[str]
) -> dict[str, Any]:
    """Return the tables with a type and a unit for each column."""
    first = next(iter(records.values()))
    currency = str(first.get("currency") or _currency(first))
    tables = [
        {
            "name": name.lower().replace("/", "-"),
            "path": name,
            "format": Path(name).suffix.removeprefix("."),
            "mediatype": MEDIA[Path(name).suffix],
            "schema": {"fields": list(_fields(_content(folder, name), name, currency))},
        }
        for name in sorted(names)
        if Path(name).suffix in (".parquet", ".csv")
    ]
    return {"profile": "data-package", "name": f"smpsim-{first['verb']}", "resources": tables}


def _currency(facts: Mapping[str, Any]) -> str:
    """Return the currency of the scenarios, if they have one in common."""
    recipe = facts.get(RECIPE, {})
    scenarios = {**recipe.get("sweep", {}), **recipe}.get("scenarios", {})
    found = {str(one.get("currency")) for one in scenarios.values()}
    return found.pop() if len(found) == 1 else "currency of the scenario"


def _fields(content: bytes, name: str, currency: str) -> Iterator[dict[str, Any]]:
    import pandas as pd
    import pyarrow.parquet as pq

    if name.endswith(".parquet"):
        schema = pq.read_schema(io.BytesIO(content))
        columns = {one.name: str(one.type) for one in schema}
    else:
        table = pd.read_csv(io.BytesIO(content), nrows=1000)
        columns = {str(one): str(table[one].dtype) for one in table.columns}
    for column, kind in columns.items():
        unit = _unit(column, currency)
        known = next((word for part, word in _KINDS if part in kind), "any")
        yield {"name": column, "type": known, **({"unit": unit} if unit else {})}


_KINDS = (
    ("bool", "boolean"),
    ("int", "integer"),
    ("double", "number"),
    ("float", "number"),
    ("str", "string"),
    ("object", "string"),
)


def _unit(column: str, currency: str) -> str:
    from smpsim.results.units import unit_of_series

    if column == "amount" or is_money(column):
        return currency
    if column in TRAJECTORY_COLUMNS or column in ("cost", "cost_cumulative"):
        return unit_of_series(column, currency)
    return unit_of(column, currency)
