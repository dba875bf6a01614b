"""The command discover: a study that is run first, a folder that is read, and what goes wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from smpsim.cli import app
from smpsim.results.manifest import RECORD_FILE
from smpsim.studies.sweep.study_file import load_study

STUDY = """
name: Small
scenario: bare_pipeline
vary:
  programmes.pilot.intakes.seats: {uniform: {low: 5, high: 45}}
  programmes.pilot.training.months_before_departure: {uniform: {low: 2, high: 20}}
design: {samples: 40}
outcomes: [placed, placement_rate]
fails: [placed < 12]
replications: 3
"""


def typed(*words):
    return CliRunner().invoke(app, ["discover", *map(str, words)])


def said(done):
    """Return what was printed, without the frames and breaks of a narrow terminal."""
    return " ".join(done.output.replace("│", " ").split())


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "small.yaml"
    path.write_text(STUDY)
    return path


@pytest.mark.slow
def test_a_study_is_run_once_and_then_read(study):
    done = typed(study, "--method", "cart")
    assert done.exit_code == 0, done.output
    assert "intakes: seats is at most" in said(done)
    assert "On designs and worlds that were not used to find it" in said(done)
    folder = study.parent / "results" / "small"
    written = {file.name for file in folder.iterdir()}
    names = {f"discover_{name}" for name in ("boxes.csv", "judgement.csv", "peeling.csv")}
    names |= {f"discover_{name}.png" for name in ("boxes", "scatter", "tradeoff")}
    assert names | {"discover_cases.parquet", "discover.txt", "study.json"} <= written
    stamps = {file: file.stat().st_mtime_ns for file in (folder / "runs").iterdir()}
    again = typed(study, "--method", "cart", "--fails", "placed < 20", "--out", "other")
    assert again.exit_code == 0, again.output
    assert "120 of 120 runs are already in results/small" in again.output
    assert {file: file.stat().st_mtime_ns for file in (folder / "runs").iterdir()} == stamps
    first, second = (pd.read_csv(one / "discover_boxes.csv") for one in (folder, Path("other")))
    assert second["high"].max() > first["high"].max() + 5
    assert [file.name for file in Path("other").glob(".*")] == [RECORD_FILE]


def test_a_folder_is_read_and_json_is_all_that_is_printed(study):
    assert typed(study, "--method", "cart").exit_code == 0
    done = typed("results/small", "--json", "--out", "there", "--threshold", "0.9")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert found["fails"] == ["placed < 12"]
    assert found["method"] == "prim"
    assert found["boxes"][0]["key"] == "programmes.pilot.intakes.seats"
    # of the seats some drop out or fail, so that it takes more than twelve
    assert 12 < found["boxes"][0]["high"] < 24
    assert found["judgement"][0]["density"] >= 0.9
    assert found["judgement"][-2]["box"] == "all"
    there = {str(file) for file in Path("there").iterdir() if file.name != RECORD_FILE}
    assert set(found["files"]) == there


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--fails", "placd < 20"], "--fails: got outcome 'placd'"),
        (["--fails", "placed < many"], "got 'many' in 'placed < many'"),
        (["--fails", "cost_total > 5"], "which the sweep does not keep; allowed: placed"),
        (["--method", "prism"], "did you mean 'prim'"),
        (["--programme", "pilto"], "did you mean 'pilot'"),
        (["--scenario", "bare"], "--scenario: got 'bare'"),
        (["--threshold", "30"], "above 0 and up to 1"),
    ],
)
def test_what_is_typed_wrong_is_explained_before_anything_runs(study, words, message):
    done = typed(study, *words)
    assert done.exit_code == 2
    assert message in said(done)
    assert not (study.parent / "results").exists()


def test_without_a_condition_nothing_runs(study):
    study.write_text(STUDY.replace("fails: [placed < 12]\n", ""))
    done = typed(study)
    assert done.exit_code == 2
    assert "neither given nor under fails in the study" in said(done)
    study.write_text(STUDY.replace("placed < 12", "placed less than 20"))
    done = typed(study)
    assert done.exit_code == 2
    assert "small.yaml:9:" in done.output
    assert not (study.parent / "results").exists()


def test_a_folder_that_is_no_sweep_and_options_that_do_not_fit_it(study):
    Path("empty").mkdir()
    done = typed("empty")
    assert done.exit_code == 1
    assert "cannot read empty/study.json" in done.output
    done = typed("empty", "--replications", "5")
    assert done.exit_code == 2
    assert "given with a folder, whose runs are only read" in said(done)
    Path("file").write_text("")
    done = typed(study, "--out", "file/there")
    assert done.exit_code == 1
    assert not Path("results").exists()


def test_a_damaged_sweep_is_refused_without_writing(study):
    assert typed(study, "--method", "cart", "--out", "first").exit_code == 0
    chunk = next(Path("results/small/runs").iterdir())
    chunk.unlink()
    done = typed("results/small", "--method", "cart", "--out", "second")
    assert done.exit_code == 1, done.output
    assert not Path("second").exists()


def test_the_study_of_the_catalogue_states_its_conditions():
    study, _ = load_study("where_a_programme_fails")
    assert study.fails
    assert 6 <= len(study.vary) <= 8
    # worlds that tell how often it fails, and no more than some minutes
    assert study.replications >= 60
    assert study.replications * study.design.samples * 2 <= 60_000
