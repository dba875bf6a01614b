"""The README's command lines are those that are run elsewhere, and what it names exists."""

import re
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()


def commands():
    return [line for line in README.splitlines() if line.startswith("python3 -m venv")]


def test_continuous_integration_runs_the_readmes_test_command():
    (test_command,) = [line for line in commands() if "pytest" in line]
    assert test_command in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_main_command_compares_two_programmes_of_the_catalogue():
    (main,) = [line for line in commands() if "compare" in line]
    names = main.split(" compare ")[1].split()
    assert len(names) == 2
    for name in names:
        assert (ROOT / "scenarios" / "programmes" / f"{name}.yaml").exists()


def test_the_readme_fits_a_screen():
    assert len(README.splitlines()) <= 60


def test_the_readme_says_what_the_calibration_says():
    reference = ROOT / "results" / "reference"
    fit, left = (
        pd.read_csv(reference / f"calibration_{name}.csv").set_index("outcome")
        for name in ("fit", "left_out")
    )
    said = " ".join(README.split())
    college = fit.loc["pacific_technical_college: migrated by 2014"]
    middle, low, high = (100 * college[name] for name in ("median", "run_low", "run_high"))
    assert f"says {middle:.1f} % ({low:.1f} to {high:.1f} %, a 90 % interval)" in said
    figures = left[left["covered"].notna()]
    inside = (figures["covered"].astype(str) == "True").sum()
    programmes = figures.index.str.partition(":").get_level_values(0).nunique()
    counts = f"{inside} of {len(figures)} figures"
    assert f"fitted to this and {len(figures) - 1} other figures" in said
    assert f"{counts} of {programmes} programmes lie inside 90 % intervals" in said
    page = " ".join((ROOT / "docs" / "validate.md").read_text(encoding="utf-8").split())
    assert f"**{counts} lie inside these 90 % intervals**" in page
    before = pd.read_csv(reference / "calibration_uncalibrated.csv")
    without = (before["covered"].astype(str) == "True").sum()
    assert f"{without} of {len(figures)} do" in page
    scores = [f"{table['interval_score'].mean():.2f}" for table in (left, before)]
    assert f"is {scores[0]}, that of the ranges alone {scores[1]}," in page


@pytest.mark.parametrize("file", ["README.md", "docs/README.md", "CONTRIBUTING.md"])
def test_links_between_files_lead_somewhere(file):
    text = (ROOT / file).read_text()
    for target in re.findall(r"\]\(([^)#]+)", text):
        if not target.startswith("http"):
            assert ((ROOT / file).parent / target).exists(), target
