"""Experience: what employers and their neighbours learn from a hire (E12, E13)."""

from __future__ import annotations

import numpy as np

from smpsim.agents.belief import drifted, logistic, observe
from smpsim.agents.trainee import FOUND_READY, JUDGED
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.beliefs import experience, tell
from smpsim.world.decisions_of_employers import delay_of, found_ready_of, own_judging
from smpsim.world.luck import READINESS
from smpsim.world.people import luck_of
from smpsim.world.state import (
    behaviour,
    employers_refusal,
    neighbour_cell,
    neighbour_start_cell,
    partner_of,
    partnership_row,
    programme_row,
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
    p, s = np.int64(person.programme), np.int64(person.site)
    if ready:
        partnership.successes += 1.0
        partnership.heard_successes += 1.0
        programme_row(w, p).successes += 1.0
    else:
        partnership.failures += 1.0
        partnership.heard_failures += 1.0
        programme_row(w, p).failures += 1.0
    experience(w, p, e, s, ready, 1.0)
    if b.trust_neighbour_weight > 0.0:
        for n in range(neighbour_start_cell(w, e).value, neighbour_start_cell(w, e + 1).value):
            experience(w, p, neighbour_cell(w, n).value, s, ready, b.trust_neighbour_weight)


@rule
def meet_delay(w, i, months, late):
    """Let an employer and its neighbours learn about the channel from an arrival (E12)."""
    person = trainee_row(w, i)
    p, e = np.int64(person.programme), np.int64(person.employer)
    k = partner_of(w, p, e)
    learn_delay(w, i, k, months, late, 1.0)
    if late:
        tell(w, k)
    weight = behaviour(w).trust_neighbour_weight
    if weight > 0.0:
        for n in range(neighbour_start_cell(w, e).value, neighbour_start_cell(w, e + 1).value):
            other = partner_of(w, p, neighbour_cell(w, n).value)
            if other >= 0:
                learn_delay(w, i, other, months, late, weight)


@inlined
def learn_delay(w, i, k, months, late, weight):
    """Let the employer of a partnership learn from a delay (E12)."""
    b = behaviour(w)
    partnership = partnership_row(w, k)
    prior = b.channel_uncertainty_months * b.channel_uncertainty_months
    since = w.month - partnership.delay_seen
    partnership.delay_variance = drifted(partnership.delay_variance, prior, b.channel_drift, since)
    partnership.delay_seen = w.month
    delay_of(w, b, trainee_row(w, i), partnership, months, late, weight)


@rule
def meet_decision(w, i, refused):
    """Let an employer and its neighbours learn about the channel from a decision (E12)."""
    b = behaviour(w)
    person = trainee_row(w, i)
    if b.channel_refusal_uncertainty == 0.0 or person.employer < 0:
        return
    p, e = np.int64(person.programme), np.int64(person.employer)
    k = partner_of(w, p, e)
    learn_decision(w, k, refused, 1.0)
    if refused:
        tell(w, k)
    weight = b.trust_neighbour_weight
    if weight > 0.0:
        for n in range(neighbour_start_cell(w, e).value, neighbour_start_cell(w, e + 1).value):
            other = partner_of(w, p, neighbour_cell(w, n).value)
            if other >= 0:
                learn_decision(w, other, refused, weight)


@rule
def learn_decision(w, k, refused, weight):
    """Let the employer of a partnership learn from a decision on a visa (E12)."""
    b = behaviour(w)
    belief = employers_refusal(w, k)
    prior = b.channel_refusal_uncertainty * b.channel_refusal_uncertainty
    belief.variance = drifted(belief.variance, prior, b.channel_drift, w.month - belief.seen)
    belief.seen = w.month
    observe(belief, refused, weight)
    partnership_row(w, k).believed_refusal = logistic(belief.logit)


@rule
def lose_while_waiting(w, i):
    """Let an employer whose recruit left before arrival rely less on the channel (E12)."""
    person = trainee_row(w, i)
    k = partner_of(w, np.int64(person.programme), np.int64(person.employer))
    partnership_row(w, k).reliability *= 1.0 - behaviour(w).channel_late_penalty
    tell(w, k)
