"""Commands that run scenarios: run, compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smpsim.cli.app import app
from smpsim.cli.options import (
    Json,
    Out,
    Replications,
    Seed,
    Sets,
    Source,
    Threads,
    Trainees,
    With,
    scenario_only,
)


@app.command()
def run(
    scenario: Source,
    replications: Replications = None,
    seed: Seed = None,
    sets: Sets = None,
    added: With = None,
    threads: Threads = None,
    trainees: Trainees = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Run a scenario many times; print the outcomes and write tables and pictures."""
    from smpsim.cli.jobs import run_job

    stems = [Path(name).stem for name in (scenario, *(added or []))]
    run_job(
        scenario,
        sets or [],
        out or Path("results") / "_with_".join(stems),
        as_json,
        actions=added or [],
        replications=replications,
        seed=seed,
        threads=threads,
        trainees=trainees,
    )


@app.command()
def compare(
    a: Source,
    b: Annotated[
        str | None,
        typer.Argument(
            help="Name in the catalogue, or a YAML file; A itself when left out, with what is "
            "changed by --with, --set-b and the like.",
            show_default=False,
            callback=scenario_only,
        ),
    ] = None,
    replications: Replications = None,
    precision: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OUTCOME=HALF-WIDTH",
            help="As many pairs of runs as this precision needs, such as placed=5, or "
            "cost_per_placement=2% of the mean of A; repeatable.",
        ),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option(min=2, max=10**7, help="Most pairs for --precision; 20,000 when left out."),
    ] = None,
    level: Annotated[
        float, typer.Option(help="Confidence level of intervals, above 0 and below 1.")
    ] = 0.95,
    outcome: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Show this outcome, not the main ones; repeatable."),
    ] = None,
    seed: Seed = None,
    sets: Sets = None,
    set_a: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Change a value of A only.")
    ] = None,
    set_b: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Change a value of B only.")
    ] = None,
    added: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="ACTION",
            help="Compare A with itself plus this action, by name or file; repeatable.",
        ),
    ] = None,
    with_a: Annotated[
        list[str] | None, typer.Option(metavar="ACTION", help="Add an action to A.")
    ] = None,
    with_b: Annotated[
        list[str] | None, typer.Option(metavar="ACTION", help="Add an action to B.")
    ] = None,
    threads: Threads = None,
    trainees: Trainees = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Run two scenarios with the same luck and report what difference the design makes."""
    if b is not None and added:
        raise typer.BadParameter(
            "found --with beside two scenarios, allowed: --with-a and --with-b, which say to which"
        )
    if b is None and not any((set_a, set_b, added, with_a, with_b)):
        raise typer.BadParameter(
            "found nothing to compare with, allowed: a second scenario, or a change of the first "
            "by --with, --with-b, --set-b or their like for A"
        )
    if precision and replications:
        raise typer.BadParameter(
            "found --precision and --replications, allowed: one of them; --most is the ceiling"
        )
    if most and not precision:
        raise typer.BadParameter("found --most, allowed: only with --precision")
    if not 0 < level < 1:
        raise typer.BadParameter(f"--level: found {level:g}, allowed: above 0 and below 1")
    from smpsim.cli.comparing import Request, compare_job

    both = sets or []
    request = Request(
        sources=(a, b),
        sets=([*both, *(set_a or [])], [*both, *(set_b or [])]),
        actions=(with_a or [], [*(added or []), *(with_b or [])]),
        outcomes=outcome or [],
        precision=precision or [],
        most=most,
    )
    compare_job(
        request,
        out,
        as_json,
        replications=replications,
        level=level,
        seed=seed,
        threads=threads,
        trainees=trainees,
    )
