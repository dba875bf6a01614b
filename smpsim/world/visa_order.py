"""The line of a visa lane in an order of a user's own (E12).

Places in line stay as they are, those of background applications among them: they are handed out
anew, each month before the lane decides, among the applicants who wait and whose statutory minimum
is over. Those with the highest priority get the first places, those of equal priority keep their
order.
"""

from __future__ import annotations

import numpy as np

from smpsim.agents.trainee import IN_VISA_QUEUE
from smpsim.compiled import rule
from smpsim.world.decisions_of_offices import priority_of
from smpsim.world.queues import LAST, NOBODY
from smpsim.world.state import block_entry, list_row, trainee_row
from smpsim.world.transit import lane_list


@rule
def may_move(w, i, eligible):
    """Return whether an entry of a line is an applicant who waits and may be decided."""
    person = trainee_row(w, i)
    return person.stage == IN_VISA_QUEUE and person.place_in_line <= eligible + 1e-9


@rule
def put_in_order(w, number, eligible):
    """Hand out the places of those who may be decided, by priority."""
    line = list_row(w, lane_list(w, number))
    # twice through the line: to count who may move, and to note them
    count = 0
    people = np.empty(0, np.int64)
    places = np.empty(0, np.int64)
    priorities = np.empty(0, np.float64)
    for turn in range(2):
        if turn == 1:
            if count < 2:
                return
            people = np.empty(count, np.int64)
            places = np.empty(count, np.int64)
            priorities = np.empty(count, np.float64)
        count = 0
        block, cell = line.head, line.read
        while block != NOBODY:
            end = line.write if block == line.tail else LAST
            while cell < end:
                i = np.int64(block_entry(w, block, cell).value)
                if may_move(w, i, eligible):
                    if turn == 1:
                        person = trainee_row(w, i)
                        people[count] = i
                        places[count] = person.place_in_line
                        # the sort is a rising one
                        priorities[count] = -priority_of(w, person, number)
                    count += 1
                cell += 1
            block = np.int64(block_entry(w, block, LAST).value) if block != line.tail else NOBODY
            cell = 0
    order = np.argsort(priorities, kind="mergesort")
    count = 0
    block, cell = line.head, line.read
    while block != NOBODY:
        end = line.write if block == line.tail else LAST
        while cell < end:
            i = np.int64(block_entry(w, block, cell).value)
            # whoever stands here may have been given another place by now
            if count < len(people) and i == people[count]:
                block_entry(w, block, cell).value = people[order[count]]
                count += 1
            cell += 1
        block = np.int64(block_entry(w, block, LAST).value) if block != line.tail else NOBODY
        cell = 0
    for n in range(count):
        trainee_row(w, people[order[n]]).place_in_line = places[n]
