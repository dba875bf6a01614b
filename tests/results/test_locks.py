"""One writer at a time: who holds a folder is named, and a killed one does not hold it."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from smpsim.results import lock_files, locks
from smpsim.results.atomic_files import Staged, claimed, write_bytes
from smpsim.results.dataset import Dataset
from smpsim.results.locks import HELD_FILE, LOCK_FILE, held
from smpsim.results.store_error import StoreError

HOLDER = """
import os, sys, time
from pathlib import Path
from smpsim.results import lock_files
from smpsim.results.atomic_files import Staged
if sys.argv[2] == "without":
    lock_files.flock = None
with Staged(Path(sys.argv[1])) as staged:
    staged.write("table.csv", lambda file: file.write(b"half"))
    if sys.argv[2] == "forking" and os.fork() == 0:
        time.sleep(60)
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def start() -> Iterator[object]:
    started = []

    def holder(folder: Path, how: str = "plainly") -> subprocess.Popen[str]:
        one = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(folder), how],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(one)
        assert one.stdout is not None
        assert one.stdout.readline() == "held\n"
        return one

    yield holder
    for one in started:
        # with the processes that it has forked
        with contextlib.suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        one.communicate()


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


@pytest.fixture(params=["plainly", "without"], ids=["locks", "no locks of files"])
def how(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "without":

        def lacking(*_: object) -> None:
            raise OSError(errno.ENOLCK, "No locks available")

        monkeypatch.setattr(
            lock_files, "flock", SimpleNamespace(flock=lacking, LOCK_EX=2, LOCK_NB=4)
        )
    return str(request.param)


def test_a_second_process_is_told_who_holds_the_folder(
    tmp_path: Path, start: object, how: str
) -> None:
    folder = tmp_path / "out"
    first = start(folder, how)  # type: ignore[operator]
    before = names(folder)
    who = rf"process {first.pid} on \S+ has been writing there since \d{{4}}-\d\d-\d\dT"
    with pytest.raises(StoreError, match=who), claimed(folder, ()):
        pass
    assert names(folder) == before


def test_a_killed_process_holds_nothing_and_its_unfinished_files_go(
    tmp_path: Path, start: object, how: str
) -> None:
    first = start(tmp_path, how)  # type: ignore[operator]
    for name in (".table.csv.part", ".table.csv.01234567.part"):
        (tmp_path / name).write_text("mine")
    first.kill()
    first.wait()
    assert len([name for name in names(tmp_path) if name.endswith(".part")]) == 3
    write_bytes(tmp_path / "table.csv", b"whole")
    assert (tmp_path / "table.csv").read_text() == "whole"
    assert names(tmp_path) == [
        ".smpsim.json",
        ".table.csv.01234567.part",
        ".table.csv.part",
        "table.csv",
    ]


def test_runs_that_go_on_take_the_lock_of_a_killed_process_away(
    tmp_path: Path, start: object, how: str
) -> None:
    # nothing is left to be written where it died, so that nobody comes to lock the folder again
    runs = Dataset(tmp_path / "sweep")
    runs.begin({"seed": 1}, 1)
    before = names(runs.folder)
    first = start(runs.folder, how)  # type: ignore[operator]
    with pytest.raises(StoreError, match=f"process {first.pid} on"):
        runs.sweep_up()
    first.kill()
    first.wait()
    assert names(runs.folder) != before
    runs.sweep_up()
    assert names(runs.folder) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that is forked")
def test_what_a_killed_process_has_forked_holds_nothing(tmp_path: Path, start: object) -> None:
    first = start(tmp_path, "forking")  # type: ignore[operator]
    first.kill()
    first.wait()
    # on a busy machine the other has not yet run at all, and so not yet let go
    with held(tmp_path, patience=20.0):
        pass


def test_of_two_threads_one_is_refused_and_one_thread_may_nest(tmp_path: Path) -> None:
    found: list[str] = []

    def second() -> None:
        try:
            with held(tmp_path):
                found.append("held")
        except StoreError as error:
            found.append(str(error))

    with held(tmp_path), held(tmp_path / "." / ""), Staged(tmp_path):
        other = threading.Thread(target=second)
        other.start()
        other.join()
    assert len(found) == 1
    assert f"process {os.getpid()} on" in found[0]
    second()
    assert found[1:] == ["held"]
    assert names(tmp_path) == []


def test_results_wait_a_while_for_who_is_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, written = threading.Event(), threading.Event()

    def first() -> None:
        with held(tmp_path):
            begun.set()
            written.wait(0.5)

    other = threading.Thread(target=first)
    other.start()
    begun.wait()
    write_bytes(tmp_path / "table.csv", b"whole")
    other.join()
    assert (tmp_path / "table.csv").read_text() == "whole"


def test_folders_that_were_made_for_nothing_go(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with held(tmp_path / "there" / "a" / "b"):
        assert (tmp_path / "there" / "a" / "b").is_dir()
    assert names(tmp_path / "there") == []
    with held(tmp_path / "there" / "a" / "b"):
        (tmp_path / "there" / "a" / "mine").write_text("mine")
    assert names(tmp_path / "there" / "a") == ["mine"]


@pytest.mark.parametrize("text", ["mine", "[]", '{"smpsim": "files"}', None])
def test_a_lock_that_is_none_is_refused_and_stays(
    tmp_path: Path, how: str, text: str | None
) -> None:
    lock = tmp_path / (HELD_FILE if how == "without" else LOCK_FILE)
    if text is None:
        (tmp_path / "mine").write_text("mine")
        lock.symlink_to("mine")
    else:
        lock.write_text(text)
    before = lock.read_text()
    with (
        pytest.raises(StoreError, match=f"{lock.name}: it is not a lock of smpsim"),
        held(tmp_path),
    ):
        pass
    assert lock.read_text() == before


def test_where_files_have_no_locks_another_machine_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock_files, "flock", None)
    facts = {"smpsim": "lock", "pid": 1, "host": "elsewhere", "since": "today", "token": "x"}
    (tmp_path / HELD_FILE).write_text(json.dumps(facts))
    message = r"process 1 on elsewhere has been .* \(if that process has ended, remove .*held\)"
    with pytest.raises(StoreError, match=message), held(tmp_path):
        pass


def test_a_process_that_ends_at_once_removes_what_it_holds(tmp_path: Path) -> None:
    child = os.fork()
    if not child:
        with Staged(tmp_path) as staged:
            staged.write("table.csv", lambda file: file.write(b"half"))
            locks.abandon()
            os._exit(0)
    os.waitpid(child, 0)
    assert names(tmp_path) == []
