"""Predictions of reported outcomes: scenarios run under draws of the shared parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.scenario import load
from smpsim.scenario.catalogue import folder
from smpsim.scenario.errors import Problem, ScenarioError
from smpsim.studies.reported import Ratio

Progress = Any
POSTERIOR = "posterior.csv"


def load_draws(path: str | Path | None = None, most: int | None = None) -> pd.DataFrame:
    """Read draws of shared behavioural parameters.

    Parameters
    ----------
    path : str or Path, optional
        A CSV file with a column for each key path, and comments after ``#``; the catalogue's
        calibrated draws when left out.
    most : int, optional
        Draws that are wanted, evenly over the file.

    Returns
    -------
    DataFrame, shape (draws, parameters)

    Raises
    ------
    ScenarioError
        If the file is missing or is no such table.
    """
    file = folder() / POSTERIOR if path is None else Path(path)
    try:
        draws = pd.read_csv(file, comment="#")
    except (OSError, ValueError) as error:
        message = f"cannot be read as a table of draws: {error}"
        raise ScenarioError([Problem(str(file), None, None, "", message)]) from error
    if most is not None and most < len(draws):
        places = [round(n * (len(draws) - 1) / max(most - 1, 1)) for n in range(most)]
        draws = draws.iloc[places]
    return draws.reset_index(drop=True)


def with_values(draws: pd.DataFrame, values: Mapping[str, Any]) -> pd.DataFrame:
    """Return the draws with the same further values in each."""
    return draws.assign(**dict(values))


def situations(ratios: Iterable[Ratio]) -> dict[tuple[str, str], list[Ratio]]:
    """Return ratios by what must be run for them: a scenario with values that are set."""
    found: dict[tuple[str, str], list[Ratio]] = {}
    for ratio in ratios:
        found.setdefault((ratio.scenario, repr(sorted(ratio.set.items()))), []).append(ratio)
    return found


def simulated(
    scenario: str,
    designs: pd.DataFrame,
    replications: int,
    seed: int,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """Run a scenario under each row of values, each row with luck (and a network) of its own.

    What is common to all rows, such as a prediction interval, would else hang on the luck of a
    few replications. Row n has the same luck in every scenario, so that two tables are paired.

    Parameters
    ----------
    scenario : str
        Name in the catalogue.
    designs : DataFrame, shape (designs, key paths)
    replications : int
        Of each design.
    seed : int
        Of the first row; the next have the following seeds.
    progress : callable, optional
        Called with the number of runs done since the last call.

    Returns
    -------
    DataFrame
        Columns ``design``, ``replication``, ``programme`` and all outcomes.
    """
    from smpsim.ensemble import run

    # read and merged once; what a row sets is checked each time
    design = load(scenario)
    parts = []
    for number, row in enumerate(designs.to_dict("records")):
        values = {str(key): value for key, value in row.items()} | {"seed": seed + number}
        table = run(design, replications, overrides=values).outcome_table
        parts.append(table.rename(columns={"run": "replication"}).assign(design=number))
        if progress is not None:
            progress(replications)
    return pd.concat(parts, ignore_index=True)
