"""A user's rules in sweeps: with every executor, refused in words, part of what a folder holds."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import rules_for_sweeps
from rules_for_sweeps import DESIGNS, OWN, SMALL

from smpsim.errors import RequestError
from smpsim.results.dataset import Dataset
from smpsim.results.own_code import rules_again
from smpsim.scenario import ScenarioError
from smpsim.studies.sweep.chunks import run_chunk, work_of
from smpsim.studies.sweep.prepare import prepare
from smpsim.studies.sweep.resume import opened
from smpsim.studies.sweep.study import named
from smpsim.studies.sweep.sweep import evaluate, origin_of
from smpsim.world.rules import rule_digests

ROOT = Path(__file__).resolve().parents[2]


def work(rules):
    return work_of(named(SMALL), DESIGNS, replications=2, seed=1, rules=rules)


@pytest.mark.slow
def test_threads_processes_and_dask_give_the_same_with_rules_and_attributes():
    # as plain Python, so that nothing is compiled in each process
    paths = os.pathsep.join([str(ROOT), str(Path(__file__).parent)])
    done = subprocess.run(
        [sys.executable, rules_for_sweeps.__file__],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(re.match(r"(\d+) graduates fewer", done.stdout).group(1)) > 0


def inside():
    def dropout(person):
        return 0.1

    return dropout


@pytest.mark.parametrize("how", [{"executor": "processes"}, {"cluster": "local:2"}])
@pytest.mark.parametrize("rule", [inside(), lambda person: 0.1])
def test_a_rule_that_other_processes_cannot_import_is_refused_before_anything_runs(
    how, rule, tmp_path
):
    with pytest.raises(RequestError, match=r"rules: dropout: got .*inside another function"):
        evaluate(SMALL, DESIGNS, replications=2, rules={"dropout": rule}, folder=tmp_path, **how)
    assert not list(tmp_path.iterdir())


def test_a_rule_that_is_not_what_its_name_says_is_refused(monkeypatch):
    monkeypatch.setattr(rules_for_sweeps, "dropout", inside())
    with pytest.raises(RequestError, match="whose name now means something else"):
        evaluate(SMALL, DESIGNS, replications=2, rules=OWN, executor="processes")


def test_a_worker_whose_variables_are_others_is_refused(monkeypatch):
    ready = work(OWN)
    monkeypatch.setattr(rules_for_sweeps, "RATE", 0.5)
    with pytest.raises(
        RequestError, match="rules: dropout: the code or its variables in a worker differ"
    ):
        run_chunk(ready, 0)


def test_a_folder_goes_on_with_the_same_rules_only(tmp_path, monkeypatch):
    store = Dataset(tmp_path / "runs")
    opened(store, work(OWN))
    opened(store, work(OWN))
    manifest = next(json.loads(p.read_text()) for p in store.folder.glob("*.json"))
    assert manifest["facts"]["rules"] == rule_digests(OWN)
    with pytest.raises(ScenarioError, match="rules"):
        opened(store, work(None))
    monkeypatch.setattr(rules_for_sweeps, "RATE", 0.5)
    with pytest.raises(ScenarioError, match="rules: dropout"):
        opened(store, work(OWN))


def test_without_rules_what_a_folder_holds_is_as_it_was():
    assert "rules" not in work(None).facts()


def test_a_study_takes_rules_and_refuses_what_can_be_none():
    study = "visa_delay_by_training_duration"
    assert prepare(study, 1, rules=OWN).work.hashes == rule_digests(OWN)
    with pytest.raises(RequestError, match="did you mean 'dropout'"):
        prepare(study, 1, rules={"drop_out": OWN["dropout"]})


@pytest.mark.slow
def test_where_a_sweep_comes_from_holds_its_rules_whole():
    origin = origin_of(prepare("visa_delay_by_training_duration", 1, rules=OWN))
    assert origin["rules"] == sorted(OWN)
    assert origin["rule_hashes"] == rule_digests(OWN)
    again = rules_again(origin["recipe"]["rules"])
    assert again["tall"].draw(0.3) == 1.0
    # a rule made of its text is the same rule
    assert rule_digests(again) == rule_digests(OWN)
    assert "rules" not in origin_of(prepare("visa_delay_by_training_duration", 1))["recipe"]
