"""Whose gains count: every cohort is followed for the same time after its training (E15).

A cohort is the people of one intake. While its window is open, its members stand in the sums of
its programme from which gains follow; when the window ends, the cohort's sums leave them.
"""

from __future__ import annotations

import numpy as np

from smpsim.agents.trainee import (
    ADAPTING,
    EMPLOYED_BEFORE,
    EMPLOYED_ELSEWHERE,
    IN_TRAINING,
    RETURNED,
    WORKING_AT_ORIGIN,
)
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import FOLLOWED
from smpsim.world.growth import cohort_of
from smpsim.world.state import cohort_followed, cohort_row, followed, programme_row

# what the followed are doing; behind each kind stand those of it who had work before
TRAINING_NOW, ABROAD, AT_HOME, BACK = range(0, len(FOLLOWED), 2)
NO_GAIN = -1
CLOSED = -1  # end of a window that has ended


@inlined
def kind_of(stage):
    """Return what a person in a stage is doing, as far as gains follow from it."""
    if stage == IN_TRAINING:
        return TRAINING_NOW
    if ADAPTING <= stage <= EMPLOYED_ELSEWHERE:
        return ABROAD
    if stage == WORKING_AT_ORIGIN:
        return AT_HOME
    return BACK if stage == RETURNED else NO_GAIN


@rule
def follow(w, person, gone, come):
    """Count a person of a cohort that is followed out of one kind and into another."""
    cohort = cohort_of(w, person)
    if w.month >= cohort.ends:
        return
    p = np.int64(person.programme)
    k = programme_row(w, p).first_cohort + np.int64(person.intake)
    worked = 1 if person.marks & EMPLOYED_BEFORE else 0
    if gone != NO_GAIN:
        cohort_followed(w, k, gone + worked).value -= 1
        followed(w, p, gone + worked).value -= 1
    if come != NO_GAIN:
        cohort_followed(w, k, come + worked).value += 1
        followed(w, p, come + worked).value += 1


@rule
def add_margin(w, person, amount):
    """Change what sponsored workers are worth a month, if the person's cohort is followed."""
    cohort = cohort_of(w, person)
    if w.month < cohort.ends:
        cohort.margin += amount
        programme_row(w, person.programme).margin += amount


@rule
def add_assistants(w, person, people):
    """Change how many work as assistants, if the person's cohort is followed (E11)."""
    cohort = cohort_of(w, person)
    if w.month < cohort.ends:
        cohort.assistants += people
        programme_row(w, person.programme).assistants += people


@rule
def open_window(w, cohort, k, months):
    """Begin to follow a cohort that trains for so many months."""
    cohort.ends = w.month + months + w.follow_up
    cohort.margin = 0.0
    cohort.assistants = 0
    for kind in range(len(FOLLOWED)):
        cohort_followed(w, k, kind).value = 0


@rule
def close_windows(w, p):
    """Take the cohorts whose windows end with this month out of the sums of programme p."""
    record = programme_row(w, p)
    last = record.first_cohort + record.opened
    for k in range(record.first_followed, last):
        cohort = cohort_row(w, k)
        if cohort.ends == CLOSED or cohort.ends > w.month:
            continue
        for kind in range(len(FOLLOWED)):
            followed(w, p, kind).value -= cohort_followed(w, k, kind).value
        record.margin -= cohort.margin
        record.assistants -= cohort.assistants
        cohort.ends = CLOSED
    while record.first_followed < last and cohort_row(w, record.first_followed).ends == CLOSED:
        record.first_followed += 1


@rule
def anybody_followed(w):
    """Return whether the window of a cohort is open."""
    for p in range(w.programme_count):
        record = programme_row(w, p)
        if record.first_followed < record.first_cohort + record.opened:
            return True
    return False
