"""Experience: what employers and their neighbours learn from a hire (E13)."""

from __future__ import annotations

import numpy as np

from smpsim.agents.trainee import FOUND_READY, JUDGED
from smpsim.compiled import rule
from smpsim.vocabulary import NONE
from smpsim.world.beliefs import experience
from smpsim.world.decisions_of_employers import found_ready_of, own_judging
from smpsim.world.luck import READINESS
from smpsim.world.people import luck_of
from smpsim.world.state import (
    behaviour,
    neighbour_cell,
    neighbour_start_cell,
    partner_of,
    partnership_row,
    trainee_row,
)


@rule
def judge(w, i, stayed):
    """Let an employer and its neighbours learn from one hire, once (E13).

    A success is a hire who stayed and is found ready. That one came late says nothing of the
    school: it is learnt about the channel, on arrival (E12).
    """
    person = trainee_row(w, i)
    if person.marks & JUDGED:
        return
    person.marks |= JUDGED
    b = behaviour(w)
    ready = stayed
    if ready and (b.readiness_needed != NONE or own_judging()):
        ready = found_ready_of(w, b, person, luck_of(w, person, READINESS))
    if ready:
        person.marks |= FOUND_READY
    e = np.int64(person.employer)
    partnership = partnership_row(w, partner_of(w, np.int64(person.programme), e))
    if ready:
        partnership.successes += 1.0
    else:
        partnership.failures += 1.0
    p, s = np.int64(person.programme), np.int64(person.site)
    experience(w, p, e, s, ready, 1.0)
    if b.trust_neighbour_weight > 0.0:
        for n in range(neighbour_start_cell(w, e).value, neighbour_start_cell(w, e + 1).value):
            experience(w, p, neighbour_cell(w, n).value, s, ready, b.trust_neighbour_weight)
