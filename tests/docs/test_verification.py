"""The page on verification says what the tests are."""

import pytest
from doc_scripts import script


@pytest.fixture(scope="module")
def made():
    return script("make_verification")


def test_the_page_is_up_to_date(made):
    assert made.FILE.read_text(encoding="utf-8") == made.page(), (
        "run: python docs/make_verification.py"
    )


def test_each_file_stands_once_and_has_tests(made):
    files = [name for _, names in made.PARTS.values() for name in names]
    assert len(files) == len(set(files))
    for name in files:
        assert list(made.tests_of(made.TESTS / name)), name
    words = [one.words for one in made.tests_of(made.TESTS / "model" / "test_closed_forms.py")]
    assert "The visa office is an M/D/1 queue" in words
