"""A user's rules in a sweep: the same for all who work on it, and for all who go on with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from smpsim.errors import RequestError


def checked_rules(rules: Mapping[str, Any] | None) -> dict[str, str]:
    """Return the hash of each rule with all that it reads; nothing is compiled for good yet.

    Raises
    ------
    RequestError
        If a name is unknown, or a function can't be a rule.
    """
    if not rules:
        return {}
    from smpsim.world.rules import check_rules, rule_digests

    check_rules(rules)
    return rule_digests(rules)


def check_hashes(rules: Mapping[str, Any], hashes: Mapping[str, str]) -> None:
    """Raise an error if rules are not what they were when the work was made.

    A process imports a rule by its name, with the variables that its module has there.

    Raises
    ------
    RequestError
    """
    if not hashes:
        return
    from smpsim.world.rules import rule_digests

    here = rule_digests(rules)
    for name, wanted in hashes.items():
        if here.get(name) != wanted:
            raise RequestError(
                f"rules: {name}: the code or its variables in a worker differ from those where "
                "the sweep was started; allowed: the same, set when the module is imported"
            )


def check_importable(rules: Mapping[str, Any], executor: str) -> None:
    """Raise an error if another process can't import a rule by its name.

    Raises
    ------
    RequestError
    """
    for name, function in _functions(rules):
        source = getattr(function, "py_func", function)
        place = f"{source.__module__}.{source.__qualname__}"
        if "<" in source.__qualname__:
            wrong = "inside another function"
        elif source.__module__ == "__main__" and not _main_is_known(executor):
            wrong = "which is in no module that other processes could import"
        elif _found(source.__module__, source.__qualname__) is not function:
            wrong = "whose name now means something else"
        else:
            continue
        raise RequestError(
            f"rules: {name}: got {place}, {wrong}; allowed with executor {executor}: a function "
            "at the top of a module that can be imported (executor threads takes any)"
        )


def _functions(rules: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    from smpsim.world.attributes import Attribute

    for name, value in rules.items():
        if not isinstance(value, Attribute):
            yield name, value
        elif callable(value.draw):
            yield name, value.draw


def _main_is_known(executor: str) -> bool:
    """Return whether a new process reads the file that was started: not so on a cluster."""
    return executor == "processes" and hasattr(sys.modules["__main__"], "__file__")


def _found(module: str, name: str) -> Any:
    found = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found
