"""The numbers on the page on validation are those of the committed results."""

from pathlib import Path

import pandas as pd
import pytest

from smpsim.studies.validate.measures import in_unit

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "results" / "reference"
PAGE = (ROOT / "docs" / "validate.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
NAMES = {
    "all figures": "all",
    "2 comparable programmes or more": "with two comparable programmes or more",
    "1 comparable programme": "with one comparable programme",
    "no comparable programme": "with none",
}
FORECASTS = pd.read_csv(REFERENCE / "calibration_forecasts.csv", index_col="which")


def fares(row, name):
    score = row[f"{name}_interval_score"]
    return "-" if score != score else f"{score:.2f} ({row[f'{name}_covered']:.0f})"


@pytest.mark.parametrize("which", FORECASTS.index)
def test_how_forecasts_fare(which):
    row = FORECASTS.loc[which]
    name = NAMES.get(which, which.replace("_", " "))
    parts = [name, f"{row['figures']:.0f}"]
    parts += [fares(row, forecast) for forecast in ("naive", "ranges", "calibrated")]
    gap = "-"
    if row["difference"] == row["difference"]:
        ends = f"({row['difference_low']:.2f} to {row['difference_high']:.2f})"
        gap = f"{row['difference']:.2f} {ends}"
    assert f"| {' | '.join([*parts, gap])} |" in PAGE.splitlines()


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
    }.items():
        pair = (table.loc[name, "interval_score"] for table in (naive, left))
        assert words.format(*pair) in WORDS
        assert worse[name] > 0
    # nowhere else by more than rounding
    assert (worse > 0.005).sum() == 3
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


def test_how_many_figures_of_each_programme_lie_inside():
    left = pd.read_csv(REFERENCE / "calibration_left_out.csv")
    left = left[left["covered"].notna()]
    inside = left["covered"].astype(str) == "True"
    for name, mine in inside.groupby(left["outcome"].str.partition(":")[0]):
        assert f"| {name} | {mine.sum()} of {len(mine)} |" in PAGE.splitlines()


def test_the_table_of_patterns():
    found = pd.read_csv(REFERENCE / "validation_patterns.csv")
    for _, row in found.iterrows():
        ends = f"{row['ci_low']:.3g} to {row['ci_high']:.3g}"
        expected = f"{row['scenario']}: {row['expectation']} | {row['value']:.3g} | {ends}"
        assert f"| {row['pattern']} | {expected} | {row['verdict']} |" in PAGE.splitlines()
    assert (found["verdict"] == "holds").sum() == 14
    whole = found.groupby("pattern")["verdict"].agg(lambda one: (one == "holds").all())
    assert (len(found), len(whole), whole.sum()) == (18, 6, 4)
    assert (
        "Fourteen of 18 expectations hold, including all of those of four of the six patterns."
        in WORDS
    )


def test_what_was_predicted_beforehand():
    before = pd.read_csv(REFERENCE / "validation_withheld_before.csv")
    now = pd.read_csv(REFERENCE / "validation_withheld.csv")
    for _, row in now.iterrows():
        same = (before["scenario"] == row["scenario"]) & (before["what"] == row["what"])
        cells = [row["scenario"], row["what"]]
        for one in [*before[same].to_dict("records"), row]:
            low, middle, high = (in_unit(one[part]) for part in ("run_low", "median", "run_high"))
            cells.append(f"{middle} ({low} to {high})")
        assert len(cells) == 5
        assert f"| {' | '.join(cells)} |" in PAGE.splitlines()


def test_the_mean_score_of_the_predictions():
    scores = pd.read_csv(REFERENCE / "validation_outcomes.csv")["interval_score"].dropna()
    assert f"it is {scores.mean():.2f} now" in WORDS
