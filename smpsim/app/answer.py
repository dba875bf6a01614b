"""What runs of a state come to: sentences, the way from planned to kept, and money by party."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from smpsim.app.state import State
from smpsim.ensemble import run
from smpsim.plots.style import png
from smpsim.results.funnel import KEPT
from smpsim.results.gains import window_of
from smpsim.results.losses import GROUPS, LINES, shown_lines
from smpsim.results.report import HARDLY
from smpsim.results.result import Result
from smpsim.results.units import three_digits, words
from smpsim.vocabulary import LOSSES, SHARING_PARTIES


class StaleError(Exception):
    """Runs that were given up because something else is asked for by now."""


@dataclass(frozen=True)
class Bar:
    """A row of numbers with a bar.

    Parameters
    ----------
    label : str
    kind : str
        ``"planned"``, ``"loss"``, ``"under way"``, ``"placed"``, ``"kept"``, ``"pays"``,
        ``"gains"`` or ``"loses"``.
    value, low, high : float
        Mean, and where 90 % of the runs lie.
    length : float
        Of the bar, from 0 to 1.
    text : str
        The number in words.
    beside : tuple of str
        Further columns.
    """

    label: str
    kind: str
    value: float
    low: float
    high: float
    length: float
    text: str
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What the runs of a state come to, for one programme.

    Parameters
    ----------
    state : State
    result : Result
    programme : str
    picture : bytes
        PNG of the trajectories.
    """

    state: State
    result: Result
    programme: str
    picture: bytes

    @cached_property
    def summary(self) -> Any:
        """Return the summary of the programme, a row an outcome."""
        return self.result.summary().loc[self.programme]

    @cached_property
    def sentences(self) -> list[str]:
        """What is said of the programme."""
        several = len(self.result.programmes) > 1
        own = f"{self.programme}: "
        return [
            one.removeprefix(own)
            for one in self.result.sentences
            if not several or one.startswith(own)
        ]

    @cached_property
    def question(self) -> str:
        """What the scenario asks."""
        return str(self.result.scenario.question)

    def funnel(self) -> list[Bar]:
        """Return the way from the planned seats to the placed and kept, a row each."""
        table: Any = self.result.losses().loc[self.programme]
        planned = float(table.loc[LINES[0], "people"])
        shown = shown_lines(table)
        order = [LINES[0], *(one for one in shown if one in LOSSES), *shown[2:3], "placed"]
        kinds = {LINES[0]: "planned", "placed": "placed", "under_way": "under way"}
        bars = []
        for line in order:
            row = table.loc[line]
            if row["people"] or line in (LINES[0], "placed"):
                bars.append(_people(row, kinds.get(line, "loss"), planned))
        return [*bars, *self._kept(planned)]

    def _kept(self, planned: float) -> list[Bar]:
        """Return how many are still with their employer after a year and more."""
        steps: Any = self.result.funnel().loc[self.programme]
        kept = steps[steps.index.isin(list(KEPT))]
        return [_people(row, "kept", planned) for _, row in kept.iterrows()]

    def binding(self) -> list[Bar]:
        """Return what holds placements back, by who or what it is, the largest first."""
        table: Any = self.result.losses().loc[self.programme]
        planned = float(table.loc[LINES[0], "people"])
        lost = table.loc[list(LOSSES), "people"].groupby(lambda line: GROUPS[line]).sum()
        return [
            Bar(group, "loss", people, people, people, people / planned, whole(people))
            for group, people in lost.sort_values(ascending=False).items()
            if people >= 0.5 and planned
        ]

    def payers(self) -> list[Bar]:
        """Return who bears what of the cost, in all, for each enrolled and for each placed."""
        summary = self.summary
        enrolled, placed = (float(summary.loc[one, "mean"]) for one in ("enrolled", "placed"))
        rows = {party: summary.loc[f"cost_{party}"] for party in SHARING_PARTIES}
        most = max((abs(row["mean"]) for row in rows.values()), default=0.0)
        return [
            Bar(
                words(party),
                "pays",
                float(row["mean"]),
                float(row["run_low"]),
                float(row["run_high"]),
                abs(float(row["mean"])) / most,
                money(row["mean"], row["run_low"], row["run_high"]),
                (_each(row["mean"], enrolled), _each(row["mean"], placed)),
            )
            for party, row in rows.items()
            if row["mean"]
        ]

    def gains(self) -> list[Bar]:
        """Return who gains and who loses against having no programme, and by how much a person."""
        table: Any = self.result.gains().loc[self.programme]
        table = table[table["mean"] != 0].sort_values("mean", ascending=False)
        most = float(table["mean"].abs().max()) if len(table) else 0.0
        return [
            Bar(
                words(str(party)),
                "gains" if row["mean"] > 0 else "loses",
                float(row["mean"]),
                float(row["run_low"]),
                float(row["run_high"]),
                abs(float(row["mean"])) / most,
                money(row["mean"], row["run_low"], row["run_high"]),
                (rounded(row["per_enrolled"]), f"{100 * row['runs_losing']:.0f} %"),
            )
            for party, row in table.iterrows()
        ]

    def losers(self) -> str:
        """Return how many of those enrolled lose, in a sentence; empty where nobody enrols."""
        months = window_of(self.result.outcome_table.columns)
        row = self.summary.loc[f"losing_share_{months}m"]
        if not math.isfinite(row["mean"]):
            return ""
        mean, low, high = (100 * float(row[key]) for key in ("mean", "run_low", "run_high"))
        return (
            f"{mean:.0f} % of those enrolled lose against staying at home ({low:.0f} to "
            f"{high:.0f} % in 90 % of the runs), counted until {months} months after training."
        )


def whole(people: float) -> str:
    """Return a mean number of people, who are whole."""
    return "under 1" if 0 < people < 0.5 else f"{people:,.0f}"


def span(mean: str, low: str, high: str) -> str:
    """Return a mean with the range of 90 % of the runs, if these differ in it."""
    return mean if low == high == mean else f"{mean} ({low} to {high})"


def _people(row: Any, kind: str, planned: float) -> Bar:
    mean, low, high = (float(row[key]) for key in ("people", "run_low", "run_high"))
    label = str(row["label"]).removeprefix("lost: ")
    text = span(whole(mean), f"{low:,.0f}", f"{high:,.0f}")
    return Bar(label, kind, mean, low, high, mean / planned if planned else 0.0, text)


def rounded(amount: float) -> str:
    """Return an amount of money with the three digits that runs can tell."""
    if not math.isfinite(amount):
        return "-"
    return f"{three_digits(amount):,.0f}".replace("-", "\N{MINUS SIGN}")


def money(mean: float, low: float, high: float) -> str:
    """Return an amount of money with the range of 90 % of the runs."""
    return span(rounded(mean), rounded(low), rounded(high))


def _each(amount: float, people: float) -> str:
    return rounded(amount / people) if people >= HARDLY else "-"


def answer(
    state: State, programme: str | None = None, is_stale: Callable[[], bool] | None = None
) -> Answer:
    """Run a state and return what it comes to.

    Parameters
    ----------
    state : State
    programme : str, optional
        The first one when left out.
    is_stale : callable, optional
        Asked after each run whether to give up.

    Raises
    ------
    ScenarioError
        If the scenario is not valid.
    StaleError
        If `is_stale` said so.
    """

    def watch(done: int) -> None:
        if is_stale is not None and is_stale():
            raise StaleError

    result = run(state.source, state.replications, overrides=dict(state.changes), progress=watch)
    chosen = programme if programme in result.programmes else result.programmes[0]
    picture = png(result.plot.trajectories(chosen, narrow=True))
    watch(state.replications)
    return Answer(state, result, chosen, picture)
