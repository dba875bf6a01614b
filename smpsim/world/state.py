"""The rows and cells of a world's tables, by the names that rules use.

``trainee_row(w, i)`` is row i of the trainees; ``headcount(w, p, stage).value`` a number.
"""

from __future__ import annotations

from smpsim.compiled import inlined
from smpsim.vocabulary import ACCOUNT, ITEMS, PARTIES, SHARED_ITEMS, SHARING_PARTIES, STAGES
from smpsim.world.access import accessor, clearer, copier, fetcher, part_accessor
from smpsim.world.layout import (
    AMOUNT,
    BLOCK,
    KNOTS,
    MONTH,
    SHORT,
)

STAGE_COUNT = len(STAGES)
ITEM_COUNT = len(ITEMS)
PARTY_COUNT = len(PARTIES)
SHARED_ITEM_COUNT = len(SHARED_ITEMS)
SHARING_PARTY_COUNT = len(SHARING_PARTIES)
LINE_COUNT = len(ACCOUNT)

behaviour_row = accessor("behaviour")
programme_terms = accessor("programme_terms")
institution_terms = accessor("institution_terms")
employer_terms = accessor("employer_terms")
government_terms = accessor("government_terms")
lane_terms = accessor("lane_terms")
programme_row = accessor("programmes")
cohort_row = accessor("cohorts")
cohort_followed = part_accessor("cohorts", "followed", SHORT)
followed = part_accessor("programmes", "followed", SHORT)
beyond_cell = accessor("beyond")
prospect_row = accessor("prospects")
offer_belief = accessor("offer_beliefs")
refusal_belief = accessor("refusal_beliefs")
shortlist_cell = accessor("shortlist")
site_row = accessor("sites")
institution_row = accessor("institutions")
employer_row = accessor("employers")
employer_group = accessor("employer_groups")
partnership_row = accessor("partnerships")
employers_refusal = accessor("employers_refusals")
origin_belief_row = accessor("origin_beliefs")
programme_belief = accessor("programme_beliefs")
school_belief_row = accessor("school_beliefs")
government_row = accessor("governments")
lane_row = accessor("lanes")
trainee_row = accessor("trainees")
vouching_mean = part_accessor("behaviour", "trust_vouching", AMOUNT)
concern_share = part_accessor("behaviour", "participation_concerns", AMOUNT)
served_share = part_accessor("behaviour", "participation_served", AMOUNT)
fixed_cost = part_accessor("behaviour", "participation_fixed_cost", AMOUNT)
unit_cost = part_accessor("programme_terms", "costs", AMOUNT)
entered = part_accessor("trainees", "entered", MONTH)
in_grade = part_accessor("sites", "in_grade", SHORT)
list_row = accessor("lists")
block_cell = accessor("blocks")
score_cell = accessor("scores")
ranking_cell = accessor("ranking")
called_row = accessor("called")
openings_row = accessor("openings")
attribute_luck = accessor("attribute_luck")
joint_score = part_accessor("behaviour", "people_scores", AMOUNT)
turn_cell = accessor("turns")
passed_over_cell = accessor("passed_over")
quantile_cell = accessor("quantiles")
plan_month_cell = accessor("plan_months")
plan_news_cell = accessor("plan_news")
partner_cell = accessor("partner_of")
neighbour_start_cell = accessor("neighbours_start")
neighbour_cell = accessor("neighbours")
funding_cell = accessor("funding")
own_cost_row = accessor("own_costs")
own_share = part_accessor("own_costs", "shares", AMOUNT)
headcount_cell = accessor("headcount")
flow_cell = accessor("flows")
ledger_cell = accessor("ledger")
account_cell = accessor("accounts")
lodged_cell = accessor("lodged")
lost_cell = accessor("lost")
lost_monthly_cell = accessor("lost_monthly")
trajectory_row = accessor("trajectory")
stage_cell = part_accessor("trajectory", STAGES[0], AMOUNT, STAGE_COUNT)
clear_emptied = clearer("emptied", "emptied_bytes")
copy_plan = copier("plan", "terms", "terms_bytes")
fetch_trainee = fetcher("trainees")


@inlined
def behaviour(w):
    """Return the behavioural parameters in force."""
    return behaviour_row(w, 0)


@inlined
def headcount(w, p, stage):
    """Return the cell with the people of a programme who are in a stage."""
    return headcount_cell(w, p * STAGE_COUNT + stage)


@inlined
def flow(w, p, before, stage):
    """Return the cell with the moves of a programme's people from one stage to another."""
    return flow_cell(w, (p * STAGE_COUNT + before) * STAGE_COUNT + stage)


@inlined
def origin_belief(w, e, g):
    """Return what employer e thinks of origin g."""
    return origin_belief_row(w, e * w.government_count + g)


@inlined
def school_belief(w, e, i):
    """Return what employer e thinks of institution i."""
    return school_belief_row(w, e * w.institution_count + i)


@inlined
def partner_of(w, p, e):
    """Return the partnership of programme p and employer e, -1 for none."""
    return partner_cell(w, p * w.employer_count + e).value


@inlined
def quantile(w, distribution, place):
    """Return a number of the row of a tabulated distribution."""
    return quantile_cell(w, distribution * (KNOTS + 1) + place).value


@inlined
def block_entry(w, block, place):
    """Return the cell of a block of a list."""
    return block_cell(w, block * BLOCK + place)


@inlined
def funding(w, p, item, party):
    """Return the share of a party in a shared item of a programme."""
    return funding_cell(w, (p * SHARED_ITEM_COUNT + item) * SHARING_PARTY_COUNT + party).value


@inlined
def ledger_entry(w, month, p, item, payer):
    """Return the cell with what a payer paid for an item of a programme in a month."""
    return ledger_cell(
        w, ((month * w.programme_count + p) * ITEM_COUNT + item) * PARTY_COUNT + payer
    )


@inlined
def beyond_horizon(w, p, item, payer):
    """Return the cell with the present value of what a payer paid after the horizon."""
    return beyond_cell(w, (p * ITEM_COUNT + item) * PARTY_COUNT + payer)


@inlined
def account(w, p, party):
    """Return the cell with what a party received less paid in a programme."""
    return account_cell(w, p * PARTY_COUNT + party)


@inlined
def lodged(w, lane, month):
    """Return the cell with the applications lodged with a lane up to the end of a month."""
    return lodged_cell(w, lane * w.end + month)
