"""Committed seats: what employers promise before an intake, and who gets it (E3)."""

from __future__ import annotations

import numpy as np

from smpsim.agents.employer import COMMITTED, HIRING, takes_part
from smpsim.compiled import inlined, rule
from smpsim.world.cycle import vacancies_of_month
from smpsim.world.decisions_of_employers import forecast_of
from smpsim.world.luck import EMPLOYER_MONTH, STANDARD_NORMAL, draw, four_numbers, unit
from smpsim.world.state import (
    employer_row,
    partnership_row,
    programme_row,
    programme_terms,
    trainee_row,
)


@rule
def commit_seats(w, p, seats):
    """Let engaged employers commit seats in turn, up to `seats`; return how many (E3)."""
    record = programme_row(w, p)
    terms = programme_terms(w, p)
    first = record.first_partnership
    count = record.partnerships
    for k in range(first, first + count):
        partnership = partnership_row(w, k)
        partnership.wanted = 0
        if not takes_part(partnership.state):
            continue
        employer = employer_row(w, partnership.employer)
        rate = vacancies_of_month(w, employer.group)
        expected = employer.open_vacancies + rate * terms.training_months_before_departure
        error = 0.0
        if terms.forecast_error > 0.0:
            luck = four_numbers(w, EMPLOYER_MONTH, employer.luck, employer.number, w.month)[2]
            error = draw(w, STANDARD_NORMAL, unit(luck))
        foreseen = forecast_of(w, partnership, employer, terms, expected, error)
        wanted = int(foreseen + 1e-9)
        partnership.wanted = max(0, wanted - partnership.committed_seats)
    granted = 0
    more = True
    while more and granted < seats:
        more = False
        for offset in range(count):
            # another employer begins at each intake
            partnership = partnership_row(w, first + (offset + record.opened) % count)
            if granted < seats and partnership.wanted > 0:
                partnership.wanted -= 1
                partnership.committed_now += 1
                partnership.committed_seats += 1
                if partnership.state != HIRING:
                    partnership.state = COMMITTED
                record.seats_committed += 1
                granted += 1
                more = True
    return granted


@inlined
def give_seat(w, i):
    """Give person i the next committed seat, and with it the employer."""
    p = np.int64(trainee_row(w, i).programme)
    record = programme_row(w, p)
    for _ in range(record.partnerships):
        partnership = partnership_row(w, record.first_partnership + record.next_partner)
        record.next_partner += 1
        if record.next_partner == record.partnerships:
            record.next_partner = 0
        if partnership.committed_now > 0:
            partnership.committed_now -= 1
            trainee_row(w, i).employer = partnership.employer
            return


@rule
def release_seats(w, p):
    """Give committed seats that nobody took back to their employers."""
    record = programme_row(w, p)
    for k in range(record.first_partnership, record.first_partnership + record.partnerships):
        partnership = partnership_row(w, k)
        partnership.committed_seats -= partnership.committed_now
        record.seats_committed -= partnership.committed_now
        partnership.committed_now = 0
