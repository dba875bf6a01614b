"""A folder as one file for others: a run crate that is safe to make and safe to open."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import stat
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from archived import MAKERS
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.errors import RequestError
from smpsim.results.spreadsheet import flat
from smpsim.results.store_error import StoreError
from smpsim.results.unpack import unpacked

DAY = "2026-03-01"


def graph_of(path: Path) -> dict[str, dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        data = json.loads(archive.read("ro-crate-metadata.json"))
    assert data["@context"][0] == "https://w3id.org/ro/crate/1.1/context"
    entities = {one["@id"]: one for one in data["@graph"]}
    assert len(entities) == len(data["@graph"])
    return entities


@pytest.mark.parametrize("verb", MAKERS)
def test_every_verb_becomes_a_process_run_crate(
    verb: str, results: dict[str, Path], tmp_path: Path
) -> None:
    path = smpsim.pack(results[verb], tmp_path / "packed.zip", date=DAY)
    found = graph_of(path)
    head, root = found["ro-crate-metadata.json"], found["./"]
    assert head["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.1"}
    assert head["about"] == {"@id": "./"}
    assert root["conformsTo"] == {"@id": "https://w3id.org/ro/wfrun/process/0.5"}
    assert root["datePublished"] == DAY
    assert root["name"]
    assert found["https://w3id.org/ro/wfrun/process/0.5"]["version"] == "0.5"
    # whatever is referred to is described
    for entity in found.values():
        for key, value in entity.items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, dict) and not one["@id"].startswith(
                    ("http://schema", "https://w3id.org/ro/crate")
                ):
                    assert one["@id"] in found, (entity["@id"], key)
    actions = [one for one in found.values() if one["@type"] == "CreateAction"]
    assert f"#{verb}" in {one["@id"] for one in actions}
    for action in actions:
        assert found[action["instrument"]["@id"]]["@type"] == "SoftwareApplication"
        assert action["object"]
        assert {one["@id"] for one in action["result"]} <= set(found)
        assert any(one["@id"].endswith((".parquet", ".csv")) for one in action["result"])
    assert smpsim.__version__ in found["#smpsim"]["softwareVersion"]
    with zipfile.ZipFile(path) as archive:
        parts = {one["@id"] for one in root["hasPart"]}
        assert parts == set(archive.namelist()) - {"ro-crate-metadata.json"}
        for name in parts:
            content = archive.read(name)
            assert found[name]["sha256"] == hashlib.sha256(content).hexdigest()
            assert found[name]["contentSize"] == str(len(content))


@pytest.mark.parametrize("verb", ["run", "discover", "search", "calibrate"])
def test_an_archive_is_verified(verb: str, results: dict[str, Path], tmp_path: Path) -> None:
    path = smpsim.pack(results[verb], tmp_path / "packed.zip")
    found = smpsim.verify(path)
    assert found.same, found.words()
    assert found.tables == smpsim.verify(results[verb]).tables


def test_the_same_folder_gives_the_same_bytes(results: dict[str, Path], tmp_path: Path) -> None:
    other = shutil.copytree(results["run"], tmp_path / "run")
    paths = [
        smpsim.pack(folder, tmp_path / f"{n}.zip", date=DAY)
        for n, folder in enumerate((results["run"], other))
    ]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with zipfile.ZipFile(paths[0]) as archive:
        assert archive.namelist() == sorted(archive.namelist())
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_tables_have_units(results: dict[str, Path], tmp_path: Path) -> None:
    with zipfile.ZipFile(smpsim.pack(results["run"], tmp_path / "x.zip")) as archive:
        package = json.loads(archive.read("datapackage.json"))
    units = {
        (one["path"], field["name"]): (field["type"], field.get("unit"))
        for one in package["resources"]
        for field in one["schema"]["fields"]
    }
    assert units["outcomes.parquet", "placed"] == ("integer", "people")
    assert units["outcomes.parquet", "cost_total"] == ("number", "EUR")
    assert units["trajectories.parquet", "vacancies_open"] == ("integer", "vacancies")
    assert units["ledger.parquet", "amount"] == ("number", "EUR")
    assert units["ledger.parquet", "payer"] == ("string", None)


TYPES = {"string", "number", "integer", "boolean", "any"}


@pytest.mark.parametrize("verb", MAKERS)
def test_every_folder_is_a_data_package(verb: str, results: dict[str, Path]) -> None:
    folder = results[verb]
    package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
    # what Data Package 1.0 and 2.0 require
    assert re.fullmatch(r"[-a-z0-9._/]+", package["name"])
    resources = package["resources"]
    assert len({one["name"] for one in resources}) == len(resources) > 0
    described = set()
    for one in resources:
        assert re.fullmatch(r"[-a-z0-9._/]+", one["name"])
        paths = one["path"] if isinstance(one["path"], list) else [one["path"]]
        described |= set(paths)
        assert not [path for path in paths if path.startswith(("/", ".")) or ".." in path]
        assert one["description"]
        fields = one["schema"]["fields"]
        assert {field["type"] for field in fields} <= TYPES
        # and what we promise: a meaning for each column
        assert [field["name"] for field in fields if not field.get("description")] == []
        for path in paths:
            file = folder / path
            table = pd.read_csv(file) if file.suffix == ".csv" else pq.read_table(file).to_pandas()
            names = [str(name) for name in flat(table).columns]
            assert [field["name"] for field in fields] == names, path
    tables = {
        path.relative_to(folder).as_posix()
        for kind in ("parquet", "csv")
        for path in folder.rglob(f"*.{kind}")
    }
    assert described == tables
    # what stands at the top of a folder can be opened without a program for Parquet
    assert {one.with_suffix(".csv") for one in folder.glob("*.parquet")} <= set(folder.iterdir())


def test_only_what_smpsim_wrote_is_packed(results: dict[str, Path], tmp_path: Path) -> None:
    folder = Path(shutil.copytree(results["sweep"], tmp_path / "mine"))
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (folder / "notes.txt").write_text("mine")
    (folder / "link.txt").symlink_to(secret)
    (folder / "runs" / "notes.parquet").write_text("mine")
    (folder / "more").symlink_to(tmp_path)
    with zipfile.ZipFile(smpsim.pack(folder)) as archive:
        names = archive.namelist()
    assert not {name for name in names if "notes" in name or "link" in name or "more" in name}
    assert {"runs/000000.parquet", "checksums/000000.sha256", "manifest.json"} <= set(names)


@pytest.mark.parametrize("way", ["changed", "missing", "link", "chunk", "runs"])
def test_what_is_not_as_it_was_written_is_refused(
    way: str, results: dict[str, Path], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(results["sweep"], tmp_path / "mine"))
    path, chunk = folder / "study.json", folder / "runs" / "000000.parquet"
    if way == "changed":
        path.write_text(path.read_text() + " ")
    elif way == "missing":
        path.unlink()
    elif way == "link":
        (tmp_path / "study.json").write_bytes(path.read_bytes())
        path.unlink()
        path.symlink_to(tmp_path / "study.json")
    elif way == "chunk":
        chunk.write_bytes(chunk.read_bytes() + b"x")
    else:
        shutil.move(folder / "runs", tmp_path / "elsewhere")
        (folder / "runs").symlink_to(tmp_path / "elsewhere")
    name = "runs/000000.parquet" if way in ("chunk", "runs") else "study.json"
    with pytest.raises(StoreError, match=f"{name}: missing, or changed"):
        smpsim.pack(folder)
    assert not (tmp_path / "mine.zip").exists()


def test_the_archive_is_a_file_of_ours_outside_of_the_folder(
    results: dict[str, Path], tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(results["run"], tmp_path / "mine"))
    with pytest.raises(RequestError, match="allowed: a file outside of the folder"):
        smpsim.pack(folder, folder / "mine.zip")
    with pytest.raises(RequestError, match="date: got 'soon'; allowed: a day"):
        smpsim.pack(folder, date="soon")
    (tmp_path / "mine.zip").write_text("a file of the user's own")
    with pytest.raises(StoreError, match=r"mine\.zip"):
        smpsim.pack(folder)
    (tmp_path / "mine.zip").unlink()
    assert smpsim.pack(folder) == tmp_path / "mine.zip"
    # again over our own
    assert smpsim.pack(folder) == tmp_path / "mine.zip"
    assert smpsim.verify(folder).same


def test_the_command_packs_and_says_what_is_wrong(results: dict[str, Path], tmp_path: Path) -> None:
    out = tmp_path / "x.zip"
    done = CliRunner().invoke(app, ["pack", str(results["run"]), "-o", str(out)])
    assert done.exit_code == 0
    assert zipfile.is_zipfile(out)
    assert CliRunner().invoke(app, ["verify", str(out)]).exit_code == 0
    wrong = CliRunner().invoke(app, ["pack", str(tmp_path / "nowhere")])
    assert wrong.exit_code == 1
    assert "there is no such folder" in wrong.stderr


def archive_of(path: Path, *entries: tuple[str, bytes, int]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            archive.writestr(entry, content)
    return path


@pytest.mark.parametrize(
    "name",
    [
        "../up.txt",
        "/root.txt",
        "a/../../up.txt",
        "C:\\x.txt",
        "a\\b.txt",
        "c:x.txt",
        "a\nb",
        "x" * 300,
    ],
)
def test_names_that_lead_out_are_refused(name: str, tmp_path: Path) -> None:
    path = archive_of(tmp_path / "bad.zip", (name, b"x", 0o644))
    with pytest.raises(StoreError, match="allowed: plain files inside the folder"):
        smpsim.verify(path)
    assert sorted(tmp_path.iterdir()) == [path]


def test_links_twins_and_bombs_are_refused(tmp_path: Path) -> None:
    link = archive_of(tmp_path / "link.zip", ("link", b"/etc/passwd", stat.S_IFLNK | 0o777))
    with pytest.raises(StoreError, match="allowed: plain files"):
        smpsim.verify(link)
    with pytest.warns(UserWarning, match="Duplicate"):
        twins = archive_of(tmp_path / "twins.zip", ("a", b"1", 0), ("a", b"2", 0))
    with pytest.raises(StoreError, match="got 'a' twice"):
        smpsim.verify(twins)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10_000_000))
    with pytest.raises(StoreError, match="GiB or less"), unpacked(tmp_path / "bomb.zip", 10**6):
        pass
    with pytest.raises(StoreError, match="or fewer"), unpacked(tmp_path / "bomb.zip", 10**9, 0):
        pass


def test_a_size_that_lies_is_noticed(tmp_path: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(1_000_000))
    data = bytearray(content.getvalue())
    # the size in the directory at the end, by which it was let in
    place = data.rindex(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    path = tmp_path / "lie.zip"
    path.write_bytes(data)
    with pytest.raises(StoreError), unpacked(path, 10**5):
        pass


def test_a_zip_of_something_else_cannot_be_verified(tmp_path: Path) -> None:
    path = archive_of(tmp_path / "x.zip", ("a.txt", b"x", 0o644))
    found = CliRunner().invoke(app, ["verify", str(path)])
    assert found.exit_code == 2
    assert "no result of this version" in found.stderr
    os.truncate(path, 30)
    assert CliRunner().invoke(app, ["verify", str(path)]).exit_code == 2
