"""SMP-bench: the same pipeline in C, in plain Mesa objects and in smpsim, timed side by side.

There are two C programs. "C, active lists" is what a C programmer would write straightforwardly;
the speed target of smpsim is stated against it. "C, dated events" is the tightest we could write.

    python benchmarks/smp_bench.py [--sizes 300 60000 1000000] [--repeats ROUNDS] [--json FILE]

Each simulator lives in a process of its own, single-threaded. They take turns, one round each,
so that a slow spell of the machine hits all of them. Imports and compilation are not timed.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import json
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARE_PLACED = 0.9 * 0.76 * 0.985**10  # visa, exam, ten months without dropping out
COST_PER_TRAINEE = 5831
MESA_LARGEST = 60_000  # objects beyond this take minutes and gigabytes
ROUNDS = {300: 20, 60_000: 5}  # other sizes: 3
MESA_ROUNDS = 3  # at its largest size
ENOUGH_ROUNDS = 10  # to measure a standard error rather than derive it
SKIPPED = "skipped"
LISTS, DATED = "C, active lists", "C, dated events"
SOURCES = {LISTS: "pipeline_lists.c", DATED: "pipeline.c"}
MODULES = {"Mesa": "pipeline_mesa", "smpsim": "pipeline_smpsim"}
ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMBA")}


def peak_memory_mb() -> float:
    """Return this process's peak memory in MB, without that of the process which started it."""
    try:  # on Linux ru_maxrss survives exec, so a small child would report its parent's size
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (2**20 if sys.platform == "darwin" else 2**10)


def compile_c(folder: Path) -> dict[str, Path]:
    """Compile the C programs into ``folder``; say so where that fails, and leave it out."""
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        print("No C compiler found (install gcc or clang, or set CC): no C rows, no ratios.")
        return {}
    binaries = {}
    for name, source in SOURCES.items():
        binary = folder / Path(source).stem
        command = [*compiler.split(), "-O3", "-march=native", "-std=c11"]
        try:
            subprocess.run([*command, HERE / source, "-o", binary, "-lm"], check=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{source} does not compile ({error}): no row, no ratios.")
        else:
            binaries[name] = binary
    return binaries


def run_c(binary: Path, n: int, seed: int, runs: int) -> dict[str, float]:
    """Run a C program ``runs`` times in one process and return its line of results."""
    command = [binary, str(n), str(seed), str(runs)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def serve(module_name: str) -> None:
    """Run a Python simulator for the parent: a line "n seed runs" in, a line of JSON out."""
    sys.path.insert(0, str(HERE))
    replies, sys.stdout = sys.stdout, sys.stderr  # a simulator's own prints must not mix in

    def reply(result: dict) -> None:
        print(json.dumps(result, default=float), file=replies, flush=True)

    try:
        simulate = importlib.import_module(module_name).run
        batched = module_name != "pipeline_mesa"
        simulate(60, 0, 1) if batched else simulate(60, 0)  # compilation, if any, happens here
    except Exception as error:  # whatever is wrong, the other rows must appear
        reply({"error": f"{type(error).__name__}: {error}"})
        return
    reply({})
    for line in sys.stdin:
        n, seed, runs = map(int, line.split())
        if batched:
            result = dict(simulate(n, seed, runs))
        else:
            results = [simulate(n, seed * 1000 + i) for i in range(runs)]
            result = {key: statistics.fmean(r[key] for r in results) for key in results[0]}
        reply(result | {"peak_mb": peak_memory_mb()})


class Worker:
    """A child process that serves one Python simulator.

    Parameters
    ----------
    module_name : str
        Module in this folder that has a function ``run``.
    """

    def __init__(self, module_name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--serve", module_name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | ONE_THREAD,
        )
        self.error = self.read().get("error")

    def read(self) -> dict:
        """Return the child's next reply."""
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"error": "the process ended"}

    def run(self, n: int, seed: int, runs: int) -> dict[str, float]:
        """Have the child simulate, and wait for the result."""
        print(n, seed, runs, file=self.process.stdin, flush=True)
        return self.read()

    def close(self) -> None:
        """End the child by closing its input."""
        self.process.stdin.close()
        self.process.wait()


def measure(n: int, rounds: int, binaries: dict[str, Path]) -> list[dict]:
    """Time all simulators on ``n`` trainees, in turns.

    Parameters
    ----------
    n : int
        Trainees enrolled in total.
    rounds : int
        Turns of each simulator; a turn is several runs when ``n`` is small.
    binaries : dict of Path
        The compiled C programs by name.

    Returns
    -------
    list of dict
        One row for each simulator, with ``error`` instead of figures where it could not run.
    """
    rows, runners, workers = [], {}, []
    for name in [*SOURCES, *MODULES]:
        row = {"n": n, "simulator": name, "results": [], "runs": 0}
        rows.append(row)
        if name == "Mesa" and n > MESA_LARGEST:
            row["error"] = SKIPPED
        elif name in MODULES:
            workers.append(Worker(MODULES[name]))
            runners[name] = workers[-1].run
            if workers[-1].error:
                row["error"] = workers[-1].error
        elif name in binaries:
            runners[name] = partial(run_c, binaries[name])
        else:
            row["error"] = "no compiled program"
    for turn, row in itertools.product(range(rounds), rows):
        mesa = row["simulator"] == "Mesa"
        if "error" in row or (mesa and n == MESA_LARGEST and turn >= MESA_ROUNDS):
            continue
        runs = max(1, (3_000 if mesa else 300_000) // n)
        result = runners[row["simulator"]](n, turn + 1, runs)
        if "error" in result:
            row["error"] = result["error"]
            continue
        row["results"].append(result)
        row["runs"] += runs
    for worker in workers:
        worker.close()
    return [row if "error" in row else summarise(row) for row in rows]


def summarise(row: dict) -> dict:
    """Reduce the results of a simulator's turns to the figures of its row."""
    n, results = row["n"], row.pop("results")
    for key in results[0].keys() & {"placed", "cost", "working", "pool_months"}:
        row[key] = statistics.fmean(r[key] for r in results)
    row["seconds"] = statistics.median(r["seconds"] for r in results)
    row["ns"] = 1e9 * row["seconds"] / n
    row["peak_mb"] = max(r["peak_mb"] for r in results)
    row["bytes_per_trainee"] = results[0].get("bytes_per_trainee")
    # measured between turns; with few turns from the binomial law, which holds as nobody who
    # passes the exam is lost to anything but a visa refusal
    row["error_of_mean"] = math.sqrt(n * SHARE_PLACED * (1 - SHARE_PLACED) / row["runs"])
    if len(results) >= ENOUGH_ROUNDS:
        spread = statistics.stdev(r["placed"] for r in results)
        row["error_of_mean"] = spread / math.sqrt(len(results))
    return row


def print_table(rows: list[dict]) -> None:
    """Print a line for each size and simulator, with `rich` if it is installed."""
    header = ("N", "simulator", "runs", "s a run", "ns/tr.", "x lists", "x dated", "placed", "+-",
              "expected", "cost/N", "peak MB", "B/tr.")  # fmt: skip
    ns = {(row["n"], row["simulator"]): row["ns"] for row in rows if "ns" in row}
    cells = []
    for row in rows:
        n, line = row["n"], [f"{row['n']:,}", row["simulator"]]
        if "error" in row:
            line += [SKIPPED if row["error"] == SKIPPED else "not available"] + [""] * 10
        else:
            line += [str(row["runs"]), f"{row['seconds']:.3g}", f"{row['ns']:,.1f}"]
            for c in (n, LISTS), (n, DATED):
                line += [f"{row['ns'] / ns[c]:,.2f}" if c in ns else ""]
            line += [f"{row['placed']:,.1f}", f"{row['error_of_mean']:.1f}"]
            line += [f"{SHARE_PLACED * n:,.1f}", f"{row['cost'] / n:,.1f}", f"{row['peak_mb']:.0f}"]
            line += [f"{row['bytes_per_trainee']:.0f}" if row["bytes_per_trainee"] else ""]
        cells.append(line)
    try:
        from rich.console import Console  # optional
        from rich.table import Table
    except ImportError:
        for line in [header, *cells]:
            print("  ".join(f"{cell:>15}" for cell in line))
        return
    table = Table(*header, title="SMP-bench")
    for column in table.columns[2:]:
        column.justify = "right"
    for line in cells:
        table.add_row(*line)
    Console(width=None if sys.stdout.isatty() else 150).print(table)


def print_agreement(rows: list[dict]) -> None:
    """Say whether all simulators place the same number within Monte Carlo error."""
    for n, group in itertools.groupby(rows, key=lambda row: row["n"]):
        done = [row for row in group if "error" not in row]
        for row in done:
            z = (row["placed"] - SHARE_PLACED * n) / row["error_of_mean"]
            cost = row["cost"] / n / COST_PER_TRAINEE - 1
            more = [f"{key} {row[key]:,.1f}" for key in ("working", "pool_months") if key in row]
            print(f"N={n:,} {row['simulator']}: placed {z:+.1f} standard errors from expected, "
                  f"cost {cost:+.2%}; {', '.join(more)}")  # fmt: skip
        apart = []
        for a, b in itertools.combinations(done, 2):
            error = math.hypot(a["error_of_mean"], b["error_of_mean"])
            if abs(a["placed"] - b["placed"]) > 3 * error:
                apart.append(f"{a['simulator']} and {b['simulator']}")
        verdict = f"DIFFER: {'; '.join(apart)}" if apart else "the same number placed (3 s.e.)"
        print(f"N={n:,}: {verdict}")


def main() -> None:
    """Compile, measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[300, 60_000, 1_000_000])
    parser.add_argument("--repeats", type=int, help="turns of each simulator at each size")
    parser.add_argument("--json", type=Path, help="also write the rows to this file")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        binaries = compile_c(Path(folder))
        for n in options.sizes:
            rows += measure(n, options.repeats or ROUNDS.get(n, 3), binaries)
    print_table(rows)
    print_agreement(rows)
    for reason in dict.fromkeys(f"{row['simulator']}: {row['error']}" for row in rows
                                if row.get("error", SKIPPED) != SKIPPED):  # fmt: skip
        print(f"Not available: {reason}")
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
