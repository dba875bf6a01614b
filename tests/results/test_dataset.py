"""A folder of chunks: same bytes, damage noticed, nothing lost on a full disk."""

import errno
import io
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from smpsim.results.dataset import Dataset, encoded
from smpsim.results.files import StoreError

FACTS = {"seed": 1, "versions": {"smpsim": "0.1.0"}}


def chunk(number):
    return encoded(pa.table({"design": [number, number], "placed": [1.5, 2.5]}))


@pytest.fixture
def dataset(tmp_path):
    found = Dataset(tmp_path / "sweep")
    found.begin(FACTS, 3)
    for number in range(3):
        found.write(number, chunk(number))
    return found


def test_the_same_table_gives_the_same_bytes_and_comes_back():
    assert chunk(7) == chunk(7) != chunk(8)
    assert pq.read_table(io.BytesIO(chunk(7)))["placed"].to_pylist() == [1.5, 2.5]


def test_chunks_come_back_in_their_order(dataset):
    assert dataset.missing(3) == []
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
    assert dataset.missing(3) == [1]
    with pytest.raises(StoreError, match="missing or damaged"):
        dataset.read()
    dataset.write(1, chunk(1))
    assert dataset.missing(3) == []


def test_a_chunk_without_its_checksum_counts_as_missing(dataset):
    (dataset.folder / "checksums" / "000002.sha256").unlink()
    assert dataset.missing(3) == [2]


def test_a_chunk_under_another_name_counts_as_missing(dataset):
    dataset.path(2).write_bytes(dataset.path(1).read_bytes())
    assert dataset.missing(3) == [2]


def test_a_full_disk_is_named_and_leaves_what_was_there(dataset, monkeypatch):
    before = {path: path.read_bytes() for path in dataset.folder.rglob("*") if path.is_file()}

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="the disk is full"):
        dataset.write(1, chunk(9))
    after = {path: path.read_bytes() for path in dataset.folder.rglob("*") if path.is_file()}
    assert after == before


def test_a_full_disk_between_checksum_and_chunk_leaves_a_chunk_to_be_redone(dataset, monkeypatch):
    replace = os.replace

    def full(source, target):
        if str(target).endswith(".parquet"):
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(StoreError, match="the disk is full"):
        dataset.write(1, chunk(9))
    assert dataset.missing(3) == [1]


def test_differences_are_named_key_by_key(dataset):
    assert dataset.differences(FACTS) == []
    other = {"seed": 2, "versions": {"smpsim": "0.2.0"}}
    assert dataset.differences(other) == [
        ("seed", 1, 2),
        ("versions: smpsim", "0.1.0", "0.2.0"),
    ]


def test_clearing_removes_what_a_sweep_wrote_and_nothing_else(dataset):
    note = dataset.folder / "note.txt"
    mine = [
        note,
        dataset.runs / "mine.parquet",
        dataset.runs / "000009.parquet",
        dataset.runs / ".mine.part",
        dataset.folder / ".draft.part",
        dataset.folder / "checksums" / "mine.sha256",
        dataset.folder / "checksums" / "000008.sha256",
    ]
    for path in mine:
        path.write_text("mine")
    (dataset.runs / ".000001.parquet.0123abcd.part").write_bytes(b"half")
    dataset.clear()
    left = {path for path in dataset.folder.rglob("*") if path.is_file()}
    assert left == set(mine)
    assert {path.read_text() for path in mine} == {"mine"}
    assert dataset.manifest() is None


@pytest.mark.parametrize(
    "name", ["runs/000001.parquet", "checksums/000002.sha256", "manifest.json"]
)
@pytest.mark.parametrize("linked", [False, True], ids=["file", "link"])
def test_what_smpsim_did_not_write_is_named_and_stays(tmp_path, name, linked):
    found = Dataset(tmp_path / "sweep")
    path = found.folder / name
    path.parent.mkdir(parents=True)
    mine = tmp_path / "mine" if linked else path
    mine.write_text('{"facts": {}, "chunks": 3}')
    if linked:
        path.symlink_to(mine)
    with pytest.raises(StoreError, match=rf"{name} exists, but not as smpsim wrote it"):
        found.check(3)
    if name.startswith("runs"):
        with pytest.raises(StoreError, match=name):
            found.write(1, chunk(1))
    if name == "manifest.json":
        with pytest.raises(StoreError, match=name):
            found.clear()
    assert mine.read_text() == '{"facts": {}, "chunks": 3}'
    assert path.is_symlink() == linked


def test_chunks_beyond_and_damaged_ones_are_not_in_the_way(dataset):
    (dataset.runs / "000003.parquet").write_text("mine")
    dataset.path(1).write_bytes(b"damaged")
    dataset.check(3)
    with pytest.raises(StoreError, match=r"runs/000003.parquet"):
        dataset.check(4)


def test_chunks_without_a_manifest_are_those_of_nobody(dataset):
    (dataset.folder / "manifest.json").unlink()
    with pytest.raises(StoreError, match=r"runs/000000.parquet, checksums/000000.sha256"):
        dataset.check(3)


def test_a_manifest_that_is_none_is_refused(dataset):
    (dataset.folder / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match="no manifest of a sweep"):
        dataset.manifest()
