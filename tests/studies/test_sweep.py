"""Sweeps: the numbers of `run`, the same files whoever runs them, resumed, refused, explained."""

import errno
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from phones import check_phone
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.results.dataset import Dataset
from smpsim.results.files import StoreError
from smpsim.scenario import ScenarioError, load
from smpsim.scenario.quantities import Distribution
from smpsim.studies.sweep.chunks import work_of
from smpsim.studies.sweep.folder import read_sweep
from smpsim.studies.sweep.prepare import prepare
from smpsim.studies.sweep.sampling import designs_of, sample
from smpsim.studies.sweep.study import Sampling
from smpsim.studies.sweep.study_file import load_study
from smpsim.studies.sweep.sweep import evaluate, sweep

ROOT = Path(__file__).resolve().parents[2]
SEATS, MONTHS = (
    "programmes.pilot.intakes.seats",
    "programmes.pilot.training.months_before_departure",
)
DROPOUT = "behaviour.training.dropout"
DESIGNS = pd.DataFrame({SEATS: [10, 20, 30], MONTHS: [4, 6, 8]})
PLAN = {
    "name": "Seats and months",
    "scenario": "bare_pipeline",
    "vary": {
        SEATS: {"grid": [10, 30]},
        MONTHS: {"list": [4, 6, 8]},
        DROPOUT: {"uniform": {"low": 0.0, "high": 0.05}},
    },
    "design": {"samples": 4, "seed": 3},
    "outcomes": ["placed", "cost_per_placement"],
    "replications": 30,
    "seed": 5,
}


@pytest.fixture
def study(tmp_path):
    def written(**changes):
        path = tmp_path / "plan.yaml"
        data = {key: value for key, value in {**PLAN, **changes}.items() if value is not None}
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return path

    return written


def content(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }


# the numbers


def test_a_folder_without_a_whole_sweep_is_refused(tmp_path):
    with pytest.raises(StoreError, match="holds no completed sweep"):
        read_sweep(tmp_path)
    for content in ("{", "[]", '{"name": "x", "colour": "red"}'):
        (tmp_path / "study.json").write_text(content)
        with pytest.raises(StoreError, match="it is damaged, or from another version"):
            read_sweep(tmp_path)


def test_a_folder_is_read_by_itself_whatever_became_of_the_scenario_file(study, tmp_path):
    own = {**load("bare_pipeline").model_dump(mode="json"), "currency": "EUR"}
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump(own))
    found = sweep(study(scenario=str(file)), tmp_path / "runs")
    before = found.summary()
    assert "EUR" in set(before["unit"])
    file.write_text(yaml.safe_dump({**own, "currency": "USD", "name": "Other"}))
    again = read_sweep(tmp_path / "runs")
    pd.testing.assert_frame_equal(again.summary(), before)
    assert again.scenarios == found.scenarios
    file.unlink()
    pd.testing.assert_frame_equal(read_sweep(tmp_path / "runs").summary(), before)
    for content, why in (("[]", "damaged"), ('{"own": {"months": -1}}', "damaged")):
        (tmp_path / "runs" / "scenarios.json").write_text(content)
        with pytest.raises(StoreError, match=why):
            read_sweep(tmp_path / "runs")
    (tmp_path / "runs" / "scenarios.json").unlink()
    with pytest.raises(StoreError, match="earlier version"):
        read_sweep(tmp_path / "runs")


def test_what_a_placement_costs_is_that_of_a_run(study):
    found = sweep(study(outcomes=["cost_per_placement"], replications=15))
    assert found.outcomes == ("cost_per_placement",)
    assert set(found.kept) == {"cost_per_placement", "cost_total", "placed"}
    table = found.summary()
    assert set(table["outcome"]) == {"cost_per_placement"}
    row = table.iloc[3]
    values = {key: row[key] for key in (SEATS, MONTHS, DROPOUT)}
    alone = smpsim.run("bare_pipeline", 15, 5, overrides=values).summary()
    for name in ("mean", "standard_error", "run_low", "run_high"):
        assert row[name] == pytest.approx(alone.loc[("pilot", "cost_per_placement"), name])
    assert found.plot.lines(MONTHS).axes


@pytest.mark.parametrize("name", ["reference", "thamm_germany"])
def test_each_design_has_the_numbers_of_a_run(name):
    found = evaluate(name, pd.DataFrame({"discount_rate": [0.0, 0.07]}), replications=33, seed=4)
    for design, rate in enumerate([0.0, 0.07]):
        table = smpsim.run(name, 33, 4, overrides={"discount_rate": rate}).outcomes()
        mine = found[found["design"] == design].reset_index(drop=True)
        assert list(mine["replication"]) == list(table["run"])
        for outcome in table.columns.drop(["run", "programme"]):
            assert np.array_equal(mine[outcome], table[outcome], equal_nan=True), outcome


def test_designs_share_their_luck_and_scenarios_and_actions_are_axes():
    designs = pd.DataFrame({"actions": ["none", ["early_engagement"], "none"]})
    found = evaluate(["thamm_germany", "onodera_user_run"], designs, replications=3, seed=2)
    parts = {key: part["placed"].to_list() for key, part in found.groupby(["scenario", "design"])}
    assert parts["thamm_germany", 0] == parts["thamm_germany", 2]
    assert parts["thamm_germany", 0] != parts["thamm_germany", 1]
    assert list(found["scenario"].unique()) == ["thamm_germany", "onodera_user_run"]
    acted = load("thamm_germany", actions=["early_engagement"])
    assert parts["thamm_germany", 1] == smpsim.run(acted, 3, 2).outcomes()["placed"].to_list()


def test_without_a_seed_each_design_has_that_of_its_scenario():
    found = evaluate("bare_pipeline", pd.DataFrame({"seed": [1, 2]}), replications=20, seed=None)
    for seed, part in found.groupby(found["design"] + 1):
        table = smpsim.run("bare_pipeline", 20, seed).outcomes()
        assert part["placed"].to_list() == table["placed"].to_list()


def test_chunks_cover_every_run_once_and_do_not_depend_on_who_does_them():
    for designs, replications in ((1, 1), (3, 70), (2, 1234), (50, 7)):
        table = pd.DataFrame({SEATS: np.arange(designs) + 1})
        scenario = {"bare": load("bare_pipeline")}
        work = work_of(scenario, table, replications=replications, seed=1)
        cells = [(d, r) for chunk in work.chunks for d in chunk.designs for r in chunk.replications]
        assert cells == sorted({(d, r) for d in range(designs) for r in range(replications)})


def test_replications_in_several_chunks_are_those_of_one():
    designs = DESIGNS.iloc[:1]
    many = evaluate("bare_pipeline", designs, replications=450, outcomes=["placed"])
    few = evaluate("bare_pipeline", designs, replications=90, outcomes=["placed"])
    assert many["placed"].to_list()[:90] == few["placed"].to_list()
    assert list(many["replication"]) == list(range(450))


# files


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored") / "sweep"
    evaluate("bare_pipeline", DESIGNS, replications=90, seed=3, folder=folder, threads=1)
    return folder


@pytest.mark.parametrize(
    "how",
    [{"threads": 3}, {"executor": "processes", "threads": 2}, {"cluster": "local:2"}],
    ids=["threads", "processes", "dask"],
)
def test_all_executors_write_the_same_files(stored, tmp_path, how):
    found = evaluate("bare_pipeline", DESIGNS, replications=90, seed=3, folder=tmp_path, **how)
    assert content(tmp_path) == content(stored)
    memory = evaluate("bare_pipeline", DESIGNS, replications=90, seed=3)
    pd.testing.assert_frame_equal(found, memory, check_exact=True)


def test_other_programs_read_the_files(stored):
    duckdb, polars = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    wanted = evaluate("bare_pipeline", DESIGNS, replications=90, seed=3)["placed"].mean()
    query = f"select avg(placed) from read_parquet('{stored}/runs/*.parquet')"
    assert duckdb.sql(query).fetchall()[0][0] == pytest.approx(wanted)
    assert polars.read_parquet(f"{stored}/runs/*.parquet")["placed"].mean() == pytest.approx(wanted)
    assert pd.read_parquet(stored / "runs")["placed"].mean() == pytest.approx(wanted)


def test_what_is_there_is_not_run_again_and_what_is_damaged_is(stored):
    before = content(stored)
    done = []
    again = {"replications": 90, "seed": 3, "folder": stored, "progress": done.append}
    evaluate("bare_pipeline", DESIGNS, **again)
    assert done == []
    store = Dataset(stored)
    whole = store.path(0).read_bytes()
    store.path(0).write_bytes(whole[: len(whole) // 2])
    evaluate("bare_pipeline", DESIGNS, **again)
    assert done == [90]
    assert content(stored) == before


def test_a_changed_sweep_is_refused_with_what_differs(stored):
    before = content(stored)
    other = DESIGNS.assign(**{MONTHS: [4, 6, 9]})
    with pytest.raises(ScenarioError) as error:
        evaluate("bare_pipeline", other, replications=90, seed=4, folder=stored)
    text = str(error.value)
    assert "seed: got runs of 3; allowed: 4 of this study" in text
    assert f"values: {MONTHS}: " in text
    assert SEATS not in text
    assert "fresh=True" in text
    assert content(stored) == before


@pytest.mark.parametrize("part", ["scenarios", "versions", "model"])
def test_another_scenario_or_version_is_refused(stored, part):
    store = Dataset(stored)
    before = (stored / "manifest.json").read_text()
    manifest = store.manifest()
    facts = manifest["facts"]
    if part == "model":
        facts[part] = "other"
    else:
        facts[part][next(iter(facts[part]))] = "other"
    (stored / "manifest.json").write_text(json.dumps(manifest))
    try:
        with pytest.raises(ScenarioError, match=f"{part}.*got runs of 'other'"):
            evaluate("bare_pipeline", DESIGNS, replications=90, seed=3, folder=stored)
    finally:
        (stored / "manifest.json").write_text(before)


def test_fresh_begins_anew(tmp_path):
    options = {"replications": 5, "folder": tmp_path, "outcomes": ["placed"]}
    evaluate("bare_pipeline", DESIGNS, seed=1, **options)
    found = evaluate("bare_pipeline", DESIGNS, seed=2, fresh=True, **options)
    wanted = evaluate("bare_pipeline", DESIGNS, seed=2, replications=5, outcomes=["placed"])
    pd.testing.assert_frame_equal(found, wanted)


def test_a_full_disk_is_named_and_what_was_done_is_kept(tmp_path, monkeypatch):
    designs = pd.DataFrame({SEATS: range(1, 7)})
    options = {"replications": 100, "seed": 3, "folder": tmp_path, "threads": 1}
    with monkeypatch.context() as patch:
        fsync, calls = os.fsync, []

        def full(handle):
            calls.append(handle)
            if len(calls) > 8:
                raise OSError(errno.ENOSPC, "No space left on device")
            fsync(handle)

        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="the disk is full"):
            evaluate("bare_pipeline", designs, **options)
    kept = Dataset(tmp_path).missing(3)
    assert 0 < len(kept) < 3
    assert not list(tmp_path.rglob("*.part"))
    done = []
    evaluate("bare_pipeline", designs, progress=done.append, **options)
    assert done[-1] == 200 * len(kept)


MANY = pd.DataFrame({"discount_rate": [n / 1000 for n in range(30)]})
KILLED = """
import sys
import pandas as pd
from smpsim.studies.sweep.sweep import evaluate

designs = pd.DataFrame({"discount_rate": [n / 1000 for n in range(30)]})
options = {"replications": 200, "seed": 3, "outcomes": ["placed"], "parameters": "centre"}
evaluate("reference", designs, folder=sys.argv[1], **options)
"""


@pytest.mark.slow
def test_killed_and_started_again_it_ends_with_the_same_files(tmp_path):
    command = [sys.executable, "-c", KILLED]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([*command, str(tmp_path / "killed")], env=environment)
    runs = tmp_path / "killed" / "runs"
    until = time.monotonic() + 60
    while len(list(runs.glob("*.parquet"))) < 2 and process.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    # what a kill in the middle of a write would leave
    (runs / ".000011.parquet.0123abcd.part").write_bytes(b"half")
    there = len(list(runs.glob("*.parquet")))
    assert 2 <= there < 30
    sums = (tmp_path / "killed" / "checksums").glob("*.sha256")
    ages = {path: path.stat().st_mtime_ns for path in sums}
    for name in ("killed", "whole"):
        options = {"replications": 200, "seed": 3, "outcomes": ["placed"], "parameters": "centre"}
        evaluate("reference", MANY, folder=tmp_path / name, **options)
    assert content(tmp_path / "killed") == content(tmp_path / "whole")
    assert ages
    assert all(path.stat().st_mtime_ns == age for path, age in ages.items())


# designs


def test_grids_and_lists_are_crossed_with_all_samples(study):
    plan, _ = load_study(study(actions={"list": [[], ["early_engagement", "campaigns"]]}))
    designs = designs_of(plan, [load("bare_pipeline")])
    assert len(designs) == 2 * 2 * 3 * 4
    assert list(designs.columns) == ["actions", SEATS, MONTHS, DROPOUT, "sample"]
    assert list(designs["actions"].unique()) == ["none", "early_engagement + campaigns"]
    assert len(designs.drop_duplicates(["actions", SEATS, MONTHS, "sample"])) == 48
    assert designs.groupby("sample")[DROPOUT].nunique().max() == 1


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol", "random"])
def test_samples_follow_their_distributions_and_their_seed(method):
    priors = {
        "a": Distribution.parse({"uniform": {"low": 2, "high": 4}}),
        "b": Distribution.parse({"lognormal": {"median": 3, "sigma": 0.5}}),
    }
    plan = Sampling(method=method, samples=1024, seed=7)
    found = sample(priors, plan)
    pd.testing.assert_frame_equal(found, sample(priors, plan))
    assert not found.equals(sample(priors, Sampling(method=method, samples=1024, seed=8)))
    for name, prior in priors.items():
        wanted = prior.quantile(np.array([0.1, 0.5, 0.9]))
        assert np.allclose(found[name].quantile([0.1, 0.5, 0.9]), wanted, rtol=0.06)
    assert abs(np.corrcoef(found["a"], np.log(found["b"]))[0, 1]) < 0.08


def test_a_latin_hypercube_has_one_sample_in_each_slice():
    prior = {key: Distribution.parse({"uniform": {"low": 0, "high": 1}}) for key in "abc"}
    # for every power of two; in between some slices have none yet
    found = sample(prior, Sampling(samples=64, seed=1))
    assert all(sorted((found[key] * 64).astype(int)) == list(range(64)) for key in prior)


def test_samples_of_whole_numbers_are_whole(study):
    plan, _ = load_study(study(vary={MONTHS: {"uniform": {"low": 3, "high": 9}}}))
    designs = designs_of(plan, [load("bare_pipeline")])
    assert designs[MONTHS].dtype == np.int64
    assert prepare(plan).work.runs == 4 * 30


def test_everything_wrong_with_a_study_is_said_at_once_with_its_line(tmp_path):
    text = """\
name: faulty
scenario: bare_pipelin
set: {months: 24}
vary:
  months: {grid: [12]}
  programmes.pilot.intakes.seats: {grid: [10, ten]}
  behaviour.training.dropout: {unifrom: [0, 1]}
actions: {list: [[], [early_engagment]]}
outcomes: [placed, plased]
replications: 0
"""
    (tmp_path / "faulty.yaml").write_text(text)
    with pytest.raises(ScenarioError) as error:
        load_study(tmp_path / "faulty.yaml")
    lines = {problem.line: str(problem) for problem in error.value.problems}
    assert {2, 5, 6, 7, 8, 9, 10} <= set(lines)
    assert "did you mean 'bare_pipeline'" in lines[2]
    assert "under set too" in lines[5]
    assert "'ten' in a grid" in lines[6]
    assert "did you mean 'uniform'" in lines[7]
    assert "did you mean 'actions/early_engagement'" in lines[8]
    assert "did you mean 'placed'" in lines[9]


@pytest.mark.parametrize(
    ("changes", "line", "message"),
    [
        ({"vary": {"programmes.pilto.intakes.seats": {"grid": [1]}}}, None, "pilot"),
        ({"design": None}, None, "together with design"),
        ({"vary": {SEATS: {"grid": [1]}}}, None, "no distribution to sample"),
        ({"scenario": None}, None, "no scenario"),
        ({"scenarios": ["reference"]}, None, "both scenario and scenarios"),
        ({"vary": {SEATS: {"grid": [3, 3]}}}, None, "got 3 twice"),
        ({"set": {"months": 0}}, None, "got 0"),
    ],
)
def test_a_fault_of_a_study_is_explained(study, changes, line, message):
    with pytest.raises(ScenarioError, match=re.escape(message)):
        prepare(study(**changes))


def test_invalid_designs_are_reported_before_anything_runs(study, tmp_path):
    path = study(vary={SEATS: {"grid": [10, -3]}, MONTHS: {"list": [4, 700]}}, design=None)
    with pytest.raises(ScenarioError) as error:
        sweep(path, tmp_path / "out")
    text = str(error.value)
    line = next(n for n, one in enumerate(path.read_text().splitlines(), 1) if MONTHS in one)
    assert f"plan.yaml:{line}" in text
    assert "design 1 (seats=10, months_before_departure=700) and 1 more design: got 700" in text
    assert "design 2 (seats=-3, months_before_departure=4)" in text
    assert not (tmp_path / "out").exists()


def test_a_section_that_is_set_does_not_undo_what_is_varied_in_it(study):
    training = load("bare_pipeline").model_dump(mode="json")["programmes"][0]["training"]
    plan = prepare(study(set={"programmes.pilot.training": training}))
    scenario = plan.work.scenario(0, len(plan.designs) - 1)
    assert scenario.programmes[0].training.months_before_departure == 8


# results


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.yaml"
    path.write_text(yaml.safe_dump(PLAN, sort_keys=False))
    return sweep(path, path.parent / "out")


def test_the_summary_is_that_of_the_runs(found):
    summary = found.summary(0.8)
    assert len(summary) == 24 * 2
    row = summary[(summary["design"] == 7) & (summary["outcome"] == "placed")].iloc[0]
    placed = found.by_run().query("design == 7")["placed"]
    assert row["mean"] == pytest.approx(placed.mean())
    assert row["standard_error"] == pytest.approx(placed.sem())
    assert [row["run_low"], row["run_high"]] == pytest.approx(list(placed.quantile([0.1, 0.9])))
    assert row["runs"] == row["runs_used"] == 30
    assert row[SEATS] == found.designs.loc[7, SEATS]
    assert row["unit"] == "people"


def test_memory_and_folder_give_the_same(found):
    memory = sweep(found.study)
    pd.testing.assert_frame_equal(memory.by_run(), found.by_run())
    pd.testing.assert_frame_equal(memory.summary(), found.summary())
    again = read_sweep(found.folder)
    pd.testing.assert_frame_equal(again.designs, found.designs)
    pd.testing.assert_frame_equal(again.summary(), found.summary())


def test_the_array_has_every_run_in_its_place(found):
    array = found.to_xarray()
    assert array["placed"].dims == ("scenario", "programme", SEATS, MONTHS, "sample", "replication")
    assert array["placed"].attrs["units"] == "people"
    for design in (0, 5, 23):
        row = found.designs.loc[design]
        place = {SEATS: row[SEATS], MONTHS: row[MONTHS], "sample": row["sample"]}
        values = array["placed"].sel(place).isel(scenario=0, programme=0)
        assert (
            values.to_numpy().tolist()
            == found.by_run().query(f"design == {design}")["placed"].to_list()
        )
        assert float(array[DROPOUT].sel(sample=row["sample"])) == row[DROPOUT]


def test_heat_maps_show_the_mean_of_their_cell(found):
    figure = found.plot.heatmap(MONTHS, "seats", "placed")
    cells = figure.axes[0].collections[0]
    image = cells.get_array()
    # at their true distance, with edges midway
    np.testing.assert_allclose(cells.get_coordinates()[0, :, 0], [3, 5, 7, 9])
    np.testing.assert_allclose(cells.get_coordinates()[:, 0, 1], [0, 20, 40])
    runs = found.by_run().join(found.designs, on="design")
    for row, seats in enumerate([10, 30]):
        for column, months in enumerate([4, 6, 8]):
            cell = runs[(runs[SEATS] == seats) & (runs[MONTHS] == months)]["placed"].mean()
            assert image[row, column] == pytest.approx(cell)
    assert "120 runs a cell" in figure.get_supxlabel()
    # the designs of a cell share their worlds, so its runs are fewer than they seem
    cells = runs.groupby([SEATS, MONTHS, "replication"])["placed"].mean().groupby(level=[0, 1])
    said = float(re.search(r"mean: at most ([\d.]+)\s", figure.get_supxlabel())[1])
    assert said >= round(cells.sem().max(), 1)
    assert said > 1.2 * runs.groupby([SEATS, MONTHS])["placed"].sem().max()
    assert "training: dropout" in " ".join(figure.get_supxlabel().split())


def test_the_scenario_as_it_is_is_marked_where_it_lies():
    from smpsim.plots import style
    from smpsim.studies.sweep.plot_sides import Side
    from smpsim.studies.sweep.plots import _mark

    uneven = Side.of([9, 1, 2, 4])
    assert uneven.values == [1, 2, 4, 9]
    assert uneven.edges.tolist() == [0.5, 1.5, 3, 6.5, 11.5]
    assert uneven.cell(4) == (3, 6.5)
    assert (uneven.cell(5), uneven.place(5), uneven.place(12), uneven.place("late")) == (
        *(None, 5.0, None, None),
    )
    assert Side.of(["late", "design"]).cell("design") == (0.5, 1.5)
    _, (panel,) = style.panels(1, 1, 4, 4)
    sides = uneven, Side.of([3, 6])
    assert _mark(panel, sides, (2, 6))
    (frame,) = panel.patches
    assert frame.get_bbox().extents.tolist() == [1.5, 4.5, 3, 7.5]
    assert _mark(panel, sides, (5, 6))
    assert panel.lines[0].get_xydata().tolist() == [[5, 6]]
    assert not _mark(panel, sides, (12, 6))
    wide = Side.of([1, 10, 1000])
    assert wide.logarithmic
    assert wide.edges[1] == pytest.approx(10**0.5)


def test_lines_show_means_and_fix_what_they_are_told_to(found):
    figure = found.plot.lines("seats", "placed", where={MONTHS: 6})
    (line,) = figure.axes[0].lines
    runs = found.by_run().join(found.designs, on="design").query(f"`{MONTHS}` == 6")
    assert list(line.get_ydata()) == pytest.approx(list(runs.groupby(SEATS)["placed"].mean()))
    assert len(found.plot.lines("dropout", "placed", by="seats").axes[0].lines) == 2
    check_phone(
        found.plot,
        lines={"x": "dropout", "outcome": "placed", "by": "seats"},
        heatmap={"x": MONTHS, "y": "seats", "outcome": "placed"},
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("seat", "months_before_departure"), "got 'seat'"),
        (("dropout", "seats"), "which is sampled"),
        (("seats", "seats"), "different axes"),
        (("seats", MONTHS, "plased"), "outcome: got 'plased'"),
    ],
)
def test_pictures_say_what_they_can_not_draw(found, arguments, message):
    with pytest.raises(ValueError, match=message):
        found.plot.heatmap(*arguments)


# command line


def test_the_command_runs_resumes_and_refuses(study, tmp_path):
    runner, out = CliRunner(), tmp_path / "out"
    command = ["sweep", str(study()), "--out", str(out), "--threads", "2"]
    first = runner.invoke(app, command)
    assert first.exit_code == 0, first.output
    assert "placed" in first.stdout
    assert {"summary.csv", "heatmap_placed.png", "study.json"} <= {p.name for p in out.iterdir()}
    before = content(out)
    again = runner.invoke(app, command)
    assert "720 of 720 runs are already in" in again.stderr
    assert content(out) == before
    other = runner.invoke(app, [*command, "--replications", "3", "--json"])
    assert other.exit_code == 2
    assert "replications: got runs of 30; allowed: 3" in other.stderr
    fresh = runner.invoke(app, [*command, "--replications", "3", "--fresh", "--json"])
    assert fresh.exit_code == 0, fresh.output
    assert json.loads(fresh.stdout)["runs"] == 72


def test_the_command_explains_faults(study, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    unknown = runner.invoke(app, ["sweep", "visa_delay_by_training"])
    assert unknown.exit_code == 2
    assert "did you mean 'visa_delay_by_training_duration'" in unknown.stderr
    wrong = runner.invoke(app, ["sweep", str(study()), "--executor", "cloud"])
    assert wrong.exit_code == 2
    assert "allowed: threads, processes, dask" in wrong.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.slow
def test_an_interrupted_command_says_that_it_can_go_on(study, tmp_path):
    path = study(scenario="reference", outcomes=["placed"], replications=200)
    command = [sys.executable, "-m", "smpsim", "sweep", str(path), "--out", str(tmp_path / "out")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    sums, until = tmp_path / "out" / "checksums", time.monotonic() + 240
    while not list(sums.glob("*.sha256")) and process.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert re.search(r"Stopped with [1-9][\d,]* of 4,800 runs .* continues from there", said)
    assert not list((tmp_path / "out").rglob("*.part"))


def test_the_studies_of_the_catalogue_are_valid():
    plan, _ = load_study("visa_delay_by_training_duration")
    designs = designs_of(plan, [load(plan.scenario)])
    assert len(designs) == 576
    ends = designs.iloc[[0, -1]]
    found = evaluate(plan.scenario, ends, replications=2, seed=plan.seed, outcomes=plan.outcomes)
    assert found["placed"].min() > 0
