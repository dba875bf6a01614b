"""Predictions of reported outcomes: scenarios run under draws of the shared parameters."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from smpsim.messages import Progress
from smpsim.results.dataset import Dataset
from smpsim.results.files import check_folder
from smpsim.results.locks import held
from smpsim.results.outcomes import Outcome
from smpsim.results.provenance import whole_scenario
from smpsim.scenario import Scenario, load
from smpsim.scenario.keypaths import overlapping
from smpsim.scenario.parameters import Parameters
from smpsim.studies.sweep.chunks import Work, work_of
from smpsim.studies.sweep.resume import opened, refuse_others, run_work
from smpsim.studies.validate.measures import Ratio


@dataclass(frozen=True)
class Situation:
    """What must be run for a report: a scenario with values that are set."""

    scenario: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """A name by which tables tell situations apart."""
        changed = [f"{key}={value!r}" for key, value in sorted(self.values.items())]
        return ", ".join([self.scenario, *changed])


def loaded(source: str | Scenario, values: Mapping[str, Any]) -> Scenario:
    """Load a scenario of the catalogue, or one that is read already, with values set in it.

    An earlier end leaves out what the timeline holds for later, so that a report can be of any
    month.

    Raises
    ------
    ScenarioError
        If a value does not fit.
    """
    months = values.get("months")
    if isinstance(months, int) and "timeline" not in values:
        changes = load(source).timeline
        if any(change.month >= months for change in changes):
            before = [change.model_dump() for change in changes if change.month < months]
            values = {**values, "timeline": before}
    return load(source, values)


def whole_by_name(scenarios: Iterable[str]) -> dict[str, Any]:
    """Return scenarios of the catalogue as they are now, by name, as plain data."""
    return {name: whole_scenario(load(name)) for name in dict.fromkeys(scenarios)}


def situations(ratios: Iterable[Ratio]) -> dict[str, Situation]:
    """Return the situations that must be run for ratios, by their labels."""
    found = (Situation(*one) for ratio in ratios for one in ratio.situations)
    return {one.label: one for one in found}


@dataclass(frozen=True)
class Course:
    """Runs that serve several situations: of one scenario, each seen at a month of its own."""

    longest: Situation
    months: dict[str, int]
    """Of each situation, by its label."""

    @property
    def at(self) -> tuple[int, ...]:
        """Months before the end at which somebody looks."""
        found = sorted(set(self.months.values()))
        return tuple(found[:-1])


def courses(wanted: Iterable[Situation]) -> list[Course]:
    """Return the runs that are needed for situations, those that differ in the date together."""
    found: dict[str, dict[int, Situation]] = {}
    labels: dict[str, dict[str, int]] = {}
    ends: dict[str, int] = {}
    for one in {each.label: each for each in wanted}.values():
        rest = {key: value for key, value in one.values.items() if key != "months"}
        key = Situation(one.scenario, rest).label
        months = one.values.get("months")
        if months is None:
            if one.scenario not in ends:
                ends[one.scenario] = load(one.scenario).months
            months = ends[one.scenario]
        # of two with the same end either will do
        found.setdefault(key, {}).setdefault(int(months), one)
        labels.setdefault(key, {})[one.label] = int(months)
    return [Course(group[max(group)], labels[key]) for key, group in found.items()]


@dataclass(frozen=True)
class Simulated:
    """Runs of situations under draws of the shared parameters, by label."""

    tables: Mapping[str, pd.DataFrame]

    def of(self, scenario: str, values: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Return the runs of a situation.

        Returns
        -------
        DataFrame
            Columns ``design``: the draw, ``programme``, ``replication``: of the draw, and outcomes.
        """
        return self.tables[Situation(scenario, values or {}).label]


@dataclass(frozen=True)
class Prepared:
    """Situations that are ready to run: every draw in each of them has been checked."""

    works: tuple[Work, ...] = field(repr=False)
    courses: tuple[Course, ...] = field(default=(), repr=False)

    @property
    def runs(self) -> int:
        """How many runs there are in all."""
        return sum(work.runs for work in self.works)

    def _parts(self, folder: Path | None) -> list[tuple[Work, Path | None]]:
        """Return each work with the folder of its runs."""
        return [
            (work, folder / f"part_{n}" if folder is not None and n else folder)
            for n, work in enumerate(self.works)
        ]

    def missing(self, folder: Path, fresh: bool = False) -> int:
        """Return how many runs a folder lacks; begin it if it is new. The caller holds it.

        Raises
        ------
        ScenarioError
            If it holds runs of something else.
        StoreError
            If it can't be read or written to.
        """
        parts = [(work, where) for work, where in self._parts(folder) if where is not None]
        for work, where in parts:
            # all of them before one is begun or cleared
            if not fresh:
                refuse_others(Dataset(where), work.facts(), where)
            Dataset(where).check(len(work.chunks))
        return sum(
            work.chunks[number].runs
            for work, where in parts
            for number in opened(Dataset(where), work, fresh)
        )

    def run(
        self,
        folder: Path | None = None,
        *,
        threads: int | None = None,
        fresh: bool = False,
        progress: Progress | None = None,
    ) -> Simulated:
        """Run what is missing; arguments as in `smpsim.calibrate`.

        Returns
        -------
        Simulated
            Of each world the numbers that `smpsim.run` has for it, to the bit.

        Raises
        ------
        ScenarioError, StoreError
            As `missing` does; what is done by then is kept.
        """
        with contextlib.ExitStack() as stack:
            if folder is not None:
                check_folder(folder)
                stack.enter_context(held(folder))
                # all parts are looked at before the first is run
                self.missing(folder, fresh)
            return self._run(folder, threads, progress)

    def _run(
        self, folder: Path | None, threads: int | None, progress: Progress | None
    ) -> Simulated:
        done = 0
        tables: dict[str, pd.DataFrame] = {}
        seen = {course.longest.label: course.months for course in self.courses}
        for work, where in self._parts(folder):
            before = done

            def step(more: int, before: int = before) -> None:
                nonlocal done
                done = before + more
                if progress is not None:
                    progress(done)

            found = run_work(work, where, threads=threads, progress=step)[0].to_pandas()
            for label, rows in found.groupby("scenario", sort=False):
                # each replication is a plausible world, and so a draw of its own
                plain = rows.drop(columns="scenario")
                plain = plain.assign(design=plain["replication"], replication=0)
                if "month" not in plain:
                    tables[str(label)] = plain.reset_index(drop=True)
                    continue
                by_month = dict(list(plain.drop(columns="month").groupby(plain["month"])))
                for situation, month in seen[str(label)].items():
                    tables[situation] = by_month[month].reset_index(drop=True)
        return Simulated(tables)


def prepare(
    wanted: Iterable[Situation],
    given: Parameters,
    worlds: int,
    seed: int,
    outcomes: Sequence[str] | None = None,
    rules: Mapping[str, Any] | None = None,
    own: Sequence[Outcome] = (),
) -> Prepared:
    """Check situations that are run once in each of many plausible worlds.

    Parameters
    ----------
    wanted : iterable of Situation
    given : Parameters
        What is drawn. World n has the same shared parameters in every situation; each scenario
        draws the rest from ranges of its own.
    worlds : int
    seed : int
        Of all luck and all draws.
    outcomes : sequence of str, optional
        Outcomes that are kept; all when left out.
    rules : mapping, optional
        Rules of the user's own (see `smpsim.rules`).
    own : sequence of Outcome
        Outcomes of the user's own that are kept in any case.

    Raises
    ------
    ScenarioError
        With every situation that is not valid.
    """
    columns = [] if given.table is None or not given.own else list(map(str, given.table))
    found, apart = _parted(wanted, columns)
    plain = pd.DataFrame(index=[0])
    parts = _of_courses(found, plain)
    for one in apart:
        # as a design, of which what it sets is not drawn
        sets = {key: value for key, value in one.values.items() if _meets(key, columns)}
        parts.append(({one.label: loaded(one.scenario, one.values)}, _with(plain, sets), ()))
    works = (
        work_of(
            scenarios,
            designs,
            replications=worlds,
            seed=seed,
            outcomes=outcomes,
            rules=rules,
            own=own,
            at=at,
            parameters=given,
        )
        for scenarios, designs, at in parts
    )
    return Prepared(tuple(works), found)


Part = tuple[dict[str, Scenario], pd.DataFrame, Sequence[Sequence[int]]]
"""Scenarios by label, designs, and the months at which somebody looks."""


def _parted(
    wanted: Iterable[Situation], columns: Sequence[str]
) -> tuple[tuple[Course, ...], list[Situation]]:
    """Return what is run together, and situations that set what stands in columns of draws.

    What is set holds over what is drawn.
    """
    apart: dict[str, Situation] = {}
    others: list[Situation] = []
    for one in wanted:
        if any(_meets(key, columns) for key in one.values):
            apart[one.label] = one
        else:
            others.append(one)
    return tuple(courses(others)), list(apart.values())


def _meets(key: str, columns: Sequence[str]) -> bool:
    """Return whether a key is that of a column, or stands above or below it."""
    return any(overlapping(column, key) for column in columns)


def _of_courses(found: Sequence[Course], designs: pd.DataFrame) -> list[Part]:
    """Return the part of all that is run together, if there is any."""
    if not found:
        return []
    together = {
        one.longest.label: loaded(one.longest.scenario, one.longest.values) for one in found
    }
    return [(together, designs, [one.at for one in found])]


def _with(draws: pd.DataFrame, values: Mapping[str, Any]) -> pd.DataFrame:
    """Return the draws with the same further values in each."""
    same = {
        # of objects, as a value may be a whole section
        key: pd.Series([value] * len(draws), index=draws.index, dtype=object)
        for key, value in values.items()
    }
    return draws.assign(**same)
