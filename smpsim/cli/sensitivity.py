"""The command that says which assumptions matter: sensitivity."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smpsim.cli.app import app
from smpsim.cli.options import Json, Out, Phone, Seed, Sets, Source, Threads, With, Xlsx

if TYPE_CHECKING:
    from smpsim.scenario import Problem
    from smpsim.studies.sensitivity.ranges import Range
    from smpsim.studies.sensitivity.result import Sensitivity

ROWS = 12


@app.command()
def sensitivity(
    scenario: Source,
    method: Annotated[
        str, typer.Option(metavar="METHOD", help="morris (screening) or sobol (shares).")
    ] = "morris",
    samples: Annotated[
        int | None,
        typer.Option(min=2, max=2**20, help="Trajectories (20) or points (256, a power of two)."),
    ] = None,
    replications: Annotated[
        int, typer.Option("--replications", "-n", min=1, max=10**6, help="Runs of each design.")
    ] = 20,
    outcome: Annotated[
        list[str] | None,
        typer.Option("--outcome", metavar="OUTCOME", help="Outcome to analyse; repeatable."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key", metavar="PATH=LOW:HIGH", help="Range of a key, or a further key; repeatable."
        ),
    ] = None,
    only: Annotated[
        bool, typer.Option("--only", help="Vary only the keys named with --key.")
    ] = False,
    programme: Annotated[
        str | None,
        typer.Option(help="The programme whose outcomes count; totals over all when left out."),
    ] = None,
    sets: Sets = None,
    added: With = None,
    seed: Seed = None,
    level: Annotated[
        float, typer.Option(help="Confidence level of intervals, above 0 and below 1.")
    ] = 0.95,
    threads: Threads = None,
    out: Out = None,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Vary all assumptions at once, and rank them by effect."""
    from smpsim.cli.present import files_read, present, stating, watched
    from smpsim.results.provenance import whole_actions
    from smpsim.scenario import ScenarioError, load
    from smpsim.studies.sensitivity.indices import runs_of
    from smpsim.studies.sensitivity.ranges import parse_range
    from smpsim.studies.sensitivity.result import Sensitivity, pictured
    from smpsim.studies.sensitivity.sensitivity import OUTCOMES, checked_samples, prepare
    from smpsim.studies.sensitivity.sensitivity import sensitivity as vary

    problems: list[Problem] = []
    keys: dict[str, Range] = {}
    for text in key or []:
        try:
            path, ends = parse_range(text)
            keys[path] = ends
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    design = load(scenario, sets or [], actions=added or [])
    # what is in their files now, which may change while it runs
    read = whole_actions(added or ())
    parameters, _ = prepare(design, keys, only)
    outcomes = outcome or OUTCOMES
    count = checked_samples(method, samples)

    def work() -> Sensitivity:
        found = watched(
            runs_of(method, count, len(parameters), replications),
            lambda progress: vary(
                design,
                method,
                samples=count,
                replications=replications,
                outcomes=outcomes,
                keys=keys,
                only=only,
                programme=programme,
                seed=seed,
                level=level,
                threads=threads,
                progress=progress,
            ),
        )
        return stating(found, sets, read)

    present(
        work,
        _print,
        out or Path("results") / f"{Path(scenario).stem}_sensitivity",
        Sensitivity.file_names(pictures=pictured(outcomes), xlsx=xlsx),
        files_read(scenario, *(added or [])),
        as_json=as_json,
        xlsx=xlsx,
        phone=phone,
    )


def _print(screen: Any, found: Sensitivity) -> None:
    from smpsim.cli import terminal
    from smpsim.results.units import label_of, shown

    screen.print(found.title, style="bold")
    ranges = {one.key: found.named(one.key) for one in found.parameters}
    interval = f"{100 * found.level:g} % interval"
    for outcome in found.outcomes:
        unit = found.units.get(outcome, "")
        why = found.no_finding(outcome)
        if why:
            # numbers that say nothing would be read all the same; the files have them
            screen.print(f"{label_of(outcome)}: no finding, because {why}.\n", soft_wrap=True)
            continue
        rows = []
        table = found.indices(outcome)
        for _, row in table.head(ROWS).iterrows():
            cells = [ranges[row["parameter"]]]
            for name in ("mu_star",) if found.method == "morris" else ("ST", "S1"):
                kind = unit if name == "mu_star" else "share"
                cells.append(shown(row[name], kind))
                cells.append(terminal.between(row[f"{name}_ci_low"], row[f"{name}_ci_high"], kind))
            if found.method == "morris":
                cells += [shown(row["mu"], unit), shown(row["sigma"], unit)]
                # effects are differences, so those of shares are in points
                cells[1:] = [cell.replace(" %", " pt") for cell in cells[1:]]
            rows.append(cells)
        if found.method == "morris":
            heads = ["what", ">effect", f">{interval}", ">mean effect", ">varies by"]
        else:
            heads = ["what", ">with interactions", f">{interval}", ">alone", f">{interval}"]
        more = f", the first {ROWS} of {len(table)}" if len(table) > ROWS else ""
        title = f"{label_of(outcome)} ({unit}){more}" if unit else f"{label_of(outcome)}{more}"
        terminal.table(screen, title, heads, rows)
