"""The command that sets the model beside what is reported: validate."""

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
    Reports,
    Threads,
    Xlsx,
    chosen_parameters,
)


@app.command()
def validate(
    draws: Annotated[
        int, typer.Option(min=2, max=100_000, help="Number of plausible worlds.")
    ] = 50,
    replications: Annotated[
        int,
        typer.Option(
            "--replications",
            "-n",
            min=1,
            max=10**6,
            help="Multiply the number of worlds by this.",
        ),
    ] = 4,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of the random draws.")] = 1,
    reports: Reports = None,
    parameters: Parameters = None,
    patterns: Annotated[
        bool, typer.Option("--patterns/--no-patterns", help="Test the patterns too.")
    ] = True,
    threads: Threads = None,
    out: Out = None,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Compare predictions of the model with reported outcomes."""
    from smpsim.cli.present import files_read, present, watched
    from smpsim.cli.validate_tables import print_validation
    from smpsim.scenario.parameters import LIKELY
    from smpsim.studies.validate.read_reports import files_of, load_reports
    from smpsim.studies.validate.result import Validation
    from smpsim.studies.validate.validate import runs_of
    from smpsim.studies.validate.validate import validate as run_all

    known = load_reports(reports)
    given = chosen_parameters(parameters, LIKELY)

    def work() -> Validation:
        return watched(
            runs_of(known, draws, replications, patterns),
            lambda progress: run_all(
                known,
                draws=draws,
                parameters=given,
                replications=replications,
                seed=seed,
                patterns=patterns,
                threads=threads,
                progress=progress,
            ),
        )

    present(
        work,
        print_validation,
        out or Path("results") / "validation",
        Validation.file_names("csv", xlsx=xlsx),
        files_read(*(reports or ()), *files_of(known)),
        as_json=as_json,
        kind="csv",
        xlsx=xlsx,
        phone=phone,
    )
