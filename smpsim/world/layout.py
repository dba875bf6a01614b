"""How the state of a world is laid out: its tables, and the row through which rules reach them.

Rules get the world as one row, `WORLD`, that holds the clock, the sizes and where each table
lies in memory. Parameters ("terms") are copied from the plan at the start and at each
intervention, so a rule always reads the values in force.
"""

from __future__ import annotations

import numpy as np

from smpsim.agents.belief import BELIEF
from smpsim.agents.employer import EMPLOYER, EMPLOYER_GROUP, PARTNERSHIP
from smpsim.agents.government import GOVERNMENT, LANE
from smpsim.agents.institution import INSTITUTION, SITE
from smpsim.agents.programme import COHORT, PROGRAMME
from smpsim.agents.trainee import PROSPECT, TRAINEE
from smpsim.vocabulary import TRAJECTORY_COLUMNS
from smpsim.world.parameters import (
    BEHAVIOUR,
    EMPLOYER_TERMS,
    GOVERNMENT_TERMS,
    INSTITUTION_TERMS,
    LANE_TERMS,
    OWN_COST,
    PROGRAMME_TERMS,
)

KNOTS = 1024  # quantiles tabulated of each distribution
TOGETHER = 64  # people or employers whose luck is drawn at a time
BLOCK = 128  # a block of a list: 127 identifiers and the number of the next block

# why time stands still: rows are wanted before the month begins, or a bound of ours was wrong
ROWS_WANTED, LISTS_FULL, POOL_LOST = 1, 2, 3
# or a rule gave a number that is not finite, or negative where that can't be
(
    UNSOUND_APPLICANTS,
    UNSOUND_ALIGNMENT,
    UNSOUND_READINESS,
    UNSOUND_TRUST,
    UNSOUND_LEDGER,
) = range(4, 9)

LIST = np.dtype(
    [
        ("head", "i8"),  # first block, -1 when empty
        ("read", "i8"),  # place of the first identifier in it
        ("tail", "i8"),  # last block
        ("write", "i8"),  # place behind the last identifier in it
    ]
)
INTEGER = np.dtype([("value", "i8")])
SHORT = np.dtype([("value", "i4")])
MONTH = np.dtype([("value", "i2")])
AMOUNT = np.dtype([("value", "f8")])
BYTE = np.dtype([("value", "u1")])
# uniform numbers of somebody whom a call reaches
CALLED = np.dtype(
    [
        ("applying", "f8"),
        ("prior_employment", "f8"),
        ("prior_wage", "f8"),
        ("attachment", "f8"),
        ("impatience", "f8"),
        ("dependants", "f8"),
        ("savings", "f8"),
        ("credit", "f8"),
    ]
)
# uniform numbers of an employer's vacancies of a month
OPENINGS = np.dtype([("opened", "f8"), ("filled", "f8")])
TRAJECTORY = np.dtype([(name, "f8") for name in TRAJECTORY_COLUMNS])

# tables by name and type of their rows
TERMS_TABLES = {
    "behaviour": BEHAVIOUR.dtype,
    "programme_terms": PROGRAMME_TERMS.dtype,
    "institution_terms": INSTITUTION_TERMS.dtype,
    "employer_terms": EMPLOYER_TERMS.dtype,
    "government_terms": GOVERNMENT_TERMS.dtype,
    "lane_terms": LANE_TERMS.dtype,
    "own_costs": OWN_COST,  # (programmes, places) costs that a scenario adds
    "funding": AMOUNT,  # (programmes, shared items, sharing parties) shares
}
# emptied together at the start of a run
EMPTIED_TABLES = {
    "headcount": INTEGER,  # (programmes, stages) people now
    "flows": INTEGER,  # (programmes, stages, stages) moves so far
    "ledger": AMOUNT,  # (months, programmes, items, parties) paid, by payer
    "beyond": AMOUNT,  # (programmes, items, parties) present values of what was paid after it
    "accounts": AMOUNT,  # (programmes, parties) received less paid
    "lost": INTEGER,  # (programmes, lines of the loss account) so far
    "lost_monthly": SHORT,  # (months, programmes, lines of the loss account)
    "lodged": AMOUNT,  # (lanes, months) applications lodged up to each month
}
OTHER_TABLES = {
    "terms": BYTE,  # all terms in force
    "plan": BYTE,  # all terms of all segments
    "emptied": BYTE,  # all tables that are emptied at the start
    "plan_months": INTEGER,  # (segments,) month from which each segment holds
    "plan_news": INTEGER,  # (segments,) 1: its terms are not those before
    "quantiles": AMOUNT,  # (distributions, 1 + knots)
    "programmes": PROGRAMME,
    "cohorts": COHORT,  # intakes of all programmes
    "prospects": PROSPECT,  # (programmes, classes of impatience)
    "offer_beliefs": BELIEF,  # of people, by programme: to get an offer
    "refusal_beliefs": BELIEF,  # to be refused a visa
    "sites": SITE,
    "institutions": INSTITUTION,
    "employers": EMPLOYER,
    "employer_groups": EMPLOYER_GROUP,
    "partnerships": PARTNERSHIP,
    "partner_of": INTEGER,  # (programmes, employers) partnership, -1: none
    "origin_beliefs": BELIEF,  # (employers, governments)
    "programme_beliefs": BELIEF,  # (partnerships,)
    "employers_refusals": BELIEF,  # (partnerships,), to be refused a visa
    "school_beliefs": BELIEF,  # (employers, institutions)
    "governments": GOVERNMENT,
    "lanes": LANE,
    "neighbours_start": INTEGER,  # (employers + 1,)
    "neighbours": INTEGER,  # (links,)
    "trainees": TRAINEE,
    "lists": LIST,
    "blocks": SHORT,  # (blocks, 128)
    "scores": AMOUNT,  # observed aptitude of an intake's applicants
    "shortlist": SHORT,  # numbers of the applicants of an intake who are looked at
    "ranking": AMOUNT,  # the same, for the search of the bar
    "called": CALLED,  # of people who are asked at a time
    "openings": OPENINGS,  # of employers who are visited at a time
    "attribute_luck": AMOUNT,  # uniform numbers of one person's attributes
    "turns": SHORT,  # (employers + 1,) ring of employers
    "passed_over": SHORT,  # (employers + 1,) employers that found nobody this month
    "trajectory": TRAJECTORY,  # (months, programmes), to Python an array with a third axis: columns
}
TABLES = {**TERMS_TABLES, **EMPTIED_TABLES, **OTHER_TABLES}

WORLD = np.dtype(
    [
        ("month", "i8"),  # months done
        ("horizon", "i8"),
        ("end", "i8"),  # month in which the last window can end
        ("until", "i8"),  # month in which this call ends: the horizon, or the end
        ("follow_up", "i8"),  # months after training in which gains count
        ("discount_step", "f8"),  # factor by which a payment a month later is worth less
        ("discount", "f8"),  # of this month, after the horizon
        ("calendar_month", "i8"),  # 0 (January) to 11, of the first month
        ("segment", "i8"),  # segment of the plan in force
        ("segments", "i8"),
        ("seed_low", "u8"),  # key of luck, 32 bits each
        ("seed_high", "u8"),
        ("replication", "u8"),
        ("people", "i8"),  # rows of trainees in use
        ("rules_exchanged", "i8"),  # 1: a user's rules may decide anew every month
        ("keep_life", "i8"),  # 1: months of entry into each stage are kept
        ("available", "i8"),  # graduates in all pools
        ("curricula_change", "i8"),  # 1: alignment or quality can change under the terms in force
        ("turn_head", "i8"),  # ring of employers that wait for their turn
        ("turn_count", "i8"),
        ("free_block", "i8"),
        ("used_blocks", "i8"),
        ("failure", "i8"),  # why time stands still, 0: it does not (see `ROWS_WANTED`)
        ("failed_programme", "i8"),  # in which a number was not sound
        ("wanted_rows", "i8"),  # rows of trainees without which the month cannot begin
        ("wanted_intake", "i8"),  # the same of one intake
        ("programme_count", "i8"),
        ("site_count", "i8"),
        ("institution_count", "i8"),
        ("employer_count", "i8"),
        ("employer_group_count", "i8"),
        ("partnership_count", "i8"),
        ("government_count", "i8"),
        ("lane_count", "i8"),
        ("list_count", "i8"),
        ("block_count", "i8"),
        ("row_count", "i8"),  # rows of trainees
        ("intake_rows", "i8"),  # rows of the applicants of one intake
        ("terms_bytes", "i8"),
        ("emptied_bytes", "i8"),
        *((f"at_{name}", "i8") for name in TABLES),  # addresses
        *((f"rows_of_{name}", "i8") for name in TABLES),  # sizes, for the check of bounds
    ]
)
