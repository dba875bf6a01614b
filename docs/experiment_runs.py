"""Runs of the experiments, and where their pictures go: shared by the scripts that draw them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

import smpsim
from smpsim.ensemble import Runs, simulate
from smpsim.plots.style import Picture, png
from smpsim.vocabulary import TRAJECTORY_COLUMNS
from smpsim.world.blueprint import blueprint

IMAGES = Path(__file__).resolve().parent / "images"


def runs_of(name: str, runs: int, changes: Mapping[str, Any] | None = None) -> Runs:
    """Return runs of a scenario with values changed by key path."""
    return simulate(blueprint(smpsim.load(name, overrides=dict(changes or {})), 1), 1, range(runs))


def series(runs: Runs, name: str) -> np.ndarray:
    """Return a monthly series of the first programme, shape (runs, months)."""
    return runs.trajectories[:, :, 0, TRAJECTORY_COLUMNS.index(name)]


def write(figure: Picture, name: str) -> None:
    """Write a picture."""
    IMAGES.mkdir(exist_ok=True)
    (IMAGES / name).write_bytes(png(figure))
