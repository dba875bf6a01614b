"""What will surely disappoint in a scenario, said before anything is run.

A scenario may be valid and still hold a design that cannot work as meant: training that outlasts
what employers wait for, more seats than the schools have, a lever that nothing is fastened to. What
is said here follows from the terms at the start of the run; nothing is simulated.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from smpsim.scenario.levers import idle_levers
from smpsim.scenario.places import EmployerGroup, Poisson
from smpsim.scenario.programmes import Programme
from smpsim.scenario.quantities import Distribution, median
from smpsim.scenario.schema import Scenario
from smpsim.scenario.waits import expected_visa_delay, training_waited_for, wait_before_visa

MOST_LOST = 0.5
"""From this share of a group on, what does not suit it is worth a word."""
LATE = 0.25
"""From this share of the intakes on, those that end after the run are worth a word."""
TENTHS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "all")
_GRID = (np.arange(1000) + 0.5) / 1000


@dataclass(frozen=True)
class Caution:
    """Something that will surely disappoint.

    Parameters
    ----------
    key : str
        Key path of the value that it is about.
    text : str
        In a sentence or two.
    """

    key: str
    text: str

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


def cautions(scenario: Scenario, programme: str | None = None) -> list[Caution]:
    """Return what will surely disappoint, by programme.

    Parameters
    ----------
    scenario : Scenario
    programme : str, optional
        Only of this one; of all when left out.

    Examples
    --------
    >>> from smpsim.scenario import load
    >>> found = cautions(load("bare_pipeline", {"programmes.pilot.channel": "none"}))
    >>> [one.key for one in found]
    ['programmes.pilot.channel']
    """
    found: list[Caution] = []
    for design in scenario.programmes:
        if programme in (None, design.name):
            for check in _CHECKS:
                found += check(scenario, design)
    return list(dict.fromkeys(found))


def _key(design: Programme, tail: str) -> str:
    return f"programmes.{design.name}.{tail}"


def _groups(scenario: Scenario, design: Programme) -> list[EmployerGroup]:
    return [one for one in scenario.employers if one.name in design.employers]


def share_below(found: Distribution, value: float) -> float:
    """Return the share of draws below a value."""
    return float((np.asarray(found.quantile(_GRID)) < value).mean())


def _of_ten(share: float) -> str:
    """Return a share in words, never more than it is."""
    tenths = math.floor(10 * share + 1e-9)
    return "all" if tenths == 10 else f"{TENTHS[tenths]} in ten"


def _months(value: float) -> str:
    return f"{value:.3g} {'month' if value == 1 else 'months'}"


def _patience(scenario: Scenario, design: Programme) -> Iterator[Caution]:
    """Employers wait less long than it takes until somebody arrives."""
    delay = expected_visa_delay(scenario, design)
    wait = wait_before_visa(scenario, design) + delay
    training = training_waited_for(design)
    for group in _groups(scenario, design):
        if group.patience_months is None:
            continue
        lost = share_below(group.patience_months, wait)
        if lost < MOST_LOST:
            continue
        middle = median(group.patience_months)
        waits = f"{group.name} would wait (median {_months(middle)})"
        alone = share_below(group.patience_months, training)
        if training and alone >= MOST_LOST:
            text = (
                f"Training takes {_months(training)}, longer than {_of_ten(alone)} of the "
                f"{waits}. They commit seats before it begins, and so wait until it ends."
            )
        else:
            text = (
                f"Until somebody arrives, {_months(wait)} pass, including a visa delay of "
                f"{_months(delay)} as expected at first: longer than {_of_ten(lost)} of the "
                f"{waits}."
            )
        yield Caution(f"employers.{group.name}.patience_months", text)


def _willingness(scenario: Scenario, design: Programme) -> Iterator[Caution]:
    """Warn of a fee that alone is more than employers pay."""
    for group in _groups(scenario, design):
        if group.willingness_to_pay is None or not design.fee_per_recruit:
            continue
        lost = share_below(group.willingness_to_pay, design.fee_per_recruit)
        if lost >= MOST_LOST:
            yield Caution(
                _key(design, "fee_per_recruit"),
                f"The fee alone is more than the most that {_of_ten(lost)} of the {group.name} "
                "would pay for a recruit.",
            )


def _room(scenario: Scenario, design: Programme) -> Iterator[Caution]:
    """More people are to be in training at a time than the schools have seats."""
    schools = [one for one in scenario.institutions if one.name in design.institutions]
    if any(one.seats is None for one in schools):
        return
    room = sum(one.count * (one.seats or 0) for one in schools)
    intakes = design.intakes
    together = math.ceil(design.training.months_before_departure / intakes.every_months)
    together = min(max(together, 1), intakes.number)
    wanted = intakes.seats * together
    if wanted > room:
        many = "one intake" if together == 1 else f"{together} intakes in training at a time"
        yield Caution(
            _key(design, "intakes.seats"),
            f"{many[0].upper()}{many[1:]} would have {wanted:,.0f} people, but the schools have "
            f"room for {room:,.0f}.",
        )


def _abroad(scenario: Scenario, design: Programme) -> float:
    """Return the share of graduates who are not meant for the home market."""
    origins = [one.origin for one in scenario.institutions if one.name in design.institutions]
    kept = max(scenario.governments[one].domestic_share for one in origins)
    return 1.0 - max(kept, design.domestic_track_share)


def _visas(scenario: Scenario, design: Programme) -> Iterator[Caution]:
    """No channel, a quota below the seats, or an office that others keep busy."""
    abroad, intakes = _abroad(scenario, design), design.intakes
    if not abroad:
        return
    if design.channel == "none":
        yield Caution(
            _key(design, "channel"),
            "There is no legal channel, so nobody can leave and be placed.",
        )
        return
    visa = scenario.governments[design.destination].visa
    place = f"governments.{design.destination}.visa"
    seats = abroad * intakes.seats * min(12 / intakes.every_months, intakes.number)
    if visa.quota_per_year is not None and visa.quota_per_year < seats:
        yield Caution(
            f"{place}.quota_per_year",
            f"A quota of {visa.quota_per_year:,} visas a year is less than the {seats:,.0f} seats "
            f"a year of {design.name}.",
        )
    lane = visa.lanes[design.visa_lane]
    own = f"{place}.lanes.{design.visa_lane}"
    if lane.refusal >= 1:
        yield Caution(f"{own}.refusal", "Every application is refused.")
    if lane.decisions_per_month is not None and lane.months is None:
        left = lane.decisions_per_month - lane.background_per_month
        if left <= 0:
            yield Caution(
                f"{own}.decisions_per_month",
                f"The office decides {lane.decisions_per_month:,.4g} applications a month, and "
                f"{lane.background_per_month:,.4g} come from others: its queue grows without end.",
            )


def _vacancies(scenario: Scenario, design: Programme) -> Iterator[Caution]:
    """Employers have fewer posts that fit than seats are planned, over all intakes."""
    groups = _groups(scenario, design)
    years = scenario.months / 12
    open_in_all = 0.0
    for one in groups:
        yearly = one.vacancies_per_year
        yearly = yearly.poisson if isinstance(yearly, Poisson) else yearly
        open_in_all += one.count * (one.initial_vacancies + years * yearly)
    posts = design.occupation_match * open_in_all
    seats = _abroad(scenario, design) * design.intakes.seats * design.intakes.number
    if posts < seats and design.channel != "none":
        who = " and ".join(one.name for one in groups) or "no employers"
        yield Caution(
            _key(design, "employers"),
            f"Over the whole run, {posts:,.0f} suitable vacancies open ({who}), but {seats:,.0f} "
            "seats are planned for work abroad.",
        )


def _horizon(scenario: Scenario, design: Programme) -> Iterator[Caution]:
    """Intakes that end after the horizon."""
    origins = [one.origin for one in scenario.institutions if one.name in design.institutions]
    start = design.setup_months + max(scenario.governments[one].setup_months for one in origins)
    wait = wait_before_visa(scenario, design) - training_waited_for(design)
    lane = scenario.governments[design.destination].visa.lanes[design.visa_lane]
    path = design.training.months_before_departure + wait + lane.minimum_months
    intakes = design.intakes
    begins = [start + n * intakes.every_months for n in range(intakes.number)]
    late = sum(begin + path >= scenario.months for begin in begins)
    # of a programme that goes on, the last intakes always do
    if late and late >= LATE * intakes.number:
        yield Caution(
            "months",
            f"{late} of {intakes.number} intakes of {design.name} cannot complete training and "
            f"visa within the {scenario.months} months of the run: nobody in them can be placed.",
        )


def _pay(scenario: Scenario, design: Programme) -> Iterator[Caution]:
    """Work abroad pays less than at home."""
    wages = design.wages
    net = wages.destination * (1 - wages.tax)
    if 0 < net < wages.origin and _abroad(scenario, design):
        yield Caution(
            _key(design, "wages.destination"),
            f"After tax, a month abroad pays {net:,.0f}, less than the {wages.origin:,.0f} at "
            "home: hardly anybody has a reason to go.",
        )


def _late(scenario: Scenario, design: Programme) -> Iterator[Caution]:
    """Employers who come in after the run."""
    if design.employer_involvement == "late" and design.late_from_month >= scenario.months:
        yield Caution(
            _key(design, "late_from_month"),
            f"The run ends after {scenario.months} months, before any employer comes in.",
        )


def _idle(scenario: Scenario, design: Programme) -> Iterator[Caution]:
    """Levers that are pulled and cannot act."""
    for lever in idle_levers(scenario, design):
        if lever.pulled:
            yield Caution(lever.key, f"Has no effect: {lever.why}.")


_CHECKS = (_patience, _willingness, _room, _visas, _vacancies, _horizon, _pay, _late, _idle)
