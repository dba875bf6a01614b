"""A comparison: two results whose runs are paired, and what tables can be made of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from smpsim.extras import need
from smpsim.results.outcomes import is_own
from smpsim.results.provenance import RECIPE, brief
from smpsim.results.result import LEVEL, Result
from smpsim.results.study_result import Drawing, StudyResult, Tables, rows_for_json
from smpsim.results.survival import drawable
from smpsim.results.units import unit_of
from smpsim.studies.compare.about import ABOUT
from smpsim.studies.compare.pairing import (
    Pair,
    RequestError,
    check_outcomes,
    checked_level,
    difference_of,
    estimates_of,
    pair_programmes,
    shared_outcomes,
)
from smpsim.studies.compare.stopping import Stopping

if TYPE_CHECKING:
    import xarray

    from smpsim.scenario import Scenario
    from smpsim.studies.compare.plots import ComparisonPlots


@dataclass(frozen=True, repr=False, eq=False)
class Comparison(StudyResult):
    """Two results whose runs are paired by replication.

    Attributes
    ----------
    a, b : Result
        With the same seed and number of runs.
    names : tuple of str
        What the two designs are called.
    level : float
        Confidence level of intervals where no other is asked for.
    stopping : Stopping, optional
        Why there are so many pairs, if a precision was asked for.
    pairs : tuple of Pair
        Which programmes of the two are compared.
    notes : tuple of str
        What a reader must know: programmes without a partner, currencies that differ, other
        horizons, whether the precision that was asked for is reached.

    Raises
    ------
    ValueError
        If the two have other seeds or numbers of runs, so that their runs are no pairs.
    """

    VERB = "compare"
    ABOUT = ABOUT
    TABLES = ("differences", "summary", "trajectories", "trainees")
    READ = ("differences", "summary")
    PICTURES = ("trajectories", "differences", "survival")

    a: Result = field(repr=False)
    b: Result = field(repr=False)
    names: tuple[str, str] = ("a", "b")
    level: float = 0.95
    stopping: Stopping | None = None

    def __post_init__(self) -> None:
        for what, one, other in (
            ("runs", self.a.runs, self.b.runs),
            ("seed", self.a.provenance.get("seed"), self.b.provenance.get("seed")),
        ):
            if one != other:
                raise RequestError(f"{what}: got {one} and {other}; allowed: the same for both")
        if len(set(self.names)) != 2:
            raise RequestError(f"names: got {list(self.names)}; allowed: two different names")
        checked_level(self.level)

    def __repr__(self) -> str:
        return f"Comparison({self.names[0]!r}, {self.names[1]!r}, {self.runs} paired runs)"

    @property
    def runs(self) -> int:
        """Number of pairs of runs."""
        return self.a.runs

    @property
    def seed(self) -> int:
        """Seed of the random draws, the same for both."""
        return self.a.seed

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The two designs, by what they are called."""
        sides = zip(self.names, (self.a.scenario, self.b.scenario), strict=True)
        return {name: one for name, one in sides if one is not None}

    @property
    def in_worlds(self) -> bool:
        """Whether each pair of runs is in a plausible world of its own."""
        return self.a.draws or self.b.draws

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
                f"Costs and values are not compared: {self.names[0]} is in {self.a.currency}, "
                f"{self.names[1]} in {self.b.currency}."
            )
        if self.a.months != self.b.months:
            found.append(
                f"Each is measured at its own end: {self.names[0]} after {self.a.months} months, "
                f"{self.names[1]} after {self.b.months}."
            )
        facts = (self.a.provenance, self.b.provenance)
        prints = {one.get("fingerprint") for one in facts}
        # rules of a user's own could differ although the scenarios do not
        if len(prints) == 1 and not any(one.get("rules") for one in facts):
            found.append("The two scenarios agree in every value that affects a result.")
        if self.stopping is not None:
            found.append(self.stopping.sentence())
        return tuple(found)

    def differences(
        self, level: float | None = None, outcomes: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Return the paired difference of every outcome with its confidence interval.

        Parameters
        ----------
        level : float, optional
            Confidence level of the interval of the mean difference, between 0 and 1; that of the
            comparison when left out.
        outcomes : iterable of str, optional
            Names of outcomes, in the order wanted; all when left out.

        Returns
        -------
        DataFrame
            Index ``programme``, ``outcome``; columns ``unit``, ``level`` (of the interval from
            ``ci_low`` to ``ci_high``) and those of `difference_of`: means are those of
            `Result.summary`, ``runs`` is the number of pairs, and ``runs_used_a`` and
            ``runs_used_b`` say in how many runs of each design it is known what the mean is of.
            ``run_low`` to ``run_high`` holds the differences of nine in ten pairs: in plausible
            worlds that is what is not known of the difference. The confidence interval says only
            how well the runs tell the mean.
            What a graduate or a placement costs is the ratio of the mean cost to the mean number,
            see `paired_ratio_difference`. ``attrs["notes"]`` holds `notes`. Amounts of money are
            left out if the currencies differ.

        Raises
        ------
        ValueError
            If the level is out of range, or there is no outcome of a name.
        """
        level = checked_level(self.level if level is None else level)
        tables = self.a.outcome_table, self.b.outcome_table
        own = [name for name in tables[0].columns if is_own(name) and name in tables[1]]
        wanted = shared = shared_outcomes(self.pairs, self.same_currency, own)
        if outcomes is not None:
            wanted = check_outcomes(outcomes, shared, "outcomes")
        rows = []
        for pair in self.pairs:
            one = estimates_of(self.a.outcome_table, pair.a)
            other = estimates_of(self.b.outcome_table, pair.b)
            for outcome in wanted:
                values = difference_of(outcome, one, other, level)
                unit = unit_of(outcome, self.a.currency)
                named = {"programme": pair.label, "outcome": outcome, "unit": unit}
                rows.append(named | values | {"level": level})
        table = pd.DataFrame(rows).set_index(["programme", "outcome"])
        table.attrs["notes"] = list(self.notes)
        return table

    def summary(self, level: float = LEVEL) -> pd.DataFrame:
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

    def to_xarray(self, table: str = "trajectories") -> xarray.Dataset:
        """Return a table of both designs laid out along its dimensions, ``design`` first.

        Parameters
        ----------
        table : str
            As in `Result.to_xarray`.

        Returns
        -------
        xarray.Dataset
            As of `Result.to_xarray`; a design minus the other gives paired differences. Programmes
            that are compared with each other under different names have their common label;
            what only one design has is missing in the other.

        Examples
        --------
        >>> both = comparison.to_xarray("outcomes")["placed"]  # doctest: +SKIP
        >>> (both.sel(design="b") - both.sel(design="a")).mean("run")  # doctest: +SKIP
        """
        need("arrays", "to_xarray")
        import xarray

        labels: list[dict[str, str]] = [{}, {}]
        for pair in self.pairs:
            for side, programmes in zip(labels, (pair.a, pair.b), strict=True):
                if len(programmes) == 1:
                    side[programmes[0]] = pair.label
        parts = []
        for result, renamed in zip((self.a, self.b), labels, strict=True):
            part = result.to_xarray(table)
            names = [renamed.get(name, name) for name in result.programmes]
            parts.append(part.assign_coords(programme=names))
        found: xarray.Dataset = xarray.concat(
            parts,
            xarray.DataArray(list(self.names), dims="design", name="design"),
            coords="different",
            compat="equals",
            join="outer",
            combine_attrs="override",
        )
        if not self.same_currency:
            for variable in found.data_vars.values():
                if variable.attrs.get("units") in (self.a.currency, self.b.currency):
                    variable.attrs["units"] = "currency of the design"
        currencies = [self.a.currency, self.b.currency]
        found = found.assign_coords(currency=("design", currencies))
        found.attrs = {"provenance": json.dumps(self.provenance, default=str)}
        return found

    @property
    def plot(self) -> ComparisonPlots:
        """Pictures: ``.plot.trajectories()``, ``.plot.differences()``, ``.plot.survival()``."""
        from smpsim.studies.compare.plots import ComparisonPlots

        return ComparisonPlots(self)

    @property
    def provenance(self) -> dict[str, Any]:
        """Where both results come from, with all that runs them again."""
        sides = {"a": self.a.provenance, "b": self.b.provenance}
        shared = {key: self.a.provenance.get(key) for key in ("versions", "commit", "model")}
        return {
            "verb": "compare",
            "names": list(self.names),
            "notes": list(self.notes),
            "level": self.level,
            "stopping": None if self.stopping is None else self.stopping.facts(),
            "a": brief(self.a.provenance) | {"currency": self.a.currency},
            "b": brief(self.b.provenance) | {"currency": self.b.currency},
            **shared,
            **self._recipe(sides),
        }

    @property
    def pictures(self) -> dict[str, Drawing]:
        """Its pictures by name; that of times to placement where statsmodels is installed."""
        return drawable(super().pictures)

    @property
    def tables(self) -> Tables:
        """Tables by name, as the methods of these names return them."""
        makers = {
            "differences": self.differences,
            "summary": self.summary,
            "trajectories": self.trajectories,
        }
        kept = self.a.life is not None and self.b.life is not None
        return Tables(makers | ({"trainees": self.trainees} if kept else {}))

    def _recipe(self, sides: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Return what runs both again: as many pairs as there are, however many were asked for."""
        parts = {side: facts.get(RECIPE) for side, facts in sides.items()}
        if not all(parts.values()):
            return {}
        known: dict[str, Mapping[str, Any]] = {side: part or {} for side, part in parts.items()}
        options = {
            "replications": self.runs,
            "seed": self.a.provenance.get("seed"),
            "names": list(self.names),
            "level": self.level,
            "trainees": self.a.life is not None and self.b.life is not None,
        }
        recipe = {
            "verb": "compare",
            "scenarios": {side: part["scenarios"]["scenario"] for side, part in known.items()},
            "actions": {
                k: v for part in known.values() for k, v in part.get("actions", {}).items()
            },
            # results that are compared by hand may have rules, outcomes and draws of their own each
            **{
                own: {side: part.get(own, {}) for side, part in known.items()}
                for own in ("rules", "own_outcomes", "parameters")
            },
            "options": options,
        }
        return {RECIPE: recipe}

    @property
    def sentences(self) -> list[str]:
        """Which design places more, and at what cost: a sentence for each pair of programmes."""
        from smpsim.studies.compare.report import sentences

        return sentences(self)

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        return {
            **self.provenance,
            "differences": rows_for_json(self.differences()),
            "summary_level": LEVEL,
            "summary": rows_for_json(self.summary()),
            "finding": self.sentences,
        }
