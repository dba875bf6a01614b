"""The command that says why two designs place unlike numbers: explain."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from smpsim.cli.app import app
from smpsim.cli.options import Json, Out, Replications, Seed, Sets, Source, Threads, scenario_only

SCENARIO_FILES = ("a.yaml", "b.yaml")


@app.command()
def explain(
    a: Source,
    b: Annotated[
        str | None,
        typer.Argument(
            help="Name in the catalogue, or a YAML file; A itself when left out, with what is "
            "changed by --with, --set-b and the like.",
            show_default=False,
            callback=scenario_only,
        ),
    ] = None,
    replications: Replications = None,
    level: Annotated[
        float, typer.Option(help="Confidence level of intervals, above 0 and below 1.")
    ] = 0.95,
    seed: Seed = None,
    sets: Sets = None,
    set_a: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Change a value of A only.")
    ] = None,
    set_b: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Change a value of B only.")
    ] = None,
    added: Annotated[
        list[str] | None,
        typer.Option(
            "--with",
            metavar="ACTION",
            help="Compare A with itself plus this action, by name or file; repeatable.",
        ),
    ] = None,
    with_a: Annotated[
        list[str] | None, typer.Option(metavar="ACTION", help="Add an action to A.")
    ] = None,
    with_b: Annotated[
        list[str] | None, typer.Option(metavar="ACTION", help="Add an action to B.")
    ] = None,
    threads: Threads = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Say why one of two designs places more people: who switched, and which change mattered."""
    if b is not None and added:
        raise typer.BadParameter(
            "got --with beside two scenarios; allowed: --with-a and --with-b, which say to which"
        )
    if b is None and not any((set_a, set_b, added, with_a, with_b)):
        raise typer.BadParameter(
            "got nothing to compare with; allowed: a second scenario, or a change of the first "
            "by --with, --with-b, --set-b or their like for A"
        )
    if not 0 < level < 1:
        raise typer.BadParameter(f"--level: got {level:g}; allowed: above 0 and below 1")
    from smpsim.cli.explain_tables import print_explanation
    from smpsim.cli.present import files_read, present, scenario_file, watched
    from smpsim.studies.compare.designs import folder_of
    from smpsim.studies.explain.explain import explained, plan_of
    from smpsim.studies.explain.result import Explanation

    own = set_a or [], set_b or []
    actions = with_a or [], [*(added or []), *(with_b or [])]
    plan = plan_of(a, b, None, sets or [], own, (), actions)
    count = replications or max(design.replications for design in plan.designs)
    total = count * (2 + len(plan.switches))
    changes = [*(sets or []), *own[0]], [*(sets or []), *own[1]]
    folder = out or Path("results") / f"why_{folder_of((a, b), changes, actions)}"

    def work() -> Explanation:
        return watched(
            total,
            lambda progress: explained(
                plan, count, seed, level=level, threads=threads, progress=progress
            ),
        )

    present(
        work,
        print_explanation,
        folder,
        Explanation.file_names(extra=SCENARIO_FILES),
        files_read(a, b, *actions[0], *actions[1]),
        as_json=as_json,
        head=lambda found: "A: {}\nB: {}".format(*found.names),
        extra=lambda found: dict(
            zip(
                SCENARIO_FILES,
                map(scenario_file, (found.comparison.a, found.comparison.b)),
                strict=True,
            )
        ),
    )
