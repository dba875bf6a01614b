"""Build the documentation site into ``build/site``, with warnings as errors.

From any folder, with the extra ``docs`` installed::

    python docs/make_site.py

A folder may be named in place of ``build/site``.
"""

from __future__ import annotations

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent


def build(folder: Path) -> int:
    """Build the site into a folder, and return 0 if nothing is wrong."""
    try:
        from sphinx.cmd.build import main
    except ModuleNotFoundError:
        print('the site needs Sphinx, which is not installed: pip install -e ".[docs]"')
        return 2
    quiet = ["-q", "--fail-on-warning", "--fresh-env"]
    return main([*quiet, "-b", "html", "-c", str(DOCS), str(ROOT), str(folder)])


if __name__ == "__main__":
    into = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "site").resolve()
    wrong = build(into)
    if not wrong:
        print(f"open {into / 'index.html'}")
    sys.exit(wrong)
