"""The command that looks for good programme designs: search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smpsim.cli.app import app, code_of
from smpsim.cli.options import Json, Out, Replications, Threads

if TYPE_CHECKING:
    from smpsim.studies.search.result import SearchResult

PICTURES = ("front", "parallel", "convergence", "robustness")
READ, MORE = ("pareto", "robustness", "history", "designs"), ("by_world", "worlds")
MOST_ROWS = 20


@app.command()
def search(
    study: Annotated[str, typer.Argument(help="Search study: a name, or a YAML file.")],
    generations: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="Generations; more go on from a folder.")
    ] = None,
    population: Annotated[
        int | None, typer.Option(min=4, max=10_000, help="Designs of a generation.")
    ] = None,
    replications: Replications = None,
    threads: Threads = None,
    out: Out = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove runs of another search.")] = False,
    as_json: Json = False,
) -> None:
    """Look for designs that are good in several ways, and say how robust they are."""
    from smpsim.cli import terminal
    from smpsim.cli.jobs import files_read, print_finding, report
    from smpsim.compiled import is_warm
    from smpsim.errors import RequestError
    from smpsim.plots.style import png
    from smpsim.results.both import names_of_both
    from smpsim.results.files import claimed
    from smpsim.studies.search.prepared import prepare_search
    from smpsim.studies.search.search import opened_search, planned_runs
    from smpsim.studies.search.search import search as run_search

    ready = prepare_search(
        study, generations=generations, population=population, replications=replications
    )
    folder = out or Path("results") / Path(study).stem
    names = names_of_both(READ, MORE, (f"{name}.png" for name in PICTURES))
    with claimed(folder, names, files_read(study)):
        first, _ = opened_search(ready, folder, fresh)
        kept = ready.study.generations - len(first.missing(ready.study.generations))
        if kept and not as_json:
            terminal.say(
                f"{kept:,} of {ready.study.generations:,} generations are in {folder} already."
            )
        try:
            with terminal.watch(planned_runs(ready, folder), cold=not is_warm()) as watched:
                found = run_search(ready, folder, workers=threads, progress=watched)
        except KeyboardInterrupt as stop:
            left = len(first.missing(ready.study.generations))
            terminal.say(
                f"Stopped with {ready.study.generations - left:,} of {ready.study.generations:,} "
                f"generations in {folder}; the same command goes on from there."
            )
            raise typer.Exit(code_of(stop)) from None
        except RequestError as error:
            raise typer.BadParameter(str(error)) from None
        files = found.write(
            folder, {f"{name}.png": png(getattr(found.plot, name)()) for name in PICTURES}
        )
    sentences = found.words()

    def show(screen: Any) -> None:
        _print(screen, found)
        print_finding(screen, sentences)

    def facts() -> dict[str, Any]:
        return {
            **found.facts,
            "designs": len(found.archive),
            "best_compromise": found.best,
            "robust": found.robust(),
            "pareto": terminal.plain_rows(found.pareto()),
            "robustness": terminal.plain_rows(found.robustness()),
            "history": terminal.plain_rows(found.history().set_index("generation")),
            "finding": sentences,
        }

    wrote = "Wrote {} files to {}, beside the runs"
    report(files, folder, show, facts if as_json else None, wrote)


def _print(screen: Any, found: SearchResult) -> None:
    """Print the front as it is afresh: what is decided, what comes of it, how robust it is."""
    from smpsim.cli import terminal
    from smpsim.results.units import label_of, shown

    screen.print(found.ready.study.name, style="bold")
    table, robust = found.pareto(), found.robustness()
    order = ["today", *(name for name in table.index if name != "today")][: MOST_ROWS + 1]
    rows = []
    for name in order:
        cells = [_cell(table.loc[name, key]) for key in found.levers]
        rows.append([name, *cells])
    heads = ["", *(key.rpartition(".")[2].replace("_", " ") for key in found.levers)]
    terminal.table(screen, "What is decided", heads, rows)
    rows = []
    for name in order:
        row = table.loc[name]
        cells = [name]
        for outcome in found.objectives:
            unit = found.unit(outcome)
            ends = terminal.between(row[f"{outcome}_low"], row[f"{outcome}_high"], unit)
            cells += [shown(row[outcome], unit), ends]
        share = f"{100 * row['nondominated_share']:.0f} %"
        cells += [
            "yes" if row["nondominated"] else "no" if row["feasible"] else "misses a constraint",
            share,
            f"{100 * robust.loc[name, 'satisficed']:.0f} %",
        ]
        rows.append(cells)
    heads = [""]
    for outcome in found.objectives:
        heads += [f">{label_of(outcome)}", f">{100 * found.level:g} % interval"]
    heads += ["on the front", ">of resamples", ">good enough"]
    more = len(table) - len(order)
    title = f"What comes of it in {found.measured.worlds:,} fresh worlds"
    terminal.table(screen, f"{title}, the first {MOST_ROWS}" if more > 0 else title, heads, rows)


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
