"""What people expect of a programme: assembled from its terms and from what others met (E5, E12).

People share what is known of a programme. What they see of it, offers, refusals, delays, moves the
chances that all of them believe.
"""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.belief import drifted, logistic, logit, observe
from smpsim.agents.government import opening_hazard
from smpsim.agents.trainee import (
    LARGEST_LOAN,
    PATIENCE_CLASSES,
    present_value,
    set_patience,
    set_worth,
    worth_ahead,
    worth_of_going,
    worth_of_offer,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import SHARED_ITEMS, place
from smpsim.world.channels import months_until_open
from smpsim.world.luck import draw
from smpsim.world.persons import patience_middle
from smpsim.world.state import (
    behaviour,
    government_terms,
    offer_belief,
    programme_row,
    programme_terms,
    prospect_row,
    refusal_belief,
    unit_cost,
)

STIPEND = place("stipend", SHARED_ITEMS)
REPAID_AFTER = 12  # months after arrival at which what was borrowed is repaid (assumption)


@rule
def begin_prospects(w, p):
    """Set what people believe of a programme before anybody has seen anything (E5, E12)."""
    b = behaviour(w)
    record = programme_row(w, p)
    guaranteed = programme_terms(w, p).job_guarantee
    offer = b.applying_believed_guaranteed if guaranteed else b.applying_believed_placement
    belief = offer_belief(w, p)
    belief.logit = logit(offer)
    belief.variance = b.applying_doubt * b.applying_doubt
    belief.seen = 0
    belief = refusal_belief(w, p)
    belief.logit = logit(b.applying_believed_refusal)
    belief.variance = b.applying_doubt * b.applying_doubt
    belief.seen = 0
    record.believed_visa_months = b.channel_believed_months
    record.believed_placement = 0.0
    record.looked = -1


@inlined
def months_until_chance(w, g):
    """Return the mean months until a channel that opens by chance does, at full use shown (E16)."""
    hazard = opening_hazard(government_terms(w, g), 1.0)
    return 1.0 / hazard if hazard > 0.0 else math.inf


@inlined
def look_ahead(w, p):
    """Bring the prospects of a programme to this month, once a month that somebody decides in."""
    if programme_row(w, p).looked != w.month:
        form_prospects(w, p)


@rule
def form_prospects(w, p):
    """Form what people of each class of impatience expect of programme p now (E5)."""
    b = behaviour(w)
    terms = programme_terms(w, p)
    record = programme_row(w, p)
    record.looked = w.month
    opens = months_until_open(w, p, months_until_chance(w, terms.government))
    chance, wait = 0.0, terms.months_before_visa + terms.months_after_visa
    if opens < math.inf:
        # without doubt a belief of 0 or 1 is one
        refused = believed(w, refusal_belief(w, p))
        chance = believed(w, offer_belief(w, p)) * (1.0 - refused)
        training = terms.training_months_before_departure
        wait += record.believed_visa_months + max(opens - training, 0.0)
    record.believed_placement = chance
    clause = terms.contract_retention_clause_months
    to_train = float(terms.training_months_before_departure)
    for k in range(PATIENCE_CLASSES):
        prospect = prospect_row(w, p * PATIENCE_CLASSES + k)
        set_patience(prospect, draw(w, terms.entrants_impatience, patience_middle(k)))
        prospect.abroad = present_value(prospect, terms.months_abroad)
        prospect.bound = present_value(prospect, float(clause))
        prospect.chance = chance
        prospect.wait = wait
        prospect.wage = terms.wage_abroad
        prospect.burden = terms.clause_burden
        prospect.ties = terms.ties
        prospect.stipend = unit_cost(w, p, STIPEND).value
        prospect.idle = terms.idle_income
        prospect.home = terms.home_income
        years = (to_train + wait + REPAID_AFTER) / 12.0
        growth = years * math.log1p(b.people_interest) + prospect.log_discount * 12.0 * years
        prospect.loan = min(math.exp(min(growth, 700.0)), LARGEST_LOAN)
        set_worth(prospect, to_train)


@inlined
def believed(w, belief):
    """Return the chance that people believe."""
    if belief.logit <= -30.0:
        return 0.0
    return 1.0 if belief.logit >= 30.0 else logistic(belief.logit)


@inlined
def felt_attachment(b, person):
    """Return what a month away from home costs somebody, more with dependants (E5)."""
    return float(person.attachment) * (1.0 + b.applying_dependants * float(person.dependants))


@inlined
def prospect_of(w, person):
    """Return what a person expects, brought to this month."""
    p = np.int64(person.programme)
    look_ahead(w, p)
    return prospect_row(w, p * PATIENCE_CLASSES + np.int64(person.patience_class))


@rule
def worth_at_application(w, b, person):
    """Return the worth of going for a person who applies, own costs apart (E5)."""
    prospect = prospect_of(w, person)
    attachment = felt_attachment(b, person)
    return worth_of_going(prospect, float(person.prior_wage), attachment)


@rule
def worth_in_training(w, b, person, to_train):
    """Return the worth of going on with so many months of training to come (E7)."""
    prospect = prospect_of(w, person)
    attachment = felt_attachment(b, person)
    worth, span = worth_ahead(prospect, to_train, prospect.wait, prospect.chance, attachment)
    income = float(person.prior_wage)
    if income <= 0.0:
        income = prospect.idle
    return worth - income * span


@rule
def worth_of_waiting(w, b, person, to_wait, chance):
    """Return what waiting on is worth, and the present value of the months it is about (E9)."""
    prospect = prospect_of(w, person)
    attachment = felt_attachment(b, person)
    return worth_ahead(prospect, 0.0, to_wait, chance, attachment)


@rule
def worth_of_track(w, b, person):
    """Return what a job on the domestic track is worth beyond waiting on (E9)."""
    prospect = prospect_of(w, person)
    waiting, span = worth_of_waiting(w, b, person, prospect.wait, prospect.chance)
    return programme_terms(w, np.int64(person.programme)).trained_wage * span - waiting


@rule
def worth_of_accepting(w, b, person):
    """Return what an offer is worth beyond work at home (E10)."""
    p = np.int64(person.programme)
    prospect = prospect_of(w, person)
    attachment = felt_attachment(b, person)
    granted = 1.0 - believed(w, refusal_belief(w, p)) if prospect.chance > 0.0 else 0.0
    return worth_of_offer(prospect, months_from_offer(w, p), granted, attachment)


@inlined
def months_from_offer(w, p):
    """Return the months that people expect from an offer to arrival."""
    terms = programme_terms(w, p)
    visa = programme_row(w, p).believed_visa_months
    return terms.wait_after_offer + visa + terms.months_after_visa


# what people see


@rule
def see(w, belief, success):
    """Let people see a success or a failure of somebody in a programme (E5, E12)."""
    b = behaviour(w)
    prior = b.applying_doubt * b.applying_doubt
    if prior == 0.0:
        return
    belief.variance = drifted(belief.variance, prior, b.applying_forgetting, w.month - belief.seen)
    belief.seen = w.month
    observe(belief, success, 1.0)


@inlined
def see_offer(w, p, success):
    """Let people see a graduate get an offer, or leave without one (E5)."""
    see(w, offer_belief(w, p), success)


@inlined
def see_decision(w, p, refused, months):
    """Let people see a decision of the visa office, and after how many months it came (E12)."""
    see(w, refusal_belief(w, p), refused)
    record = programme_row(w, p)
    record.believed_visa_months += behaviour(w).applying_delay_learning * (
        months - record.believed_visa_months
    )
