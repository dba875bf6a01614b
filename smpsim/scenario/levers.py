"""Levers of a programme that cannot act, as something else in the scenario switches them off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smpsim.scenario.programmes import Programme
from smpsim.scenario.schema import Scenario
from smpsim.vocabulary import ALL_ITEMS, SHARED_ITEMS


@dataclass(frozen=True)
class Lever:
    """A value that cannot act.

    Parameters
    ----------
    key : str
        Its key path.
    why : str
        What switches it off, as the end of a sentence.
    pulled : bool
        Whether the scenario sets it to something that is meant to act.
    """

    key: str
    why: str
    pulled: bool


def idle_levers(scenario: Scenario, design: Programme) -> Iterator[Lever]:
    """Yield the levers of a programme that cannot act, whether they are pulled or not."""
    own = f"programmes.{design.name}"
    destination = f"governments.{design.destination}"
    government = scenario.governments[design.destination]

    if design.employer_involvement == "none":
        why = "no employer is involved (employer_involvement is none)"
        yield Lever(f"{own}.late_from_month", why, False)
        for name in ("promotion", "association_reach", "founding_share"):
            yield Lever(f"{own}.{name}", why, getattr(design, name) > 0)
    # costs of a scenario's own are paid so too
    named = all(design.funding.get(item) for item in SHARED_ITEMS)
    if named and all(one.payers for one in design.own_costs.values()):
        why = "each item has shares of its own"
        yield Lever(f"{own}.funding.{ALL_ITEMS}", why, ALL_ITEMS in design.funding)
    if not design.fee_per_recruit:
        why = "there is no fee to give back (fee_per_recruit is 0)"
        yield Lever(f"{own}.refund_share", why, design.refund_share > 0)
    if design.demand == "pool":
        why = "no employer commits seats, so none forecasts vacancies (demand is pool)"
        # how well employers know their needs is a fact, and not meant to act
        yield Lever(f"{own}.forecast_error", why, False)
    if not design.intakes.number:
        yield Lever(f"{own}.intakes.seats", "there are no intakes", design.intakes.seats > 0)
    if design.intakes.number < 2:
        why = "there is no second intake"
        # an interval is stated for every programme, and means nothing by itself
        yield Lever(f"{own}.intakes.every_months", why, False)
        yield Lever(f"{own}.renewal.every_months", why, design.renewal.every_months > 0)
    if design.recognition == "none":
        why = "nobody's qualification is recognised (recognition is none)"
        # stated for the destination, for any programme that wants it
        yield Lever(f"{destination}.recognition.months", why, False)
    small = any(one.size == "sme" for one in scenario.employers if one.name in design.employers)
    if not small:
        why = "no small or medium employers may hire"
        pulled = government.small_firm_incentive > 0
        yield Lever(f"{destination}.small_firm_incentive", why, pulled)
    if design.contract.kind == "permanent":
        why = "the contract is permanent"
        yield Lever(f"{own}.contract.months", why, design.contract.months is not None)
        yield Lever(f"{own}.contract.break_months", why, design.contract.break_months > 0)
