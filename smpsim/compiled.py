"""How rules are compiled: one decorator, one cache that follows the source, one way to exchange.

A rule is a small function on rows of structured arrays. Numba compiles it once and keeps the
machine code in a folder named after the hash of all compiled sources, so that an edit or an
upgrade never meets stale code (numba's own check looks at one file only, not at its callees).
"""

from __future__ import annotations

import dis
import getpass
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any

import numba
from numba.core import config, types

PACKAGE = Path(__file__).parent
# with NUMBA_DISABLE_JIT=1 all rules run as plain Python, for debuggers and coverage
PLAIN: bool = bool(numba.config.DISABLE_JIT)  # type: ignore[attr-defined]
# with SMPSIM_CHECK_BOUNDS=1 every access to a row is checked, at a third of the speed
BOUNDS_CHECKED: bool = os.environ.get("SMPSIM_CHECK_BOUNDS", "0") not in ("", "0")
COMPILED_ROOMS = ("agents", "world")
# not compiled, but the rows and the numbers of words in compiled code follow from them
DECLARATIONS = (
    "vocabulary.py",
    "scenario/behaviour.py",
    "scenario/fields.py",
    "scenario/places.py",
    "scenario/programmes.py",
)
KEPT_FOLDERS = 8


@lru_cache(maxsize=1)
def cache_folder() -> Path:
    """Return the folder of compiled code, which depends on the sources and on numba."""
    digest = hashlib.sha256(f"{numba.__version__} {BOUNDS_CHECKED}".encode())
    for room in COMPILED_ROOMS:
        for file in sorted((PACKAGE / room).glob("*.py")):
            digest.update(file.read_bytes())
            # numba compiles anew for a file of another place or date, so a copy is another folder
            digest.update(f"{file}{file.stat().st_mtime_ns}".encode())
    for declared in (*(PACKAGE / name for name in DECLARATIONS), Path(__file__)):
        digest.update(declared.read_bytes())
    base = os.environ.get("SMPSIM_CACHE") or os.environ.get("XDG_CACHE_HOME")
    root = (Path(base) if base else Path.home() / ".cache") / "smpsim"
    folder = root / digest.hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        # a home that can't be written to still gets code that lasts as long as the machine is up
        root = Path(tempfile.gettempdir()) / f"smpsim-{getpass.getuser()}"
        folder = root / folder.name
        folder.mkdir(parents=True, exist_ok=True)
    _forget_old(root)
    return folder


def _forget_old(root: Path) -> None:
    """Remove all but the newest folders of compiled code: each edit of a rule leaves one."""
    folders = sorted(root.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in folders[KEPT_FOLDERS:]:
        shutil.rmtree(old, ignore_errors=True)


def is_warm() -> bool:
    """Return whether compiled code of these sources is on the disk already."""
    return PLAIN or any(cache_folder().glob("**/*.nbi"))


def rule(function: Callable[..., Any]) -> Any:
    """Compile a function that only other rules call; with ``NUMBA_DISABLE_JIT=1`` it stays Python.

    It gets no entry from Python and no place in the disk cache, which halves the time of a first
    compilation. The same function in plain Python is its ``py_func``.
    """
    if PLAIN:
        return function
    return compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a small rule into its callers: a call would cost more than what it does."""
    if PLAIN:
        return function
    return compiled(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)


def entry(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls, with all rules below it, and keep it on the disk."""
    if PLAIN:
        return function
    before = config.CACHE_DIR  # type: ignore[attr-defined]
    config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]
    try:
        return compiled(function, cache=True)
    finally:
        config.CACHE_DIR = before  # type: ignore[attr-defined]


def compiled(function: Callable[..., Any], **options: Any) -> Any:
    """Compile a function so that it has one specialisation, whatever integers it is called with.

    Numba would compile it anew for each width of integer and for each literal, which makes the
    first compilation several times longer.
    """
    # numpy's error model: a division by zero gives inf instead of a branch in every rule
    dispatcher = numba.njit(**options, nogil=True, error_model="numpy")(function)
    template = dispatcher.get_call_template

    def get_call_template(arguments: Any, keywords: Any) -> Any:
        return template(tuple(_widened(a) for a in arguments), keywords)

    dispatcher.get_call_template = get_call_template
    return dispatcher


def _widened(argument: Any) -> Any:
    """Return the type in which a rule takes an argument: any integer as a 64-bit one."""
    plain = types.unliteral(argument)
    if isinstance(plain, types.Integer) and plain != types.uint64:
        return types.int64
    if plain == types.float32:
        return types.float64
    return plain


def _source(function: Any) -> FunctionType:
    return getattr(function, "py_func", function)


_EXCHANGED: dict[tuple[Any, ...], Any] = {}


def exchange(root: Any, replaced: Mapping[Any, Callable[..., Any]]) -> Any:
    """Return `root` rebuilt so that it calls other rules, however deep they are called.

    Parameters
    ----------
    root : rule
        The function that a driver calls, such as ``advance``.
    replaced : mapping of rule to function
        The user's functions by the rule that each takes the place of. They are compiled with
        the rest, without a disk cache (numba can't cache functions bound at run time).

    Returns
    -------
    rule
        `root` itself where nothing it calls is replaced.
    """
    if not replaced:
        return root
    known = (_source(root), *((_source(old), new) for old, new in replaced.items()))
    if known in _EXCHANGED:
        return _EXCHANGED[known]
    if not PLAIN:
        print(
            "smpsim: compiling the model with rules of your own, up to 20 seconds in this process",
            file=sys.stderr,
        )
    sources = {_source(old): new for old, new in replaced.items()}
    rebuilt: dict[FunctionType, Any] = {}

    def visit(function: Any) -> Any:
        source = _source(function)
        if source in sources:
            new = sources[source]
            return new if PLAIN else compiled(_source(new))
        if source in rebuilt:
            return rebuilt[source]
        changed = {}
        # names of attributes stand in co_names too, so the instructions tell which are called
        loads = {i.argval for i in dis.get_instructions(source) if i.opname == "LOAD_GLOBAL"}
        for name in sorted(loads):
            called = source.__globals__.get(name)
            is_rule = isinstance(called, FunctionType) or hasattr(called, "py_func")
            if is_rule and _source(called).__module__.startswith("smpsim."):
                other = visit(called)
                if other is not called:
                    changed[name] = other
        if not changed:
            rebuilt[source] = function
            return function
        copy = FunctionType(source.__code__, {**source.__globals__, **changed}, source.__name__)
        copy.__module__ = source.__module__
        made = copy if PLAIN else compiled(copy)
        rebuilt[source] = made
        return made

    _EXCHANGED[known] = visit(root)
    return _EXCHANGED[known]
