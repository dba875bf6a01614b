"""Experience: what employers and their neighbours learn from a hire (E13)."""

from __future__ import annotations

import numpy as np

from smpsim.agents.trainee import FOUND_READY, JUDGED, LATE
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.decisions_of_employers import found_ready_of, learn_of, own_judging
from smpsim.world.luck import READINESS
from smpsim.world.people import luck_of
from smpsim.world.state import (
    behaviour,
    neighbour_cell,
    neighbour_start_cell,
    partner_of,
    partnership_row,
    programme_row,
    site_row,
    trainee_row,
    trust_row,
)


@rule
def judge(w, i, stayed):
    """Let an employer and its neighbours learn from one hire, once (E13).

    A success is a hire who stayed, arrived in the promised time and is found ready.
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
    success = ready and person.marks & LATE == 0
    e = np.int64(person.employer)
    partnership = partnership_row(w, partner_of(w, np.int64(person.programme), e))
    if success:
        partnership.successes += 1.0
    else:
        partnership.failures += 1.0
    institution = site_row(w, person.site).institution
    experience(w, np.int64(person.programme), e, institution, success, 1.0)
    if b.trust_neighbour_weight > 0.0:
        for n in range(neighbour_start_cell(w, e).value, neighbour_start_cell(w, e + 1).value):
            other = neighbour_cell(w, n).value
            experience(
                w, np.int64(person.programme), other, institution, success, b.trust_neighbour_weight
            )


@rule
def experience(w, p, e, institution, success, weight):
    """Let employer e learn about an institution, and keep its mean trust up to date (E13)."""
    trust = trust_row(w, e, institution)
    before = trust.level
    learn_of(w, behaviour(w), e, institution, trust, success, weight)
    k = partner_of(w, p, e)
    if k >= 0 and partnership_row(w, k).trust_changed == 0:
        record = programme_row(w, p)
        change = (trust.level - before) / record.sites
        partnership_row(w, k).trust += change
        record.trust_total += change
    if w.programme_count > 1:
        # other programmes may train at this institution or not: their means are taken anew
        note_trust(w, e)


@inlined
def note_trust(w, e):
    """Note that the mean trust of employer e in each programme's institutions has changed."""
    for p in range(w.programme_count):
        k = partner_of(w, p, e)
        if k >= 0:
            partnership_row(w, k).trust_changed = 1
            programme_row(w, p).trust_changed = 1
