"""The command that runs many designs: sweep."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from smpsim.cli.app import app
from smpsim.cli.options import Json, Parameters, Phone, Replications, Seed, Xlsx

if TYPE_CHECKING:
    from smpsim.studies.sweep.prepare import Prepared
    from smpsim.studies.sweep.result import Sweep


@app.command()
def sweep(
    study: Annotated[str, typer.Argument(help="Study: a name, or a YAML file.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder for the runs; below results/ when left out.")
    ] = None,
    replications: Replications = None,
    seed: Seed = None,
    parameters: Parameters = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, max=4096, help="Threads or processes; all cores when left out."),
    ] = None,
    executor: Annotated[
        str, typer.Option(metavar="KIND", help="threads, processes or dask.")
    ] = "threads",
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="For dask: tcp://HOST:PORT or local:2.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete the runs of another sweep.")
    ] = False,
    xlsx: Xlsx = False,
    phone: Phone = False,
    as_json: Json = False,
) -> None:
    """Run a study of many designs; it can be stopped and resumed."""
    from smpsim.cli.present import files_read, present
    from smpsim.results.datapackage import PACKAGE_FILE
    from smpsim.studies.sweep.executors import check_executor
    from smpsim.studies.sweep.prepare import prepare
    from smpsim.studies.sweep.result import Sweep, pictured

    ready = prepare(study, replications, seed, parameters=parameters)
    # before a folder is begun for what can't be run
    check_executor(executor, cluster, ready.work)
    folder = out or Path("results") / Path(study).stem
    drawn = pictured(ready.study, ready.designs, ready.study.outcomes)

    def work() -> Sweep:
        return run_into(
            folder, ready, fresh, as_json, threads=threads, executor=executor, cluster=cluster
        )

    present(
        work,
        _print,
        folder,
        # runs and designs are there already, and are not written anew
        [
            *("summary.parquet", "summary.csv", PACKAGE_FILE),
            *(f"{name}.png" for name in drawn),
            *([Sweep.workbook_name()] if xlsx else []),
        ],
        files_read(study),
        as_json=as_json,
        wrote="Wrote the runs and {} more files to {}",
        xlsx=xlsx,
        phone=phone,
    )


def run_into(folder: Path, ready: Prepared, fresh: bool, quiet: bool, **how: Any) -> Sweep:
    """Run what a folder lacks of a study, with progress.

    Parameters
    ----------
    folder : Path
    ready : Prepared
    fresh : bool
        Delete the runs of another sweep.
    quiet : bool
        Do not say what is there already.
    **how
        Threads, executor and cluster, as in `smpsim.sweep`.

    Raises
    ------
    typer.Exit
        If it was stopped, by Ctrl-C, SIGTERM or the loss of a worker; what is done is kept, which
        is said.
    """
    from smpsim.cli.present import kept, say_what_is_there, watched
    from smpsim.results.dataset import Dataset
    from smpsim.results.files import claimed
    from smpsim.studies.sweep.result import FILES
    from smpsim.studies.sweep.resume import opened
    from smpsim.studies.sweep.sweep import sweep as run_sweep

    store = Dataset(folder)
    with claimed(folder, FILES):
        missing = opened(store, ready.work, fresh)
        chunks = ready.work.chunks
        runs = ready.work.runs

        def there(lacking: list[int]) -> int:
            return runs - sum(chunks[number].runs for number in lacking)

        say_what_is_there(there(missing), runs, "runs", folder, quiet)
        return watched(
            runs - there(missing),
            lambda progress: run_sweep(ready, folder, progress=progress, **how),
            lambda: kept(there(store.missing(len(chunks))), runs, "runs", folder),
        )


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
