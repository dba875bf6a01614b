"""A user's rule is compiled with the values that its variables have when a run begins."""

import enum
import math
from types import ModuleType

import numba
import numpy as np
import pytest
from worlds import bare, ensemble

from smpsim.agents import seat
from smpsim.frozen import frozen

FACTOR = 0.0
SETTINGS = ModuleType("settings")
SETTINGS.rate = 1.0
TABLE = np.array([1.0, 2.0])


@numba.njit
def deeper():
    return FACTOR


@numba.njit
def helper(x):
    return x * deeper()


def dropout(b, person, cost_share):
    return helper(1.0)


@pytest.mark.slow
def test_a_run_follows_the_variables_of_a_rule_and_of_its_helpers(monkeypatch):
    scenario = bare()
    dropped = []
    for factor in (0.0, 100.0, 0.0):
        monkeypatch.setitem(globals(), "FACTOR", factor)
        dropped.append(ensemble(scenario, 2, rules={"dropout": dropout}).last("dropped_out").max())
    assert dropped == [0, 100, 0]


def of(function):
    return frozen("quit", function, lambda _, copy: numba.njit(copy))


def by_global():
    return FACTOR


def by_module():
    return SETTINGS.rate + math.exp(0.0) - 1.0


def by_text():
    return getattr(SETTINGS, "rate")  # noqa: B009


def by_alias():
    settings = SETTINGS
    return settings.rate


def by_array():
    return TABLE[1]


def by_helper():
    return helper(1.0)


def by_inner():
    def inner(x):
        return x + FACTOR

    return inner(0.0)


@pytest.mark.parametrize(
    "function", [by_global, by_module, by_text, by_alias, by_array, by_helper, by_inner]
)
def test_what_a_function_reads_is_part_of_its_key_and_stays_in_its_copy(function, monkeypatch):
    def set_all(number):
        monkeypatch.setitem(globals(), "FACTOR", number)
        monkeypatch.setattr(SETTINGS, "rate", number)
        TABLE[1] = number

    set_all(3.0)
    first, copy = of(function)
    assert of(function)[0] == first
    hash(first)
    set_all(4.0)
    second, changed = of(function)
    assert second != first
    # compiled after the change, and with helpers that the user compiled before it
    assert numba.njit(copy)() == 3.0
    assert numba.njit(changed)() == 4.0
    set_all(3.0)
    assert of(function)[0] == first


def made(number, default=0.0):
    def rule(x=default):
        return x + number

    return rule


def test_variables_of_the_enclosing_function_and_defaults_are_part_of_the_key():
    assert of(made(1.0))[0] == of(made(1.0))[0]
    assert len({of(made(n))[0] for n in (1.0, 2.0, 1, True, 0.0, -0.0)}) == 6
    assert of(made(1.0))[0] != of(made(1.0, default=2.0))[0]
    assert numba.njit(of(made(2.0))[1])() == 2.0


class Colour(enum.IntEnum):
    RED = 1
    BLUE = 2


def test_kinds_of_values_are_told_apart():
    numbers = [np.float32(1), np.float64(1), np.int16(1), 1, Colour.RED, Colour.BLUE, "1", b"1"]
    arrays = [np.ones(2), np.ones((1, 2)), np.ones(2, np.float32), np.asfortranarray(np.eye(2))]
    tuples = [(1, 2), (1.0, 2), ((1,), 2), (helper,), (math.exp,), (math.log,)]
    values = [*numbers, *arrays, np.eye(2), *tuples, np.dtype("f4"), numba.int64, np.float64, None]
    keys = [of(made(value))[0] for value in values]
    assert len(set(keys)) == len(values)


def even(n):
    return True if n == 0 else odd(n - 1)


def odd(n):
    return False if n == 0 else even(n - 1)


def test_functions_that_call_each_other_in_a_circle():
    key, copy = of(even)
    assert of(even)[0] == key != of(odd)[0]
    assert copy(10)
    assert not copy(9)


STORE: dict[str, float] = {"rate": 1.0}
SETTINGS.table = {}


def by_store():
    return STORE["rate"]


def by_table():
    return SETTINGS.table[1]


def below():
    return by_store()


@numba.vectorize
def vectorised(x):
    return x + FACTOR


def by_vectorised():
    return vectorised(1.0)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (by_store, "quit: by_store reads 'STORE', a value of type dict"),
        (by_table, "by_table reads 'SETTINGS.table', a value of type dict"),
        (below, "by_store reads 'STORE'"),
        (made([1.0]), "rule reads 'number', a value of type list"),
        (made(np.array([None])), "rule reads 'number', a value of type ndarray"),
        (made(object()), "type object"),
        (by_vectorised, "by_vectorised reads 'vectorised', a value of type DUFunc"),
    ],
)
def test_what_can_change_unseen_is_refused_by_name(function, words):
    with pytest.raises(ValueError, match=words):
        of(function)


def by_store_dropout(b, person, cost_share):
    return STORE["rate"]


def test_a_run_refuses_a_rule_that_reads_what_can_change_unseen():
    with pytest.raises(ValueError, match="rules: dropout: by_store_dropout reads 'STORE'"):
        ensemble(bare(), 1, rules={"dropout": by_store_dropout})


def test_a_rule_can_be_called_from_python_with_the_rules_below_it():
    """Numba's own call of a function without an entry from Python ends the process."""
    assert seat.months_worked(0.0, 36.0) == 36.0
    assert 0.99 < seat.arrival_probability(12.0, 6.0, 2.0, 1.0, 0.0) < 1.0
    compiled = numba.njit(lambda: seat.months_worked(0.1, 2.0))()
    assert compiled == pytest.approx(seat.months_worked(0.1, 2.0))
