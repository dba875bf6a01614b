"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def scenario_only(source: str | None) -> str | None:
    """Return the name or file of a scenario; say which command takes what is no scenario."""
    if source is not None:
        from smpsim.studies.kinds import SCENARIO, require

        require(source, SCENARIO)
    return source


Source = Annotated[
    str, typer.Argument(help="Name in the catalogue, or a YAML file.", callback=scenario_only)
]
Replications = Annotated[
    int | None, typer.Option("--replications", "-n", min=1, max=10**7, help="Number of runs.")
]
Seed = Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="Seed of all luck.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a value; repeatable.")
]
With = Annotated[
    list[str] | None,
    typer.Option("--with", metavar="ACTION", help="Add an action, by name or file; repeatable."),
]
Threads = Annotated[
    int | None, typer.Option(min=1, max=4096, help="Threads; all cores when left out.")
]
Trainees = Annotated[bool, typer.Option("--trainees", help="Keep everybody's life course.")]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the files; below results/ when left out.")
]
Json = Annotated[bool, typer.Option("--json", help="Print only JSON to stdout.")]
Reports = Annotated[
    Path | None, typer.Option(help="File of reported outcomes; the catalogue's if left out.")
]
