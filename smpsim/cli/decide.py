"""The command that compares any number of options in plausible worlds: decide."""

from __future__ import annotations

from typing import Annotated

import typer

from smpsim.cli.app import app
from smpsim.cli.deciding import WORTH, show_decision
from smpsim.cli.options import (
    Json,
    Out,
    Parameters,
    Phone,
    Seed,
    Sets,
    Threads,
    With,
    Xlsx,
    scenarios_only,
)


@app.command()
def decide(
    options: Annotated[
        list[str],
        typer.Argument(
            metavar="SCENARIO...",
            help="Names in the catalogue, or YAML files; all others are compared with the first.",
            callback=scenarios_only,
        ),
    ],
    option: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME: CHANGE; CHANGE",
            help="A further option: the first scenario with changes, each a KEY=VALUE or an "
            "action by name or file; repeatable.",
        ),
    ] = None,
    sets: Sets = None,
    added: With = None,
    parameters: Parameters = None,
    draws: Annotated[
        int, typer.Option(min=2, max=100_000, help="Number of plausible worlds.")
    ] = 200,
    replications: Annotated[
        int, typer.Option("--replications", "-n", min=1, max=10**6, help="Runs in each world.")
    ] = 2,
    value: Annotated[
        float | None,
        typer.Option(metavar="AMOUNT", help=f"{WORTH[:1].upper()}{WORTH[1:]}"),
    ] = None,
    level: Annotated[
        float, typer.Option(help="Share of runs within likely ranges, above 0 and below 1.")
    ] = 0.9,
    seed: Seed = None,
    threads: Threads = None,
    out: Out = None,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Choose between options, and say what to find out first.

    All options are run in the same plausible worlds, with the same chance events.

    For every outcome of two designs with confidence intervals, use smpsim compare A B. For this
    table with no further options, smpsim compare A B C is enough.
    """
    if len(options) + len(option or []) < 2:
        raise typer.BadParameter(
            "got one option; allowed: two or more: further scenarios, or changes of the first by "
            '--option "NAME: KEY=VALUE; ACTION"'
        )
    show_decision(
        options,
        option or [],
        sets or [],
        added or [],
        parameters=parameters,
        draws=draws,
        replications=replications,
        value=value,
        level=level,
        seed=seed,
        threads=threads,
        out=out,
        xlsx=xlsx,
        phone=phone,
        as_json=as_json,
    )
