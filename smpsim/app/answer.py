"""What runs of a state come to: sentences, the way from planned to kept, and money by party."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

from smpsim.app.curves import Curve, curves
from smpsim.app.payments import Payment, payments
from smpsim.app.rows import Bar, each, money, of_people, rounded, whole
from smpsim.app.state import State
from smpsim.results.funnel import KEPT, KEPT_PRICES, funnel
from smpsim.results.gains import gains, window_of
from smpsim.results.losses import GROUPS, LINES, account, shown_lines
from smpsim.results.provenance import brief
from smpsim.results.result import LEVEL, Result
from smpsim.results.units import words
from smpsim.scenario.cautions import Caution, cautions
from smpsim.vocabulary import LOSSES, SHARING_PARTIES


@dataclass(frozen=True)
class Answer:
    """What the runs of a state come to, for one programme.

    It holds what the screens show and not the runs, so that many of them fit into memory.

    Parameters
    ----------
    state : State
    programme : str
    programmes : tuple of str
        All of the scenario.
    title, question, currency, start : str
    runs, seed : int
        Runs so far: those of the state once it is complete.
    sentences : tuple of str
    funnel : tuple of Bar
        The way from the planned seats to the placed and kept.
    binding : tuple of Bar
        What holds placements back, by who or what it is, the largest first.
    payers : tuple of Bar
        Who bears what of the cost, in all, for each enrolled and for each placed.
    gains : tuple of Bar
        Who gains and who loses against having no programme, and by how much a person.
    losers : str
        How many of those enrolled lose, in a sentence; empty where nobody enrols.
    window : int
        Months after training for which gains count.
    payments : tuple of Payment
        Who pays whom.
    kept : tuple of (int, str)
        Cost for each placement kept so many months.
    curves : tuple of Curve
    cautions : tuple of Caution
        What will surely disappoint.
    facts : dict
        Where the numbers come from.
    """

    state: State
    programme: str
    programmes: tuple[str, ...]
    title: str
    question: str
    currency: str
    start: str
    runs: int
    seed: int
    sentences: tuple[str, ...]
    funnel: tuple[Bar, ...]
    binding: tuple[Bar, ...]
    payers: tuple[Bar, ...]
    gains: tuple[Bar, ...]
    losers: str
    window: int
    payments: tuple[Payment, ...]
    kept: tuple[tuple[int, str], ...]
    curves: tuple[Curve, ...]
    cautions: tuple[Caution, ...]
    facts: dict[str, Any]

    @property
    def is_complete(self) -> bool:
        """Whether all runs that the state asks for are in it."""
        return self.runs >= self.state.replications


def answer_of(state: State, result: Result, programme: str | None = None) -> Answer:
    """Return what runs of a state come to.

    Parameters
    ----------
    state : State
    result : Result
    programme : str, optional
        The first one when left out, or where the scenario has none of that name.
    """
    programmes = tuple(result.programmes)
    chosen = programme if programme in programmes else programmes[0]
    scenario = state.design()
    result = of_programme(result, chosen)
    own = result.outcome_table
    summary: Any = result.summary().loc[chosen]
    window = window_of(own.columns)
    facts = brief(result.provenance)
    return Answer(
        state=state,
        programme=chosen,
        programmes=programmes,
        title=result.title,
        question=scenario.question,
        currency=result.currency,
        start=result.start,
        runs=result.runs,
        seed=result.seed,
        sentences=tuple(result.sentences),
        funnel=tuple(_funnel(own)),
        binding=tuple(_binding(own)),
        payers=tuple(_payers(summary)),
        gains=tuple(_gains(own)),
        losers=_losers(summary, window),
        window=window,
        payments=tuple(payments(result, chosen)),
        kept=tuple(_kept_costs(summary)),
        curves=tuple(curves(result, chosen)),
        cautions=tuple(cautions(scenario, chosen)),
        facts={**facts, **facts.pop("versions", {})},
    )


def of_programme(result: Result, programme: str) -> Result:
    """Return the part of a result that is of one programme."""
    if result.programmes == [programme]:
        return result
    at = [result.programmes.index(programme)]
    table = result.outcome_table
    return replace(
        result,
        programmes=[programme],
        trajectory_array=result.trajectory_array[:, :, at],
        ledger_array=result.ledger_array[:, :, at],
        flow_array=result.flow_array[:, at],
        loss_array=result.loss_array[:, :, at],
        outcome_table=table[table["programme"] == programme].reset_index(drop=True),
    )


def _funnel(outcomes: Any) -> list[Bar]:
    table: Any = account(outcomes, LEVEL).droplevel("programme")
    planned = float(table.loc[LINES[0], "people"])
    shown = shown_lines(table)
    order = [LINES[0], *(one for one in shown if one in LOSSES), *shown[2:3], "placed"]
    kinds = {LINES[0]: "planned", "placed": "placed", "under_way": "under way"}
    bars = []
    for line in order:
        row = table.loc[line]
        if row["people"] or line in (LINES[0], "placed"):
            bars.append(of_people(row, kinds.get(line, "loss"), planned))
    steps: Any = funnel(outcomes, LEVEL).droplevel("programme")
    kept = steps[steps.index.isin(list(KEPT))]
    return [*bars, *(of_people(row, "kept", planned) for _, row in kept.iterrows())]


def _binding(outcomes: Any) -> list[Bar]:
    table: Any = account(outcomes, LEVEL).droplevel("programme")
    planned = float(table.loc[LINES[0], "people"])
    lost = table.loc[list(LOSSES), "people"].groupby(lambda line: GROUPS[line]).sum()
    return [
        Bar(group, "loss", people, people, people, people / planned, whole(people))
        for group, people in lost.sort_values(ascending=False).items()
        if people >= 0.5 and planned
    ]


def _payers(summary: Any) -> list[Bar]:
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
            (each(row["mean"], enrolled), each(row["mean"], placed)),
        )
        for party, row in rows.items()
        if row["mean"]
    ]


def _gains(outcomes: Any) -> list[Bar]:
    table: Any = gains(outcomes, LEVEL).droplevel("programme")
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


def _losers(summary: Any, months: int) -> str:
    row = summary.loc[f"losing_share_{months}m"]
    if not math.isfinite(row["mean"]):
        return ""
    mean, low, high = (100 * float(row[key]) for key in ("mean", "run_low", "run_high"))
    return (
        f"{mean:.0f} % of those enrolled are worse off than at home ({low:.0f} to "
        f"{high:.0f} % in 90 % of the runs), counted until {months} months after training."
    )


def _kept_costs(summary: Any) -> list[tuple[int, str]]:
    """Return what each placement costs that is kept for so many months, where it is known."""
    found = []
    for months, name in KEPT_PRICES.items():
        row = summary.loc[name]
        if math.isfinite(row["mean"]):
            found.append((months, money(row["mean"], row["run_low"], row["run_high"])))
    return found
