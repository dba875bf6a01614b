"""Two designs under the same luck: what difference the design makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from smpsim.ensemble import Progress, run
from smpsim.results.files import write_tables
from smpsim.results.result import Result
from smpsim.results.units import is_money, unit_of
from smpsim.scenario import Scenario, load
from smpsim.studies.pairing import Pair, outcomes_of, pair_programmes, paired_difference

if TYPE_CHECKING:
    from smpsim.plots.comparison_plots import ComparisonPlots

Source = str | Path | Mapping[str, Any] | Scenario


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two results whose runs are paired by replication.

    Attributes
    ----------
    a, b : Result
        With the same seed and number of runs.
    names : tuple of str
        What the two designs are called.
    pairs : tuple of Pair
        Which programmes of the two are compared.
    notes : tuple of str
        What a reader must know: programmes without a partner, currencies that differ, other
        horizons.

    Raises
    ------
    ValueError
        If the two have other seeds or numbers of runs, so that their runs are no pairs.
    """

    a: Result = field(repr=False)
    b: Result = field(repr=False)
    names: tuple[str, str] = ("a", "b")

    def __post_init__(self) -> None:
        for what, one, other in (
            ("runs", self.a.runs, self.b.runs),
            ("seed", self.a.provenance.get("seed"), self.b.provenance.get("seed")),
        ):
            if one != other:
                raise ValueError(f"{what}: found {one} and {other}, allowed: the same for both")
        if len(set(self.names)) != 2:
            raise ValueError(f"names: found {self.names}, allowed: two that differ")

    def __repr__(self) -> str:
        return f"Comparison({self.names[0]!r}, {self.names[1]!r}, {self.runs} paired runs)"

    @property
    def runs(self) -> int:
        """Number of pairs of runs."""
        return self.a.runs

    @property
    def same_currency(self) -> bool:
        """Whether amounts of money can be compared."""
        return self.a.currency == self.b.currency

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Programmes that are compared with each other."""
        return pair_programmes(self.a.programmes, self.b.programmes)[0]

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that a reader of the differences must know."""
        found = list(pair_programmes(self.a.programmes, self.b.programmes, self.names)[1])
        if not self.same_currency:
            found.append(
                f"Costs and values are not compared: {self.names[0]} counts in "
                f"{self.a.currency}, {self.names[1]} in {self.b.currency}."
            )
        if self.a.months != self.b.months:
            found.append(
                f"Each is counted at its own end: {self.names[0]} after {self.a.months} months, "
                f"{self.names[1]} after {self.b.months}."
            )
        return tuple(found)

    def differences(self, level: float = 0.95) -> pd.DataFrame:
        """Return the paired difference of every outcome with its confidence interval.

        Parameters
        ----------
        level : float
            Confidence level of the interval of the mean difference, between 0 and 1.

        Returns
        -------
        DataFrame
            Index ``programme``, ``outcome``; columns ``unit`` and those of `paired_difference`.
            Means are over the runs in which both designs have the outcome. ``attrs["notes"]``
            holds `notes`. Amounts of money are left out if the currencies differ.
        """
        if not 0 < level < 1:
            raise ValueError(f"level: found {level}, allowed: between 0 and 1")
        rows = []
        for pair in self.pairs:
            one, other = outcomes_of(self.a, pair.a), outcomes_of(self.b, pair.b)
            for outcome in [name for name in one.columns if name in other.columns]:
                if is_money(outcome) and not self.same_currency:
                    continue
                values = paired_difference(
                    one[outcome].to_numpy(), other[outcome].to_numpy(), level
                )
                unit = unit_of(outcome, self.a.currency)
                rows.append({"programme": pair.label, "outcome": outcome, "unit": unit} | values)
        table = pd.DataFrame(rows).set_index(["programme", "outcome"])
        table.attrs["notes"] = list(self.notes)
        return table

    def summary(self, level: float = 0.9) -> pd.DataFrame:
        """Return the summaries of both designs, with index level ``design`` in front."""
        return pd.concat(
            [self.a.summary(level), self.b.summary(level)], keys=list(self.names), names=["design"]
        )

    def trajectories(self) -> pd.DataFrame:
        """Return the trajectories of both, tidy, with column ``design`` in front."""
        tables = [self.a.trajectories(), self.b.trajectories()]
        for table, name in zip(tables, self.names, strict=True):
            table.insert(0, "design", name)
        return pd.concat(tables, ignore_index=True)

    def trainees(self) -> pd.DataFrame:
        """Return the life courses of both, with column ``design`` in front.

        Raises
        ------
        ValueError
            If the runs did not keep them; compare with ``trainees=True``.
        """
        tables = [self.a.trainees(), self.b.trainees()]
        for table, name in zip(tables, self.names, strict=True):
            table.insert(0, "design", name)
        return pd.concat(tables, ignore_index=True)

    @property
    def plot(self) -> ComparisonPlots:
        """Pictures: ``.plot.trajectories()``, ``.plot.differences()``."""
        from smpsim.plots.comparison_plots import ComparisonPlots

        return ComparisonPlots(self)

    def provenance(self) -> dict[str, Any]:
        """Return where both results come from."""
        return {
            "names": list(self.names),
            "notes": list(self.notes),
            "a": self.a.provenance | {"currency": self.a.currency},
            "b": self.b.provenance | {"currency": self.b.currency},
        }

    def to_parquet(
        self, folder: str | Path, extra: Mapping[str, bytes] | None = None
    ) -> list[Path]:
        """Write differences, summary, trajectories and trainees, if kept, as Parquet files.

        All of them appear, or none.

        Parameters
        ----------
        folder : str or Path
            Made if it does not exist.
        extra : mapping of str to bytes, optional
            Other files by name, such as pictures, which appear together with the tables.
        """
        return self._write(folder, "parquet", extra)

    def to_csv(self, folder: str | Path) -> list[Path]:
        """Write the same tables as CSV files, all or none."""
        return self._write(folder, "csv", None)

    def _write(
        self, folder: str | Path, kind: str, extra: Mapping[str, bytes] | None
    ) -> list[Path]:
        tables: dict[str, Callable[[], pd.DataFrame]] = {
            "differences": self.differences,
            "summary": self.summary,
            "trajectories": self.trajectories,
        }
        absent: tuple[str, ...] = ("trainees",)
        if self.a.life is not None and self.b.life is not None:
            tables["trainees"] = self.trainees
            absent = ()
        return write_tables(tables, self.provenance(), Path(folder), kind, absent, extra)


def compare(
    a: Source,
    b: Source,
    replications: int | None = None,
    seed: int | None = None,
    *,
    names: Sequence[str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    threads: int | None = None,
    trainees: bool = False,
    rules: Mapping[str, Callable[..., Any]] | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run two scenarios under the same luck and compare them run by run.

    Run n of one and run n of the other share all luck: the same person has the same aptitude
    and the same fortune in both. So the difference between them is the designs' own, and needs
    far fewer runs than independent ones.

    Parameters
    ----------
    a, b : str, Path, mapping or Scenario
        Catalogue names, YAML files, or scenarios.
    replications : int, optional
        Pairs of runs; the larger of the scenarios' own numbers when left out.
    seed : int, optional
        Seed of all luck; that of `a` when left out.
    names : sequence of two str, optional
        What to call them; the scenarios' names when left out.
    overrides : mapping, optional
        Values by key path, set in both.
    threads : int, optional
        Threads that work at the same time; all cores when left out. It does not change a number.
    trainees : bool
        Keep the life course of every trainee.
    rules : mapping of str to function, optional
        Rules of your own by name, for both (see `smpsim.rules`).
    progress : callable, optional
        Called with the number of runs done so far, of twice `replications`.

    Returns
    -------
    Comparison

    Raises
    ------
    ScenarioError
        If a scenario is not valid.
    ValueError
        If a number is out of range.

    Examples
    --------
    >>> comparison = compare("bare_pipeline", "bare_pipeline", replications=10)
    >>> float(comparison.differences().loc[("pilot", "placed"), "difference"])
    0.0
    """
    first, second = (load(source, overrides=dict(overrides or {})) for source in (a, b))
    count = max(first.replications, second.replications) if replications is None else replications
    number = first.seed if seed is None else seed
    called = tuple(names) if names is not None else _names(first.name, second.name)
    if len(called) != 2 or called[0] == called[1]:
        raise ValueError(f"names: found {list(called)}, allowed: two that differ")
    options: dict[str, Any] = {"threads": threads, "trainees": trainees, "rules": rules}

    def after(done: int) -> Progress | None:
        return None if progress is None else lambda more: progress(done + more)

    one = run(first, count, number, progress=after(0), **options)
    other = run(second, count, number, progress=after(one.runs), **options)
    return Comparison(one, other, (called[0], called[1]))


def _names(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first != second else (f"{first} (a)", f"{second} (b)")
