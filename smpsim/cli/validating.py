"""Commands that set the model beside what is reported: validate, calibrate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smpsim.cli.app import app
from smpsim.cli.options import Json, Out, Replications, Seed, Threads

Reported = Annotated[
    Path | None, typer.Option(help="File of reported outcomes; the catalogue's if left out.")
]


@app.command()
def validate(
    draws: Annotated[
        int, typer.Option(min=2, max=100_000, help="Draws of the calibrated parameters.")
    ] = 50,
    replications: Annotated[
        int, typer.Option("--replications", "-n", min=1, max=10**6, help="Runs of each draw.")
    ] = 4,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Seed of all luck.")] = 1,
    reports: Reported = None,
    parameters: Annotated[
        Path | None, typer.Option(help="CSV of draws; the catalogue's calibration if left out.")
    ] = None,
    patterns: Annotated[
        bool, typer.Option("--patterns/--no-patterns", help="Put the patterns to the test too.")
    ] = True,
    threads: Threads = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Run every programme and set what it predicts beside what is reported."""
    from smpsim.cli.present import files_read, present, watched
    from smpsim.cli.validation_tables import print_validation
    from smpsim.studies.validation import validation
    from smpsim.studies.validation.prediction import load_draws
    from smpsim.studies.validation.reported import load_reports

    known = load_reports(reports)
    table = load_draws(parameters, draws)

    def work() -> validation.Validation:
        return watched(
            validation.runs_of(known, len(table), replications, patterns),
            lambda progress: validation.validate(
                known,
                draws=table,
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
        validation.Validation.file_names("csv"),
        files_read(reports, parameters),
        as_json=as_json,
        kind="csv",
    )


@app.command()
def calibrate(
    study: Annotated[str, typer.Argument(help="Calibration study: a name, or a YAML file.")],
    draws: Annotated[
        int | None, typer.Option(min=20, max=10**6, help="Draws, instead of the study's.")
    ] = None,
    replications: Replications = None,
    seed: Seed = None,
    reports: Reported = None,
    threads: Threads = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Remove runs of another calibration.")
    ] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Fit shared parameters to reported outcomes; its runs are kept, so that it can be resumed."""
    from smpsim.cli.present import files_read, kept, present, say_what_is_there, watched
    from smpsim.cli.validation_tables import print_calibration
    from smpsim.studies.validation import calibration
    from smpsim.studies.validation.reported import load_reports

    plan = calibration.load_calibration(study)
    plan = calibration.changed(plan, draws=draws, replications=replications, seed=seed)
    known = load_reports(reports)
    folder = out or Path("results") / Path(study).stem
    ready = calibration.prepared(plan, known)

    def work() -> calibration.Calibration:
        todo = ready.missing(folder, fresh)
        say_what_is_there(ready.runs - todo, ready.runs, "runs", folder, as_json)
        runs = watched(
            todo,
            lambda progress: ready.run(folder, threads=threads, progress=progress),
            lambda: kept(ready.runs - ready.missing(folder), ready.runs, "runs", folder),
        )
        return calibration.fitted(plan, known, runs)

    present(
        work,
        print_calibration,
        folder,
        calibration.Calibration.file_names("csv"),
        files_read(study, reports),
        as_json=as_json,
        kind="csv",
        wrote="Wrote the runs and {} more files to {}",
    )
