"""What an employer expects of a seat: arrival, gain, loss, worth (E2)."""

from __future__ import annotations

import math

from smpsim.compiled import inlined, rule
from smpsim.vocabulary import CONCERNS, NONE, place

QUALITY = place("quality", CONCERNS)
PREDICTABILITY = place("predictability", CONCERNS)
COST = place("cost", CONCERNS)
SPEED = place("speed", CONCERNS)
SIMPLICITY = place("simplicity", CONCERNS)

# sqrt(3) / pi: the scale of a logistic distribution against its standard deviation
LOGISTIC_SCALE = 0.5513
WORTHLESS = -1e12  # of a seat by which nothing can be gained, whatever it costs


@inlined
def scale_of(doubt):
    """Return the scale of a logistic wait with this standard deviation, never quite zero."""
    return LOGISTIC_SCALE * doubt + 0.1


@inlined
def months_worked(hazard, months):
    """Return the expected months of work within a horizon at a constant hazard of leaving."""
    if hazard * months < 1e-9:
        return months
    return (1.0 - math.exp(-hazard * months)) / hazard


@rule
def loss_if_unready(b, margin, hazard, months):
    """Return what is lost by a hire who is not found ready against one who is, currency (E2).

    Output o(t) = 1 - (1 - o0) exp(-g t) is less than full and supervision is needed as long as it
    is; both fade at the rate g of catching up, while the hire stays.
    """
    missing = margin * (1.0 - b.participation_unready_output) + b.participation_supervision
    return missing * months_worked(hazard + b.participation_catching_up, months)


@rule
def arrival_probability(patience, wait, doubt, reliability, refusal):
    """Return the believed chance to arrive within the employer's patience (E2).

    Patience is compared with a wait that is believed to spread logistically with the standard
    deviation `doubt`.
    """
    kept = reliability * (1.0 - refusal)
    if patience == math.inf:
        return kept
    push = (patience - wait) / scale_of(doubt)
    return kept / (1.0 + math.exp(-min(max(push, -50.0), 50.0)))


@rule
def months_beyond(patience, wait, doubt):
    """Return the expected months by which a wait outlasts the employer's patience (E2)."""
    if patience == math.inf:
        return 0.0
    scale = scale_of(doubt)
    push = (wait - patience) / scale
    if push > 50.0:
        return wait - patience
    return scale * math.log(1.0 + math.exp(push))


@rule
def expected_value(trust, arrives, gain, loss, cost, beyond, effort, concern, b):
    """Return the expected value EU of a seat, currency (E2).

    arrives x (gain - (1 - trust) loss) - cost - effort, less what is feared: the standard
    deviation of the gain, and the months beyond patience. What an employer is concerned about
    first weighs `participation_emphasis` as much.
    """
    unready = arrives * (1.0 - trust) * loss
    middle = arrives * gain - unready
    square = trust * gain * gain + (1.0 - trust) * (gain - loss) * (gain - loss)
    spread = math.sqrt(max(arrives * square - middle * middle, 0.0))
    spread *= b.participation_risk_aversion
    delay = b.participation_delay_cost * beyond
    value = middle - spread - cost - delay - effort
    more = b.participation_emphasis - 1.0
    if concern == QUALITY:
        return value - more * unready
    if concern == PREDICTABILITY:
        return value - more * spread
    if concern == COST:
        return value - more * cost
    if concern == SPEED:
        return value - more * delay
    return value - more * effort


@rule
def participation_probability(value, alternative, scale, cost, employer, b):
    """Return the probability that an employer engages (E3).

    logistic(k (EU - EU_alternative) / scale) if it is open to the idea and the cost is within
    the willingness to pay, else 0.
    """
    if cost > employer.willingness or not employer.open_to_it:
        return 0.0
    if b.participation_steepness == NONE:
        return 1.0
    push = b.participation_steepness * (value - alternative) / scale
    if push <= -50.0:
        return 0.0
    return 1.0 / (1.0 + math.exp(-min(push, 50.0)))


@rule
def shrunk(seen, of, prior, people):
    """Return a share as reported, with a prior that counts for so many people."""
    return (people * prior + seen) / (people + of)
