"""The command ``decide``: what may be typed, what it prints and writes, what it refuses."""

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
from smpsim.results.units import three_digits

PASS, SEATS = "behaviour.exam.pass_probability", "programmes.pilot.intakes.seats"
ROOT = Path(__file__).resolve().parents[2]
FEW = ("--draws", "4", "-n", "2")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "draws.csv").write_text(f"# made up\n{PASS}\n0.4\n0.6\n0.8\n0.9\n")
    return tmp_path


def invoke(*arguments: str) -> Any:
    found = CliRunner().invoke(app, ["decide", *arguments])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


def test_options_stand_side_by_side(folder: Path) -> None:
    found = invoke(
        "bare_pipeline", "--option", f"Few: {SEATS}=40", "--option", f"{SEATS}=60; campaigns",
        "--parameters", "draws.csv", "--value", "30000", *FEW,
    )  # fmt: skip
    assert found.exit_code == 0, found.output
    head = next(line for line in found.stdout.splitlines() if line.startswith("   "))
    assert "Few" in head
    assert "seats=60 + campaigns" in head
    assert "8 runs of each with the same luck, in 4 plausible worlds" in found.stdout
    assert "Bare pipeline is best on average: EUR" in found.stdout
    out = folder / "results" / "decide_bare_pipeline"
    assert (out / "options.png").exists()
    facts = read_provenance(out)
    assert facts["with"] == ["campaigns"]
    assert set(facts["recipe"]["scenarios"]) == {"Bare pipeline", "Few", "seats=60 + campaigns"}
    assert smpsim.verify(out).same


def test_it_is_what_the_function_gives() -> None:
    arguments = ("--parameters", "draws.csv", *FEW, "--json", "--set", "months=50")
    found = invoke("bare_pipeline", "--option", f"Few: {SEATS}=40", *arguments)
    data = json.loads(found.stdout)
    few = smpsim.load("bare_pipeline", {SEATS: 40, "months": 50})
    same = smpsim.decide(
        {"Bare pipeline": smpsim.load("bare_pipeline", {"months": 50}), "Few": few},
        parameters="draws.csv", draws=4, replications=2,
    )  # fmt: skip
    assert [row["placed"] for row in data["options"]] == list(same.table["placed"])
    assert data["finding"] == same.sentences
    assert data["set"] == ["months=50"]


def test_chance_alone_has_no_worlds() -> None:
    found = invoke("bare_pipeline", "reference", "--parameters", "centre", *FEW)
    assert found.exit_code == 0, found.output
    assert "regret" not in found.stdout
    assert "8 runs of each with the same luck  " in found.stdout
    assert "holds chance only" in found.stdout


def test_an_option_without_ranges_is_said_to_hold_chance_only() -> None:
    found = invoke("bare_pipeline", "reference", *FEW)
    assert found.exit_code == 0, found.output
    assert "Bare pipeline states all its values, so nothing is drawn in it" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("bare_pipeline",), "got one option; allowed: two or more"),
        (("bare_pipeline", "--option", "Few:"), "option: got 'Few:'; allowed: NAME: CHANGE"),
        (
            ("bare_pipeline", "--option", "X: months=40", "--option", "X: months=50"),
            "got 'X' twice",
        ),
        (("bare_pipeline", "--option", "X: mnths=40"), "did you mean 'months'"),
        (("bare_pipeline", "--option", "X: campaign"), "did you mean"),
        (("bare_pipeline", "refrence"), "did you mean 'reference'"),
        (("bare_pipeline", "reference", "--value", "0"), "--value: got 0; allowed: above 0"),
        (("bare_pipeline", "reference", "--level", "1"), "--level: got 1; allowed"),
        (("bare_pipeline", "reference", "--parameters", "no.csv"), "cannot be read as a table"),
    ],
)
def test_what_is_wrong_is_said_in_words(arguments: tuple[str, ...], message: str) -> None:
    found = invoke(*arguments, *FEW)
    assert found.exit_code == 2
    assert message in " ".join(found.stderr.replace("│", " ").split())
    assert not Path("results").exists()


def test_the_example_of_the_page_is_what_the_reference_run_gave() -> None:
    page = (ROOT / "docs" / "decide.md").read_text(encoding="utf-8")
    table = pd.read_csv(ROOT / "results" / "reference" / "decide_options.csv", index_col="option")
    for name, row in table.iterrows():
        low, high = (f"{row[part] / 1e6:.2f}" for part in ("regret_low", "regret"))
        better = "-" if name == "THAMM Germany" else f"{row['better']}"
        cells = [
            f"{name}",
            f"{row['placed']:.0f} ({row['placed_low']:.0f} to {row['placed_high']:.0f})",
            f"{three_digits(row['cost_per_placement']):,.0f}",
            better,
            f"{row['best']}",
            f"{low} to {high}",
        ]
        assert f"| {' | '.join(cells)} |" in page, name
    assert f"{100 * table.loc['THAMM Germany', 'unknown']:.0f} % for the programme" in page
    best = table["objective"].idxmax()
    assert f"{best} are best on average, and in {table.loc[best, 'best']} of 200 worlds" in page
    kept = table["cost_per_retained_placement"].map(three_digits)
    ends = f"EUR {kept['Stay clause']:,.0f} with it and {kept['THAMM Germany']:,.0f} without"
    assert ends in page.replace("\n", " ")
