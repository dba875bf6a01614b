"""Wheel and sdist bring all that is needed where no checkout is, the catalogue too."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def built(kind, source, folder):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)],
        cwd=source,
        check=True,
        capture_output=True,
    )
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built("wheel", ROOT, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """What the sdist holds."""
    sdist = built("sdist", ROOT, tmp_path_factory.mktemp("sdist"))
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (found,) = folder.iterdir()
    return found


@pytest.fixture(scope="module")
def wheel_of_sdist(unpacked, tmp_path_factory):
    return built("wheel", unpacked, tmp_path_factory.mktemp("again"))


def test_the_wheel_holds_the_catalogue_and_no_tests(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for file in (ROOT / "scenarios").rglob("*.yaml"):
        assert f"smpsim/catalogue/{file.relative_to(ROOT / 'scenarios').as_posix()}" in names
    assert not [name for name in names if name.startswith("tests")]
    assert "smpsim/py.typed" in names


def test_an_installed_wheel_finds_programmes_from_any_folder(wheel, tmp_path):
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = (
        "import smpsim, sys; print(smpsim.__file__);"
        "print(smpsim.load('onodera_user_run').name, smpsim.load('programmes/yes_kosovo').name);"
        "from smpsim.studies.kinds import find_study;"
        "print(find_study('calibrate_behaviour', 'calibration'))"
    )
    # -I leaves out this checkout; the wheel's folder goes in by hand
    run = subprocess.run(
        [sys.executable, "-I", "-c", f"import sys; sys.path.insert(0, {str(site)!r}); {code}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    first, second, study = run.stdout.splitlines()
    assert first.startswith(str(site))
    assert "Onodera" in second
    assert "Kosovo" in second
    assert study == str(site / "smpsim" / "catalogue" / "studies" / "calibrate_behaviour.yaml")


def test_the_sdist_holds_what_the_repository_says_about_itself(unpacked):
    files = ("README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "codemeta.json", "SECURITY.md")
    for name in (*files, "pyproject.toml", "tests/project/test_wheel.py", ".ci/lowest.txt"):
        assert (unpacked / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_wheel_of_the_sdist_is_that_of_the_checkout(wheel, wheel_of_sdist):
    contents = [
        {name: archive.read(name) for name in archive.namelist()}
        for archive in map(zipfile.ZipFile, (wheel, wheel_of_sdist))
    ]
    assert contents[0] == contents[1]


SMOKE = """
import sys
sys.path.insert(0, sys.argv.pop(1))
import json
from pathlib import Path
from typer.testing import CliRunner
import smpsim
from smpsim.cli import app

lines = (
    ["--version"],
    ["check", "bare_pipeline"],
    ["run", "bare_pipeline", "-n", "2", "--out", "run"],
    ["compare", "bare_pipeline", "--with", "campaigns", "-n", "2", "--out", "compare"],
)
codes = [CliRunner().invoke(app, line).exit_code for line in lines]
files = sorted(str(path) for path in Path().rglob("*") if path.is_file())
print(json.dumps([smpsim.__file__, codes, files]))
"""


@pytest.mark.slow
def test_run_compare_and_check_work_where_no_checkout_is(wheel_of_sdist, tmp_path):
    site, folder = tmp_path / "site", tmp_path / "work"
    zipfile.ZipFile(wheel_of_sdist).extractall(site)
    folder.mkdir()
    run = subprocess.run(
        [sys.executable, "-I", "-c", SMOKE, str(site)],
        cwd=folder,
        # as plain Python, which takes less time than compiling
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=240,
    )
    where, codes, files = json.loads(run.stdout)
    assert where == str(site / "smpsim" / "__init__.py")
    assert codes == [0, 0, 0, 0], run.stderr
    assert {"run/summary.csv", "run/outcomes.parquet", "run/scenario.yaml"} <= set(files)
    assert any(name.startswith("compare/") for name in files)
