"""The command ``explain``: what it prints and writes, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.results.files import read_provenance

PASS = "behaviour.exam.pass_probability"
SEATS = "programmes.pilot.intakes.seats"
TWO = ("--set-b", f"{PASS}=0.95", "--set-b", f"{SEATS}=120")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["explain", *arguments])


def test_it_prints_and_writes_what_python_returns(folder: Path) -> None:
    found = invoke("bare_pipeline", *TWO, "-n", "6", "--seed", "4")
    assert found.exit_code == 0, found.output
    (below,) = (folder / "results").iterdir()
    assert below.name == "why_bare_pipeline_with_pass_probability_0.95_and_seats_120"
    for title in (
        "The same people in both designs: 6 pairs of runs (people)",
        "Where A lost those whom only B places (people)",
        "From placements in A to placements in B (people)",
        "Which change mattered (people placed)",
    ):
        assert title in found.stdout
    sets = {PASS: 0.95, SEATS: 120}
    expected = smpsim.explain("bare_pipeline", None, 6, 4, overrides_b=sets)
    assert all(sentence in found.stdout for sentence in expected.sentences)
    pd.testing.assert_frame_equal(
        pd.read_parquet(below / "changes.parquet"), expected.switched(), check_like=True
    )
    for name in ("waterfall.png", "flows.png", "changes.png", "a.yaml", "b.yaml", "lost.csv"):
        assert (below / name).is_file()
    assert read_provenance(below)["b"]["set"] == [f"{PASS}=0.95", f"{SEATS}=120"]
    assert smpsim.load(below / "b.yaml").programmes[0].intakes.seats == 120


def test_an_action_and_json(folder: Path) -> None:
    found = invoke("bare_pipeline", "--with", "campaigns", "-n", "2", "--json", "--out", "here")
    data = json.loads(found.stdout)
    assert data["verb"] == "explain"
    assert [one["change"] for one in data["changes"]] == ["campaigns (action)"]
    assert data["finding"][-1].startswith("The designs differ in one change only: campaigns")
    assert not (folder / "here" / "changes.png").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("bare_pipeline",), "got nothing to compare with"),
        (("bare_pipeline", "bare_pipeline", "--with", "campaigns"), "allowed: --with-a or"),
        (("bare_pipeline", *TWO, "--level", "2"), "--level: got 2; allowed: above 0 and below 1"),
        (("bare_pipeline", "--set-b", "programmes.pilot.seats=3"), "unknown key 'seats'"),
        (("bare_pipelin", *TWO), "did you mean"),
    ],
)
def test_what_is_refused(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    found = invoke(*arguments, "-n", "2")
    assert found.exit_code in (1, 2)
    text = " ".join(found.output.replace("│", " ").split())
    assert message in text, text
    assert list(folder.iterdir()) == []
