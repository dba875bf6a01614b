"""Only what smpsim wrote is replaced or removed, whenever its process is killed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from smpsim.results.atomic_files import Staged, claimed, write_bytes
from smpsim.results.files import write_tables
from smpsim.results.manifest import RECORD_FILE, Record
from smpsim.results.store_error import StoreError

NAMES = ("a.txt", "b.txt", "c.txt")


def put(folder: Path, text: str, *names: str, absent: tuple[str, ...] = ()) -> None:
    with Staged(folder) as staged:
        for name in names:
            staged.write(name, lambda file: file.write(text.encode()))
        staged.publish(absent)


def content(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir() if file.name != RECORD_FILE}


def test_what_smpsim_wrote_is_replaced_and_removed(tmp_path: Path) -> None:
    put(tmp_path, "one", *NAMES)
    put(tmp_path, "two", "a.txt", absent=("b.txt", "never.txt"))
    assert content(tmp_path) == {"a.txt": "two", "c.txt": "one"}
    assert set(Record.read(tmp_path).files) == {"a.txt", "c.txt"}
    put(tmp_path, "", absent=("a.txt", "c.txt"))
    assert list(tmp_path.iterdir()) == []


def test_what_smpsim_did_not_write_stays_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("mine")
    (tmp_path / "c.txt").write_text("mine too")
    (tmp_path / "notes.txt").write_text("in nobody's way")
    before = content(tmp_path)
    with pytest.raises(StoreError, match=r"b\.txt, c\.txt exist, but not as smpsim wrote them"):
        put(tmp_path, "one", "a.txt", "b.txt", absent=("c.txt",))
    with pytest.raises(StoreError, match=r"b\.txt exists"):
        write_bytes(tmp_path / "b.txt", b"one")
    with pytest.raises(StoreError, match=r"b\.txt, c\.txt exist"), claimed(tmp_path, NAMES):
        pass
    assert content(tmp_path) == before
    put(tmp_path, "one", "a.txt")
    assert content(tmp_path) == {**before, "a.txt": "one"}


def test_what_was_changed_since_is_not_ours_any_more(tmp_path: Path) -> None:
    put(tmp_path, "one", *NAMES)
    (tmp_path / "b.txt").write_text("one, with a remark")
    for absent in ((), ("b.txt",)):
        names = [name for name in NAMES if name not in absent]
        with pytest.raises(StoreError, match=r"b\.txt exists, but not as smpsim wrote it"):
            put(tmp_path, "two", *names, absent=absent)
    assert content(tmp_path) == {"a.txt": "one", "b.txt": "one, with a remark", "c.txt": "one"}


def test_a_file_that_comes_while_others_are_written_stays(tmp_path: Path) -> None:
    with claimed(tmp_path, NAMES):
        (tmp_path / "b.txt").write_text("mine")
        with pytest.raises(StoreError, match=r"b\.txt"):
            put(tmp_path, "one", *NAMES)
    assert content(tmp_path) == {"b.txt": "mine"}


@pytest.mark.parametrize("there", [True, False], ids=["a file behind it", "nothing behind it"])
def test_a_link_is_neither_followed_nor_replaced(tmp_path: Path, there: bool) -> None:
    other, folder = tmp_path / "other.txt", tmp_path / "out"
    if there:
        other.write_text("one")
    put(folder, "one", "a.txt")
    (folder / "a.txt").unlink()
    (folder / "a.txt").symlink_to(other)
    for absent in ((), ("a.txt",)):
        with pytest.raises(StoreError, match=r"a\.txt"):
            put(folder, "two", *({"a.txt"} - set(absent)), absent=absent)
    assert (folder / "a.txt").is_symlink()
    assert other.exists() == there
    assert not there or other.read_text() == "one"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "[" * 100_000,
        '{"format": 1, "files": {}}',
        '{"smpsim": "", "format": 2, "files": {}}',
        '{"smpsim": "", "format": 1, "files": {"a.txt": "x"}}',
        '{"smpsim": "", "format": 1, "files": {"a.txt": [1]}}',
        None,
    ],
)
def test_a_record_that_is_none_is_refused_and_stays(tmp_path: Path, text: str | None) -> None:
    record = tmp_path / RECORD_FILE
    if text is None:
        (tmp_path / "elsewhere").write_text('{"smpsim": "", "format": 1, "files": {}}')
        record.symlink_to("elsewhere")
    else:
        record.write_text(text)
    before = record.read_text()
    with pytest.raises(
        StoreError, match=r"\.smpsim\.json: it is not a record of what smpsim wrote"
    ):
        put(tmp_path, "one", "a.txt")
    assert record.read_text() == before
    assert not (tmp_path / "a.txt").exists()


def test_what_is_read_is_not_replaced_though_smpsim_wrote_it(tmp_path: Path) -> None:
    put(tmp_path, "one", *NAMES)
    read = tmp_path / ".." / tmp_path.name / "b.txt"
    message = r"b\.txt would be read and replaced; allowed: another folder"
    with pytest.raises(StoreError, match=message), claimed(tmp_path, NAMES, [read]):
        pass
    with claimed(tmp_path, ("a.txt", "c.txt"), [read]):
        pass


def test_tables_and_what_they_do_not_have_are_looked_at_first(tmp_path: Path) -> None:
    (tmp_path / "people.parquet").write_text("mine")

    def never() -> pd.DataFrame:
        raise AssertionError("a table was made for nothing")

    with pytest.raises(StoreError, match=r"people\.parquet"):
        write_tables({"sums": never}, {}, tmp_path, "parquet", absent=("people",))
    assert content(tmp_path) == {"people.parquet": "mine"}


def _killed(folder: Path, at: str, call: int) -> int:
    """Write in a process that ends at once at a call of a function of `os`; return its code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    real, calls = getattr(os, at), []

    def ending(*arguments: object, **options: object) -> object:
        calls.append(at)
        if len(calls) == call:
            os._exit(9)
        return real(*arguments, **options)

    setattr(os, at, ending)
    try:
        put(folder, "two", "a.txt", "b.txt", absent=("c.txt",))
    finally:
        os._exit(0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that is forked")
@pytest.mark.parametrize("at", ["replace", "fsync", "unlink"])
def test_killed_at_any_moment_it_leaves_what_a_later_one_resolves(tmp_path: Path, at: str) -> None:
    for call in range(1, 50):
        folder = tmp_path / str(call)
        put(folder, "one", *NAMES)
        (folder / "notes.txt").write_text("mine")
        (folder / ".mine.01234567.part").write_text("mine")
        code = _killed(folder, at, call)
        left = content(folder)
        assert {left[name] for name in ("a.txt", "b.txt")} <= {"one", "two"}
        put(folder, "three", *NAMES)
        assert content(folder) == {
            **dict.fromkeys(NAMES, "three"),
            "notes.txt": "mine",
            ".mine.01234567.part": "mine",
        }
        hashes = json.loads((folder / RECORD_FILE).read_text())["files"]
        assert {name: len(one) for name, one in hashes.items()} == dict.fromkeys(NAMES, 1)
        if code == 0:
            break
    assert code == 0
    assert call > 2
