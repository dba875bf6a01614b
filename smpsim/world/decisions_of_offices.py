"""Decisions of institutions and governments, each a function that a user's rule can replace.

See `smpsim.world.decisions_of_people`.
"""

from __future__ import annotations

from smpsim.agents.government import (
    adapted_factor,
    bridgeable,
    bridging_probability,
    decided_up_to,
    kept_at_home,
    opening_hazard,
    public_mood,
    recognition_probability,
)
from smpsim.agents.institution import aligned, chosen_effort, improved_quality
from smpsim.compiled import inlined
from smpsim.world.state import government_row, government_terms, institution_row, lane_terms


@inlined
def own_curricula():
    """Return whether curricula or teaching follow a user's rule, whatever the parameters."""
    return False


@inlined
def own_capacity():
    """Return whether capacity follows a user's rule, whatever dialogue and responsiveness."""
    return False


@inlined
def alignment_of(w, b, i, gain, engagement, alone):
    """Return the alignment of an institution after a month (E6)."""
    return aligned(institution_row(w, i).alignment, gain, engagement, alone, b.alignment_drift)


@inlined
def quality_of(w, i, assurance):
    """Return the quality of an institution after a month (E6)."""
    return improved_quality(institution_row(w, i).quality, assurance)


@inlined
def recognition_of(w, b, person, alignment):
    """Return the chance of full recognition (E11)."""
    return recognition_probability(b, alignment)


@inlined
def bridgeable_for(w, b, person, alignment):
    """Return whether the gap to the standard can be bridged in the project's time (E11)."""
    return bridgeable(b, alignment)


@inlined
def bridging_of(w, b, person, alignment):
    """Return the chance that a partial recognition becomes a full one in the end (E11)."""
    return bridging_probability(b, alignment)


@inlined
def decisions_of(w, lane, number, capacity, eligible):
    """Return the place in line up to which a lane decides this month (E12)."""
    return decided_up_to(lane.decided, capacity, eligible)


@inlined
def refusal_of(w, person, number):
    """Return the chance that an application is refused (E12)."""
    return lane_terms(w, number).refusal


@inlined
def priority_of(w, person, number):
    """Return the priority of an application, the same for all: first come, first served (E12)."""
    return 0.0


@inlined
def order_line(w, number, eligible):
    """Leave the line of a lane in the order of arrival (E12)."""


@inlined
def capacity_of(w, b, g):
    """Return the capacity factor of a government after a month (E16)."""
    government = government_row(w, g)
    return adapted_factor(
        government.capacity_factor,
        government_terms(w, g).dialogue,
        b.adaptation_responsiveness,
        government.signal,
        government.mood,
        b.adaptation_lag_months,
    )


@inlined
def mood_of(w, g, without_notice, downturn):
    """Return the factor of public mood on capacity and quota (E16)."""
    return public_mood(government_terms(w, g), without_notice, downturn)


@inlined
def opening_of(w, g, shown):
    """Return the hazard a month that a new channel opens (E16)."""
    return opening_hazard(government_terms(w, g), shown)


@inlined
def kept_of(w, b, g, outflow):
    """Return the share of graduates that an origin keeps at home besides its terms (E16)."""
    kept = government_row(w, g).kept_home
    return kept_at_home(government_terms(w, g), kept, outflow, b.adaptation_lag_months)


@inlined
def effort_of(w, b, i, paid_per, graduate_rate, placement_rate):
    """Return the effort of an institution in the year that begins (E19)."""
    return chosen_effort(b, paid_per, graduate_rate, placement_rate)
