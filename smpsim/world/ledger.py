"""The ledger: every flow of money has payer, payee, item, programme and month (E15)."""

from __future__ import annotations

from smpsim.compiled import inlined, rule
from smpsim.vocabulary import ITEMS, NONE, OWN_ITEMS, PARTIES, PAYEES, CostUnit, place
from smpsim.world.followed import ABROAD, AT_HOME, BACK, TRAINING_NOW
from smpsim.world.state import (
    PARTY_COUNT,
    SHARING_PARTY_COUNT,
    account,
    behaviour,
    beyond_horizon,
    followed,
    funding,
    government_terms,
    ledger_entry,
    own_cost_row,
    own_share,
    programme_row,
    programme_terms,
    unit_cost,
)

EMPLOYER_PARTY = place("employer", PARTIES)
TRAINEE_PARTY = place("trainee", PARTIES)
ORIGIN_STATE = place("origin_state", PARTIES)
DESTINATION_STATE = place("destination_state", PARTIES)
INSTITUTION_PARTY = place("institution", PARTIES)
INTERMEDIARY = place("intermediary", PARTIES)
OUTSIDE = place("outside", PARTIES)
RECEIVERS = tuple(place(payee, PARTIES) for payee in PAYEES)  # of each item

SETUP = place("setup", ITEMS)
SELECTION_COST = place("selection", ITEMS)
TRAINING = place("training", ITEMS)
LANGUAGE = place("language", ITEMS)
STIPEND = place("stipend", ITEMS)
EXAM_COST = place("exam", ITEMS)
RECOGNITION_COST = place("recognition", ITEMS)
VISA_COST = place("visa", ITEMS)
TRAVEL = place("travel", ITEMS)
ADAPTATION = place("adaptation", ITEMS)
OVERHEAD = place("overhead", ITEMS)
REINTEGRATION = place("reintegration", ITEMS)
PLACEMENT_FEE = place("placement_fee", ITEMS)
REFUND = place("refund", ITEMS)
INCENTIVE = place("incentive", ITEMS)
EMPLOYER_MARGIN = place("employer_margin", ITEMS)
WAGE_GAIN = place("wage_gain", ITEMS)
TAX = place("tax", ITEMS)
REMITTANCES = place("remittances", ITEMS)
SKILLED_OUTPUT = place("skilled_output", ITEMS)
EMPLOYER_LOSS = place("employer_loss", ITEMS)
ALTERNATIVE_HIRE = place("alternative_hire", ITEMS)
RETURN_PREMIUM = place("return_premium", ITEMS)
PAY_FORGONE = place("pay_forgone", ITEMS)
LIVING_COST = place("living_cost", ITEMS)
INTEREST = place("interest", ITEMS)
LOST_OUTPUT = place("lost_output", ITEMS)
PUBLIC_TRAINING = place("public_training", ITEMS)
PROVISION_BY_INSTITUTION = place("provision_by_institution", ITEMS)
PROVISION_BY_INTERMEDIARY = place("provision_by_intermediary", ITEMS)
FIRST_OWN, OWN_COUNT = place(OWN_ITEMS[0], ITEMS), len(OWN_ITEMS)
PER_ENROLLED = place("enrolled", CostUnit)
PER_TRAINEE_MONTH = place("trainee_month", CostUnit)
PER_APPLICANT = place("applicant", CostUnit)
PER_ARRIVAL = place("arrival", CostUnit)
PER_MONTH = place("month", CostUnit)
PER_RETURNEE = place("returnee", CostUnit)
SMALLEST = 1e-6  # below it lies only the rounding of sums from which what came in has left


@rule
def transfer(w, p, item, payer, receiver, amount):
    """Enter a payment on both sides: what the payer gives, another party receives."""
    if amount == 0.0:
        return
    if w.month < w.horizon:
        ledger_entry(w, w.month, p, item, payer).value += amount
    else:
        beyond_horizon(w, p, item, payer).value += amount * w.discount
    account(w, p, payer).value -= amount
    account(w, p, receiver).value += amount


@inlined
def pay(w, p, item, payer, amount):
    """Enter a payment to the payee of the item."""
    transfer(w, p, item, payer, RECEIVERS[item], amount)


@inlined
def serve_at_cost(w, p, payee, amount):
    """Let institutions and intermediaries spend on a service what they are paid for it."""
    if payee == INSTITUTION_PARTY:
        pay(w, p, PROVISION_BY_INSTITUTION, INSTITUTION_PARTY, amount)
    elif payee == INTERMEDIARY:
        pay(w, p, PROVISION_BY_INTERMEDIARY, INTERMEDIARY, amount)


@inlined
def share_out(w, p, item, amount):
    """Enter a cost that the parties share as the programme's funding says."""
    if amount != 0.0:
        split(w, p, item, amount)


@rule
def split(w, p, item, amount):
    """Enter each party's share of a cost."""
    for party in range(SHARING_PARTY_COUNT):
        pay(w, p, item, party, amount * funding(w, p, item, party))
    record = programme_row(w, p)
    record.spent += amount
    if TRAINING <= item <= TRAVEL and item != STIPEND:
        record.own_cost += amount * funding(w, p, item, TRAINEE_PARTY)
    serve_at_cost(w, p, RECEIVERS[item], amount)


@inlined
def count_of(w, p, per):
    """Return how often a cost that a scenario adds is due this month, by what it is paid for."""
    record = programme_row(w, p)
    if per == PER_ENROLLED:
        return record.enrolled - record.enrolled_before
    if per == PER_TRAINEE_MONTH:
        return record.trainee_months
    if per == PER_APPLICANT:
        return record.new_applicants
    if per == PER_ARRIVAL:
        return record.new_placed
    if per == PER_MONTH:
        return record.active
    return record.returnees


@rule
def share_own_costs(w, p):
    """Enter the month's costs that the scenario adds to the model's (E15)."""
    record = programme_row(w, p)
    for n in range(OWN_COUNT):
        k = p * OWN_COUNT + n
        cost = own_cost_row(w, k)
        if cost.per == NONE:
            continue
        amount = count_of(w, p, cost.per) * cost.amount
        if amount == 0.0:
            continue
        for party in range(SHARING_PARTY_COUNT):
            share = amount * own_share(w, k, party).value
            transfer(w, p, FIRST_OWN + n, party, cost.payee, share)
        record.spent += amount
        serve_at_cost(w, p, cost.payee, amount)


@rule
def close_month(w, p):
    """Turn the month's counts of a programme into payments (E15)."""
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    if w.month == 0:
        share_out(w, p, SETUP, unit_cost(w, p, SETUP).value)
    share_out(w, p, SELECTION_COST, record.new_applicants * unit_cost(w, p, SELECTION_COST).value)
    share_out(w, p, TRAINING, record.training_cost)
    share_out(w, p, LANGUAGE, record.trainee_months * unit_cost(w, p, LANGUAGE).value)
    share_out(w, p, STIPEND, record.trainee_months * unit_cost(w, p, STIPEND).value)
    share_out(w, p, EXAM_COST, record.exams * unit_cost(w, p, EXAM_COST).value)
    recognition_cost = government_terms(w, terms.government).recognition_cost
    share_out(w, p, RECOGNITION_COST, record.recognitions * recognition_cost)
    share_out(w, p, VISA_COST, record.visa_applications * unit_cost(w, p, VISA_COST).value)
    share_out(w, p, TRAVEL, record.departures * unit_cost(w, p, TRAVEL).value)
    share_out(w, p, ADAPTATION, record.adaptation_months * unit_cost(w, p, ADAPTATION).value)
    share_out(w, p, REINTEGRATION, record.returnees * unit_cost(w, p, REINTEGRATION).value)
    if record.active:
        share_out(w, p, OVERHEAD, unit_cost(w, p, OVERHEAD).value)
    share_own_costs(w, p)
    pay(w, p, PLACEMENT_FEE, EMPLOYER_PARTY, record.new_placed * terms.fee_per_recruit)
    pay(w, p, REFUND, INTERMEDIARY, record.refunds * terms.fee_per_recruit * terms.refund_share)
    incentive = government_terms(w, terms.government).small_firm_incentive
    pay(w, p, INCENTIVE, DESTINATION_STATE, record.new_placed_small * incentive)


@rule
def close_gains(w, p, factor):
    """Enter what work, and the way to it, are worth this month to those who are followed (E15).

    Against what they would have done: worked at home for the wage there, and their employers
    hired in their usual way. `factor` is that of the business cycle on margins.
    """
    terms = programme_terms(w, p)
    record = programme_row(w, p)
    gains = behaviour(w)
    margin = factor * record.margin * (1.0 - gains.gains_alternative_share)
    if abs(margin) > SMALLEST:
        pay(w, p, EMPLOYER_MARGIN, OUTSIDE, max(margin, 0.0))
        pay(w, p, EMPLOYER_LOSS, EMPLOYER_PARTY, max(-margin, 0.0))
    replaced = record.new_placed * gains.gains_alternative_share
    pay(w, p, ALTERNATIVE_HIRE, OUTSIDE, replaced * gains.gains_alternative_hire)
    public = record.new_migrated * terms.wages_public_training
    pay(w, p, PUBLIC_TRAINING, ORIGIN_STATE, public)
    abroad = followed(w, p, ABROAD).value + followed(w, p, ABROAD + 1).value
    back = followed(w, p, BACK).value + followed(w, p, BACK + 1).value
    at_home = followed(w, p, AT_HOME).value + followed(w, p, AT_HOME + 1).value + back
    gave_up = followed(w, p, TRAINING_NOW + 1).value
    before = terms.wage_at_home
    # who is not yet recognised earns less, and pays and sends less
    earning = abroad - record.assistants * (1.0 - gains.recognition_assistant_wage)
    gain = earning * terms.gross_wage - abroad * before
    pay(w, p, WAGE_GAIN, OUTSIDE, max(gain, 0.0))
    idle = followed(w, p, TRAINING_NOW).value
    forgone = (gave_up * before + idle * terms.idle_income) * gains.gains_pay_forgone
    pay(w, p, PAY_FORGONE, TRAINEE_PARTY, forgone + max(-gain, 0.0))
    pay(w, p, TAX, TRAINEE_PARTY, earning * terms.tax)
    pay(w, p, REMITTANCES, TRAINEE_PARTY, earning * terms.remittances)
    dearer = max(terms.net_wage - terms.wage_abroad, 0.0)
    pay(w, p, LIVING_COST, TRAINEE_PARTY, earning * dearer)
    # a loan is paid back evenly, so that half of it is owed on average
    owed = record.own_cost * gains.gains_borrowed * gains.gains_credit_months / 24.0
    pay(w, p, INTEREST, TRAINEE_PARTY, owed * gains.people_interest)
    left = gave_up + followed(w, p, ABROAD + 1).value
    lost = left * before * gains.gains_output_beyond_wage * (1.0 - gains.gains_backfill)
    pay(w, p, LOST_OUTPUT, ORIGIN_STATE, lost)
    pay(w, p, SKILLED_OUTPUT, OUTSIDE, at_home * terms.wages_skilled_output)
    pay(w, p, RETURN_PREMIUM, OUTSIDE, back * before * gains.gains_return_premium)


@rule
def is_finite(w, p):
    """Return whether all that parties have received less paid so far is a number (E15)."""
    total = 0.0
    for party in range(PARTY_COUNT):
        total += account(w, p, party).value
    # infinite or no number: what one pays another receives, so that it does not cancel
    return total - total == 0.0
