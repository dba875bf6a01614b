"""How schools, funders and authorities behave.

The defaults are neutral: see `smpsim.scenario.behaviour`.
"""

from __future__ import annotations

from typing import Annotated

from smpsim.scenario.fields import (
    ASSUMPTION,
    FIXED,
    NEUTRAL,
    Section,
    described,
    duration,
    effect,
    share,
)
from smpsim.scenario.quantities import Money


class Selection(Section):
    """E5: who applies and who is taken."""

    placement_record: float = effect(0.0, "Effect of the past placement rate on applications")
    wage_gap: float = effect(0.0, "Effect of the logarithm of the wage ratio")
    cost_share: float = effect(0.0, "Effect of the applicant's cost share, as a reduction")
    job_guarantee: float = effect(0.0, "Effect of a guaranteed job")
    largest_response: float = described(
        3.0,
        "1",
        "Largest response of applicants to all attractions together",
        ASSUMPTION,
        ge=1,
        le=20,
    )
    noise_employer: float = described(
        0.0, "sd of aptitude", "Error of selection by the employer alone", NEUTRAL, ge=0, le=5
    )
    noise_shared: float = described(
        0.0,
        "sd of aptitude",
        "Error of selection by employer and institution together",
        NEUTRAL,
        ge=0,
        le=5,
    )
    noise_institution: float = described(
        0.0, "sd of aptitude", "Error of selection by the institution alone", NEUTRAL, ge=0, le=5
    )


class Alignment(Section):
    """E6: how a curriculum follows the destination's standard."""

    gain_design: float = described(
        0.0,
        "per year",
        "eta: pace of curricula towards the standard, with employers engaged from the design stage",
        NEUTRAL,
        ge=0,
        le=5,
    )
    gain_late: float = described(
        0.0,
        "per year",
        "eta: pace of curricula towards the standard, with employers who come in late",
        NEUTRAL,
        ge=0,
        le=5,
    )
    half_firms: float = described(
        0.0,
        "employers",
        "Engaged employers with whom curricula move at half their full pace",
        NEUTRAL,
        ge=0,
        le=1e6,
    )
    gain_none: float = described(
        0.0,
        "per year",
        "eta: pace of curricula towards the standard, without employers",
        NEUTRAL,
        ge=0,
        le=5,
    )
    drift: float = described(
        0.0, "per year", "Ageing of a curriculum as skills needs change", NEUTRAL, ge=0, le=5
    )


class Recognition(Section):
    """E11: whether a qualification is recognised."""

    alignment_needed: float | None = share(
        None, "Alignment at which half are fully recognised; null: all are", NEUTRAL
    )
    noise: float = described(
        0.08, "alignment", "Noise in the decision on recognition", ASSUMPTION, ge=0.01, le=5
    )
    partial_months: int = duration(
        6, "Time of bridging abroad after a partial recognition", ASSUMPTION
    )
    unbridgeable_gap: float = share(
        1.0,
        "Gap in alignment (1 - a) that half of the people bridge; beyond it nobody is recognised",
        NEUTRAL,
    )
    assistant_margin: float = share(
        1.0, "Share of the margin that is earned before recognition abroad is complete", NEUTRAL
    )
    assistant_wage: float = share(
        1.0, "Share of the wage that is paid before recognition abroad is complete", NEUTRAL
    )


class Channel(Section):
    """E12: what employers believe of the visa office."""

    believed_months: Annotated[float, FIXED] = described(
        0.0, "months", "Visa delay expected before any experience", NEUTRAL, ge=0, le=120
    )
    uncertainty_months: Annotated[float, FIXED] = described(
        0.0,
        "months",
        "How uncertain employers are about the visa delay; 0: expectations never change",
        NEUTRAL,
        ge=0,
        le=120,
    )
    spread: float = described(
        0.25,
        "share",
        "Spread of single visa delays, relative to their mean",
        ASSUMPTION,
        ge=0.01,
        le=5,
    )
    believed_refusal: Annotated[float, FIXED] = share(
        0.0, "Share of applications expected to be refused before any experience", NEUTRAL
    )
    refusal_uncertainty: Annotated[float, FIXED] = described(
        0.0,
        "sd of logit",
        "How uncertain employers are about refusals; 0: expectations never change",
        NEUTRAL,
        ge=0,
        le=3,
    )
    drift: float = described(
        0.0,
        "share per month",
        "Share of the initial uncertainty about visas that returns as offices change",
        NEUTRAL,
        ge=0,
        le=1,
    )
    promise_slack_months: int = duration(
        600, "Delay beyond the promised date that still counts as on time", NEUTRAL
    )
    late_penalty: float = share(
        0.0, "Loss of perceived reliability when a promise is broken", NEUTRAL
    )


class Adaptation(Section):
    """E16: how a destination in dialogue with employers adapts its capacity."""

    responsiveness: float = described(
        0.0, "1", "Growth of capacity at full dialogue and full use", NEUTRAL, ge=0, le=20
    )
    lag_months: float = described(
        12.0,
        "months",
        "Time that a visa office takes to adapt to its use",
        ASSUMPTION,
        ge=0.1,
        le=240,
    )


class Effort(Section):
    """E19: how hard institutions work for what they are paid for."""

    response: float = described(
        1.0, "logit", "Rise in the log odds of success through full effort", ASSUMPTION, ge=0, le=20
    )
    cost: float = described(
        0.25,
        "share of pay",
        "Cost of effort to an institution (full effort costs half of it)",
        ASSUMPTION,
        ge=0.001,
        le=1000,
    )
    quality: float = effect(0.0, "Rise in teaching quality (log odds) from medium to full effort")
    selection: float = effect(
        0.0, "Effect of effort on the error of selection by the institution, as a reduction"
    )
    alignment: float = described(
        0.0,
        "per year",
        "eta: pace of curricula towards the standard, by an institution that works for placements",
        NEUTRAL,
        ge=0,
        le=5,
    )


class Scaling(Section):
    """E17: how a programme grows into its plan, and what funders do at a renewal date."""

    ramp: float = described(
        0.0, "per year", "Growth in seats if every graduate has an offer", NEUTRAL, ge=0, le=20
    )
    offer_months: int = duration(
        6, "Time after training at which the offers of an intake are counted", ASSUMPTION
    )
    quality_cost: float = effect(
        0.0, "Loss of teaching quality of an intake whose seats doubled within a year"
    )

    grow_from: float = described(
        1.0,
        "ratio",
        "Placements relative to plan from which a programme grows",
        ASSUMPTION,
        ge=0,
        le=10,
    )
    end_below: float = described(
        0.0,
        "ratio",
        "Placements relative to plan below which a programme ends",
        NEUTRAL,
        ge=0,
        le=10,
    )
    growth: float = described(
        0.0, "share", "Growth in seats at a successful renewal", NEUTRAL, ge=0, le=5
    )
    largest_growth: float = described(
        1.0, "ratio", "Upper limit of seats, relative to the design", NEUTRAL, ge=1, le=50
    )


class Gains(Section):
    """E15: what the ledger counts of gains and losses beside wages, margins and shared costs."""

    pay_forgone: float = share(0.0, "Share of pay at home that is forgone during training", NEUTRAL)
    borrowed: float = share(0.0, "Share of the trainees' own cost that is borrowed", NEUTRAL)
    credit_months: int = duration(24, "Time in which a trainee's loan is paid back", ASSUMPTION)
    output_beyond_wage: float = described(
        0.0,
        "share of the wage",
        "Value of a job at home beyond its wage, lost to the origin when somebody gives it up",
        NEUTRAL,
        ge=0,
        le=10,
    )
    backfill: float = share(0.0, "Share of the jobs given up at home that others fill", NEUTRAL)
    return_premium: float = described(
        0.0, "share of the wage", "Higher pay at home after work abroad", NEUTRAL, ge=0, le=10
    )
    alternative_share: float = share(
        0.0, "Placements without which the employer would have hired in its usual way", NEUTRAL
    )
    alternative_hire: Money = described(
        0.0, "currency", "Cost of a hire in the employer's usual way", NEUTRAL, ge=0
    )
