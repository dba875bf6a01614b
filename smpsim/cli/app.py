"""The command ``smpsim``.

Every command imports what it needs when it runs, so that help and lists come at once. Exit
codes: 0 done, 1 could not write, no memory or a worker lost, 2 bad input or a package that is
missing, 130 stopped by Ctrl-C, 143 stopped by SIGTERM.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

BAD_INPUT, FAILED, INTERRUPTED, TERMINATED = 2, 1, 130, 143


class Terminated(KeyboardInterrupt):
    """SIGTERM, which ends a command as Ctrl-C does: in words, with what is done kept."""


def code_of(stop: BaseException) -> int:
    """Return the exit code of a command that was stopped."""
    if isinstance(stop, Terminated):
        return TERMINATED
    return INTERRUPTED if isinstance(stop, KeyboardInterrupt) else FAILED


def terminate(number: int, frame: Any) -> NoReturn:
    """Handle SIGTERM."""
    raise Terminated


class Commands(TyperGroup):
    """Turns what can go wrong into messages without a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            say("Stopped; no half-written file is left.")
            raise typer.Exit(code_of(stop)) from None
        except BrokenPipeError:
            # who reads has seen enough, as `smpsim list | head` has; nobody is left to be told
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FAILED) from None
        except MemoryError as error:
            say(f"Not enough memory: {error}. Try fewer replications.")
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
    from smpsim.scenario.errors import RequestError, ScenarioError
    from smpsim.studies.sweeping.workers import WorkerError

    if isinstance(error, RequestError):
        say(f"--{error}")
        return BAD_INPUT
    if isinstance(error, ScenarioError):
        for problem in error.problems:
            say(str(problem))
        return BAD_INPUT
    if isinstance(error, StoreError):
        say(str(error))
        return FAILED
    if isinstance(error, WorkerError):
        say(f"Stopped: {error}.")
        return FAILED
    return None


def say(text: str) -> None:
    """Write a message to stderr."""
    from smpsim.cli import terminal

    terminal.say(text)


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


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # a name in another script must not end a run on a terminal that lacks its letters
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, terminate)
    app(prog_name="smpsim")
