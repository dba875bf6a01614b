"""What a sweep has found: runs, their summary, and the same laid out along the axes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from smpsim.errors import RequestError
from smpsim.extras import need
from smpsim.messages import shown_list, shown_value
from smpsim.results.datapackage import PACKAGE_FILE
from smpsim.results.dataset import Dataset
from smpsim.results.estimates import means, quantile
from smpsim.results.files import PROVENANCE_FILE
from smpsim.results.result import LEVEL
from smpsim.results.series import unit_of_series
from smpsim.results.study_result import Drawing, StudyResult, Tables, rows_for_json
from smpsim.results.units import label_of, unit_of
from smpsim.scenario import Scenario
from smpsim.scenario.allowed_values import shape_at
from smpsim.scenario.arguments import several
from smpsim.scenario.values_at_keys import put, scenario_data
from smpsim.studies.sweep.about import ABOUT
from smpsim.studies.sweep.monthly import STATISTICS
from smpsim.studies.sweep.sampling import ACTIONS, SAMPLE
from smpsim.studies.sweep.study import SweepStudy

if TYPE_CHECKING:
    import xarray

    from smpsim.studies.sweep.plots import SweepPlots

INDEX = ("design", "scenario", "programme", "replication")
MOST_PICTURED = 6
STUDY_FILE, SCENARIOS_FILE, DESIGNS_FILE = "study.json", "scenarios.json", "designs.parquet"
DESIGNS_CSV = "designs.csv"
SERIES_FOLDER = "series"
FILES = (STUDY_FILE, SCENARIOS_FILE, DESIGNS_FILE, DESIGNS_CSV, PROVENANCE_FILE, PACKAGE_FILE)


@dataclass(frozen=True, repr=False, eq=False)
class Sweep(StudyResult):
    """What a study has found.

    Attributes
    ----------
    study : SweepStudy
    scenarios : dict of str to Scenario
        As they stand in the tables, with what the study sets in all designs.
    designs : DataFrame
        One row a design, index ``design``: what is varied.
    folder : Path or None
        Where the runs are kept.
    provenance : dict
        Where it comes from and all that runs it again (see `smpsim.results.provenance`).
    """

    VERB = "sweep"
    ABOUT = ABOUT
    STORES = ("", SERIES_FOLDER)
    TABLES = ("summary", "designs", "runs")
    READ = ("summary",)

    study: SweepStudy
    scenarios: dict[str, Scenario] = field(repr=False)
    designs: pd.DataFrame = field(repr=False)
    folder: Path | None = None
    table: pa.Table | None = field(default=None, repr=False)
    months: pa.Table | None = field(default=None, repr=False)
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return (
            f"Sweep({self.study.name!r}, {len(self.designs):,} designs x "
            f"{self.study.replications:,} replications)"
        )

    @property
    def runs(self) -> int:
        """Runs of each design and scenario."""
        return self.study.replications

    @property
    def seed(self) -> int:
        """Seed of the random draws."""
        return self.study.seed

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes of the study."""
        return tuple(dict.fromkeys(self.study.outcomes)) or self.kept

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the outcomes that the runs hold: with them what means of costs need."""
        with contextlib.closing(self._tables()) as tables:
            first = next(tables)
        return tuple(name for name in first.column_names if name not in INDEX)

    @property
    def axes(self) -> tuple[str, ...]:
        """Columns of the designs that are crossed with one another; ``sample`` is one of them."""
        sampled = set(self.study.sampled)
        return tuple(str(name) for name in self.designs.columns if name not in sampled)

    def by_run(self, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """Return all runs.

        Parameters
        ----------
        outcomes : sequence of str, optional
            Only these, which takes less memory.

        Returns
        -------
        DataFrame
            Columns ``design``, ``scenario``, ``programme``, ``replication`` and outcomes.
        """
        tables = self._tables()
        if outcomes is not None:
            return pa.concat_tables(one.select([*INDEX, *outcomes]) for one in tables).to_pandas()
        return pa.concat_tables(tables).to_pandas()

    def unit(self, axis: str) -> str:
        """Return the unit of what is varied, or an empty text."""
        if axis in (ACTIONS, SAMPLE):
            return ""
        scenario = next(iter(self.scenarios.values()))
        shape = shape_at(put(scenario_data(scenario), axis, 0)[1])
        return shape.unit if shape else ""

    def _tables(self) -> Generator[pa.Table, None, None]:
        """Yield runs; all replications of a design of a scenario in one table."""
        if self.table is not None:
            yield self.table
            return
        if self.folder is None:
            raise ValueError("a sweep has either a table or a folder")
        waiting: list[pa.Table] = []
        last = None
        for table in Dataset(self.folder).tables():
            first = (table["scenario"][0].as_py(), table["design"][0].as_py())
            if waiting and first != last:
                yield pa.concat_tables(waiting)
                waiting = []
            waiting.append(table)
            last = (table["scenario"][-1].as_py(), table["design"][-1].as_py())
        yield pa.concat_tables(waiting)

    def summary(self, level: float = LEVEL) -> pd.DataFrame:
        """Return mean, its standard error and quantiles of each outcome and design.

        Parameters
        ----------
        level : float
            Share of runs between ``run_low`` and ``run_high``.

        Returns
        -------
        DataFrame
            One row a design, scenario, programme and outcome: what is varied, then ``mean``,
            ``standard_error`` (see `smpsim.results.estimates`), ``run_low``, ``median``,
            ``run_high`` (quantiles of runs; not a number where there is no end, as nobody is
            placed), ``level``: the share of them in between, ``runs`` (all of them), ``runs_used``
            (those in which it is known what the mean is of) and ``unit``.
        """
        if not 0 < level < 1:
            raise RequestError(f"level: got {level}; allowed: above 0 and below 1")
        return self._usual.copy() if level == LEVEL else self._summary_at(level)

    @cached_property
    def _usual(self) -> pd.DataFrame:
        """The summary that tables, sentences and facts are made of: all runs are read once."""
        return self._summary_at(LEVEL)

    def _summary_at(self, level: float) -> pd.DataFrame:
        parts = [self._summed_up(table.to_pandas(), level) for table in self._tables()]
        return pd.concat(parts, ignore_index=True)

    def _summed_up(self, runs: pd.DataFrame, level: float) -> pd.DataFrame:
        tail = (1.0 - level) / 2.0
        by = [runs[name] for name in INDEX[:3]]
        known = runs.drop(columns=list(INDEX))
        mean, error, used = means(known, by)
        asked = list(self.outcomes)
        wanted: dict[str, pd.DataFrame] = {
            "mean": mean[asked],
            "standard_error": error[asked],
            "run_low": quantile(known, tail, by)[asked],
            "median": quantile(known, 0.5, by)[asked],
            "run_high": quantile(known, 1.0 - tail, by)[asked],
            "runs_used": used[asked],
        }
        columns = {
            name: frame.rename_axis("outcome", axis="columns").stack(future_stack=True)
            for name, frame in wanted.items()
        }
        found = pd.DataFrame(columns).reset_index()
        found.insert(len(found.columns) - 1, "level", level)
        found.insert(len(found.columns) - 1, "runs", self.study.replications)
        currency = {name: one.currency for name, one in self.scenarios.items()}
        found["unit"] = [
            unit_of(outcome, currency[scenario])
            for outcome, scenario in zip(found["outcome"], found["scenario"], strict=True)
        ]
        varied = self.designs.loc[found["design"]].reset_index(drop=True)
        index = found[[*INDEX[:3], "outcome"]]
        return pd.concat([index, varied, found.drop(columns=index.columns)], axis=1)

    def series(self, names: Sequence[str] | None = None) -> pd.DataFrame:
        """Return the monthly series that the study keeps.

        Parameters
        ----------
        names : sequence of str, optional
            Only these; all that are kept when left out.

        Returns
        -------
        DataFrame
            With ``series_of: designs`` one row a design, scenario, programme, month and series:
            what is varied, ``mean``, ``run_low``, ``median`` and ``run_high`` (between which 90 %
            of the runs lie) over the runs in which it has a value, ``runs``, ``runs_used`` (those
            with a value) and ``unit``. With ``series_of: runs`` one row a design, scenario,
            programme, replication and month, and a column for each series. Months count from 0.

        Raises
        ------
        RequestError
            If the study keeps no series, or not one of these.
        StoreError
            If the folder holds no series, or a part of them is damaged.
        """
        kept = self.study.series
        if not kept:
            raise RequestError("series: got a study that keeps no series; allowed: one with series")
        wanted = list(kept) if names is None else several("series", names)
        for name in wanted:
            if name not in kept:
                raise RequestError(f"series: got {shown_value(name)}; allowed: {shown_list(kept)}")
        table = self.months
        if table is None and self.folder is not None:
            table = pa.concat_tables(series_store(self.folder).tables())
        if table is None:
            raise ValueError("a sweep has either its series or a folder")
        if self.study.series_of == "runs":
            index = [name for name in table.column_names if name not in kept]
            return table.select([*index, *wanted]).to_pandas()
        found = table.to_pandas()
        found = found[found["series"].isin(wanted)].reset_index(drop=True)
        currency = {name: one.currency for name, one in self.scenarios.items()}
        found["unit"] = [
            unit_of_series(name, currency[scenario])
            for name, scenario in zip(found["series"], found["scenario"], strict=True)
        ]
        varied = self.designs.loc[found["design"]].reset_index(drop=True)
        index = found[[*INDEX[:3], "month", "series"]]
        return pd.concat([index, varied, found.drop(columns=index.columns)], axis=1)

    def to_xarray(self, table: str = "runs") -> xarray.Dataset:
        """Return all runs, or the monthly series, laid out along what was varied.

        Parameters
        ----------
        table : str
            ``"runs"`` or ``"series"``.

        Returns
        -------
        xarray.Dataset
            A variable for each outcome with its unit; dimensions ``scenario``, ``programme``, one
            for each grid, list and set of actions, ``sample`` if anything was sampled (with the
            samples of each key as coordinates along it), and ``replication``. Sections and
            lists that were varied are labelled by JSON text. Of series a variable for each, with
            ``month``, and ``statistic`` (mean, run_low, median, run_high) in the place of
            ``replication`` unless every run is kept.
        """
        need("arrays", "to_xarray")
        if table not in ("runs", "series"):
            raise RequestError(f"table: got {shown_value(table)}; allowed: runs, series")
        if table == "series":
            return self._laid(self._series_by_column(), units=unit_of_series)
        return self._laid(self.by_run(), units=unit_of)

    def _series_by_column(self) -> pd.DataFrame:
        """Return the series with a column for each, and a row for each statistic if summed up."""
        found = self.series()
        if self.study.series_of == "runs":
            return found
        index = [*INDEX[:3], "month"]
        long = found.melt([*index, "series"], list(STATISTICS), "statistic", "value")
        return (
            long.set_index([*index, "statistic", "series"])["value"]
            .unstack("series")[list(self.study.series)]
            .rename_axis(columns=None)
            .reset_index()
        )

    def _laid(self, runs: pd.DataFrame, units: Callable[[str, str], str]) -> xarray.Dataset:
        """Return a table with columns of `INDEX`, or like them, along what was varied."""
        along = [name for name in ("replication", "month", "statistic") if name in runs.columns]
        axes = [*self.axes]
        designs = self.designs.map(_label)
        laid = runs.drop(columns="design")
        for key in axes:
            laid[key] = designs[key].to_numpy()[runs["design"].to_numpy()]
        dimensions = ["scenario", "programme", *axes, *along]
        found = laid.set_index(dimensions).to_xarray()
        if axes:
            # in the order of the study, not sorted
            found = found.reindex({key: designs[key].unique() for key in axes})
        if "statistic" in along:
            found = found.reindex(statistic=list(STATISTICS))
        for key in self.study.sampled:
            first = self.designs.drop_duplicates(SAMPLE)
            found = found.assign_coords({key: (SAMPLE, first[key].to_numpy())})
        currencies = {scenario.currency for scenario in self.scenarios.values()}
        currency = currencies.pop() if len(currencies) == 1 else "currency of the scenario"
        for outcome in map(str, found.data_vars):
            found[outcome].attrs["units"] = units(outcome, currency)
        found.attrs = {"study": self.study.name, "seed": self.study.seed}
        return found

    @property
    def plot(self) -> SweepPlots:
        """Pictures: ``sweep.plot.heatmap(x, y, outcome)``, ``sweep.plot.lines(x, outcome)``."""
        from smpsim.studies.sweep.plots import SweepPlots

        return SweepPlots(self)

    @property
    def tables(self) -> Tables:
        """``summary``, ``designs`` and ``runs``."""
        return Tables({"summary": self._summary, "designs": self._designs, "runs": self.by_run})

    def _summary(self) -> pd.DataFrame:
        return _storable(self.summary(), self.designs.columns)

    def _designs(self) -> pd.DataFrame:
        return _storable(self.designs, self.designs.columns).rename_axis("design")

    @property
    def sentences(self) -> list[str]:
        """How the mean of the first outcome moves over the designs."""
        table = self.summary()
        outcome = self.outcomes[0]
        table = table[(table["outcome"] == outcome) & table["mean"].notna()]
        found = []
        for (scenario, programme), rows in table.groupby(["scenario", "programme"], sort=False):
            if len(rows) > 1:
                ordered = rows.sort_values("mean", kind="stable")
                low, high = ordered.iloc[0], ordered.iloc[-1]
                found.append(
                    f"{scenario}, {programme}: mean {label_of(outcome)} from {low['mean']:,.4g} "
                    f"(design {low['design']}) to {high['mean']:,.4g} (design {high['design']})."
                )
        return found

    @property
    def pictures(self) -> dict[str, Drawing]:
        """Maps or lines of the outcomes over the numbers that were varied, at most six."""
        panels = ACTIONS if self.study.actions is not None else None
        drawn = pictured(self.study, self.designs, self.outcomes)
        return {
            name: partial(getattr(self.plot, kind), *keys, outcome, by=panels)
            for name, (kind, keys, outcome) in drawn.items()
        }

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: the study and its summary."""
        found: dict[str, Any] = {
            "study": self.study.name,
            "designs": len(self.designs),
            "replications": self.runs,
            "seed": self.seed,
            "runs": self.runs * len(self.designs) * len(self.scenarios),
            "summary": rows_for_json(self.summary()),
            "finding": self.sentences,
        }
        return found | ({} if self.folder is None else {"folder": str(self.folder)})

    @property
    def question(self) -> str:
        """What the study asks, if it says so, and what a sweep is for."""
        return f"{self.study.question} {self.ABOUT.question}".strip()

    def _title(self) -> str:
        return self.study.name

    def _rows_of(self, name: str) -> int | None:
        # without reading millions of runs; of several programmes there are more
        return self.runs * len(self.designs) * len(self.scenarios) if name == "runs" else None

    def _to_write(self, folder: Path) -> tuple[Tables, tuple[str, ...]]:
        # the folder of the runs holds runs and designs already
        if self.folder is not None and folder.resolve() == self.folder.resolve():
            return Tables({"summary": self._summary}), ()
        return super()._to_write(folder)


def pictured(
    study: SweepStudy, designs: pd.DataFrame, outcomes: Sequence[str]
) -> dict[str, tuple[str, list[str], str]]:
    """Return kind, axes and outcome of each picture that fits what is varied, by its name."""
    numbers = [
        str(key) for key in designs.columns if key != SAMPLE and designs[key].dtype.kind in "if"
    ]
    crossed = [key for key in numbers if key not in study.sampled]
    if not numbers:
        return {}
    kind, keys = ("heatmap", crossed[:2]) if len(crossed) > 1 else ("lines", numbers[:1])
    chosen = list(dict.fromkeys(outcomes))[:MOST_PICTURED] if study.outcomes else ["placed"]
    return {f"{kind}_{outcome}": (kind, keys, outcome) for outcome in chosen}


def series_store(folder: Path) -> Dataset:
    """Return where the monthly series of a sweep are kept, beside its runs."""
    return Dataset(folder / SERIES_FOLDER)


def _label(value: Any) -> Any:
    """Return a value of an axis; sections and lists, which can't be labels, as JSON text."""
    return json.dumps(value) if isinstance(value, (dict, list)) else value


def _storable(table: pd.DataFrame, keys: Iterable[Any]) -> pd.DataFrame:
    """Return a table in which values of several kinds, such as null beside numbers, are JSON."""
    found = table.copy(deep=False)
    for key in keys:
        column = found[key]
        if column.dtype == object and not all(isinstance(one, str) for one in column):
            found[key] = column.map(json.dumps)
    return found
