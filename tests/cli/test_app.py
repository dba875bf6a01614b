"""The command line: what it prints, writes and refuses, and how it stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from processes import seen_in_terminal
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.results.files import read_provenance
from smpsim.results.manifest import RECORD_FILE
from smpsim.results.units import shown_difference
from smpsim.scenario import action_names, load, names
from smpsim.studies.kinds import study_names
from smpsim.world.blueprint import blueprint

PASS = "behaviour.exam.pass_probability"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


def invoke(*arguments: str) -> Any:
    return CliRunner().invoke(app, list(arguments))


def command(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "smpsim", *arguments],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        **options,
    )


def left(folder: Path) -> list[str]:
    files = [file for file in folder.rglob("*") if file.is_file() and file.name != RECORD_FILE]
    return sorted(str(file.relative_to(folder)) for file in files)


def test_list_names_every_scenario() -> None:
    found = invoke("list")
    assert found.exit_code == 0
    entries = [*names(), *action_names()]
    for entry in entries:
        assert entry.name in found.stdout
        assert entry.title in found.stdout
    listed = json.loads(invoke("list", "--json").stdout)
    everything = [*entries, *study_names()]
    assert [one["name"] for one in listed] == [entry.name for entry in everything]


def test_show_says_what_people_earn_what_hires_are_worth_and_what_the_timeline_sets() -> None:
    text = " ".join(invoke("show", "thamm_germany").stdout.split())
    scenario = load("thamm_germany")
    (programme,), (group,) = scenario.programmes, scenario.employers
    wages = programme.wages
    assert f"EUR {wages.origin:,.0f} a month at home and {wages.destination:,.0f} abroad" in text
    assert f"{100 * wages.tax:.0f} % are taxes" in text
    assert f"{100 * programme.promotion:.2g} % a month by promotion" in text
    assert f"{group.margin_per_month:,.0f} {100 * group.quit:.2g} %" in text
    # values of the timeline with their key paths, whole
    shown = "".join(invoke("show", "thamm_germany").stdout.split())
    for change in scenario.timeline:
        for key in change.set:
            assert key.replace(" ", "") in shown
    assert "background_per_month = 40" in " ".join(text.split())


def test_show_is_a_card() -> None:
    found = invoke("show", "thamm_germany")
    assert found.exit_code == 0
    scenario = load("thamm_germany")
    assert scenario.question in found.stdout
    flat = " ".join(found.stdout.split())
    assert "120 people start every 6 months, 6 times." in flat
    assert "The plan: 600 placed." in flat
    assert "260 EUR per trainee-month donor 90 %, origin state 10 %" in flat
    assert "germany standard 60 40 2 12 %" in flat
    assert "hotels and restaurants 300 germany sme" in flat
    assert "2020-03 Covid border closures" in flat
    assert "SMP paper annex, THAMM programme (line" in flat
    assert "lines of thamm_germany.yaml are marked as assumption" in flat


@pytest.mark.parametrize("name", [e.name for e in names() if e.kind])
def test_every_scenario_has_a_card(name: str) -> None:
    found = invoke("show", name)
    assert found.exit_code == 0, found.output
    assert "Assumptions:" in found.stdout


def test_show_prints_what_can_be_loaded_again(folder: Path) -> None:
    printed = invoke("show", "onodera_user_run", "--yaml", "--set", "months=70").stdout
    Path("again.yaml").write_text(printed)
    scenario = load("onodera_user_run", {"months": 70})
    assert load("again.yaml").fingerprint() == scenario.fingerprint()
    data = json.loads(invoke("show", "onodera_user_run", "--json").stdout)
    assert data == load("onodera_user_run").model_dump(mode="json")


def test_check_reports_every_problem_of_every_file() -> None:
    Path("good.yaml").write_text("extends: bare_pipeline\nname: Good [one]\n")
    Path("bad.yaml").write_text("extends: bare_pipeline\nmonths: none\nseeed: 3\n")
    assert invoke("check", "good.yaml", "bare_pipeline").exit_code == 0
    found = invoke("check", "good.yaml", "bad.yaml", "missing.yaml")
    assert found.exit_code == 2
    assert "good.yaml: OK (Good [one])" in found.stdout
    problems = found.stderr.splitlines()
    assert len(problems) == 3
    assert problems[0].startswith("bad.yaml:2:")
    assert "did you mean 'seed'" in problems[1]
    assert problems[2].startswith("missing.yaml: ")


def test_schema_is_printed_or_written() -> None:
    printed = json.loads(invoke("schema").stdout)
    assert "programmes" in printed["properties"]
    assert invoke("schema", "--out", "schema.json").exit_code == 0
    assert json.loads(Path("schema.json").read_text()) == printed


def test_version_names_the_packages() -> None:
    assert invoke("--version").stdout.strip() == f"smpsim {smpsim.__version__}"
    shown = dict(line.split() for line in invoke("version").stdout.splitlines())
    assert shown["smpsim"] == smpsim.__version__
    assert set(shown) >= {"python", "numba", "numpy", "mesa"}


def test_run_prints_and_writes(folder: Path) -> None:
    found = command("run", "bare_pipeline", "--replications", "12", "--seed", "4")
    assert found.returncode == 0, found.stderr
    placed = smpsim.run("bare_pipeline", 12, 4).summary().loc[("pilot", "placed")]
    lines = found.stdout.splitlines()
    rows = [line.split() for line in lines if line.startswith("placed  ")]
    shown = [f"{placed[name]:.0f}" for name in ("mean", "run_low", "run_high")]
    expected = ["placed", shown[0], shown[1], "to", shown[2]]
    assert [row[:5] for row in rows] == [expected] * 3
    # of the funnel, of the account, and of the main outcomes, below the answer
    assert set(rows[0][5]) == {"#"}
    assert rows[2][5:] == ["people"]
    assert lines[1].startswith("Of 100 people enrolled")
    assert "Wrote 29 files to results/bare_pipeline" in found.stderr
    # neither colours nor lines where the output is no terminal
    assert found.stdout.isascii()
    assert "\x1b" not in found.stdout + found.stderr
    below = folder / "results" / "bare_pipeline"
    tables = ["summary", "outcomes", "trajectories", "ledger", "flows", "losses", "gains"]
    tables += ["funnel", "losses_monthly", "spells"]
    assert left(below) == sorted(
        [f"{name}.{kind}" for name in tables for kind in ("parquet", "csv")]
        + ["scenario.yaml", "trajectories.png", "losses.png", "gains.png"]
        + ["stages.png", "costs.png", "survival.png", "provenance.json", "datapackage.json"]
    )
    written = pd.read_parquet(below / "summary.parquet")
    assert written.loc[("pilot", "placed"), "mean"] == placed["mean"]
    assert pd.read_csv(below / "summary.csv")["mean"].sum() == pytest.approx(written["mean"].sum())
    assert (below / "costs.png").read_bytes().startswith(b"\x89PNG")
    stated = load("bare_pipeline", {"seed": 4, "replications": 12})
    assert load(below / "scenario.yaml") == stated
    assert read_provenance(below)["seed"] == 4


@pytest.mark.parametrize(
    "more",
    [
        (),
        ("--seed", "7"),
        ("--seed", "7", "--set", "programmes.0.promotion=0.05", "--with", "early_engagement"),
    ],
)
def test_the_saved_scenario_is_the_run(folder: Path, more: tuple[str, ...]) -> None:
    found = invoke("run", "thamm_germany", "-n", "3", *more, "--out", "there")
    assert found.exit_code == 0, found.output
    there = folder / "there"
    again = smpsim.run(there / "scenario.yaml")
    # bit for bit, and with the same network of employers
    pd.testing.assert_frame_equal(
        again.outcomes(), pd.read_parquet(there / "outcomes.parquet"), check_exact=True
    )
    assert again.provenance["seed"] == (7 if more else 1)
    assert again.runs == 3


def test_the_network_of_employers_has_the_seed_of_the_run() -> None:
    design = load("thamm_germany")
    links = [blueprint(design, seed).neighbours for seed in (None, design.seed, 7)]
    assert np.array_equal(links[0], links[1])
    assert not np.array_equal(links[0], links[2])
    assert np.array_equal(links[2], blueprint(load(design, {"seed": 7})).neighbours)


def test_a_comparison_saves_what_was_run(folder: Path) -> None:
    found = invoke("compare", "bare_pipeline", "--set-b", "months=40", "-n", "5", "--seed", "9",
                   "--out", "both")  # fmt: skip
    assert found.exit_code == 0, found.output
    for name, months in (("a", 48), ("b", 40)):
        design = load(folder / "both" / f"{name}.yaml")
        assert (design.seed, design.replications, design.months) == (9, 5, months)


def test_run_prints_only_json(folder: Path) -> None:
    found = command(
        *("run", "bare_pipeline", "-n", "3", "--json", "--out", "here", "--trainees"),
        *("--set", f"{PASS}=0", "--set", "months=30"),
    )
    assert found.returncode == 0, found.stderr
    data = json.loads(found.stdout)
    assert data["months"] == 30
    assert data["provenance"]["set"] == [f"{PASS}=0", "months=30"]
    rows = {row["outcome"]: row for row in data["summary"]}
    assert rows["placed"]["mean"] == 0
    assert rows["placed"]["unit"] == "people"
    # no such outcome is null, as NaN is no JSON
    assert rows["cost_per_placement"]["mean"] is None
    assert data["finding"][0].startswith("Nobody is placed in any of 3 runs")
    assert [str(Path("here") / name) for name in left(folder / "here")] == sorted(data["files"])
    assert "here/trainees.parquet" in data["files"]


def test_compare_prints_and_writes(folder: Path) -> None:
    arguments = ("compare", "bare_pipeline", "bare_pipeline", "-n", "10", "--set-b", f"{PASS}=0.95")
    found = invoke(*arguments)
    assert found.exit_code == 0, found.output
    assert "A: Bare pipeline\nB: Bare pipeline, pass_probability=0.95" in found.stdout
    expected = smpsim.compare("bare_pipeline", load("bare_pipeline", {PASS: 0.95}), replications=10)
    row = expected.differences().loc[("pilot", "placed")]
    low, high = (shown_difference(row[edge], "people") for edge in ("ci_low", "ci_high"))
    assert shown_difference(row["difference"], "people") in found.stdout
    assert f"{low} to {high}" in found.stdout
    assert "more people than Bare pipeline" in found.stdout
    below = folder / "results" / "bare_pipeline_vs_bare_pipeline"
    assert left(below) == sorted(
        [
            f"{name}.{kind}"
            for name in ("differences", "summary", "trajectories")
            for kind in ("parquet", "csv")
        ]
        + ["a.yaml", "b.yaml", "datapackage.json"]
        + ["trajectories.png", "differences.png", "survival.png", "provenance.json"]
    )
    assert load(below / "b.yaml").behaviour.exam.pass_probability == 0.95
    data = json.loads(invoke(*arguments, "--json").stdout)
    (same,) = [one for one in data["differences"] if one["outcome"] == "placed"]
    assert same["difference"] == row["difference"]
    assert data["b"]["set"] == [f"{PASS}=0.95"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "bare_pipelin"), "did you mean 'bare_pipeline'"),
        (("run", "missing.yaml"), "missing.yaml: no such file"),
        (("run", "bare_pipeline", "--set", "monts=3"), "did you mean 'months'"),
        (("run", "bare_pipeline", "--set", "months=-3"), "--set months=-3: months: got -3"),
        (("run", "bare_pipeline", "-n", "0"), "--replications"),
        (("run", "bare_pipeline", "-n", "many"), "--replications"),
        (("run", "bare_pipeline", "-n", "10000000"), "GiB of memory; allowed: "),
        (("run", "bare_pipeline", "--seed", "-1"), "--seed"),
        (("run", "bare_pipeline", "--threads", "0"), "--threads"),
        (("compare", "bare_pipeline", "nowhere"), "no scenario 'nowhere'"),
        (("compare", "bare_pipeline", "bare_pipeline", "--set-b", "x=1"), "unknown key 'x'"),
        (("show", "nowhere"), "no scenario 'nowhere'"),
        (("show", "bare_pipeline", "--yaml", "--json"), "--yaml and --json"),
        (("run",), "Missing argument"),
        (("frobnicate",), "No such command"),
    ],
)
def test_bad_input_is_named_and_nothing_is_written(
    arguments: tuple[str, ...], said: str, folder: Path
) -> None:
    found = invoke(*arguments)
    assert found.exit_code == 2
    assert said in found.stderr
    assert "Traceback" not in found.output
    assert found.stdout == ""
    assert left(folder) == []


def test_every_problem_has_a_line_of_its_own(folder: Path) -> None:
    found = command("run", "bare_pipeline", "--set", "months=x", "--set", "y.z=1", "--set", "seed")
    assert found.returncode == 2
    assert len(found.stderr.splitlines()) == 3
    assert "Traceback" not in found.stderr
    assert left(folder) == []


def test_a_folder_that_cannot_be_made_is_found_before_the_runs(folder: Path) -> None:
    Path("file").write_text("")
    began = time.monotonic()
    # these runs would take hours
    found = invoke("run", "bare_pipeline", "-n", "10000000", "--out", "file/below")
    assert found.exit_code == 1
    assert "cannot write to the folder file/below" in found.stderr
    assert time.monotonic() - began < 30
    assert invoke("schema", "--out", "file/schema.json").exit_code == 1
    assert left(folder) == ["file"]


def test_a_picture_whose_library_is_missing_is_left_out_and_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smpsim.extras._there", lambda module: module != "statsmodels")
    found = invoke("run", "bare_pipeline", "-n", "2")
    assert found.exit_code == 0, found.output
    assert "Wrote 28 files" in found.stderr
    assert 'survival.png needs statsmodels, which is not installed: pip install "smpsim' in (
        found.stderr.replace("\n", " ")
    )
    assert not (folder / "results" / "bare_pipeline" / "survival.png").exists()


def test_a_full_disk_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    found = invoke("run", "bare_pipeline", "-n", "2")
    assert found.exit_code == 1
    assert "the disk is full" in found.stderr
    assert "Traceback" not in found.output
    assert left(folder) == []


def test_check_says_how_far_figures_are_known() -> None:
    Path("mine.yaml").write_text(
        "extends: bare_pipeline\nname: Mine\n"
        "employers:\n"
        "  - name: firms\n"
        "    margin_per_month: {low: 300, centre: 500, high: 900}   # assumption: a quarter\n"
        "    local_fill: 0.05   # assumption: a year or two\n"
        "institutions:\n"
        "  - name: college\n"
        "    seats: 30   # assumption: the plan\n"
    )
    first, second, *warnings = invoke("check", "mine.yaml").stdout.splitlines()
    assert first == "mine.yaml: OK (Mine)"
    held = "1 is called an assumption but has none (runs hold it fixed): employers.firms.local_fill"
    assert second == f"  1 number has a likely range; {held}."
    assert all(one.startswith("  warning: ") for one in warnings)
    text = Path("mine.yaml").read_text()
    Path("mine.yaml").write_text(text.replace("0.05 ", "{low: 0.02, centre: 0.05, high: 0.1} "))
    assert "\n  2 numbers have a likely range.\n" in invoke("check", "mine.yaml").stdout
    assert "range" not in invoke("check", "bare_pipeline").stdout


def test_a_fault_of_the_program_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("smpsim.ensemble.run", broken)
    assert isinstance(invoke("run", "bare_pipeline").exception, RuntimeError)


def test_names_with_brackets_are_no_markup() -> None:
    Path("odd.yaml").write_text("extends: bare_pipeline\nname: '[red]Odd[/red] :smile: é'\n")
    found = command("check", "odd.yaml", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert found.stdout == "odd.yaml: OK ([red]Odd[/red] :smile: ?)\n"


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_stops_without_half_written_files(folder: Path, presses: int) -> None:
    arguments = ["run", "bare_pipeline", "-n", "3000", "--threads", "2", "--out", "here"]
    arguments += ["--set", "programmes.pilot.intakes.seats=300000"]
    process = subprocess.Popen(
        [sys.executable, "-m", "smpsim", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # a test that runs in the background would pass on that interrupts are ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        # the model is loaded, or being compiled, by now
        time.sleep(6)
        assert process.poll() is None
        for _ in range(presses):
            process.send_signal(signal.SIGINT)
            time.sleep(0.05)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    # a second press can also meet an interpreter that is closing down already
    assert process.returncode == 130 or (presses == 2 and process.returncode == -signal.SIGINT)
    assert out == ""
    assert "Stopp" in err
    assert "Traceback" not in err
    assert left(folder) == []


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="needs a terminal")
def test_progress_is_for_terminals_only(folder: Path) -> None:
    answer = folder / "answer.json"
    code, shown = seen_in_terminal("run", "bare_pipeline", "-n", "40", "--json", answer=answer)
    data = json.loads(answer.read_text(encoding="utf-8"))
    assert code == 0
    assert data["provenance"]["replications"] == 40
    assert b"40/40" in shown
    # cursor movements are allowed, colours are not
    assert b"[32m" not in shown


def test_help_and_lists_do_not_load_the_engine() -> None:
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from smpsim.cli import app\n"
        "for one in (['--help'], ['run', '--help'], ['run'], ['--version']):\n"
        "    CliRunner().invoke(app, one)\n"
        "assert 'scipy' not in sys.modules and 'pandas' not in sys.modules\n"
        "for one in (['list'], ['check', 'bare_pipeline'], ['show', 'base_']):\n"
        "    CliRunner().invoke(app, one)\n"
        "print([m for m in ('numba', 'matplotlib', 'mesa', 'pyarrow.parquet') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]", found.stdout


def test_the_package_loads_its_names_when_asked() -> None:
    code = (
        "import sys, smpsim\n"
        "assert 'numba' not in sys.modules and 'pandas' not in sys.modules\n"
        "assert set(smpsim.__all__) <= set(dir(smpsim))\n"
        "from smpsim import *\n"
        "assert all(name in globals() for name in smpsim.__all__)\n"
        "assert 'dropout' in smpsim.rules and smpsim.Result.__name__ == 'Result'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="nonsense"):
        print(smpsim.nonsense)


def test_show_an_action_and_what_it_changes() -> None:
    found = invoke("show", "actions/campaigns")
    flat = " ".join(found.stdout.split())
    assert found.exit_code == 0
    assert "Action 8 of the SMP paper" in flat
    assert "programmes.*.promotion add 0.04" in flat
    changed = " ".join(invoke("show", "thamm_germany", "--with", "campaigns").stdout.split())
    assert "programmes.pilot.promotion 0.005 0.045" in changed


def test_check_knows_what_a_file_is() -> None:
    found = invoke("check", "actions/campaigns", "calibrate_behaviour", "thamm_germany")
    assert found.exit_code == 0
    assert found.stdout.count("OK") == 3


def test_run_with_an_action(tmp_path: Path) -> None:
    few = ["-n", "3", "--out", str(tmp_path / "out")]
    found = invoke("run", "bare_pipeline", "--with", "campaigns", *few, "--json")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["provenance"]["with"] == ["campaigns"]
    wrong = invoke("run", "bare_pipeline", "--with", "campaing", *few)
    assert wrong.exit_code == 2
    assert "did you mean 'actions/campaigns'?" in wrong.stderr


def test_rank_prints_and_writes(tmp_path: Path) -> None:
    out = tmp_path / "ranked"
    found = invoke(
        "rank", "bare_pipeline", "-n", "8", "--out", str(out),
        "--action", "campaigns", "--action", "early_engagement",
    )  # fmt: skip
    assert found.exit_code == 0, found.stderr
    assert "Promote and inform" in found.stdout
    assert {"designs.csv", "pairs.csv", "alone.png", "pairs.png"} <= {f.name for f in out.iterdir()}
    data = json.loads(invoke("rank", "bare_pipeline", "-n", "5", "--no-pairs", "--action",
                             "campaigns", "--out", str(out), "--json").stdout)  # fmt: skip
    assert data["designs"][0]["design"] == "campaigns"
    assert not (out / "pairs.csv").exists()
