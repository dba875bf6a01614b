"""The command ``search``: tables, files, going on, refusals."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.studies.sweep import sweep

SEATS = "programmes.pilot.intakes.seats"
MONTHS = "programmes.pilot.training.months_before_departure"
PLAN = {
    "name": "Trial",
    "scenario": "bare_pipeline",
    "levers": {SEATS: {"integers": {"low": 10, "high": 40}}, MONTHS: {"grid": [4, 6, 8]}},
    "actions": {"list": ["campaigns"]},
    "uncertainties": {"behaviour.training.dropout": {"uniform": {"low": 0.0, "high": 0.05}}},
    "objectives": {"placed": "maximize", "cost_per_placement": "minimize"},
    "satisfice": ["placed >= 10"],
    "worlds": 2,
    "replications": 1,
    "population": 6,
    "generations": 2,
    "candidates": 4,
    "fresh_worlds": 4,
    "fresh_replications": 2,
}
PICTURES = ("front.png", "parallel.png", "convergence.png", "robustness.png")


@pytest.fixture
def study(tmp_path):
    def written(**changes):
        path = tmp_path / "trial.yaml"
        path.write_text(yaml.safe_dump({**PLAN, **changes}, sort_keys=False))
        return str(path)

    return written


def invoke(*words):
    return CliRunner().invoke(app, ["search", *map(str, words)])


def test_a_search_prints_writes_and_goes_on(study, tmp_path):
    folder = tmp_path / "out"
    first = invoke(study(), "--out", folder, "--threads", 2)
    assert first.exit_code == 0, first.output
    for text in (
        "What is decided",
        "Results in 4 fresh worlds",
        "today",
        "months before departure",
        "The best compromise",
        "Good enough (placed >= 10) most often is",
        "files to",
    ):
        assert text in first.output
    for name in PICTURES:
        assert (folder / name).read_bytes().startswith(b"\x89PNG")
    table = pd.read_csv(folder / "pareto.csv", index_col="candidate")
    assert table.index[0] == "today"
    assert table.loc["today", MONTHS] == 12
    before = {file.name: file.read_bytes() for file in folder.glob("*.csv")}
    again = invoke(study(), "--out", folder, "--threads", 1)
    assert again.exit_code == 0
    assert "2 of 2 generations are already in" in again.output
    assert before == {file.name: file.read_bytes() for file in folder.glob("*.csv")}
    assert not list(folder.rglob("*.part"))


def test_json_and_options(study, tmp_path):
    found = invoke(
        study(),
        *("--json", "--generations", 1, "--population", 5, "--replications", 2),
        *("--out", tmp_path / "out"),
    )
    assert found.exit_code == 0, found.output
    facts = json.loads(found.stdout)
    assert facts["designs"] == 5
    assert facts["settings"]["replications"] == 2
    assert facts["pareto"][0]["candidate"] == "today"
    assert facts["pareto"][0]["placed_search"] is None
    assert {one["candidate"] for one in facts["robustness"]} == {
        one["candidate"] for one in facts["pareto"]
    }
    assert len(facts["history"]) == 1
    assert facts["finding"]
    assert all((tmp_path / "out").joinpath(name).is_file() for name in PICTURES)


def test_another_study_in_the_folder_is_refused(study, tmp_path):
    folder = tmp_path / "out"
    smpsim.search(study(generations=1), folder).write(folder)
    before = (folder / "pareto.csv").read_bytes()
    refused = invoke(study(generations=1, seed=7), "--out", folder)
    assert refused.exit_code == 2
    assert "study: seed: got runs of 1; allowed: 7 of this study" in refused.output
    assert "--fresh" in refused.output
    assert (folder / "pareto.csv").read_bytes() == before
    assert invoke(study(generations=1, seed=7), "--out", folder, "--fresh").exit_code == 0
    assert (folder / "pareto.csv").read_bytes() != before


def test_mistakes_end_with_2_and_no_folder(study, tmp_path):
    folder = tmp_path / "out"
    wrong = invoke(study(objectives={"placed": "up", "cost_total": "minimize"}), "--out", folder)
    assert wrong.exit_code == 2
    assert "trial.yaml:" in wrong.output
    assert "got 'up'; allowed: maximize, minimize" in wrong.output
    other = invoke("visa_delay_by_training_duration", "--out", folder)
    assert other.exit_code == 2
    assert "try: smpsim sweep visa_delay_by_training_duration" in other.output
    assert invoke("thamm_germany", "--out", folder).exit_code == 2
    assert not folder.exists()
    assert invoke(study(), "--population", 3, "--out", folder).exit_code == 2
    never = invoke(study(constraints=["placed > 9000"]), "--out", folder)
    assert never.exit_code == 2
    assert "meets placed > 9000" in never.output
    assert "Traceback" not in never.output
    assert not (folder / "pareto.csv").exists()


def test_a_folder_that_cannot_be_made_is_found_before_anything_runs(study, tmp_path):
    (tmp_path / "file").write_text("")
    found = invoke(study(), "--out", tmp_path / "file" / "out")
    assert found.exit_code == 1
    assert "cannot write to the folder" in found.output


def test_ctrl_c_keeps_what_is_done(study, tmp_path, monkeypatch):
    folder, calls, evaluate = tmp_path / "out", [], sweep.evaluate

    def interrupted(*arguments, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return evaluate(*arguments, **options)

    monkeypatch.setattr(sweep, "evaluate", interrupted)
    stopped = invoke(study(), "--out", folder)
    assert stopped.exit_code == 130
    assert "Stopped with 1 of 2 generations" in stopped.output
    assert not (folder / "pareto.csv").exists()
    monkeypatch.undo()
    assert invoke(study(), "--out", folder).exit_code == 0
    whole = smpsim.search(study()).pareto()
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "pareto.parquet"), whole)


def test_check_knows_search_studies(study):
    runner = CliRunner()
    good = runner.invoke(app, ["check", study()])
    assert good.exit_code == 0, good.output
    bad = runner.invoke(app, ["check", study(worlds=0)])
    assert bad.exit_code == 2
    assert "worlds: got 0" in bad.output


def test_help_does_not_wait_for_pymoo():
    code = "import sys; from smpsim.cli import app; sys.exit('pymoo' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
