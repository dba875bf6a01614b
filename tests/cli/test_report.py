"""The command that writes a report."""

import json
from pathlib import Path

from typer.testing import CliRunner

from smpsim.cli import app

FEW = ["-n", "2", "--no-guesses", "--set", "months=30"]


def invoked(*line):
    return CliRunner().invoke(app, ["report", *line])


def test_it_writes_one_file_and_prints_the_answer(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = invoked("bare_pipeline", "--with", "campaigns+early_engagement", *FEW)
    assert found.exit_code == 0, found.output
    file = Path("results/bare_pipeline_with_campaigns_and_early_engagement_report.html")
    assert file.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert "people are placed" in found.stdout
    assert f"Wrote {file}" in found.stderr


def test_json_has_the_tables(tmp_path):
    out = str(tmp_path / "page.html")
    found = invoked("bare_pipeline", "-o", out, "--xlsx", "--json", *FEW)
    facts = json.loads(found.stdout)
    assert [Path(one).name for one in facts["files"]] == ["page.html", "page.xlsx"]
    assert {one["figure"] for one in facts["options"]} >= {"placed", "retained_placements_36"}


def test_mistakes_are_said_in_words(tmp_path):
    out = str(tmp_path / "page.html")
    for line, text in (
        (["bare_pipelin", "-o", out], "did you mean"),
        (["bare_pipeline", "-o", out, "--with", "campaign"], "campaigns"),
        (["bare_pipeline", "-o", out, "--level", "2"], "--level: got 2"),
        (["bare_pipeline"] * 7, "got 7 options; allowed: 1 to 6"),
    ):
        found = invoked(*line)
        assert found.exit_code == 2, found.output
        assert text in found.output
    assert not list(tmp_path.iterdir())
