"""The command that serves the cockpit: app."""

from __future__ import annotations

from typing import Annotated

import typer

from smpsim.cli.app import app
from smpsim.cli.options import scenario_only


@app.command("app")
def serve_app(
    scenario: Annotated[
        str | None,
        typer.Argument(help="Name in the catalogue, or a YAML file.", callback=scenario_only),
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on this computer; 0: any free one.")
    ] = 8765,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")
    ] = True,
) -> None:
    """Show a programme in the browser, with sliders.

    It is served to this computer alone, until Ctrl-C.
    """
    from smpsim.app.server import serve
    from smpsim.app.state import FIRST, State, choices, open_file
    from smpsim.cli.terminal import say
    from smpsim.extras import need
    from smpsim.scenario import load

    need("app", "smpsim app")
    name = FIRST if scenario is None else scenario
    # what is wrong is said before anything is opened
    load(name)
    if name not in choices():
        name = open_file(name)
    serve(
        State(name).link(),
        port,
        open_browser=browser,
        ready=lambda address: say(f"The cockpit is running at {address} (Ctrl-C stops it)"),
    )
