"""How every command that runs something ends: files, then tables or JSON, then what was written."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer
import yaml
from rich.console import Console

from smpsim.cli import terminal
from smpsim.cli.app import code_of

if TYPE_CHECKING:
    from smpsim.results.result import Result
    from smpsim.results.study_result import Drawing, StudyResult
    from smpsim.scenario import Scenario

Found = TypeVar("Found", bound="StudyResult")
Worked = TypeVar("Worked")


def present(
    work: Callable[[], Found],
    show: Callable[[Console, Found], object],
    folder: Path,
    names: Iterable[str],
    read: Iterable[Path] = (),
    *,
    as_json: bool,
    kind: str = "both",
    pictures: Callable[[Found], Mapping[str, Drawing]] | None = None,
    extra: Callable[[Found], Mapping[str, bytes]] | None = None,
    facts: Callable[[Found], Mapping[str, Any]] | None = None,
    head: Callable[[Found], str] | None = None,
    wrote: str = "Wrote {} files to {}",
    xlsx: bool = False,
    phone: bool = False,
) -> None:
    """Claim a folder, work, write the files, and print what was found.

    Files come before printing, which a full or closed stdout can't undo.

    Parameters
    ----------
    work : callable
        Returns the result.
    show : callable
        Prints its tables, after the sentences.
    folder : Path
        Of the files, claimed before hours of work and not after them.
    names : iterable of str
        Of all files that may be written.
    read : iterable of Path
        Files that are read, which are not replaced.
    as_json : bool
        Print only JSON.
    kind : str
        As in `StudyResult.write`.
    pictures : callable, optional
        Returns other pictures than the result's own.
    extra : callable, optional
        Returns other files by name.
    facts : callable, optional
        Returns what is said in JSON beside, or in place of, the result's own facts.
    head : callable, optional
        Returns what stands above the sentences: what the answer is of.
    wrote : str
        The message about the files.
    xlsx : bool
        Write a workbook too.
    phone : bool
        Draw the pictures for a phone.
    """
    from smpsim.results.files import claimed
    from smpsim.results.provenance import brief

    with claimed(folder, names, read):
        found = work()
        files = found.write(
            folder,
            kind,
            pictures=True if pictures is None else pictures(found),
            extra=extra(found) if extra else None,
            xlsx=xlsx,
            phone=phone,
        )
    if as_json:
        more = facts(found) if facts else {}
        print_json({**brief({**found.facts, **more}), "files": [str(file) for file in files]})
        return
    try:
        screen = terminal.console()
        if head is not None:
            screen.print(head(found), soft_wrap=True)
        # the answer first
        for sentence in found.sentences:
            screen.print(sentence, style="bold", soft_wrap=True)
        screen.print()
        show(screen, found)
    finally:
        terminal.say(wrote.format(len(files), folder))
        if "survival" in found.PICTURES:
            _say_if_missing("survival", "survival.png")


def _say_if_missing(extra: str, file: str) -> None:
    """Say that a file is left out, and how to get it, where its extra is not installed."""
    from smpsim.extras import MissingExtraError, need

    try:
        need(extra, file)
    except MissingExtraError as missing:
        terminal.say(str(missing))


def watched(
    total: int | None,
    work: Callable[[terminal.Watch], Worked],
    stopped: Callable[[], str] | None = None,
) -> Worked:
    """Return what work comes to that is told where to report its progress.

    Parameters
    ----------
    total : int, optional
        Runs to be done, if that is known before.
    work : callable
    stopped : callable, optional
        Returns what is said when Ctrl-C, SIGTERM or the loss of a worker has stopped work whose
        runs are kept.
    """
    from smpsim.compiled import is_warm
    from smpsim.studies.sweep.workers import WorkerError

    try:
        with terminal.watch(total, cold=not is_warm()) as progress:
            return work(progress)
    except (KeyboardInterrupt, WorkerError) as stop:
        if stopped is None:
            raise
        if isinstance(stop, WorkerError):
            terminal.say(f"Stopped: {stop}.")
        terminal.say(stopped())
        raise typer.Exit(code_of(stop)) from None


def kept(done: int, of: int, what: str, folder: Path) -> str:
    """Return what is said when work has stopped that can go on later."""
    return (
        f"Stopped with {done:,} of {of:,} {what} in {folder}; "
        "the same command continues from there."
    )


def say_what_is_there(done: int, of: int, what: str, folder: Path, quiet: bool) -> None:
    """Say how much of some work a folder holds already, if it holds any."""
    if done and not quiet:
        terminal.say(f"{done:,} of {of:,} {what} are already in {folder}.")


def files_read(*sources: str | Path | None) -> Iterator[Path]:
    """Yield the files that stand behind names and paths, and those that they extend."""
    from smpsim.scenario import ScenarioError
    from smpsim.scenario.extends import Inheritance

    for source in sources:
        if source is None or not Path(source).is_file():
            # of the catalogue
            continue
        yield Path(source)
        chain = Inheritance()
        with contextlib.suppress(ScenarioError, OSError):
            chain.file(Path(source))
        yield from chain.extended


def as_file(design: Scenario, unicode: bool = True) -> str:
    """Return a scenario with all defaults written out, as a YAML file that runs by itself."""
    data = design.model_dump(mode="json")
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=unicode, width=100)


def scenario_file(found: Result) -> bytes:
    """Return the scenario of a result as the content of a file that runs by itself."""
    return as_file(found.scenario).encode()


def stating(
    result: Found, sets: list[str] | None, actions: Mapping[str, Any] | None = None
) -> Found:
    """Return a result whose provenance states the values that were set and the actions added."""
    from smpsim.results.provenance import changed_by

    found = changed_by(result.provenance, sets or (), actions)
    return replace(result, provenance=found)  # type: ignore[type-var]


def print_json(data: Any) -> None:
    """Print data as JSON to stdout."""
    typer.echo(json.dumps(data, indent=2, allow_nan=False, default=str))
