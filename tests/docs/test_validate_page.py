"""The numbers on the page on validation are those of the committed results."""

import re
import shutil
from pathlib import Path

import pandas as pd

import smpsim
from smpsim.studies.calibrate.calibrate import planned

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "results" / "reference"
PAGE = (ROOT / "docs" / "validate.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
FORECASTS = pd.read_csv(REFERENCE / "calibration_forecasts.csv", index_col="which")


def test_what_is_said_of_the_naive_forecast():
    naive, left = (
        pd.read_csv(REFERENCE / f"calibration_{name}.csv", index_col="outcome")
        for name in ("naive", "left_out")
    )
    one = "epa_nurses_japan: passed of entrants by mid-2015"
    figures = left.index[left["covered"].notna()]
    there = figures[naive.loc[figures, "comparable"] >= 2]
    others = there.drop(one)
    scores = [table.loc[others, "interval_score"].mean() for table in (naive, left)]
    assert "naive score is {:.2f}, that of calibration {:.2f}".format(*scores) in WORDS
    wide = (naive.loc[there, "run_high"] - naive.loc[there, "run_low"] > 0.99).sum()
    assert f"{wide} of the {len(there)} are wider than 99 points" in WORDS
    alone = (naive.loc[figures, "comparable"] == 1).sum()
    nobody = (naive.loc[figures, "comparable"] == 0).sum()
    assert f"For {nobody} no other programme reports the same, for {alone} just one." in WORDS
    assert f"Nothing can be said about these {nobody + alone}." in WORDS
    worse = left.loc[there, "interval_score"] - naive.loc[there, "interval_score"]
    for name, words in {
        "wafira: completed with full support": "(completed, WAFIRA: {:.2f} against {:.2f})",
        "digital_explorers_1: selected of applicants": "Explorers 1 ({:.2f} against {:.2f})",
        "mentor_2: selected of applicants": "MENTOR II ({:.2f} against {:.2f})",
        "palim: selected of applicants": "PALIM ({:.2f} against {:.2f})",
    }.items():
        pair = (table.loc[name, "interval_score"] for table in (naive, left))
        assert words.format(*pair) in WORDS
        assert worse[name] > 0
    # nowhere else by more than rounding
    assert (worse > 0.005).sum() == 4
    every = FORECASTS.loc["2 comparable programmes or more"]
    assert f"better on {every['calibrated_better']:.0f} figures of {len(there)}" in WORDS
    errors = FORECASTS.loc["enrolled of applicants", ["naive_error", "calibrated_error"]]
    said = "({:.0f} points off on average, calibration {:.0f})".format(*(100 * errors))
    assert said in WORDS


def test_what_is_said_of_the_ranges_alone():
    left, ranges = (
        pd.read_csv(REFERENCE / f"calibration_{name}.csv", index_col="outcome")["interval_score"]
        for name in ("left_out", "uncalibrated")
    )
    farms = left.index.str.startswith("sawp_canada")
    assert farms.sum() == 2
    scores = (table[~farms].mean() for table in (left, ranges))
    said = "Without the two figures on Canada's farms it is {:.2f} against {:.2f}.".format(*scores)
    assert said in WORDS


def test_how_many_figures_lie_inside_the_intervals_of_validate():
    outcomes = pd.read_csv(REFERENCE / "validation_outcomes.csv")
    figures = outcomes["covered"].notna()
    inside = (outcomes.loc[figures, "covered"].astype(str) == "True").sum()
    said = f"**{inside} of {figures.sum()} figures lie inside such 90 % intervals**"
    assert said in WORDS
    words = outcomes[~figures]
    agree = (words["agrees"].astype(str) == "True").sum()
    assert f"of the {len(words)} reports in words, {agree} get a probability of 10 % or" in WORDS


def test_how_many_patterns_hold():
    found = pd.read_csv(REFERENCE / "validation_patterns.csv")
    assert (found["verdict"] == "holds").sum() == 14
    whole = found.groupby("pattern")["verdict"].agg(lambda one: (one == "holds").all())
    assert (len(found), len(whole), whole.sum()) == (18, 6, 4)
    assert (
        "Fourteen of 18 expectations hold, including all of those of four of the six patterns."
        in WORDS
    )
    placed = found.set_index(["scenario", "expectation"])["value"]
    employers = ("onodera_user_run", "komeda")
    said = [round(10 * placed[name, "most graduates are placed"]) for name in employers]
    assert said == [4, 5]
    assert "four and five graduates of ten are placed" in WORDS


def test_how_many_parameters_are_narrowed():
    learned = pd.read_csv(REFERENCE / "calibration_parameters.csv")["learned"]
    assert ((learned >= 0.25).sum(), len(learned), (learned >= 0.1).sum()) == (3, 172, 14)
    assert "Three of 172 are narrowed by a quarter or more, fourteen by a tenth" in WORDS


def test_coverage_of_programmes_left_out():
    """README says it, too."""
    left, ranges = (
        pd.read_csv(REFERENCE / f"calibration_{name}.csv").dropna(subset="covered")
        for name in ("left_out", "uncalibrated")
    )
    inside, without = ((one["covered"].astype(str) == "True").sum() for one in (left, ranges))
    programmes = left["outcome"].str.partition(":")[0].nunique()
    assert f"**{inside} of {len(left)} figures lie inside these 90 % intervals**" in WORDS
    assert f"Without any calibration, and without the error, {without} of {len(left)} do." in WORDS
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"{inside} of {len(left)} figures of {programmes} programmes lie inside" in readme
    college = "pacific_technical_college: migrated by 2014"
    fit = pd.read_csv(REFERENCE / "calibration_fit.csv", index_col="outcome").loc[college]
    middle, low, high = (100 * fit[name] for name in ("median", "run_low", "run_high"))
    said = f"fitted to this and {len(left) - 1} other figures, says {middle:.1f} % ({low:.1f} to"
    assert f"{said} {high:.1f} %, a 90 % interval)" in readme


def test_the_mean_score_of_the_predictions():
    scores = pd.read_csv(REFERENCE / "validation_outcomes.csv")["interval_score"].dropna()
    assert f"it is {scores.mean():.2f} now" in WORDS


def test_the_files_for_a_programme_of_ones_own_work(tmp_path, monkeypatch):
    part = PAGE[PAGE.index("## Your own programme") : PAGE.index("## How predictions are made")]
    reports, study = re.findall(r"```yaml\n(.*?)```", part, re.DOTALL)
    (tmp_path / "reports.yaml").write_text(reports)
    (tmp_path / "study.yaml").write_text(study)
    examples = tmp_path / "scenarios" / "examples"
    shutil.copytree(ROOT / "scenarios" / "examples", examples)
    monkeypatch.chdir(tmp_path)
    found = smpsim.validate("reports.yaml", draws=2, replications=5)
    assert list(found.programmes.index) == ["monitored_programme"]
    assert len(found.outcomes) == 31
    plan, known = planned("study.yaml")
    assert len(known.scored) == 31
    assert list(plan.priors) == [
        "institutions.colleges.quality",
        "programmes.electricians.costs.stipend",
    ]
