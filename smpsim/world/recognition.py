"""Recognition abroad: an assistant's work and wage until it is complete, or never is (E11)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.programme import AFTER_ARRIVAL
from smpsim.agents.trainee import ADAPTING, ASSISTANT, EMPLOYED, NEVER, PARTLY_RECOGNISED
from smpsim.compiled import inlined, rule
from smpsim.world.decisions_of_offices import bridgeable_for, bridging_of, recognition_of
from smpsim.world.followed import add_assistants, add_margin
from smpsim.world.luck import BRIDGING, RECOGNITION, RECOGNITION_MONTHS, draw
from smpsim.world.people import luck_of, move
from smpsim.world.state import (
    behaviour,
    employer_row,
    employer_terms,
    government_terms,
    institution_row,
    programme_row,
    programme_terms,
    site_row,
    trainee_row,
)


@inlined
def margin_of(w, person):
    """Return what a sponsored worker is worth beyond the wage, currency a month (E11)."""
    margin = employer_terms(w, employer_row(w, person.employer).group).margin_per_month
    if person.marks & ASSISTANT:
        margin *= behaviour(w).recognition_assistant_margin
    return margin


@inlined
def training_ends(w, person):
    """Return the month in which training after arrival ends."""
    after = programme_terms(w, person.programme).training_months_after_arrival
    return np.int64(person.arrived) + after


@inlined
def is_bridging(person):
    """Return whether a person with a partial recognition is on the way to a full one (E11)."""
    both = PARTLY_RECOGNISED | ASSISTANT
    return person.marks & both == both and person.decides != NEVER


@inlined
def is_adapting(w, person):
    """Return whether a person is in training after arrival, or in bridging (E11)."""
    return w.month < training_ends(w, person) or is_bridging(person)


@rule
def begin_recognition(w, i):
    """Let somebody who arrives work as an assistant until recognition is complete (E11)."""
    person = trainee_row(w, i)
    terms = programme_terms(w, person.programme)
    person.decides = NEVER
    if terms.recognition == AFTER_ARRIVAL:
        programme_row(w, person.programme).recognitions += 1
        distribution = government_terms(w, terms.government).recognition_months
        months = draw(w, distribution, luck_of(w, person, RECOGNITION_MONTHS))
        person.decides = min(w.month + max(0, math.ceil(months - 1e-9)), NEVER)
    elif person.marks & PARTLY_RECOGNISED:
        bridging = behaviour(w).recognition_partial_months
        person.decides = min(training_ends(w, person) + bridging, NEVER)
    else:
        return
    person.marks |= ASSISTANT
    add_assistants(w, person, 1)


@rule
def decide_abroad(w, i):
    """Take the step in recognition that is due; return whether the person may go on (E11)."""
    person = trainee_row(w, i)
    b = behaviour(w)
    record = programme_row(w, person.programme)
    alignment = institution_row(w, site_row(w, person.site).institution).alignment
    if person.marks & PARTLY_RECOGNISED == 0:
        if luck_of(w, person, RECOGNITION) < recognition_of(w, b, person, alignment):
            qualify(w, i)
            return True
        person.marks |= PARTLY_RECOGNISED
        record.partly_recognised += 1
        if bridgeable_for(w, b, person, alignment) and b.recognition_partial_months > 0:
            begun = max(w.month, training_ends(w, person))
            person.decides = min(begun + b.recognition_partial_months, NEVER)
            if person.stage == EMPLOYED:
                move(w, i, ADAPTING)
            return True
    person.decides = NEVER
    if bridgeable_for(w, b, person, alignment) and (
        luck_of(w, person, BRIDGING) < bridging_of(w, b, person, alignment)
    ):
        qualify(w, i)
        return True
    record.unrecognised += 1
    return not programme_terms(w, person.programme).regulated


@rule
def qualify(w, i):
    """Let an assistant do the work of the occupation, for its wage (E11)."""
    person = trainee_row(w, i)
    before = margin_of(w, person)
    person.marks &= 255 ^ ASSISTANT
    add_margin(w, person, margin_of(w, person) - before)
    add_assistants(w, person, -1)
    person.decides = NEVER
