"""How people behave: who applies, learns, waits and stays.

The defaults are neutral: see `smpsim.scenario.behaviour`.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import model_validator

from smpsim.scenario.copula import Correlation, joint_scores
from smpsim.scenario.fields import (
    ASSUMPTION,
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
    Positive,
    Rate,
    Ratio,
    Share,
    Years,
)
from smpsim.vocabulary import Attribute

CEFR_HOURS = "Cambridge English guided learning hours, from memory: assumption until read"
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
        _number(1.0),
        "ratio",
        "Hours of language learning counted for each hour of lessons",
        NEUTRAL,
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
        _number(0.0), "currency per month", "psi: cost of being away from home", NEUTRAL
    )
    impatience: Annotated[Rate, UNSEEN] = described(
        _number(0.0),
        "per year",
        "Own discount rate, in eight classes",
        NEUTRAL,
    )
    prior_wage: Annotated[Ratio, UNSEEN] = described(
        _number(1.0), "ratio", "Wage of a job held before, relative to the wage at home", NEUTRAL
    )
    correlations: dict[Attribute, dict[Attribute, Correlation]] = described(
        {},
        "correlations by pair",
        "Correlations of the normal scores joined by a Gaussian copula; left out: 0",
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


class Applying(Section):
    """E5: what people expect of going, and who of those reached applies."""

    scale: float | None = described(
        None,
        "currency",
        "s_p: gain that raises an even chance of applying to 73 %; null: all reached apply",
        NEUTRAL,
        ge=0.01,
        le=LARGEST_AMOUNT,
    )
    inertia: float = described(
        0.0,
        "currency",
        "Gain at which half of those reached apply; the burden of a change of life",
        NEUTRAL,
        ge=0,
        le=LARGEST_AMOUNT,
    )
    longest_list: float | None = described(
        None,
        "applicants per seat",
        "Applicants who are considered in selection; null: all",
        NEUTRAL,
        ge=1,
        le=1000,
    )
    believed_placement: float = share(
        1.0, "Believed chance of an offer before anybody has been seen to get one", NEUTRAL
    )
    believed_guaranteed: float = share(
        1.0, "Believed chance of an offer at first where a job is guaranteed", NEUTRAL
    )
    believed_refusal: float = share(0.0, "Believed chance at first that a visa is refused", NEUTRAL)
    doubt: float = described(
        0.0,
        "sd of logit",
        "How uncertain people are about offers and visas; 0: expectations never change",
        NEUTRAL,
        ge=0,
        le=10,
    )
    forgetting: float = described(
        0.0,
        "per month",
        "Share of the initial uncertainty about offers and visas that returns in a month",
        NEUTRAL,
        ge=0,
        le=1,
    )
    delay_learning: float = share(
        0.0, "Weight of a decided application in the believed visa delay", NEUTRAL
    )
    offer_months: Annotated[int, UNSEEN] = duration(
        0, "Wait for an offer that people expect after training", NEUTRAL
    )
    months_abroad: Annotated[int, UNSEEN] = described(
        36, "months", "Longest time abroad that people take into account", ASSUMPTION, ge=1, le=600
    )
    price_level: Annotated[float, UNSEEN] = described(
        1.0,
        "ratio",
        "Prices abroad relative to prices at home, where a programme states none",
        NEUTRAL,
        gt=0,
        le=100,
    )
    chance_at_home: Annotated[float, UNSEEN] = share(
        1.0, "Share of the time for which somebody without a job at home finds work", NEUTRAL
    )
    dependants: float = described(
        0.0,
        "ratio",
        "Additional attachment to home of those with dependants",
        NEUTRAL,
        ge=0,
        le=10,
    )
    family_rights: Annotated[float, UNSEEN] = share(
        0.0, "Share of the attachment that family rights abroad remove", NEUTRAL
    )
    diaspora: Annotated[float, UNSEEN] = share(
        0.0, "Share of the attachment that a full diaspora removes", NEUTRAL
    )
    clause: Annotated[float, UNSEEN] = share(
        0.0, "Share of the wage by which a month bound by a stay clause is worth less", NEUTRAL
    )


class Training(Section):
    """E7: learning and dropout."""

    skill_rate: float = described(
        0.0,
        "per month",
        "r of E7: pace of training, for a median aptitude and full teaching quality",
        NEUTRAL,
        ge=0,
        le=1,
    )
    aptitude_effect: float = described(
        0.0,
        "1",
        "How much faster people of high aptitude learn; rate x (1 + effect (aptitude - 0.5))",
        NEUTRAL,
        ge=0,
        le=2,
    )
    level_hours: Annotated[LevelHours, UNSEEN] = described(
        (95.0, 190.0, 375.0, 550.0, 750.0, 1100.0),
        "hours",
        "Cumulative hours at which A1 to C2 are reached in a language without a table of its own",
        CEFR_HOURS,
    )
    german_hours: Annotated[LevelHours, UNSEEN] = described(
        (105.0, 205.0, 375.0, 525.0, 675.0, 900.0),
        "hours",
        "Hours to each level of German",
        GERMAN_HOURS,
    )
    english_hours: Annotated[LevelHours, UNSEEN] = described(
        (95.0, 190.0, 375.0, 550.0, 750.0, 1100.0),
        "hours",
        "Hours to each level of English",
        CEFR_HOURS,
    )
    japanese_hours: Annotated[LevelHours, UNSEEN] = described(
        (250.0, 575.0, 900.0, 1600.0, 2400.0, 3000.0),
        "hours",
        "Hours to each level of Japanese",
        JAPANESE_HOURS,
    )
    dropout: float = hazard(0.0, "Base hazard of dropout")
    dropout_worth: float = described(
        0.0,
        "1",
        "beta: effect on dropout of a loss of worth since the start; in units of applying.scale",
        NEUTRAL,
        ge=0,
        le=20,
    )
    living_share: Annotated[float, UNSEEN] = described(
        0.0,
        "ratio",
        "Cost of living in training relative to the wage at home, where a programme states none",
        NEUTRAL,
        ge=0,
        le=5,
    )
    dropout_cost_share: float = effect(0.0, "Effect on dropout of the trainee's share of the costs")
    dropout_no_guarantee: float = effect(0.0, "Effect on dropout of having no guaranteed job")
    dropout_prior_employment: float = effect(0.0, "Effect on dropout of a job held before")
    dropout_age: float = effect(0.0, "Effect on dropout of ten years of age above 25")
    dropout_motivation: float = effect(
        0.0, "Effect on dropout of motivation above 0.5, as a reduction"
    )

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
        1.0, "Fixed chance of passing an attempt; null: it depends on skill and language", NEUTRAL
    )
    skill_needed: float = share(0.5, "Skill at which half pass", ASSUMPTION)
    skill_noise: float = described(0.1, "skill", "Noise in the exam", ASSUMPTION, ge=0.01, le=5)
    language_noise: float = described(
        0.4, "CEFR levels", "Noise in the language test", ASSUMPTION, ge=0.01, le=5
    )
    apart: bool = described(
        False,
        "yes or no",
        "Skill and language are examined separately, and a part once passed stays passed",
        NEUTRAL,
    )
    person_share: float = share(
        0.0,
        "Share of the exam's noise that belongs to the person, the same in each sitting",
        NEUTRAL,
    )
    retake_learning: float = share(
        0.0, "Share of the pace of training that continues between two attempts", NEUTRAL
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
        0.0, "1", "Factor on giving up and jobs at home while an offer is held", NEUTRAL, ge=0, le=5
    )
    offer_wage_spread: float | None = described(
        None,
        "sd of logarithm",
        "Spread of wages offered at home, of which only worthwhile ones are taken; null: all",
        NEUTRAL,
        gt=0,
        le=3,
    )
    reconsider_months: int = duration(
        0, "Time between two decisions on whether to keep waiting; 0: none", NEUTRAL
    )
    withdrawal_worth: float = described(
        0.0,
        "1",
        "Effect of the worth of waiting on giving up; in units of applying.scale",
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
        0.0, "per month", "Loss of language while waiting", NEUTRAL, ge=0, le=1
    )


class Retention(Section):
    """E14: how long the placed stay with their employer."""

    quit: float = hazard(0.0, "Base hazard of quitting, where employers state none of their own")
    wage: float = effect(0.0, "b: how strongly a wage above that of other employers keeps a worker")
    readiness: float = effect(
        0.0, "b: how strongly readiness above what the job needs keeps a worker"
    )
    family_rights: float = effect(0.0, "b: how strongly family who may come and work keep a worker")
    inside_clause: Annotated[float, UNSEEN] = effect(
        0.0, "b: how strongly a stay clause keeps a worker while it lasts"
    )
    integration_support: float = effect(0.0, "b: how strongly support after arrival keeps a worker")
    poaching: float = effect(0.0, "b: how strongly poaching draws ready workers away")
    without_notice: float = hazard(
        0.0, "Base hazard of leaving without notice, of indebted workers whose permit binds them"
    )
    stay_in_destination: float = share(
        0.0, "Leavers who find work elsewhere in the destination", NEUTRAL
    )
    home: float = hazard(0.0, "Base hazard of going home from the sponsor, at the wage at home")
    return_from_elsewhere: float = hazard(
        0.0, "Base hazard of going home of those employed elsewhere"
    )
    home_years: float = effect(0.0, "Effect of each year abroad on going home")
    home_wage: float = effect(
        0.0, "Effect of the logarithm of the net wage relative to that at home, as a reduction"
    )
    home_family: float = effect(0.0, "Effect of accompanying family on going home, as a reduction")
    home_target: float = effect(0.0, "Effect of savings that have reached their target")
    savings_target: float | None = described(
        None,
        "months of the wage at home",
        "Savings target; null: none",
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
        0.0, "Ended fixed contracts whose holder the firm rehires", NEUTRAL
    )
    permit_converted: float = share(
        0.0, "Ended fixed contracts that become a permanent permit", NEUTRAL
    )
    rehired_unready: float = share(
        1.0,
        "Factor on being rehired and kept, for those whom the firm did not find ready",
        NEUTRAL,
    )
    contract_readiness: float = effect(
        0.0, "Effect of readiness above what is needed on being rehired and kept"
    )
    contract_tenure: float = effect(
        0.0, "Effect of each year with the firm on being rehired and kept"
    )
