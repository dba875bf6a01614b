"""The cases that boxes are looked for in: what each design was, and which of its runs failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from smpsim.errors import RequestError
from smpsim.messages import nearest, shown_list, shown_value
from smpsim.results.conditions import Condition, failing
from smpsim.results.outcomes import with_parts
from smpsim.results.units import is_money, labels_of
from smpsim.scenario import Scenario
from smpsim.studies.discover.keys import Key, numeric_key, unit_of_key
from smpsim.studies.sweep.result import Sweep
from smpsim.studies.sweep.sampling import SAMPLE

FEWEST = 20
"""Designs below which no box is looked for."""
SCENARIO = "scenario"


@dataclass(frozen=True)
class Cases:
    """One case a design and scenario.

    Attributes
    ----------
    keys : tuple of Key
    inputs : DataFrame, shape (cases, keys)
        Numbers as floats, everything else as text.
    fate : ndarray, shape (cases, worlds)
        1 for runs that failed, 0 for others, not a number where that is unknown. Run n of each
        case is in the same world.
    design : ndarray of int, shape (cases,)
        Number of the design; of several scenarios each has a case of it.
    unknown : int
        Runs, of all cases, of which it is not known; cases with no other run are left out.
    endless : int
        Runs without a placement, for which an amount a placement counts as above any number.
    """

    keys: tuple[Key, ...]
    inputs: pd.DataFrame = field(repr=False)
    fate: np.ndarray = field(repr=False)
    design: np.ndarray = field(repr=False)
    unknown: int = 0
    endless: int = 0

    def __len__(self) -> int:
        return len(self.inputs)

    @cached_property
    def judged(self) -> np.ndarray:
        """Runs of each case of which it is known whether they failed."""
        found: np.ndarray = np.isfinite(self.fate).sum(axis=1)
        return found

    @cached_property
    def failed(self) -> np.ndarray:
        """Runs of each case that failed."""
        found: np.ndarray = np.nansum(self.fate, axis=1).astype(int)
        return found

    @property
    def worlds(self) -> int:
        """Worlds that the runs of each case are in."""
        return int(self.fate.shape[1])

    @property
    def share(self) -> np.ndarray:
        """Share of failing runs of each case."""
        return self.failed / self.judged

    @cached_property
    def base(self) -> float:
        """Share of failing runs of all."""
        return float(self.failed.sum() / self.judged.sum())

    def part(self, chosen: np.ndarray) -> Cases:
        """Return some of the cases, by a mask or by numbers."""
        inputs = self.inputs.iloc[np.flatnonzero(chosen) if chosen.dtype == bool else chosen]
        return Cases(
            self.keys,
            inputs.reset_index(drop=True),
            self.fate[chosen],
            self.design[chosen],
        )

    def within(self, worlds: np.ndarray) -> Cases:
        """Return the cases with their runs in some of the worlds, a mask; without any, no case."""
        seen = Cases(self.keys, self.inputs, np.where(worlds, self.fate, np.nan), self.design)
        return seen.part(seen.judged > 0)

    @classmethod
    def joined(cls, parts: Sequence[Cases]) -> Cases:
        """Return the cases of several parts, one after the other."""
        return cls(
            parts[0].keys,
            pd.concat([part.inputs for part in parts], ignore_index=True),
            np.concatenate([part.fate for part in parts]),
            np.concatenate([part.design for part in parts]),
        )


def cases_of(
    sweep: Sweep,
    conditions: Sequence[Condition],
    scenario: str | None = None,
    programme: str | None = None,
) -> tuple[Cases, str]:
    """Return the cases of a sweep and the name of the programme.

    Raises
    ------
    RequestError
        If a scenario, programme or outcome is not in it, or nothing can be found in it.
    """
    chosen, title = checked_request(sweep.scenarios, sweep.kept, conditions, scenario, programme)
    parts = with_parts([one.outcome for one in conditions])
    runs = sweep.by_run([name for name in parts if name in sweep.kept])
    runs = runs[runs["scenario"].isin(chosen)]
    if programme is not None:
        runs = runs[runs["programme"] == programme]
    fate = failing(runs, conditions)
    known = np.isfinite(fate)
    if not known.any():
        names = ", ".join(one.outcome for one in conditions)
        raise RequestError(
            f"fails: no run in which {names} is known; allowed: other outcomes, or more "
            "months in the scenario"
        )
    each = pd.DataFrame(
        {
            "scenario": pd.Categorical(runs["scenario"], categories=chosen),
            "design": runs["design"].to_numpy(),
            "world": runs["replication"].to_numpy(),
            "fate": fate,
        }
    )
    fates = each.pivot(index=["scenario", "design"], columns="world", values="fate").sort_index()
    fates = fates.dropna(how="all")
    table = fates.index.to_frame(index=False)
    if len(table) < FEWEST:
        raise RequestError(
            f"source: got {len(table)} design{'s' * (len(table) > 1)}; allowed: {FEWEST} or "
            "more, better 100"
        )
    inputs, keys = _inputs(sweep, table, len(chosen) > 1)
    without = [one.without_end(runs) for one in conditions]
    return Cases(
        keys,
        inputs,
        fates.to_numpy(float),
        table["design"].to_numpy(),
        unknown=int((~known).sum()),
        endless=int(np.any(without, axis=0).sum()),
    ), title


def checked_request(
    scenarios: Mapping[str, Scenario],
    outcomes: Sequence[str],
    conditions: Sequence[Condition],
    scenario: str | None,
    programme: str | None,
) -> tuple[list[str], str]:
    """Return the scenarios that are looked at, and the name of the programme if it is one.

    Raises
    ------
    RequestError
        If an outcome is not kept, or a scenario or programme is unknown or must be named.
    """
    for one in conditions:
        if one.outcome not in outcomes:
            raise RequestError(
                f"fails: got {one.outcome!r}, which the sweep does not keep; "
                f"allowed: {shown_list(outcomes)}"
            )
    chosen = list(scenarios)
    if scenario is not None:
        chosen = [_one_of("scenario", scenario, chosen)]
    currencies = sorted({scenarios[name].currency for name in chosen})
    money = [one.outcome for one in conditions if is_money(one.outcome)]
    if len(currencies) > 1 and money:
        raise RequestError(
            f"scenario: got scenarios in {' and '.join(currencies)} and the amount {money[0]}; "
            f"allowed: one of {shown_list(chosen)}"
        )
    programmes = [[one.name for one in scenarios[name].programmes] for name in chosen]
    known = list(dict.fromkeys(name for names in programmes for name in names))
    if programme is not None:
        return chosen, _one_of("programme", programme, known)
    most = max(len(names) for names in programmes)
    if most > 1:
        raise RequestError(
            f"programme: got {most} programmes, of which none is named; allowed: one of "
            f"{shown_list(known)}"
        )
    return chosen, known[0] if len(known) == 1 else ""


def _one_of(what: str, name: str, known: Sequence[str]) -> str:
    if name not in known:
        hint = nearest(name, known)
        raise RequestError(f"{what}: got {shown_value(name)}; allowed: {shown_list(known)}{hint}")
    return name


def _inputs(
    sweep: Sweep, table: pd.DataFrame, several: bool
) -> tuple[pd.DataFrame, tuple[Key, ...]]:
    """Return what was varied, numbers as floats and all else as text, and what it is called."""
    designs = sweep.designs.loc[table["design"]].reset_index(drop=True)
    columns: dict[str, pd.Series] = {}
    if several:
        columns[SCENARIO] = table["scenario"].astype(str)
    for name in designs.columns:
        if name != SAMPLE and designs[name].astype(str).nunique() > 1:
            columns[str(name)] = designs[name]
    if not columns:
        raise RequestError(
            "source: got a sweep in which nothing was varied; allowed: a sweep with axes"
        )
    labels = labels_of(list(columns))
    keys: list[Key] = []
    inputs: dict[str, Any] = {}
    for name, column in columns.items():
        if column.dtype.kind in "if":
            whole = column.dtype.kind == "i"
            keys.append(numeric_key(name, labels[name], unit_of_key(sweep, name), column, whole))
            inputs[name] = column.astype(float)
        else:
            texts = [_said(value) for value in column]
            keys.append(Key(name, labels[name], values=tuple(dict.fromkeys(texts))))
            inputs[name] = pd.Series(texts, dtype=object)
    return pd.DataFrame(inputs), tuple(keys)


def _said(value: Any) -> str:
    """Return a value that is no number as text."""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    return "none" if value is None else str(value)
