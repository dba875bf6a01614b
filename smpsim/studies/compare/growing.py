"""Two results under the same chance events that grow together, pair by pair of runs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from smpsim.ensemble import MOST_BYTES, Progress, bytes_of_runs, run_plans, simulate
from smpsim.ensemble import outcomes_of as outcomes_of_runs
from smpsim.errors import RequestError
from smpsim.messages import continued
from smpsim.results.provenance import RECIPE
from smpsim.results.result import Result, life_courses
from smpsim.results.units import unit_of
from smpsim.scenario import Scenario
from smpsim.scenario.parameters import DEFAULT, Draws
from smpsim.scenario.parameters import parameters as drawn
from smpsim.studies.compare.pairing import difference_of, estimates_of, pair_programmes
from smpsim.studies.compare.stopping import Target, Width
from smpsim.world.blueprints import Blueprints


class Growing:
    """Runs of two designs, to which more can be added.

    Parameters
    ----------
    designs : tuple of Scenario
    seed : int
        Of all luck.
    progress : callable, optional
        Called with the number of runs done so far, of both together.
    parameters : str, Path or DataFrame
        As in `smpsim.run`; run n of both is in the same plausible world.
    held : tuple of iterables of str
        What is set in each, and not drawn.
    **options
        Threads, trainees, rules and outcomes of a user's own, as in `smpsim.run`.
    """

    def __init__(
        self,
        designs: tuple[Scenario, Scenario],
        seed: int,
        progress: Progress | None = None,
        parameters: Draws = DEFAULT,
        held: tuple[Iterable[str], Iterable[str]] = ((), ()),
        **options: Any,
    ) -> None:
        self._designs, self._progress = designs, progress
        given, first = drawn(parameters), designs[0]
        self._plans = tuple(
            Blueprints(one, seed, given.held(one, sets, first))
            for one, sets in zip(designs, held, strict=True)
        )
        self._options = options
        self._parts: tuple[list[Result], list[Result]] = ([], [])
        names = [[programme.name for programme in design.programmes] for design in designs]
        self._programmes = pair_programmes(*names)[0]

    @property
    def pairs(self) -> int:
        """Number of pairs of runs."""
        return sum(part.runs for part in self._parts[1])

    @property
    def most(self) -> int:
        """Greatest number of pairs whose results fit into memory."""
        return max(1, int(MOST_BYTES / max(bytes_of_runs(one, 1) for one in self._designs)))

    def grow(self, pairs: int) -> None:
        """Add runs until there are so many pairs; those that are there are kept.

        Raises
        ------
        RequestError
            If the results of so many would not fit into memory.
        """
        if pairs > self.most:
            raise RequestError(
                f"replications: got {pairs}, whose results would take more than "
                f"{MOST_BYTES / 2**30:.0f} GiB of memory for each design; "
                f"allowed: {self.most} or fewer for these scenarios"
            )
        there = self.pairs
        done = 2 * there
        for plans, parts in zip(self._plans, self._parts, strict=True):
            options = {**self._options, "progress": continued(done, self._progress)}
            if there == 0:
                parts.append(run_plans(plans, pairs, **options))
            else:
                parts.append(_more(plans, parts[0], range(there, pairs), options))
            done += pairs - there

    def widths(self, pairs: int, targets: Sequence[Target], level: float) -> list[Width]:
        """Grow to so many pairs, and return the half-widths of targets for each programme."""
        self.grow(pairs)
        found = []
        for pair in self._programmes:
            a, b = (
                estimates_of(pd.concat([part.outcome_table for part in parts]), names)
                for parts, names in zip(self._parts, (pair.a, pair.b), strict=True)
            )
            for target in targets:
                values = difference_of(target.outcome, a, b, level)
                found.append(
                    Width(
                        pair.label,
                        target.outcome,
                        unit_of(target.outcome, self._designs[0].currency),
                        target.allowed(values["mean_a"]),
                        (values["ci_high"] - values["ci_low"]) / 2.0,
                        int(min(values["runs_used_a"], values["runs_used_b"])),
                    )
                )
        return found

    def results(self) -> tuple[Result, Result]:
        """Return the results of both designs."""
        for parts in self._parts:
            # only one design at a time is in memory twice
            parts[:] = [joined(parts)]
        return self._parts[0][0], self._parts[1][0]


def _more(plans: Blueprints, first: Result, numbers: range, options: dict[str, Any]) -> Result:
    """Return the result of further replications of a design that has a first result."""
    runs = simulate(plans, plans.seed, numbers, **options)
    kept = bool(options.get("trainees"))
    return replace(
        first,
        trajectory_array=runs.trajectories,
        ledger_array=runs.ledger,
        flow_array=runs.flows,
        loss_array=runs.losses,
        spell_array=runs.spells,
        outcome_table=outcomes_of_runs(plans.scenario, runs),
        life=life_courses(runs.people, first.programmes) if kept else None,
    )


def joined(parts: Sequence[Result]) -> Result:
    """Return one result of several of the same scenario, whose runs follow each other."""
    first = parts[0]
    if len(parts) == 1:
        return first
    before = np.cumsum([0, *(part.runs for part in parts)])

    def stacked(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
        moved = [
            table.assign(run=table["run"] + n) for table, n in zip(tables, before, strict=False)
        ]
        return pd.concat(moved, ignore_index=True)

    return replace(
        first,
        trajectory_array=np.concatenate([part.trajectory_array for part in parts]),
        ledger_array=np.concatenate([part.ledger_array for part in parts]),
        flow_array=np.concatenate([part.flow_array for part in parts]),
        loss_array=np.concatenate([part.loss_array for part in parts]),
        spell_array=np.concatenate([part.spell_array for part in parts]),
        outcome_table=stacked([part.outcome_table for part in parts]),
        life=(
            stacked([part.life for part in parts if part.life is not None])
            if first.life is not None
            else None
        ),
        provenance=grown(first.provenance, int(before[-1])),
    )


def grown(facts: dict[str, Any], runs: int) -> dict[str, Any]:
    """Return where a result comes from whose runs have become more."""
    recipe = facts[RECIPE]
    options = {**recipe["options"], "replications": runs}
    return {**facts, "replications": runs, RECIPE: {**recipe, "options": options}}
