"""The tables of a run in memory, and the one call that lets time pass in them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from smpsim.agents.employer import TRUST
from smpsim.agents.government import GOVERNMENT, LANE
from smpsim.agents.trainee import TRAINEE
from smpsim.compiled import PLAIN
from smpsim.world import month
from smpsim.world.access import PLAIN_TABLES
from smpsim.world.blueprint import Blueprint
from smpsim.world.layout import (
    BLOCK,
    COLUMNS,
    GRADES,
    ITEM_COUNT,
    LIST,
    PARTY_COUNT,
    STAGE_COUNT,
    TABLES,
    WORLD,
)
from smpsim.world.queues import CALENDARS, LAST


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


def aligned(rows: int, dtype: np.dtype, line: int = 64) -> np.ndarray:
    """Return an unset table that begins at a cache line, so that a row does not lie across more."""
    buffer = np.empty(rows * dtype.itemsize + line, np.uint8)
    start = -buffer.ctypes.data % line
    return buffer[start : start + rows * dtype.itemsize].view(dtype)


class World:
    """The tables of a run as NumPy arrays; one world serves any number of runs in turn.

    Parameters
    ----------
    plan : Blueprint
    life : bool
        Keep the month in which each person enters each stage.

    Attributes
    ----------
    header : ndarray of WORLD, shape (1,)
        What the rules get: clock, sizes and the addresses of the tables.
    tables : dict of ndarray
        All tables by the names of `smpsim.world.state.TABLES`. Each is an attribute too.
    """

    header: np.ndarray

    def __init__(self, plan: Blueprint, life: bool = True) -> None:
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
            "employer_groups": plan.employer_groups.copy(),
            "partnerships": plan.partnerships.copy(),
            "partner_of": plan.partner_of,
            "trust": np.zeros((employers, len(plan.institutions)), TRUST),
            "governments": np.zeros(governments, GOVERNMENT),
            "lanes": np.zeros(lanes, LANE),
            "neighbours_start": plan.neighbours_start,
            "neighbours": plan.neighbours,
            "trainees": aligned(plan.rows, TRAINEE),
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
            "keep_life": int(life),
            "programme_count": programmes,
            "site_count": len(plan.sites),
            "institution_count": len(plan.institutions),
            "employer_count": employers,
            "employer_group_count": len(plan.employer_groups),
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
        if PLAIN:
            header = header.view(np.recarray)
            # worlds of one blueprint share some tables: the last of them keeps these alive
            self._plain_tables = [
                PLAIN_TABLES.setdefault(
                    (name, int(header[f"at_{name}"][0])),
                    table.reshape(-1).view(TABLES[name]).view(np.recarray),
                )
                for name, table in self.tables.items()
            ]
        self.header = header
        self._own_rules = False

    def __getattr__(self, name: str) -> np.ndarray:
        """Return a table by name."""
        try:
            return self.__dict__["tables"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __reduce__(self) -> tuple[Any, ...]:
        # the header holds addresses, so that a copy needs one of its own
        from smpsim.world.copying import restored, state_of

        return restored, (self.blueprint, state_of(self))

    def __copy__(self) -> World:
        # the tables are the world, so that no copy shares them
        make, parts = self.__reduce__()
        return make(*parts)

    def __deepcopy__(self, memo: dict[int, Any]) -> World:
        return self.__copy__()

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
        own = function is not month.advance
        if own != self._own_rules:
            self._own_rules = own
            self.header["rules_exchanged"] = own
        if function(self.header, months, int(seed), int(replication)):
            self.check()

    def check(self) -> None:
        """Raise an error if the last run came to the end of a table, which is a fault of ours."""
        failure = int(self.header["failure"][0])
        if failure:
            full = {1: "lists", 2: "trainees"}[failure]
            raise RuntimeError(f"the table of {full} is full; please report this scenario")
