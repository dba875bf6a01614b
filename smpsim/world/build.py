"""From a scenario to the tables of a world.

A `Blueprint` holds what all replications of a scenario share: the terms of each segment of its
timeline, the tabulated distributions, the network of employers and the sizes of the tables.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import networkx as nx
import numpy as np
from numba.core import config
from scipy.special import expit

from smpsim.agents.employer import EMPLOYER, PARTNERSHIP, TRUST
from smpsim.agents.government import GOVERNMENT, LANE
from smpsim.agents.institution import INSTITUTION, SITE
from smpsim.agents.programme import PROGRAMME
from smpsim.agents.trainee import TRAINEE
from smpsim.scenario.errors import Problem, ScenarioError
from smpsim.scenario.loading import segments
from smpsim.scenario.quantities import Distribution
from smpsim.scenario.schema import Scenario
from smpsim.world import month
from smpsim.world.luck import LOGIT_BOUND
from smpsim.world.queues import CALENDARS, LAST
from smpsim.world.state import (
    BLOCK,
    COLUMNS,
    GRADES,
    ITEM_COUNT,
    KNOTS,
    LIST,
    PARTY_COUNT,
    PLAIN_TABLES,
    STAGE_COUNT,
    TABLES,
    WORLD,
)
from smpsim.world.terms import build_terms, intake_bound, most_people

STANDARD_NORMAL = Distribution.parse({"normal": {"mean": 0, "sd": 1}})
MOST_TRUST_BYTES = 4 * 2**30


class Quantiles:
    """Distributions tabulated for draws by inverse transform, each once."""

    def __init__(self) -> None:
        self.numbers: dict[tuple[Distribution, float, float], int] = {}
        self.rows: list[np.ndarray] = []
        logits = np.linspace(-LOGIT_BOUND, LOGIT_BOUND, KNOTS)
        self.knots = expit(logits)
        # rules that draw a standard normal number find it as distribution 0
        self.number(STANDARD_NORMAL, -math.inf, math.inf)

    def number(self, distribution: Distribution | None, low: float, high: float) -> int:
        """Return the number of a distribution whose draws are clipped to a range; -1 for none."""
        if distribution is None:
            return -1
        key = (distribution, low, high)
        if key not in self.numbers:
            self.numbers[key] = len(self.rows)
            row = np.empty(KNOTS + 1)
            row[0] = 1.0 if distribution.kind == "constant" else 0.0
            row[1:] = np.clip(distribution.quantile(self.knots), low, high)
            self.rows.append(row)
        return self.numbers[key]

    def table(self) -> np.ndarray:
        """Return all rows, shape (distributions, 1 + knots)."""
        return np.array(self.rows)


@dataclass(frozen=True)
class Blueprint:
    """What all runs of a scenario share.

    Attributes
    ----------
    scenario : Scenario
    plan : list of dict of ndarray
        The tables of terms of each segment of the timeline.
    plan_months : ndarray of int, shape (segments,)
    quantiles : ndarray of float, shape (distributions, 1 + knots)
    employers, institutions, sites, partnerships, programmes : ndarray
        Rows with identities filled in.
    partner_of : ndarray of int, shape (programmes, employers)
    neighbours_start, neighbours : ndarray of int
        The network of employers as a compressed adjacency.
    rows : int
        Largest possible number of applicants.
    intake_rows : int
        The same of one intake.
    """

    scenario: Scenario
    plan: list[dict[str, np.ndarray]]
    plan_months: np.ndarray
    quantiles: np.ndarray
    employers: np.ndarray
    institutions: np.ndarray
    sites: np.ndarray
    partnerships: np.ndarray
    programmes: np.ndarray
    partner_of: np.ndarray
    neighbours_start: np.ndarray
    neighbours: np.ndarray
    rows: int
    intake_rows: int


def members(counts: list[int], dtype: np.dtype) -> np.ndarray:
    """Return one zeroed row for each member of groups of given sizes, numbered in each group."""
    rows = np.zeros(sum(counts), dtype)
    rows["group"] = np.repeat(np.arange(len(counts)), counts)
    rows["number"] = np.concatenate([np.arange(n) for n in counts]) if counts else []
    return rows


def network(scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """Link employers of a sector in a small world (Watts and Strogatz 1998), by networkx.

    Returns
    -------
    start : ndarray of int, shape (employers + 1,)
    neighbours : ndarray of int
        Those of employer e stand at ``start[e]:start[e + 1]``.
    """
    awareness = scenario.behaviour.awareness
    sectors: dict[str, list[int]] = {}
    first = 0
    for group in scenario.employers:
        sectors.setdefault(group.sector, []).extend(range(first, first + group.count))
        first += group.count
    links: list[list[int]] = [[] for _ in range(first)]
    for position, employers in enumerate(sectors.values()):
        degree = min(awareness.network_neighbours, len(employers) - 1)
        if degree < 1:
            continue
        if degree == len(employers) - 1:
            graph = nx.complete_graph(len(employers))
        else:
            # an odd degree would be rounded down by the ring lattice
            degree = max(2, degree + degree % 2)
            degree = min(degree, len(employers) - 1)
            seed = (scenario.seed + position) % 2**32
            graph = nx.watts_strogatz_graph(
                len(employers), degree, awareness.network_rewiring, seed=seed
            )
        for a, b in graph.edges:
            links[employers[a]].append(employers[b])
            links[employers[b]].append(employers[a])
    start = np.zeros(first + 1, np.int64)
    start[1:] = np.cumsum([len(found) for found in links])
    return start, np.array([n for found in links for n in sorted(found)], np.int64)


def blueprint(scenario: Scenario) -> Blueprint:
    """Turn a validated scenario into what its runs share.

    Raises
    ------
    ScenarioError
        If the tables would not fit into memory.
    """
    quantiles = Quantiles()
    parts = segments(scenario)
    plan = [build_terms(part, quantiles) for _, part in parts]

    employers = members([g.count for g in scenario.employers], EMPLOYER)
    institutions = members([g.count for g in scenario.institutions], INSTITUTION)
    if len(employers) * len(institutions) * TRUST.itemsize > MOST_TRUST_BYTES:
        found = f"{len(employers):,} employers x {len(institutions):,} institutions"
        raise ScenarioError(
            [Problem("", 0, 0, "employers", f"found {found}, allowed: 100 million pairs at most")]
        )
    site_rows: list[tuple[int, int]] = []
    partner_rows: list[tuple[int, int]] = []
    programmes = np.zeros(len(scenario.programmes), PROGRAMME)
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
    partnerships = np.zeros(len(partner_rows), PARTNERSHIP)
    partnerships["programme"] = [p for p, _ in partner_rows]
    partnerships["employer"] = [e for _, e in partner_rows]
    start, neighbours = network(scenario)
    every = [part for _, part in parts]
    return Blueprint(
        scenario=scenario,
        plan=plan,
        plan_months=np.array([month for month, _ in parts], np.int64),
        quantiles=quantiles.table(),
        employers=employers,
        institutions=institutions,
        sites=sites,
        partnerships=partnerships,
        programmes=programmes,
        partner_of=partner_of,
        neighbours_start=start,
        neighbours=neighbours,
        rows=most_people(every),
        intake_rows=max(intake_bound(part, p) for part in every for p in part.programmes),
    )


def list_count(plan: Blueprint) -> int:
    """Return the number of lists: calendars, pools by grade, visa lanes, recognition."""
    lanes, governments = len(plan.plan[0]["lane_terms"]), len(plan.plan[0]["government_terms"])
    return CALENDARS * plan.scenario.months + len(plan.sites) * GRADES + lanes + governments


def block_count(plan: Blueprint) -> int:
    """Return a bound of the blocks that all lists need at a time.

    A person has at most four entries (what is due, the pool, a line, one entry that is out of
    date), and one more for each intervention; a list wastes part of one block.
    """
    entries = plan.rows * (4 + len(plan.plan) - 1)
    return list_count(plan) + math.ceil(entries / LAST)


def packed(tables: dict[str, np.ndarray]) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Copy tables into one buffer.

    Returns
    -------
    buffer : ndarray of uint8
    views : dict of ndarray
        The tables, now parts of the buffer.
    """
    sizes = {name: -(-table.nbytes // 8) * 8 for name, table in tables.items()}
    buffer = np.zeros(sum(sizes.values()), np.uint8)
    views, start = {}, 0
    for name, table in tables.items():
        view = buffer[start : start + table.nbytes].view(table.dtype).reshape(table.shape)
        view[...] = table
        views[name] = view
        start += sizes[name]
    return buffer, views


class World:
    """The tables of a run as NumPy arrays; one world serves any number of runs in turn.

    Parameters
    ----------
    plan : Blueprint

    Attributes
    ----------
    header : ndarray of WORLD, shape (1,)
        What the rules get: clock, sizes and the addresses of the tables.
    tables : dict of ndarray
        All tables by the names of `smpsim.world.state.TABLES`. Each is an attribute too.
    """

    header: np.ndarray

    def __init__(self, plan: Blueprint) -> None:
        self.blueprint = plan
        months = plan.scenario.months
        programmes, employers = len(plan.programmes), len(plan.employers)
        governments, lanes = len(plan.plan[0]["government_terms"]), len(plan.plan[0]["lane_terms"])
        blocks = block_count(plan)
        terms, terms_views = packed(plan.plan[0])
        emptied, emptied_views = packed(
            {
                "headcount": np.zeros((programmes, STAGE_COUNT), np.int64),
                "flows": np.zeros((programmes, STAGE_COUNT, STAGE_COUNT), np.int64),
                "ledger": np.zeros((months, programmes, ITEM_COUNT, PARTY_COUNT)),
                "accounts": np.zeros((programmes, PARTY_COUNT)),
                "lodged": np.zeros((lanes, months)),
            }
        )
        self.tables: dict[str, np.ndarray] = {
            **terms_views,
            **emptied_views,
            "terms": terms,
            "plan": np.concatenate([packed(part)[0] for part in plan.plan]),
            "emptied": emptied,
            "plan_months": plan.plan_months,
            "quantiles": plan.quantiles,
            "programmes": plan.programmes.copy(),
            "sites": plan.sites.copy(),
            "institutions": plan.institutions.copy(),
            "employers": plan.employers.copy(),
            "partnerships": plan.partnerships.copy(),
            "partner_of": plan.partner_of,
            "trust": np.zeros((employers, len(plan.institutions)), TRUST),
            "governments": np.zeros(governments, GOVERNMENT),
            "lanes": np.zeros(lanes, LANE),
            "neighbours_start": plan.neighbours_start,
            "neighbours": plan.neighbours,
            "trainees": np.empty(plan.rows, TRAINEE),
            "lists": np.zeros(list_count(plan), LIST),
            "blocks": np.empty((blocks, BLOCK), np.int32),
            "scores": np.empty(plan.intake_rows),
            "ranking": np.empty(plan.intake_rows),
            "turns": np.zeros(employers + 1, np.int32),
            "passed_over": np.zeros(employers + 1, np.int32),
            "trajectory": np.zeros((months, programmes, COLUMNS)),
        }
        header = np.zeros(1, WORLD)
        sizes = {
            "horizon": months,
            "calendar_month": int(plan.scenario.start[5:7]) - 1,
            "segments": len(plan.plan),
            "programme_count": programmes,
            "site_count": len(plan.sites),
            "institution_count": len(plan.institutions),
            "employer_count": employers,
            "partnership_count": len(plan.partnerships),
            "government_count": governments,
            "lane_count": lanes,
            "list_count": list_count(plan),
            "block_count": blocks,
            "row_count": plan.rows,
            "terms_bytes": terms.nbytes,
            "emptied_bytes": emptied.nbytes,
        }
        for name, value in sizes.items():
            header[name] = value
        for name, table in self.tables.items():
            if not table.flags.c_contiguous:
                raise ValueError(f"table {name} is not contiguous")
            header[f"at_{name}"] = table.ctypes.data
        if config.DISABLE_JIT:
            header = header.view(np.recarray)
            for name, table in self.tables.items():
                flat = table.reshape(-1).view(TABLES[name]).view(np.recarray)
                PLAIN_TABLES[name, int(header[f"at_{name}"][0])] = flat
        self.header = header

    def __getattr__(self, name: str) -> np.ndarray:
        """Return a table by name."""
        try:
            return self.__dict__["tables"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def months_done(self) -> int:
        """Months done."""
        return int(self.header["month"][0])

    @property
    def people(self) -> np.ndarray:
        """Rows of everybody who has applied so far."""
        return self.tables["trainees"][: int(self.header["people"][0])]

    def advance(
        self,
        months: int,
        seed: int = 0,
        replication: int = -1,
        function: Any = month.advance,
    ) -> None:
        """Simulate months of a new replication, or, without one, go on with the present.

        Parameters
        ----------
        months : int
            Months to simulate; it stops at the horizon.
        seed : int
            Seed of all luck, 0 to 2**63 - 1.
        replication : int
            Number of the replication to begin; below 0: go on.
        function : rule
            `smpsim.world.month.advance`, or that with rules exchanged.

        Raises
        ------
        RuntimeError
            If a table is full, which is a fault of ours.
        """
        function(
            self.header, months, replication >= 0, np.uint64(seed), np.uint64(max(replication, 0))
        )
        self.check()

    def check(self) -> None:
        """Raise an error if the last run came to the end of a table, which is a fault of ours."""
        failure = int(self.header["failure"][0])
        if failure:
            full = {1: "lists", 2: "trainees"}[failure]
            raise RuntimeError(f"the table of {full} is full; please report this scenario")
