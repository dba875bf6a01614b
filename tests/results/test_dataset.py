"""A folder of chunks: same bytes, damage noticed, nothing lost on a full disk."""

import errno
import hashlib
import io
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smpsim.results import files
from smpsim.results.dataset import Dataset, digest, encoded
from smpsim.results.files import StoreError, read_provenance

FACTS = {"seed": 1, "versions": {"smpsim": "0.1.0"}}


def chunk(number, facts=FACTS):
    table = pa.table({"design": [number, number], "placed": [1.5, 2.5]})
    return encoded(table, digest(facts), number)


@pytest.fixture
def dataset(tmp_path):
    found = Dataset(tmp_path / "sweep")
    found.begin(FACTS, 3, {"date": "2026-11-25"})
    for number in range(3):
        found.write(number, chunk(number))
    return found


def test_the_same_table_gives_the_same_bytes_and_comes_back():
    assert chunk(7) == chunk(7) != chunk(8)
    assert pq.read_table(io.BytesIO(chunk(7)))["placed"].to_pylist() == [1.5, 2.5]


def test_chunks_come_back_in_their_order(dataset):
    assert dataset.missing() == []
    assert list(dataset.read()["design"]) == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_bytes(b"x" + path.read_bytes()[1:]),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
    ],
    ids=["truncated", "one byte changed", "empty", "gone"],
)
def test_a_damaged_chunk_counts_as_missing(dataset, damage):
    damage(dataset.path(1))
    assert dataset.missing() == [1]
    with pytest.raises(StoreError, match="missing or damaged"):
        dataset.read()
    dataset.write(1, chunk(1))
    assert dataset.missing() == []


def test_a_chunk_without_its_checksum_counts_as_missing(dataset):
    (dataset.folder / "checksums" / "000002.sha256").unlink()
    assert dataset.missing() == [2]


def test_a_chunk_under_another_name_counts_as_missing(dataset):
    dataset.path(2).write_bytes(dataset.path(1).read_bytes())
    assert dataset.missing() == [2]


def test_a_chunk_of_another_sweep_counts_as_missing(dataset):
    other = Dataset(dataset.folder.parent / "other")
    other.begin({"seed": 2}, 3, {})
    other.write(1, chunk(1, {"seed": 2}))
    for part in ("runs/000001.parquet", "checksums/000001.sha256"):
        (dataset.folder / part).write_bytes((other.folder / part).read_bytes())
    assert dataset.missing() == [1]


def test_checksums_are_in_the_usual_form(dataset):
    line = (dataset.folder / "checksums" / "000001.sha256").read_text()
    assert line == f"{hashlib.sha256(chunk(1)).hexdigest()}  000001.parquet\n"


def test_only_the_provenance_states_a_date(dataset):
    assert read_provenance(dataset.folder)["date"] == "2026-11-25"
    others = [path for path in dataset.folder.rglob("*") if path.name != "provenance.json"]
    assert not [path for path in others if path.is_file() and b"2026" in path.read_bytes()]


def test_a_full_disk_is_named_and_leaves_what_was_there(dataset, monkeypatch):
    before = {path: path.read_bytes() for path in dataset.folder.rglob("*") if path.is_file()}

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(StoreError, match="the disk is full"):
        dataset.write(1, chunk(9))
    after = {path: path.read_bytes() for path in dataset.folder.rglob("*") if path.is_file()}
    assert after == before


def test_a_full_disk_between_chunk_and_checksum_leaves_a_chunk_to_be_redone(dataset, monkeypatch):
    replace = os.replace

    def full(source, target):
        if str(target).endswith(".sha256"):
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(files.os, "replace", full)
    with pytest.raises(StoreError, match="the disk is full"):
        dataset.write(1, chunk(9))
    assert dataset.missing() == [1]


def test_differences_are_named_key_by_key(dataset):
    assert dataset.differences(FACTS) == []
    other = {"seed": 2, "versions": {"smpsim": "0.2.0"}}
    assert dataset.differences(other) == [
        ("seed", 1, 2),
        ("versions.smpsim", "0.1.0", "0.2.0"),
    ]


def test_differences_in_lists_of_sections_are_named_by_their_names(tmp_path):
    found = Dataset(tmp_path)
    groups = [{"name": "hotels", "count": 3}, {"name": "farms", "count": 5}]
    found.begin({"employers": groups, "values": [1, 2]}, 1, {})
    other = [groups[0], {"name": "farms", "count": 6}]
    assert found.differences({"employers": other, "values": [1, 3]}) == [
        ("employers.farms.count", 5, 6),
        ("values", [1, 2], [1, 3]),
    ]
    whole = found.differences({"employers": other[:1], "values": [1, 2]})
    assert whole == [("employers", groups, other[:1])]


def test_a_folder_of_another_format_is_told_apart(dataset):
    path = dataset.folder / "manifest.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 0'))
    assert dataset.differences(FACTS) == [("format", 0, 1)]


def test_clearing_removes_what_a_sweep_wrote_and_nothing_else(dataset):
    note = dataset.folder / "note.txt"
    note.write_text("mine")
    (dataset.runs / ".000001.parquet.abc.part").write_bytes(b"half")
    dataset.clear()
    left = [path for path in dataset.folder.rglob("*") if path.is_file()]
    assert left == [note]
    assert dataset.manifest() is None


def test_a_manifest_that_is_none_is_refused(dataset):
    (dataset.folder / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match="no manifest of a sweep"):
        dataset.manifest()
