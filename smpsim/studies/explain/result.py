"""An explanation: two designs with life courses, those in between, and the tables of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.results.report import in_digits
from smpsim.results.result import Result
from smpsim.results.study_result import Drawing, StudyResult, Tables, rows_for_json
from smpsim.studies.compare.pairing import paired_difference
from smpsim.studies.compare.result import Comparison
from smpsim.studies.explain.about import ABOUT
from smpsim.studies.explain.account import by_group, by_line
from smpsim.studies.explain.changes import Change, key_of
from smpsim.studies.explain.persons import (
    FATES,
    LABELS,
    NOT_THERE,
    STEPS,
    fates_of,
    same_persons,
)
from smpsim.studies.statistics import mean_of

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.explain.plots import ExplanationPlots

LOST_BY = {"A": ("b_only", "a"), "B": ("a_only", "b")}
"""Who lost somebody: those placed in the other design only, and the side that says where."""


@dataclass(frozen=True, repr=False, eq=False)
class Explanation(StudyResult):
    """Why B places more or fewer people than A.

    Attributes
    ----------
    comparison : Comparison
        Both designs with life courses.
    changes : tuple of Change
        From A to B.
    placed : dict of str to ndarray
        Placements by run of all programmes of a design, by its `key_of`: of A, of B, and of the
        designs in between.
    provenance : dict
    renamed : Scenario, optional
        B under the names of A, where its sections have other names; what is left out is left out
        of this one, so that employers, schools and offices have the same chance events.
    """

    VERB = "explain"
    ABOUT = ABOUT
    TABLES = ("placements", "lost", "waterfall", "causes", "changes", "values", "flows", "persons")
    READ = ("placements", "lost", "waterfall", "causes", "changes", "values")
    PICTURES = ("waterfall", "flows", "changes")

    comparison: Comparison
    changes: tuple[Change, ...]
    placed: Mapping[str, np.ndarray] = field(repr=False)
    provenance: dict[str, Any] = field(repr=False, default_factory=dict)
    renamed: Scenario | None = field(repr=False, default=None)

    def __repr__(self) -> str:
        first, second = self.names
        return f"Explanation({first!r}, {second!r}, {self.runs} paired runs)"

    @property
    def names(self) -> tuple[str, str]:
        """What the two designs are called."""
        return self.comparison.names

    @property
    def level(self) -> float:
        """Confidence level of the intervals."""
        return self.comparison.level

    @property
    def runs(self) -> int:
        """Number of pairs of runs."""
        return self.comparison.runs

    @property
    def seed(self) -> int:
        """Seed of the random draws."""
        return self.comparison.seed

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The two designs, by what they are called."""
        return self.comparison.scenarios

    @property
    def programmes(self) -> list[str]:
        """Programmes whose persons are the same in both designs: those of one name."""
        return [pair.label for pair in self.comparison.pairs if pair.a == pair.b == (pair.label,)]

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that a reader must know, beside those of the comparison."""
        found = list(self.comparison.notes)
        if not self.programmes:
            found.append(
                "No programme has the same name in both designs, so their people are not the "
                "same, and who is placed in only one design cannot be said."
            )
        countries = [list(one.governments) for one in self.scenarios.values()]
        if self.programmes and countries[0] != countries[1]:
            found.append(
                "The same people are those with the same number in the same intake, and with the "
                "same chance events. Their attributes follow each scenario, as the countries "
                "differ."
            )
        whole = self._placed(self.renamed)
        if whole is not None and len(self.changes) > 1:
            found.append(
                "To try single changes, sections of B take the names of those of A, because "
                "chance events depend on names; with these names, B places "
                f"{in_digits(float(whole.mean()))}."
            )
        unfit = [one.name for one in self.changes if one.alone is None or one.left_out is None]
        if unfit and len(self.changes) > 1:
            found.append(
                "Not tried, as there is no valid scenario with only the change or without it: "
                f"{', '.join(unfit)}."
            )
        return tuple(found)

    @cached_property
    def _persons(self) -> pd.DataFrame:
        return same_persons(self.comparison.a, self.comparison.b, self.comparison.pairs)

    def persons(self) -> pd.DataFrame:
        """Return everybody admitted in at least one design, with the fate in both.

        Returns
        -------
        DataFrame
            See `smpsim.studies.explain.persons.same_persons`; ``fate`` is one of `FATES`.
        """
        found = self._persons.copy()
        found["fate"] = fates_of(found)
        return found

    def placements(self) -> pd.DataFrame:
        """Return how many of the same persons are placed in both designs, in one, in neither.

        Returns
        -------
        DataFrame
            Index ``programme``, ``fate`` (see `FATES`); columns ``label``, ``people`` (mean of a
            run) with ``ci_low``, ``ci_high``, ``level`` and ``runs``; ``not_admitted_a`` and
            ``not_admitted_b``: how many of them that design does not admit (people, mean of a
            run). People whom neither design admits are not counted. Placed in B only less placed
            in A only is the difference in placements.
        """
        people, rows = self.persons(), []
        for programme in self.programmes:
            mine = people[people["programme"] == programme]
            for fate, label in FATES.items():
                chosen = mine[mine["fate"] == fate]
                row: dict[str, Any] = {"programme": programme, "fate": fate, "label": label}
                row |= self._mean(chosen)
                for side in "ab":
                    missing = chosen[f"step_{side}"].isin(NOT_THERE)
                    row[f"not_admitted_{side}"] = float(missing.sum()) / self.runs
                rows.append(row)
        columns = ["programme", "fate", "label", "people", "ci_low", "ci_high", "level", "runs"]
        columns += ["not_admitted_a", "not_admitted_b"]
        return pd.DataFrame(rows, columns=columns).set_index(["programme", "fate"])

    def lost(self) -> pd.DataFrame:
        """Return at which step each design lost those whom only the other one placed.

        Returns
        -------
        DataFrame
            Index ``programme``, ``lost_by`` (``A`` or ``B``), ``step`` and ``cause`` (of the loss
            account; empty where it is open); columns ``label`` (of the step), ``cause_label``,
            ``people`` (mean of a run) with ``ci_low``, ``ci_high``, ``level``, ``runs``, and
            ``share`` of all whom only the other design placed. Steps in the order of a life course.
        """
        people, rows = self.persons(), []
        for programme in self.programmes:
            mine = people[people["programme"] == programme]
            for who, (fate, side) in LOST_BY.items():
                chosen = mine[mine["fate"] == fate]
                for (step, cause), part in chosen.groupby([f"step_{side}", f"cause_{side}"]):
                    named = {"programme": programme, "lost_by": who, "step": step, "cause": cause}
                    words = {"label": STEPS[str(step)], "cause_label": LABELS.get(str(cause), "")}
                    share = len(part) / len(chosen)
                    rows.append(named | words | self._mean(part) | {"share": share})
        keys = ["programme", "lost_by", "step", "cause"]
        columns = [*keys, "label", "cause_label", "people", "ci_low", "ci_high", "level", "runs"]
        table = pd.DataFrame(rows, columns=[*columns, "share"])
        order = {step: place for place, step in enumerate(STEPS)}
        table["place"] = table["step"].map(order).astype(float)
        table["order"] = table["programme"].map({n: k for k, n in enumerate(self.programmes)})
        ranked = table.sort_values(
            ["order", "lost_by", "place", "people"], ascending=[True, True, True, False]
        )
        return ranked.drop(columns=["place", "order"]).set_index(keys)

    def flows(self) -> pd.DataFrame:
        """Return how many persons came how far in A, and how far in B.

        Returns
        -------
        DataFrame
            Columns ``programme``, ``step_a``, ``step_b``, ``people`` (mean of a run).
        """
        keys = ["programme", "step_a", "step_b"]
        counts = self._persons.groupby(keys, sort=True).size() / self.runs
        return counts.rename("people").astype(float).reset_index()

    def waterfall(self) -> pd.DataFrame:
        """Return the difference in placements by groups of causes, which add up to it.

        Returns
        -------
        DataFrame
            See `smpsim.studies.explain.account.by_group`.
        """
        return by_group(self.comparison)

    def causes(self) -> pd.DataFrame:
        """Return the difference in placements by every line of the loss account.

        Returns
        -------
        DataFrame
            See `smpsim.studies.explain.account.by_line`.
        """
        return by_line(self.comparison)

    def switched(self) -> pd.DataFrame:
        """Return what each change brings alone, and what is missing without it.

        Returns
        -------
        DataFrame
            Index ``change``; columns ``a`` and ``b`` (what it is in each design); ``alone``: the
            placements of A with this change only, less those of A; ``left_out``: the placements of
            B, less those of B without this change (people, of all programmes), each with
            ``_ci_low`` and ``_ci_high``; ``level``, ``runs``. Missing where the design in between
            is no valid scenario. Of a single change both are the whole difference.
        """
        before, after = (placed_by_run(one) for one in (self.comparison.a, self.comparison.b))
        whole = after if self.renamed is None else self._placed(self.renamed)
        rows = []
        for change in self.changes:
            row: dict[str, Any] = {"change": change.name, "a": change.a, "b": change.b}
            alone, without = self._placed(change.alone), self._placed(change.left_out)
            if len(self.changes) == 1:
                alone, without, whole = after, before, after
            for name, one, other in (("alone", before, alone), ("left_out", without, whole)):
                if one is None or other is None:
                    # no valid scenario
                    row |= dict.fromkeys((name, f"{name}_ci_low", f"{name}_ci_high"), np.nan)
                    continue
                found = paired_difference(one, other, self.level)
                row[name] = found["difference"]
                row |= {f"{name}_{end}": found[end] for end in ("ci_low", "ci_high")}
            rows.append(row | {"level": self.level, "runs": self.runs})
        ends = [f"{name}{end}" for name in ("alone", "left_out") for end in ("", *_ENDS)]
        columns = ["change", "a", "b", *ends, "level", "runs"]
        return pd.DataFrame(rows, columns=columns).set_index("change")

    def values(self) -> pd.DataFrame:
        """Return the values behind each change: those set, or those in which two scenarios differ.

        Returns
        -------
        DataFrame
            Columns ``change``, ``key``, and ``a`` and ``b``: what it is in each design. Of an
            action there are none, see `smpsim show`.
        """
        rows = [(one.name, *key) for one in self.changes for key in one.keys]
        return pd.DataFrame(rows, columns=["change", "key", "a", "b"], dtype=str)

    def difference(self) -> dict[str, float]:
        """Return the difference in placements of all programmes, as `paired_difference` does."""
        before, after = (placed_by_run(one) for one in (self.comparison.a, self.comparison.b))
        return paired_difference(before, after, self.level)

    def _placed(self, design: Scenario | None) -> np.ndarray | None:
        return None if design is None else self.placed.get(key_of(design))

    def _mean(self, people: pd.DataFrame) -> dict[str, Any]:
        """Return the mean number of people of a run with its interval."""
        counts = np.bincount(people["run"].to_numpy(dtype=int), minlength=self.runs)
        found = mean_of(counts.astype(float), self.level)
        # a mean of counts is not below zero; from no case in any run no interval can be told
        low = max(found["ci_low"], 0.0) if counts.any() else np.nan
        ends = {"ci_low": low, "ci_high": found["ci_high"] if counts.any() else np.nan}
        return {"people": float(counts.mean()), **ends, "level": self.level, "runs": self.runs}

    @property
    def tables(self) -> Tables:
        """Tables by name, as the methods of these names return them; ``changes`` is `switched`."""
        return Tables(
            {
                "placements": self.placements,
                "lost": self.lost,
                "waterfall": self.waterfall,
                "causes": self.causes,
                "changes": self.switched,
                "values": self.values,
                "flows": self.flows,
                "persons": self.persons,
            }
        )

    @property
    def sentences(self) -> list[str]:
        """How the designs differ, who switched, what it is due to, and which change mattered."""
        from smpsim.studies.explain.report import sentences

        return sentences(self)

    @property
    def plot(self) -> ExplanationPlots:
        """Pictures: ``.plot.waterfall()``, ``.plot.flows()``, ``.plot.changes()``."""
        from smpsim.studies.explain.plots import ExplanationPlots

        return ExplanationPlots(self)

    @property
    def pictures(self) -> dict[str, Drawing]:
        """The waterfall; the flows if there are persons; the changes if there are several."""
        left_out = set()
        if not self.programmes:
            left_out.add("flows")
        if len(self.changes) < 2:
            left_out.add("changes")
        return {name: getattr(self.plot, name) for name in self.PICTURES if name not in left_out}

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        return {
            **self.provenance,
            "notes": list(self.notes),
            **{name: rows_for_json(self.tables[name]) for name in self.READ},
            "finding": self.sentences,
        }


def placed_by_run(result: Result) -> np.ndarray:
    """Return how many all programmes of a design place in each run."""
    return np.asarray(result.outcome_table.groupby("run")["placed"].sum(), dtype=float)


_ENDS = ("_ci_low", "_ci_high")
