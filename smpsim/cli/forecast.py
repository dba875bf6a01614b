"""The command that forecasts a running programme: forecast."""

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
    Seed,
    Sets,
    Source,
    Threads,
    Xlsx,
    chosen_parameters,
)


@app.command()
def forecast(
    scenario: Source,
    observed: Annotated[
        Path,
        typer.Option(
            help="CSV file of reports with columns month, outcome and value; error and programme "
            "are optional."
        ),
    ],
    draws: Annotated[
        int, typer.Option(min=50, max=100_000, help="Number of draws of what is not known.")
    ] = 1000,
    replications: Annotated[
        int, typer.Option("--replications", "-n", min=1, max=1000, help="Runs for each draw.")
    ] = 1,
    seed: Seed = None,
    sets: Sets = None,
    actions: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="ACTION",
            help="Action taken from the month after the last report, by name or file; repeatable.",
        ),
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="KEY=SPREAD",
            help="Distribution of an assumption, such as KEY=uniform(1,2); repeatable.",
        ),
    ] = None,
    parameters: Parameters = None,
    error: Annotated[
        float, typer.Option(help="Error of a report that states none, as a share of its value.")
    ] = 0.05,
    at: Annotated[
        list[int] | None,
        typer.Option(metavar="MONTH", help="Later month to forecast; repeatable."),
    ] = None,
    level: Annotated[
        float, typer.Option(help="Share of runs within likely ranges, above 0 and below 1.")
    ] = 0.9,
    threads: Threads = None,
    out: Out = None,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Forecast a running programme from its reports so far."""
    from smpsim.extras import need

    # before anything is read, and before a folder is made
    need("forecast", "smpsim forecast")
    from smpsim.cli.forecast_tables import print_forecast
    from smpsim.cli.present import files_read, present, stating, watched
    from smpsim.scenario import load
    from smpsim.scenario.parameters import LIKELY, file_of
    from smpsim.studies.forecast.forecast import forecast as run_all
    from smpsim.studies.forecast.forecast import runs_of
    from smpsim.studies.forecast.result import Forecast

    design = load(scenario, sets or [])
    given = chosen_parameters(parameters, LIKELY).held(design, sets or [])

    def work() -> Forecast:
        found = watched(
            runs_of(draws, replications, actions or ()),
            lambda progress: run_all(
                design,
                observed,
                draws,
                replications,
                seed,
                actions=actions or (),
                vary=vary,
                parameters=given,
                error=error,
                at=at or (),
                level=level,
                threads=threads,
                progress=progress,
            ),
        )
        return stating(found, sets)

    present(
        work,
        print_forecast,
        out or Path("results") / f"{Path(scenario).stem}_forecast",
        Forecast.file_names(xlsx=xlsx),
        files_read(scenario, observed, *file_of(parameters), *(actions or [])),
        as_json=as_json,
        xlsx=xlsx,
        phone=phone,
    )
