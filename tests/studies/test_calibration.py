"""Calibration and validation on programmes whose truth we set ourselves."""

import numpy as np
import pandas as pd
import pytest

from smpsim.scenario import ScenarioError
from smpsim.studies.calibration import (
    CalibrationStudy,
    calibrate,
    find_calibration,
    load_calibration,
    runs_of,
    write,
)
from smpsim.studies.prediction import load_draws
from smpsim.studies.reported import Reports, load_reports
from smpsim.studies.validation import validate

PASS = "behaviour.exam.pass_probability"


def study(**changes):
    facts = {
        "name": "test",
        "priors": {PASS: {"uniform": {"low": 0.2, "high": 1.0}}},
        "draws": 120,
        "replications": 1,
        "kept": 0.1,
        "seed": 3,
    }
    return CalibrationStudy.model_validate(facts | changes)


def reports(share, **more):
    one = {
        "name": "passed",
        "scenario": "bare_pipeline",
        "count": ["graduated"],
        "of": ["graduated", "failed"],
        "reported": {"share": share},
        "source": "made up",
    }
    return Reports.model_validate({"outcomes": [one], **more})


@pytest.fixture(scope="module")
def found():
    return calibrate(study(), reports(0.6))


def test_the_parameter_that_made_the_report_is_found(found):
    row = found.parameters().loc[PASS]
    assert row["posterior_median"] == pytest.approx(0.6, abs=0.05)
    assert row["learned"] > 0.5
    assert row["prior_low"] == pytest.approx(0.24)
    assert bool(found.fit()["covered"].iloc[0])


def test_a_parameter_without_effect_stays_as_it_was():
    other = "behaviour.people.aptitude"
    priors = {
        PASS: {"uniform": {"low": 0.2, "high": 1.0}},
        other: {"uniform": {"low": 0.1, "high": 0.9}},
    }
    both = calibrate(study(priors=priors, draws=300, kept=0.2), reports(0.6))
    table = both.parameters()
    assert table.loc[other, "learned"] < 0.25 < table.loc[PASS, "learned"]


def test_the_same_study_gives_the_same_posterior(found):
    again = calibrate(study(), reports(0.6))
    pd.testing.assert_frame_equal(found.thinned(), again.thinned())
    assert not found.thinned().equals(calibrate(study(seed=4), reports(0.6)).thinned())


def test_priors_are_covered_evenly():
    draws = study(draws=50).prior_draws()[PASS].to_numpy()
    # one draw in each fiftieth of the prior
    assert sorted(((draws - 0.2) / 0.8 * 50).astype(int)) == list(range(50))


def test_what_is_written_can_be_predicted_with(found, tmp_path):
    files = write(found, tmp_path, {"study": "test"})
    assert {"posterior.csv", "left_out.png", "parameters.png"} <= {file.name for file in files}
    draws = load_draws(tmp_path / "posterior.csv", most=7)
    assert list(draws.columns) == [PASS]
    assert len(draws) == 7
    predicted = validate(
        reports(0.6),
        programmes=["bare_pipeline"],
        draws=draws,
        replications=3,
        patterns=False,
    )
    assert bool(predicted.outcomes["covered"].iloc[0])
    assert (predicted.draws, predicted.replications) == (7, 3)


def test_progress_counts_all_runs():
    seen = []
    calibrate(study(draws=20), reports(0.6), progress=seen.append)
    assert seen[-1] == runs_of(study(draws=20), reports(0.6)) == 20
    assert seen == sorted(seen)


def test_a_wrong_model_is_shown_as_wrong():
    wrong = reports(0.9)
    draws = pd.DataFrame({PASS: np.linspace(0.3, 0.5, 6)})
    found = validate(
        wrong, programmes=["bare_pipeline"], draws=draws, replications=2, patterns=False
    )
    assert not bool(found.outcomes["agrees"].iloc[0])
    assert found.coverage()["inside the prediction interval"] == 0
    assert any(sentence.startswith("Wrong: bare_pipeline") for sentence in found.words())


def test_patterns_get_their_verdicts():
    pattern = {
        "name": "exams",
        "known": "Who passes is placed.",
        "source": "made up",
        "expect": [
            {
                "scenario": "bare_pipeline",
                "says": "more pass, more are placed",
                "outcome": "placed",
                "set": {PASS: 0.9},
                "than": {PASS: 0.3},
                "at_least": 1.5,
            },
            {
                "scenario": "bare_pipeline",
                "says": "nobody graduates",
                "outcome": "graduated",
                "at_most": 0.5,
            },
        ],
    }
    draws = pd.DataFrame({PASS: [0.5, 0.55, 0.6]})
    found = validate(
        Reports.model_validate({"patterns": [pattern]}),
        programmes=["bare_pipeline"],
        draws=draws,
        replications=2,
    )
    verdicts = found.pattern_table()["verdict"].tolist()
    assert verdicts == ["holds", "does not hold"]
    assert "exams: does not hold." in found.words()


def test_faulty_studies_and_reports_are_explained(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(
        "name: x\ndraws: 5\nreplications: 1\npriors:\n"
        "  behaviour.exam.pass_probability: {unifrom: {low: 0, high: 1}}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load_calibration(file)
    text = str(caught.value)
    assert "study.yaml:2:8: draws: found 5, allowed: a whole number from 20" in text
    assert "did you mean 'uniform'?" in text

    file.write_text(
        "name: x\ndraws: 50\nreplications: 1\npriors:\n"
        "  behaviour.exam.pas_probability: {uniform: {low: 0, high: 1}}\n"
    )
    with pytest.raises(ScenarioError, match=r"study.yaml:5:3.*did you mean 'pass_probability'"):
        load_calibration(file)

    file.write_text(
        "outcomes:\n  - {name: a, scenario: bare_pipelin, count: [plced], of: [graduated],\n"
        "     reported: {share: 0.5, at_most: 0.2}, source: none}\n"
    )
    with pytest.raises(ScenarioError, match="allowed: one of the two"):
        load_reports(file)

    file.write_text(
        "outcomes:\n  - {name: a, scenario: bare_pipelin, count: [plced], of: [graduated],\n"
        "     reported: {share: 0.5}, source: none}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load_reports(file)
    assert "did you mean 'bare_pipeline'?" in str(caught.value)
    assert "did you mean 'placed'?" in str(caught.value)


def test_a_file_that_is_no_table_of_draws_is_named(tmp_path):
    with pytest.raises(ScenarioError, match=r"nowhere.csv: cannot be read"):
        load_draws(tmp_path / "nowhere.csv")


def test_the_committed_study_is_valid():
    plan = load_calibration(find_calibration("calibrate_behaviour"))
    assert len(plan.prior_draws()) == plan.draws
