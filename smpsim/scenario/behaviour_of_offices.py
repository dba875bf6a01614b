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
    cost_share: float = effect(0.0, "Effect of the applicant's cost share, taken as a loss")
    job_guarantee: float = effect(0.0, "Effect of a guaranteed job")
    largest_response: float = described(
        3.0,
        "1",
        "Largest response of applicants to all that attracts them",
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
        "eta: pace of curricula towards the standard, employers engaged at design",
        NEUTRAL,
        ge=0,
        le=5,
    )
    gain_late: float = described(
        0.0,
        "per year",
        "eta: pace of curricula towards the standard, employers who come late",
        NEUTRAL,
        ge=0,
        le=5,
    )
    half_firms: float = described(
        0.0,
        "employers",
        "Engaged employers at which curricula move at half their full pace",
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
        0.08, "alignment", "Noise of the decision on recognition", ASSUMPTION, ge=0.01, le=5
    )
    partial_months: int = duration(6, "Bridging abroad after a partial recognition", ASSUMPTION)
    unbridgeable_gap: float = share(
        1.0,
        "Gap of alignment (1 - a) that half bridge; nobody is recognised beyond it",
        NEUTRAL,
    )
    assistant_margin: float = share(
        1.0, "Share of the margin before recognition abroad is complete", NEUTRAL
    )
    assistant_wage: float = share(
        1.0, "Share of the wage before recognition abroad is complete", NEUTRAL
    )


class Channel(Section):
    """E12: what employers believe of the visa office."""

    believed_months: Annotated[float, FIXED] = described(
        0.0, "months", "Visa delay expected before any experience", NEUTRAL, ge=0, le=120
    )
    uncertainty_months: Annotated[float, FIXED] = described(
        0.0,
        "months",
        "How unsure employers are of the visa delay; 0: nothing moves it",
        NEUTRAL,
        ge=0,
        le=120,
    )
    spread: float = described(
        0.25, "share", "Spread of single visa delays against their mean", ASSUMPTION, ge=0.01, le=5
    )
    believed_refusal: Annotated[float, FIXED] = share(
        0.0, "Share of files expected to be refused before any experience", NEUTRAL
    )
    refusal_uncertainty: Annotated[float, FIXED] = described(
        0.0,
        "sd of logit",
        "How unsure employers are of the refusals; 0: nothing moves it",
        NEUTRAL,
        ge=0,
        le=3,
    )
    drift: float = described(
        0.0,
        "share per month",
        "Part of the doubt on visas that comes back, as offices change",
        NEUTRAL,
        ge=0,
        le=1,
    )
    promise_slack_months: int = duration(
        600, "Delay beyond the promised date that still counts as in time", NEUTRAL
    )
    late_penalty: float = share(
        0.0, "Loss of believed reliability when a promise is broken", NEUTRAL
    )


class Adaptation(Section):
    """E16: how a destination in dialogue with employers adapts its capacity."""

    responsiveness: float = described(
        0.0, "1", "Growth of capacity at full dialogue and full use", NEUTRAL, ge=0, le=20
    )
    lag_months: float = described(
        12.0, "months", "Time in which a visa office adapts to its use", ASSUMPTION, ge=0.1, le=240
    )


class Effort(Section):
    """E19: how hard institutions work for what they are paid for."""

    response: float = described(
        1.0, "logit", "Rise of the log odds of success by full effort", ASSUMPTION, ge=0, le=20
    )
    cost: float = described(
        0.25,
        "share of pay",
        "Cost of effort to an institution (full effort costs half of it)",
        ASSUMPTION,
        ge=0.001,
        le=1000,
    )
    quality: float = effect(
        0.0, "Rise of teaching quality, in log odds, from middling to full effort"
    )
    selection: float = effect(
        0.0, "Effect of effort on the error of selection by the institution, taken as a loss"
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
        0.0, "per year", "Growth of the seats if every graduate has an offer", NEUTRAL, ge=0, le=20
    )
    offer_months: int = duration(
        6, "Time after training at which the offers of an intake are counted", ASSUMPTION
    )
    quality_cost: float = effect(
        0.0, "Loss of teaching quality where seats double within a year, for that intake"
    )

    grow_from: float = described(
        1.0,
        "ratio",
        "Placements against plan from which a programme grows",
        ASSUMPTION,
        ge=0,
        le=10,
    )
    end_below: float = described(
        0.0, "ratio", "Placements against plan below which a programme ends", NEUTRAL, ge=0, le=10
    )
    growth: float = described(
        0.0, "share", "Growth of the seats at a good renewal", NEUTRAL, ge=0, le=5
    )
    largest_growth: float = described(
        1.0, "ratio", "Bound of the seats against the design", NEUTRAL, ge=1, le=50
    )


class Gains(Section):
    """E15: what the ledger counts of gains and losses beside wages, margins and shared costs."""

    pay_forgone: float = share(
        0.0, "Part of the pay at home that training leaves no time for", NEUTRAL
    )
    borrowed: float = share(0.0, "Part of the trainees' own cost that is borrowed", NEUTRAL)
    credit_months: int = duration(24, "Time in which a trainee's loan is paid back", ASSUMPTION)
    output_beyond_wage: float = described(
        0.0,
        "share of the wage",
        "What a job at home yields beyond its wage, lost to the origin with who gives it up",
        NEUTRAL,
        ge=0,
        le=10,
    )
    backfill: float = share(0.0, "Part of the jobs given up at home that others fill", NEUTRAL)
    return_premium: float = described(
        0.0, "share of the wage", "Higher pay at home after work abroad", NEUTRAL, ge=0, le=10
    )
    alternative_share: float = share(
        0.0, "Placements without which the employer had hired in its usual way", NEUTRAL
    )
    alternative_hire: Money = described(
        0.0, "currency", "Cost of a hire in the employer's usual way", NEUTRAL, ge=0
    )
