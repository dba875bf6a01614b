"""Reported series from CSV files, and reports on scenario files of a user's own."""

import numpy as np
import pandas as pd
import pytest
from phones import check_phone
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.results.outcomes import outcome_of
from smpsim.scenario import ScenarioError
from smpsim.scenario.parameters import AT_CENTRE
from smpsim.studies.calibrate.adjustment import ASSUMED
from smpsim.studies.calibrate.calibrate import planned
from smpsim.studies.validate.measures import Figure
from smpsim.studies.validate.prediction import prepare, situations
from smpsim.studies.validate.read_reports import files_of, load_reports
from smpsim.studies.validate.scores import as_reported

TRAINING = "programmes.pilot.training.months_before_departure"
STIPEND = "programmes.pilot.costs.stipend"
PLAN = (("enrolled", 11), ("graduated", 23), ("placed", 35), ("employers_engaged", 20))


@pytest.fixture
def mine(tmp_path):
    """Return the folder of a scenario of a user's own."""
    text = "name: Mine\nextends: bare_pipeline\nstart: 2024-01\n"
    (tmp_path / "mine.yaml").write_text(text)
    return tmp_path


def written(folder, rows, name="monitoring.csv", head="month,outcome,value"):
    (folder / name).write_text("\n".join([head, *rows]) + "\n")
    return folder / name


def sheet(folder, more=""):
    text = "monitoring:\n  - {scenario: mine.yaml, file: monitoring.csv, source: own records}\n"
    (folder / "reports.yaml").write_text(text + more)
    return folder / "reports.yaml"


def test_a_figure_of_a_month_is_that_of_the_monthly_series(mine):
    rows = [f"{month},{name},1" for name, month in PLAN]
    rows += ["2024-07,cost_cumulative,1", "6,cost,1", "0,cost,1", "0,cost_cumulative,1"]
    written(mine, rows)
    reports = load_reports(sheet(mine))
    runs = prepare(situations(reports.scored).values(), AT_CENTRE, 3, seed=5).run()
    direct = smpsim.run(mine / "mine.yaml", 3, 5, parameters="centre")
    for one in reports.scored:
        series = outcome_of(one.count[0]).series or one.count[0]
        series = "cost" if "cost, " in one.name else series
        wanted = direct.series(series)[:, one.set["months"] - 1].sum(axis=-1)
        found = one.values(runs.of).to_numpy()
        np.testing.assert_allclose(found, wanted, rtol=1e-12, err_msg=one.name)
    assert direct.series("placed")[:, 35].any()


def test_a_figure_is_named_by_its_date_and_scored_by_the_largest_of_its_series(mine):
    written(mine, ["2024-03,placed,0,0", "9,placed,8,", "9,enrolled,20,1"], head=HEAD)
    found = {one.label: one for one in load_reports(sheet(mine)).scored}
    assert list(found) == [
        "mine: placed, 2024-03",
        "mine: placed, 2024-10",
        "mine: enrolled, 2024-10",
    ]
    first, second, third = found.values()
    assert [one.set["months"] for one in found.values()] == [3, 10, 10]
    assert (first.scale, second.scale, third.scale) == (8.0, 8.0, 20.0)
    assert (first.reported.error, third.reported.error) == (0.0, 1.0)
    assert second.reported.error == pytest.approx(0.05 * 8)
    assert (second.reported.words(), second.series, second.source) == (
        "8 people",
        "placed",
        "own records",
    )


HEAD = "month,outcome,value,error"


def test_a_table_alone_names_the_scenario_in_each_row(mine):
    rows = ["mine.yaml,5,enrolled,10", "thamm_germany,2021-06,placed,40"]
    found = load_reports(written(mine, rows, head="scenario,month,outcome,value"))
    assert [one.label for one in found.scored] == [
        "mine: enrolled, 2024-06",
        "thamm_germany: placed, 2021-06",
    ]
    assert files_of(found) == (mine / "mine.yaml",)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("99,placed,1", r"monitoring.csv:2: month: got '99'; allowed: 0 to \d+, or 2024-01 to "),
        ("3,plaaced,1", "monitoring.csv:2: outcome: got 'plaaced'.*did you mean 'placed'"),
        ("3,in_training,1", "in_training is read by smpsim forecast only"),
        ("3,placed,-1", "monitoring.csv:2: value: got '-1'"),
        ("3,placed,1\n3,placed,2", "monitoring.csv:3: outcome: got placed of month 3 a second"),
        ("3,placed,1\n2024-04,placed,2", "monitoring.csv:3: outcome: got placed of month 3 a sec"),
    ],
)
def test_mistakes_in_a_table_are_named_with_their_lines(mine, row, message):
    written(mine, [row])
    with pytest.raises(ScenarioError, match=message):
        load_reports(sheet(mine))


def test_mistakes_around_a_table_are_named_with_their_lines(mine):
    written(mine, ["3,placed,1"])
    (mine / "broken.yaml").write_text("extends: bare_pipeline\nmonths: sixty\n")
    sheet(
        mine,
        "  - {scenario: mine.yml, file: monitoring.csv, source: x}\n"
        "  - {scenario: mine.yaml, file: monitorin.csv, source: x}\n"
        "  - {scenario: broken.yaml, file: monitoring.csv, source: x}\n",
    )
    with pytest.raises(ScenarioError) as caught:
        load_reports(mine / "reports.yaml")
    text = str(caught.value)
    assert "reports.yaml:3:16: monitoring[1].scenario: got 'mine.yml'; allowed: base" in text
    assert "reports.yaml:4:33: monitoring[2].file: got" in text
    assert "did you mean" in text.splitlines()[1]
    assert "broken.yaml:2:9: months: got 'sixty'" in text
    with pytest.raises(ScenarioError, match=r"no column 'scenario'.*under monitoring"):
        load_reports(mine / "monitoring.csv")
    with pytest.raises(ScenarioError, match=r"got a scenario.*try: smpsim run"):
        load_reports(mine / "mine.yaml")


def test_files_are_read_as_one_and_must_not_call_two_things_the_same(mine):
    written(mine, ["3,placed,1"])
    both = load_reports(["validation", sheet(mine)])
    alone = load_reports()
    assert len(both.scored) == len(alone.scored) + 1
    assert both.every_programme
    assert not load_reports(sheet(mine)).every_programme
    other = written(mine, ["mine.yaml,3,placed,2"], "b.csv", "scenario,month,outcome,value")
    with pytest.raises(ScenarioError, match=r"b.csv: got 'mine: placed, 2024-04' as in .*reports"):
        load_reports([sheet(mine), other])
    (mine / "bare_pipeline.yaml").write_text("extends: bare_pipeline\n")
    two = ["mine.yaml,3,placed,1", "bare_pipeline.yaml,3,placed,1", "bare_pipeline,4,placed,1"]
    with pytest.raises(ScenarioError, match="two scenarios that are called 'bare_pipeline'"):
        load_reports(written(mine, two, "c.csv", "scenario,month,outcome,value"))


def test_a_date_stands_once_in_a_series_and_a_name_once_in_a_file(mine):
    series = (
        "series:\n  - {name: enrolled, scenario: mine.yaml, count: [enrolled], source: x, at: "
        "[{months: 4, value: 9, unit: people, date: DATE}, {months: 6, value: 9, unit: people}]}\n"
    )
    written(mine, ["3,enrolled,1"])
    with pytest.raises(ScenarioError, match=r"reports.yaml:4:.* got '6' a second time"):
        load_reports(sheet(mine, series.replace("DATE", '"6"')))
    with pytest.raises(
        ScenarioError, match=r"reports.yaml:2:.*got 'mine: enrolled, 2024-04' twice"
    ):
        load_reports(sheet(mine, series.replace("DATE", "2024-04")))


def test_an_error_of_the_report_widens_what_is_predicted():
    rng = np.random.default_rng(8)
    exact, wrong = (Figure(value=50.0, unit="people", error=error) for error in (0.0, 4.0))
    values = np.full(20_000, 50.0)
    assert as_reported(values, exact, rng) is values
    seen = as_reported(values, wrong, rng)
    assert (seen.mean(), seen.std()) == (pytest.approx(50, abs=0.1), pytest.approx(4, rel=0.03))
    # both kinds of error, and nothing below 0
    share = as_reported(np.full(20_000, 0.3), Figure(share=0.3, people=50, error=0.1), rng)
    assert share.std() == pytest.approx((0.3 * 0.7 / 50 + 0.1**2) ** 0.5, rel=0.03)
    assert as_reported(np.zeros(100), wrong, rng).min() == 0.0
    # a share stays one, and placements against a plan may be more than planned
    nearly, ratio = np.full(100, 0.98), np.array([0.98, 1.3] * 50)
    assert as_reported(nearly, Figure(share=0.9, error=0.1), rng).max() == 1.0
    assert as_reported(ratio, Figure(share=0.9, error=0.1), rng).max() > 1.0
    with pytest.raises(ValueError, match=r"error: got 0\.1 with bounds"):
        Figure(at_most=0.2, error=0.1)


def test_a_users_programme_is_validated_by_its_monitoring(mine):
    written(mine, ["5,enrolled,20", "11,enrolled,40", "11,cost_cumulative,99999"])
    options = ["validate", "--reports", str(sheet(mine)), "--draws", "2", "-n", "10"]
    done = CliRunner().invoke(app, [*options, "--out", str(mine / "found")])
    assert done.exit_code == 0, done.output
    table = pd.read_csv(mine / "found" / "outcomes.csv", index_col="outcome")
    assert list(table["months"]) == [6, 12, 12]
    assert list(table["series"]) == ["enrolled", "enrolled", "cost cumulative"]
    programmes = pd.read_csv(mine / "found" / "programmes.csv", index_col="scenario")
    assert list(programmes.index) == ["mine"]
    assert (mine / "found" / "series.png").is_file()
    assert not (mine / "found" / "outcomes.png").exists()
    # what it was made from may be gone
    (mine / "mine.yaml").unlink()
    (mine / "monitoring.csv").unlink()
    assert smpsim.verify(mine / "found").same


def test_files_of_the_user_are_not_overwritten(mine):
    written(mine, ["5,enrolled,20"], "outcomes.csv")
    sheet(mine).write_text(sheet(mine).read_text().replace("monitoring.csv", "outcomes.csv"))
    options = ["validate", "--reports", str(mine / "reports.yaml"), "--out", str(mine)]
    done = CliRunner().invoke(app, options)
    assert done.exit_code != 0
    assert "outcomes.csv" in done.output
    assert (mine / "outcomes.csv").read_text().startswith("month,outcome")


def test_people_and_money_of_a_users_programme_are_calibrated(mine):
    truth = {STIPEND: 120.0}
    real = smpsim.run(mine / "mine.yaml", 1, 3, overrides=truth, parameters="centre")
    rows = [
        f"{month},{name},{real.series(name)[0, month, 0]},{error}"
        for month, name, error in (
            (10, "graduated", 1),
            (11, "graduated", 1),
            (11, "cost_cumulative", 1000),
        )
    ]
    written(mine, rows, head=HEAD)
    sheet(mine)
    (mine / "study.yaml").write_text(
        "name: Mine\nreports: [reports.yaml]\ndraws: 400\nmodel_error: 0\npriors:\n"
        f"  {TRAINING}: {{uniform: {{low: 6, high: 18}}}}\n"
        f"  {STIPEND}: {{uniform: {{low: 0, high: 400}}}}\n"
    )
    found = smpsim.calibrate(mine / "study.yaml")
    table = found.parameters()
    assert (found.posterior()[TRAINING] % 1 == 0).all()
    assert table.loc[TRAINING, "posterior_median"] == pytest.approx(12, abs=1)
    assert table.loc[STIPEND, "posterior_median"] == pytest.approx(120, abs=20)
    assert table.loc[STIPEND, "learned"] > 0.3 > found.narrowed_by_chance()
    assert found.alone
    assert "All reports are on one programme" in found.sentences[-1]
    assert list(found.scenarios) == ["mine"]


def test_a_prior_of_a_key_that_the_programme_lacks_is_named(mine):
    written(mine, ["5,enrolled,20"])
    sheet(mine)
    text = "name: x\ndraws: 30\npriors:\n  programmes.pilto.months: 3\n"
    (mine / "study.yaml").write_text(text)
    with pytest.raises(ScenarioError, match=r"study.yaml:4:3.*did you mean 'pilot'"):
        planned(mine / "study.yaml", mine / "reports.yaml")


def test_the_error_of_the_model_is_assumed_where_one_programme_reports(mine):
    written(mine, ["5,enrolled,20", "11,enrolled,40", "23,graduated,30"])
    plan = {"name": "x", "priors": {}, "draws": 40}
    found = smpsim.calibrate(plan, sheet(mine))
    assert found.adjustment.error == ASSUMED
    assert 0.0 <= found.narrowed_by_chance() < 0.5
    # parameters of other worlds say nothing of what the worlds come to
    other = found.adjustment.shuffled()
    assert sorted(other.drawn[:, 0]) == sorted(found.adjustment.drawn[:, 0])


def test_series_are_drawn_for_a_phone_too(mine):
    written(mine, ["5,enrolled,20", "11,enrolled,40", "11,graduated,3"])
    found = smpsim.validate(sheet(mine), draws=2, replications=10, parameters="centre")
    assert list(found.pictures) == ["series", "programmes"]
    check_phone(found.plot, ax=None)
