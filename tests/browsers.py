"""A browser for tests of pages: Chromium, driven by Playwright, where there is one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
HOW = "apt-get install chromium"


@contextmanager
def a_browser() -> Iterator[Any]:
    """Start a browser; tests that need one are skipped where there is none."""
    sync = pytest.importorskip(
        "playwright.sync_api",
        reason='the browser is driven by Playwright: pip install -e ".[test]"',
    )
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip(f"no Chromium is installed: {HOW}")
    with sync.sync_playwright() as play:
        found = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()
