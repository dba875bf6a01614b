"""The command that compares any number of options in plausible worlds: decide."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smpsim.cli.app import app
from smpsim.cli.options import (
    Json,
    Out,
    Parameters,
    Seed,
    Sets,
    Threads,
    With,
    check_level,
    chosen_parameters,
    scenario_only,
)


def _scenarios(sources: list[str] | None) -> list[str] | None:
    for source in sources or []:
        scenario_only(source)
    return sources


@app.command()
def decide(
    options: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO...",
            help="Names in the catalogue, or YAML files; the others are measured by the first.",
            callback=_scenarios,
        ),
    ],
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME: CHANGE; CHANGE",
            help="The first scenario with changes, as a further option: KEY=VALUE, or an action by "
            "name or file; repeatable.",
        ),
    ] = None,
    sets: Sets = None,
    added: With = None,
    parameters: Parameters = None,
    draws: Annotated[int, typer.Option(min=2, max=100_000, help="Plausible worlds.")] = 200,
    replications: Annotated[
        int, typer.Option("--replications", "-n", min=1, max=10**6, help="Runs in each world.")
    ] = 2,
    value: Annotated[
        float | None,
        typer.Option(
            metavar="AMOUNT",
            help="What a placement is worth: options are judged by value less total cost, not by "
            "placements.",
        ),
    ] = None,
    level: Annotated[
        float, typer.Option(help="Share of runs within likely ranges, above 0 and below 1.")
    ] = 0.9,
    seed: Seed = None,
    threads: Threads = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Compare options with the same luck in plausible worlds; say what to find out first."""
    check_level(level)
    if value is not None and not 0 < value < float("inf"):
        raise typer.BadParameter(f"--value: got {value:g}; allowed: above 0")
    if len(options) + len(option or []) < 2:
        raise typer.BadParameter(
            "got one option; allowed: two or more: further scenarios, or changes of the first by "
            '--option "NAME: KEY=VALUE; ACTION"'
        )
    from smpsim.cli.decide_tables import print_decision
    from smpsim.cli.present import files_read, present, stating, watched
    from smpsim.extras import need
    from smpsim.results.provenance import whole_actions
    from smpsim.scenario.worlds import CENTRE, LIKELY, file_of
    from smpsim.studies.decide.decide import decide as run_all
    from smpsim.studies.decide.options import changed_options
    from smpsim.studies.decide.result import Decision

    if parameters != CENTRE:
        # before anything is read or compiled
        need("decide", "smpsim decide")
    given = chosen_parameters(parameters, LIKELY)
    designs, read = changed_options(options, option or [], sets or [], added or [])
    # what is in their files now, which may change while it runs
    texts = whole_actions(read)

    def work() -> Decision:
        found = watched(
            len(designs) * draws * replications,
            lambda progress: run_all(
                designs,
                parameters=given.held(next(iter(designs.values())), sets or []),
                draws=draws,
                replications=replications,
                value=value,
                level=level,
                seed=seed,
                threads=threads,
                progress=progress,
            ),
        )
        return stating(found, sets, texts)

    name = "_or_".join(dict.fromkeys(Path(one).stem for one in options))
    present(
        work,
        print_decision,
        out or Path("results") / f"decide_{name}"[:120],
        Decision.file_names(),
        files_read(*options, *read, *file_of(parameters)),
        as_json=as_json,
    )
