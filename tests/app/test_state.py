"""The state of the cockpit: as a link, a file and commands; what is uploaded."""

import shlex
from urllib.parse import parse_qs

import pytest
import yaml
from typer.testing import CliRunner
from worlds import BARE

import smpsim
from smpsim.app import state as states
from smpsim.app.state import State, choices, from_link, open_file, uploaded
from smpsim.cli import app
from smpsim.scenario import ScenarioError
from smpsim.scenario.yaml_files import LARGEST_FILE

SEATS = "programmes.pilot.intakes.seats"
FUNDING = "programmes.pilot.funding.training"
TEXT = yaml.safe_dump(BARE)


def of_bare(**more):
    return State("bare_pipeline", replications=50, **more)


def test_a_link_restores_what_was_changed():
    state = of_bare(changes={SEATS: 40, FUNDING: {"employer": 0.25, "donor": 0.75}})
    again, said = from_link(state.link())
    assert (again, said) == (state, [])
    assert again.design() == state.design()
    given = parse_qs(state.link()[1:])
    assert given["scenario"] == ["bare_pipeline"]
    assert given["version"] == [smpsim.__version__]


@pytest.mark.parametrize("link", ["", "?", "?scenario=thamm_germany"])
def test_a_link_without_more_shows_the_first_scenario(link):
    assert from_link(link) == (State(), [])


def test_a_link_of_another_version_says_so():
    link = of_bare().link()
    _, said = from_link(link.replace(f"version={smpsim.__version__}", "version=0.0.1"))
    assert said == [
        f"This link was made with smpsim '0.0.1', this is {smpsim.__version__}: the same design "
        "may give other numbers."
    ]
    _, said = from_link(link[:-4] + "0000")
    assert "another state of the model" in said[0]


def test_what_is_wrong_in_a_link_is_left_out_and_said():
    link = f"?scenario=bare_pipeline&set={SEATS}=30&set=mnths=3&set={SEATS}=-1&replications=7"
    state, said = from_link(link)
    assert state == State("bare_pipeline", {SEATS: 30})
    assert "replications: got '7'; allowed: 50, 200, 1000" in said[0]
    assert "did you mean 'months'?" in said[1]
    assert f"{SEATS}: got -1" in said[2]


def test_a_link_opens_no_file_of_this_computer(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT)
    for name in (str(file), "../base", "mine.yaml", "base"):
        state, said = from_link(f"?scenario={name}")
        assert state == State()
        assert said[0].startswith("scenario: got")


def test_a_file_that_was_opened_can_be_chosen(tmp_path, monkeypatch):
    monkeypatch.setattr(states, "_opened", {})
    file = tmp_path / "mine.yaml"
    file.write_text(TEXT)
    assert open_file(file) == "mine.yaml"
    assert next(iter(choices())) == "mine.yaml"
    state, said = from_link("?scenario=mine.yaml")
    assert not said
    assert state.design().name == "Bare"
    assert shlex.quote(str(file)) in state.command()


def test_parts_that_do_not_run_cannot_be_chosen():
    assert "base" not in choices()
    assert {"thamm_germany", "bare_pipeline"} <= set(choices())


def test_a_value_set_back_is_no_change():
    state = of_bare().changed(SEATS, 40, 100)
    assert state.changes == {SEATS: 40}
    assert state.changed(SEATS, 100, 100) == of_bare()


def test_command_python_and_file_come_to_the_same_numbers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    changes = {SEATS: 40, FUNDING: {"employer": 0.25, "donor": 0.75}}
    state = State("bare_pipeline", changes, replications=3)
    mine = smpsim.run(state.source, 3, overrides=changes)
    words = shlex.split(state.command())
    assert words[:2] == ["smpsim", "run"]
    done = CliRunner().invoke(app, [*words[1:], "--out", "there"])
    assert done.exit_code == 0, done.output
    assert smpsim.read_result("there").outcome_table.equals(mine.outcome_table)
    space = {}
    exec(state.python(), space)
    assert space["result"] == mine
    (tmp_path / "design.yaml").write_text(state.yaml())
    assert smpsim.run(tmp_path / "design.yaml") == mine


def test_an_upload_is_a_state_that_runs():
    state = uploaded("mine.yaml", TEXT.encode())
    assert state.name == "mine.yaml"
    assert state.design().name == "Bare"
    assert uploaded("C:\\Users\\me\\mine.yaml", TEXT.encode()).name == "mine.yaml"
    assert smpsim.run(state.source, 2).runs == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"extends: bare_pipeline\nmonths: none\n", "up.yaml:2:9: months: got 'none'"),
        (b"x" * (LARGEST_FILE + 1), f"got {LARGEST_FILE + 1:,} bytes"),
        (b"name: \xff", "allowed: text saved as UTF-8"),
        (b"name: !!python/object/apply:os.system [touch there]", "got the tag"),
        (b"extends: ../secret.yaml\n", "allowed: names of the catalogue"),
        (b"", "got an empty file"),
    ],
)
def test_a_broken_upload_says_what_check_says(content, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.yaml").write_text("months: 7\n")
    with pytest.raises(ScenarioError) as raised:
        uploaded("up.yaml", content)
    assert message in str(raised.value)
    assert not (tmp_path / "there").exists()
