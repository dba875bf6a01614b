"""The scripts of ``docs`` that make its pages, as modules."""

import importlib.util
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"


def script(name):
    """Return the module of a script; the path of imports is afterwards as before."""
    specification = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    module = importlib.util.module_from_spec(specification)
    # dataclasses look their module up
    sys.modules[name] = module
    path = list(sys.path)
    # scripts use each other
    sys.path.insert(0, str(DOCS))
    specification.loader.exec_module(module)
    sys.path[:] = path
    return module
