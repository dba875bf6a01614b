"""The command that ranks actions: rank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smpsim.cli.app import app
from smpsim.cli.options import (
    Json,
    Out,
    Parameters,
    Phone,
    Replications,
    Seed,
    Sets,
    Source,
    Threads,
    Xlsx,
    check_level,
    chosen_parameters,
)


@app.command()
def rank(
    scenario: Source,
    replications: Replications = None,
    seed: Seed = None,
    sets: Sets = None,
    actions: Annotated[
        list[str] | None,
        typer.Option(
            "--action",
            metavar="ACTION",
            help="Action to rank, by name or file; repeatable; the eight of the catalogue when "
            "left out.",
        ),
    ] = None,
    pairs: Annotated[
        bool, typer.Option("--pairs/--no-pairs", help="Rank pairs of actions too.")
    ] = True,
    level: Annotated[
        float, typer.Option(help="Confidence level of intervals, above 0 and below 1.")
    ] = 0.95,
    parameters: Parameters = None,
    threads: Threads = None,
    out: Out = None,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Rank the actions for a programme, alone and in pairs."""
    check_level(level)
    from smpsim.cli.present import files_read, present, stating, watched
    from smpsim.cli.rank_tables import print_ranking
    from smpsim.scenario import load
    from smpsim.studies.rank.rank import designs_of, names_of
    from smpsim.studies.rank.rank import rank as run_all
    from smpsim.studies.rank.result import Ranking

    design = load(scenario, sets or [])
    chosen = names_of(actions)
    count = replications or design.replications
    given = chosen_parameters(parameters)

    def work() -> Ranking:
        found = watched(
            count * len(designs_of(chosen, pairs)),
            lambda progress: run_all(
                design,
                count,
                seed,
                actions=chosen,
                pairs=pairs,
                parameters=given,
                level=level,
                threads=threads,
                progress=progress,
            ),
        )
        return stating(found, sets)

    present(
        work,
        print_ranking,
        out or Path("results") / f"{Path(scenario).stem}_actions",
        Ranking.file_names(xlsx=xlsx),
        files_read(scenario, *(actions or [])),
        as_json=as_json,
        xlsx=xlsx,
        phone=phone,
    )
