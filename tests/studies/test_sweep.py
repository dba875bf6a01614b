"""Sweeps: the numbers of `run`, and the same whoever runs them and however they are cut."""

import sys

import numpy as np
import pandas as pd
import pytest
from sweeps import DESIGNS, MONTHS, SEATS, content

import smpsim
from smpsim.scenario import ScenarioError, load
from smpsim.studies import executors, identity
from smpsim.studies.chunks import work_of
from smpsim.studies.sweep import evaluate

LATE = "programmes.pilot.employer_involvement"


def numbers_of(scenario, **options):
    return smpsim.run(scenario, **options).outcomes()


@pytest.mark.parametrize("name", ["reference", "thamm_germany"])
def test_each_design_has_the_numbers_of_a_run(name):
    found = evaluate(name, pd.DataFrame({"discount_rate": [0.0, 0.07]}), replications=33, seed=4)
    for design, rate in enumerate([0.0, 0.07]):
        table = numbers_of(name, replications=33, seed=4, overrides={"discount_rate": rate})
        mine = found[found["design"] == design].reset_index(drop=True)
        assert list(mine["replication"]) == list(table["run"])
        for outcome in table.columns.drop(["run", "programme"]):
            assert np.array_equal(mine[outcome], table[outcome], equal_nan=True), outcome


def test_designs_share_their_luck_and_scenarios_and_actions_are_axes():
    designs = pd.DataFrame({"actions": ["none", ["early_engagement"], None]})
    found = evaluate(["thamm_germany", "onodera_user_run"], designs, replications=3, seed=2)
    parts = {key: part["placed"].to_list() for key, part in found.groupby(["scenario", "design"])}
    assert parts["thamm_germany", 0] == parts["thamm_germany", 2]
    assert parts["thamm_germany", 0] != parts["thamm_germany", 1]
    assert list(found["scenario"].unique()) == ["thamm_germany", "onodera_user_run"]
    acted = load("thamm_germany", actions=["early_engagement"])
    assert (
        parts["thamm_germany", 1] == numbers_of(acted, replications=3, seed=2)["placed"].to_list()
    )


def test_actions_meet_the_values_of_their_design():
    """As on the command line: whether an action has anything to change depends on the values."""
    designs = pd.DataFrame({"actions": [["early_engagement"]] * 2, LATE: ["late", "design"]})
    found = evaluate("thamm_germany", designs, replications=3)
    for design, involvement in enumerate(["late", "design"]):
        whole = load("thamm_germany", {LATE: involvement}, actions=["early_engagement"])
        table = numbers_of(whole, replications=3, seed=1)
        mine = found[found["design"] == design]
        assert mine["placed"].to_list() == table["placed"].to_list()
        assert mine["cost_total"].to_list() == table["cost_total"].to_list()


def test_without_a_seed_each_design_has_that_of_its_scenario():
    found = evaluate("bare_pipeline", pd.DataFrame({"seed": [1, 2]}), replications=20, seed=None)
    for seed, part in found.groupby(found["design"] + 1):
        table = numbers_of("bare_pipeline", replications=20, seed=seed)
        assert part["placed"].to_list() == table["placed"].to_list()


def test_values_may_be_sections_and_nothing():
    key = f"employers.{load('bare_pipeline').employers[0].name}.vacancies_per_year"
    designs = pd.DataFrame({key: [3, {"poisson": 3.0}]}, dtype=object)
    found = evaluate("bare_pipeline", designs, replications=5)
    assert found.groupby("design").size().to_list() == [5, 5]


def test_chunks_cover_every_run_once_and_do_not_depend_on_who_does_them():
    for designs, replications in ((1, 1), (3, 70), (2, 1234), (50, 7)):
        table = pd.DataFrame({SEATS: np.arange(designs) + 1})
        scenario = {"bare": load("bare_pipeline")}
        work = work_of(scenario, table, replications=replications, seed=1)
        cells = [(d, r) for chunk in work.chunks for d in chunk.designs for r in chunk.replications]
        assert cells == sorted({(d, r) for d in range(designs) for r in range(replications)})


def test_chunks_of_many_people_have_few_runs():
    def longest(seats):
        scenario = {"bare": load("bare_pipeline", {SEATS: seats})}
        work = work_of(scenario, DESIGNS[[MONTHS]], replications=50, seed=1)
        return max(chunk.runs for chunk in work.chunks)

    assert longest(100) == 150
    assert 1 <= longest(50_000) < 20


def test_replications_in_several_chunks_are_those_of_one():
    designs = DESIGNS.iloc[:1]
    many = evaluate("bare_pipeline", designs, replications=450, outcomes=["placed"])
    few = evaluate("bare_pipeline", designs, replications=90, outcomes=["placed"])
    assert many["placed"].to_list()[:90] == few["placed"].to_list()
    assert list(many["replication"]) == list(range(450))


def test_what_can_not_be_asked_for_is_explained():
    with pytest.raises(ValueError, match="did you mean 'placed'"):
        evaluate("bare_pipeline", DESIGNS, replications=1, outcomes=["plased"])
    with pytest.raises(ValueError, match="replications: found 0"):
        evaluate("bare_pipeline", DESIGNS, replications=0)
    with pytest.raises(ValueError, match="found no row"):
        evaluate("bare_pipeline", DESIGNS.iloc[:0], replications=1)
    with pytest.raises(ScenarioError, match="pilot"):
        evaluate("bare_pipeline", pd.DataFrame({"programmes.pilto.promotion": [1]}), replications=1)


# who does it


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stored") / "sweep"
    evaluate("bare_pipeline", DESIGNS, replications=90, seed=3, folder=folder, workers=1)
    return folder


@pytest.mark.parametrize(
    "how",
    [{"workers": 3}, {"executor": "processes", "workers": 2}, {"cluster": "local:2"}],
    ids=["threads", "processes", "dask"],
)
def test_all_executors_write_the_same_files(stored, tmp_path, how):
    found = evaluate("bare_pipeline", DESIGNS, replications=90, seed=3, folder=tmp_path, **how)
    assert content(tmp_path) == content(stored)
    memory = evaluate("bare_pipeline", DESIGNS, replications=90, seed=3)
    pd.testing.assert_frame_equal(found, memory, check_exact=True)


def test_another_way_of_cutting_gives_the_same_table(stored, tmp_path, monkeypatch):
    whole = evaluate("bare_pipeline", DESIGNS, replications=90, seed=3)
    monkeypatch.setattr("smpsim.studies.chunks.SMALLEST", 37)
    parts = evaluate("bare_pipeline", DESIGNS, replications=90, seed=3, folder=tmp_path)
    assert len(list((tmp_path / "runs").iterdir())) > len(list((stored / "runs").iterdir()))
    pd.testing.assert_frame_equal(parts, whole, check_exact=True)


def test_workers_with_another_model_or_package_are_refused():
    work = work_of({"bare": load("bare_pipeline")}, DESIGNS, replications=2, seed=1)
    other = {**identity.engine(), "numba": "0.1"}
    with pytest.raises(ScenarioError, match=r"numba: found .*, allowed: 0\.1"):
        executors._there(work, 0, False, other)
    assert len(executors._there(work, 0, False, identity.engine())) == 6


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"executor": "cloud"}, "found 'cloud', allowed: threads, processes, dask"),
        ({"cluster": "local:none"}, "allowed: local:2 or tcp://HOST:PORT"),
        ({"executor": "processes", "cluster": "local:2"}, "allowed: with executor dask"),
    ],
)
def test_executors_that_do_not_exist_are_explained(how, message):
    with pytest.raises(ScenarioError, match=message):
        evaluate("bare_pipeline", DESIGNS, replications=1, **how)


def test_a_cluster_that_does_not_answer_is_named(monkeypatch):
    monkeypatch.setattr(executors, "SECONDS_TO_CONNECT", 0.2)
    with pytest.raises(ScenarioError, match=r"found no scheduler at 'tcp://127\.0\.0\.1:1'"):
        evaluate("bare_pipeline", DESIGNS, replications=1, cluster="tcp://127.0.0.1:1")


def test_without_dask_it_is_said_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ScenarioError, match=r"pip install 'smpsim\[cluster\]'"):
        evaluate("bare_pipeline", DESIGNS, replications=1, cluster="local:2")
