"""The tables of a run in memory, and the one call that lets time pass in them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from smpsim.agents.belief import BELIEF
from smpsim.agents.programme import COHORT
from smpsim.agents.trainee import MOST_CANCELLED, PATIENCE_CLASSES, PROSPECT
from smpsim.compiled import PLAIN
from smpsim.scenario.problems import Place, Problem, ScenarioError
from smpsim.scenario.references import MOST_PEOPLE
from smpsim.vocabulary import (
    ACCOUNT,
    ATTRIBUTES,
    GRADES,
    ITEMS,
    PARTIES,
    STAGES,
    TRAJECTORY_COLUMNS,
)
from smpsim.world import month
from smpsim.world.access import PLAIN_TABLES
from smpsim.world.attributes import row_with
from smpsim.world.blueprint import Blueprint
from smpsim.world.layout import (
    BLOCK,
    CALLED,
    LIST,
    LISTS_FULL,
    OPENINGS,
    POOL_LOST,
    ROWS_WANTED,
    TABLES,
    TOGETHER,
    UNSOUND_ALIGNMENT,
    UNSOUND_APPLICANTS,
    UNSOUND_LEDGER,
    UNSOUND_READINESS,
    UNSOUND_TRUST,
    WORLD,
)
from smpsim.world.queues import CALENDARS, LAST

UNSOUND = {
    UNSOUND_APPLICANTS: "a number of applicants that is negative or not a number (E5)",
    UNSOUND_ALIGNMENT: "an alignment of a curriculum outside 0 to 1 (E6)",
    UNSOUND_READINESS: "a readiness that is negative or not a number (E7, E10)",
    UNSOUND_TRUST: "trust outside 0 to 1 (E4, E13)",
    UNSOUND_LEDGER: "payments that are infinite or not a number (E15)",
}
FAULTS = {
    LISTS_FULL: "the table of lists is full",
    POOL_LOST: "a pool counts somebody who is not in it",
}


def list_count(plan: Blueprint) -> int:
    """Return the number of lists: calendars, pools by grade, visa lanes, recognition."""
    lanes, governments = len(plan.plan[0]["lane_terms"]), len(plan.plan[0]["government_terms"])
    return CALENDARS * plan.end + len(plan.sites) * GRADES + lanes + governments


def block_count(plan: Blueprint, rows: int) -> int:
    """Return a bound of the blocks that all lists need at a time for so many people.

    A person has at most four entries (what is due, the pool, a line, one entry that is out of
    date), and one more for each intervention; a list wastes parts of two blocks, the one that is
    read and the one that is written.
    """
    # and one more for each hazard that a rule is asked for month by month
    # and three for each offer that is cancelled
    # and two for decision points, one to come and one out of date
    entries = rows * (9 + 3 * MOST_CANCELLED + len(plan.plan) - 1)
    return 2 * min(list_count(plan), entries) + math.ceil(entries / LAST)


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
    attributes : sequence of str
        Further fields of a person's row (see `smpsim.world.attributes`).

    Attributes
    ----------
    header : ndarray of WORLD, shape (1,)
        What the rules get: clock, sizes and the addresses of the tables.
    attributes : tuple of str
    tables : dict of ndarray
        All tables by the names of `smpsim.world.layout.TABLES`. Each is an attribute too.
    """

    header: np.ndarray

    def __init__(self, plan: Blueprint, life: bool = True, attributes: Sequence[str] = ()) -> None:
        self.blueprint = plan
        self.attributes = tuple(attributes)
        self._person = row_with(attributes)
        months = plan.scenario.months
        programmes, employers = len(plan.programmes), len(plan.employers)
        lanes = len(plan.plan[0]["lane_terms"])
        terms, terms_views = packed(plan.plan[0])
        emptied, emptied_views = packed(
            {
                "headcount": np.zeros((programmes, len(STAGES)), np.int64),
                "flows": np.zeros((programmes, len(STAGES), len(STAGES)), np.int64),
                "ledger": np.zeros((months, programmes, len(ITEMS), len(PARTIES))),
                "beyond": np.zeros((programmes, len(ITEMS), len(PARTIES))),
                "accounts": np.zeros((programmes, len(PARTIES))),
                "lost": np.zeros((programmes, len(ACCOUNT)), np.int64),
                "lost_monthly": np.zeros((months, programmes, len(ACCOUNT)), np.int32),
                "lodged": np.zeros((lanes, plan.end)),
            }
        )
        self.tables: dict[str, np.ndarray] = {
            **terms_views,
            **emptied_views,
            "terms": terms,
            "plan": np.concatenate([packed(part)[0] for part in plan.plan]),
            "emptied": emptied,
            "plan_months": plan.plan_months,
            "plan_news": plan.plan_news,
            "quantiles": plan.quantiles,
            "programmes": plan.programmes.copy(),
            "cohorts": np.zeros(max(plan.cohorts, 1), COHORT),
            "prospects": np.zeros((programmes, PATIENCE_CLASSES), PROSPECT),
            "offer_beliefs": np.zeros(programmes, BELIEF),
            "refusal_beliefs": np.zeros(programmes, BELIEF),
            "sites": plan.sites.copy(),
            "institutions": plan.institutions.copy(),
            "employers": plan.employers.copy(),
            "employer_groups": plan.employer_groups.copy(),
            "partnerships": plan.partnerships.copy(),
            "partner_of": plan.partner_of,
            "origin_beliefs": np.zeros((employers, len(plan.plan[0]["government_terms"])), BELIEF),
            "programme_beliefs": np.zeros(len(plan.partnerships), BELIEF),
            "employers_refusals": np.zeros(len(plan.partnerships), BELIEF),
            "school_beliefs": np.zeros((employers, len(plan.institutions)), BELIEF),
            "governments": plan.governments.copy(),
            "lanes": plan.lanes.copy(),
            "neighbours_start": plan.neighbours_start,
            "neighbours": plan.neighbours,
            "lists": np.zeros(list_count(plan), LIST),
            "called": np.zeros(TOGETHER, CALLED),
            "openings": np.zeros(TOGETHER, OPENINGS),
            "attribute_luck": np.zeros(len(ATTRIBUTES)),
            "turns": np.zeros(employers + 1, np.int32),
            "passed_over": np.zeros(employers + 1, np.int32),
            "trajectory": np.zeros((months, programmes, len(TRAJECTORY_COLUMNS))),
            **self._tables_of_people(plan.rows, plan.intake_rows),
        }
        header = np.zeros(1, WORLD)
        sizes = {
            "horizon": months,
            "end": plan.end,
            "until": months,
            "follow_up": plan.scenario.follow_up_months,
            "discount_step": (1.0 + plan.scenario.discount_rate) ** (-1.0 / 12.0),
            "calendar_month": int(plan.scenario.start[5:7]) - 1,
            "segments": len(plan.plan),
            "keep_life": int(life),
            "programme_count": programmes,
            "site_count": len(plan.sites),
            "institution_count": len(plan.institutions),
            "employer_count": employers,
            "employer_group_count": len(plan.employer_groups),
            "partnership_count": len(plan.partnerships),
            "government_count": len(plan.scenario.governments),
            "lane_count": lanes,
            "list_count": list_count(plan),
            "terms_bytes": terms.nbytes,
            "emptied_bytes": emptied.nbytes,
        }
        for name, value in sizes.items():
            header[name] = value
        self.header = header.view(np.recarray) if PLAIN else header
        self._plain: dict[str, np.ndarray] = {}
        for name in self.tables:
            self._note_place(name)
        self._note_sizes()
        self._own_rules = False

    def serving(self, plan: Blueprint) -> World:
        """Return a world for runs of a blueprint: this one where its tables fit, else a new one."""
        if plan is self.blueprint:
            return self
        if not _alike(self.blueprint, plan):
            return World(plan, bool(self.header["keep_life"][0]), self.attributes)
        self.blueprint = plan
        self.tables["terms"][...] = packed(plan.plan[0])[0]
        self.tables["plan"][...] = np.concatenate([packed(part)[0] for part in plan.plan])
        for name in ("plan_months", "plan_news", "quantiles", "neighbours_start", "neighbours"):
            self.tables[name] = getattr(plan, name)
            self._note_place(name)
        return self

    def _tables_of_people(self, rows: int, intake_rows: int) -> dict[str, np.ndarray]:
        """Return the tables whose size follows how many people there are, unset."""
        return {
            "trainees": aligned(rows, self._person),
            "blocks": np.empty((block_count(self.blueprint, rows), BLOCK), np.int32),
            "scores": np.empty(intake_rows),
            "ranking": np.empty(intake_rows),
            "shortlist": np.empty(intake_rows, np.int32),
        }

    def _note_place(self, name: str) -> None:
        """Tell the rules where a table lies in memory."""
        table = self.tables[name]
        if not table.flags.c_contiguous:
            raise ValueError(f"table {name} is not contiguous")
        self.header[f"at_{name}"] = table.ctypes.data
        dtype = self._person if name == "trainees" else TABLES[name]
        self.header[f"rows_of_{name}"] = table.nbytes // dtype.itemsize
        if PLAIN:
            flat = table.reshape(-1).view(dtype).view(np.recarray)
            # worlds of one blueprint share some tables: the last of them keeps these alive
            self._plain[name] = PLAIN_TABLES.setdefault((name, table.ctypes.data), flat)

    def _note_sizes(self) -> None:
        """Tell the rules how many people the tables have room for."""
        self.header["row_count"] = len(self.tables["trainees"])
        self.header["block_count"] = len(self.tables["blocks"])
        self.header["intake_rows"] = len(self.tables["scores"])

    def _grow(self) -> None:
        """Make room for the people who are about to apply, and some more.

        Raises
        ------
        ScenarioError
            If they are more than a computer has room for.
        """
        wanted = int(self.header["wanted_rows"][0])
        if max(wanted, int(self.header["wanted_intake"][0])) > MOST_PEOPLE:
            raise ScenarioError([_too_many(self.blueprint, self.months_done, wanted)])
        rows = len(self.tables["trainees"])
        if wanted > rows:
            wanted = min(max(wanted, rows + rows // 2), MOST_PEOPLE)
        self.make_room(wanted, int(self.header["wanted_intake"][0]))

    def make_room(self, rows: int, intake_rows: int) -> None:
        """Make the tables of people as large as asked for, if they are not."""
        rows = max(rows, len(self.tables["trainees"]))
        larger = self._tables_of_people(rows, max(intake_rows, len(self.tables["scores"])))
        larger["trainees"][: len(self.people)] = self.people
        used = int(self.header["used_blocks"][0])
        larger["blocks"][:used] = self.tables["blocks"][:used]
        for name, table in larger.items():
            self.tables[name] = table
            self._note_place(name)
        self._note_sizes()

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

    def series(self, name: str) -> np.ndarray:
        """Return a column of the trajectory, shape (months, programmes)."""
        return self.tables["trajectory"][:, :, TRAJECTORY_COLUMNS.index(name)]

    @property
    def people(self) -> np.ndarray:
        """Rows of everybody who has been admitted so far; the others are counted only."""
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
        ScenarioError
            If more people apply than a computer has room for.
        RuntimeError
            If a bound of a table was wrong, which is a fault of ours.
        """
        own = function is not month.advance
        if own != self._own_rules:
            self._own_rules = own
            self.header["rules_exchanged"] = own
        end = months if replication >= 0 else self.months_done + months
        if replication >= 0:
            self.header["until"] = self.header["horizon"]
        failure = function(self.header, months, int(seed), int(replication))
        while failure == ROWS_WANTED:
            self._grow()
            failure = function(self.header, end - self.months_done, int(seed), -1)
        self._check(failure)

    def follow(self, function: Any = month.advance) -> None:
        """Go on beyond the horizon until the window of the last cohort ends (E15).

        Nobody new comes, and what is paid is added up as present values (`beyond`). Of the other
        tables, those that a run is described by hold the state at the horizon no more.

        Parameters
        ----------
        function : rule
            As in `advance`, which must have reached the horizon.
        """
        self.header["until"] = self.header["end"]
        self._check(function(self.header, self.blueprint.end - self.months_done, 0, -1))

    def _check(self, failure: int) -> None:
        """Raise an error if time stands still."""
        if failure in UNSOUND:
            raise ScenarioError([_unsound(self, failure)])
        if failure:
            raise RuntimeError(FAULTS[failure] + "; please report this scenario")


def _alike(one: Blueprint, other: Blueprint) -> bool:
    """Return whether runs of two blueprints have tables of the same sizes, of the same agents."""
    first, second = one.scenario, other.scenario
    dates = ("months", "follow_up_months", "start", "discount_rate")
    if any(getattr(first, name) != getattr(second, name) for name in dates):
        return False
    if (one.end, len(one.plan)) != (other.end, len(other.plan)):
        return False
    if any(one.plan[0][name].nbytes != table.nbytes for name, table in other.plan[0].items()):
        return False
    # links between employers may differ: their tables are exchanged
    mine, others = (
        basis._replace(seed=0, neighbours=0, rewiring=0.0) for basis in (one.basis, other.basis)
    )
    return mine == others


def _unsound(world: World, failure: int) -> Problem:
    design = world.blueprint.scenario
    programme = design.programmes[int(world.header["failed_programme"][0])].name
    message = (
        f"in month {world.months_done - 1} the model found {UNSOUND[failure]}; allowed: values "
        "and rules that keep it finite"
    )
    return Problem.at(Place(f"scenario {design.name!r}"), f"programmes.{programme}", message)


def _too_many(plan: Blueprint, month_number: int, wanted: int) -> Problem:
    message = (
        f"got {wanted:,} applicants by month {month_number} of a run; "
        f"allowed: {MOST_PEOPLE:,} in all programmes"
    )
    return Problem.at(Place(f"scenario {plan.scenario.name!r}"), "programmes", message)
