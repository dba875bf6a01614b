"""The command that ranks actions: rank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from smpsim.cli.app import app
from smpsim.cli.options import Json, Out, Replications, Seed, Sets, Source, Threads


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
            help="Action to rank, by name or file; repeatable; the eight if left out.",
        ),
    ] = None,
    pairs: Annotated[bool, typer.Option("--pairs/--no-pairs", help="Rank pairs too.")] = True,
    level: Annotated[
        float, typer.Option(help="Confidence level of intervals, above 0 and below 1.")
    ] = 0.95,
    threads: Threads = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Rank the actions for a programme, alone and in pairs, under the same luck."""
    if not 0 < level < 1:
        raise typer.BadParameter(f"--level: found {level:g}, allowed: above 0 and below 1")
    from smpsim.cli import terminal
    from smpsim.cli.jobs import files_read, report
    from smpsim.compiled import is_warm
    from smpsim.plots.style import png
    from smpsim.results.both import names_of_both
    from smpsim.results.files import claimed
    from smpsim.scenario import load
    from smpsim.studies.ranking.rank import designs_of, names_of, rank_actions

    design = load(scenario, sets or [])
    folder = out or Path("results") / f"{Path(scenario).stem}_actions"
    chosen = names_of(actions)
    count = replications or design.replications
    total = count * len(designs_of(chosen, pairs))
    names = names_of_both(("designs", "pairs"), ("runs",), ("alone.png", "pairs.png"))
    # before hours of runs, not after them
    with claimed(folder, names, files_read(scenario, *(actions or []))):
        with terminal.watch(total, cold=not is_warm()) as watched:
            found = rank_actions(
                scenario,
                count,
                seed,
                overrides=sets or (),
                actions=chosen,
                pairs=pairs,
                level=level,
                threads=threads,
                progress=watched,
            )
        pictures = {"alone.png": png(found.plot.alone())}
        if len(found.interactions()):
            pictures["pairs.png"] = png(found.plot.pairs())
        files = found.write(folder, pictures)

    def facts() -> dict[str, Any]:
        return {
            **found.facts,
            "unchanged": list(found.unchanged),
            "base": terminal.plain_rows(found.base.to_frame().T)[0],
            "designs": terminal.plain_rows(found.differences()),
            "pairs": terminal.plain_rows(found.interactions()),
            "finding": found.words(),
        }

    from smpsim.cli.ranking_tables import print_ranking

    report(files, folder, lambda screen: print_ranking(screen, found), facts if as_json else None)
