"""Legal channels of migration: whether one is open, and when it opens, which is public (E2, E5)."""

from __future__ import annotations

import math

from smpsim.agents.programme import NEW_CHANNEL, NO_CHANNEL
from smpsim.compiled import inlined, rule
from smpsim.vocabulary import NONE
from smpsim.world.state import government_row, government_terms, programme_terms


@inlined
def opening_month(government):
    """Return the month in which a new channel opens, by the terms of its government."""
    return government.new_channel_months * (1.0 - 0.5 * government.dialogue)


@inlined
def channel_open(w, p):
    """Return whether migrants of the programme can use a legal channel this month."""
    terms = programme_terms(w, p)
    if terms.channel == NO_CHANNEL:
        return False
    if terms.channel == NEW_CHANNEL:
        government = government_terms(w, terms.government)
        if government.channel_opening != NONE:
            return government_row(w, terms.government).channel_is_open != 0
        return w.month >= opening_month(government)
    return True


@rule
def months_until_open(w, p, by_chance):
    """Return the months until a legal channel is open, which everybody knows; `inf`: never.

    `by_chance` is counted with where a channel opens by chance and has not yet (E16).
    """
    terms = programme_terms(w, p)
    government = government_terms(w, terms.government)
    if terms.channel == NO_CHANNEL or government.visa_quota_per_year == 0:
        return math.inf
    if terms.channel != NEW_CHANNEL:
        return 0.0
    if government.channel_opening != NONE:
        return 0.0 if government_row(w, terms.government).channel_is_open else by_chance
    return max(opening_month(government) - w.month, 0.0)
