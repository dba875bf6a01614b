"""How a field of a scenario is declared: range, unit, meaning and source in one line.

Every field says where its default comes from. `ASSUMPTION` marks a default without a
source, so that a sensitivity study can list all assumptions at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

ASSUMPTION = "assumption"
NEUTRAL = "neutral: switches the mechanism off"
DESIGN = "design: stated by each scenario"


class Section(BaseModel):
    """A part of a scenario: unknown keys are errors, values cannot change after loading.

    Attributes
    ----------
    array_of : tuple of str
        Where they are stated, rules see the section as an array in the order of these words.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    array_of: ClassVar[tuple[str, ...]] = ()


@dataclass(frozen=True)
class Clipped:
    """Marks a distribution: the range to which draws are clipped."""

    low: float
    high: float


class _Unseen:
    """Marks a field that rules do not see: it is turned into something else before a run."""


UNSEEN = _Unseen()


class _Fixed:
    """Marks a field that holds for a whole run: agents, links, priors, dates are made at its start.

    Parameters
    ----------
    names_only : bool
        The mapping or list keeps its names, or its number of sections, and what they hold may
        change.
    """

    def __init__(self, names_only: bool) -> None:
        self.names_only = names_only


FIXED = _Fixed(names_only=False)
SAME_NAMES = _Fixed(names_only=True)


def described(default: Any, unit: str, about: str, source: str = DESIGN, **limits: Any) -> Any:
    """Declare a field of a scenario.

    Parameters
    ----------
    default : object
        Value when the key is left out; ``...`` makes the key obligatory.
    unit : str
        Unit of the value, such as ``"months"`` or ``"share"``.
    about : str
        What the field means, in one sentence.
    source : str
        Where the default comes from: `ASSUMPTION`, `NEUTRAL`, `DESIGN` or a reference.
    **limits
        Range limits of pydantic, such as ``ge=0`` and ``le=1``.
    """
    extra: dict[str, Any] = {"unit": unit, "source": source}
    return Field(default, description=f"{about} [{unit}]", json_schema_extra=extra, **limits)


def share(default: Any, about: str, source: str = DESIGN) -> Any:
    """Declare a field that lies between 0 and 1."""
    return described(default, "share", about, source, ge=0.0, le=1.0)


def hazard(default: Any, about: str, source: str = NEUTRAL) -> Any:
    """Declare a rate of an event per month."""
    return described(default, "per month", about, source, ge=0.0, le=50.0)


def effect(default: Any, about: str, source: str = NEUTRAL) -> Any:
    """Declare a coefficient that multiplies a covariate inside an exponential or logistic."""
    return described(default, "log points", about, source, ge=-20.0, le=20.0)


def duration(default: Any, about: str, source: str = DESIGN) -> Any:
    """Declare a duration in whole months."""
    return described(default, "months", about, source, ge=0, le=600)
