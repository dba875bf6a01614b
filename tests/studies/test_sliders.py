"""The sliders of a report: a small sweep that is right, and a page that shows it."""

import base64
import hashlib
import json
import re

import pytest
from browsers import a_browser
from typer.testing import CliRunner
from worlds import BARE

import smpsim
from smpsim.cli import app
from smpsim.errors import RequestError
from smpsim.scenario import ScenarioError
from smpsim.studies.report.sliders import RUNS, combinations, parse_slider, usual_sliders
from smpsim.studies.report.wording import people

SEATS, MONTHS = (
    "programmes.pilot.intakes.seats",
    "programmes.pilot.training.months_before_departure",
)
HOSTILE = "</script><script>alert(1)</script>"


@pytest.fixture(scope="module")
def found():
    scenario = smpsim.load({**BARE, "name": HOSTILE}, {"programmes.pilot.costs.setup": 90_000})
    sliders = {SEATS: [40, 100], MONTHS: [8, 14]}
    return smpsim.report(scenario, replications=60, guesses=False, sliders=sliders, seed=3)


@pytest.fixture(scope="module")
def page(found):
    return found.html()


def data_of(page):
    return json.loads(re.search(r'id="what-if-data">(.*?)</script>', page, re.DOTALL)[1])


def test_each_combination_is_the_run_of_its_values(found):
    table = found.what_if()
    (first,) = (one.result.scenario for one in found.options)
    # with the present values, 100 seats and the months of the scenario
    assert len(table) == 2 * len({8, 14, first.programmes[0].training.months_before_departure})
    base = smpsim.run(first, RUNS, 3).outcome_table
    for _, row in table.iterrows():
        values = {SEATS: int(row[SEATS]), MONTHS: int(row[MONTHS])}
        runs = smpsim.run(smpsim.load(first, values), RUNS, 3).outcome_table
        for name in ("placed", "cost_total"):
            gap = runs[name] - base[name]
            assert row[name] == pytest.approx(gap.mean())
            assert row[f"{name}_standard_error"] == pytest.approx(gap.sem())
    assert (table["runs"] == RUNS).all()


def test_the_page_states_the_means_and_what_changes(found, page):
    cells, table = data_of(page)["cells"], found.what_if()
    mean = found.figures().loc[("A", "placed"), "mean"]
    for cell, (_, row) in zip(cells, table.iterrows(), strict=True):
        assert cell["placed"] == people(max(0.0, mean + row["placed"]))
        assert cell["width"] == pytest.approx(max(0.0, mean + row["placed"]), abs=0.05)
    fewest = table[SEATS].idxmin()
    assert cells[fewest]["placed_change"].startswith("\N{MINUS SIGN}")
    # where a slider stands at first, nothing changes
    present = [one["present"] for one in data_of(page)["sliders"]]
    sizes = [len(one["values"]) for one in data_of(page)["sliders"]]
    assert cells[present[0] * sizes[1] + present[1]]["placed_change"] == "no change"


def test_only_the_script_of_the_page_may_run(page):
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'\"" in page
    assert HOSTILE not in page


def test_usual_sliders_have_the_present_value_and_only_what_can_be():
    scenario = smpsim.load("thamm_germany")
    sliders = usual_sliders(scenario)
    assert [one.key.rpartition(".")[2] for one in sliders] == [
        "seats",
        "months_before_departure",
        "minimum_months",
    ]
    for one in sliders:
        assert one.present in one.values
        assert list(one.values) == sorted(set(one.values))
    for values in combinations(sliders):
        smpsim.load(scenario, values)


@pytest.mark.parametrize(
    ("sliders", "message"),
    [
        ({SEATS: [1, 2], MONTHS: [3, 4], "months": [60, 61], "seed": [2]}, "at most 3"),
        ({SEATS: [100]}, "got 1 values"),
        ({SEATS: list(range(101, 121))}, "allowed: 2 to 9"),
        ({SEATS: list(range(1, 9)), MONTHS: list(range(1, 9)), "months": range(60, 66)}, "at most"),
        ({"programmes.pilot.intakes.seets": [1, 2]}, "did you mean 'seats'"),
        ({SEATS: [-5, 10]}, "got -5"),
        ({"programmes.pilot.occupation": [1, 2]}, "the key of a number"),
        ("seats", "sliders: got 'seats'"),
    ],
)
def test_what_cannot_be_moved_is_refused(sliders, message):
    with pytest.raises((RequestError, ScenarioError), match=re.escape(message)):
        smpsim.report(dict(BARE), replications=2, guesses=False, sliders=sliders)


def test_on_the_command_line(tmp_path):
    out = tmp_path / "r.html"
    command = ["report", "bare_pipeline", "-n", "4", "--no-guesses", "-o", str(out)]
    done = CliRunner().invoke(app, [*command, "--slider", f"{SEATS}=50,80"])
    assert done.exit_code == 0, done.output
    assert "50 trainees per intake" in data_of(out.read_text())["sliders"][0]["values"]
    assert CliRunner().invoke(app, [*command, "--no-sliders"]).exit_code == 0
    assert "what-if" not in out.read_text().partition("</style>")[2]
    done = CliRunner().invoke(app, [*command, "--slider", "seats"])
    assert done.exit_code == 2
    assert "KEY=VALUE,VALUE" in done.output
    assert parse_slider("a.b=1, 2.5") == ("a.b", [1, 2.5])


@pytest.mark.slow
@pytest.mark.parametrize("width", [1440, 390])
def test_the_sliders_work_from_the_file(page, tmp_path, width):
    file = tmp_path / "report.html"
    file.write_text(page, encoding="utf-8")
    data = data_of(page)
    with a_browser() as browser:
        shown = browser.new_page(viewport={"width": width, "height": 900})
        said = []
        shown.on("console", lambda one: said.append(one.text))
        shown.on("pageerror", lambda one: said.append(str(one)))
        shown.goto(file.as_uri())
        slider = shown.locator("#slider-0")
        slider.focus()
        shown.keyboard.press("Home")
        at = [0, *(one["present"] for one in data["sliders"][1:])]
        cell = data["cells"][at[0] * len(data["sliders"][1]["values"]) + at[1]]
        for name in ("placed", "placed_change", "cost", "price"):
            assert shown.locator(f"#what-if-{name}").inner_text() == cell[name]
        assert slider.get_attribute("aria-valuetext") == data["sliders"][0]["values"][0]
        shown.get_by_role("button", name="Back to A as it is").click()
        assert shown.locator("#what-if-same").is_visible()
        assert said == []
        assert shown.evaluate("document.documentElement.scrollWidth") == width
