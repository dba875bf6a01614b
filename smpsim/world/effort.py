"""How hard institutions work for what they are paid for (E19)."""

from __future__ import annotations

from smpsim.agents.institution import PER_PLACEMENT, worked_noise, worked_quality
from smpsim.agents.programme import selection_noise
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE, Selection, place
from smpsim.world.decisions_of_offices import effort_of
from smpsim.world.growth import cohort_of
from smpsim.world.state import (
    behaviour,
    institution_row,
    institution_terms,
    programme_row,
    programme_terms,
    site_row,
)

BY_INSTITUTION = place("institution", Selection)
MIDDLING = 0.5  # effort for which quality was drawn, and what is expected before any record


@rule
def begin_effort(w, i):
    """Set the effort of the first year, before there is a record (E19)."""
    institution = institution_row(w, i)
    paid_per = institution_terms(w, institution.group).paid_per
    institution.effort = MIDDLING
    if paid_per != NONE:
        institution.effort = effort_of(w, behaviour(w), i, paid_per, MIDDLING, MIDDLING)


@rule
def work_by_the_record(w, i):
    """Choose the effort of the year that begins by what the last one showed (E19)."""
    institution = institution_row(w, i)
    paid_per = institution_terms(w, institution.group).paid_per
    if paid_per == NONE:
        institution.effort = MIDDLING
        return
    ended = institution.ended - institution.ended_before
    graduates = institution.graduates - institution.graduates_before
    placements = institution.placements - institution.placements_before
    if ended > 0:
        passed = min(graduates / ended, 1.0)
        placed = min(placements / graduates, 1.0) if graduates > 0 else MIDDLING
        institution.effort = effort_of(w, behaviour(w), i, paid_per, passed, placed)
    institution.ended_before = institution.ended
    institution.graduates_before = institution.graduates
    institution.placements_before = institution.placements


@inlined
def quality_of_work(w, institution):
    """Return the teaching quality of an institution at its present effort (E19)."""
    return worked_quality(behaviour(w), institution.quality, institution.effort)


@inlined
def quality_for(w, person, institution):
    """Return the teaching quality that a person meets: less in an intake that grew fast (E17)."""
    return quality_of_work(w, institution) * cohort_of(w, person).quality


@rule
def gain_of_work(w, i):
    """Return eta of an institution itself: what isn't paid for isn't done (E19)."""
    institution = institution_row(w, i)
    if institution_terms(w, institution.group).paid_per != PER_PLACEMENT:
        return 0.0
    return behaviour(w).effort_alignment * institution.effort


@rule
def noise_of_selection(w, p):
    """Return the error with which a programme observes aptitude (E5, E19)."""
    b = behaviour(w)
    selection = programme_terms(w, p).selection
    noise = selection_noise(b, selection)
    if selection != BY_INSTITUTION or b.effort_selection == 0.0:
        return noise
    record = programme_row(w, p)
    effort = 0.0
    for s in range(record.first_site, record.first_site + record.sites):
        effort += institution_row(w, site_row(w, s).institution).effort
    return worked_noise(b, noise, effort / record.sites)
