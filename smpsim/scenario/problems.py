"""What is wrong with a scenario, and where: every problem names its file, line and key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from smpsim.errors import Error
from smpsim.messages import one_line, shown_file

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
        """Return one line: ``FILE:LINE:COL: key.path: got X; allowed: Y``."""
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
