"""The rules that a user may exchange, by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from smpsim.agents import employer, government, institution, programme, trainee
from smpsim.compiled import PLAIN, compiled
from smpsim.errors import RequestError
from smpsim.scenario.quantities import nearest

RULES: dict[str, Any] = {
    "awareness": employer.awareness_hazard,  # E1
    "expected_value": employer.expected_value,  # E2
    "participation": employer.participation_probability,  # E3
    "prior_trust": employer.prior_trust,  # E4
    "application_response": programme.application_response,  # E5
    "alignment": institution.aligned,  # E6
    "skill": trainee.skill_after,  # E7
    "dropout": trainee.dropout_hazard,  # E7
    "exam": trainee.exam_probability,  # E8
    "leaving": trainee.leaving_hazard,  # E9
    "perceived_readiness": employer.perceived_readiness,  # E10
    "recognition": government.recognition_probability,  # E11
    "visa_decisions": government.decided_up_to,  # E12
    "trust": employer.learn,  # E13
    "found_ready": employer.found_ready,  # E13
    "quit": trainee.quit_hazard,  # E14
    "capacity": government.adapted_factor,  # E16
    "renewal": programme.renewed_factor,  # E17
}

rules = RULES
"""The same, as `smpsim.rules`."""

LARGEST = 1e15
PROBABILITY = (0.0, 1.0)
NOT_NEGATIVE = (0.0, LARGEST)
ANY_NUMBER = (-LARGEST, LARGEST)
RANGES: dict[str, tuple[float, float]] = {
    "awareness": NOT_NEGATIVE,
    "expected_value": ANY_NUMBER,
    "participation": PROBABILITY,
    "prior_trust": PROBABILITY,
    "application_response": NOT_NEGATIVE,
    "alignment": PROBABILITY,
    "skill": PROBABILITY,
    "dropout": NOT_NEGATIVE,
    "exam": PROBABILITY,
    "leaving": NOT_NEGATIVE,
    "perceived_readiness": ANY_NUMBER,
    "recognition": PROBABILITY,
    "visa_decisions": NOT_NEGATIVE,
    "found_ready": PROBABILITY,
    "quit": NOT_NEGATIVE,
    "capacity": NOT_NEGATIVE,
    "renewal": NOT_NEGATIVE,
}
"""What a rule may return; "trust" returns nothing, as it changes what an employer believes."""


def named_rules(rules: Mapping[str, Callable[..., Any]]) -> dict[Any, Callable[..., Any]]:
    """Return a user's functions by the rule that each takes the place of.

    Raises
    ------
    ValueError
        If a name is unknown or a function takes another number of arguments than the rule.
    """
    exchanged = {}
    for name, function in rules.items():
        if name not in RULES:
            raise RequestError(
                f"rules: found {name!r}, allowed: {', '.join(RULES)}{nearest(name, RULES)}"
            )
        rule = RULES[name]
        wanted = list(inspect.signature(getattr(rule, "py_func", rule)).parameters)
        found = list(inspect.signature(getattr(function, "py_func", function)).parameters)
        if len(found) != len(wanted):
            raise RequestError(
                f"rules: {name}: found a function of ({', '.join(found)}), "
                f"allowed: one of ({', '.join(wanted)})"
            )
        exchanged[rule] = guarded(name, function)
    return exchanged


@lru_cache(maxsize=256)
def guarded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a user's rule that ends the run, with the rule's name, at an impossible value.

    Parameters
    ----------
    name : str
        One of `RULES`.
    function : callable
    """
    if name not in RANGES:
        return function
    low, high = RANGES[name]
    # a number that is no number is in no range; the compiler takes the text as a constant
    allowed = "a finite number" if low < 0 else f"{low:g} to {high:g}"
    message = f"rules: {name}: found a value out of range or no number, allowed: {allowed}"
    inner = function if PLAIN or hasattr(function, "py_func") else compiled(function)

    def checked(*arguments: Any) -> Any:
        value = inner(*arguments)
        if not low <= value <= high:
            raise RequestError(message)
        return value

    return checked
