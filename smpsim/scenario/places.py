"""Governments, training institutions and employers of a scenario: the environment."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import Field, model_validator

from smpsim.scenario.fields import (
    ASSUMPTION,
    DESIGN,
    FIXED,
    NEUTRAL,
    SAME_NAMES,
    UNSEEN,
    Clipped,
    Section,
    described,
    duration,
    effect,
    hazard,
    share,
)
from smpsim.scenario.quantities import (
    LARGEST_AMOUNT,
    Distribution,
    Money,
    Months,
    Positive,
    Share,
)
from smpsim.vocabulary import PaidPer, Role, Size, Vouching

MOST_VACANCIES = 1e6
"""Openings of an employer in a year."""
Openings = Annotated[float, Field(ge=0, le=MOST_VACANCIES)]


class Lane(Section):
    """A lane of a visa office: a queue in the order of application (E12)."""

    decisions_per_month: float | None = described(
        None,
        "decisions per month",
        "Capacity, shared with background; null: unlimited",
        NEUTRAL,
        ge=0,
        le=1e7,
    )
    minimum_months: int = duration(0, "Statutory minimum from application to decision", NEUTRAL)
    refusal: float = share(0.0, "Probability that an application is refused", NEUTRAL)
    background_per_month: float = described(
        0.0,
        "applications per month",
        "Other applications in the same queue",
        NEUTRAL,
        ge=0,
        le=1e6,
    )
    random_arrivals: bool = described(
        False, "yes or no", "Background arrives as a Poisson process instead of evenly", NEUTRAL
    )
    months: Annotated[Months | None, FIXED] = described(
        None, "months", "A fixed distribution of the delay instead of the queue", NEUTRAL
    )


class Visa(Section):
    """The visa office of a destination."""

    lanes: Annotated[dict[str, Lane], SAME_NAMES] = described(
        {"standard": Lane()}, "lanes by name", "Its queues", NEUTRAL
    )
    quota_per_year: int | None = described(
        None,
        "visas per year",
        "Visas for these programmes; null: no quota",
        NEUTRAL,
        ge=0,
        le=10**8,
    )


class RecognitionBody(Section):
    """The body that recognises qualifications (E11)."""

    months: Months = described(
        Distribution.constant(0.0), "months", "Duration of a procedure", NEUTRAL
    )
    starts_per_month: float | None = described(
        None,
        "procedures per month",
        "Procedures that can be started; null: unlimited",
        NEUTRAL,
        ge=0,
        le=1e7,
    )
    cost: Money = described(0.0, "currency", "Fee of a procedure", NEUTRAL, ge=0)


class Mood(Section):
    """Public mood of a destination, on which capacity and quota hang besides use (E16)."""

    without_notice: float = effect(
        0.0, "Effect of the share of those placed who left without notice, as a reduction"
    )
    downturn: float = effect(
        0.0, "Effect of the share of vacancies lost in a downturn (E18), as a reduction"
    )


class Brake(Section):
    """How an origin answers when too many of an occupation leave (E16)."""

    stock: float | None = described(
        None, "people", "People in the occupation at home; null: no response", NEUTRAL, gt=0, le=1e9
    )
    outflow_from: float = described(
        0.02,
        "share a year",
        "Outflow relative to the stock from which more are kept at home",
        ASSUMPTION,
        gt=0,
        le=1,
    )
    strength: float = described(
        1.0, "1", "Share kept at home where the outflow is twice that", ASSUMPTION, ge=0, le=20
    )


class Government(Section):
    """A destination (visa, recognition, rights) or an origin (set-up, domestic share)."""

    role: Annotated[Role, FIXED] = described(..., "word", "Side of the corridor")
    visa: Visa = Visa()
    recognition: RecognitionBody = RecognitionBody()
    family_work_rights: bool = described(
        False, "yes or no", "Partners may work in the destination", NEUTRAL
    )
    permit_converted: float | None = share(
        None,
        "Ended contracts that become a permanent permit; null: as behaviour.retention",
        NEUTRAL,
    )
    dialogue: float = share(
        0.0, "Dialogue with employers, 1 is regular: how fast capacity follows use (E16)", NEUTRAL
    )
    new_channel_months: int = duration(
        0, "Time until a new legal channel opens, halved by full dialogue", NEUTRAL
    )
    channel_opening: float | None = hazard(
        None, "Hazard that a new channel opens; null: it opens after new_channel_months"
    )
    channel_dialogue: float = hazard(
        0.0, "What full dialogue and full use by employers add to that hazard"
    )
    mood: Mood = Mood()
    brake: Brake = Brake()
    small_firm_incentive: Money = described(
        0.0, "currency per recruit", "Paid to small and medium employers", NEUTRAL, ge=0
    )
    setup_months: Annotated[int, UNSEEN, FIXED] = duration(
        0, "Time the public employment service needs to set up", NEUTRAL
    )
    outreach: Annotated[float, UNSEEN] = described(
        1.0, "ratio", "Applicants with its outreach, relative to none", NEUTRAL, ge=0, le=20
    )
    domestic_share: Annotated[float, UNSEEN] = share(
        0.0, "Graduates who must serve the home market", NEUTRAL
    )
    quality_assurance: float = described(
        0.0, "per year", "Rate at which the gap in teaching quality closes", NEUTRAL, ge=0, le=5
    )


class InstitutionGroup(Section):
    """Training institutions of one kind in one origin."""

    name: Annotated[str, FIXED] = described(
        ..., "name", "How programmes refer to the group", min_length=1
    )
    count: Annotated[int, UNSEEN, FIXED] = described(
        1, "institutions", "Number of institutions", DESIGN, ge=1, le=10_000
    )
    origin: Annotated[str, FIXED] = described(..., "name", "The government of its country")
    seats: int | None = described(
        None, "trainees at once", "Seats of each; null: unlimited", NEUTRAL, ge=0, le=10**7
    )
    quality: Share = described(Distribution.constant(1.0), "0 to 1", "q: teaching quality", NEUTRAL)
    alignment: Share = described(
        Distribution.constant(1.0),
        "0 to 1",
        "a: alignment of the curriculum with the destination standard",
        NEUTRAL,
    )
    cost_per_trainee_month: Money = described(
        0.0, "currency per trainee-month", "Cost of training", NEUTRAL, ge=0
    )
    language_speed: float = described(
        1.0, "ratio", "Progress per hour of lessons, relative to guided hours", NEUTRAL, gt=0, le=5
    )
    paid_per: PaidPer | None = described(
        None, "word", "What the institution is paid for; null: its effort is as drawn", NEUTRAL
    )
    mapped: Annotated[bool, FIXED] = described(
        False, "yes or no", "Quality known before the first intake (Action 5)", NEUTRAL
    )


class Poisson(Section):
    """Vacancies that open at random with a mean number a year."""

    poisson: float = described(..., "per year", "Mean number", ge=0, le=MOST_VACANCIES)


class Cycle(Section):
    """The business cycle of a sector: a shock to vacancies and margins of all of it (E18)."""

    persistence: float = described(
        0.95, "share", "What remains of a shock after a month", ASSUMPTION, ge=0, le=0.9999
    )
    sd: float = described(
        0.0,
        "sd of logarithm",
        "Size of the ups and downs in vacancies and margins",
        NEUTRAL,
        ge=0,
        le=2,
    )


class EmployerGroup(Section):
    """Employers of one kind in one destination."""

    name: Annotated[str, FIXED] = described(
        ..., "name", "How programmes refer to the group", min_length=1
    )
    count: Annotated[int, UNSEEN, FIXED] = described(
        1, "employers", "Number of employers", DESIGN, ge=1, le=100_000
    )
    country: Annotated[str, FIXED] = described(..., "name", "The government of its country")
    sector: Annotated[str, FIXED] = described(
        "general", "name", "Sector: links of the network stay inside it"
    )
    size: Annotated[Size, UNSEEN] = described("sme", "word", "Size class", DESIGN)
    vacancies_per_year: Annotated[Openings | Poisson, UNSEEN] = described(
        0.0,
        "vacancies per year",
        "Openings of each employer, evenly or {poisson: mean}",
        DESIGN,
    )
    initial_vacancies: Annotated[int, FIXED] = described(
        0, "vacancies", "Vacancies of an employer at the start", NEUTRAL, ge=0, le=10**6
    )
    local_fill: Annotated[float, UNSEEN] = hazard(0.0, "Hazard that a vacancy is filled locally")
    willingness_to_pay: Positive | None = described(
        None,
        "currency per recruit",
        "The most that an employer would pay for a hire; null: no limit",
        NEUTRAL,
    )
    patience_months: Annotated[Months, Clipped(0.0, math.inf)] | None = described(
        None, "months", "Longest acceptable time to arrival; null: no limit", NEUTRAL
    )
    vouching: Annotated[Vouching, FIXED] = described(
        "certificate", "word", "Whose judgement of skills it can rely on (E4)", ASSUMPTION
    )
    trust_prior_mean: Annotated[float | None, FIXED] = described(
        None, "share", "Prior trust, instead of that of the vouching channel", NEUTRAL, gt=0, lt=1
    )
    margin_per_month: Money = described(
        0.0,
        "currency per month",
        "Value of a ready worker beyond wage",
        NEUTRAL,
        ge=-LARGEST_AMOUNT,
    )
    cycle: Cycle = Cycle()
    poaching: float = share(0.0, "Pressure of other employers on its workers", NEUTRAL)
    quit: float | None = hazard(
        None, "Base hazard of quitting, by sector; null: as behaviour.retention.quit"
    )
    rehired: float | None = share(
        None,
        "Ended contracts whose holder it rehires; null: as behaviour.retention",
        NEUTRAL,
    )

    @model_validator(mode="before")
    @classmethod
    def _vacancies_in_range(cls, data: object) -> object:
        # said here, as a union of number and section says of a number only that it is no section
        found = data.get("vacancies_per_year") if isinstance(data, dict) else None
        if isinstance(found, (int, float)) and not 0 <= found <= MOST_VACANCIES:
            allowed = f"0 to {MOST_VACANCIES:,.0f}"
            raise ValueError(f"vacancies_per_year: got {found}; allowed: {allowed}")
        return data
