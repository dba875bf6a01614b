"""Training institutions: quality and alignment of their curriculum (E6)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.view import RowAgent
from smpsim.compiled import rule
from smpsim.vocabulary import GRADES, PaidPer, place

PER_GRADUATE = place("graduate", PaidPer)
PER_PLACEMENT = place("placement", PaidPer)

INSTITUTION = np.dtype(
    [
        ("luck", "i8"),  # key of the group's luck, from its name
        ("group", "i8"),
        ("number", "i8"),  # in its group: identity for random draws
        ("quality", "f8"),  # q, 0 to 1
        ("alignment", "f8"),  # a, 0 to 1
        ("quality_from", "i8"),  # distribution from which quality was drawn
        ("alignment_from", "i8"),
        ("enrolled", "i8"),  # trainees now
        ("graduates", "i8"),  # visible record
        ("placements", "i8"),
        ("ended", "i8"),  # who left training, with an exam or not
        ("effort", "f8"),  # E19: 0 to 1, one half is what quality was drawn for
        ("graduates_before", "i8"),  # records a year ago
        ("placements_before", "i8"),
        ("ended_before", "i8"),
    ]
)

# a site is an institution that trains for one programme
SITE = np.dtype(
    [
        ("programme", "i8"),
        ("institution", "i8"),
        ("group", "i8"),  # of the institution
        ("enrolled", "i8"),  # trainees of the programme here
        ("waiting", "i8"),  # its graduates in the pool
        ("grades", "i8"),  # bit g: somebody waits in grade g
        ("top", "i8"),  # the best grade in which somebody waits, -1: nobody does
        ("in_grade", "i4", (GRADES,)),  # graduates who wait, by grade
    ]
)


@rule
def aligned(alignment, gain, engagement, alone, drift):
    """Return alignment after a month (E6).

    a' = a + (eta engagement + alone) (1 - a) - drift a a year, where `alone` is what schools do
    without employers.
    """
    change = (gain * engagement + alone) * (1.0 - alignment) - drift * alignment
    return min(max(alignment + change / 12.0, 0.0), 1.0)


@rule
def improved_quality(quality, assurance):
    """Return quality after a month of the origin's quality assurance."""
    return quality + assurance * (1.0 - quality) / 12.0


@rule
def chosen_effort(b, paid_per, graduate_rate, placement_rate):
    """Return the effort of an institution under a contract linear in what it is paid for (E19).

    The first-order condition with quadratic cost (Holmstrom and Milgrom 1991): pay x dP/de = c e.
    Success P is logistic in effort; per head enrolled P is 1 whatever is done, so that nothing is.
    """
    gained = 0.0
    if paid_per == PER_GRADUATE:
        gained = graduate_rate * (1.0 - graduate_rate)
    elif paid_per == PER_PLACEMENT:
        both = graduate_rate * placement_rate
        gained = both * (2.0 - graduate_rate - placement_rate)
    return min(b.effort_response * gained / b.effort_cost, 1.0)


@rule
def worked_quality(b, quality, effort):
    """Return teaching quality at an effort: its logit moves from that drawn for one half (E19)."""
    push = b.effort_quality * (2.0 * effort - 1.0)
    if push == 0.0 or quality <= 0.0 or quality >= 1.0:
        return quality
    odds = quality * math.exp(push)
    return odds / (1.0 - quality + odds)


@rule
def worked_noise(b, noise, effort):
    """Return the error of an institution's selection at an effort (E19)."""
    push = b.effort_selection * (2.0 * effort - 1.0)
    return noise if push == 0.0 else noise * math.exp(-push)


class Institution(RowAgent):
    """A training institution of the origin."""

    table = "institutions"
    fields = INSTITUTION
    read_only = ("group", "number", "quality_from", "alignment_from")
