"""Actions on the command line: listed, shown, checked, added to runs, and ranked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from smpsim.cli import app
from smpsim.results.files import read_provenance
from smpsim.scenario import load


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # names of the catalogue are found from any folder
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def flat(text: str) -> str:
    return " ".join(text.split())


def test_what_cannot_be_run_is_listed_apart() -> None:
    text = invoke("list").stdout
    runs, _, rest = text.partition("parts that scenarios extend; not run by themselves")
    parts, _, actions = rest.partition("actions that --with adds to a scenario")
    assert "thamm_germany" in runs
    assert "base" in parts.split()
    assert "base" not in runs.split()
    assert actions.index("actions/demand_driven") < actions.index("actions/campaigns")
    listed = {one["name"]: one["runs"] for one in json.loads(invoke("list", "--json").stdout)}
    assert listed["reference"]
    assert not listed["base"]
    assert not listed["actions/campaigns"]


def test_an_action_is_shown_with_its_price() -> None:
    text = flat(invoke("show", "early_engagement").stdout)
    assert "Action 2 of the SMP paper. SMP paper, Action 2 (lines 518-525)" in text
    assert "programmes.*.selection to shared selection is institution" in text
    assert "programmes.*.costs.setup add 60,000 assumption: workshops" in text
    assert "where nobody is named, the donor" in text
    data = json.loads(invoke("show", "actions/early_engagement", "--json").stdout)
    assert data["patch"][0]["to"] == "design"
    refused = invoke("show", "early_engagement", "--yaml")
    assert refused.exit_code == 2


def test_what_actions_change_is_shown_one_after_the_other() -> None:
    added = ("--with", "campaigns", "--with", "mapping_institutions")
    found = invoke("show", "bare_pipeline", *added, "--set", "institutions.0.mapped=true")
    text = flat(found.stdout)
    assert "programmes.pilot.promotion 0.0 0.04 start" in text
    assert (
        "mapping_institutions changes nothing here: everything it asks for is already in place."
        in text
    )


def test_faulty_actions_are_checked_like_scenarios() -> None:
    Path("mine.yaml").write_text(
        "name: Mine\npatch:\n  - {set: programmes.*.promotoin, add: 0.1, source: none}\n"
    )
    # a scenario that only speaks of a dispatch is none
    Path("dispatch.yaml").write_text("extends: bare_pipeline\nname: Dispatch\n")
    found = invoke("check", "mine.yaml", "dispatch.yaml", "campaigns")
    assert found.exit_code == 2
    assert found.stderr.startswith("mine.yaml:3:11: patch[0].set: got 'promotoin'")
    assert "did you mean 'promotion'" in found.stderr
    assert "dispatch.yaml: OK (Dispatch)" in found.stdout
    assert "campaigns: OK (Promote and inform)" in found.stdout


def test_an_action_is_not_run_by_itself() -> None:
    found = invoke("run", "campaigns")
    assert found.exit_code == 2
    assert "campaigns: got an action; allowed: a scenario" in found.stderr
    assert "smpsim run SCENARIO --with campaigns" in found.stderr


def test_a_run_says_which_actions_it_has_and_which_change_nothing(folder: Path) -> None:
    added = ("--with", "campaigns", "--with", "mapping_institutions")
    mapped = ("--set", "institutions.0.mapped=true")
    found = invoke("run", "bare_pipeline", *added, *mapped, "-n", "2")
    assert found.exit_code == 0, found.output
    assert found.stdout.startswith("Bare pipeline + campaigns + mapping institutions")
    assert "mapping_institutions changes nothing here" in found.stderr
    assert "campaigns changes nothing" not in found.stderr
    (below,) = (folder / "results").iterdir()
    assert below.name == "bare_pipeline_with_campaigns_with_mapping_institutions"
    assert read_provenance(below)["with"] == ["campaigns", "mapping_institutions"]
    written = load(below / "scenario.yaml")
    wanted = load("bare_pipeline", [mapped[1], "replications=2"], actions=["campaigns"])
    assert written.fingerprint() == wanted.fingerprint()


@pytest.mark.slow
def test_a_ranking_from_end_to_end(folder: Path) -> None:
    found = invoke("rank", "bare_pipeline", "-n", "4", "--seed", "3", "--set", "months=60")
    assert found.exit_code == 0, found.output
    assert "Actions alone: change and 95 % interval, 4 paired runs" in found.stdout
    assert "(4 highest and 4 lowest of 28)" in found.stdout
    assert "36 designs and, separately, 28 interactions" in found.stdout
    below = folder / "results" / "bare_pipeline_actions"
    assert {file.name for file in below.iterdir()} == {
        "designs.csv", "designs.parquet", "pairs.csv", "pairs.parquet", "runs.parquet",
        "runs.csv", "alone.png", "pairs.png", "provenance.json", "datapackage.json",
        ".smpsim.json",
    }  # fmt: skip
    facts = read_provenance(below / "designs.parquet")
    assert (facts["seed"], facts["set"], len(facts["actions"])) == (3, ["months=60"], 8)
    assert len(pd.read_csv(below / "designs.csv")) == 36

    again = invoke("rank", "bare_pipeline", "-n", "4", "--seed", "3", "--no-pairs", "--json",
                   "--set", "months=60")  # fmt: skip
    data = json.loads(again.stdout)
    assert [one["actions"] for one in data["designs"]] == [1] * 8
    assert data["pairs"] == []
    assert data["unchanged"]
    assert data["finding"][-1].startswith('"Beyond doubt"')
    assert not (below / "pairs.png").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("bare_pipelin",), "did you mean 'bare_pipeline'?"),
        (("bare_pipeline", "--action", "campaing"), "did you mean 'actions/campaigns'?"),
        (("bare_pipeline", "--level", "1"), "--level: got 1; allowed: above 0 and below 1"),
        (("bare_pipeline", "--set", "mnths=3"), "did you mean 'months'?"),
    ],
)
def test_rankings_that_are_refused(folder: Path, arguments: Any, message: str) -> None:
    found = invoke("rank", *arguments, "-n", "2")
    assert found.exit_code == 2
    assert message in flat(found.stderr.replace("│", ""))
    assert not (folder / "results").exists()
