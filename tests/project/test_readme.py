"""The README's command lines are those that are run elsewhere, and what it names exists."""

import re
from pathlib import Path

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


def test_the_readme_shows_a_result_that_validation_supports():
    text = (ROOT / "docs" / "validate.md").read_text(encoding="utf-8")
    row = next(one for one in text.splitlines() if one.startswith("| pacific_technical_college: m"))
    reported, low, high = (float(number) for number in re.findall(r"([\d.]+) %", row)[:3])
    assert low <= reported <= high
    said = " ".join(README.split())
    assert f"{reported} % of them" in said
    assert f"predicts {low:.1f} to {high:.1f} %" in said


@pytest.mark.parametrize("file", ["README.md", "docs/README.md", "CONTRIBUTING.md"])
def test_links_between_files_lead_somewhere(file):
    text = (ROOT / file).read_text()
    for target in re.findall(r"\]\(([^)#]+)", text):
        if not target.startswith("http"):
            assert ((ROOT / file).parent / target).exists(), target
