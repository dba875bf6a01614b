"""The ring of employers with open vacancies: each waits for its turn to choose."""

from __future__ import annotations

import numpy as np

from smpsim.compiled import inlined
from smpsim.world.state import employer_row, partner_of, programme_row, turn_cell


@inlined
def take_turn(w, e):
    """Put employer e at the end of the ring, once, if it has a vacancy."""
    employer = employer_row(w, e)
    if employer.in_turn or employer.open_vacancies <= 0:
        return
    place = w.turn_head + w.turn_count
    if place > w.employer_count:
        place -= w.employer_count + 1
    turn_cell(w, place).value = e
    w.turn_count += 1
    employer.in_turn = 1


@inlined
def change_vacancies(w, e, opened, filled):
    """Change the open and the filled vacancies of employer e, and the totals of its programmes."""
    employer_row(w, e).open_vacancies += opened - filled
    for p in range(w.programme_count):
        if partner_of(w, p, e) >= 0:
            record = programme_row(w, p)
            record.vacancies_open += opened - filled
            record.vacancies_filled += filled


@inlined
def next_turn(w):
    """Take the employer whose turn it is out of the ring."""
    e = np.int64(turn_cell(w, w.turn_head).value)
    w.turn_head = 0 if w.turn_head == w.employer_count else w.turn_head + 1
    w.turn_count -= 1
    employer_row(w, e).in_turn = 0
    return e


@inlined
def turn_again_first(w, e):
    """Put employer e back at the head of the ring: it found nobody and keeps its place."""
    w.turn_head = w.employer_count if w.turn_head == 0 else w.turn_head - 1
    turn_cell(w, w.turn_head).value = e
    w.turn_count += 1
    employer_row(w, e).in_turn = 1
