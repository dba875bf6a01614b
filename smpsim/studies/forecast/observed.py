"""What a running programme has reported, as figures of its monthly series."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from smpsim.messages import nearest, shown_list
from smpsim.results.outcomes import OUTCOMES
from smpsim.results.series import adds_up, unit_of_series
from smpsim.results.units import unit_of
from smpsim.scenario import Scenario
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.studies.monitoring import (
    ERROR,
    LONGEST_NAME,
    Cells,
    Reported,
    Row,
    empty,
    rows_of,
    twice,
)
from smpsim.vocabulary import SERIES

TOGETHER = "all programmes"
"""What several programmes are called together."""


@dataclass(frozen=True)
class Observation:
    """A figure that was reported.

    Attributes
    ----------
    month : int
        At the end of this month of the run, counted from 0.
    outcome : str
        One of `smpsim.vocabulary.SERIES`, or an outcome that has no such series, as it would be
        if the run ended then.
    value : float
    error : float
        Standard deviation of the reporting error.
    programme : str
        Its name, or `TOGETHER`.
    """

    month: int
    outcome: str
    value: float
    error: float
    programme: str

    @property
    def row(self) -> dict[str, Any]:
        """The observation as a row of a table."""
        return asdict(self)


Observed = Reported


def reported_as(name: str) -> str:
    """Return the monthly series or outcome that a name stands for, or an empty text."""
    if name in SERIES:
        return name
    return (OUTCOMES[name].series or name) if name in OUTCOMES else ""


def is_sum(name: str) -> bool:
    """Return whether a figure of several programmes together is the sum of theirs."""
    return adds_up(name) if name in SERIES else bool(OUTCOMES[name].adds_up)


def unit_named(name: str, currency: str) -> str:
    """Return the unit of a monthly series or of an outcome."""
    return unit_of_series(name, currency) if name in SERIES else unit_of(name, currency)


def groups_of(scenario: Scenario) -> list[str]:
    """Return what figures can be of: each programme and, of several, all together."""
    names = [one.name for one in scenario.programmes]
    return names if len(names) == 1 else [*names, TOGETHER]


def read_observed(
    source: Observed, scenario: Scenario, error: float = ERROR
) -> tuple[Observation, ...]:
    """Read what was reported.

    Parameters
    ----------
    source : str, Path, DataFrame or FileText
        A CSV file, its text, or a table with its columns: ``month`` (counted from 0, or as
        ``2025-06``), ``outcome`` (a monthly series such as ``placed``, or any outcome), ``value``,
        and if wanted ``error`` (a standard deviation) and ``programme``.
    scenario : Scenario
    error : float
        Standard deviation, as a share of the value, where none is stated.

    Returns
    -------
    tuple of Observation
        By month.

    Raises
    ------
    ScenarioError
        With everything that is wrong, each at its file, line and column.
    """
    problems: list[Problem] = []
    found: dict[tuple[Any, ...], tuple[Place, Observation]] = {}
    for place, cells in list(rows_of(source)):
        row = _Row(place, cells, scenario, error)
        one = row.observation()
        problems += row.problems
        if one is None:
            continue
        key = (one.month, one.outcome, one.programme)
        if key in found:
            problems.append(twice(place, found[key][0], one.outcome, one.month))
        found.setdefault(key, (place, one))
    if problems:
        raise ScenarioError(problems)
    if not found:
        raise empty(source)
    order = sorted((one for _, one in found.values()), key=lambda one: one.month)
    return tuple(order)


class _Row(Row):
    """A row as it is read."""

    def __init__(self, place: Place, cells: Cells, scenario: Scenario, share: float) -> None:
        super().__init__(place, cells)
        self.scenario, self.share = scenario, share

    def observation(self) -> Observation | None:
        """Return the observation, or None if something is wrong."""
        month = self.month(
            self.scenario, self.scenario.months - 2, ", so that a later month can be forecast"
        )
        outcome, value = self._outcome(), self.number("value")
        programme, error = self._group(outcome), self.error(value, self.share)
        if self.problems or month is None or value is None or error is None:
            return None
        return Observation(month, outcome, value, error, programme)

    def _outcome(self) -> str:
        text = self.cells.get("outcome", "")
        found = reported_as(text)
        if not found:
            known = (*SERIES, *OUTCOMES)
            common = ("enrolled", "graduated", "placed", "cost_cumulative")
            more = f"{shown_list(common)} and the other monthly series and outcomes"
            self.fault("outcome", f"{more}{nearest(text[:LONGEST_NAME], dict.fromkeys(known))}")
        return found

    def _group(self, outcome: str) -> str:
        names = [one.name for one in self.scenario.programmes]
        given = self.programme(names)
        if given or len(names) == 1:
            return given or names[0]
        if outcome and not is_sum(outcome):
            self.apart(names, outcome)
        return TOGETHER
