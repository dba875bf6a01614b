"""The command that fits shared parameters to reports: calibrate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smpsim.cli.app import app
from smpsim.cli.options import Json, Out, Phone, Reports, Seed, Threads, Xlsx


@app.command()
def calibrate(
    study: Annotated[str, typer.Argument(help="Calibration study: a name, or a YAML file.")],
    draws: Annotated[
        int | None,
        typer.Option(min=20, max=10**6, help="Number of draws; that of the study when left out."),
    ] = None,
    seed: Seed = None,
    reports: Reports = None,
    threads: Threads = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete the runs of another calibration.")
    ] = False,
    out: Out = None,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Fit the shared parameters to reported outcomes.

    Its runs are kept, so that it can be stopped and resumed.
    """
    from smpsim.cli.calibrate_tables import print_calibration
    from smpsim.cli.present import files_read, kept, present, say_what_is_there, watched
    from smpsim.studies.calibrate.calibrate import fitted, planned, prepared
    from smpsim.studies.calibrate.result import Calibration
    from smpsim.studies.calibrate.study import changed
    from smpsim.studies.validate.read_reports import files_of

    plan, known = planned(study, reports)
    plan = changed(plan, draws=draws, seed=seed)
    folder = out or Path("results") / Path(study).stem
    ready = prepared(plan, known)

    def work() -> Calibration:
        todo = ready.missing(folder, fresh)
        say_what_is_there(ready.runs - todo, ready.runs, "runs", folder, as_json)
        runs = watched(
            todo,
            lambda progress: ready.run(folder, threads=threads, progress=progress),
            lambda: kept(ready.runs - ready.missing(folder), ready.runs, "runs", folder),
        )
        return fitted(plan, known, runs)

    present(
        work,
        print_calibration,
        folder,
        Calibration.file_names("csv", xlsx=xlsx),
        files_read(study, *(reports or plan.reports), *files_of(known)),
        as_json=as_json,
        kind="csv",
        wrote="Wrote the runs and {} more files to {}",
        xlsx=xlsx,
        phone=phone,
    )
