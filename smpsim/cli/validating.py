"""Commands that set the model beside what is reported: validate, calibrate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from smpsim.cli.app import app, code_of
from smpsim.cli.options import Json, Out, Threads

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
    from smpsim.cli import terminal
    from smpsim.cli.jobs import files_read, report
    from smpsim.compiled import is_warm
    from smpsim.plots.style import png
    from smpsim.results.files import claimed, names_of_files, tables_as_written, write_tables
    from smpsim.studies.validation import validation
    from smpsim.studies.validation.prediction import load_draws
    from smpsim.studies.validation.reported import load_reports

    known = load_reports(reports)
    table = load_draws(parameters, draws)
    folder = out or Path("results") / "validation"
    total = validation.runs_of(known, len(table), replications, patterns)
    names = names_of_files(
        ("outcomes", "programmes", "sizes", "withheld", "patterns"),
        "csv",
        ("outcomes.png", "programmes.png"),
    )
    # before hours of runs, not after them
    with claimed(folder, names, files_read(reports, parameters)):
        with terminal.watch(total, cold=not is_warm()) as watched:
            found = validation.validate(
                known,
                draws=table,
                replications=replications,
                seed=seed,
                patterns=patterns,
                threads=threads,
                progress=watched,
            )
        files = write_tables(
            tables_as_written(found.tables()),
            found.provenance,
            folder,
            "csv",
            extra={
                "outcomes.png": png(found.plot.outcomes()),
                "programmes.png": png(found.plot.programmes()),
            },
        )
    from smpsim.cli.validation_tables import print_validation

    def facts() -> dict[str, Any]:
        rows = {name: terminal.plain_rows(one) for name, one in found.tables().items()}
        return {**found.provenance, **rows, "finding": found.words()}

    report(
        files, folder, lambda screen: print_validation(screen, found), facts if as_json else None
    )


@app.command()
def calibrate(
    study: Annotated[str, typer.Argument(help="Calibration study: a name, or a YAML file.")],
    draws: Annotated[
        int | None, typer.Option(min=20, max=10**6, help="Draws, instead of the study's.")
    ] = None,
    reports: Reported = None,
    threads: Threads = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Remove runs of another calibration.")
    ] = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Fit shared parameters to reported outcomes; its runs are kept, so that it can be resumed."""
    from smpsim.cli import terminal
    from smpsim.cli.jobs import files_read, report
    from smpsim.compiled import is_warm
    from smpsim.results.files import claimed
    from smpsim.studies.validation import calibration
    from smpsim.studies.validation.reported import load_reports

    plan, known = calibration.load_calibration(study), load_reports(reports)
    if draws is not None:
        plan = plan.model_copy(update={"draws": draws})
    folder = out or Path("results") / Path(study).stem
    ready = calibration.prepared(plan, known)
    with claimed(folder, calibration.FILES, files_read(study, reports)):
        todo = ready.missing(folder, fresh)
        if todo < ready.runs and not as_json:
            there = ready.runs - todo
            terminal.say(f"{there:,} of {ready.runs:,} runs are in {folder} already.")
        try:
            with terminal.watch(todo, cold=not is_warm()) as watched:
                runs = ready.run(folder, threads=threads, progress=watched)
        except KeyboardInterrupt as stop:
            there = ready.runs - ready.missing(folder)
            terminal.say(
                f"Stopped with {there:,} of {ready.runs:,} runs in {folder}; "
                "the same command goes on from there."
            )
            raise typer.Exit(code_of(stop)) from None
        found = calibration.fitted(plan, known, runs)
        files = calibration.write(found, folder)
    from smpsim.cli.validation_tables import print_calibration

    def facts() -> dict[str, Any]:
        parts = {"parameters": found.parameters(), "fit": found.fit(), "left_out": found.left_out()}
        rows = {name: terminal.plain_rows(one) for name, one in parts.items()}
        return {**found.provenance, **rows, "finding": found.words()}

    report(
        files,
        folder,
        lambda screen: print_calibration(screen, found),
        facts if as_json else None,
        wrote="Wrote the runs and {} more files to {}",
    )
