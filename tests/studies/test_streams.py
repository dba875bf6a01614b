"""Samples of a key depend on the seed and its name only."""

import numpy as np
import pytest
from scipy import stats

from smpsim.studies.sweep.streams import points

METHODS = ("latin_hypercube", "sobol", "random")
KEYS = ["a.b", "programmes.pilot.intakes.seats", "months", "employers.firms.patience_months"]


@pytest.mark.parametrize("method", METHODS)
def test_a_key_more_leaves_the_samples_of_the_others(method):
    few = points(KEYS[:3], 100, 7, method)
    more = points([KEYS[3], *KEYS[:3]], 100, 7, method)
    for key in KEYS[:3]:
        np.testing.assert_array_equal(few[key], more[key])


@pytest.mark.parametrize("method", METHODS)
def test_more_samples_leave_the_first_as_they_were(method):
    few, more = points(KEYS, 37, 7, method), points(KEYS, 300, 7, method)
    for key in KEYS:
        np.testing.assert_array_equal(few[key], more[key][:37])


@pytest.mark.parametrize("method", METHODS)
def test_points_are_uniform_and_keys_unrelated(method):
    found = points(KEYS, 4096, 3, method)
    values = np.array([found[key] for key in KEYS])
    assert ((values > 0) & (values < 1)).all()
    for row in values:
        assert stats.kstest(row, "uniform").pvalue > 1e-3
    related = np.corrcoef(values) - np.eye(len(KEYS))
    assert np.abs(related).max() < 4 / np.sqrt(4096)
    # and not in squares of the plane either
    counts = np.histogram2d(values[0], values[1], bins=8, range=[[0, 1], [0, 1]])[0]
    assert stats.chisquare(counts.ravel()).pvalue > 1e-3


@pytest.mark.parametrize("method", ["latin_hypercube", "sobol"])
@pytest.mark.parametrize("count", [1, 2, 8, 64, 1024])
def test_each_interval_of_equal_width_holds_one_point(method, count):
    for values in points(KEYS, count, 5, method).values():
        assert sorted((values * count).astype(int)) == list(range(count))


def test_sobols_points_are_spread_better_than_random_ones():
    def error(method, seed):
        cube = points(KEYS[:2], 256, seed, method)
        return abs(np.mean(np.prod([cube[key] for key in KEYS[:2]], axis=0)) - 0.25)

    errors = {method: np.mean([error(method, s) for s in range(20)]) for method in METHODS}
    assert errors["sobol"] < 0.3 * errors["random"]
    assert errors["latin_hypercube"] < 0.6 * errors["random"]


def test_seeds_differ():
    one, other = points(KEYS, 50, 1, "latin_hypercube"), points(KEYS, 50, 2, "latin_hypercube")
    assert not np.isclose(one["a.b"], other["a.b"]).any()
