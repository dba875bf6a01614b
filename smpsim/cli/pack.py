"""The command that makes one file of a folder: pack."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smpsim.cli.app import app


@app.command()
def pack(
    folder: Annotated[Path, typer.Argument(help="Folder written by a command.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The zip file; beside the folder when left out."),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Day of the runs; that of the files when left out."),
    ] = None,
) -> None:
    """Pack a folder into one zip file for others.

    It is described as a Process Run Crate (RO-Crate).
    """
    from smpsim.cli.app import say
    from smpsim.results.pack import pack as packed

    say(f"Wrote {packed(folder, out, date=date)}")
