"""Where a result comes from: scenario, versions, seed and date."""

from __future__ import annotations

import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from smpsim import __version__

PACKAGES = ("smpsim", "mesa", "numpy", "numba", "pandas", "scipy", "networkx")


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide numbers."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            # a checkout on the path that was never installed
            found[name] = __version__ if name == "smpsim" else "not installed"
    return found


def provenance(**facts: Any) -> dict[str, Any]:
    """Return facts about a result with versions and the date added."""
    date = datetime.now(UTC).isoformat(timespec="seconds")
    return {**facts, "date": date, "versions": versions()}
