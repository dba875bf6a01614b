"""Tables of Markdown, and those parts of pages that scripts make between two comments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

BEGIN, END = "<!-- {}: made by docs/{}.py -->", "<!-- end of {} -->"

Parts = Mapping[str, Callable[[], str]]
"""What makes each part, by the name in its comments."""


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of Markdown."""
    heads = list(heads)
    first, *others = (f"| {' | '.join(line)} |" for line in (heads, *rows))
    return "\n".join([first, "|" + "---|" * len(heads), *others])


def filled(text: str, parts: Parts, script: str) -> str:
    """Return a page with the parts of a script made anew, and its other words as they are."""
    for name, make in parts.items():
        before, opening, rest = text.partition(BEGIN.format(name, script))
        _, closing, after = rest.partition(END.format(name))
        if not opening or not closing:
            raise ValueError(f"no comments {BEGIN.format(name, script)} and {END.format(name)}")
        text = f"{before}{opening}\n\n{make()}\n\n{closing}{after}"
    return text


def own_words(text: str, parts: Parts, script: str) -> str:
    """Return a page without the parts that a script makes."""
    return "".join(_outside(text, parts, script))


def _outside(text: str, parts: Parts, script: str) -> Iterator[str]:
    for name in parts:
        before, _, rest = text.partition(BEGIN.format(name, script))
        yield before
        text = rest.partition(END.format(name))[2]
    yield text
