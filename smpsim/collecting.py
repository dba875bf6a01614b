"""What a model's DataCollector collects: the columns of `Result.trajectories`, with its meaning."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from smpsim.agents.employer import AWARE, COMMITTED, ENGAGED, HIRING, WITHDRAWN
from smpsim.vocabulary import COST_ITEMS, ITEMS, NONE, SERIES, STAGES, TRAJECTORY_COLUMNS
from smpsim.world.tables import World

TAKING_PART = (ENGAGED, COMMITTED, HIRING)
KNOWING = (AWARE, *TAKING_PART, WITHDRAWN)
COSTS = [ITEMS.index(item) for item in COST_ITEMS]


def column(model: Any, name: str) -> float:
    """Return a column of the trajectory: the sum over programmes, or their mean.

    An employer may be in several programmes, which a sum would count as often.
    """
    if name in OF_EMPLOYERS and len(model.world.programmes) > 1:
        return OF_EMPLOYERS[name](model.world)
    world, place = model.world, TRAJECTORY_COLUMNS.index(name)
    row = world.trajectory[model.month - 1] if model.month else first_row(world)
    values = row[:, place]
    if SERIES[name].together != "mean":
        return int(values.sum()) if name in STAGES else float(values.sum())
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else math.nan


def _partners(world: World) -> np.ndarray:
    """Return the rows of all employers that are in a programme, each once."""
    partners: np.ndarray = world.employers[np.unique(world.partnerships["employer"])]
    return partners


def _employers(world: World, states: tuple[int, ...]) -> float:
    """Return how many employers are in one of some states with at least one programme."""
    there = np.isin(world.partnerships["state"], states)
    return float(len(np.unique(world.partnerships["employer"][there])))


OF_EMPLOYERS: dict[str, Callable[[World], float]] = {
    "vacancies_open": lambda world: float(_partners(world)["open_vacancies"].sum()),
    "vacancies_filled": lambda world: float(
        (_partners(world)["hired"] + _partners(world)["filled_locally"]).sum()
    ),
    "employers_aware": lambda world: _employers(world, KNOWING),
    "employers_engaged": lambda world: _employers(world, TAKING_PART),
}


def month(model: Any, _: str) -> int:
    """Return the month that ended last, from 0; -1 before the first."""
    return model.month - 1


def cost(model: Any, _: str) -> float:
    """Return the costs of the month that ended last, all programmes, currency."""
    return _costs(model.world, max(model.month - 1, 0), model.month)


def cost_cumulative(model: Any, _: str) -> float:
    """Return the costs so far, all programmes, currency."""
    return _costs(model.world, 0, model.month)


REPORTERS = {
    "month": month,
    **dict.fromkeys(TRAJECTORY_COLUMNS, column),
    "cost": cost,
    "cost_cumulative": cost_cumulative,
}


def _costs(world: World, start: int, end: int) -> float:
    """Return the costs from one month to another; transfers between parties are none."""
    return float(world.ledger[start:end, :, COSTS, :].sum(axis=(2, 3)).sum())


def first_row(world: World) -> np.ndarray:
    """Return what a trajectory would say before the first month.

    The rule `record_month` writes at the end of months only; a test holds both together.

    Returns
    -------
    ndarray of float, shape (programmes, columns)
    """
    records, lanes = world.programmes, world.lanes[world.programme_terms["lane"]]
    queued = np.maximum(lanes["lodged"] - lanes["decided"], 0.0)
    drawn = world.lane_terms["months"][world.programme_terms["lane"]] != NONE
    with np.errstate(invalid="ignore", divide="ignore"):
        wait = np.where(lanes["wait_count"] > 0, lanes["wait_sum"] / lanes["wait_count"], np.nan)
    columns = {
        "vacancies_open": records["vacancies_open"],
        "vacancies_filled": records["vacancies_filled"],
        "employers_aware": records["aware"],
        "employers_engaged": records["engaged"],
        "seats_committed": records["seats_committed"],
        "mean_trust": [mean_trust(world, record) for record in records],
        "mean_alignment": records["mean_alignment"],
        "visa_backlog": np.where(drawn, lanes["waiting"], queued),
        "visa_wait_months": wait,
        "seats_factor": records["factor"],
    }
    row = np.empty((len(records), len(TRAJECTORY_COLUMNS)))
    for place, name in enumerate(TRAJECTORY_COLUMNS):
        if name in STAGES:
            row[:, place] = world.headcount[:, STAGES.index(name)]
        else:
            row[:, place] = columns[name] if name in columns else records[name]
    return row


def mean_trust(world: World, record: Any) -> float:
    """Return the mean trust of a programme's employers, 0 to 1."""
    first, count = int(record["first_partnership"]), int(record["partnerships"])
    if count == 0:
        return 0.0
    return float(world.partnerships["trust"][first : first + count].mean())
