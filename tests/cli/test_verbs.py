"""Each command has a function of the same name in Python, with the same options and defaults."""

import inspect
import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import smpsim
from smpsim.cli import app
from smpsim.scenario import ScenarioError

COMMANDS = get_command(app).commands
FOR_READERS = {"version", "app"}
"""Commands that only print, or serve a page."""
CALLED = {"list": "scenarios"}
"""Commands whose name is a word of Python."""
RENAMED = {
    "set": "overrides",
    "set-a": "overrides_a",
    "set-b": "overrides_b",
    "with": "actions",
    "with-a": "actions_a",
    "with-b": "actions_b",
    "action": "actions",
    "option": "options",
    "outcome": "outcomes",
    "key": "keys",
    "slider": "sliders",
    "out": "folder",
    "run-code": "allow_code",
}
"""Options that can be repeated have the plural in Python; others say what a reader of code asks."""
ONLY_COMMANDS = {"json", "yaml"}
ELSEWHERE = {
    # what is shown is chosen when it is shown
    ("compare", "outcome"): "Comparison.differences",
    # the command takes files, the function one of them
    ("check", "files"): "source",
    # what is returned can be written by whoever asked for it
    ("schema", "out"): "schema",
    # a file, not a folder
    ("pack", "out"): "out",
    ("report", "out"): "out",
    # the function asks nothing
    ("new", "yes"): "new",
}
RESULTS = {
    "run": "Result",
    "compare": "Comparison",
    "decide": "Decision",
    "explain": "Explanation",
    "rank": "Ranking",
    "sweep": "Sweep",
    "sensitivity": "Sensitivity",
    "discover": "Discovery",
    "search": "SearchResult",
    "validate": "Validation",
    "calibrate": "Calibration",
    "forecast": "Forecast",
}
# what is returned can be written as a workbook too, and with pictures for a phone
FORMS = ("xlsx", "phone")
ELSEWHERE |= {(verb, one): f"{made}.write" for verb, made in RESULTS.items() for one in FORMS}
SEATS = "programmes.pilot.intakes.seats"
VERBS = sorted(set(COMMANDS) - FOR_READERS)
ARCHIVING = ["pack", "verify"]
RUNNING = sorted(set(VERBS) - {"list", "show", "check", "schema", "new", *ARCHIVING})
# what each verb takes in Python, beside what is its own
COMMON = {
    "folder": [*RUNNING, *ARCHIVING],
    "threads": [*RUNNING, "verify"],
    "progress": [*RUNNING, "verify"],
    # a calibration runs each world once
    "replications": sorted(set(RUNNING) - {"calibrate"}),
    "seed": RUNNING,
    "overrides": [
        "run",
        "compare",
        "explain",
        "decide",
        "report",
        "rank",
        "sensitivity",
        "show",
        "forecast",
    ],
    "actions": [
        "run",
        "compare",
        "explain",
        "decide",
        "report",
        "rank",
        "sensitivity",
        "show",
        "forecast",
    ],
    "rules": RUNNING,
    "level": [
        "compare",
        "explain",
        "decide",
        "report",
        "rank",
        "search",
        "sensitivity",
        "validate",
        "forecast",
    ],
    "fresh": ["sweep", "discover", "search", "calibrate"],
}


def function(verb):
    return getattr(smpsim, CALLED.get(verb, verb))


def options(name):
    """Return the options and arguments of a command by what is typed."""
    found = {}
    for one in COMMANDS[name].params:
        long = [text for text in one.opts if text.startswith("--")]
        found[long[0].removeprefix("--") if long else one.name] = one
    return {key: one for key, one in found.items() if key not in ONLY_COMMANDS | {"help"}}


def parameters(name):
    return inspect.signature(function(name)).parameters


def test_every_command_is_a_verb_of_the_package():
    assert {CALLED.get(verb, verb) for verb in VERBS} <= set(smpsim.__all__)
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


@pytest.mark.parametrize(("name", "verbs"), COMMON.items())
def test_one_name_everywhere(name, verbs):
    assert [verb for verb in verbs if name not in parameters(verb)] == []
    assert {verb for verb in VERBS if name in parameters(verb)} == set(verbs)


@pytest.mark.parametrize("verb", RUNNING)
def test_threads_are_called_threads(verb):
    assert not {"workers", "n_jobs", "processes"} & {*parameters(verb), *options(verb)}
    assert "threads" in options(verb)


@pytest.mark.parametrize("verb", RUNNING)
def test_what_commands_take_in_python_they_take_on_the_command_line(verb):
    typed = {RENAMED.get(name, name.replace("-", "_")) for name in options(verb)}
    # functions of Python can't be typed
    for name in set(COMMON) - {"progress", "rules", "level"}:
        if name in parameters(verb) and (verb, name) != ("discover", "seed"):
            assert name in typed, name


@pytest.mark.parametrize("verb", RUNNING)
def test_every_result_can_be_had_as_a_workbook(verb):
    assert "xlsx" in options(verb)
    if verb in RESULTS:
        kind = getattr(smpsim, RESULTS[verb])
        assert verb == kind.VERB
        assert f"{verb}.xlsx" in kind.file_names(xlsx=True)
        assert set(kind.TABLES) <= set(kind.ABOUT.tables)


def test_what_is_elsewhere_is_there():
    for (verb, name), where in ELSEWHERE.items():
        assert name in options(verb), (verb, name)
        owner, _, method = where.partition(".")
        if method:
            assert hasattr(getattr(smpsim, owner), method)
        else:
            assert where in parameters(verb) or where in smpsim.__all__


def test_rank_and_check_are_the_verbs_of_the_command_line(tmp_path):
    assert smpsim.rank.__name__ == "rank"
    assert smpsim.check("visa_delay_by_training_duration").replications == 40
    (tmp_path / "faulty.yaml").write_text("extends: bare_pipeline\nmonths: none\n")
    with pytest.raises(ScenarioError, match=r"faulty.yaml:2:9: months"):
        smpsim.check(tmp_path / "faulty.yaml")


def test_threads_change_no_number_of_a_sensitivity():
    few = {"samples": 2, "replications": 2, "keys": {"months": (40, 50)}, "only": True}
    one, other = (smpsim.sensitivity("bare_pipeline", **few, threads=n) for n in (2, 1))
    assert one == other


def test_nothing_private_is_in_sight():
    names = dir(smpsim)
    assert [name for name in names if name.startswith("_") and not name.endswith("__")] == []
    assert set(names) - {"__all__", "__doc__", "__version__"} == set(smpsim.__all__)
    for name in smpsim.__all__:
        assert getattr(smpsim, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        smpsim.nothing  # noqa: B018


def test_star_imports_what_is_public():
    space = {}
    exec("from smpsim import *", space)
    assert set(space) - {"__builtins__"} == set(smpsim.__all__)


def test_importing_the_package_imports_nothing_else():
    code = "import sys, smpsim; print(sorted(one for one in sys.modules if 'smpsim' in one))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "['smpsim']"


def test_the_catalogue_is_a_table():
    found = smpsim.scenarios()
    assert set(found["kind"]) == {"scenario"}
    assert found.loc["thamm_germany", "folder"] == "programmes"
    assert not found.loc["base", "runs"]
    assert "actions/campaigns" in smpsim.scenarios("action").index
    assert set(smpsim.scenarios(None)["kind"]) > {"scenario", "action", "sweep"}
    with pytest.raises(smpsim.RequestError, match=r"kind: got 'scenari'.*did you mean"):
        smpsim.scenarios("scenari")


@pytest.mark.slow
def test_files_are_shown_whole():
    assert smpsim.show("bare_pipeline")["months"] == smpsim.load("bare_pipeline").months
    assert smpsim.show("bare_pipeline", {"months": 40})["months"] == 40
    with_it = smpsim.show("thamm_germany", actions=["campaigns"])
    assert with_it != smpsim.show("thamm_germany")
    assert smpsim.show("campaigns")["action"] == smpsim.check("campaigns").action
    assert smpsim.show("visa_delay_by_training_duration")["replications"] == 40
    with pytest.raises(smpsim.RequestError, match="overrides: given with an action"):
        smpsim.show("campaigns", {"months": 3})


def test_schemas_are_those_of_the_command_line():
    assert "programmes" in smpsim.schema()["properties"]
    assert "vary" in smpsim.schema("sweep")["properties"]
    with pytest.raises(smpsim.RequestError, match="kind: got 'swep'"):
        smpsim.schema("swep")


def test_a_study_may_be_plain_data():
    study = {
        "name": "Months",
        "scenario": "bare_pipeline",
        "vary": {"months": {"grid": [40, 50]}},
        "replications": 2,
    }
    found = smpsim.sweep(study, seed=7)
    assert list(found.designs["months"]) == [40, 50]
    assert (found.runs, found.seed) == (2, 7)
    with pytest.raises(ScenarioError, match=r"data: vary\.mnths"):
        smpsim.sweep(study | {"vary": {"mnths": {"grid": [40]}}})
    with pytest.raises(ScenarioError, match="data: "):
        smpsim.sweep(study | {"replications": object()})


def test_an_action_is_compared_with_the_scenario_as_it_is():
    found = smpsim.compare("bare_pipeline", actions="campaigns", replications=2)
    other = smpsim.compare("bare_pipeline", actions_b=["campaigns"], replications=2)
    assert found == other
    assert found.names == other.names
    with pytest.raises(smpsim.RequestError, match="actions: given with two scenarios"):
        smpsim.compare("bare_pipeline", "reference", actions="campaigns", replications=2)


@pytest.mark.parametrize("b", [None, "thamm_germany"])
def test_a_scenario_is_read_and_checked_once(b, monkeypatch):
    from smpsim.scenario import loading, timeline
    from smpsim.world import blueprints

    counts = {"schema": 0, "blueprint": 0}

    def counting(what, real):
        def wrapped(*arguments, **more):
            counts[what] += 1
            return real(*arguments, **more)

        return wrapped

    monkeypatch.setattr(loading, "check_schema", counting("schema", loading.check_schema))
    monkeypatch.setattr(timeline, "check_schema", counting("schema", timeline.check_schema))
    monkeypatch.setattr(blueprints, "blueprint", counting("blueprint", blueprints.blueprint))
    smpsim.compare(
        "thamm_germany", b, replications=2, actions_b=["early_engagement"], parameters="centre"
    )
    # each scenario, and each of the months that its timeline has
    months = len(timeline.segments(smpsim.load("thamm_germany")))
    counts["schema"] -= months
    assert counts == {"schema": months * (2 if b is None else 3), "blueprint": 2}


def test_blueprints_are_made_once_however_many_stages_there_are(monkeypatch):
    from smpsim.world import blueprints

    made = []
    real = blueprints.blueprint
    monkeypatch.setattr(blueprints, "blueprint", lambda *one: made.append(one) or real(*one))
    found = smpsim.compare(
        "bare_pipeline", overrides_b={SEATS: 40}, precision={"placed": 0.001}, most=200
    )
    assert len(found.stopping.looks) > 1
    assert len(made) == 2


def test_the_list_of_commands_cuts_none_short():
    found = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"})
    lines = [
        line
        for line in found.output.splitlines()
        if line.split()[:1] and line.split()[0] in COMMANDS
    ]
    assert len(lines) == len(COMMANDS)
    assert not [line for line in lines if line.endswith("...") or "luck" in line]
