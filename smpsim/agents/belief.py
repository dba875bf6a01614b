"""Beliefs: what somebody holds for likely, how sure of it, and how a case moves it (E4, E13).

A belief is a Gaussian of a logit. A case that is met, a success or a failure, moves it by one step
of an extended Kalman filter for a logistic observation: the likelihood is replaced by the Gaussian
that has its slope and curvature at the present mean (West, Harrison and Migon 1985, "Dynamic
generalized linear models and Bayesian forecasting", JASA 80).
"""

from __future__ import annotations

import math

import numpy as np

from smpsim.compiled import inlined, rule

BELIEF = np.dtype(
    [
        ("logit", "f8"),  # its mean; rows of NumPy have a "mean" of their own
        ("variance", "f8"),  # of the logit; 0: sure, nothing moves it
        ("seen", "i8"),  # month for which the variance holds
    ]
)

LARGEST_LOGIT = 30.0


@inlined
def logistic(x):
    """Return 1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + math.exp(-min(max(x, -LARGEST_LOGIT), LARGEST_LOGIT)))


@rule
def logit(share):
    """Return log(share / (1 - share)), within the bounds of every logit."""
    if share <= 0.0:
        return -LARGEST_LOGIT
    if share >= 1.0:
        return LARGEST_LOGIT
    return min(max(math.log(share / (1.0 - share)), -LARGEST_LOGIT), LARGEST_LOGIT)


@inlined
def shift(belief, pull, information):
    """Move a belief by its variance x pull, and make it surer by what was learnt."""
    variance = belief.variance
    belief.logit = min(max(belief.logit + variance * pull, -LARGEST_LOGIT), LARGEST_LOGIT)
    belief.variance = max(variance - variance * variance * information, 0.0)


@rule
def observe(belief, success, weight):
    """Move a belief by one case of a given weight (E4, E13).

    With chance c at its mean and variance v, a case y of weight k leaves the variance
    v / (1 + k c (1 - c) v), and moves the mean by that x k (y - c).
    """
    chance = logistic(belief.logit)
    curvature = weight * chance * (1.0 - chance)
    shrink = 1.0 / (1.0 + curvature * belief.variance)
    shift(belief, weight * (success - chance) * shrink, curvature * shrink)


@rule
def observe_sum(one, two, three, success, weight):
    """Move three beliefs whose sum is a logit by one case, each by its share of the variance."""
    chance = logistic(one.logit + two.logit + three.logit)
    curvature = weight * chance * (1.0 - chance)
    shrink = 1.0 / (1.0 + curvature * (one.variance + two.variance + three.variance))
    pull = weight * (success - chance) * shrink
    shift(one, pull, curvature * shrink)
    shift(two, pull, curvature * shrink)
    shift(three, pull, curvature * shrink)


@rule
def observe_two(one, two, rest, success, weight):
    """Move two beliefs by one case; `rest` of the logit is not at issue."""
    chance = logistic(one.logit + two.logit + rest)
    curvature = weight * chance * (1.0 - chance)
    shrink = 1.0 / (1.0 + curvature * (one.variance + two.variance))
    pull = weight * (success - chance) * shrink
    shift(one, pull, curvature * shrink)
    shift(two, pull, curvature * shrink)


@rule
def be_shown(one, two, three, value, precision):
    """Move three beliefs whose sum is a logit by a value that was shown with some precision."""
    shrink = 1.0 / (1.0 + precision * (one.variance + two.variance + three.variance))
    pull = precision * (value - one.logit - two.logit - three.logit) * shrink
    shift(one, pull, precision * shrink)
    shift(two, pull, precision * shrink)
    shift(three, pull, precision * shrink)


@rule
def drifted(variance, prior, drift, months):
    """Return a variance after months without a case: it grows by drift x prior, up to that."""
    if variance >= prior:
        return variance
    return min(variance + drift * prior * months, prior)
