"""The command that runs a folder again: verify."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from smpsim.cli.app import BAD_INPUT, FAILED, app
from smpsim.cli.options import Json, Threads

MOST_SHOWN = 20


@app.command()
def verify(
    folder: Annotated[
        Path, typer.Argument(help="Folder written by a command, or a zip file of smpsim pack.")
    ],
    run_code: Annotated[
        bool,
        typer.Option(
            "--run-code",
            help="Run the rules in the folder that somebody wrote. They are programs: read them "
            "first.",
        ),
    ] = False,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Run the results in a folder again, and compare the tables.

    They must be identical, bit for bit.

    Exit codes: 0 identical, 1 different, 2 cannot be run again.
    """
    from smpsim.cli import terminal
    from smpsim.cli.present import print_json, watched
    from smpsim.results.store_error import StoreError
    from smpsim.studies.verify.verify import opened, runs_of, verified

    try:
        with opened(folder) as where:
            total = runs_of(where, folder, run_code)
            found = watched(
                total, lambda progress: verified(where, folder, run_code, threads, progress)
            )
    except StoreError as error:
        terminal.say(str(error))
        raise typer.Exit(BAD_INPUT) from None
    if as_json:
        print_json(_facts(found, folder))
    else:
        screen, said = terminal.console(), found.words()
        for sentence in said[: MOST_SHOWN + 1]:
            screen.print(sentence, soft_wrap=True)
        if len(said) > MOST_SHOWN + 1:
            screen.print(f"... and {len(said) - MOST_SHOWN - 1:,} more; --json has them all.")
    if not found.same:
        raise typer.Exit(FAILED)


def _facts(found: Any, folder: Path) -> dict[str, Any]:
    return {
        "folder": str(folder),
        "same": found.same,
        "verbs": list(found.verbs),
        "tables": list(found.tables),
        "differences": [
            {
                "file": one.file,
                "what": one.what,
                "column": one.column or None,
                "rows": list(one.rows),
                "count": one.count,
                "stored": list(one.stored),
                "again": list(one.again),
                "largest": one.largest if one.largest == one.largest else None,
            }
            for one in found.differences
        ],
        "versions": {name: list(pair) for name, pair in found.versions.items()},
        "unchecked": list(found.unchecked),
        "finding": found.words(),
    }
