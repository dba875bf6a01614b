"""The documentation says what the code says: fields, rules, parameters, links, snippets."""

import importlib
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from doc_scripts import script

from smpsim.cli.catalogue import check
from smpsim.results.outcomes import OUTCOMES, SUMS
from smpsim.results.units import label_of
from smpsim.scenario import load_data
from smpsim.vocabulary import SERIES, STAGES
from smpsim.world.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.glob("*.md")), ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
ODD = (DOCS / "odd.md").read_text(encoding="utf-8")


REFERENCE = script("make_field_reference")
TABLES = script("make_outcome_tables")
ROWS = REFERENCE.all_rows()


def blocks(page, language):
    """Return the code blocks of a page in a language."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def anchor(heading):
    """Return the anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_the_field_reference_is_up_to_date():
    written = (DOCS / "fields.md").read_text(encoding="utf-8")
    assert written == REFERENCE.reference(), "run: python docs/make_field_reference.py"


def test_outcomes_and_series_in_the_model_description_are_those_of_the_tables():
    assert TABLES.written(ODD) == ODD, "run: python docs/make_outcome_tables.py"
    for name in (*OUTCOMES, *SUMS):
        assert f"\n| `{name}` | {label_of(name)} | " in ODD, name
    for name in (*SERIES, *STAGES):
        assert f"`{name}`" in ODD, name


def test_every_field_is_documented():
    text = ODD + (DOCS / "fields.md").read_text(encoding="utf-8")
    behaviour = [key for key in ROWS if key.startswith("behaviour.")]
    assert len(behaviour) > 90
    missing = [key for key in ROWS if f"`{key}`" not in text]
    assert not missing


def test_every_equation_is_in_the_model_description():
    for number in range(1, 18):
        assert re.search(rf"^### E{number} ", ODD, re.MULTILINE), f"E{number}"


def test_the_table_of_rules_is_up_to_date():
    written = (DOCS / "extending.md").read_text(encoding="utf-8")
    assert written == script("make_rule_table").page(), "run: python docs/make_rule_table.py"
    for name, rule in RULES.items():
        assert f"| `{name}` | {rule.equation} |" in written, name
        assert re.search(rf"^### {rule.equation} ", ODD, re.MULTILINE), name


def test_parameters_in_the_model_description_have_the_values_of_the_schema_and_base():
    rows = re.findall(r"^\| `([a-z_.]+)` \| (.*) \|$", ODD, re.MULTILINE)
    found = {f"behaviour.{key}": cells.split(" | ") for key, cells in rows}
    stated = {key: cells for key, cells in found.items() if key in ROWS}
    assert set(stated) == {key for key in ROWS if key.startswith("behaviour.")}
    for key, (_, unit, default, base, source) in stated.items():
        row = ROWS[key]
        assert (unit, default, base) == (row.unit, row.default, row.base), key
        assert source, key


def test_functions_named_in_the_model_description_exist():
    named = re.findall(r"`((?:agents|world)/\w+)\.py:([^`]+)`((?:,\s+`\w+`)*)", ODD)
    assert len(named) > 30
    for room, first, others in named:
        module = importlib.import_module(f"smpsim.{room.replace('/', '.')}")
        for name in [first.partition("(")[0], *re.findall(r"`(\w+)`", others)]:
            assert hasattr(module, name), f"{room}.py has no {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target, _, part in re.findall(r"\]\(([^)#\s]*)(#([^)\s]+))?\)", text):
        if target.startswith(("http:", "https:")):
            continue
        file = (page.parent / target) if target else page
        assert file.exists(), target
        if part:
            headings = re.findall(r"^#+ (.*)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert part in {anchor(heading) for heading in headings}, f"{target}#{part}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_no_folder_of_a_developers_machine(page):
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(^|[\s`\"(])/(home|tmp|work|root|Users)/", text)
    assert "@@" not in text


def test_examples_in_yaml_can_be_read():
    texts = [text for page in DOCS.glob("*.md") for text in blocks(page.name, "yaml")]
    found = [yaml.safe_load(text) for text in texts if "\n...\n" not in text]  # not extracts
    assert any(one and "patch" in one for one in found)


def test_every_dependency_is_justified():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.match(r"[\w-]+", entry).group() for entries in lists for entry in entries}
    text = (DOCS / "dependencies.md").read_text(encoding="utf-8")
    assert not [name for name in names - {"smpsim"} if f"| {name} |" not in text]


def test_scenarios_of_the_tutorial_are_valid(tmp_path):
    first, second = blocks("tutorial.md", "yaml")
    (tmp_path / "my_design.yaml").write_text(first, encoding="utf-8")
    (tmp_path / "my_crisis.yaml").write_text(second, encoding="utf-8")
    crisis = load_data({"extends": "my_crisis.yaml"}, folder=tmp_path)
    assert [change.month for change in crisis.timeline] == [30, 42]


def test_the_page_on_scenarios_shows_what_check_says_of_its_ranges(tmp_path, monkeypatch, capsys):
    page = (DOCS / "writing_scenarios.md").read_text(encoding="utf-8")
    (text,) = [one for one in blocks("writing_scenarios.md", "yaml") if "name: Nurses" in one]
    (said,) = re.findall(r"```\n(my_nurses.yaml: OK.*?)```", page, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("my_nurses.yaml").write_text(text, encoding="utf-8")
    check(["my_nurses.yaml"])
    assert capsys.readouterr().out == said


def printed_by(page, folder, **settings):
    """Run the snippets of a page, one after the other, and return the lines that they print."""
    code = "\n".join(blocks(page, "python"))
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "MPLBACKEND": "agg", "PYTHONPATH": os.pathsep.join(paths)}
    environment |= settings
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return [line.rstrip() for line in run.stdout.splitlines() if line.strip()]


@pytest.mark.slow
def test_snippets_of_the_tutorial_run(tmp_path):
    for name, text in zip(
        ("my_design.yaml", "my_crisis.yaml"), blocks("tutorial.md", "yaml"), strict=True
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    # the numbers on the page are those that the snippets print
    page = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    printed = printed_by("tutorial.md", tmp_path)
    assert len(printed) > 20
    missing = [line for line in printed if line not in page]
    assert not missing, f"the tutorial shows other numbers than these: {missing}"


@pytest.mark.slow
def test_snippets_of_the_page_on_extending_run(tmp_path):
    page = (DOCS / "extending.md").read_text(encoding="utf-8")
    # as plain Python: the same numbers, and three engines less to compile
    printed = printed_by("extending.md", tmp_path, NUMBA_DISABLE_JIT="1")
    assert len(printed) > 8
    missing = [line for line in printed if line not in page]
    assert not missing, f"the page shows other numbers than these: {missing}"
