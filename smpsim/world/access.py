"""Access to the rows of tables from compiled rules, at the cost of an address.

Passing one row instead of forty arrays makes calls cheap and compilation quick (see
docs/decisions.md). With ``NUMBA_DISABLE_JIT=1`` the same functions give rows of NumPy arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakValueDictionary

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from smpsim.compiled import BOUNDS_CHECKED, PLAIN, compiled
from smpsim.world.layout import TABLES, WORLD

# tables by address, for rules that run as plain Python; they live as long as a world that has them
PLAIN_TABLES: WeakValueDictionary[tuple[str, int], np.ndarray] = WeakValueDictionary()


def offset_in(dtype: np.dtype, field: str) -> int:
    """Return the place of a field in a row, in bytes."""
    assert dtype.fields is not None
    return int(dtype.fields[field][1])


def accessor(name: str, dtype: np.dtype | None = None) -> Callable[..., Any]:
    """Return a function (w, i) that gives row i of a table.

    The row is a view: reading and setting its fields reads and sets the table. There is no
    check of bounds, as in any inner loop, but with ``SMPSIM_CHECK_BOUNDS=1``, under which the
    tests run random scenarios, and in plain Python.
    A type of rows may be given that holds more fields than that of the table.
    """
    dtype = TABLES[name] if dtype is None else dtype
    field = f"at_{name}"
    if PLAIN:
        return lambda w, i: PLAIN_TABLES[name, int(w[field])][_checked(name, w, i)]
    offset = offset_in(WORLD, field)
    row_type = numba.from_dtype(dtype)

    @intrinsic
    def row(typing_context, w, i):
        def codegen(context, builder, signature, arguments):
            place = _place_of_row(context, builder, signature, arguments, offset, dtype)
            return builder.bitcast(place, context.get_value_type(row_type))

        return row_type(w, i), codegen

    if not BOUNDS_CHECKED:
        return row
    rows = size_of(f"rows_of_{name}")
    message = f"a rule asked for a row outside the table {name!r}"

    def checked(w, i):
        if i < 0 or i >= rows(w):
            raise IndexError(message)
        return row(w, i)  # type: ignore[call-arg]

    return compiled(checked)


def part_accessor(
    name: str,
    part: str,
    cell: np.dtype,
    count: int | None = None,
    dtype: np.dtype | None = None,
) -> Callable[..., Any]:
    """Return a function (w, i, k) that gives cell k of the array `part` of row i of a table.

    With a count, `part` is the first of so many fields of the same type that stand in a row.
    """
    dtype = TABLES[name] if dtype is None else dtype
    field = f"at_{name}"
    cells = dtype[part].itemsize // cell.itemsize if count is None else count
    inside = offset_in(dtype, part)
    if PLAIN:

        def cell_plain(w: Any, i: int, k: int) -> Any:
            at = _checked(name, w, i)
            row = PLAIN_TABLES[name, int(w[field])][at : at + 1]
            return np.ndarray(cells, cell, row.view(np.ndarray), inside).view(np.recarray)[int(k)]

        return cell_plain
    offset = offset_in(WORLD, field)
    cell_type = numba.from_dtype(cell)

    @intrinsic
    def row(typing_context, w, i, k):
        def codegen(context, builder, signature, arguments):
            row = _place_of_row(context, builder, signature, arguments, offset, dtype)
            number = context.cast(builder, arguments[2], signature.args[2], types.int64)
            within = builder.mul(number, cgutils.intp_t(cell.itemsize))
            place = builder.gep(row, [builder.add(within, cgutils.intp_t(inside))])
            return builder.bitcast(place, context.get_value_type(cell_type))

        return cell_type(w, i, k), codegen

    if not BOUNDS_CHECKED:
        return row
    rows = size_of(f"rows_of_{name}")
    message = f"a rule asked for a cell outside {part!r} of the table {name!r}"

    def checked(w, i, k):
        if i < 0 or i >= rows(w) or k < 0 or k >= cells:
            raise IndexError(message)
        return row(w, i, k)  # type: ignore[call-arg]

    return compiled(checked)


def size_of(field: str) -> Callable[..., Any]:
    """Return a function (w) that gives a size from the world's row."""
    offset = offset_in(WORLD, field)

    @intrinsic
    def size(typing_context, w):
        def codegen(context, builder, signature, arguments):
            return _load_address(builder, arguments[0], offset)

        return types.int64(w), codegen

    return size


def _checked(name: str, w: Any, i: Any) -> int:
    """Return a row's number for NumPy, which would count a negative one from the end."""
    if not 0 <= int(i) < int(w[f"rows_of_{name}"]):
        raise IndexError(f"a rule asked for row {int(i)} outside the table {name!r}")
    return int(i)


def clearer(name: str, size: str) -> Callable[..., Any]:
    """Return a function (w) that sets all bytes of a table to zero; `size` names their number."""
    field = f"at_{name}"
    if PLAIN:
        return lambda w: PLAIN_TABLES[name, int(w[field])].fill(0)
    at, count = offset_in(WORLD, field), offset_in(WORLD, size)

    @intrinsic
    def clear(typing_context, w):
        def codegen(context, builder, signature, arguments):
            (world,) = arguments
            table = builder.inttoptr(_load_address(builder, world, at), cgutils.int8_t.as_pointer())
            cgutils.memset(builder, table, _load_address(builder, world, count), 0)
            return context.get_dummy_value()

        return types.void(w), codegen

    return clear


def copier(source: str, target: str, size: str) -> Callable[..., Any]:
    """Return a function (w, n) that copies part n, of `size` bytes, of a table over another."""
    from_field, to_field = f"at_{source}", f"at_{target}"
    if PLAIN:

        def copy_plain(w: Any, n: int) -> None:
            whole = PLAIN_TABLES[source, int(w[from_field])]
            start = int(n) * int(w[size])
            PLAIN_TABLES[target, int(w[to_field])][:] = whole[start : start + int(w[size])]

        return copy_plain
    places = [offset_in(WORLD, f) for f in (from_field, to_field, size)]

    @intrinsic
    def copy(typing_context, w, n):
        def codegen(context, builder, signature, arguments):
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


def fetcher(name: str, dtype: np.dtype | None = None) -> Callable[..., Any]:
    """Return a function (w, i) that asks the processor to load the start of row i ahead of its use.

    It changes no number: it hides the wait for memory where rows are met in no order. A cache line
    is asked for: what most events need stands there, and more would only keep memory busy.
    """
    if PLAIN:
        return lambda w, i: None
    dtype = TABLES[name] if dtype is None else dtype
    offset = offset_in(WORLD, f"at_{name}")

    @intrinsic
    def fetch(typing_context, w, i):
        def codegen(context, builder, signature, arguments):
            place = _place_of_row(context, builder, signature, arguments, offset, dtype)
            byte = cgutils.int8_t.as_pointer()
            whole = cgutils.int32_t
            kind = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
            prefetch = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0i8")
            builder.call(prefetch, [place, whole(1), whole(3), whole(1)])
            return context.get_dummy_value()

        return types.void(w, i), codegen

    return fetch


def _place_of_row(
    context: Any, builder: Any, signature: Any, arguments: Any, offset: int, dtype: np.dtype
) -> Any:
    """Emit where a row lies: the world and the row's number are the first two arguments.

    As a place in a table, not as a number, so that a loop over rows is one to the compiler.
    """
    number = context.cast(builder, arguments[1], signature.args[1], types.int64)
    shift = builder.mul(number, cgutils.intp_t(dtype.itemsize))
    table = _load_address(builder, arguments[0], offset)
    return builder.gep(builder.inttoptr(table, cgutils.int8_t.as_pointer()), [shift])


def _load_address(builder: Any, world: Any, offset: int) -> Any:
    """Emit the load of a table's address, or of a size, from the world's row."""
    place = builder.bitcast(world, cgutils.int8_t.as_pointer())
    place = cgutils.pointer_add(builder, place, offset)
    word = builder.load(builder.bitcast(place, cgutils.intp_t.as_pointer()))
    # tables do not move during a run, so one load serves until the end of a function
    word.set_metadata("invariant.load", builder.module.add_metadata([]))
    return word
