"""What a sensitivity study has found: indices, swings, sentences and files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from smpsim.errors import RequestError
from smpsim.results.study_result import Drawing, StudyResult, Tables, rows_for_json
from smpsim.results.units import label_of, shown
from smpsim.scenario.allowed_values import number_words
from smpsim.scenario.meanings import plain_names
from smpsim.studies.sensitivity.about import ABOUT
from smpsim.studies.sensitivity.indices import FIRST
from smpsim.studies.sensitivity.ranges import ROOT, Parameter

if TYPE_CHECKING:
    from smpsim.scenario import Scenario
    from smpsim.studies.sensitivity.plots import SensitivityPlots

ONE_WAY = 0.9
"""A parameter acts one way if its effects cancel by less than a tenth."""
TAIL = 10.0
"""A largest value above so many medians is warned of."""
LEAST_USED = 0.5
"""With fewer of the samples there is no finding: the others are no random part of the ranges."""
ROOM = 0.25
"""How far an index of Sobol may lie outside 0 to 1 by luck of the samples."""
WIDEST = 1.0
"""An interval of an index that is wider than all that it can be says nothing."""
NOTABLE = 0.1
"""Effects below this share of the largest are not counted as interacting."""


@dataclass(frozen=True, repr=False, eq=False)
class Sensitivity(StudyResult):
    """Parameters of a scenario, and how much each of them matters to its outcomes.

    Attributes
    ----------
    method : str
        ``"morris"`` or ``"sobol"``.
    parameters : tuple of Parameter
    outcomes : tuple of str
    table : DataFrame
        Indices by outcome and parameter, in the order of the parameters.
    swing_table : DataFrame
        See `swings`.
    means : DataFrame, shape (designs, outcomes)
        Of each sampled design, over its replications.
    designs : DataFrame, shape (designs, parameters)
        The sampled values.
    samples : int
        Trajectories or points.
    used : dict of str to int
        Those in which the outcome is known in all designs, by outcome.
    runs : int
        Runs of each design.
    seed, level
        As in `smpsim.sensitivity`.
    title, programme : str
    units : dict of str to str
        Of the outcomes.
    left_out : dict of str to str
        Numbers under ``behaviour`` that were not varied, with the reason.
    provenance : dict
        Where the numbers come from.
    scenario : Scenario, optional
        What was varied; none if something else than the model was evaluated.
    """

    VERB = "sensitivity"
    ABOUT = ABOUT
    TABLES = ("indices", "swings", "ranges", "samples")
    READ = ("indices", "swings", "ranges")

    method: str
    parameters: tuple[Parameter, ...]
    outcomes: tuple[str, ...]
    table: pd.DataFrame = field(repr=False)
    swing_table: pd.DataFrame = field(repr=False)
    means: pd.DataFrame = field(repr=False)
    designs: pd.DataFrame = field(repr=False)
    samples: int
    used: dict[str, int]
    runs: int
    seed: int
    level: float
    title: str = ""
    programme: str = ""
    units: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict, repr=False)
    scenario: Scenario | None = field(default=None, repr=False)

    def __repr__(self) -> str:
        return (
            f"Sensitivity({self.title!r}, {self.method}, {len(self.parameters)} parameters, "
            f"{self.samples:,} samples)"
        )

    def indices(self, outcome: str | None = None) -> pd.DataFrame:
        """Return the indices of all parameters, those that matter most first.

        Parameters
        ----------
        outcome : str, optional
            Only of this outcome.

        Returns
        -------
        DataFrame
            Columns ``outcome``, ``parameter``, ``meaning``: its plain name, and, for Morris:
            ``mu_star``, the mean absolute effect of a parameter over its whole range, in units of
            the outcome, with the ends of its bootstrap interval ``mu_star_ci_low`` and
            ``mu_star_ci_high``; ``mu``, the mean with signs; ``sigma``, the standard deviation of
            the effects. For Sobol: ``S1``, the share of the variance that a parameter explains
            alone, and ``ST``, the share with all its interactions, each with ``_ci_low`` and
            ``_ci_high``. Not a number if the outcome is unknown in nearly all samples. ``level``
            is that of the intervals.
        """
        names = self.outcomes if outcome is None else (self.checked(outcome),)
        first = FIRST[self.method]
        parts = [
            self.table.loc[[name]].sort_values(first, ascending=False, kind="stable")
            for name in names
        ]
        return self._with_names(pd.concat(parts).reset_index().assign(level=self.level))

    def swings(self, outcome: str | None = None) -> pd.DataFrame:
        """Return what each parameter alone changes, all others as in the scenario.

        Parameters
        ----------
        outcome : str, optional
            Only of this outcome.

        Returns
        -------
        DataFrame
            Columns ``outcome``, ``parameter``, ``meaning``: its plain name, ``base``: the outcome
            of the scenario, ``at_low`` and ``at_high``: the paired difference at the ends of the
            range, each with the ends of its interval ``_ci_low`` and ``_ci_high``, and their
            ``level``. The largest first.
        """
        names = self.outcomes if outcome is None else (self.checked(outcome),)
        parts = []
        for name in names:
            part = self.swing_table.loc[[name]]
            largest = part[["at_low", "at_high"]].abs().max(axis=1)
            parts.append(part.loc[largest.sort_values(ascending=False, kind="stable").index])
        return self._with_names(pd.concat(parts).reset_index().assign(level=self.level))

    def ranges(self) -> pd.DataFrame:
        """Return what was varied: key, plain name, value in the scenario, ends of range, unit."""
        table = pd.DataFrame(
            [one._asdict() for one in self.parameters], columns=list(Parameter._fields)
        )
        return self._with_names(table.rename(columns={"key": "parameter"}))

    def checked(self, outcome: str) -> str:
        """Return an outcome of this study, or raise `RequestError`."""
        if outcome not in self.outcomes:
            allowed = ", ".join(self.outcomes)
            raise RequestError(f"outcome: got {outcome!r}; allowed: {allowed}")
        return outcome

    @property
    def sentences(self) -> list[str]:
        """What was varied and what was found."""
        return [self._varied(), *(self._finding(name) for name in self.outcomes), self._doubt()]

    def _varied(self) -> str:
        what = "trajectories (Morris)" if self.method == "morris" else "points (Sobol)"
        text = (
            f"{_counted(len(self.parameters), 'parameter')} varied over their ranges, all at once: "
            f"{self.samples:,} {what}, {len(self.designs):,} designs, "
            f"{_counted(self.runs, 'run')} each, the same chance events in all."
        )
        if self.left_out:
            reasons = Counter(self.left_out.values()).most_common()
            listed = "; ".join(f"{reason} ({count})" for reason, count in reasons)
            text += f" Numbers of {ROOT} that were left out: {listed}."
        return text

    def _finding(self, outcome: str) -> str:
        table = self.indices(outcome).set_index("parameter")
        what, unit = label_of(outcome), self.units.get(outcome, "")
        name = what[:1].upper() + what[1:]
        why = self.no_finding(outcome)
        if why:
            return f"{name}: no finding, because {why}."
        least, most = (shown(float(end), unit) for end in self._spread(outcome))
        first = FIRST[self.method]
        if not table[first].any():
            return f"{name}: nothing that was varied changes it ({least} in all designs)."
        per = "" if unit.startswith("share") else f" {unit}" if unit else ""
        text = [f"{name}: nine in ten of the designs between {least} and {most}{per}."]
        top = table[table[first] > 0].head(3)
        one = self._morris if self.method == "morris" else self._sobol
        sayings = [one(str(key), row, unit) for key, row in top.iterrows()]
        text.append(f"It depends most on {'; then '.join(sayings)}.")
        if not self._apart(top):
            text.append("The first and the second cannot be told apart with so many samples.")
        text += [self._interactions(table), self.warning(outcome)]
        idle = int((table[first] == 0).sum())
        if idle:
            text.append(f"Without any effect: {idle} of {len(table)}.")
        lost = self.samples - self.used[outcome]
        if lost:
            text.append(
                f"{lost:,} of {self.samples:,} samples do not count, because it is unknown there."
            )
        return " ".join(part for part in text if part)

    def no_finding(self, outcome: str) -> str:
        """Return why the indices of an outcome say nothing, or an empty text if they do.

        Either it is unknown in too many designs, or the indices of Sobol, which are shares of the
        variance, lie outside 0 to 1 or have intervals wider than that.
        """
        used, unknown = self.used[outcome], int(self.means[outcome].isna().sum())
        table = self.table.loc[outcome]
        still = not table[FIRST[self.method]].any()
        if used < 2 or used < LEAST_USED * self.samples or (unknown and still):
            return (
                f"it is unknown in {unknown:,} of {len(self.means):,} designs, and only {used:,} "
                f"of {self.samples:,} samples are complete"
            )
        if self.method != "sobol":
            return ""
        for name, what in (("ST", "with interactions"), ("S1", "alone")):
            middle, low, high = (table[f"{name}{end}"] for end in ("", "_ci_low", "_ci_high"))
            off = (middle < -ROOM) | (middle > 1 + ROOM) | (high - low > WIDEST)
            if off.any():
                key = str((middle - 0.5).abs().where(off).idxmax())
                return (
                    f"a share of the variance lies between 0 and 100 %, but that of "
                    f"{self.named(key)} {what} is estimated at {100 * middle[key]:.0f} % "
                    f"({100 * low[key]:.0f} to {100 * high[key]:.0f} %): {used:,} samples are too "
                    "few for this outcome"
                )
        return ""

    def _spread(self, outcome: str) -> np.ndarray:
        known = self.means[outcome].dropna()
        return np.quantile(known, (0.05, 0.95))

    def warning(self, outcome: str) -> str:
        """Return a sentence if a few designs with extreme values decide the indices, or nothing."""
        known = self.means[outcome].dropna().abs()
        middle, most = float(known.median()), float(known.max())
        if not 0 < middle * TAIL < most:
            return ""
        return (
            f"Read with care: the largest value is {most / middle:,.0f} times the median, so a few "
            "extreme designs decide this."
        )

    def _morris(self, key: str, row: Any, unit: str) -> str:
        # an effect is a difference, so that of a share is in points
        low, high = (
            shown(row[f"mu_star_{end}"], unit).removesuffix(" %") for end in ("ci_low", "ci_high")
        )
        size = shown(row["mu_star"], unit).replace(" %", " points")
        way = ""
        if abs(row["mu"]) >= ONE_WAY * row["mu_star"]:
            way = ", more when it is higher" if row["mu"] > 0 else ", less when it is higher"
        return f"{self.named(key)}, {size} ({low} to {high}) over its range{way}"

    def _sobol(self, key: str, row: Any, unit: str) -> str:
        alone, whole = (f"{100 * max(row[name], 0.0):.0f} %" for name in ("S1", "ST"))
        low, high = (100 * max(row[name], 0.0) for name in ("ST_ci_low", "ST_ci_high"))
        return (
            f"{self.named(key)}, {whole} of the variance ({low:.0f} to {high:.0f} %), {alone} alone"
        )

    @cached_property
    def plain(self) -> dict[str, str]:
        """What each parameter is called in plain words, by its key."""
        return plain_names(one.key for one in self.parameters)

    def named(self, key: str) -> str:
        """Return a parameter with its range, in words."""
        one = next(one for one in self.parameters if one.key == key)
        money = str(self.provenance.get("currency", "currency"))
        # a scale from 0 to 1 has no unit
        unit = f" {one.unit.replace('currency', money)}" if one.unit not in ("", "0 to 1") else ""
        return f"{self.plain[key]} [{number_words(one.low)} to {number_words(one.high)}{unit}]"

    def _with_names(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the plain names behind the keys."""
        place = list(table.columns).index("parameter") + 1
        table.insert(place, "meaning", [self.plain[str(key)] for key in table["parameter"]])
        return table

    def _apart(self, top: pd.DataFrame) -> bool:
        """Return whether the intervals of the first two do not overlap."""
        first = FIRST[self.method]
        if len(top) < 2:
            return True
        return bool(top[f"{first}_ci_low"].iloc[0] > top[f"{first}_ci_high"].iloc[1])

    def _interactions(self, table: pd.DataFrame) -> str:
        if self.method == "sobol":
            alone = float(table["S1"].clip(lower=0).sum())
            if alone >= 1:
                return "Alone they explain all of it, within the error."
            return f"All alone explain {100 * alone:.0f} %; the rest is interactions and error."
        # what hardly matters is mostly luck, which comes and goes with everything
        acting = table[table["mu_star"] >= NOTABLE * table["mu_star"].max()]
        mixed = int((acting["sigma"] > acting["mu_star"]).sum())
        if not mixed or len(acting) < 2:
            return ""
        return (
            f"Of the {len(acting)} with at least a tenth of the largest effect, {mixed} have "
            "effects that vary: with other figures, or along their own range."
        )

    def _doubt(self) -> str:
        return (
            "This says how much depends on each assumption if it may lie anywhere in its range. "
            "Ranges that nobody stated are half to one and a half times the value: they are not "
            f"measured uncertainty. Intervals ({100 * self.level:g} %, bootstrap) reflect the "
            "samples."
        )

    @property
    def plot(self) -> SensitivityPlots:
        """Pictures: ``.plot.indices(outcome)``, ``.plot.tornado(outcome)``."""
        from smpsim.studies.sensitivity.plots import SensitivityPlots

        return SensitivityPlots(self)

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """What was varied, by its title."""
        return {} if self.scenario is None else {self.title: self.scenario}

    @property
    def tables(self) -> Tables:
        """``indices``, ``swings``, ``ranges``, and ``samples`` with what came of each design."""
        return Tables(
            {
                "indices": self.indices,
                "swings": self.swings,
                "ranges": self.ranges,
                "samples": self._samples,
            }
        )

    def _samples(self) -> pd.DataFrame:
        return pd.concat([self.designs, self.means], axis=1).rename_axis("design")

    @property
    def pictures(self) -> dict[str, Drawing]:
        """Of each outcome the indices, and a tornado of one parameter at a time."""
        return {
            name: partial(getattr(self.plot, kind), outcome)
            for name, (kind, outcome) in pictured(self.outcomes).items()
        }

    @property
    def facts(self) -> dict[str, Any]:
        """Plain data for JSON: where the numbers come from, tables and sentences."""
        return {
            **self.provenance,
            "programme": self.programme,
            "parameters": rows_for_json(self.ranges()),
            "left_out": self.left_out,
            "indices": rows_for_json(self.indices()),
            "swings": rows_for_json(self.swings()),
            "samples_used": self.used,
            "no_finding": {name: self.no_finding(name) or None for name in self.outcomes},
            "finding": self.sentences,
        }

    def _provenance_of_files(self) -> dict[str, Any]:
        return {**self.provenance, "programme": self.programme, "left_out": self.left_out}


def pictured(outcomes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return kind and outcome of each picture by its name."""
    return {f"{kind}_{name}": (kind, name) for name in outcomes for kind in ("indices", "tornado")}


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
