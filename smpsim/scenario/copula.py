"""The Gaussian copula that joins the attributes of people (Nelsen 2006, "Introduction to Copulas").

Each attribute keeps its own distribution; what is correlated are the normal scores of the uniform
numbers that it is drawn at.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from smpsim.vocabulary import ATTRIBUTES

Correlation = Annotated[float, Field(gt=-1, lt=1)]
YES_OR_NO = ("prior_employment", "dependants", "women")
SMALLEST = 1e-9  # eigenvalue from which a matrix counts as positive definite


def joint_scores(correlations: Mapping[Any, Mapping[Any, float]]) -> np.ndarray:
    """Return the lower triangular factor L: scores that are joined are L times independent ones.

    Parameters
    ----------
    correlations : mapping of str to mapping of str to float
        By names of two attributes, each pair once.

    Returns
    -------
    ndarray of float, shape (attributes, attributes)
        In the order of `smpsim.vocabulary.ATTRIBUTES`; the identity without correlations.

    Raises
    ------
    ValueError
        If a pair is stated twice or of one attribute, or people can't have all of them together.
    """
    return _factor(
        tuple(
            (one, other, r) for one, others in correlations.items() for other, r in others.items()
        )
    )


@lru_cache(maxsize=256)
def _factor(correlations: tuple[tuple[str, str, float], ...]) -> np.ndarray:
    """Return the factor of correlations by pairs; thousands of scenarios share the same."""
    matrix = np.eye(len(ATTRIBUTES))
    stated: set[frozenset[str]] = set()
    for one, other, value in correlations:
        pair = frozenset((one, other))
        if one == other:
            raise ValueError(
                f"correlations: got {one} with itself; allowed: two different attributes"
            )
        if pair in stated:
            raise ValueError(f"correlations: got {one} and {other} twice; allowed: once")
        stated.add(pair)
        i, j = ATTRIBUTES.index(one), ATTRIBUTES.index(other)
        # who has what is a yes or no has it below a share, so that high scores stand for no
        sign = -1.0 if (one in YES_OR_NO) != (other in YES_OR_NO) else 1.0
        matrix[i, j] = matrix[j, i] = sign * value
    if not stated:
        matrix.flags.writeable = False
        return matrix
    least = float(np.linalg.eigvalsh(matrix)[0])
    if least < SMALLEST:
        raise ValueError(
            "correlations: got a matrix that is not positive definite (least eigenvalue "
            f"{least:.3g}); allowed: correlations that are possible together; weaken some of them"
        )
    factor = np.linalg.cholesky(matrix)
    factor.flags.writeable = False
    return factor
