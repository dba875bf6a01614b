"""Rows of numbers as HTML: what comes from a scenario is text in it, never markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from smpsim.app.options import Row
from smpsim.app.rows import Bar
from smpsim.app.trust import Figure


def paragraphs(texts: Sequence[str], kind: str = "") -> str:
    """Return paragraphs."""
    return "".join(f'<p class="{kind}">{escape(text)}</p>' for text in texts)


def bars(rows: Sequence[Bar], heads: Sequence[str]) -> str:
    """Return a table of rows with bars.

    Parameters
    ----------
    rows : sequence of Bar
    heads : sequence of str
        Of what, of the number, and of the columns beside it.
    """
    body = ""
    for row in rows:
        kind = row.kind.replace(" ", "-")
        width = 100 * min(max(row.length, 0.0), 1.0)
        bar = f'<div class="bar {kind}" style="width:{width:.1f}%" aria-hidden="true"></div>'
        cells = "".join(_cell(text, head) for text, head in _beside(row, heads))
        body += f'<tr><th scope="row">{escape(row.label)}{bar}</th>{cells}</tr>'
    return _table(heads, body, len(heads) > 2)


def _beside(row: Bar, heads: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip((row.text, *row.beside), heads[1:], strict=True))


def _cell(text: str, head: str, kind: str = "n") -> str:
    return f'<td class="{kind}" data-label="{escape(head)}">{escape(text)}</td>'


def _table(heads: Sequence[str], body: str, stack: bool = False) -> str:
    first, *others = (escape(head) for head in heads)
    top = f'<th scope="col">{first}</th>'
    top += "".join(f'<th scope="col" class="n">{one}</th>' for one in others)
    kind = ' class="stack"' if stack else ""
    return f"<table{kind}><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def options(rows: Sequence[Row], currency: str) -> str:
    """Return options side by side."""
    runs, pairs = "mean (90 % of runs)", "mean (90 % of pairs of runs)"
    heads = (
        "Option",
        f"Placed: {runs}",
        f"Kept 36 months: {runs}",
        f"Cost per placement: {runs}",
        f"Cost per placement kept 36 months: {runs}",
        f"Placed, compared with the first: {pairs}",
        f"Cost per placement, compared with the first, {currency}: {pairs}",
        "Places more",
    )
    body = ""
    for row in rows:
        said = (row.placed, row.kept, row.cost, row.cost_kept)
        more = (row.difference, row.cost_difference, row.better)
        cells = "".join(
            _cell(text, head, "n wrap")
            for text, head in zip((*said, *more), heads[1:], strict=True)
        )
        body += f'<tr><th scope="row"><b>{escape(row.name)}</b></th>{cells}</tr>'
    return _table(heads, body, stack=True)


def texts(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of texts."""
    body = "".join(
        "<tr>"
        + f'<th scope="row">{escape(row[0])}</th>'
        + "".join(_cell(text, head, "") for text, head in zip(row[1:], heads[1:], strict=True))
        + "</tr>"
        for row in rows
    )
    top = "".join(f'<th scope="col">{escape(one)}</th>' for one in heads)
    return f'<table class="stack"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def figures(rows: Sequence[Figure]) -> str:
    """Return figures with what their file says of them."""
    heads = ("Key", "Value", "Grade", "What the file says")
    return texts(heads, [(row.key, row.value, row.grade, row.said) for row in rows])


def marks(found: Mapping[float, Sequence[str]], low: float, high: float) -> str:
    """Return marks at real programmes' values below a slider, and the same in words."""
    if not found or high <= low:
        return ""
    ticks = ""
    for value, names in found.items():
        place = 100 * (value - low) / (high - low)
        title = escape(f"{value:,.4g}: {', '.join(names)}", quote=True)
        ticks += f'<i style="left:{place:.2f}%" title="{title}"></i>'
    values = sorted(value for value, names in found.items() for _ in names)
    middle = values[len(values) // 2]
    said = (
        f"{len(values)} real programmes: {values[0]:,.4g} to {values[-1]:,.4g}, "
        f"median {middle:,.4g}"
    )
    if len(values) == 1:
        said = f"1 real programme: {values[0]:,.4g}"
    return (
        f'<div class="smp-marks"><div class="axis" aria-hidden="true">{ticks}</div>'
        f'<span class="note">{said}</span></div>'
    )
