"""The command ``smpsim``.

Every command imports what it needs when it runs, so that help and lists come at once. Exit
codes: 0 done, 1 could not write, no memory or a worker lost, 2 bad input or a package that is
missing, 130 stopped by Ctrl-C, 143 stopped by SIGTERM.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import signal
import sys
import warnings
from collections.abc import Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from smpsim.errors import RequestError

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
            with _warnings_in_words():
                return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            # without our own modules, which may be half imported
            typer.echo("Stopped. No incomplete file was left behind.", err=True)
            raise typer.Exit(code_of(stop)) from None
        except MemoryError as error:
            say(f"Not enough memory: {error}. Try fewer replications.")
            raise typer.Exit(FAILED) from None
        except Exception as error:
            # typer's own, such as the end of help or a wrong option, explain themselves
            code = None if hasattr(error, "exit_code") else _explained(error, self._typed(ctx))
            if code is None:
                raise
            raise typer.Exit(code) from None

    def _typed(self, ctx: Any) -> set[str]:
        """Return the options of the command that was typed."""
        command = self.commands.get(ctx.invoked_subcommand)
        return {text for one in command.params for text in one.opts} if command else set()


@contextlib.contextmanager
def _warnings_in_words() -> Iterator[None]:
    """Say warnings for users without the line of code that they come from."""
    usual = warnings.showwarning

    def shown(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
        if category is UserWarning:
            say(f"warning: {message}")
        else:
            usual(message, category, *where, **more)

    warnings.showwarning = shown
    try:
        yield
    finally:
        warnings.showwarning = usual


def _explained(error: Exception, options: Container[str] = ()) -> int | None:
    """Say what is wrong, and return the exit code; None for faults of the program."""
    from smpsim.errors import Error, RequestError
    from smpsim.results.store_error import StoreError
    from smpsim.scenario.problems import ScenarioError
    from smpsim.studies.sweep.workers import WorkerError

    if isinstance(error, RequestError):
        say(in_flags(error, options))
        return BAD_INPUT
    if isinstance(error, ScenarioError):
        for problem in error.problems:
            say(_with_flags(str(problem)))
        return BAD_INPUT
    if isinstance(error, StoreError):
        say(str(error))
        return FAILED
    if isinstance(error, WorkerError):
        say(f"Stopped: {error}.")
        return FAILED
    if isinstance(error, Error):
        say(_with_flags(str(error)))
        return BAD_INPUT
    if isinstance(error, OSError):
        refused = _refused_print() or (error if isinstance(error, BrokenPipeError) else None)
        if refused is not None:
            _say_unprinted(refused)
            return FAILED
    return None


# the library speaks of arguments of its functions, the command line of its own
FLAGS = {
    "actions": "--with",
    "file": "FILE",
    "folder": "--out",
    "keys": "--key",
    "outcomes": "--outcome",
    "overrides": "--set",
    "a": "A",
    "b": "B",
    "scenario": "SCENARIO",
    "source": "SOURCE",
    "study": "STUDY",
}


def in_flags(error: RequestError, options: Container[str] = ()) -> str:
    """Return what is wrong with an argument, by the name that the command line gives it.

    Parameters
    ----------
    error : RequestError
    options : container of str
        Those of the command, as some have an option where others have an argument.
    """
    name = error.argument
    rest = _with_flags(str(error).removeprefix(f"{name}: ") if name else str(error))
    if not name:
        return rest
    flag = f"--{name.replace('_', '-')}"
    usual = FLAGS.get(name, flag)
    called = [one for one in (flag, usual, flag.removesuffix("s")) if one in options]
    return f"{called[0] if called else usual}: {rest}"


def _with_flags(text: str) -> str:
    """Return a message in which arguments that it proposes are options."""
    text = re.sub(r"\b(\w+)=True\b", r"--\1", text.replace("(actions=[...])", "(--with)"))
    return re.sub(r"^keys: ", "--key: ", text)


class Stdout(io.TextIOWrapper):
    """Stdout that remembers why it took no more: an error alone does not say which file it is of.

    Attributes
    ----------
    refused : OSError or None
    """

    refused: OSError | None = None

    def write(self, text: str) -> int:
        """Write text."""
        with self._noting():
            return super().write(text)

    def flush(self) -> None:
        """Write what is left in the buffer."""
        with self._noting():
            super().flush()

    @contextlib.contextmanager
    def _noting(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.refused = error
            raise


def _refused_print() -> OSError | None:
    """Return why stdout takes no more, or None if it takes all that was printed."""
    with contextlib.suppress(OSError):
        sys.stdout.flush()
    return getattr(sys.stdout, "refused", None)


def _say_unprinted(error: OSError) -> None:
    """Say that something could not be printed, and let go of it."""
    from smpsim.results.store_error import StoreError

    with contextlib.suppress(OSError, ValueError):
        # else the interpreter would try again as it ends, and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(sys.stdout, Stdout):
        sys.stdout.refused = None
    # who reads no more has seen enough, as `smpsim list | head` has
    if not isinstance(error, BrokenPipeError):
        say(str(StoreError.of("print to", Path("stdout"), error)))


def say(text: str) -> None:
    """Write a message to stderr."""
    from smpsim.cli import terminal

    terminal.say(text)


def _is_terminal(stream: Any) -> bool:
    # one that was closed before the program began is None
    return stream is not None and bool(stream.isatty())


app = typer.Typer(
    cls=Commands,
    help="Simulate Skills Mobility Partnerships: training, placement, migration, cost and trust.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    # panels and colours are for terminals
    rich_markup_mode="rich" if _is_terminal(sys.stdout) and _is_terminal(sys.stderr) else None,
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
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # a name in another script must not end a run on a terminal that lacks its letters
        with contextlib.suppress(AttributeError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    signal.signal(signal.SIGTERM, terminate)
    _watch_stdout()
    code: Any = 0
    try:
        app(prog_name="smpsim")
    except SystemExit as ended:
        code = ended.code
    except OSError as error:
        # of help and the like, which are printed before a command begins
        code = _explained(error)
        if code is None:
            raise
    refused = _refused_print()
    if refused is not None:
        _say_unprinted(refused)
        code = code or FAILED
    sys.exit(code)


def _watch_stdout() -> None:
    """Let stdout remember why it took no more, unless something else stands in its place."""
    was = sys.stdout
    if was is sys.__stdout__ and isinstance(was, io.TextIOWrapper):
        encoding, errors, lines = was.encoding, was.errors, was.line_buffering
        through = was.write_through
        sys.stdout = Stdout(
            was.detach(), encoding, errors, line_buffering=lines, write_through=through
        )
        sys.__stdout__ = sys.stdout  # type: ignore[misc]


def _open_closed_streams() -> None:
    """Put something in the place of streams that were closed before the program began.

    A file of results would else take their numbers, and get what is meant for them.
    """
    # stdout is opened for reading, so that printing fails and is noticed
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)
    if sys.stdout is None:
        there = os.open(os.devnull, os.O_RDONLY)
        sys.stdout = sys.__stdout__ = open(there, "w", encoding="utf-8")  # type: ignore[misc]  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
