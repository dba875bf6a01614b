"""The command that says where a programme fails: discover."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smpsim.cli.app import app
from smpsim.cli.options import Json, Replications, Threads

if TYPE_CHECKING:
    from smpsim.studies.discovery.discovery import Discovery

READ = ("discovery_boxes", "discovery_judgement", "discovery_peeling")
MORE = ("discovery_cases",)
PICTURES = ("boxes", "scatter", "tradeoff")


@app.command()
def discover(
    source: Annotated[
        str, typer.Argument(metavar="STUDY", help="Study: a name, or a file; or a sweep's folder.")
    ],
    fails: Annotated[
        list[str] | None,
        typer.Option(
            "--fails",
            metavar="CONDITION",
            help="When a run has failed: 'placement_rate < 0.3'; repeatable. "
            "Those of the study when left out.",
        ),
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="METHOD", help="prim (peels) or cart (grows a tree).")
    ] = "prim",
    scenario: Annotated[
        str | None, typer.Option(help="Only this scenario of the sweep; all if left out.")
    ] = None,
    programme: Annotated[
        str | None, typer.Option(help="Whose outcomes, if there are several programmes.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Share of failing runs that a box must reach.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files; that of the sweep when left out.")
    ] = None,
    replications: Replications = None,
    threads: Threads = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove runs of another sweep.")] = False,
    as_json: Json = False,
) -> None:
    """Find where a programme fails: limits on what was varied, within which most runs fail."""
    from smpsim.cli import terminal
    from smpsim.cli.jobs import files_read, print_finding, report
    from smpsim.cli.sweeping import run_into
    from smpsim.errors import RequestError
    from smpsim.results.both import names_of_both
    from smpsim.results.files import claimed
    from smpsim.results.outcomes import known_outcomes
    from smpsim.studies.discovery.cases import checked_request
    from smpsim.studies.discovery.discovery import checked_conditions, checked_search
    from smpsim.studies.discovery.discovery import discover as find
    from smpsim.studies.discovery.result import RECORD
    from smpsim.studies.sweeping.sweep import prepare, read_sweep

    extra = ("discovery.txt", *(_file(kind) for kind in PICTURES))
    names = names_of_both(READ, MORE, extra, RECORD)
    try:
        checked_search(method, threshold)
        if fails is not None:
            checked_conditions(fails)
        # before minutes of runs, not after them, folders are claimed
        with contextlib.ExitStack() as stack:
            if os.path.isdir(source):
                if replications is not None or fresh:
                    option = "fresh" if replications is None else "replications"
                    raise RequestError(
                        f"{option}: found beside a folder, which is only read, allowed: beside a "
                        "study"
                    )
                sweep = read_sweep(source)
                folder = out or Path(source)
                stack.enter_context(claimed(folder, names))
            else:
                ready = prepare(source, replications)
                kept = ready.work.outcomes or known_outcomes()
                conditions = checked_conditions(ready.study.fails if fails is None else fails)
                checked_request(ready.scenarios, kept, conditions, scenario, programme)
                where = Path("results") / Path(source).stem
                folder = out or where
                stack.enter_context(claimed(folder, names, files_read(source)))
                sweep = run_into(where, ready, fresh, as_json, workers=threads)
            if not as_json:
                terminal.say("Looking for boxes, also in halves of the designs: some seconds.")
            found = find(
                sweep, fails, method, scenario=scenario, programme=programme, threshold=threshold
            )
            files = found.write(folder, _pictures(found))
    except RequestError as error:
        message = str(error)
        named = "" if message.startswith("source") else "--"
        raise typer.BadParameter(f"{named}{message}") from None
    sentences = found.words()

    def show(screen: Any) -> None:
        _print(screen, found)
        print_finding(screen, sentences)

    def facts() -> dict[str, Any]:
        return {
            **found.facts,
            "base_rate": found.base,
            "boxes": _plain(found.boxes()),
            "judgement": _plain(found.judgement()),
            "finding": sentences,
            "folder": str(folder),
        }

    report(files, folder, show, facts if as_json else None)


def _plain(table: Any) -> list[dict[str, Any]]:
    from smpsim.cli.terminal import plain_rows

    return plain_rows(table.set_index(table.columns[0]))


def _pictures(found: Discovery) -> dict[str, bytes]:
    from smpsim.plots.style import png

    several = len(found.cases.keys) > 1
    kinds = [kind for kind in PICTURES if several or kind != "scatter"]
    return {_file(kind): png(getattr(found.plot, kind)()) for kind in kinds}


def _file(picture: str) -> str:
    return f"discovery_{picture}.png"


def _print(screen: Any, found: Discovery) -> None:
    from smpsim.cli import terminal
    from smpsim.results.units import shown
    from smpsim.studies.discovery.words import limit_in_words

    screen.print(found.title, style="bold")
    rows = []
    for number, one in enumerate(found.found, 1):
        for place, limit in enumerate(one.limits):
            again = min(one.reappears[limit.key.name, end] for end in limit.ends)
            figures = [
                shown(one.density, "share"),
                shown(one.held_out_density, "share"),
                shown(one.coverage, "share"),
                shown(one.mass, "share"),
                "yes" if one.confirmed else "no",
            ]
            # figures of a box once, beside its first limit
            rows.append(
                [
                    str(number) if place == 0 else "",
                    limit_in_words(limit),
                    shown(again, "share"),
                    *(figures if place == 0 else [""] * len(figures)),
                ]
            )
    if rows:
        columns = (
            "box",
            "limit",
            ">reappears",
            ">runs that fail",
            ">held out",
            ">of all failures",
            ">of designs",
            "holds",
        )
        terminal.table(
            screen, f"Boxes ({shown(found.base, 'share')} of all runs fail)", columns, rows
        )
