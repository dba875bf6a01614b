"""The ledger: every flow of money has payer, payee, item, programme and month (E15)."""

from __future__ import annotations

from smpsim.compiled import inlined, rule
from smpsim.vocabulary import ITEMS, PARTIES, PAYEES, place
from smpsim.world.state import (
    PARTY_COUNT,
    SHARING_PARTY_COUNT,
    account,
    behaviour,
    funding,
    government_terms,
    ledger_entry,
    programme_row,
    programme_terms,
    unit_cost,
)

EMPLOYER_PARTY = place("employer", PARTIES)
TRAINEE_PARTY = place("trainee", PARTIES)
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
PROVISION_BY_INSTITUTION = place("provision_by_institution", ITEMS)
PROVISION_BY_INTERMEDIARY = place("provision_by_intermediary", ITEMS)


@rule
def pay(w, p, item, payer, amount):
    """Enter a payment on both sides: what the payer gives, the payee of the item receives."""
    if amount == 0.0:
        return
    ledger_entry(w, w.month, p, item, payer).value += amount
    account(w, p, payer).value -= amount
    account(w, p, RECEIVERS[item]).value += amount


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
    programme_row(w, p).spent += amount
    # institutions and intermediaries serve at cost: what they get for it they spend on it
    if RECEIVERS[item] == INSTITUTION_PARTY:
        pay(w, p, PROVISION_BY_INSTITUTION, INSTITUTION_PARTY, amount)
    elif RECEIVERS[item] == INTERMEDIARY:
        pay(w, p, PROVISION_BY_INTERMEDIARY, INTERMEDIARY, amount)


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
    pay(w, p, PLACEMENT_FEE, EMPLOYER_PARTY, record.new_placed * terms.fee_per_recruit)
    pay(w, p, REFUND, INTERMEDIARY, record.refunds * terms.fee_per_recruit * terms.refund_share)
    incentive = government_terms(w, terms.government).small_firm_incentive
    pay(w, p, INCENTIVE, DESTINATION_STATE, record.new_placed_small * incentive)


@rule
def close_gains(w, p, abroad, at_home, factor):
    """Enter what work is worth this month: for those abroad, and the skilled at home (E15).

    `factor` is that of the business cycle on margins.
    """
    terms = programme_terms(w, p)
    record = programme_row(w, p)
    pay(w, p, EMPLOYER_MARGIN, OUTSIDE, max(record.margin * factor, 0.0))
    gain = abroad * terms.wage_gain - record.assistants * terms.assistant_loss
    pay(w, p, WAGE_GAIN, OUTSIDE, max(gain, 0.0))
    # who is not yet recognised earns less, and pays and sends less
    earning = abroad - record.assistants * (1.0 - behaviour(w).recognition_assistant_wage)
    pay(w, p, TAX, TRAINEE_PARTY, earning * terms.tax)
    pay(w, p, REMITTANCES, TRAINEE_PARTY, earning * terms.remittances)
    pay(w, p, SKILLED_OUTPUT, OUTSIDE, at_home * terms.wages_skilled_output)


@rule
def is_finite(w, p):
    """Return whether all that parties have received less paid so far is a number (E15)."""
    total = 0.0
    for party in range(PARTY_COUNT):
        total += account(w, p, party).value
    # infinite or no number: what one pays another receives, so that it does not cancel
    return total - total == 0.0
