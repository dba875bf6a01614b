"""What the command ``run`` does: simulate, write files, print; and what commands share."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
import yaml
from rich.console import Console

from smpsim.cli import terminal
from smpsim.findings import finding
from smpsim.results.files import RESULT_TABLES, claimed, names_of_files, write_result
from smpsim.results.provenance import brief
from smpsim.results.spreadsheet import as_csv
from smpsim.results.units import unit_of
from smpsim.scenario import changes_of, load

if TYPE_CHECKING:
    from smpsim.results.result import Result
    from smpsim.scenario import Scenario

PICTURES = ("trajectories", "stages", "costs")
NAMES = names_of_files(
    RESULT_TABLES,
    "parquet",
    ["summary.csv", "scenario.yaml", *(f"{name}.png" for name in PICTURES)],
)
"""All files that the command ``run`` writes."""


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
    design = load(scenario, sets, actions=actions or [])
    _say_what_changes_nothing(scenario, sets, actions or [])
    from smpsim.compiled import is_warm
    from smpsim.ensemble import run
    from smpsim.studies.comparing.designs import action_in_words

    count = replications or design.replications
    # before hours of runs, not after them
    with claimed(folder, NAMES, files_read(scenario, *(actions or []))):
        with terminal.watch(count, cold=not is_warm()) as watched:
            result = run(
                scenario,
                count,
                overrides=sets,
                actions=actions or (),
                progress=watched,
                **options,
            )
        # pictures are to say which design they show
        result = replace(
            result,
            title=" + ".join([design.name, *(action_in_words(one) for one in actions or [])]),
        )
        from smpsim.plots.style import png

        extra = {
            "summary.csv": as_csv(result.summary()).encode(),
            "scenario.yaml": as_file(as_run(design, result)).encode(),
        }
        for name in PICTURES:
            extra[f"{name}.png"] = png(getattr(result.plot, name)())
        files = write_result(result, folder, "parquet", extra)
    sentences = finding(result)

    def show(screen: Console) -> None:
        screen.print(result.title, style="bold")
        terminal.print_result(screen, result)
        print_finding(screen, sentences)

    def facts() -> dict[str, Any]:
        rows = terminal.plain_rows(result.summary(0.9))
        return {
            "scenario": result.title,
            "start": result.start,
            "months": result.months,
            "currency": result.currency,
            "provenance": result.provenance,
            "level": 0.9,
            "summary": [row | {"unit": unit_of(row["outcome"], result.currency)} for row in rows],
            "finding": sentences,
        }

    report(files, folder, show, facts if as_json else None)


def report(
    files: Sequence[Path],
    folder: Path,
    show: Callable[[Console], object],
    facts: Callable[[], Mapping[str, Any]] | None,
    wrote: str = "Wrote {} files to {}",
) -> None:
    """Print what has been found and written, which a full or closed stdout can't undo.

    Parameters
    ----------
    files : sequence of Path
    folder : Path
    show : callable
        Prints tables.
    facts : callable or None
        Returns what is printed as JSON in place of them, the files aside.
    wrote : str
        The message about the files.
    """
    if facts is not None:
        print_json({**brief(facts()), "files": [str(file) for file in files]})
        return
    try:
        show(terminal.console())
    finally:
        terminal.say(wrote.format(len(files), folder))


def files_read(*sources: str | Path | None) -> Iterator[Path]:
    """Yield the files that stand behind names and paths, and those that they extend."""
    from smpsim.scenario import ScenarioError
    from smpsim.scenario.extending import Inheritance

    for source in sources:
        if source is None or not Path(source).is_file():
            # of the catalogue
            continue
        yield Path(source)
        chain = Inheritance()
        with contextlib.suppress(ScenarioError, OSError):
            chain.file(Path(source))
        yield from chain.extended


def _say_what_changes_nothing(scenario: str, sets: list[str], actions: list[str]) -> None:
    """Say of each action whether the scenario is as it asks for already."""
    if not actions:
        return
    design = load(scenario, sets)
    for name in actions:
        if not changes_of(design, name):
            terminal.say(f"{name} changes nothing here: all is as it asks for already.")
        design = load(design, actions=[name])


def as_run(design: Scenario, result: Result) -> Scenario:
    """Return a scenario with the seed and the replications that it was run with."""
    facts = result.provenance
    changed = {"seed": facts["seed"], "replications": facts["replications"]}
    return design.model_copy(update=changed)


def as_file(design: Scenario, unicode: bool = True) -> str:
    """Return a scenario with all defaults written out, as a YAML file that runs by itself."""
    data = design.model_dump(mode="json")
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=unicode, width=100)


def print_json(data: Any) -> None:
    """Print data as JSON to stdout."""
    typer.echo(json.dumps(data, indent=2, allow_nan=False, default=str))


def print_finding(screen: Any, sentences: list[str]) -> None:
    """Print what the result says in words."""
    for sentence in sentences:
        screen.print(sentence, style="bold", soft_wrap=True)
