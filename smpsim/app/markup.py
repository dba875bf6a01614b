"""Rows of numbers as HTML: what comes from a scenario is text in it, never markup."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from smpsim.app.answer import Bar
from smpsim.app.options import Row
from smpsim.app.trust import Figure

# Okabe and Ito, as the pictures; good and bad are told by words and position too
STYLE = """
.smp { font-size: 15px; line-height: 1.5; color: #222; overflow-wrap: anywhere; }
.smp h2 { font-size: 19px; line-height: 1.3; margin: 20px 0 8px; font-weight: 600; }
.smp h3 { font-size: 15px; margin: 16px 0 4px; font-weight: 600; }
.smp p { margin: 0 0 8px; max-width: 46em; }
.smp .lead { font-size: 18px; line-height: 1.45; }
.smp .note { color: #555; font-size: 13px; }
.smp table { border-collapse: collapse; width: 100%; }
.smp th { text-align: left; font-weight: 600; font-size: 13px; color: #555; }
.smp th, .smp td { padding: 4px 10px 4px 0; vertical-align: top; border-bottom: 1px solid #e5e5e5; }
.smp th.n, .smp td.n { text-align: right; white-space: nowrap; }
.smp .bar { height: 7px; border-radius: 2px; margin-top: 3px; min-width: 1px; }
.smp .planned { background: #333; } .smp .placed { background: #0072B2; }
.smp .loss, .smp .loses { background: #D55E00; } .smp .kept { background: #009E73; }
.smp .under-way { background: #999; } .smp .pays { background: #E69F00; }
.smp .gains { background: #0072B2; }
.smp pre { white-space: pre-wrap; background: #f4f4f4; padding: 8px; font-size: 13px;
  user-select: all; overflow-wrap: anywhere; }
.smp .wide { overflow-x: auto; }
.smp .problem { border-left: 4px solid #D55E00; padding: 4px 10px; background: #fdf3ec; }
.smp-columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 520px); gap: 28px; }
.smp-columns img { max-width: 100%; }
.smp-label { font-size: 14px; line-height: 1.35; margin-top: 8px; color: #222; }
.smp-label b { white-space: nowrap; }
.smp-label .note { color: #555; font-size: 12px; display: block; }
.smp-shell { display: grid; grid-template-columns: 340px minmax(0, 1fr); }
.smp-side { border-right: 1px solid #ddd; padding: 8px 14px; overflow-y: auto;
  max-height: 100vh; position: sticky; top: 0; }
.smp-main { padding: 8px 24px; min-width: 0; }
.smp-toggle { display: none; }
@media (max-width: 1100px) { .smp-columns { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 800px) {
  .smp-shell { grid-template-columns: minmax(0, 1fr); }
  .smp-toggle { display: block; padding: 8px; }
  .smp-side { position: static; max-height: none; border: 0; }
  .smp-closed { display: none; }
  .smp-main { padding: 4px 12px; }
}
@media (max-width: 600px) {
  .smp table.stack td.n { white-space: normal; }
  .smp table.stack thead { display: none; }
  .smp table.stack td { display: block; text-align: left; border: 0; padding: 1px 0; }
  .smp table.stack td[data-label]::before { content: attr(data-label) ": "; color: #555; }
  .smp table.stack tr { display: block; border-bottom: 1px solid #ccc; padding: 6px 0; }
}
"""


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
        body += f"<tr><td>{escape(row.label)}{bar}</td>{cells}</tr>"
    return _table(heads, body, len(heads) > 2)


def _beside(row: Bar, heads: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip((row.text, *row.beside), heads[1:], strict=True))


def _cell(text: str, head: str) -> str:
    return f'<td class="n" data-label="{escape(head)}">{escape(text)}</td>'


def _table(heads: Sequence[str], body: str, stack: bool = False) -> str:
    first, *others = (escape(head) for head in heads)
    top = f"<th>{first}</th>" + "".join(f'<th class="n">{one}</th>' for one in others)
    kind = ' class="stack"' if stack else ""
    return f"<table{kind}><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def options(rows: Sequence[Row], currency: str) -> str:
    """Return options side by side."""
    heads = (
        "Option",
        "Placed",
        "Cost per placement",
        "Placed, against the first",
        f"Cost per placement, against the first ({currency})",
        "Places more",
    )
    body = ""
    for row in rows:
        texts = (row.placed, row.cost, row.difference, row.cost_difference, row.better)
        cells = "".join(_cell(t, head) for t, head in zip(texts, heads[1:], strict=True))
        body += f"<tr><td><b>{escape(row.name)}</b></td>{cells}</tr>"
    return _table(heads, body, stack=True)


def figures(rows: Sequence[Figure]) -> str:
    """Return figures with what their file says of them."""
    body = "".join(
        f"<tr><td>{escape(row.key)}</td><td>{escape(row.value)}</td><td>{escape(row.grade)}</td>"
        f"<td>{escape(row.said)}</td></tr>"
        for row in rows
    )
    heads = "".join(f"<th>{one}</th>" for one in ("Key", "Value", "Grade", "What the file says"))
    return f'<table class="stack"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'
