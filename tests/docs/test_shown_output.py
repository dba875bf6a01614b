"""What pages show of the output of commands is what the commands print."""

import re
import shlex
import shutil
from pathlib import Path

import pandas as pd
import pytest
from doc_scripts import script
from typer.testing import CliRunner

from smpsim.cli import app
from smpsim.results.units import three_digits
from smpsim.scenario import load
from smpsim.studies.sensitivity.indices import runs_of
from smpsim.studies.sensitivity.ranges import parameters_of
from smpsim.studies.sensitivity.sensitivity import REPLICATIONS, SAMPLES
from smpsim.studies.sweep.study_file import load_study

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
COMMANDS = ("smpsim ", "cp ")
WIDTH = "240"
TABLES = script("make_reference_tables")


def fenced(page):
    """Yield the language and the text of each code block of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    yield from re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def words_of(text):
    """Return lines without what depends on the width of a table."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip(" .")]


def printed_by(line):
    """Return what a command prints."""
    name, *arguments = shlex.split(line)
    if name == "cp":
        shutil.copy(ROOT / arguments[0], arguments[1])
        return ""
    found = CliRunner().invoke(app, arguments)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.output


@pytest.mark.slow
def test_the_tutorial_shows_what_its_commands_print(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", WIDTH)
    files = iter(("my_design.yaml", "my_crisis.yaml"))
    printed, missing, shown, before = set(), [], 0, ""
    for language, text in fenced("tutorial.md"):
        lines = text.splitlines()
        if language == "yaml":
            Path(next(files)).write_text(text, encoding="utf-8")
        elif not language and any(line.startswith(COMMANDS) for line in lines):
            # questions are asked of a person only, and this is installed already
            asked = [one for one in lines if one.startswith(COMMANDS) and "my_nurses" not in one]
            printed |= {found for line in asked for found in words_of(printed_by(line))}
        elif not language and not before and not text.startswith("import"):
            wanted = words_of(text)
            shown += len(wanted)
            missing += [one for one in wanted if not any(real.startswith(one) for real in printed)]
        # what Python prints is compared with the page elsewhere
        before = language if language == "python" else ""
    assert shown > 60
    assert not missing, "the tutorial shows what no command prints:\n" + "\n".join(missing)


def test_the_page_on_discovery_quotes_the_reference_run():
    page = " ".join((DOCS / "discover.md").read_text(encoding="utf-8").replace("> ", "").split())
    folder = ROOT / "results" / "reference"
    judgement = pd.read_csv(folder / "discover_judgement.csv", index_col="box")
    first, base = judgement.loc["1"], judgement.loc["base"]
    limits = pd.read_csv(folder / "discover_boxes.csv").query("box == 1")
    patience = limits[limits["key"].str.contains("patience")].iloc[0]
    runs = load_study("where_a_programme_fails")[0].replications
    share = {name: 100 * value for name, value in first.items() if name != "confirmed"}
    error = f"(standard error {share['held_out_error']:.1f})"
    for text in (
        f"{base['designs']} designs with {runs} runs each",
        f"It does in {100 * base['density']:.0f} of 100 runs "
        f"(standard error {100 * base['held_out_error']:.1f}: which {runs} worlds",
        f"the programme fails in {share['density']:.0f} of 100 runs "
        f"({100 * base['density']:.0f} in all designs)",
        f"patience months: median is between {patience['low']:.3g} months and "
        f"{patience['high']:.3g} months",
        f"this box contains {share['coverage']:.1f} % of all failures",
        f"and {share['mass']:.1f} % of the designs",
        f"it fails in {share['held_out_density']:.0f} of 100 {error}",
        f"{share['held_out_gap']:.0f} more than in all designs "
        f"(standard error {share['held_out_gap_error']:.1f})",
        # the column of what the words mean here
        f"share of all runs that fail | {100 * base['density']:.1f} % |",
        f"runs **inside** that fail | {share['density']:.1f} % |",
        f"**all failing** runs that are inside | {share['coverage']:.1f} % |",
        f"share of the designs that are inside | {share['mass']:.1f} % |",
        f"not used to find the box | {share['held_out_density']:.1f} % |",
        f"decides whether a box holds | {share['held_out_gap']:.1f} points |",
        f"limited at the same end | {100 * patience['reappears']:.0f} % |",
    ):
        assert text in page, text


@pytest.mark.parametrize("page", TABLES.PAGES)
def test_tables_of_reference_results_are_up_to_date(page):
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    assert TABLES.page(page) == text, "run: python docs/make_reference_tables.py"


def test_the_page_on_forecasts_says_how_the_trial_was_run():
    page = (DOCS / "forecast.md").read_text(encoding="utf-8")
    placed = pd.read_csv(ROOT / "results/reference/forecast_trial.csv").iloc[0]
    assert f"--programmes {placed['programmes']:.0f} --runs {placed['runs']:.0f}`" in page


def test_the_page_on_sensitivity_says_how_much_is_run():
    page = " ".join((DOCS / "sensitivity.md").read_text(encoding="utf-8").split())
    parameters, _ = parameters_of(load("reference"))
    samples = SAMPLES["morris"]
    designs, runs = (
        runs_of("morris", samples, len(parameters), each) for each in (1, REPLICATIONS)
    )
    assert (
        f"({len(parameters)} parameters, {samples} trajectories) takes {designs:,} designs, "
        f"{runs:,} runs"
    ) in page


def test_the_page_on_deciding_says_what_its_example_found():
    page = " ".join((DOCS / "decide.md").read_text(encoding="utf-8").split())
    folder = ROOT / "results" / "reference"
    options = pd.read_csv(folder / "decide_options.csv", index_col="option")
    first = pd.read_csv(folder / "decide_information.csv").iloc[0]
    today, clause = options.loc["THAMM Germany"], options.loc["Stay clause"]
    kept = (three_digits(one["cost_per_retained_placement"]) for one in (clause, today))
    worth, noise = (three_digits(first[name]) for name in ("value", "noise"))
    for text in (
        f"for the programme as it is, {100 * today['unknown']:.0f} % is what is not known",
        "a placement kept a year costs EUR {:,.0f} with it and {:,.0f} without".format(*kept),
        f"knowing it is worth up to EUR {worth:,.0f}, where {noise:,.0f} could be noise",
    ):
        assert text in page, text
    assert "hotels and restaurants" in first["meaning"]
    assert options[["objective", "regret"]].rank(ascending=False).loc["Campaigns"].tolist() == [
        1,
        5,
    ]
    assert options["best"].idxmax() == "Half the seats"
    assert (options["objective"] < 0).all()
    assert 0.85 < today["assumed"] < 0.9


@pytest.mark.slow
def test_the_forecasts_example_is_what_its_script_makes():
    example = script("make_forecast_example")
    text, truth = example.made()
    assert example.FILE.read_text(encoding="utf-8") == text
    page = (DOCS / "forecast.md").read_text(encoding="utf-8")
    assert f"placed {truth['placed']:.0f} people in the end" in page
    notebook = DOCS.parent / "notebooks" / "07_forecast_of_a_running_programme.ipynb"
    assert f"CAME_TO = {truth['placed']:.0f} " in notebook.read_text(encoding="utf-8")
