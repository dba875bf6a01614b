"""How the machine code of rules is made: each rule is a part, and the whole is made of all at once.

Numba makes machine code of every function and optimises it again in each of its callers, although
rules are only ever called from an entry point. Here a rule keeps what the compiler made of it, and
an entry point is linked with all rules below it, optimised and turned into machine code once. That
halves the time of a first compilation; the numbers are the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from llvmlite.binding import Linkage, ModuleRef
from numba.core.codegen import CPUCodeLibrary, JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder


class Part(JITCodeLibrary):
    """What the compiler made of one rule, without the rules that it calls."""

    _alone: ModuleRef | None = None

    def finalize(self) -> None:
        """Keep it as it is: nobody but an entry point calls it."""
        self._raise_if_finalized()
        self._finalize_dynamic_globals()
        self._finalized = True

    def get_pointer_to_function(self, name: str) -> int:
        """Return nothing: there is no machine code."""
        return 0

    @property
    def codegen(self) -> Any:
        """The maker of machine code, which has no place for the constants of a part."""
        return _WithoutPlaces(super().codegen)

    def alone(self) -> ModuleRef:
        """Return the rule without those that it calls, in a form that many can link."""
        if self._alone is None:
            self._ensure_finalized()
            self._alone = self._final_module.clone()
            for function in self._alone.functions:
                if not function.is_declaration and function.linkage == Linkage.external:
                    function.linkage = "linkonce_odr"
        return self._alone

    def _get_module_for_linking(self) -> ModuleRef:
        """Return it with all that it calls: a function compiled by numba alone links it."""
        if self._shared_module is None:
            whole = self.alone().clone()
            _link(whole, _below(self._linking_libraries))
            self._shared_module = whole
        return self._shared_module


class _WithoutPlaces:
    """Numba's maker of machine code, but that it tells no function of an environment."""

    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)

    def set_env(self, name: str, environment: Any) -> None:
        """Do nothing: rules use no objects of Python."""


class Whole(JITCodeLibrary):
    """An entry point with all rules below it."""

    def finalize(self) -> None:
        """Link, optimise and make machine code."""
        _link(self._final_module, _below(self._linking_libraries))
        self._linking_libraries = []
        super().finalize()


def _below(libraries: Iterable[CPUCodeLibrary]) -> list[CPUCodeLibrary]:
    """Return libraries and all that they call, however deep, each after all that call it.

    The linker takes over only what is asked for by then.
    """
    done: dict[CPUCodeLibrary, None] = {}

    def visit(library: CPUCodeLibrary) -> None:
        if library not in done:
            for one in library._linking_libraries if isinstance(library, Part) else ():
                visit(one)
            done[library] = None

    for library in libraries:
        visit(library)
    return list(reversed(done))


def _link(module: ModuleRef, libraries: Iterable[CPUCodeLibrary]) -> None:
    for one in libraries:
        shared = one.alone() if isinstance(one, Part) else one._get_module_for_linking()
        module.link_in(shared, preserve=True)


class _Compiler(CompilerBase):
    library: type[JITCodeLibrary]

    def define_pipelines(self) -> list[Any]:
        """Return numba's own passes, which write into a library of ours."""
        codegen = self.state.targetctx.codegen()
        self.state.library = self.library(codegen, self.state.func_id.func_qualname)
        self.state.library.enable_object_caching()
        return [DefaultPassBuilder.define_nopython_pipeline(self.state)]


class PartCompiler(_Compiler):
    """Compiles a rule."""

    library = Part


class WholeCompiler(_Compiler):
    """Compiles an entry point."""

    library = Whole
