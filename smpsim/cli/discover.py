"""The command that says where a programme fails: discover."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smpsim.cli.app import app
from smpsim.cli.options import Json, Phone, Replications, Threads, Xlsx

if TYPE_CHECKING:
    from smpsim.studies.discover.result import Discovery


@app.command()
def discover(
    source: Annotated[
        str,
        typer.Argument(
            metavar="STUDY", help="Study: a name or a YAML file; or the folder of a sweep."
        ),
    ],
    fails: Annotated[
        list[str] | None,
        typer.Option(
            "--fails",
            metavar="CONDITION",
            help="When a run counts as failed, such as 'placement_rate < 0.3'; repeatable; as the "
            "study states when left out.",
        ),
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="METHOD", help="prim (peels) or cart (grows a tree).")
    ] = "prim",
    scenario: Annotated[
        str | None, typer.Option(help="Only this scenario of the sweep; all when left out.")
    ] = None,
    programme: Annotated[
        str | None, typer.Option(help="The programme whose outcomes count, if there are several.")
    ] = None,
    threshold: Annotated[
        float | None, typer.Option(help="Share of runs that must fail within a box.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the files; that of the sweep when left out.")
    ] = None,
    replications: Replications = None,
    threads: Threads = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete the runs of another sweep.")
    ] = False,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Find where a programme fails.

    Limits on what was varied, within which most runs fail.
    """
    from smpsim.cli import terminal
    from smpsim.cli.present import files_read, present
    from smpsim.cli.sweep import run_into
    from smpsim.errors import RequestError
    from smpsim.results.outcomes import known_outcomes
    from smpsim.studies.discover.cases import checked_request
    from smpsim.studies.discover.discover import checked_conditions, checked_search
    from smpsim.studies.discover.discover import discover as find
    from smpsim.studies.discover.result import SENTENCES_FILE, Discovery
    from smpsim.studies.sweep.folder import read_sweep
    from smpsim.studies.sweep.prepare import prepare
    from smpsim.studies.sweep.result import Sweep

    checked_search(method, threshold)
    if fails is not None:
        checked_conditions(fails)
    swept: Callable[[], Sweep]
    if os.path.isdir(source):
        if replications is not None or fresh:
            option = "fresh" if replications is None else "replications"
            raise RequestError(
                f"{option}: given with a folder, whose runs are only read; allowed: with a study"
            )
        there = read_sweep(source)
        swept, where, read = (lambda: there), Path(source), files_read()
    else:
        ready = prepare(source, replications)
        kept = ready.work.outcomes or known_outcomes()
        conditions = checked_conditions(ready.study.fails if fails is None else fails)
        checked_request(ready.scenarios, kept, conditions, scenario, programme)
        where, read = Path("results") / Path(source).stem, files_read(source)
        swept = partial(run_into, where, ready, fresh, as_json, threads=threads)
    folder = out or where

    def work() -> Discovery:
        sweep = swept()
        if not as_json:
            terminal.say("Looking for boxes, in all designs and in halves of them: a few seconds.")
        return find(
            sweep, fails, method, scenario=scenario, programme=programme, threshold=threshold
        )

    present(
        work,
        _print,
        folder,
        Discovery.file_names(extra=[SENTENCES_FILE], xlsx=xlsx),
        read,
        as_json=as_json,
        facts=lambda found: {"folder": str(folder)},
        xlsx=xlsx,
        phone=phone,
    )


def _print(screen: Any, found: Discovery) -> None:
    from smpsim.cli import terminal
    from smpsim.results.units import shown
    from smpsim.studies.discover.report import limit_in_words

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
