"""A draft as a YAML file that people read and change: a comment at each value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from smpsim.guided.taken import Leaf, Tree
from smpsim.scenario import ScenarioError
from smpsim.scenario.yaml_files import parse_value

WIDTH = 100
"""Letters of a line; a longer comment stands above its value."""
_APART = ("governments", "institutions", "employers", "programmes")
"""Sections that an empty line goes before."""


def as_yaml(tree: Tree, head: str) -> str:
    """Return a draft as the text of a file.

    Parameters
    ----------
    tree : dict
        Of `smpsim.guided.draft.draft`.
    head : str
        Lines of comment at its top.
    """
    top = [f"# {line}".rstrip() for line in head.splitlines()]
    return "\n".join([*top, "", *_lines(tree, 0)]) + "\n"


def _lines(tree: Tree, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for key, value in tree.items():
        name = _flow(key)
        if depth == 0 and key in _APART:
            yield ""
        if isinstance(value, Leaf):
            yield from _leaf(indent, f"{name}: {_flow(value.value)}", value.said)
        elif isinstance(value, list):
            yield f"{indent}{name}:"
            for one in value:
                yield from _item(list(_lines(one, depth + 2)), indent)
        else:
            yield f"{indent}{name}:"
            yield from _lines(value, depth + 1)


def _item(lines: list[str], indent: str) -> Iterator[str]:
    """Yield the lines of an item of a list, whose first value stands behind the dash."""
    first = next(n for n, line in enumerate(lines) if not line.lstrip().startswith("#"))
    for n, line in enumerate(lines):
        yield f"{indent}  - {line.lstrip()}" if n == first else line


def _leaf(indent: str, text: str, said: str) -> Iterator[str]:
    if not said:
        yield f"{indent}{text}"
    elif len(line := f"{indent}{text}  # {said}") <= WIDTH:
        yield line
    else:
        yield f"{indent}# {said}"
        yield f"{indent}{text}"


class _Dumper(yaml.SafeDumper):
    """Puts text in quotes that scenarios would read as something else, such as 1e5."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    try:
        plain = parse_value(text, "") == text
    except ScenarioError:
        plain = False
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else '"')


_Dumper.add_representer(str, _text)


def _flow(value: Any) -> str:
    """Return a value on one line."""
    text: str = yaml.dump(
        value,
        Dumper=_Dumper,
        default_flow_style=True,
        sort_keys=False,
        allow_unicode=True,
        width=10**6,
    )
    return text.removesuffix("\n").removesuffix("\n...").strip()
