"""Calibration and validation on programmes whose truth is set by the test."""

import numpy as np
import pandas as pd
import pytest
import yaml
from phones import check_phone
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.results.dataset import Dataset
from smpsim.scenario import ScenarioError
from smpsim.scenario.parameters import parameters, read_draws
from smpsim.scenario.ranges import FARTHEST
from smpsim.scenario.worlds import Worlds
from smpsim.studies.calibrate.calibrate import calibrate, runs_of
from smpsim.studies.calibrate.study import (
    CalibrationStudy,
    at_scores,
    drawn_scores,
    load_calibration,
    priors_of,
)
from smpsim.studies.sweep import resume
from smpsim.studies.validate.prediction import Situation, prepare
from smpsim.studies.validate.read_reports import load_reports
from smpsim.studies.validate.reports import Reports
from smpsim.studies.validate.validate import validate

PASS = "behaviour.exam.pass_probability"


def study(**changes):
    facts = {
        "name": "test",
        "priors": {PASS: {"uniform": {"low": 0.2, "high": 1.0}}},
        "draws": 120,
        # the reports of these tests are the model's own
        "model_error": 0.0,
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


def test_a_parameter_without_effect_keeps_its_prior():
    other = "behaviour.people.aptitude"
    priors = {
        PASS: {"uniform": {"low": 0.2, "high": 1.0}},
        other: {"uniform": {"low": 0.1, "high": 0.9}},
    }
    both = calibrate(study(priors=priors, draws=300), reports(0.6))
    table = both.parameters()
    assert table.loc[other, "learned"] < 0.25 < table.loc[PASS, "learned"]


def test_the_same_study_gives_the_same_posterior(found):
    again = calibrate(study(), reports(0.6))
    pd.testing.assert_frame_equal(found.thinned(), again.thinned())
    assert not found.thinned().equals(calibrate(study(seed=4), reports(0.6)).thinned())


def test_priors_are_covered_evenly():
    plan = study(draws=64)
    priors = priors_of(plan, reports(0.6))
    draws = at_scores(drawn_scores(plan, priors), priors)[PASS].to_numpy()
    # one draw in each sixty-fourth of the prior, but for tails that are cut off
    places = np.sort((draws - 0.2) / 0.8 * (1 + 2 * FARTHEST) - FARTHEST)
    assert places == pytest.approx((np.arange(64) + 0.5) / 64, abs=0.6 / 64)


def test_a_stored_posterior_can_be_used_for_prediction(found, tmp_path):
    files = found.write(tmp_path, "csv", pictures=True)
    names = {file.name for file in files}
    assert {"posterior.csv", "parameters.png"} <= names
    # nobody else reports, whom it could be predicted from
    assert "left_out.png" not in names
    draws = read_draws(tmp_path / "posterior.csv")
    assert list(draws.columns) == [PASS]
    predicted = validate(
        reports(0.6),
        programmes=["bare_pipeline"],
        parameters=tmp_path / "posterior.csv",
        draws=7,
        replications=3,
        patterns=False,
    )
    assert bool(predicted.outcomes["covered"].iloc[0])
    assert (predicted.draws, predicted.runs) == (21, 1)


def test_the_picture_shows_shares_and_each_programme_once():
    passed = reports(0.6).outcomes[0].model_dump(exclude_unset=True)
    months = {"count": ["months_to_placement_median"], "of": None}
    every = [
        passed,
        {**passed, "name": "elsewhere", "scenario": "reference"},
        {**passed, "name": "again"},
        {**passed, **months, "name": "wait", "reported": {"value": 9, "unit": "months"}},
    ]
    priors = {"behaviour.training.dropout": {"uniform": {"low": 0.0, "high": 0.1}}}
    found = calibrate(study(draws=20, priors=priors), Reports.model_validate({"outcomes": every}))
    check_phone(found.plot)
    (panel,) = found.plot.left_out().axes
    names = [label.get_text() for label in panel.get_yticklabels()]
    assert names == ["passed", "again", "elsewhere"]
    assert [text.get_text() for text in panel.texts] == ["Bare pipeline", "Reference world"]


# the machinery of sweeps


def test_a_draw_that_is_not_valid_is_named_before_anything_runs(tmp_path):
    draws = parameters(pd.DataFrame({PASS: [0.5, 1.5]}))
    with pytest.raises(ScenarioError, match=r"pass_probability: draw 1: got 1\.5"):
        prepare([Situation("bare_pipeline")], draws, 2, seed=1).run(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_stored_runs_are_not_repeated_and_do_not_mix(found, tmp_path):
    done = []
    kept = calibrate(study(), reports(0.6), folder=tmp_path, threads=2, progress=done.append)
    assert done[-1] == 120
    pd.testing.assert_frame_equal(kept.shares, found.shares, check_exact=True)
    Dataset(tmp_path).path(0).unlink()
    # the reported figure is no part of what was run
    again = calibrate(study(), reports(0.9), folder=tmp_path, progress=done.append)
    assert done[-1] == Dataset(tmp_path).table(0).num_rows
    pd.testing.assert_frame_equal(again.shares, found.shares, check_exact=True)
    with pytest.raises(ScenarioError, match="got runs of"):
        calibrate(study(seed=4), reports(0.6), folder=tmp_path)
    fresh = calibrate(study(seed=4), reports(0.6), folder=tmp_path, fresh=True)
    pd.testing.assert_frame_equal(fresh.shares, calibrate(study(seed=4), reports(0.6)).shares)


def test_parts_that_set_drawn_values_are_separate_and_refused_before_any_run(tmp_path):
    both = [Situation("bare_pipeline"), Situation("bare_pipeline", {PASS: 0.9})]
    draws = parameters(pd.DataFrame({PASS: [0.5, 0.6]}))
    first = prepare(both, draws, 4, seed=1).run(tmp_path)
    done = []
    again = prepare(both, draws, 4, seed=1).run(tmp_path, progress=done.append)
    assert done == []
    for label, table in first.tables.items():
        pd.testing.assert_frame_equal(again.tables[label], table)
    other = [both[0], Situation("bare_pipeline", {PASS: 0.8})]
    with pytest.raises(ScenarioError, match="got runs of"):
        prepare(other, draws, 4, seed=1).run(tmp_path)


def test_the_command_stops_resumes_and_refuses(tmp_path, monkeypatch):
    plan = tmp_path / "plan.yaml"
    facts = study(draws=60).model_dump(mode="json")
    plan.write_text(yaml.safe_dump({**facts, "reports": ["reports.yaml"]}))
    known = reports(0.6)
    (tmp_path / "reports.yaml").write_text(
        yaml.safe_dump(known.model_dump(mode="json", exclude_unset=True))
    )
    monkeypatch.setattr("smpsim.studies.sweep.chunks.SMALLEST", 20)
    command = ["calibrate", str(plan), "--out", str(tmp_path / "out"), "--threads", "2"]
    execute = resume.execute

    def interrupted(*arguments, **options):
        chunks = execute(*arguments, **options)
        yield next(chunks)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(resume, "execute", interrupted)
        stopped = CliRunner().invoke(app, command)
    assert stopped.exit_code == 130
    assert "Stopped with 20 of 60 runs in" in stopped.stderr
    assert not (tmp_path / "out" / "posterior.csv").exists()
    again = CliRunner().invoke(app, command)
    assert again.exit_code == 0, again.output
    assert "20 of 60 runs are already in" in again.stderr
    written = pd.read_csv(tmp_path / "out" / "worlds.csv")["bare_pipeline: passed"]
    wanted = calibrate(study(draws=60), known).shares.iloc[:, 0]
    assert written.to_list() == pytest.approx(wanted.to_list())
    refused = CliRunner().invoke(app, [*command, "--draws", "70"])
    assert refused.exit_code == 2
    assert "got runs of 60; allowed: 70" in refused.stderr
    assert CliRunner().invoke(app, [*command, "--draws", "70", "--fresh"]).exit_code == 0


def test_threads_change_no_number_of_a_validation():
    draws = pd.DataFrame({PASS: [0.4, 0.5, 0.6]})
    one, other = (
        validate(reports(0.5), programmes=["bare_pipeline"], parameters=draws, threads=threads)
        for threads in (1, 3)
    )
    pd.testing.assert_frame_equal(one.outcomes, other.outcomes, check_exact=True)
    pd.testing.assert_frame_equal(one.programmes, other.programmes, check_exact=True)


def test_progress_counts_all_runs():
    seen = []
    calibrate(study(draws=20), reports(0.6), progress=seen.append)
    assert seen[-1] == runs_of(study(draws=20), reports(0.6)) == 20
    assert seen == sorted(seen)


def test_a_wrong_model_is_shown_as_wrong():
    wrong = reports(0.9)
    draws = pd.DataFrame({PASS: np.linspace(0.3, 0.5, 6)})
    found = validate(
        wrong, programmes=["bare_pipeline"], parameters=draws, draws=12, patterns=False
    )
    assert not bool(found.outcomes["agrees"].iloc[0])
    assert found.coverage()["inside the prediction interval"] == 0
    assert any(sentence.startswith("Wrong: bare_pipeline") for sentence in found.sentences)


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
        parameters=draws,
        draws=6,
    )
    verdicts = found.pattern_table()["verdict"].tolist()
    assert verdicts == ["holds", "does not hold"]
    assert "exams: does not hold." in found.sentences


def test_errors_in_studies_and_reports_are_explained(tmp_path):
    file = tmp_path / "study.yaml"
    file.write_text(
        "name: x\ndraws: 5\npriors:\n"
        "  behaviour.exam.pass_probability: {unifrom: {low: 0, high: 1}}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load_calibration(file)
    text = str(caught.value)
    assert "study.yaml:2:8: draws: got 5; allowed: a whole number from 20" in text
    assert "did you mean 'uniform'?" in text

    file.write_text(
        "name: x\ndraws: 50\npriors:\n"
        "  behaviour.exam.pas_probability: {uniform: {low: 0, high: 1}}\n"
    )
    with pytest.raises(ScenarioError, match=r"study.yaml:4:3.*did you mean 'pass_probability'"):
        load_calibration(file)

    file.write_text(
        "outcomes:\n  - {name: a, scenario: bare_pipelin, count: [plced], of: [graduated],\n"
        "     reported: {share: 0.5, at_most: 0.2}, source: none}\n"
    )
    with pytest.raises(ScenarioError, match="allowed: one of them"):
        load_reports(file)

    file.write_text(
        "outcomes:\n  - {name: a, scenario: bare_pipelin, count: [plced], of: [graduated],\n"
        "     reported: {share: 0.5}, source: none}\n"
    )
    with pytest.raises(ScenarioError) as caught:
        load_reports(file)
    assert "did you mean 'bare_pipeline'?" in str(caught.value)
    assert "did you mean 'placed'?" in str(caught.value)


def test_a_file_that_is_not_a_table_of_draws_is_named(tmp_path):
    with pytest.raises(ScenarioError, match=r"nowhere.csv: cannot be read"):
        read_draws(tmp_path / "nowhere.csv")


@pytest.mark.parametrize(
    "values",
    # the same key, and the section around it
    [{PASS: 1.0, "months": 9}, {"behaviour.exam": {"pass_probability": 1.0}, "months": 9}],
    ids=["key", "section"],
)
def test_user_draws_do_not_override_what_a_report_sets(values):
    draws = parameters(pd.DataFrame({PASS: [0.5, 0.6, 0.7]}))
    free, fixed = Situation("bare_pipeline"), Situation("bare_pipeline", values)
    runs = prepare([free, fixed], draws, 6, seed=4).run()
    world = Worlds(smpsim.load("bare_pipeline"), draws, 4)
    for one, chance in ((free, [world.values(n)[PASS] for n in range(6)]), (fixed, [1.0] * 6)):
        found = runs.of(one.scenario, one.values)
        assert found["design"].tolist() == list(range(6))
        for number, value in enumerate(chance):
            values = {**one.values, PASS: value, "seed": 4}
            wanted = smpsim.run("bare_pipeline", 6, overrides=values, parameters="centre")
            mine, theirs = found.iloc[number], wanted.outcomes().iloc[number]
            assert (mine["graduated"], mine["failed"]) == (theirs["graduated"], theirs["failed"])
    assert runs.of("bare_pipeline", fixed.values)["failed"].sum() == 0


def test_draws_of_a_validation_are_a_number_not_a_table():
    with pytest.raises(smpsim.Error, match="draws: got a table; allowed: a number of worlds"):
        validate(reports(0.5), draws=pd.DataFrame({PASS: [0.5]}))


def test_the_committed_study_is_valid():
    plan = load_calibration("calibrate_behaviour")
    priors = priors_of(plan, load_reports())
    assert drawn_scores(plan, priors).shape == (plan.draws, len(priors))
    assert plan.model_error is None
