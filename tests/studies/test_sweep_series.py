"""Monthly series that a sweep keeps: their numbers, files, and what is refused."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import smpsim
from smpsim.cli.app import app
from smpsim.errors import RequestError
from smpsim.results.dataset import Dataset
from smpsim.studies.sweep import chunks
from smpsim.studies.sweep.monthly import MOST_TOGETHER, Recorder, fault_of_series

STUDY = """\
name: monthly
scenario: bare_pipeline
vary:
  programmes.pilot.intakes.seats: {grid: [20, 40, 60]}
  behaviour.exam.pass_probability: {uniform: {low: 0.2, high: 0.9}}
design: {samples: 2}
outcomes: [placed]
series: [placed, cost, visa_wait_months]
replications: 12
"""
SEATS = "programmes.pilot.intakes.seats"
PASS = "behaviour.exam.pass_probability"


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "monthly.yaml"
    path.write_text(STUDY)
    return path


@pytest.fixture
def small(monkeypatch):
    """Cut the work into chunks of few runs."""
    monkeypatch.setattr(chunks, "SMALLEST", 24)


def files(folder):
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in (".parquet", ".sha256", ".json")
    }


def direct(found, design):
    """Return the result of `run` for a design of a sweep."""
    values = found.designs.loc[design].drop("sample").to_dict()
    return smpsim.run("bare_pipeline", 12, 1, overrides=values)


def test_means_and_quantiles_are_those_of_the_runs(study, small):
    found = smpsim.sweep(study)
    table = found.series()
    assert len(found.designs) == 6
    assert list(table.columns[:7]) == [
        "design", "scenario", "programme", "month", "series", SEATS, PASS
    ]  # fmt: skip
    for design in (0, 5):
        result = direct(found, design)
        rows = table[table["design"] == design]
        for name, unit in (("placed", "people"), ("cost", "EUR")):
            part = rows[rows["series"] == name]
            values = result.series(name)[:, :, 0]
            assert part["month"].tolist() == list(range(result.months))
            np.testing.assert_allclose(part["mean"], values.mean(axis=0))
            low, median, high = np.quantile(values, (0.05, 0.5, 0.95), axis=0)
            np.testing.assert_allclose(
                part[["run_low", "median", "run_high"]].T, [low, median, high]
            )
            assert set(part["unit"]) == {unit}
            assert (part["runs_used"] == part["runs"]).all()
            assert set(part["runs"]) == {12}
        waits = result.series("visa_wait_months")[:, :, 0]
        part = rows[rows["series"] == "visa_wait_months"]
        np.testing.assert_array_equal(part["runs_used"], (~np.isnan(waits)).sum(axis=0))
        seen = part["runs_used"].to_numpy() > 0
        assert not seen.all()
        assert part["mean"].isna().to_numpy().tolist() == (~seen).tolist()


def test_values_that_are_missing_in_some_runs_are_left_out():
    recorder = Recorder(["cost"], 4, 2, 1)
    recorder.values[:, 0, :, 0] = [[1, np.nan], [2, np.nan], [3, np.nan], [np.nan, np.nan]]
    found = recorder.summary()
    assert found["runs_used"].tolist() == [3, 0]
    assert found["mean"][0] == found["median"][0] == 2.0
    assert found["run_low"][0] == pytest.approx(1.1)
    assert np.isnan([found[name][1] for name in ("mean", "run_low", "median", "run_high")]).all()


def test_every_run_can_be_kept(study, small):
    found = smpsim.sweep(study, series=["cost", "placed"], series_of="runs")
    table = found.series()
    assert list(table.columns[-2:]) == ["cost", "placed"]
    result = direct(found, 3)
    rows = table[table["design"] == 3]
    wanted = result.trajectories().sort_values(["run", "month"])
    for name in ("cost", "placed"):
        np.testing.assert_array_equal(rows[name], wanted[name])
    np.testing.assert_array_equal(rows["replication"], wanted["run"])
    array = found.to_xarray("series")
    assert array["cost"].dims == ("scenario", "programme", SEATS, "sample", "replication", "month")
    assert array["cost"].attrs["units"] == "EUR"
    assert list(found.series(["placed"]).columns[-1:]) == ["placed"]


def test_arrays_are_laid_out_along_what_was_varied(study):
    found = smpsim.sweep(study)
    array = found.to_xarray("series")
    assert array["placed"].dims == ("scenario", "programme", SEATS, "sample", "month", "statistic")
    assert array["statistic"].values.tolist() == ["mean", "run_low", "median", "run_high"]
    result = direct(found, 5)
    last = array["placed"].isel(scenario=0, programme=0, month=-1)
    one = float(last.sel({SEATS: 60, "sample": 1, "statistic": "mean"}))
    assert one == pytest.approx(result.series("placed")[:, -1].mean())
    assert set(found.to_xarray().data_vars) == {"placed"}
    with pytest.raises(RequestError, match="table: got 'months'; allowed: runs, series"):
        found.to_xarray("months")


@pytest.mark.slow
def test_all_executors_write_the_same_bytes_and_go_on_where_they_were(study, small, tmp_path):
    folder = tmp_path / "threads"
    smpsim.sweep(study, folder, threads=2)
    whole = files(folder)
    assert sum(name.startswith("series/runs/") for name in whole) == 3
    again = tmp_path / "processes"
    smpsim.sweep(study, again, executor="processes", threads=2)
    assert files(again) == whole
    # a chunk counts when both of its files are there
    (folder / "series" / "runs" / "000001.parquet").unlink()
    (folder / "runs" / "000002.parquet").unlink()
    done = []
    found = smpsim.sweep(study, folder, progress=done.append)
    assert done[-1] == 48
    assert files(folder) == whole
    pd.testing.assert_frame_equal(smpsim.read_sweep(folder).series(), found.series())
    pd.testing.assert_frame_equal(found.series(), smpsim.sweep(study).series())


@pytest.mark.slow
def test_a_cluster_writes_the_same_bytes(study, tmp_path):
    pytest.importorskip("distributed")
    smpsim.sweep(study, tmp_path / "threads")
    smpsim.sweep(study, tmp_path / "cluster", cluster="local:2")
    assert files(tmp_path / "cluster") == files(tmp_path / "threads")


def test_other_series_are_another_sweep(study, tmp_path):
    folder = tmp_path / "runs"
    smpsim.sweep(study, folder)
    with pytest.raises(smpsim.ScenarioError, match="series"):
        smpsim.sweep(study, folder, series=["placed"])
    with pytest.raises(smpsim.ScenarioError, match="series"):
        smpsim.sweep(study, folder, series=[])
    smpsim.sweep(study, folder, series=[], fresh=True)
    assert Dataset(folder / "series").manifest() is None
    with pytest.raises(RequestError, match="series: got a study that keeps no series"):
        smpsim.read_sweep(folder).series()


def test_keeping_series_changes_no_outcome(study):
    kept = smpsim.sweep(study).by_run()
    pd.testing.assert_frame_equal(smpsim.sweep(study, series=[]).by_run(), kept)


def test_designs_may_have_other_horizons(tmp_path):
    path = tmp_path / "horizons.yaml"
    path.write_text(
        "name: horizons\nscenario: bare_pipeline\nvary: {months: {grid: [20, 30]}}\n"
        "series: [placed]\nreplications: 3\n"
    )
    found = smpsim.sweep(path)
    counted = found.series().groupby("design")["month"].agg(["min", "max", "size"])
    assert counted.to_numpy().tolist() == [[0, 19, 20], [0, 29, 30]]
    array = found.to_xarray("series")["placed"]
    assert bool(array.sel(months=20, month=25).isnull().all())


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("series: [plced]", "monthly.yaml:8:10: series[0]: got series 'plced'"),
        ("series: [cost, cost]", "monthly.yaml:8:16: series[1]: got 'cost' twice"),
        ("series: [cost]\nseries_of: months", "series_of: got 'months'"),
        (
            f"series: [cost]\nreplications: {MOST_TOGETHER + 1}",
            "monthly.yaml:8:1: series: got 5,001 replications",
        ),
    ],
)
def test_a_study_with_faults_says_where(tmp_path, line, message):
    path = tmp_path / "monthly.yaml"
    lines = [one for one in STUDY.splitlines() if not one.startswith(("series", "replications"))]
    path.write_text("\n".join([*lines, line]) + "\n")
    found = CliRunner().invoke(app, ["check", str(path)])
    assert found.exit_code == 2
    assert message in found.output.replace("\n", " ")


def test_faults_in_python_are_refused_in_words(study):
    for given, message in (
        ({"series": ["plced"]}, "series: got series 'plced'; allowed: .*did you mean 'placed'"),
        ({"series": "placed"}, "series: got 'placed'; allowed: a list"),
        ({"series_of": "months"}, "series_of: got 'months'; allowed: designs, runs"),
        ({"replications": MOST_TOGETHER + 1}, "series: got 5,001 replications"),
    ):
        with pytest.raises(RequestError, match=message):
            smpsim.sweep(study, **given)
    found = smpsim.sweep(study, replications=1)
    with pytest.raises(RequestError, match="series: got 'graduated'; allowed: placed, cost"):
        found.series(["graduated"])


@pytest.mark.parametrize("name", [{"a": 1}, [1]])
def test_what_is_no_name_is_no_series(name):
    # one that has no hash ended in a traceback
    assert "got series" in fault_of_series(name)
