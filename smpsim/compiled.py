"""How rules are compiled: one decorator, one cache that follows the source, one way to exchange.

A rule is a small function on rows of structured arrays. Numba compiles it once; the machine code
is kept in a folder named after the hash of all that it was made of, so that an edit or an upgrade
never meets stale code (numba's own check looks at one file only, not at its callees).
"""

from __future__ import annotations

import dis
import hashlib
import os
import pickle
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core import config, sigutils, types
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.errors import NumbaExperimentalFeatureWarning
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.serialize import dumps

from smpsim import code_cache
from smpsim.frozen import frozen
from smpsim.linking import PartCompiler, WholeCompiler

# a row with a user's own attributes is the model's row with more behind it
warnings.filterwarnings(
    "ignore", ".*has been considered a subtype of", NumbaExperimentalFeatureWarning
)
PACKAGE = Path(__file__).parent
# with NUMBA_DISABLE_JIT=1 all rules run as plain Python, for debuggers and coverage
PLAIN: bool = bool(numba.config.DISABLE_JIT)  # type: ignore[attr-defined]
# with SMPSIM_CHECK_BOUNDS=1 every access to a row is checked, at a third of the speed
BOUNDS_CHECKED: bool = os.environ.get("SMPSIM_CHECK_BOUNDS", "0") not in ("", "0")
COMPILED_ROOMS = ("agents", "world")
ENTRIES = ("advance", "summarise")  # what Python calls


def _sources() -> str:
    """Return the hash of all sources that hold rules."""
    digest = hashlib.sha256()
    rooms = [file for room in COMPILED_ROOMS for file in sorted((PACKAGE / room).glob("*.py"))]
    for file in (*rooms, Path(__file__)):
        content = file.read_bytes()
        digest.update(f"{file.parent.name}/{file.name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


# as it was when the rules were imported: an edit after that is not in what is compiled
SOURCES = "" if PLAIN else _sources()


def _plain(value: Any) -> str:
    """Return a module's constant as text: what is no constant gives nothing."""
    if isinstance(value, bool | int | float | str | bytes | np.generic | np.dtype):
        return f"{type(value).__name__} {value!r}"
    if isinstance(value, np.ndarray):
        return f"{value.dtype!r} {value.shape} {hashlib.sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, tuple | list):
        return f"({', '.join(map(_plain, value))})"
    if isinstance(value, Mapping):
        return _plain([part for pair in value.items() for part in pair])
    return ""


def _constants() -> Iterator[str]:
    """Yield the constants that rules may have read when they were compiled.

    Sources of the two rooms don't tell them all: a module elsewhere may state some.
    """
    for room in COMPILED_ROOMS:
        for file in sorted((PACKAGE / room).glob("*.py")):
            name = f"smpsim.{room}" if file.stem == "__init__" else f"smpsim.{room}.{file.stem}"
            for key, value in sorted(vars(import_module(name)).items()):
                # submodules stand there too once they are imported, so they must not count
                plain = _plain(value)
                if plain and not key.startswith("__"):
                    yield f"{name}.{key} {plain}\n"


@lru_cache(maxsize=1)
def rules_digest() -> str:
    """Return the hash of all rules, with the constants that they read."""
    digest = hashlib.sha256((SOURCES or _sources()).encode())
    for constant in _constants():
        digest.update(constant.encode())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def place_of_code() -> code_cache.Place:
    """Return the folder of compiled code: another for other rules, versions or processors."""
    digest = hashlib.sha256(rules_digest().encode())
    versions = (sys.implementation.cache_tag, numba.__version__, llvmlite.__version__)
    processor = cpu_target.target_context.codegen().magic_tuple()
    digest.update(repr((versions, np.__version__, processor)).encode())
    # numba's settings that change the code, but not its own key
    settings = [getattr(config, name, None) for name in ("OPT", "BOUNDSCHECK", "DEBUGINFO_DEFAULT")]
    digest.update(repr(settings).encode())
    return code_cache.find_place(digest.hexdigest()[:16])


def is_warm() -> bool:
    """Return whether compiled code of these rules is on the disk and can be loaded."""
    if PLAIN:
        return True
    folder = place_of_code().folder
    return folder is not None and all(code_cache.intact(folder, f"{e}-") for e in ENTRIES)


class DiskCode(NullCache):
    """The compiled code of one entry point, on the disk; numba asks it before it compiles.

    Numba's own cache looks at the file of the entry point only, falls back to other folders that
    it does not check, and ends in an error when a file is damaged.

    Parameters
    ----------
    name : str
        Name of the entry point.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def _file(self, signature: Any) -> str:
        arguments, _ = sigutils.normalize_signature(signature)
        return f"{self.name}-{hashlib.sha256(str(arguments).encode()).hexdigest()[:16]}.nbc"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the code for a signature, or None to have it compiled."""
        target_context.refresh()
        place = place_of_code()
        if place.folder is None:
            code_cache.say_once(place.reason)
            return None
        content = code_cache.read(place.folder, self._file(sig))
        if content is None:
            return None
        try:
            return CompileResult._rebuild(target_context, *pickle.loads(content))
        except Exception:
            return None  # a file of ours, but not one that this process can use

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep code that was just compiled, unless a source was edited since it was imported."""
        folder = place_of_code().folder
        if folder is None or data.library.has_dynamic_globals or _sources() != SOURCES:
            return
        try:
            code_cache.write(folder, self._file(sig), dumps(data._reduce()))
        except OSError as error:
            code_cache.say_once(
                f"{folder!a}: {error.strerror}; allowed: a folder that can be written to"
            )


class Rule(CPUDispatcher):
    """A compiled function without an entry from Python: called from there it runs as Python."""

    def __call__(self, *arguments: Any) -> Any:
        """Run as plain Python: numba's own call would end the process."""
        return self.py_func(*arguments)


def rule(function: Callable[..., Any], forceinline: bool = False) -> Any:
    """Compile a function that only other rules call; with ``NUMBA_DISABLE_JIT=1`` it stays Python.

    It gets no entry from Python and no place in the disk cache, which halves the time of a first
    compilation. Called from Python it runs as plain Python, and so do the rules that it calls.
    """
    if PLAIN:
        return function
    made = compiled(
        function,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        forceinline=forceinline,
        pipeline_class=PartCompiler,
    )
    made.__class__ = Rule
    return made


def inlined(function: Callable[..., Any]) -> Any:
    """Compile a small rule into its callers: a call would cost more than what it does."""
    return rule(function, forceinline=True)


def entry(function: Callable[..., Any]) -> Any:
    """Compile a function that Python calls, with all rules below it, and keep it on the disk."""
    if PLAIN:
        return function
    if function.__name__ not in ENTRIES:
        raise ValueError(f"got an entry point {function.__name__!r}; allowed: {ENTRIES}")
    dispatcher = compiled(function, pipeline_class=WholeCompiler)
    dispatcher._cache = DiskCode(function.__name__)
    return dispatcher


def compiled(function: Callable[..., Any], **options: Any) -> Any:
    """Compile a function so that it has one specialisation, whatever integers it is called with.

    Numba would compile it anew for each width of integer and for each literal, which makes the
    first compilation several times longer. With ``NUMBA_DISABLE_JIT=1`` it stays Python.
    """
    if PLAIN:
        return function
    # numpy's error model: a division by zero gives inf instead of a branch in every rule
    return _widen(numba.njit(**options, nogil=True, error_model="numpy")(function))


def _widen(dispatcher: Any) -> Any:
    """Let a dispatcher take any integer as a 64-bit one when other rules call it."""
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


def _recompiled(dispatcher: Any, function: FunctionType) -> Any:
    """Return a dispatcher like that of a user's helper, for another function."""
    made = numba.jit(**dispatcher.targetoptions)(function)
    if "get_call_template" in vars(dispatcher):
        _widen(made)
    return made


def _like(function: Any, copy: FunctionType) -> Any:
    """Return a copy of a rule compiled as the rule is."""
    if isinstance(function, Rule):
        return rule(copy, forceinline=function.targetoptions["forceinline"])
    return compiled(copy, pipeline_class=WholeCompiler)


def reads_of(name: str, function: Callable[..., Any]) -> Any:
    """Return all that decides what a user's rule does: its code and what that reads.

    Raises
    ------
    ValueError
        If it reads a variable whose changes would go unnoticed.
    """
    return frozen(name, _source(function), _recompiled)[0]


def frozen_copy(name: str, function: Callable[..., Any]) -> FunctionType:
    """Return a copy of a user's rule in which all that it reads stays as it is now."""
    return frozen(name, _source(function), _recompiled)[1]


def exchange(
    root: Any, replaced: Mapping[Any, Any], accessors: Mapping[int, Any] | None = None
) -> Any:
    """Return `root` rebuilt so that it calls other rules, however deep they are called.

    Parameters
    ----------
    root : rule
        The function that a driver calls, such as ``advance``.
    replaced : mapping of rule to rule
        What takes the place of each. It is compiled with the rest, without a disk cache (numba
        can't cache functions bound at run time). A rule of the model's own among them calls
        other rules too.
    accessors : mapping of int to accessor, optional
        What takes the place of accessors to rows, by their identity.

    Returns
    -------
    rule
        `root` itself where nothing it calls is replaced.
    """
    other = accessors or {}
    if not replaced and not other:
        return root
    own = {_source(old): new for old, new in replaced.items()}
    if not PLAIN and own:
        print(
            "smpsim: compiling the model with rules of your own, half a minute in this process",
            file=sys.stderr,
        )
    rebuilt: dict[FunctionType, Any] = {}

    def visit(function: Any) -> Any:
        source = _source(function)
        if source in own:
            function = own[source]
            source = _source(function)
            if not source.__module__.startswith("smpsim."):
                return function
        if source in rebuilt:
            return rebuilt[source]
        changed = {}
        # names of attributes stand in co_names too, so the instructions tell which are called
        loads = {i.argval for i in dis.get_instructions(source) if i.opname == "LOAD_GLOBAL"}
        for name in sorted(loads):
            called = source.__globals__.get(name)
            if id(called) in other:
                changed[name] = other[id(called)]
                continue
            is_rule = isinstance(called, FunctionType) or hasattr(called, "py_func")
            if is_rule and _source(called).__module__.startswith("smpsim."):
                met = visit(called)
                if met is not called:
                    changed[name] = met
        if not changed:
            rebuilt[source] = function
            return function
        copy = FunctionType(source.__code__, {**source.__globals__, **changed}, source.__name__)
        copy.__module__ = source.__module__
        made = copy if PLAIN else _like(function, copy)
        rebuilt[source] = made
        return made

    return visit(root)
