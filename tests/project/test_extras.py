"""What run, compare and most verbs need is installed by default; the rest is asked for in words."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import smpsim
from smpsim.extras import EXTRAS, MissingExtraError, need

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PAGES = {"page.py", "screens.py", "demand.py", "tabs.py", "uploads.py"}
"""Files that the server of the cockpit imports, and nothing else."""
COME_WITH = {
    "llvmlite": "numba",
    "pydantic_core": "pydantic",
    "annotated_types": "pydantic",
    "markupsafe": "jinja2",
}
MODULES = {"pyyaml": "yaml", "scikit-learn": "sklearn"}
REFUSED = [*(module for modules in EXTRAS.values() for module in modules), "dask"]
BEGIN = f"""
import sys

class Refuses:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {REFUSED!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Refuses())
"""
COMMANDS = """
import json
from typer.testing import CliRunner
import smpsim
from smpsim.cli import app

done = {}
for line in json.loads(sys.argv[1]):
    found = CliRunner().invoke(app, line)
    fault = None if isinstance(found.exception, SystemExit) else found.exception
    done[" ".join(line)] = [found.exit_code, found.stderr, repr(fault) if fault else ""]
print(json.dumps(done))
"""
SWEEP = {
    "name": "Rates",
    "scenario": "bare_pipeline",
    "vary": {"discount_rate": {"grid": [0.0, 0.1]}},
    "fails": ["placed < 10"],
    "replications": 2,
}
REPORT = {
    "name": "passed",
    "scenario": "bare_pipeline",
    "count": ["graduated"],
    "of": ["graduated", "failed"],
    "reported": {"share": 0.6},
    "source": "made up",
}
FIT = {
    "name": "Fit",
    "priors": {"behaviour.exam.pass_probability": {"uniform": {"low": 0.2, "high": 1.0}}},
    "draws": 40,
}
FILES = {"plan.yaml": SWEEP, "reports.yaml": {"outcomes": [REPORT]}, "fit.yaml": FIT}


def without_extras(code, folder, *arguments):
    """Run code in a process that finds no package of an extra."""
    return subprocess.run(
        [sys.executable, "-c", BEGIN + code, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    ).stdout


def outcomes_of(lines, folder):
    for name, data in FILES.items():
        (folder / name).write_text(yaml.safe_dump(data))
    return json.loads(without_extras(COMMANDS, folder, json.dumps(lines)))


@pytest.mark.slow
def test_most_commands_need_no_extra(tmp_path):
    lines = [
        ["list"],
        ["show", "bare_pipeline"],
        ["show", "search_thamm_germany"],
        ["check", "bare_pipeline"],
        ["check", "search_thamm_germany"],
        ["schema"],
        ["run", "bare_pipeline", "-n", "2"],
        ["compare", "bare_pipeline", "thamm_germany", "-n", "2"],
        ["decide", "bare_pipeline", "thamm_germany", "--parameters", "centre", "--draws", "2"],
        ["rank", "bare_pipeline", "-n", "2", "--action", "campaigns"],
        ["report", "bare_pipeline", "-n", "2"],
        ["sweep", "plan.yaml"],
        ["validate", "--draws", "2", "-n", "1", "--no-patterns", "--reports", "reports.yaml"],
        ["calibrate", "fit.yaml", "--reports", "reports.yaml"],
    ]
    found = outcomes_of(lines, tmp_path)
    assert len(found) == len(lines)
    assert {line: one for line, one in found.items() if one[0] != 0} == {}


def test_a_missing_extra_is_said_with_the_command_that_installs_it(tmp_path):
    wanted = {
        "sensitivity bare_pipeline": ("smpsim sensitivity", "SALib", "sensitivity"),
        "discover plan.yaml": ("smpsim discover", "ema_workbench", "discover"),
        "discover plan.yaml --method cart": ("smpsim discover", "ema_workbench", "discover"),
        "forecast bare_pipeline --observed seen.csv": ("smpsim forecast", "sklearn", "forecast"),
        "decide thamm_germany reference": ("smpsim decide", "sklearn", "decide"),
        "search search_thamm_germany": ("smpsim search", "pymoo", "search"),
        "report bare_pipeline --pdf": ("smpsim report --pdf", "weasyprint", "report"),
        "report bare_pipeline --xlsx": ("smpsim report --xlsx", "xlsxwriter", "xlsx"),
        "sweep plan.yaml --xlsx": ("smpsim sweep --xlsx", "xlsxwriter", "xlsx"),
        "sweep plan.yaml --executor dask": ("executor dask", "distributed", "cluster"),
        "app --no-browser": ("smpsim app", "solara", "app"),
        "sweep plan.yaml --cluster local:2": ("executor dask", "distributed", "cluster"),
    }
    found = outcomes_of([line.split() for line in wanted], tmp_path)
    for line, (what, module, extra) in wanted.items():
        text = f'{what} needs {module}, which is not installed: pip install "smpsim[{extra}]"\n'
        assert found[line] == [2, text, ""], line
    # nothing was begun
    assert {path.name for path in tmp_path.iterdir()} == set(FILES)


def test_functions_raise_an_error_that_is_an_import_error_too(tmp_path):
    code = """
import smpsim
from smpsim.extras import MissingExtraError

run = smpsim.run("bare_pipeline", 2)
both = smpsim.compare("bare_pipeline", "thamm_germany", replications=2)
swept = smpsim.sweep("plan.yaml")
for function in (
    run.to_xarray, both.to_xarray, swept.to_xarray,
    lambda: smpsim.search("search_thamm_germany"),
    lambda: smpsim.sensitivity("bare_pipeline"),
    lambda: smpsim.discover(swept),
    lambda: smpsim.sweep("plan.yaml", executor="dask"),
    lambda: smpsim.decide(["thamm_germany", "reference"]),
):
    try:
        function()
    except ImportError as error:
        assert isinstance(error, (MissingExtraError, smpsim.ScenarioError))
        print(error)
"""
    (tmp_path / "plan.yaml").write_text(yaml.safe_dump(SWEEP))
    said = without_extras(code, tmp_path).splitlines()
    extras = [re.search(r'"smpsim\[(\w+)\]"$', line)[1] for line in said]
    assert extras == ["arrays"] * 3 + ["search", "sensitivity", "discover", "cluster", "decide"]


def test_with_all_extras_nothing_is_missing():
    for extra in EXTRAS:
        need(extra, "this test")


def test_the_error_survives_the_way_from_another_process():
    import pickle

    error = MissingExtraError("search", "smpsim search", "pymoo")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (MissingExtraError, str(error))


def named(requirements):
    names = {re.match(r"[\w-]+", one)[0].lower() for one in requirements}
    return {MODULES.get(name, name).lower() for name in names}


def test_the_extras_of_the_project_are_those_that_are_asked_for():
    declared = PROJECT["optional-dependencies"]
    for extra, modules in EXTRAS.items():
        assert {one.lower() for one in modules} <= named(declared[extra]), extra
    # what viz brings is imported by programs of users, never by smpsim, and docs build the site
    assert set(declared) == {*EXTRAS, "viz", "all", "docs", "test", "dev"}
    assert declared["all"] == [f"smpsim[{','.join([*EXTRAS, 'viz'])}]"]
    assert "smpsim[all,docs]" in declared["test"]


def imports():
    """Yield file, top module and column of each import of another package."""
    for file in sorted((ROOT / "smpsim").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            else:
                continue
            for name in names:
                top = name.partition(".")[0]
                if top not in sys.stdlib_module_names and top != "smpsim":
                    yield file.name, top, node.col_offset


def test_everything_imported_is_declared():
    core = named(PROJECT["dependencies"])
    late = {module for modules in EXTRAS.values() for module in modules}
    used = set()
    for file, module, column in imports():
        used.add(COME_WITH.get(module, module).lower())
        if module in late and file not in PAGES:
            assert column > 0, f"{file} imports {module} at once"
        elif module not in late:
            assert COME_WITH.get(module, module).lower() in core, f"{file} imports {module}"
    assert core <= used


def version_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_version_stands_in_one_place_and_files_about_it_agree():
    assert PROJECT["dynamic"] == ["version"]
    assert "version" not in PROJECT
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    meta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    assert citation["version"] == meta["version"] == smpsim.__version__


def test_files_about_the_project_agree_with_it():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    meta = json.loads((ROOT / "codemeta.json").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    authors = [one["name"] for one in PROJECT["authors"]]
    assert [one["name"] for one in citation["authors"]] == authors
    assert [one["name"] for one in meta["author"]] == authors
    assert citation["license"] == PROJECT["license"]
    assert meta["license"].endswith(f"/{PROJECT['license']}")
    assert citation["keywords"] == meta["keywords"] == PROJECT["keywords"]
    assert meta["name"] == PROJECT["name"]
    assert meta["description"] == PROJECT["description"]
    assert (meta["@context"], meta["@type"]) == (
        "https://w3id.org/codemeta/3.0",
        "SoftwareSourceCode",
    )
    assert {one.lower() for one in meta["softwareRequirements"]} == {
        re.match(r"[\w-]+", one)[0].lower() for one in PROJECT["dependencies"]
    }
    pythons = [c.rpartition(" :: ")[2] for c in PROJECT["classifiers"] if "Python :: 3" in c]
    assert meta["runtimePlatform"] == [f"Python {one}" for one in pythons]


@pytest.mark.parametrize("file", ["lowest.txt"])
def test_the_lowest_versions_that_are_tested_are_those_that_are_allowed(file):
    lines = (ROOT / ".ci" / file).read_text(encoding="utf-8").splitlines()
    pinned = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    declared = PROJECT["optional-dependencies"]
    wanted = {}
    for one in [*PROJECT["dependencies"], *(r for extra in EXTRAS for r in declared[extra])]:
        name, lowest = re.match(r"([\w-]+)>=([\d.]+)", one).groups()
        wanted[name.lower()] = lowest
    found = {name.lower(): version for name, version in pinned.items()}
    assert set(wanted) <= set(found)
    for name, lowest in wanted.items():
        assert same(found[name], lowest), name


def same(one, other):
    """Return whether two versions are equal but for zeros at their end."""
    return re.sub(r"(\.0)+$", "", one) == re.sub(r"(\.0)+$", "", other)


def test_the_lock_file_holds_all_that_is_declared_with_hashes():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    line = r"^([\w.-]+)==([\w.]+) \\\n    --hash=sha256:[0-9a-f]{64}$"
    locked = dict(re.findall(line, text, re.MULTILINE))
    assert len(locked) == text.count("==") == text.count("--hash")
    names = {name.lower().replace("_", "-") for name in locked}
    declared = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *(r for extra in EXTRAS for r in declared[extra])]
    assert {re.match(r"[\w-]+", one)[0].lower().replace("_", "-") for one in wanted} <= names
