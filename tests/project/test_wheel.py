"""The wheel brings the catalogue, so that names are found from any folder."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (found,) = folder.glob("*.whl")
    return found


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
