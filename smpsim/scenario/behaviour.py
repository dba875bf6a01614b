"""How people and organisations behave: parameters shared by all programmes.

The defaults are neutral: they switch each mechanism off, so that a scenario can be as simple
as a bare pipeline. `scenarios/base.yaml` switches them on with one set of values for all.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import model_validator

from smpsim.scenario.copula import Correlation, joint_scores
from smpsim.scenario.fields import (
    ASSUMPTION,
    FIXED,
    NEUTRAL,
    UNSEEN,
    Section,
    described,
    duration,
    effect,
    hazard,
    share,
)
from smpsim.scenario.quantities import (
    LARGEST_AMOUNT,
    Age,
    Amount,
    Distribution,
    Hours,
    Money,
    Positive,
    Rate,
    Ratio,
    Share,
    Years,
)
from smpsim.vocabulary import CONCERNS, SIZES, SKILL_LEVELS, VOUCHING, Attribute

CEFR_HOURS = "Cambridge English guided learning hours, recalled: assumption until read"


GERMAN_HOURS = "Goethe-Institut, middles, in clock hours; C2: assumption"
JAPANESE_HOURS = "N4 and N3 as A2 and B1, Learn Japanese Daily and others; the rest: assumption"
LevelHours = tuple[float, float, float, float, float, float]


def _number(value: float) -> Distribution:
    return Distribution.constant(value)


class People(Section):
    """Who applies: attributes drawn once for each person."""

    aptitude: Share = described(_number(0.5), "0 to 1", "Aptitude for the occupation", NEUTRAL)
    age: Annotated[Age, UNSEEN] = described(_number(25.0), "years", "Age at application", NEUTRAL)
    prior_employment: Annotated[float, UNSEEN] = share(
        0.0, "Share of applicants with a job at home", NEUTRAL
    )
    motivation: Share = described(_number(0.5), "0 to 1", "Motivation to migrate", NEUTRAL)
    women: Annotated[float, UNSEEN] = share(0.0, "Share of women", NEUTRAL)
    dependants: Annotated[float, UNSEEN] = share(
        0.0, "Share with children or others to care for", NEUTRAL
    )
    schooling: Annotated[Years, UNSEEN] = described(
        _number(10.0), "years", "Years of school", NEUTRAL
    )
    language_aptitude: Annotated[Ratio, UNSEEN] = described(
        _number(1.0), "ratio", "Hours of language that count against hours of lessons", NEUTRAL
    )
    savings: Annotated[Positive | None, UNSEEN] = described(
        None, "currency", "Household's savings; null: nobody is excluded", NEUTRAL
    )
    credit: Annotated[Amount, UNSEEN] = described(
        _number(0.0), "currency", "What the household can borrow", NEUTRAL
    )
    interest: float = described(
        0.0, "per year", "Interest on what is borrowed", NEUTRAL, ge=0, le=5
    )
    attachment: Annotated[Amount, UNSEEN] = described(
        _number(0.0), "currency per month", "psi: what being away from home costs", NEUTRAL
    )
    impatience: Annotated[Rate, UNSEEN] = described(
        _number(0.0),
        "per year",
        "Own discount rate; people fall into eight classes of it",
        NEUTRAL,
    )
    prior_wage: Annotated[Ratio, UNSEEN] = described(
        _number(1.0), "ratio", "Wage of a job held before against the wage at home", NEUTRAL
    )
    correlations: dict[Attribute, dict[Attribute, Correlation]] = described(
        {},
        "correlations by pair",
        "Of the normal scores that a Gaussian copula joins; left out: 0",
        NEUTRAL,
    )
    initial_skill: Annotated[Share, UNSEEN] = described(
        _number(0.0), "0 to 1", "Skill before training", NEUTRAL
    )
    initial_language_hours: Annotated[Hours, UNSEEN] = described(
        _number(0.0), "hours", "Hours of the language learned before", NEUTRAL
    )

    @model_validator(mode="after")
    def _can_be_joined(self) -> People:
        joint_scores(self.correlations)
        return self


class Awareness(Section):
    """E1: how employers hear of a programme."""

    initially_aware: Annotated[float, FIXED] = share(
        1.0, "Employers who know the programme at once", NEUTRAL
    )
    contact_rate: float = hazard(0.0, "Awareness a month if all neighbours take part")
    association_rate: float = hazard(
        0.0, "The same if all members take part, where the programme has an association"
    )
    network_neighbours: Annotated[int, UNSEEN, FIXED] = described(
        0,
        "employers",
        "Neighbours of an employer in its sector's small world",
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

    high: float = share(0.0, "Where advanced degrees are wanted", NEUTRAL)
    medium: float = share(0.0, "Where technical trades are", NEUTRAL)
    low: float = share(0.0, "Where neither is", NEUTRAL)


class FixedCost(Section):
    """E2: what taking part costs an employer, whatever it hires."""

    array_of = SIZES

    sme: float = described(0.0, "currency", "Small or medium employers", NEUTRAL, ge=0, le=1e9)
    large: float = described(0.0, "currency", "Large employers", NEUTRAL, ge=0, le=1e9)


class Participation(Section):
    """E2 and E3: whether an employer that knows a programme engages."""

    open_share: Annotated[float, FIXED] = share(
        1.0, "Employers that are open to the idea at all", NEUTRAL
    )
    concerns: Annotated[Concerns, FIXED] = Concerns()
    emphasis: float = described(
        1.0, "ratio", "Weight of an employer's first concern against others'", NEUTRAL, ge=1, le=10
    )
    steepness: float | None = described(
        None, "1", "k of E3: how sharply value decides; null: all engage", NEUTRAL, ge=0, le=100
    )
    scale: Money = described(
        5000.0,
        "currency",
        "Scale of value in E3, for the longest post",
        ASSUMPTION,
        ge=0.01,
    )
    alternative_value: Money = described(
        0.0,
        "currency",
        "Value of the usual ways to recruit where they do not serve the employer",
        NEUTRAL,
        ge=-LARGEST_AMOUNT,
    )
    served_value: Money = described(
        0.0,
        "currency",
        "Value of the usual ways to recruit where they serve it",
        NEUTRAL,
        ge=-LARGEST_AMOUNT,
    )
    served: Served = Served()
    risk_aversion: float = described(
        0.0, "1", "Weight of the standard deviation of the gain in E2", NEUTRAL, ge=0, le=5
    )
    tenure_horizon_months: int = described(
        36, "months", "Longest tenure that an employer counts in E2", ASSUMPTION, ge=1, le=240
    )
    unready_output: float = share(
        0.0, "Output of a hire who is not found ready, against one who is", NEUTRAL
    )
    catching_up: float = described(
        0.0, "per month", "Rate at which such a hire catches up on the job", NEUTRAL, ge=0, le=5
    )
    supervision: Money = described(
        0.0, "currency per month", "Supervision of such a hire at first", NEUTRAL, ge=0
    )
    delay_cost: Money = described(
        0.0,
        "currency per month",
        "Cost of each month beyond its patience",
        NEUTRAL,
        ge=0,
    )
    fixed_cost: FixedCost = FixedCost()
    noticeable: float = share(0.0, "Change of trust by others' hires that is news", NEUTRAL)
    believed_graduation: float = share(
        1.0, "Trainees who graduate, as believed before a programme reports", NEUTRAL
    )
    believed_arrival: float = share(
        1.0, "Graduates who arrive, as believed before a programme reports", NEUTRAL
    )
    report_people: float = described(
        20.0, "people", "Weight of both beliefs against reports", ASSUMPTION, ge=0.01, le=1e6
    )


class Vouching(Section):
    """E4: mean of the prior trust by who vouches for a candidate's skills."""

    array_of = VOUCHING

    in_house: float = share(0.5, "The employer's own selection", NEUTRAL)
    intermediary: float = share(0.5, "A recruiter or intermediary", NEUTRAL)
    association: float = share(0.5, "An association in the employer's country", NEUTRAL)
    certificate: float = share(0.5, "A degree or certificate", NEUTRAL)
    public_agency: float = share(0.5, "A public employment or training agency at origin", NEUTRAL)
    trade_union: float = share(0.5, "A trade union", NEUTRAL)


class Trust(Section):
    """E4 and E13: trust of an employer, the logit of which is that of origin, programme, school."""

    vouching: Annotated[Vouching, FIXED] = Vouching()
    spread: Annotated[float, FIXED] = described(
        0.0, "sd of logit", "How far employers differ in their first opinion", NEUTRAL, ge=0, le=3
    )
    origin_uncertainty: Annotated[float, FIXED] = described(
        0.0, "sd of logit", "Uncertainty about an origin; 0: nothing moves it", NEUTRAL, ge=0, le=3
    )
    programme_uncertainty: Annotated[float, FIXED] = described(
        0.0, "sd of logit", "The same about a programme", NEUTRAL, ge=0, le=3
    )
    school_uncertainty: Annotated[float, FIXED] = described(
        0.0, "sd of logit", "The same about an institution", NEUTRAL, ge=0, le=3
    )
    selection_gain: Annotated[float, FIXED] = share(
        0.0, "Part of the way to in-house trust that full control of selection brings", NEUTRAL
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
        "Part of the first uncertainty that comes back, as circumstances change",
        NEUTRAL,
        ge=0,
        le=1,
    )
    neighbour_weight: float = described(
        0.0, "share", "Weight of a neighbour's experience", NEUTRAL, ge=0, lt=1
    )
    association_weight: float = described(
        0.0, "share", "Weight of a hire of which an association tells", NEUTRAL, ge=0, lt=1
    )
    observation_months: int = duration(0, "Time after arrival at which a hire is judged", NEUTRAL)
    signal_discount: float = share(0.0, "How far low trust discounts a readiness", NEUTRAL)
    minimum_to_hire: float = share(0.0, "Trust below which an employer takes nobody", NEUTRAL)


class Applying(Section):
    """E5: what people expect of going, and who of those reached applies."""

    scale: float | None = described(
        None,
        "currency",
        "s_p: gain that makes an even choice one of 73 %; null: all who are reached apply",
        NEUTRAL,
        ge=0.01,
        le=LARGEST_AMOUNT,
    )
    inertia: float = described(
        0.0,
        "currency",
        "Worth at which half of those reached apply: the trouble of a change of life",
        NEUTRAL,
        ge=0,
        le=LARGEST_AMOUNT,
    )
    longest_list: float | None = described(
        None,
        "applicants per seat",
        "Applicants whom those who select look at; null: all",
        NEUTRAL,
        ge=1,
        le=1000,
    )
    believed_placement: float = share(
        1.0, "Chance of an offer believed before anybody was seen to get one", NEUTRAL
    )
    believed_guaranteed: float = share(1.0, "The same where a job is guaranteed", NEUTRAL)
    believed_refusal: float = share(0.0, "Chance of a refused visa believed at first", NEUTRAL)
    doubt: float = described(
        0.0,
        "sd of logit",
        "How unsure people are of these chances; 0: nothing they see moves them",
        NEUTRAL,
        ge=0,
        le=10,
    )
    forgetting: float = described(
        0.0, "per month", "Share of that doubt which comes back in a month", NEUTRAL, ge=0, le=1
    )
    delay_learning: float = share(
        0.0, "Weight of a decided application in the believed visa delay", NEUTRAL
    )
    offer_months: Annotated[int, UNSEEN] = duration(
        0, "Wait for an offer that people expect after training", NEUTRAL
    )
    months_abroad: Annotated[int, UNSEEN] = described(
        36, "months", "Time abroad that people count at most", ASSUMPTION, ge=1, le=600
    )
    price_level: Annotated[float, UNSEEN] = described(
        1.0,
        "ratio",
        "Prices that the wage abroad meets, against prices at home, where a programme states none",
        NEUTRAL,
        gt=0,
        le=100,
    )
    chance_at_home: Annotated[float, UNSEEN] = share(
        1.0, "Part of the time in which who has no job at home finds work", NEUTRAL
    )
    dependants: float = described(
        0.0,
        "ratio",
        "Attachment to home of those with dependants, beyond others'",
        NEUTRAL,
        ge=0,
        le=10,
    )
    family_rights: Annotated[float, UNSEEN] = share(
        0.0, "Part of the attachment that family rights abroad take away", NEUTRAL
    )
    diaspora: Annotated[float, UNSEEN] = share(
        0.0, "Part of the attachment that a full diaspora takes away", NEUTRAL
    )
    clause: Annotated[float, UNSEEN] = share(
        0.0, "Part of the wage that a month bound by a retention clause is worth less", NEUTRAL
    )


class Selection(Section):
    """E5: who applies and who is taken."""

    placement_record: float = effect(0.0, "Effect of the past placement rate on applications")
    wage_gap: float = effect(0.0, "Effect of the logarithm of the wage ratio")
    cost_share: float = effect(0.0, "Effect of the applicant's cost share, taken as a loss")
    job_guarantee: float = effect(0.0, "Effect of a guaranteed job")
    largest_response: float = described(
        3.0, "1", "Bound of the response to all four", ASSUMPTION, ge=1, le=20
    )
    noise_employer: float = described(
        0.0, "sd of aptitude", "Error when the employer selects", NEUTRAL, ge=0, le=5
    )
    noise_shared: float = described(
        0.0, "sd of aptitude", "Error when both select", NEUTRAL, ge=0, le=5
    )
    noise_institution: float = described(
        0.0, "sd of aptitude", "Error when the institution selects", NEUTRAL, ge=0, le=5
    )


class Alignment(Section):
    """E6: how a curriculum follows the destination's standard."""

    gain_design: float = described(
        0.0, "per year", "eta with employers engaged at design", NEUTRAL, ge=0, le=5
    )
    gain_late: float = described(
        0.0, "per year", "eta with employers who come late", NEUTRAL, ge=0, le=5
    )
    half_firms: float = described(
        0.0, "employers", "Engaged employers at which half of eta is reached", NEUTRAL, ge=0, le=1e6
    )
    gain_none: float = described(0.0, "per year", "eta without employers", NEUTRAL, ge=0, le=5)
    drift: float = described(
        0.0, "per year", "Ageing of a curriculum as skills needs change", NEUTRAL, ge=0, le=5
    )


class Training(Section):
    """E7: learning and dropout."""

    skill_rate: float = described(
        0.0, "per month", "r of E7 for a median aptitude and quality 1", NEUTRAL, ge=0, le=1
    )
    aptitude_effect: float = described(
        0.0,
        "1",
        "How much faster the apt learn: rate x (1 + effect (aptitude - 0.5))",
        NEUTRAL,
        ge=0,
        le=2,
    )
    level_hours: Annotated[LevelHours, UNSEEN] = described(
        (95.0, 190.0, 375.0, 550.0, 750.0, 1100.0),
        "hours",
        "Cumulative hours at which A1 to C2 are reached in a language that has no table here",
        CEFR_HOURS,
    )
    german_hours: Annotated[LevelHours, UNSEEN] = described(
        (105.0, 205.0, 375.0, 525.0, 675.0, 900.0), "hours", "The same of German", GERMAN_HOURS
    )
    english_hours: Annotated[LevelHours, UNSEEN] = described(
        (95.0, 190.0, 375.0, 550.0, 750.0, 1100.0), "hours", "The same of English", CEFR_HOURS
    )
    japanese_hours: Annotated[LevelHours, UNSEEN] = described(
        (250.0, 575.0, 900.0, 1600.0, 2400.0, 3000.0),
        "hours",
        "The same of Japanese",
        JAPANESE_HOURS,
    )
    dropout: float = hazard(0.0, "Base hazard of dropout")
    dropout_worth: float = described(
        0.0,
        "1",
        "beta: effect of a loss of worth since the start, in units of applying.scale",
        NEUTRAL,
        ge=0,
        le=20,
    )
    living_share: Annotated[float, UNSEEN] = described(
        0.0,
        "ratio",
        "Cost of living in training against the wage at home, where a programme states none",
        NEUTRAL,
        ge=0,
        le=5,
    )
    dropout_cost_share: float = effect(0.0, "Effect of the trainee's share of the costs")
    dropout_no_guarantee: float = effect(0.0, "Effect of having no guaranteed job")
    dropout_prior_employment: float = effect(0.0, "Effect of a job held before")
    dropout_age: float = effect(0.0, "Effect of ten years of age above 25")
    dropout_motivation: float = effect(0.0, "Effect of motivation above 0.5, taken as a loss")

    @model_validator(mode="after")
    def _hours_increase(self) -> Training:
        for name in ("level_hours", "german_hours", "english_hours", "japanese_hours"):
            hours = getattr(self, name)
            if any(later <= sooner for sooner, later in pairwise((0.0, *hours))):
                raise ValueError(f"{name}: got {hours}; allowed: rising numbers")
        return self


class Exam(Section):
    """E8: the exam at the end of training."""

    pass_probability: float | None = share(
        1.0, "Fixed chance to pass an attempt; null: it follows skill and language", NEUTRAL
    )
    skill_needed: float = share(0.5, "Skill at which half pass", ASSUMPTION)
    skill_noise: float = described(0.1, "skill", "Noise of the exam", ASSUMPTION, ge=0.01, le=5)
    language_noise: float = described(
        0.4, "CEFR levels", "Noise of the language test", ASSUMPTION, ge=0.01, le=5
    )
    apart: bool = described(
        False,
        "yes or no",
        "Skill and language are passed apart, and what is passed counts",
        NEUTRAL,
    )
    person_share: float = share(
        0.0, "Part of the noise that is the person's own, the same in each sitting", NEUTRAL
    )
    retake_learning: float = share(
        0.0, "Part of the pace of training that goes on between two attempts", NEUTRAL
    )
    retakes: int = described(0, "attempts", "Further attempts after a failure", NEUTRAL, ge=0, le=5)
    retake_months: int = described(
        3, "months", "Time between two attempts", ASSUMPTION, ge=1, le=36
    )


class Leaving(Section):
    """A hazard that grows with waiting: base (1 + growth w) exp(effects)."""

    base: float = hazard(0.0, "Hazard in the first month of waiting")
    growth: float = described(
        0.0, "per month", "Growth with each month waited", NEUTRAL, ge=0, le=5
    )
    prior_employment: float = effect(0.0, "Effect of a job held before")
    age: float = effect(0.0, "Effect of ten years of age above 25")
    motivation: float = effect(0.0, "Effect of motivation above 0.5")


class Waiting(Section):
    """E9: what happens to graduates who wait."""

    domestic_job: Leaving = Leaving()
    withdrawal: Leaving = Leaving()
    individual_search: float = hazard(
        0.0, "Success of a graduate's own search abroad, with or without a legal channel"
    )
    offer_cancelled: float = hazard(
        0.0, "Cancellation of an offer by an employer that has withdrawn from the programme"
    )
    with_offer: float = described(
        0.0, "1", "Factor on the hazards while an offer is held", NEUTRAL, ge=0, le=5
    )
    offer_wage_spread: float | None = described(
        None,
        "sd of logarithm",
        "Spread of wages offered at home, of which those that are worth it are taken; null: all",
        NEUTRAL,
        gt=0,
        le=3,
    )
    reconsider_months: int = duration(
        0, "Time between two decisions whether to wait on; 0: none", NEUTRAL
    )
    withdrawal_worth: float = described(
        0.0,
        "1",
        "Effect of the worth of waiting on giving up, in units of applying.scale",
        NEUTRAL,
        ge=0,
        le=20,
    )
    track_choice: bool = described(
        False,
        "yes or no",
        "Graduates choose the domestic track, up to its places; if not, a share at random",
        NEUTRAL,
    )
    declining: bool = described(
        False, "yes or no", "Offers that are worth less than staying are declined", NEUTRAL
    )
    longest_months: int | None = described(
        None, "months", "Wait in the pool after which a job at home is taken", NEUTRAL, ge=0, le=600
    )
    language_decay: float = described(
        0.0, "per month", "Loss of language while waiting, in logarithms", NEUTRAL, ge=0, le=1
    )


class Readiness(Section):
    """Readiness R = skill x alignment x language factor, and when an employer is content."""

    language_elasticity: float = described(
        0.0, "1", "Power of (level / target) in the language factor", NEUTRAL, ge=0, le=10
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
    noise: float = described(0.1, "readiness", "Noise of that judgement", ASSUMPTION, ge=0.01, le=5)


class Recognition(Section):
    """E11: whether a qualification is recognised."""

    alignment_needed: float | None = share(
        None, "Alignment at which half are fully recognised; null: all are", NEUTRAL
    )
    noise: float = described(0.08, "alignment", "Noise of the decision", ASSUMPTION, ge=0.01, le=5)
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
        0.0, "months", "Sd of that belief; 0: nothing moves it", NEUTRAL, ge=0, le=120
    )
    spread: float = described(
        0.25, "share", "Sd of single delays against their mean", ASSUMPTION, ge=0.01, le=5
    )
    believed_refusal: Annotated[float, FIXED] = share(
        0.0, "Share of files expected to be refused before any experience", NEUTRAL
    )
    refusal_uncertainty: Annotated[float, FIXED] = described(
        0.0, "sd of logit", "Uncertainty of that belief; 0: nothing moves it", NEUTRAL, ge=0, le=3
    )
    drift: float = described(
        0.0,
        "share per month",
        "Part of both uncertainties that comes back, as offices change",
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


class Retention(Section):
    """E14: how long the placed stay with their employer."""

    quit: float = hazard(0.0, "Base hazard of quitting, where employers state none of their own")
    wage: float = effect(0.0, "b of the logarithm of the wage against that of other employers")
    readiness: float = effect(0.0, "b of readiness above what the job needs: it keeps")
    family_rights: float = effect(0.0, "b of dependants who may come and work: they keep")
    inside_clause: Annotated[float, UNSEEN] = effect(
        0.0, "b of a retention clause: it keeps while it lasts"
    )
    integration_support: float = effect(0.0, "b of support: it keeps")
    poaching: float = effect(0.0, "b of poaching x readiness: it draws away")
    without_notice: float = hazard(
        0.0, "Base hazard of the indebted whose permit binds them: they leave without notice"
    )
    stay_in_destination: float = share(0.0, "Leavers who find work elsewhere there", NEUTRAL)
    home: float = hazard(0.0, "Base hazard of going home from the sponsor, at the wage of home")
    return_from_elsewhere: float = hazard(0.0, "The same of those employed elsewhere")
    home_years: float = effect(0.0, "Effect of each year abroad on going home")
    home_wage: float = effect(
        0.0, "Effect of the logarithm of the net wage against that at home, taken as a loss"
    )
    home_family: float = effect(0.0, "Effect of a family along on going home, taken as a loss")
    home_target: float = effect(0.0, "Effect of savings that have reached their target")
    savings_target: float | None = described(
        None,
        "months of the wage at home",
        "Sum that is saved for; null: none",
        NEUTRAL,
        ge=0,
        le=1e4,
    )
    saved_share: float = share(
        0.2,
        "Share of the net wage abroad that is saved, or pays back what was borrowed",
        ASSUMPTION,
    )
    rehired_after_return: float = share(
        0.0, "Ended fixed contracts whose holder the firm takes again", NEUTRAL
    )
    permit_converted: float = share(
        0.0, "Ended fixed contracts that become a permanent permit", NEUTRAL
    )
    rehired_unready: float = share(
        1.0, "Factor on both for those whom the firm did not find ready", NEUTRAL
    )
    contract_readiness: float = effect(0.0, "Effect of readiness above what is needed on both")
    contract_tenure: float = effect(0.0, "Effect of each year with the firm on both")


class Vacancies(Section):
    """E18: what becomes of a vacancy whose recruit leaves."""

    reopened: float = share(0.0, "Quits of sponsored workers whose place is open again", NEUTRAL)


class Adaptation(Section):
    """E16: how a destination in dialogue with employers adapts its capacity."""

    responsiveness: float = described(
        0.0, "1", "Growth of capacity at full dialogue and full use", NEUTRAL, ge=0, le=20
    )
    lag_months: float = described(
        12.0, "months", "Time constant of the adaptation", ASSUMPTION, ge=0.1, le=240
    )


class Effort(Section):
    """E19: how hard institutions work for what they are paid for."""

    response: float = described(
        1.0, "logit", "Rise of the logit of success by full effort", ASSUMPTION, ge=0, le=20
    )
    cost: float = described(
        0.25, "share of pay", "Cost of full effort, twice over", ASSUMPTION, ge=0.001, le=1000
    )
    quality: float = effect(0.0, "Logit of teaching quality from middling to full effort")
    selection: float = effect(
        0.0, "Effect of that on the error when the institution selects, taken as a loss"
    )
    alignment: float = described(
        0.0, "per year", "eta of an institution that works for placements", NEUTRAL, ge=0, le=5
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
        1.0, "ratio", "Placed to planned from which a programme grows", ASSUMPTION, ge=0, le=10
    )
    end_below: float = described(
        0.0, "ratio", "Placed to planned below which it ends", NEUTRAL, ge=0, le=10
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
    credit_months: int = duration(24, "Time in which it is paid back evenly", ASSUMPTION)
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


class Behaviour(Section):
    """All behavioural parameters, each section with the number of its rule."""

    people: People = People()
    awareness: Awareness = Awareness()
    participation: Participation = Participation()
    trust: Trust = Trust()
    applying: Applying = Applying()
    selection: Selection = Selection()
    alignment: Alignment = Alignment()
    training: Training = Training()
    exam: Exam = Exam()
    waiting: Waiting = Waiting()
    readiness: Readiness = Readiness()
    recognition: Recognition = Recognition()
    channel: Channel = Channel()
    retention: Retention = Retention()
    vacancies: Vacancies = Vacancies()
    adaptation: Adaptation = Adaptation()
    scaling: Scaling = Scaling()
    effort: Effort = Effort()
    gains: Gains = Gains()
