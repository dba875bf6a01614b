"""SMP-bench on smpsim: its real engine under a scenario reduced to that pipeline."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from smpsim.agents.trainee import ADAPTING, EMPLOYED
from smpsim.scenario import load
from smpsim.world.blueprint import blueprint
from smpsim.world.tables import World

SCENARIO = Path(__file__).with_name("smp_bench.yaml")


def world_of(n: int) -> World:
    """Return a world for the pipeline with n trainees."""
    scale = n / 60_000
    scenario = load(
        SCENARIO,
        overrides={
            "programmes.pipeline.intakes.seats": 1000 * scale,
            # the first year brings only failures (a success takes 12 months): the prior must
            # weigh enough that trust stays above the bound, as it mostly does in the C program;
            # a logit of variance 4 / k weighs as much as k cases
            "behaviour.trust.programme_uncertainty": 2 / max(4.0, n / 100) ** 0.5,
            "employers.firms.vacancies_per_year": 360 * scale,
            "governments.destination.visa.lanes.standard.decisions_per_month": 500 * scale,
        },
    )
    # life courses are kept on request only, as in any ensemble
    return World(blueprint(scenario), life=False)


def run(n: int, seed: int, repeats: int) -> dict[str, float]:
    """Run the pipeline; return means and seconds a run, import and compilation apart."""
    world = world_of(n)
    world.advance(120, seed, 0)
    placed, cost, working, pool = [], [], [], []
    seconds = 0.0
    for replication in range(repeats):
        start = time.perf_counter()
        world.advance(120, seed, replication)
        seconds += time.perf_counter() - start
        record = world.programmes[0]
        placed.append(int(record["placed"]))
        cost.append(float(record["spent"]))
        working.append(int(world.headcount[0, ADAPTING] + world.headcount[0, EMPLOYED]))
        pool.append(float(world.series("graduate_pool")[:, 0].sum()))
    bytes_used = sum(world.tables[name].nbytes for name in ("trainees", "blocks", "lists"))
    return {
        "placed": float(np.mean(placed)),
        "cost": float(np.mean(cost)),
        "working": float(np.mean(working)),
        "pool_months": float(np.mean(pool)),
        "seconds": seconds / repeats,
        "bytes_per_trainee": bytes_used / n,
    }
