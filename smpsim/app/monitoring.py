"""Own monitoring data over the curves, and the forecast from them: on demand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from smpsim.app.curves import SHOWN, Curve, Point
from smpsim.app.runs import never, unless_stale
from smpsim.app.state import State
from smpsim.results.report import in_digits
from smpsim.results.series import unit_of_series
from smpsim.scenario.loading import FileText
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.studies.forecast.forecast import forecast
from smpsim.studies.forecast.observed import Observation, read_observed
from smpsim.studies.forecast.result import Forecast
from smpsim.studies.forecast.signs import label
from smpsim.vocabulary import SERIES

DRAWS = 500
"""Runs of a forecast: enough for ranges, and soon done."""
LARGEST = 1_000_000
"""Bytes of a file of reports."""


@dataclass(frozen=True)
class Reports:
    """What a programme has reported.

    Parameters
    ----------
    name : str
        Of the file.
    observed : tuple of Observation
    """

    name: str
    observed: tuple[Observation, ...]


@dataclass(frozen=True)
class Ahead:
    """What is likely to follow.

    Parameters
    ----------
    sentences : tuple of str
    curves : dict of str to Curve
        Given the reports, by series.
    watch : tuple of tuple of str
        Early signs: what to watch, when, and what it means.
    """

    sentences: tuple[str, ...]
    curves: dict[str, Curve]
    watch: tuple[tuple[str, ...], ...]


def reports_of(state: State, name: str, content: bytes) -> Reports:
    """Read an uploaded file of reports; it is data, and nothing in it is executed.

    Raises
    ------
    ScenarioError
        With everything that is wrong, as `smpsim forecast` says it.
    """
    short = Path(name.replace("\\", "/")).name or "reports.csv"

    def refuse(message: str) -> ScenarioError:
        return ScenarioError([Problem(short, None, None, "", message)])

    if len(content) > LARGEST:
        raise refuse(f"got more than {LARGEST:,} bytes; allowed: at most so many")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refuse("got a file that is not text; allowed: CSV in UTF-8") from None
    return Reports(short, read_observed(FileText(text, short), state.design()))


def points(reports: Reports, series: str, programme: str) -> list[Point]:
    """Return what was reported of a series, with two standard deviations of its error.

    Parameters
    ----------
    reports : Reports
    series : str
    programme : str
        Reports of all programmes together are those of a scenario with one.
    """
    return [
        Point(one.month, one.value, 2 * one.error)
        for one in reports.observed
        if one.outcome == series and one.programme == programme
    ]


def ahead(
    state: State,
    reports: Reports,
    programme: str,
    progress: Callable[[int], None] | None = None,
    is_stale: Callable[[], bool] = never,
    draws: int = DRAWS,
) -> Ahead:
    """Return the forecast of a programme from what it has reported.

    Parameters
    ----------
    state : State
    reports : Reports
    programme : str
    progress : callable, optional
        Called with the number of runs done so far.
    is_stale : callable
        Asked after each run whether to give up.
    draws : int
        Runs, each with parameters of its own.

    Raises
    ------
    ScenarioError, RequestError
        If there can be no forecast, as where the last month was reported.
    StaleError
        If `is_stale` said so.
    """
    found = forecast(
        state.source,
        reports.observed,
        draws,
        overrides=dict(state.changes),
        progress=unless_stale(is_stale, progress),
    )
    place = found.groups.index(programme)
    curves = {name: _curve(found, place, name) for name in SHOWN}
    return Ahead(tuple(found.sentences), curves, tuple(_watch(found, programme)))


def _curve(found: Forecast, place: int, name: str) -> Curve:
    values = found.after[:, place, :, found.series.index(name)]
    shares = (found.ends[0], 0.5, found.ends[1])
    low, median, high = found.conditioned.quantiles(values, shares)
    unit = unit_of_series(name, found.scenario.currency)
    return Curve(name, SERIES[name].label, unit, median, low, high)


SIGN_HEADS = ("Watch", "At the end of", "The plan is then met in", "Otherwise in")
MOST_SIGNS = 4


def _watch(found: Forecast, programme: str) -> list[tuple[str, ...]]:
    signs = found.signs()
    mine = signs[signs.index.get_level_values("programme") == programme]
    return [
        (
            f"{label(row['sign'])}: {row['side']} {in_digits(row['threshold'])} {row['unit']}",
            found.date(int(row["month"])),
            f"{100 * row['met_on_this_side']:.0f} % of the runs",
            f"{100 * row['met_on_the_other']:.0f} %",
        )
        for _, row in mine.head(MOST_SIGNS).iterrows()
    ]
