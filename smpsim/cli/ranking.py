"""The command that ranks actions: rank."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
            "--action", metavar="ACTION", help="Action to rank; the catalogue's if left out."
        ),
    ] = None,
    pairs: Annotated[bool, typer.Option("--pairs/--no-pairs", help="Rank pairs too.")] = True,
    threads: Threads = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Rank the actions for a programme, alone and in pairs, under the same luck."""
    from smpsim.cli import terminal
    from smpsim.compiled import is_warm
    from smpsim.plots.style import png
    from smpsim.results.files import check_folder, tables_as_written, write_tables
    from smpsim.results.provenance import provenance
    from smpsim.scenario import action_names, load
    from smpsim.studies.ranking import designs_of, rank_actions

    design = load(scenario, sets or [])
    folder = out or Path("results") / f"{Path(scenario).stem}_actions"
    check_folder(folder)
    chosen = actions or [entry.name for entry in action_names()]
    count = replications or design.replications
    total = count * len(designs_of(chosen, pairs))
    with terminal.watch(total, cold=not is_warm()) as watched:
        found = rank_actions(
            scenario,
            count,
            seed,
            actions=chosen,
            pairs=pairs,
            overrides=sets or [],
            threads=threads,
            progress=watched,
        )
    facts = provenance(
        scenario=design.name,
        fingerprint=design.fingerprint(),
        seed=found.seed,
        replications=found.replications,
        actions=list(found.actions),
        set=sets or [],
    )
    tables = {"designs": found.differences()}
    extra = {"alone.png": png(found.plot.alone())}
    if pairs:
        tables["pairs"] = found.interactions()
        extra["pairs.png"] = png(found.plot.pairs())
    absent = () if pairs else ("pairs",)
    files = write_tables(tables_as_written(tables), facts, folder, "csv", absent, extra)
    if as_json:
        from smpsim.cli.jobs import print_json

        rows = {name: terminal.plain_rows(table) for name, table in tables.items()}
        facts |= {
            "base": terminal.plain_rows(found.base.to_frame().T)[0],
            **rows,
            "finding": found.words(),
        }
        return print_json(facts | {"files": [str(file) for file in files]})
    from smpsim.cli.ranking_tables import print_ranking

    print_ranking(terminal.console(), found)
    terminal.say(f"Wrote {len(files)} files to {folder}")
    return None
