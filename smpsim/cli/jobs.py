"""What the commands ``run`` and ``compare`` do: simulate, write files, print."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
import yaml

from smpsim.cli import terminal
from smpsim.findings import finding, finding_of_comparison
from smpsim.results.files import check_folder, write_result
from smpsim.results.units import unit_of
from smpsim.scenario import load

if TYPE_CHECKING:
    from smpsim.results.result import Result
    from smpsim.scenario import Scenario

LONGEST_NAME = 60


def run_job(
    scenario: str,
    sets: list[str],
    folder: Path,
    as_json: bool,
    *,
    replications: int | None,
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
    **options
        Seed, threads and trainees, as in `smpsim.run`.
    """
    design = load(scenario, sets)
    # before hours of runs, not after them
    check_folder(folder)
    from smpsim.compiled import is_warm
    from smpsim.ensemble import run

    count = replications or design.replications
    with terminal.watch(count, cold=not is_warm()) as watched:
        result = run(design, count, progress=watched, **options)
    result = _stating(result, sets)
    sentences = finding(result)
    if not as_json:
        screen = terminal.console()
        screen.print(design.name, style="bold")
        terminal.print_result(screen, result)
        _print_finding(screen, sentences)
    # pictures take longer than the runs of a small scenario: they come when the result is read
    from smpsim.plots.style import png

    extra = {
        "summary.csv": result.summary().to_csv().encode(),
        "scenario.yaml": as_file(design).encode(),
    }
    for name in ("trajectories", "stages", "costs"):
        extra[f"{name}.png"] = png(getattr(result.plot, name)())
    files = write_result(result, folder, "parquet", extra)
    if as_json:
        rows = terminal.plain_rows(result.summary(0.9))
        facts = {
            "scenario": result.title,
            "start": result.start,
            "months": result.months,
            "currency": result.currency,
            "provenance": result.provenance,
            "level": 0.9,
            "summary": [row | {"unit": unit_of(row["outcome"], result.currency)} for row in rows],
            "finding": sentences,
            "files": [str(file) for file in files],
        }
        print_json(facts)
    else:
        terminal.say(f"Wrote {len(files)} files to {folder}")


def compare_job(
    scenarios: tuple[str, str],
    sets: tuple[list[str], list[str]],
    folder: Path,
    as_json: bool,
    *,
    replications: int | None,
    **options: Any,
) -> None:
    """Run two scenarios with the same luck, write tables and pictures, print the differences.

    Parameters
    ----------
    scenarios : tuple of str
        Names in the catalogue, or files.
    sets : tuple of list of str
        Values to change in each, as ``KEY=VALUE``.
    folder : Path
        Of the files.
    as_json : bool
        Print only JSON.
    replications : int, optional
        The larger of the scenarios' own when left out.
    **options
        Seed, threads and trainees, as in `smpsim.compare`.
    """
    first, second = (load(*one) for one in zip(scenarios, sets, strict=True))
    check_folder(folder)
    from smpsim.compiled import is_warm
    from smpsim.studies.compare import compare

    count = replications or max(first.replications, second.replications)
    names = _two_names((first.name, second.name), sets)
    with terminal.watch(2 * count, cold=not is_warm()) as watched:
        found = compare(first, second, count, names=names, progress=watched, **options)
    found = replace(found, a=_stating(found.a, sets[0]), b=_stating(found.b, sets[1]))
    sentences = finding_of_comparison(found)
    if not as_json:
        screen = terminal.console()
        terminal.print_comparison(screen, found)
        _print_finding(screen, sentences)
    from smpsim.plots.style import png

    extra = {
        "differences.csv": found.differences().to_csv().encode(),
        "summary.csv": found.summary().to_csv().encode(),
        "a.yaml": as_file(first).encode(),
        "b.yaml": as_file(second).encode(),
        "trajectories.png": png(found.plot.trajectories()),
        "differences.png": png(found.plot.differences()),
    }
    files = found.to_parquet(folder, extra)
    if as_json:
        facts = {
            **found.provenance(),
            "level": 0.95,
            "differences": terminal.plain_rows(found.differences(0.95)),
            "summary_level": 0.9,
            "summary": terminal.plain_rows(found.summary(0.9)),
            "finding": sentences,
            "files": [str(file) for file in files],
        }
        print_json(facts)
    else:
        terminal.say(f"Wrote {len(files)} files to {folder}")


def as_file(design: Scenario, unicode: bool = True) -> str:
    """Return a scenario with all defaults written out, as a YAML file that runs by itself."""
    data = design.model_dump(mode="json")
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=unicode, width=100)


def print_json(data: Any) -> None:
    """Print data as JSON to stdout."""
    typer.echo(json.dumps(data, indent=2, allow_nan=False, default=str))


def _stating(result: Result, sets: list[str]) -> Result:
    """Return a result whose provenance states the values that were set."""
    return replace(result, provenance={**result.provenance, "set": sets}) if sets else result


def _two_names(titles: tuple[str, str], sets: tuple[list[str], list[str]]) -> tuple[str, str]:
    """Return two names that differ: the titles, with what was set where they are the same."""
    a, b = titles
    if a != b:
        return a, b
    own = [[one for one in mine if one not in other] for mine, other in (sets, sets[::-1])]
    found = [", ".join([a, *one]) for one in own]
    found = [n if len(n) <= LONGEST_NAME else n[: LONGEST_NAME - 3] + "..." for n in found]
    return (found[0], found[1]) if found[0] != found[1] else (f"{a} (a)", f"{b} (b)")


def _print_finding(screen: Any, sentences: list[str]) -> None:
    """Print what the result says in words."""
    for sentence in sentences:
        screen.print(sentence, style="bold", soft_wrap=True)
