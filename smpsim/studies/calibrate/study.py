"""A calibration study: what is varied, how often, and how much is kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import model_validator

from smpsim.scenario import load
from smpsim.scenario.arguments import whole
from smpsim.scenario.checked_files import check_sheet, given_document, read_sheet
from smpsim.scenario.fields import Section, described, share
from smpsim.scenario.parameters import shared_ranges
from smpsim.scenario.problems import ScenarioError
from smpsim.scenario.quantities import Distribution
from smpsim.scenario.ranges import score_of
from smpsim.scenario.schema_errors import Finding
from smpsim.studies.kinds import CALIBRATION, find_study
from smpsim.studies.sweep.streams import points


class CalibrationStudy(Section):
    """What is varied, how often, and how much is kept."""

    name: str = described(..., "text", "Name of the study")
    question: str = described("", "text", "What it is to answer")
    priors: dict[str, Distribution] = described(
        {},
        "distributions",
        "Prior of each parameter, by key path; left out: the likely ranges of all that programmes "
        "share",
    )
    draws: int = described(..., "number", "Draws from the prior", ge=20, le=1_000_000)
    replications: int = described(..., "runs", "Runs of each programme and draw", ge=1, le=10_000)
    kept: float = share(0.05, "Share of the draws that is kept")
    posterior_draws: int = described(200, "number", "Draws that are written", ge=10, le=100_000)
    seed: int = described(1, "number", "Seed of all random draws", ge=0, lt=2**63)

    def prior_draws(self) -> pd.DataFrame:
        """Return the draws: a Latin hypercube under the priors' quantiles.

        Returns
        -------
        DataFrame, shape (draws, parameters)
        """
        if not self.priors:
            scores = self.prior_scores()
            ranges = shared_ranges()
            return pd.DataFrame(
                {key: [one.at(score) for score in scores[key]] for key, one in ranges.items()}
            )
        cube = points(list(self.priors), self.draws, self.seed, "latin_hypercube")
        return pd.DataFrame({key: prior.quantile(cube[key]) for key, prior in self.priors.items()})

    def prior_scores(self) -> pd.DataFrame:
        """Return the draws of the likely ranges as standard normal scores.

        Returns
        -------
        DataFrame, shape (draws, parameters)
        """
        keys = list(shared_ranges())
        cube = points(keys, self.draws, self.seed, "latin_hypercube")
        return pd.DataFrame({key: [score_of(float(u)) for u in cube[key]] for key in keys})

    @model_validator(mode="after")
    def _one_run_of_a_world(self) -> CalibrationStudy:
        if not self.priors and self.replications != 1:
            allowed = "1 where no priors are stated, as each draw is a world of its own"
            raise ValueError(f"replications: got {self.replications}; allowed: {allowed}")
        return self


def load_calibration(path: str | Path | Mapping[str, Any]) -> CalibrationStudy:
    """Read a calibration study of the catalogue, a file, or what a file would contain.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key; a prior of a key that no
        scenario has is named too.
    """
    if isinstance(path, Mapping):
        document = given_document(path)
        study = check_sheet(document, CalibrationStudy)
    else:
        study, document = read_sheet(find_study(path, CALIBRATION), CalibrationStudy)
    problems = []
    for key, prior in study.priors.items():
        try:
            load("reference", {key: prior.quantile(0.5)})
        except ScenarioError as error:
            message = error.problems[0].message
            problems.append(Finding(("priors", key), message, "key").problem(document))
    if problems:
        raise ScenarioError(problems)
    return study


def changed(study: CalibrationStudy, **changes: int | None) -> CalibrationStudy:
    """Return a study with other numbers of draws, or other luck, where they are asked for."""
    given = {
        key: whole(key, value, 0 if key == "seed" else 1, 2**63)
        for key, value in changes.items()
        if value is not None
    }
    return CalibrationStudy.model_validate(study.model_dump() | given) if given else study
