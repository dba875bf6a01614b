"""Kinds of files: told apart, found by name, checked wholly, and sent to the right command."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from smpsim.cli import app
from smpsim.scenario import Action, Scenario, ScenarioError, action_names, names
from smpsim.scenario.yaml_files import read_file
from smpsim.studies.calibrate.study import CalibrationStudy, load_calibration
from smpsim.studies.kinds import (
    KINDS,
    SCENARIO,
    check,
    find_study,
    kind_of,
    require,
    study_names,
)
from smpsim.studies.sweep.study import SweepStudy
from smpsim.studies.sweep.study_file import load_study
from smpsim.studies.validate.prediction import courses, situations
from smpsim.studies.validate.read_reports import load_reports

SWEEP_STUDY, CALIBRATION_STUDY = "visa_delay_by_training_duration", "calibrate_behaviour"
CATALOGUE = Path(__file__).resolve().parents[2] / "scenarios"
SEATS = "programmes.pilot.intakes.seats"
SWEEP = {
    "name": "Seats",
    "scenario": "bare_pipeline",
    "vary": {SEATS: {"grid": [10, 20]}},
    "replications": 3,
}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    # names of the catalogue are found from any folder
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments):
    return CliRunner().invoke(app, list(arguments))


def flat(text):
    return " ".join(text.split())


def written(path, **data):
    Path(path).write_text(yaml.safe_dump(data, sort_keys=False))
    return path


# which kind


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("thamm_germany", "scenario"),
        ("programmes/thamm_germany", "scenario"),
        ("campaigns", "action"),
        ("actions/campaigns", "action"),
        (SWEEP_STUDY, "sweep"),
        (f"studies/{SWEEP_STUDY}", "sweep"),
        (CALIBRATION_STUDY, "calibration"),
        # a name that is nearly one
        ("calibrate_behavior", "calibration"),
        ("early_engagment", "action"),
        ("thamm_germny", "scenario"),
        ("zzz", "scenario"),
        ("missing.yaml", "scenario"),
    ],
)
def test_a_name_has_the_kind_of_what_it_names(source, kind):
    assert kind_of(source).name == kind


@pytest.mark.parametrize("path", sorted(CATALOGUE.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_file_of_the_catalogue_is_known_by_its_keys_and_fits_the_schema(path):
    kind = kind_of(path)
    wanted = {"actions": {"action"}, "studies": set(KINDS) - {"action", "reports", "scenario"}}
    other = {"reports"} if path.stem == "validation" else {"scenario"}
    assert kind.name in wanted.get(path.parent.name, other)
    schema = kind.json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    data = read_file(path).data
    # base has no programmes, so only a scenario that extends it is whole
    part = {"extends": "nothing"} if path.stem == "base" else {}
    jsonschema.Draft202012Validator(schema).validate(data | part)


def test_the_keys_of_a_kind_are_its_own():
    keys = [key for kind in KINDS.values() for key in kind.keys]
    assert len(keys) == len(set(keys))
    for kind in KINDS.values():
        properties = set(kind.json_schema()["properties"])
        assert set(kind.keys) <= properties
        if kind.name != SCENARIO:
            assert not set(kind.keys) & set(KINDS[SCENARIO].json_schema()["properties"])


def test_all_kinds_are_loaded_as_what_they_are(folder):
    assert isinstance(check("bare_pipeline"), Scenario)
    assert isinstance(check("campaigns"), Action)
    assert isinstance(check(CALIBRATION_STUDY), CalibrationStudy)
    assert isinstance(check(written("plan.yaml", **SWEEP)), SweepStudy)
    # a file of no kind is a scenario that lacks everything
    with pytest.raises(ScenarioError, match="programmes"):
        check(written("other.yaml", nonsense=3))


def test_a_file_is_a_study_of_its_kind_or_explained(folder):
    assert find_study(SWEEP_STUDY).stem == SWEEP_STUDY
    assert find_study(f"studies/{CALIBRATION_STUDY}", "calibration").stem == CALIBRATION_STUDY
    with pytest.raises(ScenarioError, match=f"did you mean '{SWEEP_STUDY}'"):
        find_study("visa_delay_by_training")
    with pytest.raises(ScenarioError, match=f"did you mean '{CALIBRATION_STUDY}'"):
        load_calibration("calibrate_behavior")
    # a file of your own comes before the catalogue
    written(SWEEP_STUDY, **SWEEP)
    assert load_study(SWEEP_STUDY)[0].name == "Seats"


# the wrong verb


@pytest.mark.parametrize(
    ("arguments", "found", "command"),
    [
        (("sweep", CALIBRATION_STUDY), "a calibration study", "calibrate {}"),
        (("calibrate", SWEEP_STUDY), "a sweep study", "sweep {}"),
        (("run", SWEEP_STUDY), "a sweep study", "sweep {}"),
        (("sweep", "thamm_germany"), "a scenario", "run {}"),
        (("rank", "actions/campaigns"), "an action", "run SCENARIO --with {}"),
        (("sensitivity", CALIBRATION_STUDY), "a calibration study", "calibrate {}"),
        (("compare", "thamm_germany", SWEEP_STUDY), "a sweep study", "sweep {}"),
        (("calibrate", "my plan.yaml"), "a sweep study", "sweep '{}'"),
    ],
)
def test_the_wrong_verb_is_told_the_right_one(folder, arguments, found, command):
    written("my plan.yaml", **SWEEP)
    told = invoke(*arguments)
    source = arguments[-1]
    assert told.exit_code == 2
    (line,) = told.stderr.splitlines()
    assert line.startswith(f"{source}: got {found}; allowed: ")
    assert line.endswith(f"(try: smpsim {command.format(source)})")
    assert not (folder / "results").exists()


def test_a_name_that_two_kinds_share_is_no_mistake(folder, monkeypatch):
    catalogue = folder / "catalogue"
    for inner in ("studies", "actions", "examples"):
        (catalogue / inner).mkdir(parents=True)
    written(catalogue / "studies" / "same.yaml", **SWEEP)
    written(catalogue / "examples" / "same.yaml", extends="bare_pipeline")
    for module in ("smpsim.studies.kinds", "smpsim.scenario.catalogue"):
        monkeypatch.setattr(f"{module}.folder", lambda: catalogue)
    require("same", "sweep")
    require("same", "scenario")
    with pytest.raises(ScenarioError, match=r"got a scenario.*smpsim run same"):
        require("same", "calibration")


# check, show, list, schema


@pytest.mark.slow
def test_check_knows_every_kind_and_checks_all_designs(folder):
    files = ["thamm_germany", "campaigns", SWEEP_STUDY, CALIBRATION_STUDY]
    files += [str(CATALOGUE / "validation.yaml")]
    found = invoke("check", *files)
    assert found.exit_code == 0, found.stderr
    assert found.stdout.count(": OK (") == len(files)
    months = "programmes.pilot.training.months_before_departure"
    vary = {SEATS: {"grid": [10, 20]}, months: {"grid": [6, 700]}}
    written("late.yaml", **{**SWEEP, "vary": vary})
    # each axis is as it should be, and yet two of four designs are not
    wrong = invoke("check", "late.yaml", "visa_delay_by_training")
    assert wrong.exit_code == 2
    first, second = wrong.stderr.splitlines()
    assert first.startswith("late.yaml:")
    assert "design 1 (seats=10, months_before_departure=700) and 1 more design: got 700" in first
    assert f"did you mean '{SWEEP_STUDY}'" in second


def test_show_says_what_a_sweep_varies_and_how_much_it_is():
    found = invoke("show", SWEEP_STUDY)
    text = flat(found.stdout)
    assert found.exit_code == 0
    study, _ = load_study(SWEEP_STUDY)
    assert study.question in text
    assert "visa.lanes.standard.minimum_months 1, 2, 4, 6, 9, 12 6 months" in text
    assert "trust_prior_mean uniform low 0.2, high 0.8 sampled share" in text
    assert "Designs: 576 (2 x 6 x 6 x 8) of thamm_germany, 40 runs each: 23,040 runs" in text
    assert f"Outcomes: {', '.join(study.outcomes)}." in text
    assert f"smpsim sweep {SWEEP_STUDY}" in text
    data = json.loads(invoke("show", SWEEP_STUDY, "--json").stdout)
    assert SweepStudy.model_validate(data) == study
    refused = invoke("show", SWEEP_STUDY, "--set", "months=3")
    assert refused.exit_code == 2
    assert "got a sweep study" in flat(refused.stderr)


@pytest.mark.slow
def test_show_says_what_a_calibration_and_a_file_of_reports_hold():
    text = flat(invoke("show", CALIBRATION_STUDY).stdout)
    assert "behaviour.retention.quit its likely range 0.012" in text
    assert "Draws: 800 of 172 parameters, each a world in which all" in text
    reports = load_reports()
    assert f"{len(courses(situations(reports.scored).values())) * 800:,} runs" in text
    listed = flat(invoke("show", str(CATALOGUE / "validation.yaml")).stdout)
    assert f"outcomes {len(reports.outcomes)} entries" in listed


def test_show_says_what_a_search_decides_and_wants():
    text = flat(invoke("show", "search_thamm_germany").stdout)
    study = check("search_thamm_germany")
    for key in (*study.levers, *study.uncertainties, *study.objectives):
        assert key in text
    assert "programmes.pilot.visa_lane standard, priority" in text
    assert f"{study.planned()[0] * study.generations + study.planned()[1]:,} runs at most" in text


def test_list_shows_studies_with_kind_and_question():
    text = flat(invoke("list").stdout)
    listed = {one["name"]: one for one in json.loads(invoke("list", "--json").stdout)}
    for entry in study_names():
        assert f"{entry.name} {entry.kind.name} {entry.question}" in text
        assert listed[entry.name]["command"] == f"smpsim {_verb(entry)} {entry.name}"
        assert not listed[entry.name]["runs"]
    assert {entry.name for entry in (*names(), *action_names())} <= set(listed)


def _verb(entry):
    return entry.kind.command.split()[1]


@pytest.mark.parametrize("kind", list(KINDS))
def test_each_schema_is_printed_and_finds_a_mistyped_key(kind):
    found = invoke("schema", "--kind", kind)
    assert found.exit_code == 0
    printed = json.loads(found.stdout)
    assert printed == KINDS[kind].json_schema()
    assert not jsonschema.Draft202012Validator(printed).is_valid({"nmae": "x", "name": "x"})
    for key in printed["properties"].values():
        assert key["title"]


def test_a_schema_of_no_kind_is_refused_and_scenario_is_meant_if_none_is_named():
    assert json.loads(invoke("schema").stdout) == KINDS[SCENARIO].json_schema()
    wrong = invoke("schema", "--kind", "swep")
    assert wrong.exit_code == 2
    assert "did you mean 'sweep'" in flat(wrong.stderr)


@pytest.mark.parametrize(
    ("axis", "valid"),
    [
        ({"grid": [1, 2.5]}, True),
        ({"grid": ["late"]}, False),
        ({"grid": []}, False),
        ({"list": ["late", 3, None]}, True),
        ({"uniform": {"low": 0, "high": 1}}, True),
        ({"uniform": {"low": 0}}, False),
        ({"gird": [1]}, False),
    ],
)
def test_the_schema_of_a_sweep_knows_the_forms_of_an_axis(axis, valid):
    validator = jsonschema.Draft202012Validator(KINDS["sweep"].json_schema())
    study = {**SWEEP, "vary": {"a": axis}}
    assert validator.is_valid(study) is valid


def test_listing_studies_and_refusing_them_does_not_load_the_engine():
    code = (
        "import sys\n"
        "from typer.testing import CliRunner\n"
        "from smpsim.cli import app\n"
        f"for one in (['list'], ['run', {SWEEP_STUDY!r}], ['schema', '--kind', 'sweep']):\n"
        "    CliRunner().invoke(app, one)\n"
        "print([m for m in ('numba', 'matplotlib', 'mesa') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]", found.stdout
