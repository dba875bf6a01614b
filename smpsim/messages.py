"""Messages: what they got, what is allowed, and the nearest name; text that is safe to print."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from itertools import islice
from pathlib import Path
from typing import Any

LONGEST_VALUE = 80
LONGEST_LIST = 8
LONGEST_GUESSED = 100
"""Letters of a name for which a nearest one is looked for."""
MOST_GUESSED = 200
"""Names among which the nearest is looked for."""

Progress = Callable[[int], None]
"""Called with the number of runs done so far."""


def is_ours(text: str) -> bool:
    """Return whether a message is one of ours, which say what they got or what is missing."""
    return bool(re.search(r"\b(got|no|given|missing)\b", text))


def shown_file(file: str) -> str:
    """Return a file's path relative to the current folder when it lies below it."""
    try:
        return str(Path(file).relative_to(Path.cwd()))
    except (ValueError, OSError):
        return file


def one_line(text: str) -> str:
    """Return `text` with line breaks and other characters that do not print written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def harmless(text: str) -> str:
    """Return text with what would steer a terminal written out; its lines are kept.

    Names come from files of others: an escape code in one could clear a screen, or turn the
    letters around it. Letters of all scripts, and the joiners within words, stay.
    """
    if text.isprintable():
        return text
    return "".join(
        letter.encode("unicode_escape").decode() if _steers(letter) else letter for letter in text
    )


def _steers(letter: str) -> bool:
    kind = unicodedata.category(letter)
    turns = "\u202a" <= letter <= "\u202e" or "\u2066" <= letter <= "\u2069"
    return turns or kind in ("Cs", "Zl", "Zp") or (kind == "Cc" and letter not in "\n\t")


def encodable(text: str) -> bool:
    """Return whether text can be written to a file: half of a surrogate pair cannot."""
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def shown_value(value: Any) -> str:
    """Return how a message shows a value: as YAML writes it, shortened when long."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value.bit_length() > 256:
        # Python refuses to write out integers of thousands of digits
        return f"a whole number of {value.bit_length()} bits"
    try:
        text = repr(value)
    except (ValueError, RecursionError):
        text = type(value).__name__
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def shown_list(words: Iterable[Any]) -> str:
    """Return words separated by commas, the first few of a long list."""
    known = words if isinstance(words, Collection) else list(words)
    if not known:
        return "none"
    # only what is shown is touched: a message for each of thousands lists the same thousands
    most = len(known) if len(known) <= LONGEST_LIST + 1 else LONGEST_LIST
    text = ", ".join(str(word) for word in islice(known, most))
    return text if most == len(known) else f"{text} and {len(known) - most} more"


def nearest(name: Any, valid: Any) -> str:
    """Return a hint that names the valid word nearest to `name`, or an empty string."""
    words = valid if isinstance(valid, Collection) else list(valid)
    text = str(name)
    # comparing takes long, and where there is that much a guess helps nobody
    if len(text) > LONGEST_GUESSED or len(words) > MOST_GUESSED:
        return ""
    # a folder that all have in common would make any two names alike
    whole = {_without_folder(str(word)): str(word) for word in words}
    close = difflib.get_close_matches(_without_folder(text), whole, n=1, cutoff=0.5)
    return f"; did you mean {whole[close[0]]!r}?" if close else ""


def _without_folder(name: str) -> str:
    return name.rpartition("/")[2]


def continued(done: int, progress: Progress | None) -> Progress | None:
    """Return what tells progress about runs that follow those done before."""
    return None if progress is None else lambda more: progress(done + more)
