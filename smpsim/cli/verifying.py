"""Commands for what others are to trust: verify, pack."""

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
        Path, typer.Argument(help="Folder that a command has written, or an archive of pack.")
    ],
    run_code: Annotated[
        bool,
        typer.Option(
            "--run-code",
            help="Execute rules of your own that the folder holds: programs, so read them first.",
        ),
    ] = False,
    threads: Threads = None,
    as_json: Json = False,
) -> None:
    """Run again what a folder holds, and say whether all tables are the same bit for bit.

    Exit codes: 0 the same, 1 something differs, 2 it can't be run again.
    """
    from smpsim.cli import terminal
    from smpsim.cli.jobs import print_json
    from smpsim.compiled import is_warm
    from smpsim.results.errors import StoreError
    from smpsim.studies.verifying.verify import opened, runs_of, verified

    try:
        with opened(folder) as where:
            total = runs_of(where, folder, run_code)
            with terminal.watch(total, cold=not is_warm()) as watched:
                found = verified(where, folder, run_code, threads, watched)
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


@app.command()
def pack(
    folder: Annotated[Path, typer.Argument(help="Folder that a command has written.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The zip file; beside the folder if left out."),
    ] = None,
    date: Annotated[
        str | None,
        typer.Option(metavar="DAY", help="Day of the runs; that of the files if left out."),
    ] = None,
) -> None:
    """Pack a folder into one zip file for others, described as a Process Run Crate (RO-Crate)."""
    from smpsim.cli.app import say
    from smpsim.results.crate import pack as packed

    say(f"Wrote {packed(folder, out, date=date)}")


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
