"""Formulas as MathML, which browsers draw by themselves: no script, and none from another host."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util.logging import getLogger


def formula(node: nodes.Element, as_block: bool) -> str:
    """Return a formula as MathML; one that can't be read is a warning, and shown as written."""
    try:
        return str(tex2mathml(node.astext(), as_block=as_block))
    except MathError as error:
        getLogger(__name__).warning("formula: %s: %s", error, node.astext(), location=node)
        return f"<code>{nodes.unescape(node.astext())}</code>"


def inline(writer: Any, node: nodes.Element) -> None:
    """Write a formula in a line."""
    writer.body.append(formula(node, as_block=False))
    raise nodes.SkipNode


def block(writer: Any, node: nodes.Element) -> None:
    """Write a formula by itself."""
    writer.body.append(f'<div class="formula">{formula(node, as_block=True)}</div>')
    raise nodes.SkipNode


def add_to(app: Any) -> None:
    """Tell Sphinx of ``html_math_renderer = "mathml"``."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
