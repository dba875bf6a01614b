"""What a run came to: counts of a programme's people at the horizon, and sums of its ledger.

The rates and costs that users read follow from these in `smpsim.results.outcomes`.
"""

from __future__ import annotations

from smpsim.agents.trainee import ON_OWN
from smpsim.compiled import entry
from smpsim.vocabulary import RETENTION_MONTHS
from smpsim.world.state import trainee_row


@entry
def summarise(header, ledger, factors, counts, waits, totals):
    """Count what became of everybody, and add up what was paid.

    Parameters
    ----------
    header : world row, shape (1,)
    ledger : float64, shape (months, programmes * items * parties)
        Paid in each month.
    factors : float64, shape (months,)
        By which a payment of a month is discounted.
    counts : int64, shape (programmes, len(SEEN))
        Filled here: of those placed at least so many months before the horizon, how many there
        are and how many were still with their sponsor by then.
    waits : int64, shape (programmes, months + 1)
        Filled here: how many arrived at their sponsor after so many months of training and
        waiting, the month of arrival included.
    totals : float64, shape (2, programmes * items * parties)
        Filled here: the sum of all months, and that of their present values.
    """
    w = header[0]
    totals[:] = 0.0
    for month in range(ledger.shape[0]):
        factor = factors[month]
        for cell in range(ledger.shape[1]):
            amount = ledger[month, cell]
            totals[0, cell] += amount
            totals[1, cell] += amount * factor
    counts[:] = 0
    waits[:] = 0
    for i in range(w.people):
        person = trainee_row(w, i)
        if person.arrived < 0 or person.marks & ON_OWN:
            continue
        p = person.programme
        # from the start of the first month of training to the end of the month of arrival
        waits[p, person.arrived - person.enrolled + 1] += 1
        for k in range(len(RETENTION_MONTHS)):
            end = person.arrived + RETENTION_MONTHS[k]
            left = person.left
            if end < w.month:
                counts[p, 2 * k] += 1
                # who serves a fixed contract to its last day has stayed for it
                served = left == end and person.contract_end == end
                if left < 0 or left > end or served:
                    counts[p, 2 * k + 1] += 1
