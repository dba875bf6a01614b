"""Points of a unit cube, one stream of random numbers for each key.

A stream follows from the seed and the key's name, so that adding a key to a study, or taking more
samples, leaves the samples of all other keys and the first designs as they were.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence

import numpy as np
from scipy.stats import qmc

SOBOL_BITS = 30
SOBOL_DIMENSIONS = 128
"""Dimensions of Sobol's sequence among which a key's name chooses."""


def points(keys: Sequence[str], count: int, seed: int, method: str) -> dict[str, np.ndarray]:
    """Return points of a unit cube by key.

    Parameters
    ----------
    keys : sequence of str
    count : int
        Number of points.
    seed : int
    method : str
        ``"latin_hypercube"``: for each power of two, the first so many points lie in intervals of
        equal width, one in each, and the keys are paired at random. ``"sobol"``: a key takes a
        dimension of Sobol's sequence (Joe and Kuo 2008) by its name, with a random digital shift;
        a key behind the others never moves them, another one only if it takes the dimension of
        one (1 in 128 for each). ``"random"``: independent.

    Returns
    -------
    dict of str to ndarray, shape (count,)
        Above 0 and below 1.
    """
    if method == "sobol":
        found = _sobol(keys, count, seed)
    elif method == "latin_hypercube":
        found = {key: _latin(stream(seed, key), count) for key in keys}
    else:
        found = {key: stream(seed, key).random(count) for key in keys}
    # at 0 or 1 a normal distribution is infinite
    return {key: np.clip(values, 1e-12, 1.0 - 1e-12) for key, values in found.items()}


def stream(seed: int, key: str) -> np.random.Generator:
    """Return the random numbers of a key under a seed."""
    return np.random.default_rng([seed, *_words(key)])


def _words(key: str) -> list[int]:
    digest = hashlib.blake2b(key.encode(), digest_size=16).digest()
    return [int.from_bytes(digest[at : at + 4], "little") for at in range(0, 16, 4)]


def _latin(luck: np.random.Generator, count: int) -> np.ndarray:
    """Return points that fill halves, quarters, eighths ... in turn, in random order each."""
    found = luck.random(1)
    while len(found) < count:
        width = 1.0 / (2 * len(found))
        # each interval holds one point, in one of its halves: the next points go to the others
        free = (found / width).astype(np.int64) ^ 1
        more = (luck.permutation(free) + luck.random(len(free))) * width
        found = np.concatenate([found, more])
    return found[:count]


def _sobol(keys: Sequence[str], count: int, seed: int) -> dict[str, np.ndarray]:
    taken: dict[str, int] = {}
    dimensions = max(SOBOL_DIMENSIONS, len(keys))
    for key in keys:
        dimension = _words(key)[0] % dimensions
        while dimension in taken.values():
            dimension = (dimension + 1) % dimensions
        taken[key] = dimension
    with warnings.catch_warnings():
        # a number that is no power of two is balanced less well; that is said in the docs
        warnings.simplefilter("ignore", UserWarning)
        sequence = qmc.Sobol(max(taken.values(), default=0) + 1, scramble=False, bits=SOBOL_BITS)
        cube = sequence.random(count)
    scale = 2**SOBOL_BITS
    found = {}
    for key, dimension in taken.items():
        luck = stream(seed, key)
        digits = (cube[:, dimension] * scale).astype(np.int64) ^ luck.integers(scale)
        found[key] = (digits + 0.5) / scale
    return found
