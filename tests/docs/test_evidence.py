"""The page on evidence is that of the files, and counts what they hold."""

import re
from pathlib import Path

import pytest
from doc_scripts import script

from smpsim.scenario import find
from smpsim.scenario.keypaths import format_path

PAGE = Path(__file__).parents[2] / "docs" / "evidence.md"


@pytest.fixture(scope="module", name="script")
def evidence_script():
    return script("make_evidence")


@pytest.fixture(scope="module")
def page():
    return PAGE.read_text(encoding="utf-8")


def test_the_page_is_up_to_date(script, page):
    assert page == script.page(), "run: python docs/make_evidence.py"


def test_the_share_of_numbers_with_a_range_is_that_of_the_file(script, page):
    text = re.sub(r"#.*", "", find("base").read_text(encoding="utf-8"))
    ranges = len(re.findall(r"\{low: \S+ centre: \S+ high: [^}\s]+\}", text))
    found = re.search(r"Of (\d+) numbers (\d+) have a range \((\d+)%\)", page)
    every, ranged, percent = map(int, found.groups())
    assert ranged == ranges
    assert every == len(script.numbers())
    assert percent == round(100 * ranged / every)
    fixed = int(re.search(r"(\d+) numbers are held fixed", page)[1])
    assert ranged + fixed == every


def test_every_number_has_a_line_with_what_it_means(script, page):
    for one in script.numbers():
        meaning, _ = script.in_words(one)
        key = format_path(one.path[2:])
        assert meaning != format_path(one.field)
        assert f"\n| `{key}` | {meaning} | " in page, key


def test_a_known_number_leads_to_what_was_read(script, page):
    lines = [line for line in page.splitlines() if "| **known** |" in line]
    known = [one for one in script.numbers() if one.status == script.KNOWN]
    assert len(lines) == len(known) > 10
    assert all(re.search(r"\[E\d+\]\((https?://|#rows)", line) for line in lines)


def test_the_first_edition_differs_from_what_is_there_now(script):
    now = {one.key: one.centre for one in script.numbers()}
    assert all(now[key] != before for key, before in script.FIRST_EDITION.items())
