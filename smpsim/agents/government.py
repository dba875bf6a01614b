"""Governments: the visa office, recognition and adaptation (E11, E12 and E16)."""

from __future__ import annotations

import math

import numpy as np

from smpsim.agents.view import RowAgent
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE, Role, place

DESTINATION = place("destination", Role)

GOVERNMENT = np.dtype(
    [
        ("luck", "i8"),  # key of its luck, from its name
        ("granted_this_year", "i8"),
        ("capacity_factor", "f8"),  # E16: capacity and quota against the terms
        ("signal", "f8"),  # E16: placed against expected of intakes old enough, 0 to 1
        ("mood", "f8"),  # E16: factor on that, 1 at rest
        ("channel_is_open", "i8"),  # 1: a new channel has opened
        ("channel_hazard", "f8"),  # accumulated until then
        ("luck_channel", "f8"),  # exponential threshold of it
        ("gone", "i8"),  # people who left this origin this month
        ("outflow", "f8"),  # people a year, with the memory of a year
        ("kept_home", "f8"),  # E16: share of graduates kept at home besides the terms
        ("recognition_room", "f8"),  # procedures that can still be started
    ]
)

LANE = np.dtype(
    [
        ("luck", "i8"),  # key of its luck, from the names of country and lane
        ("lodged", "f8"),  # applications ever, background and trainees
        ("decided", "f8"),  # of these decided
        ("carried", "f8"),  # fraction of a background application
        ("waiting", "i8"),  # trainees in line
        ("wait_sum", "f8"),  # months waited by those decided this month
        ("wait_count", "i8"),
    ]
)


@inlined
def decided_up_to(decided, capacity, eligible):
    """Return the place in line up to which applications are decided this month (E12).

    First in, first out: the office moves `capacity` places forward, not beyond those whose
    statutory minimum is over (`eligible`). A fraction of a decision is carried while somebody
    waits; capacity that nobody uses is lost.
    """
    return max(decided, min(decided + capacity, eligible))


@rule
def recognition_probability(b, alignment):
    """Return the chance of full recognition, which rises with alignment (E11)."""
    if b.recognition_alignment_needed == NONE:
        return 1.0
    return 1.0 / (
        1.0 + math.exp(-(alignment - b.recognition_alignment_needed) / b.recognition_noise)
    )


@rule
def bridgeable(b, alignment):
    """Return whether the gap to the standard can be bridged in the project's time (E11)."""
    return 1.0 - alignment <= b.recognition_unbridgeable_gap


@rule
def bridging_probability(b, alignment):
    """Return the chance that a partial recognition becomes a full one in the end (E11)."""
    if b.recognition_unbridgeable_gap >= 1.0:
        return 1.0
    gap = 1.0 - alignment - b.recognition_unbridgeable_gap
    return 1.0 / (1.0 + math.exp(min(gap / b.recognition_noise, 700.0)))


@rule
def adapted_factor(factor, dialogue, responsiveness, signal, mood, lag):
    """Return the capacity factor after a month (E16).

    With dialogue, capacity follows demonstrated use with a lag, and lapses when use ends; a bad
    mood takes away from both.
    """
    target = (1.0 + dialogue * responsiveness * signal) * mood
    return factor + (target - factor) * (1.0 - math.exp(-1.0 / lag))


@rule
def public_mood(terms, without_notice, downturn):
    """Return the factor of public mood on capacity (E16).

    Less where many leave without notice, and where jobs are scarce.
    """
    push = terms.mood_without_notice * without_notice + terms.mood_downturn * downturn
    return 1.0 if push == 0.0 else min(math.exp(-push), 100.0)


@rule
def opening_hazard(terms, shown):
    """Return the hazard a month that a new channel opens, h0 + h1 x dialogue x use shown (E16)."""
    return terms.channel_opening + terms.channel_dialogue * terms.dialogue * shown


@rule
def kept_at_home(terms, kept, outflow, lag):
    """Return the share of graduates kept at home after a month: the brain-drain brake (E16).

    It follows, with the lag of a budget, what the outflow exceeds a tolerated part of the stock
    by, and falls again with it.
    """
    tolerated = terms.brake_stock * terms.brake_outflow_from
    target = min(max(terms.brake_strength * (outflow / tolerated - 1.0), 0.0), 1.0)
    return kept + (target - kept) * (1.0 - math.exp(-1.0 / lag))


class Government(RowAgent):
    """A destination or an origin."""

    table = "governments"
    fields = GOVERNMENT

    @property
    def name(self) -> str:
        """Name in the scenario."""
        return list(self.model.scenario.governments)[self.row]

    @property
    def role(self) -> str:
        """Side of the corridor, "destination" or "origin"."""
        return self.model.scenario.governments[self.name].role
