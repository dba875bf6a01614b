"""The rules that a user may exchange, by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from smpsim.agents import employer, government, institution, programme, trainee
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
            raise ValueError(
                f"rules: found {name!r}, allowed: {', '.join(RULES)}{nearest(name, RULES)}"
            )
        rule = RULES[name]
        wanted = list(inspect.signature(getattr(rule, "py_func", rule)).parameters)
        found = list(inspect.signature(getattr(function, "py_func", function)).parameters)
        if len(found) != len(wanted):
            raise ValueError(
                f"rules: {name}: found a function of ({', '.join(found)}), "
                f"allowed: one of ({', '.join(wanted)})"
            )
        exchanged[rule] = function
    return exchanged
