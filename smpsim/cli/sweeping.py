"""The command that runs many designs: sweep."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smpsim.cli.app import app, code_of
from smpsim.cli.options import Json, Replications

if TYPE_CHECKING:
    from smpsim.studies.sweeping.sweep import Prepared
    from smpsim.studies.sweeping.swept import Sweep

MOST_PICTURED = 6


@app.command()
def sweep(
    study: Annotated[str, typer.Argument(help="Study: a name, or a YAML file.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the runs; below results/ when left out.")
    ] = None,
    replications: Replications = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=4096, help="Threads or processes; all cores if left out."),
    ] = None,
    executor: Annotated[
        str, typer.Option(metavar="KIND", help="threads, processes or dask.")
    ] = "threads",
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="For dask: tcp://HOST:PORT or local:2.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Remove runs of another sweep.")] = False,
    as_json: Json = False,
) -> None:
    """Run a study: many designs under the same luck, kept so that it can be stopped and resumed."""
    from smpsim.studies.sweeping.executors import check_executor
    from smpsim.studies.sweeping.sweep import prepare

    ready = prepare(study, replications)
    # before a folder is begun for what can't be run
    check_executor(executor, cluster, ready.work)
    folder = out or Path("results") / Path(study).stem
    found = run_into(
        folder, ready, fresh, as_json, workers=workers, executor=executor, cluster=cluster
    )
    files = _write(found, folder)
    from smpsim.cli import terminal

    if as_json:
        from smpsim.cli.jobs import print_json

        facts = {
            "study": ready.study.name,
            "designs": len(found.designs),
            "replications": ready.study.replications,
            "seed": ready.study.seed,
            "runs": ready.work.runs,
            "summary": terminal.plain_rows(found.summary().set_index("design")),
            "folder": str(folder),
            "files": [str(file) for file in files],
        }
        print_json(facts)
        return
    _print(found)
    terminal.say(f"Wrote the runs and {len(files)} more files to {folder}")


def run_into(folder: Path, ready: Prepared, fresh: bool, quiet: bool, **how: Any) -> Sweep:
    """Run what a folder lacks of a study, with progress.

    Parameters
    ----------
    folder : Path
    ready : Prepared
    fresh : bool
        Remove runs of another sweep.
    quiet : bool
        Do not say what is there already.
    **how
        Workers, executor and cluster, as in `smpsim.sweep`.

    Raises
    ------
    typer.Exit
        If it was stopped, by Ctrl-C, SIGTERM or the loss of a worker; what is done is kept, which
        is said.
    """
    from smpsim.cli import terminal
    from smpsim.compiled import is_warm
    from smpsim.results.dataset import Dataset
    from smpsim.studies.sweeping.sweep import opened
    from smpsim.studies.sweeping.sweep import sweep as run_sweep
    from smpsim.studies.sweeping.workers import WorkerError

    store = Dataset(folder)
    missing = opened(store, ready.work, fresh)
    chunks = ready.work.chunks
    todo = sum(chunks[number].runs for number in missing)
    if len(missing) < len(chunks) and not quiet:
        there = ready.work.runs - todo
        terminal.say(f"{there:,} of {ready.work.runs:,} runs are in {folder} already.")
    try:
        with terminal.watch(todo, cold=not is_warm()) as watched:
            return run_sweep(ready, folder, progress=watched, **how)
    except (KeyboardInterrupt, WorkerError) as stop:
        left = sum(chunks[number].runs for number in store.missing(len(chunks)))
        if isinstance(stop, WorkerError):
            terminal.say(f"Stopped: {stop}.")
        terminal.say(
            f"Stopped with {ready.work.runs - left:,} of {ready.work.runs:,} runs in {folder}; "
            "the same command goes on from there."
        )
        raise typer.Exit(code_of(stop)) from None


def _write(found: Sweep, folder: Path) -> list[Path]:
    """Write summary and pictures beside the runs, all or none."""
    from smpsim.plots.style import png
    from smpsim.results.files import Staged

    content = {"summary.csv": found.summary().to_csv(index=False).encode()}
    for name, picture in _pictures(found).items():
        content[name] = png(picture)
    with Staged(folder) as staged:
        for name, one in content.items():
            staged.write(name, partial(_put, one))
        return staged.publish()


def _put(content: bytes, file: Any) -> None:
    file.write(content)


def _pictures(found: Sweep) -> dict[str, Any]:
    """Return the pictures that fit what was varied, by file name."""
    numbers = [
        key
        for key in found.designs.columns
        if key != "sample" and found.designs[key].dtype.kind in "if"
    ]
    crossed = [key for key in numbers if key not in found.study.sampled]
    panels = "actions" if found.study.actions is not None else None
    pictures: dict[str, Any] = {}
    for outcome in found.outcomes[:MOST_PICTURED] if found.study.outcomes else ("placed",):
        if len(crossed) > 1:
            pictures[f"heatmap_{outcome}.png"] = found.plot.heatmap(
                crossed[0], crossed[1], outcome, by=panels
            )
        elif numbers:
            pictures[f"lines_{outcome}.png"] = found.plot.lines(numbers[0], outcome, by=panels)
    return pictures


def _print(found: Sweep) -> None:
    """Print, for each outcome, the designs with the lowest and the highest mean."""
    from smpsim.cli import terminal
    from smpsim.plots.style import counted
    from smpsim.results.units import label_of, labels_of, shown

    out = terminal.console()
    out.print(found.study.name, style="bold")
    table = found.summary()
    varied = labels_of([str(key) for key in found.designs.columns if key != "sample"])
    for (scenario, programme), group in table.groupby(["scenario", "programme"], sort=False):
        rows = []
        for outcome, means in group.groupby("outcome", sort=False):
            ordered = means[means["mean"].notna()].sort_values("mean", kind="stable")
            if not len(ordered):
                unit = str(means["unit"].iloc[0])
                rows.append((label_of(str(outcome)), "not defined in any run", "-", "-", unit, ""))
            ends = (("lowest", 0), ("highest", -1)) if len(means) > 1 else (("", 0),)
            for word, place in ends if len(ordered) else ():
                one: Any = ordered.iloc[place]
                values = ", ".join(f"{label} = {_short(one[key])}" for key, label in varied.items())
                unit = str(one["unit"])
                spread = terminal.between(one["low"], one["high"], unit)
                mean = shown(one["mean"], unit)
                rows.append((label_of(str(outcome)), word, mean, spread, unit, values))
        designs = counted(len(found.designs), "design")
        title = f"{scenario}, programme {programme}: {designs}"
        columns = ("outcome", "mean", ">value", ">90 % of runs", "unit", "design")
        terminal.table(out, title, columns, rows)


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
