"""Lists of people: a calendar of what is due, pools by grade, lines at offices.

A list is a chain of blocks of identifiers. Appending writes behind the last identifier, so a
month's list is read in long runs; a person who has left is skipped when met (lazy removal), so
nobody is searched for. Cost follows events, not person-months.
"""

from __future__ import annotations

import numpy as np

from smpsim.compiled import inlined, rule
from smpsim.world.layout import BLOCK, LISTS_FULL
from smpsim.world.state import block_entry, fetch_trainee, list_row

LAST = BLOCK - 1
NOBODY = -1

# phases of a month that have a calendar of their own, in the order of the month
TRAINING_DUE, TRANSIT_DUE, WORK_DUE = 0, 1, 2
CALENDARS = 3
AHEAD = 16  # events ahead of which a trainee's row is asked for


@rule
def clear_lists(w):
    """Empty all lists, before the clock is set back: those of months past have been emptied."""
    for k in range(CALENDARS * w.month, w.list_count):
        line = list_row(w, k)
        line.head = NOBODY
        line.read = 0
        line.tail = NOBODY
        line.write = 0


@rule
def extend(w, k):
    """Give list k another block."""
    line = list_row(w, k)
    block = w.free_block
    if block != NOBODY:
        w.free_block = np.int64(block_entry(w, block, LAST).value)
    else:
        block = w.used_blocks
        if block >= w.block_count:
            # nothing is written; the run ends with this month and is given up
            w.failure = LISTS_FULL
            return
        w.used_blocks = block + 1
    block_entry(w, block, LAST).value = NOBODY
    if line.tail == NOBODY:
        line.head = block
        line.read = 0
    else:
        block_entry(w, line.tail, LAST).value = block
    line.tail = block
    line.write = 0


@inlined
def append(w, k, identifier):
    """Put an identifier at the end of list k."""
    line = list_row(w, k)
    if line.tail == NOBODY or line.write == LAST:
        extend(w, k)
        if w.failure != 0:
            return
    block_entry(w, line.tail, line.write).value = identifier
    line.write += 1


@inlined
def first(w, k):
    """Return the first identifier of list k, or -1 when it is empty."""
    line = list_row(w, k)
    if line.head == NOBODY or (line.head == line.tail and line.read == line.write):
        return NOBODY
    return np.int64(block_entry(w, line.head, line.read).value)


@inlined
def drop_first(w, k):
    """Remove the first identifier of list k, which is not empty."""
    line = list_row(w, k)
    fetch_ahead(w, line.head, line.read)
    line.read += 1
    if line.head == line.tail:
        if line.read == line.write:
            line.read = 0
            line.write = 0
    elif line.read == LAST:
        following = np.int64(block_entry(w, line.head, LAST).value)
        free_block(w, line.head)
        line.head = following
        line.read = 0


@inlined
def fetch_ahead(w, block, place):
    """Ask for the row of the person who stands some places further on in a chain of blocks.

    Behind the end of a list there may be a number out of date, whose row it does no harm to load.
    """
    ahead = place + AHEAD
    if ahead < LAST:
        fetch_trainee(w, block_entry(w, block, ahead).value)
        return
    following = block_entry(w, block, LAST).value
    if following != NOBODY:
        fetch_trainee(w, block_entry(w, following, ahead - LAST).value)


@inlined
def free_block(w, block):
    """Give a block back for later use."""
    block_entry(w, block, LAST).value = w.free_block
    w.free_block = block


@inlined
def schedule(w, phase, month, identifier):
    """Note in the calendar that a person is due in a phase of a month that may come."""
    if month < w.end:
        append(w, CALENDARS * month + phase, identifier)


@inlined
def first_pool_list(w):
    """Return the number of the list in which the pool of site 0 with grade 0 waits."""
    return CALENDARS * w.end
