"""The page on verification says what the tests are."""

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def script():
    """Return the module that makes the page."""
    path = ROOT / "docs" / "make_verification.py"
    specification = importlib.util.spec_from_file_location("make_verification", path)
    module = importlib.util.module_from_spec(specification)
    sys.modules["make_verification"] = module
    specification.loader.exec_module(module)
    return module


def test_the_page_is_up_to_date():
    made = script()
    assert made.FILE.read_text(encoding="utf-8") == made.page(), (
        "run: python docs/make_verification.py"
    )


def test_each_file_stands_once_and_has_tests():
    made = script()
    files = [name for _, names in made.PARTS.values() for name in names]
    assert len(files) == len(set(files))
    for name in files:
        assert list(made.tests_of(made.TESTS / name)), name
    words = [one.words for one in made.tests_of(made.TESTS / "model" / "test_closed_forms.py")]
    assert "The visa office is an M/D/1 queue" in words
