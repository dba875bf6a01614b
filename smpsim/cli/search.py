"""The command that looks for good programme designs: search."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smpsim.cli.app import app
from smpsim.cli.options import Json, Out, Parameters, Phone, Replications, Seed, Threads, Xlsx

if TYPE_CHECKING:
    from smpsim.studies.search.result import SearchResult

MOST_ROWS = 20


@app.command()
def search(
    study: Annotated[str, typer.Argument(help="Search study: a name, or a YAML file.")],
    generations: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=10_000,
            help="Number of generations; a larger number continues the runs of the folder.",
        ),
    ] = None,
    population: Annotated[
        int | None, typer.Option(min=4, max=10_000, help="Designs in each generation.")
    ] = None,
    replications: Replications = None,
    seed: Seed = None,
    parameters: Parameters = None,
    threads: Threads = None,
    out: Out = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete the runs of another search.")
    ] = False,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Search for designs that are good in several ways.

    The best are run again in other worlds, to say how robust they are.
    """
    from smpsim.cli.present import files_read, kept, present, say_what_is_there, watched
    from smpsim.studies.search.prepared import prepare_search
    from smpsim.studies.search.result import SearchResult
    from smpsim.studies.search.search import opened_search, planned_runs
    from smpsim.studies.search.search import search as run_search

    ready = prepare_search(
        study,
        parameters=parameters,
        generations=generations,
        population=population,
        replications=replications,
        seed=seed,
    )
    folder = out or Path("results") / Path(study).stem
    count = ready.study.generations

    def work() -> SearchResult:
        first, _ = opened_search(ready, folder, fresh)

        def there() -> int:
            return count - len(first.missing(count))

        say_what_is_there(there(), count, "generations", folder, as_json)
        return watched(
            planned_runs(ready, folder),
            lambda progress: run_search(ready, folder, threads=threads, progress=progress),
            lambda: kept(there(), count, "generations", folder),
        )

    present(
        work,
        _print,
        folder,
        SearchResult.file_names(xlsx=xlsx),
        files_read(study),
        as_json=as_json,
        wrote="Wrote {} files to {}, beside the runs",
        xlsx=xlsx,
        phone=phone,
    )


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
            ends = terminal.between(row[f"{outcome}_ci_low"], row[f"{outcome}_ci_high"], unit)
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
    title = f"Results in {found.measured.worlds:,} fresh worlds"
    terminal.table(screen, f"{title}, the first {MOST_ROWS}" if more > 0 else title, heads, rows)


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
