"""``smpsim new``: questions on a terminal, options in scripts, and no file that is half done."""

import errno
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from smpsim.cli import app
from smpsim.cli import new as command
from smpsim.guided.answers import QUESTIONS
from smpsim.scenario import load

LIKE = ["--sector", "nurse", "--like", "triple_win_nurses"]


def invoke(*arguments, **options):
    return CliRunner().invoke(app, ["new", *map(str, arguments)], **options)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "my_nurses.yaml"


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setattr(command, "can_ask", lambda: True)


def test_the_example_of_the_guide(path):
    shares = "employer=0.6,destination_state=0.4"
    options = ["--seats", "100", "--train-months", "12", "--who-pays", shares]
    found = invoke(path, *options, *LIKE, "--yes")
    assert found.exit_code == 0
    assert f"Wrote {path}" in found.stderr
    assert "numbers have a likely range" in found.stderr
    check = CliRunner().invoke(app, ["check", str(path)])
    assert (check.exit_code, check.stdout.splitlines()[0]) == (0, f"{path}: OK (My nurses)")
    out = path.parent / "out"
    ran = CliRunner().invoke(app, ["run", str(path), "-n", "2", "--out", str(out)])
    assert ran.exit_code == 0
    again = out / "scenario.yaml"
    assert load(again).programmes[0].funding == load(path).programmes[0].funding


@pytest.mark.usefixtures("terminal")
def test_enter_takes_every_default_as_yes_does(path, tmp_path):
    found = invoke(path, input="\n" * len(QUESTIONS))
    assert found.exit_code == 0
    for question in QUESTIONS:
        assert question.text in found.stderr
    # questions go to stderr; the runner shows what was typed
    assert found.stdout.strip() == ""
    (tmp_path / "other").mkdir()
    other = tmp_path / "other" / path.name
    assert invoke(other, "--yes").exit_code == 0
    assert other.read_text() == path.read_text()


@pytest.mark.usefixtures("terminal")
def test_answers_are_asked_again_until_they_are_allowed(path):
    wrong = {
        "schools": ["four", "0"],
        "language": ["b3"],
        "who_pays": ["employer=60%", "employers=1"],
        "like": ["triple_win"],
    }
    right = {"schools": "4", "language": "b1", "who_pays": "employer=1", "seats": "40"}
    lines = [
        line for one in QUESTIONS for line in [*wrong.get(one.name, []), right.get(one.name, "")]
    ]
    found = invoke(path, input="\n".join(lines) + "\n")
    assert found.exit_code == 0
    assert "got 'four'; allowed: a whole number from 1 to 10,000" in found.stderr
    assert "got shares that add up to 0.6; allowed: " in found.stderr
    assert "did you mean 'employer'?" in found.stderr
    assert "did you mean 'triple_win_nurses'?" in found.stderr
    design = load(path)
    assert design.institutions[0].count == 4
    (pilot,) = design.programmes
    assert (pilot.training.language_target, pilot.intakes.seats) == ("B1", 40)
    assert pilot.funding == {"all": {"employer": 1.0}}
    assert "seats: 40  # your answer" in path.read_text()


@pytest.mark.usefixtures("terminal")
def test_what_is_an_option_is_not_asked(path):
    found = invoke(path, "--seats", "25", *LIKE, input="\n" * (len(QUESTIONS) - 3))
    assert found.exit_code == 0
    assert "How many people start in an intake?" not in found.stderr
    assert load(path).programmes[0].intakes.seats == 25


@pytest.mark.usefixtures("terminal")
def test_a_wrong_option_is_refused_before_anything_is_asked(path):
    found = invoke(path, "--seats", "none", input="\n" * 30)
    assert found.exit_code == 2
    assert found.stderr == "--seats: got 'none'; allowed: a number from 1 to 10,000,000\n"
    assert not path.exists()


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("answered", [0, 1, len(QUESTIONS) - 1])
def test_who_stops_leaves_no_file(path, answered):
    found = invoke(path, input="\n" * answered)
    assert found.exit_code == 130
    assert "Stopped; no file was written." in found.stderr
    assert list(path.parent.iterdir()) == []


def test_ctrl_c_while_the_file_is_written_leaves_none(path, monkeypatch):
    def stopped(*_):
        path.write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr("smpsim.guided.new.open", stopped, raising=False)
    found = invoke(path, *LIKE, "--yes")
    assert found.exit_code == 130
    assert not path.exists()


def test_a_full_disk_leaves_no_file(path, monkeypatch):
    def full(*_):
        path.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("smpsim.guided.new.open", full, raising=False)
    found = invoke(path, *LIKE, "--yes")
    assert found.exit_code == 1
    assert str(path) in found.stderr
    assert "Traceback" not in found.output
    assert not path.exists()


def test_files_are_never_replaced(path):
    # the whole path is said, however long it is
    path = path.parent / ("a long name of a folder " * 5) / path.name
    path.parent.mkdir()
    path.write_text("precious")
    found = invoke(path, *LIKE, "--yes")
    assert found.exit_code == 2
    assert found.stderr == (f"FILE: got '{path}', which already exists; allowed: a new file\n")
    assert path.read_text() == "precious"


def test_without_a_terminal_the_options_are_named(path):
    run = subprocess.run(
        [sys.executable, "-m", "smpsim", "new", str(path), "--seats", "10"],
        input="\n" * 30,
        capture_output=True,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
        check=False,
    )
    assert run.returncode == 2
    for option in ("--train-months", "--who-pays", "--like", "--yes"):
        assert option in run.stderr
    assert "--seats" not in run.stderr
    assert not path.exists()


def test_warnings_of_check_are_said_at_once(path):
    found = invoke(path, "--seats", "500", *LIKE, "--yes")
    assert "warning: programmes.pilot.employers: " in found.stderr


def test_answers_that_do_not_fit_together_are_said_by_their_keys(path):
    found = invoke(path, "--seats", "10000000", *LIKE, "--yes")
    assert found.exit_code == 2
    assert found.stderr.startswith("answers: programmes.pilot.intakes: got up to ")
    assert not path.exists()


@pytest.mark.usefixtures("terminal")
def test_answers_that_do_not_fit_together_are_asked_again(path):
    first = ["10000000" if one.name == "seats" else "" for one in QUESTIONS if one.name != "sector"]
    # seats, months between intakes and their number
    found = invoke(path, "--sector", "nurse", input="\n".join([*first, "20", "", ""]) + "\n")
    assert found.exit_code == 0
    assert "allowed: 20,000,000" in found.stderr
    assert found.stderr.count("How many people start in an intake?") == 2
    assert found.stderr.count("Who may employ them?") == 1
    assert load(path).programmes[0].intakes.seats == 20


def test_show_says_how_long_the_visa_takes(path):
    assert invoke(path, *LIKE, "--visa-months", "7", "--yes").exit_code == 0
    card = CliRunner().invoke(app, ["show", str(path)]).stdout
    assert "fixed: 7" in card
