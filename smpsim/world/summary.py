"""What a run came to: counts of a programme's people at the horizon, and sums of its ledger.

The rates and costs that users read follow from these in `smpsim.results.outcomes`.
"""

from __future__ import annotations

import numpy as np

from smpsim.agents.trainee import (
    DOMESTIC_TRACK_TAKEN,
    DROPPED_OUT,
    EMPLOYED_BEFORE,
    FAILED,
    IN_TRAINING,
    ON_OWN,
    REFUSED,
    RETURNED,
    WITHDREW,
    WORKING_AT_ORIGIN,
)
from smpsim.compiled import entry, inlined, rule
from smpsim.vocabulary import RETENTION_MONTHS, SEEN, SPELLS, Recognition, place
from smpsim.world.growth import cohort_of
from smpsim.world.ledger import (
    EXAM_COST,
    LANGUAGE,
    RECOGNITION_COST,
    STIPEND,
    TRAINEE_PARTY,
    TRAINING,
    TRAVEL,
    VISA_COST,
)
from smpsim.world.state import (
    behaviour,
    beyond_cell,
    funding,
    government_terms,
    institution_terms,
    programme_terms,
    site_row,
    trainee_row,
    unit_cost,
)

LOSING = place("losing", SEEN)
PLACED_IN_WINDOW = place("placed_in_window", SEEN)
NO_RECOGNITION = place("none", Recognition)
AT_HORIZON, AFTER_WINDOWS = 0, 1
OF_PLACED = place("placed", SPELLS)
OF_DROPPED_OUT = place("dropped_out", SPELLS)
OF_FAILED = place("failed", SPELLS)
OF_WITHDREW = place("withdrew", SPELLS)
OF_REFUSED = place("refused", SPELLS)
OF_JOB_AT_HOME = place("job_at_home", SPELLS)
OF_DOMESTIC = place("domestic", SPELLS)
OF_OWN_WAY = place("own_way", SPELLS)
OF_UNDER_WAY = place("under_way", SPELLS)
OF_LEFT = place("left_employer", SPELLS)
OF_STAYING = place("with_employer", SPELLS)


@entry
def summarise(header, ledger, factors, counts, spells, totals, when):
    """Count what became of everybody at the horizon, or add up what was paid when all is over.

    Parameters
    ----------
    header : world row, shape (1,)
    ledger : float64, shape (months, programmes * items * parties)
        Paid in each month.
    factors : float64, shape (months,)
        By which a payment of a month is discounted.
    counts : int64, shape (programmes, len(SEEN))
        Filled at the horizon: of those placed at least so many months before it, how many there
        are and how many were still with their sponsor by then. Filled after the windows: how many
        have lost, and how many were placed.
    spells : int32, shape (programmes, len(SPELLS), months + 1)
        Filled at the horizon: of how many the way from enrolment ended after so many months, and
        the time with the sponsor, by how it ended.
    totals : float64, shape (2, programmes * items * parties)
        Filled after the windows: the sum of all months up to the horizon, and that of all present
        values, those of payments beyond it among them.
    when : int
        `AT_HORIZON` or `AFTER_WINDOWS`.
    """
    w = header[0]
    if when == AFTER_WINDOWS:
        add_up(w, ledger, factors, totals)
        counts[:, LOSING] = 0
        counts[:, PLACED_IN_WINDOW] = 0
        for i in range(w.people):
            person = trainee_row(w, i)
            if person.enrolled < 0:
                continue
            if own_gain(w, person) < 0.0:
                counts[person.programme, LOSING] += 1
            if 0 <= person.arrived < window_end(w, person) and person.marks & ON_OWN == 0:
                counts[person.programme, PLACED_IN_WINDOW] += 1
        return
    counts[:] = 0
    spells[:] = 0
    for i in range(w.people):
        person = trainee_row(w, i)
        if person.enrolled < 0:
            continue
        p = person.programme
        spells[p, end_of_way(person), months_on_way(w, person)] += 1
        if person.arrived < 0 or person.marks & ON_OWN:
            continue
        if person.left >= 0:
            spells[p, OF_LEFT, person.left - person.arrived] += 1
        else:
            spells[p, OF_STAYING, w.month - 1 - person.arrived] += 1
        for k in range(len(RETENTION_MONTHS)):
            end = person.arrived + RETENTION_MONTHS[k]
            left = person.left
            if end < w.month:
                counts[p, 2 * k] += 1
                # who serves a fixed contract to its last day has stayed for it
                served = left == end and person.contract_end == end
                if left < 0 or left > end or served:
                    counts[p, 2 * k + 1] += 1


@inlined
def end_of_way(person):
    """Return how the way from enrolment to a placement has ended, as a place in `SPELLS`."""
    if person.arrived >= 0:
        return OF_OWN_WAY if person.marks & ON_OWN else OF_PLACED
    stage = np.int64(person.stage)
    if stage == WORKING_AT_ORIGIN:
        return OF_DOMESTIC if person.cause == DOMESTIC_TRACK_TAKEN else OF_JOB_AT_HOME
    if stage == DROPPED_OUT:
        return OF_DROPPED_OUT
    if stage == FAILED:
        return OF_FAILED
    if stage == WITHDREW:
        return OF_WITHDREW
    return OF_REFUSED if stage == REFUSED else OF_UNDER_WAY


@inlined
def months_on_way(w, person):
    """Return the months from the start of training to the end of the month that ended the way."""
    if person.arrived >= 0:
        return person.arrived - person.enrolled + 1
    if person.stage >= WORKING_AT_ORIGIN:
        return person.gone - person.enrolled + 1
    return w.month - person.enrolled


@rule
def add_up(w, ledger, factors, totals):
    """Add up what was paid, and its present values."""
    for cell in range(ledger.shape[1]):
        totals[0, cell] = 0.0
        totals[1, cell] = beyond_cell(w, cell).value
    for month in range(ledger.shape[0]):
        factor = factors[month]
        for cell in range(ledger.shape[1]):
            amount = ledger[month, cell]
            totals[0, cell] += amount
            totals[1, cell] += amount * factor


@inlined
def window_end(w, person):
    """Return the month in which the window of a person's cohort ends."""
    length = programme_terms(w, person.programme).training_months_before_departure
    return cohort_of(w, person).opened + length + w.follow_up


@rule
def own_gain(w, person):
    """Return what a person and the household gain until the cohort's window ends, currency (E15).

    Against work at home for the wage there; at the prices in force at the end, not discounted.
    """
    p = np.int64(person.programme)
    terms = programme_terms(w, p)
    b = behaviour(w)
    length = terms.training_months_before_departure
    end = window_end(w, person)
    stage = np.int64(person.stage)
    trained = length
    if stage == DROPPED_OUT:
        trained = min(length, person.leaves - person.enrolled + 1)
    elif stage == IN_TRAINING:
        trained = min(length, w.month - person.enrolled)
    institution = institution_terms(w, site_row(w, person.site).group)
    paid = trained * (
        institution.cost_per_trainee_month * funding(w, p, TRAINING, TRAINEE_PARTY)
        + unit_cost(w, p, LANGUAGE).value * funding(w, p, LANGUAGE, TRAINEE_PARTY)
    )
    paid += (
        person.attempts * unit_cost(w, p, EXAM_COST).value * funding(w, p, EXAM_COST, TRAINEE_PARTY)
    )
    if person.applied >= 0:
        paid += unit_cost(w, p, VISA_COST).value * funding(w, p, VISA_COST, TRAINEE_PARTY)
    if person.arrived >= 0 and person.marks & ON_OWN == 0:
        paid += unit_cost(w, p, TRAVEL).value * funding(w, p, TRAVEL, TRAINEE_PARTY)
        if terms.recognition != NO_RECOGNITION:
            cost = government_terms(w, terms.government).recognition_cost
            paid += cost * funding(w, p, RECOGNITION_COST, TRAINEE_PARTY)
    gain = -paid * (1.0 + b.gains_borrowed * b.people_interest * b.gains_credit_months / 24.0)
    stipend = unit_cost(w, p, STIPEND).value * (1.0 - funding(w, p, STIPEND, TRAINEE_PARTY))
    gain += trained * stipend
    before = terms.wage_at_home
    at_home = before if person.marks & EMPLOYED_BEFORE else terms.idle_income
    gain -= trained * at_home * b.gains_pay_forgone
    if person.arrived >= 0 and person.arrived < end:
        until = end
        if stage == RETURNED:
            until = min(end, np.int64(person.since))
            gain += (end - until) * before * b.gains_return_premium
        abroad = until - person.arrived
        gain += abroad * (min(terms.wage_abroad, terms.net_wage) - before)
    return gain
