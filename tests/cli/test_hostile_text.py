"""Names of others on the terminal and in pictures; arguments of the wrong kind."""

import io
import os
import signal
import subprocess
import sys
import time
import warnings

import pytest

from smpsim.cli import terminal
from smpsim.errors import RequestError
from smpsim.messages import harmless
from smpsim.plots import style
from smpsim.scenario import ScenarioError, load
from smpsim.scenario.arguments import several, whole

CODES = "\x1b[31mred\x1b]0;title\x07\x1b[2J [bold]b[/] [/x] :smile:"


def test_codes_of_a_name_do_not_reach_the_terminal():
    stream = io.StringIO()
    out = terminal.console(stream)
    out.print(CODES, style="bold")
    terminal.table(out, CODES, (CODES, f">{CODES}"), [(CODES, CODES)])
    text = stream.getvalue()
    assert "\x1b" not in text
    assert "\x07" not in text
    assert text.count("\\x1b[31mred") == 6
    assert "[bold]b[/] [/x] :smile:" in text


def test_letters_of_all_scripts_stay_and_what_turns_them_around_does_not():
    words = ("看護師 日本", "ممرضات", "אחיות", "می\u200cخواهم", "a\xa0b", "two\nlines", "é")  # noqa: RUF001
    for name in words:
        assert harmless(name) == name
    assert harmless("a\u202eb\u2066c\u2028d\r") == "a\\u202eb\\u2066c\\u2028d\\r"


def test_pictures_show_names_in_any_script_without_warnings():
    figure, (panel,) = style.panels(1, 1, 4, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        style.head(figure, "看護師 ممرضات אחיות \x1b[31m $x$", "_about")
        panel.plot([0, 1], [0, 1], label=style.plain("日本"))
        style.legend(panel)
        assert style.png(figure).startswith(b"\x89PNG")


@pytest.mark.parametrize("value", [5.7, 5.0, "5", True, 0, None, [5]])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(RequestError, match=r"replications: got .*; allowed: a whole number of 1"):
        whole("replications", value)


def test_text_is_no_list():
    with pytest.raises(RequestError, match=r"outcomes: got 'placed'; allowed: a list, such as"):
        several("outcomes", "placed")
    with pytest.raises(RequestError, match="actions: got 'campaigns'"):
        load("bare_pipeline", actions="campaigns")


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("visa_lane", "programmes.pilot.visa_lane"),
        ("intakes.seats", "programmes.pilot.intakes.seats"),
        ("exam.pass_probability", "behaviour.exam.pass_probability"),
        ("monts", "months"),
    ],
)
def test_a_key_without_its_sections_is_told_its_path(key, meant):
    with pytest.raises(ScenarioError, match=rf"did you mean '{meant}'\?"):
        load("bare_pipeline", [f"{key}=1"])


def test_a_name_is_compared_without_its_folder_and_with_files_beside(tmp_path, monkeypatch):
    with pytest.raises(ScenarioError) as caught:
        load("bare_pipeline", actions=["retention"])
    assert "did you mean" not in str(caught.value)
    with pytest.raises(ScenarioError, match=r"mean 'actions/campaigns'\?"):
        load("bare_pipeline", actions=["campains"])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nurses.yaml").write_text("extends: bare_pipeline\n")
    with pytest.raises(ScenarioError, match=r"did you mean 'nurses.yaml'\?"):
        load("nurses")


def test_a_deleted_working_folder_is_no_traceback(tmp_path):
    code = (
        "import os, sys; os.chdir(sys.argv[1]); os.rmdir(sys.argv[1]);"
        "from smpsim.scenario import load, ScenarioError\n"
        "try: load('nurses.yaml')\n"
        "except ScenarioError as error: print(error)\n"
        "print(load('bare_pipeline').months)"
    )
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "gone")],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout.splitlines()[0].startswith("nurses.yaml: no such file")
    assert done.stdout.splitlines()[1] == "48"


@pytest.mark.skipif(os.name == "nt", reason="signals of another kind")
@pytest.mark.parametrize("wait", [0.15, 0.3, 0.6])
def test_ctrl_c_while_modules_are_imported_is_no_traceback(wait):
    # the folder's own path is begun first, so that the handler is set when the signal comes
    code = "import sys; sys.argv = ['smpsim', 'list']; print('up', flush=True); "
    code += "from smpsim.__main__ import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    process.stdout.readline()
    time.sleep(wait)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert "Traceback" not in said
    assert process.returncode in (0, 130)
