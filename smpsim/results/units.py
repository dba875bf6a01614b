"""Names and units of outcomes as tables, pictures and messages show them."""

from __future__ import annotations

from collections.abc import Sequence

from smpsim.results.outcomes import OUTCOMES
from smpsim.scenario.keypaths import parse_path
from smpsim.scenario.quantities import KINDS

# the outcomes shown first, where not all of them are shown
MAIN = (
    "enrolled",
    "graduated",
    "placed",
    "under_way",
    "placement_rate",
    "migrated",
    "domestic",
    "months_to_placement_median",
    "retained_12",
    "cost_total",
    "cost_per_placement",
    "cost_per_retained_placement",
    "shortfall",
)

LABELS = {
    "failed": "failed the exam",
    "exam_pass_rate": "passed of those who sat the exam",
    "withdrew": "gave up waiting",
    "refused": "visas refused",
    "visas": "visas granted",
    "under_way": "still under way at the end",
    "placement_rate": "placed of the enrolled",
    "graduate_placement_rate": "placed of the graduates",
    "migrated_share": "migrated of the graduates",
    "domestic": "in the domestic track",
    "working_at_origin": "took up work at origin",
    "returned": "returned to the origin",
    "rehired": "rehired after a contract",
    "converted": "permits converted",
    "months_to_placement_median": "months to placement of those placed by the end, median",
    "months_to_placement_p90": "months to placement of those placed by the end, 90th percentile",
    "retained_12": "still with the employer after 12 months",
    "retained_24": "still with the employer after 24 months",
    "retained_36": "still with the employer after 36 months",
    "retained_placements": "placements kept a year",
    "cost_total": "cost, total",
    "cost_per_graduate": "cost per graduate",
    "cost_per_placement": "cost per placement",
    "cost_per_retained_placement": "cost per placement kept a year",
    "shortfall": "below plan",
}

SERIES = {
    "vacancies_open": "vacancies",
    "vacancies_filled": "vacancies",
    "employers_aware": "employers",
    "employers_engaged": "employers",
    "seats_committed": "seats",
    "mean_trust": "0 to 1",
    "mean_alignment": "0 to 1",
    "visa_backlog": "applications",
    "visa_wait_months": "months",
    "seats_factor": "ratio",
}
"""Units of monthly series that are neither people nor money."""

NOT_ADDITIVE = tuple(name for name in SERIES if name != "seats_committed")
"""Monthly series that do not add up over programmes: means, and what programmes share."""


def words(name: str) -> str:
    """Return a name of a table in words."""
    return name.replace("_", " ")


def labels_of(names: Sequence[str]) -> dict[str, str]:
    """Return the end of each key path in words: two steps, or as many as tell them apart.

    The kind of a distribution is left out ("patience months: median"), and a lane says whose it
    is ("visa standard: minimum months").
    """
    paths = {name: _steps(name) for name in names}
    found = {}
    for name, steps in paths.items():
        count = min(2, len(steps))
        while count < len(steps) and any(
            other != name and path[-count:] == steps[-count:] for other, path in paths.items()
        ):
            count += 1
        found[name] = ": ".join(words(step) for step in steps[-count:])
    return found


def _steps(name: str) -> list[str]:
    """Return the steps of a key path that people read; a name may have dots of its own."""
    found: list[str] = []
    for step in parse_path(name):
        if isinstance(step, int):
            found[-1] += f"[{step}]"
        elif found[-2:] == ["visa", "lanes"]:
            found[-2:] = [f"visa {step}"]
        elif step not in KINDS:
            found.append(step)
    return found


def label_of(outcome: str) -> str:
    """Return the words for an outcome, without its unit."""
    if outcome in LABELS:
        return LABELS[outcome]
    if outcome.startswith("cost_"):
        return f"cost borne by {words(outcome.removeprefix('cost_'))}"
    if outcome.startswith("npv_"):
        return f"net present value, {words(outcome.removeprefix('npv_'))}"
    return words(outcome)


def from_runs(used: float, runs: float) -> str:
    """Return from how many runs a number is: "3 of 200", or "all"."""
    return "all" if used == runs else f"{int(used):,} of {int(runs):,}"


def unit_of(outcome: str, currency: str) -> str:
    """Return the unit of an outcome; amounts of money are in `currency`."""
    if is_money(outcome):
        return currency
    return OUTCOMES.get(outcome, "")


def unit_of_series(name: str, currency: str) -> str:
    """Return the unit of a monthly series; amounts of money are in `currency`."""
    return currency if name in ("cost", "cost_cumulative") else SERIES.get(name, "people")


def is_money(outcome: str) -> bool:
    """Return whether an outcome is an amount of money."""
    return OUTCOMES.get(outcome) == "currency" or outcome.startswith(("cost_", "npv_"))


def shown(value: float, unit: str) -> str:
    """Return a number as people read it: shares in per cent, thousands separated."""
    if value != value:
        return "-"
    share = unit.startswith("share")
    digits = 0 if abs(value) >= 1000 else 1
    text = f"{100 * value:,.1f}" if share else f"{value:,.{digits}f}"
    # a small loss must not read "-0.0"
    text = text.removeprefix("-") if float(text.replace(",", "")) == 0 else text
    return f"{text} %" if share else text


def shown_difference(value: float, unit: str) -> str:
    """Return a difference as people read it: with its sign, shares in percentage points."""
    text = shown(value, unit)
    if unit.startswith("share") and value == value:
        text = f"{text.removesuffix(' %')} points"
    return f"+{text}" if value > 0 and any(digit in text for digit in "123456789") else text
