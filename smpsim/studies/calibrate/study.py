"""A calibration study: what is fitted to which reports, and in how many worlds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from smpsim.scenario import Scenario, load
from smpsim.scenario.arguments import whole
from smpsim.scenario.checked_files import check_sheet, given_document
from smpsim.scenario.disk_paths import is_file
from smpsim.scenario.fields import Section, described
from smpsim.scenario.keypaths import KeyPathError
from smpsim.scenario.parameters import number_in, shared_ranges
from smpsim.scenario.problems import ScenarioError
from smpsim.scenario.quantities import Distribution
from smpsim.scenario.ranges import Range, score_of
from smpsim.scenario.schema_errors import Finding
from smpsim.scenario.yaml_files import read_file
from smpsim.studies.kinds import CALIBRATION, find_study
from smpsim.studies.sweep.sampling import takes_whole_numbers
from smpsim.studies.sweep.streams import points
from smpsim.studies.validate.read_reports import load_reports
from smpsim.studies.validate.reports import Reports


class CalibrationStudy(Section):
    """What is fitted to which reports, and in how many worlds."""

    name: str = described(..., "text", "Name of the study")
    question: str = described("", "text", "What it is to answer")
    reports: list[str] = described(
        [], "names", "Files of reports beside this one, YAML or CSV; left out: the catalogue's"
    )
    priors: dict[str, Distribution] = described(
        {},
        "distributions",
        "Prior of each number that is fitted, by key path; left out: the likely ranges of all "
        "numbers that programmes share. All other numbers are drawn and not fitted",
    )
    draws: int = described(
        ...,
        "number",
        "Plausible worlds, in each of which everything is run once",
        ge=20,
        le=1_000_000,
    )
    model_error: float | None = described(
        None,
        "number",
        "Standard deviation of the error of the model, in those of the results over worlds; null: "
        "the one that predicts programmes best from others, or 1 if one programme reports",
        ge=0,
    )
    posterior_draws: int = described(200, "number", "Draws that are written", ge=10, le=100_000)
    seed: int = described(1, "number", "Seed of all random draws", ge=0, lt=2**63)


@dataclass(frozen=True)
class Stated:
    """A prior that a study states, read as a likely range is: by standard normal scores.

    Parameters
    ----------
    prior : Distribution
    whole : bool
        Only whole numbers may stand there, as people and months.
    """

    prior: Distribution
    whole: bool = False

    def at(self, score: float) -> float:
        """Return the number at a standard normal score; 0 gives the median."""
        value = float(self.prior.quantile(float(ndtr(score))))
        return float(np.rint(value)) if self.whole else value

    @property
    def low(self) -> float:
        """The lower end of the middle 90 %."""
        return float(self.prior.quantile(0.05))

    @property
    def centre(self) -> float:
        """The median."""
        return float(self.prior.quantile(0.5))

    @property
    def high(self) -> float:
        """The upper end of the middle 90 %."""
        return float(self.prior.quantile(0.95))


Priors = Mapping[str, Stated] | Mapping[str, Range]
"""What is fitted, by key path."""


def priors_of(study: CalibrationStudy, reports: Reports) -> Priors:
    """Return what a study fits: what it states, or else the likely ranges of shared numbers."""
    if not study.priors:
        return shared_ranges()
    scenarios = [load(name) for name in scenarios_of(reports)[:1]]
    return {
        key: Stated(one, bool(scenarios) and takes_whole_numbers(scenarios, key))
        for key, one in study.priors.items()
    }


def drawn_scores(study: CalibrationStudy, priors: Priors) -> pd.DataFrame:
    """Return the draws from the priors as standard normal scores: a Latin hypercube.

    Returns
    -------
    DataFrame, shape (draws, parameters)
    """
    cube = points(list(priors), study.draws, study.seed, "latin_hypercube")
    return pd.DataFrame({key: [score_of(float(u)) for u in cube[key]] for key in priors})


def at_scores(scores: pd.DataFrame, priors: Priors) -> pd.DataFrame:
    """Return the numbers at standard normal scores, in the form of the scores."""
    return pd.DataFrame(
        {key: [one.at(float(score)) for score in scores[key]] for key, one in priors.items()}
    )


def load_calibration(
    path: str | Path | Mapping[str, Any], reports: Reports | None = None
) -> CalibrationStudy:
    """Read a calibration study of the catalogue, a file, or what a file would contain.

    Parameters
    ----------
    path : str, Path or mapping
    reports : Reports, optional
        What it is fitted to, in place of what it names.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and key; a prior of a key that a
        scenario with reports does not have is named too.
    """
    return read_calibration(path, reports)[0]


def read_calibration(
    path: str | Path | Mapping[str, Any], reports: Reports | None
) -> tuple[CalibrationStudy, Reports | None]:
    """Do what `load_calibration` does, and return the reports too, if they have been read."""
    if isinstance(path, Mapping):
        document = given_document(path)
    else:
        file = find_study(path, CALIBRATION)
        document = read_file(file)
        _resolve(document.data, file.parent)
    study = check_sheet(document, CalibrationStudy)
    if not study.priors:
        return study, reports
    if reports is None and study.reports:
        reports = load_reports(study.reports)
    scenarios = [load(name) for name in (scenarios_of(reports) if reports else ["reference"])]
    found = [one.problem(document) for one in _unfit(study, scenarios)]
    if found:
        raise ScenarioError(found)
    return study, reports


def _resolve(data: dict[str, Any], folder: Path) -> None:
    """Let files of reports be named as seen from the study's folder."""
    named = data.get("reports")
    if isinstance(named, list):
        data["reports"] = [
            str(folder / one) if isinstance(one, str) and is_file(folder / one) else one
            for one in named
        ]


def scenarios_of(reports: Reports) -> list[str]:
    """Return names and files of the scenarios whose figures are fitted."""
    situations = (one for outcome in reports.scored for one in outcome.situations)
    return list(dict.fromkeys(scenario for scenario, _ in situations))


def _unfit(study: CalibrationStudy, scenarios: Sequence[Scenario]) -> Iterator[Finding]:
    """Yield a finding for each prior that a scenario does not take."""
    for key, prior in study.priors.items():
        for scenario in scenarios:
            try:
                middle = prior.quantile(0.5)
                whole = takes_whole_numbers([scenario], key)
                load(scenario, {key: round(middle) if whole else middle})
                if number_in(scenario, key) is None:
                    message = "got a prior of what the scenario leaves out; allowed: of a number"
                    yield Finding(("priors", key), message, "key")
            except KeyPathError as error:
                yield Finding(("priors", key), str(error), "key")
            except ScenarioError as error:
                yield Finding(("priors", key), error.problems[0].message, "key")
            else:
                continue
            break


def changed(study: CalibrationStudy, **changes: int | None) -> CalibrationStudy:
    """Return a study with other numbers of draws, or other luck, where they are asked for."""
    given = {
        key: whole(key, value, 0 if key == "seed" else 1, 2**63)
        for key, value in changes.items()
        if value is not None
    }
    return CalibrationStudy.model_validate(study.model_dump() | given) if given else study
