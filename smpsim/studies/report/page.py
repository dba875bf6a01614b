"""A report as one page of HTML: nothing is fetched, and it prints on A4.

Only the sliders have a script; without it, and on paper, a table says the same.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup

from smpsim.extras import need
from smpsim.messages import harmless
from smpsim.results.gains import window_of
from smpsim.results.store_error import StoreError
from smpsim.studies.report import page_tables, page_texts
from smpsim.studies.report.answer import on_losers, question_of, what_binds
from smpsim.studies.report.guesses import RUNS
from smpsim.studies.report.plots import svg
from smpsim.studies.report.what_if import content as of_sliders
from smpsim.studies.report.wording import MINUS, listed

if TYPE_CHECKING:
    from smpsim.studies.report.result import Report

ROOM = Path(__file__).parent


def html(report: Report) -> str:
    """Return a report as HTML."""
    return _template("page.html").render(**_content(report))


def printed(page: str) -> bytes:
    """Return a page as PDF, as it prints on A4.

    Raises
    ------
    MissingExtraError
        If WeasyPrint is not installed.
    StoreError
        If this computer lacks a library that WeasyPrint needs.
    """
    need("report", "smpsim report --pdf")
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except OSError as error:
        # WeasyPrint is there, but not Pango, which pip cannot install
        reason = (
            f"WeasyPrint cannot find the Pango library ({error}); allowed: printing the HTML file"
        )
        raise StoreError("write", Path("PDF"), reason) from error
    # what is written in the page itself is fetched, and nothing else
    inline = URLFetcher(allowed_protocols={"data"}, fail_on_errors=True)
    document: bytes = weasyprint.HTML(string=page, url_fetcher=inline).write_pdf()
    return document


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOM),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        finalize=lambda value: harmless(value) if type(value) is str else value,
    )


def _template(name: str) -> jinja2.Template:
    return _environment().get_template(name)


def _table(name: str, content: Any) -> Markup:
    """Return a table; its cells are escaped by its template."""
    return Markup(_template("table.html").render(name=name, content=content))


def _content(report: Report) -> dict[str, Any]:
    options, first = report.options, report.options[0]
    changes, changes_note = page_texts.changes(report)
    window = window_of(first.by_run.columns)
    rate = first.result.scenario.discount_rate
    pictures = {
        name: {
            "wide": _inline(svg(getattr(report.plot, name)())),
            "phone": _inline(svg(getattr(report.plot.phone, name)())),
        }
        for name in report.PICTURES
    }
    script = (ROOM / "page.js").read_text(encoding="utf-8")
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return {
        "what_if": of_sliders(report),
        "script": Markup(script),
        "script_hash": Markup(f"sha256-{allowed}"),
        "version": report.provenance.get("versions", {}).get("smpsim", ""),
        "css": Markup((ROOM / "page.css").read_text(encoding="utf-8")),
        "table": _table,
        "title": _title(report),
        "question": question_of(report),
        "answer": report.sentences,
        "options": options,
        "runs": f"{report.runs:,}",
        "level": f"{100 * report.level:g} %",
        "figures": page_tables.figures(report),
        "kept_note": page_tables.kept_note(report),
        "notes": report.notes,
        "pictures": pictures,
        "funnels": [page_tables.funnel(report, one.letter) for one in options],
        "minus": MINUS,
        "binds": [{"letter": one.letter, "text": what_binds(one)} for one in options],
        "limits": page_tables.limits(report),
        "payers": page_tables.payers(report),
        "gains": page_tables.gains(report),
        "losers": [text for one in options if (text := on_losers(one))],
        "horizon": listed(sorted({f"{one.result.months} months" for one in options})),
        "currencies": listed(sorted({one.currency for one in options})),
        "window": window,
        "discount": f"; discounted at {100 * rate:g} % a year" if rate else "; not discounted",
        "counted": page_texts.counted(report),
        "guesses": page_texts.guesses(report),
        "guess_runs": RUNS,
        "terms": page_texts.terms(report),
        "changes": changes,
        "changes_title": "Every value that differs",
        "changes_note": changes_note,
        "sources": page_texts.sources(report),
        "method": page_texts.method(report),
        "provenance": page_texts.provenance(report),
    }


def _title(report: Report) -> str:
    first, *others = (one.name for one in report.options)
    if not others:
        return first
    if len(others) > 1:
        return f"{first}: {len(report.options)} options"
    added = others[0].removeprefix(f"{first} + ")
    return f"{first} or {others[0]}" if added == others[0] else f"{first}: with {added} or without"


def _inline(picture: bytes) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(picture).decode()}"
