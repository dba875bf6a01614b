"""What a sweep has found: runs, their summary, and the same laid out along the axes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from smpsim.results.dataset import Dataset, encoded
from smpsim.results.files import StoreError
from smpsim.results.summing import INDEX, groupable, summed_up
from smpsim.results.units import unit_of
from smpsim.scenario import Scenario, load_data
from smpsim.scenario.access import put, scenario_data
from smpsim.scenario.shapes import shape_at
from smpsim.studies.axes import ACTIONS
from smpsim.studies.sampling import SAMPLE, designs_of
from smpsim.studies.study import SweepStudy

if TYPE_CHECKING:
    import xarray

    from smpsim.plots.sweep_plots import SweepPlots

LEVEL = 0.9
STUDY_FILE, DESIGNS_FILE = "study.json", "designs.parquet"


@dataclass(frozen=True, repr=False)
class Sweep:
    """What a study has found.

    Attributes
    ----------
    study : SweepStudy
    scenarios : dict of str to Scenario
        As they stand in the tables, before what the study sets and varies.
    designs : DataFrame
        One row a design, index ``design``: what is varied.
    folder : Path or None
        Where the runs are kept.
    """

    study: SweepStudy
    scenarios: dict[str, Scenario] = field(repr=False)
    designs: pd.DataFrame = field(repr=False)
    folder: Path | None = None
    table: pa.Table | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        return (
            f"Sweep({self.study.name!r}, {len(self.designs):,} designs x "
            f"{self.study.replications:,} replications)"
        )

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Names of the outcomes that the study asks for, or of all."""
        if self.study.outcomes:
            return tuple(dict.fromkeys(self.study.outcomes))
        with contextlib.closing(self._tables()) as tables:
            first = next(tables)
        return tuple(name for name in first.column_names if name not in INDEX)

    @property
    def axes(self) -> tuple[str, ...]:
        """Columns of the designs that are crossed with one another; ``sample`` is one of them."""
        sampled = set(self.study.sampled)
        return tuple(str(name) for name in self.designs.columns if name not in sampled)

    def labelled(self) -> pd.DataFrame:
        """Return the designs with values that can be grouped by (see `groupable`)."""
        designs = self.designs.copy()
        for key in designs.columns:
            if designs[key].dtype == object:
                designs[key] = designs[key].map(groupable)
        return designs

    def runs(self, outcomes: Sequence[str] | None = None) -> pd.DataFrame:
        """Return all runs.

        Parameters
        ----------
        outcomes : sequence of str, optional
            Only these, which takes less memory.

        Returns
        -------
        DataFrame
            Columns ``design``, ``scenario``, ``programme``, ``replication`` and outcomes: those of
            the study, and what costs per head are made of.
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
        """Return mean, its interval, and quantiles of each outcome and design.

        Parameters
        ----------
        level : float
            Confidence level of the interval of the mean, and share of runs from ``low`` to
            ``high``.

        Returns
        -------
        DataFrame
            One row a design, scenario, programme and outcome: what is varied, then ``mean``,
            ``standard_error``, ``mean_low`` and ``mean_high`` (t interval of the mean), ``low``,
            ``median`` and ``high`` of the runs, ``runs`` (those in which the outcome is defined)
            and ``unit``. What a graduate, a placement or a placement kept a year costs is mean
            cost by mean number, as in comparisons, with the jackknife's standard error.

        Raises
        ------
        ValueError
            If the level is not between 0 and 1.
        """
        if not 0 < level < 1:
            raise ValueError(f"level: found {level}, allowed: above 0 and below 1")
        outcomes = self.outcomes
        found = pd.concat(
            [summed_up(table, outcomes, level) for table in self._tables()], ignore_index=True
        )
        currency = {name: one.currency for name, one in self.scenarios.items()}
        found["unit"] = [
            unit_of(outcome, currency[scenario])
            for outcome, scenario in zip(found["outcome"], found["scenario"], strict=True)
        ]
        varied = self.designs.loc[found["design"]].reset_index(drop=True)
        index = found[[*INDEX[:3], "outcome"]]
        return pd.concat([index, varied, found.drop(columns=index.columns)], axis=1)

    def to_xarray(self) -> xarray.Dataset:
        """Return all runs laid out along what was varied.

        Returns
        -------
        xarray.Dataset
            A variable for each outcome with its unit; dimensions ``scenario``, ``programme``, one
            for each grid, list and set of actions, ``sample`` if distributions were sampled
            together (with the samples of each key as coordinates along it), and ``replication``.
        """
        runs, designs, axes = self.runs(self.outcomes), self.labelled(), list(self.axes)
        laid = runs.drop(columns="design")
        for key in axes:
            laid[key] = designs[key].to_numpy()[runs["design"].to_numpy()]
        found = laid.set_index(["scenario", "programme", *axes, "replication"]).to_xarray()
        # in the order of the study, not sorted
        order = {key: designs[key].unique() for key in axes}
        found = found.reindex({**order, "scenario": list(self.scenarios)})
        for key in self.study.sampled:
            first = self.designs.drop_duplicates(SAMPLE)
            found = found.assign_coords({key: (SAMPLE, first[key].to_numpy())})
        currencies = {scenario.currency for scenario in self.scenarios.values()}
        currency = currencies.pop() if len(currencies) == 1 else "currency of the scenario"
        for outcome in self.outcomes:
            found[outcome].attrs["units"] = unit_of(outcome, currency)
        found.attrs = {"study": self.study.name, "seed": self.study.seed}
        return found

    @property
    def plot(self) -> SweepPlots:
        """Pictures: ``sweep.plot.heatmap(x, y, outcome)``, ``sweep.plot.lines(x, outcome)``."""
        from smpsim.plots.sweep_plots import SweepPlots

        return SweepPlots(self)


def study_as_files(
    study: SweepStudy, scenarios: dict[str, Scenario], designs: pd.DataFrame
) -> dict[str, bytes]:
    """Return the files that say what was asked: a study with its scenarios, and its designs."""
    facts = {
        "study": study.model_dump(mode="json"),
        "scenarios": {name: one.model_dump(mode="json") for name, one in scenarios.items()},
    }
    return {
        STUDY_FILE: (json.dumps(facts, indent=2) + "\n").encode(),
        DESIGNS_FILE: designs_as_file(designs),
    }


def designs_as_file(designs: pd.DataFrame) -> bytes:
    """Return a table of designs as the content of a Parquet file."""
    columns: dict[str, Any] = {"design": pa.array(np.arange(len(designs), dtype=np.int32))}
    for key in designs.columns:
        column = designs[key]
        if column.dtype == object or pd.api.types.is_string_dtype(column):
            # values of several kinds, such as null beside numbers, stand as JSON text
            alike = all(isinstance(one, str) for one in column)
            cells = [one if alike else json.dumps(one) for one in column]
            columns[str(key)] = pa.array(cells, pa.string())
        else:
            columns[str(key)] = pa.array(column.to_numpy())
    return encoded(pa.table(columns))


def read_sweep(folder: str | Path) -> Sweep:
    """Return the sweep that a folder holds, without running anything.

    Raises
    ------
    StoreError
        If the folder holds no sweep of a study.
    """
    path = Path(folder) / STUDY_FILE
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        study = SweepStudy.model_validate(facts["study"])
        # as they were when the sweep was run, whatever has become of their files
        scenarios = {name: load_data(data) for name, data in facts["scenarios"].items()}
    except OSError as error:
        raise StoreError.of("read", path, error) from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError("read", path, "it is no study of a sweep of this version") from error
    return Sweep(study, scenarios, designs_of(study, list(scenarios.values())), Path(folder))
