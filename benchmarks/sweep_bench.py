"""How fast a sweep is: against the bare loop of the engine, on more workers, and its memory.

    python benchmarks/sweep_bench.py [--scenario reference] [--replications 100] [--designs 40]
        [--workers 2] [--outcomes placed] [--sizes 1000 4000 16000] [--rounds 3] [--json FILE]

The bare loop calls `World.advance` for the same runs, one after another, with everything read and
built before, and keeps nothing. The sweep reads and checks each design, builds its tables, runs it,
computes the outcomes, and writes its files. Bare loop and sweeps take turns, and the best round of
each counts. Memory is the peak of a process of its own for each size.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from smp_bench import peak_memory_mb

KEY = "discount_rate"


def designs(count: int) -> pd.DataFrame:
    """Return designs that differ, but take the same time."""
    return pd.DataFrame({KEY: [0.05 * n / count for n in range(count)]})


def bare_loop(scenario: str, count: int, replications: int) -> float:
    """Return the seconds that the engine alone takes."""
    from smpsim.scenario import load
    from smpsim.world.blueprint import blueprint
    from smpsim.world.tables import World

    design = load(scenario)
    world = World(blueprint(design), life=False)
    world.advance(design.months, 1, 0)
    start = time.perf_counter()
    for _ in range(count):
        for replication in range(replications):
            world.advance(design.months, 1, replication)
    return time.perf_counter() - start


def whole_sweep(
    scenario: str, count: int, replications: int, workers: int, outcomes: list[str] | None = None
) -> float:
    """Return the seconds of a sweep from designs to files."""
    from smpsim.studies.sweep.chunks import work_of
    from smpsim.studies.sweep.resume import run_work
    from smpsim.studies.sweep.study import named

    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        table, chosen = designs(count), {"outcomes": outcomes or None}
        work = work_of(named(scenario), table, replications=replications, seed=1, **chosen)
        run_work(work, Path(folder), threads=workers, load_all=False)
        return time.perf_counter() - start


def measure(options: argparse.Namespace) -> dict[str, object]:
    """Measure speed and memory."""
    runs = options.designs * options.replications
    best: dict[str, float] = {}
    for _ in range(options.rounds):
        taken = {
            "bare loop": bare_loop(options.scenario, options.designs, options.replications),
            **{
                f"sweep, {workers} worker{'s' * (workers > 1)}": whole_sweep(
                    options.scenario,
                    options.designs,
                    options.replications,
                    workers,
                    options.outcomes,
                )
                for workers in sorted({1, options.workers})
            },
        }
        for name, seconds in taken.items():
            best[name] = min(seconds, best.get(name, float("inf")))
    print(f"{options.scenario}: {options.designs} designs x {options.replications} replications\n")
    for name, seconds in best.items():
        share = best["bare loop"] / seconds
        print(f"{name:20} {runs / seconds:10,.0f} runs/s {100 * share:6.0f} % of the bare loop")
    memory = {size: _memory(options, size) for size in options.sizes}
    print()
    for size, peak in memory.items():
        print(f"peak memory of {size:>9,} runs {peak:8.0f} MB")
    return {"seconds": best, "runs": runs, "peak memory [MB]": memory}


def _memory(options: argparse.Namespace, size: int) -> float:
    """Return the peak memory of a sweep in a process of its own."""
    count = max(1, size // options.replications)
    command = [sys.executable, __file__, "--child", str(count), "--scenario", options.scenario]
    command += ["--replications", str(options.replications), "--workers", str(options.workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    return float(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", default="reference")
    parser.add_argument("--replications", type=int, default=100)
    parser.add_argument("--designs", type=int, default=40)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--outcomes", nargs="*", help="those that are kept; all if left out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", type=int, nargs="*", default=[1000, 4000, 16000])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child is not None:
        whole_sweep(options.scenario, options.child, options.replications, options.workers)
        print(peak_memory_mb())
        return
    found = measure(options)
    if options.json is not None:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
