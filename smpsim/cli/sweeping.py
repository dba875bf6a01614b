"""The command that runs many designs: sweep."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smpsim.cli.app import app, code_of
from smpsim.cli.options import Json, Replications

if TYPE_CHECKING:
    import pandas as pd

    from smpsim.studies.sweeping.study import SweepStudy
    from smpsim.studies.sweeping.sweep import Prepared
    from smpsim.studies.sweeping.swept import Sweep

MOST_PICTURED = 6
SUMMARY_FILE = "summary.csv"


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
    from smpsim.cli import terminal
    from smpsim.cli.jobs import files_read, report
    from smpsim.results.files import claimed

    folder = out or Path("results") / Path(study).stem
    names = [SUMMARY_FILE, *_pictured(ready.study, ready.designs, ready.study.outcomes)]
    with claimed(folder, names, files_read(study)):
        found = run_into(
            folder, ready, fresh, as_json, workers=workers, executor=executor, cluster=cluster
        )
        files = _write(found, folder)

    def facts() -> dict[str, Any]:
        return {
            "study": ready.study.name,
            "designs": len(found.designs),
            "replications": ready.study.replications,
            "seed": ready.study.seed,
            "runs": ready.work.runs,
            "summary": terminal.plain_rows(found.summary().set_index("design")),
            "folder": str(folder),
        }

    report(
        files,
        folder,
        lambda screen: _print(screen, found),
        facts if as_json else None,
        wrote="Wrote the runs and {} more files to {}",
    )


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
    from smpsim.results.files import claimed
    from smpsim.studies.sweeping.sweep import opened
    from smpsim.studies.sweeping.sweep import sweep as run_sweep
    from smpsim.studies.sweeping.swept import FILES
    from smpsim.studies.sweeping.workers import WorkerError

    store = Dataset(folder)
    with claimed(folder, FILES):
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
                f"Stopped with {ready.work.runs - left:,} of {ready.work.runs:,} runs in "
                f"{folder}; the same command goes on from there."
            )
            raise typer.Exit(code_of(stop)) from None


def _write(found: Sweep, folder: Path) -> list[Path]:
    """Write summary and pictures beside the runs, all or none."""
    from smpsim.plots.style import png
    from smpsim.results.files import Staged
    from smpsim.results.spreadsheet import as_csv

    content = {SUMMARY_FILE: as_csv(found.summary(), index=False).encode()}
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
    panels = "actions" if found.study.actions is not None else None
    return {
        name: getattr(found.plot, kind)(*keys, outcome, by=panels)
        for name, (kind, keys, outcome) in _pictured(
            found.study, found.designs, found.outcomes
        ).items()
    }


def _pictured(
    study: SweepStudy, designs: pd.DataFrame, outcomes: Sequence[str]
) -> dict[str, tuple[str, list[str], str]]:
    """Return kind, axes and outcome of each picture by file name."""
    numbers = [
        str(key) for key in designs.columns if key != "sample" and designs[key].dtype.kind in "if"
    ]
    crossed = [key for key in numbers if key not in study.sampled]
    if not numbers:
        return {}
    kind, keys = ("heatmap", crossed[:2]) if len(crossed) > 1 else ("lines", numbers[:1])
    chosen = list(dict.fromkeys(outcomes))[:MOST_PICTURED] if study.outcomes else ["placed"]
    return {f"{kind}_{outcome}.png": (kind, keys, outcome) for outcome in chosen}


def _print(out: Any, found: Sweep) -> None:
    """Print, for each outcome, the designs with the lowest and the highest mean."""
    from smpsim.cli import terminal
    from smpsim.plots.style import counted
    from smpsim.results.units import from_runs, label_of, labels_of, shown

    out.print(found.study.name, style="bold")
    table = found.summary()
    varied = labels_of([str(key) for key in found.designs.columns if key != "sample"])
    for (scenario, programme), group in table.groupby(["scenario", "programme"], sort=False):
        rows: list[Sequence[str]] = []
        for outcome, means in group.groupby("outcome", sort=False):
            ordered = means[means["mean"].notna()].sort_values("mean", kind="stable")
            if not len(ordered):
                unit = str(means["unit"].iloc[0])
                rows.append(
                    (label_of(str(outcome)), "unknown in all runs", "-", "-", unit, "", "0")
                )
            ends = (("lowest", 0), ("highest", -1)) if len(means) > 1 else (("", 0),)
            for word, place in ends if len(ordered) else ():
                one: Any = ordered.iloc[place]
                values = ", ".join(f"{label} = {_short(one[key])}" for key, label in varied.items())
                unit = str(one["unit"])
                spread = terminal.spread_of(one, unit)
                mean = shown(one["mean"], unit)
                used = from_runs(one["runs_used"], one["runs"])
                rows.append((label_of(str(outcome)), word, mean, spread, unit, values, used))
                lost = int(means["mean"].isna().sum())
                if lost and word in ("", "lowest"):
                    rows[-1] = (
                        f"{rows[-1][0]} (unknown in {counted(lost, 'design')})",
                        *rows[-1][1:],
                    )
        designs = counted(len(found.designs), "design")
        title = f"{scenario}, programme {programme}: {designs}"
        columns: tuple[str, ...] = ("outcome", "mean", ">value", ">90 % of runs", "unit", "design")
        if any(row[-1] != "all" for row in rows):
            columns = (*columns, ">from runs")
        rows = [row[: len(columns)] for row in rows]
        terminal.table(out, title, columns, rows)


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
