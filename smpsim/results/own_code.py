"""The text of rules and outcomes of a user's own: kept with a result, made into functions again.

A function is more than its text: it may use constants, modules and other functions around it.
These are kept too. What can't be kept (a table, an object, a lambda, which has no text of its own)
is named, and the result is marked as one that can't be run again.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import dis
import hashlib
import inspect
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from smpsim.results.outcomes import Outcome, described_again, facts_of

if TYPE_CHECKING:
    from smpsim.world.attributes import Attribute

MOST_FUNCTIONS = 100
WAYS = ("compute", "people")  # in which a function may measure an outcome
FLAGS = __future__.annotations.compiler_flag


def in_recipe(
    rules: Mapping[str, Any] | None, own_outcomes: Iterable[Outcome] = ()
) -> dict[str, Any]:
    """Return what a recipe holds of rules and outcomes of a user's own: their text."""
    outcomes = outcome_sources(own_outcomes)
    return {
        **({"rules": rule_sources(rules)} if rules else {}),
        **({"own_outcomes": outcomes} if outcomes else {}),
    }


def in_facts(
    rules: Mapping[str, Any] | None, own_outcomes: Iterable[Outcome] = ()
) -> dict[str, Any]:
    """Return what people read of them: names and hashes of rules, descriptions of outcomes."""
    from smpsim.world.rules import rule_digests

    outcomes = facts_of(own_outcomes)
    return {
        **({"rules": sorted(rules), "rule_hashes": rule_digests(rules)} if rules else {}),
        **({"own_outcomes": outcomes} if outcomes else {}),
    }


def outcome_sources(own: Iterable[Outcome]) -> dict[str, Any]:
    """Return outcomes with the text of their functions, as plain data.

    Returns
    -------
    dict
        By name: ``facts``, and ``functions`` by ``compute`` or ``people`` as of `rule_sources`.
    """
    found = {}
    for one in own:
        functions = {way: getattr(one, way) for way in WAYS if getattr(one, way) is not None}
        found[one.name] = {"facts": one.facts(), "functions": rule_sources(functions)}
    return found


def outcomes_again(kept: Mapping[str, Any]) -> list[Outcome]:
    """Return outcomes made of kept texts, which executes these texts.

    Raises
    ------
    ValueError
        As of `rules_again`.
    """
    return [
        replace(described_again(one["facts"]), **rules_again(one["functions"]))
        for one in kept.values()
    ]


def rule_sources(rules: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the text of rules with what it uses, as plain data.

    Parameters
    ----------
    rules : mapping of str to function or Attribute

    Returns
    -------
    dict
        By name: ``module`` and ``function``, ``source``, ``uses`` (names around it: a ``value``, a
        ``module``, an ``import`` of smpsim's own, or a function with its own source), ``sha256`` of
        all that, and ``missing``: in words what could not be kept, empty if nothing.
    """
    if not rules:
        return {}
    from smpsim.world.attributes import Attribute

    found = {}
    for name, function in rules.items():
        own = isinstance(function, Attribute)
        text = _kept_attribute(function) if own else _kept(function, [])
        missing = list(_missing(text))
        content = json.dumps(text, sort_keys=True).encode()
        found[name] = {**text, "sha256": hashlib.sha256(content).hexdigest(), "missing": missing}
    return found


def _kept(function: Any, before: list[Any]) -> dict[str, Any]:
    """Return the text of a function and what it uses."""
    plain = getattr(function, "py_func", function)
    text: dict[str, Any] = {
        "module": getattr(plain, "__module__", None),
        "function": getattr(plain, "__qualname__", type(plain).__name__),
        "source": None,
        "uses": {},
    }
    if not isinstance(plain, FunctionType):
        return text | {"why": "it is not a Python function"}
    try:
        source = textwrap.dedent(inspect.getsource(plain))
        tree = ast.parse(source).body
    except (OSError, TypeError, SyntaxError):
        return text | {"why": "its source is not available"}
    if len(tree) != 1 or not isinstance(tree[0], ast.FunctionDef):
        return text | {"why": "it has no text of its own, as a lambda has none"}
    if plain in before or len(before) >= MOST_FUNCTIONS:
        return text | {"why": "it calls itself through others"}
    text["source"] = source
    around = {**plain.__globals__, **_closure(plain)}
    for name in sorted(_names(plain.__code__, tree[0])):
        if name in around and around[name] is not function and around[name] is not plain:
            text["uses"][name] = _used(around[name], [*before, plain])
    return text


def _kept_attribute(attribute: Attribute) -> dict[str, Any]:
    """Return what an attribute of people states, with the text of a function that draws it."""
    draw = attribute.draw
    drawn = {"function": _kept(draw, [])} if callable(draw) else {"value": draw, "tuple": False}
    return {
        "module": type(attribute).__module__,
        "function": type(attribute).__qualname__,
        "source": None,
        "uses": {"draw": drawn},
        "default": attribute.default,
    }


def _closure(function: FunctionType) -> dict[str, Any]:
    found = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            # not bound yet
            continue
    return found


def _names(code: CodeType, tree: ast.FunctionDef) -> set[str]:
    """Return the names around a function that it reads."""
    found = {*code.co_freevars, *_globals(code)}
    # decorators and defaults stand outside of its code
    defaults = [one for one in tree.args.kw_defaults if one is not None]
    for part in (*tree.decorator_list, *tree.args.defaults, *defaults):
        found |= {one.id for one in ast.walk(part) if isinstance(one, ast.Name)}
    return found - set(dir(builtins))


def _globals(code: CodeType) -> Iterator[str]:
    for one in dis.get_instructions(code):
        if one.opname == "LOAD_GLOBAL":
            yield one.argval
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _globals(inner)


def _used(value: Any, before: list[Any]) -> dict[str, Any]:
    """Return what a name stands for."""
    if isinstance(value, ModuleType):
        return {"module": value.__name__}
    if _is_plain(value):
        return {"value": _listed(value), "tuple": isinstance(value, tuple)}
    plain = getattr(value, "py_func", value)
    home, name = getattr(plain, "__module__", None), getattr(plain, "__qualname__", None)
    if isinstance(home, str) and isinstance(name, str) and name.isidentifier():
        library = home.partition(".")[0]
        if library in ("smpsim", "numba", "numpy", "math"):
            return {"import": [home, name]}
    if isinstance(plain, FunctionType):
        # a helper that the compiler has wrapped is wrapped again by the decorator in its text
        return {"function": _kept(value, before)}
    return {"why": f"{type(value).__name__}s cannot be kept"}


def _is_plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(_is_plain(one) for one in value)
    return value is None or type(value) in (bool, int, float, str)


def _listed(value: Any) -> Any:
    return [_listed(one) for one in value] if isinstance(value, tuple) else value


def _missing(text: Mapping[str, Any], name: str = "") -> Iterator[str]:
    if text.get("why"):
        yield f"{name or text.get('function')}: {text['why']}"
    for inner, used in text.get("uses", {}).items():
        yield from _missing(used.get("function", used), inner)


def rules_again(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return functions made of kept texts, which executes these texts.

    Raises
    ------
    ValueError
        If something is missing, a text is not what its hash says, or it can't be executed.
    """
    found = {}
    for name, text in kept.items():
        missing = missing_in({name: text})
        if missing:
            raise ValueError(missing[0])
        content = {key: value for key, value in text.items() if key not in ("sha256", "missing")}
        again = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        if again != text.get("sha256"):
            raise ValueError(f"rule {name}: its text does not match its hash")
        try:
            found[name] = _made(text)
        except Exception as error:
            raise ValueError(f"rule {name}: {type(error).__name__}: {error}") from error
    return found


def missing_in(kept: Mapping[str, Any]) -> list[str]:
    """Return in words what of kept rules can't be had again."""
    return [f"rule {name}: {one}" for name, text in kept.items() for one in text["missing"]]


def _made(text: Mapping[str, Any]) -> Any:
    from importlib import import_module

    if "default" in text:
        from smpsim.world.attributes import Attribute

        draw = text["uses"]["draw"]
        made = _made(draw["function"]) if "function" in draw else draw["value"]
        return Attribute(draw=made, default=text["default"])
    around: dict[str, Any] = {"__name__": f"kept.{text['module']}"}
    for name, used in text["uses"].items():
        if "module" in used:
            around[name] = import_module(used["module"])
        elif "import" in used:
            home, inner = used["import"]
            around[name] = getattr(import_module(home), inner)
        elif "function" in used:
            around[name] = _made(used["function"])
        else:
            around[name] = _tupled(used["value"]) if used["tuple"] else used["value"]
    title = f"<rule {text['function']}>"
    code = compile(text["source"], title, "exec", flags=FLAGS, dont_inherit=True)
    exec(code, around)
    return around[text["function"].rpartition(".")[2]]


def _tupled(value: Any) -> Any:
    return tuple(_tupled(one) for one in value) if isinstance(value, list) else value
