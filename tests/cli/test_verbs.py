"""Each command has a function of the same name in Python, with the same options and defaults."""

import inspect

import pytest
from typer.main import get_command

import smpsim
from smpsim.cli import app
from smpsim.scenario import ScenarioError

COMMANDS = get_command(app).commands
FOR_READERS = {"list", "show", "schema", "version"}
"""Commands that only print."""
RENAMED = {
    "set": "overrides",
    "set-a": "overrides_a",
    "set-b": "overrides_b",
    "with": "actions",
    "with-a": "actions_a",
    "with-b": "actions_b",
    "action": "actions",
    "outcome": "outcomes",
    "key": "keys",
    "out": "folder",
    "run-code": "allow_code",
}
"""Options that can be repeated have the plural in Python; others say what a reader of code asks."""
ONLY_COMMANDS = {"json"}
ELSEWHERE = {
    # results that are returned are written by their own methods
    ("run", "out"): "Result.to_parquet",
    ("compare", "out"): "Comparison.to_parquet",
    ("rank", "out"): "Ranking.write",
    ("sensitivity", "out"): "Sensitivity.write",
    ("validate", "out"): "Validation.tables",
    # what is shown is chosen when it is shown
    ("compare", "outcome"): "Comparison.differences",
    # of two scenarios only the second can be meant
    ("compare", "with"): "actions_b",
    # the command takes files, the function one of them
    ("check", "files"): "source",
    # as of the function `sweep`, which keeps runs in the same way
    ("search", "threads"): "workers",
    # the command runs a study first, the function takes the sweep
    ("discover", "replications"): "sweep",
    ("discover", "threads"): "sweep",
    ("discover", "fresh"): "sweep",
    ("discover", "out"): "Discovery.write",
    # a file, not a folder
    ("pack", "out"): "out",
}
VERBS = sorted(set(COMMANDS) - FOR_READERS)


def options(name):
    """Return the options and arguments of a command by what is typed."""
    found = {}
    for one in COMMANDS[name].params:
        long = [text for text in one.opts if text.startswith("--")]
        found[long[0].removeprefix("--") if long else one.name] = one
    return {key: one for key, one in found.items() if key not in ONLY_COMMANDS | {"help"}}


def parameters(name):
    return inspect.signature(getattr(smpsim, name)).parameters


def test_every_command_that_does_something_is_a_verb_of_the_package():
    assert set(VERBS) <= set(smpsim.__all__)
    assert {"run", "compare", "rank", "sweep", "sensitivity", "calibrate", "validate"} <= set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_options_of_a_command_are_parameters_of_the_function(verb):
    known = parameters(verb)
    for name in options(verb):
        if (verb, name) not in ELSEWHERE:
            assert RENAMED.get(name, name.replace("-", "_")) in known, name


@pytest.mark.parametrize("verb", VERBS)
def test_defaults_are_the_same(verb):
    known = parameters(verb)
    for name, option in options(verb).items():
        mine = known.get(RENAMED.get(name, name.replace("-", "_")))
        if mine is not None and option.default not in (None, (), []) and not option.required:
            assert mine.default == option.default, name


def test_what_is_elsewhere_is_there():
    from smpsim.studies.ranking.rank import Ranking
    from smpsim.studies.validation.validation import Validation

    places = {**vars(smpsim), "Ranking": Ranking, "Validation": Validation}
    for (verb, name), where in ELSEWHERE.items():
        assert name in options(verb), (verb, name)
        owner, _, method = where.partition(".")
        if method:
            assert hasattr(places.get(owner) or getattr(smpsim, owner), method)
        else:
            assert where in parameters(verb) or where in smpsim.__all__


def test_rank_and_check_are_the_verbs_of_the_command_line(tmp_path):
    assert smpsim.rank is smpsim.rank_actions
    assert smpsim.check("visa_delay_by_training_duration").replications == 40
    (tmp_path / "faulty.yaml").write_text("extends: bare_pipeline\nmonths: none\n")
    with pytest.raises(ScenarioError, match=r"faulty.yaml:2:9: months"):
        smpsim.check(tmp_path / "faulty.yaml")


def test_threads_change_no_number_of_a_sensitivity():
    few = {"samples": 2, "replications": 2, "keys": {"months": (40, 50)}, "only": True}
    one, other = (
        smpsim.sensitivity("bare_pipeline", **few, **how)
        for how in ({"threads": 2}, {"workers": 1})
    )
    assert one.indices().equals(other.indices())
