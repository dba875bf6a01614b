"""Interventions: the terms in force change, and what was dated under the old ones is redated.

A person keeps the exponential threshold, so luck is kept: the hazard met so far is booked under
the old terms, and what is left of the threshold is dated under the new ones.
"""

from __future__ import annotations

import numpy as np

from smpsim.agents.trainee import (
    ADAPTING,
    EMPLOYED,
    EMPLOYED_ELSEWHERE,
    GRADUATE_POOL,
    IN_RECOGNITION,
    IN_TRAINING,
    IN_VISA_QUEUE,
    OFFER_HELD,
)
from smpsim.compiled import rule
from smpsim.world.beginning import draw_employers, drawn_alignment, drawn_quality, note_curricula
from smpsim.world.decisions_of_people import (
    dropout_of,
    monthly_dropout,
    monthly_return,
    monthly_search,
    return_of,
    search_of,
)
from smpsim.world.state import (
    behaviour,
    copy_plan,
    institution_row,
    institution_terms,
    partnership_row,
    plan_month_cell,
    plan_news_cell,
    programme_row,
    programme_terms,
    trainee_row,
)
from smpsim.world.training import date_training
from smpsim.world.waiting import consume_waiting, date_leaving
from smpsim.world.work import book_quit, date_quit, date_return, date_work


@rule
def book_hazards(w):
    """Book for everybody under way the hazards met so far, under the terms still in force.

    Called with the clock at the end of the last month. Hazards that a user's rules are asked for
    each month are booked by then.
    """
    b = behaviour(w)
    month = w.month
    for i in range(w.people):
        person = trainee_row(w, i)
        terms = programme_terms(w, person.programme)
        met = month - person.since
        if person.stage == IN_TRAINING:
            if not monthly_dropout():
                person.hazard_first += met * dropout_of(w, b, person, terms)
        elif person.stage == GRADUATE_POOL:
            consume_waiting(w, i, b, 1.0)
            if not monthly_search():
                person.hazard_third += met * search_of(w, b, person)
        elif is_holding_offer(np.int64(person.stage)):
            consume_waiting(w, i, b, b.waiting_with_offer)
        elif person.stage == ADAPTING or person.stage == EMPLOYED:
            book_quit(w, i)
        elif person.stage == EMPLOYED_ELSEWHERE and not monthly_return():
            person.hazard_first += met * return_of(w, b, person)


@rule
def is_holding_offer(stage):
    """Return whether a person of this stage waits with an offer."""
    return stage in (OFFER_HELD, IN_RECOGNITION, IN_VISA_QUEUE)


@rule
def redate(w):
    """Date the next event of everybody under way anew, under the terms now in force.

    Called with the clock at the end of the last month.
    """
    b = behaviour(w)
    month = w.month
    for i in range(w.people):
        person = trainee_row(w, i)
        if person.stage == IN_TRAINING:
            person.since = month
            date_training(w, i)
        elif person.stage == GRADUATE_POOL:
            date_leaving(w, i, 1.0)
        elif is_holding_offer(np.int64(person.stage)):
            date_leaving(w, i, b.waiting_with_offer)
        elif person.stage == ADAPTING or person.stage == EMPLOYED:
            person.since = month
            date_quit(w, i)
            date_work(w, i)
        elif person.stage == EMPLOYED_ELSEWHERE:
            person.since = month
            date_return(w, i)


@rule
def redraw_institutions(w):
    """Draw anew, with the same chance events, what the terms now draw from another distribution."""
    for i in range(w.institution_count):
        institution = institution_row(w, i)
        terms = institution_terms(w, institution.group)
        if institution.quality_from != terms.quality:
            institution.quality = drawn_quality(w, i, terms.quality)
            institution.quality_from = terms.quality
        if institution.alignment_from != terms.alignment:
            institution.alignment = drawn_alignment(w, i, terms.alignment)
            institution.alignment_from = terms.alignment


@rule
def intervene(w):
    """Put due changes of the plan in force."""
    due = w.segment
    news = False
    while due + 1 < w.segments and plan_month_cell(w, due + 1).value <= w.month:
        due += 1
        news = news or plan_news_cell(w, due).value != 0
    if due == w.segment:
        return
    w.month -= 1
    book_hazards(w)
    w.segment = due
    copy_plan(w, due)
    for p in range(w.programme_count):
        programme_row(w, p).settled = 0
        programme_row(w, p).looked = -1
    if news:
        for k in range(w.partnership_count):
            partnership_row(w, k).decides = 0
    draw_employers(w)
    redraw_institutions(w)
    note_curricula(w)
    redate(w)
    w.month += 1
