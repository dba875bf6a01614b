"""What an archive says of its files: RO-Crate metadata."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from smpsim.results.datapackage import PACKAGE_FILE
from smpsim.results.dataset import MANIFEST
from smpsim.results.files import PROVENANCE_FILE
from smpsim.results.manifest import RECORD_FILE
from smpsim.results.provenance import RECIPE

METADATA = "ro-crate-metadata.json"
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
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".txt": "text/plain",
    ".sha256": "text/plain",
}
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
    sizes = {}
    for one in names:
        data = content(one)
        sizes[one] = (len(data), hashlib.sha256(data).hexdigest())
    graph = _graph(name, records, sizes, day)
    return {METADATA: _as_json({"@context": CONTEXT, "@graph": graph})}


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
        "description": (
            f"Results of smpsim {verbs}, with everything needed to run it again: exploratory "
            "output of a model, not an observation."
        ),
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
