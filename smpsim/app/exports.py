"""What can be taken away: pictures, tables, a workbook, a report, a scenario file.

All are made by the functions that the command line uses, from runs made anew: the numbers are those
of the screens, as the seed is the same.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import pandas as pd

from smpsim.app.answer import of_programme
from smpsim.app.curves import curves
from smpsim.app.options import Option
from smpsim.app.payments import payments
from smpsim.app.runs import never, result_of, unless_stale
from smpsim.app.state import State
from smpsim.messages import Progress
from smpsim.plots.style import png
from smpsim.results.result import LEVEL, Result
from smpsim.results.spreadsheet import as_csv
from smpsim.studies.report.report import report
from smpsim.studies.report.result import MOST, Report

DATE = (2000, 1, 1, 0, 0, 0)
"""Of files in archives, so that the same numbers are the same bytes."""


def picture(state: State, programme: str, kind: str) -> bytes:
    """Return the trajectories as a picture.

    Parameters
    ----------
    state : State
    programme : str
    kind : str
        ``"png"`` or ``"svg"``.
    """
    figure = result_of(state, state.replications).plot.trajectories(programme)
    if kind == "png":
        return png(figure)
    content = BytesIO()
    # else the file states when it was made
    figure.savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()


def tables(state: State, programme: str) -> bytes:
    """Return a ZIP archive of CSV files with the tables of a programme."""
    result = of_programme(result_of(state, state.replications), programme)
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, table in _tables(result, programme).items():
            archive.writestr(zipfile.ZipInfo(f"{name}.csv", DATE), as_csv(table))
        archive.writestr(zipfile.ZipInfo("scenario.yaml", DATE), state.yaml())
    return content.getvalue()


def _tables(result: Result, programme: str) -> dict[str, pd.DataFrame]:
    months: dict[str, Any] = {"month": range(result.months), "date": result.dates().astype(str)}
    for curve in curves(result, programme):
        columns = {"median": curve.median, "run_low": curve.low, "run_high": curve.high}
        months |= {f"{curve.name}_{what}": values for what, values in columns.items()}
    monthly = pd.DataFrame({**months, "level": LEVEL}).set_index("month")
    paid = pd.DataFrame(payments(result, programme))
    paid["unit"] = result.currency
    return {
        "summary": result.summary(),
        "funnel": result.funnel(),
        "losses": result.losses(),
        "gains": result.gains(),
        "monthly": monthly,
        "payments": paid.set_index(["payer", "payee"]),
    }


def reported(
    state: State,
    options: Sequence[Option] = (),
    progress: Progress | None = None,
    is_stale: Callable[[], bool] = never,
    *,
    guesses: bool = True,
) -> Report:
    """Return the report on a state, or on the options that were kept (as many as a page holds).

    Parameters
    ----------
    state : State
    options : sequence of Option
        In place of the state, if there are any.
    progress : callable, optional
        Called with the number of runs done so far.
    is_stale : callable
        Asked after each run whether to give up.
    guesses : bool
        Try what wrong guesses change.
    """
    watch = unless_stale(is_stale, progress)
    if not options:
        return report(
            state.source,
            replications=state.replications,
            overrides=dict(state.changes),
            parameters=state.parameters,
            guesses=guesses,
            progress=watch,
        )
    shown = options[:MOST]
    return report(
        [one.state.design() for one in shown],
        replications=shown[0].state.replications,
        names=[one.name for one in shown],
        parameters=shown[0].state.parameters,
        guesses=guesses,
        progress=watch,
    )


def page_of(found: Report) -> bytes:
    """Return a report as one HTML file."""
    return found.html().encode()


def workbook_of(found: Report) -> bytes:
    """Return a report as a workbook for spreadsheets."""
    return found.workbook()
