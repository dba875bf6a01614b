"""Checks across sections: names that must exist elsewhere, and sizes that fit a computer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from smpsim.messages import nearest, shown_list
from smpsim.scenario.keypaths import KeyPath
from smpsim.scenario.places import EmployerGroup
from smpsim.scenario.programmes import Programme
from smpsim.scenario.schema import Scenario

MOST_PEOPLE = 20_000_000
"""People of one run: about the memory of a large computer."""

MOST_SITES = 65_535
"""Institutions of all programmes: what the number of a trainee's site has room for."""
MOST_PROGRAMMES = 1000
MOST_PAIRS = 100_000_000
"""Pairs of an employer and an institution: each has its trust, which takes memory."""

Fault = tuple[KeyPath, str]


@dataclass(frozen=True)
class _Known:
    """The names that sections may refer to, gathered once: a file may have thousands of them."""

    governments: Mapping[str, dict[str, None]]
    institutions: dict[str, None]
    employers: dict[str, EmployerGroup]
    by_country: dict[str, list[str]]

    @classmethod
    def of(cls, scenario: Scenario) -> _Known:
        governments: dict[str, dict[str, None]] = {"origin": {}, "destination": {}}
        for key, one in scenario.governments.items():
            governments[one.role][key] = None
        employers = {group.name: group for group in scenario.employers}
        here: dict[str, list[str]] = {}
        for name, group in employers.items():
            here.setdefault(group.country, []).append(name)
        institutions = dict.fromkeys(group.name for group in scenario.institutions)
        return cls(governments, institutions, employers, here)


def check_references(scenario: Scenario) -> list[Fault]:
    """Return what the sections of a scenario say about each other that does not fit.

    Parameters
    ----------
    scenario : Scenario
        Valid by itself, section by section.

    Returns
    -------
    list of (path, message)
        Key path with indices, and what was found and is allowed there; empty when all fits.
    """
    known = _Known.of(scenario)
    return [
        *_repeated_names(scenario),
        *_places(scenario, known),
        *(
            fault
            for index, programme in enumerate(scenario.programmes)
            for fault in _programme(scenario, ("programmes", index), programme, known)
        ),
        *_timeline(scenario),
        *_size(scenario),
        *_pairs(scenario),
    ]


def estimated_people(programme: Programme, scenario: Scenario) -> float:
    """Return the most people that a programme can have: applicants of all intakes together."""
    intakes = programme.intakes
    applicants = intakes.seats * intakes.applicants_per_seat * intakes.number
    trained = set(programme.institutions)
    groups = [group for group in scenario.institutions if group.name in trained]
    origins = [scenario.governments.get(group.origin) for group in groups]
    # an origin that does not exist is another fault, reported elsewhere
    applicants *= max((origin.outreach for origin in origins if origin), default=1.0)
    behaviour = scenario.behaviour
    return applicants * behaviour.selection.largest_response * behaviour.scaling.largest_growth


def _repeated_names(scenario: Scenario) -> Iterator[Fault]:
    for kind in ("institutions", "employers", "programmes"):
        names: set[str] = set()
        for index, section in enumerate(getattr(scenario, kind)):
            if section.name in names:
                yield (kind, index, "name"), f"got {section.name!r} twice; allowed: different names"
            names.add(section.name)


def _places(scenario: Scenario, known: _Known) -> Iterator[Fault]:
    for index, institution in enumerate(scenario.institutions):
        path = ("institutions", index, "origin")
        yield from _government(known, path, institution.origin, "origin")
    for index, employer in enumerate(scenario.employers):
        path = ("employers", index, "country")
        yield from _government(known, path, employer.country, "destination")


def _programme(
    scenario: Scenario, path: KeyPath, programme: Programme, known: _Known
) -> Iterator[Fault]:
    destination = programme.destination
    yield from _government(known, (*path, "destination"), destination, "destination")
    yield from _groups((*path, "institutions"), programme.institutions, known.institutions)
    yield from _groups((*path, "employers"), programme.employers, known.employers)
    if destination in known.governments["destination"]:
        yield from _employers_elsewhere((*path, "employers"), programme, known)
        lanes = scenario.governments[destination].visa.lanes
        if programme.visa_lane not in lanes:
            allowed = f"a lane of {destination}: {shown_list(lanes)}"
            yield _name((*path, "visa_lane"), programme.visa_lane, allowed, lanes)
    kind, months = programme.contract.kind, programme.contract.months
    if kind != "permanent" and months is None:
        message = f"no length for a {kind} contract; allowed: a whole number from 1 to 600"
        yield (*path, "contract", "months"), f"{message} [months]"
    if programme.demand == "committed" and not programme.employers:
        message = "got 'committed' without employers; allowed: pool, or at least one employer"
        yield (*path, "demand"), message


def _employers_elsewhere(path: KeyPath, programme: Programme, known: _Known) -> Iterator[Fault]:
    here = known.by_country.get(programme.destination, [])
    for index, name in enumerate(programme.employers):
        country = known.employers[name].country if name in known.employers else None
        # a country that does not exist is reported where it is named
        if country != programme.destination and country in known.governments["destination"]:
            allowed = f"employers in {programme.destination}: {shown_list(here)}"
            yield (*path, index), f"got {name!r} in {country}; allowed: {allowed}"


def _groups(path: KeyPath, names: list[str], known: Collection[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name not in known:
            yield _name((*path, index), name, shown_list(known), known)
        elif name in seen:
            yield (*path, index), f"got {name!r} twice; allowed: once"
        seen.add(name)


def _government(known: _Known, path: KeyPath, name: str, role: str) -> Iterator[Fault]:
    fitting = known.governments[role]
    if name not in fitting:
        allowed = f"a government with role {role}: {shown_list(fitting)}"
        yield _name(path, name, allowed, fitting)


def _name(path: KeyPath, found: str, allowed: str, known: Collection[str]) -> Fault:
    return path, f"got {found!r}; allowed: {allowed}{nearest(found, known)}"


def _timeline(scenario: Scenario) -> Iterator[Fault]:
    for index, change in enumerate(scenario.timeline):
        if change.month >= scenario.months:
            allowed = f"a month from 0 to {scenario.months - 1}, within the horizon"
            yield ("timeline", index, "month"), f"got {change.month}; allowed: {allowed}"


def _size(scenario: Scenario) -> Iterator[Fault]:
    sizes = {group.name: group.count for group in scenario.institutions}
    sites = [sum(sizes.get(n, 0) for n in set(p.institutions)) for p in scenario.programmes]
    if sum(sites) > MOST_SITES:
        largest = sites.index(max(sites))
        message = (
            f"got {sum(sites):,} institutions in all programmes, each counted in every programme; "
            f"allowed: {MOST_SITES:,}"
        )
        yield ("programmes", largest, "institutions"), message
    if len(scenario.programmes) > MOST_PROGRAMMES:
        message = f"got {len(scenario.programmes):,} programmes; allowed: {MOST_PROGRAMMES:,}"
        yield ("programmes",), message
    people = [estimated_people(programme, scenario) for programme in scenario.programmes]
    if sum(people) > MOST_PEOPLE:
        largest = people.index(max(people))
        message = (
            f"got up to {sum(people):,.0f} people in all programmes (seats x applicants_per_seat "
            f"x outreach x number x largest_response x largest_growth); allowed: {MOST_PEOPLE:,}"
        )
        yield ("programmes", largest, "intakes"), message


def _pairs(scenario: Scenario) -> Iterator[Fault]:
    employers = [group.count for group in scenario.employers]
    institutions = sum(group.count for group in scenario.institutions)
    if sum(employers) * institutions > MOST_PAIRS:
        largest = employers.index(max(employers))
        message = (
            f"got {sum(employers):,} employers x {institutions:,} institutions in all groups; "
            f"allowed: {MOST_PAIRS:,} pairs"
        )
        yield ("employers", largest, "count"), message
