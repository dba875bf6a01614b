"""Who there is in a world and who is linked with whom, apart from what they are like.

Most changes of a scenario are changes of numbers, and leave its frame as it is. So all that a
frame follows from is gathered in a `Basis`: scenarios with equal ones have the same frame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import networkx as nx
import numpy as np

from smpsim.agents.belief import BELIEF
from smpsim.agents.employer import EMPLOYER, EMPLOYER_GROUP, PARTNERSHIP
from smpsim.agents.government import GOVERNMENT, LANE
from smpsim.agents.institution import INSTITUTION, SITE
from smpsim.agents.programme import PROGRAMME
from smpsim.scenario.problems import Problem, ScenarioError
from smpsim.scenario.schema import Scenario
from smpsim.world.terms import lanes_of

MOST_TRUST_BYTES = 4 * 2**30
MOST_KEPT = 10_000
"""Employers up to whom a network is kept in memory."""


class Basis(NamedTuple):
    """All of a scenario that its frame follows from."""

    seed: int
    """Of the links between employers."""
    neighbours: int
    rewiring: float
    employers: tuple[tuple[str, int, str], ...]
    """Name, count and sector of each group."""
    institutions: tuple[tuple[str, int], ...]
    """Name and count of each group."""
    programmes: tuple[tuple[str, tuple[str, ...], tuple[str, ...], int], ...]
    """Name, institutions, employers and intakes within the horizon of each programme."""
    governments: tuple[str, ...]
    lanes: tuple[tuple[int, str], ...]
    """Government and name of each visa lane."""

    @classmethod
    def of(cls, scenario: Scenario, seed: int | None = None) -> Basis:
        """Return the basis of a scenario, with the scenario's own seed if none is stated."""
        awareness = scenario.behaviour.awareness
        return cls(
            seed=scenario.seed if seed is None else seed,
            neighbours=awareness.network_neighbours,
            rewiring=awareness.network_rewiring,
            employers=tuple((g.name, g.count, g.sector) for g in scenario.employers),
            institutions=tuple((g.name, g.count) for g in scenario.institutions),
            programmes=tuple(
                (
                    *(programme.name, tuple(programme.institutions), tuple(programme.employers)),
                    # no more intakes than months, whatever a plan says
                    min(programme.intakes.number, scenario.months),
                )
                for programme in scenario.programmes
            ),
            governments=tuple(scenario.governments),
            lanes=tuple(lanes_of(scenario)),
        )


class Frame(NamedTuple):
    """Rows of all who are in a world, with their identities, and their links.

    Attributes
    ----------
    employers, employer_groups, institutions, sites, partnerships : ndarray
    programmes, governments, lanes : ndarray
    partner_of : ndarray of int, shape (programmes, employers)
        Number of the partnership; -1: none.
    neighbours_start, neighbours : ndarray of int
        The network of employers as a compressed adjacency.
    """

    employers: np.ndarray
    employer_groups: np.ndarray
    institutions: np.ndarray
    sites: np.ndarray
    partnerships: np.ndarray
    programmes: np.ndarray
    governments: np.ndarray
    lanes: np.ndarray
    partner_of: np.ndarray
    neighbours_start: np.ndarray
    neighbours: np.ndarray


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


def members(names: Sequence[str], counts: Sequence[int], dtype: np.dtype) -> np.ndarray:
    """Return one zeroed row for each member of groups, numbered in each group."""
    rows = np.zeros(sum(counts), dtype)
    rows["group"] = np.repeat(np.arange(len(counts)), counts)
    rows["number"] = np.concatenate([np.arange(n) for n in counts]) if counts else []
    rows["luck"] = np.repeat(luck_keys(names), counts)
    return rows


def linked(basis: Basis) -> tuple[np.ndarray, np.ndarray]:
    """Return the network of a basis, as `network`: the same arrays again for equal employers."""
    of_all = Basis(*basis[:4], (), (), (), ())
    few = sum(count for _, count, _ in basis.employers) <= MOST_KEPT
    return _kept(of_all) if few else network(of_all)


@lru_cache(maxsize=128)
def _kept(basis: Basis) -> tuple[np.ndarray, np.ndarray]:
    # a page that shows one programme again and again would wait for networkx each time
    return network(basis)


def network(basis: Basis) -> tuple[np.ndarray, np.ndarray]:
    """Link employers of a sector in a small world (Watts and Strogatz 1998), by networkx.

    Returns
    -------
    start : ndarray of int, shape (employers + 1,)
    neighbours : ndarray of int
        Those of employer e stand at ``start[e]:start[e + 1]``.
    """
    sectors: dict[str, list[int]] = {}
    first = 0
    for _, count, sector in basis.employers:
        sectors.setdefault(sector, []).extend(range(first, first + count))
        first += count
    links: list[list[int]] = [[] for _ in range(first)]
    for sector, employers in sectors.items():
        degree = min(basis.neighbours, len(employers) - 1)
        if degree < 1:
            continue
        if degree == len(employers) - 1:
            graph = nx.complete_graph(len(employers))
        else:
            # an odd degree would be rounded down by the ring lattice
            degree = max(2, degree + degree % 2)
            own = int(basis.seed + luck_keys([sector])[0]) % 2**32
            graph = nx.watts_strogatz_graph(len(employers), degree, basis.rewiring, seed=own)
        for a, b in graph.edges:
            links[employers[a]].append(employers[b])
            links[employers[b]].append(employers[a])
    start = np.zeros(first + 1, np.int64)
    start[1:] = np.cumsum([len(found) for found in links])
    return start, np.array([n for found in links for n in sorted(found)], np.int64)


def frame(basis: Basis) -> Frame:
    """Return the frame of a basis.

    Raises
    ------
    ScenarioError
        If the tables would not fit into memory.
    """
    employer_names = [name for name, _, _ in basis.employers]
    institution_names = [name for name, _ in basis.institutions]
    sizes = [count for _, count, _ in basis.employers]
    employers = members(employer_names, sizes, EMPLOYER)
    institutions = members(
        institution_names, [count for _, count in basis.institutions], INSTITUTION
    )
    if len(employers) * len(institutions) * BELIEF.itemsize > MOST_TRUST_BYTES:
        found = f"{len(employers):,} employers x {len(institutions):,} institutions"
        raise ScenarioError(
            [Problem("", 0, 0, "employers", f"got {found}; allowed: 100 million pairs at most")]
        )
    site_rows: list[tuple[int, int]] = []
    partner_rows: list[tuple[int, int]] = []
    programmes = np.zeros(len(basis.programmes), PROGRAMME)
    programmes["luck"] = luck_keys([name for name, *_ in basis.programmes])
    governments = np.zeros(len(basis.governments), GOVERNMENT)
    governments["luck"] = luck_keys(basis.governments)
    lanes = np.zeros(len(basis.lanes), LANE)
    lanes["luck"] = luck_keys([f"{basis.governments[g]}/{name}" for g, name in basis.lanes])
    intakes = [number for *_, number in basis.programmes]
    programmes["first_cohort"] = np.cumsum([0, *intakes[:-1]])
    partner_of = np.full((len(programmes), len(employers)), -1, np.int64)
    for p, (_, trains_at, hired_by, _) in enumerate(basis.programmes):
        programmes[p]["first_site"] = len(site_rows)
        programmes[p]["first_partnership"] = len(partner_rows)
        trains = [institution_names.index(n) for n in trains_at]
        hires = [employer_names.index(n) for n in hired_by]
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
    groups = np.zeros(len(sizes), EMPLOYER_GROUP)
    sectors = [sector for _, _, sector in basis.employers]
    unlike = list(dict.fromkeys(sectors))
    of_sector = dict(zip(unlike, luck_keys(unlike), strict=True))
    groups["sector_luck"] = [of_sector[sector] for sector in sectors]
    groups["end"] = np.cumsum(sizes)
    groups["first"] = groups["end"] - sizes
    start, neighbours = linked(basis)
    return Frame(
        employers=employers,
        employer_groups=groups,
        institutions=institutions,
        sites=sites,
        partnerships=partnerships,
        programmes=programmes,
        governments=governments,
        lanes=lanes,
        partner_of=partner_of,
        neighbours_start=start,
        neighbours=neighbours,
    )
