"""A person's luck and moves: what every step of a life course needs."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.trainee import ENDED, NEVER, WORKING_AT_ORIGIN
from smpsim.compiled import inlined, rule
from smpsim.world.followed import follow, kind_of
from smpsim.world.luck import PERSON, four_numbers, uniform
from smpsim.world.state import entered, flow, headcount, programme_row, trainee_row

BLOCKS_OF_A_PERSON = 65536  # so many blocks of decisions before those of the next intake begin


@inlined
def luck_of(w, person, decision):
    """Return U(person, decision)."""
    key = programme_row(w, person.programme).luck
    which = decision + np.int64(person.intake) * 4 * BLOCKS_OF_A_PERSON
    return uniform(w, PERSON, key, np.int64(person.number), which)


@inlined
def numbers_of_applicant(w, p, intake, number, block):
    """Return the four numbers of a block of decisions of somebody who applies."""
    key = programme_row(w, p).luck
    return four_numbers(w, PERSON, key, number, block + intake * BLOCKS_OF_A_PERSON)


@inlined
def whole_months(months):
    """Return the month, counted from 1, in which something due after `months` happens."""
    return NEVER if months > 10000.0 else max(1, math.ceil(months - 1e-9))


@rule
def give_up(w, p, failure):
    """Let time stand still, as a rule gave programme p a number that is not sound."""
    w.failure = failure
    w.failed_programme = p


@inlined
def move(w, i, stage):
    """Let person i enter a stage in this month."""
    person = trainee_row(w, i)
    p = np.int64(person.programme)
    before = np.int64(person.stage)
    headcount(w, p, before).value -= 1
    headcount(w, p, stage).value += 1
    flow(w, p, before, stage).value += 1
    person.stage = stage
    # the last stages end the way to a placement
    if stage >= WORKING_AT_ORIGIN:
        person.gone = w.month
    gone, come = kind_of(before), kind_of(stage)
    if gone != come:
        follow(w, person, gone, come)
    if w.keep_life:
        entered(w, i, min(stage, ENDED)).value = w.month
