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


def test_the_readme_says_what_validation_says():
    table = pd.read_csv(ROOT / "results" / "reference" / "validation_outcomes.csv")
    said = " ".join(README.split())
    college = table.set_index("outcome").loc["pacific_technical_college: migrated by 2014"]
    middle, low, high = (100 * college[name] for name in ("median", "run_low", "run_high"))
    assert f"{college['reported']} of them had migrated" in said
    assert f"the model says {middle:.1f} % ({low:.1f} to {high:.1f} %, a 90 % interval)" in said
    figures = table[table["reported_low"] == table["reported_high"]]
    counts = (
        len(figures),
        figures["scenario"].nunique(),
        (figures["covered"].astype(str) == "True").sum(),
    )
    assert "of {} figures that {} programmes have reported, {} lie inside".format(*counts) in said
    page = " ".join((ROOT / "docs" / "validate.md").read_text(encoding="utf-8").split())
    assert f"Of {counts[0]} figures, {counts[2]} lie inside the 90 % prediction intervals" in page


@pytest.mark.parametrize("file", ["README.md", "docs/README.md", "CONTRIBUTING.md"])
def test_links_between_files_lead_somewhere(file):
    text = (ROOT / file).read_text()
    for target in re.findall(r"\]\(([^)#]+)", text):
        if not target.startswith("http"):
            assert ((ROOT / file).parent / target).exists(), target
