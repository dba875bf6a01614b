"""The command forecast: tables, files and messages for a user's mistakes."""

import json

import pytest
from typer.testing import CliRunner

from smpsim.cli import app

SCENARIO = "bare_pipeline"
FEW = ["--draws", "50", "--vary", "behaviour.exam.pass_probability=uniform(0.4, 1)"]


@pytest.fixture
def reports(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "seen.csv"
    file.write_text("month,outcome,value,error\n12,graduated,60,2\n13,enrolled,100,0\n")
    return file


def call(*words):
    return CliRunner().invoke(app, ["forecast", SCENARIO, "--observed", *map(str, words)])


def test_it_prints_what_is_likely_and_writes_files(reports):
    found = call(reports, *FEW, "--with", "campaigns", "--at", "20", "--out", "out")
    assert found.exit_code == 0, found.output
    assert "Probability of meeting the plan" in found.stdout
    assert "would change placements by" in found.stdout
    folder = reports.parent / "out"
    assert {"values.csv", "plan.csv", "fan.png", "provenance.json"} <= {
        one.name for one in folder.iterdir()
    }
    again = call(reports, *FEW, "--json", "--out", "out")
    facts = json.loads(again.stdout)
    assert facts["plan"][0]["outcome"] == "placed"
    # that of actions would be taken for a part of the new forecast
    assert not (folder / "actions.csv").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.csv"], "missing.csv: no such file"),
        (["seen.csv", "--at", "5"], "--at: got month 5; allowed: 14 to 47"),
        (["seen.csv", "--with", "campain"], "no action 'campain'"),
        (["seen.csv", "--error", "7"], "--error: got 7; allowed: 0 to 1"),
    ],
)
def test_mistakes_are_told(reports, words, said):
    found = call(*words)
    assert found.exit_code == 2
    assert said in " ".join(found.stderr.split())
    assert not (reports.parent / "results").exists() or not any(
        (reports.parent / "results").iterdir()
    )


def test_a_faulty_file_is_told_with_its_line(reports):
    reports.write_text("month,outcome,value\n60,placed,3\n3,plased,4\n")
    found = call("seen.csv")
    assert found.exit_code == 2
    assert "seen.csv:2: month: got '60'; allowed: 0 to 46" in found.stderr
    assert "did you mean 'placed'?" in found.stderr
