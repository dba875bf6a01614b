"""The assurance sheet says what can be counted as it is counted, and leaves room for signatures."""

import csv
import re
from pathlib import Path

import pytest
from doc_scripts import script

from smpsim.scenario import find, names
from smpsim.scenario.known import Known
from smpsim.scenario.marks import marks
from smpsim.scenario.parameters import shared_ranges

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGE = (DOCS / "assurance.md").read_text(encoding="utf-8")
REFERENCE = ROOT / "results" / "reference"


@pytest.fixture(scope="module", name="script")
def assurance_script():
    return script("make_assurance")


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def cell(line, place):
    """Return a cell of the line of a table that begins with some text."""
    (found,) = [one for one in PAGE.splitlines() if one.startswith(f"| {line} |")]
    return found.strip("| ").split(" | ")[place]


def test_the_page_is_up_to_date(script):
    assert script.page() == PAGE, "run: python docs/make_assurance.py"


def test_every_number_is_one_that_is_counted(script):
    own = script.own_words(PAGE)
    assert len(own) < len(PAGE)
    plain = re.sub(r"`[^`]*`|\]\([^)]*\)|\b(19|20)\d\d\b", "", own)
    assert re.findall(r"\d+", plain) == []


def test_shared_numbers_add_up():
    counts = [
        int(cell(line, 1))
        for line in (
            "numbers in all",
            "with a likely range, from which runs draw",
            "- of these resting on what was read",
            "- assumptions beside rows that bear on them",
            "- assumptions on judgement alone",
            "held fixed",
            "- of these assumptions",
            "- scales, rules and switches",
        )
    ]
    every, ranged, *kinds, fixed, guessed, others = counts
    assert every == ranged + fixed
    assert ranged == sum(kinds)
    assert fixed == guessed + others
    assert min(counts) > 0


def test_known_numbers_are_those_that_decisions_count_as_sourced():
    ranged = list(shared_ranges())
    assert int(cell("with a likely range, from which runs draw", 1)) == len(ranged)
    sourced = len(Known("base").sourced(ranged))
    assert int(cell("- of these resting on what was read", 1)) == sourced


def test_the_data_log_counts_the_files():
    read = rows_of(find("base").with_name("evidence.csv"))
    assert cell("`scenarios/evidence.csv`", 1).startswith(f"{len(read)} rows")
    programmes = [one.name for one in names() if one.kind == "programmes"]
    figures = [one for name in programmes for one in marks(name) if not one.shared]
    said = cell("`scenarios/programmes/`", 1)
    assert said == f"{len(programmes)} programmes with {len(figures):,} figures of their own"
    sourced, assumed, unsaid, ranged = (
        int(one.replace(",", ""))
        for one in re.findall(r"\d[\d,]*", cell("`scenarios/programmes/`", 2))
    )
    assert sourced + assumed + unsaid == len(figures)
    assert 0 < ranged < len(figures)


def test_coverage_is_that_of_the_reference_results():
    lines = {
        "the parameters as they are drawn in any run": "validation_outcomes",
        "the reports on all other programmes, with the error of the model": "calibration_left_out",
        "the likely ranges alone, without calibration": "calibration_uncalibrated",
    }
    for line, name in lines.items():
        covered = [row["covered"] for row in rows_of(REFERENCE / f"{name}.csv") if row["covered"]]
        assert cell(line, 1) == f"{covered.count('True')} of {len(covered)} at 90%"
    left_out = rows_of(REFERENCE / "calibration_left_out.csv")
    for row in left_out:
        outside = f"\n| {row['outcome']} | reported " in PAGE
        assert outside == (row["covered"] == "False"), row["outcome"]
    for row in rows_of(REFERENCE / "validation_patterns.csv"):
        told = f"{row['scenario']}: {row['expectation']} | does not hold" in PAGE
        assert told == (row["verdict"] == "does not hold")


def test_each_folder_of_tests_is_named(script):
    folders = {file.parent.name for file in (ROOT / "tests").rglob("test_*.py")}
    assert set(script.ROOMS) == folders
    said = int(re.search(r"More than ([\d,]+) test functions", PAGE)[1].replace(",", ""))
    files = (ROOT / "tests").rglob("test_*.py")
    counted = sum(len(re.findall(r"^def test_", one.read_text("utf-8"), re.M)) for one in files)
    assert said <= counted < said + script.STEP + 50


@pytest.mark.parametrize("role", ["commissioner", "analyst", "assurer", "approver"])
def test_each_role_has_a_place_to_sign(role):
    signed = PAGE.partition("## Sign-off")[2]
    assert f"\n| {role} | | | | |" in signed
    assert f"\n| {role} | " in PAGE.partition("## Roles")[2].partition("## Proportionality")[0]


def test_readers_find_it():
    for page in (
        "explanation",
        "for_analysts",
        "for_researchers",
        "README",
        "index",
        "limits_of_use",
    ):
        assert "(assurance.md)" in (DOCS / f"{page}.md").read_text(encoding="utf-8"), page
