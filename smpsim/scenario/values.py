"""Single values: read as the schema reads them, and changed by what an action does to them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from smpsim.errors import Error
from smpsim.messages import is_ours, nearest, shown_value
from smpsim.scenario.allowed_values import Shape, plain, shape_at

CURRENCY = "EUR"
"""Amounts of actions are in this currency, as actions fit scenarios of any."""

_MIDDLE = {
    "normal": "mean",
    "lognormal": "median",
    "beta": "mean",
    "gamma": "mean",
    "exponential": "mean",
}
"""The parameter that says where a distribution lies; the others say how wide it is."""
_SIGMA = "sigma"  # the one parameter of a distribution of money that is no amount


class UnfitError(Error):
    """A value that the schema does not allow there; the message says what it does."""


class Operation(NamedTuple):
    """What is done to a number.

    Attributes
    ----------
    add, times : float
        What is added, or what it is multiplied by.
    at_least, at_most : float, optional
        Bounds of what comes out.
    """

    add: float = 0.0
    times: float = 1.0
    at_least: float | None = None
    at_most: float | None = None

    def __call__(self, number: float) -> float:
        """Return the number after it."""
        found = number * self.times + self.add
        if self.at_least is not None:
            found = max(found, self.at_least)
        if self.at_most is not None:
            found = min(found, self.at_most)
        return found

    def in_units(self, factor: float) -> Operation:
        """Return the operation with its amounts in units of which there are `factor` in one."""
        low, high = (
            None if bound is None else bound * factor for bound in (self.at_least, self.at_most)
        )
        return Operation(self.add * factor, self.times, low, high)


def is_number(shape: Shape) -> bool:
    """Return whether a number or a distribution of numbers may stand at a place."""
    return shape.takes(float) or shape.takes(int) or shape.is_distribution


def is_money(shape: Shape) -> bool:
    """Return whether the numbers at a place are amounts of money."""
    return shape.unit.startswith("currency")


def read_value(value: Any, shape: Shape, context: Mapping[str, Any] | None = None) -> Any:
    """Return a value in the form that a checked scenario holds.

    Parameters
    ----------
    value : object
        As a file writes it: an amount may have a currency, a distribution be a list.
    shape : Shape
        What the schema allows there.
    context : mapping, optional
        Currency and exchange rates of the scenario; without it, amounts are in `CURRENCY`.

    Raises
    ------
    UnfitError
        If the schema does not allow the value.
    """
    truth = isinstance(value, bool) and not (shape.takes(bool) or Any in shape.options)
    if truth and is_number(shape):
        raise UnfitError(f"got {shown_value(value)}; allowed: {shape.allowed()}")
    try:
        found = _adapter(shape).validate_python(
            value, context=dict(context or {"currency": CURRENCY, "exchange_rates": {}})
        )
    except ValidationError as error:
        messages = [detail["msg"] for detail in error.errors(include_url=False)]
        own = [one.removeprefix("Value error, ") for one in messages if is_ours(one)]
        hint = nearest(value, shape.words()) if isinstance(value, str) else ""
        text = own[0] if own else f"got {shown_value(value)}; allowed: {shape.allowed()}{hint}"
        raise UnfitError(text) from None
    return plain(found, whole=True)


@lru_cache(maxsize=1000)
def _adapter(shape: Shape) -> TypeAdapter[Any]:
    kind = shape.annotation
    return TypeAdapter(Annotated[kind, *shape.limits] if shape.limits else kind)


def operated(value: Any, operation: Operation) -> Any:
    """Return a number, or a distribution of numbers, after an operation.

    Of a distribution it changes the middle: mean, median or mode, and of a uniform distribution the
    point between its ends. Its width stays, except that `times` stretches uniform and triangular
    distributions as a whole, and that the width of a lognormal one is a ratio to its median.

    Parameters
    ----------
    value : object
        In the form that a checked scenario holds. Whole numbers stay whole. None, which stands
        for no limit, stays None.
    operation : Operation
    """
    if value is None:
        return None
    if isinstance(value, Mapping):
        ((kind, parameters),) = value.items()
        if not isinstance(parameters, Mapping):
            # the mean number of a Poisson process
            return {kind: operation(float(parameters))}
        return {kind: _moved(kind, {k: float(v) for k, v in parameters.items()}, operation)}
    after = operation(float(value))
    return round(after) if isinstance(value, int) else float(after)


def _moved(kind: str, parameters: dict[str, float], operation: Operation) -> dict[str, float]:
    if kind in _MIDDLE:
        name = _MIDDLE[kind]
        return {**parameters, name: operation(parameters[name])}
    middle = parameters.get("mode", (parameters["low"] + parameters["high"]) / 2)
    shift = operation(middle) - middle * operation.times
    return {name: number * operation.times + shift for name, number in parameters.items()}


def converted(value: Any, factor: float) -> Any:
    """Return an amount, or a distribution of amounts, in units of which there are `factor` in one.

    Parameters
    ----------
    value : object
        In the form that a checked scenario holds.
    factor : float
        Units of the new currency for one of the old.
    """
    if isinstance(value, Mapping):
        return {
            name: inner if name == _SIGMA else converted(inner, factor)
            for name, inner in value.items()
        }
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value * factor if number else value


def shape_in_scenario(path: tuple[str | int, ...]) -> Shape:
    """Return what the schema of scenarios allows at a path that exists."""
    found = shape_at(path)
    if found is None:
        raise KeyError(path)
    return found
