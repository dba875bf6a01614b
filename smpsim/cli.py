"""The command ``smpsim``.

Every command imports what it needs when it runs, so that help and lists come at once. Exit
codes: 0 done, 1 could not write or no memory, 2 bad input, 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

BAD_INPUT, FAILED, INTERRUPTED = 2, 1, 130


class Commands(TyperGroup):
    """Turns what can go wrong into messages without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _say("Stopped; no half-written file is left.")
            raise typer.Exit(INTERRUPTED) from None
        except MemoryError as error:
            _say(f"Not enough memory: {error}. Try fewer replications.")
            raise typer.Exit(FAILED) from None
        except Exception as error:
            # typer's own, such as the end of help or a wrong option, explain themselves
            code = None if hasattr(error, "exit_code") else _explained(error)
            if code is None:
                raise
            raise typer.Exit(code) from None


def _explained(error: Exception) -> int | None:
    """Say what is wrong, and return the exit code; None for faults of the program."""
    from smpsim.results.files import StoreError
    from smpsim.scenario.errors import ScenarioError

    if isinstance(error, ScenarioError):
        for problem in error.problems:
            _say(str(problem))
        return BAD_INPUT
    if isinstance(error, StoreError):
        _say(str(error))
        return FAILED
    return None


def _say(text: str) -> None:
    from smpsim.terminal import say

    say(text)


app = typer.Typer(
    cls=Commands,
    help="Simulate Skills Mobility Partnerships: training, placement, migration, cost and trust.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # panels and colours are for terminals
    rich_markup_mode="rich" if sys.stdout.isatty() and sys.stderr.isatty() else None,
    epilog="Try: smpsim list; smpsim show thamm_germany; smpsim run bare_pipeline",
)

Source = Annotated[str, typer.Argument(help="Name in the catalogue, or a YAML file.")]
Replications = Annotated[
    int | None, typer.Option("--replications", "-n", min=1, max=10**7, help="Number of runs.")
]
Seed = Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="Seed of all luck.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a value; repeatable.")
]
Threads = Annotated[
    int | None, typer.Option(min=1, max=4096, help="Threads; all cores when left out.")
]
Trainees = Annotated[bool, typer.Option("--trainees", help="Keep everybody's life course.")]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the files; below results/ when left out.")
]
Json = Annotated[bool, typer.Option("--json", help="Print only JSON to stdout.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        from smpsim import __version__

        typer.echo(f"smpsim {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    pass


@app.command("list")
def list_scenarios(as_json: Json = False) -> None:
    """List the catalogue of scenarios."""
    from smpsim.scenario import names

    entries = names()
    if as_json:
        from smpsim.jobs import print_json

        facts = [{"name": e.name, "folder": e.kind, "title": e.title} for e in entries]
        return print_json(facts)
    from smpsim.terminal import console, table

    out = console()
    for kind in dict.fromkeys(entry.kind for entry in entries):
        rows = [(entry.name, entry.title) for entry in entries if entry.kind == kind]
        table(out, kind or "general", ("name", "title"), rows)
    return None


@app.command()
def show(
    scenario: Source,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print it resolved, as YAML.")] = False,
    as_json: Json = False,
    sets: Sets = None,
) -> None:
    """Show what a scenario says: question, design, environment, sources."""
    from smpsim.scenario import load

    if as_yaml and as_json:
        raise typer.BadParameter("found --yaml and --json, allowed: one of them")
    design = load(scenario, sets or [])
    if as_yaml:
        from smpsim.jobs import as_file

        encoding = (sys.stdout.encoding or "ascii").lower()
        typer.echo(as_file(design, unicode="utf" in encoding), nl=False)
    elif as_json:
        from smpsim.jobs import print_json

        print_json(design.model_dump(mode="json"))
    else:
        from smpsim.card import print_card
        from smpsim.terminal import console

        print_card(console(), design, _file(scenario))


@app.command()
def check(files: Annotated[list[str], typer.Argument(help="Files, or catalogue names.")]) -> None:
    """Check scenario files and report everything that is wrong with them."""
    from smpsim.scenario import ScenarioError, load
    from smpsim.terminal import console

    faulty = False
    for file in files:
        try:
            design = load(file)
        except ScenarioError as error:
            faulty = True
            for problem in error.problems:
                _say(str(problem))
        else:
            console().print(f"{file}: OK ({design.name})", soft_wrap=True)
    if faulty:
        raise typer.Exit(BAD_INPUT)


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option(help="File to write instead of stdout.")] = None,
) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from smpsim.jobs import print_json
    from smpsim.scenario import json_schema

    if out is None:
        return print_json(json_schema())
    from smpsim.results.files import write_bytes

    write_bytes(out, (json.dumps(json_schema(), indent=2) + "\n").encode())
    _say(f"Wrote {out}")
    return None


@app.command()
def run(
    scenario: Source,
    replications: Replications = None,
    seed: Seed = None,
    sets: Sets = None,
    threads: Threads = None,
    trainees: Trainees = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Run a scenario many times; print the outcomes and write tables and pictures."""
    from smpsim.jobs import run_job

    run_job(
        scenario,
        sets or [],
        out or Path("results") / Path(scenario).stem,
        as_json,
        replications=replications,
        seed=seed,
        threads=threads,
        trainees=trainees,
    )


@app.command()
def compare(
    a: Source,
    b: Source,
    replications: Replications = None,
    seed: Seed = None,
    sets: Sets = None,
    set_a: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Change a value of A only.")
    ] = None,
    set_b: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Change a value of B only.")
    ] = None,
    threads: Threads = None,
    trainees: Trainees = False,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Run two scenarios with the same luck and report what difference the design makes."""
    from smpsim.jobs import compare_job

    compare_job(
        (a, b),
        ([*(sets or []), *(set_a or [])], [*(sets or []), *(set_b or [])]),
        out or Path("results") / f"{Path(a).stem}_vs_{Path(b).stem}",
        as_json,
        replications=replications,
        seed=seed,
        threads=threads,
        trainees=trainees,
    )


@app.command()
def version() -> None:
    """Print the versions of smpsim and of the packages that decide numbers."""
    from smpsim import __version__
    from smpsim.results.provenance import versions

    for name, number in {**versions(), "smpsim": __version__}.items():
        typer.echo(f"{name} {number}")


def _file(scenario: str) -> Path | None:
    """Return the file of a scenario."""
    from smpsim.scenario import ScenarioError, find

    with contextlib.suppress(ScenarioError):
        return find(scenario)
    return Path(scenario) if Path(scenario).is_file() else None


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # a name in another script must not end a run on a terminal that lacks its letters
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    app(prog_name="smpsim")
