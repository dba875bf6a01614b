"""From a scenario to the tables of a world.

A `Blueprint` holds what all replications of a scenario share: the terms of each segment of its
timeline, the tabulated distributions, the network of employers and the sizes of the tables.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx
import numpy as np

from smpsim.agents.belief import BELIEF
from smpsim.agents.employer import EMPLOYER, EMPLOYER_GROUP, PARTNERSHIP
from smpsim.agents.government import LANE
from smpsim.agents.institution import INSTITUTION, SITE
from smpsim.agents.programme import PROGRAMME
from smpsim.scenario.loading import segments
from smpsim.scenario.places import EmployerGroup, InstitutionGroup
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.schema import Scenario
from smpsim.world.tabulated import Quantiles
from smpsim.world.terms import (
    build_terms,
    intake_at_first,
    lanes_of,
    origin_terms,
    people_at_first,
)

MOST_TRUST_BYTES = 4 * 2**30


@dataclass(frozen=True)
class Blueprint:
    """What all runs of a scenario share.

    Attributes
    ----------
    scenario : Scenario
    plan : list of dict of ndarray
        The tables of terms of each segment of the timeline.
    plan_months : ndarray of int, shape (segments,)
    plan_news : ndarray of int, shape (segments,)
        1 where the terms differ from those before.
    quantiles : ndarray of float, shape (distributions, 1 + knots)
    employers, employer_groups, institutions, sites, partnerships, programmes, lanes : ndarray
        Rows with identities filled in.
    partner_of : ndarray of int, shape (programmes, employers)
    neighbours_start, neighbours : ndarray of int
        The network of employers as a compressed adjacency.
    cohorts : int
        Intakes of all programmes that can open within the horizon.
    end : int
        Month in which the window of the last cohort can end; the horizon, if that is later.
    rows : int
        People for whom a world has rows at first; it makes more as more apply.
    intake_rows : int
        The same of the applicants of one intake.
    """

    scenario: Scenario
    plan: list[dict[str, np.ndarray]]
    plan_months: np.ndarray
    plan_news: np.ndarray
    quantiles: np.ndarray
    employers: np.ndarray
    employer_groups: np.ndarray
    institutions: np.ndarray
    sites: np.ndarray
    partnerships: np.ndarray
    programmes: np.ndarray
    lanes: np.ndarray
    partner_of: np.ndarray
    neighbours_start: np.ndarray
    neighbours: np.ndarray
    cohorts: int
    end: int
    rows: int
    intake_rows: int


def luck_keys(names: Sequence[str]) -> np.ndarray:
    """Return for each name the key of its luck: 28 bits of a hash, unlike for unlike names.

    Luck that followed the place in a file would change for everybody when a section is put
    before others.
    """
    keys: dict[int, str] = {}
    for name in names:
        text = name
        while (key := _hashed(text)) in keys:
            text += "\0"
        keys[key] = name
    return np.array(list(keys), np.int64)


def _hashed(text: str) -> int:
    digest = hashlib.blake2b(text.encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little") >> 4


def _differs(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> bool:
    return any(before[name].tobytes() != after[name].tobytes() for name in after)


def members(groups: Sequence[EmployerGroup | InstitutionGroup], dtype: np.dtype) -> np.ndarray:
    """Return one zeroed row for each member of groups, numbered in each group."""
    counts = [group.count for group in groups]
    rows = np.zeros(sum(counts), dtype)
    rows["group"] = np.repeat(np.arange(len(counts)), counts)
    rows["number"] = np.concatenate([np.arange(n) for n in counts]) if counts else []
    rows["luck"] = np.repeat(luck_keys([group.name for group in groups]), counts)
    return rows


def network(scenario: Scenario, seed: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Link employers of a sector in a small world (Watts and Strogatz 1998), by networkx.

    Parameters
    ----------
    scenario : Scenario
    seed : int, optional
        Of the links; the scenario's own when left out.

    Returns
    -------
    start : ndarray of int, shape (employers + 1,)
    neighbours : ndarray of int
        Those of employer e stand at ``start[e]:start[e + 1]``.
    """
    awareness = scenario.behaviour.awareness
    first_seed = scenario.seed if seed is None else seed
    sectors: dict[str, list[int]] = {}
    first = 0
    for group in scenario.employers:
        sectors.setdefault(group.sector, []).extend(range(first, first + group.count))
        first += group.count
    links: list[list[int]] = [[] for _ in range(first)]
    for sector, employers in sectors.items():
        degree = min(awareness.network_neighbours, len(employers) - 1)
        if degree < 1:
            continue
        if degree == len(employers) - 1:
            graph = nx.complete_graph(len(employers))
        else:
            # an odd degree would be rounded down by the ring lattice
            degree = max(2, degree + degree % 2)
            degree = min(degree, len(employers) - 1)
            own = int(first_seed + luck_keys([sector])[0]) % 2**32
            graph = nx.watts_strogatz_graph(
                len(employers), degree, awareness.network_rewiring, seed=own
            )
        for a, b in graph.edges:
            links[employers[a]].append(employers[b])
            links[employers[b]].append(employers[a])
    start = np.zeros(first + 1, np.int64)
    start[1:] = np.cumsum([len(found) for found in links])
    return start, np.array([n for found in links for n in sorted(found)], np.int64)


def blueprint(scenario: Scenario, seed: int | None = None) -> Blueprint:
    """Turn a validated scenario into what its runs share.

    Parameters
    ----------
    scenario : Scenario
    seed : int, optional
        Of the runs, which the network of employers has too; the scenario's own when left out.

    Raises
    ------
    ScenarioError
        If the tables would not fit into memory.
    """
    quantiles = Quantiles()
    parts = segments(scenario)
    plan = [build_terms(part, quantiles) for _, part in parts]

    employers = members(scenario.employers, EMPLOYER)
    institutions = members(scenario.institutions, INSTITUTION)
    if len(employers) * len(institutions) * BELIEF.itemsize > MOST_TRUST_BYTES:
        found = f"{len(employers):,} employers x {len(institutions):,} institutions"
        raise ScenarioError(
            [Problem("", 0, 0, "employers", f"got {found}; allowed: 100 million pairs at most")]
        )
    site_rows: list[tuple[int, int]] = []
    partner_rows: list[tuple[int, int]] = []
    programmes = np.zeros(len(scenario.programmes), PROGRAMME)
    programmes["luck"] = luck_keys([programme.name for programme in scenario.programmes])
    lanes = np.zeros(len(plan[0]["lane_terms"]), LANE)
    countries = list(scenario.governments)
    lanes["luck"] = luck_keys([f"{countries[g]}/{name}" for g, name in lanes_of(scenario)])
    # no more intakes than months, whatever a plan says
    cohorts = [min(programme.intakes.number, scenario.months) for programme in scenario.programmes]
    programmes["first_cohort"] = np.cumsum([0, *cohorts[:-1]])
    partner_of = np.full((len(programmes), len(employers)), -1, np.int64)
    institution_names = [g.name for g in scenario.institutions]
    employer_names = [g.name for g in scenario.employers]
    for p, programme in enumerate(scenario.programmes):
        programmes[p]["first_site"] = len(site_rows)
        programmes[p]["first_partnership"] = len(partner_rows)
        trains = [institution_names.index(n) for n in programme.institutions]
        hires = [employer_names.index(n) for n in programme.employers]
        for i in np.flatnonzero(np.isin(institutions["group"], trains)):
            site_rows.append((p, int(i)))
        for e in np.flatnonzero(np.isin(employers["group"], hires)):
            partner_of[p, e] = len(partner_rows)
            partner_rows.append((p, int(e)))
        programmes[p]["sites"] = len(site_rows) - programmes[p]["first_site"]
        programmes[p]["partnerships"] = len(partner_rows) - programmes[p]["first_partnership"]
    sites = np.zeros(len(site_rows), SITE)
    sites["programme"] = [p for p, _ in site_rows]
    sites["institution"] = [i for _, i in site_rows]
    sites["group"] = institutions["group"][sites["institution"]]
    partnerships = np.zeros(len(partner_rows), PARTNERSHIP)
    partnerships["programme"] = [p for p, _ in partner_rows]
    partnerships["employer"] = [e for _, e in partner_rows]
    start, neighbours = network(scenario, seed)
    sizes = [group.count for group in scenario.employers]
    groups = np.zeros(len(sizes), EMPLOYER_GROUP)
    sectors = list(dict.fromkeys(group.sector for group in scenario.employers))
    of_sector = dict(zip(sectors, luck_keys(sectors), strict=True))
    groups["sector_luck"] = [of_sector[group.sector] for group in scenario.employers]
    groups["end"] = np.cumsum(sizes)
    groups["first"] = groups["end"] - sizes
    return Blueprint(
        scenario=scenario,
        plan=plan,
        plan_months=np.array([month for month, _ in parts], np.int64),
        plan_news=np.array([0, *map(_differs, plan, plan[1:])], np.int64),
        quantiles=quantiles.table(),
        employers=employers,
        employer_groups=groups,
        institutions=institutions,
        sites=sites,
        partnerships=partnerships,
        programmes=programmes,
        lanes=lanes,
        partner_of=partner_of,
        neighbours_start=start,
        neighbours=neighbours,
        cohorts=sum(cohorts),
        end=last_end(scenario, [part for _, part in parts]),
        rows=people_at_first(scenario),
        intake_rows=max(intake_at_first(scenario, p) for p in scenario.programmes),
    )


def last_end(scenario: Scenario, parts: Sequence[Scenario]) -> int:
    """Return the month in which the window of the last cohort ends, not before the horizon.

    Parameters
    ----------
    scenario : Scenario
    parts : sequence of Scenario
        As it stands in each segment of its timeline.
    """
    found = scenario.months
    for part in parts:
        for programme in part.programmes:
            intakes = programme.intakes
            setup, _, _ = origin_terms(part, programme)
            last = programme.setup_months + setup + (intakes.number - 1) * intakes.every_months
            if len(parts) > 1 or last >= scenario.months:
                last = scenario.months - 1
            if intakes.number:
                trained = last + programme.training.months_before_departure
                found = max(found, trained + scenario.follow_up_months)
    return found
