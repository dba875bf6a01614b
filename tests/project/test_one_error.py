"""One kind of error for whatever smpsim refuses, and the words of whoever is spoken to."""

import importlib
import pickle
import pkgutil
from pathlib import Path

import pytest

import smpsim
from smpsim.cli.app import in_flags
from smpsim.errors import RequestError
from smpsim.results.store_error import StoreError
from smpsim.scenario import ScenarioError, load
from smpsim.studies.sweep.workers import WorkerError

# raised and caught inside one room; nobody else meets them
INTERNAL = {"TakenError", "RefusedError", "StoppedError", "StaleError"}


def classes():
    for module in pkgutil.walk_packages(smpsim.__path__, "smpsim."):
        if module.name.endswith("__main__"):
            continue
        for name, found in vars(importlib.import_module(module.name)).items():
            own = isinstance(found, type) and found.__module__ == module.name
            if own and issubclass(found, BaseException):
                yield name, found


def test_whatever_is_raised_is_one_kind_of_error():
    known = dict(classes())
    assert {"ScenarioError", "RequestError", "StoreError", "WorkerError"} <= set(known)
    for name, found in known.items():
        if name not in INTERNAL and not issubclass(found, KeyboardInterrupt):
            assert issubclass(found, smpsim.Error), name
            assert name == "Error" or name.endswith("Error"), name
    assert issubclass(smpsim.Error, ValueError)
    assert issubclass(StoreError, OSError)


@pytest.mark.parametrize(
    "error",
    [
        RequestError("runs: got 0; allowed: 1 or more"),
        StoreError("write", Path("a"), "the disk is full"),
        WorkerError("a worker is gone"),
    ],
)
def test_errors_reach_another_process(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)


def test_python_speaks_of_arguments_and_the_command_line_of_options():
    with pytest.raises(smpsim.Error, match=r"^overrides: mont: got unknown key 'mont'"):
        load("bare_pipeline", {"mont": 3})
    with pytest.raises(ScenarioError, match=r"^--set mont=3: mont: got unknown key"):
        load("bare_pipeline", ["mont=3"])
    with pytest.raises(smpsim.Error, match=r"^replications: got 0; allowed") as error:
        smpsim.run("bare_pipeline", replications=0)
    assert in_flags(error.value).startswith("--replications: got 0; allowed")
    action = RequestError("actions: got none; allowed: at least one, or fresh=True")
    assert in_flags(action) == "--with: got none; allowed: at least one, or --fresh"


def test_commands_say_what_they_call_an_argument_themselves():
    scenario, actions = (RequestError(f"{name}: got 'x'") for name in ("scenario", "actions"))
    assert in_flags(scenario) == "SCENARIO: got 'x'"
    assert in_flags(scenario, {"--scenario"}) == "--scenario: got 'x'"
    assert in_flags(actions, {"--with"}) == "--with: got 'x'"
    assert in_flags(actions, {"--action"}) == "--action: got 'x'"
