"""Commands that look at scenarios without running them: list, show, check, schema, version."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from smpsim.cli.app import BAD_INPUT, app, say
from smpsim.cli.options import Json, Sets, Source


@app.command("list")
def list_scenarios(as_json: Json = False) -> None:
    """List the catalogue of scenarios."""
    from smpsim.scenario import names

    entries = names()
    if as_json:
        from smpsim.cli.jobs import print_json

        facts = [{"name": e.name, "folder": e.kind, "title": e.title} for e in entries]
        return print_json(facts)
    from smpsim.cli.terminal import console, table

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
        from smpsim.cli.jobs import as_file

        encoding = (sys.stdout.encoding or "ascii").lower()
        typer.echo(as_file(design, unicode="utf" in encoding), nl=False)
    elif as_json:
        from smpsim.cli.jobs import print_json

        print_json(design.model_dump(mode="json"))
    else:
        from smpsim.cli.card import print_card
        from smpsim.cli.terminal import console

        print_card(console(), design, _file(scenario))


@app.command()
def check(files: Annotated[list[str], typer.Argument(help="Files, or catalogue names.")]) -> None:
    """Check scenario files and report everything that is wrong with them."""
    from smpsim.cli.terminal import console
    from smpsim.scenario import ScenarioError, load

    faulty = False
    for file in files:
        try:
            design = load(file)
        except ScenarioError as error:
            faulty = True
            for problem in error.problems:
                say(str(problem))
        else:
            console().print(f"{file}: OK ({design.name})", soft_wrap=True)
    if faulty:
        raise typer.Exit(BAD_INPUT)


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option(help="File to write instead of stdout.")] = None,
) -> None:
    """Print the JSON Schema of scenario files, for editors."""
    from smpsim.cli.jobs import print_json
    from smpsim.scenario import json_schema

    if out is None:
        return print_json(json_schema())
    from smpsim.results.files import write_bytes

    write_bytes(out, (json.dumps(json_schema(), indent=2) + "\n").encode())
    say(f"Wrote {out}")
    return None


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
