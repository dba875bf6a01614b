"""A report: options run under the same chance events, for those who decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from smpsim.ensemble import Progress
from smpsim.errors import RequestError
from smpsim.results.study_result import into
from smpsim.scenario.actions import ActionSource
from smpsim.scenario.loading import Overrides, Source
from smpsim.scenario.parameters import DEFAULT, Draws
from smpsim.studies.report.prepared import prepared
from smpsim.studies.report.result import Report, needed
from smpsim.studies.report.sliders import Asked

__all__ = ["Report", "report"]


def report(
    scenarios: Source | Sequence[Source],
    out: str | Path | None = None,
    replications: int | None = None,
    seed: int | None = None,
    *,
    actions: Sequence[ActionSource | Sequence[ActionSource]] | ActionSource = (),
    overrides: Overrides = (),
    names: Sequence[str] | None = None,
    level: float = 0.95,
    guesses: bool = True,
    sliders: bool | Asked = True,
    parameters: Draws = DEFAULT,
    pdf: bool = False,
    xlsx: bool = False,
    folder: str | Path | None = None,
    threads: int | None = None,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Run options under the same chance events, and write a report on them as one HTML file.

    Parameters
    ----------
    scenarios : str, Path, mapping or Scenario, or a sequence of them
        The options, at most six with those of `actions`; others are compared with the first.
    out : str or Path, optional
        The HTML file; none is written when left out.
    replications : int, optional
        Runs of each option; the largest of the scenarios' own numbers when left out.
    seed : int, optional
        Seed of the random draws; that of the first option when left out.
    actions : sequence of str or path, or of sequences of them
        More options: the first scenario with an action, or with each of several together.
    overrides : mapping or iterable of str
        Values by key path that are set in all options.
    names : sequence of str, optional
        What to call the options; the scenarios' names and actions when left out.
    level : float
        Confidence level of the intervals of differences, between 0 and 1.
    guesses : bool
        Try what wrong guesses of the first option change: 20 runs at each end of the range of
        each figure of its own that its file marks as an assumption.
    sliders : bool or mapping of str to sequence of float
        Run a small sweep of the first option, which sliders of the page show: of key paths and
        their values, at most three, or of the first three of `smpsim.studies.report.sliders.USUAL`
        that can act. 40 runs of each combination, under the same chance events.
    parameters : str, Path or DataFrame
        As in `smpsim.run`. Run n of all options is in the same plausible world.
    pdf, xlsx : bool
        Write the report as PDF and as a workbook too, beside `out`.
    folder : str or Path, optional
        Where the tables are written, as `StudyResult.write` does; nowhere when left out.
    threads : int, optional
        Threads that work at the same time; it does not change a number.
    rules : mapping of str to function, optional
        Rules of your own by name, for all options (see `smpsim.rules`).
    progress : callable, optional
        Called with the number of runs done so far.

    Returns
    -------
    Report

    Raises
    ------
    ScenarioError
        If a scenario or an action is not valid.
    RequestError
        If a number is out of range, or there are too many options.
    StoreError
        If a file can't be written.

    Examples
    --------
    >>> found = report("bare_pipeline", replications=5, guesses=False, sliders=False)
    >>> found.figures().loc[("A", "placed"), "mean"] > 0
    True
    """
    if (pdf or xlsx) and out is None:
        raise RequestError(
            "out: got none with pdf or xlsx; allowed: the HTML file, beside which they are written"
        )
    needed(None if out is None else Path(out), pdf=pdf, xlsx=xlsx)
    ready = prepared(
        scenarios,
        replications,
        seed,
        actions=actions,
        overrides=overrides,
        names=names,
        level=level,
        guesses=guesses,
        sliders=sliders,
        parameters=parameters,
        rules=rules,
    )
    found = into(folder, Report, lambda: ready.run(threads=threads, progress=progress))
    if out is not None:
        found.save(out, pdf=pdf, xlsx=xlsx)
    return found
