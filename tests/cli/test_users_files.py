"""Files of users are never replaced or removed, and results are written before they are printed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from smpsim.cli import app, terminal
from smpsim.results import atomic_files as staged
from smpsim.results.locks import held
from smpsim.results.manifest import RECORD_FILE

SEATS = "programmes.pilot.intakes.seats"
MONTHS = "programmes.pilot.training.months_before_departure"
PASS = "behaviour.exam.pass_probability"
DROPOUT = {"behaviour.training.dropout": {"uniform": {"low": 0.0, "high": 0.05}}}
FILES: dict[str, Any] = {
    "mine.yaml": {"extends": "bare_pipeline", "name": "Mine", "months": 40},
    "plan.yaml": {
        "name": "Plan",
        "scenario": "bare_pipeline",
        "vary": {SEATS: {"grid": [10, 30]}, MONTHS: {"grid": [4, 8]}},
        "outcomes": ["placed"],
        "replications": 3,
    },
    "fails.yaml": {
        "name": "Fails",
        "scenario": "bare_pipeline",
        "vary": {
            SEATS: {"uniform": {"low": 5, "high": 45}},
            MONTHS: {"uniform": {"low": 2, "high": 20}},
        },
        "design": {"samples": 40},
        "outcomes": ["placed"],
        "fails": ["placed < 12"],
        "replications": 2,
    },
    "trial.yaml": {
        "name": "Trial",
        "scenario": "bare_pipeline",
        "levers": {SEATS: {"grid": [10, 20, 40]}},
        "uncertainties": DROPOUT,
        "objectives": {"placed": "maximize", "cost_per_placement": "minimize"},
        "satisfice": ["placed >= 10"],
        "worlds": 2,
        "replications": 1,
        "population": 4,
        "generations": 1,
        "candidates": 2,
        "fresh_worlds": 3,
        "fresh_replications": 1,
    },
    "fit.yaml": {
        "name": "Fit",
        "priors": {PASS: {"uniform": {"low": 0.2, "high": 1.0}}},
        "draws": 40,
    },
    "reports.yaml": {
        "outcomes": [
            {
                "name": "passed",
                "scenario": "bare_pipeline",
                "count": ["graduated"],
                "of": ["graduated", "failed"],
                "reported": {"share": 0.6},
                "source": "made up",
            }
        ]
    },
}
COMMANDS = {
    "run": "run mine.yaml -n 2 --trainees",
    "compare": f"compare mine.yaml --set-b {PASS}=0.9 -n 2 --trainees",
    "explain": f"explain mine.yaml --set-b {PASS}=0.9 --with campaigns -n 2",
    "decide": f"decide mine.yaml --option X:{PASS}=0.9 --parameters centre --draws 2 -n 2",
    "rank": "rank mine.yaml -n 2 --action campaigns --action early_engagement",
    "sensitivity": "sensitivity mine.yaml --samples 2 -n 2 --only --key months=40:50 "
    "--outcome placed",
    "sweep": "sweep plan.yaml",
    "discover": "discover fails.yaml --method cart",
    "search": "search trial.yaml",
    "calibrate": "calibrate fit.yaml --reports reports.yaml",
    "validate": "validate --draws 2 -n 1 --no-patterns --reports reports.yaml",
    "schema": "schema",
}
STORES = ("sweep", "search", "calibrate")


def words(command: str, out: Path | str) -> list[str]:
    where = Path(out) / "schema.json" if command == "schema" else out
    return [*COMMANDS[command].split(), "--out", str(where)]


def content(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def invoke(arguments: list[str]) -> Any:
    found = CliRunner().invoke(app, arguments)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of inputs, with what each command writes below its name."""
    folder = tmp_path_factory.mktemp("shelf")
    for name, data in FILES.items():
        (folder / name).write_text(yaml.safe_dump(data, sort_keys=False))
    before = Path.cwd()
    os.chdir(folder)
    try:
        for command in COMMANDS:
            found = invoke(words(command, Path(command)))
            assert found.exit_code == 0, found.output
    finally:
        os.chdir(before)
    return folder


@pytest.fixture
def here(shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with the same inputs; a command that begins to run fails the test."""
    for name in FILES:
        (tmp_path / name).write_bytes((shelf / name).read_bytes())
    monkeypatch.chdir(tmp_path)

    def begun(*_: Any, **__: Any) -> None:
        raise AssertionError("it ran before it refused")

    monkeypatch.setattr(terminal, "watch", begun)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_every_file_in_the_way_is_named_before_anything_runs(
    command: str, shelf: Path, here: Path
) -> None:
    written = [name for name in content(shelf / command) if not name.endswith(RECORD_FILE)]
    assert len(written) > 4 or command == "schema"
    for number, name in enumerate(written):
        folder = here / f"out_{number}"
        (folder / name).parent.mkdir(parents=True)
        mine = b'{"facts": {}, "chunks": 1}' if "manifest" in name else b"mine"
        (folder / name).write_bytes(mine)
        found = invoke(words(command, folder))
        assert found.exit_code == 1, (name, found.output)
        assert Path(name).name in found.stderr
        assert "allowed: another folder" in found.stderr
        assert content(folder) == {name: mine}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_was_changed_by_hand_stays(command: str, shelf: Path, here: Path) -> None:
    folder = here / "out"
    before = content(shelf / command)
    name = next(name for name in before if name.endswith((".csv", "schema.json")))
    before[name] += b"a remark\n"
    for one, bytes_ in before.items():
        (folder / one).parent.mkdir(parents=True, exist_ok=True)
        (folder / one).write_bytes(bytes_)
    more = ["--fresh"] if command in STORES else []
    found = invoke([*words(command, folder), *more])
    assert found.exit_code == 1, found.output
    assert Path(name).name in found.stderr
    assert content(folder) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_that_is_held_is_refused(
    command: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staged, "PATIENCE", 0.2)
    done, ready = threading.Event(), threading.Event()

    def hold() -> None:
        with held(here / "out"):
            ready.set()
            done.wait(60)

    other = threading.Thread(target=hold)
    other.start()
    ready.wait()
    try:
        found = invoke(words(command, here / "out"))
    finally:
        done.set()
        other.join()
    assert found.exit_code == 1, found.output
    assert f"process {os.getpid()} on" in found.stderr


def test_own_files_are_replaced_and_others_stay(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shelf)
    for name in ("notes.txt", ".draft.part", "mine.parquet"):
        (tmp_path / name).write_text("mine")
    for seed in ("1", "2"):
        found = invoke(["run", "mine.yaml", "-n", "2", "--seed", seed, "--out", str(tmp_path)])
        assert found.exit_code == 0, found.output
        assert pd.read_parquet(tmp_path / "summary.parquet").notna().any(axis=None)
    for name in ("notes.txt", ".draft.part", "mine.parquet"):
        assert (tmp_path / name).read_text() == "mine"


def test_a_scenario_is_not_replaced_by_its_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "# by hand\nextends: bare_pipeline\nname: Mine\n"
    Path("scenario.yaml").write_text(text)
    for arguments in (
        ["run", "scenario.yaml"],
        ["compare", "scenario.yaml", "--set-b", "months=40"],
    ):
        Path("a.yaml").write_text(text)
        found = invoke([*arguments, "-n", "2", "--out", "."])
        assert found.exit_code == 1
        assert "cannot write to the folder ." in found.stderr
        assert content(tmp_path) == {name: text.encode() for name in ("a.yaml", "scenario.yaml")}


@pytest.mark.parametrize("extended", [False, True])
def test_a_saved_scenario_that_is_run_again_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extended: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    assert invoke(["run", "bare_pipeline", "-n", "2", "--out", "out"]).exit_code == 0
    Path("out/mine.yaml").write_text("extends: scenario.yaml\nmonths: 40\n")
    before = content(tmp_path)
    source = "out/mine.yaml" if extended else "out/scenario.yaml"
    found = invoke(["run", source, "-n", "2", "--set", "seed=7", "--out", "out"])
    assert found.exit_code == 1
    assert "scenario.yaml would be read and replaced; allowed: another folder" in found.stderr
    assert content(tmp_path) == before


def test_fresh_removes_only_what_a_sweep_wrote(
    shelf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shelf)
    assert invoke(["sweep", "plan.yaml", "--out", str(tmp_path)]).exit_code == 0
    mine = [tmp_path / "runs" / "mine.parquet", tmp_path / "runs" / ".mine.part"]
    for path in mine:
        path.write_text("mine")
    again = ["sweep", "plan.yaml", "-n", "2", "--fresh", "--out", str(tmp_path)]
    found = invoke(again)
    assert found.exit_code == 0, found.output
    assert {path.read_text() for path in mine} == {"mine"}
    # a chunk that nobody has a checksum of
    (tmp_path / "checksums" / "000000.sha256").unlink()
    before = content(tmp_path)
    found = invoke(again)
    assert found.exit_code == 1
    assert "runs/000000.parquet" in found.stderr
    assert content(tmp_path) == before


# printing


def process(arguments: list[str], folder: Path, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "smpsim", *arguments],
        cwd=folder,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


PRINTED = [
    ("run", "closed", ()),
    ("run", "broken", ()),
    ("run", "full", ()),
    ("run", "full", ("--json",)),
    *((command, "full", ()) for command in COMMANDS if command not in ("run", "schema")),
]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
@pytest.mark.parametrize(("command", "fault", "more"), PRINTED)
def test_files_are_complete_though_nothing_can_be_printed(
    command: str, fault: str, more: tuple[str, ...], shelf: Path, tmp_path: Path
) -> None:
    arguments = [*words(command, tmp_path), *more]
    if fault == "full":
        with Path("/dev/full").open("w") as full:
            found = process(arguments, shelf, stdout=full)
    elif fault == "closed":
        found = process(arguments, shelf, preexec_fn=lambda: os.close(1))
    else:
        reading, writing = os.pipe()
        os.close(reading)
        found = process(arguments, shelf, stdout=writing)
        os.close(writing)
    _, said = found.communicate(timeout=240)
    assert found.returncode == 1
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    reasons = {"full": "the disk is full", "closed": "it is closed"}
    if fault in reasons:
        assert f"cannot print to stdout: {reasons[fault]}" in said
    if not more:
        assert "Wrote " in said
    expected = content(shelf / command)
    assert list(content(tmp_path)) == list(expected)


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["schema", "--kind", "sweep"]])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_what_only_prints_ends_in_words(arguments: list[str], tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        found = process(arguments, tmp_path, stdout=full)
    _, said = found.communicate(timeout=240)
    assert found.returncode == 1
    assert said == "cannot print to stdout: the disk is full\n"


# two writers


@pytest.mark.slow
def test_of_two_studies_started_in_one_folder_one_is_refused(shelf: Path, tmp_path: Path) -> None:
    many = ["sweep", "plan.yaml", "-n", "1000000", "--out", str(tmp_path / "out")]
    first = process(many, shelf, stdout=subprocess.DEVNULL)
    try:
        for _ in range(1200):
            if (tmp_path / "out" / "manifest.json").exists():
                break
            time.sleep(0.1)
        assert first.poll() is None
        second = process(words("sweep", tmp_path / "out"), shelf, stdout=subprocess.DEVNULL)
        _, said = second.communicate(timeout=240)
        assert second.returncode == 1
        assert f"process {first.pid} on" in said
        assert first.poll() is None
    finally:
        first.kill()
        first.communicate()
    # the folder is free again, and holds runs of the first
    again = process(words("sweep", tmp_path / "out"), shelf, stdout=subprocess.DEVNULL)
    _, said = again.communicate(timeout=240)
    assert again.returncode == 2
    assert "replications: got runs of 1000000" in said
    fresh = [*words("sweep", tmp_path / "out"), "--fresh"]
    done = process(fresh, shelf, stdout=subprocess.DEVNULL)
    _, said = done.communicate(timeout=240)
    assert done.returncode == 0, said
    assert content(tmp_path / "out") == content(shelf / "sweep")
