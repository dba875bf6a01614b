"""Commands that pages name exist, with the options that are named."""

import re
from pathlib import Path

import pytest
import typer.main

import smpsim
from smpsim.cli import app

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMANDS = typer.main.get_command(app).commands


def named(text):
    """Yield the commands of a page: lines of blocks, and between backticks."""
    for block in re.findall(r"^```[a-z]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield from re.findall(r"(?:^|&& (?:\.venv/bin/)?)smpsim ([^#|>\n]*)", block, re.MULTILINE)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    for code in re.findall(r"`smpsim ([^`]+)`", prose):
        yield " ".join(code.split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_their_options_exist(page):
    for line in named(page.read_text(encoding="utf-8")):
        name = line.split()[0]
        if name in ("...", "--help", "--version") or name.isupper():
            continue
        assert name in COMMANDS, line
        known = {flag for one in COMMANDS[name].params for flag in (*one.opts, *one.secondary_opts)}
        unknown = set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", line)) - known - {"--help"}
        assert not unknown, line


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_public_names_exist(page):
    text = page.read_text(encoding="utf-8")
    called = set(re.findall(r"(?<![\w./-])smpsim\.([A-Za-z]\w*)\(", text))
    assert called <= set(smpsim.__all__)
