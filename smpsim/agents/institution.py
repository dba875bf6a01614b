"""Training institutions: quality and alignment of their curriculum (E6)."""

from __future__ import annotations

import numpy as np

from smpsim.agents.view import RowAgent
from smpsim.compiled import rule
from smpsim.vocabulary import GRADES

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


class Institution(RowAgent):
    """A training institution of the origin."""

    table = "institutions"
    fields = INSTITUTION
    read_only = ("group", "number", "quality_from", "alignment_from")
