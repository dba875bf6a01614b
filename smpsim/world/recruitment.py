"""What employers do in a month: vacancies, awareness, engagement, matching (E1 to E4, E10)."""

from __future__ import annotations

import math

from smpsim.agents.employer import (
    AWARE,
    ENGAGED,
    UNAWARE,
    WITHDRAWN,
    takes_part,
)
from smpsim.agents.programme import (
    LATE_INVOLVEMENT,
    NEW_CHANNEL,
    NO_CHANNEL,
    NO_INVOLVEMENT,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.decisions_of_employers import (
    arrival_of,
    awareness_of,
    expected_quit_of,
    own_awareness,
    own_value,
    participation_of,
    shown_by,
    value_of,
)
from smpsim.world.luck import EMPLOYER_MONTH, binomial, four_numbers, poisson, unit
from smpsim.world.state import (
    behaviour,
    employer_group,
    employer_row,
    employer_terms,
    government_terms,
    neighbour_cell,
    neighbour_start_cell,
    partner_of,
    partnership_row,
    programme_row,
    programme_terms,
)
from smpsim.world.turns import change_vacancies, take_turn


@rule
def open_vacancies(w):
    """Let vacancies open, and be filled locally, at every employer."""
    for g in range(w.employer_group_count):
        terms = employer_terms(w, g)
        opened = 0 if terms.random_vacancies else evenly_opened(w, g)
        chance = terms.random_vacancies or terms.local_fill_chance > 0.0
        if not chance and opened == 0:
            continue
        for e in range(employer_group(w, g).first, employer_group(w, g).end):
            employer = employer_row(w, e)
            if chance:
                a, b, _, _ = four_numbers(
                    w, EMPLOYER_MONTH, employer.luck, employer.number, w.month
                )
                if terms.local_fill_chance > 0.0:
                    filled = binomial(employer.open_vacancies, terms.local_fill_chance, unit(b))
                    change_vacancies(w, e, 0, filled)
                    employer.filled_locally += filled
                if terms.random_vacancies:
                    opened = poisson(terms.vacancies_per_month, unit(a))
            if opened > 0:
                change_vacancies(w, e, opened, 0)
                employer.opened += opened
                take_turn(w, e)


@rule
def evenly_opened(w, g):
    """Return how many vacancies each employer of a group without chance opens this month."""
    group = employer_group(w, g)
    # the small term keeps 12 twelfths from falling short of one
    carried = group.carried + employer_terms(w, g).vacancies_per_month + 1e-9
    opened = int(carried)
    group.carried = carried - opened - 1e-9
    return opened


@inlined
def channel_open(w, p):
    """Return whether migrants of the programme can use a legal channel this month."""
    terms = programme_terms(w, p)
    if terms.channel == NO_CHANNEL:
        return False
    if terms.channel == NEW_CHANNEL:
        government = government_terms(w, terms.government)
        wait = government.new_channel_months * (1.0 - 0.5 * government.dialogue)
        return w.month >= wait
    return True


@rule
def successful_share(w, p, e):
    """Return the share of neighbours whose hires mostly went well (E1)."""
    start, end = neighbour_start_cell(w, e).value, neighbour_start_cell(w, e + 1).value
    if start == end:
        return 0.0
    successful = 0
    for n in range(start, end):
        k = partner_of(w, p, neighbour_cell(w, n).value)
        if k >= 0:
            other = partnership_row(w, k)
            if other.successes > other.failures:
                successful += 1
    return successful / (end - start)


@rule
def value_of_seat(w, p, k):
    """Return what an employer expects of a committed seat, currency (E2)."""
    partnership = partnership_row(w, k)
    terms = programme_terms(w, p)
    b = behaviour(w)
    employer = employer_row(w, partnership.employer)
    group = employer_terms(w, employer.group)
    # tenure of an average hire under the programme's terms, within the horizon and the contract
    horizon = float(b.participation_tenure_horizon_months)
    if terms.contract_months > 0:
        horizon = min(horizon, float(terms.contract_months))
    hazard = typical_quit_hazard(w, b, partnership, terms, group, horizon)
    tenure = horizon
    if hazard > 0.0:
        tenure = (1.0 - math.exp(-hazard * horizon)) / hazard
    wait = terms.wait_before_visa + partnership.believed_delay
    in_time = arrival_of(w, b, partnership, employer, wait)
    cost = cost_to_employer(w, terms, group)
    return value_of(w, b, partnership, terms, group, partnership.trust, in_time, tenure, cost)


@rule
def typical_quit_hazard(w, b, partnership, terms, group, horizon):
    """Return the mean quit hazard that an employer expects of a hire within a horizon (E14)."""
    hazard = expected_quit_of(w, b, partnership, terms, group)
    inside = min(float(terms.contract_retention_clause_months), horizon) / horizon
    return hazard * (inside * b.retention_clause_factor + 1.0 - inside)


@rule
def cost_to_employer(w, terms, group):
    """Return C_employer, the employer's cost per recruit after any incentive, currency (E2)."""
    cost = terms.employer_cost
    if group.large == 0:
        cost -= government_terms(w, terms.government).small_firm_incentive
    return max(cost, 0.0)


@rule
def decide_partnerships(w, p):
    """Let each employer of a programme hear of it, engage or withdraw (E1 to E3)."""
    terms = programme_terms(w, p)
    b = behaviour(w)
    record = programme_row(w, p)
    if record.settled:
        return
    month = w.month
    invited = terms.employer_involvement != NO_INVOLVEMENT and (
        terms.employer_involvement != LATE_INVOLVEMENT or month >= terms.late_from_month
    )
    aware = 0
    engaged = 0
    for k in range(record.first_partnership, record.first_partnership + record.partnerships):
        partnership = partnership_row(w, k)
        if partnership.state == UNAWARE:
            share = 0.0
            if b.awareness_contact_rate > 0.0 or own_awareness():
                share = successful_share(w, p, partnership.employer)
            partnership.aware_hazard += awareness_of(w, b, partnership, terms, share)
            if partnership.aware_hazard < partnership.luck_aware:
                continue
            partnership.state = AWARE
        aware += 1
        if not invited:
            if takes_part(partnership.state):
                partnership.state = WITHDRAWN
                partnership.withdrew_in = month
            continue
        if partnership.state == WITHDRAWN and (
            month - partnership.withdrew_in < b.participation_reconsider_months
        ):
            continue
        employer = employer_row(w, partnership.employer)
        group = employer_terms(w, employer.group)
        if b.participation_steepness != NONE or own_value():
            partnership.value = value_of_seat(w, p, k)
        cost = cost_to_employer(w, terms, group)
        chance = participation_of(w, b, partnership, employer, group, cost)
        if partnership.luck_engage < chance:
            if partnership.state == AWARE or partnership.state == WITHDRAWN:
                partnership.state = ENGAGED
                take_turn(w, partnership.employer)
            engaged += 1
        elif takes_part(partnership.state):
            partnership.state = WITHDRAWN
            partnership.withdrew_in = month
    record.aware = aware
    record.engaged = engaged
    # without a decision by value all who know and can pay take part, for good
    everybody = invited and aware == record.partnerships
    record.settled = everybody and b.participation_steepness == NONE and not w.rules_exchanged


@rule
def signal_of(w, p):
    """Return the willingness and use that a programme's employers show, 0 to 1 (E16)."""
    record = programme_row(w, p)
    if record.partnerships == 0:
        return 0.0
    shown = 0.0
    for k in range(record.first_partnership, record.first_partnership + record.partnerships):
        shown += shown_by(w, partnership_row(w, k))
    return shown / record.partnerships
