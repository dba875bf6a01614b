"""The outcomes of the model, one row each, in the order in which they are shown.

A row is all that is declared of an outcome: tables, pictures, conditions, comparisons and the
model description take it from here. A row without `compute` and `parts` is a count: of a stage that
people have entered, or of a field of the programme's row (`smpsim.agents.programme`), by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from smpsim.results.outcomes.counts import Counts
from smpsim.results.outcomes.incidence import PLACED, months_until, of_ways, placed_within
from smpsim.results.outcomes.outcome import CURRENCY, Outcome, divided
from smpsim.vocabulary import (
    CAUSE_TABLE,
    FOLLOW_UP_MONTHS,
    GAINING_PARTIES,
    PARTIES,
    RETENTION_MONTHS,
    SHARING_PARTIES,
    Cause,
)


def _people(name: str, label: str, meaning: str, **more: Any) -> Outcome:
    more = {"shown": "no", "group": "people", **more}
    return Outcome(name, "people", label, meaning=meaning, **more)


def _employers(name: str, label: str, meaning: str) -> Outcome:
    meaning += "; an employer of several programmes counts in each"
    return Outcome(name, "employers", label, meaning=meaning, shown="no", group="people")


def _rate(name: str, of: str, label: str, meaning: str, undefined: str, **more: Any) -> Outcome:
    more = {"shown": "no", "group": "rates", **more}
    return Outcome(name, f"share {of}", label, meaning=meaning, undefined=undefined, **more)


def _kept(months: int) -> Outcome:
    """Return the row of the share still with the employer after so many months."""
    name = f"retained_{months}"
    return _rate(
        name,
        f"after {months} months",
        f"still with the employer after {months} months",
        f"of those who arrived more than {months} months before the horizon, the share still with "
        f"the sponsor after {months} months; a fixed-term contract that ends then counts as kept",
        f"nobody was placed more than {months} months before the horizon",
        compute=lambda counts: divided(counts[name], counts[f"seen_{months}"]),
        observed=True,
        better="high",
        shown="main" if months == RETENTION_MONTHS[0] else "listed",
    )


def _placed_within(months: int) -> Outcome:
    """Return the row of the share of trainees placed within so many months."""
    return _rate(
        f"placed_within_{months}",
        "of enrolled",
        f"placed within {months} months of the start of training",
        "cumulative incidence of placement, with all other ends as competing risks (Aalen and "
        "Johansen 1978); people still under way at the horizon count for as long as they were "
        "observed",
        f"nobody enrolled, or nobody was observed for {months} months",
        compute=lambda counts: placed_within(months, counts.spells),
        better="high",
        group="times",
    )


def _per_head(name: str, of: str, label: str, meaning: str, undefined: str, **more: Any) -> Outcome:
    return Outcome(
        name,
        CURRENCY,
        label,
        parts=("cost_total", of),
        pooled=True,
        meaning=meaning,
        undefined=undefined,
        endless=True,
        better="low",
        group="money",
        **{"shown": "main", **more},
    )


def _sat_the_exam(counts: Counts) -> np.ndarray:
    """Return those who have sat the exam, with whatever result so far."""
    sat = counts["graduated"] + counts["failed"] + counts["awaiting_retake"]
    return np.asarray(np.array(counts.exams, float) * sat)


def _placements_kept(months: int, name: str, label: str) -> Outcome:
    """Return the row of the placed who stay so long; late arrivals count at the same rate."""

    def kept(counts: Counts) -> np.ndarray:
        placed = counts["placed"]
        return np.where(placed > 0, placed * counts.outcome(f"retained_{months}"), 0.0)

    return _people(
        name,
        label,
        f"placed x retained_{months}, so those who arrived too late to be observed count at the "
        "same rate; 0 if nobody was placed",
        compute=kept,
        undefined=f"none of those placed was observed after {months} months",
        observed=True,
        size="placed",
        better="high",
    )


def _borne(party: str) -> Outcome:
    return Outcome(
        f"cost_{party}",
        CURRENCY,
        f"cost borne by the {party.replace('_', ' ')}",
        lambda counts: counts.borne[..., PARTIES.index(party)],
        meaning="the part of cost_total that the party bears: its shares, plus fees, refunds and "
        "incentives paid, less those received; it can be negative",
        better="low",
        group="money",
        shown="no",
    )


def _in_window(months: int, compute: Callable[[Counts], Any]) -> Callable[[Counts], Any]:
    """Return the function of an outcome that has a value if cohorts are followed for so long."""

    def found(counts: Counts) -> np.ndarray:
        values = np.array(compute(counts), dtype=float)
        return values if counts.follow_up == months else np.full_like(values, np.nan)

    return found


def value_rows(months: int) -> tuple[Outcome, ...]:
    """Return the outcomes that count gains until so many months after each cohort's training."""
    end, window = f"{months}m", f"{months} months after training"

    def gained(party: str) -> Outcome:
        return Outcome(
            f"npv_{party}_{end}",
            CURRENCY,
            f"net present value for the {party.replace('_', ' ')} up to {window}",
            _in_window(months, lambda counts: counts.gained[..., PARTIES.index(party)]),
            meaning=f"receipts less payments for all items, gains included, up to {months} "
            "months after the training of each cohort, even beyond the horizon; compared with work "
            "at home and the employer's usual way of hiring; discounted monthly at `discount_rate` "
            "a year",
            better="high",
            group="values",
            shown="no",
        )

    def each(name: str, party: str, of: str, label: str, nobody: str) -> Outcome:
        return Outcome(
            f"{name}_{end}",
            CURRENCY,
            label,
            parts=(f"npv_{party}_{end}", of),
            pooled=True,
            meaning=f"npv_{party}_{end} / {of}",
            undefined=nobody,
            better="high",
            group="values",
            shown="no",
        )

    placed = _people(
        f"placed_{end}",
        f"placed by {window}",
        f"arrived at the sponsoring employer within {months} months of the end of the cohort's "
        "training, even beyond the horizon",
        compute=_in_window(months, lambda counts: counts["placed_in_window"]),
        better="high",
        group="values",
    )
    losing = _people(
        f"losing_{end}",
        f"trainees worse off by {window}",
        "trainees whose own gain is below zero: net wages abroad less the higher cost of living "
        "and the wage at home, less pay forgone and own cost with interest, plus the stipend; "
        "not discounted; remittances stay in the household",
        compute=_in_window(months, lambda counts: counts["losing"]),
        better="low",
        group="values",
    )
    share = _rate(
        f"losing_share_{end}",
        "of enrolled",
        f"share of trainees worse off by {window}",
        f"losing_{end} / enrolled",
        "nobody enrolled",
        parts=(f"losing_{end}", "enrolled"),
        better="low",
        group="values",
    )
    return (
        *(gained(party) for party in GAINING_PARTIES),
        each(
            "gain_per_trainee",
            "trainee",
            "enrolled",
            f"gain per trainee up to {window}",
            "nobody enrolled",
        ),
        placed,
        each(
            "gain_per_placement",
            "employer",
            f"placed_{end}",
            f"the employer's gain per placement up to {window}",
            "nobody was placed",
        ),
        losing,
        share,
    )


def _sum(name: str, who: str, parties: tuple[str, ...], months: int = FOLLOW_UP_MONTHS) -> Outcome:
    return Outcome(
        f"npv_{name}_{months}m",
        CURRENCY,
        f"net present value for {who} up to {months} months after training",
        sum_of=tuple(f"npv_{party}_{months}m" for party in parties),
        better="high",
        group="values",
        shown="no",
    )


def _lost(cause: Cause) -> Outcome:
    return _people(
        f"lost_{cause.name}",
        f"lost: {cause.label}",
        f"planned seats lost in this way; limit: {cause.group}",
        better="low",
        group="losses",
    )


ROWS = (
    _people(
        "planned_seats",
        "seats planned",
        "seats in the design's intakes due by the horizon, plus seats added by growth",
        series="planned",
        group="losses",
    ),
    _people("applicants", "applicants", "people who have applied so far"),
    _people("enrolled", "enrolled", "started training", shown="main", series="enrolled"),
    _people("dropped_out", "dropped out", "left training", better="low", series="dropped_out"),
    Outcome(
        "exam_sittings",
        "sittings",
        "exam sittings",
        meaning="attempts at the exam so far, including retakes",
        adds_up=True,
        shown="no",
        group="people",
    ),
    _people(
        "failed",
        "failed the exam",
        "did not pass the exam in any attempt",
        better="low",
        series="failed",
    ),
    _people(
        "graduated",
        "graduated",
        "finished training, and passed the exam if there is one",
        better="high",
        shown="main",
        series="graduated",
    ),
    _rate(
        "exam_pass_rate",
        "of those who sat the exam",
        "exam pass rate",
        "graduated / (graduated + failed + awaiting a retake), so of all who have sat the exam",
        "nobody has sat an exam",
        compute=lambda counts: divided(counts["graduated"], _sat_the_exam(counts)),
        better="high",
    ),
    _people(
        "withdrew",
        "gave up waiting",
        "stopped waiting or gave up an offer after a change of mind",
        better="low",
        series="withdrew",
    ),
    _people("offers", "offers", "offers accepted, including those lost later", better="high"),
    _people("refused", "visas refused", "visa refused", better="low", series="refused"),
    _people("visas", "visas granted", "visas granted so far", better="high"),
    _people(
        "placed",
        "placed",
        "arrived at the sponsoring employer",
        better="high",
        shown="main",
        series="placed",
    ),
    _people(
        "under_way",
        "still under way at the end",
        "enrolled but not yet arrived at the horizon: in training, awaiting a retake, in the "
        "pool, with an offer, in recognition, in the visa queue or about to leave; neither placed "
        "nor lost",
        shown="main",
    ),
    _rate(
        "placement_rate",
        "of enrolled",
        "share of trainees placed",
        "placed / enrolled",
        "nobody enrolled",
        parts=("placed", "enrolled"),
        better="high",
        shown="main",
    ),
    _rate(
        "graduate_placement_rate",
        "of graduates",
        "share of graduates placed",
        "placed / graduated",
        "nobody graduated",
        parts=("placed", "graduated"),
        better="high",
    ),
    _people(
        "migrated",
        "migrated",
        "placed, plus arrived through their own search",
        shown="main",
        series="migrated",
    ),
    _rate(
        "migrated_share",
        "of graduates",
        "share of graduates who migrated",
        "migrated / graduated",
        "nobody graduated",
        parts=("migrated", "graduated"),
    ),
    _people(
        "domestic",
        "in the domestic track",
        "graduates of the domestic track",
        shown="main",
        if_any=True,
        series="domestic",
    ),
    _people(
        "working_at_origin",
        "took up work in the country of origin",
        "ever took up work in the country of origin: in the domestic track, or in a job at home",
    ),
    _people(
        "returned",
        "returned to the country of origin",
        "back from the destination at the horizon",
    ),
    _people(
        "rehired",
        "rehired after a contract",
        "fixed-term contracts that ended and were followed by another",
        shown="listed",
        if_any=True,
    ),
    _people(
        "converted",
        "permits converted",
        "fixed-term contracts that ended and were followed by a permanent permit",
        shown="listed",
        if_any=True,
    ),
    _people(
        "offers_cancelled",
        "offers cancelled",
        "offers withdrawn by employers; their holders went back to the pool",
        shown="listed",
        if_any=True,
    ),
    _people(
        "partly_recognised",
        "recognised in part",
        "decisions on recognition that require bridging, before departure or abroad",
        shown="listed",
        if_any=True,
    ),
    _people(
        "unrecognised",
        "not recognised abroad",
        "arrived at the sponsor, but in the end not recognised",
        shown="listed",
        if_any=True,
    ),
    _people(
        "left_without_notice",
        "left without notice",
        "workers in debt who left an employer to whom their permit bound them",
        shown="listed",
        if_any=True,
    ),
    _people(
        "at_work",
        "at work with the employer at the end",
        "placed and still with the employer at the horizon",
    ),
    _people(
        "elsewhere",
        "working elsewhere abroad at the end",
        "left the employer, or came through their own search, and work elsewhere at the horizon",
    ),
    _employers("employers", "employers of the programme", "all those that may hire"),
    _employers(
        "employers_aware",
        "employers aware of the programme at the end",
        "aware, engaged or hiring at the horizon",
    ),
    _employers(
        "employers_engaged",
        "employers taking part at the end",
        "engaged or hiring at the horizon",
    ),
    Outcome(
        "months_to_placement_median",
        "months from the start of training",
        "time until half of the trainees are placed",
        lambda counts: months_until(0.5, of_ways(counts.spells)[..., PLACED, :]),
        meaning="from the first day of training to the end of the month by which the cumulative "
        "incidence of placement reaches one half; dropout, failure, withdrawal, refusal, a job "
        "at home, the domestic track and going abroad on one's own are competing risks, and "
        "people still under way count for as long as they were observed",
        undefined="fewer than half of the trainees are placed",
        endless=True,
        better="low",
        group="times",
    ),
    *(_placed_within(months) for months in RETENTION_MONTHS),
    *(_kept(months) for months in RETENTION_MONTHS),
    _placements_kept(12, "retained_placements", "placements kept a year"),
    _placements_kept(24, "retained_placements_24", "placements kept 2 years"),
    _placements_kept(36, "retained_placements_36", "placements kept 3 years"),
    Outcome(
        "cost_total",
        CURRENCY,
        "total cost",
        lambda counts: counts.cost,
        meaning="all shared items, undiscounted; fees, refunds and incentives only move money "
        "between parties, so they add no cost",
        better="low",
        group="money",
        series="cost_cumulative",
    ),
    _per_head(
        "cost_per_graduate",
        "graduated",
        "cost per graduate",
        "cost_total / graduated",
        "nobody graduated",
        shown="no",
    ),
    _per_head(
        "cost_per_placement",
        "placed",
        "cost per placement",
        "cost_total / placed",
        "nobody was placed",
    ),
    _per_head(
        "cost_per_retained_placement",
        "retained_placements",
        "cost per placement kept a year",
        "cost_total / retained_placements",
        "nobody placed stayed a year",
    ),
    *(
        _per_head(
            f"cost_per_retained_placement_{months}",
            f"retained_placements_{months}",
            f"cost per placement kept {months // 12} years",
            f"cost_total / retained_placements_{months}",
            f"nobody placed stayed {months // 12} years",
            shown="no",
        )
        for months in (24, 36)
    ),
    Outcome(
        "shortfall",
        "people below plan",
        "placements below plan",
        lambda counts: counts.planned - counts["placed"],
        meaning="`planned.placed` - placed",
        undefined="there is no plan",
        better="low",
        group="people",
    ),
    *(_lost(cause) for cause in CAUSE_TABLE),
    *(_borne(party) for party in SHARING_PARTIES),
    Outcome(
        "intermediary_balance",
        CURRENCY,
        "the intermediary's fees less its costs",
        lambda counts: -counts.borne[..., PARTIES.index("intermediary")],
        meaning="fees less refunds and the intermediary's shares of costs, undiscounted, up to the "
        "horizon; above zero if its fees cover its costs",
        better="high",
        group="money",
        shown="no",
    ),
    *value_rows(FOLLOW_UP_MONTHS),
)
SUM_ROWS = (
    _sum("origin", "the origin side", ("origin_state", "origin_households", "trainee")),
    _sum("destination", "the destination side", ("employer", "destination_state")),
    _sum("all", "all parties", GAINING_PARTIES),
)
"""What both sides gain, as no single party shows: sums of outcomes that a search may be for."""
