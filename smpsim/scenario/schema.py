"""The scenario: a world in which programmes are tried."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Annotated, Any

from pydantic import model_validator

from smpsim.scenario.behaviour import Behaviour
from smpsim.scenario.fields import DESIGN, FIXED, NEUTRAL, SAME_NAMES, Section, described
from smpsim.scenario.places import EmployerGroup, Government, InstitutionGroup
from smpsim.scenario.programmes import Programme
from smpsim.scenario.quantities import Money
from smpsim.vocabulary import FOLLOW_UP_MONTHS, ITEMS, OWN_ITEMS

NAME_OF_COST = re.compile(r"[a-z][a-z0-9_]*")


class Intervention(Section):
    """A change of parameters in a month, counted from the start (month 0 is the first)."""

    month: int = described(..., "month", "When the change takes effect", ge=0, le=599)
    set: dict[str, Any] = described(..., "values by key path", "What changes", min_length=1)
    why: str = described("", "text", "The reason", DESIGN)


class Scenario(Section):
    """A whole world: environment, behaviour, programmes and interventions.

    See Also
    --------
    smpsim.load : reads a scenario from the catalogue or a file.
    """

    name: Annotated[str, FIXED] = described(..., "text", "Title of the scenario", min_length=1)
    question: Annotated[str, FIXED] = described(
        "", "text", "What the scenario is to answer", DESIGN
    )
    description: Annotated[str, FIXED] = described(
        "", "text", "What is known, what is unknown and how it was set"
    )
    start: Annotated[str, FIXED] = described(
        "2024-01",
        "year-month",
        "The first month",
        DESIGN,
        pattern=r"^(1[7-9]|2[01])\d\d-(0[1-9]|1[0-2])$",
    )
    months: Annotated[int, FIXED] = described(60, "months", "Horizon", DESIGN, ge=1, le=600)
    replications: Annotated[int, FIXED] = described(
        200, "runs", "Runs of an ensemble", DESIGN, ge=1, le=10**7
    )
    seed: Annotated[int, FIXED] = described(
        1, "number", "Seed of the random draws", DESIGN, ge=0, le=2**63 - 1
    )
    currency: Annotated[str, FIXED] = described(
        "EUR", "ISO code", "Currency", DESIGN, pattern=r"^[A-Z]{3}$"
    )
    exchange_rates: Annotated[dict[str, float], FIXED] = described(
        {}, "currency per unit", "Rates by ISO code, each with a source under sources", DESIGN
    )
    discount_rate: Annotated[float, FIXED] = described(
        0.0, "per year", "Discount rate of net present values", NEUTRAL, ge=0, le=1
    )
    follow_up_months: Annotated[int, FIXED] = described(
        FOLLOW_UP_MONTHS,
        "months",
        "Time after training in which the gains of each cohort count, even beyond the horizon",
        DESIGN,
        ge=0,
        le=600,
    )
    behaviour: Behaviour = Behaviour()
    governments: Annotated[dict[str, Government], SAME_NAMES] = described(
        {}, "sections by name", "Governments", DESIGN
    )
    institutions: Annotated[list[InstitutionGroup], SAME_NAMES] = described(
        [], "sections", "Who trains", DESIGN
    )
    employers: Annotated[list[EmployerGroup], SAME_NAMES] = described(
        [], "sections", "Who hires", DESIGN
    )
    programmes: Annotated[list[Programme], SAME_NAMES] = described(
        ..., "sections", "What is tried", min_length=1
    )
    timeline: Annotated[list[Intervention], FIXED] = described(
        [], "interventions", "Changes by month", DESIGN
    )
    sources: Annotated[dict[str, str], FIXED] = described(
        {}, "text by key", "Sources of the environment", DESIGN
    )
    likely_ranges: Annotated[dict[str, tuple[Money, Money]], FIXED] = described(
        {},
        "low and high by key path",
        "5 % and 95 % points of numbers that are not known well; written as "
        "{low: 4, centre: 6, high: 9} in place of the number",
        DESIGN,
    )

    @model_validator(mode="after")
    def _timeline_in_order(self) -> Scenario:
        found = [change.month for change in self.timeline]
        if found != sorted(found):
            raise ValueError(f"timeline: got months {found}; allowed: months in rising order")
        return self

    @model_validator(mode="after")
    def _own_costs_have_places(self) -> Scenario:
        payees: dict[str, str] = {}
        for programme in self.programmes:
            for name, cost in programme.own_costs.items():
                where = f"programmes.{programme.name}.own_costs"
                if name in ITEMS or not NAME_OF_COST.fullmatch(name):
                    allowed = "lower-case letters, digits and _, and not the name of another item"
                    raise ValueError(f"{where}: got {name!r}; allowed: {allowed}")
                if payees.setdefault(name, cost.payee) != cost.payee:
                    found = f"{cost.payee} and {payees[name]}"
                    raise ValueError(
                        f"{where}.{name}.payee: got {found}; allowed: the same payee in all "
                        "programmes"
                    )
        if len(payees) > len(OWN_ITEMS):
            found = f"{len(payees)} costs ({', '.join(payees)})"
            raise ValueError(f"own_costs: got {found}; allowed: {len(OWN_ITEMS)} at most")
        return self

    def fingerprint(self) -> str:
        """Return a hash of everything that decides the numbers (not of names or texts)."""
        text = self.model_dump(
            mode="json", exclude={"name", "question", "description", "sources", "replications"}
        )
        return hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()[:16]
