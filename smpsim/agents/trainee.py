"""Trainees: their life course and the decisions that are theirs (E7 to E9 and E14).

One row of `TRAINEE` is a person. The four numbers of luck that nearly everybody needs are drawn
together on application and kept in the row; they are still a function of the person alone.
"""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.view import RowAgent
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import COURSE, NONE, STAGES, place

APPLICANT = place("applicant", STAGES)
IN_TRAINING = place("in_training", STAGES)
RETAKING_EXAM = place("retaking_exam", STAGES)
GRADUATE_POOL = place("graduate_pool", STAGES)
OFFER_HELD = place("offer_held", STAGES)
IN_RECOGNITION = place("in_recognition", STAGES)
IN_VISA_QUEUE = place("in_visa_queue", STAGES)
PRE_DEPARTURE = place("pre_departure", STAGES)
ADAPTING = place("adapting", STAGES)
EMPLOYED = place("employed", STAGES)
EMPLOYED_ELSEWHERE = place("employed_elsewhere", STAGES)
RETURNED = place("returned", STAGES)
WORKING_AT_ORIGIN = place("working_at_origin", STAGES)
NOT_SELECTED = place("not_selected", STAGES)
DROPPED_OUT = place("dropped_out", STAGES)
FAILED = place("failed", STAGES)
WITHDREW = place("withdrew", STAGES)
REFUSED = place("refused", STAGES)

ENDED = len(COURSE)  # the ends share one place in the life course, as only one comes

# marks of a person, one bit each
GUARANTEED, EMPLOYED_BEFORE, PARTLY_RECOGNISED, LATE = 1, 2, 4, 8
JUDGED, ON_OWN, FOUND_READY, ASSISTANT = 16, 32, 64, 128
SKILL_PASSED, LANGUAGE_PASSED = 1, 2
BOTH_PASSED = 3
# why waiting ends
JOB_AT_HOME, CHANGE_OF_MIND, OWN_SEARCH, DOMESTIC_TRACK_TAKEN = range(4)
NEVER = 32767  # a month beyond every horizon
LARGEST_HAZARD = 1e6  # a month: whoever meets it goes at once
MOST_CANCELLED = 1  # offers that can be taken back from a person: each needs room in the lists
PATIENCE_CLASSES = 8  # discount rates that people are told apart by

# 192 bytes: one cache line with what events need, one with identity, attributes, life course, and
# one with what is read at decision points only
TRAINEE = np.dtype(
    [
        ("luck_exam", "u4"),  # 32-bit numbers of the commonest decisions
        ("luck_visa", "u4"),
        ("luck_quit", "u4"),
        ("employer", "i4"),  # -1: none
        ("place_in_line", "u4"),  # applications lodged with the lane before and with this one
        ("skill", "f4"),  # 0 to 1
        ("readiness", "f4"),  # R of E10, 0 to 1, at graduation
        ("hazard_first", "f4"),  # hazard met before the last change: dropout, job at home, quit
        ("programme", "u2"),
        ("site", "u2"),  # institution at which the programme trains
        ("due", "i2"),  # month of the next event of the stage
        ("leaves", "i2"),  # month in which waiting ends by leaving
        ("quits", "i2"),  # month in which the job is quit
        ("promised", "i2"),  # month of arrival promised to the employer
        ("contract_end", "i2"),  # month in which a fixed contract ends
        ("since", "i2"),  # month from which the present hazards run
        ("enrolled", "i2"),  # month, -1: not yet
        ("graduated", "i2"),  # month, -1: not yet
        ("applied", "i2"),  # month of the visa application, -1: not yet
        ("arrived", "i2"),  # month of arrival in the destination, -1: not yet
        ("left", "i2"),  # month in which the sponsor was left, -1: not yet
        ("stage", "u1"),
        ("marks", "u1"),
        ("attempts", "u1"),  # exam attempts made
        ("contracts", "u1"),  # fixed contracts completed
        ("cause", "u1"),  # of leaving while waiting
        ("grade", "u1"),  # class of readiness in the pool
        ("number", "u4"),  # applicant in the intake: identity for random draws
        ("intake", "u2"),  # intake of the programme: identity for random draws
        ("luck_dropout", "u4"),  # such a number too, but met on enrolment, seldom again
        ("language", "f4"),  # CEFR as a number, A1 = 1 ... C2 = 6
        ("aptitude", "f4"),  # 0 to 1
        ("motivation", "f4"),  # 0 to 1
        ("age", "f4"),  # years at application
        ("hazard_second", "f4"),  # hazard met of a change of mind
        ("hazard_third", "f4"),  # hazard met of a search of one's own
        # month of entry into each stage, -1: never; the last: the end
        ("entered", "i2", (ENDED + 1,)),
        ("reconsiders", "i2"),  # month of the next decision point, -1: none
        ("schooling", "f4"),  # years
        ("language_aptitude", "f4"),  # hours that count against hours of lessons
        ("savings", "f4"),  # currency; `UNLIMITED`: nobody asks for it
        ("credit", "f4"),  # currency that can be borrowed
        ("attachment", "f4"),  # currency a month that being away from home costs
        ("impatience", "f4"),  # own discount rate a year
        ("prior_wage", "f4"),  # currency a month in the job held before; 0: none
        ("worth", "f4"),  # W_go - W_stay of the middle of training as seen at its start, currency
        ("patience_class", "u1"),  # class of impatience, of `PATIENCE_CLASSES`
        ("female", "u1"),
        ("dependants", "u1"),  # 1: has children or others to care for
        ("cancelled", "u1"),  # offers that employers have taken back
        ("decides", "i2"),  # month of the next step in recognition abroad
        ("offered", "i2"),  # month of the offer that is held
        ("passed", "u1"),  # parts of the exam: `SKILL_PASSED`, `LANGUAGE_PASSED`
        ("hours", "f4"),  # of the language so far, those of lessons
        ("pressure", "f4"),  # factor on the hazard of dropout
        ("taking", "f4"),  # chance that a job offered at home is taken
        ("tiring", "f4"),  # factor on the hazard of giving up
        ("gone", "i2"),  # month in which the way to a placement ended otherwise
        ("spare", "u1", (5,)),  # the last field of the model's own
    ]
)
assert TRAINEE.itemsize == 192


# what people of one class of impatience expect of a programme (E5)
PROSPECT = np.dtype(
    [
        ("log_discount", "f8"),  # logarithm of what a month later is worth
        ("perpetuity", "f8"),  # present value of 1 a month for ever
        ("abroad", "f8"),  # present value on arrival of 1 a month of the time abroad
        ("bound", "f8"),  # the same of the months of a clause
        ("chance", "f8"),  # to be placed
        ("wait", "f8"),  # months from graduation to arrival
        ("wage", "f8"),  # abroad, purchasing power at home, as are the next five, per month
        ("burden", "f8"),  # of a month under a clause
        ("ties", "f8"),  # part of the attachment that is felt
        ("stipend", "f8"),
        ("idle", "f8"),  # income without job or training
        ("home", "f8"),  # income after training of who does not go
        ("fixed", "f8"),  # worth at application: fixed - w_0 income + lift max(gain - psi away, 0)
        ("income", "f8"),
        ("lift", "f8"),
        ("gain", "f8"),
        ("away", "f8"),
        ("loan", "f8"),  # present value of repaying 1 that is borrowed
    ]
)
LOGISTIC_SD = 1.8137993642342178  # standard deviation of the logistic distribution
LEAST_RATE = 1e-9  # a discount rate of zero has no perpetuity
LARGEST_LOAN = 1e6  # what repaying 1 may be worth


@inlined
def present_value(prospect, months):
    """Return the present value of 1 at the end of each of some months."""
    return -math.expm1(prospect.log_discount * months) * prospect.perpetuity


@rule
def set_patience(prospect, rate):
    """Note how people of a class discount, by their rate a year."""
    prospect.log_discount = -math.log1p(max(rate, LEAST_RATE)) / 12.0
    prospect.perpetuity = 1.0 / math.expm1(-prospect.log_discount)


@rule
def set_worth(prospect, to_train):
    """Note the worth of going against staying with so many months of training to come (E5).

    W = fixed - w_0 income + lift max(gain - psi away, 0), with w_0 the income at home and psi the
    attachment, both a month: stipend in training, casual work while waiting, then work at home;
    with the chance to be placed what going is worth beyond that, if anything, as who is worse off
    abroad need not go; over the same months the income of who stays.
    """
    trained = math.exp(prospect.log_discount * to_train)
    arrived = trained * math.exp(prospect.log_discount * prospect.wait)
    in_training = present_value(prospect, to_train)
    before = present_value(prospect, to_train + prospect.wait)
    prospect.fixed = (
        prospect.stipend * in_training
        + prospect.idle * (before - in_training)
        + arrived * prospect.home * prospect.abroad
    )
    prospect.income = before + arrived * prospect.abroad
    prospect.lift = prospect.chance * arrived
    prospect.gain = (prospect.wage - prospect.home) * prospect.abroad
    prospect.gain -= prospect.burden * prospect.bound
    prospect.away = prospect.ties * prospect.abroad


@inlined
def worth_of_going(prospect, home_wage, attachment):
    """Return W_go - W_stay in currency, own costs apart (E5)."""
    income = home_wage if home_wage > 0.0 else prospect.idle
    gain = max(prospect.gain - attachment * prospect.away, 0.0)
    return prospect.fixed - income * prospect.income + prospect.lift * gain


@rule
def worth_ahead(prospect, to_train, to_wait, chance, attachment):
    """Return what going on is worth, and the months' present value over which staying is (E5).

    As in `set_worth`, for somebody on the way: what staying is worth is an income times the second.
    """
    trained = math.exp(prospect.log_discount * to_train)
    arrived = trained * math.exp(prospect.log_discount * to_wait)
    in_training = present_value(prospect, to_train)
    before = present_value(prospect, to_train + to_wait)
    gain = (prospect.wage - prospect.home - prospect.ties * attachment) * prospect.abroad
    gain -= prospect.burden * prospect.bound
    worth = (
        prospect.stipend * in_training
        + prospect.idle * (before - in_training)
        + arrived * (prospect.home * prospect.abroad + chance * max(gain, 0.0))
    )
    return worth, before + arrived * prospect.abroad


@rule
def worth_of_offer(prospect, to_wait, chance, attachment):
    """Return what an offer is worth beyond work at home, which may be less than nothing (E10)."""
    arrived = math.exp(prospect.log_discount * to_wait)
    gain = (prospect.wage - prospect.home - prospect.ties * attachment) * prospect.abroad
    gain -= prospect.burden * prospect.bound
    before = present_value(prospect, to_wait)
    return (prospect.idle - prospect.home) * before + chance * arrived * gain


@rule
def chance_above(wage, median, spread):
    """Return the chance that a wage drawn lognormally is above another (E9)."""
    if median <= 0.0:
        return 0.0
    if wage <= 0.0:
        return 1.0
    return 0.5 * math.erfc((math.log(wage) - math.log(median)) / (spread * 1.4142135623730951))


@inlined
def pressure_to_leave(beta, worth_lost, scale, stress):
    """Return the factor on the hazard of dropout: worth lost since the start, and stress (E7)."""
    return math.exp(min(max(beta * worth_lost / scale, -5.0), 5.0)) * (1.0 + stress)


@inlined
def stress_of(living, stipend, means, months):
    """Return the part of the cost of living that stipend, savings and credit do not cover (E7)."""
    if living <= 0.0 or months <= 0.0:
        return 0.0
    return max(living - stipend - max(means, 0.0) / months, 0.0) / living


@inlined
def skill_at(skill, rate, months):
    """Return skill after months of work: s' = s + r (1 - s) a month, in closed form (E7)."""
    return 1.0 - (1.0 - skill) * (1.0 - rate) ** max(months, 0.0)


@inlined
def language_at(hours, hours_per_month, months, terms):
    """Return the level of language after months of work, in which it is met each day (E7)."""
    return language_level(hours + hours_per_month * max(months, 0.0), terms)


@inlined
def exam_part(value, needed, noise, person_share, score):
    """Return the chance to pass a part of the exam: the person's own effect, then luck (E8)."""
    own = math.sqrt(person_share) * LOGISTIC_SD * noise * score
    sitting = max(math.sqrt(1.0 - person_share), 1e-3) * noise
    gap = (value + own - needed) / sitting
    return 1.0 / (1.0 + math.exp(-min(max(gap, -700.0), 700.0)))


@inlined
def cost_of_going(prospect, own_cost, savings):
    """Return the present value of the own cost, of which a part may have to be borrowed (E5)."""
    borrowed = min(max(own_cost - savings, 0.0), own_cost)
    return own_cost + borrowed * (prospect.loan - 1.0)


@inlined
def choice(worth, scale):
    """Return the probability of a choice that is worth so much more than the other (logit)."""
    return 1.0 / (1.0 + math.exp(-min(max(worth / scale, -700.0), 700.0)))


@inlined
def decades_above_25(age):
    """Return age as tens of years above 25, the covariate of all age effects."""
    return (age - 25.0) / 10.0


@rule
def skill_after(skill, rate, quality, aptitude, aptitude_effect, months):
    """Return skill after training, s' = s + r q (1 - s) a month in closed form (E7)."""
    pace = rate * quality * (1.0 + aptitude_effect * (aptitude - 0.5))
    pace = min(max(pace, 0.0), 1.0)
    return 1.0 - (1.0 - skill) * (1.0 - pace) ** months


@rule
def language_level(hours, terms):
    """Return the CEFR level, a number, that cumulative hours of the language reach (E7)."""
    a1, a2 = terms.level_hours_1, terms.level_hours_2
    b1, b2 = terms.level_hours_3, terms.level_hours_4
    c1, c2 = terms.level_hours_5, terms.level_hours_6
    if hours < a1:
        return hours / a1
    if hours < a2:
        return 1.0 + (hours - a1) / (a2 - a1)
    if hours < b1:
        return 2.0 + (hours - a2) / (b1 - a2)
    if hours < b2:
        return 3.0 + (hours - b1) / (b2 - b1)
    if hours < c1:
        return 4.0 + (hours - b2) / (c1 - b2)
    if hours < c2:
        return 5.0 + (hours - c1) / (c2 - c1)
    return 6.0


@inlined
def dropout_hazard(b, person, cost_share):
    """Return the hazard of dropout a month (E7)."""
    if b.training_dropout == 0.0:
        return 0.0
    push = b.training_dropout_cost_share * cost_share + b.training_dropout_age * decades_above_25(
        person.age
    )
    push -= b.training_dropout_motivation * (person.motivation - 0.5)
    if person.marks & GUARANTEED == 0:
        push += b.training_dropout_no_guarantee
    if person.marks & EMPLOYED_BEFORE:
        push += b.training_dropout_prior_employment
    return b.training_dropout if push == 0.0 else b.training_dropout * math.exp(push)


@inlined
def exam_probability(b, skill, language, language_target):
    """Return the chance to pass an attempt at the exam, skill and language both (E8)."""
    if b.exam_pass_probability != NONE:
        return b.exam_pass_probability
    chance = 1.0 / (1.0 + math.exp(-(skill - b.exam_skill_needed) / b.exam_skill_noise))
    if language_target > 0.0:
        gap = (language - language_target) / b.exam_language_noise
        chance /= 1.0 + math.exp(-gap)
    return chance


@rule
def leaving_hazard(base, prior_effect, age_effect, motivation_effect, person):
    """Return the hazard of leaving in the first month of waiting (E9)."""
    if base == 0.0:
        return 0.0
    push = age_effect * decades_above_25(person.age)
    push += motivation_effect * (person.motivation - 0.5)
    if person.marks & EMPLOYED_BEFORE:
        push += prior_effect
    return base * math.exp(push)


@rule
def accumulated(hazard, growth, start, end):
    """Return the hazard accumulated from `start` to `end` months of waiting (E9).

    The hazard at w months is hazard (1 + growth w).
    """
    return hazard * ((end - start) + 0.5 * growth * (end * end - start * start))


@rule
def months_until(hazard, growth, start, needed):
    """Return after how many months from `start` the hazard has grown by `needed` (E9).

    The inverse of `accumulated`, in closed form; `inf` for a hazard of zero.
    """
    if hazard <= 0.0:
        return math.inf
    area = needed / hazard
    if growth == 0.0:
        return area
    slope = 1.0 + growth * start
    # the root of growth/2 x^2 + slope x - area in the form that does not cancel
    return 2.0 * area / (slope + math.sqrt(slope * slope + 2.0 * growth * area))


@inlined
def language_factor(language, target, elasticity):
    """Return the factor of language in readiness, 1 at the target or above (E10)."""
    if elasticity == 0.0 or target <= 0.0 or language >= target:
        return 1.0
    return (max(language, 0.0) / target) ** elasticity


@inlined
def quit_hazard(b, base, readiness, log_wage, family, support, poaching):
    """Return the hazard of quitting a month, outside a retention clause (E14).

    Proportional hazards (Cox 1972) on the base of the sector: the wage against that of other
    employers, readiness above what the job needs, family along, support, and poaching, which
    goes for the ready.
    """
    if base == 0.0:
        return 0.0
    pull = b.retention_poaching * poaching * readiness - b.retention_wage * log_wage
    if b.retention_readiness != 0.0:
        needed = 0.5 if b.readiness_needed == NONE else b.readiness_needed
        pull -= b.retention_readiness * (readiness - needed)
    pull -= b.retention_family_rights * family + b.retention_integration_support * support
    # beyond 700 an exponential is infinite
    return base if pull == 0.0 else min(base * math.exp(min(pull, 700.0)), LARGEST_HAZARD)


@inlined
def home_hazard(b, base, years, log_wage_ratio, family, has_saved_enough):
    """Return the hazard of going home a month, some years after arrival (E14).

    As in models of return migration: less with a family along and a wage far above that at home
    (Djajic and Milbourne 1988), more once the sum is saved that the journey was for (Mesnard
    2004), and less with each year abroad.
    """
    if base == 0.0:
        return 0.0
    push = b.retention_home_years * years - b.retention_home_wage * log_wage_ratio
    push += b.retention_home_target * has_saved_enough - b.retention_home_family * family
    return base if push == 0.0 else min(base * math.exp(min(push, 700.0)), LARGEST_HAZARD)


@inlined
def months_until_quit(hazard, clause_factor, clause_months, start, needed, other):
    """Return months of work from `start` until the worker leaves, the clause first (E14).

    Inside the retention clause the hazard is `hazard` x `clause_factor` + `other`, after it
    `hazard` + `other`.
    """
    after = hazard + other
    if after <= 0.0:
        return math.inf
    during = hazard * clause_factor + other
    inside = max(clause_months - start, 0.0)
    held = during * inside
    if held >= needed and during > 0.0:
        return needed / during
    return inside + (needed - held) / after


@rule
def quit_accumulated(hazard, clause_factor, clause_months, start, end, other):
    """Return the hazard of leaving accumulated from `start` to `end` months of work (E14)."""
    inside = max(min(end, clause_months) - start, 0.0)
    return hazard * (clause_factor * inside + (end - start - inside)) + other * (end - start)


@inlined
def chance_at_odds(chance, push):
    """Return a probability whose logit is that of `chance`, raised by `push`."""
    if push == 0.0 or chance <= 0.0 or chance >= 1.0:
        return chance
    odds = chance * math.exp(min(max(push, -50.0), 50.0))
    return odds / (1.0 - chance + odds)


class Trainee(RowAgent):
    """A person who applied to a programme."""

    table = "trainees"
    fields = TRAINEE
    read_only = (
        *("stage", "grade", "due", "leaves", "quits", "place_in_line"),
        *("programme", "site", "employer", "number", "intake", "attempts", "contracts"),
    )

    @property
    def stage_name(self) -> str:
        """The stage in words."""
        return STAGES[self.stage]

    @property
    def life_course(self) -> dict[str, int]:
        """Months of entry by stage, in the order of time."""
        months = {STAGES[n]: int(m) for n, m in enumerate(self.entered[:ENDED]) if m >= 0}
        if self.stage >= ENDED:
            months[self.stage_name] = int(self.entered[ENDED])
        return dict(sorted(months.items(), key=lambda item: item[1]))
