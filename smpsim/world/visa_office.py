"""The offices of a destination: visa lanes, recognition and how both adapt (E11, E12, E16)."""

from __future__ import annotations

import math

from smpsim.agents.government import DESTINATION
from smpsim.agents.trainee import IN_RECOGNITION, IN_VISA_QUEUE
from smpsim.compiled import rule
from smpsim.vocabulary import NONE
from smpsim.world.decisions_of_offices import (
    capacity_of,
    decisions_of,
    kept_of,
    mood_of,
    opening_of,
    order_line,
    own_capacity,
)
from smpsim.world.growth import success_of
from smpsim.world.luck import LANE_MONTH, four_numbers, poisson, unit
from smpsim.world.queues import drop_first, first
from smpsim.world.recruitment import signal_of
from smpsim.world.state import (
    behaviour,
    employer_group,
    employer_terms,
    government_row,
    government_terms,
    lane_row,
    lane_terms,
    lodged,
    programme_row,
    programme_terms,
    trainee_row,
)
from smpsim.world.transit import (
    begin_procedure,
    decide_visa,
    lane_list,
    quota_reached,
    recognition_list,
)


@rule
def use_shown(w, g):
    """Return the mean use and willingness that employers of a destination show (E16)."""
    total = 0.0
    count = 0
    for p in range(w.programme_count):
        if programme_terms(w, p).government == g:
            total += signal_of(w, p)
            count += 1
    return total / count if count > 0 else 0.0


@rule
def unseen_share(w, g):
    """Return the share of a destination's placed who left without notice (E16)."""
    gone, placed = 0, 0
    for p in range(w.programme_count):
        if programme_terms(w, p).government == g:
            gone += programme_row(w, p).left_without_notice
            placed += programme_row(w, p).placed
    return gone / placed if placed > 0 else 0.0


@rule
def downturn_of(w, g):
    """Return the share of vacancies of a country's employers that is gone in a downturn (E18)."""
    lost, count = 0.0, 0
    for k in range(w.employer_group_count):
        if employer_terms(w, k).government == g:
            size = employer_group(w, k).end - employer_group(w, k).first
            lost += size * max(1.0 - employer_group(w, k).factor, 0.0)
            count += size
    return lost / count if count > 0 else 0.0


@rule
def mind_outflow(w, b, g):
    """Let an origin keep more at home while too many of an occupation leave (E16)."""
    government = government_row(w, g)
    # a moving mean with the memory of a year
    government.outflow += (12.0 * government.gone - government.outflow) * (
        1.0 - math.exp(-1.0 / 12)
    )
    government.gone = 0
    government.kept_home = kept_of(w, b, g, government.outflow)


@rule
def governments_month(w):
    """Begin the quota year, adapt capacity and let the applications of others arrive."""
    b = behaviour(w)
    for g in range(w.government_count):
        government = government_row(w, g)
        terms = government_terms(w, g)
        if (w.calendar_month + w.month) % 12 == 0:
            government.granted_this_year = 0
        if terms.role != DESTINATION:
            if terms.brake_stock != NONE:
                mind_outflow(w, b, g)
            continue
        adapts = (terms.dialogue > 0.0 and b.adaptation_responsiveness > 0.0) or own_capacity()
        adapts = adapts or terms.mood_without_notice != 0.0 or terms.mood_downturn != 0.0
        # what was gained lapses when dialogue ends
        if adapts or government.capacity_factor != 1.0:
            government.signal = success_of(w, g)
            government.mood = mood_of(w, g, unseen_share(w, g), downturn_of(w, g))
            government.capacity_factor = capacity_of(w, b, g)
        if terms.channel_opening != NONE and government.channel_is_open == 0:
            government.channel_hazard += opening_of(w, g, use_shown(w, g))
            if government.channel_hazard >= government.luck_channel:
                government.channel_is_open = 1
    for number in range(w.lane_count):
        lane = lane_row(w, number)
        terms = lane_terms(w, number)
        lane.wait_sum = 0.0
        lane.wait_count = 0
        if terms.background_per_month == 0.0:
            continue
        if terms.random_arrivals:
            luck = four_numbers(w, LANE_MONTH, lane.luck, 0, w.month)[0]
            lane.lodged += poisson(terms.background_per_month, unit(luck))
        else:
            lane.carried += terms.background_per_month
            arrived = math.floor(lane.carried + 1e-9)
            lane.carried -= arrived
            lane.lodged += arrived


@rule
def start_procedures(w):
    """Start the recognition procedures for which there is room, in order of arrival (E11)."""
    for g in range(w.government_count):
        starts = government_terms(w, g).recognition_starts_per_month
        government = government_row(w, g)
        government.recognition_room += math.inf if starts == NONE else starts
        line = recognition_list(w, g)
        i = first(w, line)
        while i >= 0 and government.recognition_room >= 1.0 - 1e-9:
            drop_first(w, line)
            person = trainee_row(w, i)
            if person.stage == IN_RECOGNITION and person.due == -1:
                government.recognition_room -= 1.0
                begin_procedure(w, i)
            i = first(w, line)
        if i < 0:
            # room that nobody uses is lost
            government.recognition_room = 0.0


@rule
def decide_visas(w):
    """Let each lane decide its applications, first in, first out (E12)."""
    month = w.month
    for number in range(w.lane_count):
        lane = lane_row(w, number)
        terms = lane_terms(w, number)
        lodged(w, number, month).value = lane.lodged
        if terms.months != NONE:
            continue
        if month < terms.minimum_months:
            continue
        government = government_row(w, terms.government)
        eligible = lodged(w, number, month - terms.minimum_months).value
        capacity = math.inf
        if terms.decisions_per_month != NONE:
            capacity = terms.decisions_per_month * government.capacity_factor
        decided = decisions_of(w, lane, number, capacity, eligible)
        order_line(w, number, eligible)
        line = lane_list(w, number)
        i = first(w, line)
        while i >= 0 and trainee_row(w, i).place_in_line <= decided + 1e-9:
            if trainee_row(w, i).stage == IN_VISA_QUEUE:
                if quota_reached(w, terms.government):
                    # the rest of the year the line stands still behind this applicant
                    decided = min(decided, trainee_row(w, i).place_in_line - 1.0)
                    break
                drop_first(w, line)
                decide_visa(w, i)
            else:
                # a file closed by withdrawal still takes its place in line
                drop_first(w, line)
            i = first(w, line)
        lane.decided = max(lane.decided, decided)
