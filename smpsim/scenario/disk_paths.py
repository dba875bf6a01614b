"""Names that users give, asked for on the disk: no answer is an error of the program.

A name may be too long for any file, lie in a folder that may not be read, or start from a working
folder that somebody has deleted. Then there is no such file; who reads it says why.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

SUFFIXES = (".yaml", ".yml")
TABLE = ".csv"


def is_file(path: str | os.PathLike[str]) -> bool:
    """Return whether there is a file, as far as one may see."""
    return os.path.isfile(path)


def may_exist(path: str | os.PathLike[str]) -> bool:
    """Return whether something is there, or may be there where one may not look."""
    try:
        os.stat(path)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def real(path: Path) -> Path:
    """Return a path with symbolic links followed; one that cannot be followed is kept."""
    for way in (path.resolve, path.absolute):
        try:
            return way()
        except (OSError, RuntimeError, ValueError):
            continue
    return path


def beside(name: Any, folder: Path) -> Any:
    """Return the path of a YAML file that is named as seen from a folder; all else as it is."""
    if isinstance(name, str) and name.endswith(SUFFIXES) and is_file(folder / name):
        return str(folder / name)
    return name


def yaml_files(folder: Path) -> list[Path]:
    """Return the YAML files of a folder, sorted by name; none if it may not be read."""
    try:
        return sorted(one for one in folder.iterdir() if one.suffix in SUFFIXES)
    except (OSError, ValueError):
        return []


def names_near(path: Path) -> list[str]:
    """Return names that may have been meant by a file that is not there."""
    return [one.name for one in yaml_files(path.parent)]
