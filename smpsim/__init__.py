"""smpsim: an agent-based simulator of Skills Mobility Partnerships.

Four verbs cover most uses: `load` a scenario, `run` it many times, `compare` two designs, and
step a Mesa `Model` month by month. `scenarios` lists the catalogue.

The public names stand in one table, ``__init__.pyi``, with the modules that they come from.
"""

from __future__ import annotations

from functools import cache as _cache

__version__ = "0.1.0"


@_cache
def _homes() -> dict[str, str]:
    """Return the module of each public name."""
    import re

    with open(f"{__path__[0]}/__init__.pyi", encoding="utf-8") as table:
        rows = re.findall(r"^from (\S+) import (\w+) as \2$", table.read(), re.MULTILINE)
    return {name: module for module, name in rows}


def __getattr__(name: str) -> object:
    # imported when first asked for, so that `smpsim --help` does not wait for the engine
    if name == "__all__":
        return sorted(_homes())
    if name.startswith("_") or name not in _homes():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = getattr(import_module(_homes()[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*_homes(), "__all__", "__doc__", "__version__"])
