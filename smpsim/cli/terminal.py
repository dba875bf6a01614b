"""What commands print: tables, messages and progress.

Results go to stdout; progress and messages go to stderr. Neither colours nor line drawing
where the output is not a terminal.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from smpsim.cli.app import Terminated, code_of
from smpsim.messages import harmless
from smpsim.results.estimates import SEEN
from smpsim.results.funnel import KEPT
from smpsim.results.gains import window_of
from smpsim.results.locks import abandon
from smpsim.results.losses import shown_lines
from smpsim.results.outcomes import outcome_of
from smpsim.results.result import LEVEL
from smpsim.results.units import from_runs, label_of, shown, unit_of, words
from smpsim.vocabulary import LOSSES

if TYPE_CHECKING:
    import pandas as pd
    from rich.progress import Progress

    from smpsim.results.result import Result

WIDTH_OF_FILES = 200  # where there is no terminal whose width counts
COMPILING = "Compiling the model for this computer: about half a minute, once only."
SECONDS_BETWEEN_UPDATES = 0.05
BAR = 24  # letters of the longest bar of a funnel
FEW = 0.5  # people below which a cause is counted with others
WIDE = 110  # columns from which a comparison shows where the runs of each side lie


class Screen(Console):
    """A console that shows text of users letter by letter: no markup, no codes for terminals."""

    def render_str(self, text: str, **options: Any) -> Text:
        """Return text to be shown: of messages, of titles and of the cells of tables."""
        return super().render_str(harmless(text), **options)


def console(stream: TextIO | None = None) -> Console:
    """Return a console for stdout, or for another stream."""
    file = stream or sys.stdout
    there = file.isatty()
    width = None if there or "COLUMNS" in os.environ else WIDTH_OF_FILES
    # text of users may hold brackets and colons, which are no markup
    return Screen(file=file, width=width, markup=False, emoji=False, highlight=False)


def say(text: str) -> None:
    """Write a message to stderr."""
    # where it can't be said, work goes on without
    with contextlib.suppress(OSError):
        console(sys.stderr).print(text, soft_wrap=True)


def _draws(out: Console) -> bool:
    """Return whether lines and blocks can be drawn: on a terminal that knows them."""
    return out.is_terminal and "utf" in out.encoding.lower()


_SIGNS = frozenset("+-0123456789")
"""What a number begins with."""


def table(out: Console, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; columns whose heading begins with ">" are numbers, on the right.

    Parameters
    ----------
    out : Console
    title : str
    columns : sequence of str
    rows : sequence of sequence of str
    """
    grid = Table(
        title=title or None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD if _draws(out) else None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
    )
    # lines between and around columns take room too, if only as spaces
    room = out.width - (len(columns) + 1) * _draws(out)
    for column, width in zip(columns, _widths(columns, rows, room), strict=True):
        right = column.startswith(">")
        # a name is broken, never cut
        side: Literal["left", "right"] = "right" if right else "left"
        grid.add_column(column.removeprefix(">"), justify=side, overflow="fold", width=width)
    for row in rows:
        grid.add_row(*row)
    out.print(grid)
    out.print()


def _widths(
    columns: Sequence[str], rows: Sequence[Sequence[str]], room: int
) -> list[int] | list[None]:
    """Return how wide columns are where a table is too wide: no word or number is broken.

    The widest gives way first. Where even single words have no room, nothing is said of widths.
    """
    cells = [
        [column.removeprefix(">"), *(str(row[n]) for row in rows)]
        for n, column in enumerate(columns)
    ]
    widths = [
        max(cell_len(line) for cell in column for line in cell.split("\n")) for column in cells
    ]
    least = [max(map(cell_len, _pieces(column))) for column in cells]
    room -= 2 * len(columns)
    if sum(widths) <= room or sum(least) > room:
        return [None] * len(columns)
    while sum(widths) > room:
        place = max(
            (n for n, width in enumerate(widths) if width > least[n]), key=lambda n: widths[n]
        )
        widths[place] -= 1
    return widths


def _pieces(cells: Sequence[str]) -> Iterator[str]:
    """Yield what is not to be broken: words, and the first number of an interval with its "to"."""
    yield ""
    for cell in cells:
        is_number = cell[:1] in _SIGNS
        yield from (cell.replace(" to ", "\u00a0to ") if is_number else cell).split(" ")


class Watch:
    """Progress of an ensemble: called with the number of runs done so far."""

    def __init__(self, bar: Progress | None, task: Any) -> None:
        self._bar, self._task, self._next = bar, task, 0.0

    def __call__(self, done: int) -> None:
        """Take note of the number of runs done."""
        # a run may take less time than drawing a bar
        now = time.monotonic()
        if self._bar is not None and now >= self._next:
            self._next = now + SECONDS_BETWEEN_UPDATES
            self._bar.update(self._task, completed=done)


@contextlib.contextmanager
def watch(total: int | None, cold: bool) -> Iterator[Watch]:
    """Show progress on stderr if it is a terminal, and let Ctrl-C and SIGTERM stop them.

    Parameters
    ----------
    total : int, optional
        Runs to be done, if that is known before.
    cold : bool
        The model is about to be compiled, which is said.
    """
    if cold:
        say(COMPILING)
    with _interruptible():
        if not sys.stderr.isatty():
            yield Watch(None, None)
            return
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("runs"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=console(sys.stderr), transient=True) as bar:
            task = bar.add_task("runs", total=total, speed="")
            watched = _Speed(bar, task)
            yield watched
            watched.finish(total)


class _Speed(Watch):
    """Shows runs a second since the first run was done, so that compiling does not count."""

    first: tuple[float, int] | None = None

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if self.first is None:
            self.first = (now, done)
        elif now >= self._next and now > self.first[0] and self._bar is not None:
            speed = (done - self.first[1]) / (now - self.first[0])
            self._bar.update(self._task, speed=f"{speed:,.0f} runs/s")
        super().__call__(done)

    def finish(self, total: int | None) -> None:
        if self._bar is not None and total is not None:
            self._bar.update(self._task, completed=total)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM stop after the present runs, and a second one at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    pressed = False

    def interrupt(number: int, frame: Any) -> None:
        nonlocal pressed
        stop = Terminated() if number == signal.SIGTERM else KeyboardInterrupt()
        if pressed:
            abandon()
            os._exit(code_of(stop))
        pressed = True
        sent = "SIGTERM" if number == signal.SIGTERM else "Ctrl-C"
        text = f"\nStopping when the current runs end; {sent} again stops at once.\n"
        os.write(2, text.encode())
        raise stop

    before = {one: signal.signal(one, interrupt) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        # an impatient second press may come while the program ends
        if not pressed:
            for one, handler in before.items():
                signal.signal(one, handler)


def between(low: float, high: float, unit: str) -> str:
    """Return a range of values, or a dash where it is not known."""
    if low != low:
        return "-"
    # without an end where nobody is placed: no money is enough for a placement
    return f"{shown(low, unit)} {'or more' if high != high else f'to {shown(high, unit)}'}"


def ranged(mean: str, spread: str) -> str:
    """Return a mean with its range, where there is one."""
    return mean if spread == "-" else f"{mean} ({spread})"


def print_result(out: Console, result: Result) -> None:
    """Print how far people come, what held placements back, who gains, and the main outcomes."""
    steps, account, gained = result.funnel(LEVEL), result.losses(LEVEL), result.gains(LEVEL)
    several = len(result.programmes) > 1
    for programme in result.programmes:
        print_funnel(out, programme, steps.loc[programme], several)
        print_losses(out, programme, account.loc[programme], several)
        print_gains(out, gained.loc[programme], result, programme)
    summary = result.summary(LEVEL)
    for programme in result.programmes:
        print_outcomes(out, programme, summary.loc[programme], result)


def print_outcomes(out: Console, programme: str, found: Any, result: Result) -> None:
    """Print the main outcomes of a programme: mean, and where 90 % of the runs lie.

    Where an outcome is not known in all runs, it is said of how many the mean is.
    """
    rows: list[Sequence[str]] = []
    for outcome in chosen_rows(found):
        one = found.loc[outcome]
        unit = unit_of(outcome, result.currency)
        middle = shown(one["mean"], unit)
        used = from_runs(one["runs_used"], one["runs"])
        rows.append((label_of(outcome), middle, spread_of(one, unit), unit, used))
    partly = any(row[-1] != "all" for row in rows)
    rows = rows if partly else [row[:-1] for row in rows]
    heads = ("outcome", ">mean", ">90 % of runs", "unit", *([">from runs"] if partly else []))
    title = f"Programme {programme}: {result.runs:,} runs of {result.months} months"
    table(out, title, heads, rows)


def print_gains(out: Console, found: Any, result: Result, programme: str) -> None:
    """Print what each party gains, and in how many runs it loses."""
    unit = result.currency
    rows = [
        (
            words(str(party)),
            shown(one["mean"], unit),
            between(one["run_low"], one["run_high"], unit),
            shown(one["per_enrolled"], unit),
            shown(one["runs_losing"], "share"),
        )
        for party, one in found.iterrows()
        if one["mean"] or one["run_low"] or one["run_high"]
    ]
    if rows:
        months = window_of(result.outcome_table.columns)
        which = f", programme {programme}" if len(result.programmes) > 1 else ""
        title = f"Who gains until {months} months after training ({unit}){which}"
        heads = ("party", ">mean", ">90 % of runs", ">per person enrolled", ">runs with a loss")
        table(out, title, heads, rows)


def print_funnel(out: Console, programme: str, found: Any, several: bool) -> None:
    """Print how many people reach each step, with a bar for each."""
    full = "\u2588" if _draws(out) else "#"
    largest = max(float(found["people"].max()), 1.0)
    rows = [
        (
            one["label"],
            shown(one["people"], "people"),
            between(one["run_low"], one["run_high"], "people"),
            full * round(BAR * one["people"] / largest),
        )
        for _, one in found.iterrows()
    ]
    title = f"From seats to work{f', programme {programme}' if several else ''} (people)"
    table(out, title, ("step", ">mean", ">90 % of runs", ""), rows)
    least = f"{100 * SEEN:.0f} %"
    left = [label for step, label in KEPT.items() if step not in found.index]
    if left:
        out.print(
            f"Left out: {' and '.join(left)}. In fewer than {least} of the runs anybody can be "
            "followed for so long; more months in the scenario would show it.\n"
        )
    if found["run_low"].isna().any():
        out.print(
            f"A dash: in fewer than {least} of the runs anybody can be followed for so long; the "
            "mean assumes that everybody else stays as often.\n"
        )


def print_losses(out: Console, programme: str, found: Any, several: bool) -> None:
    """Print what became of the planned seats: placed, under way, and lost to each cause."""
    rows = []
    lines = shown_lines(found)
    few = [line for line in lines if line in LOSSES and found.loc[line, "people"] < FEW]
    few = few if len(few) > 1 else []
    for line in lines:
        if line in few:
            continue
        one = found.loc[line]
        share = shown(one["share"], "share of planned")
        spread = between(one["run_low"], one["run_high"], "people")
        rows.append((one["label"], shown(one["people"], "people"), spread, share, one["limit"]))
    if few:
        people, share = found.loc[few, "people"].sum(), found.loc[few, "share"].sum()
        label = f"lost: {len(few)} other causes"
        cells = shown(people, "people"), "", shown(share, "share of planned"), ""
        rows.append((label, *cells))
    title = f"What held placements back{f', programme {programme}' if several else ''}"
    table(out, title, ("line", ">people", ">90 % of runs", ">of planned", "limit"), rows)


def spread_of(one: Any, unit: str) -> str:
    """Return where most of the runs lie; a dash if it is unknown of too many where they lie."""
    enough = one["runs_used"] >= LEVEL * one["runs"] or one["run_high"] != one["run_high"]
    return between(one["run_low"], one["run_high"], unit) if enough else "-"


def chosen_rows(found: pd.DataFrame) -> list[str]:
    """Return the outcomes that a table shows, without those that are nowhere defined."""
    used = [name for name in found.columns if str(name).startswith("runs_used")]
    order = [name for name in found.index if outcome_of(str(name)).shown != "no"]
    return [
        name
        for name in order
        if found.loc[name, used].max() > 0
        and not (outcome_of(str(name)).if_any and _zero(found.loc[name]))
    ]


def _zero(row: pd.Series) -> bool:
    return not any(row.get(name) for name in ("mean", "mean_a", "mean_b"))
