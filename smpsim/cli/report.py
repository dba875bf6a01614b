"""The command that writes a report for those who decide: report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from smpsim.cli.app import app
from smpsim.cli.options import (
    Json,
    Parameters,
    Replications,
    Seed,
    Sets,
    Threads,
    Xlsx,
    check_level,
    chosen_parameters,
    scenario_only,
)

if TYPE_CHECKING:
    from smpsim.studies.report.result import Report


def _scenarios_only(sources: list[str]) -> list[str]:
    """Return the names or files of scenarios; say which command takes what is no scenario."""
    return [str(scenario_only(one)) for one in sources]


@app.command()
def report(
    scenarios: Annotated[
        list[str],
        typer.Argument(
            metavar="A [B ...]",
            help="The options, at most six: names in the catalogue, or YAML files.",
            callback=_scenarios_only,
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="FILE", help="The HTML file; below results/ when left out."
        ),
    ] = None,
    replications: Replications = None,
    seed: Seed = None,
    sets: Sets = None,
    added: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="ACTION",
            help="One more option: A plus this action, or several as X+Y; repeatable.",
        ),
    ] = None,
    level: Annotated[
        float, typer.Option(help="Confidence level of intervals, above 0 and below 1.")
    ] = 0.95,
    guesses: Annotated[
        bool,
        typer.Option(
            "--guesses/--no-guesses",
            help="Show what would change if guesses of A were wrong (20 runs each).",
        ),
    ] = True,
    slider: Annotated[
        list[str] | None,
        typer.Option(
            "--slider",
            metavar="KEY=VALUES",
            help="Values of a slider on the page, such as months=24,36,60; at most three sliders.",
        ),
    ] = None,
    sliders: Annotated[
        bool,
        typer.Option(
            "--sliders/--no-sliders",
            help="Runs for the page's sliders (40 of each combination).",
        ),
    ] = True,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Write a PDF beside the HTML file too.")
    ] = False,
    xlsx: Xlsx = False,
    parameters: Parameters = None,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Write a report for decision-makers, on one page of HTML."""
    check_level(level)
    from smpsim.cli import terminal
    from smpsim.cli.present import files_read, print_json, watched
    from smpsim.results.files import claimed
    from smpsim.results.provenance import brief
    from smpsim.scenario.parameters import file_of
    from smpsim.studies.report.prepared import prepared
    from smpsim.studies.report.result import files_of, needed
    from smpsim.studies.report.sliders import parse_slider

    needed(out, pdf=pdf, xlsx=xlsx)
    actions = [_several(one) for one in added or []]
    moved = dict(parse_slider(one) for one in slider) if slider and sliders else sliders
    target = out or Path("results") / f"{_name(scenarios, actions)}_report.html"
    ready = prepared(
        scenarios,
        replications,
        seed,
        actions=actions,
        overrides=sets or [],
        level=level,
        guesses=guesses,
        sliders=moved,
        parameters=chosen_parameters(parameters),
    )
    read = [*scenarios, *file_of(parameters), *(name for one in actions for name in one)]
    with claimed(target.parent, files_of(target, pdf, xlsx), files_read(*read)):
        found: Report = watched(
            ready.runs, lambda progress: ready.run(threads=threads, progress=progress)
        )
        files = found.save(target, pdf=pdf, xlsx=xlsx)
    if as_json:
        print_json({**brief(found.facts), "files": [str(file) for file in files]})
        return
    try:
        screen = terminal.console()
        for sentence in found.sentences:
            screen.print(sentence, soft_wrap=True)
    finally:
        terminal.say(f"Wrote {', '.join(str(file) for file in files)}")


def _several(text: str) -> list[str]:
    """Return the actions of an option: one, or several with + between them."""
    return [text] if Path(text).is_file() else [one.strip() for one in text.split("+")]


def _name(scenarios: list[str], actions: list[list[str]]) -> str:
    """Return the name of the file: "thamm_germany_vs_onodera_user_run_with_campaigns"."""
    stems = [Path(one).stem for one in scenarios]
    with_them = ["_and_".join(Path(name).stem for name in one) for one in actions]
    return "_with_".join(["_vs_".join(stems), *with_them])
