"""The documentation site: built with warnings as errors, whole, and without any outside host."""

import json
import re
import resource
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import typer.main

import smpsim
from smpsim.cli import app
from smpsim.results.outcomes import OUTCOMES
from smpsim.studies.kinds import KINDS
from smpsim.vocabulary import STAGES

pytest.importorskip("sphinx", reason='the site needs Sphinx: pip install -e ".[docs]"')
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
MOST_SECONDS = 120
# what a browser fetches by itself; a link that a reader follows may lead anywhere
FETCHED = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "link": "href",
}
NOT_FETCHED = {"canonical", "license", "author", "help", "index", "next", "prev", "search"}


class Page(HTMLParser):
    """A built page: its anchors, what readers follow, and what browsers fetch."""

    def __init__(self, path):
        super().__init__()
        self.path = path
        self.anchors, self.links, self.fetched = set(), [], []
        self.text = path.read_text(encoding="utf-8")
        self.feed(self.text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.anchors |= {given[key] for key in ("id", "name") if given.get(key)}
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        source = given.get(FETCHED.get(tag, ""))
        if source and not (tag == "link" and set(given.get("rel", "").split()) & NOT_FETCHED):
            self.fetched.append(source)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, str(ROOT / "docs" / "make_site.py"), str(folder)]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert built.returncode == 0, built.stderr[-5000:]
    # of this process alone, however busy the machine is
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert seconds < MOST_SECONDS
    return folder


@pytest.fixture(scope="module")
def pages(site):
    return {path: Page(path) for path in sorted(site.rglob("*.html"))}


def page(pages, name):
    (found,) = (
        one for path, one in pages.items() if path.as_posix().endswith(f"/docs/{name}.html")
    )
    return found


def test_every_page_and_notebook_is_in_it(site):
    for path in [*(ROOT / "docs").glob("*.md"), *(ROOT / "notebooks").glob("*.ipynb")]:
        if path != ROOT / "docs" / "README.md":
            built = path.relative_to(ROOT).with_suffix(".html")
            assert (site / built).exists(), built


def test_nothing_is_fetched_from_another_host(site, pages):
    for path, one in pages.items():
        outside = [source for source in one.fetched if urlsplit(source).netloc]
        assert not outside, f"{path.relative_to(site)}: {outside}"
        styles = re.findall(r"<style.*?</style>", one.text, re.DOTALL)
        assert not [style for style in styles if re.search(r"(url\(|@import)[^;]*//", style)]
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        found = re.findall(r"(?:url\(|@import)\s*['\"]?(?:https?:)?//[^)'\";]*", text)
        assert not found, f"{path.relative_to(site)}: {found}"


def test_links_lead_to_pages_and_anchors_that_exist(site, pages):
    broken, known = [], dict(pages)
    for path, one in pages.items():
        for link in one.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                assert parts.scheme in ("http", "https", "mailto"), link
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchors = known[target].anchors if target in known else set()
            wanted = unquote(parts.fragment)
            # a page in the theme's menu may end in "#", its own top
            if not target.exists() or (wanted and target in known and wanted not in anchors):
                broken.append(f"{path.relative_to(site)}: {link}")
    assert not broken, broken[:20]


def test_every_public_name_is_in_the_reference(pages):
    found = page(pages, "api").anchors
    assert not [name for name in smpsim.__all__ if f"smpsim.{name}" not in found]


def test_every_command_and_option_is_in_the_reference(pages):
    one = page(pages, "commands")
    words = re.sub(r"<[^>]+>", "", one.text)
    for name, command in typer.main.get_command(app).commands.items():
        assert name in one.anchors, name
        # up to the next command
        section = re.split(r"\nsmpsim \S+ ", words.partition(f"\nsmpsim {name} ")[2])[0]
        for option in command.params:
            if option.param_type_name == "option" and option.name != "help":
                missing = [flag for flag in option.opts if flag not in section]
                assert not missing, (name, missing)


def test_the_catalogue_the_outcomes_and_the_kinds_of_files_are_in_the_reference(site, pages):
    scenarios = smpsim.scenarios()
    catalogue = page(pages, "catalogue").text
    for name in scenarios.index[scenarios["runs"]]:
        assert f">{name}</span>" in catalogue or f" {name}<" in catalogue, name
    outcomes = page(pages, "outcome_list").text
    assert not [name for name in OUTCOMES if f">{name}</span>" not in outcomes]
    for kind in KINDS:
        written = (site / "schema" / f"{kind}.schema.json").read_text(encoding="utf-8")
        assert json.loads(written) == smpsim.schema(kind)


def test_formulas_are_drawn_and_searching_finds_words(site, pages):
    formulas = re.findall(r"<math .*?</math>", page(pages, "odd").text, re.DOTALL)
    fences = (ROOT / "docs" / "odd.md").read_text(encoding="utf-8").count("```math")
    assert len(formulas) >= fences > 10
    assert "recognit" in (site / "searchindex.js").read_text(encoding="utf-8")


def test_the_glossary_has_every_stage():
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert not [stage for stage in STAGES if f"| `{stage}` |" not in text]


def test_the_list_of_pages_in_the_repository_is_whole():
    text = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"\]\((\w+\.md)\)", text))
    # what is made while the site is built, and pages that only lead to others
    site_only = {"api", "catalogue", "commands", "outcome_list", "study_files"}
    site_only |= {"index", "readers", "learning", "reference", "explanation", "README"}
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages - listed == {f"{name}.md" for name in site_only}
