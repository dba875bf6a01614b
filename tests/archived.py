"""Small results of every verb, written as a user would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import smpsim

PASS = "behaviour.exam.pass_probability"
SEATS = "programmes.pilot.intakes.seats"
SCENARIO = "extends: bare_pipeline\nname: Tiny\nmonths: 24\nreplications: 3\n"
ACTION = """name: More exams
description: An easier exam
patch:
  - {set: behaviour.exam.pass_probability, to: 0.9, source: a test}
"""
STUDY = f"""name: tiny sweep
scenario: tiny.yaml
vary:
  {SEATS}: {{grid: [8, 10, 12, 14, 16, 18]}}
  months: {{list: [20, 24]}}
actions: {{list: [[], [campaigns]]}}
fails: ["placed < 8"]
replications: 3
"""
SEARCH = f"""name: tiny search
scenario: tiny.yaml
levers: {{{SEATS}: {{grid: [10, 15, 20, 30]}}}}
actions: {{list: [campaigns]}}
uncertainties: {{{PASS}: {{uniform: {{low: 0.5, high: 0.9}}}}}}
objectives: {{placed: maximize, cost_total: minimize}}
worlds: 2
replications: 2
population: 4
generations: 2
candidates: 2
fresh_worlds: 2
fresh_replications: 2
"""
REPORTS = """outcomes:
  - scenario: bare_pipeline
    name: placed
    count: [placed]
    of: [enrolled]
    source: a test
    reported: {share: 0.4}
"""
CALIBRATION = f"""name: tiny calibration
priors: {{{PASS}: {{uniform: {{low: 0.5, high: 0.9}}}}}}
draws: 20
posterior_draws: 10
"""
INPUTS = {
    "tiny.yaml": SCENARIO,
    "exams.yaml": ACTION,
    "study.yaml": STUDY,
    "search.yaml": SEARCH,
    "reports.yaml": REPORTS,
    "calibration.yaml": CALIBRATION,
}


def run(inputs: Path, out: Path) -> None:
    found = smpsim.run(
        inputs / "tiny.yaml", overrides={"months": 20}, actions=[inputs / "exams.yaml"], seed=5
    )
    found.write(out)


def compare(inputs: Path, out: Path) -> None:
    smpsim.compare(
        inputs / "tiny.yaml", actions_b=["campaigns"], precision={"placed": 4}, most=40
    ).write(out)


def explain(inputs: Path, out: Path) -> None:
    smpsim.explain(
        inputs / "tiny.yaml", overrides_b={PASS: 0.9}, actions=[str(inputs / "exams.yaml")]
    ).write(out)


def decide(inputs: Path, out: Path) -> None:
    options = {"A": inputs / "tiny.yaml", "B": smpsim.load(inputs / "tiny.yaml", {SEATS: 20})}
    draws = pd.DataFrame({PASS: [0.5, 0.6, 0.8]})
    smpsim.decide(options, parameters=draws, replications=2, value=20_000).write(out)


def rank(inputs: Path, out: Path) -> None:
    actions = [str(inputs / "exams.yaml"), "campaigns"]
    smpsim.rank(inputs / "tiny.yaml", overrides=["months=20"], actions=actions).write(out)


def sweep(inputs: Path, out: Path) -> None:
    smpsim.sweep(inputs / "study.yaml", out)


def discover(inputs: Path, out: Path) -> None:
    # beside its sweep, as the command does
    smpsim.discover(smpsim.sweep(inputs / "study.yaml", out), splits=1).write(out)


def sensitivity(inputs: Path, out: Path) -> None:
    keys = {SEATS: (10, 20), PASS: None}
    smpsim.sensitivity(
        inputs / "tiny.yaml", samples=2, replications=2, keys=keys, only=True, outcomes=["placed"]
    ).write(out)


def search(inputs: Path, out: Path) -> None:
    smpsim.search(inputs / "search.yaml", out).write(out)


def validate(inputs: Path, out: Path) -> None:
    draws = pd.DataFrame({PASS: [0.5, 0.6]})
    found = smpsim.validate(
        inputs / "reports.yaml",
        programmes=["bare_pipeline"],
        parameters=draws,
        draws=2,
        replications=2,
    )
    found.write(out, "csv")


def calibrate(inputs: Path, out: Path) -> None:
    found = smpsim.calibrate(inputs / "calibration.yaml", inputs / "reports.yaml", folder=out)
    found.write(out, "csv")


def forecast(inputs: Path, out: Path) -> None:
    reports = pd.DataFrame({"month": [12, 14], "outcome": "graduated", "value": [6.0, 8.0]})
    smpsim.forecast(
        inputs / "tiny.yaml",
        reports,
        50,
        vary=[f"{PASS}=uniform(0.3, 0.9)"],
        actions=[str(inputs / "exams.yaml"), "campaigns"],
    ).write(out)


MAKERS: dict[str, Callable[[Path, Path], None]] = {
    one.__name__: one
    for one in (
        *(run, compare, explain, decide, rank, sweep),
        *(discover, sensitivity, search, validate, calibrate, forecast),
    )
}


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inputs")
    for name, text in INPUTS.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="session")
def results(inputs: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders by verb. The files that were read are gone by the time anybody asks."""
    root = tmp_path_factory.mktemp("results")
    for verb, make in MAKERS.items():
        make(inputs, root / verb)
    for name in INPUTS:
        (inputs / name).write_text("name: something else\n")
    return {verb: root / verb for verb in MAKERS}
