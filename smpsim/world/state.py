"""The state of a world: what a run reads and writes, as tables of rows.

Rules get the world as one row, `WORLD`, that holds the clock, the sizes and where each table
lies in memory. An accessor such as ``trainee_row(w, i)`` gives row i of a table. Passing one row
instead of forty arrays makes calls cheap and compilation quick (see docs/decisions.md).

Parameters ("terms") are copied from the plan at the start and at each intervention, so a rule
always reads the values in force.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, config, types
from numba.extending import intrinsic

from smpsim.agents.behaviour import BEHAVIOUR
from smpsim.agents.employer import EMPLOYER, EMPLOYER_TERMS, PARTNERSHIP, TRUST
from smpsim.agents.government import GOVERNMENT, GOVERNMENT_TERMS, LANE, LANE_TERMS
from smpsim.agents.institution import INSTITUTION, INSTITUTION_TERMS, SITE
from smpsim.agents.programme import PROGRAMME, PROGRAMME_TERMS
from smpsim.agents.trainee import STAGES, TRAINEE
from smpsim.compiled import inlined

STATE_COLUMNS = (
    "enrolled",
    "graduated",
    "placed",
    "migrated",
    "domestic",
    "vacancies_open",
    "vacancies_filled",
    "employers_aware",
    "employers_engaged",
    "seats_committed",
    "mean_trust",
    "mean_alignment",
    "visa_backlog",
    "visa_wait_months",
    "seats_factor",
)
TRAJECTORY_COLUMNS = STAGES + STATE_COLUMNS
COLUMNS = len(TRAJECTORY_COLUMNS)
STAGE_COUNT = len(STAGES)
ITEM_COUNT = 20
PARTY_COUNT = 9
SHARING_PARTIES = 7  # those that can fund a shared item
SHARED_ITEM_COUNT = 12
GRADES = 16  # classes of readiness that employers tell apart in the pool
KNOTS = 1024  # quantiles tabulated of each distribution
BLOCK = 32  # a block of a list: 31 identifiers and the number of the next block

LIST = np.dtype(
    [
        ("head", "i8"),  # first block, -1 when empty
        ("read", "i8"),  # place of the first identifier in it
        ("tail", "i8"),  # last block
        ("write", "i8"),  # place behind the last identifier in it
    ]
)
INTEGER = np.dtype([("value", "i8")])
SHORT = np.dtype([("value", "i4")])
MONTH = np.dtype([("value", "i2")])
AMOUNT = np.dtype([("value", "f8")])
BYTE = np.dtype([("value", "u1")])

# tables by name and type of their rows
TERMS_TABLES = {
    "behaviour": BEHAVIOUR,
    "programme_terms": PROGRAMME_TERMS,
    "institution_terms": INSTITUTION_TERMS,
    "employer_terms": EMPLOYER_TERMS,
    "government_terms": GOVERNMENT_TERMS,
    "lane_terms": LANE_TERMS,
    "funding": AMOUNT,  # (programmes, 12 shared items, 7 parties) shares
}
# emptied together at the start of a run
EMPTIED_TABLES = {
    "headcount": INTEGER,  # (programmes, stages) people now
    "flows": INTEGER,  # (programmes, stages, stages) moves so far
    "ledger": AMOUNT,  # (months, programmes, items, parties) paid, by payer
    "accounts": AMOUNT,  # (programmes, parties) received less paid
    "lodged": AMOUNT,  # (lanes, months) applications lodged up to each month
}
OTHER_TABLES = {
    "terms": BYTE,  # all terms in force
    "plan": BYTE,  # all terms of all segments
    "emptied": BYTE,  # all tables that are emptied at the start
    "plan_months": INTEGER,  # (segments,) month from which each segment holds
    "quantiles": AMOUNT,  # (distributions, 1 + knots)
    "programmes": PROGRAMME,
    "sites": SITE,
    "institutions": INSTITUTION,
    "employers": EMPLOYER,
    "partnerships": PARTNERSHIP,
    "partner_of": INTEGER,  # (programmes, employers) partnership, -1: none
    "trust": TRUST,  # (employers, institutions)
    "governments": GOVERNMENT,
    "lanes": LANE,
    "neighbours_start": INTEGER,  # (employers + 1,)
    "neighbours": INTEGER,  # (links,)
    "trainees": TRAINEE,
    "lists": LIST,
    "blocks": SHORT,  # (blocks, 32)
    "scores": AMOUNT,  # observed aptitude of an intake's applicants
    "ranking": AMOUNT,  # the same, for the search of the bar
    "turns": SHORT,  # (employers + 1,) ring of employers
    "passed_over": SHORT,  # (employers + 1,) employers that found nobody this month
    "trajectory": AMOUNT,  # (months, programmes, columns)
}
TABLES = {**TERMS_TABLES, **EMPTIED_TABLES, **OTHER_TABLES}

WORLD = np.dtype(
    [
        ("month", "i8"),  # months done
        ("horizon", "i8"),
        ("calendar_month", "i8"),  # 0 (January) to 11, of the first month
        ("segment", "i8"),  # segment of the plan in force
        ("segments", "i8"),
        ("seed_low", "u8"),  # key of luck, 32 bits each
        ("seed_high", "u8"),
        ("replication", "u8"),
        ("people", "i8"),  # rows of trainees in use
        ("available", "i8"),  # graduates in all pools
        ("turn_head", "i8"),  # ring of employers that wait for their turn
        ("turn_count", "i8"),
        ("free_block", "i8"),
        ("used_blocks", "i8"),
        ("failure", "i8"),  # 1: lists full, 2: rows full (a fault of ours, never a user's)
        ("programme_count", "i8"),
        ("site_count", "i8"),
        ("institution_count", "i8"),
        ("employer_count", "i8"),
        ("partnership_count", "i8"),
        ("government_count", "i8"),
        ("lane_count", "i8"),
        ("list_count", "i8"),
        ("block_count", "i8"),
        ("row_count", "i8"),  # rows of trainees
        ("terms_bytes", "i8"),
        ("emptied_bytes", "i8"),
        *((f"at_{name}", "i8") for name in TABLES),  # addresses
    ]
)

# tables by address, for rules that run as plain Python
PLAIN_TABLES: dict[tuple[str, int], np.ndarray] = {}


def accessor(name: str) -> Callable[..., Any]:
    """Return a function (w, i) that gives row i of a table.

    The row is a view: reading and setting its fields reads and sets the table. There is no
    check of bounds, as in any inner loop; the tests run the rules as plain Python as well, where
    NumPy checks them.
    """
    dtype = TABLES[name]
    field = f"at_{name}"
    if config.DISABLE_JIT:
        return lambda w, i: PLAIN_TABLES[name, int(w[field])][int(i)]
    offset = WORLD.fields[field][1]  # type: ignore[index]
    row_type = numba.from_dtype(dtype)

    @intrinsic
    def row(typing_context, w, i):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            world, number = arguments
            number = context.cast(builder, number, signature.args[1], types.int64)
            shift = builder.mul(number, cgutils.intp_t(dtype.itemsize))
            address = builder.add(_load_address(builder, world, offset), shift)
            return builder.inttoptr(address, context.get_value_type(row_type))

        return row_type(w, i), codegen

    return row


def part_accessor(name: str, part: str, cell: np.dtype) -> Callable[..., Any]:
    """Return a function (w, i, k) that gives cell k of the array `part` of row i of a table."""
    dtype = TABLES[name]
    field = f"at_{name}"
    if config.DISABLE_JIT:
        return lambda w, i, k: (
            PLAIN_TABLES[name, int(w[field])][int(i)][part].view(cell).view(np.recarray)[int(k)]
        )
    offset = WORLD.fields[field][1]  # type: ignore[index]
    inside = dtype.fields[part][1]  # type: ignore[index]
    cell_type = numba.from_dtype(cell)

    @intrinsic
    def row(typing_context, w, i, k):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            world, number, place = arguments
            number = context.cast(builder, number, signature.args[1], types.int64)
            place = context.cast(builder, place, signature.args[2], types.int64)
            shift = builder.mul(number, cgutils.intp_t(dtype.itemsize))
            within = builder.mul(place, cgutils.intp_t(cell.itemsize))
            address = builder.add(_load_address(builder, world, offset), shift)
            address = builder.add(builder.add(address, within), cgutils.intp_t(inside))
            return builder.inttoptr(address, context.get_value_type(cell_type))

        return cell_type(w, i, k), codegen

    return row


def clearer(name: str, size: str) -> Callable[..., Any]:
    """Return a function (w) that sets all bytes of a table to zero; `size` names their number."""
    field = f"at_{name}"
    if config.DISABLE_JIT:
        return lambda w: PLAIN_TABLES[name, int(w[field])].fill(0)
    at, count = WORLD.fields[field][1], WORLD.fields[size][1]  # type: ignore[index]

    @intrinsic
    def clear(typing_context, w):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            (world,) = arguments
            table = builder.inttoptr(_load_address(builder, world, at), cgutils.int8_t.as_pointer())
            cgutils.memset(builder, table, _load_address(builder, world, count), 0)
            return context.get_dummy_value()

        return types.void(w), codegen

    return clear


def copier(source: str, target: str, size: str) -> Callable[..., Any]:
    """Return a function (w, n) that copies part n, of `size` bytes, of a table over another."""
    from_field, to_field = f"at_{source}", f"at_{target}"
    if config.DISABLE_JIT:

        def copy_plain(w: Any, n: int) -> None:
            whole = PLAIN_TABLES[source, int(w[from_field])]
            start = int(n) * int(w[size])
            PLAIN_TABLES[target, int(w[to_field])][:] = whole[start : start + int(w[size])]

        return copy_plain
    places = [WORLD.fields[f][1] for f in (from_field, to_field, size)]  # type: ignore[index]

    @intrinsic
    def copy(typing_context, w, n):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            world, number = arguments
            number = context.cast(builder, number, signature.args[1], types.int64)
            start, end, count = (_load_address(builder, world, place) for place in places)
            start = builder.add(start, builder.mul(number, count))
            byte = cgutils.int8_t.as_pointer()
            cgutils.raw_memcpy(
                builder, builder.inttoptr(end, byte), builder.inttoptr(start, byte), count, 1
            )
            return context.get_dummy_value()

        return types.void(w, n), codegen

    return copy


def fetcher(name: str) -> Callable[..., Any]:
    """Return a function (w, i) that asks the processor to load row i of a table ahead of its use.

    It changes no number: it hides the wait for memory where rows are met in no order.
    """
    if config.DISABLE_JIT:
        return lambda w, i: None
    dtype = TABLES[name]
    offset = WORLD.fields[f"at_{name}"][1]  # type: ignore[index]

    @intrinsic
    def fetch(typing_context, w, i):  # type: ignore[no-untyped-def]
        def codegen(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
            world, number = arguments
            number = context.cast(builder, number, signature.args[1], types.int64)
            shift = builder.mul(number, cgutils.intp_t(dtype.itemsize))
            address = builder.add(_load_address(builder, world, offset), shift)
            byte = cgutils.int8_t.as_pointer()
            whole = cgutils.int32_t
            kind = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
            prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
            for line in range(0, dtype.itemsize, 64):
                place = builder.inttoptr(builder.add(address, cgutils.intp_t(line)), byte)
                builder.call(prefetch, [place, whole(1), whole(3), whole(1)])
            return context.get_dummy_value()

        return types.void(w, i), codegen

    return fetch


def _load_address(builder: Any, world: Any, offset: int) -> Any:
    """Emit the load of a table's address, or of a size, from the world's row."""
    place = builder.bitcast(world, cgutils.int8_t.as_pointer())
    place = cgutils.pointer_add(builder, place, offset)
    word = builder.load(builder.bitcast(place, cgutils.intp_t.as_pointer()))
    # tables do not move during a run, so one load serves until the end of a function
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word


behaviour_row = accessor("behaviour")
programme_terms = accessor("programme_terms")
institution_terms = accessor("institution_terms")
employer_terms = accessor("employer_terms")
government_terms = accessor("government_terms")
lane_terms = accessor("lane_terms")
programme_row = accessor("programmes")
site_row = accessor("sites")
institution_row = accessor("institutions")
employer_row = accessor("employers")
partnership_row = accessor("partnerships")
trust_cell = accessor("trust")
government_row = accessor("governments")
lane_row = accessor("lanes")
trainee_row = accessor("trainees")
vouching_mean = part_accessor("behaviour", "vouching", AMOUNT)
unit_cost = part_accessor("programme_terms", "cost", AMOUNT)
entered = part_accessor("trainees", "entered", MONTH)
in_grade = part_accessor("sites", "in_grade", SHORT)
list_row = accessor("lists")
block_cell = accessor("blocks")
score_cell = accessor("scores")
ranking_cell = accessor("ranking")
turn_cell = accessor("turns")
passed_over_cell = accessor("passed_over")
quantile_cell = accessor("quantiles")
plan_month_cell = accessor("plan_months")
partner_cell = accessor("partner_of")
neighbour_start_cell = accessor("neighbours_start")
neighbour_cell = accessor("neighbours")
funding_cell = accessor("funding")
headcount_cell = accessor("headcount")
flow_cell = accessor("flows")
ledger_cell = accessor("ledger")
account_cell = accessor("accounts")
lodged_cell = accessor("lodged")
trajectory_cell = accessor("trajectory")
clear_emptied = clearer("emptied", "emptied_bytes")
copy_plan = copier("plan", "terms", "terms_bytes")
fetch_trainee = fetcher("trainees")


@inlined
def behaviour(w):
    """Return the behavioural parameters in force."""
    return behaviour_row(w, 0)


@inlined
def headcount(w, p, stage):
    """Return the cell with the people of a programme who are in a stage."""
    return headcount_cell(w, p * STAGE_COUNT + stage)


@inlined
def flow(w, p, before, stage):
    """Return the cell with the moves of a programme's people from one stage to another."""
    return flow_cell(w, (p * STAGE_COUNT + before) * STAGE_COUNT + stage)


@inlined
def trust_row(w, e, i):
    """Return the trust of employer e in institution i."""
    return trust_cell(w, e * w.institution_count + i)


@inlined
def partner_of(w, p, e):
    """Return the partnership of programme p and employer e, -1 for none."""
    return partner_cell(w, p * w.employer_count + e).value


@inlined
def quantile(w, distribution, place):
    """Return a number of the row of a tabulated distribution."""
    return quantile_cell(w, distribution * (KNOTS + 1) + place).value


@inlined
def block_entry(w, block, place):
    """Return the cell of a block of a list."""
    return block_cell(w, block * BLOCK + place)


@inlined
def funding(w, p, item, party):
    """Return the share of a party in a shared item of a programme."""
    return funding_cell(w, (p * SHARED_ITEM_COUNT + item) * SHARING_PARTIES + party).value


@inlined
def ledger_entry(w, month, p, item, payer):
    """Return the cell with what a payer paid for an item of a programme in a month."""
    return ledger_cell(
        w, ((month * w.programme_count + p) * ITEM_COUNT + item) * PARTY_COUNT + payer
    )


@inlined
def account(w, p, party):
    """Return the cell with what a party received less paid in a programme."""
    return account_cell(w, p * PARTY_COUNT + party)


@inlined
def lodged(w, lane, month):
    """Return the cell with the applications lodged with a lane up to the end of a month."""
    return lodged_cell(w, lane * w.horizon + month)
