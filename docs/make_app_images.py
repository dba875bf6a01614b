"""Make docs/images/app*.png: the cockpit in Chromium, at the widths of a desk and of a telephone.

Run: python docs/make_app_images.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
SCENARIO = "thamm_germany"
PHONE = {"width": 390, "height": 844}
DRAWN = 1500
"""Milliseconds until what has changed is drawn."""


def keep(page: Any, name: str) -> None:
    """Write what a page shows."""
    page.wait_for_timeout(DRAWN)
    page.screenshot(path=IMAGES / f"{name}.png")


def main() -> None:
    """Write all pictures of the cockpit."""
    sys.path.append(str(ROOT / "benchmarks"))
    from cockpit_bench import finished, moved, opened, served, started

    server, address = served(SCENARIO)
    try:
        with started() as browser:
            page = opened(browser, address)
            finished(page)
            keep(page, "app")
            page.get_by_role("tab", name="Money").click()
            keep(page, "app_money")
            page.get_by_role("tab", name="One world").click()
            page.get_by_role("button", name="Play").click()
            page.wait_for_timeout(4 * DRAWN)
            keep(page, "app_world")
            page.get_by_role("tab", name="Options").click()
            page.get_by_role("button", name="Keep as an option").click()
            page.wait_for_timeout(DRAWN)
            page.get_by_role("tab", name="Answer").click()
            page.get_by_text("From planned to kept").wait_for()
            page.wait_for_timeout(DRAWN)
            moved(page, 5)
            finished(page)
            page.get_by_role("tab", name="Options").click()
            page.get_by_role("button", name="Keep as an option").click()
            page.get_by_role("button", name="Compare in plausible worlds").click()
            page.get_by_text("What to find out first").wait_for()
            keep(page, "app_options")
            for name, more in (
                ("app_dark", {"color_scheme": "dark"}),
                ("app_phone", {"viewport": PHONE}),
            ):
                page = opened(browser, address, **more)
                finished(page)
                keep(page, name)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
