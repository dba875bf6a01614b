"""How employers behave: what they hear, expect, trust and ask for.

The defaults are neutral: see `smpsim.scenario.behaviour`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import model_validator

from smpsim.scenario.fields import (
    ASSUMPTION,
    FIXED,
    NEUTRAL,
    UNSEEN,
    Section,
    described,
    duration,
    hazard,
    share,
)
from smpsim.scenario.quantities import (
    LARGEST_AMOUNT,
    Money,
)
from smpsim.vocabulary import CONCERNS, SIZES, SKILL_LEVELS, VOUCHING


class Awareness(Section):
    """E1: how employers hear of a programme."""

    initially_aware: Annotated[float, FIXED] = share(
        1.0, "Employers who know the programme from the start", NEUTRAL
    )
    contact_rate: float = hazard(
        0.0, "Awareness gained in a month from neighbours, if all of them take part"
    )
    association_rate: float = hazard(
        0.0, "Awareness gained in a month through an association, if all its members take part"
    )
    network_neighbours: Annotated[int, UNSEEN, FIXED] = described(
        0,
        "employers",
        "Neighbours of an employer in the network of its sector",
        NEUTRAL,
        ge=0,
        le=50,
    )
    network_rewiring: Annotated[float, UNSEEN, FIXED] = share(
        0.1, "Share of links that leave the neighbourhood", ASSUMPTION
    )


class Concerns(Section):
    """E2: employers by what they are concerned about first; shares of those named."""

    array_of = CONCERNS

    quality: float = share(1.0, "The right candidate with suitable skills", NEUTRAL)
    predictability: float = share(0.0, "A predictable outcome", NEUTRAL)
    cost: float = share(0.0, "Cost", NEUTRAL)
    speed: float = share(0.0, "Speed", NEUTRAL)
    simplicity: float = share(0.0, "Transparency and simplicity", NEUTRAL)

    @model_validator(mode="after")
    def _add_up(self) -> Concerns:
        total = sum(getattr(self, name) for name in CONCERNS)
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"got shares that add up to {total:g}; allowed: 1")
        return self


class Served(Section):
    """E3: employers whose usual ways to recruit serve them, by skill level of the occupation."""

    array_of = SKILL_LEVELS

    high: float = share(
        0.0,
        "Employers well served by usual recruitment, in jobs that need an advanced degree",
        NEUTRAL,
    )
    medium: float = share(
        0.0, "Employers well served by usual recruitment, in technical trades", NEUTRAL
    )
    low: float = share(
        0.0, "Employers well served by usual recruitment, in jobs that need neither", NEUTRAL
    )


class FixedCost(Section):
    """E2: what taking part costs an employer, whatever it hires."""

    array_of = SIZES

    sme: float = described(
        0.0,
        "currency",
        "Fixed cost of taking part, small or medium employers",
        NEUTRAL,
        ge=0,
        le=1e9,
    )
    large: float = described(
        0.0, "currency", "Fixed cost of taking part, large employers", NEUTRAL, ge=0, le=1e9
    )


class Participation(Section):
    """E2 and E3: whether an employer that knows a programme engages."""

    open_share: Annotated[float, FIXED] = share(
        1.0, "Employers that are open to the idea at all", NEUTRAL
    )
    concerns: Annotated[Concerns, FIXED] = Concerns()
    emphasis: float = described(
        1.0,
        "ratio",
        "Weight of an employer's first concern against the others",
        NEUTRAL,
        ge=1,
        le=10,
    )
    steepness: float | None = described(
        None, "1", "k of E3: how sharply value decides; null: all engage", NEUTRAL, ge=0, le=100
    )
    scale: Money = described(
        5000.0,
        "currency",
        "Gain that makes an employer's choice clear, for the longest post",
        ASSUMPTION,
        ge=0.01,
    )
    alternative_value: Money = described(
        0.0,
        "currency",
        "Value of usual recruitment to an employer whom it does not serve well",
        NEUTRAL,
        ge=-LARGEST_AMOUNT,
    )
    served_value: Money = described(
        0.0,
        "currency",
        "Value of usual recruitment to an employer whom it serves well",
        NEUTRAL,
        ge=-LARGEST_AMOUNT,
    )
    served: Served = Served()
    risk_aversion: float = described(
        0.0, "1", "How strongly employers avoid an uncertain gain", NEUTRAL, ge=0, le=5
    )
    tenure_horizon_months: int = described(
        36,
        "months",
        "Longest stay of a worker that an employer takes into account",
        ASSUMPTION,
        ge=1,
        le=240,
    )
    unready_output: float = share(
        0.0, "Output of a hire who is not found ready, relative to one who is", NEUTRAL
    )
    catching_up: float = described(
        0.0, "per month", "Pace at which an unready hire catches up on the job", NEUTRAL, ge=0, le=5
    )
    supervision: Money = described(
        0.0, "currency per month", "Supervision of an unready hire at first", NEUTRAL, ge=0
    )
    delay_cost: Money = described(
        0.0,
        "currency per month",
        "Cost of each month of waiting beyond the employer's patience",
        NEUTRAL,
        ge=0,
    )
    fixed_cost: FixedCost = FixedCost()
    noticeable: float = share(
        0.0, "Change of trust through other employers' hires that counts as news", NEUTRAL
    )
    believed_graduation: float = share(
        1.0, "Trainees who graduate, as believed before a programme reports", NEUTRAL
    )
    believed_arrival: float = share(
        1.0, "Graduates who arrive, as believed before a programme reports", NEUTRAL
    )
    report_people: float = described(
        20.0,
        "people",
        "Weight of first beliefs about graduation and arrival, against reports",
        ASSUMPTION,
        ge=0.01,
        le=1e6,
    )


class Vouching(Section):
    """E4: mean of the prior trust by who vouches for a candidate's skills."""

    array_of = VOUCHING

    in_house: float = share(0.5, "Trust in an employer's own selection", NEUTRAL)
    intermediary: float = share(0.5, "Trust in selection by a recruiter or intermediary", NEUTRAL)
    association: float = share(
        0.5, "Trust in selection by an association in the employer's country", NEUTRAL
    )
    certificate: float = share(0.5, "Trust in a degree or certificate", NEUTRAL)
    public_agency: float = share(
        0.5, "Trust in selection by a public employment or training agency at origin", NEUTRAL
    )
    trade_union: float = share(0.5, "Trust in selection by a trade union", NEUTRAL)


class Trust(Section):
    """E4 and E13: trust of an employer, the logit of which is that of origin, programme, school."""

    vouching: Annotated[Vouching, FIXED] = Vouching()
    spread: Annotated[float, FIXED] = described(
        0.0, "sd of logit", "How far employers differ in their initial opinion", NEUTRAL, ge=0, le=3
    )
    origin_uncertainty: Annotated[float, FIXED] = described(
        0.0,
        "sd of logit",
        "Uncertainty about an origin; 0: opinions never change",
        NEUTRAL,
        ge=0,
        le=3,
    )
    programme_uncertainty: Annotated[float, FIXED] = described(
        0.0, "sd of logit", "Uncertainty about a programme", NEUTRAL, ge=0, le=3
    )
    school_uncertainty: Annotated[float, FIXED] = described(
        0.0, "sd of logit", "Uncertainty about an institution", NEUTRAL, ge=0, le=3
    )
    selection_gain: Annotated[float, FIXED] = share(
        0.0,
        "Share of the gap to trust in own selection that full control of selection closes",
        NEUTRAL,
    )
    mapping_strength: Annotated[float, FIXED] = described(
        0.0, "observations", "Evidence about an institution that was mapped", NEUTRAL, ge=0, le=1000
    )
    failure_weight: float = described(
        1.0, "ratio", "lambda of E13: weight of a failure against a success", NEUTRAL, ge=1, le=20
    )
    drift: float = described(
        0.0,
        "share per month",
        "Share of the initial uncertainty that returns as circumstances change",
        NEUTRAL,
        ge=0,
        le=1,
    )
    neighbour_weight: float = described(
        0.0, "share", "Weight of a neighbour's experience", NEUTRAL, ge=0, lt=1
    )
    association_weight: float = described(
        0.0, "share", "Weight of a hire reported by an association", NEUTRAL, ge=0, lt=1
    )
    observation_months: int = duration(0, "Time after arrival at which a hire is judged", NEUTRAL)
    signal_discount: float = share(
        0.0, "How far low trust discounts the readiness of a candidate", NEUTRAL
    )
    minimum_to_hire: float = share(0.0, "Trust below which an employer hires nobody", NEUTRAL)


class Readiness(Section):
    """Readiness R = skill x alignment x language factor, and when an employer is content."""

    language_elasticity: float = described(
        0.0,
        "1",
        "How strongly readiness depends on the level of language reached",
        NEUTRAL,
        ge=0,
        le=10,
    )
    language_needed: Annotated[float, UNSEEN] = described(
        0.0,
        "CEFR level as a number",
        "Level that work needs where a programme names its language, A1 = 1",
        NEUTRAL,
        ge=0,
        le=6,
    )
    hiring_minimum: float = share(
        0.0, "Readiness, as the employer sees it, below which nobody is hired", NEUTRAL
    )
    needed: float | None = share(
        None, "Readiness at which half are found ready; null: all are", NEUTRAL
    )
    noise: float = described(
        0.1,
        "readiness",
        "Noise in judging whether a hire is ready",
        ASSUMPTION,
        ge=0.01,
        le=5,
    )


class Vacancies(Section):
    """E18: what becomes of a vacancy whose recruit leaves."""

    reopened: float = share(
        0.0, "Quits of sponsored workers after which the post is open again", NEUTRAL
    )
