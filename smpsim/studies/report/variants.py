"""Variants of an option, run with the same chance events: what guesses and sliders compare."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from smpsim.ensemble import Progress
from smpsim.results.estimates import Estimates
from smpsim.scenario import Scenario
from smpsim.scenario.parameters import Parameters
from smpsim.studies.compare.pairing import estimates_of


def variants(
    scenario: Scenario,
    designs: pd.DataFrame,
    outcomes: Sequence[str],
    replications: int,
    seed: int,
    given: Parameters,
    *,
    rules: Any = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> list[Estimates]:
    """Return the estimates of each design, over all programmes of the scenario.

    Parameters
    ----------
    scenario : Scenario
    designs : DataFrame
        A row a design, a column a key path, as in `smpsim.evaluate`.
    outcomes : sequence of str
    replications, seed, given, rules, threads, progress
        As in `smpsim.evaluate`.
    """
    from smpsim.studies.sweep.sweep import evaluate

    runs = evaluate(
        scenario,
        designs,
        replications=replications,
        seed=seed,
        outcomes=outcomes,
        parameters=given,
        rules=rules,
        threads=threads,
        progress=progress,
    ).rename(columns={"replication": "run"})
    names = [one.name for one in scenario.programmes]
    return [
        estimates_of(table.drop(columns=["design", "scenario"], errors="ignore"), names)
        for _, table in runs.groupby("design", sort=True)
    ]
