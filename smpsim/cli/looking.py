"""Commands that look at scenarios without running them: list, show, check, schema, version."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from smpsim.cli.app import BAD_INPUT, app, say
from smpsim.cli.options import Json, Sets, Source, With


@app.command("list")
def list_scenarios(as_json: Json = False) -> None:
    """List the catalogue: scenarios, and the actions that can be added to them."""
    from smpsim.scenario import action_names, names

    entries, actions = names(), action_names()
    if as_json:
        from smpsim.cli.jobs import print_json

        facts = [
            {"name": e.name, "folder": e.kind, "title": e.title, "runs": not e.part}
            for e in entries
        ]
        facts += [
            {"name": e.name, "folder": "actions", "title": e.title, "runs": False} for e in actions
        ]
        return print_json(facts)
    from smpsim.cli.terminal import console, table

    out = console()
    groups: dict[str, list[Any]] = {}
    for entry in sorted(entries, key=lambda one: one.part):
        group = "parts that scenarios extend; not run by themselves" if entry.part else entry.kind
        groups.setdefault(group or "general", []).append(entry)
    groups["actions that --with adds to a scenario; not run by themselves"] = actions
    for group, members in groups.items():
        table(out, group, ("name", "title"), [(entry.name, entry.title) for entry in members])
    return None


@app.command()
def show(
    scenario: Source,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print it resolved, as YAML.")] = False,
    as_json: Json = False,
    sets: Sets = None,
    added: With = None,
) -> None:
    """Show what a scenario says: question, design, environment, sources; or what an action does."""
    from smpsim.scenario import load
    from smpsim.scenario.actions import is_action

    if as_yaml and as_json:
        raise typer.BadParameter("found --yaml and --json, allowed: one of them")
    if is_action(scenario):
        if as_yaml or sets or added:
            raise typer.BadParameter("found an action, allowed: only --json beside its name")
        return _show_action(scenario, as_json)
    design = load(scenario, sets or [], actions=added or [])
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
        _print_changes(scenario, sets or [], added or [])
    return None


def _show_action(name: str, as_json: bool) -> None:
    """Print an action as a card, or as JSON."""
    from smpsim.cli.action_card import print_action
    from smpsim.cli.terminal import console
    from smpsim.scenario import load_action

    action = load_action(name)
    if as_json:
        from smpsim.cli.jobs import print_json

        return print_json(action.model_dump(mode="json", exclude_unset=True))
    print_action(console(), action)
    return None


def _print_changes(scenario: str, sets: list[str], actions: list[str]) -> None:
    """Print what each action changes in a scenario, after those before it."""
    from smpsim.cli.action_card import print_changes
    from smpsim.cli.terminal import console
    from smpsim.scenario import changes_of, load

    design = load(scenario, sets)
    for name in actions:
        print_changes(console(), name, changes_of(design, name))
        design = load(design, actions=[name])


@app.command()
def check(files: Annotated[list[str], typer.Argument(help="Files, or catalogue names.")]) -> None:
    """Check scenarios, actions and studies, and report everything that is wrong with them."""
    from smpsim.cli.terminal import console
    from smpsim.scenario import ScenarioError

    faulty = False
    for file in files:
        try:
            design = _checked(file)
        except ScenarioError as error:
            faulty = True
            for problem in error.problems:
                say(str(problem))
        else:
            console().print(f"{file}: OK ({design.name})", soft_wrap=True)
    if faulty:
        raise typer.Exit(BAD_INPUT)


def _checked(file: str) -> Any:
    """Return what a file holds, read as what it is."""
    from smpsim.scenario import load, load_action
    from smpsim.scenario.actions import is_action

    if is_action(file):
        return load_action(file)
    from smpsim.studies.calibration import find_calibration, is_calibration, load_calibration

    path = find_calibration(file)
    if is_calibration(path):
        return load_calibration(path)
    return load(file)


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
