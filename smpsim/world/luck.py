"""Luck: a pure function of (seed, replication, person, decision).

Philox 4x32 with ten rounds (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as
easy as 1, 2, 3", SC11) turns a counter and a key into four 32-bit numbers. The counter names
who decides what, so a draw depends neither on the order of events nor on the design: the same
person has the same luck under every design (common random numbers).
"""

from __future__ import annotations

import math

import numpy as np

from smpsim.compiled import inlined, rule
from smpsim.world.layout import KNOTS
from smpsim.world.state import quantile

MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
SCALE = 2.0**-32

# who draws: the fourth word of the counter
PERSON, EMPLOYER_GROUP, EMPLOYER_MONTH, INSTITUTION_GROUP, LANE_MONTH, PARTNER, SECTOR_MONTH = (
    range(7)
)
GOVERNMENT_LUCK = 12

# blocks of an employer's attributes, drawn once for a run; block 0: what it pays, how long it waits
CHARACTER, HABITS = 1, 2

# decisions of a person: four to a block, so that one call serves those drawn together
DROPOUT, EXAM, VISA, QUIT = 0, 1, 2, 3
APTITUDE, AGE, PRIOR_EMPLOYMENT, MOTIVATION = 4, 5, 6, 7
SAVINGS, INITIAL_SKILL, INITIAL_LANGUAGE, SELECTION = 8, 9, 10, 11
DOMESTIC_JOB, WITHDRAWAL, INDIVIDUAL_SEARCH, DOMESTIC_TRACK = 12, 13, 14, 15
RECOGNITION, RECOGNITION_MONTHS, VISA_MONTHS, READINESS = 16, 17, 18, 19
AFTER_QUIT, RETURN, CONTRACT_END = 20, 21, 22
RETAKE = 24  # one decision an attempt, up to the fifth
FURTHER_CONTRACT = 32  # two decisions a contract: what follows it, and the quit in it
# further ones begin behind every contract that can follow another
APPLY, ATTACHMENT, IMPATIENCE, DEPENDANTS = 1024, 1025, 1026, 1027
CREDIT, LANGUAGE_APTITUDE, SCHOOLING, PRIOR_WAGE = 1028, 1029, 1030, 1031
WOMEN, EXAM_PERSON, EXAM_SPEAKER, DECLINE = 1032, 1033, 1034, 1035
EXAM_LANGUAGE, EARLY_EXAMS = 1036, 4  # one decision an attempt, up to so many
LATE_EXAM_LANGUAGE = 1204  # and for the fifth and the sixth
HOME_TRACK = 1044
BRIDGING, OFFER_CANCELLED = 1040, 1041
VACANCY_REOPENED = 1200

LOGIT_BOUND = 22.5
STANDARD_NORMAL = 0  # number of that distribution among the tabulated


@inlined
def philox(c0, c1, c2, c3, k0, k1):
    """Return four 32-bit numbers for a counter of four words and a key of two (all uint64)."""
    for _ in range(10):
        p0 = MULTIPLIER_0 * c0
        p1 = MULTIPLIER_1 * c2
        c0 = (p1 >> HALF) ^ c1 ^ k0
        c2 = (p0 >> HALF) ^ c3 ^ k1
        c1 = p1 & LOW
        c3 = p0 & LOW
        k0 = (k0 + WEYL_0) & LOW
        k1 = (k1 + WEYL_1) & LOW
    return c0, c1, c2, c3


@inlined
def four_numbers(w, who, group, member, block):
    """Return the four 32-bit numbers of a block of decisions of one member of a group."""
    return philox(
        np.uint64(member),
        np.uint64(block),
        np.uint64(w.replication),
        np.uint64(who) | (np.uint64(group) << np.uint64(4)),
        np.uint64(w.seed_low),
        np.uint64(w.seed_high),
    )


@inlined
def unit(number):
    """Return a uniform number, open interval 0 to 1, from a 32-bit number."""
    return (np.float64(number) + 0.5) * SCALE


@rule
def uniform(w, who, group, member, decision):
    """Return U(member, decision), uniform on the open interval 0 to 1."""
    a, b, c, d = four_numbers(w, who, group, member, decision >> 2)
    lane = decision & 3
    if lane == 0:
        return unit(a)
    if lane == 1:
        return unit(b)
    if lane == 2:
        return unit(c)
    return unit(d)


@inlined
def threshold(u):
    """Return the exponential threshold at which an accumulated hazard strikes, -log(u)."""
    return -math.log(u)


@rule
def draw(w, distribution, u):
    """Return the value of a tabulated distribution at u: inverse transform.

    Rows of quantiles hold a flag (1: constant), then the quantiles at knots that are evenly
    spaced in log(u / (1 - u)), so that both tails are as fine as the middle.
    """
    if quantile(w, distribution, 0) == 1.0:
        return quantile(w, distribution, 1)
    place = (math.log(u / (1.0 - u)) + LOGIT_BOUND) * ((KNOTS - 1) / (2.0 * LOGIT_BOUND))
    place = min(max(place, 0.0), KNOTS - 1.000001)
    knot = int(place)
    part = place - knot
    low = quantile(w, distribution, knot + 1)
    return low + part * (quantile(w, distribution, knot + 2) - low)


@inlined
def poisson(mean, u):
    """Return the Poisson quantile at u by inversion, for any mean."""
    return poisson_from(math.exp(-mean), mean, u)


@rule
def poisson_from(none, mean, u):
    """Return the Poisson quantile at u, where `none` is the chance of 0, the same for many."""
    if mean <= 0.0:
        return 0
    if mean > 500.0:
        # the normal limit is within a thousandth here, and exp(-mean) would underflow
        return max(0, int(mean + math.sqrt(mean) * normal(u) + 0.5))
    chance = none
    total = chance
    count = 0
    while total < u and count < 2000:
        count += 1
        chance *= mean / count
        total += chance
    return count


@rule
def binomial(trials, chance, u):
    """Return the binomial quantile at u by inversion."""
    if chance <= 0.0 or trials <= 0:
        return 0
    if chance >= 1.0:
        return trials
    mass = (1.0 - chance) ** trials
    if mass < 1e-290:
        spread = math.sqrt(trials * chance * (1.0 - chance))
        return min(trials, max(0, int(trials * chance + spread * normal(u) + 0.5)))
    total = mass
    count = 0
    while total < u and count < trials:
        mass *= (trials - count) / (count + 1.0) * chance / (1.0 - chance)
        count += 1
        total += mass
    return count


@rule
def normal(u):
    """Return the standard normal quantile at u, to about 1e-12, by Newton steps on erfc."""
    tail = min(u, 1.0 - u)
    # start: the logistic approximation of the tail, then Halley's method
    x = -math.log(tail / (1.0 - tail)) / 1.702
    if tail < 0.02:
        x = math.sqrt(-2.0 * math.log(tail)) - 0.6
    for _ in range(6):
        error = 0.5 * math.erfc(x / 1.4142135623730951) - tail
        density = 0.3989422804014327 * math.exp(-0.5 * x * x)
        step = error / density
        x += step / (1.0 - 0.5 * x * step)
    return x if u > 0.5 else -x
