"""What the command ``run`` does: simulate, write files, print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console

from smpsim.cli import terminal
from smpsim.cli.present import Found, as_file, files_read, present, watched
from smpsim.results.provenance import changed_by, whole_actions
from smpsim.results.result import Result
from smpsim.scenario.loading import load_noting

SCENARIO_FILE = "scenario.yaml"


def run_job(
    scenario: str,
    sets: list[str],
    folder: Path,
    as_json: bool,
    *,
    replications: int | None,
    actions: list[str] | None = None,
    **options: Any,
) -> None:
    """Run a scenario, write its tables and pictures, and print the outcomes.

    Parameters
    ----------
    scenario : str
        Name in the catalogue, or file.
    sets : list of str
        Values to change, as ``KEY=VALUE``.
    folder : Path
        Of the files.
    as_json : bool
        Print only JSON.
    replications : int, optional
        The scenario's own when left out.
    actions : list of str
        Actions added to the scenario.
    **options
        Seed, threads and trainees, as in `smpsim.run`.
    """
    added = actions or []
    design, idle = load_noting(scenario, sets, actions=added)
    for name in idle:
        terminal.say(f"{name} changes nothing here: all is as it asks for already.")
    from smpsim.ensemble import run
    from smpsim.studies.comparing.designs import action_in_words

    count = replications or design.replications

    # what is in their files now, which may change while it runs
    read = whole_actions(added)

    def work() -> Result:
        found = watched(count, lambda progress: run(design, count, progress=progress, **options))
        # pictures are to say which design they show
        title = " + ".join([design.name, *(action_in_words(one) for one in added)])
        return replace(stating(found, sets, read), title=title)

    def show(screen: Console, found: Result) -> None:
        screen.print(found.title, style="bold")
        terminal.print_result(screen, found)

    present(
        work,
        show,
        folder,
        Result.file_names(extra=[SCENARIO_FILE]),
        files_read(scenario, *added),
        as_json=as_json,
        extra=lambda found: {SCENARIO_FILE: scenario_file(found)},
    )


def scenario_file(found: Result) -> bytes:
    """Return the scenario of a result as the content of a file that runs by itself."""
    return as_file(found.scenario).encode()


def stating(
    result: Found, sets: list[str] | None, actions: Mapping[str, Any] | None = None
) -> Found:
    """Return a result whose provenance states the values that were set and the actions added."""
    found = changed_by(result.provenance, sets or (), actions)
    return replace(result, provenance=found)  # type: ignore[type-var]
