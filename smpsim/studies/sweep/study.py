"""A study file: which scenarios, what is varied in them, how often each design is run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import GetJsonSchemaHandler, TypeAdapter, field_validator, model_validator
from pydantic_core import core_schema

from smpsim.errors import RequestError
from smpsim.messages import shown_value
from smpsim.scenario import Scenario, load
from smpsim.scenario.duplicates import twins
from smpsim.scenario.fields import Section, described
from smpsim.scenario.loading import Source
from smpsim.scenario.parameters import DEFAULT
from smpsim.scenario.quantities import FORMS, Distribution, Written, is_finite
from smpsim.studies.sweep.monthly import Of

Scenarios = Source | Sequence[Source] | Mapping[str, Source]
NOT_VARIED = ("replications", "seed")
"""Keys of a scenario that a study states itself."""
ACTION_SETS = "{list: [[], [ACTION], [ACTION, ACTION]]}, where [] is none"


@dataclass(frozen=True)
class Axis(Written):
    """What one key is varied over: values, each crossed with all others, or a distribution.

    Parameters
    ----------
    values : tuple
        In the order of the file; empty if there is a distribution.
    distribution : Distribution, optional
        Sampled together with all other distributions.
    """

    values: tuple[Any, ...] = ()
    distribution: Distribution | None = None

    @classmethod
    def parse(cls, raw: Any) -> Axis:
        """Read ``{grid: [numbers]}``, ``{list: [values]}`` or a distribution.

        Raises
        ------
        ValueError
            With what was found and what is allowed.
        """
        if isinstance(raw, Axis):
            return raw
        allowed = f"allowed: {{grid: [numbers]}}, {{list: [values]}} or one of {FORMS}"
        if not isinstance(raw, Mapping) or len(raw) != 1:
            more = isinstance(raw, Mapping) and "samples" in raw
            hint = " (the number of samples belongs under design)" if more else ""
            raise ValueError(f"got {shown_value(raw)}; {allowed}{hint}")
        ((kind, given),) = raw.items()
        if kind not in ("grid", "list"):
            return cls(distribution=Distribution.parse(raw))
        if not isinstance(given, list) or not given:
            raise ValueError(f"got {kind} with {shown_value(given)}; allowed: a list of values")
        for value in given:
            if kind == "grid" and not is_finite(value):
                raise ValueError(f"got {shown_value(value)} in a grid; allowed: numbers")
        for place in twins(given):
            raise ValueError(f"got {shown_value(given[place])} twice; allowed: different values")
        return cls(values=tuple(given))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Describe the allowed forms for editors."""
        forms = [
            {
                "type": "object",
                "properties": {kind: {"type": "array", "items": items, "minItems": 1}},
                "required": [kind],
                "additionalProperties": False,
            }
            for kind, items in (("grid", {"type": "number"}), ("list", {}))
        ]
        return {"anyOf": [*forms, *TypeAdapter(Distribution).json_schema()["anyOf"]]}

    def raw(self) -> Any:
        """Return the form a study file writes."""
        return self.distribution.raw() if self.distribution else {"list": list(self.values)}


class Sampling(Section):
    """How the distributions are sampled, all together."""

    method: Literal["latin_hypercube", "sobol", "random"] = described(
        "latin_hypercube", "word", "Way of sampling"
    )
    samples: int = described(..., "number", "Samples", ge=1, le=1_000_000)
    seed: int = described(1, "number", "Seed of the samples", ge=0, lt=2**63)


class ActionAxis(Section):
    """Sets of actions that are compared."""

    list_: list[list[str]] = described(
        ..., "names", "Sets of actions, [] for none", alias="list", min_length=1
    )


class SweepStudy(Section):
    """What is varied, in which scenarios, and how often each design is run."""

    name: str = described(..., "text", "Name of the study", min_length=1)
    question: str = described("", "text", "What it is to answer")
    scenario: str | None = described(None, "name", "Scenario of the catalogue, or file")
    scenarios: list[str] = described([], "names", "Several scenarios, instead of one")
    set: dict[str, Any] = described({}, "values by key path", "What is the same in all designs")
    vary: dict[str, Axis] = described({}, "axes by key path", "What is varied")
    actions: ActionAxis | None = described(None, "section", "Sets of actions as an axis")
    design: Sampling | None = described(None, "section", "How distributions are sampled")
    outcomes: list[str] = described([], "names", "Outcomes that are kept; all if left out")
    series: list[str] = described(
        [], "names", "Monthly series that are kept, such as placed, cost, visa_backlog"
    )
    series_of: Of = described(
        "designs", "word", "Mean and quantiles of each design, or the series of all runs"
    )
    fails: list[str] = described(
        [], "conditions", "When a run has failed, such as placement_rate < 0.3; for discover"
    )
    replications: int = described(100, "runs", "Runs of each design", ge=1, le=1_000_000)
    seed: int = described(1, "number", "Seed of the random draws", ge=0, lt=2**63)
    parameters: str = described(
        DEFAULT, "word or file", "likely, centre, or a CSV file of draws of what is not known well"
    )

    @field_validator("actions", mode="before")
    @classmethod
    def _sets(cls, raw: Any) -> Any:
        """Say how sets of actions are written, which the types alone do not."""
        given = raw.get("list") if isinstance(raw, Mapping) and len(raw) == 1 else None
        sets = isinstance(given, list) and all(isinstance(one, list) for one in given)
        if sets or raw is None or isinstance(raw, ActionAxis):
            return raw
        raise ValueError(f"got {shown_value(raw)}; allowed: {ACTION_SETS}")

    @model_validator(mode="after")
    def _one_way_of_naming(self) -> SweepStudy:
        if (self.scenario is None) == (not self.scenarios):
            found = "got both scenario and scenarios" if self.scenarios else "no scenario"
            raise ValueError(f"{found}; allowed: scenario, or a list under scenarios")
        return self

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """Names or files of the scenarios."""
        return (self.scenario,) if self.scenario is not None else tuple(self.scenarios)

    @property
    def crossed(self) -> dict[str, Axis]:
        """Axes whose values are crossed with all others."""
        return {key: axis for key, axis in self.vary.items() if axis.distribution is None}

    @property
    def sampled(self) -> dict[str, Distribution]:
        """Distributions by key path."""
        return {key: axis.distribution for key, axis in self.vary.items() if axis.distribution}


def named(scenarios: Scenarios) -> dict[str, Scenario]:
    """Return scenarios by the names that stand in tables.

    Raises
    ------
    ScenarioError
        If one is not valid.
    ValueError
        If two have the same name.
    """
    if isinstance(scenarios, Mapping) and not _is_scenario(scenarios):
        return {str(name): load(source) for name, source in scenarios.items()}
    single = isinstance(scenarios, (str, os.PathLike, Scenario, Mapping))
    sources: Any = [scenarios] if single else scenarios
    found: dict[str, Scenario] = {}
    for source in sources:
        scenario = load(source)
        plain = isinstance(source, (str, os.PathLike))
        name = Path(source).stem if plain else scenario.name
        if name in found:
            raise RequestError(f"scenarios: got {name!r} twice; allowed: different names")
        found[name] = scenario
    return found


def _is_scenario(data: Mapping[Any, Any]) -> bool:
    """Return whether a mapping is the plain data of a scenario, not scenarios by name."""
    return "programmes" in data or "extends" in data
