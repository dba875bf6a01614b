"""What a user's rule reads besides its arguments: as a key, and as a copy that stays as it is.

Numba reads global variables and those of enclosing functions once, when it compiles. A rule is
therefore known by their values, and compiled from a copy in which everything is as it was then.
"""

from __future__ import annotations

import dis
import enum
import hashlib
import sys
from collections.abc import Callable, Iterator
from types import BuiltinFunctionType, CellType, CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
from numba.core import types

from smpsim.errors import RequestError

# their functions don't hang on variables that a user sets
LIBRARIES = {*sys.stdlib_module_names, "numpy", "numba", "llvmlite", "scipy", "smpsim"}
ALLOWED = "numbers, texts, arrays, tuples of them, functions and modules"

Key = tuple[Any, ...]


def frozen(
    rule: str, function: FunctionType, recompiled: Callable[[Any, FunctionType], Any]
) -> tuple[Key, FunctionType]:
    """Return a key of all that decides what a function does, and a copy that keeps it.

    Parameters
    ----------
    rule : str
        Name of the rule, for messages.
    function : function
    recompiled : callable
        (dispatcher, function) -> a dispatcher with the same options for another function.

    Raises
    ------
    ValueError
        If it reads a variable whose value can't be told apart from another.
    """
    freezer = _Freezer(rule, recompiled)
    key = freezer.function(function)
    return key, freezer.copies[id(function)]


def _codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a code and those of the functions inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _code_key(code: CodeType) -> Key:
    """Return what a code does, whatever file and line it stands in."""
    constants = [
        _code_key(c) if isinstance(c, CodeType) else (type(c).__name__, repr(c))
        for c in code.co_consts
    ]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return (code.co_code, code.co_argcount, code.co_flags, *names, *constants)


class _Freezer:
    """Walks from a function to everything that it reads."""

    def __init__(self, rule: str, recompiled: Callable[[Any, FunctionType], Any]) -> None:
        self.rule = rule
        self.recompiled = recompiled
        self.copies: dict[int, Any] = {}  # by the identity of the original
        self.places: dict[int, int] = {}  # in which order they were met
        self.kept: list[Any] = []  # an identity is one as long as its object lives

    def _met(self, original: Any, copy: Any) -> None:
        self.copies[id(original)] = copy
        self.places[id(original)] = len(self.places)
        self.kept.append(original)

    def function(self, source: FunctionType, dispatcher: Any = None) -> Key:
        """Make a copy of a function, and of its dispatcher if it has one; return its key."""
        cells = tuple(CellType() for _ in source.__closure__ or ())
        # the copy is known before it is filled, as functions may call each other in a circle
        copy = FunctionType(source.__code__, {}, source.__name__, source.__defaults__, cells)
        copy.__kwdefaults__, copy.__module__ = source.__kwdefaults__, source.__module__
        copy.__qualname__ = source.__qualname__
        self._met(source, copy)
        if dispatcher is not None:
            self._met(dispatcher, self.recompiled(dispatcher, copy))
        codes = list(_codes(source.__code__))
        loads = {i.argval for c in codes for i in dis.get_instructions(c) if "_GLOBAL" in i.opname}
        # an attribute may be read by its name as text too
        attributes = {n for c in codes for n in c.co_names}
        attributes |= {n for c in codes for n in c.co_consts if isinstance(n, str)}
        key: list[Any] = [_code_key(source.__code__)]
        copy.__globals__.update(source.__globals__)
        for name in sorted(loads):
            if name in source.__globals__:
                read = self.value(source, name, source.__globals__[name], attributes)
                key.append((name, read[0]))
                copy.__globals__[name] = read[1]
        for name, old, new in zip(
            source.__code__.co_freevars, source.__closure__ or (), cells, strict=True
        ):
            try:
                content = old.cell_contents
            except ValueError:
                continue  # not set yet: numba says so
            part, new.cell_contents = self.value(source, name, content, attributes)
            key.append((name, part))
        for name, default in (
            *enumerate(source.__defaults__ or ()),
            *sorted((source.__kwdefaults__ or {}).items()),
        ):
            key.append((name, self.value(source, f"default {name}", default, attributes)[0]))
        return tuple(key)

    def value(self, reader: Any, name: str, value: Any, attributes: set[str]) -> tuple[Any, Any]:
        """Return the key and the copy of a value that a function reads under a name."""
        if id(value) in self.places:
            return ("met", self.places[id(value)]), self.copies[id(value)]
        kind = type(value).__name__
        if isinstance(value, enum.Enum):
            return (kind, type(value).__qualname__, repr(value)), value
        if isinstance(
            value, bool | int | float | complex | str | bytes | range | types.Type | None
        ):
            return (kind, repr(value)), value
        if isinstance(value, np.generic | np.ndarray) and not value.dtype.hasobject:
            copy = value.copy()
            if isinstance(copy, np.ndarray) and isinstance(value, np.ndarray):
                copy.flags.writeable = value.flags.writeable
            digest = hashlib.sha256(value.tobytes()).hexdigest()
            return (kind, repr(value.dtype), value.shape, value.strides, digest), copy
        if isinstance(value, np.dtype):
            return (kind, repr(value)), value
        if isinstance(value, type):
            return (kind, value.__module__, value.__qualname__), value
        if isinstance(value, tuple):
            parts = [self.value(reader, name, part, attributes) for part in value]
            copies = [copy for _, copy in parts]
            made = value._make(copies) if hasattr(value, "_make") else tuple(copies)
            return (kind, *(key for key, _ in parts)), made
        found = self._code(reader, name, value, attributes)
        if found is None:
            raise RequestError(
                f"rules: {self.rule}: {reader.__name__} reads {name!r}, a value of type "
                f"{kind}, whose changes would go unnoticed; allowed: {ALLOWED}"
            )
        return found

    def _code(
        self, reader: Any, name: str, value: Any, attributes: set[str]
    ) -> tuple[Any, Any] | None:
        """Return the key and the copy of a function or a module, None for anything else."""
        kind = type(value).__name__
        if isinstance(value, ModuleType):
            if value.__name__.partition(".")[0] in LIBRARIES:
                return (kind, value.__name__), value
            module = ModuleType(value.__name__)
            vars(module).update(vars(value))
            self._met(value, module)
            parts = []
            for inner in sorted(attributes & set(vars(value))):
                found = getattr(value, inner)
                part, copy = self.value(reader, f"{name}.{inner}", found, attributes)
                setattr(module, inner, copy)
                parts.append((inner, part))
            return (kind, value.__name__, *parts), module
        source = getattr(value, "py_func", value)
        if isinstance(source, FunctionType):
            if source.__module__.partition(".")[0] in LIBRARIES:
                return (kind, source.__module__, source.__qualname__), value
            if source is value:
                return ("function", self.function(source)), self.copies[id(source)]
            return ("dispatcher", self.function(source, value)), self.copies[id(value)]
        if isinstance(value, np.ufunc) and not hasattr(value, "_dispatcher"):
            return (kind, value.__name__), value
        owner = getattr(value, "__self__", None)
        if isinstance(value, BuiltinFunctionType) and isinstance(owner, ModuleType | None):
            return (kind, value.__module__, value.__qualname__), value
        return None
