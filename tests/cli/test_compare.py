"""The command ``compare``: what may be typed, what it prints and writes, what it refuses."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from processes import seen_in_terminal
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.cli.terminal import ranged
from smpsim.results.files import read_provenance
from smpsim.results.manifest import RECORD_FILE
from smpsim.results.outcomes import outcome_of
from smpsim.scenario import load

PASS = "behaviour.exam.pass_probability"
BETTER = ("--set-b", f"{PASS}=0.95")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["compare", *arguments])


def left(folder: Path) -> list[str]:
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != RECORD_FILE]
    return sorted(str(file.relative_to(folder)) for file in files)


def row(text: str, label: str) -> str:
    (found,) = [line for line in text.splitlines() if line.startswith(f"{label}  ")]
    return " ".join(found.split())


def test_a_scenario_is_compared_with_itself_as_changed(folder: Path) -> None:
    found = invoke("bare_pipeline", *BETTER, "-n", "10")
    assert found.exit_code == 0, found.output
    assert "A: Bare pipeline\nB: Bare pipeline, pass_probability=0.95" in found.stdout
    (below,) = (folder / "results").iterdir()
    assert below.name == "bare_pipeline_with_pass_probability_0.95"
    two = invoke("bare_pipeline", "bare_pipeline", *BETTER, "-n", "10")
    assert row(two.stdout, "placed") == row(found.stdout, "placed")
    assert read_provenance(below)["b"]["set"] == [f"{PASS}=0.95"]


def test_what_pairing_saves_is_said() -> None:
    found = invoke("bare_pipeline", *BETTER, "-n", "10")
    table = smpsim.compare("bare_pipeline", overrides_b={PASS: 0.95}, replications=10)
    factor = table.differences().loc[("pilot", "placed"), "independent_runs"]
    said = f"Without the same chance events in both, {factor:.1f} times as many runs"
    assert said in found.stdout
    # nobody more or less is enrolled in any pair
    assert row(found.stdout, "enrolled").endswith("0 to 0 people")


def test_chosen_outcomes_are_shown_in_the_order_given(folder: Path) -> None:
    arguments = ("bare_pipeline", *BETTER, "-n", "5", "--out", "here")
    chosen = ("--outcome", "npv_donor_60m", "--outcome", "cost_employer", "--outcome", "placed")
    found = invoke(*arguments, *chosen)
    assert found.exit_code == 0, found.output
    lines = found.stdout.splitlines()
    top = next(n for n, line in enumerate(lines) if line.startswith("outcome "))
    labels = [line.split("  ")[0] for line in lines[top + 1 : top + 4]]
    assert labels == [outcome_of(one).label for one in chosen[1::2]]
    assert lines[top + 4].strip() == ""
    # files hold all outcomes whatever is shown
    assert len(pd.read_parquet("here/differences.parquet")) > 30
    data = json.loads(invoke(*arguments, *chosen, "--json").stdout)
    assert [one["outcome"] for one in data["differences"]] == [
        "npv_donor_60m",
        "cost_employer",
        "placed",
    ]


def test_precision_decides_the_number_of_runs() -> None:
    arguments = ("bare_pipeline", *BETTER, "--precision", "placed=0.5", "--level", "0.9")
    data = json.loads(invoke(*arguments, "--json").stdout)
    assert data["level"] == 0.9
    assert data["stopping"]["reached"] is True
    (width,) = data["stopping"]["half_widths"]
    assert width["half_width"] <= 0.5 == width["asked"]
    (placed,) = [one for one in data["differences"] if one["outcome"] == "placed"]
    assert (placed["ci_high"] - placed["ci_low"]) / 2 == pytest.approx(width["half_width"])
    assert data["a"]["replications"] == data["stopping"]["looks"][-1] == placed["runs"]
    printed = invoke(*arguments)
    assert "Note: Precision reached with" in printed.stdout
    assert "placed 0.4" in printed.stdout
    assert "(90 % confidence interval" in printed.stdout
    assert "90 % confidence  " in printed.stdout


def test_a_ceiling_is_said_and_is_no_error() -> None:
    found = invoke("bare_pipeline", *BETTER, "--precision", "placed=0.1%", "--most", "40")
    assert found.exit_code == 0, found.output
    assert "the limit of 40 pairs of runs came first" in found.stdout
    assert "asked for 0.0" in found.stdout


def test_identical_designs_do_not_differ() -> None:
    found = invoke("bare_pipeline", "bare_pipeline", "--precision", "placed=0.001")
    assert found.exit_code == 0, found.output
    assert "place the same number of people in every pair of runs" in found.stdout
    data = json.loads(invoke("bare_pipeline", "bare_pipeline", "-n", "3", "--json").stdout)
    # without a bound is null, as infinity is no JSON
    (placed,) = [one for one in data["differences"] if one["outcome"] == "placed"]
    assert placed["independent_runs"] is None
    assert placed["difference"] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("bare_pipeline",), "got nothing to compare with"),
        ((*BETTER,), "Missing argument"),
        (("bare_pipeline", *BETTER, "--outcome", "place"), "did you mean 'placed'"),
        (("bare_pipeline", *BETTER, "--precision", "place=3"), "did you mean 'placed'"),
        (("bare_pipeline", *BETTER, "--precision", "placed"), "OUTCOME=HALF-WIDTH"),
        (("bare_pipeline", *BETTER, "--precision", "placed=0"), "placed: got '0'"),
        (("bare_pipeline", *BETTER, "--precision", "placed=-2%"), "placed: got '-2%'"),
        (("bare_pipeline", *BETTER, "--precision", "placed=1", "-n", "5"), "one of them"),
        (("bare_pipeline", *BETTER, "--most", "500"), "only with --precision"),
        (("bare_pipeline", *BETTER, "--precision", "placed=1", "--most", "1"), "--most"),
        (("bare_pipeline", *BETTER, "--level", "95"), "--level: got 95"),
        (("bare_pipeline", *BETTER, "--precision", "retained_36=1%"), "no pair of runs"),
        (("bare_pipeline", "reference", "--with", "x"), "--with-a or --with-b"),
        (("bare_pipeline", "--with", "earl_engagement"), "did you mean 'actions/early_engagement'"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    arguments: tuple[str, ...], said: str, folder: Path
) -> None:
    found = invoke(*arguments)
    assert found.exit_code == 2, found.output
    flat = " ".join(found.stderr.replace("│", " ").split())
    assert said in flat
    assert "Traceback" not in found.output
    assert found.stdout == ""
    assert left(folder) == []


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
def test_progress_shows_runs_whose_total_is_not_known(tmp_path) -> None:
    arguments = ["compare", "bare_pipeline", *BETTER, "--precision", "placed=0.4", "--json"]
    answer = tmp_path / "answer.json"
    code, shown = seen_in_terminal(*arguments, answer=answer)
    data = json.loads(answer.read_text(encoding="utf-8"))
    assert code == 0
    assert data["stopping"]["reached"] is True
    assert b"/?" in shown


ACTION = """
name: Better schools
patch:
  - {set: behaviour.exam.pass_probability, to: 0.95, source: "assumption: for this test"}
"""


@pytest.fixture
def action() -> str:
    Path("better_schools.yaml").write_text(ACTION)
    return "better_schools.yaml"


def test_a_scenario_is_compared_with_itself_and_an_action(folder: Path, action: str) -> None:
    found = invoke("bare_pipeline", "--with", action, "-n", "10")
    assert found.exit_code == 0, found.output
    assert "A: Bare pipeline\nB: Bare pipeline + better schools\n" in found.stdout
    assert "Bare pipeline + better schools places" in found.stdout
    (below,) = (folder / "results").iterdir()
    assert below.name == "bare_pipeline_with_better_schools"
    assert load(below / "a.yaml").behaviour.exam.pass_probability == 0.8
    assert load(below / "b.yaml").behaviour.exam.pass_probability == 0.95
    assert read_provenance(below)["b"]["with"] == [action]
    set_by_hand = invoke("bare_pipeline", *BETTER, "-n", "10")
    assert row(set_by_hand.stdout, "placed") == row(found.stdout, "placed")


def test_actions_of_the_catalogue_are_compared_with_each_other(folder: Path) -> None:
    arguments = ("--with-a", "actions/early_engagement", "--with-b", "campaigns")
    found = invoke("thamm_germany", *arguments, "-n", "5", "--json")
    assert found.exit_code == 0, found.output
    data = json.loads(found.stdout)
    assert data["names"] == ["THAMM Germany + early engagement", "THAMM Germany + campaigns"]
    (below,) = (folder / "results").iterdir()
    assert below.name == "thamm_germany_with_early_engagement_vs_campaigns"
    two = invoke("thamm_germany", "bare_pipeline", *arguments, "-n", "2", "--json")
    assert json.loads(two.stdout)["names"][1] == "Bare pipeline + campaigns"


def test_an_action_that_changes_nothing_is_noted() -> None:
    changed = ("--set", "behaviour.exam.pass_probability=0.95")
    Path("better_schools.yaml").write_text(ACTION)
    found = invoke("bare_pipeline", "--with", "better_schools.yaml", *changed, "-n", "3")
    assert found.exit_code == 0, found.output
    assert "agree in every value that affects a result" in found.stdout


def test_a_mean_without_a_range_stands_alone():
    assert ranged("38", "-") == "38"
    assert ranged("-", "-") == "-"
    assert ranged("38", "0 to 90") == "38 (0 to 90)"
