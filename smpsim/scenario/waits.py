"""How long employers wait for whom they hire, as far as the terms of a programme say it."""

from __future__ import annotations

from smpsim.scenario.programmes import Programme
from smpsim.scenario.quantities import median
from smpsim.scenario.schema import Scenario


def training_waited_for(programme: Programme) -> int:
    """Return the months of training that employers wait through, as they commit seats before."""
    return programme.training.months_before_departure if programme.demand == "committed" else 0


def wait_before_visa(scenario: Scenario, programme: Programme) -> float:
    """Return the months that an employer waits besides the visa office (E2)."""
    wait = float(programme.training.months_after_offer + programme.departure_months)
    if programme.recognition == "before_departure":
        wait += median(scenario.governments[programme.destination].recognition.months)
    return wait + training_waited_for(programme)


def expected_visa_delay(scenario: Scenario, programme: Programme) -> float:
    """Return the months at the visa office that are expected before anybody has met it."""
    lane = scenario.governments[programme.destination].visa.lanes[programme.visa_lane]
    delay = scenario.behaviour.channel.believed_months
    if lane.months is not None:
        delay = median(lane.months)
    return max(delay, float(lane.minimum_months))
