"""What pages show of the output of commands is what the commands print."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from smpsim.cli import app

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
COMMANDS = ("smpsim ", "cp ")
WIDTH = "180"


def fenced(page):
    """Yield the language and the text of each code block of a page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    yield from re.findall(r"^```(\w*)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def words_of(text):
    """Return lines without what depends on the width of a table."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip(" .")]


def printed_by(line):
    """Return what a command prints."""
    name, *arguments = shlex.split(line)
    if name == "cp":
        shutil.copy(ROOT / arguments[0], arguments[1])
        return ""
    found = CliRunner().invoke(app, arguments)
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found.output


@pytest.mark.slow
def test_the_tutorial_shows_what_its_commands_print(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", WIDTH)
    files = iter(("my_design.yaml", "my_crisis.yaml"))
    printed, missing, shown, before = set(), [], 0, ""
    for language, text in fenced("tutorial.md"):
        lines = text.splitlines()
        if language == "yaml":
            Path(next(files)).write_text(text, encoding="utf-8")
        elif not language and any(line.startswith(COMMANDS) for line in lines):
            # questions are asked of a person only, and this is installed already
            asked = [one for one in lines if one.startswith(COMMANDS) and "my_nurses" not in one]
            printed |= {found for line in asked for found in words_of(printed_by(line))}
        elif not language and not before and not text.startswith("import"):
            wanted = words_of(text)
            shown += len(wanted)
            missing += [one for one in wanted if not any(real.startswith(one) for real in printed)]
        # what Python prints is compared with the page elsewhere
        before = language if language == "python" else ""
    assert shown > 60
    assert not missing, "the tutorial shows what no command prints:\n" + "\n".join(missing)
