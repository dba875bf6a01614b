"""What an archive says of its files: RO-Crate metadata, and the units of its tables."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from smpsim.results.dataset import MANIFEST
from smpsim.results.files import PROVENANCE_FILE
from smpsim.results.manifest import RECORD_FILE
from smpsim.results.provenance import RECIPE
from smpsim.results.series import unit_of_series
from smpsim.results.units import is_money, unit_of
from smpsim.vocabulary import TRAJECTORY_COLUMNS

METADATA, PACKAGE_FILE = "ro-crate-metadata.json", "datapackage.json"
CONTEXT = [
    "https://w3id.org/ro/crate/1.1/context",
    "https://w3id.org/ro/terms/workflow-run/context",
]
CRATE = "https://w3id.org/ro/crate/1.1"
PROFILE = "https://w3id.org/ro/wfrun/process/0.5"
PROFILE_VERSION = "0.5"
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
UNITS = {"people": "people", "month": "months since the start"}
"""Of columns that are neither outcomes nor series; what is paid is in the currency."""
Records = Mapping[str, Mapping[str, Any]]
Content = Callable[[str], bytes]


def described(
    name: str, records: Records, names: Iterable[str], content: Content, day: str
) -> dict[str, bytes]:
    """Return the files that describe the others.

    Parameters
    ----------
    name : str
        Of the folder.
    records : mapping of str to mapping
        Where its results come from, by file.
    names : iterable of str
        Of all files.
    content : callable
        Returns the content of a file.
    day : str
        Of the runs.
    """
    known = list(names)
    made = {PACKAGE_FILE: _as_json(_data_package(records, known, content))}
    sizes = {}
    for one in [*known, *made]:
        data = made[one] if one in made else content(one)
        sizes[one] = (len(data), hashlib.sha256(data).hexdigest())
    graph = _graph(name, records, sizes, day)
    return {**made, METADATA: _as_json({"@context": CONTEXT, "@graph": graph})}


def _as_json(data: Any) -> bytes:
    return (json.dumps(data, indent=2, ensure_ascii=False) + "\n").encode()


def _graph(
    name: str,
    records: Records,
    sizes: Mapping[str, tuple[int, str]],
    day: str,
) -> list[dict[str, Any]]:
    """Return the entities of the crate."""
    files = [
        {
            "@id": quote(file),
            "@type": "File",
            "name": file,
            "encodingFormat": MEDIA.get(Path(file).suffix, "application/octet-stream"),
            "contentSize": str(size),
            "sha256": digest,
        }
        for file, (size, digest) in sorted(sizes.items())
    ]
    first = next(iter(records.values()))
    title = str(first.get("title") or first.get("scenario") or first.get("study") or name)
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
        if len(records) == 1 or name.startswith("discover") == mine or name == PACKAGE_FILE
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


def _data_package(records: Records, names: Iterable[str], content: Content) -> dict[str, Any]:
    """Return the tables with a type and a unit for each column."""
    first = next(iter(records.values()))
    currency = str(first.get("currency") or _currency(first))
    tables = [
        {
            "name": name.lower().replace("/", "-"),
            "path": name,
            "format": Path(name).suffix.removeprefix("."),
            "mediatype": MEDIA[Path(name).suffix],
            "schema": {"fields": list(_fields(content(name), name, currency))},
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
    if column == "amount" or is_money(column):
        return currency
    if column in TRAJECTORY_COLUMNS or column in ("cost", "cost_cumulative"):
        return unit_of_series(column, currency)
    return unit_of(column, currency) or UNITS.get(column, "")
