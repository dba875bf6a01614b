"""The command ``decide``: what may be typed, what it prints and writes, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.main import get_command
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
    assert "8 runs of each with the same chance events, in 4 plausible worlds" in found.stdout
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
    assert "8 runs of each with the same chance events  " in found.stdout
    assert "includes chance only" in found.stdout


def test_an_option_without_ranges_is_said_to_hold_chance_only() -> None:
    found = invoke("bare_pipeline", "reference", *FEW)
    assert found.exit_code == 0, found.output
    assert "Bare pipeline states all its values, so nothing is drawn in it" in found.stdout


MANY = ("bare_pipeline", "few.yaml", "reference")


@pytest.fixture
def few(folder: Path) -> None:
    for name, text in (("few", "months: 50"), ("yen", "currency: JPY")):
        (folder / f"{name}.yaml").write_text(f"extends: bare_pipeline\nname: {name}\n{text}\n")


def compare(*arguments: str) -> Any:
    found = CliRunner().invoke(app, ["compare", *arguments])
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


@pytest.mark.usefixtures("few")
def test_compare_of_three_is_what_decide_gives(folder: Path) -> None:
    same = ("--parameters", "draws.csv", "--value", "30000", "--set", "seed=4")
    found = compare(*MANY, "-n", "8", *same)
    assert found.exit_code == 0, found.output
    asked = invoke(*MANY, *FEW, *same, "--out", "asked")
    assert found.stdout == asked.stdout
    assert "better than Bare pipeline, of 4 worlds" in found.stdout
    out = folder / "results" / "decide_bare_pipeline_or_few_or_reference"
    files = sorted(one.name for one in out.iterdir())
    assert files == sorted(one.name for one in (folder / "asked").iterdir())
    assert {"options.csv", "options.png", "regret.png", "dominance.csv"} <= set(files)
    for name in ("options.csv", "information.csv", "dominance.csv"):
        assert (out / name).read_bytes() == (folder / "asked" / name).read_bytes(), name
    for name in ("runs.parquet", "worlds.parquet"):
        pd.testing.assert_frame_equal(pd.read_parquet(out / name), pd.read_parquet(f"asked/{name}"))
    assert smpsim.verify(out).same
    in_python = smpsim.compare(
        *MANY, replications=8, parameters="draws.csv", value=30_000, overrides=["seed=4"]
    )
    assert isinstance(in_python, smpsim.Decision)
    assert (
        in_python.sentences
        == json.loads(compare(*MANY, "-n", "8", *same, "--json", "--out", "json").stdout)["finding"]
    )


@pytest.mark.usefixtures("few")
def test_what_is_left_out_is_the_same_in_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worlds, runs in each, level and parameters that neither command is told."""
    told = []
    monkeypatch.setattr("smpsim.studies.decide.decide.decided", lambda *a, **k: told.append((a, k)))
    smpsim.decide(MANY)
    smpsim.compare(*MANY)
    for given, more in told:
        assert (given[1].name, given[2], more["replications"], more["level"]) == (
            ("likely", 200, 2, 0.9)
        )
    assert len(told) == 2
    both = [
        {one.name: one.default for one in get_command(app).commands[name].params}
        for name in ("decide", "compare")
    ]
    assert (both[0]["draws"], both[0]["replications"], both[0]["level"]) == (200, 2, 0.9)
    assert both[1]["replications"] is both[1]["level"] is both[1]["parameters"] is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--precision", "placed=1"), "got --precision with 3 designs; allowed: -n"),
        (("--most", "90"), "got --most with 3 designs; allowed: -n"),
        (("--with", "campaigns"), "got --with with 3 designs; allowed: smpsim decide A B --option"),
        (("--set-b", "months=30"), "got --set-b with 3 designs; allowed: smpsim decide"),
        (("--with-a", "campaigns"), "got --with-a with 3 designs"),
        (("--outcome", "placed"), "got --outcome with 3 designs; allowed: with two designs"),
        (("--trainees",), "got --trainees with 3 designs; allowed: smpsim run --trainees"),
        (("-n", "5"), "replications: got 5; allowed: an even number"),
        (("-n", "2"), "replications: got 2; allowed: a whole number of 4 or more"),
        (("--level", "95"), "--level: got 95; allowed"),
        (("--value", "-3"), "--value: got -3; allowed: above 0"),
        (("refrence",), "did you mean 'reference'"),
        (("yen.yaml",), "got amounts in EUR and JPY; allowed: one currency for all"),
    ],
)
@pytest.mark.usefixtures("few")
def test_what_only_two_designs_have_is_refused(arguments: tuple[str, ...], message: str) -> None:
    found = compare(*MANY, *arguments)
    assert found.exit_code == 2
    said = " ".join(found.stderr.replace("│", " ").split())
    assert message.replace("with 3", f"with {3 + (arguments[0][0] != '-')}") in said
    assert not Path("results").exists()


def test_two_designs_are_not_judged_by_a_value() -> None:
    found = compare("bare_pipeline", "reference", "--value", "3000")
    assert found.exit_code == 2
    said = " ".join(found.stderr.replace("│", " ").split())
    assert "got --value with two designs; allowed: smpsim decide A B --value AMOUNT" in said


def test_each_command_says_what_the_other_does() -> None:
    texts = {
        name: " ".join(CliRunner().invoke(app, [name, "--help"]).stdout.split())
        for name in ("compare", "decide")
    }
    assert "Three or more: the table of smpsim decide" in texts["compare"]
    assert "smpsim compare A B C is enough" in texts["decide"]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((10,), {}, "options: got 10; allowed: a scenario; a number of runs is replications="),
        (("reference",), {"precision": {"placed": 1}}, "precision: got it with 3 designs"),
        (("reference",), {"actions": "campaigns"}, r"actions: .*smpsim.load\(scenario"),
        (("reference",), {"names": ["a", "b"]}, "names: got .* allowed: 3 different names"),
        (("reference",), {"replications": 7}, "replications: got 7; allowed: an even"),
        ((), {"value": 3000}, "value: got 3000 for two designs; allowed: three or more"),
    ],
)
def test_the_function_refuses_what_the_command_does(
    arguments: tuple[Any, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(smpsim.RequestError, match=message):
        smpsim.compare("bare_pipeline", "bare_pipeline", *arguments, **options)


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
        low, high = (f"{row[part] / 1e3:.0f}" for part in ("regret_low", "regret"))
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
    text = page.replace("\n", " ")
    unknown = f"{100 * table.loc['THAMM Germany', 'unknown']:.0f} % is what is not known"
    assert f"for the programme as it is, {unknown}" in text
    best = table["objective"].idxmax()
    assert best == table["regret"].idxmin()
    assert f"{best} are best on average and have the least regret" in text
    assert table["best"].idxmax() == "Half the seats"
    assert (table["objective"] < 0).all()
    kept = table["cost_per_retained_placement"].map(three_digits)
    ends = f"EUR {kept['Stay clause']:,.0f} with it and {kept['THAMM Germany']:,.0f} without"
    assert ends in text
