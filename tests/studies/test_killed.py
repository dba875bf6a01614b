"""Real kills: workers end with their parent, commands with a message, and work can be resumed."""

import os
import signal
import socket
from pathlib import Path

import pandas as pd
import pytest
import yaml
from processes import Command, content, wait_until
from typer.testing import CliRunner

from smpsim.cli import app
from smpsim.scenario import ScenarioError
from smpsim.studies.sweep import cluster
from smpsim.studies.sweep.sweep import evaluate, sweep

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="finds processes by /proc"
)
SWEEP = {
    "name": "Rates",
    "scenario": "reference",
    "vary": {"discount_rate": {"grid": [n / 1000 for n in range(16)]}},
    "outcomes": ["placed"],
    "replications": 200,
    "seed": 3,
    # worlds would take longer, and there is no less to be killed
    "parameters": "centre",
}
SEARCH = {
    "name": "Seats",
    "scenario": "bare_pipeline",
    "levers": {"programmes.pilot.intakes.seats": {"integers": {"low": 10, "high": 40}}},
    "actions": {"list": ["campaigns"]},
    "objectives": {"placed": "maximize", "cost_total": "minimize"},
    "worlds": 2,
    "replications": 1,
    "population": 6,
    "generations": 12,
    "candidates": 4,
    "fresh_worlds": 4,
    "fresh_replications": 1,
    "seed": 3,
}
CALIBRATION = {
    "name": "Dropout",
    "priors": {"behaviour.training.dropout": {"uniform": {"low": 0.0, "high": 0.1}}},
    "draws": 800,
    "seed": 3,
}
REPORTS = {
    "outcomes": [
        {
            "name": "graduates",
            "scenario": "reference",
            "count": ["graduated"],
            "of": ["enrolled"],
            "reported": {"share": 0.5},
            "source": "made up",
        }
    ]
}


def written(path, data):
    path.write_text(yaml.safe_dump(data, sort_keys=False))
    return path


@pytest.fixture
def plan(tmp_path):
    return written(tmp_path / "plan.yaml", SWEEP)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The files of the sweep when nothing happens to it."""
    folder = tmp_path_factory.mktemp("whole")
    sweep(written(folder / "plan.yaml", SWEEP), folder / "out")
    return content(folder / "out")


def chunks(folder):
    return len(list((folder / "checksums").glob("*.sha256")))


def sweeping(plan, out, *options):
    return Command("-m", "smpsim", "sweep", plan, "--out", out, *options)


def runs_of(files):
    return {name: one for name, one in files.items() if name.startswith(("runs", "checksums"))}


def goes_on(plan, out, whole):
    """Run a sweep to its end in this process; its files are those of one never stopped."""
    assert 0 < chunks(out) < 16
    sweep(plan, out)
    assert content(out) == whole


DESIGN = pd.DataFrame({"discount_rate": [0.0]})
HOW = {
    "threads": [],
    "processes": ["--executor", "processes", "--threads", "2"],
    "dask": ["--cluster", "local:2"],
}


@pytest.mark.slow
@pytest.mark.parametrize("how", ["processes", "dask"])
def test_workers_end_when_their_parent_is_killed(plan, tmp_path, whole, how):
    out = tmp_path / "out"
    with sweeping(plan, out, *HOW[how]) as command:
        command.until(lambda: chunks(out) > 0)
        assert len(command.workers()) >= 2
        code, _ = command.send(signal.SIGKILL)
        assert code == -signal.SIGKILL
    goes_on(plan, out, whole)


def test_idle_workers_end_when_their_parent_is_killed(tmp_path):
    # the one chunk is done, and nothing is given out any more
    code = """
import sys, time
import pandas as pd
from smpsim.studies.sweep.executors import execute
from smpsim.scenario import load
from smpsim.studies.sweep.chunks import work_of

if __name__ == "__main__":
    work = work_of({"one": load("bare_pipeline")}, pd.DataFrame({"discount_rate": [0.0]}),
                   replications=2, seed=1)
    results = execute("processes", work, [0])
    next(results)
    open(sys.argv[1], "w").close()
    time.sleep(600)
"""
    script = tmp_path / "script.py"
    script.write_text(code)
    with Command(script, tmp_path / "done") as command:
        command.until((tmp_path / "done").exists)
        assert command.workers()
        command.send(signal.SIGKILL)


@pytest.mark.slow
@pytest.mark.parametrize("how", HOW)
def test_a_terminated_sweep_ends_with_a_message_and_can_be_resumed(plan, tmp_path, whole, how):
    out = tmp_path / "out"
    with sweeping(plan, out, *HOW[how]) as command:
        command.until(lambda: chunks(out) > 0)
        code, said = command.send(signal.SIGTERM)
    assert code == 143, said
    assert "Traceback" not in said
    assert "Stopped with " in said
    assert "the same command continues from there" in said
    assert not list(out.rglob("*.part"))
    goes_on(plan, out, whole)


def test_a_command_that_is_terminated_before_it_runs_says_so(tmp_path):
    code = """
import os, signal, sys
import smpsim.studies.kinds
from smpsim.cli import main
smpsim.studies.kinds.require = lambda *_, **__: os.kill(os.getpid(), signal.SIGTERM)
sys.argv = ["smpsim", "run", "bare_pipeline", "--out", "out"]
main()
"""
    with Command("-c", code) as command:
        exit_code, said = command.end()
    assert (exit_code, said) == (143, "Stopped. No incomplete file was left behind.\n")


@pytest.mark.slow
def test_a_killed_worker_is_reported(plan, tmp_path, whole):
    out = tmp_path / "out"
    with sweeping(plan, out, *HOW["processes"]) as command:
        command.until(lambda: chunks(out) > 0)
        os.kill(command.workers()[0], signal.SIGKILL)
        code, said = command.end()
    assert code == 1
    assert "Traceback" not in said
    assert "Not enough memory" not in said
    assert "was killed, by the system when memory ran out or by somebody" in said
    assert "the same command continues from there" in said
    goes_on(plan, out, whole)


# clusters


@pytest.mark.parametrize(
    "address",
    [
        *("tcp://127.0.0.1:1", "tcp://127.0.0.1:99999", "ucx://1", "tls://127.0.0.1:1"),
        *("foo://here:1", "nonsense", "tcp://", "", "local:", "local:0", "local:-1", "local:two"),
    ],
)
def test_a_wrong_address_is_refused_before_a_folder_is_created(
    plan, tmp_path, address, monkeypatch
):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 0.5)
    out = tmp_path / "out"
    command = ["sweep", str(plan), "--out", str(out), "--cluster", address]
    found = CliRunner().invoke(app, command)
    assert found.exit_code == 2, found.output
    assert "allowed: local:2 or tcp://HOST:PORT" in found.stderr
    assert not out.exists()
    with pytest.raises(ScenarioError, match="allowed: local:2"):
        evaluate("bare_pipeline", DESIGN, replications=1, folder=out, cluster=address)
    assert not out.exists()


def test_an_address_without_a_scheduler_is_refused(plan, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 0.5)
    out = tmp_path / "out"
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        command = ["sweep", str(plan), "--out", str(out), "--cluster", address]
        found = CliRunner().invoke(app, command)
    assert found.exit_code == 2
    assert f"no scheduler at '{address}'" in found.stderr
    assert not out.exists()


@pytest.fixture
def scheduler(tmp_path):
    pytest.importorskip("distributed")
    file = tmp_path / "scheduler.json"
    arguments = ["scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    with Command("-m", "dask", *arguments, "--scheduler-file", file) as command:
        command.until(lambda: file.exists() and file.stat().st_size)
        command.address = yaml.safe_load(file.read_text())["address"]
        yield command


def worker(address):
    options = ["--no-nanny", "--nthreads", "1", "--no-dashboard"]
    return Command("-m", "dask", "worker", address, *options)


@pytest.mark.slow
def test_new_workers_continue_when_all_old_ones_have_left(plan, tmp_path, whole, scheduler):
    out = tmp_path / "out"
    with (
        worker(scheduler.address) as old,
        sweeping(plan, out, "--cluster", scheduler.address) as command,
    ):
        command.until(lambda: chunks(out) > 0)
        old.send(signal.SIGKILL)
        wait_until(lambda: old.process.poll() is not None)
        with worker(scheduler.address):
            code, said = command.end()
    assert code == 0, said
    files = content(out)
    assert runs_of(files) == runs_of(whole)


@pytest.mark.slow
def test_a_lost_scheduler_is_reported_and_the_sweep_can_be_resumed(
    plan, tmp_path, whole, scheduler
):
    out = tmp_path / "out"
    with (
        worker(scheduler.address),
        sweeping(plan, out, "--cluster", scheduler.address) as command,
    ):
        command.until(lambda: chunks(out) > 0)
        scheduler.send(signal.SIGKILL)
        code, said = command.end()
    assert code == 1, said
    assert "Traceback" not in said
    assert f"the scheduler at {scheduler.address} has gone or was restarted" in said
    goes_on(plan, out, whole)


# search and calibrate


def killed_at(moments, *arguments):
    """Start a command again and again, and kill it at each moment; then let it end."""
    for moment in moments:
        with Command("-m", "smpsim", *arguments) as command:
            command.until(moment)
            assert command.send(signal.SIGKILL)[0] == -signal.SIGKILL
    with Command("-m", "smpsim", *arguments) as command:
        code, said = command.end()
        assert code == 0, said


def same(folder, other):
    """Hold all files of two folders to be the same bytes."""
    mine, wanted = content(folder), content(other)
    assert set(mine) == set(wanted)
    assert [name for name in mine if mine[name] != wanted[name]] == []


@pytest.mark.slow
@pytest.mark.usefixtures("whole")  # the model is compiled by then
def test_a_search_that_is_killed_again_and_again_ends_with_the_same_files(tmp_path):
    path, out = written(tmp_path / "plan.yaml", SEARCH), tmp_path / "out"
    command = ["search", path, "--threads", "1", "--out"]
    moments = [
        (out / "search" / "manifest.json").exists,
        lambda: chunks(out / "search") > 2,
        lambda: chunks(out / "fresh") > 0,
    ]
    killed_at(moments, *command, out)
    assert CliRunner().invoke(app, [*map(str, command), str(tmp_path / "whole")]).exit_code == 0
    same(out, tmp_path / "whole")


@pytest.mark.slow
@pytest.mark.usefixtures("whole")
def test_a_calibration_that_is_killed_again_and_again_ends_with_the_same_files(tmp_path):
    path, out = written(tmp_path / "plan.yaml", CALIBRATION), tmp_path / "out"
    reports = written(tmp_path / "reports.yaml", REPORTS)
    command = ["calibrate", path, "--reports", reports, "--threads", "1", "--out"]
    moments = [
        (out / "manifest.json").exists,
        lambda: chunks(out) > 2,
    ]
    killed_at(moments, *command, out)
    assert CliRunner().invoke(app, [*map(str, command), str(tmp_path / "whole")]).exit_code == 0
    same(out, tmp_path / "whole")
