"""The ring of employers with open vacancies: each waits for its turn to choose."""

from __future__ import annotations

import numpy as np

from smpsim.compiled import rule
from smpsim.world.state import employer_row, turn_cell


@rule
def take_turn(w, e):
    """Put employer e at the end of the ring, once, if it has a vacancy."""
    employer = employer_row(w, e)
    if employer.in_turn or employer.open_vacancies <= 0:
        return
    size = w.employer_count + 1
    turn_cell(w, (w.turn_head + w.turn_count) % size).value = e
    w.turn_count += 1
    employer.in_turn = 1


@rule
def next_turn(w):
    """Take the employer whose turn it is out of the ring."""
    e = np.int64(turn_cell(w, w.turn_head).value)
    w.turn_head = (w.turn_head + 1) % w.employer_count + 1
    w.turn_count -= 1
    employer_row(w, e).in_turn = 0
    return e


@rule
def turn_again_first(w, e):
    """Put employer e back at the head of the ring: it found nobody and keeps its place."""
    size = w.employer_count + 1
    w.turn_head = (w.turn_head + size - 1) % size
    turn_cell(w, w.turn_head).value = e
    w.turn_count += 1
    employer_row(w, e).in_turn = 1
