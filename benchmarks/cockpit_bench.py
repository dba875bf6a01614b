"""How long the cockpit takes to answer, and what many sessions cost, measured in the browser.

    python benchmarks/cockpit_bench.py --scenario thamm_germany --moves 20
    python benchmarks/cockpit_bench.py --sessions 50 --moves 2

A slider is moved by one step with the keyboard; measured is the time until the number placed on
the page is another one, and until all runs are done. With several sessions each has a page of its
own, all move in turn, and the resident memory of the server is read from /proc.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
DESK = {"width": 1440, "height": 900}
PATIENCE = 600_000
"""Milliseconds that anything on a page may take."""
ROW = "one => one.innerText.startsWith('placed')"
READ = f"() => [...document.querySelectorAll('tr')].find({ROW}).innerText"
CHANGED = (
    f"old => {{ const row = [...document.querySelectorAll('tr')].find({ROW});"
    " return row && row.innerText !== old; }"
)


def served(scenario: str) -> tuple[subprocess.Popen[str], str]:
    """Start a server, and return it with its address."""
    command = [sys.executable, "-m", "smpsim", "app", scenario, "--port", "0", "--no-browser"]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    found = re.search(r"http://127\.0\.0\.1:\d+/", server.stderr.readline())
    assert found, "the server said no address"
    return server, found[0]


def memory(server: subprocess.Popen[str], what: str = "VmRSS") -> float:
    """Return the resident memory of the server in MB; ``VmHWM`` is its peak."""
    text = Path(f"/proc/{server.pid}/status").read_text()
    found = re.search(rf"{what}:\s+(\d+) kB", text)
    assert found
    return int(found[1]) / 1024


@contextmanager
def started() -> Iterator[Any]:
    """Start a browser."""
    from playwright.sync_api import sync_playwright

    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def opened(browser: Any, address: str, **context: Any) -> Any:
    """Open a session on a page of its own, and wait for its first answer."""
    page = browser.new_context(**{"viewport": DESK, **context}).new_page()
    page.set_default_timeout(PATIENCE)
    page.faults = []
    page.on("pageerror", lambda one: page.faults.append(str(one)))
    page.goto(address)
    page.get_by_text("From planned to kept").wait_for()
    return page


def finished(page: Any) -> None:
    """Wait until all runs are done."""
    page.locator("[aria-label='all runs are done']").wait_for(state="attached")


def moved(page: Any, steps: int = 1) -> float:
    """Move the first slider, and return the seconds until the answer is another one."""
    before = page.evaluate(READ)
    page.get_by_role("slider").first.focus()
    began = time.monotonic()
    for _ in range(steps):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(CHANGED, arg=before, polling=10)
    return time.monotonic() - began


def shown(name: str, seconds: list[float]) -> None:
    """Print the middle and the extremes of times."""
    ends = f"{min(seconds):.2f} to {max(seconds):.2f}"
    print(f"{name}: median {statistics.median(seconds):.2f} s ({ends}, {len(seconds)} moves)")


def main() -> None:
    """Measure one session, or many."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenario", default="thamm_germany")
    parser.add_argument("--sessions", type=int, default=1)
    parser.add_argument("--moves", type=int, default=20)
    parser.add_argument("--runs", type=int, default=200, choices=(50, 200, 1000))
    given = parser.parse_args()
    server, root = served(given.scenario)
    address = f"{root}?scenario={given.scenario}&replications={given.runs}"
    try:
        with started() as browser:
            empty = memory(server)
            pages = [opened(browser, address) for _ in range(given.sessions)]
            finished(pages[-1])
            print(f"server: {empty:.0f} MB without sessions, {memory(server):.0f} MB with them")
            first, whole = [], []
            for number in range(given.moves):
                began = time.monotonic()
                # each session looks at a design of its own, so that no answer is shared
                first += [moved(page, 1 + (number + n) % 10) for n, page in enumerate(pages)]
                for page in pages:
                    finished(page)
                whole.append(time.monotonic() - began)
            shown("another number placed", first)
            shown(f"all {given.runs} runs of {given.sessions} sessions", whole)
            print(
                f"server: {memory(server):.0f} MB at the end, {memory(server, 'VmHWM'):.0f} at most"
            )
            faults = [fault for page in pages for fault in page.faults]
            print(f"errors on pages: {faults or 'none'}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
