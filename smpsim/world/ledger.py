"""The ledger: every flow of money has payer, payee, item, programme and month (E15)."""

from __future__ import annotations

from smpsim.compiled import inlined, rule
from smpsim.world.layout import PARTY_COUNT, SHARING_PARTIES
from smpsim.world.state import (
    account,
    funding,
    government_terms,
    ledger_entry,
    programme_row,
    programme_terms,
    unit_cost,
)

PARTIES = (
    "employer",
    "trainee",
    "destination_state",
    "origin_state",
    "donor",
    "institution",
    "intermediary",
    "origin_households",
    "outside",
)
(
    EMPLOYER_PARTY,
    TRAINEE_PARTY,
    DESTINATION_STATE,
    ORIGIN_STATE,
    DONOR,
    INSTITUTION_PARTY,
    INTERMEDIARY,
    ORIGIN_HOUSEHOLDS,
    OUTSIDE,
) = range(9)

# the first twelve are shared between parties as the programme's funding says
SHARED_ITEMS = (
    "setup",
    "selection",
    "training",
    "language",
    "stipend",
    "exam",
    "recognition",
    "visa",
    "travel",
    "adaptation",
    "overhead",
    "reintegration",
)
(
    SETUP,
    SELECTION_COST,
    TRAINING,
    LANGUAGE,
    STIPEND,
    EXAM_COST,
    RECOGNITION_COST,
    VISA_COST,
    TRAVEL,
    ADAPTATION,
    OVERHEAD,
    REINTEGRATION,
) = range(12)
# money that changes hands without anything being provided for it
TRANSFERS = ("placement_fee", "refund", "incentive")
PLACEMENT_FEE, REFUND, INCENTIVE = range(12, 15)
GAINS = ("employer_margin", "wage_gain", "tax", "remittances", "skilled_output")
MARGIN, WAGE_GAIN, TAX, REMITTANCES, SKILLED_OUTPUT = range(15, 20)
# what institutions and intermediaries spend on what they are paid for: they serve at cost
PROVISIONS = ("provision_by_institution", "provision_by_intermediary")
PROVISION_BY_INSTITUTION, PROVISION_BY_INTERMEDIARY = 20, 21
ITEMS = SHARED_ITEMS + TRANSFERS + GAINS + PROVISIONS

# who receives an item; "outside" is whoever is not modelled: carriers, customers, trainers abroad
PAYEES = (
    INTERMEDIARY,
    INTERMEDIARY,
    INSTITUTION_PARTY,
    INSTITUTION_PARTY,
    TRAINEE_PARTY,
    INSTITUTION_PARTY,
    DESTINATION_STATE,
    DESTINATION_STATE,
    OUTSIDE,
    OUTSIDE,
    INTERMEDIARY,
    TRAINEE_PARTY,
    INTERMEDIARY,
    EMPLOYER_PARTY,
    EMPLOYER_PARTY,
    EMPLOYER_PARTY,
    TRAINEE_PARTY,
    DESTINATION_STATE,
    ORIGIN_HOUSEHOLDS,
    ORIGIN_STATE,
    OUTSIDE,
    OUTSIDE,
)


@rule
def pay(w, p, item, payer, amount):
    """Enter a payment on both sides: what the payer gives, the payee of the item receives."""
    if amount == 0.0:
        return
    ledger_entry(w, w.month, p, item, payer).value += amount
    account(w, p, payer).value -= amount
    account(w, p, PAYEES[item]).value += amount


@inlined
def share_out(w, p, item, amount):
    """Enter a cost that the parties share as the programme's funding says."""
    if amount != 0.0:
        split(w, p, item, amount)


@rule
def split(w, p, item, amount):
    """Enter each party's share of a cost."""
    for party in range(SHARING_PARTIES):
        pay(w, p, item, party, amount * funding(w, p, item, party))
    programme_row(w, p).spent += amount
    # institutions and intermediaries serve at cost: what they get for it they spend on it
    if PAYEES[item] == INSTITUTION_PARTY:
        pay(w, p, PROVISION_BY_INSTITUTION, INSTITUTION_PARTY, amount)
    elif PAYEES[item] == INTERMEDIARY:
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
    pay(w, p, PLACEMENT_FEE, EMPLOYER_PARTY, record.new_placed * terms.fee)
    pay(w, p, REFUND, INTERMEDIARY, record.refunds * terms.fee * terms.refund_share)
    incentive = government_terms(w, terms.government).small_firm_incentive
    pay(w, p, INCENTIVE, DESTINATION_STATE, record.new_placed_small * incentive)


@rule
def close_gains(w, p, abroad, at_home):
    """Enter what work is worth this month: for those abroad, and the skilled at home (E15)."""
    terms = programme_terms(w, p)
    pay(w, p, MARGIN, OUTSIDE, max(programme_row(w, p).margin, 0.0))
    pay(w, p, WAGE_GAIN, OUTSIDE, abroad * terms.wage_gain)
    pay(w, p, TAX, TRAINEE_PARTY, abroad * terms.tax)
    pay(w, p, REMITTANCES, TRAINEE_PARTY, abroad * terms.remittances)
    pay(w, p, SKILLED_OUTPUT, OUTSIDE, at_home * terms.skilled_output)


@rule
def is_finite(w, p):
    """Return whether all that parties have received less paid so far is a number (E15)."""
    total = 0.0
    for party in range(PARTY_COUNT):
        total += account(w, p, party).value
    # infinite or no number: what one pays another receives, so that it does not cancel
    return total - total == 0.0
