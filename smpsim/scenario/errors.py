"""What is wrong with a scenario, and where: every problem names its file, line and key."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from smpsim.errors import Error

LONGEST_VALUE = 80
LONGEST_LIST = 8
MOST_PROBLEMS = 1000
"""Problems of a file that are reported; of more, only the number."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file, or another origin of a value such as ``--set months=12``.

    Parameters
    ----------
    file : str
        Path of the file, or the text that names the origin.
    line, column : int, optional
        Counted from 1; None where there are no lines.
    """

    file: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    file : str
        Path of the file, or the text that names the origin.
    line, column : int or None
        Counted from 1; None where there are no lines.
    key : str
        Key path such as ``programmes.pilot.intakes.seats``, or an empty string.
    message : str
        What was found and what is allowed.
    """

    file: str
    line: int | None
    column: int | None
    key: str
    message: str

    @classmethod
    def at(cls, place: Place, key: str, message: str) -> Problem:
        """Return the problem `message` of the key path `key` at `place`."""
        return cls(place.file, place.line, place.column, key, message)

    def __str__(self) -> str:
        """Return one line: ``FILE:LINE:COL: key.path: found X, allowed: Y``."""
        place = shown_file(self.file)
        if self.line is not None:
            place += f":{self.line}"
            if self.column is not None:
                place += f":{self.column}"
        return one_line(": ".join(part for part in (place, self.key, self.message) if part))


class ScenarioError(Error):
    """A scenario that cannot be used, with all problems that were found.

    Parameters
    ----------
    problems : iterable of Problem
        In any order; repeated ones are dropped.

    Attributes
    ----------
    problems : tuple of Problem
        Sorted by place; those without a line come last.
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        found = dict.fromkeys(problems)
        # where a file lies is asked of the disk, so once for each
        files = {one.file: shown_file(one.file) for one in found}
        self.problems = tuple(sorted(found, key=lambda one: _order(one, files[one.file])))
        # the arguments are what pickle sends to another process
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return one line for each problem."""
        return "\n".join(str(problem) for problem in self.problems)


def _order(problem: Problem, file: str) -> tuple[Any, ...]:
    return (problem.line is None, file, problem.line or 0, problem.column or 0, problem.key)


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
