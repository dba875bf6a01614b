"""The command line for the documentation site, from the functions that Typer makes it of."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

from annotated_types import Ge, Le
from page_parts import table
from site_words import text
from typer.models import ArgumentInfo

from smpsim.cli import app
from smpsim.scenario.allowed_values import range_words


def command_line() -> str:
    """Return every command with its arguments and options."""
    parts = []
    for command in sorted(app.registered_commands, key=_name_of):
        options = [_option(one) for one in _parameters(command.callback)]
        typed = " ".join(one.flags[0] for one in options if not one.flags[0].startswith("-"))
        about = command.help or inspect.getdoc(command.callback)
        parts.append(f"## `{_name_of(command)}`\n\n{text(about)}\n")
        parts.append(f"```\nsmpsim {_name_of(command)} {typed}".rstrip() + " [OPTIONS]\n```\n")
        rows = [(_code(one.flags), text(one.help), one.default) for one in options]
        if rows:
            parts.append(table(("Argument or option", "Meaning", "Default"), rows) + "\n")
    return "\n".join(parts)


class _Option(NamedTuple):
    flags: list[str]
    help: str
    default: str


def _name_of(command: Any) -> str:
    return command.name or command.callback.__name__.replace("_", "-")


def _parameters(function: Any) -> Iterator[tuple[str, Any, Any, Any]]:
    """Yield name, type, what Typer is told, and default of each parameter of a command."""
    hints = get_type_hints(function, include_extras=True)
    for name, one in inspect.signature(function).parameters.items():
        told = next(iter(getattr(hints[name], "__metadata__", ())), None)
        kind = get_args(hints[name])[0] if told is not None else hints[name]
        if getattr(told, "hidden", False):
            continue
        yield name, kind, told, one.default


def _option(parameter: tuple[str, Any, Any, Any]) -> _Option:
    name, kind, told, default = parameter
    required = default in (inspect.Parameter.empty, ...)
    shown = "" if required or default in (None, False, ()) else f"`{default}`"
    shown = "yes" if default is True else shown
    metavar = getattr(told, "metavar", None)
    if isinstance(told, ArgumentInfo):
        word = metavar or name.upper().replace("_", "-")
        word += "..." if _repeats(kind) else ""
        return _Option([word if required else f"[{word}]"], told.help or "", shown)
    value = "" if _is(kind, bool) else f" {metavar or _value(kind)}"
    # beside Annotated, Typer has the first of the flags as the default
    stated = (getattr(told, "default", None), *(getattr(told, "param_decls", None) or ()))
    flags = [flag for flag in stated if isinstance(flag, str) and flag.startswith("-")]
    flags = flags or [f"--{name.replace('_', '-')}"]
    limits = range_words(
        tuple(
            mark(limit)
            for mark, limit in ((Ge, getattr(told, "min", None)), (Le, getattr(told, "max", None)))
            if limit is not None
        )
    )
    about = (getattr(told, "help", "") or "").rstrip(".") + (limits and f";{limits}") + "."
    shown = "obligatory" if required else shown
    return _Option([f"{flag}{value}" for flag in flags], about, shown)


def _repeats(kind: Any) -> bool:
    return any(get_origin(one) in (list, tuple) for one in (kind, *get_args(kind)))


def _is(kind: Any, sought: type) -> bool:
    return kind is sought or any(_is(one, sought) for one in get_args(kind))


def _value(kind: Any) -> str:
    words = [one for one in _leaves(kind) if isinstance(one, str)]
    if words:
        return "[" + "|".join(words) + "]"
    names = {int: "NUMBER", float: "NUMBER", Path: "PATH"}
    return next((name for one, name in names.items() if _is(kind, one)), "TEXT")


def _leaves(kind: Any) -> Iterator[Any]:
    """Yield the innermost parts of a type: the words of a Literal, the values of an Enum."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        yield from (one.value for one in kind)
    for one in get_args(kind):
        yield from _leaves(one) if get_args(one) or isinstance(one, type) else (one,)


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`".replace("|", r"\|") for word in words)


def exit_codes() -> str:
    """Return what the command line says of its exit codes."""
    said = inspect.getdoc(import_module("smpsim.cli.app")) or ""
    return "Exit " + " ".join(said.partition("Exit")[2].split())
