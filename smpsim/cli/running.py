"""Commands that run scenarios: run, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smpsim.cli.app import app
from smpsim.cli.options import Json, Out, Replications, Seed, Sets, Source, Threads, Trainees


@app.command()
def run(
    scenario: Source,
    replications: Replications = None,
    seed: Seed = None,
    sets: Sets = None,
    threads: Threads = None,
    trainees: Trainees = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Run a scenario many times; print the outcomes and write tables and pictures."""
    from smpsim.cli.jobs import run_job

    run_job(
        scenario,
        sets or [],
        out or Path("results") / Path(scenario).stem,
        as_json,
        replications=replications,
        seed=seed,
        threads=threads,
        trainees=trainees,
    )


@app.command()
def compare(
    a: Source,
    b: Source,
    replications: Replications = None,
    seed: Seed = None,
    sets: Sets = None,
    set_a: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Change a value of A only.")
    ] = None,
    set_b: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Change a value of B only.")
    ] = None,
    threads: Threads = None,
    trainees: Trainees = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Run two scenarios with the same luck and report what difference the design makes."""
    from smpsim.cli.jobs import compare_job

    compare_job(
        (a, b),
        ([*(sets or []), *(set_a or [])], [*(sets or []), *(set_b or [])]),
        out or Path("results") / f"{Path(a).stem}_vs_{Path(b).stem}",
        as_json,
        replications=replications,
        seed=seed,
        threads=threads,
        trainees=trainees,
    )
