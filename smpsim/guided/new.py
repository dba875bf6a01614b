"""A scenario file of one's own, from a few answers and the nearest real programme."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from smpsim.errors import RequestError
from smpsim.guided.commented import as_yaml
from smpsim.guided.draft import draft
from smpsim.guided.interview import Interview, answered
from smpsim.messages import harmless
from smpsim.scenario import Problem, ScenarioError, load
from smpsim.scenario.disk_paths import SUFFIXES
from smpsim.scenario.loading import FileText

_HEAD = """\
{name}: a draft by `smpsim new`, to be changed.

"your answer" marks what was answered, "assumption" everything that is not known.
Replace what you know, name its source in the comment, and write
{{low: 4, centre: 6, high: 9}} where you are not sure.

Everything that was not asked is as in {like}, programme {programme}.
Its timeline, plan, quota and other groups are not taken over.

  smpsim check {file}
  smpsim show {file}
  smpsim run {file}

All keys: docs/fields.md. How to write them: docs/writing_scenarios.md."""


def new(
    file: str | os.PathLike[str],
    *,
    name: str | None = None,
    sector: str | None = None,
    origin: str | None = None,
    destination: str | None = None,
    start: str | None = None,
    trained_by: str | None = None,
    schools: int | str | None = None,
    train_months: int | str | None = None,
    language: str | None = None,
    seats: float | str | None = None,
    every_months: int | str | None = None,
    intakes: int | str | None = None,
    hired_by: str | None = None,
    employers: int | str | None = None,
    involvement: str | None = None,
    visa_months: float | str | None = None,
    recognition: str | None = None,
    who_pays: str | Mapping[str, float] | None = None,
    like: str | None = None,
) -> Path:
    """Write a scenario of your own, with a comment at each value; nothing is asked.

    Parameters
    ----------
    file : str or path
        A YAML file that does not exist yet.
    name, origin, destination, trained_by, hired_by : str, optional
        What the programme, the two countries, the schools and the employers are called.
    sector : str, optional
        An occupation or sector, by which real programmes are found.
    start : str, optional
        Year and month.
    schools, employers : int, optional
        How many there are.
    train_months : int, optional
        Training before departure.
    language, involvement, recognition : str, optional
        Words of the schema: level of the language, when employers come in, and when the
        qualification is recognised.
    seats, every_months, intakes : optional
        People in an intake, months between two of them, and their number.
    visa_months : float or str, optional
        From application to decision, or a likely range such as ``"2,4,6"``.
    who_pays : str or mapping, optional
        Shares of all costs by party, such as ``{"employer": 0.6, "destination_state": 0.4}``.
    like : str, optional
        Scenario of the catalogue that the rest is taken from; the nearest real programme when
        left out. What else is left out is as in the middle of the real programmes of its sector.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    RequestError
        If an answer is not allowed, or there is such a file.

    Examples
    --------
    >>> import smpsim
    >>> smpsim.new("nurses.yaml", sector="nurse", seats=50)  # doctest: +SKIP
    PosixPath('nurses.yaml')
    """
    given = {key: value for key, value in locals().items() if key != "file"}
    path = free(file)
    return write(path, answered(title_of(path), given))


def free(file: str | os.PathLike[str]) -> Path:
    """Return the path of a file that can be written.

    Raises
    ------
    RequestError
        If it is there already, is no YAML file by its name, or has no folder.
    """
    path = Path(file)
    # whole, as nobody finds a file by a part of its path
    shown = f"'{harmless(str(path))}'"
    if path.suffix.lower() not in SUFFIXES:
        raise RequestError(f"file: got {shown}; allowed: a name that ends in {SUFFIXES[0]}")
    if os.path.lexists(path):
        raise RequestError(f"file: got {shown}, which already exists; allowed: a new file")
    if not path.parent.is_dir():
        raise RequestError(f"file: got {shown}; allowed: an existing folder")
    return path


def title_of(path: Path) -> str:
    """Return what a programme is called by its file."""
    words = " ".join(path.stem.replace("_", " ").replace("-", " ").split())
    return f"{words[:1].upper()}{words[1:]}" or "My programme"


def text_of(interview: Interview, file: str) -> str:
    """Return the text of the file.

    Raises
    ------
    ScenarioError
        If what was answered does not fit together.
    """
    real = interview.real()
    head = _HEAD.format(
        name=interview.answers["name"],
        like=real.profile.scenario,
        programme=real.programme.name,
        file=file,
    )
    text = as_yaml(draft(interview), head)
    try:
        load(FileText(text, file))
    except ScenarioError as error:
        # nobody can look at lines of a file that is not there
        problems = [Problem("answers", None, None, p.key, p.message) for p in error.problems]
        raise ScenarioError(problems) from None
    return text


def write(path: Path, interview: Interview) -> Path:
    """Write the file whole, or not at all.

    Raises
    ------
    RequestError
        If there is such a file by now.
    OSError
        If it cannot be written.
    """
    content = text_of(interview, path.name).encode()
    try:
        # nobody's file is replaced, not even one that has just come
        with open(path, "xb") as file:
            file.write(content)
    except FileExistsError:
        free(path)
        raise
    except BaseException:
        # a disk that is full, or Ctrl-C
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        raise
    return path
