"""The catalogue of scenarios, in folders made for the test and in the package's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from smpsim.scenario import ScenarioError, catalogue, find, load, load_data, names


@pytest.fixture
def shelf(write, tmp_path) -> Path:
    """A catalogue with a file at the top and two folders."""
    write(name="shelf/base.yaml")
    write("extends: base\nname: Pilot of the south\n", "shelf/programmes/pilot.yaml")
    write("extends: programmes/pilot\nname: Early\nmonths: 12\n", "shelf/designs/early.yml")
    write("extends: ../base.yaml\nname: Late\n", "shelf/designs/late.yaml")
    write("extends: ../../outside.yaml\n", "shelf/designs/escape.yaml")
    write("name: [\n", "shelf/sectors/broken.yaml")
    write("a: 1\n", "shelf/studies/sweep.yaml")
    for hidden in (".hidden.yaml", "_draft.yaml", ".hidden/a.yaml", "_drafts/a.yaml"):
        write("a: 1\n", f"shelf/{hidden}")
    write("text", "shelf/programmes/README.md")
    write(name="outside.yaml")
    return tmp_path / "shelf"


def test_names(shelf):
    found = [(entry.name, entry.kind, entry.title) for entry in names(shelf)]
    assert found == [
        ("base", "", "Minimal"),
        ("early", "designs", "Early"),
        ("escape", "designs", ""),
        ("late", "designs", "Late"),
        ("pilot", "programmes", "Pilot of the south"),
        ("broken", "sectors", ""),
    ]
    assert all(entry.path.is_file() for entry in names(shelf))


def test_find(shelf):
    assert find("pilot", shelf) == shelf / "programmes" / "pilot.yaml"
    assert find("programmes/pilot", shelf) == shelf / "programmes" / "pilot.yaml"
    assert find("designs/early", shelf) == shelf / "designs" / "early.yml"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("pilat", "did you mean 'pilot'?"),
        ("programmes/pilat", "did you mean 'programmes/pilot'?"),
        ("sweep", "no scenario 'sweep'; allowed: base, early"),
        ("", "no scenario ''"),
        ("../base", "no scenario '../base'"),
    ],
)
def test_unknown_name(shelf, name, part):
    with pytest.raises(ScenarioError) as caught:
        find(name, shelf)
    assert part in str(caught.value)


def test_name_in_two_folders(shelf, write):
    write("name: x\n", "shelf/sectors/pilot.yaml")
    with pytest.raises(ScenarioError, match=r"more than one .* programmes/pilot, sectors/pilot"):
        find("pilot", shelf)
    assert find("sectors/pilot", shelf).parent.name == "sectors"
    write("name: x\n", "shelf/pilot.yaml")
    assert find("pilot", shelf) == shelf / "pilot.yaml"


def test_load_by_name(shelf):
    early = load("early", catalogue_folder=shelf)
    assert (early.name, early.months) == ("Early", 12)
    assert load("designs/early", catalogue_folder=shelf) == early
    assert load("late", catalogue_folder=shelf).months == 24
    assert load_data({"extends": "early", "name": "Mine"}, catalogue_folder=shelf).months == 12


def test_files_of_the_user_extend_the_catalogue(shelf, write):
    write("extends: designs/late\nname: Mine\nmonths: 6\n", "home/mine.yaml")
    mine = load("home/mine.yaml", catalogue_folder=shelf)
    assert (mine.name, mine.months) == ("Mine", 6)


def test_files_of_the_catalogue_stay_inside_it(shelf):
    for source in ("escape", shelf / "designs" / "escape.yaml"):
        with pytest.raises(ScenarioError, match=r"escape.yaml:1:10: extends: .*lies outside"):
            load(source, catalogue_folder=shelf)
    # from its path too, a file of the catalogue reaches all of it
    assert load(shelf / "designs" / "late.yaml", catalogue_folder=shelf).name == "Late"


def test_a_file_comes_before_the_catalogue(shelf, write, world_text):
    write(world_text.replace("Minimal", "A file"), "early")
    assert load("early", catalogue_folder=shelf).name == "A file"


def test_unknown_scenario(shelf):
    with pytest.raises(ScenarioError, match="did you mean 'early'"):
        load("earli", catalogue_folder=shelf)
    with pytest.raises(ScenarioError, match=r"^designs/x: no such file"):
        load("designs/x", catalogue_folder=shelf)


def test_no_catalogue(tmp_path):
    assert names(tmp_path / "none") == []
    with pytest.raises(ScenarioError, match="allowed: none"):
        find("base", tmp_path / "none")


def test_folder_of_an_installed_package_comes_first(tmp_path, monkeypatch):
    module = tmp_path / "smpsim" / "scenario" / "catalogue.py"
    monkeypatch.setattr(catalogue, "__file__", str(module))
    assert catalogue.folder() == (tmp_path / "scenarios").resolve()
    (tmp_path / "smpsim" / "catalogue").mkdir(parents=True)
    assert catalogue.folder() == (tmp_path / "smpsim" / "catalogue").resolve()


@pytest.mark.parametrize("entry", [e for e in names() if e.name != "base"], ids=lambda e: e.name)
def test_every_scenario_of_the_package_loads(entry):
    assert entry.title
    assert load(entry.name).programmes
