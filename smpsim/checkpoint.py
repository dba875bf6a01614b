"""Models in files: all that a run goes on from, and nothing that could be executed."""

from __future__ import annotations

import contextlib
import json
import os
import uuid
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from smpsim import __version__
from smpsim.compiled import rules_digest
from smpsim.errors import RequestError
from smpsim.messages import shown_value

FORM = "1"
ABOUT = "about"  # name of the part that is text
# what must be the same as here, and how messages call it
SAME = {"form": "form", "smpsim": "smpsim", "model": "the rules' source"}
BROKEN = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    NotImplementedError,
    MemoryError,
    RecursionError,
    zipfile.BadZipFile,
    zlib.error,
)


def write(
    path: str | os.PathLike[str], facts: Mapping[str, Any], state: Mapping[str, np.ndarray]
) -> None:
    """Write a model into a file, whole or not at all.

    Parameters
    ----------
    path : path
    facts : mapping
        Plain data: scenario, seed, rules, what was collected.
    state : mapping of str to ndarray
        What `smpsim.world.copying.state_of` returns.
    """
    about = {"form": FORM, "smpsim": __version__, "model": rules_digest(), **facts}
    target = Path(path)
    part = target.with_name(f".{uuid.uuid4().hex}.part")
    parts: dict[str, Any] = {ABOUT: np.frombuffer(json.dumps(about).encode(), np.uint8), **state}
    try:
        with open(part, "xb") as file:
            np.savez_compressed(file, **parts)
        os.replace(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(part)
        raise


def read(path: str | os.PathLike[str]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the facts and the state of a model in a file.

    Raises
    ------
    RequestError
        If it is no such file, or one of another version of smpsim or of its rules.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            state = {name: file[name] for name in file.files}
        about = json.loads(state.pop(ABOUT).tobytes())
        said = {name: about[name] for name in SAME}
    except OSError as error:
        problem = error.strerror or "no model"
        raise RequestError(f"{path}: got {problem}; allowed: a file of Model.save") from None
    except BROKEN:
        raise RequestError(f"{path}: no model; allowed: a file of Model.save") from None
    here = {"form": FORM, "smpsim": __version__, "model": rules_digest()}
    for name, found in said.items():
        if found != here[name]:
            raise RequestError(
                f"{path}: got a model of another {SAME[name]} ({shown_value(found)}); "
                f"allowed: that which runs here ({here[name]})"
            )
    return about, state
