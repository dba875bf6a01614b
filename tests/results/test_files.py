"""Results as files: what is read back is what was computed, and nothing appears half."""

from __future__ import annotations

import errno
import json
import os
import pickle
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from smpsim import run
from smpsim.results import files
from smpsim.results.files import (
    StoreError,
    check_folder,
    read_provenance,
    write_bytes,
)
from smpsim.results.manifest import RECORD_FILE
from smpsim.results.result import Result

RECORD = "provenance.json"
ONLY_SOMETIMES = ("trainees", "second_look", "spread")
TABLES = tuple(name for name in Result.TABLES if name not in ONLY_SOMETIMES)


@pytest.fixture(scope="module")
def result() -> Result:
    return run("bare_pipeline", replications=4, seed=3)


@pytest.fixture(scope="module")
def with_trainees() -> Result:
    return run("bare_pipeline", replications=2, seed=3, trainees=True)


def content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.name != RECORD_FILE}


def test_parquet_gives_back_every_table(result: Result, tmp_path: Path) -> None:
    written = result.write(tmp_path / "new" / "folder", "parquet")
    tables = [f"{name}.parquet" for name in TABLES]
    assert [file.name for file in written] == [*tables, RECORD, "datapackage.json"]
    assert sorted(content(tmp_path / "new" / "folder")) == sorted(file.name for file in written)
    for file in written[:-2]:
        pd.testing.assert_frame_equal(pd.read_parquet(file), getattr(result, file.stem)())


def test_parquet_keeps_the_metadata_of_pandas_beside_the_provenance(
    result: Result, tmp_path: Path
) -> None:
    for file in result.write(tmp_path, "parquet")[:-2]:
        metadata = pq.read_schema(file).metadata
        assert set(metadata) >= {b"pandas", b"smpsim"}
        facts = json.loads(metadata[b"smpsim"])
        assert facts["seed"] == 3
        assert facts["replications"] == 4
        assert facts["fingerprint"] == result.provenance["fingerprint"]
        assert facts["currency"] == "EUR"
        assert read_provenance(file) == facts


def test_csv_gives_back_every_table(result: Result, tmp_path: Path) -> None:
    written = result.write(tmp_path, "csv")
    tables = [f"{name}.csv" for name in TABLES]
    assert [file.name for file in written] == [*tables, RECORD, "datapackage.json"]
    for name in TABLES:
        expected = getattr(result, name)()
        if expected.index.names[0] is not None:
            expected = expected.reset_index()
        found = pd.read_csv(tmp_path / f"{name}.csv")
        if "limit" in found:
            # an empty text is an empty field
            found["limit"] = found["limit"].fillna("")
        pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-12)
    facts = json.loads((tmp_path / "provenance.json").read_text())
    assert facts["seed"] == 3
    assert read_provenance(tmp_path / "ledger.csv") == read_provenance(tmp_path) == facts


def test_trainees_are_written_if_kept(with_trainees: Result, tmp_path: Path) -> None:
    with_trainees.write(tmp_path)
    found = pd.read_parquet(tmp_path / "trainees.parquet")
    pd.testing.assert_frame_equal(found, with_trainees.trainees())


def test_trainees_of_an_earlier_result_do_not_stay_behind(
    result: Result, with_trainees: Result, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with_trainees.write(tmp_path)
    result.write(tmp_path)
    assert not (tmp_path / "trainees.parquet").exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_files_can_be_read_by_whom_the_mask_allows(result: Result, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        written = result.write(tmp_path, "csv")
    finally:
        os.umask(before)
    assert {file.stat().st_mode & 0o777 for file in written} == {0o644}


@pytest.mark.parametrize("kind", ["parquet", "csv"])
@pytest.mark.parametrize(
    ("fault", "raised"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), StoreError),
        (KeyboardInterrupt(), KeyboardInterrupt),
        (RuntimeError("a fault"), RuntimeError),
    ],
)
def test_a_fault_in_the_middle_leaves_the_folder_as_it_was(
    result: Result,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    fault: BaseException,
    raised: type[BaseException],
) -> None:
    result.write(tmp_path, kind)
    before = content(tmp_path)
    other = run("bare_pipeline", replications=4, seed=4)
    real = getattr(files, f"_{kind}")
    calls = []

    def failing(table: pd.DataFrame, provenance: dict[str, Any]) -> Any:
        writer = real(table, provenance)
        calls.append(table)

        def write(file: Any) -> None:
            if len(calls) == 3:
                # as when the disk fills up while a file is being written
                file.write(b"half of it")
                raise fault
            writer(file)

        return write

    monkeypatch.setattr(files, f"_{kind}", failing)
    with pytest.raises(raised):
        other.write(tmp_path, kind)
    assert len(calls) == 3
    assert content(tmp_path) == before


def test_a_full_disk_is_named_with_the_file(tmp_path: Path) -> None:
    with files.Staged(tmp_path) as staged:

        def full(file: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with pytest.raises(StoreError, match=r"cannot write .*table\.csv: the disk is full"):
            staged.write("table.csv", full)
    assert content(tmp_path) == {}


def test_a_folder_that_cannot_be_made_is_named(result: Result, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match="file") as caught:
            result.write(folder, "csv")
        assert isinstance(caught.value, OSError)
        with pytest.raises(StoreError, match="file"):
            check_folder(folder)
    assert content(tmp_path) == {"file": b"not a folder"}


def test_a_folder_is_checked_without_being_made(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b")
    assert content(tmp_path) == {}


def test_a_folder_in_the_place_of_a_file_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(StoreError, match=r"table\.csv"):
        write_bytes(tmp_path / "table.csv", b"text")
    assert [file.name for file in tmp_path.iterdir()] == ["table.csv"]


def test_other_files_appear_with_the_tables(result: Result, tmp_path: Path) -> None:
    written = result.write(tmp_path, "parquet", extra={"picture.png": b"png"})
    assert (tmp_path / "picture.png") in written
    assert (tmp_path / "picture.png").read_bytes() == b"png"


def test_an_unknown_kind_is_refused(result: Result, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="xlsx"):
        result.write(tmp_path, "xlsx")
    assert content(tmp_path) == {}


def test_provenance_of_other_files_is_an_error(tmp_path: Path) -> None:
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "foreign.parquet")
    (tmp_path / "text.parquet").write_text("no parquet")
    (tmp_path / "list.json").write_text("[1]")
    for name in ("foreign.parquet", "text.parquet", "list.json", "missing.parquet", "missing.csv"):
        with pytest.raises(StoreError, match="cannot read the provenance"):
            read_provenance(tmp_path / name)


def test_the_error_survives_another_process() -> None:
    error = StoreError("write", Path("a.csv"), "the disk is full")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == "cannot write a.csv: the disk is full"
    assert again.path == Path("a.csv")
