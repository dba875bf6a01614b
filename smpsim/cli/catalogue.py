"""Commands that look at files without running them: list, show, check, schema, version."""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from smpsim.cli.app import BAD_INPUT, app, say
from smpsim.cli.options import Json, Sets, With


@app.command("list")
def list_scenarios(as_json: Json = False) -> None:
    """List the catalogue: scenarios, actions and studies."""
    if as_json:
        from smpsim.cli.present import print_json
        from smpsim.studies.catalogue import entries

        return print_json(entries())
    from smpsim.scenario import action_names, names
    from smpsim.studies.kinds import study_names

    scenarios, actions, studies = names(), action_names(), study_names()
    from smpsim.cli.terminal import console, table

    out = console()
    groups: dict[str, list[Any]] = {}
    for entry in sorted(scenarios, key=lambda one: one.part):
        group = "parts that scenarios extend; not run by themselves" if entry.part else entry.kind
        groups.setdefault(group or "general", []).append(entry)
    groups["actions that --with adds to a scenario; not run by themselves"] = actions
    for group, members in groups.items():
        table(out, group, ("name", "title"), [(entry.name, entry.title) for entry in members])
    asked = [(one.name, one.kind.name, one.question or one.title) for one in studies]
    table(out, "studies; each kind has its own command", ("name", "kind", "question"), asked)
    return None


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="Name in the catalogue, or a YAML file.")],
    as_yaml: Annotated[
        bool,
        typer.Option(
            "--yaml", help="Print the complete scenario, with all that it extends, as YAML."
        ),
    ] = False,
    as_json: Json = False,
    sets: Sets = None,
    added: With = None,
) -> None:
    """Show the content of a scenario, an action or a study."""
    from smpsim.scenario import load
    from smpsim.studies.kinds import ACTION, SCENARIO, kind_of

    if as_yaml and as_json:
        raise typer.BadParameter("got --yaml and --json; allowed: one of them")
    kind = kind_of(name)
    if kind.name != SCENARIO:
        if as_yaml or sets or added:
            raise typer.BadParameter(f"got {kind.words}; allowed: only --json beside its name")
        return (_show_action if kind.name == ACTION else _show_study)(name, as_json)
    design = load(name, sets or [], actions=added or [])
    if as_yaml:
        from smpsim.cli.present import as_file

        encoding = (sys.stdout.encoding or "ascii").lower()
        typer.echo(as_file(design, unicode="utf" in encoding), nl=False)
    elif as_json:
        from smpsim.cli.present import print_json

        print_json(design.model_dump(mode="json"))
    else:
        from smpsim.cli.scenario_card import print_card
        from smpsim.cli.terminal import console

        print_card(console(), design, _file(name))
        _print_changes(name, sets or [], added or [])
    return None


def _show_action(name: str, as_json: bool) -> None:
    """Print an action as a card, or as JSON."""
    from smpsim.cli.action_card import print_action
    from smpsim.cli.terminal import console
    from smpsim.scenario import load_action

    if as_json:
        from smpsim.cli.present import print_json
        from smpsim.studies.catalogue import show as show_plain

        return print_json(show_plain(name))
    print_action(console(), load_action(name))
    return None


def _show_study(name: str, as_json: bool) -> None:
    """Print a study as a card, or as JSON."""
    if as_json:
        from smpsim.cli.present import print_json
        from smpsim.studies.catalogue import show as show_plain

        return print_json(show_plain(name))
    from smpsim.cli.study_card import print_study
    from smpsim.cli.terminal import console

    print_study(console(), name)
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
    """Check files, and report everything that is wrong in them."""
    from smpsim.cli.terminal import console
    from smpsim.scenario import ScenarioError
    from smpsim.studies.kinds import SCENARIO, kind_of

    faulty = False
    for file in files:
        kind = kind_of(file)
        try:
            found = kind.load(file)
        except ScenarioError as error:
            faulty = True
            for problem in error.problems:
                say(str(problem))
        else:
            name = getattr(found, "name", kind.words)
            console().print(f"{file}: OK ({name})", soft_wrap=True)
            if kind.name == SCENARIO:
                _print_ranges(file)
            _print_cautions(found)
    if faulty:
        raise typer.Exit(BAD_INPUT)


def _print_ranges(file: str) -> None:
    """Print how many figures of a scenario have a likely range, and which guesses do not."""
    from smpsim.cli.scenario_card import ranges_note
    from smpsim.cli.terminal import console
    from smpsim.scenario.marks import marks

    note = ranges_note(marks(file))
    if note:
        console().print(f"  {note}", markup=False, soft_wrap=True)


def _print_cautions(found: object) -> None:
    """Print what will surely disappoint in a scenario; of other files nothing is known."""
    from smpsim.cli.terminal import console
    from smpsim.scenario import Scenario
    from smpsim.scenario.cautions import cautions

    if isinstance(found, Scenario):
        for one in cautions(found):
            console().print(f"  warning: {one}", markup=False, soft_wrap=True)


@app.command()
def schema(
    kind: Annotated[
        str,
        typer.Option(metavar="KIND", help="scenario, action, sweep, calibration, search, reports."),
    ] = "scenario",
    out: Annotated[Path | None, typer.Option(help="File to write instead of stdout.")] = None,
) -> None:
    """Print the JSON Schema of a kind of file, for editors."""
    from smpsim.cli.present import print_json
    from smpsim.studies.catalogue import schema as schema_of

    found = schema_of(kind)
    if out is None:
        return print_json(found)
    from smpsim.results.files import write_bytes

    write_bytes(out, (json.dumps(found, indent=2) + "\n").encode())
    say(f"Wrote {out}")
    return None


@app.command()
def version() -> None:
    """Print the versions of smpsim and of its main packages."""
    from smpsim import __version__
    from smpsim.results.provenance import versions

    for name, number in {**versions(), "smpsim": __version__}.items():
        typer.echo(f"{name} {number}")


def _file(scenario: str) -> Path | None:
    """Return the file of a scenario."""
    from smpsim.scenario import ScenarioError, find
    from smpsim.scenario.disk_paths import is_file

    with contextlib.suppress(ScenarioError):
        return find(scenario)
    return Path(scenario) if is_file(scenario) else None
